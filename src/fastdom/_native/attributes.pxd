"""Attributes of an order line, packed: the form in which a Command carries them and the order context keeps them.

Bytes: number of entries, then key and value of each, every text with its length before it (varints). Entries are in
the order of their keys' bytes, so equal maps are equal bytes whoever sent them. No entry = no bytes.
"""

from libc.stdint cimport int32_t
from libc.string cimport memcmp

from fastdom._native.command cimport Slice
from fastdom._native.varint cimport put, put_bytes


cdef enum:
    ATTRIBUTES_MAX = 16          # entries of one line, keys counted once
    ATTRIBUTE_BYTES_MAX = 64     # bytes of a key or value
    ATTRIBUTES_LINE_BYTES = 2081 # of one line packed, at most: 1 + 16 * (1 + 64 + 1 + 64)
    ATTRIBUTES_ORDER_BYTES = 262144  # of all lines of an order packed, at most: the order context must fit an entry


cdef inline bint before(Slice a, Slice b) noexcept nogil:
    cdef int32_t shorter = a.size if a.size < b.size else b.size
    cdef int order = memcmp(a.data, b.data, shorter) if shorter > 0 else 0
    return order < 0 or (order == 0 and a.size < b.size)


cdef inline void attributes_sort(Slice* keys, Slice* values, int32_t n) noexcept nogil:
    """By key; the keys differ."""
    cdef Slice key
    cdef Slice value
    cdef int32_t at
    cdef int32_t i
    for i in range(1, n):
        key = keys[i]
        value = values[i]
        at = i
        while at > 0 and before(key, keys[at - 1]):
            keys[at] = keys[at - 1]
            values[at] = values[at - 1]
            at -= 1
        keys[at] = key
        values[at] = value


cdef inline char* attributes_pack(char* at, Slice* keys, Slice* values, int32_t n) noexcept nogil:
    """Sorts and writes 1 .. ATTRIBUTES_MAX entries within their limits: at most ATTRIBUTES_LINE_BYTES."""
    cdef int32_t i
    attributes_sort(keys, values, n)
    at = put(at, n)
    for i in range(n):
        at = put_bytes(at, keys[i])
        at = put_bytes(at, values[i])
    return at
