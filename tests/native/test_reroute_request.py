"""Reroute: units leave a node that failed them, the node is remembered, and what fits nowhere is told."""

import struct
from collections.abc import Iterable
from dataclasses import replace

import pytest
from tests.native.engines import CHANNEL, DAY_US, POSTAL, SECOND_US, Desk, grid, line, refusal, small_limits

from fastdom._native import inspect
from fastdom.engine.limits import Limits
from fastdom.reasons import EngineError
from fastdom.types import (
    Destination,
    NodeStatus,
    Order,
    OrderLine,
    PostalAddress,
    RerouteLine,
    RerouteReason,
    RerouteRequest,
    RerouteResult,
    Reservation,
    RouteMode,
    RouteRequest,
    StrandedReason,
)

SHORTFALL, STRANDED = 1, 2


def routed(desk: Desk, *quantities: int, mode: RouteMode = RouteMode.FIRM) -> str:
    """A routed reservation of lines of ink, jar and kit; its id."""
    lines = [line(i, sku, n) for i, (sku, n) in enumerate(zip(("ink", "jar", "kit"), quantities, strict=False), 1)]
    made = desk.route(lines, mode).reservation
    assert made is not None
    return made.reservation_id


def reroute(
    desk: Desk,
    reservation: str,
    node: str,
    *lines: tuple[str, int],
    reason: RerouteReason = RerouteReason.REJECTED,
    rid: str = "",
) -> RerouteResult:
    """Reroute of lines, or of everything at the node."""
    named = tuple(RerouteLine(*one) for one in lines)
    request = RerouteRequest(rid or desk.fresh(), reservation, node, named, reason)
    return desk.face.reroute(request, desk.now_us)


def open_at(reservation: Reservation) -> dict[str, int]:
    """Open units by node."""
    units: dict[str, int] = {}
    for a in reservation.allocations:
        if a.held + a.committed:
            units[a.node_id] = units.get(a.node_id, 0) + a.held + a.committed
    return units


def open_faults(desk: Desk) -> list[tuple[int, str, int, int]]:
    """(kind, node, quantity, reason) of open exceptions."""
    return [(f["kind"], f["node"], f["quantity"], f["reason"]) for f in inspect.faults(desk.face)]


def check_whole(desk: Desk) -> None:
    """Counters are sound, and the journal and a checkpoint give the same state."""
    assert desk.face.recount() == []
    assert desk.replayed().digest() == desk.loaded().digest() == desk.face.digest()


# --- moving


@pytest.mark.parametrize("mode", [RouteMode.FIRM, RouteMode.HOLD])
def test_everything_at_the_node_moves_to_the_next_best(mode: RouteMode) -> None:
    """Without lines all open units go to the next node in one shipment; held stay held until the same moment."""
    desk = Desk()
    desk.stock(grid(5))
    made = routed(desk, 2, 3, mode=mode)
    before = desk.get(made)
    found = reroute(desk, made, "alder")
    assert open_at(found.reservation) == {"birch": 5}
    assert (found.units_moved, found.units_stranded, found.stranded_reason, found.exception_id) == (5, 0, 0, 0)
    assert found.plan is not None
    assert [(s.node_id, [(x.line_id, x.quantity) for x in s.lines]) for s in found.plan.shipments] == [
        ("birch", [("L1", 2), ("L2", 3)])
    ]
    assert found.plan.total_cost_micros == sum(c.cost_micros for s in found.plan.shipments for c in s.costs) > 0
    after = desk.get(made)
    assert (after.state, after.expires_at_us) == (before.state, before.expires_at_us)
    assert open_at(after) == {"birch": 5}
    check_whole(desk)


def test_named_units_alone_move() -> None:
    """Two of three units of a line leave; the third and the other line stay, and nothing needs attention."""
    desk = Desk()
    desk.stock(grid(5))
    made = routed(desk, 3, 1)
    found = reroute(desk, made, "alder", ("L1", 2))
    assert open_at(found.reservation) == {"alder": 2, "birch": 2}
    assert not found.reservation.needs_attention
    found = reroute(desk, made, "alder", ("L1", 1), ("L2", 1))
    assert open_at(found.reservation) == {"birch": 4}
    check_whole(desk)


