"""submit: the one way in. Validate, look the request id up, decide, append to the journal buffer, apply."""

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.memoryview cimport PyMemoryView_FromMemory
from libc.stdint cimport uint32_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

from fastdom._native.command cimport (
    AllocationOut, F_CHANNEL, F_EXCEPTION_ID, F_FIRST_SENT_AT, F_MODE, F_NODE_ID, F_NONE, F_REQUEST_ID, F_RESERVATION_ID, F_STATUS,
    F_TTL, KIND_ADJUST, KIND_ADVANCE, KIND_COMMIT, KIND_EXTEND, KIND_FULFILL, KIND_GET, KIND_INTERN, KIND_NETWORK,
    KIND_NODE_STATUS, KIND_PROMISE, KIND_RAISE, KIND_REFUSED, KIND_RELEASE, KIND_REROUTE, KIND_RESERVE, KIND_RESOLVE, KIND_ROUTE,
    KIND_SET, LINES_MAX, MODE_FIRM, MODE_HOLD, MODE_PLAN, MODE_UNSPECIFIED, OPTIONS_MAX, OUTCOME_REFUSED, OptionOut,
    REQUEST_ID_MAX, R_DEADLINE_PASSED, R_EXCEPTION_NOT_FOUND, R_ID_TOO_LONG, R_INTERNAL, R_INVALID_FIELD,
    R_LIMIT_EXCEEDED, R_MAP_FULL, R_NOT_DURABLE, R_NO_NETWORK, R_OVERLOADED, R_REQUEST_ID_EXPIRED,
    R_REQUEST_ID_REQUIRED, R_REQUEST_ID_REUSED, R_UNKNOWN_NODE, R_UNSUPPORTED, SHIPMENTS_MAX, ShipmentOut, Slice,
)
from fastdom._native.entry cimport (
    ContextLine, ENTRY_MAX, answer_unpack, context_bound, context_pack, context_unpack, entry_bound, entry_pack,
    entry_unpack, result_clear,
)
from fastdom._native.capacity cimport CAPACITY_DAYS, Bucket, capacity_bucket
from fastdom._native.faults cimport FAULT_CAPACITY_OVERRUN, FAULT_STRANDED, NOTE_MAX, Fault, fault_find, fault_open_of
from fastdom._native.order cimport order_check, order_resolve, resolved_close, resolved_open
from fastdom._native.positions cimport (
    P_COMMITTED, P_FREE, P_HELD, P_NODE, P_ON_HAND, P_SAFETY, Run, position_cell, position_find, run_begin, run_next,
)
from fastdom._native.quote cimport (
    quote_close, quote_open, quote_pinned, quote_promise, quote_reroute, quote_route, quote_token,
)
from fastdom._native.requests cimport Request, request_find, request_fits, request_key
from fastdom._native.arena cimport Arena, arena_at, arena_fits
from fastdom._native.reservations cimport (
    Record, open_units, record_allocations, record_context, record_of, record_size, reservation_find, reservation_fits,
)
from fastdom._native.memory cimport map_release, map_reserve
from fastdom._native.state cimport (
    NODE_OFFLINE, NODE_ONLINE, TABLE_CHANNELS, TABLE_NODES, TABLE_SERVICES, TABLE_SKUS, TABLE_TENANTS, due_count, due_lift, due_unlift,
    state_apply, state_close, state_digest, state_open,
)
from fastdom._native.stock cimport decide_stock
from fastdom._native.table cimport Interner, fd_mix64, index_fetch, intern_find, interned
from fastdom._native.token cimport siphash24
from fastdom._native.verbs cimport TTL_MAX_US, decide_verb, view_record


cdef extern from "<sys/eventfd.h>" nogil:
    ctypedef unsigned long eventfd_t
    int eventfd(unsigned int initval, int flags)
    int eventfd_write(int fd, eventfd_t value)
    int eventfd_read(int fd, eventfd_t* value)
    const int EFD_NONBLOCK
    const int EFD_CLOEXEC

cdef extern from "<poll.h>" nogil:
    struct pollfd:
        int fd
        short events
        short revents
    int poll(pollfd* fds, unsigned long count, int timeout_ms)
    const short POLLIN

cdef extern from "<unistd.h>" nogil:
    int close(int fd)

cdef extern from "<sys/random.h>" nogil:
    ssize_t getrandom(void* buffer, size_t size, unsigned int flags)

cdef extern from "<pthread.h>" nogil:
    int pthread_mutex_init(pthread_mutex_t* mutex, void* attributes)
    int pthread_mutex_destroy(pthread_mutex_t* mutex)

cdef extern from *:
    """
    static inline long long fd_load_acquire(const long long* p) { return __atomic_load_n(p, __ATOMIC_ACQUIRE); }
    static inline void fd_store_release(long long* p, long long v) { __atomic_store_n(p, v, __ATOMIC_RELEASE); }
    """
    long long fd_load_acquire(const long long* p) nogil
    void fd_store_release(long long* p, long long v) nogil


cdef enum:
    SLICE_HOLDS = 512            # holds expired by one ADVANCE: about 100 microseconds
    SCAN_SLOTS = 4096            # reservations looked at in one taking of the lock: about 20 microseconds

# --- refusals ------------------------------------------------------------------------------------------------------

cdef inline int refuse(Result* r, int32_t reason, int32_t field) noexcept nogil:
    r.status.reason = reason
    r.status.field = field
    r.status.line_i = -1
    return 0


# --- the journal buffer --------------------------------------------------------------------------------------------

cdef int32_t room_for(const Engine* g, int64_t size) noexcept nogil:
    """OK (0), or why an entry of at most `size` bytes cannot be journalled. Nothing has changed yet."""
    if g.open.size + size + 8 > g.buffer_max or size > ENTRY_MAX:
        return R_OVERLOADED
    if g.open.size + g.taken.size + size + 8 > g.room:
        return R_MAP_FULL
    return 0


cdef int journal(Engine* g, Entry* e, int64_t now_us) noexcept nogil:
    """Number, pack and apply an entry for which room was checked. 0, or -1: the engine has latched."""
    cdef JournalBuffer* b = &g.open
    cdef int64_t size
    e.seq = g.state.seq + 1
    e.now_us = now_us
    if b.size == 0:
        memcpy(b.data, &now_us, 8)
        b.size = 8
        b.first_seq = e.seq
        b.before_us = now_us
    size = entry_pack(e, b.before_us, b.data + b.size)
    if state_apply(&g.state, e) != 0:
        # a decision that does not fit the state is a defect: stop before it can be acknowledged
        g.failed = 1
        return -1
    b.size += size
    b.last_seq = e.seq
    b.before_us = now_us
    return 0


