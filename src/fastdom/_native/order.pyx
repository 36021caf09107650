"""Checking and resolving an order: every refusal names the field and the line, and nothing has changed."""

from libc.stdint cimport int16_t, uint32_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcmp, memset

from fastdom._native.command cimport (
    F_ALTERNATIVES, F_CHANNEL, F_COUNTRY_CODE, F_CURRENCY_CODE, F_DESTINATION, F_EFFORT, F_EXCLUDE_NODE_IDS,
    F_FIRST_SENT_AT, F_GROUP_ID, F_INCLUDE_NODE_IDS, F_LINE_ID, F_LINES, F_MAX_SHIPMENTS, F_MODE, F_NODE_ID, F_NONE,
    F_OPTION, F_OPTION_TOKEN, F_ORDER_ID, F_ORDER_VALUE, F_PAYMENT, F_PICKUP_NODE_ID, F_PLACED_AT, F_POLICY,
    F_POSTAL_CODE, F_QUANTITY, F_REQUEST_ID, F_REQUIRED_BY, F_SERVICE_LEVEL, F_SERVICE_LEVELS, F_SKU, F_TTL, F_WEIGHT,
    ID_MAX, KIND_PROMISE, KIND_RESERVE, KIND_ROUTE, LINES_MAX, LineIn, MODE_FIRM, MODE_HOLD, MODE_PLAN,
    MODE_UNSPECIFIED, NODE_LIST_MAX, OK, R_CURRENCY_MISMATCH, R_DUPLICATE_LINE_ID, R_EMPTY_ORDER, R_ID_TOO_LONG,
    R_INVALID_FIELD, R_INVALID_QUANTITY, R_REQUEST_ID_REQUIRED, R_TOKEN_INVALID, R_TOO_MANY_LINES, R_UNKNOWN_CHANNEL,
    R_UNKNOWN_COUNTRY, R_UNKNOWN_NODE, R_UNKNOWN_POLICY, R_UNKNOWN_POSTAL_CODE, R_UNKNOWN_SERVICE_LEVEL,
    R_UNKNOWN_SKU, REQUEST_ID_MAX, Slice, TOKEN_MAX,
)
from fastdom._native.network cimport Policy
from fastdom._native.table cimport fd_hash64, fd_mix64, intern_find


cdef enum:
    PAIRS_MAX = 8                # up to here comparing every pair beats hashing
    SHIPMENTS_ASKED_MAX = 2048   # max_shipments of the proto
    ALTERNATIVES_MAX = 8
    LEVEL_BITS = 0b11110         # bit = ServiceLevel

cdef int64_t BLOCK_WEIGHT_G_MAX = <int64_t>1 << 40
cdef int64_t TIME_MAX_US = 253402300800000000     # year 10000
cdef int64_t MONEY_MAX = <int64_t>1 << 50


cdef inline bint refuse(Status* status, int32_t reason, int32_t field, int32_t line_i) noexcept nogil:
    status.reason = reason
    status.field = field
    status.line_i = line_i
    return False


# --- memory --------------------------------------------------------------------------------------------------------

cdef int resolved_open(Resolved* r, int32_t nodes_max) noexcept nogil:
    memset(r, 0, sizeof(Resolved))
    r.nodes_max = nodes_max
    r.lines = <ResolvedLine*>calloc(LINES_MAX, sizeof(ResolvedLine))
    r.block_start = <int32_t*>calloc(LINES_MAX + 1, sizeof(int32_t))
    r.block_line = <int32_t*>calloc(LINES_MAX, sizeof(int32_t))
    r.block_weight_g = <int64_t*>calloc(LINES_MAX, sizeof(int64_t))
    r.block_units = <int32_t*>calloc(LINES_MAX, sizeof(int32_t))
    r.demand_start = <int32_t*>calloc(LINES_MAX + 1, sizeof(int32_t))
    r.demands = <Demand*>calloc(LINES_MAX, sizeof(Demand))
    r.sku_demands = <int32_t*>calloc(LINES_MAX, sizeof(int32_t))
    r.sku_last = <int32_t*>calloc(LINES_MAX, sizeof(int32_t))
    r.node_allowed = <uint8_t*>calloc(nodes_max if nodes_max > 0 else 1, 1)
    r.table = <int32_t*>calloc(TABLE_SIZE, sizeof(int32_t))
    if (
        r.lines == NULL or r.block_start == NULL or r.block_line == NULL or r.block_weight_g == NULL
        or r.block_units == NULL or r.demand_start == NULL or r.demands == NULL or r.sku_demands == NULL
        or r.sku_last == NULL or r.node_allowed == NULL or r.table == NULL
    ):
        resolved_close(r)
        return -1
    order_reset(r)
    return 0


