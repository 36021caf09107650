"""Mode process without the GIL: takes what was decided, writes it to the journal's segment, says that it is durable.

One thread runs it. Python is needed only to hand a segment over, to tell the journal what was written, and when
something went wrong; under load that is a few hundred times a second, however many batches there are.
"""

from libc.stdint cimport int64_t

from fastdom._native.core cimport Engine
from fastdom._native.engine cimport NativeEngine


cdef enum Turn:                  # why `run` came back
    TURN_IDLE = 0                # nothing to write for a while, or roused
    TURN_REPORT = 1              # batches were written that the journal has not been told of
    TURN_ROOM = 2                # the next frame does not fit the segment: see `need`
    TURN_FAILED = 3              # write(2) failed: see `error`; nothing of the batch may be acknowledged
    TURN_LATCHED = 4             # the engine has failed meanwhile


cdef class SegmentWriter:
    cdef NativeEngine owner
    cdef char* frame             # [frame_max] header and payload of one batch
    cdef int64_t frame_max
    cdef int64_t frame_size      # of the frame not yet written; 0 = none
    cdef int fd                  # segment, at the place of the next frame; -1 = none
    cdef int64_t room            # bytes left in it
    cdef readonly int64_t need   # bytes of the frame that did not fit
    cdef readonly int error      # errno of TURN_FAILED
    cdef readonly int64_t batches  # written since the start
    cdef public int wanted       # callers who wait for a batch in Python: `run` comes back after each
    cdef int64_t first_seq       # of what the journal has not been told of
    cdef int64_t last_seq
    cdef int64_t nbytes

    cdef int turn(self, int idle_ms) noexcept nogil
    cdef void account(self, Engine* g) noexcept nogil
    cdef bint wait(self, int timeout_ms) noexcept nogil
