"""The fold over the journal: expiry, windows, exceptions, capacity, and a digest that sees every change."""

from collections.abc import Callable

import pytest
from tests.native.engines import DAY_US, HOUR_US, SECOND_US, T0, Desk, grid, line, refusal, small_limits

from fastdom._native import inspect
from fastdom.types import (
    AdjustInventoryRequest,
    AdjustReason,
    NodeStatus,
    Reservation,
    ReservationState,
    RouteMode,
)

SHORTFALL, STRANDED, COUNT_MISMATCH = 1, 2, 3
MINUTE_US = 60 * SECOND_US


def stocked(on_hand: int = 20, **facts: object) -> Desk:
    """A desk with the same stock everywhere."""
    desk = Desk(**facts)  # type: ignore[arg-type]
    desk.stock(grid(on_hand))
    return desk


def open_faults(desk: Desk) -> list[tuple[int, str, str, int]]:
    """(kind, sku, node, quantity) of the open exceptions."""
    return [(f["kind"], f["sku"], f["node"], f["quantity"]) for f in inspect.faults(desk.face)]


# --- expiry


def test_a_hold_counts_up_to_but_not_at_its_end() -> None:
    """One microsecond before its end the units are held, at its end another order gets them, though nothing swept."""
    desk = stocked(3)
    held = desk.hold("ink", "alder", 3, ttl_us=SECOND_US)
    desk.now_us += SECOND_US - 1
    assert desk.reserve([line(1, "ink", 1, "alder")]).reservation is None
    assert desk.get(held).state == ReservationState.HELD
    desk.now_us += 1
    assert desk.get(held).state == ReservationState.EXPIRED
    assert desk.reserve([line(1, "ink", 3, "alder")]).reservation is not None


def test_reads_and_estimates_lift_due_holds_and_change_nothing() -> None:
    """Get, a PLAN route and a Promise see the units of a hold that is due; the digest and the sequence stay."""
    desk = stocked(3)
    held = desk.reserve([line(1, "ink", 3, node) for node in ("alder",)], ttl_us=SECOND_US).reservation
    assert held is not None
    for node in ("birch", "cedar", "dogwood"):
        desk.set("ink", node, 0)
    assert desk.route([line(1, "ink", 3)]).reservation is None
    before = desk.face.digest_at()
    assert not desk.promise([line(1, "ink", 3)]).options
    desk.now_us = held.expires_at_us
    assert len(desk.promise([line(1, "ink", 3)]).options) == 2
    plan = desk.route([line(1, "ink", 3)]).plan
    assert plan is not None
    assert [s.node_id for s in plan.shipments] == ["alder"]
    assert desk.get(held.reservation_id).allocations[0].expired == 3
    assert inspect.positions(desk.face, desk.now_us)["ink", "alder"][1] == 0
    assert desk.face.digest_at() == before


def test_very_many_due_holds_expire_in_slices() -> None:
    """With more than 64 holds due a command expires 256 at a time before its turn; the journal says so."""
    desk = stocked(5000)
    for _ in range(1600):
        desk.hold("ink", "alder", 1, ttl_us=SECOND_US)
    desk.now_us += SECOND_US
    before = desk.face.seq
    assert desk.reserve([line(1, "ink", 5000, "alder")]).reservation is not None
    assert desk.face.seq - before == 6 + 1
    assert desk.face.stats()["holds"] == 1
    assert desk.face.recount() == []
    assert desk.replayed().digest() == desk.face.digest()


def test_few_due_holds_wait_for_the_next_change() -> None:
    """An estimate with 64 small holds due lifts them and journals nothing; with one more it expires them first."""
    desk = stocked(5000)
    for i in range(65):
        desk.hold("ink", "alder", 1, ttl_us=HOUR_US * (2 if i == 64 else 1))
    desk.now_us += HOUR_US
    before = desk.face.seq
    desk.route([line(1, "ink", 1)])
    assert desk.face.seq == before
    desk.now_us += HOUR_US
    desk.route([line(1, "ink", 1)])
    assert (desk.face.seq - before, desk.face.stats()["holds"]) == (1, 0)