cdef void resolved_close(Resolved* r) noexcept nogil:
    free(r.lines)
    free(r.block_start)
    free(r.block_line)
    free(r.block_weight_g)
    free(r.block_units)
    free(r.demand_start)
    free(r.demands)
    free(r.sku_demands)
    free(r.sku_last)
    free(r.node_allowed)
    free(r.table)
    memset(r, 0, sizeof(Resolved))


cdef void order_reset(Resolved* r) noexcept nogil:
    r.channel_i = -1
    r.postal_i = -1
    r.zone_i = -1
    r.tz_i = -1
    r.pickup_node_i = -1
    r.service_level = LEVEL_STANDARD
    r.cod = 0
    r.policy_i = 0
    r.placed_at_us = 0
    r.required_by_us = 0
    r.weight_g = 0
    r.n_lines = 0
    r.n_pinned = 0
    r.n_blocks = 0
    r.n_demands = 0
    r.n_skus = 0
    r.has_filter = 0


# --- what needs no state ---------------------------------------------------------------------------------------------

cdef inline bint mutates(const Command* c) noexcept nogil:
    if c.kind == KIND_ROUTE:
        return c.mode == MODE_HOLD or c.mode == MODE_FIRM
    return c.kind == KIND_RESERVE or c.hold != 0


cdef inline bint has_destination(const Command* c) noexcept nogil:
    return c.pickup_node.size > 0 or c.postal_code.size > 0 or c.country_code.size > 0


cdef bint lines_unique(const Command* c, Status* status) noexcept nogil:
    cdef int16_t table[TABLE_SIZE]
    cdef int32_t i
    cdef int32_t j
    cdef uint32_t at
    if c.n_lines <= PAIRS_MAX:
        for i in range(1, c.n_lines):
            for j in range(i):
                if same_text(c.lines[i].line_id, c.lines[j].line_id):
                    return refuse(status, R_DUPLICATE_LINE_ID, F_LINE_ID, i)
        return True
    memset(table, 0, sizeof(table))
    for i in range(c.n_lines):
        at = <uint32_t>fd_hash64(c.lines[i].line_id.data, c.lines[i].line_id.size, 0) & (TABLE_SIZE - 1)
        while table[at]:
            if same_text(c.lines[i].line_id, c.lines[table[at] - 1].line_id):
                return refuse(status, R_DUPLICATE_LINE_ID, F_LINE_ID, i)
            at = (at + 1) & (TABLE_SIZE - 1)
        table[at] = <int16_t>(i + 1)
    return True


cdef inline bint line_check(const LineIn* line, int32_t i, Status* status) noexcept nogil:
    if line.line_id.size <= 0:
        return refuse(status, R_INVALID_FIELD, F_LINE_ID, i)
    if line.line_id.size > ID_MAX:
        return refuse(status, R_ID_TOO_LONG, F_LINE_ID, i)
    if line.sku.size > ID_MAX:
        return refuse(status, R_ID_TOO_LONG, F_SKU, i)
    if line.quantity < 1 or line.quantity > QUANTITY_MAX:
        return refuse(status, R_INVALID_QUANTITY, F_QUANTITY, i)
    if line.weight_g < -1 or line.weight_g > WEIGHT_G_MAX:
        return refuse(status, R_INVALID_FIELD, F_WEIGHT, i)
    if line.group_id.size > ID_MAX:
        return refuse(status, R_ID_TOO_LONG, F_GROUP_ID, i)
    if line.node.size > ID_MAX:
        return refuse(status, R_ID_TOO_LONG, F_NODE_ID, i)
    return True


cdef bint lines_check(const Command* c, Status* status) noexcept nogil:
    cdef int32_t i
    if c.n_lines <= 0:
        return refuse(status, R_EMPTY_ORDER, F_LINES, -1)
    if c.n_lines > LINES_MAX:
        return refuse(status, R_TOO_MANY_LINES, F_LINES, -1)
    for i in range(c.n_lines):
        if not line_check(&c.lines[i], i, status):
            return False
    return lines_unique(c, status)


