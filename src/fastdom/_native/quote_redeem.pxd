"""Reserving with an option token: exactly what was quoted, or what has changed."""

from libc.stdint cimport int64_t

from fastdom._native.command cimport Command, Result
from fastdom._native.quote_scratch cimport Place, Quote


cdef void option_redeem(Place* p, const Command* c, int64_t now_us, Quote* q, Result* out) noexcept nogil
# The plan of c.option_token as it was quoted, or its first difference. Sets p.level and p.policy to the quoted ones.
