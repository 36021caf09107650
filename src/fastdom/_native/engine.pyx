"""submit, the one way in, and the owner of an engine's memory."""

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.memoryview cimport PyMemoryView_FromMemory
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

from threading import Lock

from fastdom._native.capacity cimport Bucket, CAPACITY_DAYS, capacity_bucket
from fastdom._native.command cimport (
    AllocationOut, Command, F_NONE, F_REQUEST_ID, KIND_ADJUST, KIND_COMMIT, KIND_GET, KIND_IMPORT, KIND_INTERN,
    KIND_NETWORK, KIND_NODE_STATUS, KIND_POLICY, KIND_PROMISE, KIND_RAISE, KIND_REROUTE, KIND_RESERVE, KIND_RESOLVE, KIND_ROUTE, KIND_SET,
    LINES_MAX, OPTIONS_MAX, OUTCOME_REFUSED, R_DEADLINE_PASSED, R_INTERNAL, R_MAP_FULL, R_NOT_DURABLE, R_OVERLOADED, R_REQUEST_ID_REUSED, R_UNSUPPORTED, Result, Slice,
)
from fastdom._native.core cimport (
    Engine, JournalBuffer, engine_lock, engine_lock_tables, engine_unlock, engine_unlock_tables, engine_yield, later,
    pthread_mutex_t,
)
from fastdom._native.decision cimport decisions_close
from fastdom._native.entry cimport ENTRY_LATER, ENTRY_MAX, POLICY_EVENT_MAX, Entry, ResultBuffers, entry_bound, entry_key, entry_unpack, result_clear
from fastdom._native.entry_check cimport entry_fits
from fastdom._native.faults cimport FAULT_CAPACITY_OVERRUN
from fastdom._native.frame cimport Frame, frame_at
from fastdom._native.journaling cimport (
    advance, catch_up, entry_clear, journal, journal_kick, make_room, room_for,
)
from fastdom._native.memory cimport map_release, map_reserve, map_touch
from fastdom._native.network cimport Network, NetworkTables
from fastdom._native.order cimport Resolved, resolved_close, resolved_open
from fastdom._native.positions cimport (
    P_COMMITTED, P_FREE, P_HELD, P_NODE, P_ON_HAND, P_SAFETY, Run, position_cell, position_find, run_begin,
    run_next,
)
from fastdom._native.plan cimport Scratch as PlanScratch
from fastdom._native.quote cimport quote_close, quote_open, quote_quantities
from fastdom._native.quote_scratch cimport FINGERPRINT_MAX, Quote
from fastdom._native.remembering cimport refuse, remember, request_named, seen_before
from fastdom._native.requests cimport request_key
from fastdom._native.reroute cimport node_over, relieve_one, reroute_one, run_reroute, touches_node
from fastdom._native.reservations cimport Record, open_units, record_allocations, record_of
from fastdom._native.run_change cimport run_import, run_node_status, run_resolve, run_stock, run_verb
from fastdom._native.run_order cimport mutates, run_order
from fastdom._native.digest cimport DIGEST_SLICE, Digest, digest_close, digest_slice
from fastdom._native.state cimport (
    Limits, NODE_OFFLINE, REPLAY_SHARE, State, TABLE_CHANNELS, TABLE_NODES, TABLE_SERVICES, TABLE_SKUS, TABLE_TENANTS, due_count,
    state_ahead, state_apply, state_close, state_digest_begin, state_digest_open, state_open,
)
from fastdom._native.table cimport Interner, index_fetch, intern_find, interned
from fastdom._native.verbs cimport TTL_DEFAULT_US

import numpy as np

from fastdom.reasons import EngineError, Field, Reason


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
    POSITIONS_AT_ONCE = 1024     # positions looked up in one taking of the lock: about 50 microseconds
    SCAN_UNITS = 1024            # reservations and allocations looked at in one taking of the lock: about 50 microseconds
    MOVE_LINES = 8               # lines re-routed in one taking of the lock, one reservation at the least
    TAKINGS_MAX = 16             # takings of the lock in one call of reroute_slice
    NAMES_STRETCH = 4096         # names told, or SKUs looked at, before other threads have a turn