def test_a_slice_of_large_holds_is_few() -> None:
    """Holds of 100 allocations each expire by their allocations, at most 512 with the shipments in one step."""
    desk = stocked(5000)
    for _ in range(12):
        desk.reserve([line(i, "ink", 1, "alder") for i in range(100)], ttl_us=SECOND_US)
        desk.flush()
    desk.now_us += SECOND_US
    assert [desk.face.tick(desk.now_us) for _ in range(4)] == [5, 5, 2, 0]
    assert desk.replayed().digest() == desk.face.digest()


def test_a_hold_larger_than_a_slice_expires_alone() -> None:
    """The first due hold is always taken, whatever its size, and one before or behind it is not taken with it."""
    desk = stocked(5000)
    desk.reserve([line(i, "ink", 1, "alder") for i in range(900)], ttl_us=2 * SECOND_US)
    for seconds in (1, 3):
        desk.hold("ink", "alder", 1, ttl_us=seconds * SECOND_US)
    desk.flush()
    desk.now_us += 3 * SECOND_US
    left = []
    while desk.face.tick(desk.now_us):
        left.append(desk.face.stats()["holds"])
    assert left == [2, 1, 0]


def test_tick_expires_a_slice_and_tells_how_many() -> None:
    """Ticks count the holds they expire, until there is nothing left to do; then they journal nothing."""
    desk = stocked(5000)
    for _ in range(700):
        desk.hold("ink", "alder", 1, ttl_us=SECOND_US)
    desk.now_us += SECOND_US
    assert [desk.face.tick(desk.now_us) for _ in range(4)] == [256, 256, 188, 0]
    seq = desk.face.seq
    desk.face.tick(desk.now_us)
    assert desk.face.seq == seq


def test_tick_never_takes_time_back() -> None:
    """A tick with a time before the last journalled one is judged at the journalled one."""
    desk = stocked(5000)
    for _ in range(700):
        desk.hold("ink", "alder", 1, ttl_us=SECOND_US)
    desk.now_us += HOUR_US
    desk.face.tick(desk.now_us)
    desk.face.tick(desk.now_us - 100)
    assert desk.face.now_us == desk.now_us
    assert desk.replayed().now_us == desk.now_us


def test_a_command_with_an_older_time_is_judged_at_the_journalled_one() -> None:
    """Time is the later of the command's and the last journalled one."""
    desk = stocked()
    desk.now_us += HOUR_US
    desk.adjust("ink", "alder", 1)
    desk.now_us -= HOUR_US
    held = desk.get(desk.hold("ink", "alder", 1, ttl_us=SECOND_US))
    assert held.created_at_us == T0 + HOUR_US


# --- windows


def test_final_reservation_just_past_its_window_can_still_be_named() -> None:
    """Naming a final reservation whose window has passed but which is not forgotten yet answers, and keeps it."""
    desk = Desk(small_limits(request_window_us=MINUTE_US))
    desk.stock(grid(20))
    done = desk.hold("ink", "alder", 2, firm=True)
    desk.fulfill(done)
    desk.now_us += MINUTE_US + 1
    assert desk.fulfill(done).reservation.state == ReservationState.FULFILLED
    desk.now_us += MINUTE_US - 1
    assert desk.release(done).reservation.state == ReservationState.FULFILLED
    assert desk.replayed().digest() == desk.face.digest()


def test_final_reservations_are_forgotten_after_their_window() -> None:
    """The first command a window after the last one that named it forgets a final reservation, never an open one."""
    desk = Desk(small_limits(request_window_us=MINUTE_US))
    desk.stock(grid(20))
    done, still = desk.hold("ink", "alder", 2, firm=True), desk.hold("ink", "alder", 2, firm=True)
    desk.fulfill(done)
    desk.now_us += MINUTE_US - 1
    desk.adjust("jar", "alder", 1)
    assert desk.get(done).state == ReservationState.FULFILLED
    desk.now_us += 1
    desk.adjust("jar", "alder", 1)
    assert refusal(desk.get, done) == "RESERVATION_NOT_FOUND"
    assert desk.get(still).state == ReservationState.COMMITTED


def test_a_hold_taken_again_is_never_forgotten() -> None:
    """A commitment that came out of an expired hold stays, with its units, when the window of the hold has passed."""
    desk = Desk(small_limits(request_window_us=MINUTE_US))
    desk.stock(grid(20))
    held = desk.hold("ink", "alder", 2, ttl_us=SECOND_US)
    desk.now_us += SECOND_US
    desk.face.tick(desk.now_us)
    desk.commit(held, reacquire=True)
    desk.now_us += HOUR_US
    for _ in range(3):
        desk.adjust("jar", "alder", 1)
    assert desk.get(held).state == ReservationState.COMMITTED
    assert desk.face.recount() == []
    assert desk.loaded().digest() == desk.face.digest()


