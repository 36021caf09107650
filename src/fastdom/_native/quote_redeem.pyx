"""Redeeming tokens: the quoted plan again, under today's stock, capacity, time and network.

Checked in this order: every position has the units, every bucket the room, no cutoff has passed, node, carrier service,
hand-over and arrival are as quoted, the cost is the same. Under the same network version only the first two can differ.
"""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport (
    AllocationOut, F_OPTION_TOKEN, LINE_GRANTED, LINE_NO_CAPACITY, LINE_NO_LANE, LINE_OUT_OF_STOCK, LINE_TOO_LATE,
    LineOut, R_TOKEN_EXPIRED, R_TOKEN_INVALID, R_TOKEN_MISMATCH, ShipmentOut, TOKEN_CAPACITY, TOKEN_CUTOFF_PASSED,
    TOKEN_NETWORK_CHANGED, TOKEN_PRICE, TOKEN_SAME, TOKEN_STOCK,
)
from fastdom._native.gather cimport capacity_left, capacity_need
from fastdom._native.network cimport LaneSet, Network, price_raw
from fastdom._native.objectives cimport stock_book
from fastdom._native.positions cimport P_FREE, position_cell, position_find
from fastdom._native.quote_fixed cimport outcome_set, refuse_all
from fastdom._native.quote_option cimport order_fingerprint
from fastdom._native.quote_plan cimport steady_of
from fastdom._native.quote_scratch cimport place_stage
from fastdom._native.resolved cimport LEVEL_PICKUP, LEVELS
from fastdom._native.shipment cimport Carriage, shipment_fill
from fastdom._native.state cimport NODE_ONLINE
from fastdom._native.taken cimport taken_at, taken_clear
from fastdom._native.token cimport Token, TokenShipment, token_unpack


cdef bint token_read(Place* p, const Command* c, int64_t now_us, Quote* q, Result* out) noexcept nogil:
    """The token, when it is one of ours, for this order, and still valid; otherwise the status says which."""
    out.status.field = F_OPTION_TOKEN
    if token_unpack(c.option_token, q.token_key, &q.token) != 0:
        out.status.reason = R_TOKEN_INVALID
    elif q.token.n_lines != p.order.n_lines or q.token.fingerprint != order_fingerprint(p, c, q):
        out.status.reason = R_TOKEN_MISMATCH
    elif now_us >= q.token.valid_until_us:
        out.status.reason = R_TOKEN_EXPIRED
    else:
        out.status.field = 0
        return True
    return False


cdef void policy_quoted(Place* p, const Token* token) noexcept nogil:
    """The policy the quote was made with, as far as there still is one of its name."""
    cdef int32_t i
    for i in range(p.net.n_policies):
        if p.net.policies[i].key == token.policy_key:
            p.policy = &p.net.policies[i]
            place_stage(p, 0)


cdef bint stock_holds(const Place* p, Quote* q, Result* out) noexcept nogil:
    """Every position has the quoted units for the channel; the lines that do not fit are OUT_OF_STOCK."""
    cdef const Token* token = &q.token
    cdef int64_t* taken
    cdef int64_t left
    cdef int32_t position
    cdef int32_t i
    cdef bint enough = True
    taken_clear(q)
    for i in range(p.order.n_lines):
        position = position_find(
            &p.state.positions, p.order.lines[i].sku_i, token.shipments[token.line_shipment[i]].node_i
        )
        taken = taken_at(q, position)
        left = position_cell(&p.state.positions, position, P_FREE)[0] if position >= 0 else 0
        left -= taken[0]
        q.line_position[i] = position
        out.lines[i].granted = 0
        out.lines[i].shortfall = p.order.lines[i].quantity
        out.lines[i].available_after = <int32_t>left if left > 0 else 0
        out.lines[i].reason = LINE_GRANTED
        if left < p.order.lines[i].quantity:
            out.lines[i].reason = LINE_OUT_OF_STOCK
            enough = False
        else:
            taken[0] += p.order.lines[i].quantity
    out.n_lines = p.order.n_lines
    return enough