cdef bint ids_check(const Command* c, Status* status) noexcept nogil:
    if c.request_id.size > REQUEST_ID_MAX:
        return refuse(status, R_ID_TOO_LONG, F_REQUEST_ID, -1)
    if c.request_id.size <= 0 and mutates(c):
        return refuse(status, R_REQUEST_ID_REQUIRED, F_REQUEST_ID, -1)
    if c.first_sent_at_us < 0 or c.first_sent_at_us > TIME_MAX_US:
        return refuse(status, R_INVALID_FIELD, F_FIRST_SENT_AT, -1)
    if c.order_id.size > ID_MAX:
        return refuse(status, R_ID_TOO_LONG, F_ORDER_ID, -1)
    if c.channel.size > ID_MAX:
        return refuse(status, R_ID_TOO_LONG, F_CHANNEL, -1)
    if c.postal_code.size > ID_MAX:
        return refuse(status, R_ID_TOO_LONG, F_POSTAL_CODE, -1)
    if c.pickup_node.size > ID_MAX:
        return refuse(status, R_ID_TOO_LONG, F_PICKUP_NODE_ID, -1)
    if c.policy_name.size > ID_MAX:
        return refuse(status, R_ID_TOO_LONG, F_POLICY, -1)
    return True


cdef bint destination_check(const Command* c, Status* status) noexcept nogil:
    """A destination is there unless every line is pinned, and it fits the level. Promise looks at its own levels."""
    cdef int32_t level = c.service_level
    cdef int32_t i
    if c.pickup_node.size > 0 and (c.postal_code.size > 0 or c.country_code.size > 0):
        return refuse(status, R_INVALID_FIELD, F_DESTINATION, -1)
    if not has_destination(c):
        if c.kind != KIND_RESERVE or c.option_token.size > 0:
            return refuse(status, R_INVALID_FIELD, F_DESTINATION, -1)
        for i in range(c.n_lines):
            if c.lines[i].node.size <= 0:
                return refuse(status, R_INVALID_FIELD, F_DESTINATION, -1)
    if c.kind == KIND_PROMISE or c.option_token.size > 0:
        return True
    if level < LEVEL_UNSPECIFIED or level > LEVEL_PICKUP:
        return refuse(status, R_UNKNOWN_SERVICE_LEVEL, F_SERVICE_LEVEL, -1)
    if level != LEVEL_UNSPECIFIED and has_destination(c) and (level == LEVEL_PICKUP) != (c.pickup_node.size > 0):
        return refuse(status, R_INVALID_FIELD, F_SERVICE_LEVEL, -1)
    return True


cdef bint facts_check(const Command* c, Status* status) noexcept nogil:
    if c.payment < 0 or c.payment > 2:
        return refuse(status, R_INVALID_FIELD, F_PAYMENT, -1)
    if c.placed_at_us < 0 or c.placed_at_us > TIME_MAX_US:
        return refuse(status, R_INVALID_FIELD, F_PLACED_AT, -1)
    if c.required_by_us < 0 or c.required_by_us > TIME_MAX_US:
        return refuse(status, R_INVALID_FIELD, F_REQUIRED_BY, -1)
    if c.required_by_us and c.required_by_us < c.placed_at_us:
        return refuse(status, R_INVALID_FIELD, F_REQUIRED_BY, -1)
    if c.order_value_micros < 0 or c.order_value_micros > MONEY_MAX:
        return refuse(status, R_INVALID_FIELD, F_ORDER_VALUE, -1)
    return True


cdef bint promise_check(const Command* c, Status* status) noexcept nogil:
    if c.service_levels & ~<uint32_t>LEVEL_BITS:
        return refuse(status, R_UNKNOWN_SERVICE_LEVEL, F_SERVICE_LEVELS, -1)
    if c.hold_level < LEVEL_UNSPECIFIED or c.hold_level > LEVEL_PICKUP:
        return refuse(status, R_UNKNOWN_SERVICE_LEVEL, F_OPTION, -1)
    if c.hold_level and c.service_levels and not (c.service_levels >> c.hold_level) & 1:
        return refuse(status, R_INVALID_FIELD, F_OPTION, -1)
    return True


