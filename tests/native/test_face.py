"""Face: typed calls in, dataclasses out, the same answer for the same request id, errors that name the field."""

import dataclasses
import pickle
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.native.engines import Desk, small_limits
from tests.native.faces import NOW_US, SECOND_US, STOCK, channel, demo, flush, new_face, node, order, row, sku

from fastdom import types
from fastdom._native import inspect
from fastdom._native.fill import command_of
from fastdom.engine.face import Face
from fastdom.reasons import EngineError, Field, Reason
from fastdom.types import (
    AdjustInventoryRequest,
    AdjustReason,
    CommitRequest,
    Destination,
    ExceptionKind,
    ExtendRequest,
    FulfillRequest,
    GetAvailabilityRequest,
    GetReservationRequest,
    ImportInventoryRequest,
    LineQuantity,
    ListExceptionsRequest,
    ListReservationsRequest,
    NodeStatus,
    Optimality,
    OrderLine,
    PolicyRef,
    Position,
    PostalAddress,
    PromiseRequest,
    ReleaseRequest,
    ReservationState,
    ReserveMode,
    ReserveOutcome,
    ReserveRequest,
    ResolveExceptionRequest,
    RouteMode,
    RouteOutcome,
    RouteRequest,
    ServiceLevel,
    SetInventoryRequest,
    SetNodeStatusRequest,
    TokenDifference,
    UnassignedReason,
)


@pytest.fixture
def face() -> Face:
    return new_face()


def position(face: Face, sku_i: int, node_i: int, now_us: int = NOW_US) -> Position:
    """The position as GetAvailability tells it."""
    return face.get_availability(GetAvailabilityRequest((sku(sku_i),), (node(node_i),)), now_us).positions[0]


def refusal(call: Callable[[], object]) -> EngineError:
    """The error a call raises."""
    with pytest.raises(EngineError) as caught:
        call()
    return caught.value


def reserve(face: Face, request_id: str = "r1", *quantities: int, **given: Any) -> types.ReserveResult:
    """Reserve lines pinned to the first node."""
    quantities = quantities or (1,)
    pins = (node(0),) * len(quantities)
    return face.reserve(ReserveRequest(request_id, order(*quantities, pins=pins), **given), NOW_US)


def reservation_id(result: types.ReserveResult) -> str:
    assert result.reservation is not None
    return result.reservation.reservation_id


# --- Route and Promise


def test_route_plans_and_changes_nothing(face: Face) -> None:
    """PLAN gives a whole plan, takes nothing, uses no request id and waits for nothing."""
    before = face.seq
    result = face.route(RouteRequest("", order(1, 2, 3)), NOW_US)
    assert result.outcome is RouteOutcome.COMPLETE
    assert (result.reservation, result.seq, face.seq) == (None, 0, before)
    assert result.plan is not None
    assert sum(line.quantity for s in result.plan.shipments for line in s.lines) == 6
    assert result.optimality is Optimality.PROVEN
    assert result.gap_micros == 0


def test_route_costs_add_up(face: Face) -> None:
    """A shipment costs the sum of its objectives, a plan the sum of its shipments."""
    plan = face.route(RouteRequest("", order(1, 2, 3)), NOW_US).plan
    assert plan is not None
    assert plan.currency_code == "INR"
    for shipment in plan.shipments:
        assert shipment.cost_micros == sum(cost.cost_micros for cost in shipment.costs)
        assert [cost.objective for cost in shipment.costs] == sorted(cost.objective for cost in shipment.costs)
        assert NOW_US <= shipment.order_by_us <= shipment.ship_at_us < shipment.arrive_from_us <= shipment.arrive_by_us
    assert plan.total_cost_micros == sum(shipment.cost_micros for shipment in plan.shipments)
    assert plan.split_count == len(plan.shipments) - 1


def test_route_refused_says_why_per_line(face: Face) -> None:
    """More than any node has is REFUSED with the reason of each line, and is not an error."""
    result = face.route(RouteRequest("", order(1, STOCK + 1)), NOW_US)
    assert result.outcome is RouteOutcome.REFUSED
    assert result.plan is not None
    assert result.plan.shipments == ()
    assert [(line.line_id, line.reason) for line in result.plan.unassigned_lines] == [
        ("L1", UnassignedReason.ORDER_INCOMPLETE),
        ("L2", UnassignedReason.OUT_OF_STOCK),
    ]


def test_route_firm_commits_at_once(face: Face) -> None:
    """FIRM gives a plan and a committed reservation of the same units in one step."""
    result = face.route(RouteRequest("f1", order(2, 1), mode=RouteMode.FIRM), NOW_US)
    assert result.reservation is not None
    assert result.plan is not None
    assert result.reservation.state is ReservationState.COMMITTED
    assert [a.committed for a in result.reservation.allocations] == [2, 1]
    assert result.seq == face.seq


def test_repeated_route_has_reservation_without_plan(face: Face) -> None:
    """A repeated HOLD gives the first reservation again, without plan and decision time."""
    request = RouteRequest("h1", order(2), mode=RouteMode.HOLD)
    first = face.route(request, NOW_US)
    again = face.route(request, NOW_US + SECOND_US)
    assert (again.reservation, again.plan, again.decision_us) == (first.reservation, None, 0)
    assert again.seq == first.seq


def test_promise_tells_options_and_differences(face: Face) -> None:
    """Options come best first, each after the first with its difference, each with a token and a cutoff."""
    result = face.promise(PromiseRequest("", order(1, 1)), NOW_US)
    assert len({option.service_level for option in result.options}) == len(result.options) > 1
    first, second = result.options[:2]
    assert first.difference is None
    assert second.difference is not None
    assert second.difference.cost_micros == second.cost_micros - first.cost_micros
    assert second.difference.arrive_by_us == second.arrive_by_us - first.arrive_by_us >= 0
    assert all(0 < len(option.option_token) <= 512 for option in result.options)
    assert all(NOW_US < option.valid_until_us <= option.order_by_us for option in result.options)
    assert (result.reservation, result.seq, result.unpromised_lines) == (None, 0, ())


def test_promise_of_too_much_names_the_lines(face: Face) -> None:
    """Without an option the lines that stand in the way are named."""
    result = face.promise(PromiseRequest("", order(STOCK + 1)), NOW_US)
    assert result.options == ()
    assert [(line.line_id, line.quantity) for line in result.unpromised_lines] == [("L1", STOCK + 1)]


