"""Lateness, transit time, load and carbon of an offer; balance, weeks, markdown and look-ahead price of a position.

Each is the integer formula of its file in fastdom.policy.objectives; a test compares the two.
"""


from libc.string cimport memset

from fastdom._native.capacity cimport capacity_taken
from fastdom._native.network cimport LaneSet, arrival_on
from fastdom._native.place cimport CAPACITY_NONE, distance_raw, routable_units
from fastdom._native.plan_cost cimport capped, weigh
from fastdom._native.policy cimport (
    CAPACITY_BALANCE, CARBON, LATENESS, LOAD_FULL, MARKDOWN_AVOIDANCE, OPPORTUNITY_COST, Policy,
    STOCK_BALANCE, TRANSIT_TIME, WEEKS_OF_SUPPLY,
)
from fastdom._native.positions cimport P_FREE, P_NODE, P_RESERVE, Positions, Run, position_cell, position_find, run_begin, run_next
from fastdom._native.quote_scratch cimport RANKS_MAX, breathe
from fastdom._native.resolved cimport Demand, Resolved


cdef extern from *:
    """
    #include <stdint.h>
    static inline int64_t fd_divided(int64_t a, int64_t b) {
        return (a | b) >> 32 == 0 ? (int64_t)((uint32_t)a / (uint32_t)b) : a / b;  /* twice as fast when both are short */
    }
    static inline int64_t fd_share(int64_t micros, int64_t part, int64_t whole) {
        if (micros < ((int64_t)1 << 31) && part < ((int64_t)1 << 31)) return fd_divided(micros * part, whole);
        return (int64_t)((__int128)micros * part / whole);
    }
    """
    int64_t fd_divided(int64_t a, int64_t b) noexcept nogil  # a / b, both at least 0
    int64_t fd_share(int64_t micros, int64_t part, int64_t whole) noexcept nogil  # micros * part / whole, part <= whole


cdef enum:
    DAY_S = 86400
    STOCK_OBJECTIVES = 4         # STOCK_BALANCE .. MARKDOWN_AVOIDANCE and OPPORTUNITY_COST


# --- offers ----------------------------------------------------------------------------------------------------------

cdef inline int64_t load_of(const Place* p, int32_t node_i, int32_t day) noexcept nogil:
    """Per mille of the node's day that is taken; above 1,000 it counts as full."""
    cdef int64_t limit = p.net.capacity_limit[node_i]
    cdef int64_t load
    if p.net.capacity_kind[node_i] == CAPACITY_NONE or limit <= 0:
        return 0
    load = capacity_taken(&p.state.capacity, node_i, day)
    if load == 0:
        return 0
    load = fd_divided(load * LOAD_FULL, limit)
    return load if load < LOAD_FULL else LOAD_FULL


cdef void offer_facts(
    const Place* p, int32_t node_i, int32_t service_i, int32_t slot, int64_t arrive_by_us, int32_t arrive_date,
    OfferFacts* facts
) noexcept nogil:
    cdef const Policy* policy = p.policy
    cdef int64_t late_us
    memset(facts, 0, sizeof(OfferFacts))
    if policy.level[LATENESS] >= 0 and p.order.required_by_us:
        late_us = arrive_by_us - p.order.required_by_us
        if late_us > 0:
            facts.days_late = (late_us - 1) / (<int64_t>DAY_S * 1000000) + 1
    if slot < 0:
        return
    if policy.level[TRANSIT_TIME] >= 0 and arrive_by_us and arrive_date > p.net.slot_day[slot]:
        facts.days_moving = arrive_date - p.net.slot_day[slot]
    if policy.level[CAPACITY_BALANCE] >= 0:
        facts.load_permille = load_of(p, node_i, p.net.slot_day[slot])
    if policy.level[CARBON] >= 0 and service_i >= 0 and p.order.postal_i >= 0:
        facts.carbon_micros = distance_raw(
            p.net.distance_m[<Py_ssize_t>p.order.postal_i * p.net.n_nodes + node_i],
            policy.carbon_micros_per_km[service_i],
        )


cdef inline int64_t late_shipment(const Policy* policy, const OfferFacts* facts) noexcept nogil:
    return times(policy.lateness_micros_per_day, facts.days_late)


cdef inline int64_t late_unit(const Policy* policy, const OfferFacts* facts) noexcept nogil:
    """What one unit adds to it: a sum that has stopped at COST_MAX takes no more."""
    cdef int64_t shipment = late_shipment(policy, facts)
    return capped(shipment + times(policy.lateness_micros_per_day_unit, facts.days_late)) - shipment


cdef inline void level_add(const Policy* policy, int32_t objective, int64_t cost, int64_t* costs) noexcept nogil:
    cdef int32_t level = policy.level[objective]
    if level >= 0:
        costs[level] = capped(costs[level] + cost)


