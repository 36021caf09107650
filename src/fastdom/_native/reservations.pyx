"""The reservation table. Nothing here knows stock: state.pyx moves quantities, this keeps the records."""

from libc.string cimport memcpy, memmove, memset

from fastdom._native.arena cimport arena_at, arena_close, arena_fits, arena_give, arena_open, arena_take
from fastdom._native.memory cimport map_release, map_reserve
from fastdom._native.table cimport (
    fd_mix64, fd_prefetch, index_close, index_fetch, index_first, index_insert, index_open, index_remove,
)


cdef int reservations_open(Reservations* t, uint32_t slots_max, int64_t bytes_max) noexcept nogil:
    memset(t, 0, sizeof(Reservations))
    t.slots_max = slots_max
    t.offset = <uint32_t*>map_reserve(<size_t>slots_max * sizeof(uint32_t))
    t.heap_at = <uint32_t*>map_reserve(<size_t>slots_max * sizeof(uint32_t))
    t.free_slot = <uint32_t*>map_reserve(<size_t>slots_max * sizeof(uint32_t))
    t.heap = <Due*>map_reserve(<size_t>slots_max * sizeof(Due))
    if t.offset == NULL or t.heap_at == NULL or t.free_slot == NULL or t.heap == NULL:
        return -1
    if arena_open(&t.records, 64, bytes_max) != 0 or index_open(&t.by_id, slots_max) != 0:
        return -1
    return 0


cdef void reservations_close(Reservations* t) noexcept nogil:
    map_release(t.offset, <size_t>t.slots_max * sizeof(uint32_t))
    map_release(t.heap_at, <size_t>t.slots_max * sizeof(uint32_t))
    map_release(t.free_slot, <size_t>t.slots_max * sizeof(uint32_t))
    map_release(t.heap, <size_t>t.slots_max * sizeof(Due))
    arena_close(&t.records)
    index_close(&t.by_id)


cdef inline uint64_t id_hash(const uint64_t* id) noexcept nogil:
    return fd_mix64(id[0], id[1])


cdef Record* reservation_find(const Reservations* t, const uint64_t* id) noexcept nogil:
    cdef uint64_t key_hash = id_hash(id)
    cdef uint32_t low = <uint32_t>key_hash
    cdef uint32_t at = index_first(&t.by_id, key_hash)
    cdef Record* record
    while at:
        if t.by_id.links[at - 1].low == low:
            record = record_of(t, at - 1)
            if record.id[0] == id[0] and record.id[1] == id[1]:
                return record
        at = t.by_id.links[at - 1].next
    return NULL


cdef bint reservation_fits(const Reservations* t, int64_t size) noexcept nogil:
    return (t.n_free > 0 or t.slots_used < t.slots_max) and arena_fits(&t.records, size)


cdef Record* reservation_add(Reservations* t, const Record* head) noexcept nogil:
    """A record with the header's counts; shipments, allocations and context are the caller's to fill."""
    cdef int64_t size = record_size(head.n_shipments, head.n_allocations, head.n_exclusions, head.context_size)
    cdef uint32_t offset = arena_take(&t.records, size)
    cdef uint32_t slot
    cdef Record* record
    if offset == 0:
        return NULL
    if t.n_free:
        t.n_free -= 1
        slot = t.free_slot[t.n_free]
    else:
        slot = t.slots_used
        t.slots_used += 1
    record = <Record*>arena_at(&t.records, offset)
    memcpy(record, head, sizeof(Record))
    record.slot = slot
    record.size = <uint32_t>size
    record.older = 0
    record.newer = 0
    t.offset[slot] = offset
    t.heap_at[slot] = 0
    t.live += 1
    index_insert(&t.by_id, id_hash(record.id), slot)
    return record


cdef Record* reservation_resize(
    Reservations* t, Record* record, int32_t n_shipments, int32_t n_allocations, int32_t n_exclusions
) noexcept nogil:
    """The same record with other room; what is new is zeroed. NULL = no room."""
    cdef int64_t size = record_size(n_shipments, n_allocations, n_exclusions, record.context_size)
    cdef int32_t kept = record.n_exclusions if record.n_exclusions < n_exclusions else n_exclusions
    cdef uint32_t offset = arena_take(&t.records, size)
    cdef uint32_t old_offset = t.offset[record.slot]
    cdef Record* fresh
    if offset == 0:
        return NULL
    fresh = <Record*>arena_at(&t.records, offset)
    memset(fresh, 0, size)
    memcpy(fresh, record, sizeof(Record))
    fresh.n_shipments = n_shipments
    fresh.n_allocations = n_allocations
    fresh.n_exclusions = <int16_t>n_exclusions
    fresh.size = <uint32_t>size
    memcpy(record_shipments(fresh), record_shipments(record), record.n_shipments * sizeof(ShipmentOut))
    memcpy(record_allocations(fresh), record_allocations(record), record.n_allocations * sizeof(AllocationOut))
    memcpy(record_exclusions(fresh), record_exclusions(record), kept * sizeof(ExclusionOut))
    if kept:
        memcpy(record_stranded(fresh), record_stranded(record), record.n_allocations * sizeof(int32_t))
    memcpy(record_context(fresh), record_context(record), record.context_size)
    t.offset[record.slot] = offset
    arena_give(&t.records, old_offset, record.size)
    return fresh


