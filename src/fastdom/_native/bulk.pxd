"""Many commands of one kind in one native loop: rows of stock, reserves from arrays.

The engine lock is taken for GROUP commands at a time, so others get in between, and the flush thread is woken after
each group. When the journal cannot take more, the rest is refused as it was and can be sent again under the same ids.
"""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport Command, Result
from fastdom._native.engine cimport Engine
from fastdom._native.scratch cimport SetRow


cdef enum:
    GROUP = 64                   # commands for which the lock is held at once: about 50 microseconds


cdef void fold_rows(Command* head, const SetRow* rows, int32_t n) noexcept nogil
# The rows become part of the body of head, a chunk of an import.

cdef int64_t set_rows(
    Engine* engine, const Command* head, Result* result, SetRow* rows, int32_t n, int64_t first_row
) noexcept nogil
# SET of every row, each under an id of its own derived from head.request_id and its number, first_row + i: a chunk that
# is sent again finds every row decided, however far it came. head has what the rows share; head.fingerprint is part of
# each row's body. Fills reason, field and repeated of the rows; returns the sequence to wait for. A row that says the
# same of all (the id was used for another body or is too old, the deadline has passed, no room) ends the loop and is
# copied to the rest.
