"""One property for each invariant of the engine, over random traffic on a small network with capacities."""

import random
from collections import Counter

from hypothesis import given, settings
from tests.native.engines import DAY_US, HOUR_US, Desk, loaded, replayed, small_limits
from tests.property.markets import Market, Sent, granted_by, perform, repeated, visible
from tests.property.profiles import HISTORIES, SEEDS

from fastdom._native import inspect, snapshot
from fastdom.types import (
    AdjustInventoryRequest,
    FulfillRequest,
    GetAvailabilityRequest,
    ListReservationsRequest,
    PromiseRequest,
    Reservation,
    ReservationState,
    RouteMode,
    SetInventoryRequest,
)

STEPS = 120
MARKETS = settings(max_examples=2 * HISTORIES, deadline=None)
ON_HAND, HELD, COMMITTED, SAFETY, RESERVE, FREE = range(6)


@MARKETS
@given(SEEDS)
def test_no_new_hold_takes_more_than_is_free(seed: int) -> None:
    """After every grant, pinned, routed, promised, by token or taken again, each position it touches has allocated
    at most on_hand - safety_stock; a routed one also leaves routing_reserve alone."""
    market = Market(seed)
    for _ in range(STEPS):
        one = market.step()
        made = granted_by(one) if one is not None else None
        if one is None or made is None:
            continue
        routed = not any(x.node_id for x in one.request.order.lines) if hasattr(one.request, "order") else False
        found = inspect.positions(market.desk.face, market.desk.now_us)
        for a in made.allocations:
            if a.held + a.committed == 0:  # its units moved, or were released before it expired
                continue
            position = found[a.sku, a.node_id]
            assert position[HELD] + position[COMMITTED] <= position[ON_HAND] - position[SAFETY]
            assert position[FREE] >= (
                position[RESERVE] if routed and not getattr(one.request, "option_token", b"") else 0
            )


@MARKETS
@given(SEEDS)
def test_units_are_conserved(seed: int) -> None:
    """on_hand is the sum of what was counted in, taken out and shipped; every allocation's parts sum to its grant; a
    line's grant never changes, wherever it moves; held and committed are the sums over the reservations."""
    market = Market(seed)
    on_hand: Counter[tuple[str, str]] = Counter()
    shipped: Counter[str] = Counter()
    grants: dict[str, Counter[str]] = {}
    seen = 0
    for _ in range(STEPS):
        market.step()
        for one in market.sent[seen:]:
            count(one, on_hand, shipped)
            if granted_by(one) is not None and one.made is not None:
                grants.setdefault(one.made.reservation_id, by_line(one))
        seen = len(market.sent)
        found = inspect.positions(market.desk.face)
        assert {place: units for place, (units, *_) in found.items()} == {place: on_hand[place] for place in found}
        assert market.desk.face.recount() == []
    for reservation, granted in grants.items():
        now = market.desk.get(reservation)
        kept: Counter[str] = Counter()
        for a in now.allocations:
            assert a.held + a.committed + a.fulfilled + a.released + a.expired == a.granted
            kept[a.line_id] += a.granted
        assert +kept == +granted


def by_line(one: Sent) -> Counter[str]:
    """Units granted by line."""
    granted: Counter[str] = Counter()
    for a in one.made.allocations if one.made is not None else ():
        granted[a.line_id] += a.granted
    return granted


def count(one: Sent, on_hand: Counter[tuple[str, str]], shipped: Counter[str]) -> None:
    """Note what a request did to on_hand."""
    request = one.request
    if isinstance(one.answer, tuple):
        return
    if isinstance(request, AdjustInventoryRequest):
        on_hand[request.sku, request.node_id] += request.delta
    elif isinstance(request, SetInventoryRequest):
        on_hand[request.sku, request.node_id] = one.answer.position.on_hand
    elif isinstance(request, FulfillRequest):
        short = one.answer.count_mismatch
        for a in one.answer.reservation.allocations:
            key = f"{request.reservation_id} {a.line_id} {a.node_id} {a.shipment_i}"
            units = a.fulfilled - shipped[key]
            shipped[key] = a.fulfilled
            missing = max(0, units - on_hand[a.sku, a.node_id])
            on_hand[a.sku, a.node_id] -= units - missing
            short -= missing
        assert short == 0


@MARKETS
@given(SEEDS)
def test_a_request_id_has_one_effect_and_one_answer(seed: int) -> None:
    """Any request sent again, to the engine, to one replayed and to one loaded, hears its first answer and changes
    nothing; an out-of-stock answer alone is judged afresh."""
    market = Market(seed)
    for _ in range(STEPS):
        market.step()
    live = market.desk
    again = [live, live.goes_on(live.replayed()), live.goes_on(live.loaded())]
    remembered = [one for one in market.sent if is_remembered(one)]
    for desk in again:
        before = desk.face.digest_at(), visible(desk)
        for one in random.Random(seed).sample(remembered, min(40, len(remembered))):
            assert repeated(perform(desk, one.request).answer) == repeated(one.answer), one.request
        assert (desk.face.digest_at(), visible(desk)) == before


