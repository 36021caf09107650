"""Reserve, Route and Promise: resolve, quote, and make the quote a reservation when one is wanted."""

from fastdom._native.command cimport Command, Result
from fastdom._native.core cimport Engine


cdef int run_order(Engine* g, Command* c, Result* r) noexcept nogil
# Reserve, Route or Promise under the lock, from validation to the applied result; always 0

cdef bint mutates(const Command* c) noexcept nogil
# does the command change anything, or need room to remember a refusal?