cdef void journal_kick(Engine* g) noexcept nogil:
    if g.open.size and g.kick_fd >= 0:
        eventfd_write(g.kick_fd, 1)


cdef inline void entry_clear(Entry* e, int32_t kind, const Command* c, Result* r) noexcept nogil:
    memset(e, 0, sizeof(Entry))
    e.kind = kind
    e.result = r
    if c != NULL:
        e.tenant_i = c.tenant_i


# --- time and expiry -----------------------------------------------------------------------------------------------

cdef int advance(Engine* g, int64_t now_us, int64_t at_most) noexcept nogil:
    """Journal that time moved and up to so many due holds expired."""
    cdef Entry e
    cdef int64_t before = g.state.reservations.heap_size
    entry_clear(&e, KIND_ADVANCE, NULL, NULL)
    e.args[0] = at_most
    if room_for(g, entry_bound(&e)) != 0:
        return -1
    if journal(g, &e, now_us) != 0:
        return -1
    g.expired_holds += before - g.state.reservations.heap_size
    return 0


cdef void catch_up(Engine* g, int64_t now_us) noexcept nogil:
    """When very many holds are due, expire them in slices, letting others in between."""
    while due_count(&g.state, now_us, 2 * SLICE_HOLDS) >= 2 * SLICE_HOLDS:
        if advance(g, now_us, SLICE_HOLDS) != 0:
            return
        engine_unlock(g)
        engine_lock(g)


cdef bint crowded(const State* s) noexcept nogil:
    """A table has no room that was never used: what is past its window should make some."""
    return (
        (s.reservations.n_free == 0 and s.reservations.slots_used >= s.reservations.slots_max)
        or s.reservations.records.units_used + ENTRY_MAX // 64 > s.reservations.records.units_max
        or s.requests.answers.units_used + ENTRY_MAX // 16 > s.requests.answers.units_max
    )


cdef bint forgettable(const State* s, int64_t now_us) noexcept nogil:
    """Would a journalled command of this time expire a hold, or forget an id or a final reservation?"""
    cdef const Record* record
    cdef int64_t kept_us = s.limits.request_window_us
    if s.reservations.heap_size and s.reservations.heap[0].expires_at_us <= now_us:
        return True
    if s.requests.oldest < s.requests.next:
        if s.requests.ring[s.requests.oldest % s.requests.slots_max].at_us + kept_us <= now_us:
            return True
    if s.reservations.oldest_final == 0:
        return False
    record = record_of(&s.reservations, s.reservations.oldest_final - 1)
    if s.reservations.live >= s.reservations.slots_max:
        kept_us = 60000000
    return record.touched_at_us + kept_us <= now_us


cdef inline bint mutates(const Command* c) noexcept nogil:
    if c.kind == KIND_RESERVE or c.kind == KIND_ROUTE or c.kind == KIND_PROMISE:
        return holds(c)
    return c.kind != KIND_GET


cdef void make_room(Engine* g, int64_t now_us) noexcept nogil:
    """A command refused by a full table is not journalled and would forget nothing: without this it stayed full."""
    if crowded(&g.state) and forgettable(&g.state, now_us):
        advance(g, now_us, SLICE_HOLDS)


# --- request ids ---------------------------------------------------------------------------------------------------

cdef bint seen_before(Engine* g, const Command* c, const uint64_t* key, Result* r) noexcept nogil:
    """True when the request id settles the matter: its recorded answer, another body, or too old to judge."""
    cdef Request* request = request_find(&g.state.requests, key)
    cdef Slice answer
    cdef int64_t now_us = r.now_us
    if request == NULL:
        if 0 < c.first_sent_at_us <= g.state.requests.pruned_at_us:
            refuse(r, R_REQUEST_ID_EXPIRED, F_FIRST_SENT_AT)
            r.seq = g.state.seq
            r.wait_seq = g.state.seq
            return True
        return False
    if request.fingerprint[0] != c.fingerprint[0] or request.fingerprint[1] != c.fingerprint[1]:
        refuse(r, R_REQUEST_ID_REUSED, F_REQUEST_ID)
        r.seq = request.seq
        r.wait_seq = request.seq
        return True
    answer.data = arena_at(&g.state.requests.answers, request.answer)
    answer.size = <int32_t>request.answer_size
    if answer_unpack(c.kind, answer, r) != 0:
        result_clear(r)
        r.now_us = now_us
        refuse(r, R_INTERNAL, F_REQUEST_ID)
        return True
    r.repeated = 1
    r.seq = request.seq
    r.wait_seq = request.seq
    return True


cdef bint request_named(const Command* c, Result* r) noexcept nogil:
    if c.request_id.size == 0:
        refuse(r, R_REQUEST_ID_REQUIRED, F_REQUEST_ID)
        return False
    if c.request_id.size > REQUEST_ID_MAX:
        refuse(r, R_ID_TOO_LONG, F_REQUEST_ID)
        return False
    return True


cdef bint ids_full(const Engine* g, int64_t now_us) noexcept nogil:
    """The ring is full and its oldest id is younger than a minute at the command's time."""
    return (
        g.state.requests.next - g.state.requests.oldest >= g.state.requests.slots_max
        and g.state.requests.ring[g.state.requests.oldest % g.state.requests.slots_max].at_us + 60000000 > now_us
    )


cdef bint answer_fits(Engine* g, Entry* e, Result* r) noexcept nogil:
    """Surely in memory never used; else the answer is packed, behind what waits to be journalled, to know its size."""
    cdef const Arena* answers = &g.state.requests.answers
    if answers.units_used + entry_bound(e) // 16 + 8 <= answers.units_max:
        return True
    r.version = g.state.seq + 1
    e.now_us = r.now_us
    entry_pack(e, e.now_us, g.open.data + g.open.size + 8)
    return arena_fits(answers, e.answer.size)


cdef int remember(Engine* g, Entry* e, const Command* c, const uint64_t* key, Result* r) noexcept nogil:
    """Journal a decision under its request id, or refuse for want of room with nothing changed."""
    cdef int32_t reason = room_for(g, entry_bound(e))
    if reason == 0 and ids_full(g, r.now_us):
        reason = R_LIMIT_EXCEEDED
    if reason == 0 and not answer_fits(g, e, r):
        reason = R_LIMIT_EXCEEDED
    if reason:
        result_clear(r)
        r.now_us = c.now_us
        return refuse(r, reason, F_NONE)
    e.has_request = 1
    e.key[0] = key[0]
    e.key[1] = key[1]
    e.fingerprint[0] = c.fingerprint[0]
    e.fingerprint[1] = c.fingerprint[1]
    r.version = g.state.seq + 1
    if journal(g, e, r.now_us) != 0:
        return refuse(r, R_INTERNAL, F_NONE)
    r.seq = g.state.seq
    r.wait_seq = g.state.seq
    return 0


