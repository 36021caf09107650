"""The fold: state_apply turns one entry into changes of the tables, the same way live and in a replay."""

from libc.stdint cimport int16_t
from libc.string cimport memcpy, memset

from fastdom._native.capacity cimport capacity_close, capacity_open, capacity_take
from fastdom._native.command cimport (
    AllocationOut, ExclusionOut, KIND_ADJUST, KIND_ADVANCE, KIND_COMMIT, KIND_EXTEND, KIND_FULFILL, KIND_IMPORT, KIND_INTERN,
    KIND_NETWORK, KIND_NODE_STATUS, KIND_POLICY, KIND_PROMISE, KIND_RAISE, KIND_REFUSED, KIND_RELEASE, KIND_REROUTE, KIND_RESERVE,
    KIND_RESOLVE, KIND_ROUTE, KIND_SET, OptionOut, Result, ShipmentOut,
)
from fastdom._native.digest cimport (
    Digest, digest_fault, digest_new_position, digest_new_reservation, digest_node, digest_open, digest_position, digest_request,
    digest_reservation, digest_row,
)
from fastdom._native.faults cimport (
    FAULT_COUNT_MISMATCH, FAULT_SHORTFALL, FAULT_STRANDED, Fault, NOTE_MAX, fault_find, fault_open_of, fault_raise, fault_resolve,
    faults_close, faults_open,
)
from fastdom._native.memory cimport map_back, map_release, map_reserve
from fastdom._native.positions cimport (
    FulfilmentLog, P_COMMITTED, P_FREE, P_HELD, P_NODE, P_ON_HAND, P_RESERVE, P_ROWS, P_SAFETY, P_VERSION, Positions, Run,
    fulfilment_note, position_add,
    position_as_of, position_cell, position_find, positions_close, positions_open, run_begin, run_next,
)
from fastdom._native.requests cimport (
    Request, Requests, request_add, request_forget_oldest, requests_close, requests_open,
)
from fastdom._native.arena cimport arena_at
from fastdom._native.reservations cimport (
    Due, Reservations, due_before, due_drop, due_put, final_leave, final_touch, open_units, record_allocations, record_context, record_exclusions, record_of,
    record_shipments, record_stranded, reservation_add, reservation_find, reservation_remove, reservation_resize, reservations_close, reservations_open,
)
from fastdom._native.stock_row cimport StockRow, stock_row_unpack
from fastdom._native.tally cimport Tally, tally_at, tally_clear
from fastdom._native.table cimport (
    Index, Link, fd_hash64, intern_add, interner_close, interner_open,
)
from fastdom._native.varint cimport Reader, get


cdef enum:
    FORGET_AT_MOST = 8           # request ids and final reservations forgotten by one command
    SERVICES_MAX = 4096          # carrier services ever seen
    DIGEST_SLACK = 4096          # marks for what may come between their allocation and the digest's beginning
    KEEP_AT_LEAST_US = 60000000  # an id is never forgotten sooner, however many there are


cdef int state_open(State* s, const Limits* limits) noexcept nogil:
    cdef int64_t text_per_id = 65             # the longest id and its length byte
    memset(s, 0, sizeof(State))
    s.limits = limits[0]
    s.node_status = <uint8_t*>map_reserve(<size_t>limits.nodes_max)
    s.walk = <uint32_t*>map_reserve(<size_t>limits.reservations_max * sizeof(uint32_t))
    s.tally = <Tally*>map_reserve(sizeof(Tally))
    if (
        s.node_status == NULL or s.walk == NULL or s.tally == NULL
        or interner_open(&s.skus, <uint32_t>limits.skus_max, limits.skus_max * text_per_id) != 0
        or interner_open(&s.nodes, <uint32_t>limits.nodes_max, limits.nodes_max * text_per_id) != 0
        or interner_open(&s.channels, <uint32_t>limits.channels_max, limits.channels_max * text_per_id) != 0
        or interner_open(&s.services, SERVICES_MAX, SERVICES_MAX * 65) != 0
        or interner_open(&s.tenants, <uint32_t>limits.tenants_max, limits.tenants_max * text_per_id) != 0
        or positions_open(
            &s.positions, <uint32_t>limits.positions_max, <uint32_t>limits.skus_max, <uint32_t>limits.fulfilment_log_max
        ) != 0
        or reservations_open(&s.reservations, <uint32_t>limits.reservations_max, limits.reservation_bytes_max) != 0
        or requests_open(&s.requests, <uint32_t>limits.request_ids_max, limits.answer_bytes_max) != 0
        or capacity_open(&s.capacity, <int32_t>limits.nodes_max) != 0
        or faults_open(&s.faults, <uint32_t>limits.exceptions_max) != 0
    ):
        state_close(s)
        return -1
    memset(s.tally, 0, sizeof(Tally))        # touched now: no command waits for its pages
    return 0


