"""A weight grid for one order: every subset's weight up to six blocks, even steps beyond."""

from libc.stdint cimport int32_t, int64_t, uint16_t

from fastdom._native.network cimport price_raw
from fastdom._native.plan cimport NO_TARIFF, Problem
from fastdom._native.quote_scratch cimport PLACES, SUBSET_BLOCKS_MAX
from fastdom._native.resolved cimport Resolved


cdef void subset_points(const Resolved* r, Quote* q) noexcept nogil:
    """The weights of all subsets of the blocks, rising, each once."""
    cdef int32_t n = 0
    cdef int32_t subset
    cdef int32_t b
    cdef int32_t at
    cdef int64_t weight_g
    for subset in range(1, 1 << r.n_blocks):
        weight_g = 0
        for b in range(r.n_blocks):
            if subset >> b & 1:
                weight_g += r.block_weight_g[b]
        at = n
        while at > 0 and q.point_g[at - 1] > weight_g:
            at -= 1
        if at > 0 and q.point_g[at - 1] == weight_g:
            continue
        for b in range(n, at, -1):
            q.point_g[b] = q.point_g[b - 1]
        q.point_g[at] = weight_g
        n += 1
    q.problem.n_tiers = n


cdef void even_points(const Resolved* r, Quote* q) noexcept nogil:
    """64 weights from the lightest block to the whole order: shipments are priced as the next heavier point."""
    cdef int64_t least_g = r.block_weight_g[0]
    cdef int64_t span_g
    cdef int32_t n = 0
    cdef int32_t i
    for i in range(1, r.n_blocks):
        if r.block_weight_g[i] < least_g:
            least_g = r.block_weight_g[i]
    span_g = r.weight_g - least_g
    for i in range(64):
        q.point_g[n] = least_g + span_g / 63 * i + span_g % 63 * i / 63
        if n == 0 or q.point_g[n] > q.point_g[n - 1]:
            n += 1
    q.problem.n_tiers = n
    q.coarse = True


cdef void heavy_prices(const Place* p, Quote* q) noexcept nogil:
    """One price for every place of every row."""
    cdef Problem* problem = &q.problem
    cdef int32_t place
    cdef int32_t price_i
    cdef int32_t t
    if p.order.n_blocks <= SUBSET_BLOCKS_MAX:
        subset_points(p.order, q)
    else:
        even_points(p.order, q)
    for place in range(problem.n_rows * PLACES):
        price_i = q.row_tariffs[place]
        if price_i == NO_TARIFF:
            continue
        for t in range(problem.n_tiers):
            q.price_cost[<Py_ssize_t>place * problem.n_tiers + t] = price_raw(p.net, price_i, q.point_g[t])
        q.row_tariffs[place] = <uint16_t>place
    problem.breakpoints_g = q.point_g
    problem.tariff_cost = q.price_cost
