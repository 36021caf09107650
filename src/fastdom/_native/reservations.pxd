"""Reservations: one variable-sized record each, found by their 128-bit id, ordered by expiry in a 4-ary heap."""

from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t

from fastdom._native.arena cimport Arena, arena_at
from fastdom._native.command cimport AllocationOut, ExclusionOut, ShipmentOut
from fastdom._native.table cimport Index


cdef enum ReservationState:      # derived from the quantities, never stored
    STATE_NONE = 0
    STATE_HELD = 1
    STATE_COMMITTED = 2
    STATE_PARTIALLY_FULFILLED = 3
    STATE_FULFILLED = 4
    STATE_RELEASED = 5
    STATE_EXPIRED = 6


cdef struct Record:              # followed by shipments, allocations, [exclusions, stranded units,] then the order context
    uint64_t id[2]
    uint32_t slot
    uint32_t size                # bytes of the whole record
    int32_t n_shipments
    int32_t n_allocations
    int32_t context_size
    int32_t n_lines
    int32_t tenant_i
    int32_t channel_i
    int32_t committed            # 1 = open units are committed, 0 = they are held
    int32_t needs_attention      # a node failed and nothing else could take the units
    int32_t dated                # reserved as a dated option: a hold ends at its order_by at the latest
    int16_t n_exclusions         # nodes that failed it; stranded units by allocation are kept where there are any
    int16_t attempts             # re-routes by request that moved units of it
    int32_t network_version
    int32_t policy_version
    int64_t open_units           # held or committed now
    int64_t fulfilled_units
    int64_t released_units
    int64_t expired_units
    int64_t expires_at_us        # 0 = never (committed)
    int64_t created_at_us
    int64_t created_seq
    int64_t version              # seq of the last change
    int64_t touched_at_us        # last journalled time a remembered request named it: final ones are pruned by it
    uint32_t older               # slot + 1 in the list of final reservations, ordered by touched_at
    uint32_t newer


cdef struct Due:                 # heap entry
    int64_t expires_at_us
    uint32_t slot
    uint32_t order               # low half of created_seq: the tie-break


cdef struct Reservations:
    Arena records
    uint32_t* offset             # [slots_max] record of a slot, 0 = free
    uint32_t* heap_at            # [slots_max] index in the heap + 1, 0 = not in it
    uint32_t* free_slot          # [slots_max] stack of freed slots
    uint32_t n_free
    uint32_t slots_used          # bump pointer
    uint32_t slots_max
    uint32_t live                # records now, final ones included
    uint32_t n_final
    Index by_id
    Due* heap                    # [slots_max] 4-ary, earliest first
    uint32_t heap_size
    uint32_t oldest_final        # slot + 1
    uint32_t newest_final


cdef int reservations_open(Reservations* t, uint32_t slots_max, int64_t bytes_max) noexcept nogil
cdef void reservations_close(Reservations* t) noexcept nogil
cdef Record* reservation_find(const Reservations* t, const uint64_t* id) noexcept nogil    # NULL = not known
cdef bint reservation_fits(const Reservations* t, int64_t size) noexcept nogil
cdef Record* reservation_add(Reservations* t, const Record* head) noexcept nogil           # space was checked; sizes from head
cdef Record* reservation_resize(
    Reservations* t, Record* record, int32_t n_shipments, int32_t n_allocations, int32_t n_exclusions
) noexcept nogil
# Never fewer shipments or allocations; exclusions are the caller's to fill. NULL = no room.
cdef void reservation_remove(Reservations* t, Record* record) noexcept nogil
cdef void due_put(Reservations* t, Record* record) noexcept nogil           # in or moved to expires_at_us
cdef void due_drop(Reservations* t, Record* record) noexcept nogil
cdef void final_touch(Reservations* t, Record* record, int64_t now_us) noexcept nogil
cdef void final_leave(Reservations* t, Record* record) noexcept nogil


cdef inline int64_t failures_size(int64_t n_exclusions, int64_t n_allocations) noexcept nogil:
    """Bytes about nodes that failed: most reservations have none."""
    if n_exclusions == 0:
        return 0
    return n_exclusions * <int64_t>sizeof(ExclusionOut) + n_allocations * <int64_t>sizeof(int32_t)


cdef inline int64_t record_size(
    int64_t n_shipments, int64_t n_allocations, int64_t n_exclusions, int64_t context_size
) noexcept nogil:
    return (
        <int64_t>sizeof(Record) + n_shipments * <int64_t>sizeof(ShipmentOut)
        + n_allocations * <int64_t>sizeof(AllocationOut) + failures_size(n_exclusions, n_allocations) + context_size
    )


cdef inline ShipmentOut* record_shipments(const Record* record) noexcept nogil:
    return <ShipmentOut*>(<char*>record + sizeof(Record))


cdef inline AllocationOut* record_allocations(const Record* record) noexcept nogil:
    return <AllocationOut*>(<char*>record + sizeof(Record) + record.n_shipments * sizeof(ShipmentOut))


cdef inline ExclusionOut* record_exclusions(const Record* record) noexcept nogil:
    return <ExclusionOut*>(record_allocations(record) + record.n_allocations)


cdef inline int32_t* record_stranded(const Record* record) noexcept nogil:
    """By allocation, open units that should have left its node when last looked at; only where n_exclusions > 0."""
    return <int32_t*>(record_exclusions(record) + record.n_exclusions)


cdef inline char* record_context(const Record* record) noexcept nogil:
    return <char*>record_exclusions(record) + failures_size(record.n_exclusions, record.n_allocations)


cdef inline Record* record_of(const Reservations* t, uint32_t slot) noexcept nogil:
    return <Record*>arena_at(&t.records, t.offset[slot])


cdef inline int32_t record_state(const Record* record) noexcept nogil:
    if record.open_units > 0:
        if record.fulfilled_units > 0:
            return STATE_PARTIALLY_FULFILLED
        return STATE_COMMITTED if record.committed else STATE_HELD
    if record.fulfilled_units > 0:
        return STATE_FULFILLED
    return STATE_EXPIRED if record.expired_units > 0 else STATE_RELEASED


cdef inline bint due_before(const Due* a, const Due* b) noexcept nogil:
    """The order of expiry; of the same time, the older first."""
    if a.expires_at_us != b.expires_at_us:
        return a.expires_at_us < b.expires_at_us
    return <int32_t>(a.order - b.order) < 0


cdef inline int32_t open_units(const AllocationOut* a) noexcept nogil:
    return a.granted - a.fulfilled - a.released - a.expired
