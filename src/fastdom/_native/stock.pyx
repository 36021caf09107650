"""Deciding stock corrections. Lowering on_hand below what is allocated is accepted and shows as a shortfall."""

from libc.stdint cimport int16_t, uint64_t
from libc.string cimport memset

from fastdom._native.command cimport (
    F_AS_OF, F_DELTA, F_EXPECTED_ON_HAND, F_EXPECTED_VERSION, F_INCLUDES_FULFILMENTS_UP_TO, F_NODE_ID, F_ON_HAND,
    F_REASON, F_ROUTING_RESERVE, F_SAFETY_STOCK, F_SKU, IMPORT_ROWS_MAX, KIND_ADJUST, R_FULFILMENTS_FORGOTTEN,
    R_INVALID_FIELD, R_INVALID_QUANTITY, R_ON_HAND_BELOW_ZERO, R_STALE, R_UNKNOWN_NODE, R_UNKNOWN_SKU,
    R_VERSION_MISMATCH, SetRow,
)
from fastdom._native.positions cimport (
    P_COMMITTED, P_FREE, P_HELD, P_ON_HAND, P_RESERVE, P_SAFETY, P_VERSION, fulfilled_since, position_as_of,
    position_cell, position_find,
)
from fastdom._native.stock_row cimport StockRow, stock_row_pack
from fastdom._native.table cimport fd_mix64, intern_find
from fastdom._native.varint cimport Reader, get, get_count, put


cdef enum:
    AS_OF_AHEAD_US = 60000000    # how far a source's clock may be ahead: a count from later would shut out honest ones
    STOCK_MAX = 1000000000       # units of one position: sums of two still fit an int32
    CHUNK_TABLE = 2 * IMPORT_ROWS_MAX    # places of the hash table of a chunk's positions


cdef enum AdjustReason:          # equal to fastdom.v1.AdjustReason; COUNT and TRANSFER go either way
    SALE = 1
    RECEIPT = 2
    RETURN = 3
    DAMAGE = 5


cdef inline void refuse(Result* out, int32_t reason, int32_t field) noexcept nogil:
    out.status.reason = reason
    out.status.field = field
    out.status.line_i = -1


cdef void derive(Result* out) noexcept nogil:
    cdef int64_t free = <int64_t>out.on_hand - out.held - out.committed_units - out.safety_stock
    out.available = <int32_t>free if free > 0 else 0
    out.shortfall = <int32_t>-free if free < 0 else 0


cdef void view_position(const State* s, int32_t sku_i, int32_t node_i, Result* out) noexcept nogil:
    cdef int32_t p = position_find(&s.positions, sku_i, node_i)
    out.sku_i = sku_i
    out.node_i = node_i
    if p >= 0:
        out.on_hand = position_cell(&s.positions, p, P_ON_HAND)[0]
        out.held = position_cell(&s.positions, p, P_HELD)[0]
        out.committed_units = position_cell(&s.positions, p, P_COMMITTED)[0]
        out.safety_stock = position_cell(&s.positions, p, P_SAFETY)[0]
        out.routing_reserve = position_cell(&s.positions, p, P_RESERVE)[0]
        out.on_hand_version = position_cell(&s.positions, p, P_VERSION)[0]
    derive(out)


cdef void decide_adjust(const Command* c, Result* out) noexcept nogil:
    if c.adjust_reason < 1 or c.adjust_reason > 6:
        refuse(out, R_INVALID_FIELD, F_REASON)
    elif c.delta == 0 or c.delta > STOCK_MAX or c.delta < -STOCK_MAX:
        refuse(out, R_INVALID_QUANTITY, F_DELTA)
    elif c.delta > 0 and (c.adjust_reason == SALE or c.adjust_reason == DAMAGE):
        refuse(out, R_INVALID_QUANTITY, F_DELTA)
    elif c.delta < 0 and (c.adjust_reason == RECEIPT or c.adjust_reason == RETURN):
        refuse(out, R_INVALID_QUANTITY, F_DELTA)
    elif <int64_t>out.on_hand + c.delta < 0:
        refuse(out, R_ON_HAND_BELOW_ZERO, F_DELTA)
    elif <int64_t>out.on_hand + c.delta > STOCK_MAX:
        refuse(out, R_INVALID_QUANTITY, F_DELTA)
    else:
        out.on_hand += c.delta
        out.on_hand_version += 1


