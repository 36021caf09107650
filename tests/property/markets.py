"""A busy market: random routed and pinned orders, promises, verbs, counts, failing nodes, time, and new networks."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.native.engines import DAY_US, HOUR_US, NODES, SECOND_US, SKUS, Desk, line, order, small_limits

from fastdom._native import inspect
from fastdom.engine.limits import Limits
from fastdom.reasons import EngineError
from fastdom.types import (
    AdjustInventoryRequest,
    AdjustReason,
    CommitRequest,
    ExtendRequest,
    FulfillRequest,
    LineQuantity,
    NodeStatus,
    OrderLine,
    PromiseRequest,
    ReleaseRequest,
    Reservation,
    ReserveMode,
    ReserveRequest,
    RouteMode,
    RouteRequest,
    SetInventoryRequest,
    SetNodeStatusRequest,
)

TTLS = (SECOND_US, 5 * SECOND_US, 20 * SECOND_US, 40 * HOUR_US)
SIGNS = {AdjustReason.SALE: -1, AdjustReason.RECEIPT: 1, AdjustReason.RETURN: 1, AdjustReason.DAMAGE: -1}


@dataclass
class Sent:
    """One request with what came of it.

    Attributes
    ----------
    request : object
        A request dataclass.
    answer : object
        The result without its reservation's or shipment's own marks of a first answer, or (reason, sequence).
    seq : int
        Sequence that the answer depends on; 0 = an estimate.
    made : Reservation or None
        Reservation the request made or changed.
    """

    request: Any
    answer: Any
    seq: int
    made: Reservation | None


@dataclass
class Market:
    """A desk with random traffic on it."""

    seed: int
    limits: Limits = field(default_factory=lambda: small_limits(request_window_us=300 * DAY_US))
    buffer_bytes: int = 4 << 20
    stock_max: int = 12
    reroutes: bool = True
    networks: bool = True

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.desk = Desk(self.limits, self.some_capacity(), buffer_bytes=self.buffer_bytes)
        self.capacity: Mapping[str, tuple[str, int]] = self.desk.capacity
        self.sent: list[Sent] = []
        self.tokens: list[tuple[tuple[OrderLine, ...], bytes]] = []
        self.reservations: dict[str, Reservation] = {}
        self.offline: set[str] = set()
        for sku in SKUS:
            for node in NODES:
                self.send(SetInventoryRequest(self.desk.fresh(), sku, node, self.rng.randint(0, self.stock_max)))

    def some_capacity(self) -> dict[str, tuple[str, int]]:
        """Limits of some nodes, small ones."""
        kinds = ("SHIPMENTS", "UNITS", None)
        found = {node: (self.rng.choice(kinds), self.rng.randint(1, 9)) for node in NODES}
        return {node: (kind, limit) for node, (kind, limit) in found.items() if kind is not None}

    # --- sending

    def send(self, request: Any) -> Sent:
        """Send a request and keep it with its answer."""
        one = perform(self.desk, request)
        self.sent.append(one)
        if one.made is not None:
            self.reservations[one.made.reservation_id] = one.made
        return one

    def step(self) -> Sent | None:
        """A random command, or time passing."""
        rng, desk = self.rng, self.desk
        moves: list[tuple[int, Callable[[], Sent | None]]] = [
            (12, lambda: self.send(self.some_reserve(pinned=True))),
            (12, lambda: self.send(self.some_reserve(pinned=False))),
            (6, lambda: self.send(self.some_token())),
            (10, lambda: self.send(self.some_route(rng.choice((RouteMode.HOLD, RouteMode.FIRM))))),
            (
                8,
                lambda: self.send(PromiseRequest(desk.fresh(), order(self.some_lines()), hold=True, ttl_us=self.ttl())),
            ),
            (12, lambda: self.send(CommitRequest(desk.fresh(), self.some_id(), rng.random() < 0.5))),
            (4, lambda: self.send(ExtendRequest(desk.fresh(), self.some_id(), self.ttl()))),
            (9, lambda: self.send(ReleaseRequest(desk.fresh(), self.some_id(), self.some_picks()))),
            (9, lambda: self.send(FulfillRequest(desk.fresh(), self.some_id(), self.some_picks()))),
            (7, lambda: self.send(self.some_adjust())),
            (5, lambda: self.send(self.some_count())),
            (3, self.switch_node),
            (10, self.wait),
            (2, self.tick),
            (1, self.new_network),
        ]
        move = rng.choices([move for _, move in moves], [weight for weight, _ in moves])[0]
        return move()

    def ttl(self) -> int:
        """A time to live."""
        return self.rng.choice(TTLS)

    def wait(self) -> None:
        """Time passes, often up to just before, at or after the end of a hold."""
        ends = sorted(r.expires_at_us for r in self.reservations.values() if r.expires_at_us > self.desk.now_us)
        if ends and self.rng.random() < 0.6:
            self.desk.now_us = max(self.desk.now_us, ends[0] + self.rng.choice((-1, 0, 1)))
        else:
            self.desk.now_us += self.rng.choice((0, 1, SECOND_US, 3 * SECOND_US, 2 * HOUR_US))

    def tick(self) -> None:
        """A sweep."""
        self.desk.face.tick(self.desk.now_us)

    def new_network(self) -> None:
        """Another version with other capacities."""
        if self.networks:
            self.capacity = self.some_capacity()
            self.desk.activate(self.desk.face.network_version + 1, self.capacity)

    def switch_node(self) -> None:
        """A node fails, with its reservations moved, or comes back."""
        node = self.rng.choice(NODES)
        status = NodeStatus(self.rng.choice((1, 1, 1, 2, 3)))
        one = self.send(SetNodeStatusRequest(self.desk.fresh(), node, status))
        if isinstance(one.answer, tuple):
            return
        (self.offline.add if status == NodeStatus.OFFLINE else self.offline.discard)(node)
        if status == NodeStatus.OFFLINE and self.reroutes:
            self.desk.reroute(node)

    # --- parts

    def some_id(self) -> str:
        """A reservation, mostly a known one."""
        return self.rng.choice([*self.reservations, "e" * 32])

    def some_lines(self, pinned: bool = False) -> tuple[OrderLine, ...]:
        """One to four lines; SKUs repeat."""
        rng = self.rng
        return tuple(
            line(
                i,
                rng.choice(SKUS),
                rng.choice((1, 1, 2, 3)),
                rng.choice(NODES) if pinned and rng.random() < 0.8 else "",
            )
            for i in range(rng.choice((1, 1, 2, 3, 4)))
        )

    def some_picks(self) -> tuple[LineQuantity, ...]:
        """Nothing, for everything, or some units of some lines."""
        if self.rng.random() < 0.5:
            return ()
        return tuple(LineQuantity(f"L{self.rng.randrange(3)}", 1) for _ in range(self.rng.choice((1, 1, 2))))

    def some_reserve(self, pinned: bool) -> ReserveRequest:
        """Pinned, partly pinned or routed lines."""
        mode = self.rng.choice((ReserveMode.HOLD, ReserveMode.HOLD, ReserveMode.FIRM))
        return ReserveRequest(
            self.desk.fresh(),
            order(self.some_lines(pinned)),
            mode=mode,
            ttl_us=self.ttl(),
            allow_partial=self.rng.random() < 0.4,
        )

    def some_route(self, mode: RouteMode) -> RouteRequest:
        """A routed order."""
        return RouteRequest(
            self.desk.fresh(),
            order(self.some_lines()),
            mode=mode,
            ttl_us=self.ttl(),
            allow_partial=self.rng.random() < 0.4,
            max_shipments=self.rng.choice((0, 0, 1, 2)),
        )

    def some_token(self) -> ReserveRequest:
        """A reserve by a token quoted now or some time ago."""
        lines = self.some_lines()
        quoted = perform(self.desk, PromiseRequest("", order(lines)))
        if not isinstance(quoted.answer, tuple):
            self.tokens += [(lines, option.option_token) for option in quoted.answer.options]
        if not self.tokens:
            return self.some_reserve(pinned=False)
        lines, token = self.rng.choice(self.tokens)
        return ReserveRequest(self.desk.fresh(), order(lines), option_token=token, ttl_us=self.ttl())

    def some_adjust(self) -> AdjustInventoryRequest:
        """A change of stock with a sign that fits its reason."""
        reason = AdjustReason(self.rng.randint(1, 6))
        sign = SIGNS.get(reason, self.rng.choice((-1, 1)))
        delta = sign * self.rng.randint(1, 5)
        return AdjustInventoryRequest(self.desk.fresh(), self.rng.choice(SKUS), self.rng.choice(NODES), delta, reason)

    def some_count(self) -> SetInventoryRequest:
        """A count, now and then with fulfilments that it has not seen yet."""
        behind = self.rng.choice((None, None, 0, 5, 30))
        return SetInventoryRequest(
            self.desk.fresh(),
            self.rng.choice(SKUS),
            self.rng.choice(NODES),
            self.rng.randint(0, self.stock_max),
            safety_stock=self.rng.choice((None, None, 0, 1)),
            routing_reserve=self.rng.choice((None, None, 0, 1)),
            includes_fulfilments_up_to=0 if behind is None else max(0, self.desk.face.seq - behind),
        )


def perform(desk: Desk, request: Any) -> Sent:
    """Send a request to the engine of a desk."""
    calls = {
        ReserveRequest: desk.face.reserve,
        RouteRequest: desk.face.route,
        PromiseRequest: desk.face.promise,
        CommitRequest: desk.face.commit,
        ExtendRequest: desk.face.extend,
        ReleaseRequest: desk.face.release,
        FulfillRequest: desk.face.fulfill,
        AdjustInventoryRequest: desk.face.adjust_inventory,
        SetInventoryRequest: desk.face.set_inventory,
        SetNodeStatusRequest: desk.face.set_node_status,
    }
    try:
        answer = calls[type(request)](request, desk.now_us)
    except EngineError as error:
        return Sent(request, (error.reason.name, error.path, error.seq), error.seq, None)
    return Sent(request, answer, answer.seq, getattr(answer, "reservation", None))


def granted_by(one: Sent) -> Reservation | None:
    """The reservation that this request took new units for; None where it took none."""
    if isinstance(one.request, ReserveRequest | RouteRequest | PromiseRequest):
        return one.made
    if isinstance(one.request, CommitRequest) and not isinstance(one.answer, tuple) and one.answer.reacquired:
        return one.made
    return None


def repeated(answer: Any) -> Any:
    """What a repeat must give again: all but the plan of a first answer and the time it took."""
    if isinstance(answer, tuple):
        return answer
    recorded = {
        name: getattr(answer, name)
        for name in ("reservation", "position", "node_id", "status", "outcome", "line_results", "held_option")
        if hasattr(answer, name)
    }
    return {**recorded, "inventory_seq": answer.inventory_seq, "seq": answer.seq, "options": options(answer)}


def options(answer: Any) -> list[tuple[Any, ...]]:
    """Options of a Promise by level, dates and cost."""
    return [(o.service_level, o.arrive_by_us, o.cost_micros) for o in getattr(answer, "options", ())]


def visible(desk: Desk) -> tuple[Any, ...]:
    """What callers can see of the stock at this moment: a sweep in between does not change it."""
    return inspect.positions(desk.face, desk.now_us), inspect.capacity(desk.face, desk.now_us)
