"""Cold reads: availability, lists, exports. Each takes the engine lock for slices of about 1,024 records.

Reads change nothing: holds that are due are lifted for the slice and put back, as submit does. Only when very many are
due at once, so that lifting them would make the slice long, they are expired by a journalled command first.
"""

import numpy as np

from libc.stdint cimport INT32_MIN, int32_t, int64_t, uint32_t
from libc.stdlib cimport calloc, free, malloc, qsort
from libc.string cimport memcmp, memset

from fastdom._native.build cimport NameBook, build_exception, build_position, build_reservation, name_of
from fastdom._native.capacity cimport capacity_taken
from fastdom._native.command cimport AllocationOut, KIND_GET, Result, Slice
from fastdom._native.core cimport later
from fastdom._native.engine cimport Engine, NativeEngine, engine_lock, engine_unlock
from fastdom._native.entry cimport context_unpack, result_clear
from fastdom._native.faults cimport Fault, fault_find
from fastdom._native.positions cimport (
    P_COMMITTED, P_FREE, P_HELD, P_NODE, P_ON_HAND, P_RESERVE, P_SAFETY, P_VERSION, Run, position_cell, run_begin,
    run_next,
)
from fastdom._native.reservations cimport (
    Record, STATE_EXPIRED, STATE_FULFILLED, open_units, record_allocations, record_context, record_of, record_state,
)
from fastdom._native.scratch cimport Scratch, keep_texts, scratch_begin
from fastdom._native.state cimport State, due_crowd, due_lift, due_unlift
from fastdom._native.table cimport Interner, intern_find
from fastdom._native.varint cimport Reader, get_bytes
from fastdom._native.verbs cimport view_record

from fastdom import types
from fastdom.reasons import EngineError, Field, Reason

cdef enum:
    SLICE = 1024                 # records looked at under one taking of the lock
    ROWS_MAX = 65536             # of GetAvailability
    IDS_MAX = 1024               # SKUs, and nodes, of GetAvailability
    PAGE_DEFAULT = 100
    PAGE_MAX = 1000


# --- what all share

cdef int64_t settle(NativeEngine engine, int64_t now_us, int64_t deadline_us) except -1:
    """The time to judge at; refuses when the engine has failed, expires due holds when there are many."""
    cdef Engine* g = engine.engine
    cdef bint crowd
    while True:
        if g.failed:
            raise EngineError(Reason.NOT_DURABLE)
        if deadline_us and deadline_us <= now_us:
            raise EngineError(Reason.DEADLINE_PASSED)
        with nogil:
            engine_lock(g)
            now_us = later(g, now_us)
            crowd = due_crowd(&g.state, now_us)
            engine_unlock(g)
        if not crowd or engine.tick(now_us) == 0:
            return now_us


cdef Slice slice_of(bytes text):
    cdef Slice view
    view.data = text
    view.size = <int32_t>len(text)
    return view


cdef int32_t find_id(const Interner* names, str name, object reason, object field, int32_t line_i) except -1:
    cdef bytes text = name.encode("utf-8", "surrogatepass")
    cdef int32_t i = intern_find(names, slice_of(text)) if 0 < len(text) <= 64 else -1
    if i < 0:
        raise EngineError(reason, field, line_i)
    return i


cdef int page_of(object size) except -1:
    if not 0 <= size <= PAGE_MAX:
        raise EngineError(Reason.INVALID_FIELD, Field.PAGE_SIZE)
    return size or PAGE_DEFAULT


# --- availability

cdef struct Row:                 # one position as it was read
    int32_t sku                  # ordinal of the SKU in the request
    int32_t place                # where its node stands in the order wanted
    int32_t sku_i
    int32_t node_i
    int32_t units[7]             # on_hand, held, committed, safety_stock, routing_reserve, available, shortfall
    int32_t version


cdef void read_row(const State* s, int32_t p, Row* row) noexcept nogil:
    cdef int32_t free_units = position_cell(&s.positions, p, P_FREE)[0]
    row.units[0] = position_cell(&s.positions, p, P_ON_HAND)[0]
    row.units[1] = position_cell(&s.positions, p, P_HELD)[0]
    row.units[2] = position_cell(&s.positions, p, P_COMMITTED)[0]
    row.units[3] = position_cell(&s.positions, p, P_SAFETY)[0]
    row.units[4] = position_cell(&s.positions, p, P_RESERVE)[0]
    row.units[5] = free_units if free_units > 0 else 0
    row.units[6] = row.units[1] + row.units[2] + row.units[3] - row.units[0]
    if row.units[6] < 0:
        row.units[6] = 0
    row.version = position_cell(&s.positions, p, P_VERSION)[0]


