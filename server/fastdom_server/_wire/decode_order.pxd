"""Reading an Order and what it is made of into a Command."""

from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcmp, memset

from fastdom._native.command cimport (
    F_ATTRIBUTES, F_LINES, F_WEIGHT, LINES_MAX, R_INVALID_FIELD, R_TOO_MANY_LINES, Command, LineIn, Slice,
)
from fastdom._native.attributes cimport (
    ATTRIBUTE_BYTES_MAX, ATTRIBUTES_MAX, ATTRIBUTES_ORDER_BYTES, attributes_pack,
)
from fastdom._native.fingerprint cimport fold_attribute
from fastdom_server._wire.decode cimport DecodeBuffers
from fastdom_server._wire.draft cimport PLACE_ADDRESS, PLACE_PICKUP, Draft, read_moment, refuse
from fastdom_server._wire.read cimport read_fixed32, read_int32, read_size, read_tag, read_text, read_varint, skip
from fastdom_server._wire.tags cimport *


cdef inline bint same_text(Slice a, Slice b) noexcept nogil:
    return a.size == b.size and (a.size == 0 or memcmp(a.data, b.data, a.size) == 0)


cdef inline void note_attribute(DecodeBuffers* b, int32_t* n, Slice key, Slice value) noexcept nogil:
    """Put the entry where its key stands, else behind the others; the place past the limit says there are too many."""
    cdef int32_t i = 0
    while i < n[0] and not same_text(b.keys[i], key):
        i += 1
    if i <= ATTRIBUTES_MAX:
        b.keys[i] = key
        b.values[i] = value
        if i == n[0]:
            n[0] += 1


cdef inline void keep_attributes(Draft* d, int32_t n, int32_t line_i, LineIn* line) noexcept nogil:
    """The line is complete: check its attributes, pack them and add them to the fingerprint."""
    cdef DecodeBuffers* b = d.buffers
    cdef char* at = &b.attributes[b.attributes_size]
    cdef int32_t i
    for i in range(n):
        if n > ATTRIBUTES_MAX or b.keys[i].size > ATTRIBUTE_BYTES_MAX or b.values[i].size > ATTRIBUTE_BYTES_MAX:
            refuse(b, R_INVALID_FIELD, F_ATTRIBUTES, line_i, n)
            return
        fold_attribute(d.command, line_i, b.keys[i], b.values[i])
    line.attributes.data = at
    line.attributes.size = <int32_t>(attributes_pack(at, b.keys, b.values, n) - at)
    if b.attributes_size + line.attributes.size > ATTRIBUTES_ORDER_BYTES:
        refuse(b, R_INVALID_FIELD, F_ATTRIBUTES, line_i, b.attributes_size + line.attributes.size)
        line.attributes.size = 0
    b.attributes_size += line.attributes.size


cdef inline const uint8_t* read_attribute(
    const uint8_t* at, const uint8_t* end, Draft* d, int32_t* n
) noexcept nogil:
    """One entry of a line's attributes; with unknown fields it is unknown as a whole."""
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


cdef inline const uint8_t* read_line(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
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
        keep_attributes(d, n_attributes, line_i, line)
    return at


cdef inline void set_place(Draft* d, int32_t place) noexcept nogil:
    """The oneof moves to another member: what the old one held is gone."""
    if d.place == place:
        return
    d.place = place
    d.has_latitude = 0
    d.has_longitude = 0
    memset(&d.command.country_code, 0, sizeof(Slice))
    memset(&d.command.postal_code, 0, sizeof(Slice))
    memset(&d.command.pickup_node, 0, sizeof(Slice))


cdef inline const uint8_t* read_address(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
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


cdef inline const uint8_t* read_destination(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
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


cdef inline const uint8_t* read_order(const uint8_t* at, const uint8_t* end, Draft* d) noexcept nogil:
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
