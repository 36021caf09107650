"""Memory of a resolved order, its blocks and their demands."""

from libc.stdint cimport uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from fastdom._native.command cimport LINES_MAX
from fastdom._native.table cimport fd_mix64


cdef int64_t BLOCK_WEIGHT_G_MAX = <int64_t>1 << 40


# --- memory --------------------------------------------------------------------------------------------------------

cdef int resolved_open(Resolved* r, int32_t nodes_max) noexcept nogil:
    memset(r, 0, sizeof(Resolved))
    r.nodes_max = nodes_max
    r.lines = <ResolvedLine*>calloc(LINES_MAX, sizeof(ResolvedLine))
    r.block_start = <int32_t*>calloc(LINES_MAX + 1, sizeof(int32_t))
    r.block_line = <int32_t*>calloc(LINES_MAX, sizeof(int32_t))
    r.block_weight_g = <int64_t*>calloc(LINES_MAX, sizeof(int64_t))
    r.block_units = <int32_t*>calloc(LINES_MAX, sizeof(int32_t))
    r.demand_start = <int32_t*>calloc(LINES_MAX + 1, sizeof(int32_t))
    r.demands = <Demand*>calloc(LINES_MAX, sizeof(Demand))
    r.sku_demands = <int32_t*>calloc(LINES_MAX, sizeof(int32_t))
    r.sku_last = <int32_t*>calloc(LINES_MAX, sizeof(int32_t))
    r.node_allowed = <uint8_t*>calloc(nodes_max if nodes_max > 0 else 1, 1)
    r.table = <int32_t*>calloc(TABLE_SIZE, sizeof(int32_t))
    if (
        r.lines == NULL or r.block_start == NULL or r.block_line == NULL or r.block_weight_g == NULL
        or r.block_units == NULL or r.demand_start == NULL or r.demands == NULL or r.sku_demands == NULL
        or r.sku_last == NULL or r.node_allowed == NULL or r.table == NULL
    ):
        resolved_close(r)
        return -1
    order_reset(r)
    return 0


cdef void resolved_close(Resolved* r) noexcept nogil:
    free(r.lines)
    free(r.block_start)
    free(r.block_line)
    free(r.block_weight_g)
    free(r.block_units)
    free(r.demand_start)
    free(r.demands)
    free(r.sku_demands)
    free(r.sku_last)
    free(r.node_allowed)
    free(r.table)
    memset(r, 0, sizeof(Resolved))


cdef void order_reset(Resolved* r) noexcept nogil:
    r.channel_i = -1
    r.postal_i = -1
    r.zone_i = -1
    r.tz_i = -1
    r.pickup_node_i = -1
    r.service_level = LEVEL_STANDARD
    r.cod = 0
    r.policy_i = 0
    r.placed_at_us = 0
    r.required_by_us = 0
    r.weight_g = 0
    r.n_lines = 0
    r.n_pinned = 0
    r.n_blocks = 0
    r.n_demands = 0
    r.n_skus = 0
    r.has_filter = 0


# --- blocks and demands ----------------------------------------------------------------------------------------------

cdef void skus_number(Resolved* r) noexcept nogil:
    """sku_ordinal of every line."""
    cdef bint hashed = r.n_lines > PAIRS_MAX
    cdef ResolvedLine* line
    cdef int32_t i
    cdef int32_t j
    cdef uint32_t at
    if hashed:
        memset(r.table, 0, TABLE_SIZE * sizeof(int32_t))
    for i in range(r.n_lines):
        line = &r.lines[i]
        j = i
        if hashed:
            at = <uint32_t>fd_mix64(<uint64_t>line.sku_i, 0) & (TABLE_SIZE - 1)
            while r.table[at] and r.lines[r.table[at] - 1].sku_i != line.sku_i:
                at = (at + 1) & (TABLE_SIZE - 1)
            if r.table[at]:
                j = r.table[at] - 1
            else:
                r.table[at] = i + 1
        else:
            j = 0
            while r.lines[j].sku_i != line.sku_i:
                j += 1
        if j == i:
            line.sku_ordinal = r.n_skus
            r.sku_demands[r.n_skus] = 0
            r.sku_last[r.n_skus] = -1
            r.n_skus += 1
        else:
            line.sku_ordinal = r.lines[j].sku_ordinal


cdef void blocks_gather(Resolved* r) noexcept nogil:
    """block_start and block_line: a counting sort that keeps the order of lines."""
    cdef int32_t i
    cdef int32_t b
    for b in range(r.n_blocks + 1):
        r.block_start[b] = 0
    for i in range(r.n_lines):
        r.block_start[r.lines[i].block_i + 1] += 1
    for b in range(r.n_blocks):
        r.block_start[b + 1] += r.block_start[b]
    for i in range(r.n_lines):
        b = r.lines[i].block_i
        r.block_line[r.block_start[b]] = i
        r.block_start[b] += 1
    for b in range(r.n_blocks, 0, -1):
        r.block_start[b] = r.block_start[b - 1]
    r.block_start[0] = 0


cdef inline void demand_add(Resolved* r, int32_t b, const ResolvedLine* line) noexcept nogil:
    cdef int32_t last = r.sku_last[line.sku_ordinal]
    if last < r.demand_start[b]:
        last = r.n_demands
        r.demands[last].sku_i = line.sku_i
        r.demands[last].quantity = 0
        r.demands[last].sku_ordinal = line.sku_ordinal
        r.sku_last[line.sku_ordinal] = last
        r.sku_demands[line.sku_ordinal] += 1
        r.n_demands += 1
    r.demands[last].quantity += line.quantity


cdef void order_blocks(Resolved* r) noexcept nogil:
    cdef const ResolvedLine* line
    cdef int64_t weight_g
    cdef int32_t units
    cdef int32_t b
    cdef int32_t i
    r.n_skus = 0
    r.n_demands = 0
    r.weight_g = 0
    skus_number(r)
    blocks_gather(r)
    for b in range(r.n_blocks):
        r.demand_start[b] = r.n_demands
        weight_g = 0
        units = 0
        for i in range(r.block_start[b], r.block_start[b + 1]):
            line = &r.lines[r.block_line[i]]
            demand_add(r, b, line)
            weight_g += <int64_t>line.quantity * line.weight_g
            units += line.quantity
        if weight_g > BLOCK_WEIGHT_G_MAX:
            weight_g = BLOCK_WEIGHT_G_MAX
        r.block_weight_g[b] = weight_g
        r.block_units[b] = units
        r.weight_g += weight_g
    r.demand_start[r.n_blocks] = r.n_demands
