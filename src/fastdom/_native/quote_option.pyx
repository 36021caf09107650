"""Quoting options: one plan per service level, its dates, and the token that is good for it."""

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memset

from fastdom._native.command cimport (
    LINE_GRANTED, LINE_NO_LANE, OUTCOME_GRANTED, OUTCOME_REFUSED, OptionOut, ShipmentOut,
)
from fastdom._native.gather cimport needs_begin, stock_pass
from fastdom._native.network cimport Network
from fastdom._native.plan cimport PLAN_OK
from fastdom._native.quote_plan cimport (
    effort_shared, effort_whole, lines_granted, lines_refused, plan_grade, plan_level, plan_write, steady_of, total_of,
)
from fastdom._native.quote_scratch cimport place_stage
from fastdom._native.resolved cimport LEVEL_PICKUP, LEVEL_STANDARD, LEVELS, Resolved
from fastdom._native.table cimport interned
from fastdom._native.token cimport TOKEN_SHIPMENTS_MAX, Token, siphash24, token_pack
from fastdom._native.varint cimport put, put_bytes


# --- options -------------------------------------------------------------------------------------------------------

cdef inline bint level_offered(const Place* p, const Command* c, int32_t level) noexcept nogil:
    """Asked for, and of the kind of destination: PICKUP to a pickup node, the others to an address."""
    if c.service_levels and not c.service_levels >> level & 1:
        return False
    return p.order.pickup_node_i >= 0 if level == LEVEL_PICKUP else p.order.zone_i >= 0


cdef int32_t levels_offered(const Place* p, const Command* c) noexcept nogil:
    cdef int32_t level
    cdef int32_t n = 0
    for level in range(LEVEL_STANDARD, LEVELS + 1):
        n += level_offered(p, c, level)
    return n


cdef int32_t level_plan(Place* p, int32_t level, int32_t levels_left, Quote* q) noexcept nogil:
    """The plan of a level, with its equal part of the effort that this level and those after it share."""
    cdef int64_t left = effort_whole(p)
    cdef int64_t share = left // levels_left if left > levels_left else 1
    cdef int32_t status
    p.level = level
    place_stage(p, 0)
    if not effort_shared(p):
        return plan_level(p, q)
    p.effort = share
    status = plan_level(p, q)
    p.effort += left - share
    return status


cdef inline int64_t latest(int64_t a, int64_t b) noexcept nogil:
    return a if a > b else b


cdef inline int64_t earliest(int64_t a, int64_t b) noexcept nogil:
    return a if a < b else b


cdef void option_dates(const Result* out, OptionOut* option) noexcept nogil:
    """The order's dates from its shipments: the cutoff of the first to close, the arrival of the last to come."""
    cdef const ShipmentOut* s = &out.shipments[option.first_shipment]
    cdef int32_t i
    option.order_by_us = s.order_by_us
    option.ship_from_us = s.ship_at_us
    option.ship_by_us = s.ship_at_us
    option.arrive_from_us = s.arrive_from_us
    option.arrive_by_us = s.arrive_by_us
    for i in range(1, option.n_shipments):
        s = &out.shipments[option.first_shipment + i]
        option.order_by_us = earliest(option.order_by_us, s.order_by_us)
        option.ship_from_us = earliest(option.ship_from_us, s.ship_at_us)
        option.ship_by_us = latest(option.ship_by_us, s.ship_at_us)
        option.arrive_from_us = latest(option.arrive_from_us, s.arrive_from_us)
        option.arrive_by_us = latest(option.arrive_by_us, s.arrive_by_us)


cdef int32_t option_confidence(const Network* net, int32_t n_shipments) noexcept nogil:
    """Permille that every shipment keeps its lane's transit_max, taken as independent; 0 = the network does not say."""
    cdef int64_t permille = net.confidence_permille
    cdef int32_t i
    for i in range(1, n_shipments):
        permille = permille * net.confidence_permille / 1000
    return <int32_t>permille


cdef void option_write(const Place* p, int64_t now_us, Quote* q, Result* out, OptionOut* option) noexcept nogil:
    """The plan of p.level as an option, without its token."""
    option.service_level = p.level
    option.first_shipment = out.n_shipments
    option.first_allocation = out.n_allocations
    plan_write(p, q, out)
    plan_grade(p, q, out)
    option.n_shipments = out.n_shipments - option.first_shipment
    option.n_allocations = out.n_allocations - option.first_allocation
    option.optimality = out.optimality
    option.confidence_permille = option_confidence(p.net, option.n_shipments)
    option.cost_micros = total_of(out, option.first_shipment, option.n_shipments)
    option_dates(out, option)
    option.valid_until_us = earliest(option.order_by_us, now_us + p.net.quote_ttl_us)


cdef inline bint ranks_before(const OptionOut* a, const OptionOut* b) noexcept nogil:
    if a.arrive_by_us != b.arrive_by_us:
        return a.arrive_by_us < b.arrive_by_us
    return a.cost_micros < b.cost_micros       # equal: the lower level, which came first, stays before


cdef void options_rank(Result* out) noexcept nogil:
    cdef OptionOut option
    cdef int32_t at
    cdef int32_t i
    for i in range(1, out.n_options):
        if not ranks_before(&out.options[i], &out.options[i - 1]):
            continue
        option = out.options[i]
        at = i
        while at > 0 and ranks_before(&option, &out.options[at - 1]):
            out.options[at] = out.options[at - 1]
            at -= 1
        out.options[at] = option


