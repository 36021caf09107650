"""Choosing the carrier service of a shipment and writing the shipment down."""

from libc.string cimport memset

from fastdom._native.command cimport (
    LINE_GRANTED, LINE_NO_CAPACITY, LINE_NO_LANE, LINE_OVERWEIGHT, LINE_TOO_LATE,
)
from fastdom._native.gather cimport capacity_need, offer_live, slot_with_room
from fastdom._native.network cimport LaneSet, Network, PRICE_NONE, arrival_days, arrival_on, price_raw, slot_next
from fastdom._native.objectives cimport OfferFacts, costs_sum, offer_book, offer_costs, offer_facts, times
from fastdom._native.place cimport distance_raw
from fastdom._native.plan_cost cimport capped, weigh
from fastdom._native.policy cimport DISTANCE, HANDLING, NODE_PRIORITY, Policy, SHIPPING, SPLIT_PENALTY
from fastdom._native.resolved cimport LEVELS, LEVEL_PICKUP


cdef inline void place_vector(
    const Place* p, int32_t node_i, int32_t set_i, int32_t j, int32_t slot, int64_t raw, int64_t units, int64_t* costs
) noexcept nogil:
    """What the shipment costs by component when place j carries it, as far as that depends on the place."""
    cdef int64_t unit[4]
    cdef int32_t level = p.policy.level[SHIPPING] if p.policy.level[SHIPPING] >= 0 else 0
    cdef int32_t component
    offer_costs(p, node_i, set_i, j, slot, costs, unit)
    for component in range(p.policy.n_cost):
        costs[component] = capped(costs[component] + times(unit[component], units))
    costs[level] = capped(costs[level] + weigh(raw, p.policy.weights[SHIPPING]))


cdef inline int32_t vectors_compare(const int64_t* a, const int64_t* b, int32_t n) noexcept nogil:
    cdef int32_t component
    for component in range(n):
        if a[component] != b[component]:
            return -1 if a[component] < b[component] else 1
    return 0


cdef bint carriage_cheapest(
    const Place* p, int32_t node_i, int32_t set_i, int32_t live, const int32_t* slots, int64_t units, int64_t weight_g,
    Carriage* carriage
) noexcept nogil:
    cdef const LaneSet* lane
    cdef int64_t costs[4]
    cdef int64_t best[4]
    cdef int64_t raw
    cdef int32_t order
    cdef int32_t i
    cdef int32_t j
    carriage.set_i = set_i
    carriage.place = -1
    if set_i < 0:                # pickup at the node: nobody carries, nothing is charged
        carriage.service_i = -1
        carriage.slot = slots[0]
        carriage.raw_micros = 0
        return True
    lane = &p.net.sets[set_i]
    for j in range(lane.n):
        if not live >> j & 1:
            continue
        raw = price_raw(p.net, lane.price_i[j], weight_g)
        if raw == PRICE_NONE:
            continue
        order = -1
        if p.policy.by_offer:
            place_vector(p, node_i, set_i, j, slots[j], raw, units, costs)
            if carriage.place >= 0:
                order = vectors_compare(costs, best, p.policy.n_cost)
        elif carriage.place >= 0:
            order = 0
        if order < 0 or (order == 0 and raw < carriage.raw_micros):
            for i in range(p.policy.n_cost):
                best[i] = costs[i]
            carriage.place = j
            carriage.service_i = lane.service_i[j]
            carriage.slot = slots[j]
            carriage.raw_micros = raw
    return carriage.place >= 0


cdef int32_t carriage_lane(
    const Place* p, int32_t node_i, int32_t set_i, int64_t units, int64_t weight_g, Carriage* carriage
) noexcept nogil:
    """0 with the cheapest service of the lane, or the reason of the service that came furthest."""
    cdef int32_t slots[4]
    cdef int32_t live = 0
    cdef int32_t furthest = LINE_NO_LANE
    cdef int32_t reason = LINE_GRANTED
    cdef int32_t j
    for j in range(p.net.sets[set_i].n):
        if offer_live(p, node_i, set_i, j, units, &slots[j], &reason):
            live |= 1 << j
            reason = LINE_OVERWEIGHT
        furthest = reason if reason > furthest else furthest
    return LINE_GRANTED if carriage_cheapest(
        p, node_i, set_i, live, slots, units, weight_g, carriage
    ) else furthest


cdef int32_t carriage_counter(const Place* p, int32_t node_i, int64_t units, Carriage* carriage) noexcept nogil:
    """Ready for pickup at the node itself."""
    cdef int32_t service_i = p.net.pickup_service[node_i]
    carriage.slot = slot_with_room(p, node_i, service_i, units)
    if carriage.slot < 0:
        return LINE_NO_CAPACITY if slot_next(p.net, node_i, service_i, p.at_us) >= 0 else LINE_NO_LANE
    if p.net.slot_handover[carriage.slot] > p.arrive_max_us:
        return LINE_TOO_LATE
    return LINE_GRANTED


cdef int32_t carriage_none(const Place* p, int32_t node_i, int64_t units, Carriage* carriage) noexcept nogil:
    """No lane: it leaves with the next hand-over of any carrier service that has room, or at once."""
    cdef int32_t service_i
    cdef int32_t slot
    cdef bint full = False
    for service_i in range(p.net.n_services):
        slot = slot_with_room(p, node_i, service_i, units)
        if slot < 0:
            full |= slot_next(p.net, node_i, service_i, p.at_us) >= 0
        elif carriage.slot < 0 or p.net.slot_handover[slot] < p.net.slot_handover[carriage.slot]:
            carriage.slot = slot
    return LINE_NO_CAPACITY if carriage.slot < 0 and full else LINE_GRANTED


