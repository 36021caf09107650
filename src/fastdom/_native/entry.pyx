"""Packing and unpacking of journal entries, order contexts and answers (journal format 1)."""

from libc.stdint cimport INT16_MAX, INT32_MAX, INT32_MIN, uint32_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

from fastdom._native.command cimport (
    AllocationOut, CostOut, ExclusionOut, IMPORT_ROWS_MAX, KIND_ADJUST, KIND_ADVANCE, KIND_COMMIT, KIND_EXTEND, KIND_FULFILL, KIND_IMPORT,
    KIND_INTERN, KIND_NETWORK, KIND_NODE_STATUS, KIND_POLICY, KIND_PROMISE, KIND_RAISE, KIND_REFUSED, KIND_RELEASE,
    KIND_REROUTE, KIND_RESERVE, KIND_RESOLVE, KIND_ROUTE, KIND_SET, LINES_MAX, LineOut, NODE_LIST_MAX, OBJECTIVES, OPTIONS_MAX,
    OptionOut, SHIPMENTS_MAX, ShipmentOut, TOKEN_MAX,
)
from fastdom._native.memory cimport map_touch
from fastdom._native.varint cimport (
    Reader, get, get_bytes, get_count, get_signed, get_word, put, put_bytes, put_signed, put_time, put_word,
)


cdef enum:
    RESULT_BOUND = 256           # bytes of a decision's fixed part, at most
    SHIPMENT_BOUND = 110         # besides its costs by objective
    COST_BOUND = 16              # one of them
    ALLOCATION_BOUND = 48
    LINE_BOUND = 24
    OPTION_BOUND = 700
    CONTEXT_BOUND = 192          # besides texts, node lists and lines
    CONTEXT_NODE_BOUND = 5       # one node of a list
    CONTEXT_LINE_BOUND = 32      # besides its texts
    MOVES_BOUND = 96             # what a re-route remembers, besides its lists
    EXCLUSION_BOUND = 16         # one of them
    STRANDED_BOUND = 5           # units of one allocation
    TAG_MOVES = 4                # the extension that holds it
    READ_LATER = 2               # Reader.bad: what follows is of a later version


cdef inline bint names_reservation(int32_t kind) noexcept nogil:
    """RESERVE, ROUTE, PROMISE, COMMIT, EXTEND, RELEASE, FULFILL, REROUTE: the decision is about one reservation."""
    return KIND_RESERVE <= kind <= KIND_FULFILL or kind == KIND_REROUTE


# --- extensions ----------------------------------------------------------------------------------------------------

cdef inline char* no_extensions(char* at) noexcept nogil:
    return put(at, 0)


cdef inline void read_later(Reader* r) noexcept nogil:
    """Nothing may be passed over: an entry with an extension that is not known is of a later version."""
    if not r.bad:
        r.bad = READ_LATER
        r.at = r.end


cdef inline void no_extensions_unpack(Reader* r) noexcept nogil:
    if get(r):
        read_later(r)


cdef inline int verdict(const Reader* r) noexcept nogil:
    """0 when all was read and nothing is left."""
    if r.bad == READ_LATER:
        return ENTRY_LATER
    return ENTRY_MALFORMED if r.bad or r.at != r.end else 0


# --- order context -------------------------------------------------------------------------------------------------

cdef int64_t context_bound(const Context* context) noexcept nogil:
    cdef int64_t size = CONTEXT_BOUND
    cdef const ContextLine* line
    cdef int32_t i
    size += context.order_id.size + context.country_code.size + context.postal_code.size + context.pickup_node.size
    size += context.currency_code.size + context.policy_name.size
    size += (<int64_t>context.n_include + context.n_exclude) * CONTEXT_NODE_BOUND
    for i in range(context.n_lines):
        line = &context.lines[i]
        size += CONTEXT_LINE_BOUND + line.line_id.size + line.group_id.size + line.attributes.size
    return size


cdef char* nodes_pack(char* at, const int32_t* nodes, int32_t n) noexcept nogil:
    cdef int32_t i
    at = put(at, <uint64_t>n)
    for i in range(n):
        at = put(at, <uint64_t>nodes[i])
    return at


cdef int32_t nodes_unpack(Reader* r, int32_t* nodes) noexcept nogil:
    """How many there are."""
    cdef int32_t n = <int32_t>get_count(r, NODE_LIST_MAX)
    cdef int32_t i
    for i in range(n):
        nodes[i] = <int32_t>get_count(r, INT32_MAX)
    return n