def is_remembered(one: Sent) -> bool:
    """All but refusals for want of room, and orders that had no effect for want of stock."""
    if isinstance(one.answer, tuple):
        return one.seq > 0
    outcome = getattr(one.answer, "outcome", None)
    if isinstance(one.request, PromiseRequest):
        return one.made is not None
    return outcome is None or outcome.name != "REFUSED"


@MARKETS
@given(SEEDS)
def test_everything_acknowledged_is_in_the_journal(seed: int) -> None:
    """Cut the journal after any flush: what was acknowledged by then is there with its answer, the rest never was."""
    market, rng = Market(seed), random.Random(seed)
    for _ in range(STEPS):
        market.step()
        if rng.random() < 0.3:
            market.desk.flush()
    market.desk.flush()
    n = rng.randint(1, len(market.desk.batches))
    kept = market.desk.batches[:n]
    desk = market.desk.goes_on(replayed(kept, market.limits))
    assert desk.face.seq == kept[-1][1]
    assert desk.face.recount() == []
    acked = [one for one in market.sent if 0 < one.seq <= desk.face.seq and is_remembered(one)]
    for one in acked:
        assert repeated(perform(desk, one.request).answer) == repeated(one.answer)
    known = {r.reservation_id for r in listed(desk)}
    for one in market.sent:
        made = granted_by(one)
        if made is not None and hasattr(one.request, "order"):
            assert (made.reservation_id in known) == (one.seq <= desk.face.seq)


def listed(desk: Desk) -> list[Reservation]:
    """All reservations."""
    return list(desk.face.list_reservations(ListReservationsRequest(page_size=1000), desk.now_us).reservations)


@MARKETS
@given(SEEDS)
def test_a_refusal_for_want_of_room_does_nothing(seed: int) -> None:
    """With hardly any room in buffers and tables, a command that is refused for it leaves all that can be seen, and
    the journal replays to the same state."""
    limits = small_limits(
        reservations_max=12, reservation_bytes_max=1 << 20, request_ids_max=70, exceptions_max=5, fulfilment_log_max=8
    )
    market, refused = Market(seed, limits, buffer_bytes=8000), 0
    rng = random.Random(seed)
    for _ in range(STEPS):
        now_us, before = market.desk.now_us, visible(market.desk)
        n = len(market.sent)
        try:
            one = market.step()
        except RuntimeError:  # a network that found the buffer full
            market.desk.flush()
            continue
        if one is not None and len(market.sent) == n + 1 and isinstance(one.answer, tuple):
            assert market.desk.now_us == now_us
            assert visible(market.desk) == before, one
            refused += one.answer[0] in ("OVERLOADED", "LIMIT_EXCEEDED")
        if rng.random() < 0.2:
            market.desk.flush()
    market.desk.flush()
    assert not market.desk.face.failed
    assert market.desk.face.recount() == []
    assert market.desk.replayed().digest() == market.desk.loaded().digest() == market.desk.face.digest()


@MARKETS
@given(SEEDS)
def test_no_new_hold_takes_a_bucket_over_its_limit(seed: int) -> None:
    """After every grant each bucket that it takes of is within the limit of the active version; what open buckets have
    taken is what the shipments say, at every moment."""
    market = Market(seed)
    for _ in range(STEPS):
        before = inspect.capacity(market.desk.face, market.desk.now_us)
        one = market.step()
        made = granted_by(one) if one is not None else None
        assert shipments_take(market.desk) == open_buckets(market.desk)
        if made is None:
            continue
        after = inspect.capacity(market.desk.face, market.desk.now_us)
        for (node, day), units in after.items():
            if units > before.get((node, day), 0):
                assert units <= market.capacity[node][1], (node, day)


def is_open(desk: Desk, day: int) -> bool:
    """Before the hand-over of that day, which is at 20:00 for every node and service."""
    return desk.now_us < day * DAY_US + 20 * HOUR_US


def open_buckets(desk: Desk) -> dict[tuple[str, int], int]:
    """What the buckets that have not closed hold."""
    return {(node, day): units for (node, day), units in inspect.capacity(desk.face).items() if is_open(desk, day)}


def shipments_take(desk: Desk) -> dict[tuple[str, int], int]:
    """The same as the sum over all shipments."""
    taken: Counter[tuple[str, int]] = Counter()
    for shipments in inspect.shipments(desk.face).values():
        for node, day, _, _, units in shipments:
            taken[node, day] += units if is_open(desk, day) else 0
    return {key: units for key, units in taken.items() if units}


