"""Many commands of one kind in one native loop (see bulk.pxd)."""

import numpy as np

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from fastdom._native.command cimport (
    KIND_RESERVE, KIND_SET, LINES_MAX, LineIn, MODE_FIRM, MODE_HOLD, R_DEADLINE_PASSED, R_LIMIT_EXCEEDED, R_MAP_FULL,
    R_NOT_DURABLE, R_OVERLOADED, R_REQUEST_ID_EXPIRED, R_REQUEST_ID_REUSED, Slice,
)
from fastdom._native.engine cimport NativeEngine, engine_lock, engine_unlock, journal_kick, submit
from fastdom._native.fingerprint cimport FACT_ROW, command_fingerprint, fold_number
from fastdom._native.scratch cimport Scratch, scratch_begin
from fastdom._native.state cimport State
from fastdom._native.table cimport fd_hash64, interned

cdef enum:
    ROW_ID_BYTES = 21            # 0xFF, which no UTF-8 text begins with, hash of the chunk's id, row number
    PAIR_ID_BYTES = 32           # two words as hexadecimal digits
    DIGITS_MAX = 4               # of a line number up to LINES_MAX

cdef uint8_t HEX_DIGITS[16]
memcpy(HEX_DIGITS, b"0123456789abcdef", 16)

cdef bytes LINE_NUMBERS = b"".join(b"%04d" % (i + 1) for i in range(LINES_MAX))
cdef const char* LINE_NUMBER_TEXT = LINE_NUMBERS


# --- rows of stock

cdef void fold_rows(Command* head, const SetRow* rows, int32_t n) noexcept nogil:
    cdef uint64_t words[5]
    cdef int32_t i
    for i in range(n):
        words[0] = <uint64_t>i
        words[1] = fd_hash64(rows[i].sku.data, rows[i].sku.size, 1)
        words[2] = fd_hash64(rows[i].node.data, rows[i].node.size, 2)
        words[3] = (<uint64_t>rows[i].on_hand << 32) ^ <uint32_t>rows[i].safety_stock
        words[4] = <uint64_t>rows[i].routing_reserve
        fold_number(head, FACT_ROW, <int64_t>fd_hash64(<const char*>words, sizeof(words), 3))
        fold_number(head, FACT_ROW, <int64_t>fd_hash64(<const char*>words, sizeof(words), 4))


cdef void row_id(const uint64_t* chunk, int64_t row, uint8_t* out) noexcept nogil:
    cdef uint32_t number = <uint32_t>row
    out[0] = 0xFF
    memcpy(out + 1, chunk, 16)
    memcpy(out + 17, &number, 4)


cdef inline bint ends_all(int32_t reason) noexcept nogil:
    """Refusals that say the same of every row after this one."""
    return (
        reason == R_OVERLOADED or reason == R_MAP_FULL or reason == R_LIMIT_EXCEEDED or reason == R_NOT_DURABLE
        or reason == R_REQUEST_ID_REUSED or reason == R_REQUEST_ID_EXPIRED or reason == R_DEADLINE_PASSED
    )


cdef bint set_row(
    Engine* g, const Command* head, Result* result, const uint64_t* chunk, SetRow* row, int64_t number
) noexcept nogil:
    """One row under the lock the caller holds; False when the rows after it need not be tried."""
    cdef Command c = head[0]
    cdef uint8_t id[ROW_ID_BYTES]
    row_id(chunk, number, id)
    c.kind = KIND_SET
    c.request_id.data = <const char*>id
    c.request_id.size = ROW_ID_BYTES
    c.sku = row.sku
    c.node = row.node
    c.on_hand = row.on_hand
    c.safety_stock = row.safety_stock
    c.routing_reserve = row.routing_reserve
    command_fingerprint(&c)
    submit(g, &c, result)
    row.reason = result.status.reason
    row.field = result.status.field
    row.repeated = result.repeated
    return not ends_all(row.reason)


cdef int64_t set_rows(
    Engine* engine, const Command* head, Result* result, SetRow* rows, int32_t n, int64_t first_row
) noexcept nogil:
    cdef uint64_t chunk[2]
    cdef Command shared = head[0]
    cdef int64_t wait_seq = 0
    cdef int32_t i = 0
    cdef int32_t end
    cdef bint goes_on = True
    chunk[0] = fd_hash64(head.request_id.data, head.request_id.size, 1)
    chunk[1] = fd_hash64(head.request_id.data, head.request_id.size, 2)
    while i < n and goes_on:
        end = i + GROUP if i + GROUP < n else n
        engine_lock(engine)
        while i < end and goes_on:
            goes_on = set_row(engine, &shared, result, chunk, &rows[i], first_row + i)
            shared.deadline_us = 0               # once taken up, a chunk runs to its end
            if result.wait_seq > wait_seq:
                wait_seq = result.wait_seq
            i += 1
        engine_unlock(engine)
        journal_kick(engine)
    for end in range(i, n):
        rows[end].reason = rows[i - 1].reason
        rows[end].field = rows[i - 1].field
        rows[end].repeated = 0
    return wait_seq