cdef int remember_refusal(Engine* g, const Command* c, const uint64_t* key, Result* r) noexcept nogil:
    """A refusal that depends on the state is remembered too: a retry hears the same."""
    cdef Entry e
    entry_clear(&e, KIND_REFUSED, c, r)
    return remember(g, &e, c, key, r)


# --- orders: Reserve, Route, Promise -------------------------------------------------------------------------------

cdef bint holds(const Command* c) noexcept nogil:
    """Does the command want a reservation, or only an estimate?"""
    if c.kind == KIND_RESERVE:
        return True
    if c.kind == KIND_ROUTE:
        return c.mode == MODE_HOLD or c.mode == MODE_FIRM
    return c.hold != 0


cdef void quote(Engine* g, const Command* c, Result* r) noexcept nogil:
    if c.kind == KIND_PROMISE:
        quote_promise(&g.state, g.net, g.order, c, r.now_us, g.quote, r)
    elif c.kind == KIND_RESERVE and c.option_token.size:
        quote_token(&g.state, g.net, g.order, c, r.now_us, g.quote, r)
    elif c.kind == KIND_RESERVE and g.order.n_pinned:
        quote_pinned(&g.state, g.net, g.order, c, r.now_us, g.quote, r)
    else:
        quote_route(&g.state, g.net, g.order, c, r.now_us, g.quote, r)


cdef void describe_order(Engine* g, const Command* c) noexcept nogil:
    """The order context that the journal keeps: what a later re-route or explanation needs."""
    cdef Context* context = &g.context
    cdef ContextLine* line
    cdef int32_t i
    context.order_id = c.order_id
    context.country_code = c.country_code
    context.postal_code = c.postal_code
    context.pickup_node = c.pickup_node
    context.service_level = g.order.service_level
    context.payment = c.payment
    context.placed_at_us = c.placed_at_us
    context.required_by_us = c.required_by_us
    context.order_value_micros = c.order_value_micros
    context.n_lines = c.n_lines
    for i in range(c.n_lines):
        line = &context.lines[i]
        line.line_id = c.lines[i].line_id
        line.group_id = c.lines[i].group_id
        line.sku_i = g.order.lines[i].sku_i
        line.quantity = c.lines[i].quantity
        line.weight_g = g.order.lines[i].weight_g


cdef const OptionOut* option_to_hold(const Command* c, const Result* r) noexcept nogil:
    """The option a Promise reserves: the asked level's, else the best (first); NULL when there is none."""
    cdef int32_t i
    for i in range(r.n_options):
        if c.hold_level == 0 or r.options[i].service_level == c.hold_level:
            return &r.options[i]
    return NULL


cdef int64_t hold_until(const Engine* g, const Command* c, const Result* r) noexcept nogil:
    cdef int64_t ttl_us = c.ttl_us
    if ttl_us <= 0:
        ttl_us = g.channel_ttl_us[r.channel_i] if r.channel_i >= 0 else 0
    if ttl_us <= 0:
        ttl_us = g.ttl_default_us
    return r.now_us + ttl_us


cdef int64_t earliest_order_by(const ShipmentOut* shipments, int32_t n) noexcept nogil:
    cdef int64_t earliest = 0
    cdef int32_t i
    for i in range(n):
        if shipments[i].order_by_us > 0 and (earliest == 0 or shipments[i].order_by_us < earliest):
            earliest = shipments[i].order_by_us
    return earliest


cdef void new_reservation_id(Engine* g, uint64_t* id) noexcept nogil:
    """128 bits nobody can guess: SipHash of a counter under a key drawn when the engine started."""
    cdef uint64_t block[2]
    g.random_count += 1
    block[0] = g.random_count
    block[1] = 0
    id[0] = siphash24(<const char*>block, 16, g.random_key)
    block[1] = 1
    id[1] = siphash24(<const char*>block, 16, g.random_key)


cdef int hold_order(Engine* g, const Command* c, const uint64_t* key, const uint64_t* id, Result* r) noexcept nogil:
    """The quote in r becomes a reservation."""
    cdef Entry e
    cdef const OptionOut* option = NULL
    cdef int64_t order_by
    cdef int32_t n_shipments = r.n_shipments
    cdef int32_t n_allocations = r.n_allocations
    cdef bint dated = c.option_token.size > 0
    if c.kind == KIND_PROMISE:
        option = option_to_hold(c, r)
        if option == NULL:
            r.wait_seq = g.state.seq
            return 0
        r.held_option = option.service_level
        n_shipments = option.n_shipments
        n_allocations = option.n_allocations
        dated = True
        r.outcome = 1
    elif r.outcome == OUTCOME_REFUSED or r.n_allocations == 0:
        r.wait_seq = g.state.seq
        return 0
    r.reservation_id[0] = id[0]
    r.reservation_id[1] = id[1]
    r.has_reservation = 1
    r.created_at_us = r.now_us
    r.committed = 1 if c.mode == MODE_FIRM else 0
    r.state = 2 if r.committed else 1
    r.service_level = option.service_level if option != NULL else g.order.service_level
    if not r.committed:
        r.expires_at_us = hold_until(g, c, r)
        if dated:
            order_by = earliest_order_by(
                &r.shipments[option.first_shipment] if option != NULL else r.shipments, n_shipments
            )
            if order_by > 0 and order_by < r.expires_at_us:
                r.expires_at_us = order_by
    describe_order(g, c)
    g.context.service_level = r.service_level
    entry_clear(&e, c.kind, c, r)
    if context_bound(&g.context) > ENTRY_MAX:
        return refuse_clean(c, r, R_LIMIT_EXCEEDED)
    e.context.data = g.context_bytes
    e.context.size = <int32_t>context_pack(&g.context, g.context_bytes)
    if not reservation_fits(&g.state.reservations, record_size(n_shipments, n_allocations, e.context.size)):
        return refuse_clean(c, r, R_LIMIT_EXCEEDED)
    return remember(g, &e, c, key, r)


cdef int refuse_clean(const Command* c, Result* r, int32_t reason) noexcept nogil:
    """Refuse with nothing of a plan left in the result."""
    result_clear(r)
    r.now_us = c.now_us
    return refuse(r, reason, F_NONE)


