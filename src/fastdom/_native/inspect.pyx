"""Faces for tests over what no call of the engine shows: whole tables, and each table alone. Nothing serves with them."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

from fastdom._native.arena cimport Arena, arena_at, arena_close, arena_fits, arena_give, arena_open, arena_take
from fastdom._native.capacity cimport (
    CAPACITY_DAYS, Capacity, capacity_bucket, capacity_close, capacity_open, capacity_take, capacity_taken,
)
from fastdom._native.command cimport ExclusionOut, LINES_MAX, Slice
from fastdom._native.digest cimport Digest, digest_close, digest_slice
from fastdom._native.engine cimport Engine, NativeEngine, engine_lock, engine_unlock
from fastdom._native.entry cimport (
    Context, ContextLine, ENTRY_MAX, Entry, ResultBuffers, context_pack, context_unpack, entry_unpack,
)
from fastdom._native.faults cimport (
    Fault, Faults, fault_find, fault_open_of, fault_raise, fault_resolve, faults_close, faults_open,
)
from fastdom._native.positions cimport (
    P_COMMITTED, P_FREE, P_HELD, P_NODE, P_ON_HAND, P_RESERVE, P_SAFETY, P_VERSION, Positions, Run, fulfilled_since,
    fulfilment_note, position_add, position_as_of, position_cell, position_find, positions_close, positions_open,
    run_begin, run_next,
)
from fastdom._native.requests cimport (
    Request, Requests, request_add, request_find, request_fits, request_forget_oldest, request_key, request_size, requests_close,
    requests_open,
)
from fastdom._native.reservations cimport (
    Record, Reservations, due_drop, due_put, final_leave, final_touch, record_allocations, record_context, record_of,
    record_exclusions, record_shipments, record_stranded, reservation_add, reservation_find, reservation_fits,
    reservation_remove, reservation_resize, reservations_close, reservations_open,
)
from fastdom._native.state cimport State, due_count, due_lift, due_unlift, state_digest_begin, state_digest_open
from fastdom._native.table cimport Index, index_close, index_first, index_insert, index_open, index_remove, interned


# --- the tables of an engine ---------------------------------------------------------------------------------------

cdef str text_of(Slice name):
    return name.data[:name.size].decode()


def positions(NativeEngine engine not None, int64_t now_us=0):
    """Every position as it stands; with `now_us` due holds are subtracted for the read.

    Returns
    -------
    dict of (str, str) to tuple of int
        (sku, node): on_hand, held, committed, safety_stock, routing_reserve, free, version, as_of_us.
    """
    cdef Engine* g = engine.engine
    cdef State* s = &g.state
    cdef Run run
    cdef uint32_t sku
    cdef int32_t p
    cdef int32_t i
    found = {}
    engine_lock(g)
    try:
        due_lift(s, now_us)
        for sku in range(s.skus.index.count):
            if not run_begin(&s.positions, <int32_t>sku, &run):
                continue
            while True:
                for i in range(run.length):
                    p = run.first + i
                    key = text_of(interned(&s.skus, <int32_t>sku)), text_of(
                        interned(&s.nodes, position_cell(&s.positions, p, P_NODE)[0])
                    )
                    found[key] = (
                        position_cell(&s.positions, p, P_ON_HAND)[0], position_cell(&s.positions, p, P_HELD)[0],
                        position_cell(&s.positions, p, P_COMMITTED)[0], position_cell(&s.positions, p, P_SAFETY)[0],
                        position_cell(&s.positions, p, P_RESERVE)[0], position_cell(&s.positions, p, P_FREE)[0],
                        position_cell(&s.positions, p, P_VERSION)[0], position_as_of(&s.positions, p)[0],
                    )
                if not run_next(&s.positions, &run):
                    break
        due_unlift(s, now_us)
    finally:
        engine_unlock(g)
    return found


def capacity(NativeEngine engine not None, int64_t now_us=0):
    """Buckets that are not empty, as {(node, day): taken}; with `now_us` due holds are subtracted for the read."""
    cdef Engine* g = engine.engine
    cdef State* s = &g.state
    cdef uint32_t node
    cdef int32_t day
    found = {}
    engine_lock(g)
    try:
        due_lift(s, now_us)
        for node in range(s.nodes.index.count):
            for day in range(CAPACITY_DAYS):
                bucket = capacity_bucket(&s.capacity, <int32_t>node, day)[0]
                if bucket.taken:
                    found[text_of(interned(&s.nodes, <int32_t>node)), bucket.day] = bucket.taken
        due_unlift(s, now_us)
    finally:
        engine_unlock(g)
    return found


def shipments(NativeEngine engine not None):
    """Shipments of all reservations: {reservation id: [(node, ship_day, ship_at_us, units, capacity_taken)]}."""
    cdef Engine* g = engine.engine
    cdef State* s = &g.state
    cdef const Record* record
    cdef uint32_t slot
    cdef int32_t i
    found = {}
    engine_lock(g)
    try:
        for slot in range(s.reservations.slots_used):
            if s.reservations.offset[slot] == 0:
                continue
            record = record_of(&s.reservations, slot)
            found[f"{record.id[0]:016x}{record.id[1]:016x}"] = [
                (
                    text_of(interned(&s.nodes, record_shipments(record)[i].node_i)), record_shipments(record)[i].ship_day,
                    record_shipments(record)[i].ship_at_us, record_shipments(record)[i].units,
                    record_shipments(record)[i].capacity_taken,
                )
                for i in range(record.n_shipments)
            ]
    finally:
        engine_unlock(g)
    return found


def failures(NativeEngine engine not None):
    """What reservations remember of nodes that failed them.

    Returns
    -------
    dict of str to (int, list of tuple, list of int)
        Reservation id: re-routes by request, [(node, RerouteReason, until_us)], stranded units by allocation.
        Reservations that were never re-routed are left out.
    """
    cdef Engine* g = engine.engine
    cdef State* s = &g.state
    cdef const Record* record
    cdef const ExclusionOut* x
    cdef uint32_t slot
    cdef int32_t i
    found = {}
    engine_lock(g)
    try:
        for slot in range(s.reservations.slots_used):
            if s.reservations.offset[slot] == 0:
                continue
            record = record_of(&s.reservations, slot)
            if record.n_exclusions == 0:
                continue
            x = record_exclusions(record)
            found[f"{record.id[0]:016x}{record.id[1]:016x}"] = (
                record.attempts,
                [(text_of(interned(&s.nodes, x[i].node_i)), x[i].reason, x[i].until_us) for i in range(record.n_exclusions)],
                [record_stranded(record)[i] for i in range(record.n_allocations)],
            )
    finally:
        engine_unlock(g)
    return found


cdef dict fault_fields(const Fault* fault, State* s):
    return {
        "id": fault.id, "kind": fault.kind, "reason": fault.reason, "quantity": fault.quantity, "seq": fault.seq,
        "sku": text_of(interned(&s.skus, fault.sku_i)) if s != NULL and fault.sku_i >= 0 else "",
        "node": text_of(interned(&s.nodes, fault.node_i)) if s != NULL and fault.node_i >= 0 else "",
        "reservation": (
            f"{fault.reservation_id[0]:016x}{fault.reservation_id[1]:016x}"
            if fault.reservation_id[0] or fault.reservation_id[1] else ""
        ),
        "opened_at_us": fault.opened_at_us, "resolved_at_us": fault.resolved_at_us,
    }


def faults(NativeEngine engine not None, bint resolved=False):
    """Exceptions by id, the open ones alone unless `resolved`."""
    cdef Engine* g = engine.engine
    cdef State* s = &g.state
    cdef const Fault* fault
    cdef int64_t i
    found = []
    engine_lock(g)
    try:
        for i in range(1, s.faults.next_id):
            fault = fault_find(&s.faults, i)
            if fault != NULL and (resolved or fault.resolved_at_us == 0):
                found.append(fault_fields(fault, s))
    finally:
        engine_unlock(g)
    return found


def fulfilled(NativeEngine engine not None, int sku_i, int node_i, int64_t seq):
    """Units fulfilled at a position after a sequence; -1 = the log no longer reaches back."""
    cdef State* s = &engine.engine.state
    cdef int32_t p = position_find(&s.positions, sku_i, node_i)
    return fulfilled_since(&s.positions, p, seq)


def digest_between(NativeEngine engine not None, int64_t effort, between not None):
    """The digest in slices of this effort (1 = a record each), with `between()` called after each one."""
    cdef State* s = &engine.engine.state
    cdef ResultBuffers buffers = ResultBuffers()
    cdef Digest* d = state_digest_open(s)
    if d == NULL:
        raise MemoryError("digest")
    d.result = &buffers.result
    d.context.lines = buffers.context_lines
    if not state_digest_begin(s, d):
        raise RuntimeError("the state has outgrown the digest")
    try:
        while digest_slice(d, effort):
            between()
    finally:
        s.digest = NULL
        found = f"{d.total[0]:016x}{d.total[1]:016x}"
        digest_close(d)
    return found


def seed_ids(NativeEngine engine not None, uint64_t key):
    """Make reservation ids depend on this number and their count alone."""
    engine.engine.random_key[0] = key
    engine.engine.random_key[1] = ~key
    engine.engine.random_count = 0


def due(NativeEngine engine not None, int64_t now_us):
    """Holds that are due and not yet expired for good."""
    return due_count(&engine.engine.state, now_us, engine.engine.state.limits.reservations_max)


def entries(payload not None):
    """What a batch holds: [(kind, now_us, has_request, size)]; raises ValueError where it is malformed."""
    cdef bytes data = bytes(payload)
    cdef const char* at = data
    cdef int64_t left = len(data) - 8
    cdef int64_t before_us = 0
    cdef int64_t size
    cdef Entry e
    cdef ResultBuffers buffers = ResultBuffers()
    cdef Context context
    context.lines = buffers.context_lines
    if left < 0:
        raise ValueError("too short")
    memset(&e, 0, sizeof(Entry))
    memcpy(&before_us, at, 8)
    at += 8
    found = []
    while left > 0:
        e.result = &buffers.result
        size = entry_unpack(at, left, before_us, &e, &context)
        if size < 0:
            raise ValueError(f"malformed after {len(found)} entries")
        found.append((e.kind, e.now_us, bool(e.has_request), size))
        before_us = e.now_us
        at += size
        left -= size
    return found


cdef dict line_fields(const ContextLine* line):
    return {
        "line_id": text_of(line.line_id), "group_id": text_of(line.group_id),
        "attributes": line.attributes.data[:line.attributes.size], "sku_i": line.sku_i, "node_i": line.node_i,
        "quantity": line.quantity, "weight_g": line.weight_g,
    }


cdef dict context_fields(const Context* c):
    return {
        "order_id": text_of(c.order_id), "country_code": text_of(c.country_code),
        "postal_code": text_of(c.postal_code), "pickup_node": text_of(c.pickup_node),
        "currency_code": text_of(c.currency_code), "policy_name": text_of(c.policy_name),
        "policy_version": c.policy_version, "network_version": c.network_version, "zone_i": c.zone_i,
        "latitude_e7": c.latitude_e7, "longitude_e7": c.longitude_e7, "service_level": c.service_level,
        "payment": c.payment, "mode": c.mode, "allow_partial": c.allow_partial, "max_shipments": c.max_shipments,
        "effort": c.effort, "placed_at_us": c.placed_at_us, "required_by_us": c.required_by_us,
        "order_value_micros": c.order_value_micros,
        "include_nodes": [c.include_nodes[i] for i in range(c.n_include)],
        "exclude_nodes": [c.exclude_nodes[i] for i in range(c.n_exclude)],
        "lines": [line_fields(&c.lines[i]) for i in range(c.n_lines)],
    }


def packed_context(NativeEngine engine not None, str reservation_id not None):
    """Bytes of the order context kept with a reservation."""
    cdef uint64_t id[2]
    cdef const Record* record
    id[0] = int(reservation_id[:16], 16)
    id[1] = int(reservation_id[16:], 16)
    record = reservation_find(&engine.engine.state.reservations, id)
    if record == NULL:
        raise KeyError(reservation_id)
    return <bytes>record_context(record)[:record.context_size]


def context(bytes packed not None):
    """(fields, packed again) of an order context; raises ValueError with the ENTRY_ code when it is none."""
    cdef Context c
    cdef Slice data
    cdef int status
    cdef bytearray again = bytearray(ENTRY_MAX)
    data.data = packed
    data.size = <int32_t>len(packed)
    c.lines = <ContextLine*>calloc(LINES_MAX, sizeof(ContextLine))
    if c.lines == NULL:
        raise MemoryError("lines of a context")
    try:
        status = context_unpack(data, &c)
        if status != 0:
            raise ValueError(status)
        return context_fields(&c), bytes(again[:context_pack(&c, <char*>again)])
    finally:
        free(c.lines)


# --- each table alone ----------------------------------------------------------------------------------------------

cdef class ArenaDesk:
    """An arena whose records hold a pattern, so that overlaps show."""
    cdef Arena arena

    def __cinit__(self, uint32_t unit, int64_t bytes_max):
        if arena_open(&self.arena, unit, bytes_max) != 0:
            raise MemoryError("arena")

    def __dealloc__(self):
        arena_close(&self.arena)

    @property
    def units_live(self):
        """Units in records now."""
        return self.arena.units_live

    def fits(self, int64_t size):
        """Would a take of this size succeed?"""
        return bool(arena_fits(&self.arena, size))

    def take(self, bytes data not None):
        """A record with these bytes; its offset, 0 = full."""
        cdef uint32_t offset = arena_take(&self.arena, len(data))
        if offset:
            memcpy(arena_at(&self.arena, offset), <const char*>data, len(data))
        return offset

    def read(self, uint32_t offset, int64_t size):
        """Bytes of a record."""
        return arena_at(&self.arena, offset)[:size]

    def give(self, uint32_t offset, int64_t size):
        """Free a record."""
        arena_give(&self.arena, offset, size)


cdef class IndexDesk:
    """An index alone; slots carry whatever hash they are given."""
    cdef Index index

    def __cinit__(self, uint32_t slots_max):
        if index_open(&self.index, slots_max) != 0:
            raise MemoryError("index")

    def __dealloc__(self):
        index_close(&self.index)

    def __len__(self):
        return self.index.count

    def insert(self, uint64_t key_hash, uint32_t slot):
        """Add a slot that is not in the index."""
        index_insert(&self.index, key_hash, slot)

    def remove(self, uint64_t key_hash, uint32_t slot):
        """Take a slot out; nothing happens when it is not there."""
        index_remove(&self.index, key_hash, slot)

    def chain(self, uint64_t key_hash):
        """Slots of the hash's chain whose low half is the same."""
        cdef uint32_t at = index_first(&self.index, key_hash)
        found = []
        while at:
            if self.index.links[at - 1].low == <uint32_t>key_hash:
                found.append(at - 1)
            at = self.index.links[at - 1].next
        return sorted(found)


