"""The verbs of quoting: route, pinned, re-route; promise is in quote_option.pyx, tokens in quote_redeem.pyx."""

from libc.stdint cimport uint8_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from fastdom._native.command cimport AllocationOut, ExclusionOut, LINE_GRANTED, LINES_MAX, OPT_HEURISTIC, SHIPMENTS_MAX
from fastdom._native.entry cimport ContextLine
from fastdom._native.gather cimport needs_begin, stock_pass
from fastdom._native.memory cimport map_release, map_reserve
from fastdom._native.plan cimport PLAN_OK, scratch_free, scratch_new
from fastdom._native.positions cimport position_find
from fastdom._native.quote_fixed cimport fixed_write, outcome_set, refuse_all
from fastdom._native.quote_option cimport options_write
from fastdom._native.quote_plan cimport (
    lines_granted, lines_refused, plan_grade, plan_level, plan_write, result_begin,
)
from fastdom._native.quote_redeem cimport option_redeem
from fastdom._native.policy cimport FALLBACK_CANCEL
from fastdom._native.quote_scratch cimport FINGERPRINT_MAX, PLACES, Place, Quote, RANKS_MAX, partial_allowed, place_of, place_stage
from fastdom._native.reservations cimport open_units, record_allocations, record_exclusions
from fastdom._native.resolved cimport (
    LEVEL_PICKUP, LEVEL_STANDARD, ResolvedLine, order_blocks, order_reset, resolved_close, resolved_open, same_text,
)
from fastdom._native.table cimport intern_find
from fastdom._native.taken cimport taken_at, taken_clear


cdef enum:
    POINTS = 64
    COD = 2                      # fastdom.v1.PaymentMethod
    # a re-route is searched for under the lock
    LINES_SEARCHED = 24          # of more lines it has a smaller effort, about 150 us
    LINES_SEARCHED_SHORT = 64    # of still more it takes the first good plan
    EFFORT_SHORT = 20000


# --- memory --------------------------------------------------------------------------------------------------------

cdef inline size_t available_bytes() noexcept nogil:
    return <size_t>LINES_MAX * RANKS_MAX * sizeof(int32_t)


cdef inline size_t price_bytes() noexcept nogil:
    return <size_t>RANKS_MAX * PLACES * POINTS * sizeof(int64_t)


cdef inline size_t block_bytes() noexcept nogil:
    return <size_t>RANKS_MAX * LINES_MAX * 4 * sizeof(int64_t)


cdef Quote* quote_open(int32_t nodes_max, const uint64_t* token_key) noexcept nogil:
    cdef Quote* q = <Quote*>calloc(1, sizeof(Quote))
    if q == NULL:
        return NULL
    q.token_key[0] = token_key[0]
    q.token_key[1] = token_key[1]
    q.kernel = scratch_new()
    q.group_available = <int32_t*>map_reserve(available_bytes())
    q.price_cost = <int64_t*>map_reserve(price_bytes())
    q.block_cost = <int64_t*>map_reserve(block_bytes())
    q.text = <char*>map_reserve(FINGERPRINT_MAX)
    if (
        q.kernel == NULL or q.group_available == NULL or q.price_cost == NULL or q.text == NULL
        or q.block_cost == NULL or resolved_open(&q.rest, nodes_max) != 0
    ):
        quote_close(q)
        return NULL
    return q


cdef void quote_close(Quote* q) noexcept nogil:
    if q == NULL:
        return
    scratch_free(q.kernel)
    map_release(q.group_available, available_bytes())
    map_release(q.price_cost, price_bytes())
    map_release(q.block_cost, block_bytes())
    map_release(q.text, FINGERPRINT_MAX)
    resolved_close(&q.rest)
    free(q)


cdef void quote_quantities(
    Quote* q, const int64_t* weekly_demand_milli, int64_t n_weekly, const int64_t* unit_price, int64_t n_prices
) noexcept nogil:
    q.weekly_demand_milli = weekly_demand_milli
    q.n_weekly = n_weekly
    q.unit_price = unit_price
    q.n_prices = n_prices