cdef int run_order(Engine* g, Command* c, Result* r) noexcept nogil:
    cdef uint64_t key[2]
    cdef uint64_t id[2]
    cdef bint wants_hold = holds(c)
    if wants_hold and c.request_id.size <= REQUEST_ID_MAX:
        request_key(c.tenant_i, c.request_id, key)
        index_fetch(&g.state.requests.by_key, key[0])
        new_reservation_id(g, id)
        index_fetch(&g.state.reservations.by_id, fd_mix64(id[0], id[1]))
    if not order_check(c, &r.status):
        return 0
    if c.ttl_us < 0 or c.ttl_us > TTL_MAX_US:
        return refuse(r, R_INVALID_FIELD, F_TTL)
    if wants_hold and seen_before(g, c, key, r):
        return 0
    if g.net == NULL or g.net.version == 0:
        return refuse(r, R_NO_NETWORK, F_NONE)
    due_lift(&g.state, r.now_us)
    if order_resolve(&g.state, g.net, c, g.order, &r.status):
        quote(g, c, r)
        r.channel_i = g.order.channel_i
    due_unlift(&g.state, r.now_us)
    r.seq = g.state.seq
    if r.status.reason:
        r.wait_seq = g.state.seq if wants_hold else 0
        return remember_refusal(g, c, key, r) if wants_hold else 0
    if wants_hold:
        return hold_order(g, c, key, id, r)
    return 0


# --- the other commands --------------------------------------------------------------------------------------------

cdef void describe_reservation(Engine* g, Result* r) noexcept nogil:
    """Texts of the reservation in r, from its record (which outlives every request id that names it)."""
    cdef Record* record
    cdef Slice packed
    cdef int32_t i
    if not r.has_reservation:
        return
    record = reservation_find(&g.state.reservations, r.reservation_id)
    if record == NULL:
        return
    packed.data = record_context(record)
    packed.size = record.context_size
    if context_unpack(packed, &g.context) != 0:
        return
    r.order_id = g.context.order_id
    r.n_line_ids = g.context.n_lines
    for i in range(g.context.n_lines):
        r.line_ids[i] = g.context.lines[i].line_id


cdef int run_verb(Engine* g, Command* c, Result* r) noexcept nogil:
    cdef uint64_t key[2]
    cdef Entry e
    cdef int64_t ttl_us = c.ttl_us
    cdef Record* record
    if c.kind != KIND_GET:
        if not request_named(c, r):
            return 0
        request_key(c.tenant_i, c.request_id, key)
        if seen_before(g, c, key, r):
            describe_reservation(g, r)
            return 0
    if c.n_lines > LINES_MAX:
        return refuse(r, R_INVALID_FIELD, F_NONE)
    if c.kind == KIND_EXTEND and ttl_us == 0:
        record = reservation_find(&g.state.reservations, c.reservation_id)
        if record != NULL and record.channel_i >= 0:
            ttl_us = g.channel_ttl_us[record.channel_i]
        if ttl_us == 0:
            ttl_us = g.ttl_default_us
    due_lift(&g.state, r.now_us)
    decide_verb(&g.state, g.net, c, ttl_us, &g.context, r)
    due_unlift(&g.state, r.now_us)
    r.seq = g.state.seq
    r.wait_seq = g.state.seq
    if c.kind != KIND_GET:
        if r.status.reason:
            return remember_refusal(g, c, key, r)
        entry_clear(&e, c.kind, c, r)
        remember(g, &e, c, key, r)
    if r.status.reason == 0:
        describe_reservation(g, r)
    return 0


cdef int run_stock(Engine* g, Command* c, Result* r) noexcept nogil:
    cdef uint64_t key[2]
    cdef Entry e
    if not request_named(c, r):
        return 0
    request_key(c.tenant_i, c.request_id, key)
    if seen_before(g, c, key, r):
        return 0
    due_lift(&g.state, r.now_us)
    decide_stock(&g.state, c, r)
    due_unlift(&g.state, r.now_us)
    if r.status.reason:
        return remember_refusal(g, c, key, r)
    if (
        position_find(&g.state.positions, r.sku_i, r.node_i) < 0
        and g.state.positions.count >= <uint32_t>g.state.limits.positions_max
    ):
        return refuse_clean(c, r, R_LIMIT_EXCEEDED)
    entry_clear(&e, c.kind, c, r)
    if c.kind == KIND_ADJUST:
        e.args[0] = c.delta
        e.args[1] = c.adjust_reason
    else:
        e.args[0] = c.as_of_us if c.as_of_us else r.now_us
    return remember(g, &e, c, key, r)


cdef int run_node_status(Engine* g, Command* c, Result* r) noexcept nogil:
    cdef uint64_t key[2]
    cdef Entry e
    if not request_named(c, r):
        return 0
    request_key(c.tenant_i, c.request_id, key)
    if seen_before(g, c, key, r):
        return 0
    r.node_i = intern_find(&g.state.nodes, c.node)
    if r.node_i < 0:
        refuse(r, R_UNKNOWN_NODE, F_NODE_ID)
    elif c.node_status < NODE_ONLINE or c.node_status > NODE_OFFLINE:
        return refuse(r, R_INVALID_FIELD, F_STATUS)
    if r.status.reason:
        return remember_refusal(g, c, key, r)
    entry_clear(&e, KIND_NODE_STATUS, c, r)
    e.args[0] = c.node_status
    return remember(g, &e, c, key, r)


cdef int run_resolve(Engine* g, Command* c, Result* r) noexcept nogil:
    cdef uint64_t key[2]
    cdef Entry e
    if not request_named(c, r):
        return 0
    request_key(c.tenant_i, c.request_id, key)
    if seen_before(g, c, key, r):
        return 0
    if c.note.size > NOTE_MAX:
        return refuse(r, R_INVALID_FIELD, F_NONE)
    r.exception_id = c.exception_id
    if fault_find(&g.state.faults, c.exception_id) == NULL:
        refuse(r, R_EXCEPTION_NOT_FOUND, F_EXCEPTION_ID)
        return remember_refusal(g, c, key, r)
    entry_clear(&e, KIND_RESOLVE, c, r)
    e.text = c.note
    return remember(g, &e, c, key, r)


cdef int submit(Engine* g, Command* c, Result* r) noexcept nogil:
    if c.now_us < g.state.now_us:
        c.now_us = g.state.now_us
    result_clear(r)
    r.now_us = c.now_us
    if g.failed:
        return refuse(r, R_NOT_DURABLE, F_NONE)
    if c.deadline_us and c.deadline_us <= c.now_us:
        return refuse(r, R_DEADLINE_PASSED, F_NONE)
    catch_up(g, c.now_us)
    if c.now_us < g.state.now_us:
        c.now_us = g.state.now_us
    if mutates(c):
        make_room(g, c.now_us)
    r.now_us = c.now_us
    if c.kind == KIND_RESERVE or c.kind == KIND_ROUTE or c.kind == KIND_PROMISE:
        run_order(g, c, r)
    elif KIND_COMMIT <= c.kind <= KIND_GET:
        run_verb(g, c, r)
    elif c.kind == KIND_ADJUST or c.kind == KIND_SET:
        run_stock(g, c, r)
    elif c.kind == KIND_NODE_STATUS:
        run_node_status(g, c, r)
    elif c.kind == KIND_RESOLVE:
        run_resolve(g, c, r)
    else:
        refuse(r, R_UNSUPPORTED, F_NONE)
    g.commands += 1
    if r.status.reason or r.outcome == OUTCOME_REFUSED:
        g.refused += 1
    return 0