cdef void state_close(State* s) noexcept nogil:
    map_release(s.node_status, <size_t>s.limits.nodes_max)
    map_release(s.walk, <size_t>s.limits.reservations_max * sizeof(uint32_t))
    map_release(s.tally, sizeof(Tally))
    s.node_status = NULL
    s.walk = NULL
    s.tally = NULL
    interner_close(&s.skus)
    interner_close(&s.nodes)
    interner_close(&s.channels)
    interner_close(&s.tenants)
    interner_close(&s.services)
    positions_close(&s.positions)
    reservations_close(&s.reservations)
    requests_close(&s.requests)
    capacity_close(&s.capacity)
    faults_close(&s.faults)


# --- memory ahead of use -------------------------------------------------------------------------------------------

cdef void ahead_of(State* s, int32_t table, void* base, int64_t used, int64_t size) noexcept nogil:
    """Back the bytes of a table from what is used to some bytes further, half of that at a time.

    Some: AHEAD_BYTES, or where s.ahead_share is given that share of what is used, which a fast growing table has soon.
    """
    cdef int64_t begin = s.ahead[table] if s.ahead[table] > used else used
    cdef int64_t some = used // s.ahead_share if s.ahead_share else 0
    cdef int64_t end
    some = AHEAD_BYTES if some < AHEAD_BYTES else (AHEAD_BYTES_MAX if some > AHEAD_BYTES_MAX else some)
    end = used + some
    if end > size:
        end = size
    if end - begin < some // 2 and (end < size or begin >= end):
        return
    map_back(<char*>base + begin, end - begin)
    s.ahead[table] = end


cdef inline int64_t heads_used(const Index* index) noexcept nogil:
    return (<int64_t>index.mask + 1 + index.split) * <int64_t>sizeof(uint32_t)


cdef void state_ahead(State* s, int32_t share) noexcept nogil:
    cdef Reservations* r = &s.reservations
    cdef Requests* q = &s.requests
    cdef Positions* t = &s.positions
    cdef int64_t slots = r.slots_used
    cdef int64_t slots_max = r.slots_max
    cdef int64_t ids = q.next % q.slots_max
    s.ahead_share = share
    ahead_of(s, 0, r.records.base, <int64_t>r.records.units_used * 64, <int64_t>r.records.units_max * 64)
    ahead_of(s, 1, r.offset, slots * 4, slots_max * 4)
    ahead_of(s, 2, r.heap_at, slots * 4, slots_max * 4)
    ahead_of(s, 3, r.heap, r.heap_size * <int64_t>sizeof(Due), slots_max * <int64_t>sizeof(Due))
    ahead_of(s, 4, r.by_id.links, slots * <int64_t>sizeof(Link), slots_max * <int64_t>sizeof(Link))
    ahead_of(s, 5, r.by_id.heads, heads_used(&r.by_id), <int64_t>r.by_id.buckets_max * 4)
    ahead_of(s, 6, q.ring, ids * <int64_t>sizeof(Request), <int64_t>q.slots_max * <int64_t>sizeof(Request))
    ahead_of(s, 7, q.by_key.links, ids * <int64_t>sizeof(Link), <int64_t>q.slots_max * <int64_t>sizeof(Link))
    ahead_of(s, 8, q.by_key.heads, heads_used(&q.by_key), <int64_t>q.by_key.buckets_max * 4)
    ahead_of(s, 9, q.answers.base, <int64_t>q.answers.units_used * 16, <int64_t>q.answers.units_max * 16)
    ahead_of(s, 10, t.blocks, <int64_t>t.blocks_used * P_ROWS * 32, <int64_t>t.blocks_max * P_ROWS * 32)
    ahead_of(
        s, 11, t.log, t.log_count % t.log_max * <int64_t>sizeof(FulfilmentLog),
        <int64_t>t.log_max * <int64_t>sizeof(FulfilmentLog)
    )


# --- what a digest that runs beside has to see first ----------------------------------------------------------------

cdef inline void take_capacity(State* s, int32_t node_i, int32_t day, int32_t amount) noexcept nogil:
    if s.digest != NULL:
        digest_node(s.digest, node_i)
    capacity_take(&s.capacity, node_i, day, amount)


cdef void resolve_fault(State* s, Fault* fault) noexcept nogil:
    if s.digest != NULL:
        digest_fault(s.digest, fault.id)
    fault_resolve(&s.faults, fault, s.now_us)


cdef Fault* raise_fault(
    State* s, int32_t kind, int32_t sku_i, int32_t node_i, const uint64_t* reservation_id, int32_t quantity
) noexcept nogil:
    cdef const Fault* known
    if s.digest != NULL:
        known = fault_open_of(&s.faults, kind, sku_i, node_i, reservation_id)
        # the open one of the subject, or the one whose place in the ring a new one takes
        digest_fault(s.digest, known.id if known != NULL else s.faults.next_id - s.faults.slots_max)
    return fault_raise(&s.faults, kind, sku_i, node_i, reservation_id, quantity, s.seq, s.now_us)


# --- quantities ----------------------------------------------------------------------------------------------------