def test_request_ids_are_forgotten_after_their_window() -> None:
    """Within the window a repeat hears the recorded answer; after it the same body is a new command."""
    desk = Desk(small_limits(request_window_us=MINUTE_US))
    desk.stock(grid(20))
    assert desk.adjust("ink", "alder", 1, rid="once").position.on_hand == 21
    desk.now_us += MINUTE_US - 1
    desk.adjust("jar", "birch", 1)
    assert desk.adjust("ink", "alder", 1, rid="once").position.on_hand == 21
    desk.now_us += 1
    for _ in range(3):
        desk.adjust("jar", "birch", 1)
    assert desk.adjust("ink", "alder", 1, rid="once").position.on_hand == 22


@pytest.mark.parametrize(("sent_after_us", "expected"), [(0, "REQUEST_ID_EXPIRED"), (1, "")])
def test_a_retry_of_a_forgotten_request_is_refused(sent_after_us: int, expected: str) -> None:
    """A request first sent no later than the newest forgotten id may have been done; one sent later was not."""
    desk = Desk(small_limits(request_window_us=MINUTE_US))
    desk.stock({("ink", "alder"): 5})
    desk.now_us += HOUR_US
    sent = desk.now_us
    desk.adjust("ink", "alder", 1)
    desk.now_us += MINUTE_US
    desk.adjust("jar", "alder", 1)
    request = AdjustInventoryRequest("late", "ink", "alder", 1, AdjustReason.COUNT, sent + sent_after_us)
    assert refusal(desk.face.adjust_inventory, request, desk.now_us) == expected
    assert inspect.positions(desk.face)["ink", "alder"][0] == 6 + (expected == "")


def test_full_ring_forgets_ids_older_than_a_minute() -> None:
    """When the ring is full a command is refused while the oldest id is younger than a minute, and never after."""
    desk = Desk(small_limits(request_ids_max=20))
    for _ in range(20):
        desk.set("ink", "alder", 5)
    assert refusal(desk.set, "ink", "alder", 6) == "LIMIT_EXCEEDED"
    desk.now_us += MINUTE_US - 1
    assert refusal(desk.set, "ink", "alder", 6) == "LIMIT_EXCEEDED"
    desk.now_us += 1
    assert refusal(desk.set, "ink", "alder", 6) == ""
    assert desk.face.stats()["request_ids"] == 20
    assert desk.replayed().digest() == desk.face.digest()


def test_full_table_of_reservations_forgets_final_ones() -> None:
    """When every slot is taken, final ones older than a minute make room, though all that comes is refused Reserves."""
    desk = Desk(small_limits(reservations_max=20))
    desk.stock(grid(1000))
    for _ in range(20):
        desk.hold("ink", "alder", 1, ttl_us=SECOND_US)
    assert refusal(desk.hold, "ink", "alder", 1) == "LIMIT_EXCEEDED"
    desk.now_us += 5 * SECOND_US
    assert refusal(desk.hold, "ink", "alder", 1) == "LIMIT_EXCEEDED"
    desk.now_us += MINUTE_US
    assert refusal(desk.hold, "ink", "alder", 1) == ""
    assert desk.replayed().digest() == desk.face.digest()


def test_full_memory_of_answers_is_used_again() -> None:
    """Once every byte for answers was used, commands forget answers, a few each, until there is room for theirs."""
    desk = Desk(small_limits(answer_bytes_max=1 << 20, request_ids_max=100_000, reservation_bytes_max=64 << 20))
    desk.stock(grid(100_000))
    lines = [line(i, "ink", 1, "alder") for i in range(100)]
    while refusal(desk.reserve, lines, firm=True) == "":
        desk.flush()
    desk.now_us += DAY_US + 1
    assert "" in [refusal(desk.reserve, lines, firm=True) for _ in range(4)]
    assert desk.replayed().digest() == desk.face.digest()


# --- exceptions


