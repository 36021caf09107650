"""What one shipment of a large order costs: shipment_cost and the costs of its blocks, from tables where they hold."""

from libc.stdint cimport INT32_MAX, int32_t, int64_t

from fastdom._native.plan cimport COST_MAX, COST_NONE, ROW_NONE, TIERS_MAX, Candidate, Problem, Scratch
from fastdom._native.plan_cost cimport capped, row_raw, shipment_cost, tier_of, weigh
from fastdom._native.plan_wide_memory cimport WIDE_HINTS, Wide


cdef inline bint rows_open(const Problem* problem, Wide* wide, int64_t weight_g) noexcept nogil:
    """tier_cost[] up to the weight. False when an amount is too large for sums without a test."""
    cdef int32_t last = tier_of(problem, weight_g)
    cdef int32_t row_i
    cdef int32_t tier
    cdef int32_t tariff
    cdef int64_t raw
    for row_i in range(problem.n_rows):
        for tier in range(last + 1 if last < problem.n_tiers else last):
            raw = row_raw(problem, row_i, tier, 0, &tariff)
            if raw != COST_NONE:
                raw = weigh(raw, problem.shipping_weight)
                if raw >= COST_MAX >> 2:
                    return False
            wide.tier_cost[row_i * TIERS_MAX + tier] = raw
    return True


cdef inline void hints_open(const Problem* problem, Wide* wide, int64_t weight_g) noexcept nogil:
    """hint_shift and hint[] for shipments up to the weight."""
    cdef int32_t tier = 0
    cdef int32_t at
    wide.hint_shift = 0
    while weight_g >> wide.hint_shift >= WIDE_HINTS:
        wide.hint_shift += 1
    for at in range(<int32_t>(weight_g >> wide.hint_shift) + 1):
        while tier < problem.n_tiers and problem.breakpoints_g[tier] < <int64_t>at << wide.hint_shift:
            tier += 1
        wide.hint[at] = tier


cdef inline bint denser(const Problem* problem, int32_t block, int32_t other) noexcept nogil:
    """More units per gram; grams beyond 2^31 count as so many."""
    return (
        problem.units[block] * min(problem.weight_g[other], <int64_t>1 << 31)
        > problem.units[other] * min(problem.weight_g[block], <int64_t>1 << 31)
    )


cdef inline void dense_open(const Problem* problem, Wide* wide) noexcept nogil:
    """dense[], sorted by gaps that shrink; of equal blocks any."""
    cdef int32_t gap = problem.n_blocks
    cdef int32_t block
    cdef int32_t at
    for at in range(problem.n_blocks):
        wide.dense[at] = at
    while gap > 1:
        gap = gap / 3 + 1 if gap > 3 else 1
        for at in range(gap, problem.n_blocks):
            block = wide.dense[at]
            while at >= gap and denser(problem, block, wide.dense[at - gap]):
                wide.dense[at] = wide.dense[at - gap]
                at -= gap
            wide.dense[at] = block


cdef inline void prices_open(const Problem* problem, Scratch* scratch) noexcept nogil:
    """The tables of price(), and blocks by units per gram."""
    cdef Wide* wide = &scratch.dual.wide
    cdef int64_t weight_g = 0
    cdef int64_t units = 0
    cdef int64_t most = 0
    cdef int64_t dearest = 0
    cdef int32_t candidate_i
    cdef int32_t component
    cdef int32_t block
    for block in range(problem.n_blocks):
        weight_g += problem.weight_g[block]
        units += problem.units[block]
    for candidate_i in range(problem.n_candidates):
        for component in range(problem.n_cost):
            most = max(most, problem.candidates[candidate_i].unit_cost[component])
            dearest = max(dearest, problem.candidates[candidate_i].fixed[component])
    wide.quick = problem.place_fixed == NULL and dearest < COST_MAX >> 2 and most < (COST_MAX >> 2) / (units + 1)
    if wide.quick:
        wide.quick = rows_open(problem, wide, weight_g)
    if wide.quick:
        hints_open(problem, wide, weight_g)
    dense_open(problem, wide)


cdef inline const int64_t* block_costs(const Problem* problem, int32_t candidate_i, int32_t block) noexcept nogil:
    """[n_cost] costs of the block at the candidate; problem.block_cost is not NULL."""
    return problem.block_cost + (<int64_t>candidate_i * problem.n_blocks + block) * problem.n_cost


cdef inline bint quick_cost(
    const Problem* problem, const Wide* wide, int32_t candidate_i, int64_t weight_g, int64_t units, int64_t* cost
) noexcept nogil:
    """shipment_cost from the tables; no shipment is heavier or larger than the order."""
    cdef const Candidate* candidate = &problem.candidates[candidate_i]
    cdef int64_t raw = 0
    cdef int32_t component
    cdef int32_t tier
    if units > candidate.units_left and candidate.units_left != INT32_MAX:
        return False
    if candidate.row_i != ROW_NONE:
        tier = wide.hint[weight_g >> wide.hint_shift]
        while tier < problem.n_tiers and problem.breakpoints_g[tier] < weight_g:
            tier += 1
        if tier == problem.n_tiers:
            return shipment_cost(problem, candidate_i, weight_g, units, cost, &tier)
        raw = wide.tier_cost[candidate.row_i * TIERS_MAX + tier]
        if raw == COST_NONE:
            return False
    for component in range(problem.n_cost):
        cost[component] = candidate.fixed[component] + candidate.unit_cost[component] * units
    cost[problem.shipping_objective] += raw
    return True


cdef inline bint price(
    const Problem* problem, const Scratch* scratch, int32_t candidate_i, int64_t weight_g, int64_t units,
    const int64_t* added, int64_t* cost
) noexcept nogil:
    """Cost vector of a shipment whose blocks' own costs add up to `added`; False when it may not leave."""
    cdef int32_t component
    cdef int32_t tariff
    if units < problem.min_units:
        return False
    if scratch.dual.wide.quick:
        if not quick_cost(problem, &scratch.dual.wide, candidate_i, weight_g, units, cost):
            return False
    elif not shipment_cost(problem, candidate_i, weight_g, units, cost, &tariff):
        return False
    if problem.block_cost != NULL:
        for component in range(problem.n_cost):
            cost[component] = capped(cost[component] + capped(added[component]))
    return True
