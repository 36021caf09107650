"""Choosing the carrier service of a shipment and writing the shipment down."""

from libc.string cimport memset

from fastdom._native.command cimport (
    LINE_GRANTED, LINE_NO_CAPACITY, LINE_NO_LANE, LINE_OVERWEIGHT, LINE_TOO_LATE, OBJECTIVES,
)
from fastdom._native.gather cimport capacity_need, distance_raw, offer_live, slot_with_room
from fastdom._native.network cimport LaneSet, Network, PRICE_NONE, arrival_days, price_raw, slot_next
from fastdom._native.plan_cost cimport capped, multiplied, weigh
from fastdom._native.resolved cimport LEVELS, LEVEL_PICKUP


cdef bint carriage_cheapest(
    const Place* p, int32_t node_i, int32_t set_i, int32_t live, const int32_t* slots, int64_t weight_g,
    Carriage* carriage
) noexcept nogil:
    cdef const LaneSet* lane
    cdef int64_t raw
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
        if raw != PRICE_NONE and (carriage.place < 0 or raw < carriage.raw_micros):
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
    return LINE_GRANTED if carriage_cheapest(p, node_i, set_i, live, slots, weight_g, carriage) else furthest


cdef int32_t carriage_counter(const Place* p, int32_t node_i, int64_t units, Carriage* carriage) noexcept nogil:
    """Ready for pickup at the node itself."""
    cdef int32_t service_i = p.net.pickup_service[node_i]
    carriage.slot = slot_with_room(p.state, p.net, node_i, service_i, p.at_us, units)
    if carriage.slot < 0:
        return LINE_NO_CAPACITY if slot_next(p.net, node_i, service_i, p.at_us) >= 0 else LINE_NO_LANE
    if p.order.required_by_us and p.net.slot_handover[carriage.slot] > p.order.required_by_us:
        return LINE_TOO_LATE
    return LINE_GRANTED


cdef int32_t carriage_none(const Place* p, int32_t node_i, int64_t units, Carriage* carriage) noexcept nogil:
    """No lane: it leaves with the next hand-over of any carrier service that has room, or at once."""
    cdef int32_t service_i
    cdef int32_t slot
    cdef bint full = False
    for service_i in range(p.net.n_services):
        slot = slot_with_room(p.state, p.net, node_i, service_i, p.at_us, units)
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


cdef inline void shipment_dates(const Place* p, const Carriage* carriage, ShipmentOut* out) noexcept nogil:
    cdef const Network* net = p.net
    cdef const LaneSet* lane
    cdef int64_t other
    out.arrive_from_us = 0
    out.arrive_by_us = 0
    if carriage.slot < 0:
        out.ship_day = 0
        out.order_by_us = 0
        out.ship_at_us = p.at_us
        return
    out.ship_day = net.slot_day[carriage.slot]
    out.order_by_us = net.slot_order_by[carriage.slot]
    out.ship_at_us = net.slot_handover[carriage.slot]
    if carriage.set_i >= 0:
        lane = &net.sets[carriage.set_i]
        arrival_days(
            net, carriage.service_i, p.order.tz_i, out.ship_day, lane.transit_min[carriage.place], out.ship_at_us,
            &out.arrive_from_us, &other
        )
        arrival_days(
            net, carriage.service_i, p.order.tz_i, out.ship_day, lane.transit_max[carriage.place], out.ship_at_us,
            &other, &out.arrive_by_us
        )
    elif p.order.pickup_node_i >= 0 and p.order.pickup_node_i == out.node_i:
        out.arrive_from_us = out.ship_at_us
        out.arrive_by_us = out.ship_at_us


cdef inline int64_t times(int64_t micros, int64_t units) noexcept nogil:
    """micros * units, at most COST_MAX; without a division where it cannot overflow."""
    if micros < (<int64_t>1 << 31) and units < (<int64_t>1 << 31):
        return capped(micros * units)
    return multiplied(micros, units)


cdef inline void shipment_costs(
    const Place* p, int64_t raw_micros, int64_t units, bint further, ShipmentOut* out, CostOut* costs
) noexcept nogil:
    """Raw and weighted micros by objective; what is counted by unit is weighted by unit, as in the routing kernel."""
    cdef int32_t node_i = out.node_i
    cdef int64_t raw = 0
    cdef int64_t total = 0
    cdef int32_t i
    memset(costs, 0, sizeof(CostOut))
    costs.raw_micros[0] = raw_micros
    costs.cost_micros[0] = weigh(raw_micros, p.policy.weights[0])
    costs.raw_micros[1] = capped(p.net.handling_shipment[node_i] + times(p.net.handling_unit[node_i], units))
    costs.cost_micros[1] = capped(
        p.policy.handling_shipment_cost[node_i] + times(p.policy.handling_unit_cost[node_i], units)
    )
    costs.raw_micros[2] = p.policy.split_penalty_micros if further else 0
    costs.cost_micros[2] = p.policy.split_penalty_cost if further else 0
    if p.order.postal_i >= 0:
        raw = distance_raw(out.distance_m, p.policy.distance_micros_per_km_unit)
    costs.raw_micros[3] = times(raw, units)
    costs.cost_micros[3] = times(weigh(raw, p.policy.weights[3]), units)
    for i in range(OBJECTIVES):
        total += costs.cost_micros[i]
    out.cost_micros = capped(total)
    out.penalty_micros = costs.cost_micros[2]


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
    shipment_dates(p, carriage, out)
    shipment_costs(p, carriage.raw_micros, units, further, out, costs)
