"""Re-routing off a failed node: what the order said still holds, live, after a replay and from a checkpoint."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.native.engines import DAY_US, HOUR_US, MINUTE_US, Desk, grid, line, order, refusal
from tests.native.plain_network import NOON_US, plain_desk, plain_policy

from fastdom._native.quote_desk import Order
from fastdom.types import Reservation, ReservationState, RouteMode, RouteRequest, ServiceLevel

AGAIN: dict[str, Callable[[Desk], Desk]] = {
    "live": lambda desk: desk,
    "replayed": lambda desk: desk.goes_on(desk.replayed()),
    "loaded": lambda desk: desk.goes_on(desk.loaded()),
}


def units(found: Reservation) -> dict[str, int]:
    """Committed units by node."""
    nodes = {a.node_id for a in found.allocations if a.committed}
    return {node: sum(a.committed for a in found.allocations if a.node_id == node) for node in sorted(nodes)}


def routed(desk: Desk, *quantities: int, **facts: Any) -> Reservation:
    """A FIRM route of lines of ink, jar and kit."""
    lines = [line(i, sku, n) for i, (sku, n) in enumerate(zip(("ink", "jar", "kit"), quantities, strict=False), 1)]
    made = desk.route(lines, RouteMode.FIRM, **facts).reservation
    assert made is not None
    return made


@pytest.mark.parametrize("again", AGAIN)
def test_an_excluded_node_is_never_used(again: str) -> None:
    """Units of an order that excluded the next best node go to the one after it, and rather stay than use it."""
    desk = Desk()
    desk.stock(grid(50))
    made = routed(desk, 3, exclude_node_ids=("birch",))
    assert units(made) == {"alder": 3}
    desk = AGAIN[again](desk)
    assert desk.fail_node("alder") == (1, 0)
    assert units(desk.get(made.reservation_id)) == {"cedar": 3}
    desk.fail_node("dogwood")
    assert desk.fail_node("cedar") == (0, 3)
    assert units(desk.get(made.reservation_id)) == {"cedar": 3}


@pytest.mark.parametrize("again", AGAIN)
def test_only_included_nodes_are_used(again: str) -> None:
    """Of an order for two nodes nothing goes to a third, however near or well stocked."""
    desk = Desk()
    desk.stock(grid(50))
    made = routed(desk, 3, include_node_ids=("alder", "dogwood"))
    desk = AGAIN[again](desk)
    assert desk.fail_node("alder") == (1, 0)
    assert units(desk.get(made.reservation_id)) == {"dogwood": 3}
    assert desk.fail_node("dogwood") == (0, 3)


@pytest.mark.parametrize(
    ("most", "stays"), [(0, {"birch": 2, "cedar": 2}), (1, {"alder": 4}), (2, {"birch": 2, "cedar": 2})]
)
def test_max_shipments_bounds_the_reservation(most: int, stays: dict[str, int]) -> None:
    """Two lines that only fit two other nodes leave theirs when the order allows two shipments, else they stay."""
    desk = Desk()
    desk.stock({("ink", "alder"): 2, ("jar", "alder"): 2, ("ink", "birch"): 2, ("jar", "cedar"): 2})
    made = routed(desk, 2, 2, max_shipments=most)
    assert units(made) == {"alder": 4}
    assert desk.fail_node("alder") == ((1, 0) if len(stays) == 2 else (0, 4))
    assert units(desk.get(made.reservation_id)) == stays


def test_shipments_that_stay_count() -> None:
    """With one of two allowed shipments elsewhere, there is one left to move to; what needs a third stays."""
    desk = Desk()
    desk.stock(
        {("kit", "birch"): 2, ("ink", "alder"): 2, ("jar", "alder"): 2, ("ink", "cedar"): 2, ("jar", "dogwood"): 2}
    )
    made = routed(desk, 2, 2, 2, max_shipments=2)
    assert units(made) == {"alder": 4, "birch": 2}
    assert desk.fail_node("alder") == (0, 4)
    assert units(desk.get(made.reservation_id)) == {"alder": 4, "birch": 2}
    desk.set("jar", "cedar", 2)
    assert desk.reroute("alder") == (1, 0)
    assert units(desk.get(made.reservation_id)) == {"birch": 2, "cedar": 4}


def test_what_was_sent_counts_as_a_shipment() -> None:
    """What a node has sent is a shipment: with one allowed, the rest cannot leave from another node."""
    desk = Desk()
    desk.stock(grid(50))
    made = routed(desk, 3, max_shipments=1)
    desk.fulfill(made.reservation_id, ("L1", 1))
    assert desk.fail_node("alder") == (0, 2)


def test_required_by_is_strict() -> None:
    """What would arrive after required_by stays where it is, also when its node cannot send it any more."""
    desk = Desk()
    desk.stock(grid(50))
    wanted = order([line(1, "ink", 3)], required_by_us=desk.now_us + 4 * DAY_US)
    made = desk.face.route(RouteRequest(desk.fresh(), wanted, mode=RouteMode.FIRM), desk.now_us).reservation
    assert made is not None
    desk.now_us += 2 * DAY_US
    assert desk.fail_node("alder") == (0, 3)
    assert desk.get(made.reservation_id).needs_attention


def test_the_policy_is_the_orders_own() -> None:
    """Units go where the order's policy sends them, by its version of today; without one of its name, the default."""
    policies = (plain_policy(version=3), plain_policy(name="nearest", version=7, distance_micros_per_km_unit=1000))
    nearest = Order(
        "route", [{"line_id": "a", "sku": "shirt", "quantity": 1}], postal_code="110001", policy_name="nearest"
    )
    dear_near = np.array([3, 500, 3], dtype=np.int64)
    desk = plain_desk(policies=policies, handling_shipment=dear_near)
    by_default = Order("route", [{"line_id": "a", "sku": "shirt", "quantity": 1}], postal_code="110001")
    for node_i in range(3):
        desk.stock(0, node_i, 5)
    found = [desk.reroute(one, [(0, 0, 1, 0)], 0, NOON_US)[1] for one in (nearest, by_default)]
    assert [one["policy_version"] for one in found] == [7, 3]
    assert [one["shipments"][0]["node_i"] for one in found] == [1, 2]


