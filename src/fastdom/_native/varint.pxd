"""LEB128 varints and zigzag, over a write pointer and a bounded reader."""

from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.string cimport memcpy

from fastdom._native.command cimport Slice


cdef enum:
    VARINT_MAX = 10              # bytes of any varint


cdef inline char* put(char* at, uint64_t value) noexcept nogil:
    while value >= 0x80:
        at[0] = <char>(<uint8_t>(value | 0x80))
        value >>= 7
        at += 1
    at[0] = <char>(<uint8_t>value)
    return at + 1


cdef extern from *:
    """
    static inline char *fd_put_wide(char *at, unsigned long long value) {
        unsigned long long x = value;
        int n;
        if (value >> 56) return 0;
        n = (63 - __builtin_clzll(value | 1)) / 7 + 1;
        x = (x & 0x0000000fffffffull) | ((x & 0x00fffffff0000000ull) << 4);
        x = (x & 0x00003fff00003fffull) | ((x & 0x0fffc0000fffc000ull) << 2);
        x = (x & 0x007f007f007f007full) | ((x & 0x3f803f803f803f80ull) << 1);
        x |= 0x8080808080808080ull & ((1ull << 8 * (n - 1)) - 1);
        memcpy(at, &x, 8);
        return at + n;
    }
    """
    char* fd_put_wide(char* at, unsigned long long value) nogil


cdef inline char* put_time(char* at, int64_t value) noexcept nogil:
    """As put_signed, for what mostly takes several bytes: without a loop. Writes up to 10 bytes, whatever it takes."""
    cdef uint64_t zigzag = (<uint64_t>value << 1) ^ <uint64_t>(value >> 63)
    cdef char* end = fd_put_wide(at, zigzag)
    return end if end != NULL else put(at, zigzag)


cdef inline char* put_signed(char* at, int64_t value) noexcept nogil:
    return put(at, (<uint64_t>value << 1) ^ <uint64_t>(value >> 63))


cdef inline char* put_bytes(char* at, Slice data) noexcept nogil:
    at = put(at, <uint64_t>data.size)
    if data.size:
        memcpy(at, data.data, data.size)
    return at + data.size


cdef inline char* put_word(char* at, uint64_t value) noexcept nogil:
    memcpy(at, &value, 8)
    return at + 8


cdef struct Reader:
    const char* at
    const char* end
    int bad                      # 1 once anything did not fit; all later reads give 0


cdef inline void cut(Reader* r) noexcept nogil:
    """Nothing more is read; what went wrong first stays said."""
    if r.bad == 0:
        r.bad = 1
    r.at = r.end


cdef inline uint64_t get(Reader* r) noexcept nogil:
    cdef uint64_t value = 0
    cdef int shift = 0
    cdef uint8_t byte
    while r.at < r.end:
        byte = <uint8_t>r.at[0]
        r.at += 1
        value |= <uint64_t>(byte & 0x7F) << shift
        if byte < 0x80:
            return value
        shift += 7
        if shift > 63:
            break
    cut(r)
    return 0


cdef inline int64_t get_signed(Reader* r) noexcept nogil:
    cdef uint64_t value = get(r)
    return <int64_t>(value >> 1) ^ -<int64_t>(value & 1)


cdef inline uint64_t get_word(Reader* r) noexcept nogil:
    cdef uint64_t value = 0
    if r.end - r.at < 8:
        cut(r)
        return 0
    memcpy(&value, r.at, 8)
    r.at += 8
    return value


cdef inline Slice get_bytes(Reader* r) noexcept nogil:
    cdef Slice data
    cdef uint64_t size = get(r)
    data.data = NULL
    data.size = 0
    if size > <uint64_t>(r.end - r.at):
        cut(r)
        return data
    data.data = r.at
    data.size = <int>size
    r.at += size
    return data


cdef inline int64_t get_count(Reader* r, int64_t at_most) noexcept nogil:
    """A count that must not exceed its limit."""
    cdef uint64_t count = get(r)
    if count > <uint64_t>at_most:
        cut(r)
        return 0
    return <int64_t>count
