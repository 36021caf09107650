"""The position table: finding, adding, and the log of fulfilments a later stock count may need."""

from fastdom._native.memory cimport map_release, map_reserve


cdef int positions_open(Positions* t, uint32_t positions_max, uint32_t skus_max, uint32_t log_max) noexcept nogil:
    # lanes of a SKU's last run stay unused: fewer than its positions, or seven when its runs start at eight. Room for that
    # is address space only, and a position below positions_max never fails to find a lane.
    cdef uint32_t skus = skus_max if skus_max < positions_max else positions_max
    t.blocks_max = positions_max // 4 + skus - skus // 8 + 16
    t.blocks_used = 1            # block 0 is never given out: lane 0 then means "none open"
    t.count = 0
    t.skus_max = skus_max
    t.wide = 0
    t.log_max = log_max
    t.log_count = 0
    t.carve_at[0] = t.carve_at[1] = t.carve_at[2] = 0
    t.blocks = <int32_t*>map_reserve(<size_t>t.blocks_max * P_ROWS * 8 * sizeof(int32_t))
    t.sku_first = <uint32_t*>map_reserve(<size_t>skus_max * sizeof(uint32_t))
    t.sku_count = <int32_t*>map_reserve(<size_t>skus_max * sizeof(int32_t))
    t.log = <FulfilmentLog*>map_reserve(<size_t>log_max * sizeof(FulfilmentLog))
    if t.blocks == NULL or t.sku_first == NULL or t.sku_count == NULL or t.log == NULL:
        positions_close(t)
        return -1
    return 0


cdef void positions_close(Positions* t) noexcept nogil:
    map_release(t.blocks, <size_t>t.blocks_max * P_ROWS * 8 * sizeof(int32_t))
    map_release(t.sku_first, <size_t>t.skus_max * sizeof(uint32_t))
    map_release(t.sku_count, <size_t>t.skus_max * sizeof(int32_t))
    map_release(t.log, <size_t>t.log_max * sizeof(FulfilmentLog))
    t.blocks = NULL
    t.sku_first = NULL
    t.sku_count = NULL
    t.log = NULL


cdef int32_t position_find(const Positions* t, int32_t sku_i, int32_t node_i) noexcept nogil:
    cdef Run run
    cdef const int32_t* nodes
    cdef int32_t i
    if not run_begin(t, sku_i, &run):
        return -1
    while True:
        nodes = position_cell(t, run.first, P_NODE)
        for i in range(run.length):
            if nodes[i] == node_i:
                return run.first + i
        if not run_next(t, &run):
            return -1


cdef int32_t carve(Positions* t, int32_t length) noexcept nogil:
    """A fresh run of `length` lanes inside one block; -1 when the table is full."""
    cdef int32_t kind = 0 if length == 1 else (1 if length == 2 else 2)
    cdef int32_t first
    if length < 8 and t.carve_at[kind]:
        first = <int32_t>t.carve_at[kind]
        t.carve_at[kind] += length
        if (t.carve_at[kind] & 7) == 0:
            t.carve_at[kind] = 0
        return first
    if t.blocks_used >= t.blocks_max:
        return -1
    first = <int32_t>(t.blocks_used * 8)
    t.blocks_used += 1
    if length < 8:
        t.carve_at[kind] = first + length
    return first


cdef int32_t position_add(Positions* t, int32_t sku_i, int32_t node_i) noexcept nogil:
    """The position of (sku, node), made empty when new. The node must be known."""
    cdef int32_t p = position_find(t, sku_i, node_i)
    cdef Run run
    cdef int32_t fresh
    if p >= 0:
        return p
    if sku_i < 0 or <uint32_t>sku_i >= t.skus_max:
        return -1
    if not run_begin(t, sku_i, &run):
        fresh = carve(t, 8 if t.wide else 1)
        if fresh < 0:
            return -1
        t.sku_first[sku_i] = (<uint32_t>(fresh + 1) << 1) | <uint32_t>(1 if t.wide else 0)
        p = fresh
    else:
        while run_next(t, &run):
            pass
        if run.length < run_length(run.k, run.wide):
            p = run.first + run.length
        else:
            p = carve(t, run_length(run.k + 1, run.wide))
            if p < 0:
                return -1
            position_cell(t, run.first, P_RUN)[0] = p + 1
    t.sku_count[sku_i] += 1
    t.count += 1
    position_cell(t, p, P_NODE)[0] = node_i
    return p


cdef uint32_t jump_of(const Positions* t, uint32_t before) noexcept nogil:
    """Where an entry behind `before` jumps to: two jumps of equal length before it become one.

    So every entry reaches any earlier one in O(log n) jumps and steps, and noting one costs three look-ups. After
    E. W. Myers, "An applicative random-access stack", Information Processing Letters 17 (1983).
    """
    cdef const FulfilmentLog* parent = log_entry(t, before)
    cdef const FulfilmentLog* first
    cdef const FulfilmentLog* second
    if parent == NULL:
        return before
    first = log_entry(t, parent.jump)
    if first == NULL:
        return before
    second = log_entry(t, first.jump)
    if second != NULL and parent.depth - first.depth == first.depth - second.depth:
        return first.jump
    return before


cdef int fulfilment_note(Positions* t, int32_t p, int64_t seq, int32_t quantity) noexcept nogil:
    cdef uint32_t before = <uint32_t>position_cell(t, p, P_FULFILLED)[0]
    cdef const FulfilmentLog* parent = log_entry(t, before)
    cdef FulfilmentLog fresh
    fresh.seq = seq
    fresh.total = quantity + (parent.total if parent != NULL else 0)
    fresh.quantity = quantity
    fresh.before = before
    fresh.jump = jump_of(t, before)
    fresh.depth = parent.depth + 1 if parent != NULL else 0
    t.log[t.log_count % t.log_max] = fresh
    t.log_count += 1
    position_cell(t, p, P_FULFILLED)[0] = <int32_t>ordinal_of(t.log_count)
    return 0


cdef int64_t fulfilled_since(const Positions* t, int32_t p, int64_t seq) noexcept nogil:
    """Units fulfilled at the position after journal sequence `seq`; -1 when the log no longer reaches back to it."""
    cdef const FulfilmentLog* newest = log_entry(t, <uint32_t>position_cell(t, p, P_FULFILLED)[0])
    cdef const FulfilmentLog* at = newest
    cdef const FulfilmentLog* back
    if newest == NULL:
        return -1 if position_cell(t, p, P_FULFILLED)[0] else 0
    if newest.seq <= seq:
        return 0
    while at.quantity != FORGOTTEN:
        back = log_entry(t, at.jump)
        if back == NULL or back.quantity == FORGOTTEN or back.seq <= seq:
            back = log_entry(t, at.before)       # too far: go on from the next
        if back == NULL:                         # all known entries are later: are they all there were?
            return newest.total - at.total + at.quantity if at.before == 0 else -1
        if back.seq <= seq:
            return newest.total - back.total
        at = back
    return -1
