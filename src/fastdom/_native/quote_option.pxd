"""Promise options: one per service level, ranked, each with the token that reserves it as quoted."""

from libc.stdint cimport int64_t, uint64_t

from fastdom._native.command cimport Command, OptionOut, Result
from fastdom._native.quote_scratch cimport Place, Quote


cdef void options_write(Place* p, const Command* c, int64_t now_us, Quote* q, Result* out) noexcept nogil
# Every level the command asks for and the whole order can have; out.lines says why when there is none.

cdef uint64_t order_fingerprint(const Place* p, const Command* c, Quote* q) noexcept nogil
# Of what must be the same when an option is reserved: tenant, channel, destination, payment and lines.

cdef const OptionOut* option_to_hold(const Command* c, const Result* r) noexcept nogil
# The option a Promise reserves: the asked level's, else the best (first); NULL when there is none.
