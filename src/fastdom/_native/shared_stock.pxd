"""SKUs that several blocks of an order want: what a node has bounds all the blocks it serves together."""

from fastdom._native.quote_scratch cimport Place, Quote


cdef void shared_skus(const Place* p, Quote* q) noexcept nogil
# The problem's groups, after its candidates.
