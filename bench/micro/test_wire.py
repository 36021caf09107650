"""Native codec and seam, in native loops: `python -m pytest bench/micro/test_wire.py`, or as a script for ns a call.

The seam's own cost is measured over a core that has decided already; `bench/micro/test_engine.py` and the server's
benchmarks add the decision. `python -m bench.micro.test_wire` prints a table, beside it what the generated classes take
for the same bytes from Python.
"""

import time
from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.message import Message

from fastdom_api.v1.order_pb2 import Order
from fastdom_api.v1.promise_service_pb2 import PromiseRequest, PromiseResponse
from fastdom_api.v1.reservation_service_pb2 import ReserveRequest, ReserveResponse
from fastdom_api.v1.routing_service_pb2 import RouteRequest, RouteResponse
from fastdom_server._wire.inspect import Rehearsal, decode_loop, encode_from_dict, encode_loop, handle_loop
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
            "n_allocations": n_lines, "cost_micros": 81_000_000 - i, "token": bytes(96), "valid_until_us": NOW_US + HOUR_US,
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


if __name__ == "__main__":
    main()
