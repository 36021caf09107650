"""Reserve, Route and Promise: resolve, quote, and make the quote a reservation when one is wanted."""

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport strlen

from fastdom._native.command cimport (
    Command, F_NONE, F_TTL, KIND_GET, KIND_PROMISE, KIND_RESERVE, KIND_ROUTE, LineIn, MODE_FIRM, OK,
    OUTCOME_REFUSED, OptionOut, R_INVALID_FIELD, R_LIMIT_EXCEEDED, R_NOT_DURABLE, R_NO_NETWORK, Result, ShipmentOut, Slice,
)
from fastdom._native.core cimport Engine
from fastdom._native.decision cimport decision_begin, decision_keep
from fastdom._native.entry cimport Context, ContextLine, ENTRY_MAX, Entry, context_bound, context_pack, result_clear
from fastdom._native.journaling cimport entry_clear
from fastdom._native.network cimport Policy
from fastdom._native.order cimport order_check, order_resolve
from fastdom._native.order_check cimport wants_reservation
from fastdom._native.quote cimport quote_pinned, quote_promise, quote_route, quote_token
from fastdom._native.quote_option cimport option_to_hold
from fastdom._native.remembering cimport (
    refuse, refuse_clean, remember, remember_refusal, request_named, seen_before,
)
from fastdom._native.requests cimport request_find, request_key
from fastdom._native.reservations cimport record_size, reservation_fits
from fastdom._native.resolved cimport Resolved, ResolvedLine
from fastdom._native.state cimport State, due_lift, due_unlift
from fastdom._native.table cimport fd_mix64, index_fetch, intern_find
from fastdom._native.token cimport siphash24
from fastdom._native.verbs cimport TTL_MAX_US, TTL_MIN_US, hold_end
from fastdom._native.wide cimport wide_enter, wide_leave, wide_order, wide_quote


cdef bint mutates(const Command* c) noexcept nogil:
    if c.kind == KIND_RESERVE or c.kind == KIND_ROUTE or c.kind == KIND_PROMISE:
        return wants_reservation(c)
    return c.kind != KIND_GET


cdef void quote(Engine* g, const Command* c, Result* r) noexcept nogil:
    if c.kind == KIND_PROMISE:
        quote_promise(&g.state, g.net, g.order, c, r.now_us, g.quote, r)
    elif c.kind == KIND_RESERVE and c.option_token.size:
        quote_token(&g.state, g.net, g.order, c, r.now_us, g.quote, r)
    elif c.kind == KIND_RESERVE and g.order.n_pinned:
        quote_pinned(&g.state, g.net, g.order, c, r.now_us, g.quote, r)
    else:
        quote_route(&g.state, g.net, g.order, c, r.now_us, g.quote, r)


cdef int32_t describe_nodes(const State* s, const Slice* names, int32_t n, int32_t* nodes) noexcept nogil:
    """Dense ids of nodes named by the order, all known since it was resolved."""
    cdef int32_t i
    for i in range(n):
        nodes[i] = intern_find(&s.nodes, names[i])
    return n


cdef void describe_line(const LineIn* given, const ResolvedLine* resolved, ContextLine* line) noexcept nogil:
    line.line_id = given.line_id
    line.group_id = given.group_id
    line.attributes = given.attributes
    line.sku_i = resolved.sku_i
    line.node_i = resolved.node_i
    line.quantity = given.quantity
    line.weight_g = resolved.weight_g


cdef void describe_order(Engine* g, const Command* c, const Resolved* order, const Result* r) noexcept nogil:
    """The order context that the journal keeps: what a later re-route, simulation or explanation needs."""
    cdef Context* context = &g.context
    cdef const Policy* policy = &g.net.policies[order.policy_i]
    cdef int32_t i
    context.order_id = c.order_id
    context.country_code = c.country_code
    context.postal_code = c.postal_code
    context.pickup_node = c.pickup_node
    context.latitude_e7 = c.latitude_e7
    context.longitude_e7 = c.longitude_e7
    context.currency_code.data = <const char*>g.net.currency
    context.currency_code.size = <int32_t>strlen(context.currency_code.data)
    context.policy_name = policy.name
    context.policy_version = policy.version
    context.network_version = g.net.version
    context.zone_i = order.zone_i
    context.service_level = r.service_level
    context.payment = c.payment
    context.mode = c.mode
    context.allow_partial = c.allow_partial
    context.max_shipments = c.max_shipments
    context.effort = c.effort
    context.placed_at_us = c.placed_at_us if c.placed_at_us else r.now_us
    context.required_by_us = c.required_by_us
    context.order_value_micros = c.order_value_micros
    context.n_include = describe_nodes(&g.state, c.include_nodes, c.n_include, context.include_nodes)
    context.n_exclude = describe_nodes(&g.state, c.exclude_nodes, c.n_exclude, context.exclude_nodes)
    context.n_lines = c.n_lines
    for i in range(c.n_lines):
        describe_line(&c.lines[i], &order.lines[i], &context.lines[i])


cdef int64_t time_to_live(const Engine* g, const Command* c, const Result* r) noexcept nogil:
    cdef int64_t ttl_us = c.ttl_us
    if ttl_us <= 0:
        ttl_us = g.channel_ttl_us[r.channel_i] if r.channel_i >= 0 else 0
    if ttl_us <= 0:
        ttl_us = g.ttl_default_us
    return ttl_us


cdef void new_reservation_id(Engine* g, uint64_t* id) noexcept nogil:
    """128 bits nobody can guess: SipHash of a counter under a key drawn when the engine started."""
    cdef uint64_t block[2]
    g.random_count += 1
    block[0] = g.random_count
    block[1] = 0
    id[0] = siphash24(<const char*>block, 16, g.random_key)
    block[1] = 1
    id[1] = siphash24(<const char*>block, 16, g.random_key)


