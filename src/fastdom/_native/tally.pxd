"""Sums by key within one command, in one pass over its lines: scratch of the state, under the lock.

Loops over allocations that look at all other allocations of the same position, shipment or line would be quadratic, and
an order may have a thousand lines. A command begins with `tally_clear`, which costs nothing.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.string cimport memset

from fastdom._native.table cimport fd_mix64


cdef enum:
    TALLY_SIZE = 16384           # a power of two, over twice the keys of a command
    TALLY_MAX = 8000             # keys of one command: its allocations and its shipments (LINES_MAX * OPTIONS_MAX each)


cdef struct TallyEntry:
    uint64_t key
    int64_t sum
    uint32_t epoch               # the entry is in use when this is the tally's


cdef struct Tally:
    uint32_t epoch
    int32_t next[8000]           # [TALLY_MAX] links of lists whose heads are sums: index + 1 of the next, 0 = the last
    TallyEntry entries[16384]    # [TALLY_SIZE]


cdef inline void tally_clear(Tally* t) noexcept nogil:
    t.epoch += 1
    if t.epoch == 0:
        memset(t.entries, 0, sizeof(t.entries))
        t.epoch = 1


cdef inline int64_t* tally_at(Tally* t, uint64_t key) noexcept nogil:
    """The sum of a key, to read and to add to; one not named before starts at 0. At most TALLY_MAX keys."""
    cdef uint32_t at = <uint32_t>fd_mix64(key, 0) & (TALLY_SIZE - 1)
    while t.entries[at].epoch == t.epoch:
        if t.entries[at].key == key:
            return &t.entries[at].sum
        at = (at + 1) & (TALLY_SIZE - 1)
    t.entries[at].epoch = t.epoch
    t.entries[at].key = key
    t.entries[at].sum = 0
    return &t.entries[at].sum