cdef int submit(Engine* g, Command* c, Result* r) noexcept nogil:
    c.now_us = later(g, c.now_us)
    result_clear(r)
    r.now_us = c.now_us
    if g.failed:
        return refuse(r, R_NOT_DURABLE, F_NONE)
    if c.deadline_us and c.deadline_us <= c.now_us:
        return refuse(r, R_DEADLINE_PASSED, F_NONE)
    catch_up(g, c.now_us)
    c.now_us = later(g, c.now_us)
    if mutates(c):
        make_room(g, c.now_us)
    r.now_us = c.now_us
    if c.kind == KIND_RESERVE or c.kind == KIND_ROUTE or c.kind == KIND_PROMISE:
        run_order(g, c, r)
    elif KIND_COMMIT <= c.kind <= KIND_GET:
        run_verb(g, c, r)
    elif c.kind == KIND_ADJUST or c.kind == KIND_SET:
        run_stock(g, c, r)
    elif c.kind == KIND_IMPORT:
        run_import(g, c, r)
    elif c.kind == KIND_NODE_STATUS:
        run_node_status(g, c, r)
    elif c.kind == KIND_REROUTE:
        run_reroute(g, c, r)
    elif c.kind == KIND_RESOLVE:
        run_resolve(g, c, r)
    else:
        refuse(r, R_UNSUPPORTED, F_NONE)
    g.commands += 1
    if r.status.reason or r.outcome == OUTCOME_REFUSED:
        g.refused += 1
    return 0


# --- moving reservations off a node ----------------------------------------------------------------------------------

cdef struct Moves:               # off one node, so far
    uint32_t slot                # the next reservation to look at
    int32_t done                 # reservations moved or stranded
    bint full                    # the journal buffer has no room
    bint through
    int64_t reservations_moved
    int64_t units_moved
    int64_t reservations_stranded
    int64_t units_stranded


cdef void move_some(Engine* g, int32_t node_i, bint excess, int32_t at_most, int64_t now_us, Moves* m) noexcept nogil:
    """A slice of it, under the lock: until so many slots were looked at, lines planned, or `at_most` reservations done.

    `excess`: only what is in buckets with more than their limit, and no more of it than that.
    """
    cdef const Record* record
    cdef int64_t looked = 0
    cdef int64_t lines = 0
    cdef int64_t moved = 0
    cdef int32_t n_lines
    cdef int32_t left
    if not (node_over(g, node_i, now_us) if excess else g.state.node_status[node_i] == NODE_OFFLINE):
        m.through = True         # it works again: what it still has, it keeps
        return
    while m.slot < g.state.reservations.slots_used and m.done < at_most and looked < SCAN_UNITS and lines < MOVE_LINES:
        if g.state.reservations.offset[m.slot]:
            record = record_of(&g.state.reservations, m.slot)
            if record.open_units:
                looked += record.n_allocations
            if touches_node(record, node_i):
                n_lines = record.n_lines
                if excess:
                    left = relieve_one(g, <Record*>record, node_i, now_us, &moved)
                else:
                    left = reroute_one(g, <Record*>record, node_i, now_us, &moved)
                if left < 0:
                    m.full = True
                    return
                lines += n_lines
                m.done += 1 if moved or left else 0
                m.units_moved += moved
                m.reservations_moved += 1 if moved else 0
                m.units_stranded += left
                m.reservations_stranded += 1 if left else 0
                if excess and moved:
                    continue     # it may have another shipment there
        looked += 1
        m.slot += 1
    m.through = m.slot >= g.state.reservations.slots_used


# --- the Python face of the owner ----------------------------------------------------------------------------------

cdef uint32_t mark_used(const State* s, uint32_t sku, uint32_t end, uint8_t* sku_used, uint8_t* node_used) noexcept nogil:
    """Mark the SKUs and nodes of positions with stock, holds or commitments, for a slice; the next SKU."""
    cdef Run run
    cdef int64_t looked = 0
    cdef int32_t p
    cdef bint more
    while sku < end and looked < NAMES_STRETCH:
        more = run_begin(&s.positions, <int32_t>sku, &run)
        while more:
            for p in range(run.first, run.first + run.length):
                if (
                    position_cell(&s.positions, p, P_ON_HAND)[0] or position_cell(&s.positions, p, P_HELD)[0]
                    or position_cell(&s.positions, p, P_COMMITTED)[0]
                ):
                    sku_used[sku] = 1
                    node_used[position_cell(&s.positions, p, P_NODE)[0]] = 1
            looked += run.length
            more = run_next(&s.positions, &run)
        looked += 1
        sku += 1
    return sku


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
    "request_window_us", "reroute_attempts_max", "reroute_exclusion_us",
)


cdef void touch_scratch(Engine* g) noexcept nogil:
    """Back the scratch of commands by memory now: the first large order need not wait for a thousand pages."""
    cdef size_t some = 2097152
    cdef size_t buffer = <size_t>g.buffer_max
    map_touch(g.open.data, some if some < buffer else buffer)
    map_touch(g.taken.data, some if some < buffer else buffer)
    map_touch(g.context_bytes, ENTRY_MAX + 4096)
    map_touch(g.quote, sizeof(Quote))
    map_touch(g.quote.kernel, sizeof(PlanScratch))
    map_touch(g.quote.text, FINGERPRINT_MAX)
    map_touch(g.quote.group_available, some)


