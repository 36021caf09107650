"""Orders as a data folder keeps them: the contexts in journal entries and with live reservations, for simulations.

Nothing here changes an engine. Dense ids are left as they are: names never change, so whoever asks looks them up once,
at the end.
"""

import numpy as np

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

from fastdom._native.command cimport KIND_COMMIT, LINES_MAX, MODE_FIRM, Slice
from fastdom._native.engine cimport NativeEngine, engine_lock, engine_unlock
from fastdom._native.entry cimport Context, ContextLine, Entry, ResultBuffers, context_unpack, entry_unpack
from fastdom._native.positions cimport Positions, fulfilled_since, position_find
from fastdom._native.reservations cimport Record, record_context, reservation_find
from fastdom._native.varint cimport Reader, get, get_bytes


cdef enum:
    BATCH_HEAD = 8               # bytes before the first entry: the time that it counts from


cdef str text_of(Slice text):
    return text.data[:text.size].decode() if text.size else ""


cdef tuple attributes_of(Slice packed):
    """((key, value), ...) of a line's attributes (see attributes.pxd)."""
    cdef Reader r
    cdef int32_t i
    if packed.size == 0:
        return ()
    memset(&r, 0, sizeof(Reader))
    r.at = packed.data
    r.end = r.at + packed.size
    return tuple([(text_of(get_bytes(&r)), text_of(get_bytes(&r))) for i in range(<int32_t>get(&r))])


cdef dict line_fields(const ContextLine* line):
    return {
        "line_id": text_of(line.line_id), "group_id": text_of(line.group_id),
        "attributes": attributes_of(line.attributes), "sku_i": line.sku_i, "node_i": line.node_i,
        "quantity": line.quantity, "weight_g": line.weight_g,
    }


cdef dict context_fields(const Context* c):
    cdef int32_t i
    return {
        "order_id": text_of(c.order_id), "country_code": text_of(c.country_code),
        "postal_code": text_of(c.postal_code), "pickup_node_id": text_of(c.pickup_node),
        "latitude_e7": c.latitude_e7, "longitude_e7": c.longitude_e7, "service_level": c.service_level,
        "payment": c.payment, "firm": c.mode == MODE_FIRM, "allow_partial": bool(c.allow_partial),
        "max_shipments": c.max_shipments,
        "placed_at_us": c.placed_at_us, "required_by_us": c.required_by_us,
        "order_value_micros": c.order_value_micros,
        "include_nodes": [c.include_nodes[i] for i in range(c.n_include)],
        "exclude_nodes": [c.exclude_nodes[i] for i in range(c.n_exclude)],
        "lines": [line_fields(&c.lines[i]) for i in range(c.n_lines)],
    }


cdef str hex_of(const uint64_t* id):
    return f"{id[0]:016x}{id[1]:016x}"


def orders(payload not None):
    """What a journal batch tells of orders.

    Parameters
    ----------
    payload : bytes-like
        Of one batch.

    Returns
    -------
    list of (int, str, bool, int, dict or None)
        Decided at (microseconds UTC), reservation id, committed by this entry, channel (dense id), and the fields of
        the order where the entry made the reservation; None where it committed an earlier one. Other entries are
        left out.

    Raises
    ------
    ValueError
        The batch is malformed, or of a later version of the format.
    """
    cdef bytes data = bytes(payload)
    cdef const char* at = data
    cdef int64_t left = len(data) - BATCH_HEAD
    cdef int64_t before_us = 0
    cdef int64_t size
    cdef Entry e
    cdef ResultBuffers buffers = ResultBuffers()
    cdef Context context
    if left < 0:
        raise ValueError("a batch is shorter than its head")
    context.lines = buffers.context_lines
    memset(&e, 0, sizeof(Entry))
    memcpy(&before_us, at, BATCH_HEAD)
    at += BATCH_HEAD
    found = []
    while left > 0:
        e.result = &buffers.result
        size = entry_unpack(at, left, before_us, &e, &context)
        if size < 0:
            raise ValueError(f"an entry cannot be read ({size})")
        if e.context.size and e.result.has_reservation:
            found.append((
                e.now_us, hex_of(e.result.reservation_id), bool(e.result.committed), e.result.channel_i,
                context_fields(&context),
            ))
        elif e.kind == KIND_COMMIT and e.result.has_reservation and e.result.committed:
            found.append((e.now_us, hex_of(e.result.reservation_id), True, e.result.channel_i, None))
        before_us = e.now_us
        at += size
        left -= size
    return found


def order_of(NativeEngine engine not None, str reservation_id not None):
    """The order kept with a live reservation, as `orders` has it; None when it is kept no longer.

    Raises
    ------
    KeyError
        No such reservation.
    """
    cdef uint64_t id[2]
    cdef const Record* record
    cdef Context context
    cdef Slice data
    cdef bytes packed = b""
    id[0] = int(reservation_id[:16], 16)
    id[1] = int(reservation_id[16:], 16)
    engine_lock(engine.engine)
    record = reservation_find(&engine.engine.state.reservations, id)
    if record != NULL:
        packed = <bytes>record_context(record)[:record.context_size]
    engine_unlock(engine.engine)
    if record == NULL:
        raise KeyError(reservation_id)
    if not packed:
        return None
    data.data = packed
    data.size = <int32_t>len(packed)
    context.lines = <ContextLine*>calloc(LINES_MAX, sizeof(ContextLine))
    if context.lines == NULL:
        raise MemoryError("lines of an order")
    try:
        if context_unpack(data, &context) != 0:
            raise ValueError(f"the order of reservation {reservation_id} cannot be read")
        return context_fields(&context)
    finally:
        free(context.lines)


def fulfilled(NativeEngine engine not None, const int32_t[::1] sku_i not None, const int32_t[::1] node_i not None,
              int64_t seq):
    """Units that left each position after a sequence.

    Parameters
    ----------
    sku_i, node_i : int32[n]
        Positions that there are.
    seq : int
        Journal sequence.

    Returns
    -------
    int64[n]
        Units; -1 where the log of fulfilments no longer reaches back to the sequence.
    """
    cdef const Positions* positions = &engine.engine.state.positions
    cdef Py_ssize_t i
    if sku_i.shape[0] != node_i.shape[0]:
        raise ValueError(f"{sku_i.shape[0]} SKUs for {node_i.shape[0]} nodes")
    units = np.zeros(sku_i.shape[0], dtype=np.int64)
    cdef int64_t[::1] into = units
    engine_lock(engine.engine)
    for i in range(sku_i.shape[0]):
        into[i] = fulfilled_since(positions, position_find(positions, sku_i[i], node_i[i]), seq)
    engine_unlock(engine.engine)
    return units
