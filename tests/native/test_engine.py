"""The engine's face towards its owner: batches, room, names, time limits, and what a refusal leaves behind."""

import os
import select
import sys
import threading
from collections.abc import Callable

import pytest
from tests.native.engines import (
    DAY_US,
    HOUR_US,
    NODES,
    ROOM,
    SECOND_US,
    SKUS,
    T0,
    Desk,
    grid,
    line,
    order,
    refusal,
    small_limits,
)

from fastdom._native import inspect
from fastdom.engine.face import Face
from fastdom.reasons import EngineError
from fastdom.types import (
    AdjustInventoryRequest,
    AdjustReason,
    GetAvailabilityRequest,
    GetReservationRequest,
    ListExceptionsRequest,
    ListReservationsRequest,
    NodeStatus,
    ReserveRequest,
    RouteMode,
    RouteRequest,
    SetInventoryRequest,
)


def readable(fd: int) -> bool:
    """Would a read of the eventfd return at once?"""
    return bool(select.select([fd], [], [], 0)[0])


def bare(**limits: int) -> Face:
    """A live engine without a network."""
    face = Face(small_limits(**limits).as_dict(), bytes(16))
    face.start(ROOM)
    return face


# --- batches


def test_a_batch_holds_everything_since_the_one_before() -> None:
    """Sequences of batches are contiguous; an empty journal gives none; durable_seq follows batch_durable."""
    desk = Desk()
    first = desk.face.take_batch(0.0)
    assert first is not None
    assert first[:2] == (1, desk.face.seq)
    assert desk.face.durable_seq == 0
    desk.set("ink", "alder", 5)
    desk.face.batch_durable(ROOM)
    assert desk.face.durable_seq == first[1]
    second = desk.face.take_batch(0.0)
    assert second is not None
    assert second[:2] == (first[1] + 1, first[1] + 1)
    desk.face.batch_durable(ROOM)
    assert desk.face.take_batch(0.0) is None
    assert desk.face.undurable_bytes == 0


def test_a_batch_must_be_durable_before_the_next_is_taken() -> None:
    """The engine has two buffers: taking both at once is an error of the owner."""
    desk = Desk()
    desk.face.take_batch(0.0)
    desk.set("ink", "alder", 5)
    with pytest.raises(RuntimeError, match="not yet durable"):
        desk.face.take_batch(0.0)


def test_wake_fd_is_readable_after_a_flush() -> None:
    """One flush makes it readable, clearing it makes it quiet again; failing wakes as well."""
    desk = Desk()
    assert not readable(desk.face.wake_fd)
    desk.flush()
    assert readable(desk.face.wake_fd)
    desk.face.clear_wake()
    assert not readable(desk.face.wake_fd)
    desk.face.fail()
    assert readable(desk.face.wake_fd)
    assert os.get_inheritable(desk.face.wake_fd) is False


def test_answers_carry_the_sequence_they_depend_on() -> None:
    """A command, its repeat, a refusal and a read wait for the journal; PLAN and Promise without hold for nothing."""
    desk = Desk()
    desk.stock(grid(5))
    made = desk.reserve([line(1, "ink", 1, "alder")], rid="one")
    assert made.seq == made.inventory_seq == desk.face.seq
    desk.adjust("jar", "alder", 1)
    assert desk.reserve([line(1, "ink", 1, "alder")], rid="one").seq == made.seq
    assert made.reservation is not None
    read = desk.face.get_reservation(GetReservationRequest(made.reservation.reservation_id), desk.now_us)
    assert read.seq == desk.face.seq
    assert desk.reserve([line(1, "ink", 99, "alder")]).seq == desk.face.seq
    assert [desk.route([line(1, "ink", 1)]).seq, desk.promise([line(1, "ink", 1)]).seq] == [0, 0]
    with pytest.raises(EngineError) as error:
        desk.commit("0" * 32)
    assert error.value.seq == desk.face.seq


# --- request ids


