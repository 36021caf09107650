"""`fastdom promise`, `route`, `reserve`: the commands about orders."""

from typing import Annotated

import typer

from fastdom_api.v1.order_pb2 import Order
from fastdom_api.v1.reservation_service_pb2 import RESERVE_OUTCOME_REFUSED
from fastdom_api.v1.routing_service_pb2 import ROUTE_OUTCOME_REFUSED
from fastdom_client import order
from fastdom_client.cli import arguments, exits, options, output, tables
from fastdom_client.cli.arguments import Level, ReserveModes, RouteModes
from fastdom_client.cli.session import Session, online


@online
def promise(
    session: Session,
    *,
    lines: options.LINES,
    channel: options.CHANNEL,
    pin: options.PIN = "",
    country: options.COUNTRY = "",
    pickup: options.PICKUP = "",
    level: options.LEVELS = None,
    payment: options.PAYMENT = None,
    required_by: options.REQUIRED_BY = None,
    policy: options.POLICY = None,
    hold: Annotated[bool, typer.Option("--hold", help="Also reserve the best option.")] = False,
    option: Annotated[Level | None, typer.Option("--option", help="With --hold: reserve this level.")] = None,
    ttl: options.TTL = None,
    order_id: options.ORDER_ID = "",
    show_tokens: Annotated[
        bool, typer.Option("--tokens", help="Print the option tokens for 'reserve --token'.")
    ] = False,
    request_id: options.REQUEST_ID = "",
) -> int:
    """Quote delivery dates for a cart; with --hold reserve one in the same step.

    Exit code 1 when nothing can be promised, or nothing was held.
    """
    cart = _order(
        lines,
        channel,
        pin=pin,
        country=country,
        pickup=pickup,
        order_id=order_id,
        level=None,
        payment=payment,
        required_by=required_by,
    )
    reply = session.client.promise(
        cart,
        service_levels=level or (),
        hold=hold,
        option=option,
        ttl=arguments.span(ttl),
        policy=policy,
        request_id=request_id,
    )
    session.show(reply, tables.promise)
    if show_tokens and not session.as_json:
        tables.tokens(reply)
    done = reply.HasField("reservation") if hold else bool(reply.options)
    return exits.OK if done else exits.REFUSED


@online
def route(
    session: Session,
    *,
    lines: options.LINES,
    channel: options.CHANNEL,
    pin: options.PIN = "",
    country: options.COUNTRY = "",
    pickup: options.PICKUP = "",
    mode: Annotated[
        RouteModes, typer.Option("--mode", help="plan = dry run, hold, or firm = commit at once.")
    ] = RouteModes.PLAN,
    level: options.LEVEL = None,
    payment: options.PAYMENT = None,
    required_by: options.REQUIRED_BY = None,
    policy: options.POLICY = None,
    ttl: options.TTL = None,
    include: Annotated[
        list[str] | None, typer.Option("--include", metavar="NODE", help="Only these nodes, repeatable.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", metavar="NODE", help="Not these nodes, repeatable.")
    ] = None,
    partial: options.PARTIAL = False,
    max_shipments: Annotated[
        int, typer.Option("--max-shipments", min=0, metavar="N", help="0 = the policy's limit.")
    ] = 0,
    alternatives: Annotated[
        int, typer.Option("--alternatives", min=0, metavar="N", help="Next best plans wanted.")
    ] = 0,
    explain: Annotated[bool, typer.Option("--explain", help="Show every node as the search saw it.")] = False,
    order_id: options.ORDER_ID = "",
    request_id: options.REQUEST_ID = "",
) -> int:
    """Decide which nodes ship an order, at what cost and when; with --mode hold or firm take the stock too.

    Exit code 1 when the order cannot be served.
    """
    cart = _order(
        lines,
        channel,
        pin=pin,
        country=country,
        pickup=pickup,
        order_id=order_id,
        level=level,
        payment=payment,
        required_by=required_by,
    )
    reply = session.client.route(
        cart,
        mode=mode,
        policy=policy,
        ttl=arguments.span(ttl),
        include_node_ids=include or (),
        exclude_node_ids=exclude or (),
        allow_partial=partial,
        max_shipments=max_shipments,
        alternatives=alternatives,
        explain=explain,
        request_id=request_id,
    )
    session.show(reply, lambda session, reply: tables.route(session, reply, pickup))
    if explain and not reply.candidates:
        output.note("the server gave no explanation")
    return exits.REFUSED if reply.outcome == ROUTE_OUTCOME_REFUSED else exits.OK


@online
def reserve(
    session: Session,
    *,
    lines: options.LINES,
    channel: options.CHANNEL,
    pin: options.PIN = "",
    country: options.COUNTRY = "",
    pickup: options.PICKUP = "",
    token: Annotated[
        str | None, typer.Option("--token", metavar="BASE64", help="Take what was promised: the option's token.")
    ] = None,
    mode: Annotated[ReserveModes, typer.Option("--mode", help="hold, or firm = commit at once.")] = ReserveModes.HOLD,
    level: options.LEVEL = None,
    payment: options.PAYMENT = None,
    required_by: options.REQUIRED_BY = None,
    ttl: options.TTL = None,
    partial: options.PARTIAL = False,
    order_id: options.ORDER_ID = "",
    request_id: options.REQUEST_ID = "",
) -> int:
    """Take stock for an order: lines pinned with @NODE go to their nodes, the others are routed.

    Exit code 1 when nothing was taken.
    """
    cart = _order(
        lines,
        channel,
        pin=pin,
        country=country,
        pickup=pickup,
        order_id=order_id,
        level=level,
        payment=payment,
        required_by=required_by,
    )
    reply = session.client.reserve(
        cart,
        option_token=arguments.token(token),
        mode=mode,
        ttl=arguments.span(ttl),
        allow_partial=partial,
        request_id=request_id,
    )
    session.show(reply, tables.reserve)
    return exits.REFUSED if reply.outcome == RESERVE_OUTCOME_REFUSED else exits.OK


def _order(
    lines: list[str],
    channel: str,
    *,
    pin: str,
    country: str,
    pickup: str,
    order_id: str,
    level: str | None,
    payment: str | None,
    required_by: str | None,
) -> Order:
    return order(
        channel,
        [arguments.order_line(text) for text in lines],
        order_id=order_id,
        pin=pin,
        country=country,
        pickup=pickup,
        service_level=level,
        payment=payment,
        required_by=arguments.moment(required_by),
    )
