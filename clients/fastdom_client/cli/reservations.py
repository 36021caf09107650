"""`fastdom commit`, `extend`, `release`, `fulfill`, `reroute`, `reservation`, `reservations`: a reservation's life."""

from typing import Annotated

import typer

from fastdom_api.v1.reservation_pb2 import Reservation
from fastdom_api.v1.reservation_service_pb2 import (
    CommitResponse,
    ExtendResponse,
    FulfillResponse,
    GetReservationResponse,
    ReleaseResponse,
)
from fastdom_client.cli import arguments, exits, options, output, tables, words
from fastdom_client.cli.arguments import RerouteReasons, State
from fastdom_client.cli.session import Session, online

Changed = CommitResponse | ExtendResponse | ReleaseResponse | FulfillResponse | GetReservationResponse


@online
def commit(
    session: Session,
    *,
    reservation: options.RESERVATION,
    reacquire: Annotated[
        bool, typer.Option("--reacquire", help="If the hold has expired, take the same units again when all are free.")
    ] = False,
    request_id: options.REQUEST_ID = "",
) -> int:
    """Make a hold firm, so that it no longer expires."""
    session.show(session.client.commit(reservation, reacquire=reacquire, request_id=request_id), _changed)
    return exits.OK


@online
def extend(
    session: Session,
    *,
    reservation: options.RESERVATION,
    ttl: options.TTL = None,
    request_id: options.REQUEST_ID = "",
) -> int:
    """Give a live hold a new time to live, counted from now."""
    session.show(session.client.extend(reservation, ttl=arguments.span(ttl), request_id=request_id), _changed)
    return exits.OK


@online
def release(
    session: Session,
    *,
    reservation: options.RESERVATION,
    parts: options.PARTS = None,
    request_id: options.REQUEST_ID = "",
) -> int:
    """Give units back to stock: all of them, or the parts named."""
    lines = [arguments.part_line(text) for text in parts or ()]
    session.show(session.client.release(reservation, lines, request_id=request_id), _changed)
    return exits.OK


@online
def fulfill(
    session: Session,
    *,
    reservation: options.RESERVATION,
    parts: options.PARTS = None,
    request_id: options.REQUEST_ID = "",
) -> int:
    """Record that committed units have left the node: all of them, or the parts named."""
    lines = [arguments.part_line(text) for text in parts or ()]
    reply = session.client.fulfill(reservation, lines, request_id=request_id)
    session.show(reply, _changed)
    if reply.count_mismatch:
        output.note(f"{reply.count_mismatch} units left that on_hand did not have; see 'fastdom exceptions'")
    return exits.OK


@online
def reroute(
    session: Session,
    *,
    reservation: Annotated[
        str, typer.Argument(metavar="RESERVATION", help="Reservation id; none with --over-capacity.")
    ] = "",
    node: Annotated[str, typer.Option("--node", "-n", metavar="NODE", help="The node that failed.")],
    lines: Annotated[
        list[str] | None,
        typer.Option("--line", metavar="LINE=QTY", help="What leaves it, repeatable. (default: everything open there)"),
    ] = None,
    reason: Annotated[
        RerouteReasons, typer.Option("--reason", help="Why; short-pick also takes the units off on_hand.")
    ] = RerouteReasons.OTHER,
    over_capacity: Annotated[
        bool, typer.Option("--over-capacity", help="Of all reservations what the node has beyond its limit of a day.")
    ] = False,
    request_id: options.REQUEST_ID = "",
) -> int:
    """Move units off a node that rejected them, did not find them or is late, to the next best plan.

    Exit code 1 when units stay because no other node can ship them.
    """
    if over_capacity and (reservation or lines):
        raise exits.CommandError("--over-capacity is for all reservations of a node; leave RESERVATION and --line out")
    if over_capacity:
        relieved = session.client.reroute_node(node, request_id=request_id)
        session.show(relieved, tables.rerouted_node)
        return exits.REFUSED if relieved.units_left else exits.OK
    if not reservation:
        raise exits.CommandError("RESERVATION is missing; name one, or give --over-capacity")
    named = [arguments.named_line(text) for text in lines or ()]
    reply = session.client.reroute(reservation, node, named, reason=reason, request_id=request_id)
    session.show(reply, tables.reroute)
    return exits.REFUSED if reply.units_stranded else exits.OK


@online
def reservation(session: Session, *, reservation: options.RESERVATION) -> int:
    """Show one reservation with its allocations and shipments."""
    session.show(session.client.get_reservation(reservation), _changed)
    return exits.OK


@online
def reservations(
    session: Session,
    *,
    order_id: Annotated[str, typer.Option("--order", metavar="ID", help="Only of this order.")] = "",
    state: Annotated[list[State] | None, typer.Option("--state", help="Only in this state, repeatable.")] = None,
    node: options.NODE = "",
    needs_attention: Annotated[bool, typer.Option("--needs-attention", help="Only stranded ones.")] = False,
    limit: options.LIMIT = 100,
) -> int:
    """List reservations in the order they were made."""
    found = session.client.list_reservations(
        order_id=order_id, states=state or (), node_id=node, needs_attention=needs_attention
    )
    headings = ("reservation", "order", "channel", "state", "lines", "units", "nodes", "held until", "made")
    session.show_list(found, limit, headings, lambda item: _row(session, item))
    return exits.OK


def _changed(session: Session, reply: Changed) -> None:
    tables.reservation(session, reply.reservation)


def _row(session: Session, item: Reservation) -> tuple[object, ...]:
    return (
        item.reservation_id,
        words.or_none(item.order_id),
        item.channel,
        tables.state(item) + (" !" if item.needs_attention else ""),
        len({allocation.line_id for allocation in item.allocations}),
        sum(allocation.granted for allocation in item.allocations),
        ", ".join(sorted({allocation.node_id for allocation in item.allocations})),
        session.time(item.expires_at),
        session.time(item.created_at),
    )