cdef bint manner_check(const Command* c, Status* status) noexcept nogil:
    """How it is to be done: mode, time to live, bounds."""
    if c.mode < MODE_UNSPECIFIED or c.mode > MODE_FIRM or (c.kind == KIND_RESERVE and c.mode == MODE_PLAN):
        return refuse(status, R_INVALID_FIELD, F_MODE, -1)
    if c.ttl_us < 0 or c.ttl_us > TIME_MAX_US:
        return refuse(status, R_INVALID_FIELD, F_TTL, -1)
    if c.max_shipments < 0 or c.max_shipments > SHIPMENTS_ASKED_MAX:
        return refuse(status, R_INVALID_FIELD, F_MAX_SHIPMENTS, -1)
    if c.effort < 0:
        return refuse(status, R_INVALID_FIELD, F_EFFORT, -1)
    if c.alternatives < 0 or c.alternatives > ALTERNATIVES_MAX:
        return refuse(status, R_INVALID_FIELD, F_ALTERNATIVES, -1)
    if c.policy_version < 0:
        return refuse(status, R_INVALID_FIELD, F_POLICY, -1)
    if c.n_include < 0 or c.n_include > NODE_LIST_MAX:
        return refuse(status, R_INVALID_FIELD, F_INCLUDE_NODE_IDS, -1)
    if c.n_exclude < 0 or c.n_exclude > NODE_LIST_MAX:
        return refuse(status, R_INVALID_FIELD, F_EXCLUDE_NODE_IDS, -1)
    if c.option_token.size > TOKEN_MAX:
        return refuse(status, R_TOKEN_INVALID, F_OPTION_TOKEN, -1)
    if c.option_token.size > 0 and c.allow_partial:
        return refuse(status, R_INVALID_FIELD, F_OPTION_TOKEN, -1)
    return c.kind != KIND_PROMISE or promise_check(c, status)


cdef bint order_check(const Command* c, Status* status) noexcept nogil:
    refuse(status, OK, F_NONE, -1)
    return (
        ids_check(c, status) and lines_check(c, status) and destination_check(c, status) and facts_check(c, status)
        and manner_check(c, status)
    )


# --- names to dense ids ----------------------------------------------------------------------------------------------

cdef inline bint letters_same(Slice text, const uint8_t* letters) noexcept nogil:
    """Whether the text is the code in `letters`, which a zero byte ends."""
    return 0 < text.size < 4 and memcmp(text.data, letters, text.size) == 0 and letters[text.size] == 0


cdef int32_t node_find(const State* s, const Network* net, Slice name) noexcept nogil:
    """Dense id of a node of this network version; -1 = none."""
    cdef int32_t node_i = intern_find(&s.nodes, name)
    if node_i < 0 or node_i >= net.n_nodes or not net.node_present[node_i]:
        return -1
    return node_i


cdef bint destination_resolve(
    const State* s, const Network* net, const Command* c, Resolved* r, Status* status
) noexcept nogil:
    if c.pickup_node.size > 0:
        r.pickup_node_i = node_find(s, net, c.pickup_node)
        if r.pickup_node_i < 0:
            return refuse(status, R_UNKNOWN_NODE, F_PICKUP_NODE_ID, -1)
    elif has_destination(c):
        if c.country_code.size > 0 and not letters_same(c.country_code, net.country):
            return refuse(status, R_UNKNOWN_COUNTRY, F_COUNTRY_CODE, -1)
        r.postal_i = intern_find(&net.postal, c.postal_code)
        if r.postal_i < 0:
            return refuse(status, R_UNKNOWN_POSTAL_CODE, F_POSTAL_CODE, -1)
        r.zone_i = net.zone_of_postal[r.postal_i]
        r.tz_i = net.zone_tz[r.zone_i]
    r.service_level = c.service_level
    if r.service_level == LEVEL_UNSPECIFIED:
        r.service_level = LEVEL_PICKUP if r.pickup_node_i >= 0 else LEVEL_STANDARD
    return True


cdef bint policy_resolve(const Network* net, const Command* c, Resolved* r, Status* status) noexcept nogil:
    cdef int32_t i = 0
    if c.policy_name.size > 0:
        while i < net.n_policies and not same_text(c.policy_name, net.policies[i].name):
            i += 1
    if i == net.n_policies or (c.policy_version and c.policy_version != net.policies[i].version):
        return refuse(status, R_UNKNOWN_POLICY, F_POLICY, -1)
    r.policy_i = i
    return True


