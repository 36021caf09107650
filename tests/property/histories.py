"""Random histories of commands, performed by an engine and by its twin, which must give the same answers."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st
from tests.native.engines import CHANNEL, NODES, POSTAL, SECOND_US, SKUS, Desk, line, small_limits
from tests.reference.engine import Answer, ReferenceEngine

from fastdom._native import inspect
from fastdom.reasons import EngineError
from fastdom.types import (
    AdjustInventoryRequest,
    AdjustReason,
    CommitRequest,
    Destination,
    ExtendRequest,
    FulfillRequest,
    GetReservationRequest,
    LineQuantity,
    NodeStatus,
    Order,
    Position,
    PostalAddress,
    ReleaseRequest,
    RerouteLine,
    RerouteReason,
    RerouteRequest,
    RerouteResult,
    Reservation,
    ReserveMode,
    ReserveRequest,
    ResolveExceptionRequest,
    SetInventoryRequest,
    SetNodeStatusRequest,
)

LINES_MAX = 4
PLACES = 2
"""Nodes and SKUs that histories use: few, so that commands meet."""
REASONS = tuple(reason for reason in RerouteReason if reason < RerouteReason.NODE_OFFLINE)


# --- commands as plain data: numbers that refer to reservations and requests count modulo what there is


@dataclass(frozen=True)
class Reserve:
    """Pinned lines: (sku, node, quantity) by index."""

    lines: tuple[tuple[int, int, int], ...]
    ttl_us: int
    firm: bool
    partial: bool
    addressed: bool


@dataclass(frozen=True)
class Commit:
    """Commit of the `at`-th reservation; below 0 one that is not known."""

    at: int
    reacquire: bool


@dataclass(frozen=True)
class Extend:
    """A new time to live."""

    at: int
    ttl_us: int


@dataclass(frozen=True)
class Take:
    """Release or fulfil: (line index, quantity, node index or -1), none = everything."""

    at: int
    fulfil: bool
    picks: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Move:
    """A re-route off a node: (line index, quantity), none = everything there; `node` 9 is not known."""

    at: int
    node: int
    picks: tuple[tuple[int, int], ...]
    reason: RerouteReason


@dataclass(frozen=True)
class Adjust:
    """A change of on_hand."""

    sku: int
    node: int
    delta: int
    reason: AdjustReason


@dataclass(frozen=True)
class Count:
    """A stock count; `behind` sequences are not yet in it, `age_us` ago, `expects` (0, 1 or 2) or not."""

    sku: int
    node: int
    on_hand: int
    safety: int | None
    reserve: int | None
    age_us: int | None
    behind: int | None
    expects: str


@dataclass(frozen=True)
class SwitchNode:
    """A node's status."""

    node: int
    status: NodeStatus


@dataclass(frozen=True)
class Resolve:
    """An exception closed."""

    number: int


@dataclass(frozen=True)
class Repeat:
    """An earlier request again: with the same body, or another one under its id."""

    at: int
    same: bool


@dataclass(frozen=True)
class Wait:
    """Time passes: a while, or up to the next expiry and `offset_us` beyond it."""

    us: int
    to_expiry: bool


Command = Reserve | Commit | Extend | Take | Move | Adjust | Count | SwitchNode | Resolve | Repeat | Wait

