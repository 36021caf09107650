"""Writing protobuf bytes from the back to the front, so that every length is known when it is written.

A message is written field by field from its highest number to its lowest, then its own length and tag. Fields that
hold their default leave no bytes, as in proto3.

A writer never runs over its floor: `room` is asked once an element and by everything of varying size, and always keeps
SLACK bytes back, more than all numbers between two such questions can take. Once it has said no it goes on saying no.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from fastdom._native.command cimport Slice
from fastdom._native.table cimport Interner


cdef extern from *:
    """
    /* Bytes of a varint: 7 bits each, (bits * 9 + 64) / 64 without a division. */
    static inline int fastdom_varint_size(uint64_t value) {
        return ((63 - __builtin_clzll(value | 1)) * 9 + 73) >> 6;
    }
    /* Short copies by two overlapping words: ids are 1 to 32 bytes, where a call of memcpy costs more than the copy. */
    static inline void fastdom_copy(unsigned char *to, const char *from, int64_t size) {
        if (size >= 16) {
            if (size <= 32) {
                char low[16], high[16];
                memcpy(low, from, 16); memcpy(high, from + size - 16, 16);
                memcpy(to, low, 16); memcpy(to + size - 16, high, 16);
            } else memcpy(to, from, size);
        } else if (size >= 8) {
            uint64_t low, high;
            memcpy(&low, from, 8); memcpy(&high, from + size - 8, 8);
            memcpy(to, &low, 8); memcpy(to + size - 8, &high, 8);
        } else if (size >= 4) {
            uint32_t low, high;
            memcpy(&low, from, 4); memcpy(&high, from + size - 4, 4);
            memcpy(to, &low, 4); memcpy(to + size - 4, &high, 4);
        } else if (size > 0) {
            to[0] = from[0]; to[size >> 1] = from[size >> 1]; to[size - 1] = from[size - 1];
        }
    }
    """
    int32_t varint_size "fastdom_varint_size"(uint64_t value) noexcept nogil
    void copy "fastdom_copy"(uint8_t* to, const char* text, int64_t size) noexcept nogil


cdef enum:
    SLACK = 1024                 # a number takes 12 bytes with its tag, and no message of a reply has 30 of them


cdef struct Writer:
    uint8_t* at                  # first byte written; grows downwards
    uint8_t* floor               # lowest place that may be written
    bint full                    # something did not fit: what stands is not a message


cdef inline bint room(Writer* w, int64_t size) noexcept nogil:
    if w.at - w.floor >= size + SLACK and not w.full:
        return True
    w.full = True
    return False


cdef inline void put_varint(Writer* w, uint64_t value) noexcept nogil:
    cdef int32_t n
    cdef int32_t i
    if value < 0x80:
        w.at -= 1
        w.at[0] = <uint8_t>value
        return
    n = varint_size(value)
    w.at -= n
    for i in range(n - 1):
        w.at[i] = <uint8_t>(value | 0x80)
        value >>= 7
    w.at[n - 1] = <uint8_t>value


cdef inline void put_tag(Writer* w, uint32_t tag) noexcept nogil:
    """One byte up to field 15, else two (no hot message has a field above 2,047)."""
    if tag < 0x80:
        w.at -= 1
        w.at[0] = <uint8_t>tag
    else:
        w.at -= 2
        w.at[0] = <uint8_t>(tag | 0x80)
        w.at[1] = <uint8_t>(tag >> 7)


cdef inline void put_number(Writer* w, uint32_t tag, int64_t value) noexcept nogil:
    """int32, int64, enum or bool; 0 leaves no bytes."""
    if value:
        put_varint(w, <uint64_t>value)
        put_tag(w, tag)


cdef inline void put_signed(Writer* w, uint32_t tag, int64_t value) noexcept nogil:
    """sint32 or sint64."""
    if value:
        put_varint(w, (<uint64_t>value << 1) ^ <uint64_t>(value >> 63))
        put_tag(w, tag)


cdef inline void put_raw(Writer* w, const char* text, int64_t size) noexcept nogil:
    """Bytes without tag or length."""
    if room(w, size):
        w.at -= size
        copy(w.at, text, size)


cdef inline void put_bytes(Writer* w, uint32_t tag, const char* text, int64_t size) noexcept nogil:
    """A string or bytes field; nothing when empty."""
    if size > 0 and room(w, size):
        w.at -= size
        copy(w.at, text, size)
        put_varint(w, <uint64_t>size)
        put_tag(w, tag)


cdef inline void put_text(Writer* w, uint32_t tag, Slice text) noexcept nogil:
    put_bytes(w, tag, text.data, text.size)


cdef inline void put_name(Writer* w, uint32_t tag, const Interner* names, int32_t i) noexcept nogil:
    """An interned name; its length byte stands before it as protobuf wants it. -1 leaves no bytes."""
    cdef const char* at
    cdef int64_t size
    if i < 0:
        return
    at = names.text + names.offset[i]
    size = <uint8_t>at[0]
    if 0 < size < 0x80 and room(w, size):
        w.at -= size + 1
        copy(w.at, at, size + 1)
        put_tag(w, tag)
    elif size:
        put_bytes(w, tag, at + 1, size)


cdef inline void close_message(Writer* w, uint32_t tag, const uint8_t* end) noexcept nogil:
    """Length and tag of the message that was written from `end` downwards."""
    if room(w, 0):
        put_varint(w, <uint64_t>(end - w.at))
        put_tag(w, tag)


cdef inline void put_instant(Writer* w, uint32_t tag, int64_t seconds, int64_t nanos) noexcept nogil:
    """A Timestamp or Duration, present whatever it says."""
    cdef const uint8_t* end = w.at
    put_number(w, 2 << 3, nanos)
    put_number(w, 1 << 3, seconds)
    close_message(w, tag, end)


cdef inline void put_timestamp(Writer* w, uint32_t tag, int64_t us) noexcept nogil:
    """Microseconds since 1970; 0 leaves no bytes."""
    if us > 0:
        put_instant(w, tag, us // 1000000, us % 1000000 * 1000)


cdef inline void put_duration(Writer* w, uint32_t tag, int64_t us) noexcept nogil:
    """Microseconds, also negative and 0: both parts carry the sign (cdivision)."""
    put_instant(w, tag, us // 1000000, us % 1000000 * 1000)
