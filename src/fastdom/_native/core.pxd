"""What the engine is made of: the lock, the state, the journal buffers, the scratch. Functions are elsewhere."""

from libc.stdint cimport int32_t, int64_t, uint64_t

from fastdom._native.command cimport Result
from fastdom._native.entry cimport Context
from fastdom._native.network cimport Network
from fastdom._native.order cimport Resolved
from fastdom._native.quote cimport Quote
from fastdom._native.state cimport State


cdef extern from "<pthread.h>" nogil:
    ctypedef struct pthread_mutex_t:
        pass
    int pthread_mutex_lock(pthread_mutex_t* mutex)
    int pthread_mutex_trylock(pthread_mutex_t* mutex)
    int pthread_mutex_unlock(pthread_mutex_t* mutex)

cdef extern from *:
    """
    #include <time.h>
    static inline void fd_waiting_add(int* p, int n) { __atomic_add_fetch(p, n, __ATOMIC_RELAXED); }
    static inline int fd_waiting(const int* p) { return __atomic_load_n(p, __ATOMIC_RELAXED); }
    static inline void fd_nap(void) { struct timespec t = {0, 20000}; nanosleep(&t, 0); }
    """
    void fd_waiting_add(int* waiting, int n) nogil
    int fd_waiting(const int* waiting) nogil
    void fd_nap() nogil          # 20 microseconds at the least


cdef struct JournalBuffer:
    char* data                   # [size_max] base time, then entries
    int64_t size                 # bytes in it
    int64_t first_seq            # of the first entry; 0 = empty
    int64_t last_seq
    int64_t before_us            # time of the last entry


cdef struct Decisions:           # decision records not yet taken (decision.pxd), under the lock
    char* data                   # [size_max] whole records; NULL = none are kept
    char* taken                  # [size_max] those that are being stored, the storing thread's
    int64_t size                 # bytes of records in data
    int64_t size_max
    int64_t taken_size
    int64_t staged               # bytes begun beyond size; 0 = nothing begun, -1 = it did not fit
    int64_t kept                 # records ever written
    int64_t dropped              # decisions that went unrecorded because the buffer was full


cdef struct Engine:
    pthread_mutex_t lock
    int waiting                  # atomic: threads asleep for the lock
    State state
    const Network* net           # active version; NULL = none
    Quote* quote                 # scratch of routing and promising
    Resolved* order              # scratch of order resolution
    pthread_mutex_t wide_lock    # of wide.pxd: taken before `lock`, never while that is held
    Resolved* wide_order         # under wide_lock: scratch of a large order
    Quote* wide_quote
    Result* wide_result          # its answer
    int64_t wide_orders          # counters, under the lock
    int64_t wide_again           # plans of them that no longer stood, and were made anew
    int64_t wide_begun_ns        # monotonic time at which the large order took the lock
    int64_t wide_longest_ns      # longest time one held it since somebody asked; under the lock
    Result work                  # scratch results for changes that answer nobody, and of a replay
    Result work_after
    Context context              # scratch
    char* context_bytes          # [ENTRY_MAX] scratch: the packed context of a new reservation
    int32_t* leaving             # [LINES_MAX * OPTIONS_MAX] scratch: units of each allocation that a re-route has to move
    JournalBuffer open           # under the lock
    JournalBuffer taken          # the flush thread's
    int64_t buffer_max           # bytes of one buffer: undurable bytes are bounded by two of them
    int64_t room                 # bytes the journal surely takes (disk and map); set by the flush thread
    int64_t durable_seq          # atomic: highest sequence on disk in the chosen mode
    int64_t latest_us            # latest time any command was judged at, reads too: no later one is judged before it
    int32_t failed               # 1 = the journal failed: nothing is answered any more
    int32_t wake_fd              # eventfd: one wake-up per flush for whoever waits for durable_seq; -1 = none
    int32_t kick_fd              # eventfd: wakes the flush thread; -1 = none
    int32_t replaying            # 1 = no journal: entries come from one
    uint64_t random_key[2]       # ids are SipHash of a counter under a key drawn at start: outside the state machine
    uint64_t random_count
    uint64_t token_key[2]        # option tokens
    int64_t* channel_ttl_us      # [channels_max] hold time when a command names none; 0 = ttl_default_us
    int64_t ttl_default_us
    Decisions decisions
    int64_t commands             # counters, under the lock
    int64_t refused
    int64_t expired_holds


cdef inline void engine_lock(Engine* engine) noexcept nogil:
    if pthread_mutex_trylock(&engine.lock) != 0:
        fd_waiting_add(&engine.waiting, 1)
        pthread_mutex_lock(&engine.lock)
        fd_waiting_add(&engine.waiting, -1)


cdef inline void engine_unlock(Engine* engine) noexcept nogil:
    pthread_mutex_unlock(&engine.lock)


cdef inline void engine_lock_tables(Engine* engine) noexcept nogil:
    """The lock, with no large order under way: for who swaps tables that its plan reads without the lock."""
    pthread_mutex_lock(&engine.wide_lock)
    engine_lock(engine)


cdef inline void engine_unlock_tables(Engine* engine) noexcept nogil:
    engine_unlock(engine)
    pthread_mutex_unlock(&engine.wide_lock)


cdef inline int64_t later(Engine* g, int64_t now_us) noexcept nogil:
    """The time to judge at: never before the last journalled time, nor before what any caller was answered at."""
    if now_us < g.state.now_us:
        now_us = g.state.now_us
    if now_us < g.latest_us:
        now_us = g.latest_us
    g.latest_us = now_us
    return now_us


cdef inline void engine_yield(Engine* engine) noexcept nogil:
    """Give the lock up between two slices and take it again, after those who wait for it: a mutex alone is not fair."""
    engine_unlock(engine)
    if fd_waiting(&engine.waiting):
        fd_nap()
    engine_lock(engine)