cdef class PositionsDesk:
    """A position table alone."""
    cdef Positions table

    def __cinit__(self, uint32_t positions_max, uint32_t skus_max, uint32_t log_max, bint wide=False):
        if positions_open(&self.table, positions_max, skus_max, log_max) != 0:
            raise MemoryError("positions")
        self.table.wide = wide

    def __dealloc__(self):
        positions_close(&self.table)

    def __len__(self):
        return self.table.count

    @property
    def lanes(self):
        """Lanes of the blocks in use."""
        return (self.table.blocks_used - 1) * 8

    def add(self, int sku_i, int node_i):
        """The position, made when new; -1 = full."""
        return position_add(&self.table, sku_i, node_i)

    def find(self, int sku_i, int node_i):
        """The position, or -1."""
        return position_find(&self.table, sku_i, node_i)

    def widen(self, bint wide):
        """Whether a new SKU starts with a run of eight."""
        self.table.wide = wide

    def nodes(self, int sku_i):
        """Nodes of a SKU in the order of its runs."""
        cdef Run run
        cdef int32_t i
        found = []
        if run_begin(&self.table, sku_i, &run):
            while True:
                for i in range(run.length):
                    found.append(position_cell(&self.table, run.first + i, P_NODE)[0])
                if not run_next(&self.table, &run):
                    break
        return found

    def put(self, int32_t p, int32_t value):
        """Write every field of a position but its node and its links."""
        for field in (P_FREE, P_ON_HAND, P_HELD, P_COMMITTED, P_SAFETY, P_RESERVE, P_VERSION):
            position_cell(&self.table, p, field)[0] = value
        position_as_of(&self.table, p)[0] = value

    def read(self, int32_t p):
        """The fields that `put` wrote, as a set."""
        values = {position_cell(&self.table, p, field)[0]
                  for field in (P_FREE, P_ON_HAND, P_HELD, P_COMMITTED, P_SAFETY, P_RESERVE, P_VERSION)}
        return values | {position_as_of(&self.table, p)[0]}

    def note(self, int32_t p, int64_t seq, int32_t quantity):
        """Log a fulfilment."""
        fulfilment_note(&self.table, p, seq, quantity)

    def since(self, int32_t p, int64_t seq):
        """Units fulfilled after `seq`; -1 = forgotten."""
        return fulfilled_since(&self.table, p, seq)


