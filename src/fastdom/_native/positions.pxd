"""Stock positions (SKU x node) as struct-of-arrays blocks of eight lanes.

A block holds eight int32 of each field side by side, so that gathering candidates reads whole cache lines of `free`.
A SKU owns runs of 1, 1, 2, 4, 8, 8, ... lanes (or of 8 from the start, when the network has many nodes), linked through
the first lane of each run. Lanes never move and are never given back, so a position id is stable: 48 bytes a position.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t


cdef enum PositionField:         # index into a block: 8 x int32 each
    P_NODE = 0                   # dense node id
    P_FREE = 1                   # on_hand - held - committed - safety_stock - other channels' fences; may be negative
    P_ON_HAND = 2                # physical count, >= 0
    P_HELD = 3
    P_COMMITTED = 4
    P_SAFETY = 5                 # kept back from selling
    P_RESERVE = 6                # routing_reserve: kept back from routing, not from pinned reserves
    P_VERSION = 7                # changes with on_hand only
    P_FULFILLED = 8              # ordinal of the newest entry of the fulfilment log, 0 = none
    P_RUN = 9                    # in the first lane of a run: first position of the next run + 1
    P_AS_OF = 10                 # 8 x int64 (two int32 rows): time of the last accepted count, microseconds
    P_ROWS = 12


cdef enum:
    FORGOTTEN = -1               # quantity of a log entry that stands for those before it, no longer known
    ORDINALS = 2147483647        # ordinals run from 1 to here, then from 1 again


cdef struct FulfilmentLog:       # one entry per fulfilment of a position, a ring
    int64_t seq
    int64_t total                # units of the position's entries up to this one; two are compared, one alone says nothing
    int32_t quantity             # units, or FORGOTTEN
    uint32_t before              # ordinal of the position's entry before this one, 0 = none
    uint32_t jump                # ordinal of one further back, 0 = none: from any entry a few jumps reach every earlier one
    uint32_t depth               # entries of the position before this one


cdef struct Positions:
    int32_t* blocks              # [blocks_max, P_ROWS, 8]
    uint32_t blocks_used
    uint32_t blocks_max
    uint32_t count               # positions in use
    uint32_t carve_at[3]         # next free lane of the open block for runs of 1, 2, 4; 0 = none open
    uint32_t* sku_first          # [skus_max] (first position + 1) * 2 + (1 when runs start at 8)
    int32_t* sku_count           # [skus_max] positions of the SKU
    uint32_t skus_max
    int32_t wide                 # 1 = a new SKU starts with a run of 8 (a hint, not state)
    FulfilmentLog* log           # [log_max] ring
    uint32_t log_max
    int64_t log_count            # entries ever written


cdef int positions_open(Positions* t, uint32_t positions_max, uint32_t skus_max, uint32_t log_max) noexcept nogil
cdef void positions_close(Positions* t) noexcept nogil
cdef int32_t position_find(const Positions* t, int32_t sku_i, int32_t node_i) noexcept nogil   # -1 = none
cdef int32_t position_add(Positions* t, int32_t sku_i, int32_t node_i) noexcept nogil          # -1 = table full
cdef int fulfilment_note(Positions* t, int32_t p, int64_t seq, int32_t quantity) noexcept nogil
cdef int64_t fulfilled_since(const Positions* t, int32_t p, int64_t seq) noexcept nogil        # -1 = log too short


cdef inline uint32_t ordinal_of(int64_t count) noexcept nogil:
    """Ordinal of the count-th entry ever written, count from 1."""
    return <uint32_t>((count - 1) % ORDINALS + 1)


cdef inline int64_t log_age(const Positions* t, uint32_t ordinal) noexcept nogil:
    """Entries written after the one of an ordinal."""
    cdef int64_t age = ((t.log_count - 1) % ORDINALS + 1) - <int64_t>ordinal
    return age if age >= 0 else age + ORDINALS


cdef inline FulfilmentLog* log_entry(const Positions* t, uint32_t ordinal) noexcept nogil:
    """The entry of an ordinal; NULL = none, or overwritten."""
    cdef int64_t age
    if ordinal == 0:
        return NULL
    age = log_age(t, ordinal)
    return &t.log[(t.log_count - 1 - age) % t.log_max] if age < t.log_max and age < t.log_count else NULL


cdef inline int32_t* position_cell(const Positions* t, int32_t p, int32_t field) noexcept nogil:
    return t.blocks + <Py_ssize_t>(p >> 3) * (P_ROWS * 8) + field * 8 + (p & 7)


cdef inline int64_t* position_as_of(const Positions* t, int32_t p) noexcept nogil:
    return <int64_t*>(t.blocks + <Py_ssize_t>(p >> 3) * (P_ROWS * 8) + P_AS_OF * 8) + (p & 7)


cdef inline int32_t run_length(int32_t k, int32_t wide) noexcept nogil:
    """Lanes of a SKU's k-th run."""
    if wide or k >= 4:
        return 8
    return 1 if k <= 1 else (2 if k == 2 else 4)


cdef struct Run:                 # cursor over a SKU's runs
    int32_t first                # first position of the run
    int32_t length               # positions in use in it
    int32_t left                 # positions after this run
    int32_t k
    int32_t wide


cdef inline bint run_begin(const Positions* t, int32_t sku_i, Run* run) noexcept nogil:
    """The SKU's first run; False when it has no position."""
    cdef uint32_t head
    if sku_i < 0 or <uint32_t>sku_i >= t.skus_max:
        return False
    head = t.sku_first[sku_i]
    if head == 0:
        return False
    run.wide = head & 1
    run.first = <int32_t>(head >> 1) - 1
    run.k = 0
    run.left = t.sku_count[sku_i]
    run.length = run_length(0, run.wide)
    if run.length > run.left:
        run.length = run.left
    run.left -= run.length
    return True


cdef inline bint run_next(const Positions* t, Run* run) noexcept nogil:
    if run.left == 0:
        return False
    run.first = position_cell(t, run.first, P_RUN)[0] - 1
    run.k += 1
    run.length = run_length(run.k, run.wide)
    if run.length > run.left:
        run.length = run.left
    run.left -= run.length
    return True
