"""Journal entries as bytes: what a batch holds, and what happens to one that is cut or does not fit."""

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.native.engines import DAY_US, POSTAL, SECOND_US, T0, Desk, grid, line, loaded, replayed, small_limits

from fastdom._native import inspect, snapshot
from fastdom.engine.face import Face
from fastdom.types import (
    Destination,
    ListReservationsRequest,
    NodeStatus,
    Order,
    OrderLine,
    PaymentMethod,
    PostalAddress,
    Reservation,
    RouteMode,
    RouteRequest,
)

RESERVE, ROUTE, PROMISE, COMMIT, EXTEND, RELEASE, FULFILL, ADJUST, SET = 1, 2, 3, 4, 5, 6, 7, 9, 10
NODE_STATUS, REROUTE, INTERN, NETWORK, ADVANCE, REFUSED, POLICY = 12, 13, 15, 16, 17, 18, 24
MALFORMED, LATER = -1, -3


def busy() -> Desk:
    """A desk that has journalled entries of nearly every kind."""
    desk = Desk()
    desk.stock(grid(20))
    held = desk.hold("ink", "alder", 2)
    desk.extend(held, 5 * SECOND_US)
    desk.commit(held)
    desk.fulfill(held, ("L1", 1))
    desk.release(held)
    desk.adjust("ink", "alder", -1)
    routed = desk.route([line(1, "jar", 3), line(2, "kit", 1)], RouteMode.FIRM)
    assert routed.reservation is not None
    desk.promise([line(1, "kit", 1)], hold=True)
    desk.face.change_policy(b"an event", 3, None, desk.now_us, b"policy", bytes(16))
    desk.fail_node("alder")
    desk.now_us += 3600 * SECOND_US
    desk.face.tick(desk.now_us)
    return desk


BUSY = busy()
BUSY.flush()


def test_a_batch_lists_the_commands_in_order() -> None:
    """Every command with an effect is one entry, at the time it was judged at, with its request id when it had one."""
    desk = busy()
    desk.flush()
    found = [entry for _, _, payload in desk.batches for entry in inspect.entries(payload)]
    kinds = [kind for kind, _, _, _ in found]
    assert kinds[:17] == [INTERN] * 4 + [NETWORK] + [SET] * 12
    assert kinds[17:28] == [
        RESERVE, EXTEND, COMMIT, FULFILL, RELEASE, ADJUST, ROUTE, PROMISE, POLICY, NODE_STATUS, REROUTE,
    ]  # fmt: skip
    assert kinds[-1] == ADVANCE
    assert [has for kind, _, has, _ in found] == [kind not in (INTERN, NETWORK, REROUTE, ADVANCE) for kind in kinds]
    assert [at for _, at, _, _ in found] == [T0] * (len(found) - 1) + [T0 + 3600 * SECOND_US]
    assert desk.batches[-1][1] == len(found) == desk.face.seq


def test_a_batch_cut_anywhere_is_refused() -> None:
    """A batch without its last bytes never replays, whichever byte is the last, and never brings more than it holds."""
    desk = busy()
    desk.flush()
    first, last, payload = max(desk.batches, key=lambda batch: len(batch[2]))
    before = [batch for batch in desk.batches if batch[1] < first]
    for size in range(0, len(payload), 7):
        face = replayed(before, desk.limits)
        with pytest.raises(ValueError, match=r"batch|entry"):
            face.replay(first, last, payload[:size])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_a_damaged_batch_is_refused_or_read_to_its_end(seed: int) -> None:
    """Whatever bytes are changed, a replay ends with the batch's sequence or a ValueError; the state can be read."""
    rng = random.Random(seed)
    face = Face(BUSY.limits.as_dict(), bytes(16), 1 << 16)
    wrong = rng.randrange(len(BUSY.batches))
    for n, (first, last, payload) in enumerate(BUSY.batches):
        damaged = bytearray(payload)
        for _ in range(rng.choice((1, 1, 2, 4)) if n == wrong else 0):
            damaged[rng.randrange(8, len(damaged))] = rng.randrange(256)
        try:
            face.replay(first, last, bytes(damaged))
        except ValueError:
            break
        assert face.seq == last
    face.digest()
    face.recount()