def test_shortfall_is_raised_follows_and_ends() -> None:
    """A count below what is allocated raises SHORTFALL, another changes the same record, a full one ends it."""
    desk = stocked(10)
    desk.hold("ink", "alder", 8, firm=True)
    assert desk.set("ink", "alder", 5).position.shortfall == 3
    assert open_faults(desk) == [(SHORTFALL, "ink", "alder", 3)]
    desk.adjust("ink", "alder", -1)
    assert open_faults(desk) == [(SHORTFALL, "ink", "alder", 4)]
    desk.set("ink", "alder", 8)
    assert open_faults(desk) == []
    assert len(inspect.faults(desk.face, resolved=True)) == 1
    desk.set("ink", "alder", 8, safety_stock=2)
    assert open_faults(desk) == [(SHORTFALL, "ink", "alder", 2)]


def test_commit_extend_and_fulfil_succeed_under_shortfall() -> None:
    """Only new holds are checked: what is held can be extended, committed and shipped, although the count is below."""
    desk = stocked(10)
    held = desk.hold("ink", "alder", 8)
    desk.set("ink", "alder", 5)
    assert desk.extend(held).reservation.state == ReservationState.HELD
    assert desk.commit(held).reservation.state == ReservationState.COMMITTED
    assert desk.reserve([line(1, "ink", 1, "alder")]).reservation is None
    assert desk.fulfill(held, ("L1", 5)).count_mismatch == 0
    assert inspect.positions(desk.face)["ink", "alder"][:3] == (0, 0, 3)


def test_units_that_were_not_there_add_up() -> None:
    """Shipping more than the count stops at 0; one COUNT_MISMATCH a reservation and position tells all of the units."""
    desk = stocked(10)
    made = desk.reserve([line(1, "ink", 4, "alder"), line(2, "ink", 6, "alder")], firm=True).reservation
    assert made is not None
    desk.set("ink", "alder", 3)
    assert desk.fulfill(made.reservation_id, ("L1", 4), ("L2", 1)).count_mismatch == 2
    assert desk.fulfill(made.reservation_id).count_mismatch == 5
    assert (COUNT_MISMATCH, "ink", "alder", 7) in open_faults(desk)
    assert inspect.positions(desk.face)["ink", "alder"][:3] == (0, 0, 0)


def test_version_changes_with_on_hand_alone() -> None:
    """Holds, commits and shipping units that were not there leave on_hand_version; each change of on_hand adds 1."""
    desk = stocked(2)
    version = [inspect.positions(desk.face)["ink", "alder"][6]]

    def after(change: Callable[[], object]) -> int:
        change()
        version.append(inspect.positions(desk.face)["ink", "alder"][6])
        return version[-1] - version[-2]

    held = desk.hold("ink", "alder", 2)
    assert after(lambda: desk.commit(held)) == 0
    assert after(lambda: desk.set("ink", "alder", 2, safety_stock=0)) == 0
    assert after(lambda: desk.adjust("ink", "alder", -1)) == 1
    assert after(lambda: desk.fulfill(held, ("L1", 1))) == 1
    assert after(lambda: desk.fulfill(held)) == 0


# --- capacity


def taken(desk: Desk, node: str) -> int:
    """What the node's buckets have taken, due holds not counted."""
    return sum(units for (known, _), units in inspect.capacity(desk.face, desk.now_us).items() if known == node)


@pytest.mark.parametrize(("kind", "whole", "part"), [("SHIPMENTS", 1, 1), ("UNITS", 5, 3)])
def test_capacity_is_taken_and_given_back(kind: str, whole: int, part: int) -> None:
    """A shipment takes 1 or its units; a release of some, then of all, and an expiry give back what is not kept."""
    desk = stocked(capacity={"alder": (kind, 100)})
    made = desk.reserve([line(1, "ink", 2), line(2, "jar", 3)], pinned=False, firm=True).reservation
    assert made is not None
    assert taken(desk, "alder") == whole
    desk.release(made.reservation_id, ("L1", 2))
    assert taken(desk, "alder") == part
    desk.release(made.reservation_id)
    assert taken(desk, "alder") == 0
    desk.reserve([line(1, "ink", 5)], pinned=False, ttl_us=SECOND_US)
    assert taken(desk, "alder") == whole
    desk.now_us += SECOND_US
    assert taken(desk, "alder") == 0
    desk.face.tick(desk.now_us)
    assert inspect.capacity(desk.face) == {}