cdef bint filter_resolve(
    const State* s, const Network* net, const Command* c, Resolved* r, Status* status
) noexcept nogil:
    """node_allowed from the included nodes, less the excluded ones."""
    cdef int32_t i
    cdef int32_t node_i
    if c.n_include == 0 and c.n_exclude == 0:
        return True
    r.has_filter = 1
    memset(r.node_allowed, c.n_include == 0, r.nodes_max)
    for i in range(c.n_include):
        node_i = node_find(s, net, c.include_nodes[i])
        if node_i < 0:
            return refuse(status, R_UNKNOWN_NODE, F_INCLUDE_NODE_IDS, i)
        r.node_allowed[node_i] = 1
    for i in range(c.n_exclude):
        node_i = node_find(s, net, c.exclude_nodes[i])
        if node_i < 0:
            return refuse(status, R_UNKNOWN_NODE, F_EXCLUDE_NODE_IDS, i)
        r.node_allowed[node_i] = 0
    return True


cdef bint lines_resolve(const State* s, const Network* net, const Command* c, Resolved* r, Status* status) noexcept nogil:
    cdef bint pins = c.kind == KIND_RESERVE and c.option_token.size == 0
    cdef const LineIn* line
    cdef ResolvedLine* at
    cdef int32_t i
    for i in range(c.n_lines):
        line = &c.lines[i]
        at = &r.lines[i]
        at.line_i = i
        at.sku_i = intern_find(&s.skus, line.sku)
        at.node_i = -1
        at.quantity = line.quantity
        at.weight_g = line.weight_g
        if at.sku_i < 0:
            return refuse(status, R_UNKNOWN_SKU, F_SKU, i)
        if at.weight_g <= 0:
            at.weight_g = net.sku_weight_g[at.sku_i] if at.sku_i < net.n_skus else -1
            if at.weight_g < 0:
                return refuse(status, R_UNKNOWN_SKU, F_SKU, i)
        if pins and line.node.size > 0:
            at.node_i = node_find(s, net, line.node)
            if at.node_i < 0:
                return refuse(status, R_UNKNOWN_NODE, F_NODE_ID, i)
            r.n_pinned += 1
    r.n_lines = c.n_lines
    return True


cdef int32_t group_first(const Command* c, const Resolved* r, int32_t i, bint hashed) noexcept nogil:
    """First line of the group of line i, noted in the table when it is line i itself."""
    cdef Slice group = c.lines[i].group_id
    cdef int32_t j
    cdef uint32_t at
    if not hashed:
        for j in range(i):
            if same_text(group, c.lines[j].group_id):
                return j
        return i
    at = <uint32_t>fd_hash64(group.data, group.size, 0) & (TABLE_SIZE - 1)
    while r.table[at]:
        if same_text(group, c.lines[r.table[at] - 1].group_id):
            return r.table[at] - 1
        at = (at + 1) & (TABLE_SIZE - 1)
    r.table[at] = i + 1
    return i


cdef void groups_resolve(const Command* c, Resolved* r) noexcept nogil:
    """block_i of every line."""
    cdef bint hashed = c.n_lines > PAIRS_MAX
    cdef int32_t i
    cdef int32_t first
    if hashed:
        memset(r.table, 0, TABLE_SIZE * sizeof(int32_t))
    for i in range(c.n_lines):
        first = group_first(c, r, i, hashed) if c.lines[i].group_id.size > 0 else i
        if first == i:
            r.lines[i].block_i = r.n_blocks
            r.n_blocks += 1
        else:
            r.lines[i].block_i = r.lines[first].block_i


cdef bint pins_spread(Resolved* r, Status* status) noexcept nogil:
    """A pin holds for its whole block; two different pins in one block contradict each other."""
    cdef int32_t b
    cdef int32_t i
    cdef int32_t node_i
    cdef ResolvedLine* line
    for b in range(r.n_blocks):
        node_i = -1
        for i in range(r.block_start[b], r.block_start[b + 1]):
            line = &r.lines[r.block_line[i]]
            if line.node_i >= 0:
                if node_i >= 0 and node_i != line.node_i:
                    return refuse(status, R_INVALID_FIELD, F_GROUP_ID, line.line_i)
                node_i = line.node_i
        for i in range(r.block_start[b], r.block_start[b + 1]):
            line = &r.lines[r.block_line[i]]
            if node_i >= 0 and line.node_i < 0:
                line.node_i = node_i
                r.n_pinned += 1
    return True


