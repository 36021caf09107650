"""The digest of a state, slice by slice (see digest.pxd)."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

from fastdom._native.arena cimport arena_at
from fastdom._native.capacity cimport CAPACITY_DAYS, Bucket, capacity_bucket
from fastdom._native.command cimport AllocationOut, ShipmentOut, Slice
from fastdom._native.entry cimport Context, ENTRY_MAX, answer_pack, answer_unpack, context_pack, context_unpack
from fastdom._native.faults cimport Fault, fault_find
from fastdom._native.positions cimport (
    P_COMMITTED, P_HELD, P_NODE, P_ON_HAND, P_RESERVE, P_SAFETY, P_VERSION, Run, position_as_of, position_cell, run_begin,
    run_next,
)
from fastdom._native.requests cimport Request, request_kind, request_size
from fastdom._native.reservations cimport (
    Record, record_allocations, record_context, record_exclusions, record_of, record_shipments, record_stranded,
)
from fastdom._native.table cimport Interner, fd_hash64, interned
from fastdom._native.varint cimport Reader, get, put


cdef enum:                       # names, by place in Digest.names
    SKUS = 0
    NODES = 1
    CHANNELS = 2
    TENANTS = 3
    SERVICES = 4
    NAME_TABLES = 5

cdef enum:                       # stages after the tables of names
    AT_POSITIONS = 5
    AT_RESERVATIONS = 6
    AT_REQUESTS = 7
    AT_NODES = 8
    AT_FAULTS = 9
    AT_END = 10

cdef enum:
    NODE_EFFORT = 64             # 512 days are looked through
    RECORD_EFFORT = 8
    BYTES_EFFORT = 32            # bytes of an answer or an order context that cost what a position does


cdef void digest_row(Digest* d, const void* row, int64_t size, uint64_t seed) noexcept nogil:
    cdef uint64_t low = d.total[0]
    d.total[0] += fd_hash64(<const char*>row, size, seed)
    d.total[1] += fd_hash64(<const char*>row, size, ~seed) + (1 if d.total[0] < low else 0)


cdef inline uint64_t name_hash(const Interner* names, int32_t i) noexcept nogil:
    """What stands for a dense id; of one without a name (-1, a tenant of an engine that knows none) the number."""
    cdef Slice name
    if i < 0 or <uint32_t>i >= names.index.count:
        return <uint64_t>(i + 1)
    name = interned(names, i)
    return fd_hash64(name.data, name.size, 7)


cdef inline int32_t name_id(const Interner* names, int32_t i) noexcept nogil:
    """31 bits of it, in the place of a dense id."""
    return <int32_t>(name_hash(names, i) & 0x7fffffff) if i >= 0 else i


# --- records -------------------------------------------------------------------------------------------------------

cdef void add_position(Digest* d, int32_t sku_i, int32_t p) noexcept nogil:
    cdef int64_t row[9]
    row[0] = <int64_t>name_hash(d.names[SKUS], sku_i)
    row[1] = <int64_t>name_hash(d.names[NODES], position_cell(d.positions, p, P_NODE)[0])
    row[2] = position_cell(d.positions, p, P_ON_HAND)[0]
    row[3] = position_cell(d.positions, p, P_HELD)[0]
    row[4] = position_cell(d.positions, p, P_COMMITTED)[0]
    row[5] = position_cell(d.positions, p, P_SAFETY)[0]
    row[6] = position_cell(d.positions, p, P_RESERVE)[0]
    row[7] = position_cell(d.positions, p, P_VERSION)[0]
    row[8] = position_as_of(d.positions, p)[0]
    digest_row(d, row, sizeof(row), 11)


cdef uint64_t context_hash(Digest* d, const Record* record) noexcept nogil:
    """Of the order context with names for dense ids."""
    cdef Context* c = d.context
    cdef Slice data
    cdef int32_t i
    data.data = record_context(record)
    data.size = record.context_size
    if data.size == 0 or context_unpack(data, c) != 0:
        return fd_hash64(data.data, data.size, 13)
    for i in range(c.n_include):
        c.include_nodes[i] = name_id(d.names[NODES], c.include_nodes[i])
    for i in range(c.n_exclude):
        c.exclude_nodes[i] = name_id(d.names[NODES], c.exclude_nodes[i])
    for i in range(c.n_lines):
        c.lines[i].sku_i = name_id(d.names[SKUS], c.lines[i].sku_i)
        c.lines[i].node_i = name_id(d.names[NODES], c.lines[i].node_i)
    return fd_hash64(d.packed, context_pack(c, d.packed), 13)


cdef uint64_t parts_hash(Digest* d, const Record* record, uint64_t inner) noexcept nogil:
    """Of shipments, allocations and what is remembered of failed nodes, in their order."""
    cdef const ShipmentOut* shipment
    cdef const AllocationOut* a
    cdef uint64_t row[8]
    cdef int32_t i
    for i in range(record.n_shipments):
        shipment = &record_shipments(record)[i]
        row[0] = name_hash(d.names[NODES], shipment.node_i)
        row[1] = name_hash(d.names[SERVICES], shipment.service_i)
        row[2] = <uint64_t>shipment.ship_day
        row[3] = <uint64_t>shipment.capacity_taken
        row[4] = <uint64_t>shipment.units
        row[5] = <uint64_t>shipment.ship_at_us
        row[6] = <uint64_t>shipment.arrive_by_us
        row[7] = <uint64_t>(shipment.cost_micros - shipment.penalty_micros)
        inner = fd_hash64(<const char*>row, sizeof(row), inner)
    for i in range(record.n_allocations):
        a = &record_allocations(record)[i]
        row[0] = name_hash(d.names[SKUS], a.sku_i)
        row[1] = name_hash(d.names[NODES], a.node_i)
        row[2] = <uint64_t>a.line_i
        row[3] = <uint64_t>a.shipment_i
        row[4] = <uint64_t>a.granted
        row[5] = <uint64_t>a.fulfilled
        row[6] = <uint64_t>a.released
        row[7] = <uint64_t>a.expired
        inner = fd_hash64(<const char*>row, sizeof(row), inner)
    for i in range(record.n_exclusions):
        row[0] = name_hash(d.names[NODES], record_exclusions(record)[i].node_i)
        row[1] = <uint64_t>record_exclusions(record)[i].reason
        row[2] = <uint64_t>record_exclusions(record)[i].until_us
        inner = fd_hash64(<const char*>row, 24, inner)
    if record.n_exclusions:
        inner = fd_hash64(<const char*>record_stranded(record), record.n_allocations * sizeof(int32_t), inner)
    return inner


cdef void add_reservation(Digest* d, const Record* record) noexcept nogil:
    cdef uint64_t row[16]
    row[0] = record.id[0]
    row[1] = record.id[1]
    row[2] = parts_hash(d, record, context_hash(d, record))
    row[3] = name_hash(d.names[TENANTS], record.tenant_i)
    row[4] = name_hash(d.names[CHANNELS], record.channel_i)
    row[5] = <uint64_t>record.committed
    row[6] = <uint64_t>record.needs_attention
    row[7] = <uint64_t>record.expires_at_us
    row[8] = <uint64_t>record.created_at_us
    row[9] = <uint64_t>record.created_seq
    row[10] = <uint64_t>record.version
    row[11] = <uint64_t>record.touched_at_us
    row[12] = <uint64_t>record.open_units
    row[13] = <uint64_t>record.n_lines
    row[14] = <uint64_t>record.dated
    row[15] = <uint64_t>record.attempts
    digest_row(d, row, sizeof(row), 17)


cdef void name_picks(Digest* d) noexcept nogil:
    """Short picks of the answer with names for their SKUs."""
    cdef Reader r
    cdef char* at = d.picks
    r.at = d.result.short_picks.data
    r.end = r.at + d.result.short_picks.size
    r.bad = 0
    while r.at < r.end and not r.bad:
        at = put(at, <uint64_t>name_id(d.names[SKUS], <int32_t>get(&r)))
        at = put(at, get(&r))
    d.result.short_picks.data = d.picks
    d.result.short_picks.size = <int32_t>(at - d.picks)


cdef uint64_t answer_hash(Digest* d, const Request* request) noexcept nogil:
    """Of a remembered answer with names for dense ids, and without option tokens, which are signed bytes of others."""
    cdef Result* x = d.result
    cdef Slice answer
    cdef int32_t i
    answer.data = arena_at(&d.requests.answers, request.answer)
    answer.size = request_size(request)
    if answer_unpack(request_kind(request), answer, x) != 0:
        return fd_hash64(answer.data, answer.size, 19)
    x.sku_i = name_id(d.names[SKUS], x.sku_i)
    x.node_i = name_id(d.names[NODES], x.node_i)
    x.channel_i = name_id(d.names[CHANNELS], x.channel_i)
    for i in range(x.n_shipments):
        x.shipments[i].node_i = name_id(d.names[NODES], x.shipments[i].node_i)
        x.shipments[i].service_i = name_id(d.names[SERVICES], x.shipments[i].service_i)
    for i in range(x.n_allocations):
        x.allocations[i].sku_i = name_id(d.names[SKUS], x.allocations[i].sku_i)
        x.allocations[i].node_i = name_id(d.names[NODES], x.allocations[i].node_i)
    for i in range(x.n_options):
        x.options[i].token_size = 0
    for i in range(x.n_exclusions):
        x.exclusions[i].node_i = name_id(d.names[NODES], x.exclusions[i].node_i)
    if x.short_picks.size:
        name_picks(d)
    return fd_hash64(d.packed, answer_pack(d.packed, request_kind(request), x) - d.packed, 19)


cdef int64_t add_request(Digest* d, int64_t ordinal) noexcept nogil:
    """The key stays out: it is a hash under the tenant's dense id. Sequence and fingerprint say whose answer it is."""
    cdef const Request* request = &d.requests.ring[ordinal % d.requests.slots_max]
    cdef uint64_t row[5]
    row[0] = request.fingerprint[0]
    row[1] = request.fingerprint[1]
    row[2] = <uint64_t>request.seq
    row[3] = <uint64_t>request.at_us
    row[4] = answer_hash(d, request)
    digest_row(d, row, sizeof(row), 19)
    return RECORD_EFFORT + request_size(request) // BYTES_EFFORT