cdef char* point_pack(char* at, const Context* context) noexcept nogil:
    """Whether there are coordinates, then both."""
    if context.latitude_e7 == INT32_MIN:
        return put(at, 0)
    at = put(at, 1)
    at = put_signed(at, context.latitude_e7)
    return put_signed(at, context.longitude_e7)


cdef void point_unpack(Reader* r, Context* context) noexcept nogil:
    context.latitude_e7 = INT32_MIN
    context.longitude_e7 = INT32_MIN
    if get_count(r, 1):
        context.latitude_e7 = <int32_t>get_signed(r)
        context.longitude_e7 = <int32_t>get_signed(r)


cdef char* context_line_pack(char* at, const ContextLine* line) noexcept nogil:
    at = put_bytes(at, line.line_id)
    at = put_bytes(at, line.group_id)
    at = put_bytes(at, line.attributes)
    at = put_signed(at, line.sku_i)
    at = put_signed(at, line.node_i)
    at = put_signed(at, line.quantity)
    return put_signed(at, line.weight_g)


cdef void context_line_unpack(Reader* r, ContextLine* line) noexcept nogil:
    line.line_id = get_bytes(r)
    line.group_id = get_bytes(r)
    line.attributes = get_bytes(r)
    line.sku_i = <int32_t>get_signed(r)
    line.node_i = <int32_t>get_signed(r)
    line.quantity = <int32_t>get_signed(r)
    line.weight_g = <int32_t>get_signed(r)


cdef int64_t context_pack(const Context* context, char* out) noexcept nogil:
    cdef char* at = out
    cdef int32_t i
    at = put_bytes(at, context.order_id)
    at = put_bytes(at, context.country_code)
    at = put_bytes(at, context.postal_code)
    at = put_bytes(at, context.pickup_node)
    at = put_bytes(at, context.currency_code)
    at = put_bytes(at, context.policy_name)
    at = put(at, <uint64_t>context.policy_version)
    at = put(at, <uint64_t>context.network_version)
    at = put_signed(at, context.zone_i)
    at = point_pack(at, context)
    at = put(at, <uint64_t>context.service_level)
    at = put(at, <uint64_t>context.payment)
    at = put(at, <uint64_t>context.mode)
    at = put(at, <uint64_t>context.allow_partial)
    at = put(at, <uint64_t>context.max_shipments)
    at = put_signed(at, context.effort)
    at = put_time(at, context.placed_at_us)
    at = put_signed(at, context.required_by_us)
    at = put_signed(at, context.order_value_micros)
    at = nodes_pack(at, context.include_nodes, context.n_include)
    at = nodes_pack(at, context.exclude_nodes, context.n_exclude)
    at = put(at, <uint64_t>context.n_lines)
    for i in range(context.n_lines):
        at = context_line_pack(at, &context.lines[i])
    return no_extensions(at) - out


cdef int context_unpack(Slice data, Context* context) noexcept nogil:
    cdef Reader r
    cdef int32_t i
    r.at = data.data
    r.end = data.data + data.size
    r.bad = 0
    context.order_id = get_bytes(&r)
    context.country_code = get_bytes(&r)
    context.postal_code = get_bytes(&r)
    context.pickup_node = get_bytes(&r)
    context.currency_code = get_bytes(&r)
    context.policy_name = get_bytes(&r)
    context.policy_version = <int32_t>get(&r)
    context.network_version = <int32_t>get(&r)
    context.zone_i = <int32_t>get_signed(&r)
    point_unpack(&r, context)
    context.service_level = <int32_t>get(&r)
    context.payment = <int32_t>get(&r)
    context.mode = <int32_t>get(&r)
    context.allow_partial = <int32_t>get(&r)
    context.max_shipments = <int32_t>get(&r)
    context.effort = get_signed(&r)
    context.placed_at_us = get_signed(&r)
    context.required_by_us = get_signed(&r)
    context.order_value_micros = get_signed(&r)
    context.n_include = nodes_unpack(&r, context.include_nodes)
    context.n_exclude = nodes_unpack(&r, context.exclude_nodes)
    context.n_lines = <int32_t>get_count(&r, LINES_MAX)
    for i in range(context.n_lines):
        context_line_unpack(&r, &context.lines[i])
    no_extensions_unpack(&r)
    return verdict(&r)


# --- decisions -----------------------------------------------------------------------------------------------------

cdef enum:
    SPLIT_PENALTY = 2            # index of the objective
    OWN_TOTAL = 1                # the shipment's cost is not the sum by objective; objective i is bit i + 1


