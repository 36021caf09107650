"""The asyncio client."""

from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self, TypeVar

from google.protobuf.message import Message

from fastdom_api.v1.inventory_service_pb2 import ImportInventoryResponse
from fastdom_client.aio_transport import AsyncTransport
from fastdom_client.call import Call
from fastdom_client.calls import imports
from fastdom_client.calls.imports import Row
from fastdom_client.options import DEFAULT_OPTIONS, DEFAULT_SERVER, ConnectionOptions
from fastdom_client.retry import DEFAULT_RETRY, RetryPolicy
from fastdom_client.rpcs import Rpcs
from fastdom_client.transport import Metadata
from fastdom_client.values import When

ResponseT = TypeVar("ResponseT", bound=Message)


class AsyncClient(Rpcs):
    """A client of one fastdom server for asyncio: the methods of `Client`, awaited; lists are async iterators.

    Parameters are those of `Client`. It belongs to the event loop of its first call.

    Examples
    --------
    >>> async with AsyncClient("127.0.0.1:7443") as client:  # doctest: +SKIP
    ...     quoted = await client.promise(order("web", [("SKU-1", 2)], pin="560001"))
    ...     async for node in client.list_nodes():
    ...         print(node.node_id)
    """

    def __init__(
        self,
        server: str = DEFAULT_SERVER,
        *,
        options: ConnectionOptions = DEFAULT_OPTIONS,
        retry: RetryPolicy = DEFAULT_RETRY,
        timeout_s: float | None = None,
        metadata: Metadata = (),
        transport: AsyncTransport | None = None,
    ) -> None:
        self.transport = transport or AsyncTransport(
            server, options=options, retry=retry, timeout_s=timeout_s, metadata=metadata
        )

    async def send(self, call: Call[Any, ResponseT]) -> ResponseT:
        """Send a call made by `fastdom_client.calls`; sending it again is a repeat of it."""
        return await self.transport.send(call)

    async def import_inventory(
        self,
        rows: Iterable[Row],
        *,
        as_of: When | None = None,
        includes_fulfilments_up_to: int = 0,
        import_id: str = "",
        timeout_s: float | None = None,
    ) -> ImportInventoryResponse:
        """Set many positions; see `calls.imports.streams` for the arguments. Bad rows are in the reply's errors."""
        total = ImportInventoryResponse()
        for stream in imports.streams(
            rows,
            as_of=as_of,
            includes_fulfilments_up_to=includes_fulfilments_up_to,
            import_id=import_id,
            timeout_s=timeout_s,
        ):
            imports.add(total, await self.transport.send(stream))
        return total

    async def wait_until_serving(self, timeout_s: float = 30.0) -> None:
        """Return once the server is ready; FastdomError when it is not within `timeout_s` seconds."""
        await self.transport.wait_until_serving(timeout_s)

    async def close(self) -> None:
        """Close the connection."""
        await self.transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
