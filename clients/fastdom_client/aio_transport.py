"""`transport.Transport` for asyncio: the same calls, the same repeats, on grpc.aio."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

import grpc
import grpc.aio
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2

from fastdom_client.call import Call, Pages, StreamCall
from fastdom_client.calls.health import HEALTH
from fastdom_client.errors import FastdomError, from_call
from fastdom_client.fields import address, seconds
from fastdom_client.options import ConnectionOptions
from fastdom_client.retry import RetryPolicy
from fastdom_client.transport import SERVING, Metadata, attempts_of, not_serving, waiting_attempts

ResponseT = TypeVar("ResponseT", bound=Message)
ItemT = TypeVar("ItemT")


class AsyncTransport:
    """A channel to one server, opened on first use so that it belongs to the running event loop.

    Parameters are those of `Transport`; `sleep` is awaited.
    """

    def __init__(
        self,
        server: str,
        *,
        options: ConnectionOptions,
        retry: RetryPolicy,
        timeout_s: float | None = None,
        metadata: Metadata = (),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._server = address(server)
        self._options = options
        self._retry = retry
        self._timeout_s = seconds("timeout_s", timeout_s)
        self._metadata = tuple(metadata)
        self._clock, self._sleep, self._uniform = clock, sleep, uniform
        self._channel: grpc.aio.Channel | None = None
        self._closed = False
        self._invokers: dict[str, Any] = {}

    async def send(self, call: Call[Any, ResponseT] | StreamCall[Any, ResponseT]) -> ResponseT:
        """Send a call and return its answer.

        Raises
        ------
        FastdomError
            When the last attempt failed; its `request_id` is the one all attempts carried.
        """
        attempts = attempts_of(call, self._retry, self._timeout_s, self._clock(), self._uniform)
        while True:
            try:
                return await self._attempt(call, attempts.timeout_s(self._clock()))
            except grpc.aio.AioRpcError as failure:
                error = _read(failure)
            wait_s = attempts.wait_s(error, self._clock())
            if wait_s is None:
                error.request_id = call.request_id
                raise error
            await self._sleep(wait_s)

    async def pages(self, pages: Pages[ResponseT, ItemT]) -> AsyncIterator[ItemT]:
        """Yield the items of a list, fetching each page when it is reached."""
        call: Call[Any, ResponseT] | None = pages.first
        while call is not None:
            page = await self.send(call)
            for item in pages.items(page):
                yield item
            call = pages.after(call, page)

    async def wait_until_serving(self, timeout_s: float) -> None:
        """Return once the server says SERVING; FastdomError when it does not within `timeout_s` seconds."""
        attempts = waiting_attempts(self._retry, timeout_s, self._clock(), self._uniform)
        while True:
            try:
                reply: health_pb2.HealthCheckResponse = await self._attempt(
                    Call(HEALTH, health_pb2.HealthCheckRequest()), attempts.timeout_s(self._clock())
                )
                if reply.status == SERVING:
                    return
                error: FastdomError = not_serving(reply)
            except grpc.aio.AioRpcError as failure:
                error = _read(failure)
            wait_s = attempts.wait_s(error, self._clock())
            if wait_s is None:
                raise error
            await self._sleep(wait_s)

    async def close(self) -> None:
        """Close the channel; calls under way are cancelled."""
        self._closed = True
        if self._channel is not None:
            await self._channel.close()

    async def _attempt(self, call: Call[Any, ResponseT] | StreamCall[Any, ResponseT], timeout_s: float) -> ResponseT:
        invoke = self._invokers.get(call.method.path) or self._invoker(call)
        sent = iter(call.requests) if isinstance(call, StreamCall) else call.request
        reply: ResponseT = await invoke(sent, timeout=timeout_s, metadata=self._metadata)
        return reply

    def _invoker(self, call: Call[Any, ResponseT] | StreamCall[Any, ResponseT]) -> Any:
        """Make the method's callable on first use, and the channel with the first of them."""
        if self._closed:
            raise ValueError("the client is closed")
        if self._channel is None:
            arguments = self._options.channel_arguments()
            credentials = self._options.credentials
            self._channel = (
                grpc.aio.insecure_channel(self._server, arguments)
                if credentials is None
                else grpc.aio.secure_channel(self._server, credentials, arguments)
            )
        make = self._channel.stream_unary if isinstance(call, StreamCall) else self._channel.unary_unary
        method = call.method
        self._invokers[method.path] = invoke = make(
            method.path,
            request_serializer=method.request_type.SerializeToString,
            response_deserializer=method.response_type.FromString,
        )
        return invoke


def _read(failure: grpc.aio.AioRpcError) -> FastdomError:
    trailers: Any = failure.trailing_metadata() or ()
    return from_call(failure.code(), failure.details(), tuple(trailers))