# --- re-routing ----------------------------------------------------------------------------------------------------

cdef bint stranded_elsewhere(const State* s, const Record* record, int32_t node_i) noexcept nogil:
    """Open units at another node that is OFFLINE: they need attention whatever becomes of those at this one."""
    cdef const AllocationOut* a = record_allocations(record)
    cdef int32_t i
    for i in range(record.n_allocations):
        if a[i].node_i != node_i and s.node_status[a[i].node_i] == NODE_OFFLINE and open_units(&a[i]):
            return True
    return False


cdef bint stranded_before(const State* s, const Record* record, int32_t node_i, int64_t units) noexcept nogil:
    """The same units are on record as stranded there already."""
    cdef const Fault* fault = fault_open_of(&s.faults, FAULT_STRANDED, -1, node_i, record.id)
    return record.needs_attention and fault != NULL and fault.quantity == units


cdef bint grows_too_far(const Engine* g, const Record* record, const Result* fresh) noexcept nogil:
    """A record keeps the places its units have left: after very many moves, or in a full table, they stay where they are."""
    cdef int64_t n_shipments = <int64_t>record.n_shipments + fresh.n_shipments
    cdef int64_t n_allocations = <int64_t>record.n_allocations + fresh.n_allocations
    return (
        n_shipments > SHIPMENTS_MAX or n_allocations > LINES_MAX * OPTIONS_MAX
        or not reservation_fits(&g.state.reservations, record_size(n_shipments, n_allocations, record.context_size))
    )


cdef int32_t reroute_one(Engine* g, Record* record, int32_t node_i, int64_t now_us, int64_t* moved) noexcept nogil:
    """Move one reservation's open units off a node in one journalled step. Units that fit nowhere; -1 = no room."""
    cdef Result* fresh = &g.work
    cdef Result* after = &g.work_after
    cdef Entry e
    cdef Slice packed
    cdef int64_t stranded = 0
    cdef int32_t left
    cdef int32_t i
    cdef int32_t j
    packed.data = record_context(record)
    packed.size = record.context_size
    result_clear(fresh)
    result_clear(after)
    fresh.now_us = now_us
    after.now_us = now_us
    moved[0] = 0
    if context_unpack(packed, &g.context) != 0:
        return 0
    due_lift(&g.state, now_us)
    if g.net != NULL and g.net.version:
        moved[0] = quote_reroute(&g.state, g.net, record, &g.context, node_i, NULL, 0, now_us, g.quote, g.order, fresh)
    view_record(record, now_us, after)
    due_unlift(&g.state, now_us)
    if after.state > 3:
        return 0
    if grows_too_far(g, record, fresh):
        moved[0] = 0
        fresh.n_allocations = 0
        fresh.n_shipments = 0
    # what was placed elsewhere leaves the failed node's allocations, line by line
    for j in range(fresh.n_allocations):
        left = fresh.allocations[j].granted
        for i in range(record.n_allocations):
            if left and after.allocations[i].node_i == node_i and after.allocations[i].line_i == fresh.allocations[j].line_i:
                if open_units(&after.allocations[i]) < left:
                    left -= open_units(&after.allocations[i])
                    after.allocations[i].granted -= open_units(&after.allocations[i])
                else:
                    after.allocations[i].granted -= left
                    left = 0
        after.allocations[record.n_allocations + j] = fresh.allocations[j]
        after.allocations[record.n_allocations + j].shipment_i += record.n_shipments
    for j in range(fresh.n_shipments):
        after.shipments[record.n_shipments + j] = fresh.shipments[j]
    after.n_allocations = record.n_allocations + fresh.n_allocations
    after.n_shipments = record.n_shipments + fresh.n_shipments
    for i in range(record.n_allocations):
        if after.allocations[i].node_i == node_i:
            stranded += open_units(&after.allocations[i])
    after.node_i = node_i
    after.stranded = <int32_t>stranded
    after.needs_attention = 1 if stranded or (record.needs_attention and stranded_elsewhere(&g.state, record, node_i)) else 0
    if moved[0] == 0 and (stranded == 0 or stranded_before(&g.state, record, node_i, stranded)):
        return <int32_t>stranded
    entry_clear(&e, KIND_REROUTE, NULL, after)
    e.tenant_i = record.tenant_i
    e.args[0] = node_i
    e.args[1] = stranded
    if room_for(g, entry_bound(&e)) != 0:
        return -1
    after.version = g.state.seq + 1
    return <int32_t>stranded if journal(g, &e, now_us) == 0 else -1


cdef bint touches_node(const Record* record, int32_t node_i) noexcept nogil:
    cdef int32_t i
    if record.open_units == 0:
        return False
    for i in range(record.n_allocations):
        if record_allocations(record)[i].node_i == node_i and open_units(&record_allocations(record)[i]):
            return True
    return False


# --- the Python face of the owner ----------------------------------------------------------------------------------

cdef Interner* names_of(Engine* g, int table) except NULL:
    if table == TABLE_SKUS:
        return &g.state.skus
    if table == TABLE_NODES:
        return &g.state.nodes
    if table == TABLE_CHANNELS:
        return &g.state.channels
    if table == TABLE_TENANTS:
        return &g.state.tenants
    if table == TABLE_SERVICES:
        return &g.state.services
    raise ValueError(f"no name table {table}")


LIMIT_NAMES = (
    "skus_max", "nodes_max", "channels_max", "tenants_max", "positions_max", "reservations_max",
    "reservation_bytes_max", "request_ids_max", "answer_bytes_max", "exceptions_max", "fulfilment_log_max",
    "request_window_us",
)