cdef int64_t read_sku(
    const State* s, int32_t ordinal, int32_t sku_i, const int32_t* place, int32_t n_places, Row* rows, int64_t at,
    int64_t rows_max
) noexcept nogil:
    """Rows of a SKU at the nodes that have a place; where the next row goes, rows_max + 1 when they do not fit."""
    cdef Run run
    cdef int32_t node_i
    cdef int32_t p
    if not run_begin(&s.positions, sku_i, &run):
        return at
    while True:
        for p in range(run.first, run.first + run.length):
            node_i = position_cell(&s.positions, p, P_NODE)[0]
            if node_i >= n_places or place[node_i] < 0:
                continue
            if at >= rows_max:
                return rows_max + 1
            rows[at].sku = ordinal
            rows[at].place = place[node_i]
            rows[at].sku_i = sku_i
            rows[at].node_i = node_i
            read_row(s, p, &rows[at])
            at += 1
        if not run_next(&s.positions, &run):
            return at


cdef int by_place(const void* left, const void* right) noexcept nogil:
    cdef const Row* a = <const Row*>left
    cdef const Row* b = <const Row*>right
    if a.sku != b.sku:
        return -1 if a.sku < b.sku else 1
    return -1 if a.place < b.place else <int>(a.place > b.place)


cdef object places_of(const State* s, NameBook book, tuple node_ids):
    """int32[nodes]: where each node stands in the order wanted, -1 = not wanted."""
    cdef int32_t n = <int32_t>s.nodes.index.count
    cdef int32_t i
    if node_ids:
        place = np.full(n, -1, dtype=np.int32)
        for i, node_id in enumerate(node_ids):
            node_i = find_id(&s.nodes, node_id, Reason.UNKNOWN_NODE, Field.NODE_IDS, i)
            if place[node_i] >= 0:
                raise EngineError(Reason.INVALID_FIELD, Field.NODE_IDS, i, message="the node is named twice")
            place[node_i] = i
        return place
    names = [name_of(book.nodes, &s.nodes, i) for i in range(n)]
    place = np.empty(n, dtype=np.int32)
    place[sorted(range(n), key=names.__getitem__)] = np.arange(n, dtype=np.int32)
    return place


cdef object skus_of(const State* s, tuple skus):
    """int32[n]: dense ids of the SKUs, each named once."""
    cdef int32_t i
    sku_i = np.empty(len(skus), dtype=np.int32)
    seen = set()
    for i, sku in enumerate(skus):
        sku_i[i] = find_id(&s.skus, sku, Reason.UNKNOWN_SKU, Field.SKUS, i)
        if sku in seen:
            raise EngineError(Reason.INVALID_FIELD, Field.SKUS, i, message="the SKU is named twice")
        seen.add(sku)
    return sku_i


cdef int64_t read_skus(
    Engine* g, int64_t now_us, const int32_t* sku_i, int32_t n_skus, const int32_t* place, int32_t n_places, Row* rows,
    int64_t rows_max, int64_t* seq
) noexcept nogil:
    """Rows of all SKUs, slice by slice; how many, rows_max + 1 = too many."""
    cdef int64_t at = 0
    cdef int64_t began
    cdef int32_t k = 0
    while True:
        began = at
        engine_lock(g)
        due_lift(&g.state, now_us)
        while k < n_skus and at - began < SLICE and at <= rows_max:
            at = read_sku(&g.state, k, sku_i[k], place, n_places, rows, at, rows_max)
            k += 1
        due_unlift(&g.state, now_us)
        seq[0] = g.state.seq
        engine_unlock(g)
        if k >= n_skus or at > rows_max:
            return at