cdef inline uint64_t costs_some(const CostOut* costs) noexcept nogil:
    """Bit i + 1 of every objective that is not 0."""
    cdef uint64_t some = 0
    cdef int i
    for i in range(OBJECTIVES):
        some |= <uint64_t>((costs.raw_micros[i] | costs.cost_micros[i]) != 0) << (i + 1)
    return some


cdef inline char* costs_pack(char* at, const ShipmentOut* s, const CostOut* costs) noexcept nogil:
    """Which objectives cost something, and what each does."""
    cdef uint64_t some = costs_some(costs)
    cdef int64_t total = 0
    cdef int i
    for i in range(OBJECTIVES):
        total += costs.cost_micros[i]
    if total != s.cost_micros or costs.cost_micros[SPLIT_PENALTY] != s.penalty_micros:
        some |= OWN_TOTAL
    at = put(at, some)
    if some & OWN_TOTAL:
        at = put_time(at, s.cost_micros)
        at = put_time(at, s.penalty_micros)
    for i in range(OBJECTIVES):
        if some >> (i + 1) & 1:
            at = put_time(at, costs.raw_micros[i])
            at = put_signed(at, costs.cost_micros[i] - costs.raw_micros[i])
    return at


cdef inline void costs_unpack(Reader* r, ShipmentOut* s, CostOut* costs, int32_t n_objectives) noexcept nogil:
    cdef uint64_t some = get(r)
    cdef int i
    memset(costs, 0, sizeof(CostOut))
    s.cost_micros = 0
    s.penalty_micros = 0
    if some >> (n_objectives + 1):
        r.bad = 1
        return
    if some & OWN_TOTAL:
        s.cost_micros = get_signed(r)
        s.penalty_micros = get_signed(r)
    for i in range(n_objectives):
        if some >> (i + 1) & 1:
            costs.raw_micros[i] = get_signed(r)
            costs.cost_micros[i] = costs.raw_micros[i] + get_signed(r)
            if not some & OWN_TOTAL:
                s.cost_micros += costs.cost_micros[i]
    if not some & OWN_TOTAL:
        s.penalty_micros = costs.cost_micros[SPLIT_PENALTY]


cdef char* shipment_pack(char* at, const ShipmentOut* s, const CostOut* costs, int64_t base_us) noexcept nogil:
    at = put(at, <uint64_t>s.node_i)
    at = put_signed(at, s.service_i)
    at = put_signed(at, s.ship_day)
    at = put(at, <uint64_t>s.capacity_taken)
    at = put(at, <uint64_t>s.units)
    at = put(at, <uint64_t>s.n_allocations)
    at = put_signed(at, s.distance_m)
    at = put_signed(at, s.weight_g)
    at = put_time(at, s.order_by_us - base_us)
    at = put_time(at, s.ship_at_us - base_us)
    at = put_time(at, s.arrive_from_us - s.ship_at_us)
    at = put_time(at, s.arrive_by_us - s.arrive_from_us)
    return costs_pack(at, s, costs)


cdef void shipment_unpack(
    Reader* r, ShipmentOut* s, CostOut* costs, int64_t base_us, int32_t n_objectives
) noexcept nogil:
    s.node_i = <int32_t>get(r)
    s.service_i = <int32_t>get_signed(r)
    s.ship_day = <int32_t>get_signed(r)
    s.capacity_taken = <int32_t>get(r)
    s.units = <int32_t>get(r)
    s.n_allocations = <int32_t>get(r)
    s.distance_m = <int32_t>get_signed(r)
    s.reserved = 0
    s.weight_g = get_signed(r)
    s.order_by_us = base_us + get_signed(r)
    s.ship_at_us = base_us + get_signed(r)
    s.arrive_from_us = s.ship_at_us + get_signed(r)
    s.arrive_by_us = s.arrive_from_us + get_signed(r)
    costs_unpack(r, s, costs, n_objectives)


cdef char* option_pack(char* at, const OptionOut* o, int64_t base_us) noexcept nogil:
    cdef Slice token
    at = put(at, <uint64_t>o.service_level)
    at = put(at, <uint64_t>o.first_shipment)
    at = put(at, <uint64_t>o.n_shipments)
    at = put(at, <uint64_t>o.first_allocation)
    at = put(at, <uint64_t>o.n_allocations)
    at = put(at, <uint64_t>o.optimality)
    at = put(at, <uint64_t>o.confidence_permille)
    at = put_signed(at, o.order_by_us - base_us)
    at = put_signed(at, o.ship_from_us - base_us)
    at = put_signed(at, o.ship_by_us - base_us)
    at = put_signed(at, o.arrive_from_us - base_us)
    at = put_signed(at, o.arrive_by_us - base_us)
    at = put_signed(at, o.valid_until_us - base_us)
    at = put_signed(at, o.cost_micros)
    token.data = <const char*>o.token
    token.size = o.token_size
    return put_bytes(at, token)


