"""grpc.health.v1: SERVING only while commands are answered; NOT_SERVING while recovering, draining or failed.

Unlike the reference servicer, a watch ends when the server drains, so that no watcher can hold up its exit; and its
methods are found through the same table as all others, because each method registered with grpc.aio by name adds one
more future that the server waits on anew for every call.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

import grpc
from grpc_health.v1 import health_pb2

from fastdom_server.interceptors import Handler

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
SERVICE_UNKNOWN = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


class Health:
    """The status of the server ("") and of each of its services; they change together."""

    def __init__(self, services: Iterable[str]) -> None:
        self.services = tuple(services)
        self._serving = False
        self._ended = False
        self._changed = asyncio.Event()

    def handlers(self) -> Mapping[str, Handler]:
        """Return the handler of every method by its path."""
        unary, stream = grpc.unary_unary_rpc_method_handler, grpc.unary_stream_rpc_method_handler
        check, reply = health_pb2.HealthCheckRequest.FromString, health_pb2.HealthCheckResponse.SerializeToString
        every, replies = health_pb2.HealthListRequest.FromString, health_pb2.HealthListResponse.SerializeToString
        return {
            "/grpc.health.v1.Health/Check": unary(self.check, check, reply),
            "/grpc.health.v1.Health/Watch": stream(self.watch, check, reply),
            "/grpc.health.v1.Health/List": unary(self.list, every, replies),
        }

    def serving(self) -> None:
        """Say that commands are answered."""
        self._set(serving=True)

    def not_serving(self) -> None:
        """Say that commands are not answered now."""
        self._set(serving=False)

    def end(self) -> None:
        """Say so for the last time and end the watches."""
        self._ended = True
        self._set(serving=False)

    def _set(self, *, serving: bool) -> None:
        self._serving = serving
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _status(self, service: str) -> Any:
        if service and service not in self.services:
            return SERVICE_UNKNOWN
        return SERVING if self._serving else NOT_SERVING

    async def check(self, request: Any, context: Any) -> Any:
        """Tell the status of one service; NOT_FOUND when there is none of the name."""
        status = self._status(request.service)
        if status == SERVICE_UNKNOWN:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"no service {request.service!r}")
        return health_pb2.HealthCheckResponse(status=status)

    async def watch(self, request: Any, _context: Any) -> AsyncIterator[Any]:
        """Tell the status of one service now and after each change."""
        last = None
        while True:
            changed, ended = self._changed, self._ended  # read with the status: the yield lets others run
            status = self._status(request.service)
            if status != last:
                yield health_pb2.HealthCheckResponse(status=status)
                last = status
            if ended:
                return
            await changed.wait()

    async def list(self, _request: Any, _context: Any) -> Any:
        """Tell the status of every service."""
        response = health_pb2.HealthListResponse()
        for service in ("", *self.services):
            response.statuses[service].status = self._status(service)
        return response