def test_a_line_named_twice_leaves_with_the_sum() -> None:
    """Quantities of the same line add up, and together may not exceed what is open at the node."""
    desk = Desk()
    desk.stock(grid(5))
    made = routed(desk, 3)
    assert refusal(reroute, desk, made, "alder", ("L1", 2), ("L1", 2)) == "QUANTITY_EXCEEDS_OPEN"
    assert reroute(desk, made, "alder", ("L1", 2), ("L1", 1)).units_moved == 3


def test_a_group_leaves_together() -> None:
    """When one line of a group is named, what the group has open at the node goes with it, and no other line."""
    desk = Desk()
    desk.stock(grid(9))
    lines = (
        OrderLine("L1", "ink", 2, group_id="gift"),
        OrderLine("L2", "jar", 2, group_id="gift"),
        OrderLine("L3", "kit", 2),
    )
    order = Order("order", CHANNEL, lines, Destination(PostalAddress(POSTAL)))
    made = desk.face.route(RouteRequest(desk.fresh(), order, mode=RouteMode.FIRM), desk.now_us).reservation
    assert made is not None
    found = reroute(desk, made.reservation_id, "alder", ("L1", 1), reason=RerouteReason.SHORT_PICK)
    assert found.units_moved == 4
    assert open_at(found.reservation) == {"alder": 2, "birch": 4}
    positions = inspect.positions(desk.face)
    assert (positions["ink", "alder"][0], positions["jar", "alder"][0]) == (8, 9)


def test_a_group_that_fits_nowhere_together_stays_together() -> None:
    """A group leaves whole or not at all."""
    desk = Desk()
    desk.stock({("ink", "alder"): 2, ("jar", "alder"): 2, ("ink", "birch"): 2, ("jar", "cedar"): 2})
    lines = (OrderLine("L1", "ink", 2, group_id="gift"), OrderLine("L2", "jar", 2, group_id="gift"))
    order = Order("order", CHANNEL, lines, Destination(PostalAddress(POSTAL)))
    made = desk.face.route(RouteRequest(desk.fresh(), order, mode=RouteMode.FIRM), desk.now_us).reservation
    assert made is not None
    found = reroute(desk, made.reservation_id, "alder", ("L1", 2))
    assert (found.units_moved, found.units_stranded) == (0, 4)


def test_capacity_goes_with_the_units() -> None:
    """The bucket of the node that failed gets its shipment back, that of the new one takes it."""
    desk = Desk(capacity={"alder": ("SHIPMENTS", 5), "birch": ("UNITS", 2)})
    desk.stock(grid(5))
    made = routed(desk, 2)
    (day,) = {day for node, day in inspect.capacity(desk.face) if node == "alder"}
    reroute(desk, made, "alder")
    assert inspect.capacity(desk.face) == {("birch", day): 2}
    other = routed(desk, 2)
    assert open_at(desk.get(other)) == {"alder": 2}
    reroute(desk, other, "alder")
    assert open_at(desk.get(other)) == {"birch": 2}
    assert inspect.capacity(desk.face) == {("birch", day): 2, ("birch", day + 1): 2}
    check_whole(desk)


# --- why


@pytest.mark.parametrize("reason", [RerouteReason.REJECTED, RerouteReason.LATE, RerouteReason.OTHER, 0])
def test_other_reasons_leave_stock(reason: int) -> None:
    """Units that are there stay on hand, and are free for others once they have left the reservation."""
    desk = Desk()
    desk.stock(grid(5))
    made = routed(desk, 2)
    before = inspect.positions(desk.face)["ink", "alder"]
    found = reroute(desk, made, "alder", reason=RerouteReason(reason))
    on_hand, held, committed, _, _, free, version, _ = inspect.positions(desk.face)["ink", "alder"]
    assert (on_hand, held, committed, free, version) == (5, 0, 0, 5, before[6])
    assert found.exclusions[-1].reason == (reason or RerouteReason.OTHER)


