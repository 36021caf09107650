"""Reading protobuf bytes: each function takes [at, end), gives the position after what it read, or NULL.

NULL means the bytes are not valid protobuf: truncated, an overlong varint, a length past the end, field number 0, an
unknown wire type, a group that does not close or nests too deep, or a string that is not UTF-8. The rules, also the
odd ones, are those of protobuf's own parser (upb): a tag or length has at most 5 bytes, a value at most 10, bits
beyond the field's width are dropped. tests/native/wire pins each of them against the generated classes.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from fastdom._native.command cimport Slice
from fastdom._native.text cimport is_text
from fastdom_server._wire.tags cimport WIRE_32, WIRE_64, WIRE_BYTES, WIRE_GROUP, WIRE_VARINT


cdef enum:
    VALUE_BYTES_MAX = 10         # bytes of a varint value
    HEAD_BYTES_MAX = 5           # bytes of a tag or a length
    DEPTH_MAX = 100              # messages and groups inside one another


cdef inline const uint8_t* read_long(
    const uint8_t* at, const uint8_t* end, int32_t bytes_max, uint64_t* value
) noexcept nogil:
    """A varint of any length up to bytes_max."""
    cdef uint64_t total = 0
    cdef uint64_t byte
    cdef int32_t i
    for i in range(bytes_max):
        if at >= end:
            return NULL
        byte = at[0]
        at += 1
        total |= (byte & 0x7F) << (7 * i)
        if byte < 0x80:
            value[0] = total
            return at
    return NULL


cdef inline const uint8_t* read_varint(const uint8_t* at, const uint8_t* end, uint64_t* value) noexcept nogil:
    if at < end and at[0] < 0x80:
        value[0] = at[0]
        return at + 1
    return read_long(at, end, VALUE_BYTES_MAX, value)


cdef inline const uint8_t* read_int32(const uint8_t* at, const uint8_t* end, int32_t* value) noexcept nogil:
    cdef uint64_t wide
    at = read_varint(at, end, &wide)
    if at != NULL:
        value[0] = <int32_t>wide
    return at


cdef inline const uint8_t* read_bool(const uint8_t* at, const uint8_t* end, int32_t* value) noexcept nogil:
    cdef uint64_t wide
    at = read_varint(at, end, &wide)
    if at != NULL:
        value[0] = wide != 0
    return at


cdef inline const uint8_t* read_fixed32(const uint8_t* at, const uint8_t* end, int32_t* value) noexcept nogil:
    if end - at < 4:
        return NULL
    memcpy(value, at, 4)
    return at + 4


cdef inline const uint8_t* read_any_tag(const uint8_t* at, const uint8_t* end, uint32_t* tag) noexcept nogil:
    """A tag inside a group that nobody reads: even field number 0 is taken there."""
    cdef uint64_t wide
    if at < end and at[0] < 0x80:
        tag[0] = at[0]
        at += 1
    else:
        at = read_long(at, end, HEAD_BYTES_MAX, &wide)
        if at == NULL or wide > <uint64_t>0xFFFFFFFF:
            return NULL
        tag[0] = <uint32_t>wide
    return at


cdef inline const uint8_t* read_tag(const uint8_t* at, const uint8_t* end, uint32_t* tag) noexcept nogil:
    at = read_any_tag(at, end, tag)
    return at if at != NULL and tag[0] >= 8 else NULL


cdef inline const uint8_t* read_size(const uint8_t* at, const uint8_t* end, int32_t* size) noexcept nogil:
    """A length that fits what is left."""
    cdef uint64_t wide
    if at < end and at[0] < 0x80:
        wide = at[0]
        at += 1
    else:
        at = read_long(at, end, HEAD_BYTES_MAX, &wide)
        if at == NULL or wide > <uint64_t>0x7FFFFFFF:
            return NULL
    if <int64_t>wide > end - at:
        return NULL
    size[0] = <int32_t>wide
    return at


cdef inline const uint8_t* read_bytes(const uint8_t* at, const uint8_t* end, Slice* text) noexcept nogil:
    cdef int32_t size = 0
    at = read_size(at, end, &size)
    if at == NULL:
        return NULL
    text.data = <const char*>at
    text.size = size
    return at + size


cdef inline const uint8_t* read_text(const uint8_t* at, const uint8_t* end, Slice* text) noexcept nogil:
    """A string: its bytes stay where they are."""
    cdef int32_t size = 0
    at = read_size(at, end, &size)
    if at == NULL or not is_text(at, size):
        return NULL
    text.data = <const char*>at
    text.size = size
    return at + size


cdef inline const uint8_t* skip(const uint8_t* at, const uint8_t* end, uint32_t tag, int32_t depth) noexcept nogil:
    """Past the value of a field that nobody reads; depth = levels of nesting still allowed."""
    cdef uint64_t value
    cdef int32_t size = 0
    cdef uint32_t inner = 0
    cdef uint32_t wire = tag & 7
    if wire == WIRE_VARINT:
        return read_varint(at, end, &value)
    if wire == WIRE_64:
        return at + 8 if end - at >= 8 else NULL
    if wire == WIRE_32:
        return at + 4 if end - at >= 4 else NULL
    if wire == WIRE_BYTES:
        at = read_size(at, end, &size)
        return at + size if at != NULL else NULL
    if wire != WIRE_GROUP or depth <= 0:
        return NULL
    while True:
        at = read_any_tag(at, end, &inner)
        if at == NULL or inner == tag + 1:
            return at
        at = skip(at, end, inner, depth - 1)
        if at == NULL:
            return NULL
