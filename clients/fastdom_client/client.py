"""The synchronous client."""

from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self, TypeVar

from google.protobuf.message import Message

from fastdom_api.v1.inventory_service_pb2 import ImportInventoryResponse
from fastdom_client.call import Call
from fastdom_client.calls import imports
from fastdom_client.calls.imports import Row
from fastdom_client.options import DEFAULT_OPTIONS, DEFAULT_SERVER, ConnectionOptions
from fastdom_client.retry import DEFAULT_RETRY, RetryPolicy
from fastdom_client.rpcs import Rpcs
from fastdom_client.transport import Metadata, Transport
from fastdom_client.values import When

ResponseT = TypeVar("ResponseT", bound=Message)


class Client(Rpcs):
    """A client of one fastdom server; threads may share it.

    Every RPC is a method that takes the arguments of its builder in `fastdom_client.calls`, or its request message, and
    returns the reply message; lists take the builder's arguments and return an iterator over the items of all pages.

    Parameters
    ----------
    server : str
        Address, "host:port".
    options : ConnectionOptions
        Credentials and connection settings.
    retry : RetryPolicy
        How often and how fast a failed attempt is repeated.
    timeout_s : float or None
        Time limit of calls that name none, in seconds; None = each method's own.
    metadata : sequence of (str, str)
        Sent with every call.
    transport : Transport
        Sends the calls in place of one made from the other arguments.

    Examples
    --------
    >>> with Client("127.0.0.1:7443") as client:  # doctest: +SKIP
    ...     cart = order("web", [("SKU-1", 2)], pin="560001")
    ...     quoted = client.promise(cart)
    ...     taken = client.reserve(cart, option_token=quoted.options[0].option_token, ttl=600)
    ...     client.commit(taken.reservation.reservation_id)
    """

    def __init__(
        self,
        server: str = DEFAULT_SERVER,
        *,
        options: ConnectionOptions = DEFAULT_OPTIONS,
        retry: RetryPolicy = DEFAULT_RETRY,
        timeout_s: float | None = None,
        metadata: Metadata = (),
        transport: Transport | None = None,
    ) -> None:
        self.transport = transport or Transport(
            server, options=options, retry=retry, timeout_s=timeout_s, metadata=metadata
        )

    def send(self, call: Call[Any, ResponseT]) -> ResponseT:
        """Send a call made by `fastdom_client.calls`; sending it again is a repeat of it."""
        return self.transport.send(call)

    def import_inventory(
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
            imports.add(total, self.transport.send(stream))
        return total

    def wait_until_serving(self, timeout_s: float = 30.0) -> None:
        """Return once the server is ready; FastdomError when it is not within `timeout_s` seconds."""
        self.transport.wait_until_serving(timeout_s)

    def close(self) -> None:
        """Close the connection."""
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