def test_a_short_pick_lowers_on_hand() -> None:
    """Units not found are taken off on_hand as they leave: free stock is as before, the version has grown by one."""
    desk = Desk()
    desk.stock(grid(5))
    made = routed(desk, 3, 1)
    before = inspect.positions(desk.face)["ink", "alder"]
    reroute(desk, made, "alder", ("L1", 2), reason=RerouteReason.SHORT_PICK)
    on_hand, _, committed, _, _, free, version, _ = inspect.positions(desk.face)["ink", "alder"]
    assert (on_hand, committed, free, version) == (3, 1, before[5], before[6] + 1)
    assert inspect.positions(desk.face)["jar", "alder"][0] == 5
    check_whole(desk)


def test_a_short_pick_never_takes_on_hand_below_zero() -> None:
    """A position that has fewer units than were not found stops at 0; one at 0 keeps its version."""
    desk = Desk()
    desk.stock({("ink", "alder"): 5})
    made = routed(desk, 4)
    desk.set("ink", "alder", 1)
    version = inspect.positions(desk.face)["ink", "alder"][6]
    reroute(desk, made, "alder", reason=RerouteReason.SHORT_PICK)
    assert inspect.positions(desk.face)["ink", "alder"][0] == 0
    assert inspect.positions(desk.face)["ink", "alder"][6] == version + 1
    reroute(desk, made, "alder", reason=RerouteReason.SHORT_PICK)
    assert inspect.positions(desk.face)["ink", "alder"][6] == version + 1
    check_whole(desk)


def test_a_short_pick_that_fits_nowhere_is_a_shortfall_too() -> None:
    """Units that stay although they are not there: STRANDED of the reservation, then SHORTFALL of the position."""
    desk = Desk()
    desk.stock({("ink", "alder"): 5})
    made = routed(desk, 4)
    found = reroute(desk, made, "alder", reason=RerouteReason.SHORT_PICK)
    assert (found.units_moved, found.units_stranded) == (0, 4)
    assert found.stranded_reason is StrandedReason.NO_OTHER_NODE
    assert open_faults(desk) == [(STRANDED, "alder", 4, 1), (SHORTFALL, "alder", 3, 0)]
    assert found.exception_id == 1
    desk.set("ink", "birch", 9)
    reroute(desk, made, "alder")
    assert open_faults(desk) == []
    check_whole(desk)


def test_a_shortfall_is_judged_by_what_is_left() -> None:
    """A shortfall that the move ends and the short pick brings back is the same exception, with its new quantity."""
    desk = Desk()
    desk.stock({("ink", "alder"): 9, ("ink", "birch"): 9})
    first = desk.reserve([line(1, "ink", 3, "alder")], firm=True, pinned=False).reservation
    desk.reserve([line(1, "ink", 4, "alder")], firm=True, pinned=False)
    assert first is not None
    desk.set("ink", "alder", 5)
    assert open_faults(desk) == [(SHORTFALL, "alder", 2, 0)]
    reroute(desk, first.reservation_id, "alder", reason=RerouteReason.SHORT_PICK)
    assert open_faults(desk) == [(SHORTFALL, "alder", 2, 0)]
    assert len(inspect.faults(desk.face, resolved=True)) == 1
    check_whole(desk)


# --- never back