def test_option_token_reserves_what_was_quoted(face: Face) -> None:
    """Reserving with a token grants exactly the quoted shipments at the quoted cost."""
    option = face.promise(PromiseRequest("", order(1, 2)), NOW_US).options[0]
    result = face.reserve(ReserveRequest("t1", order(1, 2), option.option_token), NOW_US + SECOND_US)
    assert result.token_difference is TokenDifference.NONE
    assert result.plan is not None
    assert result.plan.total_cost_micros == option.cost_micros
    assert [s.node_id for s in result.plan.shipments] == [s.node_id for s in option.shipments]
    assert [s.arrive_by_us for s in result.plan.shipments] == [s.arrive_by_us for s in option.shipments]


def test_promise_with_hold_reserves_the_option(face: Face) -> None:
    """Promise with hold reserves the wanted level; the held option's token is empty."""
    request = PromiseRequest("p1", order(1, 1), hold=True, option=ServiceLevel.STANDARD)
    result = face.promise(request, NOW_US)
    assert result.held_option is ServiceLevel.STANDARD
    assert result.reservation is not None
    assert result.reservation.state is ReservationState.HELD
    held = next(option for option in result.options if option.service_level is ServiceLevel.STANDARD)
    assert held.option_token == b""
    assert {a.node_id for a in result.reservation.allocations} == {s.node_id for s in held.shipments}


# --- Reserve and the verbs


def test_pinned_reserve_takes_units(face: Face) -> None:
    """A pinned Reserve holds the units of its node and answers no plan."""
    result = reserve(face, "r1", 3, 4)
    assert (result.outcome, result.plan) == (ReserveOutcome.GRANTED, None)
    assert [(line.granted, line.shortfall, line.available_after) for line in result.line_results] == [
        (3, 0, STOCK - 3),
        (4, 0, STOCK - 4),
    ]
    assert (position(face, 0, 0).held, position(face, 0, 0).available) == (3, STOCK - 3)


def test_partial_reserve_tells_shortfall(face: Face) -> None:
    """With allow_partial what there is is granted, and the line says what is missing and why."""
    result = reserve(face, "r1", STOCK + 5, allow_partial=True)
    assert result.outcome is ReserveOutcome.PARTIAL
    line = result.line_results[0]
    assert (line.granted, line.shortfall, line.reason) == (STOCK, 5, UnassignedReason.OUT_OF_STOCK)


def test_refused_reserve_takes_nothing(face: Face) -> None:
    """Without allow_partial too little stock is REFUSED, nothing is taken, and the id may be tried again."""
    refused = reserve(face, "r1", STOCK + 1)
    assert (refused.outcome, refused.reservation) == (ReserveOutcome.REFUSED, None)
    assert position(face, 0, 0).held == 0
    face.adjust_inventory(AdjustInventoryRequest("a1", sku(0), node(0), 1, AdjustReason.RECEIPT), NOW_US)
    assert reserve(face, "r1", STOCK + 1).outcome is ReserveOutcome.GRANTED


def test_life_of_a_reservation(face: Face) -> None:
    """HELD, COMMITTED, PARTIALLY_FULFILLED, FULFILLED: each verb answers the reservation after it."""
    rid = reservation_id(reserve(face, "r1", 5))
    assert face.commit(CommitRequest("c1", rid), NOW_US).reservation.state is ReservationState.COMMITTED
    part = face.fulfill(FulfillRequest("f1", rid, (LineQuantity("L1", 2),)), NOW_US).reservation
    assert part.state is ReservationState.PARTIALLY_FULFILLED
    assert (part.allocations[0].committed, part.allocations[0].fulfilled) == (3, 2)
    whole = face.fulfill(FulfillRequest("f2", rid), NOW_US).reservation
    assert whole.state is ReservationState.FULFILLED
    there = position(face, 0, 0)
    assert (there.on_hand, there.held, there.committed) == (STOCK - 5, 0, 0)


def test_release_gives_units_back(face: Face) -> None:
    """Released units are available again, by quantity and as a whole."""
    rid = reservation_id(reserve(face, "r1", 5))
    some = face.release(ReleaseRequest("x1", rid, (LineQuantity("L1", 2, node(0)),)), NOW_US).reservation
    assert (some.state, some.allocations[0].released, some.allocations[0].held) == (ReservationState.HELD, 2, 3)
    assert face.release(ReleaseRequest("x2", rid), NOW_US).reservation.state is ReservationState.RELEASED
    assert position(face, 0, 0).available == STOCK


def test_extend_counts_from_now(face: Face) -> None:
    """Extend sets the end of a hold from the time of the call."""
    rid = reservation_id(reserve(face, "r1", 1, ttl_us=10 * SECOND_US))
    result = face.extend(ExtendRequest("e1", rid, 60 * SECOND_US), NOW_US + 5 * SECOND_US)
    assert result.reservation.expires_at_us == NOW_US + 65 * SECOND_US


def test_expired_hold_can_be_reacquired(face: Face) -> None:
    """Commit of an expired hold is refused, and with reacquire takes the same units again."""
    rid = reservation_id(reserve(face, "r1", 5, ttl_us=SECOND_US))
    late = NOW_US + SECOND_US
    assert refusal(lambda: face.commit(CommitRequest("c1", rid), late)).reason is Reason.RESERVATION_EXPIRED
    result = face.commit(CommitRequest("c2", rid, reacquire=True), late)
    assert (result.reacquired, result.reservation.state) == (True, ReservationState.COMMITTED)


def test_get_reservation_has_context(face: Face) -> None:
    """GetReservation tells level, order and the shipments as quoted, whose lines are the order's."""
    held = face.reserve(ReserveRequest("r1", order(1, 2, order_id="order-7")), NOW_US)
    read = face.get_reservation(GetReservationRequest(reservation_id(held)), NOW_US).reservation
    assert held.plan is not None
    assert (read.order_id, read.channel, read.service_level) == ("order-7", channel(), ServiceLevel.STANDARD)
    assert read.cost_micros == held.plan.total_cost_micros
    assert read.shipments == tuple(replace(s, costs=()) for s in held.plan.shipments)
    assert held.reservation is not None
    assert read.allocations == held.reservation.allocations