cdef void option_unpack(Reader* r, OptionOut* o, int64_t base_us) noexcept nogil:
    cdef Slice token
    o.service_level = <int32_t>get(r)
    o.first_shipment = <int32_t>get_count(r, SHIPMENTS_MAX * OPTIONS_MAX)
    o.n_shipments = <int32_t>get_count(r, SHIPMENTS_MAX)
    o.first_allocation = <int32_t>get_count(r, LINES_MAX * OPTIONS_MAX)
    o.n_allocations = <int32_t>get_count(r, LINES_MAX)
    o.optimality = <int32_t>get(r)
    o.confidence_permille = <int32_t>get(r)
    o.order_by_us = base_us + get_signed(r)
    o.ship_from_us = base_us + get_signed(r)
    o.ship_by_us = base_us + get_signed(r)
    o.arrive_from_us = base_us + get_signed(r)
    o.arrive_by_us = base_us + get_signed(r)
    o.valid_until_us = base_us + get_signed(r)
    o.cost_micros = get_signed(r)
    token = get_bytes(r)
    if token.size > TOKEN_MAX:
        r.bad = 1
        return
    o.token_size = token.size
    if token.size:
        memcpy(o.token, token.data, token.size)


cdef char* reservation_pack(char* at, int32_t kind, const Result* x) noexcept nogil:
    """The decision about a reservation: what was planned, what it is after the command."""
    cdef const AllocationOut* a
    cdef const LineOut* line
    cdef int32_t i
    at = put(at, <uint64_t>x.outcome)
    at = put(at, <uint64_t>x.optimality)
    at = put(at, <uint64_t>x.split_count)
    at = put_time(at, x.total_micros)
    at = put_signed(at, x.gap_micros)
    at = put(at, <uint64_t>x.nodes_considered)
    at = put(at, <uint64_t>x.evaluations)
    at = put(at, <uint64_t>x.network_version)
    at = put(at, <uint64_t>x.policy_version)
    at = put(at, <uint64_t>x.token_difference)
    at = put(at, <uint64_t>x.held_option)
    at = put(at, <uint64_t>x.reacquired)
    at = put(at, <uint64_t>x.count_mismatch)
    at = put(at, <uint64_t>x.has_reservation)
    if x.has_reservation:
        at = put_word(at, x.reservation_id[0])
        at = put_word(at, x.reservation_id[1])
        at = put(at, <uint64_t>x.state)
        at = put_signed(at, x.channel_i)
        at = put(at, <uint64_t>x.committed)
        at = put(at, <uint64_t>x.needs_attention)
        at = put(at, <uint64_t>x.dated)
        at = put_time(at, x.expires_at_us - x.now_us if x.expires_at_us else -x.now_us)
        at = put_signed(at, x.now_us - x.created_at_us)
        at = put(at, <uint64_t>x.version)
        at = put(at, <uint64_t>x.service_level)
    at = put(at, OBJECTIVES)
    at = put(at, <uint64_t>x.n_shipments)
    for i in range(x.n_shipments):
        at = shipment_pack(at, &x.shipments[i], &x.costs[i], x.now_us)
    at = put(at, <uint64_t>x.n_allocations)
    for i in range(x.n_allocations):
        a = &x.allocations[i]
        at = put(at, <uint64_t>a.line_i)
        at = put(at, <uint64_t>a.sku_i)
        at = put(at, <uint64_t>a.shipment_i)
        at = put(at, <uint64_t>a.node_i)
        at = put(at, <uint64_t>a.granted)
        at = put(at, <uint64_t>a.fulfilled)
        at = put(at, <uint64_t>a.released)
        at = put(at, <uint64_t>a.expired)
    at = put(at, <uint64_t>x.n_lines)
    for i in range(x.n_lines):
        line = &x.lines[i]
        at = put(at, <uint64_t>line.granted)
        at = put(at, <uint64_t>line.shortfall)
        at = put_signed(at, line.available_after)
        at = put(at, <uint64_t>line.reason)
    if kind == KIND_PROMISE:
        at = put(at, <uint64_t>x.n_options)
        for i in range(x.n_options):
            at = option_pack(at, &x.options[i], x.now_us)
    return at


