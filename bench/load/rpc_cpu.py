"""Server CPU per unary call, beside a bare grpc.aio + uvloop server that answers with as many bytes.

    python bench/load/rpc_cpu.py [--runs 5] [--calls 6000] [--callers 16] [--only METHOD]

Server (mode process, demo network) and echo run as processes of their own; one client process sends pre-serialised
bodies to both in alternating runs. CPU is utime + stime of the server from /proc over the calls answered. Medians of
the runs; the p50 at one caller is printed beside. The SKUs asked for have plenty of stock, and a reply that is not a
grant ends the benchmark: a refusal would be cheaper.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from statistics import median

import grpc
import uvloop

from fastdom_api.v1 import (
    inventory_service_pb2,
    inventory_service_pb2_grpc,
    order_pb2,
    promise_service_pb2,
    reservation_service_pb2,
    routing_service_pb2,
    types_pb2,
)

ROOT = Path(__file__).resolve().parents[2]
NETWORK = ROOT / "src/fastdom/demo/network"
TICKS = os.sysconf("SC_CLK_TCK")

Body = Callable[[], bytes]
Granted = Callable[[bytes], bool]
SKUS = ("APP-0006", "APP-0016", "APP-0005")
PLENTY = 100_000_000


def cart(lines: int) -> order_pb2.Order:
    """An order of a few well stocked SKUs to a metro."""
    skus = SKUS[:lines]
    return order_pb2.Order(
        order_id=uuid.uuid4().hex[:12],
        channel="own-site",
        lines=[order_pb2.OrderLine(line_id=str(i + 1), sku=sku, quantity=1) for i, sku in enumerate(skus)],
        destination=types_pb2.Destination(address=types_pb2.PostalAddress(country_code="IN", postal_code="560001")),
    )


def promise_body() -> bytes:
    """Promise of two lines, all service levels."""
    return promise_service_pb2.PromiseRequest(order=cart(2)).SerializeToString()


def route_body() -> bytes:
    """Route of three lines, dry run."""
    request = routing_service_pb2.RouteRequest(order=cart(3), mode=routing_service_pb2.ROUTE_MODE_PLAN)
    return request.SerializeToString()


def reserve_body() -> bytes:
    """Reserve of two lines, routed; lives for a second, so that stock comes back."""
    request = reservation_service_pb2.ReserveRequest(request_id=uuid.uuid4().hex, order=cart(2))
    request.ttl.seconds = 1
    return request.SerializeToString()


def promised(reply: bytes) -> bool:
    """At least one option."""
    return bool(promise_service_pb2.PromiseResponse.FromString(reply).options)


def routed(reply: bytes) -> bool:
    """A whole plan."""
    outcome = routing_service_pb2.RouteResponse.FromString(reply).outcome
    return outcome == routing_service_pb2.ROUTE_OUTCOME_COMPLETE


def reserved(reply: bytes) -> bool:
    """A reservation of everything."""
    outcome = reservation_service_pb2.ReserveResponse.FromString(reply).outcome
    return outcome == reservation_service_pb2.RESERVE_OUTCOME_GRANTED


METHODS: dict[str, tuple[str, Body, Granted]] = {
    "Promise": ("/fastdom.v1.PromiseService/Promise", promise_body, promised),
    "Route": ("/fastdom.v1.RoutingService/Route", route_body, routed),
    "Reserve": ("/fastdom.v1.ReservationService/Reserve", reserve_body, reserved),
}


def fill(address: str) -> None:
    """Plenty of the SKUs at every distribution centre."""
    with grpc.insecure_channel(address) as channel:
        stock = inventory_service_pb2_grpc.InventoryServiceStub(channel)
        for sku in SKUS:
            for node in ("dc-mumbai", "dc-bengaluru", "dc-delhi"):
                stock.SetInventory(
                    inventory_service_pb2.SetInventoryRequest(
                        request_id=uuid.uuid4().hex, sku=sku, node_id=node, on_hand=PLENTY
                    )
                )


def cpu_s(pid: int) -> float:
    """CPU seconds used so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def drive(address: str, path: str, bodies: list[bytes], callers: int) -> tuple[list[float], list[bytes]]:
    """Send every body once from so many callers; call times in microseconds, and the replies."""
    times: list[float] = []
    replies: list[bytes] = []
    async with grpc.aio.insecure_channel(address) as channel:
        call = channel.unary_unary(path)
        queue = iter(bodies)

        async def caller() -> None:
            for body in queue:
                begun = time.perf_counter()
                reply = await call(body)
                times.append((time.perf_counter() - begun) * 1e6)
                replies.append(reply)

        await asyncio.gather(*(caller() for _ in range(callers)))
    return times, replies