cdef class RequestsDesk:
    """A request-id table alone; answers are bytes."""
    cdef Requests table

    def __cinit__(self, uint32_t slots_max, int64_t answer_bytes_max):
        if requests_open(&self.table, slots_max, answer_bytes_max) != 0:
            raise MemoryError("requests")

    def __dealloc__(self):
        requests_close(&self.table)

    def __len__(self):
        return self.table.next - self.table.oldest

    @property
    def pruned_at_us(self):
        """Time of the newest forgotten id."""
        return self.table.pruned_at_us

    def fits(self, int64_t answer_size):
        """Room for one more with an answer of this size?"""
        return bool(request_fits(&self.table, answer_size))

    def add(self, int tenant_i, bytes request_id not None, int64_t at_us, bytes answer not None):
        """Remember an id that is new and fits."""
        cdef Slice name
        cdef uint64_t key[2]
        name.data = request_id
        name.size = <int32_t>len(request_id)
        request_key(tenant_i, name, key)
        request_add(&self.table, key, key, at_us, at_us, answer, <int32_t>len(answer), 0)

    def find(self, int tenant_i, bytes request_id not None):
        """(time, answer) of an id, None when it is not remembered."""
        cdef Slice name
        cdef uint64_t key[2]
        cdef Request* request
        name.data = request_id
        name.size = <int32_t>len(request_id)
        request_key(tenant_i, name, key)
        request = request_find(&self.table, key)
        if request == NULL:
            return None
        return request.at_us, arena_at(&self.table.answers, request.answer)[:request_size(request)]

    def forget(self):
        """Forget the oldest."""
        request_forget_oldest(&self.table)


