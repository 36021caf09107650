"""The exception table: a ring by id, with at most one open record per subject."""

from libc.string cimport memset

from fastdom._native.memory cimport map_release, map_reserve
from fastdom._native.table cimport fd_mix64, index_close, index_first, index_insert, index_open, index_remove


cdef int faults_open(Faults* t, uint32_t slots_max) noexcept nogil:
    memset(t, 0, sizeof(Faults))
    t.slots_max = slots_max
    t.next_id = 1
    t.ring = <Fault*>map_reserve(<size_t>slots_max * sizeof(Fault))
    if t.ring == NULL or index_open(&t.open_by_key, slots_max) != 0:
        return -1
    return 0


cdef void faults_close(Faults* t) noexcept nogil:
    map_release(t.ring, <size_t>t.slots_max * sizeof(Fault))
    index_close(&t.open_by_key)
    t.ring = NULL


cdef inline uint64_t subject_hash(int32_t kind, int32_t sku_i, int32_t node_i, const uint64_t* reservation_id) noexcept nogil:
    cdef uint64_t place = (<uint64_t><uint32_t>sku_i << 32) | <uint32_t>node_i
    return fd_mix64(place, fd_mix64(reservation_id[0] ^ <uint64_t>kind, reservation_id[1]))


cdef inline uint64_t fault_hash(const Fault* fault) noexcept nogil:
    return subject_hash(fault.kind, fault.sku_i, fault.node_i, fault.reservation_id)


cdef Fault* fault_find(const Faults* t, int64_t fault_id) noexcept nogil:
    cdef Fault* fault
    if fault_id < 1 or fault_id >= t.next_id:
        return NULL
    fault = &t.ring[(fault_id - 1) % t.slots_max]
    return fault if fault.id == fault_id else NULL


cdef Fault* fault_open_of(
    const Faults* t, int32_t kind, int32_t sku_i, int32_t node_i, const uint64_t* reservation_id
) noexcept nogil:
    cdef uint32_t at = index_first(&t.open_by_key, subject_hash(kind, sku_i, node_i, reservation_id))
    cdef Fault* fault
    while at:
        fault = &t.ring[at - 1]
        if (
            fault.kind == kind and fault.sku_i == sku_i and fault.node_i == node_i
            and fault.reservation_id[0] == reservation_id[0] and fault.reservation_id[1] == reservation_id[1]
        ):
            return fault
        at = t.open_by_key.links[at - 1].next
    return NULL


cdef Fault* fault_raise(
    Faults* t, int32_t kind, int32_t sku_i, int32_t node_i, const uint64_t* reservation_id,
    int32_t quantity, int64_t seq, int64_t now_us,
) noexcept nogil:
    cdef uint64_t key_hash = subject_hash(kind, sku_i, node_i, reservation_id)
    cdef Fault* fault = fault_open_of(t, kind, sku_i, node_i, reservation_id)
    cdef uint32_t slot
    if fault != NULL:
        fault.quantity = quantity
        fault.seq = seq
        return fault
    slot = <uint32_t>((t.next_id - 1) % t.slots_max)
    fault = &t.ring[slot]
    if fault.id != 0 and fault.resolved_at_us == 0:
        index_remove(&t.open_by_key, fault_hash(fault), slot)
        t.open_count -= 1
        t.dropped += 1
    fault.id = t.next_id
    fault.seq = seq
    fault.opened_at_us = now_us
    fault.resolved_at_us = 0
    fault.reservation_id[0] = reservation_id[0]
    fault.reservation_id[1] = reservation_id[1]
    fault.kind = <int16_t>kind
    fault.reason = 0
    fault.sku_i = sku_i
    fault.node_i = node_i
    fault.quantity = quantity
    fault.ship_day = 0
    fault.note_size = 0
    t.next_id += 1
    t.open_count += 1
    index_insert(&t.open_by_key, key_hash, slot)
    return fault


cdef void fault_resolve(Faults* t, Fault* fault, int64_t now_us) noexcept nogil:
    if fault.resolved_at_us != 0:
        return
    fault.resolved_at_us = now_us
    t.open_count -= 1
    index_remove(&t.open_by_key, fault_hash(fault), <uint32_t>((fault.id - 1) % t.slots_max))


cdef void fault_restore(Faults* t, const Fault* fault) noexcept nogil:
    cdef uint32_t slot = <uint32_t>((fault.id - 1) % t.slots_max)
    t.ring[slot] = fault[0]
    t.next_id = fault.id + 1
    if fault.resolved_at_us == 0:
        t.open_count += 1
        index_insert(&t.open_by_key, fault_hash(fault), slot)