cdef void add_node(Digest* d, int32_t node_i) noexcept nogil:
    cdef const Bucket* bucket
    cdef uint64_t row[4]
    cdef int32_t day
    row[0] = name_hash(d.names[NODES], node_i)
    row[1] = d.node_status[node_i]
    digest_row(d, row, 16, 23)
    for day in range(CAPACITY_DAYS):
        bucket = capacity_bucket(d.capacity, node_i, day)
        if bucket.taken:
            row[2] = <uint64_t>bucket.day
            row[3] = <uint64_t>bucket.taken
            digest_row(d, row, sizeof(row), 29)


cdef void add_fault(Digest* d, const Fault* fault) noexcept nogil:
    cdef uint64_t row[10]
    row[0] = <uint64_t>fault.id
    row[1] = <uint64_t>fault.seq
    row[2] = fault.reservation_id[0] ^ fault.reservation_id[1]
    row[3] = name_hash(d.names[SKUS], fault.sku_i)
    row[4] = name_hash(d.names[NODES], fault.node_i)
    row[5] = <uint64_t>(fault.kind | <int32_t>fault.reason << 16)
    row[6] = fd_hash64(<const char*>fault.note, fault.note_size, <uint64_t>fault.ship_day)
    row[7] = <uint64_t>fault.quantity
    row[8] = <uint64_t>fault.opened_at_us
    row[9] = <uint64_t>fault.resolved_at_us
    digest_row(d, row, sizeof(row), 31)


