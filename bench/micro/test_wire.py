"""Native codec and seam, in native loops: `python -m pytest bench/micro/test_wire.py`, or as a script for ns a call.

The seam's own cost is measured over a core that has decided already; then the same calls go to an engine with the demo
network. `python -m bench.micro.test_wire` prints a table, beside it what the generated classes take for the same bytes
from Python.
"""

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from google.protobuf.message import Message

import fastdom.demo
from fastdom.engine.engine import Engine
from fastdom_api.v1.order_pb2 import Order
from fastdom_api.v1.promise_service_pb2 import PromiseRequest, PromiseResponse
from fastdom_api.v1.reservation_service_pb2 import ReserveRequest, ReserveResponse
from fastdom_api.v1.routing_service_pb2 import RouteRequest, RouteResponse
from fastdom_server._wire.inspect import (
    Rehearsal,
    decode_loop,
    encode_from_dict,
    encode_loop,
    handle_each,
    handle_loop,
)
from fastdom_server._wire.seam import Wire

NOW_US = 1_764_288_000_123_456
HOUR_US = 3_600_000_000
LOOPS = 10_000
TABLES: dict[str, Any] = {
    "skus": [f"SKU-{i}".encode() for i in range(1000, 1003)],
    "nodes": [b"DC-BLR-1", b"DC-MUM-1"],
    "channels": [b"web"],
    "services": [b"delhivery-express", b"bluedart-surface"],
    "currency": b"INR",
    "policy_name": b"default",
}


def order(n_lines: int) -> Order:
    """An order as a checkout sends it."""
    message = Order(order_id="ORD-2025-11-0001", channel="web", order_value_micros=1_299_000_000, currency_code="INR")
    for i in range(n_lines):
        message.lines.add(line_id=f"L{i + 1}", sku=f"SKU-{1000 + i}", quantity=1 + i)
    message.destination.address.country_code = "IN"
    message.destination.address.postal_code = "560001"
    message.placed_at.FromMicroseconds(NOW_US)
    return message


def shipment(node_i: int) -> dict[str, Any]:
    return {
        "node_i": node_i, "service_i": node_i, "ship_day": 20_420, "capacity_taken": 1, "distance_m": 347_120,
        "weight_g": 1_250, "order_by_us": NOW_US + HOUR_US, "ship_at_us": NOW_US + 2 * HOUR_US,
        "arrive_from_us": NOW_US + 48 * HOUR_US, "arrive_by_us": NOW_US + 72 * HOUR_US,
        "raw_micros": [60_000_000, 20_000_000, 0, 1_000_000], "cost_micros": [60_000_000, 20_000_000, 0, 1_000_000],
    }  # fmt: skip


def plan(n_lines: int) -> dict[str, Any]:
    """Everything from one node."""
    return {
        "outcome": 1, "optimality": 1, "seq": 123_456_789, "total_micros": 81_000_000, "network_version": 3,
        "policy_version": 2, "nodes_considered": 23, "evaluations": 161, "shipments": [shipment(0)],
        "allocations": [{"line_i": i, "sku_i": i, "granted": 1 + i} for i in range(n_lines)],
        "lines": [{"granted": 1 + i, "available_after": 40 + i} for i in range(n_lines)],
    }  # fmt: skip


def reservation() -> dict[str, Any]:
    return {
        "has_reservation": 1, "reservation_id": (0x1234567890ABCDEF, 0xFEDCBA9876543210), "state": 1, "channel_i": 0,
        "expires_at_us": NOW_US + HOUR_US // 4, "created_at_us": NOW_US, "version": 123_456_789,
    }  # fmt: skip