cdef int32_t carriage_pinned(
    const Place* p, int32_t node_i, int64_t units, int64_t weight_g, Carriage* carriage
) noexcept nogil:
    """With a lane of the level the cheapest service, else none.

    A full node or a missed required_by refuses; a lane that cannot carry the weight or collect the payment counts as
    no lane, since whoever pins a node may have other means.
    """
    cdef int32_t set_i = 0
    cdef int32_t reason
    carriage.service_i = -1
    carriage.slot = -1
    carriage.set_i = -1
    carriage.place = -1
    carriage.raw_micros = 0
    if node_i == p.order.pickup_node_i and p.net.pickup_service[node_i] >= 0:
        reason = carriage_counter(p, node_i, units, carriage)
        if reason != LINE_NO_LANE:
            return reason
    elif p.order.zone_i >= 0 and p.level != LEVEL_PICKUP:
        set_i = p.net.lane_set[(<Py_ssize_t>p.order.zone_i * LEVELS + p.level - 1) * p.net.n_nodes + node_i]
    if set_i:
        reason = carriage_lane(p, node_i, set_i, units, weight_g, carriage)
        if reason == LINE_GRANTED or reason == LINE_NO_CAPACITY or reason == LINE_TOO_LATE:
            return reason
        carriage.set_i = -1
    return carriage_none(p, node_i, units, carriage)


cdef inline int32_t shipment_dates(const Place* p, const Carriage* carriage, ShipmentOut* out) noexcept nogil:
    """Fills the dates; returns the local date of the arrival, days since 1970-01-01."""
    cdef const Network* net = p.net
    cdef const LaneSet* lane
    cdef int64_t other
    cdef int32_t date = 0
    out.arrive_from_us = 0
    out.arrive_by_us = 0
    if carriage.slot < 0:
        out.ship_day = 0
        out.order_by_us = 0
        out.ship_at_us = p.at_us
        return 0
    out.ship_day = net.slot_day[carriage.slot]
    out.order_by_us = net.slot_order_by[carriage.slot]
    out.ship_at_us = net.slot_handover[carriage.slot]
    if carriage.set_i >= 0:
        lane = &net.sets[carriage.set_i]
        arrival_days(
            net, carriage.service_i, p.order.tz_i, out.ship_day, lane.transit_min[carriage.place], out.ship_at_us,
            &out.arrive_from_us, &other
        )
        arrival_on(
            net, carriage.service_i, p.order.tz_i, out.ship_day, lane.transit_max[carriage.place], out.ship_at_us,
            &other, &out.arrive_by_us, &date
        )
    elif p.order.pickup_node_i >= 0 and p.order.pickup_node_i == out.node_i:
        out.arrive_from_us = out.ship_at_us
        out.arrive_by_us = out.ship_at_us
        date = out.ship_day
    return date


cdef inline void shipment_costs(
    const Place* p, const Carriage* carriage, int32_t arrive_date, int64_t units, bint further, ShipmentOut* out,
    CostOut* costs
) noexcept nogil:
    """Raw and weighted micros by objective; what is counted by unit is weighted by unit, as in the routing kernel."""
    cdef const Policy* policy = p.policy
    cdef int32_t node_i = out.node_i
    cdef int64_t raw = 0
    cdef OfferFacts facts
    memset(costs, 0, sizeof(CostOut))
    costs.raw_micros[SHIPPING] = carriage.raw_micros
    costs.cost_micros[SHIPPING] = weigh(carriage.raw_micros, policy.weights[SHIPPING])
    costs.raw_micros[HANDLING] = capped(p.net.handling_shipment[node_i] + times(p.net.handling_unit[node_i], units))
    costs.cost_micros[HANDLING] = capped(
        policy.handling_shipment_cost[node_i] + times(policy.handling_unit_cost[node_i], units)
    )
    if policy.level[NODE_PRIORITY] >= 0:
        costs.raw_micros[NODE_PRIORITY] = capped(
            policy.priority_shipment_micros[node_i] + times(policy.priority_unit_micros[node_i], units)
        )
        costs.cost_micros[NODE_PRIORITY] = capped(
            policy.priority_shipment_cost[node_i] + times(policy.priority_unit_cost[node_i], units)
        )
    if further:
        costs.raw_micros[SPLIT_PENALTY] = policy.split_penalty_micros
        costs.cost_micros[SPLIT_PENALTY] = policy.split_penalty_cost
    if p.order.postal_i >= 0:
        raw = distance_raw(out.distance_m, policy.distance_micros_per_km_unit)
        costs.raw_micros[DISTANCE] = times(raw, units)
        costs.cost_micros[DISTANCE] = times(weigh(raw, policy.weights[DISTANCE]), units)
    if policy.by_offer:
        offer_facts(p, node_i, carriage.service_i, carriage.slot, out.arrive_by_us, arrive_date, &facts)
        offer_book(p, &facts, units, costs)
    costs_sum(out, costs)


cdef void shipment_fill(
    const Place* p, int32_t node_i, const Carriage* carriage, int64_t units, int64_t weight_g, bint further,
    ShipmentOut* out, CostOut* costs
) noexcept nogil:
    out.node_i = node_i
    out.service_i = carriage.service_i
    out.capacity_taken = <int32_t>capacity_need(p.net, node_i, units) if carriage.slot >= 0 else 0
    out.units = <int32_t>units
    out.n_allocations = 0
    out.reserved = 0
    out.weight_g = weight_g
    out.distance_m = -1
    if p.order.postal_i >= 0:
        out.distance_m = p.net.distance_m[<Py_ssize_t>p.order.postal_i * p.net.n_nodes + node_i]
    elif node_i == p.order.pickup_node_i:
        out.distance_m = 0
    shipment_costs(p, carriage, shipment_dates(p, carriage, out), units, further, out, costs)