# --- what the fold tells -------------------------------------------------------------------------------------------

cdef void digest_position(Digest* d, int32_t sku_i, int32_t p) noexcept nogil:
    if 0 <= p < d.lanes and not d.lane_seen[p]:
        d.lane_seen[p] = 1
        add_position(d, sku_i, p)


cdef void digest_reservation(Digest* d, const Record* record) noexcept nogil:
    if record.slot < d.slots and not d.slot_seen[record.slot]:
        d.slot_seen[record.slot] = 1
        add_reservation(d, record)


cdef void digest_node(Digest* d, int32_t node_i) noexcept nogil:
    if <uint32_t>node_i < d.n_names[NODES] and not d.node_seen[node_i]:
        d.node_seen[node_i] = 1
        add_node(d, node_i)


cdef void digest_fault(Digest* d, int64_t fault_id) noexcept nogil:
    cdef const Fault* fault
    if d.first_fault <= fault_id < d.end_fault and not d.fault_seen[fault_id - d.first_fault]:
        d.fault_seen[fault_id - d.first_fault] = 1
        fault = fault_find(d.faults, fault_id)
        if fault != NULL:
            add_fault(d, fault)


cdef void digest_request(Digest* d) noexcept nogil:
    if d.requests.oldest == d.next_request and d.next_request < d.end_request:
        add_request(d, d.next_request)
        d.next_request += 1


cdef void digest_new_position(Digest* d, int32_t p) noexcept nogil:
    if 0 <= p < d.lanes:
        d.lane_seen[p] = 1


cdef void digest_new_reservation(Digest* d, uint32_t slot) noexcept nogil:
    if slot < d.slots:
        d.slot_seen[slot] = 1


# --- the walk ------------------------------------------------------------------------------------------------------

