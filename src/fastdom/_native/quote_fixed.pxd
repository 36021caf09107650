"""Orders whose nodes are given: pinned by the caller, or routed before and now joined with pinned lines."""

from fastdom._native.command cimport Result
from fastdom._native.quote_scratch cimport Place, Quote


cdef void fixed_write(const Place* p, Quote* q, Result* out) noexcept nogil
# One shipment for every node in q.line_node, demand summed per position; outcome, lines, shipments, allocations.
# A line with node -1 is not served; its reason in out.lines stands.

cdef void refuse_all(const Place* p, Result* out) noexcept nogil
# All or nothing: no shipment, and lines without a reason of their own are ORDER_INCOMPLETE.

cdef void outcome_set(Result* out) noexcept nogil
# Outcome from what out.lines grant; totals from the shipments.