cdef inline void recount_free(State* s, int32_t p) noexcept nogil:
    """free = on_hand - held - committed - safety_stock: the one place that computes it."""
    position_cell(&s.positions, p, P_FREE)[0] = (
        position_cell(&s.positions, p, P_ON_HAND)[0] - position_cell(&s.positions, p, P_HELD)[0]
        - position_cell(&s.positions, p, P_COMMITTED)[0] - position_cell(&s.positions, p, P_SAFETY)[0]
    )


cdef inline int32_t move_open(State* s, int32_t sku_i, int32_t node_i, int32_t held, int32_t committed) noexcept nogil:
    """Add to the held and committed units of a position, which is returned; -1 = there is none."""
    cdef int32_t p = position_find(&s.positions, sku_i, node_i)
    if p >= 0:
        if s.digest != NULL:
            digest_position(s.digest, sku_i, p)
        position_cell(&s.positions, p, P_HELD)[0] += held
        position_cell(&s.positions, p, P_COMMITTED)[0] += committed
        position_cell(&s.positions, p, P_FREE)[0] -= held + committed
    return p


cdef void end_shortfall(State* s, int32_t p, int32_t sku_i) noexcept nogil:
    """Resolve the SHORTFALL of a position that has all it needs again."""
    cdef uint64_t nobody[2]
    cdef Fault* fault
    if s.faults.open_count == 0 or p < 0 or position_cell(&s.positions, p, P_FREE)[0] < 0:
        return
    nobody[0] = 0
    nobody[1] = 0
    fault = fault_open_of(&s.faults, FAULT_SHORTFALL, sku_i, position_cell(&s.positions, p, P_NODE)[0], nobody)
    if fault != NULL:
        resolve_fault(s, fault)


cdef void end_stranded(State* s, const Record* record) noexcept nogil:
    """Resolve what is on record as STRANDED of a reservation that has no open units left."""
    cdef const AllocationOut* a = record_allocations(record)
    cdef Fault* fault
    cdef int32_t i
    for i in range(record.n_allocations if s.faults.open_count else 0):
        fault = fault_open_of(&s.faults, FAULT_STRANDED, -1, a[i].node_i, record.id)
        if fault != NULL:
            resolve_fault(s, fault)


cdef void recount_record(Record* record) noexcept nogil:
    cdef const AllocationOut* a = record_allocations(record)
    cdef int32_t i
    record.open_units = 0
    record.fulfilled_units = 0
    record.released_units = 0
    record.expired_units = 0
    for i in range(record.n_allocations):
        record.open_units += open_units(&a[i])
        record.fulfilled_units += a[i].fulfilled
        record.released_units += a[i].released
        record.expired_units += a[i].expired


cdef void settle_capacity(State* s, Record* record, int64_t now_us) noexcept nogil:
    """Give back the capacity of units that are neither open nor fulfilled, unless the bucket has closed."""
    cdef const AllocationOut* a = record_allocations(record)
    cdef ShipmentOut* shipments = record_shipments(record)
    cdef ShipmentOut* shipment
    cdef int64_t kept
    cdef int32_t wanted
    cdef int32_t bound = 0       # shipments that may give something back
    cdef int32_t i
    for i in range(record.n_shipments):
        bound += shipments[i].capacity_taken != 0 and now_us < shipments[i].ship_at_us
    if bound == 0:
        return
    tally_clear(s.tally)
    for i in range(record.n_allocations):
        tally_at(s.tally, <uint32_t>a[i].shipment_i)[0] += open_units(&a[i]) + a[i].fulfilled
    for i in range(record.n_shipments):
        shipment = &shipments[i]
        if shipment.capacity_taken == 0 or now_us >= shipment.ship_at_us:
            continue
        kept = tally_at(s.tally, <uint32_t>i)[0]
        wanted = shipment.capacity_taken
        if kept == 0:
            wanted = 0
        elif shipment.capacity_taken == shipment.units:      # counted in units (or one unit in one shipment)
            wanted = <int32_t>kept
            shipment.units = wanted
        if wanted != shipment.capacity_taken:
            take_capacity(s, shipment.node_i, shipment.ship_day, wanted - shipment.capacity_taken)
            shipment.capacity_taken = wanted


cdef void finish(State* s, Record* record) noexcept nogil:
    """After any change of a record: totals, expiry, the list of final ones."""
    recount_record(record)
    record.version = s.seq
    if record.open_units > 0 and not record.committed and record.expires_at_us > 0:
        due_put(&s.reservations, record)
    else:
        due_drop(&s.reservations, record)
    if record.open_units == 0:
        if record.needs_attention or record.n_exclusions:
            end_stranded(s, record)
        final_touch(&s.reservations, record, s.now_us)
    else:
        final_leave(&s.reservations, record)     # an expired hold that a Commit took again is final no more


# --- expiry --------------------------------------------------------------------------------------------------------

