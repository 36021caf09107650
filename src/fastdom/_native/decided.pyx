"""Decision records in Python: taken out of an engine, found in what was stored, read, and set up again in another."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcmp, memcpy, memset

from fastdom._native.capacity cimport Bucket, CAPACITY_DAYS, capacity_bucket
from fastdom._native.command cimport AllocationOut, CostOut, LINES_MAX, OBJECTIVES, ShipmentOut, Slice
from fastdom._native.core cimport Engine, engine_lock, engine_unlock
from fastdom._native.decision cimport (
    DECISION_CANDIDATES, DECISION_COMMITTED, DECISION_MAGIC, DECISION_TOKEN, DECISION_VALUES, DecisionHead, PositionRun,
    RunValues, decisions_open,
)
from fastdom._native.engine cimport NativeEngine
from fastdom._native.entry cimport Context, ContextLine, context_unpack
from fastdom._native.entry_check cimport is_known
from fastdom._native.positions cimport (
    P_FREE, P_NODE, P_ON_HAND, P_RESERVE, Run, position_add, position_cell, run_begin, run_next,
)
from fastdom._native.recorded cimport context_fields, hex_of, text_of
from fastdom._native.state cimport State
from fastdom._native.table cimport fd_hash64

import numpy as np

HEAD_BYTES = sizeof(DecisionHead)


cdef inline int64_t padded(int64_t size) noexcept nogil:
    return (size + 7) & ~<int64_t>7


# --- out of an engine ------------------------------------------------------------------------------------------------

def switch(NativeEngine engine not None, int64_t bytes_max):
    """Record decisions from now on, at most so many bytes between two takings; 0 = no longer.

    Raises
    ------
    MemoryError
    """
    cdef int done
    with nogil:
        engine_lock(engine.engine)
        done = decisions_open(engine.engine, bytes_max)
        engine_unlock(engine.engine)
    if done != 0:
        raise MemoryError("decision records")


def take(NativeEngine engine not None):
    """Whole records since the last taking, oldest first, as a view that is good until the next one; one taker at a time."""
    cdef Engine* g = engine.engine
    cdef DecisionHead* head
    cdef char* data
    cdef int64_t at = 0
    with nogil:
        engine_lock(g)
        data = g.decisions.data
        g.decisions.data = g.decisions.taken
        g.decisions.taken = data
        g.decisions.taken_size = g.decisions.size
        g.decisions.size = 0
        engine_unlock(g)
        while at < g.decisions.taken_size:
            head = <DecisionHead*>(data + at)
            head.sum = record_sum(head)
            at += head.size
    if data == NULL or g.decisions.taken_size == 0:
        return memoryview(b"")
    return memoryview(<uint8_t[:g.decisions.taken_size]><uint8_t*>data)


def counts(NativeEngine engine not None):
    """(records written, decisions not recorded for want of room)."""
    return engine.engine.decisions.kept, engine.engine.decisions.dropped


# --- in what was stored ----------------------------------------------------------------------------------------------

cdef uint32_t record_sum(const DecisionHead* head) noexcept nogil:
    """Checksum of a whole record."""
    cdef DecisionHead first = head[0]
    first.sum = 0
    return <uint32_t>fd_hash64(
        <const char*>head + sizeof(DecisionHead), head.size - <int64_t>sizeof(DecisionHead),
        fd_hash64(<const char*>&first, sizeof(DecisionHead), 0)
    )


cdef inline const DecisionHead* record_at(const uint8_t* data, int64_t size, int64_t at) noexcept nogil:
    """The record there; NULL when it is none, damaged or not whole."""
    cdef const DecisionHead* head = <const DecisionHead*>(data + at)
    if size - at < <int64_t>sizeof(DecisionHead) or head.magic != <uint64_t>DECISION_MAGIC:
        return NULL
    if head.size < <int64_t>sizeof(DecisionHead) or head.size > size - at or head.size & 7:
        return NULL
    return head if sections_size(head) == head.size and record_sum(head) == head.sum else NULL


cdef int64_t texts_at(const DecisionHead* head) noexcept nogil:
    """Where the order id begins."""
    return (
        sizeof(DecisionHead) + head.n_runs * <int64_t>sizeof(PositionRun)
        + (head.n_runs * <int64_t>sizeof(RunValues) if head.flags & DECISION_VALUES else 0)
        + padded(head.n_status) + padded(head.n_listed * <int64_t>sizeof(int32_t))
        + head.n_days * <int64_t>head.n_capacity * <int64_t>sizeof(Bucket)
    )


cdef int64_t sections_size(const DecisionHead* head) noexcept nogil:
    """Bytes of the head and of all sections, -1 when a count is wrong."""
    if (
        head.n_runs < 0 or head.n_status < 0 or head.n_listed < 0 or head.n_days < 0 or head.n_days > CAPACITY_DAYS
        or head.n_capacity < 0 or head.order_id_size < 0 or head.request_id_size < 0 or head.context_size < 0
        or head.n_shipments < 0 or head.n_allocations < 0
    ):
        return -1
    return (
        texts_at(head) + padded(head.order_id_size) + padded(head.request_id_size) + padded(head.context_size)
        + head.n_shipments * <int64_t>(sizeof(ShipmentOut) + sizeof(CostOut))
        + head.n_allocations * <int64_t>sizeof(AllocationOut)
    )


cdef bint same(const uint8_t* at, int32_t size, const uint8_t* text, Py_ssize_t wanted) noexcept nogil:
    return size == wanted and memcmp(at, text, wanted) == 0


def find(const uint8_t[::1] data not None, bytes order_id not None, bytes request_id not None, str reservation_id not None):
    """Offsets of the records of an order, of a request or of a reservation, oldest first.

    Parameters
    ----------
    data : bytes-like
        Records one after the other; damaged ones are passed over.
    order_id, request_id : bytes
        Empty = not asked for.
    reservation_id : str
        32 hexadecimal digits; empty = not asked for.

    Returns
    -------
    (list of int, int)
        Offsets, and where the last whole record ends.
    """
    cdef uint64_t id[2]
    cdef const uint8_t* base = &data[0] if data.shape[0] else NULL
    cdef int64_t size = data.shape[0]
    cdef const uint8_t* order_text = order_id
    cdef const uint8_t* request_text = request_id
    cdef Py_ssize_t n_order = len(order_id)
    cdef Py_ssize_t n_request = len(request_id)
    cdef int64_t at = 0
    cdef int64_t end = 0
    cdef int64_t texts
    cdef const DecisionHead* head
    id[0] = int(reservation_id[:16], 16) if reservation_id else 0
    id[1] = int(reservation_id[16:], 16) if reservation_id else 0
    found = []
    with nogil:
        while at < size:
            head = record_at(base, size, at)
            if head == NULL:
                at += 8          # records stand at multiples of it
                continue
            texts = at + texts_at(head)
            if (
                (n_order and same(base + texts, head.order_id_size, order_text, n_order))
                or (n_request and same(
                    base + texts + padded(head.order_id_size), head.request_id_size, request_text, n_request
                ))
                or (id[0] | id[1] and head.reservation_id[0] == id[0] and head.reservation_id[1] == id[1])
            ):
                with gil:
                    found.append(at)
            at += head.size
            end = at
    return found, end


def record_size(const uint8_t[::1] data not None, int64_t at):
    """Bytes of the record at an offset. Raises ValueError when there is none."""
    cdef const DecisionHead* head = record_at(&data[0], data.shape[0], at) if at < data.shape[0] else NULL
    if head == NULL:
        raise ValueError("not a decision record")
    return head.size


# --- reading ---------------------------------------------------------------------------------------------------------

cdef dict context_of(const uint8_t* at, int32_t size):
    cdef Context* context
    cdef Slice packed
    packed.data = <const char*>at
    packed.size = size
    context = <Context*>calloc(1, sizeof(Context))
    if context == NULL:
        raise MemoryError("order of a decision")
    context.lines = <ContextLine*>calloc(LINES_MAX, sizeof(ContextLine))
    try:
        if context.lines == NULL:
            raise MemoryError("order of a decision")
        if context_unpack(packed, context) != 0:
            raise ValueError("the order of a decision record cannot be read")
        fields = context_fields(context)
        fields["effort"] = context.effort
        fields["policy_name"] = text_of(context.policy_name)
        fields["policy_version"] = context.policy_version
        fields["zone_i"] = context.zone_i
        return fields
    finally:
        free(context.lines)
        free(context)


cdef dict shipment_of(const ShipmentOut* s, const CostOut* costs):
    cdef int32_t n = OBJECTIVES
    cdef int32_t i
    return {
        "node_i": s.node_i, "service_i": s.service_i, "ship_day": s.ship_day, "units": s.units,
        "distance_m": s.distance_m, "weight_g": s.weight_g, "order_by_us": s.order_by_us, "ship_at_us": s.ship_at_us,
        "arrive_from_us": s.arrive_from_us, "arrive_by_us": s.arrive_by_us, "cost_micros": s.cost_micros,
        "capacity_taken": s.capacity_taken,
        "costs": [(costs.raw_micros[i], costs.cost_micros[i]) for i in range(n)],
    }


def read(const uint8_t[::1] data not None):
    """The fields of a record.

    Returns
    -------
    dict
        The head's fields by name; `order` as fastdom._native.recorded has it, with policy_name, policy_version and
        effort; `shipments` and `allocations` of the plan; `stock` {(sku_i, node_i): (free, routing_reserve)};
        `status` by node; `capacity` {(node_i, day): taken}.

    Raises
    ------
    ValueError
        Not one whole record.
    """
    cdef const uint8_t* base = &data[0] if data.shape[0] else NULL
    cdef const DecisionHead* head = record_at(base, data.shape[0], 0) if data.shape[0] else NULL
    cdef const PositionRun* run
    cdef const ShipmentOut* shipments
    cdef const CostOut* costs
    cdef const AllocationOut* a
    cdef const Bucket* bucket
    cdef const int32_t* listed
    cdef const uint8_t* at
    cdef int32_t i
    cdef int32_t j
    if head == NULL or head.size != data.shape[0]:
        raise ValueError("not a decision record")
    stock = {}
    at = base + sizeof(DecisionHead)
    for i in range(head.n_runs):
        run = &(<const PositionRun*>at)[i]
        if run.lane < 0 or run.length < 0 or run.lane + run.length > 8:
            raise ValueError("a run of a decision record is wrong")
        for j in range(run.lane, run.lane + run.length):
            stock[run.sku_i, run.node_i[j]] = (run.free[j], run.reserve[j])
    at += head.n_runs * <int64_t>sizeof(PositionRun)
    if head.flags & DECISION_VALUES:
        at += head.n_runs * <int64_t>sizeof(RunValues)
    status = bytes(at[:head.n_status])
    at += padded(head.n_status)
    listed = <const int32_t*>at
    at += padded(head.n_listed * <int64_t>sizeof(int32_t))
    capacity = {}
    bucket = <const Bucket*>at
    for i in range(head.n_days):
        for j in range(head.n_capacity):
            capacity[listed[j] if head.n_listed else j, head.day0 + i] = (
                bucket[i * head.n_capacity + j].taken if bucket[i * head.n_capacity + j].day == head.day0 + i else 0
            )
    at = base + texts_at(head)
    order_id = at[:head.order_id_size].decode()
    at += padded(head.order_id_size)
    request_id = at[:head.request_id_size].decode()
    at += padded(head.request_id_size)
    order = context_of(at, head.context_size)
    at += padded(head.context_size)
    shipments = <const ShipmentOut*>at
    costs = <const CostOut*>(at + head.n_shipments * sizeof(ShipmentOut))
    a = <const AllocationOut*>(at + head.n_shipments * (sizeof(ShipmentOut) + sizeof(CostOut)))
    return {
        "seq": head.seq, "now_us": head.now_us,
        "reservation_id": hex_of(head.reservation_id) if head.reservation_id[0] | head.reservation_id[1] else "",
        "network_hash": bytes((<const uint8_t*>head.network_hash)[:32]).hex(), "total_micros": head.total_micros,
        "gap_micros": head.gap_micros, "kind": head.kind, "token": bool(head.flags & DECISION_TOKEN),
        "committed": bool(head.flags & DECISION_COMMITTED), "network_version": head.network_version,
        "policy_version": head.policy_version, "service_level": head.service_level, "outcome": head.outcome,
        "optimality": head.optimality, "relaxed": head.relaxed, "channel_i": head.channel_i,
        "tenant_i": head.tenant_i, "order_id": order_id, "request_id": request_id, "order": order,
        "shipments": [shipment_of(&shipments[i], &costs[i]) for i in range(head.n_shipments)],
        "allocations": [(a[i].line_i, a[i].node_i, a[i].granted) for i in range(head.n_allocations)],
        "stock": stock, "status": status, "capacity": capacity,
    }


# --- set up again ----------------------------------------------------------------------------------------------------

cdef bint run_fits(const State* s, const PositionRun* run) noexcept nogil:
    """Lanes of one block, of a SKU and nodes that have names: planning looks their rows up unchecked."""
    cdef int32_t i
    if run.lane < 0 or run.length < 0 or run.lane > 8 - run.length or run.length > 8 or not is_known(&s.skus, run.sku_i):
        return False
    for i in range(run.lane, run.lane + run.length):
        if not is_known(&s.nodes, run.node_i[i]):
            return False
    return True


cdef int positions_load(NativeEngine engine, const DecisionHead* head, const PositionRun* runs, object cleared) except -1:
    """The recorded positions, and nothing else of their SKUs."""
    cdef Engine* g = engine.engine
    cdef int32_t sku_i
    cdef int32_t i
    cdef int32_t j
    cdef int32_t p
    cdef Run run
    for i in range(head.n_runs):
        if not run_fits(&g.state, &runs[i]):
            raise ValueError("a run of a decision record is wrong")
    for sku_i in cleared:
        if run_begin(&g.state.positions, sku_i, &run):
            while True:
                for p in range(run.first, run.first + run.length):
                    position_cell(&g.state.positions, p, P_ON_HAND)[0] = 0
                    position_cell(&g.state.positions, p, P_FREE)[0] = 0
                    position_cell(&g.state.positions, p, P_RESERVE)[0] = 0
                if not run_next(&g.state.positions, &run):
                    break
    for i in range(head.n_runs):
        for j in range(runs[i].lane, runs[i].lane + runs[i].length):
            p = position_add(&g.state.positions, runs[i].sku_i, runs[i].node_i[j])
            if p < 0:
                raise MemoryError("positions of a decision record")
            position_cell(&g.state.positions, p, P_ON_HAND)[0] = max(0, runs[i].free[j])
            position_cell(&g.state.positions, p, P_FREE)[0] = runs[i].free[j]
            position_cell(&g.state.positions, p, P_RESERVE)[0] = runs[i].reserve[j]
    return 0


def load(NativeEngine engine not None, const uint8_t[::1] data not None, cleared):
    """Set an engine in memory up as the record saw it: stock, node status, capacity, time.

    Days beyond the recorded ones are free: no shipment of the recorded plan leaves then.

    Parameters
    ----------
    engine : NativeEngine
        One of its own, with the same dense ids; whatever else it knows of these SKUs is forgotten.
    data : bytes-like
        One record.
    cleared : iterable of int
        SKUs whose stock is set to nothing before.

    Raises
    ------
    ValueError
        Not one whole record, or it names what this engine does not know; nothing was changed.
    """
    cdef Engine* g = engine.engine
    cdef const uint8_t* base = &data[0] if data.shape[0] else NULL
    cdef const DecisionHead* head = record_at(base, data.shape[0], 0) if data.shape[0] else NULL
    cdef const uint8_t* at
    cdef const PositionRun* run
    cdef const RunValues* values
    cdef const int32_t* listed
    cdef const Bucket* bucket
    cdef Bucket* to
    cdef int32_t node_i
    cdef int32_t i
    cdef int32_t j
    if head == NULL:
        raise ValueError("not a decision record")
    positions_load(engine, head, <const PositionRun*>(base + sizeof(DecisionHead)), cleared)
    at = base + sizeof(DecisionHead) + head.n_runs * <int64_t>sizeof(PositionRun)
    if head.flags & DECISION_VALUES:
        values = <const RunValues*>at
        run = <const PositionRun*>(base + sizeof(DecisionHead))
        rows = [
            (run[i].sku_i, run[i].node_i[j], values[i].weekly_demand_milli[j], values[i].price_micros[j])
            for i in range(head.n_runs) for j in range(run[i].lane, run[i].lane + run[i].length)
        ]
        at += head.n_runs * <int64_t>sizeof(RunValues)
        if rows:
            engine.set_quantities(*(np.array(column) for column in zip(*rows)))
    memcpy(g.state.node_status, at, min(head.n_status, <int32_t>g.state.nodes.index.count))
    at += padded(head.n_status)
    listed = <const int32_t*>at
    at += padded(head.n_listed * <int64_t>sizeof(int32_t))
    bucket = <const Bucket*>at
    memset(g.state.capacity.buckets, 0, CAPACITY_DAYS * <int64_t>g.state.capacity.nodes_max * sizeof(Bucket))
    for i in range(head.n_days):
        for j in range(head.n_capacity):
            node_i = listed[j] if head.n_listed else j
            if 0 <= node_i < g.state.capacity.nodes_max:
                to = capacity_bucket(&g.state.capacity, node_i, head.day0 + i)
                to.day = head.day0 + i
                to.taken = bucket[i * head.n_capacity + j].taken if bucket[i * head.n_capacity + j].day == to.day else 0
    g.latest_us = 0
    g.state.now_us = 0


def set_free(NativeEngine engine not None, int32_t sku_i, int32_t node_i, int32_t free, int32_t reserve=0):
    """Set what is free of a position of an engine in memory, and its routing reserve."""
    cdef int32_t p = position_add(&engine.engine.state.positions, sku_i, node_i)
    if p < 0:
        raise MemoryError("positions")
    position_cell(&engine.engine.state.positions, p, P_ON_HAND)[0] = max(0, free)
    position_cell(&engine.engine.state.positions, p, P_FREE)[0] = free
    position_cell(&engine.engine.state.positions, p, P_RESERVE)[0] = reserve


def force(NativeEngine engine not None, int32_t line_i, int32_t node_i):
    """From now on only this node ships the line (its whole group) in plans of an engine in memory; -1, -1 = any may."""
    engine.engine.quote.only_line = line_i + 1
    engine.engine.quote.only_node = node_i + 1
    engine.engine.wide_quote.only_line = line_i + 1
    engine.engine.wide_quote.only_node = node_i + 1


def set_status(NativeEngine engine not None, int32_t node_i, uint8_t status):
    """Set a node of an engine in memory ONLINE (1), PAUSED (2) or OFFLINE (3)."""
    if not 0 <= node_i < <int32_t>engine.engine.state.nodes.index.count:
        raise IndexError(node_i)
    engine.engine.state.node_status[node_i] = status
