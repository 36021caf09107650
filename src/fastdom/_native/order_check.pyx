"""Checks of an order's syntax and limits: every refusal names the field and the line."""

from libc.stdint cimport int16_t, int64_t, uint32_t
from libc.string cimport memset

from fastdom._native.command cimport (
    F_ALTERNATIVES, F_CHANNEL, F_DESTINATION, F_EFFORT, F_EXCLUDE_NODE_IDS, F_FIRST_SENT_AT, F_GROUP_ID,
    F_INCLUDE_NODE_IDS, F_LINE_ID, F_LINES, F_MAX_SHIPMENTS, F_MODE, F_NODE_ID, F_NONE, F_OPTION, F_OPTION_TOKEN,
    F_ORDER_ID, F_ORDER_VALUE, F_PAYMENT, F_PICKUP_NODE_ID, F_PLACED_AT, F_POLICY, F_POSTAL_CODE, F_QUANTITY,
    F_REQUEST_ID, F_REQUIRED_BY, F_SERVICE_LEVEL, F_SERVICE_LEVELS, F_SKU, F_TTL, F_WEIGHT, ID_MAX, KIND_PROMISE,
    KIND_RESERVE, KIND_ROUTE, LINES_MAX, LineIn, MODE_FIRM, MODE_HOLD, MODE_PLAN, MODE_UNSPECIFIED, NODE_LIST_MAX, OK,
    R_DUPLICATE_LINE_ID, R_EMPTY_ORDER, R_ID_TOO_LONG, R_INVALID_FIELD, R_INVALID_QUANTITY, R_REQUEST_ID_REQUIRED,
    R_TOKEN_INVALID, R_TOO_MANY_LINES, R_UNKNOWN_SERVICE_LEVEL, REQUEST_ID_MAX, SHIPMENTS_MAX, TOKEN_MAX,
)
from fastdom._native.resolved cimport (
    LEVEL_PICKUP, LEVEL_UNSPECIFIED, PAIRS_MAX, QUANTITY_MAX, TABLE_SIZE, WEIGHT_G_MAX, same_text,
)
from fastdom._native.table cimport fd_hash64


cdef enum:
    ALTERNATIVES_MAX = 8
    LEVEL_BITS = 0b11110         # bit = ServiceLevel

cdef int64_t TIME_MAX_US = 253402300800000000     # year 10000
cdef int64_t MONEY_MAX = <int64_t>1 << 50


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
    if c.request_id.size <= 0 and wants_reservation(c):
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
    if c.max_shipments < 0 or c.max_shipments > SHIPMENTS_MAX:
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
