"""Journal entries as bytes: what a batch holds, and what happens to one that is cut or does not fit."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.native.engines import SECOND_US, T0, Desk, grid, line, replayed, small_limits

from fastdom._native import inspect
from fastdom.engine.face import Face
from fastdom.types import NodeStatus, OrderLine, RouteMode

RESERVE, ROUTE, PROMISE, COMMIT, EXTEND, RELEASE, FULFILL, ADJUST, SET = 1, 2, 3, 4, 5, 6, 7, 9, 10
NODE_STATUS, REROUTE, INTERN, NETWORK, ADVANCE, REFUSED = 12, 13, 15, 16, 17, 18


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
    assert kinds[17:27] == [
        RESERVE, EXTEND, COMMIT, FULFILL, RELEASE, ADJUST, ROUTE, PROMISE, NODE_STATUS, REROUTE,
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


def test_longest_ids_fit_an_entry() -> None:
    """An order of a thousand lines, all ids 64 bytes long, is one entry and replays."""
    desk = Desk(small_limits(reservation_bytes_max=16 << 20, answer_bytes_max=16 << 20))
    desk.stock(grid(5000))
    lines = [OrderLine(f"{i:064d}", "ink", 1, node_id="alder", group_id="g" * 64) for i in range(1000)]
    desk.reserve(lines, firm=True)
    assert desk.replayed().digest() == desk.face.digest()
    desk.node("alder", NodeStatus.PAUSED)
    assert desk.loaded().digest() == desk.face.digest()
