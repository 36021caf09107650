"""Writing batches to a segment (see segment_writer.pxd). A frame is as frame.pxd says."""

from libc.errno cimport EINTR, errno
from libc.stdint cimport int64_t
from posix.time cimport CLOCK_MONOTONIC, clock_gettime, timespec

from fastdom._native.core cimport Engine, JournalBuffer, engine_lock, engine_unlock
from fastdom._native.frame cimport FRAME_HEADER_BYTES, frame_of
from fastdom._native.memory cimport map_back, map_release, map_reserve
from fastdom._native.state cimport state_ahead


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
    ssize_t pwrite(int fd, const void* data, size_t size, long offset)
    long lseek(int fd, long offset, int whence)
    const int SEEK_SET
    const int SEEK_CUR

cdef extern from "<sys/mman.h>" nogil:
    void* mmap(void* addr, size_t length, int prot, int flags, int fd, long offset)
    const int PROT_READ
    const int PROT_WRITE
    const int MAP_SHARED
    void* MAP_FAILED

cdef extern from *:
    """
    static inline void fd_store_release64(long long* p, long long v) { __atomic_store_n(p, v, __ATOMIC_RELEASE); }
    static inline int fd_load_flag(const int* p) { return __atomic_load_n(p, __ATOMIC_RELAXED); }
    """
    void fd_store_release64(long long* p, long long v) nogil
    int fd_load_flag(const int* p) nogil


cdef enum:
    REPORT_AFTER_MS = 20         # without another batch the journal is told this soon
    TURN_US = 20000              # under load it is told this often
    PRESENT_AHEAD = 1048576      # bytes of the segment whose pages are made present before somebody writes there


cdef int64_t monotonic_us() noexcept nogil:
    cdef timespec now
    clock_gettime(CLOCK_MONOTONIC, &now)
    return <int64_t>now.tv_sec * 1000000 + now.tv_nsec // 1000


cdef bint take_batch(Engine* g) noexcept nogil:
    """What was decided since the last batch, as g.taken; False when there is nothing. The lock is held."""
    cdef JournalBuffer spare = g.taken
    if g.open.size == 0:
        return False
    g.taken = g.open
    g.open = spare
    g.open.size = 0
    g.open.first_seq = 0
    return True


cdef int write_all(int fd, const char* data, int64_t size, int64_t at) noexcept nogil:
    """0, or errno."""
    cdef ssize_t done
    while size > 0:
        done = pwrite(fd, data, <size_t>size, <long>at)
        if done < 0:
            if errno == EINTR:
                continue
            return errno
        data += done
        at += done
        size -= done
    return 0


