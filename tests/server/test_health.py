"""Health changes with the life of the server."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import grpc.aio
import pytest
from google.rpc import status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from orders import Refusal

from fastdom_server import errors
from fastdom_server.health import Health
from fastdom_server.methods import Methods

Status = health_pb2.HealthCheckResponse
NAME = "fastdom.v1.RoutingService"
Scene = Callable[[Health, grpc.aio.Channel], Awaitable[None]]


def play(scene: Scene) -> None:
    """Serve health and the refusing methods of a recovering server on a free port."""

    async def run() -> None:
        health = Health([NAME])
        server = grpc.aio.server(handlers=(Methods(health),))
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        try:
            async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
                await scene(health, channel)
        finally:
            await server.stop(None)

    asyncio.run(run())


def test_not_serving_until_told() -> None:
    """A server is NOT_SERVING until it says otherwise, for each service alike."""

    async def scene(health: Health, channel: grpc.aio.Channel) -> None:
        stub = health_pb2_grpc.HealthStub(channel)
        for service in ("", NAME):
            assert (await stub.Check(health_pb2.HealthCheckRequest(service=service))).status == Status.NOT_SERVING
        health.serving()
        listed = (await stub.List(health_pb2.HealthListRequest())).statuses
        assert {name: entry.status for name, entry in listed.items()} == {"": Status.SERVING, NAME: Status.SERVING}

    play(scene)


def test_a_watch_sees_each_change_and_ends_with_the_server() -> None:
    """A watch tells the status now, each change, and ends when the server drains."""

    async def scene(health: Health, channel: grpc.aio.Channel) -> None:
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service=NAME))
        seen = [(await watch.read()).status]
        health.serving()
        seen.append((await watch.read()).status)
        health.end()
        while (change := await watch.read()) is not grpc.aio.EOF:
            seen.append(change.status)
        assert seen == [Status.NOT_SERVING, Status.SERVING, Status.NOT_SERVING]

    play(scene)


def test_unknown_service() -> None:
    """Check of an unknown service is NOT_FOUND; a watch of one waits for it to appear."""

    async def scene(_health: Health, channel: grpc.aio.Channel) -> None:
        stub = health_pb2_grpc.HealthStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await stub.Check(health_pb2.HealthCheckRequest(service="nothing"))
        assert error.value.code() is grpc.StatusCode.NOT_FOUND
        watch = stub.Watch(health_pb2.HealthCheckRequest(service="nothing"))
        assert (await watch.read()).status == Status.SERVICE_UNKNOWN

    play(scene)


@pytest.mark.parametrize("streamed", [False, True])
def test_calls_during_recovery(streamed: bool) -> None:
    """While it recovers a server refuses every method, streams too, as UNAVAILABLE and worth a retry."""

    async def scene(_health: Health, channel: grpc.aio.Channel) -> None:
        if streamed:
            call: Any = channel.stream_unary("/fastdom.v1.InventoryService/ImportInventory")(iter([b""]))
        else:
            call = channel.unary_unary("/fastdom.v1.ReservationService/Reserve")(b"")
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await call
        refusal = Refusal()
        refusal.read(status_pb2.Status.FromString(dict(error.value.trailing_metadata())[errors.DETAILS_TRAILER]))
        assert error.value.code() is grpc.StatusCode.UNAVAILABLE
        assert refusal.retry_ms

    play(scene)