cdef int cold_command(
    Command* c, int32_t kind, bytes request_id, bytes fingerprint, int64_t now_us, int32_t tenant_i
) except -1:
    """The head of a request about a network or a policy; its body is known by its fingerprint alone."""
    memset(c, 0, sizeof(Command))
    c.kind = kind
    c.tenant_i = tenant_i
    c.now_us = now_us
    c.request_id.data = request_id
    c.request_id.size = <int32_t>len(request_id)
    if len(request_id) and len(fingerprint) != 16:
        raise ValueError("fingerprint must be 16 bytes")
    if len(fingerprint):
        memcpy(c.fingerprint, <const char*>fingerprint, 16)
    return 0


cdef class PolicyEvents:
    """Events of policies as slices, to be journalled together."""
    cdef Slice* texts            # [n] into the bytes of `events`
    cdef int64_t* seqs           # [n] as journalled
    cdef int32_t n
    cdef int64_t bound           # bytes their entries may take, at most
    cdef list events

    def __cinit__(self, events):
        cdef Entry e
        cdef bytes event
        cdef int32_t i
        self.events = list(events)
        self.n = <int32_t>len(self.events)
        self.texts = <Slice*>malloc((self.n + 1) * sizeof(Slice))
        self.seqs = <int64_t*>malloc((self.n + 1) * sizeof(int64_t))
        if self.texts == NULL or self.seqs == NULL:
            raise MemoryError("events of policies")
        entry_clear(&e, KIND_POLICY, NULL, NULL)
        for i in range(self.n):
            event = self.events[i]
            if not 0 < len(event) <= POLICY_EVENT_MAX:
                raise ValueError(f"an event of a policy must be 1 .. {POLICY_EVENT_MAX} bytes, got {len(event)}")
            self.texts[i].data = event
            self.texts[i].size = <int32_t>len(event)
            e.text = self.texts[i]
            self.bound += entry_bound(&e)

    def __dealloc__(self):
        free(self.texts)
        free(self.seqs)

    cdef int32_t journal(self, Engine* g, int64_t now_us) noexcept nogil:
        """Journal them, under the lock and with room for all; 0 or the reason of a failure that latched the engine."""
        cdef Entry e
        cdef int32_t i
        for i in range(self.n):
            entry_clear(&e, KIND_POLICY, NULL, NULL)
            e.text = self.texts[i]
            if journal(g, &e, now_us) != 0:
                return R_INTERNAL
            self.seqs[i] = g.state.seq
        return 0

    cdef list log(self):
        """(sequence, event) of each."""
        return [(self.seqs[i], self.events[i]) for i in range(self.n)]


cdef int32_t room_together(const Engine* g, int64_t size) noexcept nogil:
    """OK (0), or why entries of `size` bytes in all cannot be journalled in one batch."""
    if g.open.size + size + 8 > g.buffer_max:
        return R_OVERLOADED
    return R_MAP_FULL if g.open.size + g.taken.size + size + 8 > g.room else 0