def get_availability(
    NativeEngine engine not None, NameBook book not None, request, int64_t now_us, int64_t deadline_us=0
):
    """Positions of many SKUs at many nodes: GetAvailabilityRequest -> AvailabilityResult.

    Raises
    ------
    EngineError
        UNKNOWN_SKU, UNKNOWN_NODE, UNKNOWN_CHANNEL; INVALID_FIELD when one is named twice or none is named;
        TOO_MANY_ITEMS over 1,024 SKUs, 1,024 nodes or 65,536 rows.
    """
    cdef Engine* g = engine.engine
    cdef int64_t seq = 0
    cdef int64_t n
    cdef int64_t i
    cdef int64_t rows_max
    cdef Row* rows
    cdef const int32_t[::1] place
    cdef const int32_t[::1] sku_i
    if not request.skus:
        raise EngineError(Reason.INVALID_FIELD, Field.SKUS)
    if len(request.skus) > IDS_MAX:
        raise EngineError(Reason.TOO_MANY_ITEMS, Field.SKUS)
    if len(request.node_ids) > IDS_MAX:
        raise EngineError(Reason.TOO_MANY_ITEMS, Field.NODE_IDS)
    if request.channel:
        find_id(&g.state.channels, request.channel, Reason.UNKNOWN_CHANNEL, Field.CHANNEL, -1)
    now_us = settle(engine, now_us, deadline_us)
    sku_i = skus_of(&g.state, request.skus)
    place = places_of(&g.state, book, request.node_ids)
    if place.shape[0] == 0:
        return types.AvailabilityResult((), g.state.seq, g.state.seq)
    rows_max = min(ROWS_MAX, sku_i.shape[0] * place.shape[0])
    rows = <Row*>malloc(rows_max * sizeof(Row))
    if rows == NULL:
        raise MemoryError("availability")
    try:
        with nogil:
            n = read_skus(
                g, now_us, &sku_i[0], <int32_t>sku_i.shape[0], &place[0], <int32_t>place.shape[0], rows, rows_max, &seq
            )
            if n <= rows_max:
                qsort(rows, n, sizeof(Row), by_place)
        if n > rows_max:
            raise EngineError(Reason.TOO_MANY_ITEMS, Field.SKUS)
        positions = tuple([
            build_position(book, &g.state, rows[i].sku_i, rows[i].node_i, rows[i].units, rows[i].version)
            for i in range(n)
        ])
    finally:
        free(rows)
    return types.AvailabilityResult(positions, seq, seq)


# --- reservations

cdef struct Filter:
    int32_t tenant_i
    uint32_t states              # bit set of ReservationState, 0 = any
    int32_t node_i               # -1 = any
    int32_t needs_attention      # 1 = only those
    Slice order_id               # empty = any


cdef int32_t state_at(const Record* record, int64_t now_us) noexcept nogil:
    """The state with a hold that is due counted as expired."""
    if record.open_units > 0 and not record.committed and 0 < record.expires_at_us <= now_us:
        return STATE_FULFILLED if record.fulfilled_units > 0 else STATE_EXPIRED
    return record_state(record)


cdef bint at_node(const Record* record, int32_t node_i) noexcept nogil:
    cdef const AllocationOut* a = record_allocations(record)
    cdef int32_t i
    for i in range(record.n_allocations):
        if a[i].node_i == node_i and open_units(&a[i]) > 0:
            return True
    return False


cdef bint of_order(const Record* record, Slice order_id) noexcept nogil:
    """The order id is the first field of the packed context."""
    cdef Reader r
    cdef Slice own
    r.at = record_context(record)
    r.end = r.at + record.context_size
    r.bad = 0
    own = get_bytes(&r)
    return not r.bad and own.size == order_id.size and memcmp(own.data, order_id.data, own.size) == 0


cdef bint passes(const Record* record, const Filter* f, int64_t now_us) noexcept nogil:
    cdef int32_t state
    if record.tenant_i != f.tenant_i or (f.needs_attention and not record.needs_attention):
        return False
    state = state_at(record, now_us)
    if f.states and not f.states >> state & 1:
        return False
    if f.node_i >= 0 and (state > 3 or not at_node(record, f.node_i)):
        return False
    return f.order_id.size == 0 or of_order(record, f.order_id)


cdef bint describe(Engine* g, const Record* record, int64_t now_us, Result* out, char* texts) noexcept nogil:
    """The reservation and its texts into the caller's memory."""
    cdef Slice packed
    cdef int32_t i
    packed.data = record_context(record)
    packed.size = record.context_size
    if context_unpack(packed, &g.context) != 0:
        return False
    result_clear(out)
    out.now_us = now_us
    view_record(record, now_us, out)
    out.service_level = g.context.service_level
    out.order_id = g.context.order_id
    out.n_line_ids = g.context.n_lines
    for i in range(g.context.n_lines):
        out.line_ids[i] = g.context.lines[i].line_id
    keep_texts(out, texts)
    return True


