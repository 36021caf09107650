"""Which bytes are text: every name and id is UTF-8, so that any of them can be told to a caller."""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy


cdef inline bint is_ascii(const uint8_t* text, int64_t size) noexcept nogil:
    cdef uint64_t bits = 0
    cdef uint64_t word
    cdef uint32_t half
    while size >= 8:
        memcpy(&word, text, 8)
        bits |= word
        text += 8
        size -= 8
    if size >= 4:
        memcpy(&half, text, 4)
        bits |= half
        text += 4
        size -= 4
    while size > 0:
        bits |= text[0]
        text += 1
        size -= 1
    return (bits & <uint64_t>0x8080808080808080) == 0


cdef inline bint is_tail(const uint8_t* text, int64_t n) noexcept nogil:
    """Whether n continuation bytes stand here."""
    cdef int64_t i
    for i in range(n):
        if text[i] & 0xC0 != 0x80:
            return False
    return True


cdef inline bint is_utf8(const uint8_t* text, int64_t size) noexcept nogil:
    """Well-formed UTF-8 as in Unicode table 3-7: no surrogates, nothing overlong, nothing above U+10FFFF."""
    cdef const uint8_t* end = text + size
    cdef uint8_t low
    cdef uint8_t high
    cdef int64_t n
    while text < end:
        if text[0] < 0x80:
            text += 1
            continue
        low = 0x80
        high = 0xBF
        if 0xC2 <= text[0] <= 0xDF:
            n = 1
        elif 0xE0 <= text[0] <= 0xEF:
            n = 2
            if text[0] == 0xE0:
                low = 0xA0
            elif text[0] == 0xED:
                high = 0x9F
        elif 0xF0 <= text[0] <= 0xF4:
            n = 3
            if text[0] == 0xF0:
                low = 0x90
            elif text[0] == 0xF4:
                high = 0x8F
        else:
            return False
        if end - text <= n or text[1] < low or text[1] > high or not is_tail(text + 1, n):
            return False
        text += n + 1
    return True


cdef inline bint is_text(const uint8_t* text, int64_t size) noexcept nogil:
    """Well-formed UTF-8; most of it is ASCII, which is known eight bytes at a time."""
    return is_ascii(text, size) or is_utf8(text, size)