cdef void decide_set(const State* s, const Command* c, Result* out) noexcept nogil:
    cdef int32_t p = position_find(&s.positions, out.sku_i, out.node_i)
    cdef int64_t counted = c.on_hand
    cdef int64_t since = 0
    if c.on_hand < 0 or c.on_hand > STOCK_MAX:
        refuse(out, R_INVALID_QUANTITY, F_ON_HAND)
    elif c.safety_stock < -1 or c.safety_stock > STOCK_MAX:
        refuse(out, R_INVALID_QUANTITY, F_SAFETY_STOCK)
    elif c.routing_reserve < -1 or c.routing_reserve > STOCK_MAX:
        refuse(out, R_INVALID_QUANTITY, F_ROUTING_RESERVE)
    elif c.as_of_us < 0 or c.as_of_us > out.now_us + AS_OF_AHEAD_US:
        refuse(out, R_INVALID_FIELD, F_AS_OF)
    elif c.includes_fulfilments_up_to < 0 or c.includes_fulfilments_up_to > s.seq:
        refuse(out, R_INVALID_FIELD, F_INCLUDES_FULFILMENTS_UP_TO)
    elif c.as_of_us > 0 and p >= 0 and c.as_of_us < position_as_of(&s.positions, p)[0]:
        refuse(out, R_STALE, F_AS_OF)
    elif c.expected_on_hand >= 0 and c.expected_on_hand != out.on_hand:
        refuse(out, R_VERSION_MISMATCH, F_EXPECTED_ON_HAND)
    elif c.expected_version >= 0 and c.expected_version != out.on_hand_version:
        refuse(out, R_VERSION_MISMATCH, F_EXPECTED_VERSION)
    if out.status.reason:
        return
    if c.includes_fulfilments_up_to > 0 and p >= 0:
        since = fulfilled_since(&s.positions, p, c.includes_fulfilments_up_to)
        if since < 0:
            refuse(out, R_FULFILMENTS_FORGOTTEN, F_INCLUDES_FULFILMENTS_UP_TO)
            return
        counted = counted - since if counted > since else 0
    if counted != out.on_hand:
        out.on_hand_version += 1
    out.on_hand = <int32_t>counted
    if c.safety_stock >= 0:
        out.safety_stock = c.safety_stock
    if c.routing_reserve >= 0:
        out.routing_reserve = c.routing_reserve


cdef bint place_check(const State* s, int32_t sku_i, int32_t node_i, Result* out) noexcept nogil:
    """The SKU and the node are known, and of the version about to be activated too."""
    if sku_i < 0 or (s.proposed != NULL and (sku_i >= s.proposed.n_skus or s.proposed.sku_weight_g[sku_i] < 0)):
        refuse(out, R_UNKNOWN_SKU, F_SKU)
        return False
    if node_i < 0 or (s.proposed != NULL and (node_i >= s.proposed.n_nodes or not s.proposed.node_present[node_i])):
        refuse(out, R_UNKNOWN_NODE, F_NODE_ID)
        return False
    return True


cdef void decide_stock(const State* s, const Command* c, Result* out) noexcept nogil:
    cdef int32_t sku_i = intern_find(&s.skus, c.sku)
    cdef int32_t node_i = intern_find(&s.nodes, c.node)
    if not place_check(s, sku_i, node_i, out):
        return
    view_position(s, sku_i, node_i, out)
    if c.kind == KIND_ADJUST:
        decide_adjust(c, out)
    else:
        decide_set(s, c, out)
    if out.status.reason == 0:
        derive(out)


# --- a chunk of an import