cdef void expire(State* s, Record* record) noexcept nogil:
    cdef AllocationOut* a = record_allocations(record)
    cdef int32_t p
    cdef int32_t i
    cdef int32_t units
    if s.digest != NULL:
        digest_reservation(s.digest, record)
    for i in range(record.n_allocations):
        units = open_units(&a[i])
        if units:
            p = move_open(s, a[i].sku_i, a[i].node_i, -units, 0)
            end_shortfall(s, p, a[i].sku_i)
            a[i].expired += units
    # judged at the moment it expired, so that it does not matter when the next command came
    settle_capacity(s, record, record.expires_at_us)
    finish(s, record)


cdef void expire_due(State* s, int64_t now_us, int64_t at_most) noexcept nogil:
    cdef Record* record
    while at_most > 0 and s.reservations.heap_size and s.reservations.heap[0].expires_at_us <= now_us:
        record = record_of(&s.reservations, s.reservations.heap[0].slot)
        expire(s, record)
        at_most -= 1


cdef int64_t due_walk(const State* s, int64_t now_us, int64_t at_most) noexcept nogil:
    """Heap places of due holds, at most so many, into s.walk; their number."""
    cdef int64_t found = 0
    cdef int64_t seen = 0
    cdef uint32_t at
    cdef uint32_t child
    if s.reservations.heap_size == 0 or s.reservations.heap[0].expires_at_us > now_us:
        return 0
    s.walk[0] = 0
    found = 1
    while seen < found and found < at_most:
        at = s.walk[seen]
        seen += 1
        for child in range(4 * at + 1, 4 * at + 5):
            if child < s.reservations.heap_size and s.reservations.heap[child].expires_at_us <= now_us:
                s.walk[found] = child
                found += 1
    return found


cdef int64_t due_count(const State* s, int64_t now_us, int64_t at_most) noexcept nogil:
    """Due holds, counted up to about `at_most`."""
    return due_walk(s, now_us, at_most)


cdef inline int32_t hold_units(const State* s, uint32_t at) noexcept nogil:
    """What lifting or expiring the hold at a place of the heap costs."""
    cdef const Record* record = record_of(&s.reservations, s.reservations.heap[at].slot)
    return record.n_allocations + record.n_shipments


cdef bint due_crowd(const State* s, int64_t now_us) noexcept nogil:
    """Is more due than one command may lift and put back?"""
    cdef int64_t n
    cdef int64_t i
    cdef int64_t units = 0
    if s.reservations.heap_size == 0 or s.reservations.heap[0].expires_at_us > now_us:
        return False
    n = due_walk(s, now_us, DUE_HOLDS_MAX + 1)
    if n > DUE_HOLDS_MAX:
        return True
    for i in range(n):
        units += hold_units(s, s.walk[i])
        if units > DUE_UNITS_MAX:
            return True
    return False


cdef inline bint sooner(const State* s, uint32_t a, uint32_t b) noexcept nogil:
    """Does the hold at place a of the heap expire before the one at place b?"""
    return due_before(&s.reservations.heap[a], &s.reservations.heap[b])


cdef int64_t due_slice(const State* s, int64_t now_us) noexcept nogil:
    """How many of the first due holds make a slice: at most SLICE_HOLDS of SLICE_UNITS together, one at the least.

    Walks the heap in the order of expiry: s.walk is a binary heap of the places whose parents were passed.
    """
    cdef int64_t n = 0
    cdef int64_t units = 0
    cdef int64_t left = 0        # places in the walk
    cdef int64_t at
    cdef int64_t child
    cdef uint32_t place
    cdef uint32_t below
    if s.reservations.heap_size == 0 or s.reservations.heap[0].expires_at_us > now_us:
        return 0
    s.walk[0] = 0
    left = 1
    while left and n < SLICE_HOLDS:
        place = s.walk[0]
        units += hold_units(s, place)
        if n and units > SLICE_UNITS:
            break
        n += 1
        left -= 1
        at = 0                   # the last place goes to the top and sinks
        while 2 * at + 1 < left:
            child = 2 * at + 1
            if child + 1 < left and sooner(s, s.walk[child + 1], s.walk[child]):
                child += 1
            if not sooner(s, s.walk[child], s.walk[left]):
                break
            s.walk[at] = s.walk[child]
            at = child
        s.walk[at] = s.walk[left]
        for below in range(4 * place + 1, 4 * place + 5):
            if below >= s.reservations.heap_size or s.reservations.heap[below].expires_at_us > now_us:
                continue
            at = left            # a new place comes in last and rises
            left += 1
            while at and sooner(s, below, s.walk[(at - 1) >> 1]):
                s.walk[at] = s.walk[(at - 1) >> 1]
                at = (at - 1) >> 1
            s.walk[at] = below
    return n


cdef void lift_by(State* s, int64_t now_us, int32_t sign) noexcept nogil:
    cdef int64_t n = due_walk(s, now_us, s.limits.reservations_max)
    cdef int64_t i
    cdef int32_t j
    cdef int32_t units
    cdef Record* record
    cdef AllocationOut* a
    cdef ShipmentOut* shipment
    for i in range(n):
        record = record_of(&s.reservations, s.reservations.heap[s.walk[i]].slot)
        a = record_allocations(record)
        for j in range(record.n_allocations):
            units = open_units(&a[j])
            if units:
                move_open(s, a[j].sku_i, a[j].node_i, -sign * units, 0)
        for j in range(record.n_shipments):
            shipment = &record_shipments(record)[j]
            if shipment.capacity_taken and record.expires_at_us < shipment.ship_at_us:
                take_capacity(s, shipment.node_i, shipment.ship_day, -sign * shipment.capacity_taken)


