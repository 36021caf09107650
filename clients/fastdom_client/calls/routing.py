"""Calls of RoutingService."""

from collections.abc import Iterable

from fastdom_api.v1.order_pb2 import Order
from fastdom_api.v1.routing_service_pb2 import (
    BatchRouteRequest,
    BatchRouteResponse,
    ExplainRequest,
    ExplainResponse,
    RerouteLine,
    RerouteNodeRequest,
    RerouteNodeResponse,
    RerouteReason,
    RerouteRequest,
    RerouteResponse,
    RouteMode,
    RouteRequest,
    RouteResponse,
)
from fastdom_api.v1.types_pb2 import PolicyRef
from fastdom_client.call import Call, call
from fastdom_client.fields import each, inside, message, parts
from fastdom_client.method import BULK, CHANGE, HOT, WHOLE, Method
from fastdom_client.orders import policy_ref
from fastdom_client.values import Name, Span, When, duration, enum_value, timestamp

ROUTE = Method("/fastdom.v1.RoutingService/Route", RouteRequest, RouteResponse, HOT)
BATCH_ROUTE = Method("/fastdom.v1.RoutingService/BatchRoute", BatchRouteRequest, BatchRouteResponse, BULK)
REROUTE = Method("/fastdom.v1.RoutingService/Reroute", RerouteRequest, RerouteResponse, CHANGE)
REROUTE_NODE = Method("/fastdom.v1.RoutingService/RerouteNode", RerouteNodeRequest, RerouteNodeResponse, WHOLE)

EXPLAIN = Method("/fastdom.v1.RoutingService/Explain", ExplainRequest, ExplainResponse, BULK)


def route(
    order: Order,
    *,
    mode: Name | None = None,
    policy: str | PolicyRef | None = None,
    ttl: Span | None = None,
    include_node_ids: Iterable[str] = (),
    exclude_node_ids: Iterable[str] = (),
    allow_partial: bool = False,
    max_shipments: int = 0,
    effort: int = 0,
    alternatives: int = 0,
    explain: bool = False,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[RouteRequest, RouteResponse]:
    """Decide which nodes ship an order; with mode "HOLD" or "FIRM" take the stock in the same step.

    Parameters
    ----------
    order : Order
        As made by `order`.
    mode : int or str
        "PLAN" (a dry run, the default), "HOLD" or "FIRM".
    policy : str or PolicyRef
        "name" or "name@version"; None = the default policy.
    ttl : float, timedelta or Duration
        Time to live of a hold; a number is seconds. None = the server's default.
    include_node_ids, exclude_node_ids : iterable of str
        Only these nodes may ship; these may not.
    allow_partial : bool
        Take what there is instead of all or nothing.
    max_shipments, effort, alternatives, explain
        As in RouteRequest; 0 and False are the server's defaults.
    request_id, first_sent_at
        Of an earlier attempt of yours, to repeat it; made here when left out.
    timeout_s : float
        Time limit over all attempts in seconds.
    """
    request = message(
        RouteRequest,
        request_id=request_id,
        order=order,
        policy=policy_ref(policy),
        mode=enum_value("mode", RouteMode, "ROUTE_MODE_", mode),
        ttl=duration("ttl", ttl),
        include_node_ids=include_node_ids,
        exclude_node_ids=exclude_node_ids,
        allow_partial=allow_partial,
        max_shipments=max_shipments,
        effort=effort,
        alternatives=alternatives,
        explain=explain,
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(ROUTE, request, timeout_s)


def batch_route(
    requests: Iterable[RouteRequest], *, timeout_s: float | None = None
) -> Call[BatchRouteRequest, BatchRouteResponse]:
    """Route up to 1,024 orders in one call; one result per request, in the same order."""
    return call(BATCH_ROUTE, message(BatchRouteRequest, requests=requests), timeout_s)


def reroute(
    reservation_id: str,
    node_id: str,
    lines: Iterable[tuple[str, int] | RerouteLine] = (),
    *,
    reason: Name | None = None,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[RerouteRequest, RerouteResponse]:
    """Move units off a node that failed them, to the next best plan.

    Parameters
    ----------
    reservation_id, node_id : str
        The reservation, and the node that gives its units up.
    lines : iterable of (str, int) or RerouteLine
        (line_id, quantity) of what leaves; none = everything open at the node.
    reason : int or str
        "REJECTED", "SHORT_PICK" (the units are not there, on_hand goes down), "LATE" or "OTHER" (the default).
    request_id, first_sent_at
        Of an earlier attempt of yours, to repeat it; made here when left out.
    timeout_s : float
        Time limit over all attempts in seconds.
    """
    request = message(
        RerouteRequest,
        request_id=request_id,
        reservation_id=reservation_id,
        node_id=node_id,
        lines=[_line(item, i) for i, item in enumerate(each("lines", lines))],
        reason=enum_value("reason", RerouteReason, "REROUTE_REASON_", reason),
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(REROUTE, request, timeout_s)


def reroute_node(
    node_id: str,
    *,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[RerouteNodeRequest, RerouteNodeResponse]:
    """Move shipments out of capacity buckets of a node that have more than their limit, until none has."""
    request = message(
        RerouteNodeRequest,
        request_id=request_id,
        node_id=node_id,
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(REROUTE_NODE, request, timeout_s)


def explain(
    order_id: str = "",
    *,
    reservation_id: str = "",
    decision_request_id: str = "",
    alternatives: int = 3,
    all_decisions: bool = False,
    timeout_s: float | None = None,
) -> Call[ExplainRequest, ExplainResponse]:
    """Tell why an order was routed as it was, from the record of the decision.

    Parameters
    ----------
    order_id, reservation_id, decision_request_id : str
        Exactly one of them; the last is the request_id of the call that was decided.
    alternatives : int
        Next best plans wanted, 0 .. 8.
    all_decisions : bool
        Every decision about it that is kept, oldest first, instead of the latest.
    timeout_s : float
        Time limit over all attempts in seconds.
    """
    request = message(
        ExplainRequest,
        order_id=order_id,
        reservation_id=reservation_id,
        decision_request_id=decision_request_id,
        alternatives=alternatives,
        all_decisions=all_decisions,
    )
    return call(EXPLAIN, request, timeout_s)


def _line(item: tuple[str, int] | RerouteLine, i: int) -> RerouteLine:
    if isinstance(item, RerouteLine):
        return item
    try:
        line_id, quantity = parts(item, "(line_id, quantity) or RerouteLine", most=2)
        return message(RerouteLine, line_id=line_id, quantity=quantity)
    except (TypeError, ValueError) as error:
        raise inside(f"lines[{i}]", error) from None