cdef int64_t next_match(
    Engine* g, const int64_t* created, const uint32_t* slots, int64_t n, int64_t at, const Filter* f, int64_t now_us,
    Result* out, char* texts, int64_t* seq
) noexcept nogil:
    """Index of the first reservation from `at` on that passes, with its picture in out; n = none."""
    cdef Record* record
    cdef int64_t end
    while at < n:
        end = at + SLICE if at + SLICE < n else n
        engine_lock(g)
        seq[0] = g.state.seq
        while at < end:
            if g.state.reservations.offset[slots[at]]:
                record = record_of(&g.state.reservations, slots[at])
                if record.created_seq == created[at] and passes(record, f, now_us):
                    if describe(g, record, now_us, out, texts):
                        engine_unlock(g)
                        return at
            at += 1
        engine_unlock(g)
    return n


cdef class Listing:
    """Pages of reservations in the order of their creation.

    The first page of a listing reads where every reservation lies (12 bytes each); the pages after it use that, so that
    all pages together cost one pass. A Face keeps one, and several threads may ask it at once: what one has read
    becomes the others' in one assignment.
    """
    cdef tuple read              # created: int64[n] sequences that created the reservations, rising; slots: uint32[n];
    # sequence up to which reservations are in them. Never changed, only replaced

    def __cinit__(self):
        self.read = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint32), -1

    cdef tuple index(self, Engine* g):
        """Read where every reservation lies."""
        cdef uint32_t used = g.state.reservations.slots_used
        cdef uint32_t slot = 0
        cdef uint32_t end
        cdef int64_t n = 0
        cdef int64_t seq = g.state.seq
        created = np.empty(used, dtype=np.int64)
        slots = np.empty(used, dtype=np.uint32)
        cdef int64_t[::1] created_at = created
        cdef uint32_t[::1] slot_at = slots
        with nogil:
            while slot < used:
                end = slot + SLICE if used - slot > SLICE else used
                engine_lock(g)
                for slot in range(slot, end):
                    if g.state.reservations.offset[slot]:
                        created_at[n] = record_of(&g.state.reservations, slot).created_seq
                        slot_at[n] = slot
                        n += 1
                engine_unlock(g)
                slot = end
        order = np.argsort(created[:n], kind="stable")
        fresh = created[:n][order], slots[:n][order], seq
        self.read = fresh
        return fresh

    cdef list collect(
        self, tuple read, Engine* g, NameBook book, Scratch s, const Filter* f, int64_t now_us, int64_t* after,
        int size, int64_t* seq,
    ):
        """Up to `size` reservations created after the sequence; moves it on to the last one."""
        cdef const int64_t[::1] created = read[0]
        cdef const uint32_t[::1] slots = read[1]
        cdef int64_t n = created.shape[0]
        cdef int64_t at = np.searchsorted(read[0], after[0], side="right")
        found = []
        while n and len(found) < size:
            with nogil:
                at = next_match(g, &created[0], &slots[0], n, at, f, now_us, s.result, s.texts, seq)
            if at >= n:
                break
            found.append(build_reservation(book, &g.state, s, True, False))
            after[0] = created[at]
            at += 1
        return found

    def page(
        self, NativeEngine engine not None, NameBook book not None, request, int64_t now_us, int64_t deadline_us=0,
        int tenant_i=0,
    ):
        """One page: ListReservationsRequest -> ReservationPage.

        Raises
        ------
        EngineError
            UNKNOWN_NODE; INVALID_FIELD for a page size or token out of range.
        """
        cdef Engine* g = engine.engine
        cdef Scratch s = Scratch()
        cdef int size = page_of(request.page_size)
        cdef int64_t after = token_of(request.page_token)
        cdef int64_t seq = 0
        cdef Filter f
        cdef bytes order_id = request.order_id.encode("utf-8", "surrogatepass")
        memset(&f, 0, sizeof(Filter))
        f.tenant_i = tenant_i
        f.order_id = slice_of(order_id)
        f.needs_attention = 1 if request.needs_attention else 0
        for state in request.states:
            f.states |= <uint32_t>1 << <int>state
        f.node_i = -1
        if request.node_id:
            f.node_i = find_id(&g.state.nodes, request.node_id, Reason.UNKNOWN_NODE, Field.NODE_ID, -1)
        scratch_begin(s, KIND_GET, now_us, 0, tenant_i)
        now_us = settle(engine, now_us, deadline_us)
        read = self.read
        if after == 0 or read[2] < after:
            read = self.index(g)
        found = self.collect(read, g, book, s, &f, now_us, &after, size, &seq)
        if len(found) < size and read[2] < g.state.seq:
            found += self.collect(self.index(g), g, book, s, &f, now_us, &after, size - <int>len(found), &seq)
        token = str(after) if len(found) == size else ""
        seq = seq or g.state.seq
        return types.ReservationPage(tuple(found), token, seq, seq)


