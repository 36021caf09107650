"""Granting at given nodes. Stock is what the channel may take: routing_reserve does not bind a pinned line."""

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memset

from fastdom._native.command cimport (
    AllocationOut, LINE_GRANTED, LINE_NODE_UNAVAILABLE, LINE_OUT_OF_STOCK, LineOut,
    OUTCOME_GRANTED, OUTCOME_PARTIAL, OUTCOME_REFUSED,
)
from fastdom._native.objectives cimport stock_book
from fastdom._native.policy cimport WHOLE_NONE
from fastdom._native.positions cimport P_FREE, position_cell, position_find
from fastdom._native.quote_plan cimport total_of
from fastdom._native.quote_scratch cimport incomplete_reason, partial_allowed
from fastdom._native.resolved cimport Resolved, ResolvedLine
from fastdom._native.shipment cimport Carriage, carriage_pinned, shipment_fill
from fastdom._native.state cimport NODE_ONLINE
from fastdom._native.taken cimport taken_at, taken_clear


cdef extern from *:
    """
    static inline int fd_lowest64(uint64_t bits) { return __builtin_ctzll(bits); }
    """
    int fd_lowest64(uint64_t bits) noexcept nogil


cdef void outcome_set(Result* out) noexcept nogil:
    cdef bint whole = True
    cdef int32_t i
    for i in range(out.n_lines):
        whole &= out.lines[i].shortfall == 0
    out.outcome = OUTCOME_REFUSED
    if out.n_allocations:
        out.outcome = OUTCOME_GRANTED if whole else OUTCOME_PARTIAL
    out.split_count = out.n_shipments - 1 if out.n_shipments else 0
    out.total_micros = total_of(out, 0, out.n_shipments)


cdef void refuse_all(const Place* p, Result* out) noexcept nogil:
    cdef LineOut* line
    cdef int32_t i
    out.n_shipments = 0
    out.n_allocations = 0
    for i in range(p.order.n_lines):
        line = &out.lines[i]
        line.granted = 0
        line.shortfall = p.order.lines[i].quantity
        if line.reason == LINE_GRANTED:
            line.reason = incomplete_reason(p)
    outcome_set(out)


cdef inline int64_t free_units(const Place* p, int32_t position) noexcept nogil:
    """Units of a position the order's channel may take."""
    return position_cell(&p.state.positions, position, P_FREE)[0] if position >= 0 else 0


cdef void line_grant(const Place* p, Quote* q, int32_t i, LineOut* line) noexcept nogil:
    """What the line gets from the stock of its node, after the lines before it."""
    cdef const ResolvedLine* wanted = &p.order.lines[i]
    cdef int32_t position = position_find(&p.state.positions, wanted.sku_i, q.line_node[i])
    cdef int64_t* taken = taken_at(q, position)
    cdef int64_t left = free_units(p, position) - taken[0]
    q.line_position[i] = position
    if p.state.node_status[q.line_node[i]] != NODE_ONLINE or not p.net.node_present[q.line_node[i]]:
        line.reason = LINE_NODE_UNAVAILABLE
        return
    if left < wanted.quantity:
        line.reason = LINE_OUT_OF_STOCK
        left = left if partial_allowed(p) and p.stage.whole == WHOLE_NONE and left > 0 else 0
    else:
        left = wanted.quantity
    line.granted = <int32_t>left
    line.shortfall = wanted.quantity - line.granted
    taken[0] += left


cdef inline int32_t rank_words(const Place* p) noexcept nogil:
    return (p.net.n_nodes + 63) >> 6


cdef void nodes_sum(const Place* p, Quote* q, const Result* out) noexcept nogil:
    """Units and weight for every node with a granted line; q.touched says which."""
    cdef int32_t rank
    cdef int32_t i
    memset(q.touched, 0, rank_words(p) * sizeof(uint64_t))
    for i in range(p.order.n_lines):
        if out.lines[i].granted == 0:
            continue
        rank = p.net.rank_of_node[q.line_node[i]]
        if not q.touched[rank >> 6] >> (rank & 63) & 1:
            q.touched[rank >> 6] |= <uint64_t>1 << (rank & 63)
            q.rank_units[rank] = 0
            q.rank_weight_g[rank] = 0
        q.rank_units[rank] += out.lines[i].granted
        q.rank_weight_g[rank] += <int64_t>out.lines[i].granted * p.order.lines[i].weight_g


