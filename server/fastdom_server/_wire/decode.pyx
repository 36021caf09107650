"""Protobuf bytes of the hot requests to Commands (see decode.pxd for the rules)."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcmp, memset

from fastdom._native.command cimport (
    F_ATTRIBUTES, F_EXCLUDE_NODE_IDS, F_FIRST_SENT_AT, F_INCLUDE_NODE_IDS, F_LINES, F_MODE, F_NONE, F_PLACED_AT,
    F_REQUIRED_BY, F_RESERVATION_ID, F_SERVICE_LEVELS, F_TTL, F_WEIGHT, LINES_MAX, MODE_FIRM, NODE_LIST_MAX, OK,
    R_INVALID_FIELD, R_MALFORMED, R_TOO_MANY_ITEMS, R_TOO_MANY_LINES, R_UNKNOWN_SERVICE_LEVEL, R_UNSUPPORTED,
    Command, LineIn, Slice,
)
from fastdom._native.fingerprint cimport (
    FACT_LATITUDE_E7, FACT_LONGITUDE_E7, command_fingerprint, fold_attribute, fold_number,
)
from fastdom_server._wire.read cimport (
    read_bool, read_bytes, read_fixed32, read_int32, read_size, read_tag, read_text, read_varint, skip,
)
from fastdom_server._wire.tags cimport *


cdef enum Place:                 # which of Destination's oneof stands
    PLACE_NONE = 0
    PLACE_ADDRESS = 1
    PLACE_PICKUP = 2

cdef enum:
    LEVEL_MAX = 4                # ServiceLevel, highest
    LATITUDE_MAX = 900000000     # 1e-7 degrees
    LONGITUDE_MAX = 1800000000
    HEX_DIGITS = 32              # of a reservation id
    NANOS_MAX = 999999999

cdef extern from *:
    """
    static const int64_t FASTDOM_TIMESTAMP_S_MAX = 253402300799ll, FASTDOM_DURATION_S_MAX = 315576000000ll;
    """
    const int64_t TIMESTAMP_S_MAX "FASTDOM_TIMESTAMP_S_MAX"  # 9999-12-31T23:59:59Z
    const int64_t DURATION_S_MAX "FASTDOM_DURATION_S_MAX"    # about 10,000 years


cdef struct Moment:              # a Timestamp or Duration while its parts may still come
    int64_t seconds
    int32_t nanos
    int32_t given


cdef struct Draft:               # what becomes part of the Command only when the whole message has been read
    Moment placed_at
    Moment required_by
    Moment first_sent_at
    Moment ttl
    int32_t place                # Place
    int32_t has_latitude
    int32_t has_longitude
    int32_t latitude_e7
    int32_t longitude_e7
    int32_t depth                # nesting still allowed below the request
    Slice reservation_id
    Command* command
    DecodeBuffers* buffers


cdef void refuse(DecodeBuffers* b, int32_t reason, int32_t field, int32_t line_i, int64_t number) noexcept nogil:
    """Keep the first thing found; malformed bytes further on still win."""
    if b.status.reason == OK:
        b.status.reason = reason
        b.status.field = field
        b.status.line_i = line_i
        b.number = number


# --- messages that many share


cdef const uint8_t* read_moment(const uint8_t* at, const uint8_t* end, Moment* into, int32_t depth) noexcept nogil:
    cdef int32_t size = 0
    cdef uint32_t tag = 0
    cdef uint64_t value = 0
    at = read_size(at, end, &size)
    if at == NULL:
        return NULL
    end = at + size
    into.given = 1
    while at < end:
        at = read_tag(at, end, &tag)
        if at == NULL:
            return NULL
        if tag == INSTANT_SECONDS:
            at = read_varint(at, end, &value)
            into.seconds = <int64_t>value
        elif tag == INSTANT_NANOS:
            at = read_int32(at, end, &into.nanos)
        else:
            at = skip(at, end, tag, depth)
        if at == NULL:
            return NULL
    return at


cdef const uint8_t* read_policy(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
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


# --- the order


cdef inline bint same_text(Slice a, Slice b) noexcept nogil:
    return a.size == b.size and (a.size == 0 or memcmp(a.data, b.data, a.size) == 0)


cdef void note_attribute(DecodeBuffers* b, int32_t* n, Slice key, Slice value) noexcept nogil:
    """Put the entry where its key stands, else behind the others; the place past the limit says there are too many."""
    cdef int32_t i = 0
    while i < n[0] and not same_text(b.keys[i], key):
        i += 1
    if i <= ATTRIBUTES_MAX:
        b.keys[i] = key
        b.values[i] = value
        if i == n[0]:
            n[0] += 1


cdef void fold_attributes(Draft* d, int32_t n, int32_t line_i) noexcept nogil:
    """The line is complete: check its attributes and add them to the fingerprint."""
    cdef DecodeBuffers* b = d.buffers
    cdef int32_t i
    for i in range(n):
        if n > ATTRIBUTES_MAX or b.keys[i].size > ATTRIBUTE_BYTES_MAX or b.values[i].size > ATTRIBUTE_BYTES_MAX:
            refuse(b, R_INVALID_FIELD, F_ATTRIBUTES, line_i, n)
            return
        fold_attribute(d.command, line_i, b.keys[i], b.values[i])


cdef const uint8_t* read_attribute(
    const uint8_t* at, const uint8_t* end, Draft* d, int32_t* n
) noexcept nogil:
    """One entry of a line's attributes, for the fingerprint alone; with unknown fields it is unknown as a whole."""
    cdef int32_t size = 0
    cdef uint32_t tag = 0
    cdef bint known = True
    cdef Slice key
    cdef Slice value
    key.data = NULL
    key.size = 0
    value = key
    at = read_size(at, end, &size)
    if at == NULL:
        return NULL
    end = at + size
    while at < end:
        at = read_tag(at, end, &tag)
        if at == NULL:
            return NULL
        if tag == ENTRY_KEY:
            at = read_text(at, end, &key)
        elif tag == ENTRY_VALUE:
            at = read_text(at, end, &value)
        else:
            at = skip(at, end, tag, d.depth - 3)
            known = False
        if at == NULL:
            return NULL
    if known:
        note_attribute(d.buffers, n, key, value)
    return at