def options(n_lines: int) -> dict[str, Any]:
    """Two levels, each from one node, with tokens of a usual size."""
    some = plan(n_lines)
    some["shipments"] = [shipment(0), shipment(1)]
    some["allocations"] *= 2
    some["options"] = [
        {
            "service_level": 1 + i, "first_shipment": i, "n_shipments": 1, "first_allocation": i * n_lines,
            "n_allocations": n_lines, "cost_micros": 81_000_000 - i, "token": bytes(96),
            "valid_until_us": NOW_US + HOUR_US,
            "order_by_us": NOW_US + HOUR_US, "ship_from_us": NOW_US + 2 * HOUR_US, "ship_by_us": NOW_US + 2 * HOUR_US,
            "arrive_from_us": NOW_US + 48 * HOUR_US, "arrive_by_us": NOW_US + (72 + 24 * i) * HOUR_US,
        }
        for i in range(2)
    ]  # fmt: skip
    return some


REQUEST_ID = "0f6c2b6e-77aa-4c1e-9f10-2d2b8f1f9a11"
CASES: dict[str, tuple[int, Any, type[Message], dict[str, Any]]] = {
    "reserve, 2 lines": (
        1, ReserveRequest(request_id=REQUEST_ID, order=order(2)), ReserveResponse, {**plan(2), **reservation()},
    ),
    "route, 3 lines": (2, RouteRequest(order=order(3)), RouteResponse, plan(3)),
    "promise, 2 lines": (3, PromiseRequest(order=order(2)), PromiseResponse, options(2)),
}  # fmt: skip
"""Method, request, reply class and Result of each case."""

each_case = pytest.mark.parametrize("case", CASES)


@each_case
def test_decode(benchmark: Any, case: str) -> None:
    """Bytes to Command, 10,000 times a round."""
    method, request, _, _ = CASES[case]
    benchmark(decode_loop, method, request.SerializeToString(), LOOPS)


@each_case
def test_encode(benchmark: Any, case: str) -> None:
    """Result to bytes, 10,000 times a round."""
    method, request, _, result = CASES[case]
    benchmark(encode_loop, method, request.SerializeToString(), result, TABLES, LOOPS)


@each_case
def test_handle(benchmark: Any, case: str) -> None:
    """Bytes to bytes over a core that has decided already, 10,000 times a round."""
    method, request, _, result = CASES[case]
    wire = Wire(Rehearsal(TABLES, [result], prepared=True))
    benchmark(handle_loop, wire, method, request.SerializeToString(), NOW_US, LOOPS)


# --- over an engine with the demo network

BATCH = 2_000
"""Reserves between two waits for the flush thread."""


def demo_order(engine: Engine, n_lines: int, spread: int = 0) -> Order:
    """An order of the demo's first channel to Bengaluru."""
    assert engine.network is not None
    message = order(n_lines)
    message.channel = engine.network.channels[0].id
    for i, line in enumerate(message.lines):
        line.sku = engine.network.skus.ids[spread + 7 * i]
    return message


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """The demo network, with stock for a million reserves of its first SKUs."""
    with open_demo() as made:
        yield made


def open_demo() -> Engine:
    made = Engine.open(tempfile.mkdtemp(), network=Path(fastdom.demo.__file__).parent / "network", durability="process")
    made.face.set_many([0, 7], [0, 0], [10_000_000] * 2, request_id="bench-stock", now_us=made.now_us())
    made.wait_durable(made.face.seq)
    return made


def reserves(engine: Engine, numbers: Iterator[int]) -> list[bytes]:
    """Reserves of two lines, each with its own request id."""
    wanted = demo_order(engine, 2)
    return [ReserveRequest(request_id=f"{next(numbers):036d}", order=wanted).SerializeToString() for _ in range(BATCH)]


def test_engine_reserve(benchmark: Any, engine: Engine) -> None:
    """Reserve of two routed lines, bytes in to bytes out, 2,000 a round."""
    wire, numbers = Wire(engine.face), itertools.count()

    def prepare() -> tuple[tuple[Any, ...], dict[str, Any]]:
        engine.kick()
        engine.wait_durable(engine.face.seq)
        return (wire, 1, reserves(engine, numbers), engine.now_us()), {}

    assert benchmark.pedantic(handle_each, setup=prepare, rounds=30) == BATCH