cdef int64_t pass_names(Digest* d, int64_t effort) noexcept nogil:
    """Effort left; the stage is through when `at` has reached its end. The same of the others."""
    cdef Slice name
    while effort > 0 and d.at < d.n_names[d.stage]:
        name = interned(d.names[d.stage], <int32_t>d.at)
        digest_row(d, name.data, name.size, <uint64_t>(41 + 2 * d.stage))
        d.at += 1
        effort -= 1
    return effort


cdef int64_t pass_sku(Digest* d, int64_t effort) noexcept nogil:
    """Positions of one SKU, from the first that was not passed."""
    cdef Run run
    cdef int64_t passed = 0
    cdef int32_t i
    cdef bint more = run_begin(d.positions, <int32_t>d.at, &run)
    while more:
        if passed + run.length > d.inner:
            for i in range(<int32_t>(d.inner - passed), run.length):
                digest_position(d, <int32_t>d.at, run.first + i)
                d.inner += 1
                effort -= 1
            if effort <= 0:
                return effort    # there may be more: the SKU is asked again
        passed += run.length
        more = run_next(d.positions, &run)
    d.at += 1
    d.inner = 0
    return effort - 1


cdef int64_t pass_reservation(Digest* d, int64_t effort) noexcept nogil:
    cdef uint32_t slot = <uint32_t>d.at
    cdef const Record* record
    d.at += 1
    if d.slot_seen[slot] or d.reservations.offset[slot] == 0:
        return effort - 1
    record = record_of(d.reservations, slot)
    digest_reservation(d, record)
    return effort - RECORD_EFFORT - record.size // BYTES_EFFORT


cdef int64_t end_of(const Digest* d) noexcept nogil:
    if d.stage < NAME_TABLES:
        return d.n_names[d.stage]
    if d.stage == AT_POSITIONS:
        return d.n_names[SKUS]
    if d.stage == AT_RESERVATIONS:
        return d.slots
    if d.stage == AT_NODES:
        return d.n_names[NODES]
    return d.end_fault - d.first_fault


cdef bint digest_slice(Digest* d, int64_t effort) noexcept nogil:
    while effort > 0 and d.stage != AT_END:
        if d.stage == AT_REQUESTS:
            while effort > 0 and d.next_request < d.end_request:
                effort -= add_request(d, d.next_request)
                d.next_request += 1
            if d.next_request < d.end_request:
                return True
        elif d.at < end_of(d):
            if d.stage < NAME_TABLES:
                effort = pass_names(d, effort)
            elif d.stage == AT_POSITIONS:
                effort = pass_sku(d, effort)
            elif d.stage == AT_RESERVATIONS:
                effort = pass_reservation(d, effort)
            elif d.stage == AT_NODES:
                digest_node(d, <int32_t>d.at)
                d.at += 1
                effort -= NODE_EFFORT
            else:
                digest_fault(d, d.first_fault + d.at)
                d.at += 1
                effort -= RECORD_EFFORT
            continue
        d.stage += 1
        d.at = 0
    return d.stage != AT_END


# --- memory --------------------------------------------------------------------------------------------------------

cdef uint8_t* marks(int64_t n) noexcept nogil:
    """Zero, and touched now: no command waits for the pages."""
    cdef uint8_t* found = <uint8_t*>malloc(n + 1)
    if found != NULL:
        memset(found, 0, n + 1)
    return found


cdef Digest* digest_open(int64_t lanes, int64_t slots, int64_t nodes, int64_t faults) noexcept nogil:
    cdef Digest* d = <Digest*>calloc(1, sizeof(Digest))
    if d == NULL:
        return NULL
    d.lanes_max = lanes
    d.slots_max = slots
    d.nodes_max = nodes
    d.faults_max = faults
    d.lane_seen = marks(lanes)
    d.slot_seen = marks(slots)
    d.node_seen = marks(nodes)
    d.fault_seen = marks(faults)
    d.packed = <char*>malloc(2 * ENTRY_MAX)
    d.picks = <char*>malloc(ENTRY_MAX)
    d.context = <Context*>malloc(sizeof(Context))
    if (
        d.lane_seen == NULL or d.slot_seen == NULL or d.node_seen == NULL or d.fault_seen == NULL
        or d.packed == NULL or d.picks == NULL or d.context == NULL
    ):
        digest_close(d)
        return NULL
    return d


cdef void digest_close(Digest* d) noexcept nogil:
    free(d.lane_seen)
    free(d.slot_seen)
    free(d.node_seen)
    free(d.fault_seen)
    free(d.packed)
    free(d.picks)
    free(d.context)
    free(d)
