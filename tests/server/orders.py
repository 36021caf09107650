"""Orders on the demo network, and how a refusal is read."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from fastdom_api.v1 import order_pb2, reservation_service_pb2, types_pb2

_numbers = itertools.count(1)

PIN = "560001"
"""Bengaluru."""


def request_id() -> str:
    """A request id no other test uses."""
    return f"test-{next(_numbers)}"


def address(postal_code: str = PIN, **more: Any) -> types_pb2.Destination:
    return types_pb2.Destination(address=types_pb2.PostalAddress(postal_code=postal_code, **more))


def order(*lines: tuple[str, int] | order_pb2.OrderLine, **more: Any) -> order_pb2.Order:
    """An order to Bengaluru of (sku, quantity) lines L1, L2 ..."""
    made = [
        line
        if isinstance(line, order_pb2.OrderLine)
        else order_pb2.OrderLine(line_id=f"L{i}", sku=line[0], quantity=line[1])
        for i, line in enumerate(lines, 1)
    ]
    fields: dict[str, Any] = {"order_id": "O-1", "channel": "own-site", "destination": address(), **more}
    return order_pb2.Order(lines=made, **fields)


def pinned(sku: str, quantity: int, node_id: str, line_id: str = "L1") -> order_pb2.OrderLine:
    """A line pinned to a node."""
    return order_pb2.OrderLine(line_id=line_id, sku=sku, quantity=quantity, node_id=node_id)


def reserve(*lines: tuple[str, int] | order_pb2.OrderLine, **more: Any) -> reservation_service_pb2.ReserveRequest:
    """A Reserve of an order of these lines."""
    of_order = {name: more.pop(name) for name in ("order_id", "channel", "destination") if name in more}
    fields: dict[str, Any] = {"request_id": request_id(), "order": order(*lines, **of_order), **more}
    return reservation_service_pb2.ReserveRequest(**fields)


@dataclass
class Refusal:
    """What a refused call said."""

    code: grpc.StatusCode | None = None
    message: str = ""
    reason: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    fields: list[str] = field(default_factory=list)
    retry_ms: int | None = None

    def read(self, status: status_pb2.Status) -> None:
        """Take a google.rpc.Status apart; exactly one ErrorInfo of the domain must be in it."""
        infos, bad, retry = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
        assert sum(detail.Unpack(infos) for detail in status.details) == 1
        assert infos.domain == "fastdom"
        self.message, self.reason, self.metadata = status.message, infos.reason, dict(infos.metadata)
        for detail in status.details:
            if detail.Unpack(bad):
                self.fields = [violation.field for violation in bad.field_violations]
            if detail.Unpack(retry):
                self.retry_ms = retry.retry_delay.ToMilliseconds()


@contextmanager
def refused() -> Iterator[Refusal]:
    """The call inside must be refused; tells how."""
    refusal = Refusal()
    with pytest.raises(grpc.RpcError) as raised:
        yield refusal
    status = rpc_status.from_call(raised.value)
    assert status is not None, f"{raised.value.code()} {raised.value.details()} without details"
    refusal.read(status)
    refusal.code = raised.value.code()


def refusal_of(call: Callable[..., Message], request: Message) -> Refusal:
    """Make a call that must be refused; how."""
    with refused() as refusal:
        call(request)
    return refusal