@pytest.mark.parametrize("sweeps", [False, True])
def test_a_closed_bucket_keeps_what_it_took(sweeps: bool) -> None:
    """After the hand-over a release returns nothing; an expiry before it returns all, however late it is noticed."""
    desk = stocked(capacity={"alder": ("UNITS", 100)})
    firm = desk.reserve([line(1, "ink", 5)], pinned=False, firm=True).reservation
    desk.reserve([line(1, "ink", 7)], pinned=False, ttl_us=HOUR_US)
    assert firm is not None
    assert taken(desk, "alder") == 12
    (ship_at,) = {at for shipments in inspect.shipments(desk.face).values() for _, _, at, _, _ in shipments}
    desk.now_us = ship_at
    if sweeps:
        desk.face.tick(desk.now_us)
    desk.release(firm.reservation_id)
    assert taken(desk, "alder") == 5


@pytest.mark.parametrize("sweeps", [False, True])
def test_taking_a_hold_again_needs_room_before_the_hand_over(sweeps: bool) -> None:
    """Before the hand-over an expired hold is taken again with its capacity, after it never, swept or not."""
    for hours, expected in ((3, ""), (24, "RESERVATION_EXPIRED")):
        desk = stocked(capacity={"alder": ("SHIPMENTS", 1)})
        made = desk.reserve([line(1, "ink", 2)], pinned=False, ttl_us=HOUR_US).reservation
        assert made is not None
        desk.now_us += hours * HOUR_US
        if sweeps:
            desk.face.tick(desk.now_us)
        assert refusal(desk.commit, made.reservation_id, reacquire=True) == expected
        assert taken(desk, "alder") == (expected == "")


def test_taking_a_hold_again_finds_the_bucket_full() -> None:
    """When another order took the last shipment meanwhile, the expired hold stays expired."""
    desk = stocked(capacity={"alder": ("SHIPMENTS", 1)})
    made = desk.reserve([line(1, "ink", 2, "alder")], pinned=False, ttl_us=HOUR_US).reservation
    assert made is not None
    desk.now_us += HOUR_US
    other = desk.reserve([line(1, "ink", 2, "alder")], pinned=False, firm=True).reservation
    assert other is not None
    assert [s.ship_day for s in desk.get(other.reservation_id).shipments] == [
        day for _, day in inspect.capacity(desk.face)
    ]
    assert refusal(desk.commit, made.reservation_id, reacquire=True) == "RESERVATION_EXPIRED"


# --- nodes


def allocations(reservation: Reservation) -> list[tuple[str, str, int]]:
    """(line, node, open units) where there are any."""
    return [(a.line_id, a.node_id, a.held + a.committed) for a in reservation.allocations if a.held + a.committed]


def test_a_failed_node_gives_its_units_to_the_next_best() -> None:
    """Held and committed units move to the next node, their state and end stay, and never go back."""
    desk = stocked(5)
    firm = desk.reserve([line(1, "ink", 2)], pinned=False, firm=True).reservation
    held = desk.reserve([line(1, "ink", 2)], pinned=False).reservation
    assert firm is not None
    assert held is not None
    assert desk.fail_node("alder") == (2, 0)
    assert allocations(desk.get(firm.reservation_id)) == [("L1", "birch", 2)]
    moved = desk.get(held.reservation_id)
    assert (moved.state, moved.expires_at_us) == (ReservationState.HELD, held.expires_at_us)
    assert desk.fail_node("birch") == (2, 0)
    assert {node for _, node, _ in allocations(desk.get(held.reservation_id))} == {"cedar"}
    assert desk.face.recount() == []
    assert desk.replayed().digest() == desk.face.digest()


def test_units_that_fit_nowhere_stay_and_are_flagged() -> None:
    """What no other node has stays at the failed one, needs attention, and is counted as STRANDED."""
    desk = Desk()
    desk.stock({("ink", "alder"): 9, ("ink", "birch"): 4, ("jar", "alder"): 3})
    made = desk.reserve([line(1, "ink", 4), line(2, "jar", 3)], pinned=False, firm=True).reservation
    assert made is not None
    assert desk.fail_node("alder") == (1, 3)
    found = desk.get(made.reservation_id)
    assert allocations(found) == [("L2", "alder", 3), ("L1", "birch", 4)]
    assert found.needs_attention
    assert open_faults(desk) == [(STRANDED, "", "alder", 3)]
    assert desk.reroute("alder") == (0, 3)
    assert len(open_faults(desk)) == 1