cdef void reservation_unpack(Reader* r, int32_t kind, Result* x) noexcept nogil:
    cdef AllocationOut* a
    cdef LineOut* line
    cdef uint64_t n_objectives
    cdef int32_t i
    x.outcome = <int32_t>get(r)
    x.optimality = <int32_t>get(r)
    x.split_count = <int32_t>get(r)
    x.total_micros = get_signed(r)
    x.gap_micros = get_signed(r)
    x.nodes_considered = <int32_t>get(r)
    x.evaluations = <int64_t>get(r)
    x.network_version = <int32_t>get(r)
    x.policy_version = <int32_t>get(r)
    x.token_difference = <int32_t>get(r)
    x.held_option = <int32_t>get(r)
    x.reacquired = <int32_t>get(r)
    x.count_mismatch = <int32_t>get(r)
    x.has_reservation = <int32_t>get(r)
    if x.has_reservation:
        x.reservation_id[0] = get_word(r)
        x.reservation_id[1] = get_word(r)
        x.state = <int32_t>get(r)
        x.channel_i = <int32_t>get_signed(r)
        x.committed = <int32_t>get(r)
        x.needs_attention = <int32_t>get(r)
        x.dated = <int32_t>get(r)
        x.expires_at_us = x.now_us + get_signed(r)
        x.created_at_us = x.now_us - get_signed(r)
        x.version = <int64_t>get(r)
        x.service_level = <int32_t>get(r)
    n_objectives = get(r)        # an older entry has fewer: the later ones cost nothing then
    if n_objectives > OBJECTIVES and not r.bad:
        r.bad = READ_LATER
        r.at = r.end
    x.n_shipments = <int32_t>get_count(r, SHIPMENTS_MAX * OPTIONS_MAX)
    for i in range(x.n_shipments):
        shipment_unpack(r, &x.shipments[i], &x.costs[i], x.now_us, <int32_t>n_objectives)
    x.n_allocations = <int32_t>get_count(r, LINES_MAX * OPTIONS_MAX)
    for i in range(x.n_allocations):
        a = &x.allocations[i]
        a.line_i = <int32_t>get_count(r, LINES_MAX - 1)
        a.sku_i = <int32_t>get(r)
        a.shipment_i = <int32_t>get_count(r, SHIPMENTS_MAX - 1)
        a.node_i = <int32_t>get(r)
        a.granted = <int32_t>get(r)
        a.fulfilled = <int32_t>get(r)
        a.released = <int32_t>get(r)
        a.expired = <int32_t>get(r)
    x.n_lines = <int32_t>get_count(r, LINES_MAX)
    for i in range(x.n_lines):
        line = &x.lines[i]
        line.granted = <int32_t>get(r)
        line.shortfall = <int32_t>get(r)
        line.available_after = <int32_t>get_signed(r)
        line.reason = <int32_t>get(r)
    if kind == KIND_PROMISE:
        x.n_options = <int32_t>get_count(r, OPTIONS_MAX)
        for i in range(x.n_options):
            option_unpack(r, &x.options[i], x.now_us)


cdef inline void put_padded(char* at, uint64_t value) noexcept nogil:
    """A varint of exactly five bytes, so that what it counts need not move once its length is known."""
    cdef int i
    for i in range(4):
        at[i] = <char>(<uint8_t>((value & 0x7F) | 0x80))
        value >>= 7
    at[4] = <char>(<uint8_t>value)


cdef char* moves_pack(char* at, const Result* x) noexcept nogil:
    """The extension of a re-route: which node failed, what became of the units, and the nodes that get none of them."""
    cdef char* body
    cdef int32_t i
    at = put(at, TAG_MOVES)
    body = at + 5
    at = put(body, <uint64_t>x.node_i)
    at = put(at, <uint64_t>x.rerouted)
    at = put(at, <uint64_t>x.stranded)
    at = put(at, <uint64_t>x.attempts)
    at = put(at, <uint64_t>x.first_moved)
    at = put(at, <uint64_t>x.stranded_reason)
    at = put(at, <uint64_t>x.exception_id)
    at = put(at, <uint64_t>x.n_exclusions)
    for i in range(x.n_exclusions):
        at = put(at, <uint64_t>x.exclusions[i].node_i)
        at = put(at, <uint64_t>x.exclusions[i].reason)
        at = put_time(at, x.exclusions[i].until_us - x.now_us)
    for i in range(x.n_allocations):
        at = put(at, <uint64_t>x.stranded_units[i])
    at = put_bytes(at, x.short_picks)
    put_padded(body - 5, <uint64_t>(at - body))
    return at