# --- the place -------------------------------------------------------------------------------------------------------

cdef Place asked_place(
    const State* s, const Network* net, const Resolved* r, const Command* c, int64_t now_us
) noexcept nogil:
    """The order at the level it asks for, with what it allows by itself."""
    cdef Place p = place_of(s, net, r, now_us, r.service_level)
    cdef int32_t i
    p.allow_partial = c.allow_partial != 0
    p.cancels = p.policy.fallback == FALLBACK_CANCEL
    p.max_shipments = c.max_shipments
    p.effort = c.effort
    p.order_value_micros = c.order_value_micros
    p.lines_in = c.lines
    for i in range(r.n_lines if c.order_value_micros else 0):
        p.order_units += r.lines[i].quantity
    return p


# --- routed ----------------------------------------------------------------------------------------------------------

cdef void quote_route(
    const State* s, const Network* net, const Resolved* r, const Command* c, int64_t now_us, Quote* q, Result* out
) noexcept nogil:
    cdef Place p = asked_place(s, net, r, c, now_us)
    q.n_taken = 0
    result_begin(&p, now_us, out)
    needs_begin(&p, q)
    stock_pass(&p, q)
    if plan_level(&p, q) == PLAN_OK:
        plan_write(&p, q, out)
        plan_grade(&p, q, out)
    else:
        out.relaxed = p.stage_i
        out.nodes_considered = q.problem.n_candidates
        out.evaluations = q.plan.evaluations
    lines_granted(&p, q, out)
    outcome_set(out)
    if out.n_allocations < r.n_lines:
        q.n_taken = 0
        lines_refused(&p, q, out)


# --- pinned ----------------------------------------------------------------------------------------------------------

cdef void rest_gather(const Resolved* r, Resolved* rest) noexcept nogil:
    """The lines without a pin as an order of their own; line_i says where they stand in the whole."""
    cdef ResolvedLine* line
    cdef int32_t b
    cdef int32_t i
    order_reset(rest)
    rest.channel_i = r.channel_i
    rest.postal_i = r.postal_i
    rest.zone_i = r.zone_i
    rest.tz_i = r.tz_i
    rest.pickup_node_i = r.pickup_node_i
    rest.service_level = r.service_level
    rest.cod = r.cod
    rest.policy_i = r.policy_i
    rest.placed_at_us = r.placed_at_us
    rest.required_by_us = r.required_by_us
    rest.has_filter = r.has_filter
    for i in range(r.n_lines):
        if r.lines[i].node_i >= 0:
            continue
        line = &rest.lines[rest.n_lines]
        line[0] = r.lines[i]
        line.line_i = i
        b = r.lines[i].block_i
        if r.block_line[r.block_start[b]] == i:      # first line of its block
            rest.table[b] = rest.n_blocks
            rest.n_blocks += 1
        line.block_i = rest.table[b]
        rest.n_lines += 1
    order_blocks(rest)


cdef void pinned_take(const Place* p, Quote* q) noexcept nogil:
    """Pinned demand goes first: routing sees what is left."""
    cdef const ResolvedLine* line
    cdef int32_t position
    cdef int32_t i
    taken_clear(q)
    for i in range(p.order.n_lines):
        line = &p.order.lines[i]
        q.line_node[i] = line.node_i
        if line.node_i >= 0:
            position = position_find(&p.state.positions, line.sku_i, line.node_i)
            if position >= 0:
                taken_at(q, position)[0] += line.quantity