def test_a_batch_with_more_or_fewer_entries_than_its_frame_says_is_refused() -> None:
    """The frame's last sequence and the number of entries must agree."""
    desk = busy()
    desk.flush()
    first, last, payload = desk.batches[0]
    for wrong in (last - 1, last + 1):
        with pytest.raises(ValueError, match="its frame says"):
            Face(desk.limits.as_dict(), bytes(16)).replay(first, wrong, payload)


def test_a_batch_out_of_turn_is_refused() -> None:
    """The journal goes on where the state is, neither before nor after it."""
    desk = busy()
    desk.flush()
    face = replayed(desk.batches, desk.limits)
    for first, last, payload in (desk.batches[0], (desk.face.seq + 2, desk.face.seq + 2, bytes(8))):
        with pytest.raises(ValueError, match="the journal goes on at"):
            face.replay(first, last, payload)


def test_an_entry_that_does_not_fit_the_state_is_named() -> None:
    """A reservation of a position that the state lacks is refused with the sequence and the kind."""
    desk = Desk()
    desk.flush()
    network = list(desk.batches)
    desk.set("ink", "alder", 5)
    desk.flush()
    stock = desk.batches[-1]
    desk.hold("ink", "alder", 1)
    desk.flush()
    first, last, payload = desk.batches[-1]
    face = replayed(network, desk.limits)
    shift = stock[1] - stock[0] + 1
    with pytest.raises(ValueError, match=f"entry {first - shift} of kind {RESERVE} does not fit"):
        face.replay(first - shift, last - shift, payload)


def test_an_unknown_kind_of_entry_is_refused() -> None:
    """An entry of a later format is not passed over in silence."""
    desk = Desk()
    desk.flush()
    face = replayed(desk.batches, desk.limits)
    body = bytes([0, 0, 0, 0, 0, 0])  # no time passed, tenant 0, no answer
    payload = T0.to_bytes(8, "little") + bytes([99, 0, len(body)]) + body
    with pytest.raises(ValueError, match="of kind 99"):
        face.replay(face.seq + 1, face.seq + 1, payload)


def test_order_context_survives_the_journal() -> None:
    """After a replay a reservation still knows its order and the ids of its lines, and can be re-routed."""
    desk = Desk()
    desk.stock(grid(5))
    made = desk.reserve([line(1, "ink", 2), line(7, "jar", 1)], pinned=False, firm=True).reservation
    assert made is not None
    again = desk.goes_on(desk.replayed())
    found = again.get(made.reservation_id)
    assert (found.order_id, [a.line_id for a in found.allocations]) == ("order", ["L1", "L7"])
    assert again.fail_node("alder") == (1, 0)
    assert {a.node_id for a in again.get(made.reservation_id).allocations if a.committed} == {"birch"}


ADDRESS = PostalAddress(POSTAL, "DE", 525_200_000, -134_000_000)


def told(desk: Desk, **facts: Any) -> str:
    """Reservation id of a route that says everything an order can say."""
    lines = (
        OrderLine("L1", "ink", 2, weight_g=70, group_id="g", attributes=(("size", "L"), ("colour", "blau"))),
        OrderLine("L2", "jar", 1, group_id="g"),
    )
    wanted = Order(
        "order-7",
        "web",
        lines,
        Destination(ADDRESS),
        payment=PaymentMethod.PREPAID,
        placed_at_us=T0 - SECOND_US,
        required_by_us=T0 + 9 * DAY_US,
        order_value_micros=123_000_000,
        currency_code="EUR",
    )
    request = RouteRequest(
        desk.fresh(),
        wanted,
        mode=RouteMode.HOLD,
        include_node_ids=("birch", "alder", "cedar"),
        exclude_node_ids=("cedar", "dogwood"),
        allow_partial=True,
        max_shipments=5,
        effort=1000,
    )
    made = desk.face.route(replace(request, **facts), desk.now_us).reservation
    assert made is not None
    return made.reservation_id


def told_context() -> bytes:
    """The packed context of such an order."""
    desk = Desk()
    desk.stock(grid(5))
    return inspect.packed_context(desk.face, told(desk))


TOLD = told_context()