def test_a_node_that_failed_is_not_asked_again() -> None:
    """Each Reroute goes on to a node that has not failed the reservation, and the last one has nowhere to go."""
    desk = Desk(small_limits(reroute_attempts_max=9))
    desk.stock(grid(50))
    made = routed(desk, 2)
    seen = []
    for node in ("alder", "birch", "cedar"):
        found = reroute(desk, made, node)
        seen.append(node)
        assert [one.node_id for one in found.exclusions] == seen
        assert not set(open_at(found.reservation)) & set(seen)
    found = reroute(desk, made, "dogwood")
    assert (found.units_moved, found.attempts, open_at(found.reservation)) == (0, 3, {"dogwood": 2})
    assert desk.get(made).needs_attention
    check_whole(desk)


def test_an_exclusion_ends() -> None:
    """A node gets units again from the moment its exclusion says on, and not a microsecond before."""
    desk = Desk(small_limits(reroute_exclusion_us=60 * SECOND_US))
    desk.stock({("ink", "alder"): 9, ("ink", "birch"): 9})
    made = routed(desk, 2)
    (exclusion,) = reroute(desk, made, "alder").exclusions
    assert exclusion.until_us == desk.now_us + 60 * SECOND_US
    desk.now_us = exclusion.until_us - 1
    assert reroute(desk, made, "birch").units_moved == 0
    desk.now_us = exclusion.until_us
    found = reroute(desk, made, "birch")
    assert open_at(found.reservation) == {"alder": 2}
    assert [one.node_id for one in found.exclusions] == ["birch"]
    check_whole(desk)


def test_a_failed_node_is_out_when_another_goes_offline() -> None:
    """Moving off an OFFLINE node obeys what Reroute remembers, and Reroute what that move remembers."""
    desk = Desk()
    desk.stock({("ink", node): 9 for node in ("alder", "birch", "cedar")})
    made = routed(desk, 2)
    reroute(desk, made, "alder")
    assert desk.fail_node("birch") == (1, 0)
    assert open_at(desk.get(made)) == {"cedar": 2}
    desk.node("birch", NodeStatus.ONLINE)
    found = reroute(desk, made, "cedar")
    assert (found.units_moved, found.attempts) == (0, 1)
    assert [(one.node_id, one.reason) for one in found.exclusions] == [
        ("alder", RerouteReason.REJECTED),
        ("birch", RerouteReason.NODE_OFFLINE),
        ("cedar", RerouteReason.REJECTED),
    ]
    check_whole(desk)


def test_other_reservations_may_use_the_node() -> None:
    """A node that failed one reservation still serves the others."""
    desk = Desk()
    desk.stock(grid(5))
    reroute(desk, routed(desk, 2), "alder")
    assert open_at(desk.get(routed(desk, 2))) == {"alder": 2}


@pytest.mark.parametrize("again", ["replayed", "loaded"])
def test_failures_outlive_a_restart(again: str) -> None:
    """After a replay and from a checkpoint the node is still out, the attempts counted, the answer the same."""
    desk = Desk()
    desk.stock({("ink", "alder"): 9, ("ink", "birch"): 9})
    made = routed(desk, 2)
    told = reroute(desk, made, "alder", rid="once", reason=RerouteReason.SHORT_PICK)
    other = desk.goes_on(desk.replayed() if again == "replayed" else desk.loaded())
    assert inspect.failures(other.face) == inspect.failures(desk.face) != {}
    repeated = reroute(other, made, "alder", rid="once", reason=RerouteReason.SHORT_PICK)
    assert repeated == replace(told, decision_us=0)
    found = reroute(other, made, "birch")
    assert (found.units_moved, found.attempts) == (0, 1)
    assert other.face.recount() == []


# --- attempts


@pytest.mark.parametrize("most", [0, 1, 2])
def test_after_so_many_moves_units_stay(most: int) -> None:
    """The limit counts moves by request; beyond it units stay, flagged, and the exception says so."""
    desk = Desk(small_limits(reroute_attempts_max=most))
    desk.stock(grid(50))
    made = routed(desk, 2)
    for node in ("alder", "birch")[:most]:
        assert reroute(desk, made, node).units_moved == 2
    (last,) = open_at(desk.get(made))
    found = reroute(desk, made, last)
    assert (found.units_moved, found.units_stranded, found.attempts) == (0, 2, most)
    assert found.stranded_reason is StrandedReason.ATTEMPTS_EXHAUSTED
    assert desk.get(made).needs_attention
    assert open_faults(desk) == [(STRANDED, last, 2, 2)]
    check_whole(desk)


