"""Which calls the server remembers, and the id it remembers them by."""

import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from fastdom_api.v1.promise_service_pb2 import BatchPromiseRequest, PromiseRequest
from fastdom_api.v1.reservation_service_pb2 import BatchReserveRequest
from fastdom_api.v1.routing_service_pb2 import ROUTE_MODE_FIRM, ROUTE_MODE_HOLD, BatchRouteRequest, RouteRequest

M = TypeVar("M", bound=Message)

NANOS = 1_000_000_000


def _route_is_remembered(request: RouteRequest) -> bool:
    return request.mode in (ROUTE_MODE_HOLD, ROUTE_MODE_FIRM)


def _promise_is_remembered(request: PromiseRequest) -> bool:
    return request.hold


# Messages with a request_id that do not always use it up; every other one does.
SOMETIMES: dict[type[Message], Callable[..., bool]] = {
    RouteRequest: _route_is_remembered,
    PromiseRequest: _promise_is_remembered,
}
BATCHES = (BatchRouteRequest, BatchPromiseRequest, BatchReserveRequest)


def new_request_id() -> str:
    """Return a fresh request_id: 32 hexadecimal digits of 122 random bits."""
    return uuid.uuid4().hex


def now() -> Timestamp:
    """Return the time of now, cut to the microsecond as the contract's timestamps are."""
    now_ns = time.time_ns()
    return Timestamp(seconds=now_ns // NANOS, nanos=now_ns % NANOS // 1000 * 1000)


def needs_id(request: Any) -> bool:
    """Return whether the server would remember this request but it has no request_id yet."""
    if "request_id" not in request.DESCRIPTOR.fields_by_name or request.request_id:
        return False
    sometimes = SOMETIMES.get(type(request))
    return sometimes is None or sometimes(request)


def identified(request: M) -> M:
    """Return the request with request_id and first_sent_at filled in wherever they are needed.

    A request that brings its own request_id is left alone, first_sent_at included: its first sending may be long ago,
    and only the caller knows. The given message is not changed; a copy is made when something has to be filled in.
    """
    if not any(needs_id(item) for item in items_of(request)):
        return request
    filled = copied(request)
    for item in items_of(filled):
        if needs_id(item):
            item.request_id = new_request_id()
            item.first_sent_at.CopyFrom(now())
    return filled


def items_of(request: Message) -> Sequence[Any]:
    """Return the items of a batch; of any other request itself."""
    return request.requests if isinstance(request, BATCHES) else (request,)


def copied(message: M) -> M:
    """Return a copy of a message."""
    copy = type(message)()
    copy.CopyFrom(message)
    return copy