cdef bint rest_route(Place* p, Quote* q, Result* out) noexcept nogil:
    """Nodes for the unpinned lines; False when some line has none, with its reason in out.lines."""
    cdef Place rest = p[0]
    cdef Resolved order
    cdef int32_t i
    rest_gather(p.order, &q.rest)
    order = q.rest
    order.node_allowed = p.order.node_allowed
    rest.order = &order
    rest.given = False
    place_stage(&rest, 0)
    needs_begin(&rest, q)
    stock_pass(&rest, q)
    if plan_level(&rest, q) == PLAN_OK:
        plan_write(&rest, q, out)
    plan_grade(&rest, q, out)
    place_stage(p, rest.stage_i)         # what was given up for the rest is given up for the whole
    out.optimality = OPT_HEURISTIC       # the best plan around the pins need not be the best with them
    out.gap_micros = -1
    for i in range(out.n_allocations):
        q.line_node[out.allocations[i].line_i] = out.allocations[i].node_i
    if out.n_allocations == order.n_lines:
        out.n_shipments = 0
        out.n_allocations = 0
        return True
    out.n_shipments = 0
    out.n_allocations = 0
    rest_explain(&rest, q, out)
    return False


cdef void rest_explain(const Place* rest, Quote* q, Result* out) noexcept nogil:
    """Reasons of the unpinned lines, moved to their places in the whole order, last first."""
    cdef int32_t i
    lines_granted(rest, q, out)
    q.n_taken = 0
    lines_refused(rest, q, out)
    for i in range(rest.order.n_lines - 1, -1, -1):
        out.lines[rest.order.lines[i].line_i] = out.lines[i]


cdef void quote_pinned(
    const State* s, const Network* net, const Resolved* r, const Command* c, int64_t now_us, Quote* q, Result* out
) noexcept nogil:
    cdef Place p = asked_place(s, net, r, c, now_us)
    cdef bint routed = True
    cdef int32_t i
    p.given = True
    place_stage(&p, 0)
    result_begin(&p, now_us, out)
    pinned_take(&p, q)
    if r.n_pinned < r.n_lines:
        routed = rest_route(&p, q, out)
    if routed or partial_allowed(&p):
        fixed_write(&p, q, out)
        return
    out.n_lines = r.n_lines
    for i in range(r.n_lines):
        if r.lines[i].node_i >= 0:
            out.lines[i].available_after = 0
            out.lines[i].reason = LINE_GRANTED
    refuse_all(&p, out)


# --- promises and tokens ---------------------------------------------------------------------------------------------

cdef void quote_promise(
    const State* s, const Network* net, const Resolved* r, const Command* c, int64_t now_us, Quote* q, Result* out
) noexcept nogil:
    cdef Place p = asked_place(s, net, r, c, now_us)
    p.allow_partial = False
    p.cancels = False            # nothing is ordered yet
    p.max_shipments = 0
    if p.at_us == now_us:
        p.at_us += 1             # a hold ends at order_by and a token is good before it: neither may end now
    q.n_taken = 0
    result_begin(&p, now_us, out)
    options_write(&p, c, now_us, q, out)


cdef void quote_token(
    const State* s, const Network* net, Resolved* r, const Command* c, int64_t now_us, Quote* q, Result* out
) noexcept nogil:
    cdef Place p = place_of(s, net, r, now_us, r.service_level)
    p.given = True
    place_stage(&p, 0)
    result_begin(&p, now_us, out)
    option_redeem(&p, c, now_us, q, out)
    r.service_level = p.level
    r.policy_i = <int32_t>(p.policy - net.policies) % net.n_policies


# --- re-routing ------------------------------------------------------------------------------------------------------

cdef bint reroute_destination(
    const State* s, const Network* net, const Record* record, const Context* context, Resolved* r
) noexcept nogil:
    """Where the order goes and by what terms, as far as this network version still knows them."""
    r.channel_i = record.channel_i
    r.service_level = context.service_level
    r.cod = context.payment == COD
    r.placed_at_us = context.placed_at_us
    r.required_by_us = context.required_by_us
    if context.pickup_node.size > 0:
        r.pickup_node_i = intern_find(&s.nodes, context.pickup_node)
        return r.pickup_node_i >= 0 and r.pickup_node_i < net.n_nodes
    if context.postal_code.size == 0:
        return False
    r.postal_i = intern_find(&net.postal, context.postal_code)
    if r.postal_i < 0:
        return False
    r.zone_i = net.zone_of_postal[r.postal_i]
    r.tz_i = net.zone_tz[r.zone_i]
    return LEVEL_STANDARD <= r.service_level <= LEVEL_PICKUP