_place = st.integers(0, PLACES - 1)
_quantity = st.sampled_from((1, 1, 2, 3, 5, 8))
_ttl = st.sampled_from((SECOND_US, 5 * SECOND_US, 60 * SECOND_US))
_at = st.integers(-1, 12)
_reserve = st.builds(
    Reserve,
    st.lists(st.tuples(_place, _place, _quantity), min_size=1, max_size=LINES_MAX).map(tuple),
    _ttl,
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
_picks = st.one_of(
    st.just(()),
    st.lists(st.tuples(st.integers(0, LINES_MAX - 1), st.integers(0, 4), st.integers(-1, PLACES - 1)), max_size=3).map(
        tuple
    ),
)
_count = st.builds(
    Count,
    _place,
    _place,
    st.integers(0, 20),
    st.one_of(st.none(), st.integers(0, 3)),
    st.one_of(st.none(), st.integers(0, 3)),
    st.one_of(st.none(), st.integers(0, 3).map(lambda s: s * SECOND_US)),
    st.one_of(st.none(), st.integers(-1, 6)),
    st.sampled_from(("", "", "", "on_hand", "version", "wrong on_hand", "wrong version")),
)
_move = st.builds(
    Move,
    _at,
    st.sampled_from((0, 0, 1, 1, 2, 9)),
    st.one_of(
        st.just(()),
        st.lists(st.tuples(st.integers(0, LINES_MAX - 1), st.integers(0, 4)), max_size=2).map(tuple),
    ),
    st.sampled_from(REASONS),
)
COMMANDS: st.SearchStrategy[Command] = st.one_of(
    _reserve,
    _reserve,
    _reserve,
    st.builds(Commit, _at, st.booleans()),
    st.builds(Commit, _at, st.booleans()),
    st.builds(Extend, _at, st.one_of(_ttl, st.just(-1))),
    st.builds(Take, _at, st.booleans(), _picks),
    st.builds(Take, _at, st.booleans(), _picks),
    _move,
    _move,
    st.builds(Adjust, _place, _place, st.integers(-6, 8), st.sampled_from(AdjustReason).filter(bool)),
    _count,
    _count,
    st.builds(SwitchNode, _place, st.sampled_from(NodeStatus).filter(bool)),
    st.builds(Resolve, st.integers(0, 4)),
    st.builds(Repeat, st.integers(0, 60), st.booleans()),
    st.builds(Wait, st.integers(0, 10 * SECOND_US), st.just(False)),
    st.builds(Wait, st.sampled_from((-1, 0, 0, 1)), st.just(True)),
)


def some_command(rng: random.Random) -> Command:
    """A command of a busy day, with more that succeeds than `COMMANDS` gives."""
    sku, node, at = rng.randrange(PLACES), rng.randrange(PLACES), rng.randrange(30)
    ttl_us = rng.choice((SECOND_US, 5 * SECOND_US, 60 * SECOND_US))
    kinds: list[tuple[int, Callable[[], Command]]] = [
        (30, lambda: Reserve(_some_lines(rng), ttl_us, rng.random() < 0.3, rng.random() < 0.4, rng.random() < 0.8)),
        (14, lambda: Commit(at, rng.random() < 0.5)),
        (5, lambda: Extend(at, ttl_us)),
        (12, lambda: Take(at, False, _some_picks(rng))),
        (12, lambda: Take(at, True, _some_picks(rng))),
        (12, lambda: Move(at, node, _some_parts(rng), rng.choice(REASONS))),
        (6, lambda: Adjust(sku, node, rng.randint(-6, 8), AdjustReason(rng.randint(1, 6)))),
        (10, lambda: _some_count(rng)),
        (3, lambda: SwitchNode(node, NodeStatus(rng.choice((1, 1, 1, 2, 3))))),
        (3, lambda: Resolve(rng.randint(1, 12))),
        (6, lambda: Repeat(rng.randrange(60), rng.random() < 0.8)),
        (6, lambda: Wait(rng.choice((0, 1, SECOND_US, 4 * SECOND_US)), False)),
        (6, lambda: Wait(rng.choice((-1, 0, 1)), True)),
    ]
    make = rng.choices([make for _, make in kinds], [weight for weight, _ in kinds])[0]
    return make()


def _some_lines(rng: random.Random) -> tuple[tuple[int, int, int], ...]:
    n = rng.choice((1, 1, 2, 2, 3, 4))
    return tuple((rng.randrange(PLACES), rng.randrange(PLACES), rng.choice((1, 1, 2, 3, 6))) for _ in range(n))


def _some_picks(rng: random.Random) -> tuple[tuple[int, int, int], ...]:
    if rng.random() < 0.4:
        return ()
    picks = rng.choice((1, 1, 2))
    return tuple((rng.choice((0, 0, 1, 2)), rng.choice((1, 1, 2, 0)), rng.choice((-1, -1, 0, 1))) for _ in range(picks))


def _some_parts(rng: random.Random) -> tuple[tuple[int, int], ...]:
    if rng.random() < 0.5:
        return ()
    return tuple((rng.choice((0, 0, 1, 2)), rng.choice((1, 1, 2))) for _ in range(rng.choice((1, 1, 2))))


def _some_count(rng: random.Random) -> Count:
    return Count(
        rng.randrange(PLACES),
        rng.randrange(PLACES),
        rng.choice((0, 3, 10, 20, 40)),
        rng.choice((None, None, 0, 2)),
        rng.choice((None, None, 0, 2)),
        rng.choice((None, None, 0, SECOND_US)),
        rng.choice((None, None, 0, 3, 20, -1)),
        rng.choice(("", "", "", "on_hand", "version", "wrong on_hand", "wrong version")),
    )


# --- the same command on both sides


@dataclass
class History:
    """A desk and its twin, kept in step.

    Attributes
    ----------
    reservations : list of str
        Ids of the engine; the twin's are their places in this list.
    requests : list
        (request id, command, resolved request) as first sent.
    sent : list
        (resolved request, answer, id of the reservation it made) of everything sent.
    """

    desk: Desk = field(
        default_factory=lambda: Desk(small_limits(reroute_attempts_max=2, reroute_exclusion_us=4 * SECOND_US))
    )
    reservations: list[str] = field(default_factory=list)
    requests: list[tuple[str, Command, Any]] = field(default_factory=list)
    sent: list[tuple[Any, Answer, str | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        limits = self.desk.limits
        self.twin = ReferenceEngine(
            SKUS, NODES, self.desk.face.seq, limits.reroute_attempts_max, limits.reroute_exclusion_us
        )
        self.twin.now_us = self.desk.now_us
        for sku in range(PLACES):
            for node in range(PLACES):
                self.step(Count(sku, node, 8 * (sku + node), None, None, None, None, ""))

    def step(self, command: Command) -> None:
        """Perform a command on both sides and compare the answers."""
        if isinstance(command, Wait):
            self._wait(command)
        elif isinstance(command, Repeat):
            self._repeat(command)
        else:
            self._send(self.desk.fresh(), command)

    def _wait(self, command: Wait) -> None:
        to = self.desk.now_us + command.us
        if command.to_expiry:
            ends = [r.expires_at_us for r in self.twin.reservations if r.expires_at_us > self.desk.now_us]
            to = min(ends) + command.us if ends else self.desk.now_us
        self.desk.now_us = self.twin.now_us = max(self.desk.now_us, to)

    def _repeat(self, command: Repeat) -> None:
        if not self.requests:
            return
        rid, first, request = self.requests[command.at % len(self.requests)]
        if command.same:
            self._compare(rid, first, request)
        else:
            other = SwitchNode(0, NodeStatus.ONLINE)
            self._send(rid, other if other != first else Resolve(99))

    def _send(self, rid: str, command: Command) -> None:
        request = self._request(rid, command)
        if all(rid != known for known, _, _ in self.requests):
            self.requests.append((rid, command, request))
        self._compare(rid, command, request)

    def _compare(self, rid: str, command: Command, request: Any) -> None:
        before = len(self.reservations)
        found, reservation = perform(self.desk, request)
        expected = self._expected(rid, request, found)
        if reservation is not None and reservation not in self.reservations:
            self.reservations.append(reservation)
        self.sent.append((request, found, reservation))
        assert found == expected, (command, request)
        assert len(self.reservations) == len(self.twin.reservations) >= before

    # --- to the engine

    def _reservation(self, at: int) -> str:
        return self.reservations[at % len(self.reservations)] if at >= 0 and self.reservations else "f" * 32

    def _request(self, rid: str, c: Command) -> Any:
        make: dict[type, Callable[[Any], Any]] = {
            Reserve: lambda c: self._reserve(rid, c),
            Commit: lambda c: CommitRequest(rid, self._reservation(c.at), c.reacquire),
            Extend: lambda c: ExtendRequest(rid, self._reservation(c.at), c.ttl_us),
            Take: lambda c: self._take(rid, c),
            Move: lambda c: self._move(rid, c),
            Adjust: lambda c: AdjustInventoryRequest(rid, SKUS[c.sku], NODES[c.node], c.delta, c.reason),
            Count: lambda c: self._count(rid, c),
            SwitchNode: lambda c: SetNodeStatusRequest(rid, NODES[c.node], c.status),
            Resolve: lambda c: ResolveExceptionRequest(rid, c.number),
        }
        return make[type(c)](c)

    @staticmethod
    def _reserve(rid: str, c: Reserve) -> ReserveRequest:
        lines = tuple(line(i, SKUS[sku], units, NODES[node]) for i, (sku, node, units) in enumerate(c.lines))
        mode = ReserveMode.FIRM if c.firm else ReserveMode.HOLD
        place = Destination(PostalAddress(POSTAL)) if c.addressed else None
        order = Order("order", CHANNEL, lines, place)
        return ReserveRequest(rid, order, mode=mode, ttl_us=c.ttl_us, allow_partial=c.partial)

    def _take(self, rid: str, c: Take) -> FulfillRequest | ReleaseRequest:
        picks = tuple(LineQuantity(f"L{i}", units, NODES[node] if node >= 0 else "") for i, units, node in c.picks)
        return (FulfillRequest if c.fulfil else ReleaseRequest)(rid, self._reservation(c.at), picks)

    def _move(self, rid: str, c: Move) -> RerouteRequest:
        lines = tuple(RerouteLine(f"L{i}", units) for i, units in c.picks)
        node = NODES[c.node] if c.node < len(NODES) else "nowhere"
        return RerouteRequest(rid, self._reservation(c.at), node, lines, c.reason)

    def _count(self, rid: str, c: Count) -> SetInventoryRequest:
        position = self.twin.positions.get((SKUS[c.sku], NODES[c.node]))
        on_hand, version = (position.on_hand, position.version) if position else (0, 0)
        request = SetInventoryRequest(
            rid,
            SKUS[c.sku],
            NODES[c.node],
            c.on_hand,
            c.safety,
            c.reserve,
            as_of_us=0 if c.age_us is None else self.desk.now_us - c.age_us,
            includes_fulfilments_up_to=0 if c.behind is None else max(0, self.desk.face.seq - c.behind),
        )
        match c.expects:
            case "on_hand" | "wrong on_hand":
                return replace(request, expected_on_hand=on_hand + (c.expects != "on_hand"))
            case "version" | "wrong version":
                return replace(request, expected_version=version + (c.expects != "version"))
        return request

    # --- to the twin

    def _expected(self, rid: str, request: Any, found: Answer) -> Answer:
        body = replace(request, request_id="")
        at = self._at(request)
        return self.twin.perform(rid, body, lambda: decide(self.twin, at, request, found), self.desk.now_us)

    def _at(self, request: Any) -> int:
        known = getattr(request, "reservation_id", None)
        return self.reservations.index(known) if known in self.reservations else -1

    # --- the whole state

    def compare(self) -> None:
        """Every position, reservation and exception of the engine is the twin's; the counters are sound."""
        face, now_us = self.desk.face, self.desk.now_us
        assert face.seq == self.twin.seq
        assert inspect.positions(face, now_us) == {place: self.twin.position_at(place) for place in self.twin.positions}
        for i, reservation in enumerate(self.reservations):
            assert reservation_of(face.get_reservation(GetReservationRequest(reservation), now_us).reservation) == (
                self.twin.reservation_at(i)
            )
        assert [
            (f["kind"], f["sku"], f["node"], f["reservation"], f["quantity"], f["resolved_at_us"] == 0, f["reason"])
            for f in inspect.faults(face, resolved=True)
        ] == [
            (
                f.kind,
                *f.place,
                "" if f.reservation is None else self.reservations[f.reservation],
                f.quantity,
                f.is_open,
                f.reason,
            )
            for f in self.twin.faults
        ]
        assert inspect.failures(face) == {
            name: self.twin.failures_at(i)
            for i, name in enumerate(self.reservations)
            if self.twin.reservations[i].failed
        }
        assert face.recount() == []


def placed(twin: ReferenceEngine, at: int, found: Answer) -> list[tuple[str, str, int]]:
    """Where an engine's answer to a re-route puts units: (line_id, node, units) of the new allocations."""
    if found[0] != "rerouted":
        return []
    return [
        (line_id, node, units) for line_id, _, node, units, *_ in found[2][len(twin.reservations[at].allocations) :]
    ]


def decide(twin: ReferenceEngine, at: int, request: Any, found: Answer) -> Answer:
    """The twin's answer to a request about its `at`-th reservation that an engine answered; raises what it raises."""
    match request:
        case ReserveRequest():
            lines = [(x.line_id, x.sku, x.node_id, x.quantity) for x in request.order.lines]
            answer = twin.reserve(
                lines,
                request.ttl_us,
                request.mode == ReserveMode.FIRM,
                request.allow_partial,
                request.order.destination is not None,
            )
        case RerouteRequest():
            picks = [(x.line_id, x.quantity, "") for x in request.lines]
            answer = twin.reroute(at, request.node_id, picks, int(request.reason), placed(twin, at, found))
        case CommitRequest():
            answer = twin.commit(at, request.reacquire)
        case ExtendRequest():
            answer = twin.extend(at, request.ttl_us)
        case ReleaseRequest():
            answer = twin.release(at, [(x.line_id, x.quantity, x.node_id) for x in request.lines])
        case FulfillRequest():
            answer = twin.fulfill(at, [(x.line_id, x.quantity, x.node_id) for x in request.lines])
        case AdjustInventoryRequest():
            answer = twin.adjust(request.sku, request.node_id, request.delta, request.reason.name)
        case SetInventoryRequest():
            answer = twin.set(
                request.sku,
                request.node_id,
                request.on_hand,
                safety=request.safety_stock,
                reserve=request.routing_reserve,
                as_of_us=request.as_of_us,
                up_to=request.includes_fulfilments_up_to,
                expected_on_hand=request.expected_on_hand,
                expected_version=request.expected_version,
            )
        case SetNodeStatusRequest():
            answer = twin.set_node(request.node_id, int(request.status))
        case ResolveExceptionRequest():
            answer = twin.resolve(request.exception_id)
        case _:
            raise AssertionError(request)
    return answer


def renamed(request: Any, names: Mapping[str, str]) -> Any:
    """The request with the reservation's id that another engine gave it."""
    known = getattr(request, "reservation_id", None)
    return replace(request, reservation_id=names[known]) if known in names else request


def reservation_of(found: Reservation) -> Answer:
    """A reservation as the twin shows it."""
    units = tuple(
        (a.line_id, a.sku, a.node_id, a.granted, a.held, a.committed, a.fulfilled, a.released, a.expired)
        for a in found.allocations
    )
    return found.state.name, units, found.expires_at_us, found.updated_seq, found.needs_attention


def rerouted_of(moved: RerouteResult) -> Answer:
    """A re-route as the twin shows it."""
    return (
        "rerouted",
        *reservation_of(moved.reservation),
        moved.units_moved,
        moved.units_stranded,
        int(moved.stranded_reason),
        moved.exception_id,
        moved.attempts,
        tuple((x.node_id, int(x.reason), x.until_us) for x in moved.exclusions),
    )


def position_of(p: Position) -> Answer:
    """A position as the twin shows it."""
    return (
        "position",
        p.sku,
        p.node_id,
        p.on_hand,
        p.held,
        p.committed,
        p.safety_stock,
        p.routing_reserve,
        p.available,
        p.shortfall,
        p.on_hand_version,
    )


def perform(desk: Desk, request: Any) -> tuple[Answer, str | None]:
    """Send a request to the engine; the answer as the twin gives it, and the id of a reservation that it made."""
    face, now_us = desk.face, desk.now_us
    answer: Answer
    try:
        match request:
            case ReserveRequest():
                result = face.reserve(request, now_us)
                lines = tuple((x.granted, x.shortfall, x.available_after, x.reason.name) for x in result.line_results)
                made = result.reservation
                shown = None if made is None else reservation_of(made)
                return ("reserved", result.outcome.name, lines, shown), made and made.reservation_id
            case CommitRequest() | ExtendRequest() | ReleaseRequest() | FulfillRequest():
                verb = type(request).__name__.removesuffix("Request").lower()
                done = getattr(face, verb)(request, now_us)
                answer = "reservation", *reservation_of(done.reservation), done.reacquired, done.count_mismatch
            case RerouteRequest():
                answer = rerouted_of(face.reroute(request, now_us))
            case AdjustInventoryRequest() | SetInventoryRequest():
                call = face.adjust_inventory if isinstance(request, AdjustInventoryRequest) else face.set_inventory
                answer = position_of(call(request, now_us).position)
            case SetNodeStatusRequest():
                switched = face.set_node_status(request, now_us)
                answer = "node", switched.node_id, int(switched.status)
            case ResolveExceptionRequest():
                answer = "exception", face.resolve_exception(request, now_us).exception.exception_id
            case _:
                raise AssertionError(request)
    except EngineError as error:
        answer = "refused", error.reason.name
    return answer, None