def test_hold_ends_at_its_microsecond(face: Face) -> None:
    """A hold counts until the microsecond before its end and not at it, though nothing swept it."""
    rid = reservation_id(reserve(face, "r1", 5, ttl_us=SECOND_US))
    assert position(face, 0, 0, NOW_US + SECOND_US - 1).available == STOCK - 5
    assert position(face, 0, 0, NOW_US + SECOND_US).available == STOCK
    read = face.get_reservation(GetReservationRequest(rid), NOW_US + SECOND_US).reservation
    assert (read.state, read.allocations[0].expired) == (ReservationState.EXPIRED, 5)


# --- request ids


def test_repeat_gives_the_recorded_answer(face: Face) -> None:
    """The same request again gives the same answer and has no second effect, even after the hold has ended."""
    request = ReserveRequest("r1", order(3, pins=(node(0),)), ttl_us=SECOND_US)
    first = face.reserve(request, NOW_US)
    for now_us, held in ((NOW_US, 3), (NOW_US + 9 * SECOND_US, 0)):
        again = face.reserve(request, now_us)
        assert again.reservation == first.reservation
        assert (again.line_results, again.seq, again.decision_us) == (first.line_results, first.seq, 0)
        assert position(face, 0, 0, now_us).held == held


BODY = ReserveRequest("r1", order(3, 4))
OTHER_BODIES = {
    "mode": replace(BODY, mode=ReserveMode.FIRM),
    "ttl": replace(BODY, ttl_us=SECOND_US),
    "allow_partial": replace(BODY, allow_partial=True),
    "order_id": replace(BODY, order=replace(BODY.order, order_id="order-2")),
    "channel": replace(BODY, order=replace(BODY.order, channel=channel(1))),
    "service_level": replace(BODY, order=replace(BODY.order, service_level=ServiceLevel.EXPRESS)),
    "placed_at": replace(BODY, order=replace(BODY.order, placed_at_us=1)),
    "required_by": replace(BODY, order=replace(BODY.order, required_by_us=NOW_US * 2)),
    "value": replace(BODY, order=replace(BODY.order, order_value_micros=1)),
    "currency": replace(BODY, order=replace(BODY.order, currency_code="INR")),
    "postal_code": replace(BODY, order=order(3, 4, to="560002")),
    "point": replace(
        BODY,
        order=replace(BODY.order, destination=Destination(PostalAddress("560001", "IN", 129_000_000, 775_000_000))),
    ),
    "lines swapped": replace(BODY, order=replace(BODY.order, lines=BODY.order.lines[::-1])),
    "quantity": replace(BODY, order=order(3, 5)),
    "pin": replace(BODY, order=order(3, 4, pins=(node(0),))),
    "weight": replace(BODY, order=replace(BODY.order, lines=(replace(BODY.order.lines[0], weight_g=1),))),
    "group": replace(BODY, order=replace(BODY.order, lines=(replace(BODY.order.lines[0], group_id="g"),))),
    "attribute": replace(
        BODY, order=replace(BODY.order, lines=(replace(BODY.order.lines[0], attributes=(("a", "b"),)),))
    ),
}


@pytest.mark.parametrize("other", OTHER_BODIES.values(), ids=OTHER_BODIES.keys())
def test_other_body_under_the_same_id_is_refused(face: Face, other: ReserveRequest) -> None:
    """Any field of the body that differs makes a reused request id REQUEST_ID_REUSED, with nothing changed."""
    face.reserve(BODY, NOW_US)
    before = face.digest()
    assert refusal(lambda: face.reserve(other, NOW_US)).reason is Reason.REQUEST_ID_REUSED
    assert face.digest() == before


def test_fingerprints_of_different_bodies_differ() -> None:
    """No two of these bodies share a fingerprint, and neither half of two fingerprints is equal."""
    prints = [command_of(request)["fingerprint"] for request in (BODY, *OTHER_BODIES.values())]
    assert len({low for low, _ in prints}) == len({high for _, high in prints}) == len(prints)


def test_fingerprint_leaves_out_id_and_time_of_sending() -> None:
    """Request id and first_sent_at are not part of the body; attributes count in any order."""
    line = BODY.order.lines[0]
    one = replace(BODY, order=replace(BODY.order, lines=(replace(line, attributes=(("a", "1"), ("b", "2"))),)))
    two = replace(
        one,
        request_id="r2",
        first_sent_at_us=NOW_US,
        order=replace(BODY.order, lines=(replace(line, attributes=(("b", "2"), ("a", "1"))),)),
    )
    assert command_of(one)["fingerprint"] == command_of(two)["fingerprint"]


def test_refusal_under_an_id_is_remembered(face: Face) -> None:
    """A refused mutation is refused again though it would now succeed."""
    request = AdjustInventoryRequest("a1", sku(0), node(0), -STOCK - 1, AdjustReason.SALE)
    assert refusal(lambda: face.adjust_inventory(request, NOW_US)).reason is Reason.ON_HAND_BELOW_ZERO
    face.adjust_inventory(AdjustInventoryRequest("a2", sku(0), node(0), 100, AdjustReason.RECEIPT), NOW_US)
    assert refusal(lambda: face.adjust_inventory(request, NOW_US)).reason is Reason.ON_HAND_BELOW_ZERO


def test_refusal_tells_what_to_wait_for(face: Face) -> None:
    """A refusal that depends on the state carries its sequence, one that does not carries 0."""
    unknown = ReserveRequest("r1", order(1, pins=("no-such-node",)))
    assert refusal(lambda: face.reserve(unknown, NOW_US)).seq == face.seq
    empty = replace(unknown, request_id="")
    assert refusal(lambda: face.reserve(empty, NOW_US)).seq == 0


# --- bad input