cdef void due_lift(State* s, int64_t now_us) noexcept nogil:
    if s.reservations.heap_size and s.reservations.heap[0].expires_at_us <= now_us:
        s.lifted = 1
        lift_by(s, now_us, 1)


cdef void due_unlift(State* s, int64_t now_us) noexcept nogil:
    if s.lifted:
        lift_by(s, now_us, -1)
        s.lifted = 0


# --- one entry -----------------------------------------------------------------------------------------------------

cdef int grant(State* s, const Entry* e) noexcept nogil:
    """A new reservation: RESERVE, ROUTE or PROMISE that holds or commits."""
    cdef const Result* x = e.result
    cdef const OptionOut* option
    cdef const ShipmentOut* shipments = x.shipments
    cdef const AllocationOut* allocations = x.allocations
    cdef Record head
    cdef Record* record
    cdef AllocationOut* a
    cdef int32_t units
    cdef int32_t i
    memset(&head, 0, sizeof(Record))
    head.n_shipments = x.n_shipments
    head.n_allocations = x.n_allocations
    if e.kind == KIND_PROMISE:
        for i in range(x.n_options):
            option = &x.options[i]
            if option.service_level == x.held_option:
                shipments = &x.shipments[option.first_shipment]
                allocations = &x.allocations[option.first_allocation]
                head.n_shipments = option.n_shipments
                head.n_allocations = option.n_allocations
                break
    head.id[0] = x.reservation_id[0]
    head.id[1] = x.reservation_id[1]
    head.context_size = e.context.size
    head.n_lines = x.n_lines
    head.tenant_i = e.tenant_i
    head.channel_i = x.channel_i
    head.committed = x.committed
    head.dated = x.dated
    head.network_version = x.network_version
    head.policy_version = x.policy_version
    head.expires_at_us = x.expires_at_us
    head.created_at_us = e.now_us
    head.created_seq = e.seq
    record = reservation_add(&s.reservations, &head)
    if record == NULL:
        return -1
    if s.digest != NULL:
        digest_new_reservation(s.digest, record.slot)
    memcpy(record_shipments(record), shipments, head.n_shipments * sizeof(ShipmentOut))
    memcpy(record_allocations(record), allocations, head.n_allocations * sizeof(AllocationOut))
    if e.context.size:
        memcpy(record_context(record), e.context.data, e.context.size)
    a = record_allocations(record)
    for i in range(record.n_allocations):
        units = open_units(&a[i])
        # an unknown position ends the replay (or latches the engine): what was moved before it does not matter then
        if move_open(s, a[i].sku_i, a[i].node_i, 0 if head.committed else units, units if head.committed else 0) < 0:
            return -1
    for i in range(record.n_shipments):
        if shipments[i].capacity_taken:
            take_capacity(s, shipments[i].node_i, shipments[i].ship_day, shipments[i].capacity_taken)
    finish(s, record)
    return 0


cdef void fulfil_units(State* s, const Record* record, const AllocationOut* a, int32_t units) noexcept nogil:
    cdef int32_t p = position_find(&s.positions, a.sku_i, a.node_i)
    cdef int32_t* on_hand = position_cell(&s.positions, p, P_ON_HAND)
    cdef int32_t missing = units - on_hand[0]
    cdef const Fault* known
    if on_hand[0] > 0:
        position_cell(&s.positions, p, P_VERSION)[0] += 1
    on_hand[0] -= units
    if missing > 0:
        on_hand[0] = 0
        known = fault_open_of(&s.faults, FAULT_COUNT_MISMATCH, a.sku_i, a.node_i, record.id)
        if known != NULL:            # units counted before stay counted: nothing is absorbed
            missing += known.quantity
        raise_fault(s, FAULT_COUNT_MISMATCH, a.sku_i, a.node_i, record.id, missing)
    fulfilment_note(&s.positions, p, s.seq, units)
    recount_free(s, p)


cdef int lower_on_hand(State* s, const Result* x) noexcept nogil:
    """Units of a short pick were not there: on_hand goes down by as many, at most to 0."""
    cdef Reader r
    cdef int32_t* on_hand
    cdef int64_t units
    cdef int32_t sku_i
    cdef int32_t p
    r.at = x.short_picks.data
    r.end = r.at + x.short_picks.size
    r.bad = 0
    while r.at < r.end:
        sku_i = <int32_t>get(&r)
        p = position_find(&s.positions, sku_i, x.node_i)
        units = <int64_t>get(&r)
        if r.bad or p < 0:
            return -1
        if s.digest != NULL:
            digest_position(s.digest, sku_i, p)
        on_hand = position_cell(&s.positions, p, P_ON_HAND)
        if on_hand[0] > 0:
            position_cell(&s.positions, p, P_VERSION)[0] += 1
        on_hand[0] = <int32_t>(on_hand[0] - units) if on_hand[0] > units else 0
        recount_free(s, p)
    return 0