def test_a_hold_by_token_is_alive_when_given() -> None:
    """A hold by token ends at order_by: granted until the microsecond before, and refused at that very moment."""
    desk = Desk()
    desk.stock(grid(50))
    desk.now_us += 18 * HOUR_US - MINUTE_US
    ((end, token),) = {
        (one.order_by_us, one.option_token)
        for one in desk.promise([line(1, "ink", 1)]).options
        if one.service_level == ServiceLevel.EXPRESS
    }
    desk.now_us = end - 1
    made = desk.reserve([line(1, "ink", 1)], pinned=False, option_token=token).reservation
    assert made is not None
    assert desk.get(made.reservation_id).state == ReservationState.HELD
    assert made.expires_at_us == end
    desk.now_us = end
    assert refusal(desk.reserve, [line(1, "ink", 1)], pinned=False, option_token=token) == "TOKEN_EXPIRED"


@pytest.mark.parametrize("early_us", [0, 1])
def test_a_promised_hold_is_alive_when_given(early_us: int) -> None:
    """A Promise with a hold at the very cutoff of today's hand-over holds for tomorrow's."""
    desk = Desk()
    desk.stock(grid(50))
    cutoff = min(one.order_by_us for one in desk.promise([line(1, "ink", 1)]).options)
    desk.now_us = cutoff - early_us
    made = desk.promise([line(1, "ink", 1)], hold=True).reservation
    assert made is not None
    assert desk.get(made.reservation_id).state == ReservationState.HELD
    assert (made.expires_at_us == cutoff) == (early_us == 1)


def test_a_dated_hold_that_moves_ends_at_its_new_cutoff() -> None:
    """A promised hold moved to an earlier hand-over ends at that order_by, and cannot be extended past it."""
    desk = Desk(capacity={"alder": ("SHIPMENTS", 1)})
    desk.set("ink", "alder", 10)
    desk.reserve([line(1, "ink", 1, "alder")], pinned=False, firm=True)  # today is full at alder
    held = desk.promise([line(1, "ink", 2)], hold=True, ttl_us=48 * HOUR_US).reservation
    assert held is not None
    desk.set("ink", "birch", 10)
    assert desk.fail_node("alder") == (2, 0)
    moved = desk.get(held.reservation_id)
    order_by = moved.shipments[-1].order_by_us
    assert moved.shipments[-1].node_id == "birch"
    assert moved.expires_at_us == order_by < held.expires_at_us
    assert desk.extend(held.reservation_id, 48 * HOUR_US).reservation.expires_at_us == order_by
    desk.now_us = order_by
    assert desk.get(held.reservation_id).state == ReservationState.EXPIRED
    assert refusal(desk.extend, held.reservation_id, HOUR_US) == "RESERVATION_EXPIRED"
    assert desk.replayed().digest() == desk.face.digest()