cdef void shipments_sum(const Place* p, Quote* q) noexcept nogil:
    """Units and weight of every quoted shipment."""
    cdef int32_t s
    cdef int32_t i
    for i in range(q.token.n_shipments):
        q.rank_units[i] = 0
        q.rank_weight_g[i] = 0
    for i in range(p.order.n_lines):
        s = q.token.line_shipment[i]
        q.rank_units[s] += p.order.lines[i].quantity
        q.rank_weight_g[s] += <int64_t>p.order.lines[i].quantity * p.order.lines[i].weight_g


cdef int32_t place_quoted(const Place* p, const TokenShipment* s, int32_t node_i, Carriage* carriage) noexcept nogil:
    """The quoted carrier service on today's lane: its place, or -1 when it no longer serves it."""
    cdef const LaneSet* lane
    cdef int32_t j
    carriage.set_i = p.net.lane_set[(<Py_ssize_t>p.order.zone_i * LEVELS + p.level - 1) * p.net.n_nodes + node_i]
    lane = &p.net.sets[carriage.set_i]
    for j in range(lane.n):
        if p.net.service_key[lane.service_i[j]] == s.service_key:
            return j
    return -1


cdef int32_t slot_quoted(const Network* net, int32_t node_i, int32_t service_i, int64_t ship_at_us) noexcept nogil:
    """The hand-over at exactly that time; -1 = there is none any more."""
    cdef Py_ssize_t lane = <Py_ssize_t>node_i * net.n_services + service_i
    cdef int32_t low = net.slot_first[lane]
    cdef int32_t end = low + net.slot_count[lane]
    cdef int32_t high = end
    cdef int32_t middle
    while low < high:
        middle = low + ((high - low) >> 1)
        if net.slot_handover[middle] < ship_at_us:
            low = middle + 1
        else:
            high = middle
    return low if low < end and net.slot_handover[low] == ship_at_us else -1


cdef bint carriage_quoted(
    const Place* p, const TokenShipment* s, int64_t weight_g, Carriage* carriage
) noexcept nogil:
    """Carrier service and hand-over of the quote in today's network; False when either is gone."""
    cdef int32_t service_i
    carriage.raw_micros = 0
    carriage.place = -1
    carriage.set_i = -1
    carriage.service_i = -1
    if s.node_i >= p.net.n_nodes or not p.net.node_present[s.node_i]:
        return False
    if p.state.node_status[s.node_i] != NODE_ONLINE:
        return False
    if p.level == LEVEL_PICKUP:
        service_i = p.net.pickup_service[s.node_i]
        if s.service_key or service_i < 0:
            return False
    else:
        if p.order.zone_i < 0:
            return False
        carriage.place = place_quoted(p, s, s.node_i, carriage)
        if carriage.place < 0:
            return False
        service_i = p.net.sets[carriage.set_i].service_i[carriage.place]
        carriage.raw_micros = price_raw(p.net, p.net.sets[carriage.set_i].price_i[carriage.place], weight_g)
        carriage.service_i = service_i
        if carriage.raw_micros < 0 or (p.order.cod and not p.net.service_cod[service_i]):
            return False
    carriage.slot = slot_quoted(p.net, s.node_i, service_i, s.ship_at_us)
    return carriage.slot >= 0