cdef int64_t token_of(str token) except -1:
    """A page token is the sequence that created the last reservation of the page before."""
    if not token:
        return 0
    if not (token.isascii() and token.isdigit()) or not 0 < len(token) <= 18 or int(token) == 0:
        raise EngineError(Reason.INVALID_FIELD, Field.PAGE_TOKEN)
    return int(token)


# --- exceptions

cdef int64_t collect_faults(
    Engine* g, uint32_t kinds, int32_t node_i, bint resolved, int64_t* after, Fault* found, int64_t size, int64_t* seq,
    bint* more
) noexcept nogil:
    """Faults after an id that pass; moves the id on to the last one looked at."""
    cdef Fault* fault
    cdef int64_t n = 0
    cdef int64_t end
    cdef int64_t oldest
    more[0] = True
    while more[0] and n < size:
        engine_lock(g)
        oldest = g.state.faults.next_id - g.state.faults.slots_max
        if after[0] + 1 < oldest:
            after[0] = oldest - 1
        end = after[0] + SLICE
        while n < size and after[0] < end and after[0] + 1 < g.state.faults.next_id:
            after[0] += 1
            fault = fault_find(&g.state.faults, after[0])
            if fault == NULL or (kinds and not kinds >> fault.kind & 1):
                continue
            if (fault.resolved_at_us and not resolved) or (node_i >= 0 and fault.node_i != node_i):
                continue
            found[n] = fault[0]
            n += 1
        more[0] = after[0] + 1 < g.state.faults.next_id
        seq[0] = g.state.seq
        engine_unlock(g)
    return n


def list_exceptions(
    NativeEngine engine not None, NameBook book not None, request, int64_t now_us, int64_t deadline_us=0
):
    """One page: ListExceptionsRequest -> ExceptionPage. Open ones alone unless include_resolved.

    Raises
    ------
    EngineError
        UNKNOWN_NODE; INVALID_FIELD for a page size or cursor out of range.
    """
    cdef Engine* g = engine.engine
    cdef int64_t size = page_of(request.page_size)
    cdef int64_t after
    cdef int64_t seq = 0
    cdef int64_t n
    cdef int64_t i
    cdef uint32_t kinds = 0
    cdef int32_t node_i = -1
    cdef bint resolved = bool(request.include_resolved)
    cdef bint more = False
    cdef Fault* found
    if not 0 <= request.after_exception_id < 1 << 62:
        raise EngineError(Reason.INVALID_FIELD, Field.AFTER_EXCEPTION_ID)
    after = request.after_exception_id
    for kind in request.kinds:
        kinds |= <uint32_t>1 << <int>kind
    if request.node_id:
        node_i = find_id(&g.state.nodes, request.node_id, Reason.UNKNOWN_NODE, Field.NODE_ID, -1)
    settle(engine, now_us, deadline_us)
    found = <Fault*>calloc(size, sizeof(Fault))
    if found == NULL:
        raise MemoryError("page of exceptions")
    try:
        with nogil:
            n = collect_faults(g, kinds, node_i, resolved, &after, found, size, &seq, &more)
        records = tuple([build_exception(book, &g.state, &found[i]) for i in range(n)])
    finally:
        free(found)
    return types.ExceptionPage(records, after, more, seq, seq)


# --- audits

cdef enum:
    COLUMNS = 9                  # sku_i, node_i, on_hand, held, committed, safety_stock, routing_reserve, free, version

COLUMN_NAMES = (
    "sku_i", "node_i", "on_hand", "held", "committed", "safety_stock", "routing_reserve", "free", "on_hand_version",
)