cdef int refused_keep(Engine* g, const Command* c, const Resolved* order, Result* r) noexcept nogil:
    """A decision that took nothing can be explained too."""
    if g.decisions.staged:
        r.service_level = order.service_level
        describe_order(g, c, order, r)
        if context_bound(&g.context) <= ENTRY_MAX:
            decision_keep(g, c, r, <int32_t>context_pack(&g.context, g.context_bytes), 0, 0, 0, 0)
        r.service_level = 0
    return 0


cdef int hold_order(
    Engine* g, const Command* c, const Resolved* order, const uint64_t* key, const uint64_t* id, Result* r
) noexcept nogil:
    """The quote in r becomes a reservation."""
    cdef Entry e
    cdef const OptionOut* option = NULL
    cdef int32_t n_shipments = r.n_shipments
    cdef int32_t n_allocations = r.n_allocations
    if c.kind == KIND_PROMISE:
        option = option_to_hold(c, r)
        if option == NULL:
            r.wait_seq = g.state.seq
            return refused_keep(g, c, order, r)
        r.held_option = option.service_level
        n_shipments = option.n_shipments
        n_allocations = option.n_allocations
        r.outcome = 1
    elif r.outcome == OUTCOME_REFUSED or r.n_allocations == 0:
        r.wait_seq = g.state.seq
        return refused_keep(g, c, order, r)
    r.reservation_id[0] = id[0]
    r.reservation_id[1] = id[1]
    r.has_reservation = 1
    r.dated = 1 if option != NULL or c.option_token.size > 0 else 0
    r.created_at_us = r.now_us
    r.committed = 1 if c.mode == MODE_FIRM else 0
    r.state = 2 if r.committed else 1
    r.service_level = option.service_level if option != NULL else order.service_level
    if not r.committed:
        r.expires_at_us = hold_end(
            r, &r.shipments[option.first_shipment] if option != NULL else r.shipments, n_shipments, time_to_live(g, c, r)
        )
    describe_order(g, c, order, r)
    entry_clear(&e, c.kind, c, r)
    if context_bound(&g.context) > ENTRY_MAX:
        return refuse_clean(c, r, R_LIMIT_EXCEEDED)
    e.context.data = g.context_bytes
    e.context.size = <int32_t>context_pack(&g.context, g.context_bytes)
    if not reservation_fits(&g.state.reservations, record_size(n_shipments, n_allocations, 0, e.context.size)):
        return refuse_clean(c, r, R_LIMIT_EXCEEDED)
    remember(g, &e, c, key, r)
    if r.status.reason == OK:
        decision_keep(
            g, c, r, e.context.size, option.first_shipment if option != NULL else 0, n_shipments,
            option.first_allocation if option != NULL else 0, n_allocations
        )
    return 0


cdef int run_order(Engine* g, Command* c, Result* r) noexcept nogil:
    if wide_order(g, c):
        wide_enter(g, c, r)
        decide(g, c, g.wide_order, True, r)
        wide_leave(g)
    else:
        decide(g, c, g.order, False, r)
    return 0


cdef int decide(Engine* g, Command* c, Resolved* order, bint wide, Result* r) noexcept nogil:
    cdef uint64_t key[2]
    cdef uint64_t id[2]
    cdef bint wants_hold = wants_reservation(c)
    if wide and g.failed:
        return refuse(r, R_NOT_DURABLE, F_NONE)
    if wants_hold:
        if not request_named(c, r):
            return 0
        request_key(c.tenant_i, c.request_id, key)
        index_fetch(&g.state.requests.by_key, key[0])
        new_reservation_id(g, id)
        index_fetch(&g.state.reservations.by_id, fd_mix64(id[0], id[1]))
    if order_check(c, &r.status) and c.ttl_us and (c.ttl_us < TTL_MIN_US or c.ttl_us > TTL_MAX_US):
        refuse(r, R_INVALID_FIELD, F_TTL)
    if wants_hold and seen_before(g, c, key, r):
        return 0
    if r.status.reason:
        return remember_refusal(g, c, key, r) if wants_hold else 0
    if g.net == NULL or g.net.version == 0:
        return refuse(r, R_NO_NETWORK, F_NONE)
    due_lift(&g.state, r.now_us)
    r.seq = g.state.seq
    if order_resolve(&g.state, g.net, c, order, &r.status):
        if wide:
            wide_quote(g, c, wants_hold, r)
        else:
            quote(g, c, r)
        r.channel_i = order.channel_i
        if wants_hold:
            decision_begin(g, c, order, g.wide_quote if wide else g.quote, r)
    due_unlift(&g.state, r.now_us)
    if wide and overtaken(g, c, wants_hold, key, r):
        return 0
    if r.status.reason:
        r.wait_seq = g.state.seq if wants_hold else 0
        return remember_refusal(g, c, key, r) if wants_hold else 0
    if wants_hold:
        return hold_order(g, c, order, key, id, r)
    return 0


cdef bint overtaken(Engine* g, const Command* c, bint wants_hold, const uint64_t* key, Result* r) noexcept nogil:
    """While the plan was searched for the engine failed, or the same request id was decided: that settles it."""
    if g.failed:
        refuse_clean(c, r, R_NOT_DURABLE)
        return True
    if not wants_hold or request_find(&g.state.requests, key) == NULL:
        return False
    result_clear(r)
    r.now_us = c.now_us
    return seen_before(g, c, key, r)
