"""The engine: one lock, one state, one open journal buffer, and `submit`, which every command goes through.

Order of taking the lock is the order of the journal. `submit` decides, applies and appends to the open buffer; it never
waits for the disk. A flush thread takes the whole buffer (`journal_take`), brings it to disk and says so
(`journal_durable`); replies wait until `durable_seq` has reached the sequence they carry.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

from fastdom._native.command cimport Command, Result
from fastdom._native.entry cimport Context, Entry, ResultBuffers
from fastdom._native.network cimport Network, NetworkTables
from fastdom._native.order cimport Resolved
from fastdom._native.quote cimport Quote
from fastdom._native.state cimport Limits, State


cdef extern from "<pthread.h>" nogil:
    ctypedef struct pthread_mutex_t:
        pass
    int pthread_mutex_lock(pthread_mutex_t* mutex)
    int pthread_mutex_trylock(pthread_mutex_t* mutex)
    int pthread_mutex_unlock(pthread_mutex_t* mutex)


cdef struct JournalBuffer:
    char* data                   # [size_max] base time, then entries
    int64_t size                 # bytes in it
    int64_t first_seq            # of the first entry; 0 = empty
    int64_t last_seq
    int64_t before_us            # time of the last entry


cdef struct Engine:
    pthread_mutex_t lock
    State state
    const Network* net           # active version; NULL = none
    Quote* quote                 # scratch of routing and promising
    Resolved* order              # scratch of order resolution
    Result work                  # scratch results for changes that answer nobody, and of a replay
    Result work_after
    Context context              # scratch
    char* context_bytes          # [ENTRY_MAX] scratch: the packed context of a new reservation
    JournalBuffer open           # under the lock
    JournalBuffer taken          # the flush thread's
    int64_t buffer_max           # bytes of one buffer: undurable bytes are bounded by two of them
    int64_t room                 # bytes the journal surely takes (disk and map); set by the flush thread
    int64_t durable_seq          # atomic: highest sequence on disk in the chosen mode
    int32_t failed               # 1 = the journal failed: nothing is answered any more
    int32_t wake_fd              # eventfd: one wake-up per flush for whoever waits for durable_seq; -1 = none
    int32_t kick_fd              # eventfd: wakes the flush thread; -1 = none
    int32_t replaying            # 1 = no journal: entries come from one
    uint64_t random_key[2]       # ids are SipHash of a counter under a key drawn at start: outside the state machine
    uint64_t random_count
    uint64_t token_key[2]        # option tokens
    int64_t* channel_ttl_us      # [channels_max] hold time when a command names none; 0 = ttl_default_us
    int64_t ttl_default_us
    int64_t commands             # counters, under the lock
    int64_t refused
    int64_t expired_holds


cdef int submit(Engine* engine, Command* command, Result* result) noexcept nogil
# Runs one command under the lock the caller holds. 0; the refusal is in result.status, the sequence the reply depends
# on in result.wait_seq (0: an estimate, wait for nothing). Texts in the result point into the state or into the command's
# buffer: encode before unlocking. The lock may be given up and taken again before the command is judged.

cdef void journal_kick(Engine* engine) noexcept nogil                        # wake the flush thread, once per loop turn


cdef inline void engine_lock(Engine* engine) noexcept nogil:
    pthread_mutex_lock(&engine.lock)


cdef inline void engine_unlock(Engine* engine) noexcept nogil:
    pthread_mutex_unlock(&engine.lock)


cdef class NativeEngine:
    """Owner of an Engine and its memory; the Python face is fastdom.engine.Engine."""
    cdef Engine* engine
    cdef ResultBuffers buffers
    cdef NetworkTables tables    # keeps the active version's arrays alive
    cdef ResultBuffers spare
    cdef ResultBuffers spare_after
    cdef int64_t journal_entry(self, Entry* e, int64_t now_us) except -1
