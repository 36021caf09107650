"""Many commands of one kind in one native loop (see bulk.pxd)."""

import numpy as np

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from fastdom._native.command cimport (
    IMPORT_ROWS_MAX, KIND_IMPORT, KIND_RESERVE, LINES_MAX, LineIn, MODE_FIRM, MODE_HOLD, SetRow, Slice,
)
from fastdom._native.engine cimport NativeEngine, engine_lock, engine_unlock, journal_kick, submit
from fastdom._native.fingerprint cimport FACT_ROW, command_fingerprint, fold_number
from fastdom._native.scratch cimport Scratch, scratch_begin
from fastdom._native.state cimport State
from fastdom._native.table cimport fd_hash64, intern_find, interned

cdef enum:
    PART_ID_BYTES = 21           # 0xFF, which no UTF-8 text begins with, hash of the id of the whole, number of the part
    PAIR_ID_BYTES = 32           # two words as hexadecimal digits
    DIGITS_MAX = 4               # of a line number up to LINES_MAX

cdef bytes HEX_PAIRS = b"".join(b"%02x" % i for i in range(256))
cdef const char* HEX_PAIR_TEXT = HEX_PAIRS

cdef bytes LINE_NUMBERS = b"".join(b"%04d" % (i + 1) for i in range(LINES_MAX))
cdef const char* LINE_NUMBER_TEXT = LINE_NUMBERS


# --- rows of stock

cdef void fold_rows(Command* chunk) noexcept nogil:
    """The rows, named as they were sent, become part of the body."""
    cdef uint64_t words[5]
    cdef const SetRow* row
    cdef int32_t i
    for i in range(chunk.n_rows):
        row = &chunk.rows[i]
        words[0] = <uint64_t>i
        words[1] = fd_hash64(row.sku.data, row.sku.size, 1)
        words[2] = fd_hash64(row.node.data, row.node.size, 2)
        words[3] = (<uint64_t>row.on_hand << 32) ^ <uint32_t>row.safety_stock
        words[4] = <uint64_t>row.routing_reserve
        fold_number(chunk, FACT_ROW, <int64_t>fd_hash64(<const char*>words, sizeof(words), 3))
        fold_number(chunk, FACT_ROW, <int64_t>fd_hash64(<const char*>words, sizeof(words), 4))


cdef void resolve_rows(Engine* engine, Command* chunk) noexcept nogil:
    """Dense ids of the rows, which never change: found in groups, so that the chunk's own step is short."""
    cdef int32_t i = 0
    cdef int32_t end
    while i < chunk.n_rows:
        end = i + GROUP if i + GROUP < chunk.n_rows else chunk.n_rows
        engine_lock(engine)
        while i < end:
            chunk.rows[i].sku_i = intern_find(&engine.state.skus, chunk.rows[i].sku)
            chunk.rows[i].node_i = intern_find(&engine.state.nodes, chunk.rows[i].node)
            i += 1
        engine_unlock(engine)


cdef void import_rows(Engine* engine, Command* chunk, Result* result) noexcept nogil:
    fold_rows(chunk)
    command_fingerprint(chunk)
    resolve_rows(engine, chunk)
    engine_lock(engine)
    submit(engine, chunk, result)
    engine_unlock(engine)
    journal_kick(engine)