cdef void reservation_remove(Reservations* t, Record* record) noexcept nogil:
    cdef uint32_t slot = record.slot
    cdef uint32_t offset = t.offset[slot]
    cdef const Record* after
    due_drop(t, record)
    final_leave(t, record)
    if t.oldest_final:           # most likely the next command removes the next one
        after = record_of(t, t.oldest_final - 1)
        index_fetch(&t.by_id, id_hash(after.id))
        fd_prefetch(&t.by_id.links[after.slot])
        fd_prefetch(&t.heap_at[after.slot])
        if after.newer:
            fd_prefetch(record_of(t, after.newer - 1))
    index_remove(&t.by_id, id_hash(record.id), slot)
    t.offset[slot] = 0
    t.free_slot[t.n_free] = slot
    t.n_free += 1
    t.live -= 1
    arena_give(&t.records, offset, record.size)


# --- expiry ----------------------------------------------------------------------------------------------------------

cdef inline void heap_set(Reservations* t, uint32_t at, Due due) noexcept nogil:
    t.heap[at] = due
    t.heap_at[due.slot] = at + 1


cdef void sift_up(Reservations* t, uint32_t at, Due due) noexcept nogil:
    cdef uint32_t parent
    while at:
        parent = (at - 1) >> 2
        if not due_before(&due, &t.heap[parent]):
            break
        heap_set(t, at, t.heap[parent])
        at = parent
    heap_set(t, at, due)


cdef void sift_down(Reservations* t, uint32_t at, Due due) noexcept nogil:
    cdef uint32_t child
    cdef uint32_t best
    cdef uint32_t end
    while True:
        child = 4 * at + 1
        if child >= t.heap_size:
            break
        end = child + 4 if child + 4 < t.heap_size else t.heap_size
        best = child
        child += 1
        while child < end:
            if due_before(&t.heap[child], &t.heap[best]):
                best = child
            child += 1
        if not due_before(&t.heap[best], &due):
            break
        heap_set(t, at, t.heap[best])
        at = best
    heap_set(t, at, due)


cdef void due_put(Reservations* t, Record* record) noexcept nogil:
    cdef Due due
    cdef uint32_t at
    due_drop(t, record)
    due.expires_at_us = record.expires_at_us
    due.slot = record.slot
    due.order = <uint32_t>record.created_seq
    at = t.heap_size
    t.heap_size += 1
    sift_up(t, at, due)


cdef void due_drop(Reservations* t, Record* record) noexcept nogil:
    cdef uint32_t at = t.heap_at[record.slot]
    cdef Due last
    if at == 0:
        return
    at -= 1
    t.heap_at[record.slot] = 0
    t.heap_size -= 1
    if at == t.heap_size:
        return
    last = t.heap[t.heap_size]
    if at and due_before(&last, &t.heap[(at - 1) >> 2]):
        sift_up(t, at, last)
    else:
        sift_down(t, at, last)


# --- final reservations, oldest touch first -----------------------------------------------------------------------

cdef void final_leave(Reservations* t, Record* record) noexcept nogil:
    cdef uint32_t self_at = record.slot + 1
    if record.older == 0 and record.newer == 0 and t.oldest_final != self_at:
        return
    if record.older:
        record_of(t, record.older - 1).newer = record.newer
    else:
        t.oldest_final = record.newer
    if record.newer:
        record_of(t, record.newer - 1).older = record.older
    else:
        t.newest_final = record.older
    record.older = 0
    record.newer = 0
    t.n_final -= 1


cdef void final_touch(Reservations* t, Record* record, int64_t now_us) noexcept nogil:
    """Put (or move) a final reservation to the young end."""
    final_leave(t, record)
    record.touched_at_us = now_us
    record.older = t.newest_final
    record.newer = 0
    if t.newest_final:
        record_of(t, t.newest_final - 1).newer = record.slot + 1
    else:
        t.oldest_final = record.slot + 1
    t.newest_final = record.slot + 1
    t.n_final += 1
