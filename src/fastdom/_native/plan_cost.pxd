"""What one shipment costs: the weighting routine, weight tiers and tariff rows. Inline, used by every kernel."""

from libc.stdint cimport INT32_MAX, int32_t, int64_t, uint16_t
from libc.string cimport memcpy

from fastdom._native.plan cimport (
    COST_MAX,
    COST_NONE,
    NO_TARIFF,
    OBJECTIVES_MAX,
    ROW_NONE,
    ROW_TARIFFS,
    Candidate,
    Problem,
)


cdef extern from "plan_subsets.h":
    int64_t multiplied "plan_product"(int64_t cost, int64_t count) noexcept nogil  # at most COST_MAX


cdef inline int64_t capped(int64_t cost) noexcept nogil:
    return cost if cost < COST_MAX else COST_MAX


cdef inline int64_t weigh(int64_t raw, int64_t weight) noexcept nogil:
    """floor(weight * raw / 1024), at most COST_MAX. raw 0 .. COST_MAX, weight 0 .. WEIGHT_MAX."""
    return capped((raw >> 10) * weight + (((raw & 1023) * weight) >> 10))


cdef inline int32_t tier_of(const Problem* problem, int64_t weight_g) noexcept nogil:
    """The first tier that holds the weight; n_tiers when it is beyond the grid."""
    cdef int32_t low = 0
    cdef int32_t high = problem.n_tiers
    cdef int32_t middle
    while low < high:
        middle = (low + high) >> 1
        if problem.breakpoints_g[middle] < weight_g:
            low = middle + 1
        else:
            high = middle
    return low


cdef inline int64_t tariff_raw(const Problem* problem, int32_t tariff, int32_t tier, int64_t weight_g) noexcept nogil:
    """Raw micros of one tariff, at most COST_MAX; COST_NONE when it does not carry the weight."""
    cdef const int64_t* cost = problem.tariff_cost + <int64_t>tariff * problem.n_tiers
    cdef int64_t last
    cdef int64_t step_cost
    if tier < problem.n_tiers:
        return cost[tier]
    if problem.n_tiers == 0 or problem.step_g == 0:
        return COST_NONE
    last = cost[problem.n_tiers - 1]
    step_cost = problem.tariff_step_cost[tariff]
    if last == COST_NONE or step_cost == COST_NONE:
        return COST_NONE
    weight_g -= problem.breakpoints_g[problem.n_tiers - 1]
    return capped(last + multiplied(step_cost, (weight_g - 1) / problem.step_g + 1))


cdef inline int64_t row_raw(
    const Problem* problem, int32_t row_i, int32_t tier, int64_t weight_g, int32_t* tariff
) noexcept nogil:
    """Cheapest tariff of a row, ties to the first place; COST_NONE when none carries the weight."""
    cdef const uint16_t* row = problem.row_tariffs + <int64_t>row_i * ROW_TARIFFS
    cdef int64_t least = COST_NONE
    cdef int64_t raw
    cdef int32_t place
    tariff[0] = NO_TARIFF
    for place in range(ROW_TARIFFS):
        if row[place] == NO_TARIFF:
            continue
        raw = tariff_raw(problem, row[place], tier, weight_g)
        if raw != COST_NONE and (least == COST_NONE or raw < least):
            least = raw
            tariff[0] = row[place]
    return least


cdef inline bint units_fit(const Candidate* candidate, int64_t units) noexcept nogil:
    return units <= candidate.units_left or candidate.units_left == INT32_MAX


cdef inline void base_cost(
    const Problem* problem, const Candidate* candidate, int64_t units, int64_t* cost
) noexcept nogil:
    """Cost vector [n_cost] of a shipment without its tariff and its blocks."""
    cdef int32_t component
    for component in range(problem.n_cost):
        cost[component] = capped(
            candidate.fixed[component] + multiplied(candidate.unit_cost[component], units)
        )


cdef inline bint place_cost(
    const Problem* problem, int32_t row_i, int32_t place, int32_t tier, int64_t weight_g, int64_t units,
    const int64_t* cost, int64_t* whole
) noexcept nogil:
    """whole = cost and what the service in one place of the row adds, at most COST_MAX a component; False: no service.

    problem.place_fixed is not NULL.
    """
    cdef int64_t at = <int64_t>row_i * ROW_TARIFFS + place
    cdef int64_t raw
    cdef int32_t component
    if problem.row_tariffs[at] == NO_TARIFF:
        return False
    raw = tariff_raw(problem, problem.row_tariffs[at], tier, weight_g)
    if raw == COST_NONE:
        return False
    at *= problem.n_cost
    for component in range(problem.n_cost):
        whole[component] = cost[component] + problem.place_fixed[at + component]
        whole[component] = capped(whole[component] + multiplied(problem.place_unit[at + component], units))
    component = problem.shipping_objective
    whole[component] = capped(whole[component] + weigh(raw, problem.shipping_weight))
    return True


