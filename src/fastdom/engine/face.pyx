"""Face: typed calls on the engine for in-process users, cold RPCs and tests.

A call fills a Command from its dataclass, releases the GIL, takes the engine lock, submits, copies the texts that lie
in the state, unlocks, and builds the answer. It does not wait for the disk: the answer's `seq` says what must be durable
before it may be given away. A refusal raises EngineError, which carries the same `seq`; too little stock is an answer.
"""

import dataclasses

import numpy as np

from libc.stdint cimport int32_t, int64_t

from fastdom._native.build cimport (
    build_exception, build_promise, build_reroute, build_reserve, build_route, build_stock, build_verb, name_of,
)
from fastdom._native.bulk cimport import_rows
from fastdom._native.command cimport (
    Command, ID_MAX, IMPORT_ROWS_MAX, KIND_ADJUST, KIND_COMMIT, KIND_EXTEND, KIND_FULFILL, KIND_GET, KIND_IMPORT,
    KIND_NODE_STATUS, KIND_PROMISE, KIND_RELEASE, KIND_REROUTE, KIND_RESERVE, KIND_RESOLVE, KIND_ROUTE, KIND_SET, LINES_MAX, MODE_PLAN,
    REQUEST_ID_MAX, Result, SetRow,
)
from fastdom._native.engine cimport (
    Engine, engine_lock, engine_unlock, journal_kick, submit,
)
from fastdom._native.faults cimport Fault, fault_find
from fastdom._native.fill cimport (
    fill_adjust, fill_commit, fill_extend, fill_get, fill_node_status, fill_promise, fill_relieve, fill_reroute, fill_reserve,
    fill_resolve, fill_route, fill_rows, fill_set, fill_units,
)
from fastdom._native.network cimport NetworkTables
from fastdom._native.scratch cimport Scratch, keep_texts, scratch_begin
from fastdom._native.verbs cimport TTL_DEFAULT_US, TTL_MAX_US, TTL_MIN_US

from fastdom._native import bulk
from fastdom.engine import reads
from fastdom import types
from fastdom.reasons import EngineError, Field, Reason
from fastdom.routing.alternatives import alternatives
from fastdom.routing.candidates import candidates

cdef extern from "<time.h>" nogil:
    struct timespec:
        long tv_sec
        long tv_nsec
    int clock_gettime(int clock, timespec* now)
    const int CLOCK_MONOTONIC

CONTRACT = {
    "lines_max": LINES_MAX,
    "id_bytes_max": ID_MAX,
    "request_id_bytes_max": REQUEST_ID_MAX,
    "import_rows_max": IMPORT_ROWS_MAX,
    "ttl_min_us": <int64_t>TTL_MIN_US,
    "ttl_default_us": <int64_t>TTL_DEFAULT_US,
    "ttl_max_us": <int64_t>TTL_MAX_US,
}
"""Limits of the contract, as the native engine has them."""

cdef enum:
    POOL_MAX = 64                # scratches kept; more calls at once than this make their own


cdef inline int64_t monotonic_ns() noexcept nogil:
    cdef timespec now
    clock_gettime(CLOCK_MONOTONIC, &now)
    return <int64_t>now.tv_sec * 1000000000 + now.tv_nsec


cdef bint run_locked(Engine* g, Command* c, Result* r, char* texts) noexcept nogil:
    """Submit and unlock; True when the flush thread must be woken: the journal buffer was begun by this command."""
    cdef int64_t first_seq = g.open.first_seq
    cdef bint begun
    submit(g, c, r)
    if c.kind >= KIND_COMMIT and r.has_reservation:
        keep_texts(r, texts)
    begun = g.open.size > 0 and g.open.first_seq != first_seq
    engine_unlock(g)
    return begun


def int32s(values):
    """A contiguous int32 array of the values; None stays None."""
    return None if values is None else np.ascontiguousarray(values, dtype=np.int32)