cdef class CapacityDesk:
    """Day buckets alone."""
    cdef Capacity table

    def __cinit__(self, int32_t nodes_max):
        if capacity_open(&self.table, nodes_max) != 0:
            raise MemoryError("capacity")

    def __dealloc__(self):
        capacity_close(&self.table)

    def take(self, int32_t node_i, int32_t day, int32_t amount):
        """Take, or give back when negative."""
        capacity_take(&self.table, node_i, day, amount)

    def taken(self, int32_t node_i, int32_t day):
        """What the bucket has taken."""
        return capacity_taken(&self.table, node_i, day)


cdef class FaultsDesk:
    """An exception table alone; reservations are small numbers."""
    cdef Faults table

    def __cinit__(self, uint32_t slots_max):
        if faults_open(&self.table, slots_max) != 0:
            raise MemoryError("faults")

    def __dealloc__(self):
        faults_close(&self.table)

    @property
    def counts(self):
        """(open, dropped)."""
        return self.table.open_count, self.table.dropped

    def report(self, int kind, int sku_i, int node_i, uint64_t reservation, int quantity, int64_t now_us):
        """Raise; the id of the new or the open one."""
        cdef uint64_t id[2]
        id[0] = reservation
        id[1] = 0
        return fault_raise(&self.table, kind, sku_i, node_i, id, quantity, now_us, now_us).id

    def open_of(self, int kind, int sku_i, int node_i, uint64_t reservation):
        """Id of the open one of a subject, 0 = none."""
        cdef uint64_t id[2]
        cdef Fault* fault
        id[0] = reservation
        id[1] = 0
        fault = fault_open_of(&self.table, kind, sku_i, node_i, id)
        return fault.id if fault != NULL else 0

    def find(self, int64_t fault_id):
        """Its fields, None when it is unknown or overwritten."""
        cdef Fault* fault = fault_find(&self.table, fault_id)
        return fault_fields(fault, NULL) if fault != NULL else None

    def resolve(self, int64_t fault_id, int64_t now_us):
        """Resolve one that is there."""
        fault_resolve(&self.table, fault_find(&self.table, fault_id), now_us)


