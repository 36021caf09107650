"""Plans of orders beyond the exact search: a greedy cover, local improvement, and an honest lower bound.

1. The best single shipment, if one candidate can serve everything.
2. Greedy: open the candidate whose shipment of the open blocks costs least per unit, until nothing is open.
   Offers are re-computed lazily: a candidate's cost per unit rarely falls as blocks are taken.
3. Improvement, at most WIDE_PASSES_MAX rounds: close a part and spread its blocks, move a block, swap a candidate,
   split a part.
4. The bound: two shipments (or the best single one) at the least fixed cost and tariff, each unit at its least cost.
The better of 1 and 3 is the plan. Greedy that exceeds max_shipments starts again with the largest shipment first.
"""

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memcpy

from fastdom._native.plan cimport (
    COVER_WORDS_MAX,
    EFFORT_OFFER,
    OBJECTIVES_MAX,
    OPTIMALITY_BOUND,
    OPTIMALITY_HEURISTIC,
    OPTIMALITY_PROVEN,
    PLAN_INFEASIBLE,
    PLAN_NOT_FOUND,
    PLAN_OK,
    VALUE_NONE,
    Plan,
    Problem,
    Scratch,
)
from fastdom._native.plan_bound cimport wide_bound
from fastdom._native.plan_careful cimport compare_costs
from fastdom._native.plan_greedy cimport Shipment, bit_of, cover_of, greedy, offer, wide_entries
from fastdom._native.plan_improve cimport improve_parts
from fastdom._native.plan_parts cimport plan_parts, plan_refused


cdef inline int32_t best_single(
    const Problem* problem, Scratch* scratch, const uint64_t* wanted, Plan* plan, Shipment* best
) noexcept nogil:
    """The candidate that serves all wanted blocks in one shipment at the least cost; -1: none."""
    cdef const uint64_t* cover
    cdef Shipment shipment
    cdef uint64_t missing
    cdef int32_t candidate_i
    cdef int32_t word
    cdef int32_t best_i = -1
    for candidate_i in range(problem.n_candidates):
        cover = cover_of(problem, candidate_i)
        missing = 0
        for word in range(problem.cover_words):
            missing |= wanted[word] & ~cover[word]
        if missing:
            continue
        plan.evaluations += EFFORT_OFFER + problem.n_blocks / 4
        if not offer(problem, scratch, candidate_i, wanted, &shipment):
            continue
        for word in range(problem.cover_words):
            missing |= wanted[word] & ~scratch.take_bits[word]
        if not missing and (best_i < 0 or compare_costs(shipment.cost, best.cost, problem.n_cost) < 0):
            best_i = candidate_i
            best[0] = shipment
    return best_i


cdef inline void write_single(
    const Problem* problem, const uint64_t* wanted, int32_t candidate_i, Plan* plan
) noexcept nogil:
    cdef int32_t block
    plan.n_parts = 1
    plan.part_candidate[0] = candidate_i
    for block in range(problem.n_blocks):
        plan.block_part[block] = 0 if bit_of(wanted, block) else -1
    plan_parts(problem, plan)


cdef inline void write_wide(const Problem* problem, Scratch* scratch, Plan* plan) noexcept nogil:
    """Number the parts by their lowest block."""
    cdef int32_t block
    cdef int32_t part
    cdef int32_t candidate_i
    plan.n_parts = 0
    for part in range(scratch.n_parts):
        scratch.offer_round[part] = -1
    for block in range(problem.n_blocks):
        part = scratch.block_part[block]
        if part >= 0 and scratch.offer_round[part] < 0:
            scratch.offer_round[part] = plan.n_parts
            plan.part_candidate[plan.n_parts] = scratch.part_node[part]
            plan.n_parts += 1
        plan.block_part[block] = -1 if part < 0 else scratch.offer_round[part]
    plan_parts(problem, plan)


cdef inline int wide_solve(const Problem* problem, Scratch* scratch, Plan* plan, const int64_t* known) noexcept nogil:
    """A PlanStatus. `known`: a lower bound of plans that serve every block, [0] VALUE_NONE when there is none."""
    cdef uint64_t wanted[COVER_WORDS_MAX]
    cdef int64_t bound[OBJECTIVES_MAX]
    cdef Shipment single
    cdef int32_t single_i
    cdef int32_t missing
    cdef int32_t left
    cdef int32_t word
    plan_refused(problem, plan, PLAN_INFEASIBLE)
    missing = plan.n_uncovered
    if missing == problem.n_blocks or (missing and not problem.allow_partial):
        return PLAN_INFEASIBLE
    for word in range(problem.cover_words):
        wanted[word] = ~plan.uncovered[word]
    if problem.n_blocks & 63:
        wanted[problem.cover_words - 1] &= (<uint64_t>1 << (problem.n_blocks & 63)) - 1
    wide_entries(problem, scratch)
    wide_bound(problem, scratch, wanted, 2, bound)
    single_i = best_single(problem, scratch, wanted, plan, &single)
    if known[0] != VALUE_NONE and missing == 0 and compare_costs(known, bound, problem.n_cost) > 0:
        memcpy(bound, known, sizeof(bound))
    if single_i >= 0 and (problem.max_shipments == 1 or compare_costs(single.cost, bound, problem.n_cost) < 0):
        memcpy(bound, single.cost, sizeof(bound))
    if single_i >= 0 and compare_costs(single.cost, bound, problem.n_cost) == 0:
        write_single(problem, wanted, single_i, plan)
        left = 0
    else:
        left = search_wide(problem, scratch, wanted, plan)
        if left and single_i < 0 and (scratch.n_parts == 0 or not problem.allow_partial):
            return plan_refused(problem, plan, PLAN_NOT_FOUND)
        if left == 0 or single_i < 0:
            write_wide(problem, scratch, plan)
        if single_i >= 0 and (left or compare_costs(single.cost, plan.cost, problem.n_cost) <= 0):
            write_single(problem, wanted, single_i, plan)
            left = 0
    return grade(problem, plan, bound, left == 0)


cdef inline int32_t search_wide(
    const Problem* problem, Scratch* scratch, const uint64_t* wanted, Plan* plan
) noexcept nogil:
    """Greedy and improvement within max_shipments; returns the wanted blocks that stay open."""
    cdef int32_t left = greedy(problem, scratch, wanted, problem.n_blocks, False, plan)
    improve_parts(problem, scratch, plan)
    if problem.max_shipments and scratch.n_parts > problem.max_shipments:
        left = greedy(problem, scratch, wanted, problem.max_shipments, True, plan)
        improve_parts(problem, scratch, plan)
    return left


cdef inline int grade(const Problem* problem, Plan* plan, const int64_t* bound, bint whole) noexcept nogil:
    """State how good the plan is known to be. whole: it serves every block that any candidate has."""
    cdef int32_t component
    plan.optimality = OPTIMALITY_BOUND if whole else OPTIMALITY_HEURISTIC
    for component in range(problem.n_cost):
        plan.lower_bound[component] = bound[component] if whole else 0
    if whole and compare_costs(plan.cost, bound, problem.n_cost) == 0:
        plan.optimality = OPTIMALITY_PROVEN
    return PLAN_OK
