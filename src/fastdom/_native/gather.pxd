"""From an order to a routing problem: which nodes have the stock, and who carries it from there, when."""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.capacity cimport capacity_taken
from fastdom._native.network cimport Network, slot_next
from fastdom._native.place cimport CAPACITY_NONE, CAPACITY_SHIPMENTS
from fastdom._native.quote_scratch cimport Place, Quote, RANKS_MAX
from fastdom._native.state cimport NODE_ONLINE


cdef enum:
    SHIPMENTS_NONE = -1          # Problem.max_shipments of an order that may not have one more: it is not solved


cdef void stock_pass(const Place* p, Quote* q) noexcept nogil
# q.cover: blocks that each node has the units for, less what p.stage keeps back. Good for every level.

cdef void gather_candidates(const Place* p, Quote* q) noexcept nogil
# q.problem for p.level from the last stock_pass: every eligible node with an offer.

cdef void needs_begin(const Place* p, Quote* q) noexcept nogil
# q.line_needs of the order's lines, where the policy asks for capabilities. Good for every stage and level.

cdef bint node_capable(const Place* p, const Quote* q, int32_t node_i, int32_t block_i) noexcept nogil
# Whether the node has every capability that the block needs.

cdef bint offer_live(
    const Place* p, int32_t node_i, int32_t set_i, int32_t j, int64_t need, int32_t* slot, int32_t* reason
) noexcept nogil
# Whether place j of the lane set ships `need` units from the node in time; otherwise reason is the LineReason.

cdef inline int32_t ranks_of(const Network* net) noexcept nogil:
    """Ranks that tables by rank are filled for."""
    return net.n_nodes if net.n_nodes < RANKS_MAX else RANKS_MAX


cdef inline bint node_open(const Place* p, int32_t node_i) noexcept nogil:
    """May the node take new work of this order?"""
    if not p.stage.node_allowed[node_i] or p.state.node_status[node_i] != NODE_ONLINE:
        return False
    if p.stage.excluded_until_us != NULL and p.now_us < p.stage.excluded_until_us[node_i]:
        return False
    return not p.order.has_filter or p.order.node_allowed[node_i] != 0


cdef inline bint node_reaches(const Place* p, int32_t node_i) noexcept nogil:
    """Is the destination in the node's service area and near enough?"""
    if p.order.zone_i < 0:
        return True
    if (
        p.stage.zone_allowed != NULL
        and not p.stage.zone_allowed[<Py_ssize_t>p.order.zone_i * p.net.n_nodes + node_i]
    ):
        return False
    return p.stage.distance_cap_m == NULL or (
        p.net.distance_m[<Py_ssize_t>p.order.postal_i * p.net.n_nodes + node_i] <= p.stage.distance_cap_m[node_i]
    )


cdef inline bint service_open(const Place* p, int32_t service_i) noexcept nogil:
    """May the carrier service carry?"""
    return p.stage.service_allowed == NULL or p.stage.service_allowed[service_i] != 0


cdef inline int64_t capacity_need(const Network* net, int32_t node_i, int64_t units) noexcept nogil:
    """What one shipment of so many units takes of its bucket."""
    if net.capacity_kind[node_i] == CAPACITY_NONE:
        return 0
    return 1 if net.capacity_kind[node_i] == CAPACITY_SHIPMENTS else units


cdef inline int32_t capacity_left(const Place* p, int32_t node_i, int32_t day) noexcept nogil:
    return p.stage.capacity_open[node_i] - capacity_taken(&p.state.capacity, node_i, day)


cdef inline int32_t slot_with_room(
    const Place* p, int32_t node_i, int32_t service_i, int64_t units
) noexcept nogil:
    """The next hand-over whose bucket has room for a shipment of so many units; -1 = none in the tables."""
    cdef const Network* net = p.net
    cdef int32_t slot = slot_next(net, node_i, service_i, p.at_us)
    cdef int64_t need = capacity_need(net, node_i, units)
    cdef Py_ssize_t lane
    cdef int32_t end
    cdef int32_t day
    if need == 0 or slot < 0 or capacity_left(p, node_i, net.slot_day[slot]) >= need:
        return slot
    if need > p.stage.capacity_open[node_i]:
        return -1
    lane = <Py_ssize_t>node_i * net.n_services + service_i
    end = net.slot_first[lane] + net.slot_count[lane]
    while slot < end:
        day = net.slot_day[slot]
        if capacity_left(p, node_i, day) >= need:
            return slot
        while slot < end and net.slot_day[slot] == day:
            slot += 1
    return -1