def mutations(desk: Desk, held: str) -> dict[str, Callable[[str], object]]:
    """One call of every mutation, by method, each taking its request id."""
    return {
        "reserve": lambda rid: desk.reserve([line(1, "ink", 1, "alder")], rid=rid),
        "commit": lambda rid: desk.commit(held, rid=rid),
        "extend": lambda rid: desk.extend(held, SECOND_US, rid=rid),
        "release": lambda rid: desk.release(held, ("L1", 1), rid=rid),
        "fulfill": lambda rid: desk.fulfill(held, rid=rid),
        "adjust": lambda rid: desk.adjust("ink", "alder", 1, rid=rid),
        "set": lambda rid: desk.set("ink", "alder", 5, rid=rid),
    }


def test_an_id_of_one_method_is_reused_by_every_other() -> None:
    """The scope of an id is the tenant, all methods: another method under the same id is another body."""
    desk = Desk()
    desk.stock(grid(50))
    held = desk.hold("ink", "alder", 5)
    for name, call in mutations(desk, held).items():
        refusal(call, f"id-{name}")
        for other, second in mutations(desk, held).items():
            assert (refusal(second, f"id-{name}") == "REQUEST_ID_REUSED") == (other != name)


def test_tenants_have_ids_of_their_own() -> None:
    """The same id of two tenants is two requests, and neither sees the other's reservation."""
    desk = Desk()
    desk.stock(grid(50))
    request = ReserveRequest("same", order([line(1, "ink", 1, "alder")], destination=None))
    made = [desk.face.reserve(request, desk.now_us, tenant_i=tenant).reservation for tenant in (0, 1, 0)]
    ids = [one.reservation_id for one in made if one is not None]
    assert ids[0] == ids[2] != ids[1]
    read = GetReservationRequest(ids[0])
    assert refusal(desk.face.get_reservation, read, desk.now_us, tenant_i=1) == "RESERVATION_NOT_FOUND"


def test_out_of_stock_is_judged_afresh_and_other_refusals_are_remembered() -> None:
    """A REFUSED Reserve leaves its id free; a refusal of the call answers the same although the cause is gone."""
    desk = Desk()
    desk.stock(grid(1))
    assert desk.reserve([line(1, "ink", 2, "alder")], rid="later").reservation is None
    held = desk.hold("jar", "alder", 1)
    assert refusal(desk.fulfill, held, rid="early") == "RESERVATION_NOT_COMMITTED"
    desk.set("ink", "alder", 2)
    desk.commit(held)
    assert desk.reserve([line(1, "ink", 2, "alder")], rid="later").reservation is not None
    assert refusal(desk.fulfill, held, rid="early") == "RESERVATION_NOT_COMMITTED"


def test_estimates_use_no_request_id() -> None:
    """A PLAN with an id, and a Promise without hold, leave the id to whoever comes next."""
    desk = Desk()
    desk.stock(grid(5))
    before = desk.face.digest_at()
    desk.face.route(RouteRequest("free", order([line(1, "ink", 1)]), mode=RouteMode.PLAN), desk.now_us)
    assert desk.face.digest_at() == before
    assert desk.reserve([line(1, "ink", 1, "alder")], rid="free").reservation is not None


def test_a_repeat_hears_the_first_answer_whatever_came_after() -> None:
    """The answer of a hold is repeated as it was, although it was committed, released and its node failed since."""
    desk = Desk()
    desk.stock(grid(5))
    first = desk.reserve([line(1, "ink", 2), line(2, "jar", 1)], rid="one", pinned=False)
    assert first.reservation is not None
    desk.commit(first.reservation.reservation_id)
    desk.fail_node("alder")
    desk.release(first.reservation.reservation_id)
    desk.now_us += HOUR_US
    again = desk.reserve([line(1, "ink", 2), line(2, "jar", 1)], rid="one", pinned=False)
    assert (again.reservation, again.line_results, again.outcome) == (
        first.reservation,
        first.line_results,
        first.outcome,
    )
    assert (again.inventory_seq, again.plan, again.decision_us) == (first.inventory_seq, None, 0)