cdef void judge_shortfall(State* s, int32_t p, int32_t sku_i) noexcept nogil:
    """Raise the SHORTFALL of a position that lacks units, or resolve it."""
    cdef int64_t shortfall = -<int64_t>position_cell(&s.positions, p, P_FREE)[0]
    cdef uint64_t nobody[2]
    if shortfall <= 0:
        end_shortfall(s, p, sku_i)
        return
    nobody[0] = 0
    nobody[1] = 0
    raise_fault(s, FAULT_SHORTFALL, sku_i, position_cell(&s.positions, p, P_NODE)[0], nobody, <int32_t>shortfall)


cdef void count_short_picks(State* s, const Result* x) noexcept nogil:
    """After the units have left: what the positions lack then."""
    cdef Reader r
    cdef int32_t sku_i
    r.at = x.short_picks.data
    r.end = r.at + x.short_picks.size
    r.bad = 0
    while r.at < r.end:
        sku_i = <int32_t>get(&r)
        get(&r)
        judge_shortfall(s, position_find(&s.positions, sku_i, x.node_i), sku_i)


cdef int change(State* s, const Entry* e) noexcept nogil:
    """A reservation becomes what the decision says: COMMIT, EXTEND, RELEASE, FULFILL, REROUTE."""
    cdef const Result* x = e.result
    cdef Record* record = reservation_find(&s.reservations, x.reservation_id)
    cdef const AllocationOut* fresh
    cdef AllocationOut* a
    cdef ShipmentOut* shipment
    cdef int32_t was_open
    cdef int32_t is_open
    cdef int32_t was_committed
    cdef int32_t fulfilled
    cdef int32_t known
    cdef int32_t known_shipments
    cdef int32_t n_exclusions
    cdef int32_t p
    cdef int32_t i
    if record == NULL or x.n_allocations < record.n_allocations or x.n_shipments < record.n_shipments:
        return -1
    for i in range(x.n_allocations):
        if position_find(&s.positions, x.allocations[i].sku_i, x.allocations[i].node_i) < 0:
            return -1
    if s.digest != NULL:
        digest_reservation(s.digest, record)
    known = record.n_allocations
    known_shipments = record.n_shipments
    n_exclusions = x.n_exclusions if x.has_moves else record.n_exclusions
    if x.n_allocations > known or x.n_shipments > known_shipments or n_exclusions != record.n_exclusions:
        record = reservation_resize(&s.reservations, record, x.n_shipments, x.n_allocations, n_exclusions)
        if record == NULL:
            return -1
    was_committed = record.committed
    if x.short_picks.size and lower_on_hand(s, x) != 0:
        return -1                # before anything leaves, so that a shortfall is judged by what comes of both
    a = record_allocations(record)
    for i in range(x.n_allocations):
        fresh = &x.allocations[i]
        was_open = open_units(&a[i]) if i < known else 0
        fulfilled = fresh.fulfilled - a[i].fulfilled if i < known else fresh.fulfilled
        is_open = open_units(fresh)
        p = move_open(
            s, fresh.sku_i, fresh.node_i,
            (0 if x.committed else is_open) - (0 if was_committed else was_open),
            (is_open if x.committed else 0) - (was_open if was_committed else 0),
        )
        a[i] = fresh[0]
        if fulfilled:
            fulfil_units(s, record, &a[i], fulfilled)
        if is_open < was_open:
            end_shortfall(s, p, fresh.sku_i)
    for i in range(known_shipments, x.n_shipments):
        shipment = &record_shipments(record)[i]
        shipment[0] = x.shipments[i]
        if shipment.capacity_taken:
            take_capacity(s, shipment.node_i, shipment.ship_day, shipment.capacity_taken)
    if x.reacquired:
        for i in range(known_shipments):
            shipment = &record_shipments(record)[i]
            shipment.capacity_taken = x.shipments[i].capacity_taken
            shipment.units = x.shipments[i].units
            if shipment.capacity_taken:
                take_capacity(s, shipment.node_i, shipment.ship_day, shipment.capacity_taken)
    record.committed = x.committed
    record.expires_at_us = x.expires_at_us
    if e.kind == KIND_REROUTE:
        reroute_note(s, record, e)
        if x.short_picks.size:
            count_short_picks(s, x)
    settle_capacity(s, record, s.now_us)
    finish(s, record)
    return 0


