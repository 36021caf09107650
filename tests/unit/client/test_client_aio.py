"""The asyncio client: the same behaviour, awaited."""

import asyncio
from collections.abc import Awaitable, Callable

import grpc
import grpc.aio
import pytest
from fake_server import FakeServer, Silence, failure, gone
from grpc_health.v1.health_pb2 import HealthCheckResponse

from fastdom_api.v1.inventory_service_pb2 import ImportInventoryResponse
from fastdom_api.v1.network_pb2 import Node
from fastdom_api.v1.network_service_pb2 import ListNodesResponse
from fastdom_api.v1.promise_service_pb2 import PromiseResponse
from fastdom_api.v1.reservation_service_pb2 import CommitRequest, CommitResponse
from fastdom_client import (
    AsyncClient,
    ConnectionOptions,
    DeadlineError,
    InvalidRequestError,
    RetryPolicy,
    UnavailableError,
    order,
)
from fastdom_client.aio_transport import AsyncTransport

CART = order("web", [("SKU-1", 2)], pin="560001")


def run(address: str, use: Callable[[AsyncClient], Awaitable[None]], attempts_max: int = 32) -> list[float]:
    """Run `use` with a client that does not sleep; return the waits it asked for, in seconds."""
    waits: list[float] = []

    async def wait(wait_s: float) -> None:
        waits.append(wait_s)

    async def main() -> None:
        transport = AsyncTransport(
            address,
            options=ConnectionOptions(),
            retry=RetryPolicy(attempts_max=attempts_max),
            sleep=wait,
            uniform=max,
        )
        async with AsyncClient(transport=transport) as client:
            await use(client)

    asyncio.run(main())
    return waits


def test_a_lost_answer_is_asked_for_again_with_the_same_id(fake: FakeServer) -> None:
    """UNAVAILABLE, then OK: the server sees one request_id and one first_sent_at twice."""
    fake.script["Commit"] = [failure(grpc.StatusCode.UNAVAILABLE), CommitResponse(inventory_seq=7)]

    async def use(client: AsyncClient) -> None:
        assert (await client.commit("r1")).inventory_seq == 7

    assert run(fake.address, use) == [0.05]
    first, second = fake.seen["Commit"]
    assert first == second
    assert first.request_id


def test_overload_waits_as_told(fake: FakeServer) -> None:
    """RESOURCE_EXHAUSTED with RetryInfo is repeated after at least that time."""
    busy = failure(grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", retry_after_s=0.25)
    fake.script["Promise"] = [busy, PromiseResponse(inventory_seq=3)]

    async def use(client: AsyncClient) -> None:
        assert (await client.promise(CART)).inventory_seq == 3

    assert run(fake.address, use) == [pytest.approx(0.3)]


def test_refusals_are_typed(fake: FakeServer) -> None:
    """Bad input is raised at once with its field, and carries the request_id."""
    fake.script["Reserve"] = [
        failure(grpc.StatusCode.INVALID_ARGUMENT, "UNKNOWN_SKU", metadata={"field": "order.lines[0].sku"})
    ]

    async def use(client: AsyncClient) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            await client.reserve(CART)
        assert caught.value.field == "order.lines[0].sku"
        assert caught.value.request_id == fake.seen["Reserve"][0].request_id

    assert run(fake.address, use) == []


def test_no_server_and_no_answer(fake: FakeServer) -> None:
    """Nobody listening is UnavailableError, silence is DeadlineError; neither is an answer."""
    fake.script["Digest"] = [Silence()]

    async def unreachable(client: AsyncClient) -> None:
        with pytest.raises(UnavailableError) as caught:
            await client.digest()
        assert not caught.value.answered

    async def silent(client: AsyncClient) -> None:
        with pytest.raises(DeadlineError) as caught:
            await client.digest(timeout_s=0.1)
        assert not caught.value.answered

    assert len(run(gone(), unreachable, attempts_max=3)) == 2
    run(fake.address, silent)


def test_lists_read_every_page(fake: FakeServer) -> None:
    """A list is an async iterator over all pages."""
    fake.script["ListNodes"] = [
        ListNodesResponse(nodes=[Node(node_id="A")], next_page_token="t1"),
        ListNodesResponse(nodes=[Node(node_id="B")]),
    ]

    async def use(client: AsyncClient) -> None:
        assert [node.node_id async for node in client.list_nodes()] == ["A", "B"]

    run(fake.address, use)
    assert [request.page_token for request in fake.seen["ListNodes"]] == ["", "t1"]


def test_imports_are_repeated(fake: FakeServer) -> None:
    """A broken import stream is sent again with the same chunks."""
    fake.script["ImportInventory"] = [failure(grpc.StatusCode.UNAVAILABLE), ImportInventoryResponse(rows_applied=2)]

    async def use(client: AsyncClient) -> None:
        assert (await client.import_inventory([("A", "N", 1), ("B", "N", 2)])).rows_applied == 2

    run(fake.address, use)
    first, second = fake.seen["ImportInventory"]
    assert first == second


def test_calls_run_side_by_side(fake: FakeServer) -> None:
    """Calls of several tasks over one client all get their answer; a message may stand in for the arguments."""

    async def use(client: AsyncClient) -> None:
        await asyncio.gather(*(client.commit(CommitRequest(reservation_id=f"r{number}")) for number in range(20)))

    run(fake.address, use)
    assert len({request.request_id for request in fake.seen["Commit"]}) == 20


def test_a_cancelled_task_is_cancelled(fake: FakeServer) -> None:
    """Cancelling the task ends the call with CancelledError, not with an error of fastdom."""
    fake.script["Digest"] = [Silence()]

    async def use(client: AsyncClient) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.digest(), 0.1)

    run(fake.address, use)


def test_waiting_until_serving(fake: FakeServer) -> None:
    """NOT_SERVING and UNAVAILABLE are waited out; in vain it is an UnavailableError."""
    fake.script["Check"] = [
        HealthCheckResponse(status=HealthCheckResponse.NOT_SERVING),
        failure(grpc.StatusCode.UNAVAILABLE),
        HealthCheckResponse(status=HealthCheckResponse.SERVING),
        HealthCheckResponse(status=HealthCheckResponse.NOT_SERVING),
    ]

    async def use(client: AsyncClient) -> None:
        await client.wait_until_serving(60.0)
        with pytest.raises(UnavailableError, match="NOT_SERVING"):
            await client.wait_until_serving(0.04)

    assert len(run(fake.address, use)) == 2


def test_a_closed_client_says_so() -> None:
    """A call after close is a ValueError."""

    async def main() -> None:
        client = AsyncClient()
        await client.close()
        with pytest.raises(ValueError, match="closed"):
            await client.digest()

    asyncio.run(main())