def start(command: list[str], ready: Callable[[subprocess.Popen[str]], str]) -> tuple[subprocess.Popen[str], str]:
    """Start a server process; its address once it is ready."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return process, ready(process)


def server_address(process: subprocess.Popen[str]) -> str:
    """Address from the line the server prints when it serves."""
    assert process.stdout is not None
    line = process.stdout.readline()
    return line.split(" on ")[1].split(" ")[0]


def echo_address(process: subprocess.Popen[str]) -> str:
    """Address of the echo server."""
    assert process.stdout is not None
    return f"127.0.0.1:{process.stdout.readline().strip()}"


def measure(
    pid: int, address: str, path: str, make: Body, calls: int, callers: int, granted: Granted | None
) -> tuple[float, int]:
    """(microseconds of server CPU a call, bytes of a reply) of one run, bodies made beforehand."""
    bodies = [make() for _ in range(calls)]
    uvloop.run(drive(address, path, bodies[: calls // 10], callers))
    before = cpu_s(pid)
    _, replies = uvloop.run(drive(address, path, bodies[calls // 10 :], callers))
    used_us = (cpu_s(pid) - before) * 1e6 / (calls - calls // 10)
    if granted is not None and not all(granted(reply) for reply in replies):
        raise SystemExit(f"{path}: a reply is no grant, so the benchmark would measure refusals")
    return used_us, int(median(len(reply) for reply in replies))


def main() -> None:
    """Run and print one line per method, then the same as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--calls", type=int, default=6000)
    parser.add_argument("--callers", type=int, default=16)
    parser.add_argument("--only", choices=METHODS, help="one method alone")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server, address = start(
            [
                sys.executable,
                "-m",
                "fastdom_server",
                "--data",
                f"{folder}/data",
                "--network",
                str(NETWORK),
                "--listen",
                "127.0.0.1:0",
                "--durability",
                "process",
            ],
            server_address,
        )
        echo, echo_at = start([sys.executable, str(ROOT / "bench/peers/echo_aio.py")], echo_address)
        report = {}
        try:
            fill(address)
            for name, (path, make, granted) in METHODS.items():
                if arguments.only not in (None, name):
                    continue
                ours: list[float] = []
                bare: list[float] = []
                size = measure(server.pid, address, path, make, 200, arguments.callers, granted)[1]

                def echo_body(like: int = len(make()), size: int = size) -> bytes:
                    return size.to_bytes(4, "little") + bytes(max(0, like - 4))

                for _ in range(arguments.runs):
                    for pid, at, where, body, into, good in (
                        (server.pid, address, path, make, ours, granted),
                        (echo.pid, echo_at, "/bench.Echo/Echo", echo_body, bare, None),
                    ):
                        into.append(measure(pid, at, where, body, arguments.calls, arguments.callers, good)[0])
                one, _ = uvloop.run(drive(address, path, [make() for _ in range(500)], 1))
                one_echo, _ = uvloop.run(drive(echo_at, "/bench.Echo/Echo", [echo_body()] * 500, 1))
                report[name] = {
                    "server_us": median(ours),
                    "echo_us": median(bare),
                    "over_us": median(ours) - median(bare),
                    "reply_bytes": size,
                    "p50_one_caller_us": median(one),
                    "echo_p50_one_caller_us": median(one_echo),
                }
                row = report[name]
                print(
                    f"{name:8} server {row['server_us']:6.1f} us CPU a call, echo {row['echo_us']:6.1f}, "
                    f"over {row['over_us']:+6.1f} us; reply {size} B; p50 at one caller "
                    f"{row['p50_one_caller_us']:.0f} us, echo {row['echo_p50_one_caller_us']:.0f} us",
                    flush=True,
                )
        finally:
            for process in (server, echo):
                process.terminate()
                process.wait(20)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