cdef void reroute_note(State* s, Record* record, const Entry* e) noexcept nogil:
    """Units that fit nowhere else stay, flagged, and raise STRANDED against the node that failed, until none is left."""
    cdef const Result* x = e.result
    cdef Fault* fault
    record.needs_attention = x.needs_attention
    if x.has_moves:
        record.attempts = <int16_t>x.attempts
        memcpy(record_exclusions(record), x.exclusions, x.n_exclusions * sizeof(ExclusionOut))
        memcpy(record_stranded(record), x.stranded_units, x.n_allocations * sizeof(int32_t))
    if e.args[1] > 0:
        fault = raise_fault(s, FAULT_STRANDED, -1, <int32_t>e.args[0], record.id, <int32_t>e.args[1])
        if x.has_moves and x.stranded_reason:
            fault.reason = <int16_t>x.stranded_reason
        return
    fault = fault_open_of(&s.faults, FAULT_STRANDED, -1, <int32_t>e.args[0], record.id)
    if fault != NULL:
        resolve_fault(s, fault)


cdef int count_position(State* s, const StockRow* row, int64_t as_of_us) noexcept nogil:
    """The position becomes what the row says; as_of_us 0 leaves the time of its last count."""
    cdef uint32_t before = s.positions.count
    cdef int32_t p = position_add(&s.positions, row.sku_i, row.node_i)
    if p < 0:
        return -1
    if s.digest != NULL:
        if s.positions.count != before:
            digest_new_position(s.digest, p)
        else:
            digest_position(s.digest, row.sku_i, p)
    position_cell(&s.positions, p, P_ON_HAND)[0] = row.on_hand
    position_cell(&s.positions, p, P_SAFETY)[0] = row.safety_stock
    position_cell(&s.positions, p, P_RESERVE)[0] = row.routing_reserve
    position_cell(&s.positions, p, P_VERSION)[0] = row.on_hand_version
    if as_of_us:
        position_as_of(&s.positions, p)[0] = as_of_us
    recount_free(s, p)
    judge_shortfall(s, p, row.sku_i)
    return 0


cdef int count_stock(State* s, const Entry* e) noexcept nogil:
    """ADJUST and SET: the position becomes what the decision says."""
    cdef const Result* x = e.result
    cdef StockRow row
    row.sku_i = x.sku_i
    row.node_i = x.node_i
    row.on_hand = x.on_hand
    row.safety_stock = x.safety_stock
    row.routing_reserve = x.routing_reserve
    row.on_hand_version = <int32_t>x.on_hand_version
    return count_position(s, &row, e.args[0] if e.kind == KIND_SET else 0)


cdef int count_rows(State* s, const Entry* e) noexcept nogil:
    """IMPORT: every position of the chunk becomes what its row says."""
    cdef Reader r
    cdef StockRow row
    r.at = e.text.data
    r.end = r.at + e.text.size
    r.bad = 0
    while r.at < r.end:
        stock_row_unpack(&r, &row)
        if r.bad or count_position(s, &row, e.args[0]) != 0:
            return -1
    return 0


cdef int intern_names(State* s, const Entry* e) noexcept nogil:
    cdef const char* at = e.text.data
    cdef const char* end = e.text.data + e.text.size
    cdef Slice name
    cdef int32_t i
    while at < end:
        name.size = <uint8_t>at[0]
        name.data = at + 1
        at += 1 + name.size
        if at > end:
            return -1
        if e.args[0] == TABLE_SKUS:
            i = intern_add(&s.skus, name)
        elif e.args[0] == TABLE_NODES:
            i = intern_add(&s.nodes, name)
            if i >= 0 and s.node_status[i] == 0:
                s.node_status[i] = NODE_ONLINE
        elif e.args[0] == TABLE_CHANNELS:
            i = intern_add(&s.channels, name)
        elif e.args[0] == TABLE_TENANTS:
            i = intern_add(&s.tenants, name)
        else:
            i = intern_add(&s.services, name)
        if i < 0:
            return -1
    return 0


cdef void forget_old(State* s) noexcept nogil:
    """Request ids and final reservations past their window, a few a command; more only where a table is full."""
    cdef Requests* ids = &s.requests
    cdef Reservations* held = &s.reservations
    cdef Record* record
    cdef int32_t n = 0
    while n < FORGET_AT_MOST and ids.oldest < ids.next:
        if (
            ids.ring[ids.oldest % ids.slots_max].at_us + s.limits.request_window_us > s.now_us
            and not (
                ids.next - ids.oldest >= ids.slots_max
                and ids.ring[ids.oldest % ids.slots_max].at_us + KEEP_AT_LEAST_US <= s.now_us
            )
        ):
            break
        if s.digest != NULL:
            digest_request(s.digest)
        request_forget_oldest(ids)
        n += 1
    n = 0
    while n < FORGET_AT_MOST and held.oldest_final:
        record = record_of(held, held.oldest_final - 1)
        if (
            record.touched_at_us + s.limits.request_window_us > s.now_us
            and not (held.live >= held.slots_max and record.touched_at_us + KEEP_AT_LEAST_US <= s.now_us)
        ):
            break
        if s.digest != NULL:
            digest_reservation(s.digest, record)
        reservation_remove(held, record)
        n += 1


cdef void note_resolution(State* s, Fault* fault, Slice note) noexcept nogil:
    """Close an exception; a later note on one that is closed replaces the first."""
    resolve_fault(s, fault)
    if 0 < note.size <= NOTE_MAX:
        fault.note_size = note.size
        memcpy(fault.note, note.data, note.size)


