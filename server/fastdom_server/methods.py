"""Which handler a method has: one table for all services, so that finding it costs one look-up a call.

While the server recovers every method is refused as UNAVAILABLE and worth a retry; afterwards an unknown method of the
package is UNSUPPORTED, and everything else is left to the next handler (reflection). Health is answered throughout.
"""

from collections.abc import Iterable, Mapping

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from google.rpc import status_pb2

from fastdom.reasons import Reason
from fastdom_api.v1 import (
    admin_service_pb2,
    exception_service_pb2,
    inventory_service_pb2,
    network_service_pb2,
    promise_service_pb2,
    reservation_service_pb2,
    routing_service_pb2,
)
from fastdom_server import errors
from fastdom_server.health import Health
from fastdom_server.interceptors import Handler, answering

PACKAGE = "/fastdom.v1."

CONTRACT: tuple[ServiceDescriptor, ...] = tuple(
    service
    for module in (
        routing_service_pb2,
        promise_service_pb2,
        reservation_service_pb2,
        inventory_service_pb2,
        network_service_pb2,
        exception_service_pb2,
        admin_service_pb2,
    )
    for service in module.DESCRIPTOR.services_by_name.values()
)
"""Every service of the contract."""


def recovering() -> status_pb2.Status:
    """Refusal of a server that does not answer yet."""
    return errors.status(Reason.SHUTTING_DOWN, message="the server recovers its state; nothing was done")


def unsupported() -> status_pb2.Status:
    """Refusal of a method this server does not have."""
    return errors.status(Reason.UNSUPPORTED, message="the server has no such method")


class Methods(grpc.GenericRpcHandler):
    """The handlers of the package by path; `serve` replaces those that refuse."""

    def __init__(self, health: Health) -> None:
        self._health = health.handlers()
        self._unknown = answering(unsupported, streamed=False)
        self._contract: Mapping[str, Handler] = {
            f"/{service.full_name}/{method.name}": answering(recovering, streamed=method.client_streaming)
            for service in CONTRACT
            for method in service.methods
        }
        self._table: Mapping[str, Handler] = {**self._contract, **self._health}

    def serve(self, services: Iterable[tuple[str, Mapping[str, Handler]]]) -> None:
        """Answer with the handlers of (full service name, handler by method) from now on.

        Raises
        ------
        ValueError
            A method of the contract has no handler, or a handler no method.
        """
        table = {f"/{name}/{method}": handler for name, methods in services for method, handler in methods.items()}
        if odd := table.keys() ^ self._contract.keys():
            raise ValueError(f"methods without handler, or handlers without method: {', '.join(sorted(odd))}")
        self._table = {**table, **self._health}

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Handler | None:
        """Find the handler of a call."""
        path = handler_call_details.method
        handler = self._table.get(path)
        return self._unknown if handler is None and path.startswith(PACKAGE) else handler
