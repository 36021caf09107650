"""The engine through Python: `python -m pytest bench/micro/test_face.py`, or as a script for native loops over arrays.

`python -m bench.micro.test_face [orders]` prints the rate of `set_many` and `reserve_many`, which build their commands
natively. CPU time of the calling thread is taken, so that what else runs on the machine stays out; the journal's bytes
are dropped as if durable at once.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.native.faces import LIMITS, NOW_US, channel, demo, flush, new_face, node, order

from fastdom.engine.face import Face
from fastdom.types import CommitRequest, PromiseRequest, ReserveRequest, RouteRequest

ROUNDS = 5_000
STOCK = 50_000_000


@pytest.fixture
def face() -> Face:
    return new_face(STOCK)


@pytest.mark.parametrize("lines", [1, 3, 8])
def test_route(benchmark: Any, face: Face, lines: int) -> None:
    """Route in PLAN on the demo network, dataclass in to dataclass out."""
    request = RouteRequest("", order(*[1] * lines))
    result = benchmark(face.route, request, NOW_US)
    assert result.plan.shipments


@pytest.mark.parametrize("lines", [1, 2])
def test_promise(benchmark: Any, face: Face, lines: int) -> None:
    """Promise without hold, every level."""
    request = PromiseRequest("", order(*[1] * lines))
    assert benchmark(face.promise, request, NOW_US).options


@pytest.mark.parametrize("pinned", [True, False], ids=["pinned", "routed"])
def test_reserve(benchmark: Any, face: Face, pinned: bool) -> None:
    """Reserve of three lines, a new request id each time."""
    wanted = order(1, 1, 1, pins=(node(0),) * 3 if pinned else ())
    requests = iter([ReserveRequest(f"r{i}", wanted) for i in range(ROUNDS + 1)])
    benchmark.pedantic(lambda: face.reserve(next(requests), NOW_US), rounds=ROUNDS, warmup_rounds=1)


def test_commit(benchmark: Any, face: Face) -> None:
    """Commit of a hold of three lines."""
    wanted = order(1, 1, 1, pins=(node(0),) * 3)
    held = [face.reserve(ReserveRequest(f"r{i}", wanted), NOW_US).reservation for i in range(ROUNDS)]
    requests = iter([CommitRequest(f"c{i}", r.reservation_id) for i, r in enumerate(held) if r is not None])
    benchmark.pedantic(lambda: face.commit(next(requests), NOW_US), rounds=ROUNDS)


def rate(face: Face, count: int, call: Callable[[], object]) -> str:
    """CPU nanoseconds each, and how many a second."""
    start = time.thread_time_ns()
    call()
    each = (time.thread_time_ns() - start) / count
    flush(face)
    return f"{each:8.0f} ns {1e9 / each:12,.0f} /s"


def main() -> None:
    """Print the table."""
    count = min(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000, LIMITS["reservations_max"] // 5)
    rng = np.random.default_rng(1)
    n_nodes, n_skus = len(demo()[0].nodes), 2_000
    face = new_face(0, buffer_bytes=1 << 29)
    flush(face)
    skus, nodes = np.repeat(np.arange(n_skus), n_nodes), np.tile(np.arange(n_nodes), n_skus)
    units = np.full(len(skus), STOCK)
    print(
        f"{'set_many':>24}",
        rate(face, len(skus), lambda: face.set_many(skus, nodes, units, request_id="a", now_us=NOW_US)),
    )
    for lines in (1, 2, 3):
        sku_i = rng.integers(0, n_skus, (count, lines), dtype=np.int32)
        node_i = np.repeat(rng.integers(0, n_nodes, (count, 1), dtype=np.int32), lines, axis=1)
        ones = np.ones((count, lines), dtype=np.int32)

        def pinned(prefix: int = lines, s: Any = sku_i, n: Any = node_i, q: Any = ones) -> None:
            face.reserve_many(s, n, q, channel=channel(), request_ids=prefix, now_us=NOW_US)

        print(f"{f'reserve {lines} pinned':>24}", rate(face, count, pinned))
    to = rng.integers(0, len(demo()[0].postal_codes.codes), count, dtype=np.int32)

    def routed() -> None:
        face.reserve_many(sku_i, None, ones, channel=channel(), request_ids=9, now_us=NOW_US, postal_i=to)

    print(f"{'reserve 3 routed':>24}", rate(face, count, routed))


if __name__ == "__main__":
    main()
