"""Everything that is not an order: reservation verbs, stock corrections, node status, exceptions."""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from fastdom._native.command cimport (
    Command, F_EXCEPTION_ID, F_NODE_ID, F_NONE, F_REQUEST_ID, F_STATUS, KIND_ADJUST, KIND_EXTEND, KIND_GET, KIND_IMPORT,
    KIND_NODE_STATUS, KIND_RESOLVE, LINES_MAX, REROUTE_OVER_CAPACITY, R_EXCEPTION_NOT_FOUND, R_INTERNAL, R_INVALID_FIELD, R_LIMIT_EXCEEDED, R_UNKNOWN_NODE, Result, Slice,
)
from fastdom._native.core cimport Engine
from fastdom._native.entry cimport Entry, context_unpack
from fastdom._native.faults cimport NOTE_MAX, fault_find
from fastdom._native.journaling cimport entry_clear
from fastdom._native.positions cimport position_find
from fastdom._native.remembering cimport refuse, refuse_clean, remember, remember_refusal, request_named, seen_before
from fastdom._native.requests cimport request_key
from fastdom._native.reservations cimport Record, record_context, reservation_find
from fastdom._native.state cimport NODE_OFFLINE, NODE_ONLINE, due_lift, due_unlift
from fastdom._native.stock cimport decide_rows, decide_stock, recall_rows
from fastdom._native.table cimport intern_find
from fastdom._native.verbs cimport decide_verb


cdef void describe_reservation(Engine* g, Result* r) noexcept nogil:
    """Texts of the reservation in r, from its record (which outlives every request id that names it)."""
    cdef Record* record
    cdef Slice packed
    cdef int32_t i
    if not r.has_reservation:
        return
    record = reservation_find(&g.state.reservations, r.reservation_id)
    if record == NULL:
        return
    packed.data = record_context(record)
    packed.size = record.context_size
    if context_unpack(packed, &g.context) != 0:
        return
    r.order_id = g.context.order_id
    r.n_line_ids = g.context.n_lines
    for i in range(g.context.n_lines):
        r.line_ids[i] = g.context.lines[i].line_id


cdef int run_verb(Engine* g, Command* c, Result* r) noexcept nogil:
    cdef uint64_t key[2]
    cdef Entry e
    cdef int64_t ttl_us = c.ttl_us
    cdef Record* record
    if c.kind != KIND_GET:
        if not request_named(c, r):
            return 0
        request_key(c.tenant_i, c.request_id, key)
        if seen_before(g, c, key, r):
            describe_reservation(g, r)
            return 0
    if c.n_lines > LINES_MAX:
        return refuse(r, R_INVALID_FIELD, F_NONE)
    if c.kind == KIND_EXTEND and ttl_us == 0:
        record = reservation_find(&g.state.reservations, c.reservation_id)
        if record != NULL and record.channel_i >= 0:
            ttl_us = g.channel_ttl_us[record.channel_i]
        if ttl_us == 0:
            ttl_us = g.ttl_default_us
    due_lift(&g.state, r.now_us)
    decide_verb(&g.state, g.net, c, ttl_us, &g.context, r)
    due_unlift(&g.state, r.now_us)
    r.seq = g.state.seq
    r.wait_seq = g.state.seq
    if c.kind != KIND_GET:
        if r.status.reason:
            return remember_refusal(g, c, key, r)
        entry_clear(&e, c.kind, c, r)
        remember(g, &e, c, key, r)
    if r.status.reason == 0:
        describe_reservation(g, r)
    return 0


cdef int run_stock(Engine* g, Command* c, Result* r) noexcept nogil:
    cdef uint64_t key[2]
    cdef Entry e
    if not request_named(c, r):
        return 0
    request_key(c.tenant_i, c.request_id, key)
    if seen_before(g, c, key, r):
        return 0
    due_lift(&g.state, r.now_us)
    decide_stock(&g.state, c, r)
    due_unlift(&g.state, r.now_us)
    if r.status.reason:
        return remember_refusal(g, c, key, r)
    if (
        position_find(&g.state.positions, r.sku_i, r.node_i) < 0
        and g.state.positions.count >= <uint32_t>g.state.limits.positions_max
    ):
        return refuse_clean(c, r, R_LIMIT_EXCEEDED)
    entry_clear(&e, c.kind, c, r)
    if c.kind == KIND_ADJUST:
        e.args[0] = c.delta
        e.args[1] = c.adjust_reason
    else:
        e.args[0] = c.as_of_us if c.as_of_us else r.now_us
    return remember(g, &e, c, key, r)


cdef int run_import(Engine* g, Command* c, Result* r) noexcept nogil:
    """Every row is decided, then those that stand are journalled and applied in one step, under one request id."""
    cdef uint64_t key[2]
    cdef Entry e
    cdef uint32_t fresh
    if not request_named(c, r):
        return 0
    request_key(c.tenant_i, c.request_id, key)
    if seen_before(g, c, key, r):
        if r.status.reason == 0 and recall_rows(c, r) != 0:
            return refuse(r, R_INTERNAL, F_REQUEST_ID)
        return 0
    entry_clear(&e, KIND_IMPORT, c, r)
    fresh = decide_rows(&g.state, c, g.context_bytes, &e.text, r)
    if g.state.positions.count + fresh > <uint32_t>g.state.limits.positions_max:
        return refuse_clean(c, r, R_LIMIT_EXCEEDED)
    e.args[0] = c.as_of_us if c.as_of_us > 0 else r.now_us
    return remember(g, &e, c, key, r)


cdef bint in_network(const Engine* g, int32_t node_i) noexcept nogil:
    """The active network version has the node: one that it lacks can be neither switched nor shown."""
    return g.net != NULL and 0 <= node_i < g.net.n_nodes and g.net.node_present[node_i]


cdef int run_node_status(Engine* g, Command* c, Result* r) noexcept nogil:
    cdef uint64_t key[2]
    cdef Entry e
    if not request_named(c, r):
        return 0
    request_key(c.tenant_i, c.request_id, key)
    if seen_before(g, c, key, r):
        return 0
    r.node_i = intern_find(&g.state.nodes, c.node)
    if not in_network(g, r.node_i):
        refuse(r, R_UNKNOWN_NODE, F_NODE_ID)
    elif c.reroute_reason == REROUTE_OVER_CAPACITY:
        c.node_status = g.state.node_status[r.node_i]    # nothing is switched, the request id alone is new
    elif c.node_status < NODE_ONLINE or c.node_status > NODE_OFFLINE:
        return refuse(r, R_INVALID_FIELD, F_STATUS)
    if r.status.reason:
        return remember_refusal(g, c, key, r)
    entry_clear(&e, KIND_NODE_STATUS, c, r)
    e.args[0] = c.node_status
    return remember(g, &e, c, key, r)


cdef int run_resolve(Engine* g, Command* c, Result* r) noexcept nogil:
    cdef uint64_t key[2]
    cdef Entry e
    if not request_named(c, r):
        return 0
    request_key(c.tenant_i, c.request_id, key)
    if seen_before(g, c, key, r):
        return 0
    if c.note.size > NOTE_MAX:
        return refuse(r, R_INVALID_FIELD, F_NONE)
    r.exception_id = c.exception_id
    if fault_find(&g.state.faults, c.exception_id) == NULL:
        refuse(r, R_EXCEPTION_NOT_FOUND, F_EXCEPTION_ID)
        return remember_refusal(g, c, key, r)
    entry_clear(&e, KIND_RESOLVE, c, r)
    e.text = c.note
    return remember(g, &e, c, key, r)