cdef int32_t shipment_difference(
    const Place* p, Quote* q, int32_t i, int64_t now_us, Result* out
) noexcept nogil:
    """First difference of one quoted shipment (besides stock and price); it is written to the Result when the same."""
    cdef const TokenShipment* s = &q.token.shipments[i]
    cdef ShipmentOut* shipment = &out.shipments[i]
    cdef Carriage carriage
    cdef bint known = carriage_quoted(p, s, q.rank_weight_g[i], &carriage)
    cdef int64_t need
    if s.node_i < p.net.n_nodes:
        need = capacity_need(p.net, s.node_i, q.rank_units[i])
        if need and capacity_left(p, s.node_i, s.ship_day) < need:
            return TOKEN_CAPACITY
    if known and p.net.slot_order_by[carriage.slot] <= now_us:
        return TOKEN_CUTOFF_PASSED
    if not known:
        return TOKEN_NETWORK_CHANGED
    shipment_fill(p, s.node_i, &carriage, q.rank_units[i], q.rank_weight_g[i], i > 0, shipment, &out.costs[i])
    if (
        shipment.ship_day != s.ship_day or shipment.order_by_us != s.order_by_us
        or shipment.arrive_from_us != s.arrive_from_us or shipment.arrive_by_us != s.arrive_by_us
    ):
        return TOKEN_NETWORK_CHANGED
    return TOKEN_SAME


cdef int32_t difference_reason(int32_t difference) noexcept nogil:
    """What a line of a shipment that differs is told; a new price stops no line by itself."""
    if difference == TOKEN_CAPACITY:
        return LINE_NO_CAPACITY
    if difference == TOKEN_CUTOFF_PASSED:
        return LINE_TOO_LATE
    return LINE_NO_LANE


cdef int32_t shipments_difference(const Place* p, int64_t now_us, Quote* q, Result* out) noexcept nogil:
    """The first difference over all shipments, in the order of TokenDifference."""
    cdef int32_t found = TOKEN_SAME
    cdef int32_t difference
    cdef int32_t i
    cdef int32_t line
    for i in range(q.token.n_shipments):
        difference = shipment_difference(p, q, i, now_us, out)
        if difference == TOKEN_SAME:
            continue
        if found == TOKEN_SAME or difference < found:
            found = difference
        for line in range(p.order.n_lines):
            if q.token.line_shipment[line] == i:
                out.lines[line].reason = difference_reason(difference)
    return found


cdef void option_grant(const Place* p, Quote* q, Result* out) noexcept nogil:
    """The quoted shipments, already in the Result, get their lines."""
    cdef AllocationOut* allocation
    cdef LineOut* line
    cdef int64_t left
    cdef int32_t i
    out.n_shipments = q.token.n_shipments
    out.n_allocations = p.order.n_lines
    for i in range(p.order.n_lines):
        allocation = &out.allocations[i]
        allocation.line_i = p.order.lines[i].line_i
        allocation.sku_i = p.order.lines[i].sku_i
        allocation.shipment_i = q.token.line_shipment[i]
        allocation.node_i = q.token.shipments[allocation.shipment_i].node_i
        allocation.granted = p.order.lines[i].quantity
        allocation.fulfilled = 0
        allocation.released = 0
        allocation.expired = 0
        out.shipments[allocation.shipment_i].n_allocations += 1
        q.line_shipment[i] = allocation.shipment_i
        q.line_units[i] = allocation.granted
        line = &out.lines[i]
        line.granted = allocation.granted
        line.shortfall = 0
        left = position_cell(&p.state.positions, q.line_position[i], P_FREE)[0]
        left -= taken_at(q, q.line_position[i])[0]
        line.available_after = <int32_t>left if left > 0 else 0


cdef void option_redeem(Place* p, const Command* c, int64_t now_us, Quote* q, Result* out) noexcept nogil:
    cdef bint stocked
    if not token_read(p, c, now_us, q, out):
        return
    p.level = q.token.service_level
    policy_quoted(p, &q.token)
    out.policy_version = p.policy.version
    stocked = stock_holds(p, q, out)
    if not stocked:
        out.token_difference = TOKEN_STOCK
    else:
        shipments_sum(p, q)
        out.token_difference = shipments_difference(p, now_us, q, out)
        if out.token_difference == TOKEN_SAME and steady_of(out, 0, q.token.n_shipments) != q.token.cost_micros:
            out.token_difference = TOKEN_PRICE
    if out.token_difference == TOKEN_SAME:
        option_grant(p, q, out)
        stock_book(p, q, out)
        outcome_set(out)
    else:
        refuse_all(p, out)
