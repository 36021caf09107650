"""A routed order: solved, written down, and explained line by line where something is missing."""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport Result
from fastdom._native.quote_scratch cimport Place, Quote


cdef enum:
    LINE_SERVABLE = 100          # the line alone could ship: beyond every LineReason


cdef void result_begin(const Place* p, int64_t now_us, Result* out) noexcept nogil
# Versions, channel, time; every count at 0.

cdef int64_t effort_whole(const Place* p) noexcept nogil
# Evaluations that the order may spend from here on.

cdef bint effort_shared(const Place* p) noexcept nogil
# Do all searches of the order spend one effort? Those of orders within BLOCKS_EXACT_MAX have each their own: exact ones.

cdef int32_t plan_level(Place* p, Quote* q) noexcept nogil
# The plan of p.level in q.plan; its PlanStatus. stock_pass and stage 0 come first; p.stage is then that of the plan.
# Where the effort is shared, p.effort is then what is left of it, at least 1.

cdef void plan_write(const Place* p, Quote* q, Result* out) noexcept nogil
# Appends shipments and allocations of q.plan to the Result.

cdef void plan_grade(const Place* p, const Quote* q, Result* out) noexcept nogil
# Outcome-independent figures: optimality, gap, evaluations, nodes_considered, relaxed.

cdef int32_t block_reason(const Place* p, const Quote* q, int32_t block_i) noexcept nogil
# How far the block came at p.level: LINE_SERVABLE, or the LineReason of the node that came furthest.

cdef void lines_granted(const Place* p, Quote* q, Result* out) noexcept nogil
# out.lines of the allocations in out (granted, available_after); the others stay 0 with their whole shortfall.

cdef void lines_refused(const Place* p, Quote* q, Result* out) noexcept nogil
# Reason and best available of every line that out.lines does not grant wholly, after q.plan.

cdef int64_t best_routable(const Place* p, int32_t sku_i) noexcept nogil
# Most units of a SKU at one open node, routing_reserve kept back.

cdef int64_t steady_of(const Result* out, int32_t first, int32_t n) noexcept nogil
# The same without the objectives that stock and load decide: what must not change between quote and reservation.

cdef int64_t total_of(const Result* out, int32_t first, int32_t n) noexcept nogil
# Weighted micros of shipments [first, first + n).
