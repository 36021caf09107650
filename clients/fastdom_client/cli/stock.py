"""`fastdom stock`, `adjust`: counts of positions."""

from collections.abc import Iterable
from typing import Annotated

import typer

from fastdom_api.v1.inventory_service_pb2 import AdjustInventoryResponse, GetAvailabilityResponse, Position
from fastdom_client.cli import exits, options, output
from fastdom_client.cli.arguments import Reason
from fastdom_client.cli.exits import CommandError
from fastdom_client.cli.session import Session, online

# A delta of the other sign is a slip of the hand; the server refuses it too.
TAKES_OFF = (Reason.SALE, Reason.DAMAGE)
ADDS = (Reason.RECEIPT, Reason.RETURN)


@online
def stock(
    session: Session,
    *,
    skus: Annotated[list[str], typer.Argument(metavar="SKU", help="SKUs to show.")],
    node: Annotated[
        list[str] | None, typer.Option("--node", "-n", metavar="NODE", help="Only here, repeatable. (default: all)")
    ] = None,
    channel: Annotated[
        str, typer.Option("--channel", "-c", metavar="NAME", help="What this channel may take, its own fence included.")
    ] = "",
) -> int:
    """Show stock and availability of SKUs, node by node."""
    session.show(session.client.get_availability(skus, node or (), channel=channel), _availability)
    return exits.OK


@online
def adjust(
    session: Session,
    *,
    sku: Annotated[str, typer.Argument(metavar="SKU", help="SKU of the position.")],
    node: Annotated[str, typer.Argument(metavar="NODE", help="Node of the position.")],
    delta: Annotated[int, typer.Argument(metavar="DELTA", help="Units to add; a negative number takes units off.")],
    reason: Annotated[Reason, typer.Option("--reason", help="Why on_hand changes.")],
    request_id: options.REQUEST_ID = "",
) -> int:
    """Add units to the on_hand of one position, or take them away."""
    if delta > 0 and reason in TAKES_OFF:
        raise CommandError(f"{reason} takes units off: give a negative number, such as -{delta}")
    if delta < 0 and reason in ADDS:
        raise CommandError(f"{reason} adds units: give a positive number, such as {-delta}")
    session.show(session.client.adjust_inventory(sku, node, delta, reason, request_id=request_id), _adjusted)
    return exits.OK


def _availability(_session: Session, reply: GetAvailabilityResponse) -> None:
    _positions(reply.positions)
    if not reply.positions:
        output.note("no stock was ever recorded there")


def _adjusted(_session: Session, reply: AdjustInventoryResponse) -> None:
    _positions([reply.position])


def _positions(positions: Iterable[Position]) -> None:
    headings = (
        "sku",
        "node",
        "on hand",
        "held",
        "committed",
        "safety stock",
        "routing reserve",
        "available",
        "shortfall",
    )
    output.table(
        headings,
        (
            (
                position.sku,
                position.node_id,
                position.on_hand,
                position.held,
                position.committed,
                position.safety_stock,
                position.routing_reserve,
                position.available,
                position.shortfall,
            )
            for position in positions
        ),
    )
