"""Request ids: a repeat hears what was said first, and what is said now is remembered."""

from libc.stdint cimport int32_t, int64_t, uint64_t

from fastdom._native.arena cimport Arena, arena_at, arena_fits, arena_units
from fastdom._native.command cimport (
    Command, F_FIRST_SENT_AT, F_NONE, F_REQUEST_ID, KIND_PROMISE, KIND_REFUSED, KIND_RESERVE, KIND_ROUTE,
    REQUEST_ID_MAX, R_ID_TOO_LONG, R_INTERNAL, R_LIMIT_EXCEEDED, R_REQUEST_ID_EXPIRED, R_REQUEST_ID_REQUIRED,
    R_REQUEST_ID_REUSED, Result, Slice,
)
from fastdom._native.core cimport Engine
from fastdom._native.entry cimport Entry, answer_unpack, entry_bound, entry_pack, result_clear
from fastdom._native.journaling cimport entry_clear, journal, room_for
from fastdom._native.requests cimport Request, request_find, request_size


cdef int refuse(Result* r, int32_t reason, int32_t field) noexcept nogil:
    r.status.reason = reason
    r.status.field = field
    r.status.line_i = -1
    return 0


cdef int refuse_clean(const Command* c, Result* r, int32_t reason) noexcept nogil:
    """Refuse with nothing of a plan left in the result."""
    result_clear(r)
    r.now_us = c.now_us
    return refuse(r, reason, F_NONE)


cdef bint speaks_of(const Engine* g, const Command* c, const Result* r) noexcept nogil:
    """Does a recorded answer fit the command that asks for it again? Only damage to the folder makes it not."""
    return r.node_i < <int32_t>g.state.nodes.index.count and (
        r.n_lines <= c.n_lines or not (c.kind == KIND_RESERVE or c.kind == KIND_ROUTE or c.kind == KIND_PROMISE)
    )


cdef bint seen_before(Engine* g, const Command* c, const uint64_t* key, Result* r) noexcept nogil:
    """True when the request id settles the matter: its recorded answer, another body, or too old to judge."""
    cdef Request* request = request_find(&g.state.requests, key)
    cdef Slice answer
    cdef int64_t now_us = r.now_us
    if request == NULL:
        if 0 < c.first_sent_at_us <= g.state.requests.pruned_at_us:
            refuse(r, R_REQUEST_ID_EXPIRED, F_FIRST_SENT_AT)
            r.seq = g.state.seq
            r.wait_seq = g.state.seq
            return True
        return False
    if request.fingerprint[0] != c.fingerprint[0] or request.fingerprint[1] != c.fingerprint[1]:
        refuse(r, R_REQUEST_ID_REUSED, F_REQUEST_ID)
        r.seq = request.seq
        r.wait_seq = request.seq
        return True
    answer.data = arena_at(&g.state.requests.answers, request.answer)
    answer.size = request_size(request)
    if answer_unpack(c.kind, answer, r) != 0 or not speaks_of(g, c, r):
        result_clear(r)
        r.now_us = now_us
        refuse(r, R_INTERNAL, F_REQUEST_ID)
        return True
    r.repeated = 1
    r.seq = request.seq
    r.wait_seq = request.seq
    return True


cdef bint request_named(const Command* c, Result* r) noexcept nogil:
    if c.request_id.size == 0:
        refuse(r, R_REQUEST_ID_REQUIRED, F_REQUEST_ID)
        return False
    if c.request_id.size > REQUEST_ID_MAX:
        refuse(r, R_ID_TOO_LONG, F_REQUEST_ID)
        return False
    return True


cdef bint ids_full(const Engine* g, int64_t now_us) noexcept nogil:
    """The ring is full and its oldest id is younger than a minute at the command's time."""
    return (
        g.state.requests.next - g.state.requests.oldest >= g.state.requests.slots_max
        and g.state.requests.ring[g.state.requests.oldest % g.state.requests.slots_max].at_us + 60000000 > now_us
    )


cdef bint answer_fits(Engine* g, Entry* e, Result* r) noexcept nogil:
    """Surely in memory never used; else the answer is packed, behind what waits to be journalled, to know its size."""
    cdef const Arena* answers = &g.state.requests.answers
    if answers.units_used + arena_units(answers, entry_bound(e)) <= answers.units_max:
        return True
    r.version = g.state.seq + 1
    e.now_us = r.now_us
    entry_pack(e, e.now_us, g.open.data + g.open.size + 8)
    return arena_fits(answers, e.answer.size)


cdef int remember(Engine* g, Entry* e, const Command* c, const uint64_t* key, Result* r) noexcept nogil:
    """Journal a decision under its request id, or refuse for want of room with nothing changed."""
    cdef int32_t reason = room_for(g, entry_bound(e))
    if reason == 0 and ids_full(g, r.now_us):
        reason = R_LIMIT_EXCEEDED
    if reason == 0 and not answer_fits(g, e, r):
        reason = R_LIMIT_EXCEEDED
    if reason:
        result_clear(r)
        r.now_us = c.now_us
        return refuse(r, reason, F_NONE)
    e.has_request = 1
    e.key[0] = key[0]
    e.key[1] = key[1]
    e.fingerprint[0] = c.fingerprint[0]
    e.fingerprint[1] = c.fingerprint[1]
    r.version = g.state.seq + 1
    if journal(g, e, r.now_us) != 0:
        return refuse(r, R_INTERNAL, F_NONE)
    r.seq = g.state.seq
    r.wait_seq = g.state.seq
    return 0


cdef int remember_refusal(Engine* g, const Command* c, const uint64_t* key, Result* r) noexcept nogil:
    """A refusal that depends on the state is remembered too: a retry hears the same."""
    cdef Entry e
    entry_clear(&e, KIND_REFUSED, c, r)
    return remember(g, &e, c, key, r)
