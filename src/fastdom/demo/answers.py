"""Replies of the server as the plain facts that record and audit work with."""

from collections.abc import Sequence

from fastdom.demo.audit import Counted, Listed
from fastdom.demo.market import Position
from fastdom.demo.record import Claim
from fastdom_api.v1.reservation_pb2 import Reservation, ReservationState
from fastdom_client import AsyncClient

PAGE = 1_000
SKUS_AT_ONCE = 512
"""SKUs of one GetAvailability: with up to 128 nodes each within its 65,536 rows."""

STATE = "RESERVATION_STATE_"


def claim_of(reservation: Reservation) -> Claim:
    """Return a granted reservation as a claim."""
    units: dict[tuple[str, str], int] = {}
    for item in reservation.allocations:
        place = item.line_id, item.node_id
        units[place] = units.get(place, 0) + item.granted
    return Claim(
        reservation_id=reservation.reservation_id,
        order_id=reservation.order_id,
        skus={item.line_id: item.sku for item in reservation.allocations},
        units=units,
        expires_at_us=reservation.expires_at.ToMicroseconds(),
    )


def listed_of(reservation: Reservation) -> Listed:
    """Return a reservation as the server lists it."""
    granted: dict[tuple[str, str], int] = {}
    opened: dict[tuple[str, str], int] = {}
    for item in reservation.allocations:
        place = item.line_id, item.node_id
        for units, quantity in ((granted, item.granted), (opened, item.held + item.committed)):
            if quantity:
                units[place] = units.get(place, 0) + quantity
    return Listed(
        reservation_id=reservation.reservation_id,
        order_id=reservation.order_id,
        state=ReservationState.Name(reservation.state).removeprefix(STATE),
        skus={item.line_id: item.sku for item in reservation.allocations},
        granted=granted,
        open=opened,
    )


async def list_all(client: AsyncClient) -> list[Listed]:
    """Return every reservation of the server."""
    return [listed_of(item) async for item in client.list_reservations(page_size=PAGE)]


async def count_all(client: AsyncClient, skus: Sequence[str]) -> dict[Position, Counted]:
    """Return every position of these SKUs."""
    counted = {}
    for begin in range(0, len(skus), SKUS_AT_ONCE):
        reply = await client.get_availability(skus[begin : begin + SKUS_AT_ONCE])
        for item in reply.positions:
            counted[item.sku, item.node_id] = Counted(item.on_hand, item.safety_stock, item.held + item.committed)
    return counted
