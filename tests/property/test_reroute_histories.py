"""Re-routes over random histories: never back to a node that failed, no unit lost, and as cheap as a plan can be."""

import random
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.native.engines import NODES, SECOND_US, SKUS, Desk, line, order, small_limits
from tests.property.profiles import LONG

from fastdom._native import inspect
from fastdom.reasons import EngineError
from fastdom.types import (
    NodeStatus,
    RerouteLine,
    RerouteReason,
    RerouteRequest,
    Reservation,
    RouteMode,
    RouteRequest,
)

EXCLUSION_US = 20 * SECOND_US
STEPS = 120
REASONS = (RerouteReason.REJECTED, RerouteReason.SHORT_PICK, RerouteReason.LATE, RerouteReason.OTHER)
EXAMPLES = settings(max_examples=400 if LONG else 15, deadline=None)
SEEDS = st.integers(0, 2**32)

Units = dict[tuple[str, str], int]
"""Open units by (line, node)."""


def open_units(reservation: Reservation) -> Units:
    """Units held or committed."""
    units: Units = {}
    for a in reservation.allocations:
        if a.held + a.committed:
            units[a.line_id, a.node_id] = units.get((a.line_id, a.node_id), 0) + a.held + a.committed
    return units


@dataclass
class Failing:
    """A desk whose nodes fail its reservations, one after the other and all at once.

    Attributes
    ----------
    out : dict
        Until when a node may get no units of a reservation, by (reservation, node).
    on_hand : dict
        What should be on hand, by (sku, node).
    """

    seed: int
    desk: Desk = field(init=False)
    reservations: list[str] = field(default_factory=list)
    out: dict[tuple[str, str], int] = field(default_factory=dict)
    on_hand: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.desk = Desk(
            small_limits(reroute_attempts_max=4, reroute_exclusion_us=EXCLUSION_US),
            {"birch": ("SHIPMENTS", 6), "cedar": ("UNITS", 9)},
        )
        for sku in SKUS:
            for node in NODES:
                self.count(sku, node)

    def count(self, sku: str, node: str) -> None:
        """A stock count."""
        self.on_hand[sku, node] = self.rng.choice((0, 2, 5, 12))
        self.desk.set(sku, node, self.on_hand[sku, node])

    def take(self) -> None:
        """A routed reservation, held or committed, some of it in one group."""
        skus = self.rng.sample(SKUS, self.rng.randint(1, 3))
        lines = [line(i, sku, self.rng.randint(1, 3)) for i, sku in enumerate(skus)]
        mode = self.rng.choice((RouteMode.HOLD, RouteMode.FIRM))
        most = self.rng.choice((0, 0, 2))
        made = self.desk.route(lines, mode, max_shipments=most, ttl_us=60 * SECOND_US).reservation
        if made is not None:
            self.reservations.append(made.reservation_id)

    def fail_one(self) -> None:
        """A node fails one reservation, wholly or in part."""
        if not self.reservations:
            return
        known = self.rng.choice(self.reservations)
        before = self.desk.get(known)
        units = open_units(before)
        if not units:
            return
        _, node = self.rng.choice(sorted(units))
        here = {line_id: n for (line_id, at), n in units.items() if at == node}
        named = {line_id: self.rng.randint(1, n) for line_id, n in here.items() if self.rng.random() < 0.6}
        reason = self.rng.choice(REASONS)
        lines = tuple(RerouteLine(*one) for one in named.items())
        moved = self.desk.face.reroute(RerouteRequest(self.desk.fresh(), known, node, lines, reason), self.desk.now_us)
        wanted = named or here
        assert moved.units_moved + moved.units_stranded == sum(wanted.values())
        if reason is RerouteReason.SHORT_PICK:
            skus = {a.line_id: a.sku for a in before.allocations}
            for line_id, n in wanted.items():
                place = skus[line_id], node
                self.on_hand[place] = max(0, self.on_hand[place] - n)
        self.out[known, node] = max(self.out.get((known, node), 0), self.desk.now_us + EXCLUSION_US)
        self.check_move(known, units, node)

    def fail_all(self) -> None:
        """A node goes OFFLINE."""
        node = self.rng.choice(NODES)
        before = {known: open_units(self.desk.get(known)) for known in self.reservations}
        self.desk.fail_node(node)
        for known, units in before.items():
            if any(at == node for _, at in units):
                self.check_move(known, units, node)
                (until_us,) = (x.until_us for x in self.told(known) if x.node_id == node)
                assert until_us > self.desk.now_us
                self.out[known, node] = until_us

    def told(self, known: str) -> list["Exclusion"]:
        """What the engine remembers of a reservation."""
        _, failed, _ = inspect.failures(self.desk.face).get(known, (0, [], []))
        return [Exclusion(node_id, until_us) for node_id, _, until_us in failed]

    def check_move(self, known: str, before: Units, node: str) -> None:
        """Units came to nodes that were not out, and none was lost."""
        after = open_units(self.desk.get(known))
        for (line_id, at), n in after.items():
            if n > before.get((line_id, at), 0):
                assert at != node
                assert self.out.get((known, at), 0) <= self.desk.now_us
        for line_id in {line_id for line_id, _ in before}:
            assert sum(n for (one, _), n in before.items() if one == line_id) == sum(
                n for (one, _), n in after.items() if one == line_id
            )

    def step(self) -> None:
        """Something happens."""
        what = self.rng.random()
        if what < 0.3:
            self.take()
        elif what < 0.7:
            self.fail_one()
        elif what < 0.76:
            self.fail_all()
        elif what < 0.86:
            self.desk.node(self.rng.choice(NODES), NodeStatus.ONLINE)
        elif what < 0.93:
            self.count(self.rng.choice(SKUS), self.rng.choice(NODES))
        else:
            self.desk.now_us += self.rng.choice((1, SECOND_US, EXCLUSION_US))