def test_reservation_ids_are_never_the_same() -> None:
    """Engines with the same history give different ids: they are drawn, not derived."""
    ids = set()
    for _ in range(3):
        desk = Desk()
        desk.stock(grid(50))
        ids |= {desk.hold("ink", "alder", 1) for _ in range(20)}
    assert len(ids) == 60


# --- dated holds


def earliest_order_by(desk: Desk, reservation: str) -> int:
    """Cutoff of the first shipment that must be ordered."""
    return min(shipment.order_by_us for shipment in desk.get(reservation).shipments)


def dated_hold(desk: Desk, by_token: bool) -> str:
    """A hold of a promised option with a time to live beyond its cutoff."""
    lines = [line(1, "ink", 1)]
    if by_token:
        token = desk.promise(lines).options[0].option_token
        made = desk.reserve(lines, pinned=False, option_token=token, ttl_us=48 * HOUR_US).reservation
    else:
        made = desk.promise(lines, hold=True, ttl_us=48 * HOUR_US).reservation
    assert made is not None
    return made.reservation_id


@pytest.mark.parametrize("by_token", [True, False])
def test_a_hold_of_a_dated_option_ends_at_its_cutoff(by_token: bool) -> None:
    """Held by token or by Promise, it expires no later than order_by, whatever time to live was asked for."""
    desk = Desk()
    desk.stock(grid(5))
    held = dated_hold(desk, by_token)
    assert desk.get(held).expires_at_us == earliest_order_by(desk, held)


@pytest.mark.parametrize("by_token", [True, False])
def test_extending_a_dated_hold_ends_at_its_cutoff(by_token: bool) -> None:
    """Extend gives it no longer life than order_by either."""
    desk = Desk()
    desk.stock(grid(5))
    held = dated_hold(desk, by_token)
    desk.extend(held, 48 * HOUR_US)
    assert desk.get(held).expires_at_us <= earliest_order_by(desk, held)


def test_a_shipment_without_units_bounds_no_hold() -> None:
    """Extend looks at the order_by of shipments that still have open units: what was released has no cutoff."""
    desk = Desk(capacity={"alder": ("SHIPMENTS", 1)})
    desk.stock({("ink", "alder"): 10, ("jar", "birch"): 10})
    desk.hold("ink", "alder", 1, firm=True)  # alder is full today
    made = desk.promise([line(1, "ink", 2), line(2, "jar", 1)], hold=True, ttl_us=HOUR_US).reservation
    assert made is not None
    held = made.reservation_id
    cutoff = {s.node_id: s.order_by_us for s in desk.get(held).shipments}
    assert cutoff["alder"] - cutoff["birch"] == DAY_US
    assert desk.extend(held, 48 * HOUR_US).reservation.expires_at_us == cutoff["birch"]
    desk.release(held, ("L2", 1))
    assert desk.extend(held, 48 * HOUR_US).reservation.expires_at_us == cutoff["alder"]


def test_a_dated_hold_is_not_extended_past_its_hand_over() -> None:
    """Moved to a node whose cutoff comes sooner, it is refused from then on: it is not told as held with an end that is
    over."""
    desk = Desk(capacity={"alder": ("SHIPMENTS", 1)})
    desk.set("ink", "alder", 10)
    desk.hold("ink", "alder", 1, firm=True)
    made = desk.promise([line(1, "ink", 2)], hold=True, ttl_us=48 * HOUR_US).reservation
    assert made is not None
    held = made.reservation_id
    desk.set("ink", "birch", 10)
    assert desk.fail_node("alder")[0] == 1
    desk.now_us = max(s.order_by_us for s in desk.get(held).shipments if s.node_id == "birch")
    assert refusal(desk.extend, held, HOUR_US) == "RESERVATION_EXPIRED"


# --- holds that are taken again


