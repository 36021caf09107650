"""Resolving an order's names against the state and the network version; a refusal names the field and the line."""

from libc.stdint cimport int32_t, uint8_t, uint32_t
from libc.string cimport memcmp, memset

from fastdom._native.command cimport (
    F_CHANNEL, F_COUNTRY_CODE, F_CURRENCY_CODE, F_EXCLUDE_NODE_IDS, F_GROUP_ID, F_INCLUDE_NODE_IDS, F_NODE_ID, F_NONE,
    F_PICKUP_NODE_ID, F_POLICY, F_POSTAL_CODE, F_SKU, KIND_RESERVE, LineIn, OK, R_CURRENCY_MISMATCH, R_INVALID_FIELD,
    R_UNKNOWN_CHANNEL, R_UNKNOWN_COUNTRY, R_UNKNOWN_NODE, R_UNKNOWN_POLICY, R_UNKNOWN_POSTAL_CODE, R_UNKNOWN_SKU, Slice,
)
from fastdom._native.order_check cimport has_destination, refuse
from fastdom._native.resolved cimport (
    LEVEL_PICKUP, LEVEL_STANDARD, LEVEL_UNSPECIFIED, PAIRS_MAX, ResolvedLine, TABLE_SIZE, order_blocks, order_reset,
    same_text,
)
from fastdom._native.table cimport fd_hash64, intern_find


cdef enum:
    COD = 2                      # fastdom.v1.PaymentMethod


cdef inline bint letters_same(Slice text, const uint8_t* letters) noexcept nogil:
    """Whether the text is the code in `letters`, which a zero byte ends."""
    return 0 < text.size < 4 and memcmp(text.data, letters, text.size) == 0 and letters[text.size] == 0


cdef int32_t node_find(const State* s, const Network* net, Slice name, int32_t known) noexcept nogil:
    """Dense id of a node of this network version; -1 = none. known: dense id + 1 of the name, 0 = to be looked up."""
    cdef int32_t node_i = known - 1 if known else intern_find(&s.nodes, name)
    if node_i < 0 or node_i >= net.n_nodes or not net.node_present[node_i]:
        return -1
    return node_i


cdef bint destination_resolve(
    const State* s, const Network* net, const Command* c, Resolved* r, Status* status
) noexcept nogil:
    if c.pickup_node.size > 0:
        r.pickup_node_i = node_find(s, net, c.pickup_node, 0)
        if r.pickup_node_i < 0:
            return refuse(status, R_UNKNOWN_NODE, F_PICKUP_NODE_ID, -1)
    elif has_destination(c):
        if c.country_code.size > 0 and not letters_same(c.country_code, net.country):
            return refuse(status, R_UNKNOWN_COUNTRY, F_COUNTRY_CODE, -1)
        r.postal_i = intern_find(&net.postal, c.postal_code)
        if r.postal_i < 0:
            return refuse(status, R_UNKNOWN_POSTAL_CODE, F_POSTAL_CODE, -1)
        r.zone_i = net.zone_of_postal[r.postal_i]
        r.tz_i = net.zone_tz[r.zone_i]
    r.service_level = c.service_level
    if r.service_level == LEVEL_UNSPECIFIED:
        r.service_level = LEVEL_PICKUP if r.pickup_node_i >= 0 else LEVEL_STANDARD
    return True


cdef bint policy_resolve(const Network* net, const Command* c, Resolved* r, Status* status) noexcept nogil:
    cdef int32_t i = 0
    if c.policy_name.size > 0:
        while i < net.n_policies and not same_text(c.policy_name, net.policies[i].name):
            i += 1
    if i == net.n_policies or (c.policy_version and c.policy_version != net.policies[i].version):
        return refuse(status, R_UNKNOWN_POLICY, F_POLICY, -1)
    r.policy_i = i
    return True


cdef bint filter_resolve(
    const State* s, const Network* net, const Command* c, Resolved* r, Status* status
) noexcept nogil:
    """node_allowed from the included nodes, less the excluded ones."""
    cdef int32_t i
    cdef int32_t node_i
    if c.n_include == 0 and c.n_exclude == 0:
        return True
    r.has_filter = 1
    memset(r.node_allowed, c.n_include == 0, r.nodes_max)
    for i in range(c.n_include):
        node_i = node_find(s, net, c.include_nodes[i], 0)
        if node_i < 0:
            return refuse(status, R_UNKNOWN_NODE, F_INCLUDE_NODE_IDS, i)
        r.node_allowed[node_i] = 1
    for i in range(c.n_exclude):
        node_i = node_find(s, net, c.exclude_nodes[i], 0)
        if node_i < 0:
            return refuse(status, R_UNKNOWN_NODE, F_EXCLUDE_NODE_IDS, i)
        r.node_allowed[node_i] = 0
    return True