cdef class Face(NativeEngine):
    """An engine with typed methods.

    Every method takes the time `now_us` (microseconds UTC; the engine takes the later of it and the last journalled
    time), `deadline_us` (0 = none: a call taken up later is refused) and the dense id of the tenant.
    """

    def __cinit__(self, *args, **kwargs):
        self.book = NameBook()
        self.pool = []
        self.listing = reads.Listing()

    def attach_network(self, NetworkTables tables not None):
        """Decide with these tables; the journal already says that their version is active."""
        NativeEngine.attach_network(self, tables)
        self.book.learn(tables.net.version, tables.source)

    cdef Scratch begin(self, int32_t kind, int64_t now_us, int64_t deadline_us, int32_t tenant_i):
        cdef Scratch s = <Scratch>self.pool.pop() if self.pool else Scratch()
        scratch_begin(s, kind, now_us, deadline_us, tenant_i)
        return s

    cdef int run(self, Scratch s) except -1:
        """Submit the command of the scratch; raises its refusal."""
        cdef Engine* g = self.engine
        cdef Command* c = &s.command
        cdef int64_t began = monotonic_ns()
        cdef bint kick
        with nogil:              # always: submit may give the lock up and wait for it again
            engine_lock(g)
            kick = run_locked(g, c, s.result, s.texts)
        s.decision_us = (monotonic_ns() - began) // 1000
        if kick:
            journal_kick(g)
        return self.refuse(s) if s.result.status.reason else 0

    cdef int refuse(self, Scratch s) except -1:
        cdef const Result* r = s.result
        raise EngineError(
            Reason(r.status.reason), Field(r.status.field), r.status.line_i, kind=s.command.kind, seq=r.wait_seq
        )

    cdef object done(self, Scratch s, object answer):
        """Give the scratch back; only calls that went well do, the others' is dropped with their exception."""
        if len(self.pool) < POOL_MAX:
            self.pool.append(s)
        return answer

    # --- orders

    def route(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """Route(RouteRequest) -> RouteResult.

        In PLAN, alternatives and candidates are found by further searches, each a call of its own: when others change
        the state meanwhile, they are estimates against slightly later states.
        """
        cdef Scratch s = self.begin(KIND_ROUTE, now_us, deadline_us, tenant_i)
        fill_route(s, request)
        self.run(s)
        cdef bint more = s.command.mode <= MODE_PLAN and (s.command.alternatives > 0 or request.explain)
        answer = self.done(s, build_route(self.book, &self.engine.state, s, request))
        return self.detailed(request, answer, now_us, tenant_i) if more else answer

    cdef object detailed(self, object request, object answer, int64_t now_us, int32_t tenant_i):
        """The answer with alternatives and candidates, as asked for."""
        def again(other):
            return self.route(other, now_us, 0, tenant_i)

        name_of(self.book.nodes, &self.engine.state.nodes, <int32_t>self.engine.state.nodes.index.count - 1)
        found = ()
        nodes = ()
        if request.alternatives:
            found = alternatives(again, request, answer.plan)
        if request.explain:
            statuses = {node_id: self.node_status(node_id) for node_id in self.book.present_nodes()}
            nodes = candidates(again, request, answer.plan, statuses, self.book.metres_to(request.order))
        return dataclasses.replace(answer, alternatives=found, candidates=nodes)

    def promise(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """Promise(PromiseRequest) -> PromiseResult."""
        cdef Scratch s = self.begin(KIND_PROMISE, now_us, deadline_us, tenant_i)
        fill_promise(s, request)
        self.run(s)
        return self.done(s, build_promise(self.book, &self.engine.state, s))

    def reserve(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """Reserve(ReserveRequest) -> ReserveResult."""
        cdef Scratch s = self.begin(KIND_RESERVE, now_us, deadline_us, tenant_i)
        fill_reserve(s, request)
        self.run(s)
        return self.done(s, build_reserve(self.book, &self.engine.state, s))

    # --- the verbs

    def extend(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """Extend(ExtendRequest) -> ReservationResult."""
        cdef Scratch s = self.begin(KIND_EXTEND, now_us, deadline_us, tenant_i)
        fill_extend(s, request)
        self.run(s)
        return self.done(s, build_verb(self.book, &self.engine.state, s))

    def commit(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """Commit(CommitRequest) -> ReservationResult."""
        cdef Scratch s = self.begin(KIND_COMMIT, now_us, deadline_us, tenant_i)
        fill_commit(s, request)
        self.run(s)
        return self.done(s, build_verb(self.book, &self.engine.state, s))

    def release(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """Release(ReleaseRequest) -> ReservationResult."""
        cdef Scratch s = self.begin(KIND_RELEASE, now_us, deadline_us, tenant_i)
        fill_units(s, request)
        self.run(s)
        return self.done(s, build_verb(self.book, &self.engine.state, s))

    def fulfill(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """Fulfill(FulfillRequest) -> ReservationResult."""
        cdef Scratch s = self.begin(KIND_FULFILL, now_us, deadline_us, tenant_i)
        fill_units(s, request)
        self.run(s)
        return self.done(s, build_verb(self.book, &self.engine.state, s))

    def get_reservation(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """GetReservation(GetReservationRequest) -> ReservationResult, with level and, until final, shipments."""
        cdef Scratch s = self.begin(KIND_GET, now_us, deadline_us, tenant_i)
        fill_get(s, request)
        self.run(s)
        return self.done(s, build_verb(self.book, &self.engine.state, s))

    def reroute(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """Reroute(RerouteRequest) -> RerouteResult: units leave a node that failed them for the next best plan."""
        cdef Scratch s = self.begin(KIND_REROUTE, now_us, deadline_us, tenant_i)
        fill_reroute(s, request)
        self.run(s)
        return self.done(s, build_reroute(self.book, &self.engine.state, s))

    # --- stock

    def adjust_inventory(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """AdjustInventory(AdjustInventoryRequest) -> PositionResult."""
        cdef Scratch s = self.begin(KIND_ADJUST, now_us, deadline_us, tenant_i)
        fill_adjust(s, request)
        self.run(s)
        return self.done(s, build_stock(self.book, &self.engine.state, s))

    def set_inventory(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """SetInventory(SetInventoryRequest) -> PositionResult."""
        cdef Scratch s = self.begin(KIND_SET, now_us, deadline_us, tenant_i)
        fill_set(s, request)
        self.run(s)
        return self.done(s, build_stock(self.book, &self.engine.state, s))

    def import_chunk(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """One chunk of ImportInventory, in one step: ImportInventoryRequest -> ImportChunkResult.

        Raises
        ------
        EngineError
            The chunk as a whole is refused and nothing of it is done.
        """
        cdef Scratch s = self.begin(KIND_IMPORT, now_us, deadline_us, tenant_i)
        fill_rows(s, request)
        with nogil:
            import_rows(self.engine, &s.command, s.result)
        if s.result.status.reason:
            self.refuse(s)
        return self.done(s, chunk_result(s))

    def set_many(
        self, sku_i, node_i, on_hand, safety_stock=None, routing_reserve=None, *, str request_id not None,
        int64_t now_us, int64_t as_of_us=0, int tenant_i=0,
    ):
        """Set many positions by dense ids (see fastdom._native.bulk.set_many): (uint8[n] of Reason, sequence)."""
        return bulk.set_many(
            self, request_id.encode(), int32s(sku_i), int32s(node_i), int32s(on_hand), int32s(safety_stock),
            int32s(routing_reserve), now_us, as_of_us, tenant_i,
        )

    def reserve_many(
        self, sku_i, node_i, quantity, *, str channel not None, request_ids, int64_t now_us, postal_i=None,
        int64_t ttl_us=0, bint firm=False, bint allow_partial=False, int tenant_i=0,
    ):
        """Reserve many orders given as arrays (see fastdom._native.bulk.reserve_many).

        `request_ids` is uint64[n, 2], or one int: the high half of ids whose low half counts from 0.
        """
        skus = int32s(sku_i)
        if isinstance(request_ids, int):
            prefix = request_ids
            request_ids = np.empty((len(skus), 2), dtype=np.uint64)
            request_ids[:, 0] = prefix
            request_ids[:, 1] = np.arange(len(skus), dtype=np.uint64)
        return bulk.reserve_many(
            self, channel.encode(), np.ascontiguousarray(request_ids, dtype=np.uint64), skus, int32s(quantity),
            int32s(node_i), int32s(postal_i), now_us, ttl_us, firm, allow_partial, tenant_i,
        )

    # --- nodes and exceptions

    def set_node_status(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """SetNodeStatus(SetNodeStatusRequest) -> NodeStatusResult: the switch alone.

        After OFFLINE call `reroute_slice` until it is through; its counts make up the rest of the answer.
        """
        cdef Scratch s = self.begin(KIND_NODE_STATUS, now_us, deadline_us, tenant_i)
        cdef const Result* r = s.result
        fill_node_status(s, request)
        self.run(s)
        answer = types.NodeStatusResult(
            name_of(self.book.nodes, &self.engine.state.nodes, r.node_i), request.status, 0, 0, 0, 0, r.seq, r.wait_seq
        )
        return self.done(s, answer)

    def reroute_node(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """RerouteNode(RerouteNodeRequest) -> RerouteNodeResult: the request alone is remembered.

        Then call `reroute_slice` with `excess` until it is through; its counts make up the rest of the answer.
        """
        cdef Scratch s = self.begin(KIND_NODE_STATUS, now_us, deadline_us, tenant_i)
        cdef const Result* r = s.result
        fill_relieve(s, request)
        self.run(s)
        answer = types.RerouteNodeResult(
            name_of(self.book.nodes, &self.engine.state.nodes, r.node_i), 0, 0, 0, 0, r.seq, r.wait_seq
        )
        return self.done(s, answer)

    def resolve_exception(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """ResolveException(ResolveExceptionRequest) -> ExceptionResult."""
        cdef Scratch s = self.begin(KIND_RESOLVE, now_us, deadline_us, tenant_i)
        cdef Engine* g = self.engine
        cdef Fault fault
        cdef Fault* found
        fill_resolve(s, request)
        self.run(s)
        with nogil:
            engine_lock(g)
            found = fault_find(&g.state.faults, s.result.exception_id)
            if found != NULL:
                fault = found[0]
            engine_unlock(g)
        if found == NULL:
            raise EngineError(Reason.EXCEPTION_NOT_FOUND, Field.EXCEPTION_ID, kind=KIND_RESOLVE, seq=s.result.wait_seq)
        record = build_exception(self.book, &g.state, &fault)
        return self.done(s, types.ExceptionResult(record, s.result.seq, s.result.wait_seq))

    # --- reads, in short slices under the lock (see fastdom.engine.reads)

    def get_availability(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """GetAvailability(GetAvailabilityRequest) -> AvailabilityResult."""
        return reads.get_availability(self, self.book, request, now_us, deadline_us)

    def list_reservations(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """ListReservations(ListReservationsRequest) -> ReservationPage."""
        return self.listing.page(self, self.book, request, now_us, deadline_us, tenant_i)

    def list_exceptions(self, request, int64_t now_us, int64_t deadline_us=0, int tenant_i=0):
        """ListExceptions(ListExceptionsRequest) -> ExceptionPage."""
        return reads.list_exceptions(self, self.book, request, now_us, deadline_us)

    def export_positions(self, int64_t now_us):
        """Every position as arrays, for audits: (dict of int32[n], first sequence, last sequence)."""
        return reads.export_positions(self, now_us)

    def node_status(self, str node_id not None):
        """Whether a node works: NodeStatus."""
        return reads.node_status(self, node_id)

    def node_load(self, str node_id not None, int ship_day, int64_t now_us):
        """What a node has to do: NodeLoad."""
        return reads.node_load(self, node_id, ship_day, now_us)


cdef object chunk_result(Scratch s):
    """ImportChunkResult of the rows."""
    cdef const Result* r = s.result
    cdef const SetRow* row
    cdef int i
    refusals = []
    for i in range(s.command.n_rows):
        row = &s.rows[i]
        if row.reason:
            refusals.append(types.RowRefusal(i, Reason(row.reason), Field(row.field)))
    return types.ImportChunkResult(
        bool(r.repeated), r.rows_applied, len(refusals), tuple(refusals), r.seq, r.wait_seq
    )
