"""Groups of the routing problem, by counting sort of the demands."""

from libc.stdint cimport INT32_MAX, int32_t, int64_t

from fastdom._native.place cimport routable_units
from fastdom._native.positions cimport P_FREE, P_RESERVE, position_cell, position_find
from fastdom._native.resolved cimport Demand, Resolved
from fastdom._native.taken cimport taken_of


cdef inline int32_t units_at(const Place* p, const Quote* q, int32_t sku_i, int32_t node_i) noexcept nogil:
    """Units that routing may take of a SKU at a node."""
    cdef int32_t position = position_find(&p.state.positions, sku_i, node_i)
    cdef int64_t units
    if position < 0:
        return 0
    units = routable_units(
        p, position_cell(&p.state.positions, position, P_FREE)[0],
        position_cell(&p.state.positions, position, P_RESERVE)[0]
    )
    if q.n_taken:
        units -= taken_of(q, position)
    return 0 if units < 0 else (<int32_t>units if units < INT32_MAX else INT32_MAX)


cdef int32_t groups_number(const Resolved* r, Quote* q) noexcept nogil:
    """group_ordinal of every SKU, -1 = wanted by one block only, and where each group starts; how many there are."""
    cdef int32_t n = 0
    cdef int32_t at = 0
    cdef int32_t ordinal
    for ordinal in range(r.n_skus):
        q.group_ordinal[ordinal] = -1
        if r.sku_demands[ordinal] > 1:
            q.group_ordinal[ordinal] = n
            q.group_start[n] = at
            at += r.sku_demands[ordinal]
            n += 1
    q.group_start[n] = at
    return n


cdef inline void group_fill(const Place* p, Quote* q, int32_t g, int32_t b, const Demand* demand) noexcept nogil:
    """One demand of a group; the group's start moves to the next free place."""
    q.group_block[q.group_start[g]] = b
    q.group_quantity[q.group_start[g]] = demand.quantity
    q.group_start[g] += 1


cdef void shared_skus(const Place* p, Quote* q) noexcept nogil:
    cdef const Resolved* r = p.order
    cdef int32_t n_candidates = q.problem.n_candidates
    cdef int32_t n = groups_number(r, q)
    cdef int32_t b
    cdef int32_t d
    cdef int32_t g
    cdef int32_t c
    for b in range(r.n_blocks):
        for d in range(r.demand_start[b], r.demand_start[b + 1]):
            g = q.group_ordinal[r.demands[d].sku_ordinal]
            if g < 0:
                continue
            group_fill(p, q, g, b, &r.demands[d])
            if r.sku_last[r.demands[d].sku_ordinal] == d:
                for c in range(n_candidates):
                    q.group_available[<Py_ssize_t>g * n_candidates + c] = units_at(
                        p, q, r.demands[d].sku_i, q.candidate_node[c]
                    )
    for g in range(n, 0, -1):
        q.group_start[g] = q.group_start[g - 1]
    q.group_start[0] = 0
    q.problem.n_groups = n
    q.problem.group_start = q.group_start
    q.problem.group_block = q.group_block
    q.problem.group_quantity = q.group_quantity
    q.problem.group_available = q.group_available
