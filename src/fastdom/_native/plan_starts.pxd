"""Plans of large orders found without proof: several greedy plans, each improved, and the best of them.

1. Every block in one shipment, where a candidate can do that.
2. Greedy by each Rule: cost per unit, the largest shipment, the nearest candidate.
3. Greedy with a given first candidate, by falling promise, until FIRSTS_STALE have not helped.
4. The best of all with all steps of improvement.
The best plan is kept in Wide: fewer blocks left out, less cost, fewer shipments, the one found first.
"""

from libc.stdint cimport int16_t, int32_t, int64_t, uint64_t
from libc.string cimport memset

from fastdom._native.plan cimport OBJECTIVES_MAX, Plan, Problem, Scratch
from fastdom._native.plan_careful cimport compare_costs
from fastdom._native.plan_greedy cimport (
    RULE_LARGEST,
    RULE_NEAREST,
    RULE_RATE,
    Rule,
    bit_of,
    greedy,
    plan_compare_ratio,
    whole_offers,
)
from fastdom._native.plan_improve cimport bring_back, improve_parts, put_aside, put_open, whole_of
from fastdom._native.plan_wide_memory cimport Wide


cdef enum:
    FIRSTS_STALE = 12           # greedy plans with a given first candidate, none of them better, that end the search
    FIRSTS_SHARE = 70           # percent of the evaluations that they may use


cdef inline bint keep_parts(const Problem* problem, Scratch* scratch, int32_t left) noexcept nogil:
    """Keep the parts when they are the best plan so far."""
    cdef Wide* wide = &scratch.dual.wide
    cdef int64_t cost[OBJECTIVES_MAX]
    cdef int32_t component
    cdef int order = left - wide.left if wide.found else -1
    if scratch.n_parts == 0 or (problem.max_shipments and scratch.n_parts > problem.max_shipments):
        return False
    whole_of(problem, scratch, cost)
    if order == 0:
        order = compare_costs(cost, wide.cost, problem.n_cost)
    if order == 0:
        order = scratch.n_parts - wide.parts
    if order >= 0:
        return False
    wide.found = True
    wide.left = left
    wide.parts = scratch.n_parts
    for component in range(problem.n_cost):
        wide.cost[component] = cost[component]
    put_aside(problem, scratch, wide.node)
    return True


cdef inline bint start(
    const Problem* problem, Scratch* scratch, const uint64_t* wanted, int32_t first, Rule rule, int64_t budget, Plan* plan
) noexcept nogil:
    """One greedy plan, with the first improvements; True when it is the best so far."""
    cdef int32_t parts_max = problem.max_shipments if problem.max_shipments else problem.n_blocks
    cdef int32_t left = greedy(problem, scratch, wanted, first, parts_max, rule, plan)
    cdef bint best
    if left:
        left = put_open(problem, scratch, wanted, plan)
    best = keep_parts(problem, scratch, left)
    if plan.evaluations < budget:
        improve_parts(problem, scratch, False, budget, plan)
        best |= keep_parts(problem, scratch, left)
    return best


cdef inline void improve_best(const Problem* problem, Scratch* scratch, int64_t budget, Plan* plan) noexcept nogil:
    """All steps of improvement on the best plan."""
    cdef Wide* wide = &scratch.dual.wide
    if not wide.found or plan.evaluations >= budget:
        return
    bring_back(problem, scratch, wide.node, plan)
    improve_parts(problem, scratch, True, budget, plan)
    keep_parts(problem, scratch, wide.left)


cdef inline int32_t best_single(
    const Problem* problem, const Scratch* scratch, const uint64_t* wanted
) noexcept nogil:
    """The candidate that serves all wanted blocks in one shipment at the least cost; -1: none. After whole_offers."""
    cdef const Wide* wide = &scratch.dual.wide
    cdef int64_t gain = 0
    cdef int32_t block
    cdef int32_t candidate_i
    cdef int32_t best_i = -1
    for block in range(problem.n_blocks):
        if bit_of(wanted, block):
            gain += problem.units[block] + 1
    for candidate_i in range(problem.n_candidates):
        if wide.whole_gain[candidate_i] == gain and (
            best_i < 0 or compare_costs(wide.whole_cost[candidate_i], wide.whole_cost[best_i], problem.n_cost) < 0
        ):
            best_i = candidate_i
    return best_i


cdef inline int32_t next_first(const Problem* problem, Scratch* scratch, bint largest) noexcept nogil:
    """The most promising candidate that no plan has started with; -1: none."""
    cdef Wide* wide = &scratch.dual.wide
    cdef int32_t best_i = -1
    cdef int32_t candidate_i
    cdef int order
    for candidate_i in range(problem.n_candidates):
        if wide.tried[candidate_i] or wide.whole_gain[candidate_i] == 0:
            continue
        order = -1
        if best_i >= 0:
            order = 0
            if largest:
                order = (wide.whole_gain[candidate_i] < wide.whole_gain[best_i]) - (
                    wide.whole_gain[candidate_i] > wide.whole_gain[best_i]
                )
            if order == 0:
                order = plan_compare_ratio(wide.whole_cost[candidate_i][0], wide.whole_gain[candidate_i],
                                           wide.whole_cost[best_i][0], wide.whole_gain[best_i])
        if order < 0:
            best_i = candidate_i
    if best_i >= 0:
        wide.tried[best_i] = 1
    return best_i


cdef inline void search_starts(
    const Problem* problem, Scratch* scratch, const uint64_t* wanted, int32_t single_i, int64_t budget, Plan* plan
) noexcept nogil:
    """The best plan into Wide. After whole_offers; the plans of 1 and 2 are made however small the budget."""
    cdef Wide* wide = &scratch.dual.wide
    wide.found = False
    memset(wide.tried, 0, problem.n_candidates)
    if single_i >= 0:
        start(problem, scratch, wanted, single_i, RULE_RATE, 0, plan)
    start(problem, scratch, wanted, -1, RULE_RATE, budget, plan)
    start(problem, scratch, wanted, -1, RULE_LARGEST, budget, plan)
    start(problem, scratch, wanted, -1, RULE_NEAREST, budget, plan)
    search_firsts(problem, scratch, wanted, budget, plan)


cdef inline void search_firsts(
    const Problem* problem, Scratch* scratch, const uint64_t* wanted, int64_t budget, Plan* plan
) noexcept nogil:
    """Greedy plans with first candidates not yet tried, then all improvements of the best plan."""
    cdef int64_t firsts = plan.evaluations + (budget - plan.evaluations) * FIRSTS_SHARE / 100
    cdef int32_t first
    cdef int32_t stale = 0
    while stale < FIRSTS_STALE and plan.evaluations < firsts:
        first = next_first(problem, scratch, stale & 1)
        if first < 0:
            break
        stale = 0 if start(problem, scratch, wanted, first, RULE_RATE, budget, plan) else stale + 1
    improve_best(problem, scratch, budget, plan)