cdef inline int32_t at_or(const int32_t[::1] values, Py_ssize_t i, int32_t otherwise) noexcept nogil:
    return values[i] if values is not None else otherwise


def set_many(
    NativeEngine engine not None,
    bytes request_id not None,
    const int32_t[::1] sku_i not None,
    const int32_t[::1] node_i not None,
    const int32_t[::1] on_hand not None,
    const int32_t[::1] safety_stock,
    const int32_t[::1] routing_reserve,
    int64_t now_us,
    int64_t as_of_us=0,
    int tenant_i=0,
):
    """Set many positions by dense ids, as initial stock is.

    Parameters
    ----------
    engine : NativeEngine
    request_id : bytes
        Id of the whole; the same id with the same rows has one effect.
    sku_i, node_i, on_hand : int32[n]
    safety_stock, routing_reserve : int32[n] or None
        -1 = leave.
    now_us, as_of_us : int
        Microseconds UTC; as_of_us 0 = now.
    tenant_i : int

    Returns
    -------
    (uint8[n], int)
        `Reason` of each row, and the sequence to wait for. Rows refused for want of room (OVERLOADED) can be sent again
        under the same id once the journal has caught up: send all, those done have no second effect.
    """
    cdef Scratch s = Scratch()
    cdef Command* head = &s.command
    cdef Engine* g = engine.engine
    cdef State* state = &g.state
    cdef Py_ssize_t n = sku_i.shape[0]
    cdef Py_ssize_t first = 0
    cdef Py_ssize_t i
    cdef int32_t count
    cdef int64_t wait_seq = 0
    cdef int64_t seq
    cdef bint whole = True
    cdef uint8_t[::1] reasons
    if (
        node_i.shape[0] != n or on_hand.shape[0] != n or (safety_stock is not None and safety_stock.shape[0] != n)
        or (routing_reserve is not None and routing_reserve.shape[0] != n)
    ):
        raise ValueError("the arrays differ in length")
    check_dense(sku_i, state.skus.index.count, 0, "sku_i")
    check_dense(node_i, state.nodes.index.count, 0, "node_i")
    scratch_begin(s, KIND_SET, now_us, 0, tenant_i)
    head.request_id.data = request_id
    head.request_id.size = <int32_t>len(request_id)
    head.as_of_us = as_of_us
    head.expected_on_hand = -1
    head.expected_version = -1
    result = np.zeros(n, dtype=np.uint8)
    reasons = result
    with nogil:
        while first < n and whole:
            count = <int32_t>(n - first) if n - first < 1024 else 1024
            for i in range(count):
                memset(&s.rows[i], 0, sizeof(SetRow))
                s.rows[i].sku = interned(&state.skus, sku_i[first + i])
                s.rows[i].node = interned(&state.nodes, node_i[first + i])
                s.rows[i].on_hand = on_hand[first + i]
                s.rows[i].safety_stock = at_or(safety_stock, first + i, -1)
                s.rows[i].routing_reserve = at_or(routing_reserve, first + i, -1)
            seq = set_rows(g, head, s.result, s.rows, count, first)
            wait_seq = seq if seq > wait_seq else wait_seq
            for i in range(count):
                reasons[first + i] = <uint8_t>s.rows[i].reason
            whole = not ends_all(s.rows[count - 1].reason)
            first += count
        for i in range(first, n):
            reasons[i] = reasons[first - 1]
    return result, wait_seq


cdef int check_dense(const int32_t[::1] ids, int64_t count, int32_t lowest, str what) except -1:
    """Dense ids come from outside: those that name nothing are refused before anything is done."""
    cdef Py_ssize_t i
    cdef Py_ssize_t wrong = -1
    with nogil:
        for i in range(ids.shape[0]):
            if ids[i] < lowest or ids[i] >= count:
                wrong = i
                break
    if wrong >= 0:
        raise ValueError(f"{what}[{wrong}] is {ids[wrong]}, not a dense id below {count}")
    return 0


# --- reserves from arrays

cdef void pair_id(uint64_t high, uint64_t low, uint8_t* out) noexcept nogil:
    cdef int32_t i
    for i in range(16):
        out[i] = HEX_DIGITS[(high >> (60 - 4 * i)) & 15]
        out[16 + i] = HEX_DIGITS[(low >> (60 - 4 * i)) & 15]


cdef inline Slice line_number(int32_t i) noexcept nogil:
    cdef Slice text
    text.data = LINE_NUMBER_TEXT + i * DIGITS_MAX
    text.size = DIGITS_MAX
    return text


cdef int32_t array_lines(
    const State* state, LineIn* lines, const int32_t* sku_i, const int32_t* node_i, const int32_t* quantity, int32_t n
) noexcept nogil:
    """Lines of one row, up to its first sku_i below 0; how many."""
    cdef int32_t i
    for i in range(n):
        if sku_i[i] < 0:
            return i
        memset(&lines[i], 0, sizeof(LineIn))
        lines[i].line_id = line_number(i)
        lines[i].sku = interned(&state.skus, sku_i[i])
        if node_i != NULL and node_i[i] >= 0:
            lines[i].node = interned(&state.nodes, node_i[i])
        lines[i].quantity = quantity[i]
        lines[i].weight_g = -1
    return n


