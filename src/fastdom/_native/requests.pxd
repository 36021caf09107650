"""Remembered request ids: a ring in order of time, found by a 128-bit hash of tenant and id."""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from fastdom._native.arena cimport Arena
from fastdom._native.command cimport Slice
from fastdom._native.table cimport Index


cdef struct Request:
    uint64_t key[2]              # hash of (tenant, request id)
    uint64_t fingerprint[2]      # of the body it came with
    int64_t seq                  # journal sequence of its command: the answer's inventory_seq
    int64_t at_us                # journalled time
    uint32_t answer              # packed answer in `answers`
    uint32_t answer_head         # Kind of its command in the high byte, bytes of the answer in the others


cdef struct Requests:
    Request* ring                # [slots_max]; ordinal o lives in slot o % slots_max
    uint32_t slots_max
    int64_t oldest               # ordinal of the oldest remembered
    int64_t next                 # ordinal of the next
    int64_t pruned_at_us         # time of the newest forgotten id: first_sent_at up to it is too old to judge
    Index by_key
    Arena answers


cdef int requests_open(Requests* t, uint32_t slots_max, int64_t answer_bytes_max) noexcept nogil
cdef void requests_close(Requests* t) noexcept nogil
cdef void request_key(int32_t tenant_i, Slice request_id, uint64_t* key) noexcept nogil
cdef Request* request_find(const Requests* t, const uint64_t* key) noexcept nogil          # NULL = not remembered
cdef bint request_fits(const Requests* t, int64_t answer_size) noexcept nogil
cdef int request_add(
    Requests* t, const uint64_t* key, const uint64_t* fingerprint, int64_t seq, int64_t at_us,
    const char* answer, int32_t answer_size, int32_t kind,
) noexcept nogil                 # 0, or -1: no room for the answer
cdef void request_forget_oldest(Requests* t) noexcept nogil


cdef inline int32_t request_size(const Request* request) noexcept nogil:
    """Bytes of the answer."""
    return <int32_t>(request.answer_head & 0xffffff)


cdef inline int32_t request_kind(const Request* request) noexcept nogil:
    """Kind of the command that was answered; KIND_REFUSED of a refusal."""
    return <int32_t>(request.answer_head >> 24)