cdef struct Places:              # positions a chunk has come to, found by SKU and node
    StockRow kept[IMPORT_ROWS_MAX]
    int16_t at[CHUNK_TABLE]      # index into kept + 1, 0 = free
    int32_t n_kept


cdef uint32_t place_find(const Places* places, int32_t sku_i, int32_t node_i) noexcept nogil:
    """Where in places.at the position stands, or would."""
    cdef uint32_t at = <uint32_t>fd_mix64(<uint64_t>sku_i, <uint64_t>node_i) & (CHUNK_TABLE - 1)
    cdef const StockRow* row
    while places.at[at]:
        row = &places.kept[places.at[at] - 1]
        if row.sku_i == sku_i and row.node_i == node_i:
            break
        at = (at + 1) & (CHUNK_TABLE - 1)
    return at


cdef bint decide_row(const State* s, const Command* c, SetRow* row, Result* one, Places* places) noexcept nogil:
    """One row; False = refused. c has the row's quantities; `one` is scratch whose now_us is the command's."""
    cdef StockRow* kept
    cdef uint32_t at
    one.status.reason = 0
    one.status.field = 0
    if place_check(s, row.sku_i, row.node_i, one):
        at = place_find(places, row.sku_i, row.node_i)
        one.on_hand = one.safety_stock = one.routing_reserve = 0
        one.on_hand_version = 0
        view_position(s, row.sku_i, row.node_i, one)
        if places.at[at]:
            kept = &places.kept[places.at[at] - 1]
            one.on_hand = kept.on_hand
            one.safety_stock = kept.safety_stock
            one.routing_reserve = kept.routing_reserve
            one.on_hand_version = kept.on_hand_version
        decide_set(s, c, one)
    row.reason = one.status.reason
    row.field = one.status.field
    if row.reason:
        return False
    if places.at[at] == 0:
        places.n_kept += 1
        places.at[at] = <int16_t>places.n_kept
    kept = &places.kept[places.at[at] - 1]
    kept.sku_i = row.sku_i
    kept.node_i = row.node_i
    kept.on_hand = one.on_hand
    kept.safety_stock = one.safety_stock
    kept.routing_reserve = one.routing_reserve
    kept.on_hand_version = <int32_t>one.on_hand_version
    return True


cdef uint32_t decide_rows(const State* s, Command* c, char* packed, Slice* positions, Result* out) noexcept nogil:
    cdef Places places
    cdef Result one
    cdef uint32_t fresh = 0
    cdef char* at = packed
    cdef SetRow* row
    cdef int32_t i
    memset(&places.at, 0, sizeof(places.at))
    places.n_kept = 0
    memset(&one, 0, sizeof(Result))
    one.now_us = out.now_us
    out.refused_rows.data = packed
    for i in range(c.n_rows):
        row = &c.rows[i]
        c.on_hand = row.on_hand
        c.safety_stock = row.safety_stock
        c.routing_reserve = row.routing_reserve
        if decide_row(s, c, row, &one, &places):
            out.rows_applied += 1
        else:
            at = put(put(put(at, <uint64_t>i), <uint64_t>row.reason), <uint64_t>row.field)
    out.refused_rows.size = <int32_t>(at - packed)
    positions.data = at
    for i in range(places.n_kept):
        at = stock_row_pack(at, &places.kept[i])
        fresh += position_find(&s.positions, places.kept[i].sku_i, places.kept[i].node_i) < 0
    positions.size = <int32_t>(at - positions.data)
    return fresh


cdef int recall_rows(Command* c, const Result* out) noexcept nogil:
    cdef Reader r
    cdef int32_t i
    for i in range(c.n_rows):
        c.rows[i].reason = 0
        c.rows[i].field = 0
    r.at = out.refused_rows.data
    r.end = r.at + out.refused_rows.size
    r.bad = 0
    while r.at < r.end:
        i = <int32_t>get_count(&r, IMPORT_ROWS_MAX - 1)
        if i >= c.n_rows:
            return -1
        c.rows[i].reason = <int32_t>get(&r)
        c.rows[i].field = <int32_t>get(&r)
    return -1 if r.bad else 0