cdef void raise_overrun(State* s, const Entry* e) noexcept nogil:
    """A new network version allows less than a bucket already holds."""
    cdef uint64_t nobody[2]
    cdef Fault* fault
    nobody[0] = 0
    nobody[1] = 0
    fault = raise_fault(s, <int32_t>e.args[0], -1, <int32_t>e.args[1], nobody, <int32_t>e.args[2])
    fault.ship_day = <int32_t>e.args[3]


cdef void note_policy(State* s, int64_t seq, Slice event) noexcept nogil:
    s.policies_hash[0] = fd_hash64(event.data, event.size, s.policies_hash[0] + <uint64_t>seq)
    s.policies_hash[1] = fd_hash64(event.data, event.size, ~(s.policies_hash[1] + <uint64_t>seq))
    s.policy_events += 1


cdef int state_apply(State* s, const Entry* e) noexcept nogil:
    cdef Fault* fault
    cdef int failed = 0
    s.seq = e.seq
    s.now_us = e.now_us
    expire_due(s, e.now_us, e.args[0] if e.kind == KIND_ADVANCE else s.limits.reservations_max)
    if e.kind == KIND_RESERVE or e.kind == KIND_ROUTE or e.kind == KIND_PROMISE:
        if e.result.has_reservation:
            failed = grant(s, e)
    elif KIND_COMMIT <= e.kind <= KIND_FULFILL or e.kind == KIND_REROUTE:
        failed = change(s, e)
    elif e.kind == KIND_ADJUST or e.kind == KIND_SET:
        failed = count_stock(s, e)
    elif e.kind == KIND_IMPORT:
        failed = count_rows(s, e)
    elif e.kind == KIND_NODE_STATUS:
        if s.digest != NULL:
            digest_node(s.digest, e.result.node_i)
        s.node_status[e.result.node_i] = <uint8_t>e.args[0]
    elif e.kind == KIND_RESOLVE:
        fault = fault_find(&s.faults, e.result.exception_id)
        if fault != NULL:
            note_resolution(s, fault, e.text)
    elif e.kind == KIND_INTERN:
        failed = intern_names(s, e)
    elif e.kind == KIND_NETWORK:
        if e.text.size != 32:
            return -1
        s.network_version = <int32_t>e.args[0]
        memcpy(s.network_hash, e.text.data, 32)
    elif e.kind == KIND_POLICY:
        note_policy(s, e.seq, e.text)
    elif e.kind == KIND_RAISE:
        raise_overrun(s, e)
    elif e.kind != KIND_ADVANCE and e.kind != KIND_REFUSED:
        return -1
    if failed:
        return -1
    forget_old(s)                # after the command: it may name a final reservation whose window has just passed
    if e.has_request:
        return request_add(&s.requests, e.key, e.fingerprint, e.seq, e.now_us, e.answer.data, e.answer.size, e.kind)
    return 0


# --- digest --------------------------------------------------------------------------------------------------------

cdef Digest* state_digest_open(const State* s) noexcept nogil:
    return digest_open(
        <int64_t>s.positions.blocks_used * 8 + DIGEST_SLACK, <int64_t>s.reservations.slots_used + DIGEST_SLACK,
        <int64_t>s.nodes.index.count + DIGEST_SLACK,
        (s.faults.next_id if s.faults.next_id < s.faults.slots_max else s.faults.slots_max) + DIGEST_SLACK,
    )


cdef bint state_digest_begin(State* s, Digest* d) noexcept nogil:
    cdef uint64_t row[4]
    cdef int32_t i
    d.names[0] = &s.skus
    d.names[1] = &s.nodes
    d.names[2] = &s.channels
    d.names[3] = &s.tenants
    d.names[4] = &s.services
    for i in range(5):
        d.n_names[i] = d.names[i].index.count
    d.node_status = s.node_status
    d.positions = &s.positions
    d.reservations = &s.reservations
    d.requests = &s.requests
    d.capacity = &s.capacity
    d.faults = &s.faults
    d.lanes = <int64_t>s.positions.blocks_used * 8
    d.slots = s.reservations.slots_used
    d.first_fault = s.faults.next_id - s.faults.slots_max if s.faults.next_id > s.faults.slots_max else 1
    d.end_fault = s.faults.next_id
    d.next_request = s.requests.oldest
    d.end_request = s.requests.next
    if (
        d.lanes > d.lanes_max or d.slots > d.slots_max or d.n_names[1] > d.nodes_max
        or d.end_fault - d.first_fault > d.faults_max
    ):
        return False
    row[0] = <uint64_t>s.seq
    row[1] = <uint64_t>s.now_us
    row[2] = <uint64_t>s.network_version
    row[3] = fd_hash64(<const char*>s.network_hash, 32, 37)
    digest_row(d, row, sizeof(row), 37)
    row[0] = <uint64_t>s.policy_events
    row[1] = s.policies_hash[0]
    row[2] = s.policies_hash[1]
    row[3] = 0
    digest_row(d, row, sizeof(row), 61)
    s.digest = d
    return True