def test_each_failed_node_is_accounted_for() -> None:
    """Units stranded at one node keep needing attention while those of a second one move, or strand there too."""
    desk = Desk()
    desk.stock({("ink", "alder"): 5, ("jar", "birch"): 5})
    made = desk.reserve([line(1, "ink", 2, "alder"), line(2, "jar", 2, "birch")], firm=True, pinned=False).reservation
    assert made is not None
    assert desk.fail_node("alder") == (0, 2)
    assert desk.fail_node("birch") == (0, 2)
    assert open_faults(desk) == [(STRANDED, "", "alder", 2), (STRANDED, "", "birch", 2)]
    desk.set("jar", "cedar", 5)
    assert desk.reroute("birch") == (1, 0)
    assert desk.get(made.reservation_id).needs_attention
    desk.set("ink", "cedar", 5)
    assert desk.reroute("alder") == (1, 0)
    assert not desk.get(made.reservation_id).needs_attention


def test_a_reservation_that_moves_very_often_ends_by_staying() -> None:
    """After a thousand moves a record grows no more: its units are stranded; the journal replays all the way."""
    desk = Desk(small_limits(reroute_exclusion_us=0))
    desk.stock({("ink", "alder"): 5, ("ink", "birch"): 5})
    made = desk.reserve([line(1, "ink", 2)], firm=True, pinned=False).reservation
    assert made is not None
    stranded = 0
    for i in range(1010):
        node = ("alder", "birch")[i % 2]
        stranded += desk.fail_node(node)[1]
        desk.node(node, NodeStatus.ONLINE)
    found = desk.get(made.reservation_id)
    assert (len(found.allocations), found.needs_attention) == (1000, True)
    assert sum(units for _, _, units in allocations(found)) == 2
    assert stranded > 0
    assert desk.replayed().digest() == desk.loaded().digest() == desk.face.digest()


def test_re_routing_in_a_full_table_strands() -> None:
    """When no record can grow, what cannot move is stranded, and re-routing comes to its end."""
    desk = Desk(small_limits(reservation_bytes_max=1 << 20))
    desk.stock({("ink", "alder"): 100_000, ("ink", "birch"): 100_000})
    lines = [line(i, "ink", 1) for i in range(300)]
    while refusal(desk.reserve, lines, firm=True, pinned=False) == "":
        desk.flush()
    _, stranded = desk.fail_node("alder")
    assert stranded > 0
    assert stranded % 300 == 0
    assert desk.face.recount() == []
    assert desk.face.stats()["exceptions_open"] == stranded // 300


# --- the digest


CHANGES: list[Callable[[Desk, str], object]] = [
    lambda desk, held: desk.commit(held),
    lambda desk, held: desk.extend(held, 7 * SECOND_US),
    lambda desk, held: desk.release(held, ("L1", 1)),
    lambda desk, _: desk.adjust("ink", "alder", 1),
    lambda desk, _: desk.set("ink", "alder", 20, safety_stock=1),
    lambda desk, _: desk.set("ink", "alder", 20, routing_reserve=1),
    lambda desk, _: desk.set("ink", "alder", 20, as_of_us=T0),
    lambda desk, _: desk.set("ink", "alder", 20, as_of_us=T0 + 1),
    lambda desk, _: desk.node("alder", NodeStatus.PAUSED),
    lambda desk, _: desk.node("alder", NodeStatus.OFFLINE),
    lambda desk, _: desk.hold("ink", "alder", 1),
    lambda desk, _: desk.hold("ink", "alder", 2),
    lambda desk, _: desk.route([line(1, "ink", 1)], RouteMode.HOLD),
    lambda desk, _: refusal(desk.commit, "0" * 32),
    lambda desk, _: refusal(desk.extend, "0" * 32),
    lambda desk, _: desk.face.intern(0, [b"new"], desk.now_us),
    lambda desk, _: desk.face.intern(3, [b"new"], desk.now_us),
]


def test_digests_of_different_states_differ() -> None:
    """After the same history every other change gives another digest."""
    base = stocked()
    held = base.hold("ink", "alder", 3)
    base.flush()
    found = set()
    for change in CHANGES:
        desk = base.goes_on(base.replayed())
        change(desk, held)
        found.add(desk.face.digest())
    assert len(found) == len(CHANGES)
