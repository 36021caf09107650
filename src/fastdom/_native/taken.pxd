"""Units that the order being quoted has taken from a position so far: demand is summed before any check."""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.string cimport memset

from fastdom._native.quote_scratch cimport Quote, TAKEN_SIZE
from fastdom._native.table cimport fd_mix64


cdef inline void taken_clear(Quote* q) noexcept nogil:
    q.taken_epoch += 1
    q.n_taken = 0
    if q.taken_epoch == 0:
        memset(q.taken, 0, sizeof(q.taken))
        q.taken_epoch = 1


cdef inline int64_t* taken_at(Quote* q, int32_t position) noexcept nogil:
    """Units of the position so far, to read and to add to; one not named before starts at 0."""
    cdef uint32_t at = <uint32_t>fd_mix64(<uint64_t>position, 0) & (TAKEN_SIZE - 1)
    while q.taken[at].epoch == q.taken_epoch:
        if q.taken[at].position == position:
            return &q.taken[at].quantity
        at = (at + 1) & (TAKEN_SIZE - 1)
    q.taken[at].epoch = q.taken_epoch
    q.taken[at].position = position
    q.taken[at].quantity = 0
    q.n_taken += 1
    return &q.taken[at].quantity


cdef inline int64_t taken_of(const Quote* q, int32_t position) noexcept nogil:
    """The same, without naming it."""
    cdef uint32_t at = <uint32_t>fd_mix64(<uint64_t>position, 0) & (TAKEN_SIZE - 1)
    while q.taken[at].epoch == q.taken_epoch:
        if q.taken[at].position == position:
            return q.taken[at].quantity
        at = (at + 1) & (TAKEN_SIZE - 1)
    return 0