cdef bint order_resolve(
    const State* s, const Network* net, const Command* c, Resolved* r, Status* status
) noexcept nogil:
    order_reset(r)
    refuse(status, OK, F_NONE, -1)
    r.channel_i = intern_find(&s.channels, c.channel)
    if r.channel_i < 0:
        return refuse(status, R_UNKNOWN_CHANNEL, F_CHANNEL, -1)
    if c.currency_code.size > 0 and not letters_same(c.currency_code, net.currency):
        return refuse(status, R_CURRENCY_MISMATCH, F_CURRENCY_CODE, -1)
    r.cod = c.payment == 2
    r.placed_at_us = c.placed_at_us
    r.required_by_us = c.required_by_us
    if not (
        destination_resolve(s, net, c, r, status) and policy_resolve(net, c, r, status)
        and filter_resolve(s, net, c, r, status) and lines_resolve(s, net, c, r, status)
    ):
        return False
    groups_resolve(c, r)
    order_blocks(r)
    return r.n_pinned == 0 or pins_spread(r, status)


# --- blocks and demands ----------------------------------------------------------------------------------------------

cdef void skus_number(Resolved* r) noexcept nogil:
    """sku_ordinal of every line."""
    cdef bint hashed = r.n_lines > PAIRS_MAX
    cdef ResolvedLine* line
    cdef int32_t i
    cdef int32_t j
    cdef uint32_t at
    if hashed:
        memset(r.table, 0, TABLE_SIZE * sizeof(int32_t))
    for i in range(r.n_lines):
        line = &r.lines[i]
        j = i
        if hashed:
            at = <uint32_t>fd_mix64(<uint64_t>line.sku_i, 0) & (TABLE_SIZE - 1)
            while r.table[at] and r.lines[r.table[at] - 1].sku_i != line.sku_i:
                at = (at + 1) & (TABLE_SIZE - 1)
            if r.table[at]:
                j = r.table[at] - 1
            else:
                r.table[at] = i + 1
        else:
            j = 0
            while r.lines[j].sku_i != line.sku_i:
                j += 1
        if j == i:
            line.sku_ordinal = r.n_skus
            r.sku_demands[r.n_skus] = 0
            r.sku_last[r.n_skus] = -1
            r.n_skus += 1
        else:
            line.sku_ordinal = r.lines[j].sku_ordinal


cdef void blocks_gather(Resolved* r) noexcept nogil:
    """block_start and block_line: a counting sort that keeps the order of lines."""
    cdef int32_t i
    cdef int32_t b
    for b in range(r.n_blocks + 1):
        r.block_start[b] = 0
    for i in range(r.n_lines):
        r.block_start[r.lines[i].block_i + 1] += 1
    for b in range(r.n_blocks):
        r.block_start[b + 1] += r.block_start[b]
    for i in range(r.n_lines):
        b = r.lines[i].block_i
        r.block_line[r.block_start[b]] = i
        r.block_start[b] += 1
    for b in range(r.n_blocks, 0, -1):
        r.block_start[b] = r.block_start[b - 1]
    r.block_start[0] = 0


cdef inline void demand_add(Resolved* r, int32_t b, const ResolvedLine* line) noexcept nogil:
    cdef int32_t last = r.sku_last[line.sku_ordinal]
    if last < r.demand_start[b]:
        last = r.n_demands
        r.demands[last].sku_i = line.sku_i
        r.demands[last].quantity = 0
        r.demands[last].sku_ordinal = line.sku_ordinal
        r.sku_last[line.sku_ordinal] = last
        r.sku_demands[line.sku_ordinal] += 1
        r.n_demands += 1
    r.demands[last].quantity += line.quantity


cdef void order_blocks(Resolved* r) noexcept nogil:
    cdef const ResolvedLine* line
    cdef int64_t weight_g
    cdef int32_t units
    cdef int32_t b
    cdef int32_t i
    r.n_skus = 0
    r.n_demands = 0
    r.weight_g = 0
    skus_number(r)
    blocks_gather(r)
    for b in range(r.n_blocks):
        r.demand_start[b] = r.n_demands
        weight_g = 0
        units = 0
        for i in range(r.block_start[b], r.block_start[b + 1]):
            line = &r.lines[r.block_line[i]]
            demand_add(r, b, line)
            weight_g += <int64_t>line.quantity * line.weight_g
            units += line.quantity
        if weight_g > BLOCK_WEIGHT_G_MAX:
            weight_g = BLOCK_WEIGHT_G_MAX
        r.block_weight_g[b] = weight_g
        r.block_units[b] = units
        r.weight_g += weight_g
    r.demand_start[r.n_blocks] = r.n_demands
