"""A lower bound on the cost of a large order: each shipment at the least fixed cost and tariff of any candidate, each
unit at the least unit cost of the candidates that have its block.
"""

from libc.stdint cimport int32_t, int64_t, uint64_t

from fastdom._native.plan cimport COST_MAX, COST_NONE, ROW_NONE, Problem, Scratch
from fastdom._native.plan_cost cimport capped, multiplied, row_raw, tier_of, weigh
from fastdom._native.plan_greedy cimport bit_of, cover_of
from fastdom._native.plan_parts cimport lowest_bit64


cdef inline int64_t row_least(const Problem* problem, int32_t row_i, int64_t least_g, int64_t most_g) noexcept nogil:
    """Least weighted tariff of a row for any weight between the two; COST_MAX when none is carried."""
    cdef int32_t tier = tier_of(problem, least_g)
    cdef int32_t last = tier_of(problem, most_g)
    cdef int64_t least = COST_MAX
    cdef int64_t raw
    cdef int32_t tariff
    if tier == problem.n_tiers and tier > 0:
        tier -= 1
    while tier <= last and tier < problem.n_tiers:
        raw = row_raw(problem, row_i, tier, 0, &tariff)
        if raw != COST_NONE and raw < least:
            least = raw
        tier += 1
    return weigh(least, problem.shipping_weight)


cdef inline void wide_units(
    const Problem* problem, Scratch* scratch, int32_t component, const uint64_t* wanted, int64_t* total
) noexcept nogil:
    """Every wanted unit at the least cost among the candidates of its block."""
    cdef const uint64_t* cover
    cdef uint64_t left
    cdef int32_t candidate_i
    cdef int32_t word
    cdef int32_t block
    cdef int64_t cost
    for block in range(problem.n_blocks):
        scratch.block_unit[block] = COST_MAX
    for candidate_i in range(problem.n_candidates):
        cover = cover_of(problem, candidate_i)
        cost = problem.candidates[candidate_i].unit_cost[component]
        for word in range(problem.cover_words):
            left = cover[word] & wanted[word]
            while left:
                block = 64 * word + lowest_bit64(left)
                left &= left - 1
                if cost < scratch.block_unit[block]:
                    scratch.block_unit[block] = cost
    total[0] = 0
    for block in range(problem.n_blocks):
        if bit_of(wanted, block):
            total[0] = capped(total[0] + multiplied(scratch.block_unit[block], problem.units[block]))


cdef inline void wide_bound(
    const Problem* problem, Scratch* scratch, const uint64_t* wanted, int32_t parts, int64_t* bound
) noexcept nogil:
    """No plan of at least so many parts costs less.

    One shipment may saturate at COST_MAX, so the bound stops there (split penalties apart).
    """
    cdef int64_t least_g = COST_MAX
    cdef int64_t total_g = 0
    cdef int64_t units
    cdef int64_t least
    cdef int64_t cost
    cdef int32_t component
    cdef int32_t block
    cdef int32_t row_i
    cdef int32_t candidate_i
    for block in range(problem.n_blocks):
        if bit_of(wanted, block):
            total_g += problem.weight_g[block]
            least_g = problem.weight_g[block] if problem.weight_g[block] < least_g else least_g
    for row_i in range(problem.n_rows):
        scratch.row_least[row_i] = row_least(problem, row_i, least_g, total_g)
    for component in range(problem.n_cost):
        least = COST_MAX
        for candidate_i in range(problem.n_candidates):
            row_i = problem.candidates[candidate_i].row_i
            cost = problem.candidates[candidate_i].fixed[component]
            if component == problem.shipping_objective and row_i != ROW_NONE:
                cost += scratch.row_least[row_i]
            least = cost if cost < least else least
        wide_units(problem, scratch, component, wanted, &units)
        bound[component] = capped(parts * least + units) + (parts - 1) * problem.split_penalty[component]
