"""Writing decision records into the open buffer."""

from libc.stdint cimport int32_t, int64_t
from libc.string cimport memcpy, memset

from fastdom._native.capacity cimport Bucket, capacity_bucket
from fastdom._native.command cimport AllocationOut, CostOut, ShipmentOut
from fastdom._native.core cimport Decisions
from fastdom._native.memory cimport map_release, map_reserve
from fastdom._native.network cimport Network
from fastdom._native.policy cimport MARKDOWN_AVOIDANCE, OPPORTUNITY_COST, Policy, WEEKS_OF_SUPPLY
from fastdom._native.positions cimport P_FREE, P_NODE, P_RESERVE, Run, position_cell, run_begin, run_next


cdef enum:
    DAY_US = 86400000000


cdef inline int64_t padded(int64_t size) noexcept nogil:
    return (size + 7) & ~<int64_t>7


cdef int decisions_open(Engine* g, int64_t bytes_max) noexcept nogil:
    decisions_close(g)
    if bytes_max <= 0:
        return 0
    g.decisions.data = <char*>map_reserve(bytes_max)
    g.decisions.taken = <char*>map_reserve(bytes_max)
    g.decisions.size_max = bytes_max
    if g.decisions.data == NULL or g.decisions.taken == NULL:
        decisions_close(g)
        return -1
    return 0


cdef void decisions_close(Engine* g) noexcept nogil:
    cdef Decisions* d = &g.decisions
    map_release(d.data, d.size_max)
    map_release(d.taken, d.size_max)
    d.data = NULL
    d.taken = NULL
    d.size = 0
    d.taken_size = 0
    d.staged = 0
    d.size_max = 0


cdef void values_write(const Quote* q, int32_t first, RunValues* values) noexcept nogil:
    """What is known of the eight lanes of a block."""
    cdef int32_t i
    for i in range(8):
        values.weekly_demand_milli[i] = q.weekly_demand_milli[first + i] if first + i < q.n_weekly else -1
        values.price_micros[i] = q.unit_price[first + i] if first + i < q.n_prices else 0


cdef char* runs_write(
    Engine* g, const Resolved* order, const Quote* q, DecisionHead* head, char* at, const char* end
) noexcept nogil:
    """The positions of every SKU; NULL when they do not fit."""
    cdef PositionRun* to
    cdef char* values
    cdef int32_t d
    cdef int32_t base
    cdef int32_t i
    cdef Run run
    for d in range(order.n_demands):
        if not run_begin(&g.state.positions, order.demands[d].sku_i, &run):
            continue
        while True:
            if end - at < <int64_t>sizeof(PositionRun):
                return NULL
            to = <PositionRun*>at
            base = run.first & ~7
            to.sku_i = order.demands[d].sku_i
            to.lane = run.first & 7
            to.length = run.length
            to.pad = 0
            memcpy(to.node_i, position_cell(&g.state.positions, base, P_NODE), 32)
            memcpy(to.free, position_cell(&g.state.positions, base, P_FREE), 32)
            memcpy(to.reserve, position_cell(&g.state.positions, base, P_RESERVE), 32)
            at += sizeof(PositionRun)
            head.n_runs += 1
            if not run_next(&g.state.positions, &run):
                break
    if head.flags & DECISION_VALUES:
        values = at
        for d in range(order.n_demands):
            if not run_begin(&g.state.positions, order.demands[d].sku_i, &run):
                continue
            while True:
                if end - values < <int64_t>sizeof(RunValues):
                    return NULL
                values_write(q, run.first & ~7, <RunValues*>values)
                values += sizeof(RunValues)
                if not run_next(&g.state.positions, &run):
                    break
        at = values
    return at


cdef int32_t last_day(const Result* r, int32_t day0) noexcept nogil:
    """The last local day that is kept: that of the latest shipment, within bounds."""
    cdef int32_t day = day0 + 2
    cdef int32_t i
    for i in range(r.n_shipments):
        if r.shipments[i].ship_day > day:
            day = r.shipments[i].ship_day
    return day if day < day0 + DECISION_DAYS_MAX - 1 else day0 + DECISION_DAYS_MAX - 1


cdef char* capacity_write(Engine* g, const Quote* q, DecisionHead* head, char* at, const char* end) noexcept nogil:
    """Buckets by day: of all nodes, side by side as they are kept, or of the candidates of the last plan."""
    cdef int32_t n = g.net.n_nodes
    cdef int32_t day
    cdef int32_t i
    cdef Bucket* to
    if n > DECISION_NODES_ALL:
        head.flags |= DECISION_CANDIDATES
        n = q.problem.n_candidates
        head.n_listed = n
        if end - at < padded(n * <int64_t>sizeof(int32_t)):
            return NULL
        memcpy(at, q.candidate_node, n * sizeof(int32_t))
        at += padded(n * <int64_t>sizeof(int32_t))
    head.n_capacity = n
    if end - at < <int64_t>head.n_days * n * <int64_t>sizeof(Bucket):
        return NULL
    for day in range(head.day0, head.day0 + head.n_days):
        if head.flags & DECISION_CANDIDATES:
            to = <Bucket*>at
            for i in range(n):
                to[i] = capacity_bucket(&g.state.capacity, q.candidate_node[i], day)[0]
        else:
            memcpy(at, capacity_bucket(&g.state.capacity, 0, day), n * sizeof(Bucket))
        at += n * sizeof(Bucket)
    return at


