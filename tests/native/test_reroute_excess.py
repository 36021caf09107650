"""What a node has beyond its limit moves: whole shipments, as many as needed, and no more."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.native.engines import NODES, Desk, grid, line, refusal

from fastdom._native import inspect
from fastdom.types import NodeStatus, RerouteNodeRequest, RerouteReason, Reservation, RouteMode


def take(desk: Desk, *quantities: int) -> str:
    """A routed reservation of lines of ink, jar and kit; its id."""
    lines = [line(i, sku, n) for i, (sku, n) in enumerate(zip(("ink", "jar", "kit"), quantities, strict=False), 1)]
    made = desk.route(lines, RouteMode.FIRM).reservation
    assert made is not None
    return made.reservation_id


def relieve(desk: Desk, node: str) -> tuple[int, int, int, int]:
    """(reservations moved, units moved, reservations left, units left)."""
    cursor: int | None = 0
    totals = [0, 0, 0, 0]
    while cursor is not None:
        cursor, *counts = desk.face.reroute_slice(desk.face.find(1, node.encode()), cursor, 16, desk.now_us, True)
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        desk.flush()
    return totals[0], totals[1], totals[2], totals[3]


def places(reservation: Reservation) -> set[str]:
    """Nodes with open units."""
    return {a.node_id for a in reservation.allocations if a.held + a.committed}


def taken(desk: Desk, node: str) -> list[int]:
    """What the buckets of a node have taken, by day."""
    return [units for (where, _), units in sorted(inspect.capacity(desk.face).items()) if where == node]


@pytest.mark.parametrize(("kind", "limit", "left"), [("SHIPMENTS", 2, 2), ("UNITS", 5, 4), ("UNITS", 0, 0)])
def test_the_earliest_move_until_the_limit_holds(kind: str, limit: int, left: int) -> None:
    """Of five shipments of two units the first ones leave, as many as it takes; the others stay."""
    desk = Desk(capacity={"alder": (kind, 10)})
    desk.stock(grid(50))
    made = [take(desk, 2) for _ in range(5)]
    desk.activate(2, {"alder": (kind, limit)})
    moved = relieve(desk, "alder")
    stay = left if kind == "SHIPMENTS" else left // 2
    assert moved == (5 - stay, 2 * (5 - stay), 0, 0)
    assert taken(desk, "alder") == ([left] if left else [])
    assert [places(desk.get(one)) == {"alder"} for one in made] == [False] * (5 - stay) + [True] * stay
    first = inspect.failures(desk.face)[made[0]]
    assert (first[0], [(node, reason) for node, reason, _ in first[1]]) == (
        0,
        [("alder", RerouteReason.OVER_CAPACITY)],
    )
    assert inspect.faults(desk.face) == []
    assert relieve(desk, "alder") == (0, 0, 0, 0)
    assert desk.face.recount() == []
    assert desk.replayed().digest() == desk.loaded().digest() == desk.face.digest()


def test_a_shipment_moves_whole_or_stays() -> None:
    """What another node has but a part of stays, unflagged, and one that fits moves in its place."""
    desk = Desk(capacity={"alder": ("SHIPMENTS", 10)})
    desk.stock({("ink", "alder"): 20, ("jar", "alder"): 20, ("ink", "birch"): 3})
    large, small = take(desk, 2, 2), take(desk, 3)
    desk.activate(2, {"alder": ("SHIPMENTS", 1)})
    assert relieve(desk, "alder") == (1, 3, 1, 4)
    assert (places(desk.get(large)), places(desk.get(small))) == ({"alder"}, {"birch"})
    assert not desk.get(large).needs_attention
    assert inspect.faults(desk.face) == []


def test_what_has_left_in_part_stays() -> None:
    """A shipment of which units have been sent does not leave from elsewhere as well."""
    desk = Desk(capacity={"alder": ("SHIPMENTS", 10)})
    desk.stock(grid(50))
    made = take(desk, 3)
    desk.fulfill(made, ("L1", 1))
    desk.activate(2, {"alder": ("SHIPMENTS", 0)})
    assert relieve(desk, "alder") == (0, 0, 0, 0)
    assert places(desk.get(made)) == {"alder"}


def test_a_node_within_its_limit_keeps_everything() -> None:
    """Nothing is looked at where no bucket has more than its limit, or the node has none."""
    desk = Desk(capacity={"alder": ("SHIPMENTS", 3)})
    desk.stock(grid(50))
    made = take(desk, 2)
    for node in NODES:
        assert relieve(desk, node) == (0, 0, 0, 0)
    assert places(desk.get(made)) == {"alder"}


def test_the_request_is_remembered_and_switches_nothing() -> None:
    """The id is used up, the status stays, and a switch under the same id is another body."""
    desk = Desk()
    desk.node("alder", NodeStatus.PAUSED)
    request = RerouteNodeRequest("once", "alder")
    first = desk.face.reroute_node(request, desk.now_us)
    assert desk.face.reroute_node(request, desk.now_us).seq == first.seq == desk.face.seq
    assert desk.face.node_status("alder") is NodeStatus.PAUSED
    assert refusal(desk.face.reroute_node, RerouteNodeRequest("once", "birch"), desk.now_us) == "REQUEST_ID_REUSED"
    assert refusal(desk.face.reroute_node, RerouteNodeRequest("two", "nowhere"), desk.now_us) == "UNKNOWN_NODE"
    assert refusal(desk.face.reroute_node, RerouteNodeRequest("", "alder"), desk.now_us) == "REQUEST_ID_REQUIRED"
    assert desk.replayed().digest() == desk.face.digest()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_no_bucket_is_left_over_that_could_be_relieved(seed: int) -> None:
    """With room elsewhere every bucket ends within its limit, no unit is lost, and no other goes over its own."""
    rng = random.Random(seed)
    kinds = {node: (rng.choice(("SHIPMENTS", "UNITS")), 40) for node in ("alder", "birch")}
    desk = Desk(capacity=kinds)
    desk.stock(grid(200))
    made = [take(desk, *(rng.randint(1, 3) for _ in range(rng.randint(1, 3)))) for _ in range(12)]
    before = {one: sum(a.committed for a in desk.get(one).allocations) for one in made}
    limits = {node: (kind, rng.randint(0, 12)) for node, (kind, _) in kinds.items()}
    desk.activate(2, limits)
    for node in ("alder", "birch"):
        relieve(desk, node)
        assert all(units <= limits[node][1] for units in taken(desk, node))
    assert {one: sum(a.committed for a in desk.get(one).allocations) for one in made} == before
    assert desk.face.recount() == []
    assert desk.replayed().digest() == desk.loaded().digest() == desk.face.digest()