def test_the_whole_order_is_kept() -> None:
    """The journal and the checkpoint keep all that the order said, and what it was planned with and priced in."""
    desk = Desk()
    desk.stock(grid(5))
    reservation = told(desk)
    packed = inspect.packed_context(desk.face, reservation)
    fields, again = inspect.context(packed)
    assert again == packed
    assert fields == {
        "order_id": "order-7", "country_code": "DE", "postal_code": POSTAL, "pickup_node": "",
        "currency_code": "EUR", "policy_name": "cheapest", "policy_version": 1, "network_version": 1, "zone_i": 0,
        "latitude_e7": 525_200_000, "longitude_e7": -134_000_000, "service_level": 1, "payment": 1, "mode": 2,
        "allow_partial": 1, "max_shipments": 5, "effort": 1000, "placed_at_us": T0 - SECOND_US,
        "required_by_us": T0 + 9 * DAY_US, "order_value_micros": 123_000_000,
        "include_nodes": [1, 0, 2], "exclude_nodes": [2, 3],
        "lines": [
            {
                "line_id": "L1", "group_id": "g", "sku_i": 0, "node_i": -1, "quantity": 2, "weight_g": 70,
                "attributes": b"\x02\x06colour\x04blau\x04size\x01L",
            },
            {
                "line_id": "L2", "group_id": "g", "sku_i": 1, "node_i": -1, "quantity": 1, "weight_g": 101,
                "attributes": b"",
            },
        ],
    }  # fmt: skip
    for face in (desk.replayed(), desk.loaded()):
        assert inspect.packed_context(face, reservation) == packed


def test_what_an_order_leaves_out_is_filled_in() -> None:
    """placed_at is when it was decided, currency and policy are the network's; a pin is kept, no address is no zone."""
    desk = Desk()
    desk.stock(grid(5))
    fields, _ = inspect.context(inspect.packed_context(desk.face, desk.hold("jar", "cedar", 1)))
    known = {
        "currency_code": "EUR", "policy_name": "cheapest", "placed_at_us": T0, "required_by_us": 0, "zone_i": -1,
        "latitude_e7": -(1 << 31), "longitude_e7": -(1 << 31), "include_nodes": [], "exclude_nodes": [],
        "max_shipments": 0, "mode": 2,
    }  # fmt: skip
    assert {name: fields[name] for name in known} == known
    assert [one["node_i"] for one in fields["lines"]] == [2]


def test_a_context_of_a_later_version_is_told_from_a_damaged_one() -> None:
    """An extension is refused as of a later version, a cut or longer context as malformed."""
    desk = Desk()
    desk.stock(grid(5))
    packed = inspect.packed_context(desk.face, told(desk))
    assert packed[-1] == 0
    for bad, code in ((packed[:-1] + b"\x01\x03\x00", LATER), (packed[:-1], MALFORMED), (packed + b"\x00", MALFORMED)):
        with pytest.raises(ValueError, match=f"^{code}$"):
            inspect.context(bad)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_context_is_refused_or_read_whole(data: st.DataObject) -> None:
    """Whatever bytes are changed, a context is refused or it reads as something that packs to what reads the same."""
    damaged = bytearray(TOLD)
    for at in data.draw(st.lists(st.integers(0, len(TOLD) - 1), min_size=1, max_size=3)):
        damaged[at] = data.draw(st.integers(0, 255))
    try:
        fields, again = inspect.context(bytes(damaged))
    except (ValueError, UnicodeDecodeError):
        return
    assert inspect.context(again)[0] == fields


@pytest.mark.parametrize("what", ["answer", "context", "flag"])
def test_an_entry_of_a_later_version_is_not_applied(what: str) -> None:
    """An extension in the decision or the context, or an unknown flag, ends the replay with nothing of it applied."""
    desk = Desk()
    desk.stock(grid(5))
    desk.flush()
    before = list(desk.batches)
    if what == "context":
        desk.hold("ink", "alder", 1)
    else:
        desk.adjust("ink", "alder", 1)
    desk.flush()
    first, last, payload = desk.batches[-1]
    later = bytearray(payload)
    if what == "flag":
        later[9] |= 0x80
    else:
        assert later[-1] == 0
        later[-1] = 1
    face = replayed(before, desk.limits)
    digest = face.digest()
    with pytest.raises(ValueError, match=r"entry|batch"):
        face.replay(first, last, bytes(later))
    assert (face.seq, face.digest()) == (first - 1, digest)


