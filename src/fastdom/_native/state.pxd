"""The state: everything that is a fold over the journal, and the one function that folds."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from fastdom._native.capacity cimport Capacity
from fastdom._native.command cimport Slice
from fastdom._native.digest cimport Digest
from fastdom._native.entry cimport Entry
from fastdom._native.faults cimport Faults
from fastdom._native.network cimport Network
from fastdom._native.positions cimport Positions
from fastdom._native.requests cimport Requests
from fastdom._native.reservations cimport Record, Reservations
from fastdom._native.table cimport Interner
from fastdom._native.tally cimport Tally


cdef enum NodeStatus:            # equal to fastdom.v1.NodeStatus
    NODE_ONLINE = 1
    NODE_PAUSED = 2              # no new work, keeps what it has
    NODE_OFFLINE = 3             # what it held moves elsewhere


cdef enum NameTable:            # e.args[0] of an INTERN entry
    TABLE_SKUS = 0
    TABLE_NODES = 1
    TABLE_CHANNELS = 2
    TABLE_TENANTS = 3
    TABLE_SERVICES = 4           # carrier services


cdef struct Limits:              # every table's maximum: address space is mapped once, memory is used as it fills
    int64_t skus_max
    int64_t nodes_max
    int64_t channels_max
    int64_t tenants_max
    int64_t positions_max
    int64_t reservations_max
    int64_t reservation_bytes_max
    int64_t request_ids_max
    int64_t answer_bytes_max
    int64_t exceptions_max
    int64_t fulfilment_log_max
    int64_t request_window_us    # ids and final reservations are kept this long, unless their count runs out first
    int64_t reroute_attempts_max # re-routes by request that may move units of one reservation
    int64_t reroute_exclusion_us # a node that failed a reservation gets none of its units for so long


cdef enum:
    DUE_HOLDS_MAX = 64           # due holds lifted for a command; more, or more allocations, are expired before it
    DUE_UNITS_MAX = 512          # their allocations and shipments: about 30 microseconds to lift and put back
    SLICE_HOLDS = 256            # holds expired in one step, and
    SLICE_UNITS = 512            # their allocations and shipments, but always one hold: about 60 microseconds


cdef enum:
    AHEAD_TABLES = 12
    AHEAD_BYTES = 2097152        # of a growing table kept backed beyond what is used: a huge page takes 0.1 to 0.5 ms
    AHEAD_BYTES_MAX = 33554432   # during a replay, which fills tables at 0.5 GB/s, a share of what is used up to this
    REPLAY_SHARE = 4


cdef struct State:
    int64_t seq                  # journal sequence of the last command applied
    int64_t now_us               # its journalled time
    int32_t network_version      # number of the active network version, 0 = none
    int32_t lifted               # 1 while due holds are subtracted for a read (see due_lift)
    uint8_t network_hash[32]
    uint64_t policies_hash[2]    # of all events of policies so far, in their order; the events are in NativeEngine.policy_log
    int64_t policy_events        # how many
    Limits limits
    Interner skus
    Interner nodes
    Interner channels
    Interner tenants
    Interner services            # carrier services: reservations name them across network versions
    uint8_t* node_status         # [nodes_max] NodeStatus
    Positions positions
    Reservations reservations
    Requests requests
    Capacity capacity
    Faults faults
    uint32_t* walk               # [reservations_max] scratch of due_lift and due_slice: places in the heap
    int64_t ahead[12]            # [AHEAD_TABLES] bytes backed by state_ahead
    int32_t ahead_share          # it backs used bytes / this beyond them; 0 = always AHEAD_BYTES
    Digest* digest               # the digest that is being taken, NULL = none: it sees first what a command changes
    Tally* tally                 # scratch of one command: sums by position, shipment or line
    const Network* proposed      # version about to be activated: no stock where it has no node or SKU. NULL = none


cdef int state_open(State* s, const Limits* limits) noexcept nogil           # 0, or -1: address space refused
cdef void state_close(State* s) noexcept nogil
cdef int state_apply(State* s, const Entry* e) noexcept nogil                # 0; -1 = the entry does not fit this state
cdef void note_policy(State* s, int64_t seq, Slice event) noexcept nogil     # an event of policies, journalled as `seq`
cdef void state_ahead(State* s, int32_t share) noexcept nogil
# Has the kernel back memory that growing tables will use next, so that no command waits for it. Reads counters only:
# called by one thread, without the lock.
cdef Digest* state_digest_open(const State* s) noexcept nogil                # memory for a digest; reads counters only, without the lock
cdef bint state_digest_begin(State* s, Digest* d) noexcept nogil             # False = the state has outgrown it: open another
# From then on s.digest is d, until whoever took the last slice (digest_slice) sets it to NULL.
cdef int64_t due_count(const State* s, int64_t now_us, int64_t at_most) noexcept nogil       # due holds, up to about so many
cdef bint due_crowd(const State* s, int64_t now_us) noexcept nogil                  # more is due than a command may carry
cdef int64_t due_slice(const State* s, int64_t now_us) noexcept nogil               # holds to expire in one step, first due first
cdef void due_lift(State* s, int64_t now_us) noexcept nogil                  # due holds count as expired ...
cdef void due_unlift(State* s, int64_t now_us) noexcept nogil                # ... until this puts them back
