"""Large orders: their plans are searched for while others decide.

A command with many lines reads the state under the engine's lock like any other, gives the lock up for the search, which
knows only what was read, and takes it again. An estimate (PLAN, Promise without hold) is answered as of what was read. A
reservation is made of the plan only if it still stands: every unit and every hand-over is looked at again under the
lock. Where one is gone the order is planned anew, TRIES_MAX times, and at last under the lock with the least effort.

One large order is planned at a time (wide_lock); it has scratch of its own. Who swaps what plans read without being in
the state (network tables, quantities of positions) takes wide_lock too.
"""

from fastdom._native.command cimport Command, Result
from fastdom._native.core cimport Engine


cdef enum:
    LINES_INLINE = 24            # a Route or Reserve with more lines is large: beyond, a search takes about 200 us
    LINES_INLINE_PROMISE = 10    # a Promise, which searches once for every service level
    STEPS_INLINE = 130000        # node x subset costs of one level of a Promise
    EFFORT_INLINE = 60000        # evaluations that a caller may ask for within the lock
    TRIES_MAX = 3


cdef bint wide_order(const Engine* g, const Command* c) noexcept nogil
# Is the Reserve, Route or Promise to be planned beside the lock?

cdef void wide_enter(Engine* g, Command* c, Result* r) noexcept nogil
# Waits for its turn; the lock is given up meanwhile. Times are those of the turn.

cdef void wide_leave(Engine* g) noexcept nogil

cdef void wide_quote(Engine* g, Command* c, bint wants_hold, Result* r) noexcept nogil
# As `quote` of run_order for g.wide_order, resolved. r.seq is the sequence that was read, r.now_us the time now.
