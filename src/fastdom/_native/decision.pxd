"""Decision records: what a routing decision saw and chose, so that it can be explained later without today's stock.

A record is written under the lock by copying alone: no allocation, no search, no I/O. Records stand one after the other
in a buffer of fixed size, which a thread of its own takes from time to time; while it is full, decisions go unrecorded
and are counted, and so are orders too large to be copied under the lock. A record of three lines over fifty nodes takes about 4 kB.

Layout: DecisionHead, then the sections in the order of its counts, each padded to 8 bytes.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from fastdom._native.command cimport Command, Result
from fastdom._native.core cimport Engine
from fastdom._native.quote cimport Quote
from fastdom._native.resolved cimport Resolved


cdef enum:
    DECISION_MAGIC = 0x32444446  # "FDD2": this layout and the byte order of the machine
    DECISION_CELLS_MAX = 8192    # positions that are copied, about 30 us: orders with more go unrecorded
    DECISION_DAYS_MAX = 8        # local days of node capacity kept
    DECISION_NODES_ALL = 256     # up to here every node's capacity is kept, beyond it that of candidates


cdef enum DecisionFlag:
    DECISION_TOKEN = 1           # redeemed an option token: the plan was chosen when the option was made
    DECISION_VALUES = 2          # a section of RunValues follows the runs
    DECISION_COMMITTED = 4       # taken as FIRM
    DECISION_CANDIDATES = 8      # capacity is that of the listed nodes alone


cdef struct DecisionHead:
    uint32_t magic
    int32_t size                 # bytes of the whole record, a multiple of 8
    int64_t seq                  # journal sequence of the decision; of the state, where it was refused
    int64_t now_us               # time it was judged at
    uint64_t reservation_id[2]   # 0, 0 = refused
    uint8_t network_hash[32]
    int64_t total_micros
    int64_t gap_micros
    int32_t kind                 # Kind: RESERVE, ROUTE, PROMISE
    int32_t flags                # DecisionFlag
    int32_t network_version
    int32_t policy_version
    int32_t service_level
    int32_t outcome              # Outcome
    int32_t optimality
    int32_t relaxed              # constraints of the policy's `relax` given up
    int32_t channel_i
    int32_t tenant_i
    int32_t day0                 # local day of the first capacity column
    int32_t n_days               # capacity columns
    # sections, in this order
    int32_t n_runs               # PositionRun, then RunValues with DECISION_VALUES
    int32_t n_status             # uint8 by dense node id
    int32_t n_listed             # int32 dense node ids that capacity is kept of
    int32_t n_capacity           # rows of capacity: uint32 day and taken, [n_days, n_capacity]
    int32_t order_id_size
    int32_t request_id_size
    int32_t context_size         # packed order context (entry.pxd)
    int32_t n_shipments          # ShipmentOut, then as many CostOut
    int32_t n_allocations        # AllocationOut
    uint32_t sum                 # of the whole record with 0 in this place; 0 until it is taken out of the buffer


cdef struct PositionRun:         # positions of one SKU: lanes `lane` .. `lane` + length - 1 of a block
    int32_t sku_i
    int32_t lane
    int32_t length
    int32_t pad                  # 0
    int32_t node_i[8]
    int32_t free[8]              # as in positions.pxd, with due holds lifted
    int32_t reserve[8]


cdef struct RunValues:           # what was known of the same lanes
    int64_t weekly_demand_milli[8]   # -1 = not known
    int64_t price_micros[8]


cdef int decisions_open(Engine* g, int64_t bytes_max) noexcept nogil
# Record from now on; 0, or -1 when memory is short. bytes_max 0 = no longer.

cdef void decisions_close(Engine* g) noexcept nogil

cdef void decision_begin(
    Engine* g, const Command* c, const Resolved* order, const Quote* q, const Result* r
) noexcept nogil
# What the quote in r (of `order`, with scratch `q`) saw, copied while due holds are still lifted. Nothing is kept before decision_keep.

cdef void decision_keep(
    Engine* g, const Command* c, const Result* r, int32_t context_size, int32_t first_shipment, int32_t n_shipments,
    int32_t first_allocation, int32_t n_allocations
) noexcept nogil
# What became of it: the order context in g.context_bytes, the plan in r.
