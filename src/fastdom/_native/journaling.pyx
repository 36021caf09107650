"""Appending to the open journal buffer, and the entries that time itself makes."""

from libc.stdint cimport int32_t, int64_t
from libc.string cimport memcpy, memset

from fastdom._native.command cimport Command, KIND_ADVANCE, R_LIMIT_EXCEEDED, R_MAP_FULL, R_OVERLOADED, Result
from fastdom._native.core cimport Engine, JournalBuffer, engine_yield
from fastdom._native.entry cimport ENTRY_MAX, Entry, entry_bound, entry_pack
from fastdom._native.reservations cimport Record, record_of
from fastdom._native.state cimport State, due_crowd, due_slice, state_apply


cdef extern from "<sys/eventfd.h>" nogil:
    ctypedef unsigned long eventfd_t
    int eventfd_write(int fd, eventfd_t value)


cdef int32_t room_for(const Engine* g, int64_t size) noexcept nogil:
    """OK (0), or why an entry of at most `size` bytes cannot be journalled. Nothing has changed yet."""
    if size > ENTRY_MAX or size + 16 > g.buffer_max:
        return R_LIMIT_EXCEEDED  # it never fits: a client that tries again does so in vain
    if g.open.size + size + 8 > g.buffer_max:
        return R_OVERLOADED
    if g.open.size + g.taken.size + size + 8 > g.room:
        return R_MAP_FULL
    return 0


cdef int journal(Engine* g, Entry* e, int64_t now_us) noexcept nogil:
    """Number, pack and apply an entry for which room was checked. 0, or -1: the engine has latched."""
    cdef JournalBuffer* b = &g.open
    cdef int64_t size
    e.seq = g.state.seq + 1
    e.now_us = now_us
    if b.size == 0:
        memcpy(b.data, &now_us, 8)
        b.size = 8
        b.first_seq = e.seq
        b.before_us = now_us
    size = entry_pack(e, b.before_us, b.data + b.size)
    if state_apply(&g.state, e) != 0:
        # a decision that does not fit the state is a defect: stop before it can be acknowledged
        g.failed = 1
        if g.wake_fd >= 0:
            eventfd_write(g.wake_fd, 1)
        return -1
    b.size += size
    b.last_seq = e.seq
    b.before_us = now_us
    return 0


cdef void journal_kick(Engine* g) noexcept nogil:
    if g.open.size and g.kick_fd >= 0:
        eventfd_write(g.kick_fd, 1)


cdef void entry_clear(Entry* e, int32_t kind, const Command* c, Result* r) noexcept nogil:
    memset(e, 0, sizeof(Entry))
    e.kind = kind
    e.result = r
    if c != NULL:
        e.tenant_i = c.tenant_i


# --- time and expiry -----------------------------------------------------------------------------------------------

cdef int advance(Engine* g, int64_t now_us) noexcept nogil:
    """Journal that time moved and a slice of due holds expired: counted first, so that a replay does the same."""
    cdef Entry e
    cdef int64_t before = g.state.reservations.heap_size
    entry_clear(&e, KIND_ADVANCE, NULL, NULL)
    e.args[0] = due_slice(&g.state, now_us)
    if room_for(g, entry_bound(&e)) != 0:
        return -1
    if journal(g, &e, now_us) != 0:
        return -1
    g.expired_holds += before - g.state.reservations.heap_size
    return 0


cdef void catch_up(Engine* g, int64_t now_us) noexcept nogil:
    """When more is due than a command may carry, expire it in slices, letting others in between."""
    while due_crowd(&g.state, now_us):
        if advance(g, now_us) != 0:
            return               # no room in the journal: the command lifts all that is due, however long it takes
        engine_yield(g)


cdef bint crowded(const State* s) noexcept nogil:
    """A table has no room that was never used: what is past its window should make some."""
    return (
        (s.reservations.n_free == 0 and s.reservations.slots_used >= s.reservations.slots_max)
        or s.reservations.records.units_used + ENTRY_MAX // 64 > s.reservations.records.units_max
        or s.requests.answers.units_used + ENTRY_MAX // 16 > s.requests.answers.units_max
    )


cdef bint forgettable(const State* s, int64_t now_us) noexcept nogil:
    """Would a journalled command of this time expire a hold, or forget an id or a final reservation?"""
    cdef const Record* record
    cdef int64_t kept_us = s.limits.request_window_us
    if s.reservations.heap_size and s.reservations.heap[0].expires_at_us <= now_us:
        return True
    if s.requests.oldest < s.requests.next:
        if s.requests.ring[s.requests.oldest % s.requests.slots_max].at_us + kept_us <= now_us:
            return True
    if s.reservations.oldest_final == 0:
        return False
    record = record_of(&s.reservations, s.reservations.oldest_final - 1)
    if s.reservations.live >= s.reservations.slots_max:
        kept_us = 60000000
    return record.touched_at_us + kept_us <= now_us


cdef void make_room(Engine* g, int64_t now_us) noexcept nogil:
    """A command refused by a full table is not journalled and would forget nothing: without this it stayed full."""
    if crowded(&g.state) and forgettable(&g.state, now_us):
        advance(g, now_us)
