"""What a live engine acknowledges, refusals included, a replay takes and a checkpoint brings back."""

from typing import Any

import numpy as np
import pytest
from tests.native.engines import (
    NODES,
    SKUS,
    Desk,
    grid,
    line,
    network_files,
    order,
    refusal,
    small_limits,
    tables_of,
)

from fastdom.network import load_files
from fastdom.reasons import EngineError, Reason
from fastdom.types import OrderLine, ReserveOutcome, RouteMode, RouteRequest

NODE_LIST_MAX = 4096


def check_comes_back(desk: Desk) -> None:
    """A replay from the beginning and a checkpoint give the live digest."""
    for face in (desk.replayed(), desk.loaded()):
        assert face.digest() == desk.face.digest()
        assert face.recount() == []


@pytest.mark.parametrize("name", ["include_node_ids", "exclude_node_ids"])
@pytest.mark.parametrize("at", [999, 1000, NODE_LIST_MAX - 1])
def test_a_refusal_for_any_node_of_a_list_comes_back(name: str, at: int) -> None:
    """A Route refused for an unknown node, however far down its list, is remembered across replay and checkpoint."""
    desk = Desk()
    desk.stock(grid(5))
    nodes: dict[str, Any] = {name: ("alder",) * at + ("nowhere",)}
    request = RouteRequest("far", order([line(1, "ink", 1)]), mode=RouteMode.HOLD, **nodes)
    told = []
    for each in (desk, desk.goes_on(desk.replayed()), desk.goes_on(desk.loaded())):
        with pytest.raises(EngineError) as refused:
            each.face.route(request, each.now_us)
        told.append((refused.value.reason, refused.value.path, refused.value.seq))
    assert told == [(Reason.UNKNOWN_NODE, f"{name}[{at}]", desk.face.seq)] * 3
    check_comes_back(desk)


CHUNK = 545  # refused rows: their answer takes 256 units of 16 bytes, a class of memory that few answers have
UNITS = (1 << 20) // 16 - 1


def refused_chunk(desk: Desk, rid: str) -> tuple[set[int], int]:
    """Rows that are all refused, which is a long answer: (the reasons, the sequence to wait for)."""
    zero = np.zeros(CHUNK, np.int32)
    reasons, seq = desk.face.set_many(zero, zero, zero - 1, request_id=rid, now_us=desk.now_us)
    return set(reasons.tolist()), seq


def small_answer(desk: Desk) -> str:
    """A command with a short answer; the reason it is refused with, if any."""
    return refusal(desk.adjust, "ink", "alder", 1)


def units_left(desk: Desk) -> int:
    """Units of the memory of answers that were never used, where nothing was given back."""
    return UNITS - desk.face.stats()["answer_bytes"] // 16


def test_nothing_is_acknowledged_whose_answer_has_no_room() -> None:
    """Down to the last unit of the memory of answers a chunk is remembered with its answer or refused whole."""
    desk = Desk(small_limits(answer_bytes_max=16 * (UNITS + 1), request_ids_max=1 << 16))
    desk.stock(grid(5))
    n = 0
    while units_left(desk) > 776:
        n += 1
        assert refused_chunk(desk, f"first-{n}")[1]
        desk.flush()
    while units_left(desk) > 511:
        assert small_answer(desk) == ""
    acknowledged = refused_chunk(desk, "last")
    assert acknowledged == ({Reason.INVALID_QUANTITY}, desk.face.seq)
    assert 250 < units_left(desk) < 256
    while small_answer(desk) == "":
        before = desk.face.digest(), desk.face.seq
        assert refused_chunk(desk, f"late-{desk.face.seq}") == ({Reason.LIMIT_EXCEEDED}, 0)
        assert (desk.face.digest(), desk.face.seq) == before
    assert (small_answer(desk), desk.face.failed) == ("LIMIT_EXCEEDED", False)
    check_comes_back(desk)
    assert refused_chunk(desk.goes_on(desk.replayed()), "last") == acknowledged


def test_buckets_are_summed_each_for_itself() -> None:
    """An order that ships from two nodes comes back where its units together would not fit the fuller node's day."""
    desk = Desk()
    document = load_files(network_files(dict.fromkeys(NODES[:2], ("UNITS", 10**9))))
    widest = np.full(len(NODES), 2**31 - 1, np.int32)
    desk.face.activate_network(tables_of(document, 2, capacity_limit=widest), 2, bytes([2]) * 32, desk.now_us)
    desk.stock({(sku, node): 10**9 for sku in SKUS for node in NODES[:2]})
    orders = [["alder"] * 1000, ["alder"] * 1000, ["alder"] * 100 + ["birch"] * 100]
    for sku, pins in zip(SKUS, orders, strict=True):
        lines = [OrderLine(f"L{i}", sku, 10**6, node_id=node) for i, node in enumerate(pins)]
        assert desk.reserve(lines, firm=True).outcome is ReserveOutcome.GRANTED
    check_comes_back(desk)
