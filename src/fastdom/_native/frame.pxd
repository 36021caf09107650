"""Frames of the journal, natively: the layout is fastdom.journal.frame's, which is the readable twin."""

from libc.stdint cimport int64_t, uint16_t, uint64_t
from libc.string cimport memcmp, memcpy

from fastdom._native.core cimport JournalBuffer
from fastdom._native.table cimport fd_hash64


cdef enum:
    FRAME_HEADER_BYTES = 40
    FRAME_FORMAT = 1
    FRAME_CHECKED_FROM = 8
    FRAME_PAYLOAD_MAX = 67108864


cdef struct Frame:
    int64_t first_seq            # of its first entry
    int64_t last_seq
    const char* payload          # [length]
    int64_t length


cdef inline uint64_t frame_sum(const char* frame, int64_t size) noexcept nogil:
    """Checksum of a whole frame of `size` bytes, as its first eight bytes hold it."""
    return fd_hash64(frame + FRAME_CHECKED_FROM, <size_t>(size - FRAME_CHECKED_FROM), 0x6A6F75726E616C21)


cdef inline int64_t frame_of(const JournalBuffer* b, char* frame) noexcept nogil:
    """Header and payload of a batch; the size."""
    cdef uint64_t words[3]
    cdef uint16_t version[2]
    cdef uint64_t sum
    words[0] = <uint64_t>b.first_seq
    words[1] = <uint64_t>b.last_seq
    words[2] = <uint64_t>b.size
    version[0] = FRAME_FORMAT
    version[1] = 0
    memcpy(frame + 8, b"FDJB", 4)
    memcpy(frame + 12, version, 4)
    memcpy(frame + 16, words, 24)
    memcpy(frame + FRAME_HEADER_BYTES, b.data, b.size)
    sum = frame_sum(frame, FRAME_HEADER_BYTES + b.size)
    memcpy(frame, &sum, 8)
    return FRAME_HEADER_BYTES + b.size


cdef inline int64_t frame_at(const char* data, int64_t size, Frame* out) noexcept nogil:
    """Read the frame at `data`, of which `size` bytes are there; its size, or 0: no frame, or a damaged one."""
    cdef uint64_t words[3]
    cdef uint16_t version[2]
    cdef uint64_t sum
    if size < FRAME_HEADER_BYTES or memcmp(data + 8, b"FDJB", 4) != 0:
        return 0
    memcpy(version, data + 12, 4)
    memcpy(words, data + 16, 24)
    if version[0] != FRAME_FORMAT or version[1] != 0 or words[2] > FRAME_PAYLOAD_MAX:
        return 0
    if words[0] < 1 or words[1] < words[0] or words[1] >> 62:
        return 0
    if <int64_t>words[2] > size - FRAME_HEADER_BYTES:
        return 0
    memcpy(&sum, data, 8)
    if sum != frame_sum(data, FRAME_HEADER_BYTES + <int64_t>words[2]):
        return 0
    out.first_seq = <int64_t>words[0]
    out.last_seq = <int64_t>words[1]
    out.payload = data + FRAME_HEADER_BYTES
    out.length = <int64_t>words[2]
    return FRAME_HEADER_BYTES + out.length