OBJECTIVES = 13
ANSWER_AT = 8 + 2 + 5 + 2 + 32  # the batch's time, kind and flags, the padded length, time and tenant, key and body


def with_objectives(payload: bytes, reservation: str, count: int) -> bytes:
    """A batch of one route with one shipment, as of a version with so many objectives."""
    words = b"".join(int(word, 16).to_bytes(8, "little") for word in (reservation[:16], reservation[16:]))
    mark = bytes([OBJECTIVES, 1, 0])  # objectives, shipments, and the first node
    after_id = payload.index(words, ANSWER_AT) + 16
    assert payload.count(mark, after_id) == 1
    entry = bytearray(payload)
    entry[payload.index(mark, after_id)] = count
    return bytes(entry)


def reservations(desk: Desk) -> list[Reservation]:
    """All of them, the oldest first."""
    page = desk.face.list_reservations(ListReservationsRequest(), desk.now_us)
    return [desk.get(listed.reservation_id) for listed in page.reservations]


def two_routes() -> tuple[Desk, str]:
    """A desk with a shipment over a distance, then one that costs nothing but shipping, whose id is told."""
    desk = Desk()
    desk.stock({("kit", "dogwood"): 5, ("ink", "alder"): 5})
    for sku in ("kit", "ink"):
        desk.flush()
        desk.route([line(1, sku, 1)], RouteMode.HOLD)
    desk.flush()
    return desk, reservations(desk)[-1].reservation_id


@pytest.mark.parametrize("count", range(1, OBJECTIVES))
def test_an_entry_with_fewer_objectives_is_read(count: int) -> None:
    """The objectives that an older entry lacks cost nothing, whatever the entry before it had."""
    desk, made = two_routes()
    first, last, payload = desk.batches[-1]
    assert with_objectives(payload, made, OBJECTIVES) == payload
    face = replayed([*desk.batches[:-1], (first, last, with_objectives(payload, made, count))], desk.limits)
    assert reservations(desk.goes_on(face)) == reservations(desk)
    assert [found.cost_micros for found in reservations(desk)] == [3_020_307, 3_000_000]
    assert loaded(snapshot.dump(face), desk.limits).digest() == face.digest()


def test_an_entry_with_more_objectives_is_of_a_later_version() -> None:
    """It is not applied, and told as written by a later version, not as damaged."""
    desk, made = two_routes()
    first, last, payload = desk.batches[-1]
    face = replayed(desk.batches[:-1], desk.limits)
    with pytest.raises(ValueError, match=f"entry {first} was written by a later version"):
        face.replay(first, last, with_objectives(payload, made, OBJECTIVES + 1))
    assert face.seq == first - 1


def test_longest_ids_fit_an_entry() -> None:
    """An order of a thousand lines, all ids 64 bytes long, with the longest node lists and 260 attribute bytes a line,
    is one entry, replays and fits a checkpoint."""
    desk = Desk(small_limits(reservation_bytes_max=16 << 20, answer_bytes_max=16 << 20))
    desk.stock(grid(5000))
    more = tuple((f"{i}" * 64, "v" * 64) for i in range(2))
    lines = [OrderLine(f"{i:064d}", "ink", 1, group_id="g" * 64, attributes=more[: 1 + i % 2]) for i in range(1000)]
    made = desk.route(
        lines, RouteMode.FIRM, include_node_ids=("alder", *["birch"] * 4095), exclude_node_ids=("cedar",) * 4096
    ).reservation
    assert made is not None
    size = len(inspect.packed_context(desk.face, made.reservation_id))
    assert 300_000 < size < 512 << 10
    for face in (desk.replayed(), desk.loaded()):
        assert face.digest() == desk.face.digest()


def test_longest_pinned_ids_fit_an_entry() -> None:
    """An order of a thousand lines, all ids 64 bytes long, is one entry and replays."""
    desk = Desk(small_limits(reservation_bytes_max=16 << 20, answer_bytes_max=16 << 20))
    desk.stock(grid(5000))
    lines = [OrderLine(f"{i:064d}", "ink", 1, node_id="alder", group_id="g" * 64) for i in range(1000)]
    desk.reserve(lines, firm=True)
    assert desk.replayed().digest() == desk.face.digest()
    desk.node("alder", NodeStatus.PAUSED)
    assert desk.loaded().digest() == desk.face.digest()