cdef void moves_unpack(Reader* r, Result* x) noexcept nogil:
    """It, or none: a re-route of an entry without it remembers nothing."""
    cdef uint64_t n = get(r)
    cdef uint64_t length
    cdef const char* end
    cdef int32_t i
    if n == 0:
        return
    if n != 1 or get(r) != TAG_MOVES:
        read_later(r)
        return
    length = get(r)
    if r.bad or length > <uint64_t>(r.end - r.at):
        r.bad = 1
        return
    end = r.at + length
    x.has_moves = 1
    x.node_i = <int32_t>get_count(r, INT32_MAX)
    x.rerouted = <int32_t>get_count(r, INT32_MAX)
    x.stranded = <int32_t>get_count(r, INT32_MAX)
    x.attempts = <int32_t>get_count(r, INT16_MAX)
    x.first_moved = <int32_t>get_count(r, SHIPMENTS_MAX)
    x.stranded_reason = <int32_t>get_count(r, INT32_MAX)
    x.exception_id = <int64_t>get(r)
    x.n_exclusions = <int32_t>get_count(r, NODE_LIST_MAX - 1)
    for i in range(x.n_exclusions):
        x.exclusions[i].node_i = <int32_t>get_count(r, INT32_MAX)
        x.exclusions[i].reason = <int32_t>get_count(r, INT32_MAX)
        x.exclusions[i].until_us = x.now_us + get_signed(r)
    for i in range(x.n_allocations):
        x.stranded_units[i] = <int32_t>get_count(r, INT32_MAX)
    x.short_picks = get_bytes(r)
    if r.at != end:
        r.bad = 1


cdef char* stock_pack(char* at, const Result* x) noexcept nogil:
    at = put_signed(at, x.sku_i)
    at = put_signed(at, x.node_i)
    at = put_signed(at, x.on_hand)
    at = put_signed(at, x.held)
    at = put_signed(at, x.committed_units)
    at = put_signed(at, x.safety_stock)
    at = put_signed(at, x.routing_reserve)
    at = put_signed(at, x.available)
    at = put_signed(at, x.shortfall)
    return put_signed(at, x.on_hand_version)


cdef void stock_unpack(Reader* r, Result* x) noexcept nogil:
    x.sku_i = <int32_t>get_signed(r)
    x.node_i = <int32_t>get_signed(r)
    x.on_hand = <int32_t>get_signed(r)
    x.held = <int32_t>get_signed(r)
    x.committed_units = <int32_t>get_signed(r)
    x.safety_stock = <int32_t>get_signed(r)
    x.routing_reserve = <int32_t>get_signed(r)
    x.available = <int32_t>get_signed(r)
    x.shortfall = <int32_t>get_signed(r)
    x.on_hand_version = get_signed(r)


cdef char* answer_pack(char* at, int32_t kind, const Result* x) noexcept nogil:
    at = put_time(at, x.now_us)
    at = put(at, <uint64_t>x.status.reason)
    if x.status.reason:
        at = put(at, <uint64_t>x.status.field)
        at = put_signed(at, x.status.line_i)
    elif names_reservation(kind):
        at = reservation_pack(at, kind, x)
    elif kind == KIND_ADJUST or kind == KIND_SET:
        at = stock_pack(at, x)
    elif kind == KIND_NODE_STATUS:
        at = put_signed(at, x.node_i)
    elif kind == KIND_RESOLVE:
        at = put_signed(at, x.exception_id)
    elif kind == KIND_NETWORK:
        at = put(at, <uint64_t>x.network_version)
        at = put(at, <uint64_t>x.activated)
    elif kind == KIND_POLICY:
        at = put(at, <uint64_t>x.policy_version)
    elif kind == KIND_IMPORT:
        at = put(at, <uint64_t>x.rows_applied)
        at = put_bytes(at, x.refused_rows)
    if kind == KIND_REROUTE and x.has_moves and x.status.reason == 0:
        return moves_pack(put(at, 1), x)
    return no_extensions(at)


