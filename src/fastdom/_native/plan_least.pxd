"""The least units of a shipment (min_units), and the plan of one shipment that may be exempt from them.

The searches strike out shipments that are too small. What the exemption adds are plans of one shipment that is too
small: none of them serves every block, or every plan is one. So they matter when the whole order is too small, where
one shipment is all there can be, and when not every block can be served: then the best plan of one shipment is looked
for on its own, and the better of the two is the answer.
"""

from libc.stdint cimport int32_t, int64_t
from libc.string cimport memcpy

from fastdom._native.plan cimport (
    OPTIMALITY_HEURISTIC,
    OPTIMALITY_PROVEN,
    PLAN_INFEASIBLE,
    PLAN_NOT_FOUND,
    PLAN_OK,
    Plan,
    Problem,
    Scratch,
)
from fastdom._native.plan_careful cimport compare_costs
from fastdom._native.plan_parts cimport plan_proven, plan_refused


cdef struct Aside:              # a plan, or that there is none; its parts are in Scratch.aside_*
    int32_t status
    int32_t optimality
    int32_t n_parts
    int32_t n_uncovered
    int64_t cost[4]


cdef inline int64_t total_units(const Problem* problem) noexcept nogil:
    """Units of all blocks."""
    cdef int64_t units = 0
    cdef int32_t block
    for block in range(problem.n_blocks):
        units += problem.units[block]
    return units


cdef inline bint all_may_leave(const Problem* problem, const Plan* plan) noexcept nogil:
    """Whether every shipment of the plan has min_units, or is the only one and exempt."""
    cdef int32_t part
    if problem.min_exempt_single and plan.n_parts == 1:
        return True
    for part in range(plan.n_parts):
        if plan.part_units[part] < problem.min_units:
            return False
    return True


cdef inline bint alone_may_win(const Problem* problem, const Plan* plan) noexcept nogil:
    """Whether a plan of one shipment may be better than the plan of shipments that all have min_units."""
    if plan.status == PLAN_NOT_FOUND:
        return True
    return problem.min_exempt_single and problem.allow_partial and (plan.status != PLAN_OK or plan.n_uncovered > 0)


cdef inline void put_aside(const Problem* problem, Scratch* scratch, const Plan* plan, Aside* aside) noexcept nogil:
    """Keep what makes the plan."""
    aside.status = plan.status
    aside.optimality = plan.optimality
    aside.n_parts = plan.n_parts
    aside.n_uncovered = plan.n_uncovered
    if plan.status == PLAN_OK:
        memcpy(aside.cost, plan.cost, sizeof(aside.cost))
        memcpy(scratch.aside_part, plan.block_part, problem.n_blocks * sizeof(plan.block_part[0]))
        memcpy(scratch.aside_candidate, plan.part_candidate, plan.n_parts * sizeof(plan.part_candidate[0]))


cdef inline int32_t aside_node(const Scratch* scratch, int32_t block) noexcept nogil:
    """Candidate of the block; -1: none."""
    return scratch.aside_candidate[scratch.aside_part[block]] if scratch.aside_part[block] >= 0 else -1


cdef inline int32_t plan_node(const Plan* plan, int32_t block) noexcept nogil:
    """The same of the plan."""
    return plan.part_candidate[plan.block_part[block]] if plan.block_part[block] >= 0 else -1


cdef inline bint aside_wins(
    const Problem* problem, const Scratch* scratch, const Aside* aside, const Plan* plan
) noexcept nogil:
    """Whether the plan put aside comes first in the order of plans; one of them is a plan."""
    cdef int order
    cdef int32_t block
    if plan.status != PLAN_OK or aside.status != PLAN_OK:
        return plan.status != PLAN_OK
    if aside.n_uncovered != plan.n_uncovered:
        return aside.n_uncovered < plan.n_uncovered
    order = compare_costs(aside.cost, plan.cost, problem.n_cost)
    order = order if order else aside.n_parts - plan.n_parts
    if order:
        return order < 0
    for block in range(problem.n_blocks):
        if (aside_node(scratch, block) < 0) != (plan_node(plan, block) < 0):
            return plan_node(plan, block) < 0
    for block in range(problem.n_blocks):
        if aside_node(scratch, block) != plan_node(plan, block):
            return aside_node(scratch, block) < plan_node(plan, block)
    return True


cdef inline int better_of(const Problem* problem, Scratch* scratch, const Aside* aside, Plan* plan) noexcept nogil:
    """The better of the plan put aside and the plan, which has one shipment; the status."""
    cdef bint sure = aside.status == PLAN_INFEASIBLE
    cdef int32_t component
    sure |= aside.status == PLAN_OK and aside.optimality == OPTIMALITY_PROVEN
    sure &= plan.status == PLAN_INFEASIBLE or (plan.status == PLAN_OK and plan.optimality == OPTIMALITY_PROVEN)
    if plan.status != PLAN_OK and aside.status != PLAN_OK:
        return plan_refused(problem, plan, PLAN_INFEASIBLE if sure else PLAN_NOT_FOUND)
    if aside_wins(problem, scratch, aside, plan):
        plan.n_parts = aside.n_parts
        memcpy(plan.block_part, scratch.aside_part, problem.n_blocks * sizeof(plan.block_part[0]))
        memcpy(plan.part_candidate, scratch.aside_candidate, aside.n_parts * sizeof(plan.part_candidate[0]))
    plan_proven(problem, plan)
    if not sure:
        plan.optimality = OPTIMALITY_HEURISTIC
        for component in range(problem.n_cost):
            plan.lower_bound[component] = 0
    return PLAN_OK
