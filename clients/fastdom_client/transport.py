"""Sends calls over one gRPC channel and repeats what is safe to repeat. The one seam between the client and the wire.

Whatever gathers single calls into batches later goes here: it sees every `Call` before it leaves.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import grpc
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2

from fastdom_client.call import Call, Pages, StreamCall
from fastdom_client.calls.health import HEALTH
from fastdom_client.errors import FastdomError, UnavailableError, from_call
from fastdom_client.fields import address, seconds
from fastdom_client.options import ConnectionOptions
from fastdom_client.retry import Attempts, RetryPolicy

ResponseT = TypeVar("ResponseT", bound=Message)
ItemT = TypeVar("ItemT")
Metadata = Sequence[tuple[str, str]]
SERVING = health_pb2.HealthCheckResponse.SERVING


class Transport:
    """A channel to one server. Threads may share it.

    Parameters
    ----------
    server : str
        Address, "host:port" or any gRPC target.
    options : ConnectionOptions
        Credentials and connection settings.
    retry : RetryPolicy
        How often and how fast a failed attempt is repeated.
    timeout_s : float or None
        Time limit of calls that name none, in seconds; None = each method's own.
    metadata : sequence of (str, str)
        Sent with every call, such as an authorization header.
    clock, sleep, uniform : callable
        Monotonic time, waiting and drawing; tests replace them.
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
        sleep: Callable[[float], None] = time.sleep,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._retry = retry
        self._timeout_s = seconds("timeout_s", timeout_s)
        self._metadata = tuple(metadata)
        self._clock, self._sleep, self._uniform = clock, sleep, uniform
        arguments = options.channel_arguments()
        self._channel = (
            grpc.insecure_channel(address(server), arguments)
            if options.credentials is None
            else grpc.secure_channel(server, options.credentials, arguments)
        )
        self._invokers: dict[str, Any] = {}
        self._lock = threading.Lock()

    def send(self, call: Call[Any, ResponseT] | StreamCall[Any, ResponseT]) -> ResponseT:
        """Send a call and return its answer.

        Raises
        ------
        FastdomError
            When the last attempt failed; its `request_id` is the one all attempts carried.
        """
        attempts = attempts_of(call, self._retry, self._timeout_s, self._clock(), self._uniform)
        while True:
            try:
                return self._attempt(call, attempts.timeout_s(self._clock()))
            except grpc.RpcError as failure:
                error = _read(failure)
            wait_s = attempts.wait_s(error, self._clock())
            if wait_s is None:
                error.request_id = call.request_id
                raise error
            self._sleep(wait_s)

    def pages(self, pages: Pages[ResponseT, ItemT]) -> Iterator[ItemT]:
        """Yield the items of a list, fetching each page when it is reached."""
        call: Call[Any, ResponseT] | None = pages.first
        while call is not None:
            page = self.send(call)
            yield from pages.items(page)
            call = pages.after(call, page)

    def wait_until_serving(self, timeout_s: float) -> None:
        """Return once the server says SERVING.

        Raises
        ------
        FastdomError
            When it does not within `timeout_s` seconds.
        """
        attempts = waiting_attempts(self._retry, timeout_s, self._clock(), self._uniform)
        while True:
            try:
                reply: health_pb2.HealthCheckResponse = self._attempt(
                    Call(HEALTH, health_pb2.HealthCheckRequest()), attempts.timeout_s(self._clock())
                )
                if reply.status == SERVING:
                    return
                error: FastdomError = not_serving(reply)
            except grpc.RpcError as failure:
                error = _read(failure)
            wait_s = attempts.wait_s(error, self._clock())
            if wait_s is None:
                raise error
            self._sleep(wait_s)

    def close(self) -> None:
        """Close the channel; calls under way fail with CancelledCallError."""
        self._channel.close()

    def _attempt(self, call: Call[Any, ResponseT] | StreamCall[Any, ResponseT], timeout_s: float) -> ResponseT:
        invoke = self._invokers.get(call.method.path) or self._invoker(call)
        sent = iter(call.requests) if isinstance(call, StreamCall) else call.request
        reply: ResponseT = invoke(sent, timeout=timeout_s, metadata=self._metadata)
        return reply

    def _invoker(self, call: Call[Any, ResponseT] | StreamCall[Any, ResponseT]) -> Any:
        """Make the method's callable on first use; gRPC keeps what it needs per method inside it."""
        make = self._channel.stream_unary if isinstance(call, StreamCall) else self._channel.unary_unary
        method = call.method
        with self._lock:
            return self._invokers.setdefault(
                method.path,
                make(
                    method.path,
                    request_serializer=method.request_type.SerializeToString,
                    response_deserializer=method.response_type.FromString,
                ),
            )


def attempts_of(
    call: Call[Any, ResponseT] | StreamCall[Any, ResponseT],
    retry: RetryPolicy,
    timeout_s: float | None,
    now_s: float,
    uniform: Callable[[float, float], float],
) -> Attempts:
    """Return the attempts of a call: its own time limit wins over the client's, that over the method's."""
    method = call.method
    limit_s = next(limit for limit in (call.timeout_s, timeout_s, method.limits.call_s) if limit is not None)
    return Attempts(
        retry,
        retried=method.retried,
        timeout_s=limit_s,
        attempt_timeout_s=method.limits.attempt_s,
        now_s=now_s,
        uniform=uniform,
    )


def waiting_attempts(
    retry: RetryPolicy, timeout_s: float, now_s: float, uniform: Callable[[float, float], float]
) -> Attempts:
    """Return attempts bounded by time alone, for waiting until a server is up."""
    patient = RetryPolicy(1_000_000_000, retry.backoff_base_s, retry.backoff_max_s)
    return Attempts(
        patient,
        retried=True,
        timeout_s=timeout_s,
        attempt_timeout_s=HEALTH.limits.attempt_s,
        now_s=now_s,
        uniform=uniform,
    )


def not_serving(reply: health_pb2.HealthCheckResponse) -> FastdomError:
    """Return the error of a server that is up but not ready."""
    status = health_pb2.HealthCheckResponse.ServingStatus.Name(reply.status)
    return UnavailableError(grpc.StatusCode.UNAVAILABLE, f"the server says {status}")


def _read(failure: grpc.RpcError) -> FastdomError:
    """Read the error of a failed call; the exception of the synchronous stack is its call, too."""
    failed: Any = failure
    return from_call(failed.code(), failed.details(), failed.trailing_metadata() or ())