cdef int answer_unpack(int32_t kind, Slice answer, Result* x) noexcept nogil:
    cdef Reader r
    r.at = answer.data
    r.end = answer.data + answer.size
    r.bad = 0
    result_clear(x)
    x.now_us = get_signed(&r)
    x.status.reason = <int32_t>get(&r)
    if x.status.reason:
        x.status.field = <int32_t>get(&r)
        x.status.line_i = <int32_t>get_signed(&r)
    elif names_reservation(kind):
        reservation_unpack(&r, kind, x)
    elif kind == KIND_ADJUST or kind == KIND_SET:
        stock_unpack(&r, x)
    elif kind == KIND_NODE_STATUS:
        x.node_i = <int32_t>get_signed(&r)
    elif kind == KIND_RESOLVE:
        x.exception_id = get_signed(&r)
    elif kind == KIND_NETWORK:
        x.network_version = <int32_t>get(&r)
        x.activated = <int32_t>get(&r)
    elif kind == KIND_POLICY:
        x.policy_version = <int32_t>get(&r)
    elif kind == KIND_IMPORT:
        x.rows_applied = <int32_t>get_count(&r, IMPORT_ROWS_MAX)
        x.refused_rows = get_bytes(&r)
    if kind == KIND_REROUTE and x.status.reason == 0:
        moves_unpack(&r, x)
    else:
        no_extensions_unpack(&r)
    return verdict(&r)


# --- entries -------------------------------------------------------------------------------------------------------

cdef int64_t entry_bound(const Entry* e) noexcept nogil:
    cdef int64_t size = ENTRY_HEAD_MAX + RESULT_BOUND + e.text.size + e.context.size + 16
    cdef uint64_t some
    cdef int32_t i
    if e.result != NULL:
        for i in range(e.result.n_shipments):
            some = costs_some(&e.result.costs[i])
            while some:
                size += COST_BOUND
                some &= some - 1
        size += <int64_t>e.result.n_shipments * SHIPMENT_BOUND + <int64_t>e.result.n_allocations * ALLOCATION_BOUND
        size += <int64_t>e.result.n_lines * LINE_BOUND + <int64_t>e.result.n_options * OPTION_BOUND
        size += e.result.refused_rows.size
        if e.result.has_moves:
            size += MOVES_BOUND + <int64_t>e.result.n_exclusions * EXCLUSION_BOUND + e.result.short_picks.size
            size += <int64_t>e.result.n_allocations * STRANDED_BOUND
    return size


cdef inline int32_t args_of(int32_t kind) noexcept nogil:
    """How many of e.args the kind writes."""
    if kind == KIND_RAISE:
        return 4
    if kind == KIND_ADJUST or kind == KIND_INTERN or kind == KIND_REROUTE:
        return 2
    if (
        kind == KIND_SET or kind == KIND_IMPORT or kind == KIND_NODE_STATUS or kind == KIND_ADVANCE
        or kind == KIND_NETWORK
    ):
        return 1
    return 0


cdef inline bint has_text(int32_t kind) noexcept nogil:
    """Whether the kind writes e.text."""
    return (
        kind == KIND_INTERN or kind == KIND_NETWORK or kind == KIND_RESOLVE or kind == KIND_IMPORT or kind == KIND_POLICY
    )


cdef int64_t entry_pack(Entry* e, int64_t before_us, char* out) noexcept nogil:
    cdef char* body = out + 2 + 5                    # kind, flags, then the length in exactly five bytes
    cdef char* at = body
    cdef char* answer
    cdef uint32_t answer_size
    cdef int32_t i
    at = put(at, <uint64_t>(e.now_us - before_us))
    at = put(at, <uint64_t>e.tenant_i)
    if e.has_request:
        at = put_word(at, e.key[0])
        at = put_word(at, e.key[1])
        at = put_word(at, e.fingerprint[0])
        at = put_word(at, e.fingerprint[1])
    for i in range(args_of(e.kind)):
        at = put_signed(at, e.args[i])
    if has_text(e.kind):
        at = put_bytes(at, e.text)
    at += 4                                          # room for the answer's length
    answer = at
    if e.result != NULL:
        at = answer_pack(at, e.kind, e.result)
    e.answer.size = <int32_t>(at - answer)
    answer_size = <uint32_t>e.answer.size
    memcpy(answer - 4, &answer_size, 4)
    if e.context.size:
        at = put_bytes(at, e.context)
    out[0] = <char>e.kind
    out[1] = <char>((FLAG_REQUEST if e.has_request else 0) | (FLAG_CONTEXT if e.context.size else 0))
    put_padded(out + 2, <uint64_t>(at - body))
    e.answer.data = answer
    return at - out