def test_a_move_off_an_offline_node_is_no_attempt() -> None:
    """A reservation whose attempts are used up still leaves a node that goes OFFLINE, which resolves its exception."""
    desk = Desk(small_limits(reroute_attempts_max=1))
    desk.stock(grid(50))
    made = routed(desk, 2)
    reroute(desk, made, "alder")
    assert reroute(desk, made, "birch").stranded_reason is StrandedReason.ATTEMPTS_EXHAUSTED
    assert desk.fail_node("birch") == (1, 0)
    assert open_at(desk.get(made)) == {"cedar": 2}
    assert not desk.get(made).needs_attention
    assert open_faults(desk) == []
    assert inspect.failures(desk.face)[made][0] == 1


def test_a_try_that_moves_nothing_is_no_attempt() -> None:
    """Trying again once there is stock is not held against the reservation."""
    desk = Desk(small_limits(reroute_attempts_max=1))
    desk.stock({("ink", "alder"): 9})
    made = routed(desk, 2)
    for _ in range(3):
        assert reroute(desk, made, "alder").stranded_reason is StrandedReason.NO_OTHER_NODE
    desk.set("ink", "birch", 9)
    found = reroute(desk, made, "alder")
    assert (found.units_moved, found.attempts) == (2, 1)


# --- stranded


def test_stranded_lines_are_kept_apart() -> None:
    """What fits nowhere stays on record while another line of the same node moves, until it moves itself."""
    desk = Desk()
    desk.stock({("ink", "alder"): 9, ("jar", "alder"): 9, ("jar", "birch"): 9})
    made = routed(desk, 2, 3)
    first = reroute(desk, made, "alder", ("L1", 2))
    assert (first.units_stranded, first.exception_id) == (2, 1)
    second = reroute(desk, made, "alder", ("L2", 3))
    assert (second.units_moved, second.units_stranded, second.exception_id) == (3, 0, 1)
    assert second.stranded_reason is StrandedReason.UNSPECIFIED
    assert open_faults(desk) == [(STRANDED, "alder", 2, 1)]
    assert desk.get(made).needs_attention
    desk.set("ink", "birch", 9)
    third = reroute(desk, made, "alder", ("L1", 2))
    assert (third.units_moved, third.exception_id) == (2, 0)
    assert open_faults(desk) == []
    assert not desk.get(made).needs_attention
    check_whole(desk)


def test_units_stranded_elsewhere_keep_needing_attention() -> None:
    """A move off one node does not clear what a rejection left at another."""
    desk = Desk()
    desk.stock({("ink", "alder"): 5, ("jar", "birch"): 5})
    made = desk.reserve([line(1, "ink", 2, "alder"), line(2, "jar", 2, "birch")], firm=True, pinned=False).reservation
    assert made is not None
    reroute(desk, made.reservation_id, "alder")
    desk.set("jar", "cedar", 5)
    found = reroute(desk, made.reservation_id, "birch")
    assert (found.units_moved, found.reservation.needs_attention) == (2, True)
    desk.release(made.reservation_id, ("L1", 2))
    desk.set("jar", "dogwood", 5)
    found = reroute(desk, made.reservation_id, "cedar")
    assert (found.units_moved, found.reservation.needs_attention) == (2, False)


def test_a_partial_move_strands_the_rest() -> None:
    """Lines that another node has move, the others stay: both are told, the exception has what stays."""
    desk = Desk()
    desk.stock({("ink", "alder"): 9, ("jar", "alder"): 9, ("ink", "birch"): 9})
    made = routed(desk, 2, 3)
    found = reroute(desk, made, "alder")
    assert (found.units_moved, found.units_stranded, found.attempts) == (2, 3, 1)
    assert open_at(found.reservation) == {"alder": 3, "birch": 2}
    assert open_faults(desk) == [(STRANDED, "alder", 3, 1)]


