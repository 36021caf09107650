"""The offending value of a refusal as text, found in the Command it came with."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memcpy

from fastdom._native.command cimport (
    F_ALTERNATIVES, F_CHANNEL, F_COUNTRY_CODE, F_CURRENCY_CODE, F_EFFORT, F_EXCLUDE_NODE_IDS, F_GROUP_ID,
    F_INCLUDE_NODE_IDS, F_LINE_ID, F_MAX_SHIPMENTS, F_MODE, F_NODE_ID, F_OPTION, F_ORDER_ID, F_ORDER_VALUE,
    F_PAYMENT, F_PICKUP_NODE_ID, F_POLICY, F_POSTAL_CODE, F_QUANTITY, F_REQUEST_ID, F_RESERVATION_ID, F_SERVICE_LEVEL,
    F_SERVICE_LEVELS, F_SKU, F_WEIGHT, R_ID_TOO_LONG, R_MALFORMED, R_RESERVATION_NOT_FOUND, R_TOO_MANY_ITEMS,
    R_TOO_MANY_LINES, Command, LineIn, Slice, Status,
)
from fastdom_server._wire.error cimport VALUE_MAX, Refusal
from fastdom_server._wire.tags cimport F_LATITUDE_E7, F_LONGITUDE_E7

cdef enum:
    TEXT_MAX = 128               # bytes of any text made here: a value, or a path with its index
    DIGITS_MAX = 20


cdef struct Text:                # text made here
    char data[128]
    int32_t size


cdef inline void add_text(Text* text, Slice more) noexcept nogil:
    cdef int32_t size = min(more.size, TEXT_MAX - text.size)
    if size > 0:
        memcpy(text.data + text.size, more.data, size)
        text.size += size


cdef inline void add_number(Text* text, int64_t number) noexcept nogil:
    cdef char digits[20]
    cdef Slice made
    cdef uint64_t rest = <uint64_t>number
    cdef int32_t at = DIGITS_MAX
    if number < 0:
        rest = 0 - rest
    while at == DIGITS_MAX or rest:
        at -= 1
        digits[at] = <char>(c'0' + rest % 10)
        rest = rest // 10
    if number < 0:
        at -= 1
        digits[at] = c'-'
    made.data = digits + at
    made.size = DIGITS_MAX - at
    add_text(text, made)


cdef inline void add_hex(Text* text, uint64_t number) noexcept nogil:
    cdef int32_t shift
    cdef uint64_t digit
    cdef char letter
    cdef Slice made
    made.data = &letter
    made.size = 1
    for shift in range(60, -1, -4):
        digit = (number >> shift) & 15
        letter = <char>(c'0' + digit if digit < 10 else c'a' + digit - 10)
        add_text(text, made)


cdef inline Slice whole(const Text* text) noexcept nogil:
    cdef Slice made
    made.data = <const char*>&text.data[0]
    made.size = text.size
    return made


cdef inline Slice cut(Slice text) noexcept nogil:
    """At most VALUE_MAX bytes, never a part of a character."""
    if text.size > VALUE_MAX:
        text.size = VALUE_MAX
        while text.size > 0 and <uint8_t>text.data[text.size] & 0xC0 == 0x80:
            text.size -= 1
    return text


cdef inline Slice line_value(const LineIn* line, int32_t field) noexcept nogil:
    if field == F_LINE_ID:
        return line.line_id
    if field == F_SKU:
        return line.sku
    if field == F_NODE_ID:
        return line.node
    return line.group_id


cdef inline Slice text_value(const Command* c, int32_t field, int32_t line_i) noexcept nogil:
    """The text of a field of the request; empty when it is none, or not one of text."""
    cdef Slice none
    none.data = NULL
    none.size = 0
    if field == F_LINE_ID or field == F_SKU or field == F_NODE_ID or field == F_GROUP_ID:
        return line_value(&c.lines[line_i], field) if 0 <= line_i < c.n_lines else none
    if field == F_REQUEST_ID:
        return c.request_id
    if field == F_ORDER_ID:
        return c.order_id
    if field == F_CHANNEL:
        return c.channel
    if field == F_POSTAL_CODE:
        return c.postal_code
    if field == F_COUNTRY_CODE:
        return c.country_code
    if field == F_PICKUP_NODE_ID:
        return c.pickup_node
    if field == F_CURRENCY_CODE:
        return c.currency_code
    if field == F_POLICY:
        return c.policy_name
    if field == F_INCLUDE_NODE_IDS and 0 <= line_i < c.n_include:
        return c.include_nodes[line_i]
    if field == F_EXCLUDE_NODE_IDS and 0 <= line_i < c.n_exclude:
        return c.exclude_nodes[line_i]
    return none


cdef inline bint number_value(const Command* c, int32_t field, int32_t line_i, int64_t* number) noexcept nogil:
    """The number of a field of the request; False when it is not one of numbers."""
    if field == F_QUANTITY and 0 <= line_i < c.n_lines:
        number[0] = c.lines[line_i].quantity
    elif field == F_WEIGHT and 0 <= line_i < c.n_lines:
        number[0] = c.lines[line_i].weight_g
    elif field == F_SERVICE_LEVEL:
        number[0] = c.service_level
    elif field == F_PAYMENT:
        number[0] = c.payment
    elif field == F_ORDER_VALUE:
        number[0] = c.order_value_micros
    elif field == F_MODE:
        number[0] = c.mode
    elif field == F_MAX_SHIPMENTS:
        number[0] = c.max_shipments
    elif field == F_EFFORT:
        number[0] = c.effort
    elif field == F_ALTERNATIVES:
        number[0] = c.alternatives
    elif field == F_OPTION:
        number[0] = c.hold_level
    else:
        return False
    return True


cdef inline bint decoder_number(const Status* status) noexcept nogil:
    """Whether the decoder said which number it refused."""
    return (
        status.reason == R_TOO_MANY_LINES or status.reason == R_TOO_MANY_ITEMS or status.field == F_WEIGHT
        or status.field == F_MODE or status.field == F_SERVICE_LEVELS or status.field == F_LATITUDE_E7
        or status.field == F_LONGITUDE_E7
    )


cdef inline void value_of(const Refusal* refusal, Text* value) noexcept nogil:
    cdef const Command* c = refusal.command
    cdef const Status* status = &refusal.status
    cdef int64_t number = 0
    if refusal.result == NULL and decoder_number(status):
        add_number(value, refusal.number)
    elif c == NULL or status.reason == R_MALFORMED:
        return
    elif status.reason == R_ID_TOO_LONG:
        add_number(value, text_value(c, status.field, status.line_i).size)
    elif status.reason == R_RESERVATION_NOT_FOUND and status.field == F_RESERVATION_ID:
        add_hex(value, c.reservation_id[0])
        add_hex(value, c.reservation_id[1])
    elif number_value(c, status.field, status.line_i, &number):
        add_number(value, number)
    else:
        add_text(value, cut(text_value(c, status.field, status.line_i)))