cdef void part_id(const uint64_t* whole, int64_t part, uint8_t* out) noexcept nogil:
    """Request id of a part of something larger: no caller can send it."""
    cdef uint32_t number = <uint32_t>part
    out[0] = 0xFF
    memcpy(out + 1, whole, 16)
    memcpy(out + 17, &number, 4)


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
    """Set many positions by dense ids, as initial stock is: chunks of IMPORT_ROWS_MAX rows, each one step.

    Parameters
    ----------
    engine : NativeEngine
    request_id : bytes
        Id of the whole; the same id with the same rows has one effect. Its chunks' ids are no caller's.
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
    cdef Command* c = &s.command
    cdef Command begun
    cdef Engine* g = engine.engine
    cdef State* state = &g.state
    cdef Py_ssize_t n = sku_i.shape[0]
    cdef Py_ssize_t first = 0
    cdef Py_ssize_t i
    cdef int32_t count
    cdef int64_t wait_seq = 0
    cdef int32_t refused = 0
    cdef uint64_t whole[2]
    cdef uint8_t id[PART_ID_BYTES]
    cdef uint8_t[::1] reasons
    if (
        node_i.shape[0] != n or on_hand.shape[0] != n or (safety_stock is not None and safety_stock.shape[0] != n)
        or (routing_reserve is not None and routing_reserve.shape[0] != n)
    ):
        raise ValueError("the arrays differ in length")
    check_dense(sku_i, state.skus.index.count, 0, "sku_i")
    check_dense(node_i, state.nodes.index.count, 0, "node_i")
    scratch_begin(s, KIND_IMPORT, now_us, 0, tenant_i)
    whole[0] = fd_hash64(request_id, len(request_id), 1)
    whole[1] = fd_hash64(request_id, len(request_id), 2)
    c.request_id.data = <const char*>id
    c.request_id.size = PART_ID_BYTES
    c.as_of_us = as_of_us
    c.expected_on_hand = -1
    c.expected_version = -1
    begun = c[0]
    result = np.zeros(n, dtype=np.uint8)
    reasons = result
    with nogil:
        while first < n:
            count = <int32_t>(n - first) if n - first < IMPORT_ROWS_MAX else IMPORT_ROWS_MAX
            c[0] = begun
            c.n_rows = count
            part_id(whole, first // IMPORT_ROWS_MAX, id)
            for i in range(count):
                memset(&s.rows[i], 0, sizeof(SetRow))
                s.rows[i].sku = interned(&state.skus, sku_i[first + i])
                s.rows[i].node = interned(&state.nodes, node_i[first + i])
                s.rows[i].on_hand = on_hand[first + i]
                s.rows[i].safety_stock = at_or(safety_stock, first + i, -1)
                s.rows[i].routing_reserve = at_or(routing_reserve, first + i, -1)
            import_rows(g, c, s.result)
            wait_seq = s.result.wait_seq if s.result.wait_seq > wait_seq else wait_seq
            refused = s.result.status.reason
            if refused:
                break
            for i in range(count):
                reasons[first + i] = <uint8_t>s.rows[i].reason
            first += count
        for i in range(first, n):
            reasons[i] = <uint8_t>refused
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
    for i in range(8):
        memcpy(out + 2 * i, HEX_PAIR_TEXT + 2 * ((high >> (56 - 8 * i)) & 255), 2)
        memcpy(out + 16 + 2 * i, HEX_PAIR_TEXT + 2 * ((low >> (56 - 8 * i)) & 255), 2)


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
        lines[i].sku_known = sku_i[i] + 1
        if node_i != NULL and node_i[i] >= 0:
            lines[i].node = interned(&state.nodes, node_i[i])
            lines[i].node_known = node_i[i] + 1
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

    Raises
    ------
    RuntimeError
        Another network became active meanwhile, so that postal_i says nothing any more. The orders before it are
        reserved: sent again with the same request ids they hear the same.

    Returns
    -------
    (uint8[n], uint8[n], uint64[n, 2], int)
        `ReserveOutcome` (0 = refused as a call), `Reason`, reservation ids (0, 0 = none), sequence to wait for.
    """
    cdef Scratch s = Scratch()
    cdef Engine* g = engine.engine
    cdef State* state = &g.state
    cdef Command* c = &s.command
    cdef Result* r = s.result
    cdef Py_ssize_t n = sku_i.shape[0]
    cdef int32_t width = <int32_t>sku_i.shape[1]
    cdef Py_ssize_t i = 0
    cdef Py_ssize_t end
    cdef int64_t wait_seq = 0
    cdef uint8_t id[PAIR_ID_BYTES]
    cdef char code[256]          # an interned text has at most 255 bytes
    cdef int32_t network_version = 0
    cdef int32_t n_postal = 0
    cdef bint changed = False
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
        with nogil:
            engine_lock(g)
            network_version = g.net.version
            n_postal = g.net.n_postal
            engine_unlock(g)
        check_dense(postal_i, n_postal, 0, "postal_i")
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
    c.request_id.data = <const char*>id
    c.request_id.size = PAIR_ID_BYTES
    with nogil:
        while i < n:
            end = i + GROUP if i + GROUP < n else n
            engine_lock(g)
            while i < end:
                c.now_us = now_us            # what a command changes, as it was
                c.fingerprint[0] = 0
                c.fingerprint[1] = 0
                pair_id(request_ids[i, 0], request_ids[i, 1], id)
                pins = &node_i[i, 0] if node_i is not None else NULL
                c.n_lines = array_lines(state, s.lines, &sku_i[i, 0], pins, &quantity[i, 0], width)
                if postal_i is not None:
                    if g.net.version != network_version:
                        changed = True
                        break
                    c.postal_code = interned(&g.net.postal, postal_i[i])
                    memcpy(code, c.postal_code.data, c.postal_code.size)     # submit may let another network in
                    c.postal_code.data = code
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
            if changed:
                break
    if changed:
        raise RuntimeError(f"another network became active after {i} orders: postal_i is of the one before")
    return outcomes, reasons, reservations, wait_seq
