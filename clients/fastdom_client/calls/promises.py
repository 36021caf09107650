"""Calls of PromiseService."""

from collections.abc import Iterable

from fastdom_api.v1.order_pb2 import Order
from fastdom_api.v1.promise_service_pb2 import (
    BatchPromiseRequest,
    BatchPromiseResponse,
    PromiseRequest,
    PromiseResponse,
)
from fastdom_api.v1.types_pb2 import PolicyRef, ServiceLevel
from fastdom_client.call import Call, call
from fastdom_client.fields import message
from fastdom_client.method import BULK, HOT, Method
from fastdom_client.orders import policy_ref
from fastdom_client.values import Name, Span, When, duration, enum_value, enum_values, timestamp

PROMISE = Method("/fastdom.v1.PromiseService/Promise", PromiseRequest, PromiseResponse, HOT)
BATCH_PROMISE = Method("/fastdom.v1.PromiseService/BatchPromise", BatchPromiseRequest, BatchPromiseResponse, BULK)


def promise(
    order: Order,
    *,
    service_levels: Iterable[Name] = (),
    hold: bool = False,
    option: Name | None = None,
    ttl: Span | None = None,
    policy: str | PolicyRef | None = None,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[PromiseRequest, PromiseResponse]:
    """Quote delivery dates for a cart; with `hold` reserve one option in the same step.

    Parameters
    ----------
    order : Order
        As made by `order`.
    service_levels : iterable of int or str
        Such as ["STANDARD", "EXPRESS"]; empty = all that the network offers.
    hold : bool
        Reserve an option in the same step.
    option : int or str
        Level of the option to hold; None = the first.
    ttl : float, timedelta or Duration
        Time to live of the hold; a number is seconds. None = the server's default.
    policy : str or PolicyRef
        "name" or "name@version"; None = the default policy.
    request_id, first_sent_at
        Of an earlier attempt of yours, to repeat it; made here when left out.
    timeout_s : float
        Time limit over all attempts in seconds.
    """
    request = message(
        PromiseRequest,
        request_id=request_id,
        order=order,
        service_levels=enum_values("service_levels", ServiceLevel, "SERVICE_LEVEL_", service_levels),
        hold=hold,
        option=enum_value("option", ServiceLevel, "SERVICE_LEVEL_", option),
        ttl=duration("ttl", ttl),
        policy=policy_ref(policy),
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(PROMISE, request, timeout_s)


def batch_promise(
    requests: Iterable[PromiseRequest], *, timeout_s: float | None = None
) -> Call[BatchPromiseRequest, BatchPromiseResponse]:
    """Quote up to 1,024 carts in one call; one result per request, in the same order."""
    return call(BATCH_PROMISE, message(BatchPromiseRequest, requests=requests), timeout_s)
