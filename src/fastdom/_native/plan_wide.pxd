"""Plans of orders beyond the exact search over subsets: a good plan first, then a bound, then the search for the best.

1. A plan: several greedy ones, improved step by step (plan_starts.pxd). One single shipment is among them.
2. One cost component and at most DUAL_BLOCKS_MAX blocks: the dual search (plan_dual.pxd), for plans that cost no more
   than that of 1. When it ends in time, its plan is the best. Else its bound stands, and its plan, if it has one, is
   improved too. Where costs add up over blocks it comes first, as it is quick there.
3. Without the dual search, the bound: what it costs to move the weight (plan_dual_weight.pxd), or two shipments (or the
   best single one) at the least fixed cost and tariff, each unit at its least cost.
The best of 1 and 2 is the plan: it never costs more than any of the greedy ones.
A plan of several shipments is PROVEN by the dual search alone: only it knows which of equal plans comes first.
"""

from libc.stdint cimport int16_t, int32_t, int64_t, uint64_t
from libc.string cimport memcpy, memset

from fastdom._native.plan cimport (
    COVER_WORDS_MAX,
    OBJECTIVES_MAX,
    OPTIMALITY_BOUND,
    OPTIMALITY_HEURISTIC,
    OPTIMALITY_PROVEN,
    PLAN_INFEASIBLE,
    PLAN_NOT_FOUND,
    PLAN_OK,
    VALUE_NONE,
    WIDE_EVALUATIONS_MAX,
    Plan,
    Problem,
    Scratch,
)
from fastdom._native.plan_bound cimport wide_bound
from fastdom._native.plan_careful cimport compare_costs
from fastdom._native.plan_dual cimport (
    DUAL_BOUND,
    DUAL_DONE,
    DUAL_NONE,
    DUAL_UNFIT,
    dual_adds_up,
    dual_begin,
    dual_search,
    dual_sites,
)
from fastdom._native.plan_dual_weight cimport weight_bound
from fastdom._native.plan_greedy cimport wide_entries, whole_offers
from fastdom._native.plan_improve cimport bring_back, improve_parts
from fastdom._native.plan_least cimport all_may_leave
from fastdom._native.plan_parts cimport plan_parts, plan_proven, plan_refused
from fastdom._native.plan_price cimport prices_open
from fastdom._native.plan_starts cimport best_single, keep_parts, search_firsts, search_starts
from fastdom._native.plan_wide_memory cimport Wide


cdef enum:
    PLAN_SHARE = 20             # percent of the effort for plans, where a search follows,
    PLAN_SHARE_LONG = 60        # and where it seldom ends:
    LONG_BLOCKS = 24            # in orders of more blocks
    PLAN_SHARE_ALONE = 70       # and where only a bound follows


cdef inline void write_nodes(const Problem* problem, Scratch* scratch, const int16_t* nodes, Plan* plan) noexcept nogil:
    """The plan whose blocks leave from nodes[block] (-1: not served), its parts by their lowest block."""
    cdef int32_t candidate_i
    cdef int32_t block
    plan.n_parts = 0
    for candidate_i in range(problem.n_candidates):
        scratch.part_of[candidate_i] = -1
    for block in range(problem.n_blocks):
        plan.block_part[block] = -1
        candidate_i = nodes[block]
        if candidate_i < 0:
            continue
        if scratch.part_of[candidate_i] < 0:
            scratch.part_of[candidate_i] = plan.n_parts
            plan.part_candidate[plan.n_parts] = candidate_i
            plan.n_parts += 1
        plan.block_part[block] = scratch.part_of[candidate_i]
    plan_parts(problem, plan)


cdef inline bint dual_is_best(const Problem* problem, Scratch* scratch, Plan* plan) noexcept nogil:
    """Write the best plan of the dual search, which is a plan unless a shipment has fewer than min_units."""
    write_nodes(problem, scratch, scratch.dual.best, plan)
    return problem.min_units == 0 or all_may_leave(problem, plan)


cdef inline int64_t plan_budget(const Problem* problem, const Plan* plan, bint searched) noexcept nogil:
    """Evaluations at which finding plans ends: what a search for the best plan, where there is one, does not need."""
    cdef int64_t share = PLAN_SHARE if problem.n_blocks <= LONG_BLOCKS else PLAN_SHARE_LONG
    if problem.effort_max == 0:
        return plan.evaluations + WIDE_EVALUATIONS_MAX
    return problem.effort_max * (share if searched else PLAN_SHARE_ALONE) / 100


