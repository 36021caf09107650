"""Calls of InventoryService."""

from collections.abc import Iterable

from fastdom_api.v1.inventory_service_pb2 import (
    AdjustInventoryRequest,
    AdjustInventoryResponse,
    AdjustReason,
    GetAvailabilityRequest,
    GetAvailabilityResponse,
    SetInventoryRequest,
    SetInventoryResponse,
)
from fastdom_client.call import Call, call
from fastdom_client.fields import message
from fastdom_client.method import BULK, CHANGE, Method
from fastdom_client.values import Name, When, enum_value, timestamp

SERVICE = "/fastdom.v1.InventoryService"
ADJUST_INVENTORY = Method(f"{SERVICE}/AdjustInventory", AdjustInventoryRequest, AdjustInventoryResponse, CHANGE)
SET_INVENTORY = Method(f"{SERVICE}/SetInventory", SetInventoryRequest, SetInventoryResponse, CHANGE)
GET_AVAILABILITY = Method(f"{SERVICE}/GetAvailability", GetAvailabilityRequest, GetAvailabilityResponse, BULK)


def adjust_inventory(
    sku: str,
    node_id: str,
    delta: int,
    reason: Name,
    *,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[AdjustInventoryRequest, AdjustInventoryResponse]:
    """Add a signed number of units to the on_hand of one position.

    Parameters
    ----------
    sku, node_id : str
        The position.
    delta : int
        Units to add; below 0 takes away.
    reason : int or str
        "SALE", "RECEIPT", "RETURN", "COUNT", "DAMAGE" or "TRANSFER".
    request_id, first_sent_at
        Of an earlier attempt of yours, to repeat it; made here when left out.
    timeout_s : float
        Time limit over all attempts in seconds.
    """
    request = message(
        AdjustInventoryRequest,
        request_id=request_id,
        sku=sku,
        node_id=node_id,
        delta=delta,
        reason=enum_value("reason", AdjustReason, "ADJUST_REASON_", reason),
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(ADJUST_INVENTORY, request, timeout_s)


def set_inventory(
    sku: str,
    node_id: str,
    on_hand: int,
    *,
    safety_stock: int | None = None,
    routing_reserve: int | None = None,
    as_of: When | None = None,
    includes_fulfilments_up_to: int = 0,
    expected_on_hand: int | None = None,
    expected_version: int | None = None,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[SetInventoryRequest, SetInventoryResponse]:
    """Set the on_hand of one position to a count, and with it the reserves kept back.

    Parameters
    ----------
    sku, node_id : str
        The position.
    on_hand : int
        Physical units counted, those allocated but not yet shipped included.
    safety_stock, routing_reserve : int
        Units kept back; None = unchanged.
    as_of : datetime or Timestamp
        When it was counted; None = now.
    includes_fulfilments_up_to : int
        inventory_seq of the last fulfilment the count has seen; later ones are subtracted again.
    expected_on_hand, expected_version : int
        Apply only if the position has this value now, else ConflictError.
    request_id, first_sent_at
        Of an earlier attempt of yours, to repeat it; made here when left out.
    timeout_s : float
        Time limit over all attempts in seconds.
    """
    request = message(
        SetInventoryRequest,
        request_id=request_id,
        sku=sku,
        node_id=node_id,
        on_hand=on_hand,
        safety_stock=safety_stock,
        routing_reserve=routing_reserve,
        as_of=timestamp("as_of", as_of),
        includes_fulfilments_up_to=includes_fulfilments_up_to,
        expected_on_hand=expected_on_hand,
        expected_version=expected_version,
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(SET_INVENTORY, request, timeout_s)


def get_availability(
    skus: Iterable[str],
    node_ids: Iterable[str] = (),
    *,
    channel: str = "",
    timeout_s: float | None = None,
) -> Call[GetAvailabilityRequest, GetAvailabilityResponse]:
    """Read stock and availability of up to 1,024 SKUs at some nodes, or at all of them."""
    request = message(GetAvailabilityRequest, skus=skus, node_ids=node_ids, channel=channel)
    return call(GET_AVAILABILITY, request, timeout_s)