@pytest.mark.parametrize(
    ("method", "request_class", "n_lines"), [(2, RouteRequest, 3), (3, PromiseRequest, 2)], ids=["route", "promise"]
)
def test_engine_estimate(benchmark: Any, engine: Engine, method: int, request_class: Any, n_lines: int) -> None:
    """Route of three lines and Promise of two (all levels), bytes in to bytes out, 2,000 a round."""
    data = request_class(order=demo_order(engine, n_lines)).SerializeToString()
    benchmark(handle_loop, Wire(engine.face), method, data, engine.now_us(), BATCH)


def per_call_ns(run: Callable[[int], object], loops: int) -> float:
    """Nanoseconds of one call: the best of 7 loops."""
    best = float("inf")
    for _ in range(7):
        began = time.perf_counter()
        run(loops)
        best = min(best, time.perf_counter() - began)
    return best / loops * 1e9


def classes_ns(run: Callable[[], object]) -> float:
    """Nanoseconds of one call of the generated classes."""

    def loop(times: int) -> None:
        for _ in range(times):
            run()

    return per_call_ns(loop, 20_000)


def main() -> None:
    """Print the table."""
    print(f"{'ns a call':>18} {'decode':>8} {'encode':>8} {'seam':>8} {'classes parse':>14} {'classes serialize':>18}")
    for name, (method, request, reply_class, result) in CASES.items():
        data = request.SerializeToString()
        reply = encode_from_dict(method, data, result, TABLES, 2)
        assert reply is not None
        message = reply_class.FromString(reply)
        wire = Wire(Rehearsal(TABLES, [result], prepared=True))
        taken = (
            per_call_ns(lambda n: decode_loop(method, data, n), 200_000),  # noqa: B023
            per_call_ns(lambda n: encode_loop(method, data, result, TABLES, n), 200_000),  # noqa: B023
            per_call_ns(lambda n: handle_loop(wire, method, data, NOW_US, n), 200_000),  # noqa: B023
            classes_ns(lambda: type(request).FromString(data)),  # noqa: B023
            classes_ns(message.SerializeToString),
        )
        print(f"{name:>18} {taken[0]:8.0f} {taken[1]:8.0f} {taken[2]:8.0f} {taken[3]:14.0f} {taken[4]:18.0f}")
    with open_demo() as engine:
        print_engine(engine)


def engine_times(engine: Engine, numbers: Iterator[int]) -> dict[str, list[float]]:
    """Microseconds of a call over the engine, of 15 batches."""
    wire = Wire(engine.face)
    route = RouteRequest(order=demo_order(engine, 3)).SerializeToString()
    promise = PromiseRequest(order=demo_order(engine, 2)).SerializeToString()
    found = {
        "route, 3 lines": [timed(lambda: handle_loop(wire, 2, route, engine.now_us(), BATCH)) for _ in range(15)],
        "promise, 2 lines": [timed(lambda: handle_loop(wire, 3, promise, engine.now_us(), BATCH)) for _ in range(15)],
        "reserve, 2 lines": [],
    }
    for _ in range(15):
        messages = reserves(engine, numbers)
        engine.kick()
        engine.wait_durable(engine.face.seq)
        found["reserve, 2 lines"].append(timed(lambda: handle_each(wire, 1, messages, engine.now_us())))  # noqa: B023
    return found


def engine_medians(engine: Engine, numbers: Iterator[int]) -> dict[str, float]:
    """Median of the batches, by row."""
    return {name: median(taken) for name, taken in engine_times(engine, numbers).items()}


def print_engine(engine: Engine) -> None:
    """Best and median of the batches."""
    print(f"{'us a call, engine':>18} {'best':>8} {'median':>8}")
    for name, taken in engine_times(engine, itertools.count()).items():
        print_row(name, taken)


def timed(run: Callable[[], object]) -> float:
    """Microseconds of one call out of BATCH."""
    began = time.perf_counter()
    run()
    return (time.perf_counter() - began) / BATCH * 1e6


def print_row(name: str, taken: list[float]) -> None:
    print(f"{name:>18} {min(taken):8.2f} {sorted(taken)[len(taken) // 2]:8.2f}")


if __name__ == "__main__":
    main()