cdef class NativeEngine:
    def __cinit__(self, dict limits not None, bytes token_key not None, int64_t buffer_bytes=16 << 20,
                  int64_t ttl_default_us=900000000):
        cdef Limits l
        cdef Engine* g
        if len(token_key) != 16:
            raise ValueError("token_key must be 16 bytes")
        unknown = set(limits) - set(LIMIT_NAMES)
        if unknown or len(limits) != len(LIMIT_NAMES):
            raise ValueError(f"limits must name exactly {LIMIT_NAMES}")
        memset(&l, 0, sizeof(l))
        l.skus_max = limits["skus_max"]
        l.nodes_max = limits["nodes_max"]
        l.channels_max = limits["channels_max"]
        l.tenants_max = limits["tenants_max"]
        l.positions_max = limits["positions_max"]
        l.reservations_max = limits["reservations_max"]
        l.reservation_bytes_max = limits["reservation_bytes_max"]
        l.request_ids_max = limits["request_ids_max"]
        l.answer_bytes_max = limits["answer_bytes_max"]
        l.exceptions_max = limits["exceptions_max"]
        l.fulfilment_log_max = limits["fulfilment_log_max"]
        l.request_window_us = limits["request_window_us"]
        self.buffers = ResultBuffers()
        self.spare = ResultBuffers()
        self.spare_after = ResultBuffers()
        g = <Engine*>calloc(1, sizeof(Engine))
        if g == NULL:
            raise MemoryError("engine")
        self.engine = g
        pthread_mutex_init(&g.lock, NULL)
        g.wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)
        g.kick_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)
        memcpy(g.token_key, <const char*>token_key, 16)
        getrandom(g.random_key, 16, 0)
        g.buffer_max = buffer_bytes
        g.ttl_default_us = ttl_default_us
        g.open.data = <char*>map_reserve(buffer_bytes)
        g.taken.data = <char*>map_reserve(buffer_bytes)
        g.context_bytes = <char*>map_reserve(ENTRY_MAX + 4096)
        g.channel_ttl_us = <int64_t*>calloc(l.channels_max, sizeof(int64_t))
        g.order = <Resolved*>calloc(1, sizeof(Resolved))
        g.quote = quote_open(<int32_t>l.nodes_max, g.token_key)
        g.context.lines = self.buffers.context_lines
        g.work = self.spare.result
        g.work_after = self.spare_after.result
        g.replaying = 1
        g.room = <int64_t>1 << 62
        if (
            g.open.data == NULL or g.taken.data == NULL or g.context_bytes == NULL or g.channel_ttl_us == NULL
            or g.order == NULL or g.quote == NULL
            or resolved_open(g.order, <int32_t>l.nodes_max) != 0 or state_open(&g.state, &l) != 0
        ):
            raise MemoryError("the engine's address space was refused")

    def __dealloc__(self):
        cdef Engine* g = self.engine
        if g == NULL:
            return
        state_close(&g.state)
        if g.order != NULL:
            resolved_close(g.order)
            free(g.order)
        quote_close(g.quote)
        free(g.channel_ttl_us)
        map_release(g.open.data, g.buffer_max)
        map_release(g.taken.data, g.buffer_max)
        map_release(g.context_bytes, ENTRY_MAX + 4096)
        if g.wake_fd >= 0:
            close(g.wake_fd)
        if g.kick_fd >= 0:
            close(g.kick_fd)
        pthread_mutex_destroy(&g.lock)
        free(g)
        self.engine = NULL

    # --- configuration

    cdef int64_t journal_entry(self, Entry* e, int64_t now_us) except -1:
        """Journal an entry that is not a Command; the lock is taken here."""
        cdef Engine* g = self.engine
        cdef int32_t reason
        cdef int64_t seq
        with nogil:
            engine_lock(g)
            reason = R_NOT_DURABLE if g.failed else room_for(g, entry_bound(e))
            if reason == 0 and journal(g, e, now_us if now_us > g.state.now_us else g.state.now_us) != 0:
                reason = R_INTERNAL
            seq = g.state.seq
            journal_kick(g)
            engine_unlock(g)
        if reason:
            raise RuntimeError(f"the journal refused an entry of kind {e.kind}: reason {reason}")
        return seq

    def intern(self, int table, names, int64_t now_us):
        """Assign dense ids to names not yet known; one journal entry per 64 KiB of them."""
        cdef Entry e
        cdef bytes packed
        cdef int64_t seq = self.engine.state.seq
        pending = bytearray()
        count = 0
        fresh = dict.fromkeys(name for name in names if self.find(table, name) < 0)
        self.check_room(table, len(fresh))
        for name in [*fresh, None]:
            if name is not None and not 0 < len(name) <= 64:
                raise ValueError(f"a name must be 1 to 64 bytes: {name!r}")
            if name is None or len(pending) + len(name) + 1 > 65536:
                if count:
                    packed = bytes(pending)
                    entry_clear(&e, KIND_INTERN, NULL, NULL)
                    e.args[0] = table
                    e.args[1] = count
                    e.text.data = packed
                    e.text.size = <int32_t>len(packed)
                    while self.engine.open.size + len(packed) + 4096 > self.engine.buffer_max:
                        raise RuntimeError("the journal buffer is full; flush before interning more")
                    seq = self.journal_entry(&e, now_us)
                pending.clear()
                count = 0
            if name is not None:
                pending.append(len(name))
                pending += name
                count += 1
        return seq

    def check_room(self, int table, int64_t more):
        """Raise when a name table has no room for so many new names."""
        cdef Interner* names = names_of(self.engine, table)
        if names.index.count + more > names.index.slots_max:
            raise ValueError(
                f"name table {table} is full: {names.index.count} used, {more} more wanted, limit {names.index.slots_max}"
            )

    def activate_network(self, NetworkTables tables not None, int version, bytes content_hash not None, int64_t now_us):
        """Journal the activation of a version whose names are interned, and decide with it from now on."""
        cdef Entry e
        cdef int64_t seq
        if len(content_hash) != 32:
            raise ValueError("content_hash must be 32 bytes")
        entry_clear(&e, KIND_NETWORK, NULL, NULL)
        e.args[0] = version
        e.text.data = content_hash
        e.text.size = 32
        seq = self.journal_entry(&e, now_us)
        self.attach_network(tables)
        return seq

    def attach_network(self, NetworkTables tables not None):
        """Decide with these tables; the journal already says that their version is active."""
        cdef Engine* g = self.engine
        cdef const Network* net = &tables.net
        with nogil:
            engine_lock(g)
            g.net = net
            g.state.positions.wide = 1 if net.n_nodes >= 8 else 0
            engine_unlock(g)
        self.tables = tables         # only now may the old version's arrays go

    def raise_overruns(self, int64_t now_us):
        """Raise CAPACITY_OVERRUN where a node's buckets hold more than the active version allows; how many nodes."""
        cdef Engine* g = self.engine
        cdef const Bucket* bucket
        cdef int64_t over
        cdef int32_t worst = 0
        cdef int32_t day
        cdef int32_t today = <int32_t>(now_us // 86400000000) - 1      # yesterday's bucket may still be open somewhere
        cdef Entry e
        raised = 0
        for node_i in range(g.net.n_nodes if g.net != NULL else 0):
            if not g.net.node_present[node_i] or g.net.capacity_kind[node_i] == 0:
                continue
            over = 0
            for day in range(CAPACITY_DAYS):
                bucket = capacity_bucket(&g.state.capacity, node_i, day)
                if bucket.day >= today and bucket.taken - g.net.capacity_limit[node_i] > over:
                    over = bucket.taken - g.net.capacity_limit[node_i]
                    worst = bucket.day
            if over > 0:
                entry_clear(&e, KIND_RAISE, NULL, NULL)
                e.args[0] = FAULT_CAPACITY_OVERRUN
                e.args[1] = node_i
                e.args[2] = over
                e.args[3] = worst
                self.journal_entry(&e, now_us)
                raised += 1
        return raised

    def set_channel_ttl(self, bytes channel not None, int64_t ttl_us):
        """Default hold time of a channel."""
        cdef int i = self.find(TABLE_CHANNELS, channel)
        if i < 0:
            raise KeyError(channel)
        self.engine.channel_ttl_us[i] = ttl_us

    def find(self, int table, bytes name not None):
        """Dense id of a name, or -1."""
        cdef Slice view
        view.data = name
        view.size = <int32_t>len(name)
        return intern_find(names_of(self.engine, table), view)

    def names(self, int table):
        """All names of a table, by dense id."""
        cdef Interner* names = names_of(self.engine, table)
        cdef Slice view
        cdef uint32_t i
        found = []
        for i in range(names.index.count):
            view = interned(names, <int32_t>i)
            found.append(view.data[:view.size])
        return found

    # --- time

    def tick(self, int64_t now_us):
        """Expire holds that are due, at most one slice; how many."""
        cdef Engine* g = self.engine
        cdef int64_t before
        cdef int64_t done = 0
        with nogil:
            engine_lock(g)
            if now_us < g.state.now_us:
                now_us = g.state.now_us
            if not g.failed and due_count(&g.state, now_us, 1) > 0:
                before = g.expired_holds
                if advance(g, now_us, SLICE_HOLDS) == 0:
                    journal_kick(g)
                done = g.expired_holds - before
            engine_unlock(g)
        return done

    # --- re-routing

    def reroute_slice(self, int node_i, uint32_t cursor, int at_most, int64_t now_us):
        """Move up to `at_most` reservations off a node, in one taking of the lock.

        Returns
        -------
        (next cursor or None when through, reservations moved, units moved, reservations stranded, units stranded)
            A cursor that did not advance means that the journal buffer is full: let it drain, then go on.
        """
        cdef Engine* g = self.engine
        cdef uint32_t slot = cursor
        cdef int64_t moved = 0
        cdef int64_t reservations_moved = 0
        cdef int64_t units_moved = 0
        cdef int64_t reservations_stranded = 0
        cdef int64_t units_stranded = 0
        cdef int32_t left
        cdef int32_t done = 0
        cdef bint full = False
        cdef bint through
        cdef Record* record
        with nogil:
            engine_lock(g)
            if now_us < g.state.now_us:
                now_us = g.state.now_us
            catch_up(g, now_us)
            if now_us < g.state.now_us:
                now_us = g.state.now_us
            while slot < g.state.reservations.slots_used and done < at_most and slot < cursor + SCAN_SLOTS:
                if g.state.reservations.offset[slot]:
                    record = record_of(&g.state.reservations, slot)
                    if touches_node(record, node_i):
                        left = reroute_one(g, record, node_i, now_us, &moved)
                        if left < 0:
                            full = True
                            break
                        done += 1
                        units_moved += moved
                        reservations_moved += 1 if moved else 0
                        units_stranded += left
                        reservations_stranded += 1 if left else 0
                slot += 1
            through = not full and slot >= g.state.reservations.slots_used
            journal_kick(g)
            engine_unlock(g)
        if g.failed:
            raise RuntimeError("the engine has failed")
        return None if through else slot, reservations_moved, units_moved, reservations_stranded, units_stranded

    # --- the journal

    @property
    def wake_fd(self):
        """eventfd: readable after each flush."""
        return self.engine.wake_fd

    def clear_wake(self):
        """Drain wake_fd."""
        cdef eventfd_t value
        eventfd_read(self.engine.wake_fd, &value)

    def kick(self):
        """Wake the flush thread if anything waits for the disk."""
        journal_kick(self.engine)

    def rouse(self):
        """Wake the flush thread whatever there is to do (to stop it)."""
        eventfd_write(self.engine.kick_fd, 1)

    def take_batch(self, double timeout_s):
        """Everything decided since the last batch: (first_seq, last_seq, payload), or None after the timeout.

        The payload points into the engine's buffer and is valid until batch_durable.
        """
        cdef Engine* g = self.engine
        cdef JournalBuffer spare
        cdef pollfd wait
        cdef eventfd_t value
        cdef int64_t size
        wait.fd = g.kick_fd
        wait.events = POLLIN
        if g.taken.size:
            raise RuntimeError("the batch taken before is not yet durable")
        with nogil:
            if g.open.size == 0:
                poll(&wait, 1, <int>(timeout_s * 1000))
                eventfd_read(g.kick_fd, &value)
            engine_lock(g)
            size = g.open.size
            if size:
                spare = g.taken
                g.taken = g.open
                g.open = spare
                g.open.size = 0
                g.open.first_seq = 0
            engine_unlock(g)
        if size == 0:
            return None
        return g.taken.first_seq, g.taken.last_seq, PyMemoryView_FromMemory(g.taken.data, size, 0x100)

    def batch_durable(self, int64_t room_bytes):
        """The batch taken is on disk in the chosen mode: replies up to its last sequence may leave."""
        cdef Engine* g = self.engine
        cdef int64_t last
        with nogil:
            engine_lock(g)
            last = g.taken.last_seq
            g.taken.size = 0
            g.room = room_bytes
            engine_unlock(g)
            fd_store_release(<long long*>&g.durable_seq, last)
            eventfd_write(g.wake_fd, 1)

    def fail(self):
        """Latch: the journal failed; nothing is decided or answered any more."""
        cdef Engine* g = self.engine
        with nogil:
            engine_lock(g)
            g.failed = 1
            engine_unlock(g)
            eventfd_write(g.wake_fd, 1)

    def replay(self, int64_t first_seq, int64_t last_seq, payload not None):
        """Apply a batch of the journal."""
        cdef Engine* g = self.engine
        cdef Py_buffer view
        cdef const char* at
        cdef const char* end
        cdef int64_t before_us = 0
        cdef int64_t seq = first_seq
        cdef int64_t size = 0
        cdef Entry e
        if not g.replaying:
            raise RuntimeError("the engine is live")
        if first_seq != g.state.seq + 1:
            raise ValueError(f"the journal goes on at {first_seq} but the state is at {g.state.seq}")
        PyObject_GetBuffer(payload, &view, PyBUF_SIMPLE)
        try:
            at = <const char*>view.buf
            end = at + view.len
            if view.len < 8:
                raise ValueError(f"batch {first_seq} is too short")
            with nogil:
                memcpy(&before_us, at, 8)
                at += 8
                memset(&e, 0, sizeof(Entry))
                while at < end:
                    e.result = &g.work
                    size = entry_unpack(at, end - at, before_us, &e)
                    if size < 0:
                        break
                    e.seq = seq
                    if state_apply(&g.state, &e) != 0:
                        size = -2
                        break
                    before_us = e.now_us
                    at += size
                    seq += 1
        finally:
            PyBuffer_Release(&view)
        if size == -1:
            raise ValueError(f"journal entry {seq} is malformed")
        if size == -2:
            raise ValueError(f"journal entry {seq} of kind {e.kind} does not fit the state before it")
        if seq != last_seq + 1:
            raise ValueError(f"batch {first_seq} holds {seq - first_seq} entries, its frame says up to {last_seq}")

    def start(self, int64_t room_bytes):
        """Leave replay: from now on commands are decided and journalled."""
        self.engine.replaying = 0
        self.engine.room = room_bytes
        self.engine.durable_seq = self.engine.state.seq

    @property
    def durable_seq(self):
        """Highest sequence on disk in the chosen mode."""
        return fd_load_acquire(<long long*>&self.engine.durable_seq)

    @property
    def seq(self):
        """Sequence of the last command applied."""
        return self.engine.state.seq

    @property
    def now_us(self):
        """Last journalled time, microseconds UTC."""
        return self.engine.state.now_us

    @property
    def failed(self):
        """True once the journal failed."""
        return bool(self.engine.failed)

    @property
    def network_version(self):
        """Number of the active network version; 0 = none."""
        return self.engine.state.network_version

    @property
    def network_hash(self):
        """Content hash of the active network version."""
        return (<const char*>self.engine.state.network_hash)[:32]

    @property
    def undurable_bytes(self):
        """Bytes decided and not yet on disk."""
        return self.engine.open.size + self.engine.taken.size

    def in_use(self):
        """(dense SKU ids, dense node ids) of positions with stock, holds or commitments."""
        cdef State* s = &self.engine.state
        cdef Run run
        cdef uint32_t sku
        cdef int32_t p
        cdef int32_t i
        skus = set()
        nodes = set()
        for sku in range(s.skus.index.count):
            if not run_begin(&s.positions, <int32_t>sku, &run):
                continue
            while True:
                for i in range(run.length):
                    p = run.first + i
                    if (
                        position_cell(&s.positions, p, P_ON_HAND)[0] or position_cell(&s.positions, p, P_HELD)[0]
                        or position_cell(&s.positions, p, P_COMMITTED)[0]
                    ):
                        skus.add(sku)
                        nodes.add(position_cell(&s.positions, p, P_NODE)[0])
                if not run_next(&s.positions, &run):
                    break
        return skus, nodes

    def recount(self):
        """Recompute what can be recomputed; a list of what differs, empty when the counters are sound.

        Held and committed units per position and the totals of every record from the allocations; free stock from its
        parts; on_hand never below 0.
        """
        cdef State* s = &self.engine.state
        cdef Record* record
        cdef const AllocationOut* a
        cdef Run run
        cdef uint32_t slot
        cdef uint32_t sku
        cdef int32_t p
        cdef int32_t i
        cdef int64_t total
        held = {}
        committed = {}
        problems = []
        for slot in range(s.reservations.slots_used):
            if s.reservations.offset[slot] == 0:
                continue
            record = record_of(&s.reservations, slot)
            a = record_allocations(record)
            total = 0
            for i in range(record.n_allocations):
                units = open_units(&a[i])
                if units < 0 or a[i].fulfilled < 0 or a[i].released < 0 or a[i].expired < 0:
                    problems.append(f"reservation {record.id[0]:016x}{record.id[1]:016x}: negative units")
                total += units
                key = (a[i].sku_i, a[i].node_i)
                where = committed if record.committed else held
                where[key] = where.get(key, 0) + units
            if total != record.open_units:
                problems.append(f"reservation {record.id[0]:016x}{record.id[1]:016x}: {record.open_units} open, sum {total}")
        for sku in range(s.skus.index.count):
            if not run_begin(&s.positions, <int32_t>sku, &run):
                continue
            while True:
                for i in range(run.length):
                    p = run.first + i
                    key = (<int32_t>sku, position_cell(&s.positions, p, P_NODE)[0])
                    found = (
                        position_cell(&s.positions, p, P_HELD)[0], position_cell(&s.positions, p, P_COMMITTED)[0],
                        position_cell(&s.positions, p, P_FREE)[0],
                    )
                    on_hand = position_cell(&s.positions, p, P_ON_HAND)[0]
                    wanted = (held.get(key, 0), committed.get(key, 0),
                              on_hand - held.get(key, 0) - committed.get(key, 0)
                              - position_cell(&s.positions, p, P_SAFETY)[0])
                    if found != wanted or on_hand < 0:
                        problems.append(f"position {key}: held, committed, free are {found}, recomputed {wanted}")
                if not run_next(&s.positions, &run):
                    break
        return problems

    def digest(self):
        """128-bit digest of the state as 32 hex digits. Holds the lock: about 0.1 s per million records."""
        cdef Engine* g = self.engine
        cdef uint64_t value[2]
        with nogil:
            engine_lock(g)
            state_digest(&g.state, value)
            engine_unlock(g)
        return f"{value[0]:016x}{value[1]:016x}"

    def digest_at(self):
        """(digest, sequence, journalled time), all of one moment."""
        cdef Engine* g = self.engine
        cdef uint64_t value[2]
        cdef int64_t seq
        cdef int64_t now_us
        with nogil:
            engine_lock(g)
            state_digest(&g.state, value)
            seq = g.state.seq
            now_us = g.state.now_us
            engine_unlock(g)
        return f"{value[0]:016x}{value[1]:016x}", seq, now_us

    def stats(self):
        """Counters and table sizes."""
        cdef Engine* g = self.engine
        cdef State* s = &g.state
        return {
            "seq": s.seq, "commands": g.commands, "refused": g.refused, "expired_holds": g.expired_holds,
            "skus": s.skus.index.count, "nodes": s.nodes.index.count, "channels": s.channels.index.count,
            "positions": s.positions.count, "position_bytes": s.positions.blocks_used * 384,
            "reservations": s.reservations.live, "final_reservations": s.reservations.n_final,
            "holds": s.reservations.heap_size,
            "reservation_bytes": s.reservations.records.units_live * 64,
            "request_ids": s.requests.next - s.requests.oldest, "answer_bytes": s.requests.answers.units_live * 16,
            "exceptions_open": s.faults.open_count, "exceptions_dropped": s.faults.dropped,
        }

