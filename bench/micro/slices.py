"""The longest things that happen under the engine lock, and the longest holds of the GIL by cold loops.

    python -m bench.micro.slices

On the demo network, in memory. For every case the first time in a fresh engine (pages touched for the first time) and
the median and worst of the times after it, in microseconds. A command that finds very many holds due expires them
first, giving the lock up after every slice: the time of such a slice is that of `tick`. The second table gives the
longest time another Python thread had to wait for its turn while a cold loop ran over a million positions, in
milliseconds.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np
from tests.native import faces

from fastdom._native import snapshot
from fastdom.engine.face import Face
from fastdom.types import (
    CommitRequest,
    Destination,
    FulfillRequest,
    LineQuantity,
    NodeStatus,
    Order,
    OrderLine,
    PostalAddress,
    PromiseRequest,
    ReleaseRequest,
    ReserveMode,
    ReserveRequest,
    RouteRequest,
    SetInventoryRequest,
    SetNodeStatusRequest,
)

NOW_US = faces.NOW_US
SECOND_US = faces.SECOND_US
TIMES = 9
FULFILMENTS = 60_000


def big_order(lines: int, name: str = "big", pinned: bool = True, skus: int = 40) -> Order:
    """One unit a line; SKUs and pins go round."""
    return Order(
        name,
        faces.channel(),
        tuple(
            OrderLine(f"L{i + 1}", faces.sku(i % skus), 1, node_id=faces.node(i % 20) if pinned else "")
            for i in range(lines)
        ),
        Destination(PostalAddress("560001", "IN")),
    )


def timed(call: Callable[..., object], *args: object) -> float:
    """Microseconds of the decision, or of the call where the answer does not tell."""
    begun = time.perf_counter_ns()
    answer = call(*args)
    took = (time.perf_counter_ns() - begun) / 1000
    return float(getattr(answer, "decision_us", 0) or took)


def verbs(face: Face, lines: int) -> Iterator[tuple[str, float]]:
    """Reserve, Commit with reacquire, Fulfill and Release of orders with very many lines."""
    half = tuple(LineQuantity(f"L{j + 1}", 1) for j in range(lines // 2))
    rest = tuple(LineQuantity(f"L{j + 1}", 1) for j in range(lines // 2, lines))
    for i in range(TIMES):
        now_us = NOW_US + i * 10 * SECOND_US
        later_us = now_us + 2 * SECOND_US
        answer = face.reserve(ReserveRequest(f"r{i}", big_order(lines), ttl_us=SECOND_US), now_us)
        yield f"Reserve, {lines} pinned lines", answer.decision_us
        assert answer.reservation is not None
        number = answer.reservation.reservation_id
        faces.flush(face)
        again = CommitRequest(f"c{i}", number, reacquire=True)
        yield f"Commit again, {lines} lines expired", timed(face.commit, again, later_us)
        yield (
            f"Fulfill, {len(half)} of {lines} lines",
            timed(face.fulfill, FulfillRequest(f"f{i}", number, half), later_us),
        )
        yield (
            f"Release, {len(rest)} of {lines} lines",
            timed(face.release, ReleaseRequest(f"l{i}", number, rest), later_us),
        )
        faces.flush(face)


def plans(face: Face, lines: int) -> Iterator[tuple[str, float]]:
    """Route and Promise as estimates and a routed Reserve; of large orders also the longest piece of it in the lock."""
    order = big_order(lines, pinned=False)
    for i in range(TIMES):
        for name, call, request in (
            ("Route", face.route, RouteRequest("", order)),
            ("Promise", face.promise, PromiseRequest("", order)),
            ("Reserve", face.reserve, ReserveRequest(f"p{lines}.{i}", order)),
        ):
            planned = face.large_orders()[0]
            took = timed(call, request, NOW_US)
            orders, _, longest = face.large_orders()
            yield f"{name}, {lines} lines" + (", in all" if orders > planned else ""), took
            if orders > planned:
                yield f"{name}, {lines} lines, longest hold of the lock", longest / 1000
            faces.flush(face)


def due_holds(face: Face, holds: int, lines: int) -> Iterator[tuple[str, float]]:
    """Many holds fall due at once: each slice of their expiry, and a command that finds them due."""
    for i in range(holds):
        face.reserve(ReserveRequest(f"h{i}", big_order(lines, f"o{i}"), ttl_us=SECOND_US), NOW_US)
        faces.flush(face)
    route = RouteRequest("", big_order(1, pinned=False))
    for _ in range(TIMES):
        yield f"Route, 1 line, {holds} holds of {lines} lines due", timed(face.route, route, NOW_US + 2 * SECOND_US)
    for i in range(holds):
        face.reserve(ReserveRequest(f"i{i}", big_order(lines, f"p{i}"), ttl_us=SECOND_US), NOW_US + 3 * SECOND_US)
        faces.flush(face)
    left = 1
    while left:
        begun = time.perf_counter_ns()
        left = face.tick(NOW_US + 5 * SECOND_US)
        yield f"tick, {holds} holds of {lines} lines due", (time.perf_counter_ns() - begun) / 1000
        faces.flush(face)


def counts(face: Face) -> Iterator[tuple[str, float]]:
    """SetInventory over very many fulfilments since the source counted."""
    face.set_many(
        np.zeros(1, np.int32), np.zeros(1, np.int32), np.full(1, 1_000_000, np.int32), request_id="z", now_us=NOW_US
    )
    base = face.seq
    line = (LineQuantity("L1", 1),)
    for batch in range(FULFILMENTS // 2_000):
        order = Order(
            "x",
            faces.channel(),
            (OrderLine("L1", faces.sku(0), 2_000, node_id=faces.node(0)),),
            Destination(PostalAddress("560001", "IN")),
        )
        held = face.reserve(ReserveRequest(f"m{batch}", order, mode=ReserveMode.FIRM), NOW_US).reservation
        assert held is not None
        for i in range(2_000):
            face.fulfill(FulfillRequest(f"f{batch}-{i}", held.reservation_id, line), NOW_US)
        faces.flush(face)
    for i in range(TIMES):
        request = SetInventoryRequest(
            f"s{i}", faces.sku(0), faces.node(0), 900_000, includes_fulfilments_up_to=base + 3 + 1_000 * i
        )
        yield f"SetInventory, {FULFILMENTS:,} fulfilments since", timed(face.set_inventory, request, NOW_US)


def moves(face: Face, holds: int, lines: int) -> Iterator[tuple[str, float]]:
    """A node fails: what the re-route of one reservation takes."""
    for i in range(holds):
        order = Order(
            f"v{i}",
            faces.channel(),
            tuple(OrderLine(f"L{j}", faces.sku(j % 40), 1, node_id=faces.node(0)) for j in range(lines)),
            Destination(PostalAddress("560001", "IN")),
        )
        face.reserve(ReserveRequest(f"v{i}", order, ttl_us=900 * SECOND_US), NOW_US)
        faces.flush(face)
    face.set_node_status(SetNodeStatusRequest("off", faces.node(0), NodeStatus.OFFLINE), NOW_US)
    node_i = face.find(faces.NODES, faces.node(0).encode())
    cursor: int | None = 0
    while cursor is not None:
        begun = time.perf_counter_ns()
        cursor, moved, *_ = face.reroute_slice(node_i, cursor, 1, NOW_US)
        if moved:
            yield f"re-route of one reservation, {lines} lines", (time.perf_counter_ns() - begun) / 1000
        faces.flush(face)


def stall(work: Callable[[], object]) -> float:
    """Milliseconds this thread had to wait for its turn, at the longest, while another one worked."""
    done = threading.Event()

    def run() -> None:
        work()
        done.set()

    worst = 0
    thread = threading.Thread(target=run)
    last = time.perf_counter_ns()
    thread.start()
    while not done.is_set():
        now = time.perf_counter_ns()
        worst = max(worst, now - last)
        last = now
    thread.join()
    return worst / 1e6


def million_positions() -> Face:
    """250,000 SKUs at four nodes."""
    limits = faces.LIMITS | {"skus_max": 300_000, "positions_max": 1_100_000, "request_ids_max": 2_000_000}
    face = Face(limits, bytes(16), buffer_bytes=1 << 28)
    face.start(1 << 40)
    face.intern(faces.SKUS, [b"sku%09d" % i for i in range(250_000)], 1)
    face.intern(faces.NODES, [b"n%d" % i for i in range(4)], 1)
    face.intern(faces.TENANTS, [b"brand"], 1)
    skus, nodes = np.repeat(np.arange(250_000), 4), np.tile(np.arange(4), 250_000)
    for at in range(0, len(skus), 100_000):
        part = slice(at, at + 100_000)
        face.set_many(skus[part], nodes[part], np.full(100_000, 5), request_id=f"a{at}", now_us=2)
        faces.flush(face)
    return face


def main() -> None:
    """Print both tables."""
    faces.LIMITS["fulfilment_log_max"] = 1_000_000
    rows: dict[str, list[float]] = {}
    for cases in (
        *(verbs(faces.new_face(stock=100_000), lines) for lines in (100, 1_000)),
        *(plans(faces.new_face(stock=100_000), lines) for lines in (8, 20, 64, 300, 1_000)),
        due_holds(faces.new_face(stock=1_000_000), 1_000, 100),
        due_holds(faces.new_face(stock=1_000_000), 3_000, 1),
        counts(faces.new_face(stock=0)),
        moves(faces.new_face(stock=100_000), 60, 8),
        moves(faces.new_face(stock=100_000), 6, 500),
    ):
        for name, took in cases:
            rows.setdefault(name, []).append(took)
    print(f"{'microseconds':48} {'first':>8} {'median':>8} {'worst':>8}")
    for name, times in rows.items():
        later = times[1:] or times
        print(f"{name:48} {times[0]:8.0f} {median(later):8.0f} {max(later):8.0f}")
    sys.setswitchinterval(2e-4)
    face = million_positions()
    print(f"\n{'longest wait of another thread, milliseconds':48}")
    for name, work in (
        ("in_use, a million positions", face.in_use),
        ("names, 250,000 SKUs", lambda: face.names(faces.SKUS)),
        ("dump, a million positions", lambda: [None for _ in snapshot.dump(face)]),
    ):
        print(f"{name:48} {stall(work):8.1f}")


if __name__ == "__main__":
    main()