cdef void offer_costs(
    const Place* p, int32_t node_i, int32_t set_i, int32_t j, int32_t slot, int64_t* fixed, int64_t* unit
) noexcept nogil:
    cdef const Policy* policy = p.policy
    cdef const LaneSet* lane
    cdef int32_t service_i = -1
    cdef int64_t from_us
    cdef int64_t by_us = 0
    cdef int32_t date = 0
    cdef int32_t component
    cdef OfferFacts facts
    if set_i >= 0:
        lane = &p.net.sets[set_i]
        service_i = lane.service_i[j]
        if (policy.level[LATENESS] >= 0 and p.order.required_by_us) or policy.level[TRANSIT_TIME] >= 0:
            if not arrival_on(
                p.net, service_i, p.order.tz_i, p.net.slot_day[slot], lane.transit_max[j], p.net.slot_handover[slot],
                &from_us, &by_us, &date
            ):
                by_us = 0
    else:
        by_us = p.net.slot_handover[slot]
        date = p.net.slot_day[slot]
    offer_facts(p, node_i, service_i, slot, by_us, date, &facts)
    for component in range(policy.n_cost):
        fixed[component] = 0
        unit[component] = 0
    if facts.days_late:
        level_add(policy, LATENESS, weigh(late_shipment(policy, &facts), policy.weights[LATENESS]), fixed)
        level_add(policy, LATENESS, weigh(late_unit(policy, &facts), policy.weights[LATENESS]), unit)
    if facts.days_moving:
        level_add(
            policy, TRANSIT_TIME,
            weigh(times(policy.transit_micros_per_day, facts.days_moving), policy.weights[TRANSIT_TIME]), fixed,
        )
    if facts.load_permille:
        level_add(policy, CAPACITY_BALANCE, policy.load_cost[facts.load_permille], fixed)
    if facts.carbon_micros:
        level_add(policy, CARBON, weigh(facts.carbon_micros, policy.weights[CARBON]), fixed)


cdef void offer_book(const Place* p, const OfferFacts* facts, int64_t units, CostOut* costs) noexcept nogil:
    cdef const Policy* policy = p.policy
    cdef int64_t shipment = late_shipment(policy, facts)
    cdef int64_t unit = late_unit(policy, facts)
    costs.raw_micros[LATENESS] = capped(
        shipment + times(times(policy.lateness_micros_per_day_unit, facts.days_late), units)
    )
    costs.cost_micros[LATENESS] = capped(
        weigh(shipment, policy.weights[LATENESS]) + times(weigh(unit, policy.weights[LATENESS]), units)
    )
    costs.raw_micros[TRANSIT_TIME] = times(policy.transit_micros_per_day, facts.days_moving)
    costs.cost_micros[TRANSIT_TIME] = weigh(costs.raw_micros[TRANSIT_TIME], policy.weights[TRANSIT_TIME])
    costs.raw_micros[CAPACITY_BALANCE] = policy.load_micros[facts.load_permille]
    costs.cost_micros[CAPACITY_BALANCE] = policy.load_cost[facts.load_permille]
    costs.raw_micros[CARBON] = facts.carbon_micros
    costs.cost_micros[CARBON] = weigh(facts.carbon_micros, policy.weights[CARBON])


# --- stock -----------------------------------------------------------------------------------------------------------

cdef inline int32_t stock_objective(int32_t k) noexcept nogil:
    return STOCK_BALANCE + k if k < STOCK_OBJECTIVES - 1 else OPPORTUNITY_COST


cdef inline int64_t balance_raw(const Policy* policy, int64_t available, int64_t units) noexcept nogil:
    cdef int64_t left = available - units if available > units else 0
    cdef int64_t lacking = policy.stock_target_units - left
    if lacking <= 0:
        return 0
    return times(fd_share(policy.stock_micros_per_unit, lacking, policy.stock_target_units), units)


cdef inline int64_t weeks_raw(const Policy* policy, int64_t available, int64_t weekly, int64_t units) noexcept nogil:
    cdef int64_t left = available - units if available > units else 0
    cdef int64_t lacking
    if weekly <= 0:
        return 0
    lacking = policy.weeks_target * 1000 - fd_divided(left * 1000000, weekly)
    if lacking <= 0:
        return 0
    return times(fd_share(policy.weeks_micros_per_unit, lacking, policy.weeks_target * 1000), units)


cdef inline int64_t markdown_raw(const Policy* policy, int64_t available, int64_t weekly, int64_t units) noexcept nogil:
    cdef int64_t overstock
    if weekly >= 0:
        overstock = available - (weekly * policy.markdown_within_weeks + 999) / 1000
        if overstock > 0:
            units = units - overstock if units > overstock else 0
    return times(policy.markdown_micros_per_unit, units)


cdef inline int64_t opportunity_raw(const Policy* policy, int64_t price, int64_t units) noexcept nogil:
    return times(price if price < policy.opportunity_cap_micros else policy.opportunity_cap_micros, units)