cdef bint lines_resolve(
    const State* s, const Network* net, const Command* c, Resolved* r, Status* status
) noexcept nogil:
    cdef bint pins = c.kind == KIND_RESERVE and c.option_token.size == 0
    cdef const LineIn* line
    cdef ResolvedLine* at
    cdef int32_t i
    for i in range(c.n_lines):
        line = &c.lines[i]
        at = &r.lines[i]
        at.line_i = i
        at.sku_i = line.sku_known - 1 if line.sku_known else intern_find(&s.skus, line.sku)
        at.node_i = -1
        at.quantity = line.quantity
        at.weight_g = line.weight_g
        if at.sku_i < 0:
            return refuse(status, R_UNKNOWN_SKU, F_SKU, i)
        if at.weight_g <= 0:
            at.weight_g = net.sku_weight_g[at.sku_i] if at.sku_i < net.n_skus else -1
            if at.weight_g < 0:
                return refuse(status, R_UNKNOWN_SKU, F_SKU, i)
        if pins and line.node.size > 0:
            at.node_i = node_find(s, net, line.node, line.node_known)
            if at.node_i < 0:
                return refuse(status, R_UNKNOWN_NODE, F_NODE_ID, i)
            r.n_pinned += 1
    r.n_lines = c.n_lines
    return True


cdef int32_t group_first(const Command* c, const Resolved* r, int32_t i, bint hashed) noexcept nogil:
    """First line of the group of line i, noted in the table when it is line i itself."""
    cdef Slice group = c.lines[i].group_id
    cdef int32_t j
    cdef uint32_t at
    if not hashed:
        for j in range(i):
            if same_text(group, c.lines[j].group_id):
                return j
        return i
    at = <uint32_t>fd_hash64(group.data, group.size, 0) & (TABLE_SIZE - 1)
    while r.table[at]:
        if same_text(group, c.lines[r.table[at] - 1].group_id):
            return r.table[at] - 1
        at = (at + 1) & (TABLE_SIZE - 1)
    r.table[at] = i + 1
    return i


cdef void groups_resolve(const Command* c, Resolved* r) noexcept nogil:
    """block_i of every line."""
    cdef bint hashed = c.n_lines > PAIRS_MAX
    cdef int32_t i
    cdef int32_t first
    if hashed:
        memset(r.table, 0, TABLE_SIZE * sizeof(int32_t))
    for i in range(c.n_lines):
        first = group_first(c, r, i, hashed) if c.lines[i].group_id.size > 0 else i
        if first == i:
            r.lines[i].block_i = r.n_blocks
            r.n_blocks += 1
        else:
            r.lines[i].block_i = r.lines[first].block_i


cdef bint pins_spread(Resolved* r, Status* status) noexcept nogil:
    """A pin holds for its whole block; two different pins in one block contradict each other."""
    cdef int32_t b
    cdef int32_t i
    cdef int32_t node_i
    cdef ResolvedLine* line
    for b in range(r.n_blocks):
        node_i = -1
        for i in range(r.block_start[b], r.block_start[b + 1]):
            line = &r.lines[r.block_line[i]]
            if line.node_i >= 0:
                if node_i >= 0 and node_i != line.node_i:
                    return refuse(status, R_INVALID_FIELD, F_GROUP_ID, line.line_i)
                node_i = line.node_i
        for i in range(r.block_start[b], r.block_start[b + 1]):
            line = &r.lines[r.block_line[i]]
            if node_i >= 0 and line.node_i < 0:
                line.node_i = node_i
                r.n_pinned += 1
    return True


cdef bint order_resolve(
    const State* s, const Network* net, const Command* c, Resolved* r, Status* status
) noexcept nogil:
    order_reset(r)
    refuse(status, OK, F_NONE, -1)
    r.channel_i = intern_find(&s.channels, c.channel)
    if r.channel_i < 0:
        return refuse(status, R_UNKNOWN_CHANNEL, F_CHANNEL, -1)
    if c.currency_code.size > 0 and not letters_same(c.currency_code, net.currency):
        return refuse(status, R_CURRENCY_MISMATCH, F_CURRENCY_CODE, -1)
    r.cod = c.payment == COD
    r.placed_at_us = c.placed_at_us
    r.required_by_us = c.required_by_us
    if not (
        destination_resolve(s, net, c, r, status) and policy_resolve(net, c, r, status)
        and filter_resolve(s, net, c, r, status) and lines_resolve(s, net, c, r, status)
    ):
        return False
    groups_resolve(c, r)
    order_blocks(r)
    return r.n_pinned == 0 or pins_spread(r, status)
