"""Exceptions: business records of what went wrong and needs a person (ExceptionService). Errors are not here."""

from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t

from fastdom._native.table cimport Index


cdef enum:
    NOTE_MAX = 1024              # bytes of a resolution's note


cdef enum FaultKind:             # equal to fastdom.v1.ExceptionKind
    FAULT_NONE = 0
    FAULT_SHORTFALL = 1          # allocated + safety_stock > on_hand; quantity = the shortfall when last raised
    FAULT_STRANDED = 2           # units at a failed node that fit nowhere else
    FAULT_COUNT_MISMATCH = 3     # fulfilled more than the count on hand said was there
    FAULT_CAPACITY_OVERRUN = 4   # a lowered limit is below what a bucket already holds
    FAULT_LATE_SUPPLY = 5        # reserved


cdef struct Fault:
    int64_t id                   # 1 upwards, never reused
    int64_t seq                  # journal sequence that raised (or last raised) it: the list cursor
    int64_t opened_at_us
    int64_t resolved_at_us       # 0 = open
    uint64_t reservation_id[2]   # 0, 0 = none
    int16_t kind
    int16_t reason               # StrandedReason of a STRANDED, 0 of other kinds
    int32_t sku_i                # -1 = none
    int32_t node_i               # -1 = none
    int32_t quantity             # units; shipments or units for a capacity overrun
    int32_t ship_day             # capacity bucket of an overrun, 0 = none
    int32_t note_size
    uint8_t note[1024]           # what was done about it; memory is used only by slots that were ever raised


cdef struct Faults:
    Fault* ring                  # [slots_max]; id i lives in slot (i - 1) % slots_max
    uint32_t slots_max
    int64_t next_id              # 1 = none yet
    int64_t open_count
    int64_t dropped              # open ones overwritten because the ring was full: reported, never silent
    Index open_by_key            # open faults by (kind, sku, node, reservation)


cdef int faults_open(Faults* t, uint32_t slots_max) noexcept nogil
cdef void faults_close(Faults* t) noexcept nogil
cdef Fault* fault_find(const Faults* t, int64_t fault_id) noexcept nogil     # NULL = unknown or overwritten
cdef Fault* fault_raise(
    Faults* t, int32_t kind, int32_t sku_i, int32_t node_i, const uint64_t* reservation_id,
    int32_t quantity, int64_t seq, int64_t now_us,
) noexcept nogil                 # a new one, or the open one of the same subject with the new quantity
cdef Fault* fault_open_of(
    const Faults* t, int32_t kind, int32_t sku_i, int32_t node_i, const uint64_t* reservation_id
) noexcept nogil                 # the open one of this subject; NULL = none
cdef void fault_resolve(Faults* t, Fault* fault, int64_t now_us) noexcept nogil
cdef void fault_restore(Faults* t, const Fault* fault) noexcept nogil        # from a checkpoint, in id order
