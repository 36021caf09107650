"""From an order to a routing problem: which nodes have the stock, and who carries it from there, when."""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.capacity cimport capacity_taken
from fastdom._native.network cimport Network, slot_next
from fastdom._native.quote_scratch cimport Place, Quote, RANKS_MAX
from fastdom._native.state cimport NODE_ONLINE, State


cdef enum CapacityKind:
    CAPACITY_NONE = 0
    CAPACITY_SHIPMENTS = 1
    CAPACITY_UNITS = 2


cdef void stock_pass(const Place* p, Quote* q) noexcept nogil
# q.cover: blocks that each node has the units for, routing_reserve kept back. Good for every level.

cdef void gather_candidates(const Place* p, Quote* q) noexcept nogil
# q.problem for p.level from the last stock_pass: every eligible node with an offer.

cdef bint offer_live(
    const Place* p, int32_t node_i, int32_t set_i, int32_t j, int64_t need, int32_t* slot, int32_t* reason
) noexcept nogil
# Whether place j of the lane set ships `need` units from the node in time; otherwise reason is the LineReason.

cdef inline int32_t ranks_of(const Network* net) noexcept nogil:
    """Ranks that tables by rank are filled for."""
    return net.n_nodes if net.n_nodes < RANKS_MAX else RANKS_MAX


cdef inline bint node_open(const Place* p, int32_t node_i) noexcept nogil:
    """May the node take new work of this order?"""
    if not p.net.node_present[node_i] or p.state.node_status[node_i] != NODE_ONLINE:
        return False
    return not p.order.has_filter or p.order.node_allowed[node_i] != 0


cdef inline int64_t capacity_need(const Network* net, int32_t node_i, int64_t units) noexcept nogil:
    """What one shipment of so many units takes of its bucket."""
    if net.capacity_kind[node_i] == CAPACITY_NONE:
        return 0
    return 1 if net.capacity_kind[node_i] == CAPACITY_SHIPMENTS else units


cdef inline int32_t capacity_left(const State* s, const Network* net, int32_t node_i, int32_t day) noexcept nogil:
    return net.capacity_limit[node_i] - capacity_taken(&s.capacity, node_i, day)


cdef inline int32_t slot_with_room(
    const State* s, const Network* net, int32_t node_i, int32_t service_i, int64_t at_us, int64_t units
) noexcept nogil:
    """The next hand-over whose bucket has room for a shipment of so many units; -1 = none in the tables."""
    cdef int32_t slot = slot_next(net, node_i, service_i, at_us)
    cdef int64_t need = capacity_need(net, node_i, units)
    cdef Py_ssize_t lane
    cdef int32_t end
    cdef int32_t day
    if need == 0 or slot < 0 or capacity_left(s, net, node_i, net.slot_day[slot]) >= need:
        return slot
    if need > net.capacity_limit[node_i]:
        return -1
    lane = <Py_ssize_t>node_i * net.n_services + service_i
    end = net.slot_first[lane] + net.slot_count[lane]
    while slot < end:
        day = net.slot_day[slot]
        if capacity_left(s, net, node_i, day) >= need:
            return slot
        while slot < end and net.slot_day[slot] == day:
            slot += 1
    return -1


cdef inline int64_t distance_raw(int64_t distance_m, int64_t micros_per_km) noexcept nogil:
    """floor(distance * rate / 1000), at most 2^50 micros: carrying one unit."""
    cdef int64_t most = <int64_t>1 << 50
    cdef int64_t raw
    if distance_m <= 0 or micros_per_km <= 0:
        return 0
    if micros_per_km < (<int64_t>1 << 37):
        raw = distance_m * micros_per_km / 1000
    elif micros_per_km > most / (distance_m / 1000 + 1):
        return most
    else:
        raw = micros_per_km * (distance_m / 1000) + micros_per_km * (distance_m % 1000) / 1000
    return raw if raw < most else most