cdef class SegmentWriter:
    def __cinit__(self, NativeEngine owner not None):
        self.owner = owner
        self.fd = -1
        self.frame_max = owner.engine.buffer_max + FRAME_HEADER_BYTES
        self.frame = <char*>map_reserve(<size_t>self.frame_max)
        if self.frame == NULL:
            raise MemoryError("the journal's frame")

    def __dealloc__(self):
        map_release(self.frame, <size_t>self.frame_max)
        if self.map != NULL:
            map_release(self.map, <size_t>self.map_size)

    def give(self, int fd, int64_t room):
        """The segment to write to from now on: a descriptor at its next free byte, and how many bytes fit; -1 = none.

        Raises
        ------
        OSError
            The descriptor has no position.
        """
        cdef int64_t at = lseek(fd, 0, SEEK_CUR) if fd >= 0 else 0
        cdef void* map
        if at < 0:
            raise OSError(errno, "the segment has no position")
        if self.map != NULL:
            map_release(self.map, <size_t>self.map_size)
            self.map = NULL
        if fd >= 0:
            map = mmap(NULL, <size_t>(at + room), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
            if map != MAP_FAILED:
                self.map = <char*>map
                self.map_size = at + room
        self.fd = fd
        self.at = at
        self.room = room
        self.present = at
        self.make_present()

    def report(self):
        """(first_seq, last_seq, bytes) written since the last report; bytes 0 = nothing."""
        cdef Engine* g = self.owner.engine
        cdef int64_t at
        cdef int64_t nbytes
        cdef int64_t first_seq
        cdef int64_t last_seq
        with nogil:
            engine_lock(g)
            nbytes = self.nbytes
            first_seq = self.first_seq
            last_seq = self.last_seq
            self.nbytes = 0
            at = self.at
            engine_unlock(g)
            if nbytes:
                lseek(self.fd, <long>at, SEEK_SET)   # whoever is given this descriptor again goes on here
                self.make_present()
                state_ahead(&g.state, 0)         # not under the lock
        return first_seq, last_seq, nbytes

    def set_room(self, int64_t room_bytes):
        """Bytes the journal surely takes, as it said after the last report: what was written since is taken off."""
        cdef Engine* g = self.owner.engine
        with nogil:
            engine_lock(g)
            room_bytes -= self.nbytes
            g.room = room_bytes if room_bytes > 0 else 0
            engine_unlock(g)

    def through_now(self):
        """Write what was decided until now, by the thread that decided it; whether all of it is durable."""
        return self.through()

    def close(self):
        """Write nothing through any more; False, and nothing is changed, while there is something to write or report.

        For the thread of `run`, when it is about to end: what is decided later is never durable.
        """
        cdef Engine* g = self.owner.engine
        cdef char* map = NULL
        cdef bint through
        with nogil:
            engine_lock(g)
            through = g.failed or not (self.busy or g.open.size or self.nbytes)
            if through and not self.busy:
                map = self.map
                self.map = NULL
            engine_unlock(g)
            map_release(map, <size_t>self.map_size)
        return through

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

    cdef bint through(self) noexcept nogil:
        """Copy what was decided into the segment; False when that is left to the thread of `run`: kick it and wait.

        Whoever was told to wait is woken by the one who wrote his decision, be it that thread or the next caller.
        """
        cdef Engine* g = self.owner.engine
        cdef int64_t size
        cdef bint rouse
        cdef bint wake
        cdef bint failed
        engine_lock(g)
        size = g.open.size + FRAME_HEADER_BYTES
        if self.busy or g.failed or g.open.size == 0 or self.map == NULL or size > self.room:
            failed = g.failed or self.busy or g.open.size != 0
            if failed:
                self.awaited = g.state.seq
            engine_unlock(g)
            return not failed
        take_batch(g)
        self.busy = True
        engine_unlock(g)
        frame_of(&g.taken, self.map + self.at)
        engine_lock(g)
        failed = self.account(g, size)
        self.batches_through += 1
        wake = self.wake
        rouse = self.asleep or self.left or g.open.size != 0 or fd_load_flag(&self.wanted)
        self.asleep = False
        self.left = False
        engine_unlock(g)
        if failed:
            return False
        if wake:
            eventfd_write(g.wake_fd, 1)
        if rouse:
            eventfd_write(g.kick_fd, 1)
        return True

    cdef int turn(self, int idle_ms) noexcept nogil:
        cdef Engine* g = self.owner.engine
        cdef int64_t begun = monotonic_us()
        cdef bint failed
        while True:
            if self.frame_size == 0:
                if not self.begin(g):
                    if not self.wait(REPORT_AFTER_MS if self.nbytes else idle_ms):
                        return TURN_REPORT if self.nbytes else TURN_IDLE
                    if not self.begin(g):
                        if self.nbytes and monotonic_us() - begun < TURN_US and not fd_load_flag(&self.wanted):
                            continue
                        return TURN_REPORT if self.nbytes else TURN_IDLE
                self.frame_size = FRAME_HEADER_BYTES + g.taken.size
            if self.fd < 0 or self.frame_size > self.room:
                self.need = self.frame_size
                return TURN_ROOM
            if self.map != NULL:
                frame_of(&g.taken, self.map + self.at)
            else:
                frame_of(&g.taken, self.frame)
                self.error = write_all(self.fd, self.frame, self.frame_size, self.at)
                if self.error:
                    return TURN_FAILED
            engine_lock(g)
            failed = self.account(g, self.frame_size)
            self.frame_size = 0
            self.left = False                    # this loop looks again
            engine_unlock(g)
            if failed:
                return TURN_LATCHED
            eventfd_write(g.wake_fd, 1)
            state_ahead(&g.state, 0)             # not under the lock
            if fd_load_flag(&self.wanted) or monotonic_us() - begun > TURN_US:
                return TURN_REPORT

    cdef bint begin(self, Engine* g) noexcept nogil:
        """Take a batch for this thread; False when there is none, or somebody writes and will kick when he is done."""
        cdef bint taken = False
        engine_lock(g)
        if self.busy:
            self.left = True
        else:
            taken = take_batch(g)
            self.busy = taken
            self.asleep = not taken and self.nbytes == 0
        engine_unlock(g)
        return taken

    cdef bint account(self, Engine* g, int64_t size) noexcept nogil:
        """The frame of the batch taken stands in the segment; the lock is held. True when the engine has failed."""
        if g.failed:
            return True                          # and stays busy: nothing more is written
        if self.nbytes == 0:
            self.first_seq = g.taken.first_seq
        self.last_seq = g.taken.last_seq
        self.nbytes += size
        self.at += size
        self.room -= size
        self.batches += 1
        g.room -= size if size < g.room else g.room
        g.taken.size = 0
        self.busy = False
        self.wake = self.awaited != 0
        if self.last_seq >= self.awaited:
            self.awaited = 0
        fd_store_release64(<long long*>&g.durable_seq, self.last_seq)
        return False

    cdef void make_present(self) noexcept nogil:
        """Have the pages ahead there before somebody who decides would wait for them."""
        cdef int64_t end = self.at + PRESENT_AHEAD
        if end > self.map_size:
            end = self.map_size
        if self.map == NULL or end - self.present < PRESENT_AHEAD // 2 and end < self.map_size or end <= self.present:
            return
        map_back(self.map + self.present, <size_t>(end - self.present))
        self.present = end

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