cdef inline void stock_raws(
    const Place* p, const Quote* q, int32_t position, int64_t available, int64_t units, int64_t* raws
) noexcept nogil:
    """Raw micros of taking units of one position, by stock_objective; 0 of those not weighed."""
    cdef const Policy* policy = p.policy
    cdef int64_t weekly = -1
    cdef int64_t price = 0
    if 0 <= position < q.n_weekly:
        weekly = q.weekly_demand_milli[position]
    if 0 <= position < q.n_prices:
        price = q.unit_price[position]
    raws[0] = balance_raw(policy, available, units) if policy.level[STOCK_BALANCE] >= 0 else 0
    raws[1] = weeks_raw(policy, available, weekly, units) if policy.level[WEEKS_OF_SUPPLY] >= 0 else 0
    raws[2] = markdown_raw(policy, available, weekly, units) if policy.level[MARKDOWN_AVOIDANCE] >= 0 else 0
    raws[3] = opportunity_raw(policy, price, units) if policy.level[OPPORTUNITY_COST] >= 0 else 0


cdef inline void demand_price(
    const Place* p, Quote* q, int32_t b, const Demand* demand, int32_t position, int32_t c
) noexcept nogil:
    """Add what one demand of a block costs at a candidate."""
    cdef const Policy* policy = p.policy
    cdef int64_t* costs = &q.block_cost[(<Py_ssize_t>c * q.problem.n_blocks + b) * policy.n_cost]
    cdef int64_t available = routable_units(
        p, position_cell(&p.state.positions, position, P_FREE)[0], position_cell(&p.state.positions, position, P_RESERVE)[0]
    )
    cdef int64_t raws[4]
    cdef int32_t k
    stock_raws(p, q, position, available, demand.quantity, raws)
    for k in range(STOCK_OBJECTIVES):
        if raws[k]:
            level_add(policy, stock_objective(k), weigh(raws[k], policy.weights[stock_objective(k)]), costs)


cdef inline void positions_price(const Place* p, Quote* q, int32_t b, const Demand* demand) noexcept nogil:
    """One demand at every candidate that has the SKU."""
    cdef const Positions* positions = &p.state.positions
    cdef const int32_t* nodes
    cdef int32_t rank
    cdef int32_t i
    cdef Run run
    if not run_begin(positions, demand.sku_i, &run):
        return
    while True:
        nodes = position_cell(positions, run.first, P_NODE)
        for i in range(run.length):
            if nodes[i] < p.net.n_nodes:
                rank = p.net.rank_of_node[nodes[i]]
                if rank < RANKS_MAX and q.rank_candidate[rank] >= 0:
                    demand_price(p, q, b, demand, run.first + i, q.rank_candidate[rank])
        if not run_next(positions, &run):
            return


cdef void stock_prices(const Place* p, Quote* q) noexcept nogil:
    cdef const Resolved* r = p.order
    cdef int32_t b
    cdef int32_t d
    memset(q.block_cost, 0, <size_t>q.problem.n_candidates * r.n_blocks * p.policy.n_cost * sizeof(int64_t))
    for b in range(r.n_blocks):
        for d in range(r.demand_start[b], r.demand_start[b + 1]):
            positions_price(p, q, b, &r.demands[d])
            breathe(q, q.problem.n_candidates)
    q.problem.block_cost = q.block_cost


cdef void costs_add(const Place* p, const int64_t* raws, CostOut* costs) noexcept nogil:
    cdef int32_t objective
    cdef int32_t k
    for k in range(STOCK_OBJECTIVES):
        objective = stock_objective(k)
        costs.raw_micros[objective] = capped(costs.raw_micros[objective] + raws[k])
        costs.cost_micros[objective] = capped(
            costs.cost_micros[objective] + weigh(raws[k], p.policy.weights[objective])
        )


cdef int32_t demand_shipment(const Place* p, const Quote* q, int32_t b, int32_t ordinal, int64_t* units) noexcept nogil:
    """The shipment that serves a demand, and how many units of it; -1 = none."""
    cdef const Resolved* r = p.order
    cdef int32_t shipment_i = -1
    cdef int32_t line
    cdef int32_t at
    units[0] = 0
    for at in range(r.block_start[b], r.block_start[b + 1]):
        line = r.block_line[at]
        if r.lines[line].sku_ordinal == ordinal and q.line_shipment[line] >= 0:
            shipment_i = q.line_shipment[line]
            units[0] += q.line_units[line]
    return shipment_i


cdef void stock_book(const Place* p, const Quote* q, Result* out) noexcept nogil:
    cdef const Resolved* r = p.order
    cdef int64_t raws[4]
    cdef int64_t units
    cdef int64_t available
    cdef int32_t shipment_i
    cdef int32_t position
    cdef int32_t b
    cdef int32_t d
    if not p.policy.by_block:
        return
    for b in range(r.n_blocks):
        for d in range(r.demand_start[b], r.demand_start[b + 1]):
            shipment_i = demand_shipment(p, q, b, r.demands[d].sku_ordinal, &units)
            if shipment_i < 0:
                continue
            position = position_find(&p.state.positions, r.demands[d].sku_i, out.shipments[shipment_i].node_i)
            available = 0
            if position >= 0:
                available = routable_units(
                    p, position_cell(&p.state.positions, position, P_FREE)[0],
                    position_cell(&p.state.positions, position, P_RESERVE)[0]
                )
            stock_raws(p, q, position, available, units, raws)
            costs_add(p, raws, &out.costs[shipment_i])
            costs_sum(&out.shipments[shipment_i], &out.costs[shipment_i])