cdef int64_t entry_unpack(
    const char* data, int64_t size, int64_t before_us, Entry* e, Context* context
) noexcept nogil:
    cdef Reader r
    cdef uint64_t length
    cdef uint32_t answer_size
    cdef int flags
    cdef int status
    cdef int32_t i
    if size < 3:
        return ENTRY_MALFORMED
    r.at = data + 2
    r.end = data + size
    r.bad = 0
    length = get(&r)
    if r.bad or length > <uint64_t>(r.end - r.at):
        return ENTRY_MALFORMED
    r.end = r.at + length
    e.kind = <uint8_t>data[0]
    flags = <uint8_t>data[1]
    if flags & ~(FLAG_REQUEST | FLAG_CONTEXT):
        return ENTRY_LATER
    e.now_us = before_us + <int64_t>get(&r)
    e.tenant_i = <int32_t>get(&r)
    e.has_request = flags & FLAG_REQUEST
    if e.has_request:
        e.key[0] = get_word(&r)
        e.key[1] = get_word(&r)
        e.fingerprint[0] = get_word(&r)
        e.fingerprint[1] = get_word(&r)
    for i in range(args_of(e.kind)):
        e.args[i] = get_signed(&r)
    e.text.size = 0
    e.text.data = NULL
    if has_text(e.kind):
        e.text = get_bytes(&r)
    if r.bad or r.end - r.at < 4:
        return ENTRY_MALFORMED
    memcpy(&answer_size, r.at, 4)
    r.at += 4
    if answer_size > <uint64_t>(r.end - r.at):
        return ENTRY_MALFORMED
    e.answer.data = r.at
    e.answer.size = <int32_t>answer_size
    r.at += answer_size
    e.context.size = 0
    e.context.data = NULL
    if flags & FLAG_CONTEXT:
        e.context = get_bytes(&r)
    if r.bad or r.at != r.end:
        return ENTRY_MALFORMED
    status = context_unpack(e.context, context) if flags & FLAG_CONTEXT else 0
    if status != 0:
        return status
    if answer_size:
        status = answer_unpack(e.kind, e.answer, e.result)
        if status != 0:
            return status
        if e.kind == KIND_REFUSED and e.result.status.reason == 0:
            return ENTRY_MALFORMED
    else:
        result_clear(e.result)
    return r.end - data


cdef bint entry_key(const char* data, int64_t size, uint64_t* key) noexcept nogil:
    cdef Reader r
    if size < 3 or not <uint8_t>data[1] & FLAG_REQUEST:
        return False
    r.at = data + 2
    r.end = data + size
    r.bad = 0
    get(&r)                      # length
    get(&r)                      # time
    get(&r)                      # tenant
    key[0] = get_word(&r)
    return not r.bad


cdef class ResultBuffers:
    def __cinit__(self):
        memset(&self.result, 0, sizeof(Result))
        self.result.shipments = <ShipmentOut*>calloc(SHIPMENTS_MAX * OPTIONS_MAX, sizeof(ShipmentOut))
        self.result.costs = <CostOut*>calloc(SHIPMENTS_MAX * OPTIONS_MAX, sizeof(CostOut))
        self.result.allocations = <AllocationOut*>calloc(LINES_MAX * OPTIONS_MAX, sizeof(AllocationOut))
        self.result.lines = <LineOut*>calloc(LINES_MAX, sizeof(LineOut))
        self.result.options = <OptionOut*>calloc(OPTIONS_MAX, sizeof(OptionOut))
        self.result.line_ids = <Slice*>calloc(LINES_MAX, sizeof(Slice))
        self.result.exclusions = <ExclusionOut*>calloc(NODE_LIST_MAX, sizeof(ExclusionOut))
        self.result.stranded_units = <int32_t*>calloc(LINES_MAX * OPTIONS_MAX, sizeof(int32_t))
        self.context_lines = <ContextLine*>calloc(LINES_MAX, sizeof(ContextLine))
        if (
            self.result.shipments == NULL or self.result.allocations == NULL or self.result.lines == NULL
            or self.result.options == NULL or self.result.line_ids == NULL or self.context_lines == NULL
            or self.result.exclusions == NULL or self.result.stranded_units == NULL or self.result.costs == NULL
        ):
            raise MemoryError("result buffers")
        # touched now, not under the lock by the first large result
        map_touch(self.result.shipments, SHIPMENTS_MAX * OPTIONS_MAX * sizeof(ShipmentOut))
        map_touch(self.result.costs, SHIPMENTS_MAX * OPTIONS_MAX * sizeof(CostOut))
        map_touch(self.result.allocations, LINES_MAX * OPTIONS_MAX * sizeof(AllocationOut))

    def __dealloc__(self):
        free(self.result.shipments)
        free(self.result.costs)
        free(self.result.allocations)
        free(self.result.lines)
        free(self.result.options)
        free(self.result.line_ids)
        free(self.result.exclusions)
        free(self.result.stranded_units)
        free(self.context_lines)