cdef inline int wide_solve(const Problem* problem, Scratch* scratch, Plan* plan, const int64_t* known) noexcept nogil:
    """A PlanStatus. `known`: a lower bound of plans that serve every block, [0] VALUE_NONE when there is none."""
    cdef Wide* wide = &scratch.dual.wide
    cdef uint64_t wanted[COVER_WORDS_MAX]
    cdef int64_t bound[OBJECTIVES_MAX]
    cdef int32_t single_i
    cdef int32_t missing
    cdef int32_t word
    cdef int64_t lower = 0
    cdef int outcome = DUAL_UNFIT
    cdef bint searched = False
    plan_refused(problem, plan, PLAN_INFEASIBLE)
    missing = plan.n_uncovered
    if missing == problem.n_blocks or (missing and not problem.allow_partial):
        return PLAN_INFEASIBLE
    for word in range(problem.cover_words):
        wanted[word] = ~plan.uncovered[word]
    if problem.n_blocks & 63:
        wanted[problem.cover_words - 1] &= (<uint64_t>1 << (problem.n_blocks & 63)) - 1
    # The dual search does not know place costs; of min_units it only knows that plans without them cost no more.
    if problem.place_fixed == NULL:
        outcome = dual_begin(problem, scratch)
    if outcome == DUAL_BOUND and dual_adds_up(problem, scratch):
        outcome = dual_sites(problem, scratch, plan, &lower)
        if outcome == DUAL_DONE and dual_is_best(problem, scratch, plan):
            return plan_proven(problem, plan)
    else:
        searched = outcome == DUAL_BOUND
    if outcome == DUAL_NONE and not problem.allow_partial:
        return plan_refused(problem, plan, PLAN_INFEASIBLE)
    prices_open(problem, scratch)
    wide_entries(problem, scratch)
    whole_offers(problem, scratch, wanted, plan)
    single_i = best_single(problem, scratch, wanted)
    search_starts(problem, scratch, wanted, single_i, plan_budget(problem, plan, searched), plan)
    if searched:
        outcome = dual_search(problem, scratch, plan, wide.cost[0] if wide.found and wide.left == 0 else -1, &lower)
        if outcome == DUAL_DONE and dual_is_best(problem, scratch, plan):
            return plan_proven(problem, plan)
        if outcome == DUAL_NONE and not problem.allow_partial:
            return plan_refused(problem, plan, PLAN_INFEASIBLE)
    if outcome == DUAL_DONE:
        lower = scratch.dual.best_cost - problem.split_penalty[0]
    elif outcome == DUAL_BOUND and scratch.dual.best_cost >= 0:
        bring_back(problem, scratch, scratch.dual.best, plan)
        improve_parts(problem, scratch, True, last_budget(problem, plan), plan)
        keep_parts(problem, scratch, 0)
    if searched and outcome == DUAL_BOUND and plan.evaluations < problem.effort_max:
        search_firsts(problem, scratch, wanted, problem.effort_max, plan)
    wide_bound(problem, scratch, wanted, 2, bound)
    if outcome == DUAL_UNFIT:
        lower = weight_bound(problem, scratch, wanted, plan)
    if lower > bound[0]:
        memset(bound, 0, sizeof(bound))
        bound[0] = lower
    if known[0] != VALUE_NONE and missing == 0 and compare_costs(known, bound, problem.n_cost) > 0:
        memcpy(bound, known, sizeof(bound))
    return finish(problem, scratch, plan, single_i, bound)


cdef inline int64_t last_budget(const Problem* problem, const Plan* plan) noexcept nogil:
    """Evaluations at which improving what the search found ends: an eighth of all."""
    return plan.evaluations + (problem.effort_max / 8 if problem.effort_max else WIDE_EVALUATIONS_MAX)


cdef inline int finish(
    const Problem* problem, Scratch* scratch, Plan* plan, int32_t single_i, int64_t* bound
) noexcept nogil:
    """Write the best plan and state how good it is known to be. bound: of plans of two shipments and more."""
    cdef Wide* wide = &scratch.dual.wide
    cdef int64_t single[OBJECTIVES_MAX]
    cdef int32_t component
    cdef bint whole = wide.found and wide.left == 0
    if not wide.found or (wide.left and not problem.allow_partial):
        return plan_refused(problem, plan, PLAN_NOT_FOUND)
    if single_i >= 0:
        for component in range(problem.n_cost):
            single[component] = wide.whole_cost[single_i][component] - problem.split_penalty[component]
        if problem.max_shipments == 1 or compare_costs(single, bound, problem.n_cost) < 0:
            memcpy(bound, single, problem.n_cost * sizeof(int64_t))
    write_nodes(problem, scratch, wide.node, plan)
    plan.optimality = OPTIMALITY_BOUND if whole else OPTIMALITY_HEURISTIC
    for component in range(problem.n_cost):
        plan.lower_bound[component] = bound[component] if whole else 0
    if whole and plan.n_parts == 1 and compare_costs(plan.cost, bound, problem.n_cost) == 0:
        plan.optimality = OPTIMALITY_PROVEN
    return PLAN_OK
