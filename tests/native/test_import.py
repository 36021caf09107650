"""Chunks of ImportInventory: one step, one journal entry and one request id each, as if set row by row."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.native.engines import NODES, SECOND_US, SKUS, Desk, grid, line, refusal, small_limits

from fastdom._native import inspect
from fastdom.reasons import Field, Reason
from fastdom.types import ImportChunkResult, ImportInventoryRequest, InventoryRow, RowRefusal, SetInventoryRequest


def chunk(desk: Desk, rid: str, rows: Sequence[InventoryRow], **facts: int) -> ImportChunkResult:
    """Import one chunk."""
    return desk.face.import_chunk(ImportInventoryRequest(rid, tuple(rows), **facts), desk.now_us)


def everywhere(on_hand: int) -> list[InventoryRow]:
    """A row for each position of the network."""
    return [InventoryRow(sku, node, on_hand) for sku in SKUS for node in NODES]


GOOD = InventoryRow(SKUS[0], NODES[0], 7)
BAD = InventoryRow("none", NODES[0], 7)


def test_a_chunk_takes_one_request_id_and_one_entry() -> None:
    """However many rows, a chunk costs one remembered id and one sequence."""
    desk = Desk()
    before = desk.face.stats()
    chunk(desk, "c", everywhere(5))
    after = desk.face.stats()
    assert (after["request_ids"] - before["request_ids"], after["seq"] - before["seq"]) == (1, 1)


def test_a_chunk_is_remembered_across_replay_and_checkpoint() -> None:
    """A chunk sent again after a restart is answered as at first, and the digest is the same on both ways back."""
    desk = Desk()
    first = chunk(desk, "c", [GOOD, BAD, InventoryRow(SKUS[1], NODES[1], -1)])
    assert first.refusals == (
        RowRefusal(1, Reason.UNKNOWN_SKU, Field.SKU),
        RowRefusal(2, Reason.INVALID_QUANTITY, Field.ON_HAND),
    )
    desk.set(SKUS[0], NODES[0], 50)
    for face in (desk.replayed(), desk.loaded()):
        assert face.digest() == desk.face.digest()
        again = desk.goes_on(face)
        repeated = chunk(again, "c", [GOOD, BAD, InventoryRow(SKUS[1], NODES[1], -1)])
        assert repeated == ImportChunkResult(True, 1, 2, first.refusals, first.inventory_seq, first.seq)
        assert inspect.positions(again.face)[SKUS[0], NODES[0]][0] == 50
        assert refusal(chunk, again, "c", [GOOD]) == "REQUEST_ID_REUSED"
        assert refusal(again.set, SKUS[0], NODES[0], 3, rid="c") == "REQUEST_ID_REUSED"


def test_a_chunk_of_refused_rows_alone_is_remembered() -> None:
    """Rows that were refused stay refused when the same chunk is sent again."""
    desk = Desk()
    first = chunk(desk, "c", [BAD])
    desk.face.intern(0, [b"none"], desk.now_us)
    assert chunk(desk, "c", [BAD]).refusals == first.refusals
    assert chunk(desk, "d", [BAD]).rows_applied == 1


def test_a_chunk_over_the_position_limit_changes_nothing() -> None:
    """Rows that need more positions than there may be are refused with the whole chunk, though some would fit."""
    desk = Desk(small_limits(positions_max=5))
    desk.stock({(SKUS[0], node): 4 for node in NODES})
    before = desk.face.digest(), desk.face.seq
    assert refusal(chunk, desk, "c", [GOOD, *everywhere(9)[4:6]]) == "LIMIT_EXCEEDED"
    assert (desk.face.digest(), desk.face.seq) == before
    assert chunk(desk, "c", [GOOD, everywhere(9)[4]]).rows_applied == 2


def test_a_chunk_after_its_deadline_is_not_executed() -> None:
    """A chunk whose deadline has passed is refused whole and its id stays unused."""
    desk = Desk()
    request = ImportInventoryRequest("c", (GOOD,))
    assert refusal(desk.face.import_chunk, request, desk.now_us, desk.now_us) == "DEADLINE_PASSED"
    assert not desk.face.import_chunk(request, desk.now_us, desk.now_us + 1).repeated


def test_a_chunk_that_ends_a_shortfall_resolves_it() -> None:
    """A count in a chunk raises SHORTFALL and one that covers what is allocated ends it."""
    desk = Desk()
    desk.stock(grid(5))
    desk.hold(SKUS[0], NODES[0], 4)
    chunk(desk, "low", [InventoryRow(SKUS[0], NODES[0], 1)])
    chunk(desk, "high", [InventoryRow(SKUS[0], NODES[0], 4)])
    assert [(fault["quantity"], fault["resolved_at_us"] > 0) for fault in inspect.faults(desk.face, resolved=True)] == [
        (3, True)
    ]


_units = st.one_of(st.none(), st.integers(-1, 3))
_known = st.builds(
    InventoryRow, st.sampled_from(SKUS[:2]), st.sampled_from(NODES[:2]), st.integers(-1, 12), _units, _units
)
_unknown = st.sampled_from((BAD, InventoryRow(SKUS[0], "nowhere", 7)))
ROWS = st.lists(st.one_of(_known, _known, _known, _unknown), min_size=1, max_size=12)


@given(st.lists(st.tuples(ROWS, st.integers(0, 4)), min_size=1, max_size=4), st.booleans())
def test_a_chunk_equals_its_rows_set_one_after_another(
    chunks: list[tuple[list[InventoryRow], int]], held: bool
) -> None:
    """Positions, refusals and versions are those of SetInventory row by row, also where rows meet at one position."""
    desk, single = Desk(), Desk()
    for each in (desk, single):
        each.stock({(SKUS[0], NODES[0]): 6})
        if held:
            each.reserve([line(1, SKUS[0], 5, NODES[0])], firm=True)
    for at, (rows, counted) in enumerate(chunks):
        as_of_us = desk.now_us - SECOND_US * counted if counted else 0
        result = chunk(desk, f"c{at}", rows, as_of_us=as_of_us)
        refused = []
        for row_i, row in enumerate(rows):
            request = SetInventoryRequest(
                f"c{at}-{row_i}", row.sku, row.node_id, row.on_hand, row.safety_stock, row.routing_reserve, as_of_us
            )
            reason = refusal(single.face.set_inventory, request, single.now_us)
            if reason:
                refused.append((row_i, reason))
        assert [(r.row_i, r.reason.name) for r in result.refusals] == refused
        assert (result.rows_applied, result.rows_refused) == (len(rows) - len(refused), len(refused))
        assert inspect.positions(desk.face) == inspect.positions(single.face)
    assert desk.replayed().digest() == desk.face.digest()
    assert desk.face.recount() == []
    assert all(a["opened_at_us"] <= b["opened_at_us"] for a, b in pairwise(inspect.faults(desk.face)))