# --- refused


def mistakes() -> Iterable[tuple[str, str, str, tuple[tuple[str, int], ...]]]:
    """Reason, field, node and lines of a Reroute of two units each at alder and birch."""
    yield "UNKNOWN_NODE", "node_id", "nowhere", ()
    yield "NOTHING_OPEN_AT_NODE", "node_id", "dogwood", ()
    yield "UNKNOWN_LINE", "lines[0].line_id", "alder", (("L9", 1),)
    yield "UNKNOWN_LINE", "lines[1].line_id", "alder", (("L1", 1), ("L2", 1))
    yield "QUANTITY_EXCEEDS_OPEN", "lines[0].quantity", "alder", (("L1", 3),)
    yield "INVALID_QUANTITY", "lines[0].quantity", "alder", (("L1", 0),)
    yield "INVALID_QUANTITY", "lines[0].quantity", "alder", (("L1", -1),)


@pytest.mark.parametrize(("reason", "path", "node", "lines"), list(mistakes()))
def test_a_mistake_changes_nothing(reason: str, path: str, node: str, lines: tuple[tuple[str, int], ...]) -> None:
    """Each mistake is refused with its field, and a repeat hears the same; nothing moves."""
    desk = Desk()
    desk.stock(grid(5))
    made = desk.reserve([line(1, "ink", 2, "alder"), line(2, "jar", 2, "birch")], firm=True, pinned=False).reservation
    assert made is not None
    before = inspect.positions(desk.face), desk.get(made.reservation_id)
    for _ in range(2):
        with pytest.raises(EngineError) as raised:
            reroute(desk, made.reservation_id, node, *lines, reason=RerouteReason.SHORT_PICK, rid="mistake")
        assert (raised.value.reason.name, raised.value.path) == (reason, path)
    assert (inspect.positions(desk.face), desk.get(made.reservation_id)) == before
    assert inspect.failures(desk.face) == {}
    assert inspect.faults(desk.face) == []


def test_a_reservation_that_ended_has_nothing_to_move() -> None:
    """Expired, released, fulfilled and unknown reservations are refused by that name."""
    desk = Desk()
    desk.stock(grid(20))
    held = desk.hold("ink", "alder", 2, ttl_us=SECOND_US)
    released = desk.hold("ink", "alder", 2)
    desk.release(released)
    done = desk.hold("ink", "alder", 2, firm=True)
    desk.fulfill(done)
    desk.now_us += SECOND_US
    for reservation, reason in (
        (held, "RESERVATION_EXPIRED"),
        (released, "RESERVATION_RELEASED"),
        (done, "RESERVATION_FULFILLED"),
        ("f" * 32, "RESERVATION_NOT_FOUND"),
    ):
        assert refusal(reroute, desk, reservation, "alder") == reason


def test_of_another_tenant_is_not_found() -> None:
    """Whoever does not own the reservation does not learn that there is one."""
    desk = Desk()
    desk.stock(grid(5))
    made = routed(desk, 2)
    desk.face.intern(3, [b"first", b"second"], desk.now_us)
    request = RerouteRequest(desk.fresh(), made, "alder")
    assert refusal(desk.face.reroute, request, desk.now_us, 0, 1) == "RESERVATION_NOT_FOUND"


@pytest.mark.parametrize("reason", [-1, 5, 6, 99])
def test_only_reasons_of_a_request_are_taken(reason: int) -> None:
    """That a node is OFFLINE is said by its status; other numbers mean nothing."""
    desk = Desk()
    desk.stock(grid(5))
    made = routed(desk, 2)
    request = RerouteRequest(desk.fresh(), made, "alder", (), reason)  # type: ignore[arg-type]
    assert refusal(desk.face.reroute, request, desk.now_us) == "INVALID_FIELD"