cdef void lines_promised(const Resolved* r, Result* out) noexcept nogil:
    cdef int32_t i
    out.n_lines = r.n_lines
    for i in range(r.n_lines):
        out.lines[i].granted = r.lines[i].quantity
        out.lines[i].shortfall = 0
        out.lines[i].available_after = 0
        out.lines[i].reason = LINE_GRANTED


cdef void lines_unpromised(Place* p, const Command* c, Quote* q, Result* out) noexcept nogil:
    """The level at which a line comes furthest says why; where no level fits the destination, no lane."""
    cdef int32_t furthest[1000]
    cdef int32_t levels_left = levels_offered(p, c)
    cdef int32_t level
    cdef int32_t i
    memset(furthest, 0, sizeof(furthest))
    lines_granted(p, q, out)
    for level in range(LEVEL_STANDARD, LEVELS + 1):
        if not level_offered(p, c, level):
            continue
        level_plan(p, level, levels_left, q)
        levels_left -= 1
        lines_refused(p, q, out)
        for i in range(out.n_lines):
            furthest[i] = out.lines[i].reason if out.lines[i].reason > furthest[i] else furthest[i]
    for i in range(out.n_lines):
        out.lines[i].reason = furthest[i] if furthest[i] else LINE_NO_LANE


cdef void options_write(Place* p, const Command* c, int64_t now_us, Quote* q, Result* out) noexcept nogil:
    cdef uint64_t fingerprint
    cdef int64_t evaluations = 0
    cdef int32_t levels_left = levels_offered(p, c)
    cdef int32_t level
    cdef int32_t i
    needs_begin(p, q)
    stock_pass(p, q)
    for level in range(LEVEL_STANDARD, LEVELS + 1):
        if not level_offered(p, c, level):
            continue
        if level_plan(p, level, levels_left, q) == PLAN_OK:
            option_write(p, now_us, q, out, &out.options[out.n_options])
            out.n_options += 1
        evaluations += q.plan.evaluations
        levels_left -= 1
    out.evaluations = evaluations
    if out.n_options == 0:
        lines_unpromised(p, c, q, out)
        out.outcome = OUTCOME_REFUSED
        return
    options_rank(out)
    fingerprint = order_fingerprint(p, c, q)
    for i in range(out.n_options):
        token_write(p, fingerprint, q, out, &out.options[i])
    lines_promised(p.order, out)
    out.outcome = OUTCOME_GRANTED
    out.optimality = out.options[0].optimality
    out.total_micros = out.options[0].cost_micros
    out.split_count = out.options[0].n_shipments - 1


cdef const OptionOut* option_to_hold(const Command* c, const Result* r) noexcept nogil:
    """The option a Promise reserves: the asked level's, else the best (first); NULL when there is none."""
    cdef int32_t i
    for i in range(r.n_options):
        if c.hold_level == 0 or r.options[i].service_level == c.hold_level:
            return &r.options[i]
    return NULL



# --- tokens ----------------------------------------------------------------------------------------------------------

cdef uint64_t order_fingerprint(const Place* p, const Command* c, Quote* q) noexcept nogil:
    """Of what must be the same when the option is reserved (see token.pxd)."""
    cdef const Resolved* r = p.order
    cdef char* at = q.text
    cdef int32_t i
    at = put(at, <uint64_t>c.tenant_i)
    at = put(at, <uint64_t>r.channel_i)
    at = put(at, <uint64_t>r.cod)
    at = put(at, <uint64_t>r.required_by_us)
    at = put(at, <uint64_t>(r.pickup_node_i + 1))
    if r.postal_i >= 0:
        at = put_bytes(at, interned(&p.net.postal, r.postal_i))
    for i in range(r.n_lines):
        at = put_bytes(at, c.lines[i].line_id)
        at = put(at, <uint64_t>r.lines[i].sku_i)
        at = put(at, <uint64_t>r.lines[i].quantity)
        at = put(at, <uint64_t>(c.lines[i].weight_g + 1))
        at = put_bytes(at, c.lines[i].group_id)
    return siphash24(q.text, at - q.text, q.token_key)


cdef void token_write(const Place* p, uint64_t fingerprint, Quote* q, Result* out, OptionOut* option) noexcept nogil:
    cdef Token* token = &q.token
    cdef const ShipmentOut* s
    cdef int32_t i
    option.token_size = 0
    if option.n_shipments > TOKEN_SHIPMENTS_MAX:
        return
    token.service_level = option.service_level
    token.network_version = p.net.version
    token.policy_key = p.policy.key
    token.policy_version = p.policy.version
    token.n_shipments = option.n_shipments
    token.n_lines = p.order.n_lines
    token.valid_until_us = option.valid_until_us
    token.cost_micros = steady_of(out, option.first_shipment, option.n_shipments)
    token.fingerprint = fingerprint
    for i in range(option.n_shipments):
        s = &out.shipments[option.first_shipment + i]
        token.shipments[i].node_i = s.node_i
        token.shipments[i].service_key = p.net.service_key[s.service_i] if s.service_i >= 0 else 0
        token.shipments[i].ship_day = s.ship_day
        token.shipments[i].order_by_us = s.order_by_us
        token.shipments[i].ship_at_us = s.ship_at_us
        token.shipments[i].arrive_from_us = s.arrive_from_us
        token.shipments[i].arrive_by_us = s.arrive_by_us
    for i in range(option.n_allocations):
        token.line_shipment[i] = out.allocations[option.first_allocation + i].shipment_i
    option.token_size = token_pack(token, q.token_key, option.token)
