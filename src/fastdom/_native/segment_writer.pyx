"""Writing batches to a segment (see segment_writer.pxd). The frame's layout is fastdom.journal.frame's."""

from libc.errno cimport EINTR, errno
from libc.stdint cimport int64_t, uint16_t, uint64_t
from libc.string cimport memcpy
from posix.time cimport CLOCK_MONOTONIC, clock_gettime, timespec

from fastdom._native.core cimport Engine, JournalBuffer, engine_lock, engine_unlock
from fastdom._native.memory cimport map_release, map_reserve
from fastdom._native.state cimport state_ahead
from fastdom._native.table cimport fd_hash64


cdef extern from "<sys/eventfd.h>" nogil:
    ctypedef unsigned long eventfd_t
    int eventfd_write(int fd, eventfd_t value)
    int eventfd_read(int fd, eventfd_t* value)

cdef extern from "<poll.h>" nogil:
    struct pollfd:
        int fd
        short events
        short revents
    int poll(pollfd* fds, unsigned long count, int timeout_ms)
    const short POLLIN

cdef extern from "<unistd.h>" nogil:
    ssize_t write(int fd, const void* data, size_t size)

cdef extern from *:
    """
    static inline void fd_store_release64(long long* p, long long v) { __atomic_store_n(p, v, __ATOMIC_RELEASE); }
    static inline int fd_load_flag(const int* p) { return __atomic_load_n(p, __ATOMIC_RELAXED); }
    """
    void fd_store_release64(long long* p, long long v) nogil
    int fd_load_flag(const int* p) nogil


cdef enum:
    HEADER_BYTES = 40
    FORMAT = 1
    REPORT_AFTER_MS = 2          # without another batch the journal is told this soon
    TURN_US = 5000               # under load it is told this often


cdef int64_t monotonic_us() noexcept nogil:
    cdef timespec now
    clock_gettime(CLOCK_MONOTONIC, &now)
    return <int64_t>now.tv_sec * 1000000 + now.tv_nsec // 1000


cdef int64_t frame_of(const JournalBuffer* b, char* frame) noexcept nogil:
    """Header and payload of a batch; the size."""
    cdef uint64_t words[4]
    cdef uint16_t version[2]
    cdef uint64_t sum
    words[0] = 0
    words[1] = <uint64_t>b.first_seq
    words[2] = <uint64_t>b.last_seq
    words[3] = <uint64_t>b.size
    version[0] = FORMAT
    version[1] = 0
    memcpy(frame + 8, b"FDJB", 4)
    memcpy(frame + 12, version, 4)
    memcpy(frame + 16, &words[1], 24)
    memcpy(frame + HEADER_BYTES, b.data, b.size)
    sum = fd_hash64(frame + 8, HEADER_BYTES - 8 + b.size, 0x6A6F75726E616C21)
    memcpy(frame, &sum, 8)
    return HEADER_BYTES + b.size


cdef bint take_batch(Engine* g) noexcept nogil:
    """What was decided since the last batch, as g.taken; False when there is nothing."""
    cdef JournalBuffer spare
    cdef bint some
    engine_lock(g)
    some = g.open.size > 0
    if some:
        spare = g.taken
        g.taken = g.open
        g.open = spare
        g.open.size = 0
        g.open.first_seq = 0
    engine_unlock(g)
    return some


cdef int write_all(int fd, const char* data, int64_t size) noexcept nogil:
    """0, or errno."""
    cdef ssize_t done
    while size > 0:
        done = write(fd, data, <size_t>size)
        if done < 0:
            if errno == EINTR:
                continue
            return errno
        data += done
        size -= done
    return 0


cdef class SegmentWriter:
    def __cinit__(self, NativeEngine owner not None):
        self.owner = owner
        self.fd = -1
        self.frame_max = owner.engine.buffer_max + HEADER_BYTES
        self.frame = <char*>map_reserve(<size_t>self.frame_max)
        if self.frame == NULL:
            raise MemoryError("the journal's frame")

    def __dealloc__(self):
        map_release(self.frame, <size_t>self.frame_max)

    def give(self, int fd, int64_t room):
        """The segment to write to from now on: a descriptor at its next free byte, and how many bytes fit."""
        self.fd = fd
        self.room = room

    def report(self):
        """(first_seq, last_seq, bytes) written since the last report; bytes 0 = nothing."""
        told = self.first_seq, self.last_seq, self.nbytes
        self.nbytes = 0
        return told

    def run(self, int idle_ms):
        """Write batches until Python has something to do; a `Turn`.

        Parameters
        ----------
        idle_ms : int
            Come back when nothing was to be written for so long.
        """
        cdef int turn
        with nogil:
            turn = self.turn(idle_ms)
        return turn

    cdef int turn(self, int idle_ms) noexcept nogil:
        cdef Engine* g = self.owner.engine
        cdef int64_t begun = monotonic_us()
        cdef bint failed
        while True:
            if self.frame_size == 0:
                if not take_batch(g):
                    if not self.wait(REPORT_AFTER_MS if self.nbytes else idle_ms):
                        return TURN_REPORT if self.nbytes else TURN_IDLE
                    if not take_batch(g):
                        return TURN_REPORT if self.nbytes else TURN_IDLE
                self.frame_size = frame_of(&g.taken, self.frame)
            if self.fd < 0 or self.frame_size > self.room:
                self.need = self.frame_size
                return TURN_ROOM
            self.error = write_all(self.fd, self.frame, self.frame_size)
            if self.error:
                return TURN_FAILED
            engine_lock(g)
            failed = g.failed
            if not failed:
                self.account(g)
            engine_unlock(g)
            if failed:
                return TURN_LATCHED
            fd_store_release64(<long long*>&g.durable_seq, self.last_seq)
            eventfd_write(g.wake_fd, 1)
            state_ahead(&g.state, 0)             # not under the lock
            if fd_load_flag(&self.wanted) or monotonic_us() - begun > TURN_US:
                return TURN_REPORT

    cdef void account(self, Engine* g) noexcept nogil:
        """The frame stands in the segment; the lock is held."""
        if self.nbytes == 0:
            self.first_seq = g.taken.first_seq
        self.last_seq = g.taken.last_seq
        self.nbytes += self.frame_size
        self.room -= self.frame_size
        self.batches += 1
        g.room -= self.frame_size if self.frame_size < g.room else g.room
        g.taken.size = 0
        self.frame_size = 0

    cdef bint wait(self, int timeout_ms) noexcept nogil:
        """Until somebody kicks; False when nobody does in time."""
        cdef pollfd waiting
        cdef eventfd_t value
        waiting.fd = self.owner.engine.kick_fd
        waiting.events = POLLIN
        waiting.revents = 0
        if poll(&waiting, 1, timeout_ms) <= 0:
            return False
        eventfd_read(waiting.fd, &value)
        return True


IDLE = TURN_IDLE
REPORT = TURN_REPORT
ROOM = TURN_ROOM
FAILED = TURN_FAILED
LATCHED = TURN_LATCHED