cdef class NativeEngine:
    def __cinit__(self, dict limits not None, bytes token_key not None, int64_t buffer_bytes=16 << 20,
                  int64_t ttl_default_us=TTL_DEFAULT_US):
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
        l.reroute_attempts_max = limits["reroute_attempts_max"]
        l.reroute_exclusion_us = limits["reroute_exclusion_us"]
        self.policy_log = []
        self.digest_turn = Lock()
        self.buffers = ResultBuffers()
        self.spare = ResultBuffers()
        self.spare_after = ResultBuffers()
        g = <Engine*>calloc(1, sizeof(Engine))
        if g == NULL:
            raise MemoryError("engine")
        self.engine = g
        pthread_mutex_init(&g.lock, NULL)
        pthread_mutex_init(&g.wide_lock, NULL)
        g.wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)
        g.kick_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)
        memcpy(g.token_key, <const char*>token_key, 16)
        getrandom(g.random_key, 16, 0)
        g.buffer_max = buffer_bytes
        g.ttl_default_us = ttl_default_us
        g.open.data = <char*>map_reserve(buffer_bytes)
        g.taken.data = <char*>map_reserve(buffer_bytes)
        g.context_bytes = <char*>map_reserve(ENTRY_MAX + 4096)
        g.leaving = <int32_t*>calloc(LINES_MAX * OPTIONS_MAX, sizeof(int32_t))
        g.channel_ttl_us = <int64_t*>calloc(l.channels_max, sizeof(int64_t))
        g.order = <Resolved*>calloc(1, sizeof(Resolved))
        g.quote = quote_open(<int32_t>l.nodes_max, g.token_key)
        g.wide_order = <Resolved*>calloc(1, sizeof(Resolved))
        g.wide_quote = quote_open(<int32_t>l.nodes_max, g.token_key)
        g.context.lines = self.buffers.context_lines
        g.work = self.spare.result
        g.work_after = self.spare_after.result
        g.replaying = 1
        g.room = <int64_t>1 << 62
        if (
            g.open.data == NULL or g.taken.data == NULL or g.context_bytes == NULL or g.channel_ttl_us == NULL
            or g.leaving == NULL
            or g.order == NULL or g.quote == NULL or g.wide_order == NULL or g.wide_quote == NULL
            or resolved_open(g.order, <int32_t>l.nodes_max) != 0
            or resolved_open(g.wide_order, <int32_t>l.nodes_max) != 0 or state_open(&g.state, &l) != 0
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
        if g.wide_order != NULL:
            resolved_close(g.wide_order)
            free(g.wide_order)
        quote_close(g.quote)
        quote_close(g.wide_quote)
        decisions_close(g)
        free(g.channel_ttl_us)
        free(g.leaving)
        map_release(g.open.data, g.buffer_max)
        map_release(g.taken.data, g.buffer_max)
        map_release(g.context_bytes, ENTRY_MAX + 4096)
        if g.wake_fd >= 0:
            close(g.wake_fd)
        if g.kick_fd >= 0:
            close(g.kick_fd)
        pthread_mutex_destroy(&g.lock)
        pthread_mutex_destroy(&g.wide_lock)
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
            engine_unlock(g)
            journal_kick(g)
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

    def activate_network(
        self, NetworkTables tables, int version, bytes content_hash not None, int64_t now_us, bytes request_id=b"",
        bytes fingerprint=b"", int tenant_i=0, events=(),
    ):
        """Journal the activation of a version whose names are interned, and decide with it from now on.

        The entries come into one batch, which is on the disk whole or not at all.

        Parameters
        ----------
        tables
            None = the version is active already: nothing but the request id is new.
        request_id, fingerprint : bytes
            Id of the request, empty = none, and 16 bytes that stand for its body: see `recall_network`.
        events : sequence of bytes
            What happens to policies in the same step (fastdom.policy.encode_event); `tables` decide by their outcome.

        Raises
        ------
        EngineError
            REQUEST_ID_REUSED, or no room.
        """
        cdef Engine* g = self.engine
        cdef Command c
        cdef Result r
        cdef Entry e
        cdef uint64_t key[2]
        cdef PolicyEvents policies = PolicyEvents(events)
        if len(content_hash) != 32:
            raise ValueError("content_hash must be 32 bytes")
        cold_command(&c, KIND_NETWORK, request_id, fingerprint, now_us, tenant_i)
        memset(&r, 0, sizeof(Result))
        r.network_version = version
        r.activated = tables is not None
        entry_clear(&e, KIND_NETWORK, &c, &r)
        e.args[0] = version
        e.text.data = content_hash
        e.text.size = 32
        request_key(c.tenant_i, c.request_id, key)
        with nogil:
            engine_lock_tables(g)
            c.now_us = later(g, now_us)
            r.now_us = c.now_us
            if g.failed:
                refuse(&r, R_NOT_DURABLE, F_NONE)
            elif room_together(g, entry_bound(&e) + policies.bound):
                refuse(&r, room_together(g, entry_bound(&e) + policies.bound), F_NONE)
            elif c.request_id.size == 0:
                refuse(&r, room_for(g, entry_bound(&e)), F_NONE)
                if r.status.reason == 0 and journal(g, &e, r.now_us) != 0:
                    refuse(&r, R_INTERNAL, F_NONE)
            elif seen_before(g, &c, key, &r):
                refuse(&r, R_REQUEST_ID_REUSED, F_REQUEST_ID)
            else:
                remember(g, &e, &c, key, &r)
            if r.status.reason == 0:
                refuse(&r, policies.journal(g, r.now_us), F_NONE)
            if r.status.reason == 0 and r.activated:
                self.adopt(&tables.net)
            r.seq = g.state.seq
            engine_unlock_tables(g)
            journal_kick(g)
        if r.status.reason:
            raise EngineError(Reason(r.status.reason), Field(r.status.field), seq=r.wait_seq)
        self.policy_log += policies.log()
        if tables is not None:
            self.attach_network(tables)  # tells the face the new names, and lets the old version's arrays go
            self.proposed = None
        return r.seq

    def recall_network(
        self, bytes request_id not None, bytes fingerprint not None, int64_t first_sent_at_us, int64_t now_us,
        int tenant_i=0,
    ):
        """What a request to load a network was answered: (version, whether it became active by it, sequence), or None.

        Raises
        ------
        EngineError
            REQUEST_ID_REUSED, with another fingerprint or method; REQUEST_ID_EXPIRED; the id is missing or too long.
        """
        cdef Result r
        cdef bint seen = self.recall(KIND_NETWORK, request_id, fingerprint, first_sent_at_us, now_us, tenant_i, &r)
        return (r.network_version, bool(r.activated), r.seq) if seen else None

    cdef bint recall(
        self, int32_t kind, bytes request_id, bytes fingerprint, int64_t first_sent_at_us, int64_t now_us,
        int32_t tenant_i, Result* result,
    ) except? 1:
        """Whether the request id was answered before; with what. Raises what it is refused with."""
        cdef Engine* g = self.engine
        cdef Command c
        cdef Result r
        cdef uint64_t key[2]
        cdef bint seen
        cold_command(&c, kind, request_id, fingerprint, now_us, tenant_i)
        c.first_sent_at_us = first_sent_at_us
        memset(&r, 0, sizeof(Result))
        request_key(c.tenant_i, c.request_id, key)
        with nogil:
            engine_lock(g)
            r.now_us = later(g, now_us)
            if g.failed:
                seen = refuse(&r, R_NOT_DURABLE, F_NONE) == 0
            elif not request_named(&c, &r):
                seen = True
            else:
                seen = seen_before(g, &c, key, &r)
            engine_unlock(g)
        if r.status.reason:
            raise EngineError(Reason(r.status.reason), Field(r.status.field), seq=r.wait_seq)
        result[0] = r
        return seen

    def change_policy(
        self, bytes event not None, int version, NetworkTables tables, int64_t now_us, bytes request_id not None,
        bytes fingerprint not None, int tenant_i=0,
    ):
        """Journal an event of a policy under its request id, and decide with the tables it leads to from now on.

        Parameters
        ----------
        event : bytes
            fastdom.policy.encode_event.
        version : int
            The version it is about, 1 upwards.
        tables
            None = it changes no decision.

        Returns
        -------
        int
            Its sequence.

        Raises
        ------
        EngineError
            REQUEST_ID_REUSED, or no room.
        """
        cdef Engine* g = self.engine
        cdef Command c
        cdef Result r
        cdef Entry e
        cdef uint64_t key[2]
        cdef bint decides = tables is not None
        cdef PolicyEvents checked = PolicyEvents([event])
        cold_command(&c, KIND_POLICY, request_id, fingerprint, now_us, tenant_i)
        memset(&r, 0, sizeof(Result))
        r.policy_version = version
        entry_clear(&e, KIND_POLICY, &c, &r)
        e.text = checked.texts[0]
        request_key(c.tenant_i, c.request_id, key)
        with nogil:
            engine_lock_tables(g)
            c.now_us = later(g, now_us)
            r.now_us = c.now_us
            if g.failed:
                refuse(&r, R_NOT_DURABLE, F_NONE)
            elif not request_named(&c, &r):
                pass
            elif seen_before(g, &c, key, &r):
                refuse(&r, R_REQUEST_ID_REUSED, F_REQUEST_ID)
            else:
                remember(g, &e, &c, key, &r)
            if r.status.reason == 0 and decides:
                self.adopt(&tables.net)
            engine_unlock_tables(g)
            journal_kick(g)
        if r.status.reason:
            raise EngineError(Reason(r.status.reason), Field(r.status.field), seq=r.wait_seq)
        self.policy_log.append((r.seq, event))
        if decides:
            self.attach_network(tables)
        return r.seq

    def note_policies(self, events, NetworkTables tables not None, int64_t now_us):
        """Journal events of policies that nobody asked for, in one batch, and decide with the tables they lead to."""
        cdef Engine* g = self.engine
        cdef PolicyEvents policies = PolicyEvents(events)
        cdef int32_t reason
        with nogil:
            engine_lock_tables(g)
            reason = R_NOT_DURABLE if g.failed else room_together(g, policies.bound)
            if reason == 0:
                reason = policies.journal(g, later(g, now_us))
            if reason == 0:
                self.adopt(&tables.net)
            engine_unlock_tables(g)
            journal_kick(g)
        if reason:
            raise EngineError(Reason(reason))
        self.policy_log += policies.log()
        self.attach_network(tables)

    def recall_policy(
        self, bytes request_id not None, bytes fingerprint not None, int64_t first_sent_at_us, int64_t now_us,
        int tenant_i=0,
    ):
        """Sequence of the event that a request to change a policy led to, or None. Raises as `recall_network`."""
        cdef Result r
        cdef bint seen = self.recall(KIND_POLICY, request_id, fingerprint, first_sent_at_us, now_us, tenant_i, &r)
        return r.seq if seen else None

    cdef void adopt(self, const Network* net) noexcept nogil:
        """Decide with these tables; the lock is held."""
        self.engine.net = net
        self.engine.state.proposed = NULL
        self.engine.state.positions.wide = 1 if net.n_nodes >= 8 else 0

    def propose_network(self, NetworkTables tables not None):
        """From now on no stock is put where this version has no node or SKU: what it would lose can only shrink."""
        cdef Engine* g = self.engine
        cdef const Network* net = &tables.net
        self.proposed = tables
        with nogil:
            engine_lock(g)
            g.state.proposed = net
            engine_unlock(g)

    def withdraw_network(self):
        """The proposed version is not activated after all."""
        cdef Engine* g = self.engine
        with nogil:
            engine_lock(g)
            g.state.proposed = NULL
            engine_unlock(g)
        self.proposed = None

    def attach_network(self, NetworkTables tables not None):
        """Decide with these tables; the journal already says that their version is active."""
        cdef Engine* g = self.engine
        cdef const Network* net = &tables.net
        with nogil:
            engine_lock_tables(g)
            self.adopt(net)
            engine_unlock_tables(g)
        self.tables = tables         # only now may the old version's arrays go

    def set_quantities(self, sku_i, node_i, weekly_demand_milli, unit_price):
        """What is known of positions, from the next decision on; positions that are not named are not known any more.

        The journal does not hold it: decisions are recorded, not made again. The lock is given up after every
        POSITIONS_AT_ONCE positions, so orders go on being decided.

        Parameters
        ----------
        sku_i, node_i : int32[n]
            Dense ids; a position without stock is passed over.
        weekly_demand_milli : int64[n]
            Forecast in 1/1000 unit a week, 0 .. 2**40; -1 = not known.
        unit_price : int64[n]
            Look-ahead price of a unit in micros, 0 .. 2**50; 0 = none.

        Raises
        ------
        ValueError
            Lengths differ, or a number is out of range.
        """
        cdef Engine* g = self.engine
        cdef const int32_t[::1] skus = np.ascontiguousarray(sku_i, dtype=np.int32)
        cdef const int32_t[::1] nodes = np.ascontiguousarray(node_i, dtype=np.int32)
        cdef const int64_t[::1] weekly = np.ascontiguousarray(weekly_demand_milli, dtype=np.int64)
        cdef const int64_t[::1] price = np.ascontiguousarray(unit_price, dtype=np.int64)
        cdef int64_t[::1] weekly_of
        cdef int64_t[::1] price_of
        cdef Py_ssize_t n = skus.shape[0]
        cdef Py_ssize_t size
        cdef Py_ssize_t i
        cdef Py_ssize_t at
        cdef int32_t p
        if nodes.shape[0] != n or weekly.shape[0] != n or price.shape[0] != n:
            raise ValueError("sku_i, node_i, weekly_demand_milli and unit_price must be equally long")
        for i in range(n):
            if not 0 <= skus[i] < <int64_t>g.state.positions.skus_max or nodes[i] < 0:
                raise ValueError(f"row {i}: sku_i {skus[i]}, node_i {nodes[i]} are no dense ids")
            if not -1 <= weekly[i] <= <int64_t>1 << 40 or not 0 <= price[i] <= <int64_t>1 << 50:
                raise ValueError(f"row {i}: demand must be -1 .. 2^40, price 0 .. 2^50, got {weekly[i]}, {price[i]}")
        with nogil:
            engine_lock(g)
            size = <Py_ssize_t>g.state.positions.blocks_used * 8
            engine_unlock(g)
        kept = np.full(size + 1, -1, dtype=np.int64), np.zeros(size + 1, dtype=np.int64)
        weekly_of, price_of = kept
        for at in range(0, n, POSITIONS_AT_ONCE):
            with nogil:
                engine_lock(g)
                for i in range(at, at + POSITIONS_AT_ONCE if at + POSITIONS_AT_ONCE < n else n):
                    p = position_find(&g.state.positions, skus[i], nodes[i])
                    if 0 <= p < size:
                        weekly_of[p] = weekly[i]
                        price_of[p] = price[i]
                engine_unlock(g)
        with nogil:
            engine_lock_tables(g)
            quote_quantities(g.quote, &weekly_of[0], size, &price_of[0], size)
            quote_quantities(g.wide_quote, &weekly_of[0], size, &price_of[0], size)
            engine_unlock_tables(g)
        self.quantities = kept       # only now may the old arrays go

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
        """All names of a table, by dense id; other threads have a turn now and then."""
        cdef Interner* names = names_of(self.engine, table)
        cdef Slice view
        cdef uint32_t count = names.index.count
        cdef uint32_t i
        found = [None] * count
        for i in range(count):
            view = interned(names, <int32_t>i)
            found[i] = view.data[:view.size]
            if i % NAMES_STRETCH == 0:
                with nogil:
                    pass
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
                advance(g, now_us)
                done = g.expired_holds - before
            engine_unlock(g)
            journal_kick(g)
        return done

    # --- re-routing

    def reroute_slice(self, int node_i, uint32_t cursor, int at_most, int64_t now_us, bint excess=False):
        """Move up to `at_most` reservations off a node, giving the lock up after every few lines.

        With `excess` shipments in buckets that have more than their limit alone, until they have no more than that.

        Returns
        -------
        (next cursor or None when through, reservations moved, units moved, reservations stranded, units stranded)
            A cursor that did not advance means that the journal buffer is full: let it drain, then go on. It is through
            as soon as the node is no longer OFFLINE, or no bucket of it has more than its limit.
        """
        cdef Engine* g = self.engine
        cdef Moves moves
        cdef int32_t takings = 0
        memset(&moves, 0, sizeof(Moves))
        moves.slot = cursor
        with nogil:
            engine_lock(g)
            while True:
                now_us = later(g, now_us)
                catch_up(g, now_us)
                now_us = later(g, now_us)
                move_some(g, node_i, excess, at_most, now_us, &moves)
                takings += 1
                if moves.full or moves.through or moves.done >= at_most or takings == TAKINGS_MAX:
                    break
                engine_yield(g)
            engine_unlock(g)
            journal_kick(g)
        if g.failed:
            raise RuntimeError("the engine has failed")
        return (
            None if moves.through else moves.slot, moves.reservations_moved, moves.units_moved,
            moves.reservations_stranded, moves.units_stranded,
        )

    def large_orders(self):
        """(orders planned beside the lock, plans that no longer stood and were made anew, longest slice), see wide.pxd.

        The longest slice is the longest time in nanoseconds that one held the lock since this was asked last.
        """
        cdef Engine* g = self.engine
        cdef int64_t orders
        cdef int64_t again
        cdef int64_t longest
        with nogil:
            engine_lock(g)
            orders = g.wide_orders
            again = g.wide_again
            longest = g.wide_longest_ns
            g.wide_longest_ns = 0
            engine_unlock(g)
        return orders, again, longest

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
            state_ahead(&g.state, 0)        # on the flush thread, not under the lock

    def set_room(self, int64_t room_bytes):
        """Bytes the journal surely takes, after something else than a batch was written to it."""
        cdef Engine* g = self.engine
        with nogil:
            engine_lock(g)
            g.room = room_bytes
            engine_unlock(g)

    def fail(self):
        """Latch: the journal failed; nothing is decided or answered any more."""
        cdef Engine* g = self.engine
        with nogil:
            engine_lock(g)
            g.failed = 1
            engine_unlock(g)
            eventfd_write(g.wake_fd, 1)

    def before_fork(self):
        """Take every lock, so that a child process gets the state between two commands. Nothing else until `after_fork`."""
        with nogil:
            engine_lock_tables(self.engine)

    def after_fork(self, bint child):
        """Give the locks back; the engine of the child latches: it shares files, not threads, with its parent."""
        if child:
            self.engine.failed = 1
        engine_unlock_tables(self.engine)

    def replay(self, int64_t first_seq, int64_t last_seq, payload not None):
        """Apply a batch of the journal.

        Raises
        ------
        ValueError
            The batch does not go on where the state is, or one of its entries is malformed or does not fit the state;
            the message says which. Whatever the bytes are, no table is touched outside its bounds.
        """
        cdef Py_buffer view
        PyObject_GetBuffer(payload, &view, PyBUF_SIMPLE)
        try:
            self.apply_batch(first_seq, last_seq, <const char*>view.buf, view.len)
        finally:
            PyBuffer_Release(&view)

    def replay_frames(self, data not None, int64_t until_seq):
        """Apply the journal frames in `data` one after the other; those applied already are passed over.

        Parameters
        ----------
        data : bytes-like
            Frames without a gap, as in a value of the journal's database.
        until_seq : int
            A frame that begins behind it is left.

        Returns
        -------
        int
            Bytes taken; less than `data` has when a frame was left, does not follow, or is damaged:
            fastdom.journal says how.

        Raises
        ------
        ValueError
            As `replay`.
        """
        cdef Py_buffer view
        cdef Frame frame
        cdef int64_t at = 0
        cdef int64_t size = 0
        PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
        try:
            while at < view.len:
                with nogil:
                    size = frame_at(<const char*>view.buf + at, view.len - at, &frame)
                if size == 0 or frame.first_seq > until_seq or frame.first_seq > self.engine.state.seq + 1:
                    break
                if frame.last_seq > self.engine.state.seq:
                    self.apply_batch(frame.first_seq, frame.last_seq, frame.payload, frame.length)
                at += size
        finally:
            PyBuffer_Release(&view)
        return at

    cdef int apply_batch(self, int64_t first_seq, int64_t last_seq, const char* at, int64_t length) except -1:
        """See `replay`."""
        cdef Engine* g = self.engine
        cdef const char* end = at + length
        cdef int64_t before_us = 0
        cdef int64_t seq = first_seq
        cdef int64_t size = 0
        cdef uint64_t key = 0
        cdef Entry e
        if not g.replaying:
            raise RuntimeError("the engine is live")
        if first_seq != g.state.seq + 1:
            raise ValueError(f"the journal goes on at {first_seq} but the state is at {g.state.seq}")
        if length < 8:
            raise ValueError(f"batch {first_seq} is too short")
        with nogil:
            memcpy(&before_us, at, 8)
            at += 8
            memset(&e, 0, sizeof(Entry))
            while at < end:
                e.result = &g.work
                size = entry_unpack(at, end - at, before_us, &e, &g.context)
                if size < 0:
                    break
                e.seq = seq
                if not entry_fits(&g.state, &e, &g.context) or state_apply(&g.state, &e) != 0:
                    size = -2
                    break
                if e.kind == KIND_POLICY:
                    with gil:
                        self.policy_log.append((seq, e.text.data[:e.text.size]))
                before_us = e.now_us
                at += size
                seq += 1
                if entry_key(at, end - at, &key):
                    index_fetch(&g.state.requests.by_key, key)
        if size == -1:
            raise ValueError(f"journal entry {seq} is malformed")
        if size == ENTRY_LATER:
            raise ValueError(f"journal entry {seq} was written by a later version of this program")
        if size == -2:
            raise ValueError(
                f"journal entry {seq} of kind {e.kind} does not fit the state before it, or the configured limits"
            )
        if seq != last_seq + 1:
            raise ValueError(f"batch {first_seq} holds {seq - first_seq} entries, its frame says up to {last_seq}")
        return 0

    def back_ahead(self):
        """Have the kernel back the memory a replay fills next; for one other thread, while `replay` runs."""
        with nogil:
            state_ahead(&self.engine.state, REPLAY_SHARE)

    def start(self, int64_t room_bytes):
        """Leave replay: from now on commands are decided and journalled."""
        self.engine.replaying = 0
        touch_scratch(self.engine)
        state_ahead(&self.engine.state, 0)
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
        """(dense SKU ids, dense node ids) of positions with stock, holds or commitments.

        Looked up some SKUs at a time under the lock, so commands in between may change what was passed.
        """
        cdef Engine* g = self.engine
        cdef State* s = &g.state
        cdef uint32_t count = s.skus.index.count
        cdef uint32_t first = 0
        cdef uint32_t i
        cdef uint8_t[::1] sku_used = bytearray(count + 1)
        cdef uint8_t[::1] node_used = bytearray(s.limits.nodes_max)
        with nogil:
            while first < count:
                engine_lock(g)
                first = mark_used(s, first, count, &sku_used[0], &node_used[0])
                engine_unlock(g)
        skus = set()
        for i in range(count):
            if sku_used[i]:
                skus.add(i)
            if i % NAMES_STRETCH == 0:
                with nogil:
                    pass
        return skus, {i for i in range(<uint32_t>s.limits.nodes_max) if node_used[i]}

    def recount(self):
        """Recompute what can be recomputed; a list of what differs, empty when the counters are sound.

        For an engine at rest: nothing is locked, and the GIL is held throughout.

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
        """128-bit digest of the state as 32 hex digits (see digest_at)."""
        return self.digest_at()[0]

    def digest_at(self):
        """(digest, sequence, journalled time), all of one moment: the last journalled one when it began.

        Holds the lock for slices of about 100 microseconds; commands decided meanwhile change nothing in it. One digest
        at a time: a second caller waits for the first.
        """
        cdef Engine* g = self.engine
        cdef Digest* d = NULL
        cdef int64_t seq = 0
        cdef int64_t now_us = 0
        cdef bint more
        with self.digest_turn:
            if self.digest_buffers is None:
                self.digest_buffers = ResultBuffers()
            with nogil:
                while True:
                    d = state_digest_open(&g.state)
                    if d == NULL:
                        break
                    d.result = &self.digest_buffers.result
                    d.context.lines = self.digest_buffers.context_lines
                    engine_lock(g)
                    more = state_digest_begin(&g.state, d)
                    seq = g.state.seq
                    now_us = g.state.now_us
                    if more:
                        break
                    engine_unlock(g)
                    digest_close(d)
                if d != NULL:
                    while digest_slice(d, DIGEST_SLICE):
                        engine_yield(g)
                    g.state.digest = NULL
                    engine_unlock(g)
            if d == NULL:
                raise MemoryError("digest")
            found = f"{d.total[0]:016x}{d.total[1]:016x}"
            digest_close(d)
            return found, seq, now_us

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

