"""Reading each hot request, field by field as it comes."""

from libc.stdint cimport int32_t, uint8_t, uint32_t

from fastdom._native.command cimport (
    F_EXCLUDE_NODE_IDS, F_INCLUDE_NODE_IDS, F_SERVICE_LEVELS, NODE_LIST_MAX, R_INVALID_FIELD, R_TOO_MANY_ITEMS,
    R_UNKNOWN_SERVICE_LEVEL, Command, LineIn, Slice,
)
from fastdom_server._wire.decode cimport DecodeBuffers
from fastdom_server._wire.decode_order cimport next_line, read_order
from fastdom_server._wire.draft cimport Draft, read_moment, refuse
from fastdom_server._wire.read cimport read_bool, read_bytes, read_int32, read_size, read_tag, read_text, skip
from fastdom_server._wire.tags cimport *

cdef enum:
    LEVEL_MAX = 4                # ServiceLevel, highest


cdef inline const uint8_t* read_policy(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
    cdef int32_t size = 0
    cdef uint32_t tag = 0
    at = read_size(at, end, &size)
    if at == NULL:
        return NULL
    end = at + size
    while at < end:
        at = read_tag(at, end, &tag)
        if at == NULL:
            return NULL
        if tag == POLICY_NAME:
            at = read_text(at, end, &d.command.policy_name)
        elif tag == POLICY_VERSION:
            at = read_int32(at, end, &d.command.policy_version)
        else:
            at = skip(at, end, tag, d.depth - 1)
        if at == NULL:
            return NULL
    return at


cdef inline const uint8_t* read_reserve(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
    cdef Command* c = d.command
    cdef uint32_t tag = 0
    while at < end:
        at = read_tag(at, end, &tag)
        if at == NULL:
            return NULL
        if tag == RESERVE_REQUEST_ID:
            at = read_text(at, end, &c.request_id)
        elif tag == RESERVE_ORDER:
            at = read_order(at, end, d)
        elif tag == RESERVE_OPTION_TOKEN:
            at = read_bytes(at, end, &c.option_token)
        elif tag == RESERVE_MODE:
            at = read_int32(at, end, &c.mode)
        elif tag == RESERVE_TTL:
            at = read_moment(at, end, &d.ttl, d.depth - 1)
        elif tag == RESERVE_ALLOW_PARTIAL:
            at = read_bool(at, end, &c.allow_partial)
        elif tag == RESERVE_FIRST_SENT_AT:
            at = read_moment(at, end, &d.first_sent_at, d.depth - 1)
        else:
            at = skip(at, end, tag, d.depth)
        if at == NULL:
            return NULL
    return at


cdef inline const uint8_t* read_node(
    const uint8_t* at, const uint8_t* end, Slice* nodes, int32_t* n, int32_t field, DecodeBuffers* b
) noexcept nogil:
    """One more node id of a list; those over the limit all go to the spare place."""
    at = read_text(at, end, &nodes[n[0]])
    if n[0] < NODE_LIST_MAX:
        n[0] += 1
    else:
        refuse(b, R_TOO_MANY_ITEMS, field, -1, NODE_LIST_MAX)
        if b.status.field == field:
            b.number += 1
    return at


cdef inline const uint8_t* read_route(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
    cdef Command* c = d.command
    cdef DecodeBuffers* b = d.buffers
    cdef int32_t effort = 0
    cdef uint32_t tag = 0
    while at < end:
        at = read_tag(at, end, &tag)
        if at == NULL:
            return NULL
        if tag == ROUTE_REQUEST_ID:
            at = read_text(at, end, &c.request_id)
        elif tag == ROUTE_ORDER:
            at = read_order(at, end, d)
        elif tag == ROUTE_POLICY:
            at = read_policy(at, end, d)
        elif tag == ROUTE_MODE:
            at = read_int32(at, end, &c.mode)
        elif tag == ROUTE_TTL:
            at = read_moment(at, end, &d.ttl, d.depth - 1)
        elif tag == ROUTE_INCLUDE_NODE_IDS:
            at = read_node(at, end, b.include_nodes, &c.n_include, F_INCLUDE_NODE_IDS, b)
        elif tag == ROUTE_EXCLUDE_NODE_IDS:
            at = read_node(at, end, b.exclude_nodes, &c.n_exclude, F_EXCLUDE_NODE_IDS, b)
        elif tag == ROUTE_ALLOW_PARTIAL:
            at = read_bool(at, end, &c.allow_partial)
        elif tag == ROUTE_MAX_SHIPMENTS:
            at = read_int32(at, end, &c.max_shipments)
        elif tag == ROUTE_EFFORT:
            at = read_int32(at, end, &effort)
        elif tag == ROUTE_ALTERNATIVES:
            at = read_int32(at, end, &c.alternatives)
        elif tag == ROUTE_EXPLAIN:
            at = read_bool(at, end, &b.explain)
        elif tag == ROUTE_FIRST_SENT_AT:
            at = read_moment(at, end, &d.first_sent_at, d.depth - 1)
        else:
            at = skip(at, end, tag, d.depth)
        if at == NULL:
            return NULL
    c.effort = effort
    return at


cdef inline void note_level(Draft* d, int32_t level, int32_t i) noexcept nogil:
    """A wanted service level joins the set of bits."""
    cdef uint32_t bit
    if level < 1 or level > LEVEL_MAX:
        refuse(d.buffers, R_UNKNOWN_SERVICE_LEVEL, F_SERVICE_LEVELS, i, level)
        return
    bit = <uint32_t>1 << level
    if d.command.service_levels & bit:
        refuse(d.buffers, R_INVALID_FIELD, F_SERVICE_LEVELS, i, level)
    d.command.service_levels |= bit


cdef inline const uint8_t* read_levels(const uint8_t* at, const uint8_t* end, Draft* d, int32_t* n) noexcept nogil:
    """The packed form of the list."""
    cdef int32_t size = 0
    cdef int32_t level = 0
    at = read_size(at, end, &size)
    if at == NULL:
        return NULL
    end = at + size
    while at < end:
        at = read_int32(at, end, &level)
        if at == NULL:
            return NULL
        note_level(d, level, n[0])
        n[0] += 1
    return at


cdef inline const uint8_t* read_promise(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
    cdef Command* c = d.command
    cdef int32_t n_levels = 0
    cdef int32_t level = 0
    cdef uint32_t tag = 0
    while at < end:
        at = read_tag(at, end, &tag)
        if at == NULL:
            return NULL
        if tag == PROMISE_REQUEST_ID:
            at = read_text(at, end, &c.request_id)
        elif tag == PROMISE_ORDER:
            at = read_order(at, end, d)
        elif tag == PROMISE_SERVICE_LEVEL:
            at = read_int32(at, end, &level)
            note_level(d, level, n_levels)
            n_levels += 1
        elif tag == PROMISE_SERVICE_LEVELS:
            at = read_levels(at, end, d, &n_levels)
        elif tag == PROMISE_HOLD:
            at = read_bool(at, end, &c.hold)
        elif tag == PROMISE_OPTION:
            at = read_int32(at, end, &c.hold_level)
        elif tag == PROMISE_TTL:
            at = read_moment(at, end, &d.ttl, d.depth - 1)
        elif tag == PROMISE_POLICY:
            at = read_policy(at, end, d)
        elif tag == PROMISE_FIRST_SENT_AT:
            at = read_moment(at, end, &d.first_sent_at, d.depth - 1)
        else:
            at = skip(at, end, tag, d.depth)
        if at == NULL:
            return NULL
    return at


cdef inline const uint8_t* read_line_quantity(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
    cdef int32_t size = 0
    cdef uint32_t tag = 0
    cdef LineIn* line = next_line(d)
    at = read_size(at, end, &size)
    if at == NULL:
        return NULL
    end = at + size
    while at < end:
        at = read_tag(at, end, &tag)
        if at == NULL:
            return NULL
        if tag == QUANTITY_LINE_ID:
            at = read_text(at, end, &line.line_id)
        elif tag == QUANTITY_QUANTITY:
            at = read_int32(at, end, &line.quantity)
        elif tag == QUANTITY_NODE_ID:
            at = read_text(at, end, &line.node)
        else:
            at = skip(at, end, tag, d.depth - 1)
        if at == NULL:
            return NULL
    return at


cdef inline const uint8_t* read_verb(const uint8_t* at, const uint8_t* end, int32_t method, Draft* d) noexcept nogil:
    """Commit, Extend, Release and Fulfill: alike but for field 3."""
    cdef uint32_t tag = 0
    while at < end:
        at = read_tag(at, end, &tag)
        if at == NULL:
            return NULL
        if tag == VERB_REQUEST_ID:
            at = read_text(at, end, &d.command.request_id)
        elif tag == VERB_RESERVATION_ID:
            at = read_text(at, end, &d.reservation_id)
        elif tag == VERB_FIRST_SENT_AT:
            at = read_moment(at, end, &d.first_sent_at, d.depth - 1)
        elif tag == VERB_REACQUIRE and method == METHOD_COMMIT:
            at = read_bool(at, end, &d.command.reacquire)
        elif tag == VERB_TTL and method == METHOD_EXTEND:
            at = read_moment(at, end, &d.ttl, d.depth - 1)
        elif tag == VERB_LINES and (method == METHOD_RELEASE or method == METHOD_FULFILL):
            at = read_line_quantity(at, end, d)
        else:
            at = skip(at, end, tag, d.depth)
        if at == NULL:
            return NULL
    return at


cdef inline const uint8_t* read_get(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
    cdef uint32_t tag = 0
    while at < end:
        at = read_tag(at, end, &tag)
        if at == NULL:
            return NULL
        if tag == GET_RESERVATION_ID:
            at = read_text(at, end, &d.reservation_id)
        else:
            at = skip(at, end, tag, d.depth)
        if at == NULL:
            return NULL
    return at


cdef inline const uint8_t* read_request(const uint8_t* at, const uint8_t* end, int32_t method, Draft* d) noexcept nogil:
    if method == METHOD_RESERVE:
        return read_reserve(at, end, d)
    if method == METHOD_PROMISE:
        return read_promise(at, end, d)
    if method == METHOD_ROUTE:
        return read_route(at, end, d)
    if method == METHOD_GET_RESERVATION:
        return read_get(at, end, d)
    return read_verb(at, end, method, d)