cdef int64_t cells_of(const Engine* g, const Resolved* order) noexcept nogil:
    """Positions of all the order's SKUs."""
    cdef int64_t cells = 0
    cdef int32_t d
    for d in range(order.n_demands):
        cells += g.state.positions.sku_count[order.demands[d].sku_i]
    return cells


cdef void decision_begin(
    Engine* g, const Command* c, const Resolved* order, const Quote* q, const Result* r
) noexcept nogil:
    cdef Decisions* d = &g.decisions
    cdef DecisionHead* head
    cdef const char* end
    cdef const Policy* policy
    cdef char* at
    cdef int64_t at_us = r.now_us if r.now_us > c.placed_at_us else c.placed_at_us
    d.staged = 0
    if d.data == NULL or r.status.reason or (order.n_pinned and not c.option_token.size):
        return
    d.staged = -1                # begun, and did not fit
    if cells_of(g, order) > DECISION_CELLS_MAX:
        return
    if d.size_max - d.size < <int64_t>sizeof(DecisionHead):
        return
    head = <DecisionHead*>(d.data + d.size)
    end = d.data + d.size_max
    at = <char*>head + sizeof(DecisionHead)
    memset(head, 0, sizeof(DecisionHead))
    policy = &g.net.policies[order.policy_i]
    if policy.level[WEEKS_OF_SUPPLY] >= 0 or policy.level[MARKDOWN_AVOIDANCE] >= 0 or policy.level[OPPORTUNITY_COST] >= 0:
        head.flags |= DECISION_VALUES
    if c.option_token.size:
        head.flags |= DECISION_TOKEN
    head.day0 = <int32_t>(at_us // DAY_US) - 1
    head.n_days = last_day(r, head.day0) - head.day0 + 1
    at = runs_write(g, order, q, head, at, end)
    if at == NULL or end - at < padded(g.net.n_nodes):
        return
    head.n_status = g.net.n_nodes
    memcpy(at, g.state.node_status, g.net.n_nodes)
    at = capacity_write(g, q, head, at + padded(g.net.n_nodes), end)
    if at != NULL:
        d.staged = at - <char*>head


cdef inline char* section(char* at, const void* data, int64_t size) noexcept nogil:
    """A section and its padding."""
    memcpy(at, data, size)
    memset(at + size, 0, padded(size) - size)
    return at + padded(size)


cdef void decision_keep(
    Engine* g, const Command* c, const Result* r, int32_t context_size, int32_t first_shipment, int32_t n_shipments,
    int32_t first_allocation, int32_t n_allocations
) noexcept nogil:
    cdef Decisions* d = &g.decisions
    cdef DecisionHead* head
    cdef int64_t more
    cdef char* at
    if d.staged == 0:
        return
    more = (
        padded(c.order_id.size) + padded(c.request_id.size) + padded(context_size)
        + n_shipments * <int64_t>(sizeof(ShipmentOut) + sizeof(CostOut)) + n_allocations * <int64_t>sizeof(AllocationOut)
    )
    if d.staged < 0 or d.size_max - d.size - d.staged < more:
        d.staged = 0
        d.dropped += 1
        return
    head = <DecisionHead*>(d.data + d.size)
    at = <char*>head + d.staged
    head.magic = DECISION_MAGIC
    head.seq = r.seq
    head.now_us = r.now_us
    if r.has_reservation:
        memcpy(head.reservation_id, r.reservation_id, 16)
    memcpy(head.network_hash, g.state.network_hash, 32)
    head.total_micros = r.total_micros
    head.gap_micros = r.gap_micros
    head.kind = c.kind
    if r.committed:
        head.flags |= DECISION_COMMITTED
    head.network_version = r.network_version
    head.policy_version = r.policy_version
    head.service_level = r.service_level
    head.outcome = r.outcome
    head.optimality = r.optimality
    head.relaxed = r.relaxed
    head.channel_i = r.channel_i
    head.tenant_i = c.tenant_i
    head.order_id_size = c.order_id.size
    head.request_id_size = c.request_id.size
    head.context_size = context_size
    head.n_shipments = n_shipments
    head.n_allocations = n_allocations
    at = section(at, c.order_id.data, c.order_id.size)
    at = section(at, c.request_id.data, c.request_id.size)
    at = section(at, g.context_bytes, context_size)
    at = section(at, &r.shipments[first_shipment], n_shipments * sizeof(ShipmentOut))
    at = section(at, &r.costs[first_shipment], n_shipments * sizeof(CostOut))
    at = section(at, &r.allocations[first_allocation], n_allocations * sizeof(AllocationOut))
    head.size = <int32_t>(at - <char*>head)
    d.size += head.size
    d.kept += 1
    d.staged = 0