cdef int32_t reroute_policy(const Network* net, const Context* context) noexcept nogil:
    """The order's policy by its name, whatever its version is now; the default when there is none of that name."""
    cdef int32_t i
    for i in range(net.n_policies):
        if same_text(context.policy_name, net.policies[i].name):
            return i
    return 0


cdef inline int32_t leaving_units(const AllocationOut* a, int32_t i, int32_t failed_node_i, const int32_t* leaving) noexcept nogil:
    """Units of an allocation that have to leave the failed node: those named, else every open one there."""
    if leaving != NULL:
        return leaving[i]
    return open_units(&a[i]) if a[i].node_i == failed_node_i else 0


cdef void reroute_line(const Context* context, int32_t line_i, int32_t units, Resolved* r) noexcept nogil:
    """Units of a line of the order as a line of their own."""
    cdef const ContextLine* line = &context.lines[line_i]
    cdef ResolvedLine* at = &r.lines[r.n_lines]
    cdef int32_t i
    at.line_i = line_i
    at.sku_i = line.sku_i
    at.node_i = -1
    at.quantity = units
    at.weight_g = line.weight_g
    at.block_i = r.n_blocks
    for i in range(r.n_lines if line.group_id.size > 0 else 0):
        if same_text(line.group_id, context.lines[r.lines[i].line_i].group_id):
            at.block_i = r.lines[i].block_i
            break
    if at.block_i == r.n_blocks:
        r.n_blocks += 1
    r.n_lines += 1


cdef int32_t reroute_lines(
    const Record* record, const Context* context, int32_t failed_node_i, const int32_t* leaving, Resolved* r
) noexcept nogil:
    """The units that leave as lines, in the order of the order's own; how many units."""
    cdef const AllocationOut* a = record_allocations(record)
    cdef int32_t wanted = 0
    cdef int32_t units
    cdef int32_t i
    memset(r.table, 0, context.n_lines * sizeof(int32_t))
    for i in range(record.n_allocations):
        units = leaving_units(a, i, failed_node_i, leaving)
        if units > 0 and a[i].line_i < context.n_lines:
            r.table[a[i].line_i] += units
            wanted += units
    for i in range(context.n_lines):
        if r.table[i]:
            reroute_line(context, i, r.table[i], r)
    return wanted


cdef void nodes_allow(const int32_t* nodes, int32_t n, uint8_t allowed, Resolved* r) noexcept nogil:
    cdef int32_t i
    for i in range(n):
        if 0 <= nodes[i] < r.nodes_max:
            r.node_allowed[nodes[i]] = allowed


cdef void reroute_filter(
    const Context* context, const Record* record, int32_t failed_node_i, int64_t now_us, Resolved* r
) noexcept nogil:
    """The nodes that the order allows, less the failed one and those that failed the reservation lately."""
    cdef const ExclusionOut* failed = record_exclusions(record)
    cdef int32_t i
    r.has_filter = 1
    memset(r.node_allowed, context.n_include == 0, r.nodes_max)
    nodes_allow(context.include_nodes, context.n_include, 1, r)
    nodes_allow(context.exclude_nodes, context.n_exclude, 0, r)
    nodes_allow(&failed_node_i, 1, 0, r)
    for i in range(record.n_exclusions):
        if now_us < failed[i].until_us:
            nodes_allow(&failed[i].node_i, 1, 0, r)