@pytest.mark.parametrize(("kind", "limit"), [("SHIPMENTS", 1), ("UNITS", 8)])
def test_a_part_released_before_needs_no_room_again(kind: str, limit: int) -> None:
    """A commit takes an expired hold again without the shipment that was released wholly, though its node is full."""
    desk = Desk(capacity={"alder": (kind, limit)})
    desk.stock(grid(100))
    made = desk.reserve([line(1, "ink", 8, "alder"), line(2, "ink", 8, "birch")], ttl_us=SECOND_US).reservation
    assert made is not None
    desk.release(made.reservation_id, ("L1", 8))
    desk.hold("jar", "alder", 8, ttl_us=HOUR_US)
    day = desk.now_us // DAY_US
    assert inspect.capacity(desk.face) == {("alder", day): limit}
    desk.now_us += SECOND_US
    again = desk.commit(made.reservation_id, reacquire=True)
    assert again.reacquired
    assert {(a.node_id, a.committed, a.released) for a in again.reservation.allocations} == {
        ("alder", 0, 8),
        ("birch", 8, 0),
    }
    assert inspect.capacity(desk.face) == {("alder", day): limit}
    assert desk.replayed().digest() == desk.face.digest()


# --- reads and the time


READS: dict[str, Callable[[Face, int], object]] = {
    "availability": lambda face, now: face.get_availability(GetAvailabilityRequest(("ink",), ("alder",)), now),
    "list": lambda face, now: face.list_reservations(ListReservationsRequest(), now),
    "exceptions": lambda face, now: face.list_exceptions(ListExceptionsRequest(), now),
    "export": lambda face, now: face.export_positions(now),
    "node load": lambda face, now: face.node_load("alder", T0 // DAY_US, now),
}


@pytest.mark.parametrize("read", READS)
def test_nothing_is_judged_before_what_a_read_has_shown(read: str) -> None:
    """A hold that a read has shown as run out stays so for a commit that is stamped earlier and decided later."""
    desk = Desk()
    desk.stock(grid(5))
    held = desk.hold("ink", "alder", 5, ttl_us=SECOND_US)
    READS[read](desk.face, desk.now_us + SECOND_US)
    desk.now_us += SECOND_US - 1
    assert refusal(desk.commit, held) == "RESERVATION_EXPIRED"
    assert desk.replayed().digest() == desk.face.digest()


# --- exceptions that end by themselves


@pytest.mark.parametrize("how", ["release", "expiry", "fulfil"])
def test_a_shortfall_ends_with_its_cause(how: str) -> None:
    """SHORTFALL is resolved by whatever leaves the position with enough: no person needs to look at it any more."""
    desk = Desk()
    desk.stock(grid(5))
    kept = desk.hold(SKUS[0], NODES[0], 3, firm=True)
    freed = desk.hold(SKUS[0], NODES[0], 2, firm=how != "expiry", ttl_us=0 if how != "expiry" else SECOND_US)
    desk.set(SKUS[0], NODES[0], 3 if how != "fulfil" else 1)
    assert [fault["quantity"] for fault in inspect.faults(desk.face)] == [2 if how != "fulfil" else 4]
    if how == "release":
        desk.release(freed)
    elif how == "expiry":
        desk.now_us += SECOND_US
        desk.face.tick(desk.now_us)
    else:
        desk.fulfill(kept)
        assert [fault["kind"] for fault in inspect.faults(desk.face)][:1] == [1]
        desk.fulfill(freed)
    assert [fault for fault in inspect.faults(desk.face) if fault["kind"] == 1] == []
    assert desk.replayed().digest() == desk.face.digest()


def test_a_stranded_reservation_that_ends_needs_nobody() -> None:
    """STRANDED is resolved when the reservation has no open units left."""
    desk = Desk()
    desk.stock({(SKUS[0], NODES[0]): 5})
    held = desk.hold(SKUS[0], NODES[0], 2)
    assert desk.fail_node(NODES[0]) == (0, 2)
    assert len(inspect.faults(desk.face)) == 1
    desk.release(held)
    assert inspect.faults(desk.face) == []
    assert desk.replayed().digest() == desk.face.digest()


# --- limits: nothing half done


def unchanged_by(desk: Desk, call: Callable[..., object], *args: object, **facts: object) -> str:
    """Why a call is refused; that nothing changed by it is checked."""
    before = desk.face.digest_at(), desk.face.undurable_bytes, inspect.positions(desk.face), desk.face.stats()["holds"]
    reason = refusal(call, *args, **facts)
    after = desk.face.digest_at(), desk.face.undurable_bytes, inspect.positions(desk.face), desk.face.stats()["holds"]
    assert reason == "" or before == after
    return reason


def test_a_full_buffer_refuses_before_anything_changes() -> None:
    """With the journal buffer full every mutation is OVERLOADED, nothing is half applied, and a flush makes room."""
    desk = Desk(buffer_bytes=6000)
    desk.stock({("ink", "alder"): 50})
    held = desk.hold("ink", "alder", 5)
    while unchanged_by(desk, desk.set, "ink", "alder", 50) == "":
        pass
    big = [line(i, "ink", 1) for i in range(9)]
    calls = [*mutations(desk, held).values(), lambda rid: desk.reserve(big, rid=rid, pinned=False)]
    for n, call in enumerate(calls):
        assert unchanged_by(desk, call, f"full-{n}") == "OVERLOADED"
    assert unchanged_by(desk, desk.route, big, RouteMode.FIRM) == "OVERLOADED"
    assert unchanged_by(desk, desk.promise, [line(1, "ink", 1)], hold=True) == "OVERLOADED"
    assert unchanged_by(desk, desk.node, "alder", NodeStatus.PAUSED) == "OVERLOADED"
    assert desk.get(held).allocations[0].held == 5
    desk.flush()
    assert [refusal(call, f"full-{n}") for n, call in enumerate(calls)][:2] == ["", ""]
    assert desk.replayed().digest() == desk.face.digest()


def test_a_journal_without_room_refuses_before_anything_changes() -> None:
    """MAP_FULL while the disk has no room; reads go on; with room again commands do."""
    desk = Desk()
    desk.stock(grid(5))
    held = desk.hold("ink", "alder", 1)
    desk.face.take_batch(0.0)
    desk.face.batch_durable(0)
    assert unchanged_by(desk, desk.set, "ink", "alder", 6) == "MAP_FULL"
    assert unchanged_by(desk, desk.commit, held) == "MAP_FULL"
    assert desk.get(held).allocations[0].held == 1
    desk.now_us += HOUR_US
    assert desk.face.tick(desk.now_us) == 0
    assert desk.get(held).allocations[0].expired == 1
    other = Desk()
    other.flush()
    assert refusal(other.set, "ink", "alder", 6) == ""


def test_full_position_table_refuses_the_one_too_many() -> None:
    """A stock command for one position more than the limit is LIMIT_EXCEEDED; known positions go on."""
    desk = Desk(small_limits(positions_max=3))
    for node in NODES[:3]:
        desk.set("ink", node, 5)
    assert unchanged_by(desk, desk.set, "ink", NODES[3], 5) == "LIMIT_EXCEEDED"
    assert unchanged_by(desk, desk.adjust, "jar", NODES[0], 5) == "LIMIT_EXCEEDED"
    assert refusal(desk.set, "ink", NODES[0], 6) == ""


def test_every_position_up_to_the_limit_fits_in_a_wide_network() -> None:
    """With eight nodes a SKU begins a run of eight; a position each for as many SKUs as the limit allows still fits."""
    nodes = tuple(f"n{i}" for i in range(8))
    desk = Desk(small_limits(skus_max=2000, positions_max=1000, request_ids_max=2000), nodes=nodes)
    desk.face.intern(0, [b"k%d" % i for i in range(1000)], desk.now_us)
    for i in range(1000):
        desk.face.set_inventory(SetInventoryRequest(f"s{i}", f"k{i}", "n3", 1), desk.now_us)
    request = SetInventoryRequest("more", "k0", "n0", 1)
    assert refusal(desk.face.set_inventory, request, desk.now_us) == "LIMIT_EXCEEDED"
    assert desk.replayed().digest() == desk.face.digest()


def test_reservation_bytes_refuse_a_record_that_does_not_fit() -> None:
    """A full record memory is LIMIT_EXCEEDED with nothing held."""
    desk = Desk(small_limits(reservation_bytes_max=1 << 20))
    desk.stock(grid(1_000_000))
    lines = [line(i, "ink", 1, "alder") for i in range(200)]
    while (reason := unchanged_by(desk, desk.reserve, lines, firm=True)) == "":
        desk.flush()
    assert reason == "LIMIT_EXCEEDED"
    assert desk.face.recount() == []


# --- names


def test_names_are_interned_once() -> None:
    """Known names keep their numbers; a call with nothing new journals nothing."""
    face = bare()
    face.intern(0, [b"a", b"b", b"a"], T0)
    face.intern(0, [b"b", b"c"], T0)
    assert face.names(0) == [b"a", b"b", b"c"]
    seq = face.seq
    assert face.intern(0, [b"a", b"c"], T0) == seq == face.seq
    assert [face.find(0, b"c"), face.find(0, b"d")] == [2, -1]


def test_names_of_full_length_fill_a_table_to_its_limit() -> None:
    """A table of 10,000 SKUs takes 10,000 ids of 64 bytes; one more is refused by name and nothing is latched."""
    face = bare(skus_max=10_000)
    face.intern(0, [b"%064d" % i for i in range(10_000)], T0)
    with pytest.raises(ValueError, match="name table 0 is full: 10000 used, 1 more wanted, limit 10000"):
        face.intern(0, [b"more"], T0)
    assert not face.failed


@pytest.mark.parametrize("name", [b"", b"x" * 65])
def test_names_of_wrong_length_are_refused(name: bytes) -> None:
    """A name has 1 to 64 bytes."""
    with pytest.raises(ValueError, match="1 to 64 bytes"):
        bare().intern(1, [name], T0)


def test_limits_must_be_named_one_by_one() -> None:
    """A missing, an unknown or a misspelt limit is an error, as is a key of another length."""
    limits = small_limits().as_dict()
    for wrong in ({**limits, "extra": 1}, {k: v for k, v in limits.items() if k != "skus_max"}):
        with pytest.raises(ValueError, match="limits must name exactly"):
            Face(wrong, bytes(16))
    with pytest.raises(ValueError, match="16 bytes"):
        Face(limits, bytes(15))


def test_positions_in_use_keep_a_node_and_a_sku() -> None:
    """in_use names what has stock, holds or commitments, and nothing else."""
    desk = Desk()
    desk.set("ink", "alder", 5)
    desk.set("jar", "birch", 0)
    assert desk.face.in_use() == ({SKUS.index("ink")}, {NODES.index("alder")})
    held = desk.hold("ink", "alder", 5, firm=True)
    desk.set("ink", "alder", 0)
    assert desk.face.in_use() == ({SKUS.index("ink")}, {NODES.index("alder")})
    desk.release(held)
    assert desk.face.in_use() == (set(), set())


# --- deadlines and failure


def test_a_passed_deadline_is_not_executed_and_uses_no_id() -> None:
    """At its deadline a call is too late; nothing changed, and the same id may come again with a later one."""
    desk = Desk()
    request = SetInventoryRequest("one", "ink", "alder", 5)
    assert unchanged_by(desk, desk.face.set_inventory, request, desk.now_us, desk.now_us) == "DEADLINE_PASSED"
    assert refusal(desk.face.set_inventory, request, desk.now_us, desk.now_us + 1) == ""


def test_a_failed_engine_answers_nothing() -> None:
    """After a failure every command and every read is NOT_DURABLE and nothing changes."""
    desk = Desk()
    desk.stock(grid(5))
    held = desk.hold("ink", "alder", 1)
    desk.face.fail()
    digest = desk.face.digest()
    assert desk.face.failed
    assert refusal(desk.get, held) == "NOT_DURABLE"
    assert refusal(desk.commit, held) == "NOT_DURABLE"
    assert refusal(desk.route, [line(1, "ink", 1)]) == "NOT_DURABLE"
    assert desk.face.tick(desk.now_us + HOUR_US) == 0
    assert desk.face.digest() == digest


def test_a_live_engine_replays_nothing() -> None:
    """Replay is for an engine that has not started."""
    with pytest.raises(RuntimeError, match="live"):
        bare().replay(1, 1, bytes(8))


def test_orders_need_a_network_and_stock_does_not() -> None:
    """Without a network a Reserve is NETWORK_MISSING and its id stays free; names and counts work."""
    face = bare()
    face.intern(0, [b"ink"], T0)
    face.intern(1, [b"alder"], T0)
    face.intern(2, [b"web"], T0)
    face.set_inventory(SetInventoryRequest("s", "ink", "alder", 5), T0)
    request = ReserveRequest("r", order([line(1, "ink", 1, "alder")], destination=None))
    seq = face.seq
    assert refusal(face.reserve, request, T0) == "NETWORK_MISSING"
    assert face.seq == seq


# --- stock


@pytest.mark.parametrize(
    ("reason", "delta", "expected"),
    [
        (AdjustReason.SALE, 1, "INVALID_QUANTITY"),
        (AdjustReason.SALE, -1, ""),
        (AdjustReason.RECEIPT, -1, "INVALID_QUANTITY"),
        (AdjustReason.RECEIPT, 1, ""),
        (AdjustReason.RETURN, -1, "INVALID_QUANTITY"),
        (AdjustReason.DAMAGE, 1, "INVALID_QUANTITY"),
        (AdjustReason.COUNT, -1, ""),
        (AdjustReason.COUNT, 1, ""),
        (AdjustReason.TRANSFER, -1, ""),
        (AdjustReason.TRANSFER, 1, ""),
        (AdjustReason.COUNT, 0, "INVALID_QUANTITY"),
        (AdjustReason.UNSPECIFIED, 1, "INVALID_FIELD"),
        (AdjustReason.COUNT, -6, "ON_HAND_BELOW_ZERO"),
        (AdjustReason.RECEIPT, 1_000_000_000, "INVALID_QUANTITY"),
    ],
)
def test_adjust_takes_deltas_of_the_right_sign(reason: AdjustReason, delta: int, expected: str) -> None:
    """SALE and DAMAGE lower stock, RECEIPT and RETURN raise it, COUNT and TRANSFER go either way; never below 0."""
    desk = Desk()
    desk.set("ink", "alder", 5)
    request = AdjustInventoryRequest("a", "ink", "alder", delta, reason)
    assert refusal(desk.face.adjust_inventory, request, desk.now_us) == expected
    assert inspect.positions(desk.face)["ink", "alder"][0] == 5 + (delta if expected == "" else 0)


def test_threads_go_on_while_holds_expire_in_slices() -> None:
    """Commands that give the lock up between slices of an expiry wait for it without the GIL: none blocks another."""
    desk = Desk(small_limits(reservations_max=40_000, request_ids_max=80_000))
    desk.stock(grid(30_000))
    rounds, crowd = 10, 600
    for i in range(rounds * crowd):
        desk.hold("ink", "alder", 1, ttl_us=(i // crowd + 1) * SECOND_US)
    request = RouteRequest("", order([line(1, "ink", 1)]))
    evaluated = []

    def estimate() -> None:
        for i in range(1, rounds + 1):
            evaluated.append(desk.face.route(request, desk.now_us + i * SECOND_US).seq)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=estimate, daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    finally:
        sys.setswitchinterval(interval)
    assert not any(thread.is_alive() for thread in threads)
    assert len(evaluated) == 4 * rounds
    assert desk.face.stats()["holds"] <= 64
    assert desk.face.recount() == []
    desk.flush()
    assert desk.replayed().digest() == desk.face.digest()


def test_a_reroute_gives_the_lock_up_and_goes_on() -> None:
    """One call does as many as asked, over several takings of the lock, and the next goes on behind them."""
    desk = Desk()
    desk.stock(grid(100))
    for _ in range(40):
        desk.hold("ink", "alder", 1)
    desk.node("alder", NodeStatus.OFFLINE)
    node_i = desk.face.find(1, b"alder")
    cursor: int | None = 0
    done = []
    while cursor is not None:
        cursor, moved, _, stranded, _ = desk.face.reroute_slice(node_i, cursor, 16, desk.now_us)
        done.append(moved + stranded)
        desk.flush()
    assert done[:2] == [16, 16]
    assert sum(done) == 40