LINE = OrderLine("L1", sku(0), 1)
BAD_ORDERS: dict[str, tuple[dict[str, Any], Reason, str]] = {
    "no lines": ({"lines": ()}, Reason.EMPTY_ORDER, "order.lines"),
    "zero quantity": ({"lines": (replace(LINE, quantity=0),)}, Reason.INVALID_QUANTITY, "order.lines[0].quantity"),
    "overflow": ({"lines": (replace(LINE, quantity=1 << 40),)}, Reason.INVALID_QUANTITY, "order.lines[0].quantity"),
    "huge": ({"lines": (replace(LINE, quantity=1 << 80),)}, Reason.INVALID_QUANTITY, "order.lines[0].quantity"),
    "same line_id": ({"lines": (LINE, LINE)}, Reason.DUPLICATE_LINE_ID, "order.lines[1].line_id"),
    "unknown SKU": ({"lines": (replace(LINE, sku="none"),)}, Reason.UNKNOWN_SKU, "order.lines[0].sku"),
    "long SKU": ({"lines": (replace(LINE, sku="x" * 65),)}, Reason.ID_TOO_LONG, "order.lines[0].sku"),
    "half a surrogate": ({"lines": (replace(LINE, sku="\ud800"),)}, Reason.INVALID_FIELD, "order.lines[0].sku"),
    "negative weight": ({"lines": (replace(LINE, weight_g=-1),)}, Reason.INVALID_FIELD, "order.lines[0].weight_g"),
    "17 attributes": (
        {"lines": (replace(LINE, attributes=tuple((str(i), "") for i in range(17))),)},
        Reason.INVALID_FIELD,
        "order.lines[0].attributes",
    ),
    "attributes of 256 KiB": (
        {
            "lines": tuple(
                OrderLine(f"L{i}", sku(0), 1, attributes=tuple((f"{k:064}", "v" * 64) for k in range(16)))
                for i in range(127)
            )
        },
        Reason.INVALID_FIELD,
        "order.lines[125].attributes",
    ),
    "1,001 lines": ({"lines": (LINE,) * 1001}, Reason.TOO_MANY_LINES, "order.lines"),
    "channel": ({"channel": "fax"}, Reason.UNKNOWN_CHANNEL, "order.channel"),
    "level": ({"service_level": 9}, Reason.UNKNOWN_SERVICE_LEVEL, "order.service_level"),
    "payment": ({"payment": 3}, Reason.INVALID_FIELD, "order.payment"),
    "placed_at": ({"placed_at_us": -1}, Reason.INVALID_FIELD, "order.placed_at"),
    "currency": ({"order_value_micros": 1, "currency_code": "USD"}, Reason.CURRENCY_MISMATCH, "order.currency_code"),
    "postal code": (
        {"destination": Destination(PostalAddress("000000"))},
        Reason.UNKNOWN_POSTAL_CODE,
        "order.destination.address.postal_code",
    ),
    "country": (
        {"destination": Destination(PostalAddress("560001", "FR"))},
        Reason.UNKNOWN_COUNTRY,
        "order.destination.address.country_code",
    ),
    "half a point": (
        {"destination": Destination(PostalAddress("560001", latitude_e7=1))},
        Reason.INVALID_FIELD,
        "order.destination.address.longitude_e7",
    ),
    "point off the globe": (
        {"destination": Destination(PostalAddress("560001", "", 900_000_001, 0))},
        Reason.INVALID_FIELD,
        "order.destination.address.latitude_e7",
    ),
}


@pytest.mark.parametrize(("changes", "reason", "path"), BAD_ORDERS.values(), ids=BAD_ORDERS.keys())
def test_bad_order_names_the_field(face: Face, changes: dict[str, Any], reason: Reason, path: str) -> None:
    """What is wrong in an order is refused with its path; no position changes and no reservation appears."""
    before = face.export_positions(NOW_US)[0]
    error = refusal(lambda: face.reserve(ReserveRequest("b1", replace(order(1), **changes)), NOW_US))
    assert (error.reason, error.path) == (reason, path)
    after = face.export_positions(NOW_US)[0]
    assert all((before[name] == after[name]).all() for name in before)
    assert face.stats()["reservations"] == 0