cdef bint shipments_leave(const Place* p, Quote* q, Result* out) noexcept nogil:
    """A shipment for every node that can send one; False when some cannot, and their lines get the reason."""
    cdef Carriage carriage
    cdef int32_t reason[1]
    cdef int32_t word
    cdef int32_t rank
    cdef uint64_t bits
    cdef bint all_leave = True
    for word in range(rank_words(p)):
        bits = q.touched[word]
        while bits:
            rank = (word << 6) + fd_lowest64(bits)
            bits &= bits - 1
            reason[0] = carriage_pinned(
                p, p.net.node_by_rank[rank], q.rank_units[rank], q.rank_weight_g[rank], &carriage
            )
            if reason[0] == LINE_GRANTED:
                q.rank_shipment[rank] = out.n_shipments
                shipment_fill(
                    p, p.net.node_by_rank[rank], &carriage, q.rank_units[rank], q.rank_weight_g[rank],
                    out.n_shipments > 0, &out.shipments[out.n_shipments], &out.costs[out.n_shipments]
                )
                out.n_shipments += 1
            else:
                q.rank_shipment[rank] = -reason[0]
                all_leave = False
    return all_leave


cdef void allocate(const Place* p, Quote* q, Result* out) noexcept nogil:
    """An allocation for every granted line whose node sends a shipment; the others lose what stock gave them."""
    cdef const Resolved* r = p.order
    cdef AllocationOut* allocation
    cdef LineOut* line
    cdef int32_t shipment_i
    cdef int32_t i
    for i in range(r.n_lines):
        line = &out.lines[i]
        q.line_shipment[i] = -1
        if line.granted == 0:
            continue
        shipment_i = q.rank_shipment[p.net.rank_of_node[q.line_node[i]]]
        if shipment_i < 0:
            taken_at(q, q.line_position[i])[0] -= line.granted
            line.granted = 0
            line.shortfall = r.lines[i].quantity
            line.reason = -shipment_i
            continue
        q.line_shipment[i] = shipment_i
        q.line_units[i] = line.granted
        allocation = &out.allocations[out.n_allocations]
        allocation.line_i = r.lines[i].line_i
        allocation.sku_i = r.lines[i].sku_i
        allocation.shipment_i = shipment_i
        allocation.node_i = q.line_node[i]
        allocation.granted = line.granted
        allocation.fulfilled = 0
        allocation.released = 0
        allocation.expired = 0
        out.shipments[shipment_i].n_allocations += 1
        out.n_allocations += 1


cdef void available_set(const Place* p, Quote* q, Result* out) noexcept nogil:
    """What each pinned position has left for the channel after the decision."""
    cdef int64_t left
    cdef int32_t i
    for i in range(p.order.n_lines):
        if q.line_node[i] < 0:
            continue
        left = free_units(p, q.line_position[i])
        if out.n_allocations:
            left -= taken_at(q, q.line_position[i])[0]
        out.lines[i].available_after = <int32_t>left if left > 0 else 0


cdef void fixed_write(const Place* p, Quote* q, Result* out) noexcept nogil:
    cdef bint whole = True
    cdef int32_t i
    taken_clear(q)
    out.n_lines = p.order.n_lines
    for i in range(p.order.n_lines):
        if q.line_node[i] >= 0:
            out.lines[i].granted = 0
            out.lines[i].shortfall = p.order.lines[i].quantity
            out.lines[i].reason = LINE_GRANTED
            line_grant(p, q, i, &out.lines[i])
        whole &= out.lines[i].shortfall == 0
    if whole or partial_allowed(p):
        nodes_sum(p, q, out)
        whole &= shipments_leave(p, q, out)
        allocate(p, q, out)
        stock_book(p, q, out)
    if not whole and not partial_allowed(p):
        refuse_all(p, out)
    available_set(p, q, out)
    outcome_set(out)
