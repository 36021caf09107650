"""Commands as nobody sane sends them: edge values in every field, long lists, unknown names, reused ids, odd times."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from tests.native.engines import CHANNEL, DAY_US, HOUR_US, MINUTE_US, NODES, POSTAL, SECOND_US, SKUS, T0, Desk, grid
from tests.native.engines import small_limits as limits_of

from fastdom.reasons import EngineError
from fastdom.types import (
    AdjustInventoryRequest,
    AdjustReason,
    CommitRequest,
    Destination,
    ExtendRequest,
    FulfillRequest,
    ImportInventoryRequest,
    InventoryRow,
    LineQuantity,
    NodeStatus,
    Order,
    OrderLine,
    PolicyRef,
    PostalAddress,
    PromiseRequest,
    ReleaseRequest,
    RerouteLine,
    RerouteRequest,
    ReserveRequest,
    ResolveExceptionRequest,
    RouteRequest,
    SetInventoryRequest,
    SetNodeStatusRequest,
)

YEAR_10000_US = 253_402_300_800_000_000
NUMBERS = (
    0, 1, 2, 9, 999, 1000, 1001, 10**6, 10**6 + 1, 10**9, 10**9 + 1, 2**31 - 1, 2**31, 2**50, 2**50 + 1, 2**62,
    2**63 - 1, -1, -(2**31), YEAR_10000_US - 1, YEAR_10000_US,
)  # fmt: skip
"""Limits of the fields and of what holds them, and one beyond."""
TEXTS = ("", "x", "x" * 36, "x" * 64, "x" * 65, "ink", "alder", "nowhere", "é" * 32, "\0", POSTAL, "till", "EUR")
LENGTHS = (0, 1000, 1001, 4095, 4096, 4097)


@dataclass
class Oddities:
    """A desk with odd traffic on it.

    Attributes
    ----------
    told : list of (str, str)
        Method and outcome of each command: empty, or the reason's name or the kind of error it was refused with.
    """

    seed: int
    told: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        wide = {"reservation_bytes_max": 64 << 20, "answer_bytes_max": 64 << 20}
        tight = {"positions_max": 14, "reservations_max": 30, "request_ids_max": 70, "request_window_us": MINUTE_US}
        limits = limits_of(**{**wide, **(tight if self.rng.random() < 0.2 else {})})
        self.desk = Desk(limits, {"alder": ("UNITS", 30), "birch": ("SHIPMENTS", 9)}, buffer_bytes=8 << 20)
        self.desk.stock(grid(40))
        self.reservations: list[str] = []
        self.oddness = 0.0

    def step(self) -> None:
        """Send one command, let time pass now and then, or change the network."""
        chance = self.rng.random()
        if chance < 0.04:
            self.desk.now_us += self.rng.choice((SECOND_US, HOUR_US, DAY_US))
        elif chance < 0.06:
            self.desk.face.tick(self.desk.now_us)
        elif chance < 0.09:
            self.desk.reroute(self.rng.choice(NODES))
        elif chance < 0.11:
            capacity = {
                node: (self.rng.choice(("UNITS", "SHIPMENTS")), self.rng.choice((0, 3, 10**9))) for node in NODES
            }
            self.desk.activate(self.desk.face.network_version + 1, capacity)
        else:
            self.send()
        self.desk.flush()

    def send(self) -> None:
        """Send a random command and note what became of it."""
        method, call = self.rng.choice(self.commands())
        self.oddness = self.rng.choice((0.0, 0.0, 0.0, 0.1, 0.3))
        try:
            answer = call()
        except EngineError as refusal:
            self.told.append((method, refusal.reason.name))
        except (ValueError, OverflowError) as error:
            self.told.append((method, type(error).__name__))
        else:
            self.told.append((method, ""))
            made = getattr(answer, "reservation", None)
            if made is not None:
                self.reservations.append(made.reservation_id)

    def commands(self) -> list[tuple[str, Callable[[], object]]]:
        """Every method that changes something, with a random request."""
        face = self.desk.face
        calls: Sequence[tuple[Callable[[Any, int], object], Callable[[], object]]] = [
            (face.reserve, self.some_reserve),
            (face.route, self.some_route),
            (face.route, self.some_route),
            (face.promise, self.some_promise),
            (face.commit, lambda: CommitRequest(self.id(), self.reservation(), self.coin(), self.time())),
            (face.extend, lambda: ExtendRequest(self.id(), self.reservation(), self.number(0, SECOND_US, 30 * DAY_US))),
            (face.release, lambda: ReleaseRequest(self.id(), self.reservation(), self.picks())),
            (face.fulfill, lambda: FulfillRequest(self.id(), self.reservation(), self.picks())),
            (face.reroute, self.some_reroute),
            (face.adjust_inventory, self.some_adjust),
            (face.set_inventory, self.some_count),
            (face.import_chunk, self.some_chunk),
            (face.set_node_status, self.some_status),
            (face.resolve_exception, self.some_resolve),
        ]
        made = [(call.__name__, self.given(call, request)) for call, request in calls]
        return [*made, ("set_many", self.many_rows)]

    def given(self, call: Callable[[Any, int], object], request: Callable[[], object]) -> Callable[[], object]:
        """The call with a request that is made when it is sent."""
        return lambda: call(request(), self.desk.now_us)

    # --- values

    def coin(self) -> bool:
        """Yes or no."""
        return self.rng.random() < 0.5

    def odd(self) -> bool:
        """Whether a value is an odd one, by how odd the command is."""
        return self.rng.random() < self.oddness

    def number(self, *usual: int) -> Any:
        """One of the usual numbers, or an edge value; it stands for enumerations as well."""
        return self.rng.choice(NUMBERS if self.odd() else usual)

    def text(self, *usual: str) -> str:
        """One of the usual texts, or another."""
        return self.rng.choice(TEXTS if self.odd() else usual)

    def time(self) -> int:
        """A time of sending, mostly none."""
        return int(self.number(0, 0, 0, self.desk.now_us))

    def id(self) -> str:
        """A request id, or one used before."""
        return f"r{self.rng.randint(1, 40)}" if self.odd() else self.text(self.desk.fresh())

    def reservation(self) -> str:
        """Mostly a known reservation."""
        return self.text(*(self.reservations[-9:] or ["0" * 32]))

    def size(self, *usual: int) -> int:
        """The length of a list, or of a very long one."""
        return self.rng.choice(LENGTHS if self.odd() else usual)

    def nodes(self) -> tuple[str, ...]:
        """A list of nodes, mostly a short one, or one with a name at its end that nobody knows."""
        count = self.rng.choice((0, 0, 0, 1, 2)) if self.rng.random() < 0.9 else self.size(*LENGTHS)
        return tuple(self.rng.choices(NODES, k=count)) + (("nowhere",) if self.rng.random() < 0.1 else ())

    # --- requests

    def line(self, i: int) -> OrderLine:
        """A line, now and then in a group, pinned, heavy, or with attributes."""
        attributes = {self.text("k"): self.text("v") for _ in range(self.rng.choice((1, 3, 17)))}
        return OrderLine(
            self.text(f"L{i}"),
            self.text(*SKUS),
            self.number(1, 2, 3),
            node_id=self.text("", "", "alder", "birch"),
            group_id=self.text("", "", "g"),
            weight_g=self.number(0, 0, 100),
            **({"attributes": tuple(attributes.items())} if self.rng.random() < 0.1 else {}),
        )

    def order(self) -> Order:
        """An order, now and then placed far ahead, of very many lines, or to nowhere."""
        places = [Destination(PostalAddress(POSTAL))] * 6
        places += [Destination(PostalAddress(self.text(POSTAL), country_code=self.text("", "DE")))]
        places += [Destination(pickup_node_id=self.text("alder"))]
        return Order(
            self.text("o"),
            self.text(CHANNEL, CHANNEL, "till"),
            tuple(self.line(i) for i in range(self.size(1, 1, 2, 3, 9, 40))),
            destination=self.rng.choice([None, *places]),
            service_level=self.number(0, 0, 1, 2, 4),
            payment=self.number(0, 1, 2),
            placed_at_us=self.number(0, 0, T0 + DAY_US, T0 + 400 * DAY_US),
            required_by_us=self.number(0, 0, T0 + 5 * DAY_US),
            order_value_micros=self.number(0, 5),
            currency_code=self.text("", "EUR"),
        )

    def policy(self) -> PolicyRef | None:
        """A policy by name, or none."""
        return PolicyRef(self.text("cheapest"), self.number(0, 1)) if self.rng.random() < 0.3 else None

    def some_reserve(self) -> ReserveRequest:
        return ReserveRequest(
            self.id(),
            self.order(),
            mode=self.number(0, 1, 2),
            ttl_us=self.number(0, SECOND_US, HOUR_US),
            allow_partial=self.coin(),
            option_token=self.rng.choice((b"z", b"q" * 512, b"q" * 513)) if self.odd() else b"",
            first_sent_at_us=self.time(),
        )

    def some_route(self) -> RouteRequest:
        return RouteRequest(
            self.id(),
            self.order(),
            mode=self.number(2, 3),
            ttl_us=self.number(0, HOUR_US),
            include_node_ids=self.nodes(),
            exclude_node_ids=self.nodes(),
            allow_partial=self.coin(),
            max_shipments=self.number(0, 1, 2),
            effort=self.number(0, 1),
            alternatives=self.number(0, 1),
            policy=self.policy(),
            first_sent_at_us=self.time(),
        )

    def some_promise(self) -> PromiseRequest:
        return PromiseRequest(
            self.id(),
            self.order(),
            hold=self.rng.random() < 0.8,
            option=self.number(0, 0, 1, 2),
            ttl_us=self.number(0, HOUR_US),
            service_levels=tuple(self.number(1, 2) for _ in range(self.rng.choice((0, 0, 1, 2)))),
            policy=self.policy(),
            first_sent_at_us=self.time(),
        )

    def picks(self) -> tuple[LineQuantity, ...]:
        """Nothing, for everything, or units of lines."""
        count = self.size(0, 0, 1, 2)
        return tuple(
            LineQuantity(self.text("L0", "L1"), self.number(1, 2), self.text("", "", "alder")) for _ in range(count)
        )

    def some_reroute(self) -> RerouteRequest:
        lines = tuple(RerouteLine(self.text("L0", "L1"), self.number(0, 1)) for _ in range(self.size(0, 0, 1, 2)))
        reason = self.number(1, 2, 3)
        return RerouteRequest(self.id(), self.reservation(), self.text(*NODES), lines, reason, self.time())

    def some_adjust(self) -> AdjustInventoryRequest:
        reason = AdjustReason(self.rng.randint(0, 6))
        return AdjustInventoryRequest(self.id(), self.text(*SKUS), self.text(*NODES), self.number(1, -1, 5), reason)

    def some_count(self) -> SetInventoryRequest:
        return SetInventoryRequest(
            self.id(),
            self.text(*SKUS),
            self.text(*NODES),
            self.number(0, 5, 50),
            safety_stock=self.rng.choice((None, self.number(0, 1))),
            routing_reserve=self.rng.choice((None, self.number(0, 1))),
            as_of_us=self.number(0, 0, self.desk.now_us),
            includes_fulfilments_up_to=self.number(0, 0, 1),
        )

    def some_chunk(self) -> ImportInventoryRequest:
        rows = tuple(
            InventoryRow(
                self.text(*SKUS),
                self.text(*NODES),
                self.number(0, 5, 9),
                safety_stock=self.rng.choice((None, self.number(0, 1))),
                routing_reserve=self.rng.choice((None, self.number(0, 1))),
            )
            for _ in range(self.size(1, 5, 50, 1024))
        )
        return ImportInventoryRequest(self.id(), rows, as_of_us=self.number(0, 0, self.desk.now_us - 5))

    def many_rows(self) -> object:
        """Rows as arrays, some of them refused."""
        count = self.rng.choice((1, 9, 545))
        skus = np.array(self.rng.choices(range(len(SKUS)), k=count), np.int32)
        nodes = np.array(self.rng.choices(range(len(NODES)), k=count), np.int32)
        units = np.array(self.rng.choices((-1, 0, 5, 10**9, 10**9 + 1), k=count), np.int32)
        return self.desk.face.set_many(skus, nodes, units, request_id=self.id(), now_us=self.desk.now_us)

    def some_status(self) -> SetNodeStatusRequest:
        return SetNodeStatusRequest(self.id(), self.text(*NODES), NodeStatus(self.rng.choice((0, 1, 1, 1, 2, 3))))

    def some_resolve(self) -> ResolveExceptionRequest:
        return ResolveExceptionRequest(self.id(), self.number(1, 2, 3), self.text("n", "n" * 1024, "n" * 1025))