cdef void export_row(const State* s, int32_t sku_i, int32_t p, int32_t* row) noexcept nogil:
    row[0] = sku_i
    row[1] = position_cell(&s.positions, p, P_NODE)[0]
    row[2] = position_cell(&s.positions, p, P_ON_HAND)[0]
    row[3] = position_cell(&s.positions, p, P_HELD)[0]
    row[4] = position_cell(&s.positions, p, P_COMMITTED)[0]
    row[5] = position_cell(&s.positions, p, P_SAFETY)[0]
    row[6] = position_cell(&s.positions, p, P_RESERVE)[0]
    row[7] = position_cell(&s.positions, p, P_FREE)[0]
    row[8] = position_cell(&s.positions, p, P_VERSION)[0]


cdef int32_t export_slice(
    Engine* g, int64_t now_us, int32_t sku_i, int32_t* rows, int64_t* n, int64_t rows_max, int64_t* seq
) noexcept nogil:
    """Positions of SKUs from sku_i on, one slice; the SKU to go on with, INT32_MIN = there are no more."""
    cdef Run run
    cdef int64_t began = n[0]
    cdef int32_t looked = 0
    cdef int32_t p
    engine_lock(g)
    due_lift(&g.state, now_us)
    while sku_i < <int32_t>g.state.skus.index.count and n[0] - began < SLICE and looked < 16 * SLICE:
        if run_begin(&g.state.positions, sku_i, &run):
            if n[0] + g.state.positions.sku_count[sku_i] > rows_max:
                break
            while True:
                for p in range(run.first, run.first + run.length):
                    export_row(&g.state, sku_i, p, rows + n[0] * COLUMNS)
                    n[0] += 1
                if not run_next(&g.state.positions, &run):
                    break
        sku_i += 1
        looked += 1
    due_unlift(&g.state, now_us)
    if sku_i >= <int32_t>g.state.skus.index.count:
        sku_i = INT32_MIN
    seq[0] = g.state.seq
    engine_unlock(g)
    return sku_i


def export_positions(NativeEngine engine not None, int64_t now_us):
    """Every position as arrays, for audits.

    Returns
    -------
    (dict of int32[n], int, int)
        Columns by name, SKUs ascending by dense id; and the sequences at the first and the last slice: when they are
        equal, all is of one moment. Positions that appear meanwhile may be missing.
    """
    cdef Engine* g = engine.engine
    cdef int64_t first_seq = -1
    cdef int64_t seq = 0
    cdef int64_t n = 0
    cdef int32_t before
    cdef int32_t sku_i = 0
    cdef int32_t[:, ::1] rows
    now_us = settle(engine, now_us, 0)
    table = np.empty((g.state.positions.count + SLICE, COLUMNS), dtype=np.int32)
    rows = table
    while sku_i != INT32_MIN:
        before = sku_i
        with nogil:
            sku_i = export_slice(g, now_us, sku_i, &rows[0, 0], &n, rows.shape[0], &seq)
        first_seq = seq if first_seq < 0 else first_seq
        if sku_i == before:                      # the SKU's positions do not fit what is left
            grown = np.empty((2 * rows.shape[0], COLUMNS), dtype=np.int32)
            grown[:n] = table[:n]
            table = grown
            rows = table
    return {name: np.ascontiguousarray(table[:n, i]) for i, name in enumerate(COLUMN_NAMES)}, first_seq, seq


def node_status(NativeEngine engine not None, str node_id not None):
    """Whether a node works: NodeStatus. Raises EngineError UNKNOWN_NODE."""
    cdef Engine* g = engine.engine
    return types.NodeStatus(
        g.state.node_status[find_id(&g.state.nodes, node_id, Reason.UNKNOWN_NODE, Field.NODE_ID, -1)]
    )


def node_load(NativeEngine engine not None, str node_id not None, int ship_day, int64_t now_us):
    """What a node has to do: open units at its positions, and capacity taken on a local day.

    Raises
    ------
    EngineError
        UNKNOWN_NODE.
    """
    cdef Engine* g = engine.engine
    cdef int32_t node_i = find_id(&g.state.nodes, node_id, Reason.UNKNOWN_NODE, Field.NODE_ID, -1)
    cdef int64_t taken
    cdef int status
    columns, _, _ = export_positions(engine, now_us)
    here = columns["node_i"] == node_i
    with nogil:
        engine_lock(g)
        taken = capacity_taken(&g.state.capacity, node_i, ship_day)
        status = g.state.node_status[node_i]
        engine_unlock(g)
    return types.NodeLoad(
        node_id, types.NodeStatus(status), int(columns["held"][here].sum()), int(columns["committed"][here].sum()),
        ship_day, taken,
    )
