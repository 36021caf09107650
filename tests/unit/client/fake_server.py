"""A gRPC server that answers what a test tells it to, and keeps what it was sent."""

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent import futures
from typing import Any, TypeAlias

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from fastdom_client.call import Call
from fastdom_client.calls.imports import IMPORT_INVENTORY
from fastdom_client.method import Method
from fastdom_client.rpcs import PagedRpc, Rpc, Rpcs


def all_methods() -> dict[str, Method[Any, Any]]:
    """Every method both clients can call, by path."""
    found: dict[str, Method[Any, Any]] = {IMPORT_INVENTORY.path: IMPORT_INVENTORY}
    for entry in vars(Rpcs).values():
        if isinstance(entry, Rpc):
            found[entry.method.path] = entry.method
        elif isinstance(entry, PagedRpc):
            first: Call[Any, Any] = entry.build().first
            found[first.method.path] = first.method
    return found


def failure(
    code: grpc.StatusCode,
    reason: str = "",
    message: str = "it failed",
    *,
    metadata: dict[str, str] | None = None,
    retry_after_s: float | None = None,
    violations: Sequence[tuple[str, str]] = (),
) -> status_pb2.Status:
    """A google.rpc.Status as the server makes it; without a reason it carries no details, as from a proxy."""
    status = status_pb2.Status(code=code.value[0], message=message)
    if reason:
        info = error_details_pb2.ErrorInfo(reason=reason, domain="fastdom", metadata=metadata or {})
        status.details.add().Pack(info)
    if violations:
        bad = error_details_pb2.BadRequest()
        for field, description in violations:
            bad.field_violations.add(field=field, description=description)
        status.details.add().Pack(bad)
    if retry_after_s is not None:
        delay = Duration()
        delay.FromMicroseconds(round(retry_after_s * 1_000_000))
        status.details.add().Pack(error_details_pb2.RetryInfo(retry_delay=delay))
    return status


class Silence:
    """No answer: the handler waits until the caller has given up."""


Answer: TypeAlias = Message | status_pb2.Status | Silence | Callable[[Any], Message]


class FakeServer:
    """Answers by method name from a script; the last answer of a script is given again and again.

    Attributes
    ----------
    address : str
        Where it listens.
    script : dict of str to list
        Method name -> replies, failures, `Silence` or functions of the request.
    seen : dict of str to list
        Method name -> requests received (for a stream: lists of them), in order.
    metadata : list of dict
        Metadata of every call received.
    time_limits_s : list of float
        Time left of every call when it was received, in seconds.
    """

    def __init__(self, port: int = 0) -> None:
        self.script: dict[str, list[Answer]] = defaultdict(list)
        self.seen: dict[str, list[Any]] = defaultdict(list)
        self.metadata: list[dict[str, Any]] = []
        self.time_limits_s: list[float] = []
        self._lock = threading.Lock()
        self._server = grpc.server(
            futures.ThreadPoolExecutor(max_workers=4, thread_name_prefix="fake"), options=[("grpc.so_reuseport", 0)]
        )
        services: dict[str, dict[str, grpc.RpcMethodHandler[Any, Any]]] = defaultdict(dict)
        for path, method in all_methods().items():
            _, service, name = path.split("/")
            services[service][name] = self._handler(name, method)
        for service, handlers in services.items():
            self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
        self.port = self._server.add_insecure_port(f"127.0.0.1:{port}")
        self.address = f"127.0.0.1:{self.port}"
        self._server.start()

    def stop(self) -> None:
        """Stop at once; calls under way fail with UNAVAILABLE or CANCELLED."""
        self._server.stop(None).wait()

    def _handler(self, name: str, method: Method[Any, Any]) -> Any:
        def answer(request: Any, context: grpc.ServicerContext) -> Message:
            sent = request if isinstance(request, Message) else list(request)
            with self._lock:
                self.seen[name].append(sent)
                self.metadata.append(dict(context.invocation_metadata()))
                self.time_limits_s.append(context.time_remaining())
                script = self.script[name]
                chosen: Answer = (script.pop(0) if len(script) > 1 else script[0]) if script else method.response_type()
            return _give(chosen, sent, context)

        make = (
            grpc.stream_unary_rpc_method_handler if method is IMPORT_INVENTORY else grpc.unary_unary_rpc_method_handler
        )
        return make(answer, method.request_type.FromString, lambda reply: reply.SerializeToString())


def _give(chosen: Answer, sent: Any, context: grpc.ServicerContext) -> Message:
    if isinstance(chosen, Silence):
        gone = threading.Event()
        if context.add_callback(gone.set):
            gone.wait()
        context.abort(grpc.StatusCode.CANCELLED, "the caller has gone")
    if isinstance(chosen, status_pb2.Status):
        code = next(code for code in grpc.StatusCode if code.value[0] == chosen.code)
        if chosen.details:
            context.set_trailing_metadata((("grpc-status-details-bin", chosen.SerializeToString()),))
        context.abort(code, chosen.message)
    return chosen(sent) if callable(chosen) else chosen


def gone() -> str:
    """The address of a server that has just gone."""
    server = FakeServer()
    server.stop()
    return server.address
