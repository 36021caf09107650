"""Deciding stock corrections. Lowering on_hand below what is allocated is accepted and shows as a shortfall."""

from fastdom._native.command cimport (
    F_AS_OF, F_DELTA, F_EXPECTED_ON_HAND, F_EXPECTED_VERSION, F_INCLUDES_FULFILMENTS_UP_TO, F_NODE_ID, F_ON_HAND,
    F_REASON, F_ROUTING_RESERVE, F_SAFETY_STOCK, F_SKU, KIND_ADJUST, R_FULFILMENTS_FORGOTTEN, R_INVALID_FIELD,
    R_INVALID_QUANTITY, R_ON_HAND_BELOW_ZERO, R_STALE, R_UNKNOWN_NODE, R_UNKNOWN_SKU, R_VERSION_MISMATCH,
)
from fastdom._native.positions cimport (
    P_COMMITTED, P_FREE, P_HELD, P_ON_HAND, P_RESERVE, P_SAFETY, P_VERSION, fulfilled_since, position_as_of,
    position_cell, position_find,
)
from fastdom._native.table cimport intern_find


cdef enum:
    AS_OF_AHEAD_US = 60000000    # how far a source's clock may be ahead: a count from later would shut out honest ones
    STOCK_MAX = 1000000000       # units of one position: sums of two still fit an int32


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


cdef void decide_stock(const State* s, const Command* c, Result* out) noexcept nogil:
    cdef int32_t sku_i = intern_find(&s.skus, c.sku)
    cdef int32_t node_i = intern_find(&s.nodes, c.node)
    if sku_i < 0:
        refuse(out, R_UNKNOWN_SKU, F_SKU)
        return
    if node_i < 0:
        refuse(out, R_UNKNOWN_NODE, F_NODE_ID)
        return
    if s.proposed != NULL:
        if sku_i >= s.proposed.n_skus or s.proposed.sku_weight_g[sku_i] < 0:
            refuse(out, R_UNKNOWN_SKU, F_SKU)
            return
        if node_i >= s.proposed.n_nodes or not s.proposed.node_present[node_i]:
            refuse(out, R_UNKNOWN_NODE, F_NODE_ID)
            return
    view_position(s, sku_i, node_i, out)
    if c.kind == KIND_ADJUST:
        decide_adjust(c, out)
    else:
        decide_set(s, c, out)
    if out.status.reason == 0:
        derive(out)