BAD_CALLS: dict[str, tuple[Callable[[Face], object], Reason, str]] = {
    "no request id": (
        lambda face: face.reserve(ReserveRequest("", order(1)), NOW_US),
        Reason.REQUEST_ID_REQUIRED,
        "request_id",
    ),
    "long request id": (
        lambda face: face.commit(CommitRequest("x" * 37, "0" * 32), NOW_US),
        Reason.ID_TOO_LONG,
        "request_id",
    ),
    "short reservation id": (
        lambda face: face.commit(CommitRequest("c", "0" * 31), NOW_US),
        Reason.INVALID_FIELD,
        "reservation_id",
    ),
    "reservation id not hex": (
        lambda face: face.get_reservation(GetReservationRequest("g" * 32), NOW_US),
        Reason.INVALID_FIELD,
        "reservation_id",
    ),
    "no such reservation": (
        lambda face: face.release(ReleaseRequest("c", "0" * 32), NOW_US),
        Reason.RESERVATION_NOT_FOUND,
        "reservation_id",
    ),
    "reserve mode": (
        lambda face: face.reserve(ReserveRequest("r", order(1), mode=3), NOW_US),  # type: ignore[arg-type]
        Reason.INVALID_FIELD,
        "mode",
    ),
    "ttl": (lambda face: face.reserve(ReserveRequest("r", order(1), ttl_us=-1), NOW_US), Reason.INVALID_FIELD, "ttl"),
    "short ttl": (
        lambda face: face.reserve(ReserveRequest("r", order(1), ttl_us=SECOND_US - 1), NOW_US),
        Reason.INVALID_FIELD,
        "ttl",
    ),
    "many shipments": (
        lambda face: face.route(RouteRequest("", order(1), max_shipments=1001), NOW_US),
        Reason.INVALID_FIELD,
        "max_shipments",
    ),
    "level twice": (
        lambda face: face.promise(PromiseRequest("", order(1), (ServiceLevel.EXPRESS,) * 2), NOW_US),
        Reason.INVALID_FIELD,
        "service_levels[1]",
    ),
    "level 0": (
        lambda face: face.promise(PromiseRequest("", order(1), (ServiceLevel.UNSPECIFIED,)), NOW_US),
        Reason.UNKNOWN_SERVICE_LEVEL,
        "service_levels[0]",
    ),
    "policy": (
        lambda face: face.route(RouteRequest("", order(1), policy=PolicyRef("greenest")), NOW_US),
        Reason.UNKNOWN_POLICY,
        "policy",
    ),
    "4,097 nodes": (
        lambda face: face.route(RouteRequest("", order(1), include_node_ids=("n",) * 4097), NOW_US),
        Reason.TOO_MANY_ITEMS,
        "include_node_ids",
    ),
    "deadline": (lambda face: face.route(RouteRequest("", order(1)), NOW_US, NOW_US), Reason.DEADLINE_PASSED, ""),
    "no delta": (
        lambda face: face.adjust_inventory(AdjustInventoryRequest("a", sku(0), node(0), 0, AdjustReason.COUNT), NOW_US),
        Reason.INVALID_QUANTITY,
        "delta",
    ),
    "negative count": (
        lambda face: face.set_inventory(SetInventoryRequest("s", sku(0), node(0), -1), NOW_US),
        Reason.INVALID_QUANTITY,
        "on_hand",
    ),
    "other version": (
        lambda face: face.set_inventory(SetInventoryRequest("s", sku(0), node(0), 1, expected_version=9), NOW_US),
        Reason.VERSION_MISMATCH,
        "expected_version",
    ),
    "no status": (
        lambda face: face.set_node_status(SetNodeStatusRequest("n", node(0), NodeStatus.UNSPECIFIED), NOW_US),
        Reason.INVALID_FIELD,
        "status",
    ),
    "no such exception": (
        lambda face: face.resolve_exception(ResolveExceptionRequest("x", 7), NOW_US),
        Reason.EXCEPTION_NOT_FOUND,
        "exception_id",
    ),
    "long note": (
        lambda face: face.resolve_exception(ResolveExceptionRequest("x", 7, "n" * 1025), NOW_US),
        Reason.INVALID_FIELD,
        "note",
    ),
    "empty chunk": (
        lambda face: face.import_chunk(ImportInventoryRequest("i", ()), NOW_US),
        Reason.INVALID_FIELD,
        "rows",
    ),
    "long chunk": (
        lambda face: face.import_chunk(ImportInventoryRequest("i", (row(0, 1),) * 1025), NOW_US),
        Reason.TOO_MANY_ITEMS,
        "rows",
    ),
    "no SKUs": (
        lambda face: face.get_availability(GetAvailabilityRequest(()), NOW_US),
        Reason.INVALID_FIELD,
        "skus",
    ),
    "SKU not known": (
        lambda face: face.get_availability(GetAvailabilityRequest((sku(0), "none")), NOW_US),
        Reason.UNKNOWN_SKU,
        "skus[1]",
    ),
    "page size": (
        lambda face: face.list_reservations(ListReservationsRequest(page_size=1001), NOW_US),
        Reason.INVALID_FIELD,
        "page_size",
    ),
    "page token": (
        lambda face: face.list_reservations(ListReservationsRequest(page_token="x"), NOW_US),
        Reason.INVALID_FIELD,
        "page_token",
    ),
}


@pytest.mark.parametrize(("call", "reason", "path"), BAD_CALLS.values(), ids=BAD_CALLS.keys())
def test_bad_call_names_the_field(face: Face, call: Callable[[Face], object], reason: Reason, path: str) -> None:
    """What is wrong in a call is refused with the path of the field."""
    error = refusal(lambda: call(face))
    assert (error.reason, error.path) == (reason, path)


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(RouteRequest("", None), id="no order"),  # type: ignore[arg-type]
        pytest.param(RouteRequest("", replace(order(1), lines=[LINE])), id="lines not a tuple"),  # type: ignore[arg-type]
        pytest.param(RouteRequest("", replace(order(1), lines=("L1",))), id="line not a line"),  # type: ignore[arg-type]
        pytest.param(RouteRequest(b"", order(1)), id="bytes for text"),  # type: ignore[arg-type]
        pytest.param(ReserveRequest("r1", order(1)), id="another request"),
    ],
)
def test_wrong_type_is_a_type_error(face: Face, request_: Any) -> None:
    """A request that is not what its annotations say is a TypeError: a defect of the caller, not a refusal."""
    with pytest.raises(TypeError):
        face.route(request_, NOW_US)


# --- stock


def test_adjust_and_set_answer_the_position(face: Face) -> None:
    """Adjust and Set answer the position after them; the version grows with on_hand alone."""
    adjusted = face.adjust_inventory(AdjustInventoryRequest("a1", sku(0), node(0), -3, AdjustReason.DAMAGE), NOW_US)
    assert (adjusted.position.on_hand, adjusted.position.on_hand_version) == (STOCK - 3, 2)
    request = SetInventoryRequest("s1", sku(0), node(0), 50, 5, 2, expected_on_hand=STOCK - 3, expected_version=2)
    counted = face.set_inventory(request, NOW_US).position
    assert counted == Position(sku(0), node(0), 50, 0, 0, 5, 2, 45, 0, 3)
    assert face.set_inventory(SetInventoryRequest("s2", sku(0), node(0), 50, 6), NOW_US).position.on_hand_version == 3


def test_import_applies_good_rows_and_tells_bad_ones(face: Face) -> None:
    """A bad row leaves the others as they are and is told with its index and field."""
    rows = (row(0, 7), replace(row(1, 7), sku="none"), row(2, -1), row(3, 9, safety_stock=-5), row(4, 8))
    result = face.import_chunk(ImportInventoryRequest("i1", rows), NOW_US)
    assert (result.repeated, result.rows_applied, result.rows_refused) == (False, 2, 3)
    assert [(r.row_i, r.reason, r.field) for r in result.refusals] == [
        (1, Reason.UNKNOWN_SKU, Field.SKU),
        (2, Reason.INVALID_QUANTITY, Field.ON_HAND),
        (3, Reason.INVALID_QUANTITY, Field.SAFETY_STOCK),
    ]
    assert (position(face, 0, 0).on_hand, position(face, 4, 0).on_hand) == (7, 8)


def test_repeated_chunk_has_no_second_effect(face: Face) -> None:
    """A chunk sent again is answered as the first time, refused rows included, and changes nothing."""
    chunk = ImportInventoryRequest("i1", (row(0, 7), replace(row(1, 7), sku="none")))
    first = face.import_chunk(chunk, NOW_US)
    face.adjust_inventory(AdjustInventoryRequest("a1", sku(0), node(0), 5, AdjustReason.RECEIPT), NOW_US)
    assert face.import_chunk(chunk, NOW_US) == replace(first, repeated=True)
    assert (first.rows_applied, [refused.row_i for refused in first.refusals]) == (1, [1])
    assert position(face, 0, 0).on_hand == 12