def test_a_deadline_that_has_passed_moves_nothing() -> None:
    """A call taken up too late is not executed, and its id is free."""
    desk = Desk()
    desk.stock(grid(5))
    made = routed(desk, 2)
    request = RerouteRequest("late", made, "alder")
    assert refusal(desk.face.reroute, request, desk.now_us, desk.now_us) == "DEADLINE_PASSED"
    assert open_at(desk.get(made)) == {"alder": 2}
    assert desk.face.reroute(request, desk.now_us, desk.now_us + 1).units_moved == 2


def test_the_same_id_with_another_reason_is_another_body() -> None:
    """Every field of the request is part of its body."""
    desk = Desk()
    desk.stock(grid(5))
    made = routed(desk, 2)
    reroute(desk, made, "alder", ("L1", 1), rid="once")
    assert (
        refusal(reroute, desk, made, "alder", ("L1", 1), rid="once", reason=RerouteReason.LATE) == "REQUEST_ID_REUSED"
    )
    assert refusal(reroute, desk, made, "birch", ("L1", 1), rid="once") == "REQUEST_ID_REUSED"
    assert refusal(reroute, desk, made, "alder", ("L1", 2), rid="once") == "REQUEST_ID_REUSED"


def test_a_full_table_refuses_before_anything_changes() -> None:
    """When the reservation cannot remember the node, the call is refused as over a limit."""
    desk = Desk(small_limits(reservation_bytes_max=1 << 20))
    desk.stock({("ink", "alder"): 900_000, ("ink", "birch"): 900_000})
    made = routed(desk, 2)
    while not refusal(desk.hold, "ink", "alder", 1, firm=True):
        pass
    assert refusal(reroute, desk, made, "alder", rid="full") == "LIMIT_EXCEEDED"
    assert open_at(desk.get(made)) == {"alder": 2}
    check_whole(desk)


def test_the_limits_say_how_often_and_how_long() -> None:
    """Three moves and a day, unless a folder says otherwise."""
    assert (Limits().reroute_attempts_max, Limits().reroute_exclusion_us) == (3, DAY_US)


# --- journals of before


def without_moves(entry: bytes) -> bytes:
    """A REROUTE entry as it was before re-routes remembered who failed: without the extension at its end."""
    for at in range(len(entry) - 7, 0, -1):
        length = sum((entry[at + 2 + i] & 0x7F) << 7 * i for i in range(5))
        if entry[at : at + 2] == b"\x01\x04" and at + 7 + length == len(entry):
            break
    cut = len(entry) - at - 1
    whole = bytearray(entry[:at] + b"\x00")
    size = len(whole) - 7
    whole[2:7] = [size >> 7 * i & 0x7F | 0x80 for i in range(4)] + [size >> 28]
    for i in range(7, at):
        (answer,) = struct.unpack_from("<I", entry, i)
        if i + 4 + answer == len(entry):
            whole[i : i + 4] = struct.pack("<I", answer - cut)
            return bytes(whole)
    raise AssertionError(entry)


def test_an_entry_without_failures_still_replays() -> None:
    """A re-route of an older journal moves what it moved and excludes nobody; what comes later remembers again."""
    desk = Desk()
    desk.stock(grid(9))
    made = routed(desk, 2)
    desk.flush()
    assert desk.fail_node("alder") == (1, 0)
    desk.flush()
    first, last, payload = desk.batches.pop()
    *_, (kind, _, _, size) = inspect.entries(payload)
    assert kind == 13
    desk.batches.append((first, last, payload[:-size] + without_moves(payload[-size:])))
    old = desk.goes_on(desk.replayed())
    assert open_at(old.get(made)) == {"birch": 2}
    assert inspect.failures(old.face) == {}
    assert old.face.recount() == []
    old.node("alder", NodeStatus.ONLINE)
    assert open_at(reroute(old, made, "birch").reservation) == {"alder": 2}
    check_whole(old)
