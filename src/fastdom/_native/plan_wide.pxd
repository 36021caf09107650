"""Plans of orders beyond the exact search over subsets: proven by the dual search, else found and bounded.

1. One cost component and at most DUAL_BLOCKS_MAX blocks: the dual search (plan_dual.pxd). When it ends in time, its
   plan is the best. Else its bound stands, and its plan, if it has one, is a candidate for the answer.
2. The best single shipment, if one candidate can serve everything.
3. Greedy: open the candidate whose shipment of the open blocks costs least per unit, until nothing is open.
   Offers are re-computed lazily: a candidate's cost per unit rarely falls as blocks are taken.
4. Improvement of the plan of 3, and of 1 where that is better, at most WIDE_PASSES_MAX rounds: close a part and spread
   its blocks, move a block, swap a candidate, split a part.
5. Without the dual search, the bound: what it costs to move the weight (plan_dual_weight.pxd), or two shipments (or the
   best single one) at the least fixed cost and tariff, each unit at its least cost.
The best of 1, 2 and 4 is the plan. Greedy that exceeds max_shipments starts again with the largest shipment first.
A plan of several shipments is PROVEN by the dual search alone: only it knows which of equal plans comes first.
"""

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memcpy, memset

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
from fastdom._native.plan_dual cimport DUAL_BOUND, DUAL_DONE, DUAL_NONE, DUAL_UNFIT, dual_solve
from fastdom._native.plan_dual_weight cimport weight_bound
from fastdom._native.plan_greedy cimport Shipment, bit_of, cover_of, greedy, offer, open_part, wide_entries
from fastdom._native.plan_improve cimport improve_parts
from fastdom._native.plan_parts cimport plan_parts, plan_proven, plan_refused


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


cdef inline void write_dual(const Problem* problem, Scratch* scratch, Plan* plan) noexcept nogil:
    """The best plan of the dual search, its parts by their lowest block."""
    cdef int32_t block
    cdef int32_t part
    plan.n_parts = 0
    for block in range(problem.n_blocks):
        plan.block_part[block] = -1
        if scratch.dual.best[block] < 0:
            continue
        for part in range(plan.n_parts):
            if plan.part_candidate[part] == scratch.dual.best[block]:
                break
        else:
            part = plan.n_parts
            plan.part_candidate[part] = scratch.dual.best[block]
            plan.n_parts += 1
        plan.block_part[block] = part
    plan_parts(problem, plan)


cdef inline void open_plan(const Problem* problem, Scratch* scratch, const Plan* plan) noexcept nogil:
    """The parts of the plan as parts to improve."""
    cdef Shipment shipment
    cdef uint64_t bits[COVER_WORDS_MAX]
    cdef int32_t candidate_i
    cdef int32_t block
    cdef int32_t part
    scratch.n_parts = 0
    for candidate_i in range(problem.n_candidates):
        scratch.part_of[candidate_i] = -1
    for block in range(problem.n_blocks):
        scratch.block_part[block] = -1
    for part in range(plan.n_parts):
        memset(bits, 0, sizeof(bits))
        for block in range(problem.n_blocks):
            if plan.block_part[block] == part:
                bits[block >> 6] |= <uint64_t>1 << (block & 63)
        offer(problem, scratch, plan.part_candidate[part], bits, &shipment)
        open_part(problem, scratch, plan.part_candidate[part], &shipment)


cdef inline int wide_solve(const Problem* problem, Scratch* scratch, Plan* plan, const int64_t* known) noexcept nogil:
    """A PlanStatus. `known`: a lower bound of plans that serve every block, [0] VALUE_NONE when there is none."""
    cdef uint64_t wanted[COVER_WORDS_MAX]
    cdef int64_t bound[OBJECTIVES_MAX]
    cdef Shipment single
    cdef int32_t single_i
    cdef int32_t missing
    cdef int32_t left
    cdef int32_t word
    cdef int64_t lower = 0
    cdef int outcome
    plan_refused(problem, plan, PLAN_INFEASIBLE)
    missing = plan.n_uncovered
    if missing == problem.n_blocks or (missing and not problem.allow_partial):
        return PLAN_INFEASIBLE
    for word in range(problem.cover_words):
        wanted[word] = ~plan.uncovered[word]
    if problem.n_blocks & 63:
        wanted[problem.cover_words - 1] &= (<uint64_t>1 << (problem.n_blocks & 63)) - 1
    # The dual search does not know place costs. No search from here on knows min_units: plan_solve checks their plans.
    outcome = DUAL_UNFIT if problem.place_fixed != NULL else dual_solve(problem, scratch, plan, &lower)
    if outcome == DUAL_DONE:
        write_dual(problem, scratch, plan)
        return plan_proven(problem, plan)
    if outcome == DUAL_NONE and not problem.allow_partial:
        return plan_refused(problem, plan, PLAN_INFEASIBLE)
    wide_entries(problem, scratch)
    wide_bound(problem, scratch, wanted, 2, bound)
    if outcome == DUAL_UNFIT:
        lower = weight_bound(problem, scratch, wanted, plan)
    if lower > bound[0]:
        memset(bound, 0, sizeof(bound))
        bound[0] = lower
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
    if outcome == DUAL_BOUND and scratch.dual.best_cost >= 0 and (
        left or scratch.dual.best_cost - problem.split_penalty[0] < plan.cost[0]
    ):
        write_dual(problem, scratch, plan)
        open_plan(problem, scratch, plan)
        improve_parts(problem, scratch, plan)
        write_wide(problem, scratch, plan)
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
    if whole and plan.n_parts == 1 and compare_costs(plan.cost, bound, problem.n_cost) == 0:
        plan.optimality = OPTIMALITY_PROVEN
    return PLAN_OK