def reserve_many(
    NativeEngine engine not None,
    bytes channel not None,
    const uint64_t[:, ::1] request_ids not None,
    const int32_t[:, ::1] sku_i not None,
    const int32_t[:, ::1] quantity not None,
    const int32_t[:, ::1] node_i,
    const int32_t[::1] postal_i,
    int64_t now_us,
    int64_t ttl_us=0,
    bint firm=False,
    bint allow_partial=False,
    int tenant_i=0,
):
    """Reserve many orders in one native loop, the lock given back after every order's group.

    Parameters
    ----------
    engine : NativeEngine
    channel : bytes
        Of all orders.
    request_ids : uint64[n, 2]
        High and low half; the request id is their 32 hexadecimal digits. Line ids are "0001", "0002", ...
    sku_i, quantity : int32[n, lines]
        A sku_i below 0 ends the lines of its order.
    node_i : int32[n, lines] or None
        Node each line is pinned to; -1 or None = routed, which needs postal_i.
    postal_i : int32[n] or None
        Destination by index into the active network's postal codes.
    now_us, ttl_us : int
        Microseconds; ttl_us 0 = the channel's default.
    firm, allow_partial : bool
    tenant_i : int

    Returns
    -------
    (uint8[n], uint8[n], uint64[n, 2], int)
        `ReserveOutcome` (0 = refused as a call), `Reason`, reservation ids (0, 0 = none), sequence to wait for.
    """
    cdef Scratch s = Scratch()
    cdef Engine* g = engine.engine
    cdef State* state = &g.state
    cdef Command* c = &s.command
    cdef Command begun
    cdef Result* r = s.result
    cdef Py_ssize_t n = sku_i.shape[0]
    cdef int32_t width = <int32_t>sku_i.shape[1]
    cdef Py_ssize_t i = 0
    cdef Py_ssize_t end
    cdef int64_t wait_seq = 0
    cdef uint8_t id[PAIR_ID_BYTES]
    cdef const int32_t* pins
    cdef uint8_t[::1] outcome
    cdef uint8_t[::1] reason
    cdef uint64_t[:, ::1] reservation
    if width > LINES_MAX:
        raise ValueError(f"at most {LINES_MAX} lines an order")
    if (
        quantity.shape[0] != n or quantity.shape[1] != width
        or (node_i is not None and (node_i.shape[0] != n or node_i.shape[1] != width))
    ):
        raise ValueError("the arrays differ in shape")
    if request_ids.shape[0] != n or request_ids.shape[1] != 2 or (postal_i is not None and postal_i.shape[0] != n):
        raise ValueError("the arrays differ in length")
    check_dense(np.asarray(sku_i).reshape(-1), state.skus.index.count, -(1 << 31), "sku_i")
    if node_i is not None:
        check_dense(np.asarray(node_i).reshape(-1), state.nodes.index.count, -(1 << 31), "node_i")
    if postal_i is not None:
        if g.net == NULL:
            raise ValueError("postal_i needs a network")
        check_dense(postal_i, g.net.n_postal, 0, "postal_i")
    outcomes = np.zeros(n, dtype=np.uint8)
    reasons = np.zeros(n, dtype=np.uint8)
    reservations = np.zeros((n, 2), dtype=np.uint64)
    outcome = outcomes
    reason = reasons
    reservation = reservations
    scratch_begin(s, KIND_RESERVE, now_us, 0, tenant_i)
    c.mode = MODE_FIRM if firm else MODE_HOLD
    c.ttl_us = ttl_us
    c.allow_partial = allow_partial
    c.channel.data = channel
    c.channel.size = <int32_t>len(channel)
    begun = c[0]
    with nogil:
        while i < n:
            end = i + GROUP if i + GROUP < n else n
            engine_lock(g)
            while i < end:
                c[0] = begun
                pair_id(request_ids[i, 0], request_ids[i, 1], id)
                c.request_id.data = <const char*>id
                c.request_id.size = PAIR_ID_BYTES
                pins = &node_i[i, 0] if node_i is not None else NULL
                c.n_lines = array_lines(state, s.lines, &sku_i[i, 0], pins, &quantity[i, 0], width)
                if postal_i is not None:
                    c.postal_code = interned(&g.net.postal, postal_i[i])
                command_fingerprint(c)
                submit(g, c, r)
                outcome[i] = 0 if r.status.reason else <uint8_t>r.outcome
                reason[i] = <uint8_t>r.status.reason
                if r.has_reservation:
                    reservation[i, 0] = r.reservation_id[0]
                    reservation[i, 1] = r.reservation_id[1]
                wait_seq = r.wait_seq if r.wait_seq > wait_seq else wait_seq
                i += 1
            engine_unlock(g)
            journal_kick(g)
    return outcomes, reasons, reservations, wait_seq
