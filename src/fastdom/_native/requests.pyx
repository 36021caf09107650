"""The request-id table: what makes a retry safe, also after a crash (every entry is rebuilt from the journal)."""

from libc.string cimport memcpy, memset

from fastdom._native.arena cimport arena_at, arena_close, arena_fits, arena_give, arena_open, arena_take
from fastdom._native.memory cimport map_release, map_reserve
from fastdom._native.table cimport (
    fd_hash64, fd_prefetch, index_close, index_fetch, index_first, index_insert, index_open, index_remove,
)


cdef int requests_open(Requests* t, uint32_t slots_max, int64_t answer_bytes_max) noexcept nogil:
    memset(t, 0, sizeof(Requests))
    t.slots_max = slots_max
    t.ring = <Request*>map_reserve(<size_t>slots_max * sizeof(Request))
    if t.ring == NULL:
        return -1
    if index_open(&t.by_key, slots_max) != 0 or arena_open(&t.answers, 16, answer_bytes_max) != 0:
        return -1
    return 0


cdef void requests_close(Requests* t) noexcept nogil:
    map_release(t.ring, <size_t>t.slots_max * sizeof(Request))
    index_close(&t.by_key)
    arena_close(&t.answers)


cdef void request_key(int32_t tenant_i, Slice request_id, uint64_t* key) noexcept nogil:
    key[0] = fd_hash64(request_id.data, request_id.size, <uint64_t>tenant_i * 2 + 1)
    key[1] = fd_hash64(request_id.data, request_id.size, ~(<uint64_t>tenant_i * 2 + 1))


cdef Request* request_find(const Requests* t, const uint64_t* key) noexcept nogil:
    cdef uint32_t low = <uint32_t>key[0]
    cdef uint32_t at = index_first(&t.by_key, key[0])
    cdef Request* request
    while at:
        if t.by_key.links[at - 1].low == low:
            request = &t.ring[at - 1]
            if request.key[0] == key[0] and request.key[1] == key[1]:
                return request
        at = t.by_key.links[at - 1].next
    return NULL


cdef bint request_fits(const Requests* t, int64_t answer_size) noexcept nogil:
    return t.next - t.oldest < t.slots_max and arena_fits(&t.answers, answer_size)


cdef int request_add(
    Requests* t, const uint64_t* key, const uint64_t* fingerprint, int64_t seq, int64_t at_us,
    const char* answer, int32_t answer_size, int32_t kind,
) noexcept nogil:
    """Remember; the caller has checked that it fits and that the key is new. -1 = the answer has no room after all."""
    cdef uint32_t slot = <uint32_t>(t.next % t.slots_max)
    cdef Request* request = &t.ring[slot]
    request.key[0] = key[0]
    request.key[1] = key[1]
    request.fingerprint[0] = fingerprint[0]
    request.fingerprint[1] = fingerprint[1]
    request.seq = seq
    request.at_us = at_us
    request.answer_head = <uint32_t>kind << 24 | <uint32_t>answer_size
    request.answer = arena_take(&t.answers, answer_size)
    if request.answer == 0:
        return -1
    memcpy(arena_at(&t.answers, request.answer), answer, answer_size)
    index_insert(&t.by_key, key[0], slot)
    t.next += 1
    return 0


cdef void request_forget_oldest(Requests* t) noexcept nogil:
    cdef uint32_t slot = <uint32_t>(t.oldest % t.slots_max)
    cdef Request* request = &t.ring[slot]
    index_remove(&t.by_key, request.key[0], slot)
    if request.answer:           # always, but for an id whose answer had no room: then the engine has latched
        arena_give(&t.answers, request.answer, request_size(request))
    t.pruned_at_us = request.at_us
    t.oldest += 1
    if t.oldest < t.next:        # most likely the next command forgets the next one
        slot = <uint32_t>(t.oldest % t.slots_max)
        index_fetch(&t.by_key, t.ring[slot].key[0])
        fd_prefetch(&t.by_key.links[slot])
        fd_prefetch(arena_at(&t.answers, t.ring[slot].answer))