@dataclass(frozen=True)
class Exclusion:
    """A node that is out, and until when."""

    node_id: str
    until_us: int


@EXAMPLES
@given(SEEDS)
def test_never_back_to_a_node_that_failed(seed: int) -> None:
    """Whatever fails and recovers, no move brings units to a node that failed the reservation before it may have any;
    lines keep their units, stock changes by short picks and counts alone, and a replay and a checkpoint agree."""
    failing = Failing(seed)
    for _ in range(STEPS):
        failing.step()
    desk = failing.desk
    assert {place: row[0] for place, row in inspect.positions(desk.face).items()} == failing.on_hand
    assert desk.face.recount() == []
    assert desk.replayed().digest() == desk.loaded().digest() == desk.face.digest()
    assert inspect.failures(desk.replayed()) == inspect.failures(desk.loaded()) == inspect.failures(desk.face)


@EXAMPLES
@given(SEEDS)
def test_units_go_where_a_new_order_would(seed: int) -> None:
    """The new shipments and their costs are those of a plan for the same lines without the nodes that are out."""
    failing = Failing(seed)
    rng, desk = failing.rng, failing.desk
    for _ in range(12):
        skus = rng.sample(SKUS, rng.randint(1, 3))
        lines = [line(i, sku, rng.randint(1, 3)) for i, sku in enumerate(skus)]
        made = desk.route(lines, RouteMode.FIRM).reservation
        for _ in range(3):
            units = open_units(desk.get(made.reservation_id)) if made is not None else {}
            if made is None or not units:
                break
            _, node = rng.choice(sorted(units))
            out = {one.node_id for one in failing.told(made.reservation_id) if desk.now_us < one.until_us} | {node}
            again = [one for one in lines if (one.line_id, node) in units]
            plan = desk.face.route(
                RouteRequest("", order(again), exclude_node_ids=tuple(out), allow_partial=True), desk.now_us
            ).plan
            moved = desk.face.reroute(RerouteRequest(desk.fresh(), made.reservation_id, node), desk.now_us)
            assert plan is not None
            assert (moved.plan.shipments if moved.plan is not None else ()) == plan.shipments
            assert (moved.plan.total_cost_micros if moved.plan is not None else 0) == plan.total_cost_micros
            desk.now_us += rng.choice((0, SECOND_US, EXCLUSION_US))


@EXAMPLES
@given(SEEDS)
def test_a_refused_reroute_leaves_no_trace(seed: int) -> None:
    """A call with a mistake in it, or on a reservation that has ended, changes nothing but what is remembered of it."""
    failing = Failing(seed)
    for _ in range(STEPS // 3):
        failing.step()
    desk, rng = failing.desk, failing.rng
    while desk.face.tick(desk.now_us):  # a refusal is journalled, and what is due expires at it
        pass
    for known in failing.reservations:
        before = inspect.positions(desk.face), inspect.failures(desk.face), inspect.faults(desk.face, resolved=True)
        lines = (RerouteLine(f"L{rng.randint(0, 9)}", rng.choice((0, -1, 99))),)
        try:
            desk.face.reroute(RerouteRequest(desk.fresh(), known, rng.choice(NODES), lines), desk.now_us)
        except EngineError:
            after = inspect.positions(desk.face), inspect.failures(desk.face), inspect.faults(desk.face, resolved=True)
            assert after == before
        else:
            raise AssertionError(lines)
