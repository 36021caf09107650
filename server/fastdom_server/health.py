"""grpc.health.v1: SERVING only while commands are answered; NOT_SERVING while recovering, draining or failed.

Unlike the reference servicer, a watch ends when the server drains, so that no watcher can hold up its exit.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
SERVICE_UNKNOWN = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


class Health(health_pb2_grpc.HealthServicer):
    """The status of the server ("") and of each of its services; they change together."""

    def __init__(self, services: Iterable[str]) -> None:
        self._services = frozenset(services) | {""}
        self._serving = False
        self._ended = False
        self._changed = asyncio.Event()

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
        if service not in self._services:
            return SERVICE_UNKNOWN
        return SERVING if self._serving else NOT_SERVING

    async def Check(self, request: Any, context: Any) -> Any:
        """Tell the status of one service; NOT_FOUND when there is none of the name."""
        status = self._status(request.service)
        if status == SERVICE_UNKNOWN:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"no service {request.service!r}")
        return health_pb2.HealthCheckResponse(status=status)

    async def Watch(self, request: Any, context: Any) -> AsyncIterator[Any]:
        """Tell the status of one service now and after each change."""
        last = None
        while True:
            changed = self._changed
            status = self._status(request.service)
            if status != last:
                yield health_pb2.HealthCheckResponse(status=status)
                last = status
            if self._ended:
                return
            await changed.wait()

    async def List(self, request: Any, context: Any) -> Any:
        """Tell the status of every service."""
        response = health_pb2.HealthListResponse()
        for service in self._services:
            response.statuses[service].status = self._status(service)
        return response