cdef inline LineIn* next_line(Draft* d) noexcept nogil:
    """Where the next line goes; lines over the limit all go to the spare place and are only counted."""
    cdef Command* c = d.command
    cdef int32_t i = c.n_lines
    if i < LINES_MAX:
        c.n_lines += 1
    else:
        refuse(d.buffers, R_TOO_MANY_LINES, F_LINES, -1, LINES_MAX)
        if d.buffers.status.reason == R_TOO_MANY_LINES:
            d.buffers.number += 1
    memset(&d.buffers.lines[i], 0, sizeof(LineIn))
    d.buffers.lines[i].weight_g = -1
    return &d.buffers.lines[i]


cdef const uint8_t* read_line(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
    cdef int32_t size = 0
    cdef uint32_t tag = 0
    cdef int32_t weight_g = 0
    cdef int32_t n_attributes = 0
    cdef int32_t line_i = d.command.n_lines
    cdef LineIn* line = next_line(d)
    at = read_size(at, end, &size)
    if at == NULL:
        return NULL
    end = at + size
    while at < end:
        at = read_tag(at, end, &tag)
        if at == NULL:
            return NULL
        if tag == LINE_LINE_ID:
            at = read_text(at, end, &line.line_id)
        elif tag == LINE_SKU:
            at = read_text(at, end, &line.sku)
        elif tag == LINE_QUANTITY:
            at = read_int32(at, end, &line.quantity)
        elif tag == LINE_WEIGHT_G:
            at = read_int32(at, end, &weight_g)
        elif tag == LINE_GROUP_ID:
            at = read_text(at, end, &line.group_id)
        elif tag == LINE_NODE_ID:
            at = read_text(at, end, &line.node)
        elif tag == LINE_ATTRIBUTES:
            at = read_attribute(at, end, d, &n_attributes)
        else:
            at = skip(at, end, tag, d.depth - 2)
        if at == NULL:
            return NULL
    if weight_g < 0:
        refuse(d.buffers, R_INVALID_FIELD, F_WEIGHT, line_i, weight_g)
    elif weight_g > 0:
        line.weight_g = weight_g
    if n_attributes > 0:
        fold_attributes(d, n_attributes, line_i)
    return at


cdef void set_place(Draft* d, int32_t place) noexcept nogil:
    """The oneof moves to another member: what the old one held is gone."""
    if d.place == place:
        return
    d.place = place
    d.has_latitude = 0
    d.has_longitude = 0
    memset(&d.command.country_code, 0, sizeof(Slice))
    memset(&d.command.postal_code, 0, sizeof(Slice))
    memset(&d.command.pickup_node, 0, sizeof(Slice))


cdef const uint8_t* read_address(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
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
        if tag == ADDRESS_COUNTRY_CODE:
            at = read_text(at, end, &d.command.country_code)
        elif tag == ADDRESS_POSTAL_CODE:
            at = read_text(at, end, &d.command.postal_code)
        elif tag == ADDRESS_LATITUDE_E7:
            at = read_fixed32(at, end, &d.latitude_e7)
            d.has_latitude = 1
        elif tag == ADDRESS_LONGITUDE_E7:
            at = read_fixed32(at, end, &d.longitude_e7)
            d.has_longitude = 1
        else:
            at = skip(at, end, tag, d.depth - 3)
        if at == NULL:
            return NULL
    return at


cdef const uint8_t* read_destination(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
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
        if tag == DESTINATION_ADDRESS:
            set_place(d, PLACE_ADDRESS)
            at = read_address(at, end, d)
        elif tag == DESTINATION_PICKUP_NODE_ID:
            set_place(d, PLACE_PICKUP)
            at = read_text(at, end, &d.command.pickup_node)
        else:
            at = skip(at, end, tag, d.depth - 2)
        if at == NULL:
            return NULL
    return at


cdef const uint8_t* read_order(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
    cdef Command* c = d.command
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
        if tag == ORDER_ORDER_ID:
            at = read_text(at, end, &c.order_id)
        elif tag == ORDER_CHANNEL:
            at = read_text(at, end, &c.channel)
        elif tag == ORDER_LINES:
            at = read_line(at, end, d)
        elif tag == ORDER_DESTINATION:
            at = read_destination(at, end, d)
        elif tag == ORDER_SERVICE_LEVEL:
            at = read_int32(at, end, &c.service_level)
        elif tag == ORDER_PAYMENT:
            at = read_int32(at, end, &c.payment)
        elif tag == ORDER_PLACED_AT:
            at = read_moment(at, end, &d.placed_at, d.depth - 2)
        elif tag == ORDER_REQUIRED_BY:
            at = read_moment(at, end, &d.required_by, d.depth - 2)
        elif tag == ORDER_ORDER_VALUE_MICROS:
            at = read_varint(at, end, <uint64_t*>&c.order_value_micros)
        elif tag == ORDER_CURRENCY_CODE:
            at = read_text(at, end, &c.currency_code)
        else:
            at = skip(at, end, tag, d.depth - 1)
        if at == NULL:
            return NULL
    return at


# --- the requests


cdef const uint8_t* read_reserve(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
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


cdef const uint8_t* read_node(
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


cdef const uint8_t* read_route(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
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


cdef void note_level(Draft* d, int32_t level, int32_t i) noexcept nogil:
    """A wanted service level joins the set of bits."""
    cdef uint32_t bit
    if level < 1 or level > LEVEL_MAX:
        refuse(d.buffers, R_UNKNOWN_SERVICE_LEVEL, F_SERVICE_LEVELS, i, level)
        return
    bit = <uint32_t>1 << level
    if d.command.service_levels & bit:
        refuse(d.buffers, R_INVALID_FIELD, F_SERVICE_LEVELS, i, level)
    d.command.service_levels |= bit


cdef const uint8_t* read_levels(const uint8_t* at, const uint8_t* end, Draft* d, int32_t* n) noexcept nogil:
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


cdef const uint8_t* read_promise(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
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


cdef const uint8_t* read_line_quantity(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
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


cdef const uint8_t* read_verb(const uint8_t* at, const uint8_t* end, int32_t method, Draft* d) noexcept nogil:
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


cdef const uint8_t* read_get(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
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


# --- from the draft to the command


cdef int64_t timestamp_us(const Moment* moment, int32_t field, DecodeBuffers* b) noexcept nogil:
    """Microseconds since 1970; 0 = not given."""
    cdef int64_t us
    if not moment.given:
        return 0
    if 0 <= moment.seconds <= TIMESTAMP_S_MAX and 0 <= moment.nanos <= NANOS_MAX:
        us = moment.seconds * 1000000 + moment.nanos // 1000
        if us > 0:
            return us
    refuse(b, R_INVALID_FIELD, field, -1, 0)
    return 0


cdef int64_t duration_us(const Moment* moment, int32_t field, DecodeBuffers* b) noexcept nogil:
    """Microseconds, cut towards zero (cdivision); 0 = not given."""
    cdef int64_t us
    if not moment.given:
        return 0
    if (
        -DURATION_S_MAX <= moment.seconds <= DURATION_S_MAX and -NANOS_MAX <= moment.nanos <= NANOS_MAX
        and not (moment.seconds > 0 and moment.nanos < 0) and not (moment.seconds < 0 and moment.nanos > 0)
    ):
        us = moment.seconds * 1000000 + moment.nanos // 1000
        if us != 0:
            return us
    refuse(b, R_INVALID_FIELD, field, -1, 0)
    return 0


cdef inline int32_t hex_value(uint8_t digit) noexcept nogil:
    if c'0' <= digit <= c'9':
        return digit - c'0'
    digit |= 0x20
    if c'a' <= digit <= c'f':
        return digit - c'a' + 10
    return -1


cdef void set_reservation_id(Draft* d) noexcept nogil:
    """32 hexadecimal digits, the high half first."""
    cdef uint64_t* halves = d.command.reservation_id
    cdef int32_t value
    cdef int32_t i
    if d.reservation_id.size != HEX_DIGITS:
        refuse(d.buffers, R_INVALID_FIELD, F_RESERVATION_ID, -1, 0)
        return
    for i in range(HEX_DIGITS):
        value = hex_value(<uint8_t>d.reservation_id.data[i])
        if value < 0:
            refuse(d.buffers, R_INVALID_FIELD, F_RESERVATION_ID, -1, 0)
            return
        halves[i >> 4] = (halves[i >> 4] << 4) | <uint64_t>value


cdef void set_reserve_mode(Draft* d) noexcept nogil:
    """ReserveMode counts HOLD 1, FIRM 2; Mode has PLAN before them."""
    if d.command.mode < 0 or d.command.mode >= MODE_FIRM:
        refuse(d.buffers, R_INVALID_FIELD, F_MODE, -1, d.command.mode)
    elif d.command.mode > 0:
        d.command.mode += 1


cdef void set_coordinates(Draft* d) noexcept nogil:
    """A Command has no place for a point: it is checked, and counts as part of the body."""
    if not d.has_latitude and not d.has_longitude:
        return
    if not d.has_latitude or not -LATITUDE_MAX <= d.latitude_e7 <= LATITUDE_MAX:
        refuse(d.buffers, R_INVALID_FIELD, F_LATITUDE_E7, -1, d.latitude_e7)
    elif not d.has_longitude or not -LONGITUDE_MAX <= d.longitude_e7 <= LONGITUDE_MAX:
        refuse(d.buffers, R_INVALID_FIELD, F_LONGITUDE_E7, -1, d.longitude_e7)
    else:
        fold_number(d.command, FACT_LATITUDE_E7, d.latitude_e7)
        fold_number(d.command, FACT_LONGITUDE_E7, d.longitude_e7)


cdef const uint8_t* read_request(const uint8_t* at, const uint8_t* end, int32_t method, Draft* d) noexcept nogil:
    if method == METHOD_RESERVE:
        return read_reserve(at, end, d)
    if method == METHOD_PROMISE:
        return read_promise(at, end, d)
    if method == METHOD_ROUTE:
        return read_route(at, end, d)
    if method == METHOD_GET_RESERVATION:
        return read_get(at, end, d)
    return read_verb(at, end, method, d)


cdef void finish(int32_t method, Draft* d) noexcept nogil:
    """Everything has been read: what was gathered becomes the command's."""
    cdef Command* c = d.command
    cdef DecodeBuffers* b = d.buffers
    if method >= METHOD_COMMIT:
        set_reservation_id(d)
    else:
        c.placed_at_us = timestamp_us(&d.placed_at, F_PLACED_AT, b)
        c.required_by_us = timestamp_us(&d.required_by, F_REQUIRED_BY, b)
        set_coordinates(d)
    if method == METHOD_RESERVE:
        set_reserve_mode(d)
    c.ttl_us = duration_us(&d.ttl, F_TTL, b)
    c.first_sent_at_us = timestamp_us(&d.first_sent_at, F_FIRST_SENT_AT, b)
    command_fingerprint(c)


cdef int32_t decode_command(
    int32_t method, const char* data, int64_t size, Command* command, DecodeBuffers* buffers
) noexcept nogil:
    cdef Draft draft
    cdef const uint8_t* at = <const uint8_t*>data
    memset(command, 0, sizeof(Command))
    memset(&draft, 0, sizeof(Draft))
    buffers.status.reason = OK
    buffers.status.field = F_NONE
    buffers.status.line_i = -1
    buffers.explain = 0
    command.kind = method
    command.lines = buffers.lines
    command.include_nodes = buffers.include_nodes
    command.exclude_nodes = buffers.exclude_nodes
    draft.command = command
    draft.buffers = buffers
    draft.depth = buffers.depth
    if method < METHOD_RESERVE or method > METHOD_GET_RESERVATION:
        buffers.status.reason = R_UNSUPPORTED
    elif size > 0 and read_request(at, at + size, method, &draft) == NULL:
        buffers.status.reason = R_MALFORMED
        buffers.status.field = F_NONE
        buffers.status.line_i = -1
    else:
        finish(method, &draft)
    return buffers.status.reason
