"""Mode process without the GIL: takes what was decided, writes it to the journal's segment, says that it is durable.

Bytes in the page cache survive the process, so a frame needs no system call: the segment is mapped, and whoever has
decided copies the frame into it himself (`through`) and may answer at once. One thread runs `run` beside: it tells the
journal what was written, hands over a new segment, keeps the pages ahead present, and writes what nobody wrote
through. Only one of them writes at a time (`busy`); who comes second leaves his batch to the first.
"""

from libc.stdint cimport int64_t

from fastdom._native.core cimport Engine
from fastdom._native.engine cimport NativeEngine


cdef enum Turn:                  # why `run` came back
    TURN_IDLE = 0                # nothing to write for a while, or roused
    TURN_REPORT = 1              # batches were written that the journal has not been told of
    TURN_ROOM = 2                # the next frame does not fit the segment: see `need`
    TURN_FAILED = 3              # pwrite(2) failed: see `error`; nothing of the batch may be acknowledged
    TURN_LATCHED = 4             # the engine has failed meanwhile


cdef class SegmentWriter:
    cdef NativeEngine owner
    cdef char* frame             # [frame_max] header and payload of one batch, where no map is
    cdef int64_t frame_max
    cdef int64_t frame_size      # of the frame not yet written; 0 = none
    cdef int fd                  # segment; -1 = none
    cdef int64_t at              # byte of the next frame in it
    cdef int64_t room            # bytes left in it
    cdef char* map               # the whole segment; NULL = not mapped: pwrite(2) instead
    cdef int64_t map_size
    cdef int64_t present         # byte up to which pages were made present ahead
    cdef bint busy               # under the engine's lock: a batch is taken and not yet accounted for
    cdef bint left               # under the engine's lock: somebody left a batch to the busy one
    cdef int64_t awaited         # under the engine's lock: sequence that somebody waits for at wake_fd; 0 = none
    cdef bint wake               # under the engine's lock: the batch just accounted for has to be told at wake_fd
    cdef bint asleep             # under the engine's lock: the thread of `run` waits with nothing to report
    cdef readonly int64_t need   # bytes of the frame that did not fit
    cdef readonly int error      # errno of TURN_FAILED
    cdef readonly int64_t batches  # written since the start
    cdef readonly int64_t batches_through  # of these, by who had decided them
    cdef public int wanted       # callers who wait for a batch in Python: `run` comes back after each
    cdef int64_t first_seq       # of what the journal has not been told of
    cdef int64_t last_seq
    cdef int64_t nbytes          # under the engine's lock

    cdef bint through(self) noexcept nogil
    cdef int turn(self, int idle_ms) noexcept nogil
    cdef bint begin(self, Engine* g) noexcept nogil
    cdef void make_present(self) noexcept nogil
    cdef bint account(self, Engine* g, int64_t size) noexcept nogil
    cdef bint wait(self, int timeout_ms) noexcept nogil