cdef class ReservationsDesk:
    """A reservation table alone: records are a number, a context and an expiry."""
    cdef Reservations table

    def __cinit__(self, uint32_t slots_max, int64_t bytes_max):
        if reservations_open(&self.table, slots_max, bytes_max) != 0:
            raise MemoryError("reservations")

    def __dealloc__(self):
        reservations_close(&self.table)

    @property
    def counts(self):
        """(live, final, in the heap)."""
        return self.table.live, self.table.n_final, self.table.heap_size

    cdef Record* found(self, uint64_t number) except NULL:
        cdef uint64_t id[2]
        id[0] = number
        id[1] = ~number
        cdef Record* record = reservation_find(&self.table, id)
        if record == NULL:
            raise KeyError(number)
        return record

    def __contains__(self, uint64_t number):
        cdef uint64_t id[2]
        id[0] = number
        id[1] = ~number
        return reservation_find(&self.table, id) != NULL

    def fits(self, int64_t size):
        """Room for a record of so many bytes?"""
        return bool(reservation_fits(&self.table, size))

    def add(self, uint64_t number, int n_shipments, int n_allocations, bytes context not None):
        """A record whose shipments and allocations carry its number; False = full."""
        cdef Record head
        cdef Record* record
        cdef int32_t i
        memset(&head, 0, sizeof(Record))
        head.id[0] = number
        head.id[1] = ~number
        head.n_shipments = n_shipments
        head.n_allocations = n_allocations
        head.context_size = <int32_t>len(context)
        head.created_seq = <int64_t>number
        record = reservation_add(&self.table, &head)
        if record == NULL:
            return False
        memset(record_shipments(record), 0, n_shipments * sizeof(record_shipments(record)[0]))
        memset(record_allocations(record), 0, n_allocations * sizeof(record_allocations(record)[0]))
        for i in range(n_shipments):
            record_shipments(record)[i].units = <int32_t>number
        for i in range(n_allocations):
            record_allocations(record)[i].granted = <int32_t>number
        memcpy(record_context(record), <const char*>context, len(context))
        return True

    def read(self, uint64_t number):
        """(units of the shipments, granted of the allocations, context)."""
        cdef const Record* record = self.found(number)
        cdef int32_t i
        return (
            [record_shipments(record)[i].units for i in range(record.n_shipments)],
            [record_allocations(record)[i].granted for i in range(record.n_allocations)],
            record_context(record)[:record.context_size],
        )

    def resize(self, uint64_t number, int n_shipments, int n_allocations, int n_exclusions=0):
        """Room for other counts, what is new is zero; False = no room."""
        return reservation_resize(&self.table, self.found(number), n_shipments, n_allocations, n_exclusions) != NULL

    def remove(self, uint64_t number):
        """Forget a record."""
        reservation_remove(&self.table, self.found(number))

    def expires(self, uint64_t number, int64_t at_us):
        """Put into the heap, or move in it."""
        cdef Record* record = self.found(number)
        record.expires_at_us = at_us
        due_put(&self.table, record)

    def settled(self, uint64_t number):
        """Take out of the heap."""
        due_drop(&self.table, self.found(number))

    def first_due(self):
        """(expires_at_us, number) at the top of the heap, None when it is empty."""
        if self.table.heap_size == 0:
            return None
        return self.table.heap[0].expires_at_us, record_of(&self.table, self.table.heap[0].slot).id[0]

    def touch(self, uint64_t number, int64_t now_us):
        """Put or move to the young end of the final ones."""
        final_touch(&self.table, self.found(number), now_us)

    def finals(self):
        """Numbers of the final ones, from the longest untouched on."""
        cdef uint32_t at = self.table.oldest_final
        cdef const Record* record
        found = []
        while at:
            record = record_of(&self.table, at - 1)
            found.append(record.id[0])
            at = record.newer
        return found
