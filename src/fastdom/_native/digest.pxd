"""The digest of a state: the sum of one 128-bit hash per record, taken slice by slice while commands go on.

It is that of the moment it began at. Whatever a command is about to change and the walk has not come to yet is hashed
first and marked as seen (`digest_position` and its like, called by the fold); what came later is passed over. A sum
does not depend on the order in which tables hold their records, and every dense id goes in as the hash of its name.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from fastdom._native.capacity cimport Capacity
from fastdom._native.command cimport Result
from fastdom._native.entry cimport Context
from fastdom._native.faults cimport Fault, Faults
from fastdom._native.positions cimport Positions
from fastdom._native.requests cimport Requests
from fastdom._native.reservations cimport Record, Reservations
from fastdom._native.table cimport Interner


cdef enum:
    DIGEST_SLICE = 1024          # effort of a slice: a position or a name is 1; about 100 microseconds under the lock


cdef struct Digest:
    uint64_t total[2]            # low, high
    const Interner* names[5]     # SKUs, nodes, channels, tenants, services
    const uint8_t* node_status
    const Positions* positions
    const Reservations* reservations
    const Requests* requests
    const Capacity* capacity
    const Faults* faults
    uint32_t n_names[5]          # names when it began
    int64_t lanes                # lanes, slots, exceptions when it began: those after them are none of it
    int64_t slots
    int64_t first_fault
    int64_t end_fault
    int64_t next_request         # ordinal of the next request id to hash
    int64_t end_request
    uint8_t* lane_seen           # [lanes_max] 1 = hashed, or made later
    uint8_t* slot_seen           # [slots_max]
    uint8_t* node_seen           # [nodes_max]
    uint8_t* fault_seen          # [faults_max] by id - first_fault
    int64_t lanes_max
    int64_t slots_max
    int64_t nodes_max
    int64_t faults_max
    int32_t stage                # what the walk is at; see digest_slice
    int64_t at                   # next name, SKU, slot, node or exception of the stage
    int64_t inner                # positions of the SKU that were passed
    Result* result               # scratch: an answer, its dense ids replaced
    Context* context             # scratch
    char* packed                 # [2 * ENTRY_MAX] scratch
    char* picks                  # [ENTRY_MAX] scratch: short picks


cdef Digest* digest_open(int64_t lanes, int64_t slots, int64_t nodes, int64_t faults) noexcept nogil   # NULL = no memory
cdef void digest_close(Digest* d) noexcept nogil
cdef bint digest_slice(Digest* d, int64_t effort) noexcept nogil    # under the lock; False = that was the last one
cdef void digest_row(Digest* d, const void* row, int64_t size, uint64_t seed) noexcept nogil

# Called before a change, while a digest runs:
cdef void digest_position(Digest* d, int32_t sku_i, int32_t p) noexcept nogil
cdef void digest_reservation(Digest* d, const Record* record) noexcept nogil
cdef void digest_node(Digest* d, int32_t node_i) noexcept nogil
cdef void digest_fault(Digest* d, int64_t fault_id) noexcept nogil
cdef void digest_request(Digest* d) noexcept nogil                  # the oldest one is about to be forgotten
# Called after something new came:
cdef void digest_new_position(Digest* d, int32_t p) noexcept nogil
cdef void digest_new_reservation(Digest* d, uint32_t slot) noexcept nogil