cdef int32_t shipments_kept(
    const Record* record, int32_t failed_node_i, const int32_t* leaving, bint emptied, Quote* q
) noexcept nogil:
    """Shipments with open or fulfilled units; with `emptied` as if all had left that have to."""
    cdef const AllocationOut* a = record_allocations(record)
    cdef int32_t units
    cdef int32_t n = 0
    cdef int32_t i
    memset(q.shipment_used, 0, SHIPMENTS_MAX)
    for i in range(record.n_allocations):
        units = a[i].fulfilled + open_units(&a[i])
        if emptied:
            units -= leaving_units(a, i, failed_node_i, leaving)
        if units > 0 and 0 <= a[i].shipment_i < SHIPMENTS_MAX and not q.shipment_used[a[i].shipment_i]:
            q.shipment_used[a[i].shipment_i] = 1
            n += 1
    return n


cdef int32_t reroute_plan(Place* p, int32_t shipments_used, Quote* q, Result* out) noexcept nogil:
    """Units placed beside so many shipments; the plan is in out."""
    cdef int32_t units = 0
    cdef int32_t i
    out.n_shipments = 0
    out.n_allocations = 0
    p.shipments_used = shipments_used
    place_stage(p, 0)
    q.n_taken = 0
    stock_pass(p, q)
    if plan_level(p, q) == PLAN_OK:
        plan_write(p, q, out)
    plan_grade(p, q, out)
    for i in range(out.n_allocations):
        units += out.allocations[i].granted
    return units


cdef int32_t reroute_bound(
    Place* p, const Record* record, int32_t failed_node_i, const int32_t* leaving, int32_t wanted, Quote* q, Result* out
) noexcept nogil:
    """First as if all leave that have to; when they do not, their shipments count on and the rest must do with less."""
    cdef int32_t least = shipments_kept(record, failed_node_i, leaving, True, q)
    cdef int32_t most = shipments_kept(record, failed_node_i, leaving, False, q)
    cdef int32_t units = reroute_plan(p, least, q, out)
    cdef int32_t allowed = q.problem.max_shipments
    if units == wanted or allowed == 0 or out.n_shipments + most <= allowed + least:
        return units
    return reroute_plan(p, most, q, out)


cdef int64_t reroute_effort(const Place* p) noexcept nogil:
    """Evaluations for a long re-route; a policy may ask for fewer."""
    if p.order.n_lines > LINES_SEARCHED_SHORT:
        return 1
    return p.policy.effort if 0 < p.policy.effort < EFFORT_SHORT else EFFORT_SHORT


cdef int32_t quote_reroute(
    const State* s, const Network* net, const Record* record, const Context* context, int32_t failed_node_i,
    const int32_t* leaving, int64_t now_us, Quote* q, Resolved* r, Result* out
) noexcept nogil:
    cdef Place p
    cdef int32_t wanted
    cdef int32_t units
    cdef int32_t i
    order_reset(r)
    r.policy_i = reroute_policy(net, context)
    p = place_of(s, net, r, now_us, LEVEL_STANDARD)
    result_begin(&p, now_us, out)
    if not record.committed and record.expires_at_us and record.expires_at_us <= now_us:
        return 0
    if not reroute_destination(s, net, record, context, r):
        return 0
    wanted = reroute_lines(record, context, failed_node_i, leaving, r)
    if r.n_lines == 0:
        return 0
    order_blocks(r)
    reroute_filter(context, record, failed_node_i, now_us, r)
    p = place_of(s, net, r, now_us, r.service_level)
    if record.dated and p.at_us == now_us:
        p.at_us += 1             # the hold ends at order_by, which may not be now
    p.allow_partial = True
    p.max_shipments = context.max_shipments
    p.order_value_micros = context.order_value_micros
    p.lines_kept = context.lines
    if r.n_lines > LINES_SEARCHED:
        p.effort = reroute_effort(&p)
    for i in range(context.n_lines):
        p.order_units += context.lines[i].quantity
    needs_begin(&p, q)
    units = reroute_bound(&p, record, failed_node_i, leaving, wanted, q, out)
    outcome_set(out)
    return units