cdef inline bint add_place(
    const Problem* problem, int32_t row_i, int32_t tier, int64_t weight_g, int64_t units, int64_t* cost,
    int32_t* tariff
) noexcept nogil:
    """Add the service of the row with which the whole cost vector is least, ties to the first place.

    False when no service carries the weight. problem.place_fixed is not NULL; row_i is a row.
    """
    cdef int64_t whole[OBJECTIVES_MAX]
    cdef int64_t least[OBJECTIVES_MAX]
    cdef int32_t component
    cdef int32_t place
    tariff[0] = NO_TARIFF
    for place in range(ROW_TARIFFS):
        if not place_cost(problem, row_i, place, tier, weight_g, units, cost, whole):
            continue
        component = 0
        while component < problem.n_cost - 1 and tariff[0] != NO_TARIFF and whole[component] == least[component]:
            component += 1
        if tariff[0] == NO_TARIFF or whole[component] < least[component]:
            tariff[0] = problem.row_tariffs[<int64_t>row_i * ROW_TARIFFS + place]
            memcpy(least, whole, problem.n_cost * sizeof(int64_t))
    if tariff[0] == NO_TARIFF:
        return False
    memcpy(cost, least, problem.n_cost * sizeof(int64_t))
    return True


cdef inline bint shipment_cost(
    const Problem* problem, int32_t candidate_i, int64_t weight_g, int64_t units, int64_t* cost, int32_t* tariff
) noexcept nogil:
    """Cost vector [n_cost] and winning tariff of one shipment, before add_block_cost. Stock is not looked at.

    False when no tariff of the row carries the weight, or when units exceed units_left. With place costs the tariff
    is that of a shipment without block costs: where block costs reach COST_MAX it may not be the final one.
    """
    cdef const Candidate* candidate = &problem.candidates[candidate_i]
    cdef int64_t raw = 0
    cdef int32_t component
    tariff[0] = NO_TARIFF
    if not units_fit(candidate, units):
        return False
    if problem.place_fixed != NULL and candidate.row_i != ROW_NONE:
        base_cost(problem, candidate, units, cost)
        return add_place(problem, candidate.row_i, tier_of(problem, weight_g), weight_g, units, cost, tariff)
    if candidate.row_i != ROW_NONE:
        raw = row_raw(problem, candidate.row_i, tier_of(problem, weight_g), weight_g, tariff)
        if raw == COST_NONE:
            return False
    base_cost(problem, candidate, units, cost)
    component = problem.shipping_objective
    cost[component] = capped(cost[component] + weigh(raw, problem.shipping_weight))
    return True


cdef inline void add_block_cost(
    const Problem* problem, int32_t candidate_i, int32_t block, int64_t* cost
) noexcept nogil:
    """Add block_cost of one block to the cost vector [n_cost] of its shipment; problem.block_cost is not NULL.

    Each sum stops at COST_MAX, so the order of the blocks does not matter.
    """
    cdef const int64_t* added = problem.block_cost + (<int64_t>candidate_i * problem.n_blocks + block) * problem.n_cost
    cdef int32_t component
    for component in range(problem.n_cost):
        cost[component] = capped(cost[component] + added[component])


cdef inline bint has_places(const Problem* problem, int32_t candidate_i) noexcept nogil:
    """Whether the carrier service of the candidate's shipments is chosen by the whole cost vector."""
    return problem.place_fixed != NULL and problem.candidates[candidate_i].row_i != ROW_NONE


cdef inline void cost_open(
    const Problem* problem, int32_t candidate_i, int64_t weight_g, int64_t units, int64_t* cost, int32_t* tariff
) noexcept nogil:
    """Cost of a shipment that can leave, before add_block_cost for each of its blocks and cost_close."""
    if has_places(problem, candidate_i):
        base_cost(problem, &problem.candidates[candidate_i], units, cost)
    else:
        shipment_cost(problem, candidate_i, weight_g, units, cost, tariff)


cdef inline void cost_close(
    const Problem* problem, int32_t candidate_i, int64_t weight_g, int64_t units, int64_t* cost, int32_t* tariff
) noexcept nogil:
    """Whole cost and winning tariff."""
    if has_places(problem, candidate_i):
        add_place(problem, problem.candidates[candidate_i].row_i, tier_of(problem, weight_g), weight_g, units, cost,
                  tariff)
