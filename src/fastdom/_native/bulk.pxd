"""Many at a time in one native loop: chunks of stock, reserves from arrays.

The engine lock is taken for GROUP commands at a time, so others get in between, and the flush thread is woken after
each group; a chunk of stock is one command. When the journal cannot take more, the rest is refused as it was and can be
sent again under the same ids.
"""

from fastdom._native.command cimport Command, Result
from fastdom._native.engine cimport Engine


cdef enum:
    GROUP = 64                   # commands for which the lock is held at once: about 50 microseconds


cdef void import_rows(Engine* engine, Command* chunk, Result* result) noexcept nogil
# The rows of a chunk, all or none but for those refused one by one: names to dense ids, the body's fingerprint, and the
# one command that decides and applies them. Fills reason and field of the rows.