def test_other_chunk_under_the_same_id_is_refused(face: Face) -> None:
    """A chunk with other rows under a used id is refused as a whole, also where it is longer."""
    face.import_chunk(ImportInventoryRequest("i1", (row(0, 7),)), NOW_US)
    longer = ImportInventoryRequest("i1", (row(0, 7), row(1, 7)))
    assert refusal(lambda: face.import_chunk(longer, NOW_US)).reason is Reason.REQUEST_ID_REUSED
    assert position(face, 1, 0).on_hand == STOCK


def test_chunk_that_meets_a_full_buffer_is_refused_whole() -> None:
    """When the journal buffer has no room a chunk is OVERLOADED and nothing of it done; sent again later it is done."""
    face = new_face(stock=0, buffer_bytes=40_000)
    flush(face)
    refused = 0
    for c in range(1, 11):
        chunk = ImportInventoryRequest(f"i{c}", tuple(row(i % 40, i + c, i // 40) for i in range(800)))
        while True:
            seq = face.seq
            try:
                result = face.import_chunk(chunk, NOW_US)
                break
            except EngineError as error:
                assert (error.reason, face.seq) == (Reason.OVERLOADED, seq)
                refused += 1
                flush(face)
        assert (result.rows_applied, result.rows_refused, face.seq) == (800, 0, seq + 1)
    assert refused > 0
    table, _, _ = face.export_positions(NOW_US)
    assert len(table["sku_i"]) == 800
    assert (table["on_hand"] == table["node_i"] * 40 + table["sku_i"] + 10).all()
    assert (table["on_hand_version"] == 10).all()


def test_fulfilments_after_the_count_are_subtracted_again(face: Face) -> None:
    """A count that includes fulfilments up to a sequence loses those after it."""
    rid = reservation_id(reserve(face, "r1", 5))
    face.commit(CommitRequest("c1", rid), NOW_US)
    first = face.fulfill(FulfillRequest("f1", rid, (LineQuantity("L1", 2),)), NOW_US)
    face.fulfill(FulfillRequest("f2", rid), NOW_US)
    request = SetInventoryRequest("s1", sku(0), node(0), 38, includes_fulfilments_up_to=first.inventory_seq)
    assert face.set_inventory(request, NOW_US).position.on_hand == 35


# --- arrays


def test_reserve_many_equals_single_reserves() -> None:
    """Orders given as arrays have the outcomes and leave the stock that the same orders one by one do."""
    rng = np.random.default_rng(7)
    n = 300
    sku_i = rng.integers(0, 3, (n, 3), dtype=np.int32)
    sku_i[rng.random((n, 3)) < 0.3] = -1
    sku_i[:, 0] = np.maximum(sku_i[:, 0], 0)
    node_i = rng.integers(0, 2, (n, 3), dtype=np.int32)
    quantity = rng.integers(1, 4, (n, 3), dtype=np.int32)
    many, single = new_face(), new_face()
    outcome, reason, ids, seq = many.reserve_many(
        sku_i, node_i, quantity, channel=channel(), request_ids=1, now_us=NOW_US
    )
    for i in range(n):
        width = 3 if (sku_i[i] >= 0).all() else int(np.argmax(sku_i[i] < 0))
        lines = tuple(
            OrderLine(f"{k + 1:04d}", sku(sku_i[i, k]), int(quantity[i, k]), node_id=node(node_i[i, k]))
            for k in range(width)
        )
        wanted = replace(order(1), order_id="", lines=lines, destination=None)
        request = ReserveRequest(f"{1:016x}{i:016x}", wanted, mode=ReserveMode.HOLD)
        result = single.reserve(request, NOW_US)
        assert result.outcome == outcome[i]
        repeated = many.reserve(request, NOW_US)
        if outcome[i] == ReserveOutcome.GRANTED:
            assert reservation_id(repeated) == f"{ids[i, 0]:016x}{ids[i, 1]:016x}"
    assert not reason.any()
    assert seq <= many.seq
    assert {1, 3} <= set(outcome.tolist())
    ours, theirs = many.export_positions(NOW_US)[0], single.export_positions(NOW_US)[0]
    assert all((ours[name] == theirs[name]).all() for name in ours)


def test_reserve_many_routes_lines_without_a_node(face: Face) -> None:
    """Without nodes the orders are routed to their postal codes."""
    codes = demo()[0].postal_codes.codes
    to = np.array([codes.index("560001"), codes.index("110001")], dtype=np.int32)
    outcome, _, ids, _ = face.reserve_many(
        [[0, 1], [2, 3]], None, [[1, 1], [1, 1]], channel=channel(), request_ids=5, now_us=NOW_US, postal_i=to
    )
    assert outcome.tolist() == [ReserveOutcome.GRANTED] * 2
    near = [
        face.get_reservation(GetReservationRequest(f"{high:016x}{low:016x}"), NOW_US).reservation for high, low in ids
    ]
    assert near[0].shipments[0].node_id != near[1].shipments[0].node_id


@pytest.mark.parametrize("sku_i", [[[-1]], [[99_999]]], ids=["no lines", "no such SKU"])
def test_reserve_many_refuses_bad_ids(face: Face, sku_i: list[list[int]]) -> None:
    """An order without lines is EMPTY_ORDER; a dense id that names nothing is a ValueError before anything is done."""
    if sku_i[0][0] < 0:
        _, reason, _, _ = face.reserve_many(sku_i, None, [[1]], channel=channel(), request_ids=1, now_us=NOW_US)
        assert reason.tolist() == [Reason.EMPTY_ORDER]
        return
    with pytest.raises(ValueError, match=r"sku_i\[0\] is 99999"):
        face.reserve_many(sku_i, None, [[1]], channel=channel(), request_ids=1, now_us=NOW_US)


def test_reserve_many_ends_where_another_network_begins() -> None:
    """Postal codes by number are those of one network: once another is active the rest is refused, with how many orders
    were decided before, and those stand."""
    desk = Desk(small_limits(reservations_max=1 << 16, request_ids_max=1 << 16, reservation_bytes_max=64 << 20))
    desk.set("ink", "alder", 100)
    n = 200_000
    refused: list[RuntimeError] = []

    def checkout(high: int, orders: int) -> None:
        zero = np.zeros((orders, 1), np.int32)
        try:
            outcome, _, _, _ = desk.face.reserve_many(
                zero, None, zero + 1, channel="web", request_ids=high, now_us=desk.now_us, postal_i=zero[:, 0]
            )
        except RuntimeError as error:
            refused.append(error)
        else:
            assert orders == n or outcome.tolist() == [ReserveOutcome.GRANTED]

    high = 0
    while not refused and high < 40:  # a machine under load may reach the end before the other network comes
        high += 1
        before = desk.face.stats()["commands"]
        thread = threading.Thread(target=checkout, args=(high, n))
        thread.start()
        while desk.face.stats()["commands"] == before:
            pass
        desk.activate(desk.face.network_version + 1)
        thread.join()
    told = re.fullmatch(r"another network became active after (\d+) orders: .*", str(refused[0]))
    assert told is not None
    held = inspect.positions(desk.face)["ink", "alder"][1]
    assert 0 < int(told[1]) < n
    assert held == (min(100, int(told[1])) if high == 1 else 100)
    checkout(1, 1)
    assert (len(refused), inspect.positions(desk.face)["ink", "alder"][1]) == (1, held)


def test_set_many_twice_has_one_effect(face: Face) -> None:
    """The same rows under the same id again change nothing."""
    args = ([0, 1], [0, 0], [5, 6])
    face.set_many(*args, request_id="m1", now_us=NOW_US)
    face.adjust_inventory(AdjustInventoryRequest("a1", sku(0), node(0), 1, AdjustReason.RECEIPT), NOW_US)
    reasons, _ = face.set_many(*args, request_id="m1", now_us=NOW_US)
    assert reasons.tolist() == [0, 0]
    assert (position(face, 0, 0).on_hand, position(face, 1, 0).on_hand) == (6, 6)


# --- nodes and exceptions


def test_node_status_switches(face: Face) -> None:
    """A PAUSED node gets no new work; a Reserve pinned to it says so per line."""
    result = face.set_node_status(SetNodeStatusRequest("n1", node(0), NodeStatus.PAUSED), NOW_US)
    assert (result.node_id, result.status) == (node(0), NodeStatus.PAUSED)
    assert face.node_status(node(0)) is NodeStatus.PAUSED
    assert reserve(face, "r1", 1).line_results[0].reason is UnassignedReason.NODE_UNAVAILABLE


def test_shortfall_raises_an_exception_until_resolved(face: Face) -> None:
    """Lowering on_hand below what is allocated is accepted, listed as SHORTFALL, and gone when resolved."""
    reserve(face, "r1", 10)
    face.adjust_inventory(AdjustInventoryRequest("a1", sku(0), node(0), 4 - STOCK, AdjustReason.DAMAGE), NOW_US)
    page = face.list_exceptions(ListExceptionsRequest(), NOW_US)
    record = page.exceptions[0]
    assert (record.kind, record.sku, record.node_id, record.quantity) == (ExceptionKind.SHORTFALL, sku(0), node(0), 6)
    assert (page.last_exception_id, page.has_more, record.resolved_at_us) == (1, False, 0)
    resolved = face.resolve_exception(ResolveExceptionRequest("x1", record.exception_id, "counted"), NOW_US + 1)
    assert resolved.exception.resolved_at_us == NOW_US + 1
    assert face.list_exceptions(ListExceptionsRequest(), NOW_US).exceptions == ()
    assert len(face.list_exceptions(ListExceptionsRequest(include_resolved=True), NOW_US).exceptions) == 1


def test_exceptions_are_paged_by_id(face: Face) -> None:
    """Pages of exceptions follow the cursor and filter by kind and node."""
    for i in range(5):
        rows = (row(i, 0, i % 2, safety_stock=3),)
        face.import_chunk(ImportInventoryRequest(f"i{i}", rows), NOW_US)
    first = face.list_exceptions(ListExceptionsRequest(page_size=2), NOW_US)
    assert ([e.exception_id for e in first.exceptions], first.has_more) == ([1, 2], True)
    rest = face.list_exceptions(ListExceptionsRequest(after_exception_id=first.last_exception_id), NOW_US)
    assert ([e.exception_id for e in rest.exceptions], rest.has_more) == ([3, 4, 5], False)
    here = face.list_exceptions(ListExceptionsRequest((ExceptionKind.SHORTFALL,), node(1)), NOW_US)
    assert [e.exception_id for e in here.exceptions] == [2, 4]
    assert face.list_exceptions(ListExceptionsRequest((ExceptionKind.STRANDED,)), NOW_US).exceptions == ()


# --- lists and audits


def test_availability_has_the_order_asked(face: Face) -> None:
    """Rows follow the SKUs asked, then the nodes asked, or all nodes by external id."""
    asked = face.get_availability(GetAvailabilityRequest((sku(5), sku(2)), (node(3), node(1))), NOW_US)
    assert [(p.sku, p.node_id) for p in asked.positions] == [(sku(s), node(n)) for s in (5, 2) for n in (3, 1)]
    everywhere = face.get_availability(GetAvailabilityRequest((sku(0),), channel=channel()), NOW_US).positions
    assert [p.node_id for p in everywhere] == sorted(n.id for n in demo()[0].nodes)
    assert face.get_availability(GetAvailabilityRequest((sku(41),)), NOW_US).positions == ()


def test_reservations_are_listed_once_by_creation(face: Face) -> None:
    """All pages together give every reservation once, in the order of creation, also those made between two pages."""
    ids = [reservation_id(reserve(face, f"r{i}", 1)) for i in range(7)]
    seen: list[str] = []
    token = ""
    while True:
        page = face.list_reservations(ListReservationsRequest(page_size=3, page_token=token), NOW_US)
        seen += [r.reservation_id for r in page.reservations]
        if len(seen) == 3:
            ids.append(reservation_id(reserve(face, "late", 1)))
        token = page.next_page_token
        if not token:
            break
    assert seen == ids


def test_listings_of_many_threads_do_not_mix() -> None:
    """While reservations are made, threads that begin a listing and threads that go on with one each see every
    reservation once, in order."""
    wide = {"reservations_max": 1 << 17, "request_ids_max": 1 << 17, "reservation_bytes_max": 128 << 20}
    desk = Desk(small_limits(**wide, answer_bytes_max=128 << 20), buffer_bytes=256 << 20)
    desk.set("ink", "alder", 1 << 17)
    made = 0

    def more(orders: int) -> None:
        nonlocal made
        made += 1
        zero = np.zeros((orders, 1), np.int32)
        desk.face.reserve_many(zero, zero, zero + 1, channel="web", request_ids=made, now_us=desk.now_us)

    more(30_000)
    wrong: list[object] = []
    start = threading.Barrier(6)

    def page(after: int) -> None:
        token = str(after) if after else ""
        found = desk.face.list_reservations(ListReservationsRequest(page_size=3, page_token=token), desk.now_us)
        created = [r.updated_seq for r in found.reservations]
        if len(created) != 3 or created != sorted(set(created)) or created[0] <= after:
            wrong.append(created)

    def many(call: Callable[[], None], times: int) -> None:
        start.wait()
        try:
            for _ in range(times):
                call()
        except Exception as error:
            wrong.append(error)

    jobs = [(lambda: page(0), 250)] * 2 + [(lambda: page(desk.face.seq - 9), 8000)] * 3 + [(lambda: more(10), 800)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=many, args=job) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert wrong == []
    assert desk.face.stats()["reservations"] == 30_000 + 800 * 10


def test_reservations_are_filtered(face: Face) -> None:
    """Filters by order, state and node agree with what each reservation says of itself."""
    pins = (node(0),)
    first = face.reserve(ReserveRequest("r1", order(1, order_id="a", pins=pins), ttl_us=SECOND_US), NOW_US)
    second = face.reserve(ReserveRequest("r2", order(1, order_id="b", pins=(node(1),)), mode=ReserveMode.FIRM), NOW_US)
    one, two = reservation_id(first), reservation_id(second)

    def listed(now_us: int = NOW_US, **filters: Any) -> list[str]:
        page = face.list_reservations(ListReservationsRequest(**filters), now_us)
        return [r.reservation_id for r in page.reservations]

    assert listed(order_id="a") == [one]
    assert listed(order_id="ab") == []
    assert listed(states=(ReservationState.COMMITTED,)) == [two]
    assert listed(node_id=node(0)) == [one]
    assert listed(NOW_US + SECOND_US, node_id=node(0)) == []
    assert listed(NOW_US + SECOND_US, states=(ReservationState.EXPIRED,)) == [one]
    assert listed(needs_attention=True) == []


def test_export_agrees_with_availability(face: Face) -> None:
    """The exported arrays are the positions, all of one moment when nothing happens meanwhile."""
    reserve(face, "r1", 3, 4)
    table, first_seq, last_seq = face.export_positions(NOW_US)
    assert first_seq == last_seq == face.seq
    assert len(table["sku_i"]) == 40 * len(demo()[0].nodes)
    assert (table["free"] == table["on_hand"] - table["held"] - table["committed"] - table["safety_stock"]).all()
    here = (table["sku_i"] == 1) & (table["node_i"] == 0)
    assert table["held"][here].tolist() == [position(face, 1, 0).held] == [4]


def test_node_load_counts_open_units(face: Face) -> None:
    """A node's load is the open units of its positions and the capacity taken on the day."""
    held = face.reserve(ReserveRequest("r1", order(2, 3)), NOW_US)
    assert held.plan is not None
    shipment = held.plan.shipments[0]
    load = face.node_load(shipment.node_id, shipment.ship_day, NOW_US)
    assert (load.held, load.committed) == (sum(line.quantity for line in shipment.lines), 0)
    assert load.capacity_taken > 0
    assert load.status is NodeStatus.ONLINE


# --- results as values


def test_results_are_ordinary_dataclasses(face: Face) -> None:
    """What is written into slots equals what the constructor makes: it compares, hashes, prints, copies and pickles."""
    results: list[Any] = [
        face.route(RouteRequest("h1", order(1, 2), mode=RouteMode.HOLD), NOW_US),
        face.promise(PromiseRequest("", order(1, 2)), NOW_US),
        face.reserve(ReserveRequest("r1", order(1, STOCK + 1), allow_partial=True), NOW_US),
        face.set_inventory(SetInventoryRequest("s1", sku(0), node(0), 50), NOW_US),
    ]
    rid = reservation_id(results[2])
    results.append(face.get_reservation(GetReservationRequest(rid), NOW_US))
    for result in results:
        assert pickle.loads(pickle.dumps(result)) == result
        assert hash(replace(result)) == hash(result)
        assert all(hasattr(result, field.name) for field in dataclasses.fields(result))
        assert repr(result).startswith(type(result).__name__)


def test_names_are_made_once(face: Face) -> None:
    """Ids in results are the same str objects from call to call."""
    one = face.route(RouteRequest("", order(1)), NOW_US).plan
    two = face.route(RouteRequest("", order(1)), NOW_US).plan
    assert one is not None
    assert two is not None
    assert one.shipments[0].node_id is two.shipments[0].node_id


def test_calls_of_many_threads_do_not_mix(face: Face) -> None:
    """Threads that reserve at the same time each get their own lines back, and no unit is granted twice."""
    start = threading.Barrier(4)
    granted: list[int] = []
    wrong: list[object] = []

    def checkout(k: int) -> None:
        start.wait()
        for i in range(150):
            order_id = f"order-{k}-{i}"
            wanted = replace(order(1, 2, first_sku=k, order_id=order_id, pins=(node(0), node(0))))
            result = face.reserve(ReserveRequest(f"{k}-{i}", wanted), NOW_US)
            if result.reservation is None:
                continue
            if result.reservation.order_id != order_id or result.reservation.allocations[0].sku != sku(k):
                wrong.append(result)
            granted.append(sum(a.granted for a in result.reservation.allocations))

    threads = [threading.Thread(target=checkout, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    table, _, _ = face.export_positions(NOW_US)
    assert wrong == []
    assert sum(granted) == table["held"].sum()
    assert (table["free"] >= 0).all()