@MARKETS
@given(SEEDS)
def test_replay_from_any_checkpoint_gives_the_digest(seed: int) -> None:
    """Checkpoints at random moments, each with the batches after it, all end in the state of the live engine."""
    market, rng = Market(seed), random.Random(seed)
    taken = []
    for _ in range(STEPS):
        market.step()
        if rng.random() < 0.04:
            market.desk.flush()
            taken.append((len(market.desk.batches), list(snapshot.dump(market.desk.face)), market.desk.face.digest()))
    market.desk.flush()
    for n, chunks, digest in taken:
        face = loaded(chunks, market.limits)
        assert face.digest() == digest
        for batch in market.desk.batches[n:]:
            face.replay(*batch)
        assert face.digest() == market.desk.face.digest()
    assert market.desk.replayed().digest() == market.desk.face.digest()


@MARKETS
@given(SEEDS)
def test_reads_and_estimates_never_change_the_state(seed: int) -> None:
    """Get, availability, lists, PLAN routes and promises at any time leave the digest, the sequence and the journal."""
    market = Market(seed)
    for _ in range(STEPS // 2):
        market.step()
        desk = market.desk
        before = desk.face.digest_at(), desk.face.undurable_bytes
        perform(desk, market.some_route(RouteMode.PLAN))
        perform(desk, PromiseRequest("", market.some_route(RouteMode.PLAN).order))
        desk.face.get_availability(GetAvailabilityRequest(("ink", "jar")), desk.now_us)
        for reservation in list(market.reservations)[-3:]:
            desk.get(reservation)
        assert (desk.face.digest_at(), desk.face.undurable_bytes) == before


@MARKETS
@given(SEEDS)
def test_expiry_is_exact_to_the_microsecond(seed: int) -> None:
    """One microsecond before its end a hold counts with all its units and capacity, at its end with none, for every
    read, though nothing was journalled in between."""
    market = Market(seed, networks=False)
    for _ in range(STEPS // 2):
        market.step()
    desk = market.desk
    ends = sorted({r.expires_at_us for r in listed(desk) if r.state == ReservationState.HELD})
    for end in ends[:5]:
        desk.now_us = end - 1
        due = [r for r in listed(desk) if r.expires_at_us == end and r.state == ReservationState.HELD]
        before = inspect.positions(desk.face, desk.now_us)
        desk.now_us = end
        after = inspect.positions(desk.face, desk.now_us)
        freed: Counter[tuple[str, str]] = Counter()
        for r in due:
            for a in r.allocations:
                freed[a.sku, a.node_id] += a.held
            assert desk.get(r.reservation_id).state == ReservationState.EXPIRED
        assert due
        for place, position in before.items():
            assert after[place][HELD] == position[HELD] - freed[place]
            assert after[place][FREE] == position[FREE] + freed[place]
        shown = desk.face.get_availability(GetAvailabilityRequest(("ink", "jar", "kit")), desk.now_us)
        for p in shown.positions:
            assert (p.held, p.available) == (after[p.sku, p.node_id][HELD], max(0, after[p.sku, p.node_id][FREE]))


@MARKETS
@given(SEEDS)
def test_a_failed_node_is_left_for_good(seed: int) -> None:
    """After a node failed, nothing that was elsewhere comes to it, what stays is flagged and on record as stranded, and
    no unit is lost or doubled."""
    market, rng = Market(seed, reroutes=False, networks=False), random.Random(seed)
    for _ in range(STEPS // 2):
        market.step()
    desk = market.desk
    desk.now_us += 1
    for node in rng.sample(desk.nodes, 2):
        before = {r.reservation_id: r for r in listed(desk)}
        _, stranded = desk.fail_node(node)
        market.offline.add(node)
        left = 0
        for known, was in before.items():
            now = desk.get(known)
            stays = sum(a.held + a.committed for a in now.allocations if a.node_id == node)
            left += stays
            assert stays <= sum(a.held + a.committed for a in was.allocations if a.node_id == node)
            assert sum(a.granted for a in now.allocations) == sum(a.granted for a in was.allocations)
            assert now.state == was.state
            # a dated hold ends at its new order_by at the latest
            assert now.expires_at_us == was.expires_at_us or 0 < now.expires_at_us < was.expires_at_us
            if stays:
                assert now.needs_attention
        assert left == stranded
        open_units = {
            f["reservation"]: f["quantity"] for f in inspect.faults(desk.face) if (f["kind"], f["node"]) == (2, node)
        }
        stranded_now = {r: desk.get(r) for r in before}
        for known, now in stranded_now.items():
            stays = sum(a.held + a.committed for a in now.allocations if a.node_id == node)
            if stays:
                assert open_units[known] == stays
    assert desk.face.recount() == []
    assert desk.replayed().digest() == desk.loaded().digest() == desk.face.digest()
