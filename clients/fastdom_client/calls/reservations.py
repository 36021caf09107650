"""Calls of ReservationService."""

from collections.abc import Iterable

from fastdom_api.v1.order_pb2 import Order
from fastdom_api.v1.reservation_pb2 import Reservation, ReservationState
from fastdom_api.v1.reservation_service_pb2 import (
    BatchReserveRequest,
    BatchReserveResponse,
    CommitRequest,
    CommitResponse,
    ExtendRequest,
    ExtendResponse,
    FulfillRequest,
    FulfillResponse,
    GetReservationRequest,
    GetReservationResponse,
    LineQuantity,
    ListReservationsRequest,
    ListReservationsResponse,
    ReleaseRequest,
    ReleaseResponse,
    ReserveMode,
    ReserveRequest,
    ReserveResponse,
)
from fastdom_client.call import Call, Pages, after_token, call
from fastdom_client.fields import each, inside, message, parts
from fastdom_client.method import BULK, CHANGE, HOT, Method
from fastdom_client.values import Name, Span, When, duration, enum_value, enum_values, timestamp

SERVICE = "/fastdom.v1.ReservationService"
RESERVE = Method(f"{SERVICE}/Reserve", ReserveRequest, ReserveResponse, CHANGE)
BATCH_RESERVE = Method(f"{SERVICE}/BatchReserve", BatchReserveRequest, BatchReserveResponse, BULK)
EXTEND = Method(f"{SERVICE}/Extend", ExtendRequest, ExtendResponse, CHANGE)
COMMIT = Method(f"{SERVICE}/Commit", CommitRequest, CommitResponse, CHANGE)
RELEASE = Method(f"{SERVICE}/Release", ReleaseRequest, ReleaseResponse, CHANGE)
FULFILL = Method(f"{SERVICE}/Fulfill", FulfillRequest, FulfillResponse, CHANGE)
GET_RESERVATION = Method(f"{SERVICE}/GetReservation", GetReservationRequest, GetReservationResponse, HOT)
LIST_RESERVATIONS = Method(f"{SERVICE}/ListReservations", ListReservationsRequest, ListReservationsResponse, BULK)

# (line_id, quantity), (line_id, quantity, node_id) or the message.
Part = tuple[str, int] | tuple[str, int, str] | LineQuantity


def reserve(
    order: Order,
    *,
    option_token: bytes = b"",
    mode: Name | None = None,
    ttl: Span | None = None,
    allow_partial: bool = False,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[ReserveRequest, ReserveResponse]:
    """Take stock for an order: lines pinned to nodes, lines the engine routes, or an option that was promised.

    Parameters
    ----------
    order : Order
        As made by `order`; with an option_token the same channel and lines as were promised.
    option_token : bytes
        Of a PromiseOption: grants exactly what was quoted, or the reply names the first difference.
    mode : int or str
        "HOLD" (the default) or "FIRM".
    ttl : float, timedelta or Duration
        Time to live of the hold; a number is seconds. None = the server's default.
    allow_partial : bool
        Take what there is instead of all or nothing.
    request_id, first_sent_at
        Of an earlier attempt of yours, to repeat it; made here when left out.
    timeout_s : float
        Time limit over all attempts in seconds.
    """
    request = message(
        ReserveRequest,
        request_id=request_id,
        order=order,
        option_token=option_token,
        mode=enum_value("mode", ReserveMode, "RESERVE_MODE_", mode),
        ttl=duration("ttl", ttl),
        allow_partial=allow_partial,
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(RESERVE, request, timeout_s)


def batch_reserve(
    requests: Iterable[ReserveRequest], *, timeout_s: float | None = None
) -> Call[BatchReserveRequest, BatchReserveResponse]:
    """Reserve up to 1,024 orders in one call; one result per request, in the same order."""
    return call(BATCH_RESERVE, message(BatchReserveRequest, requests=requests), timeout_s)


def extend(
    reservation_id: str,
    *,
    ttl: Span | None = None,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[ExtendRequest, ExtendResponse]:
    """Give a live hold a new time to live, counted from now; None = the server's default."""
    request = message(
        ExtendRequest,
        request_id=request_id,
        reservation_id=reservation_id,
        ttl=duration("ttl", ttl),
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(EXTEND, request, timeout_s)


def commit(
    reservation_id: str,
    *,
    reacquire: bool = False,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[CommitRequest, CommitResponse]:
    """Make a hold firm; with `reacquire` take an expired one's units again if all are still free."""
    request = message(
        CommitRequest,
        request_id=request_id,
        reservation_id=reservation_id,
        reacquire=reacquire,
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(COMMIT, request, timeout_s)


def release(
    reservation_id: str,
    lines: Iterable[Part] = (),
    *,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[ReleaseRequest, ReleaseResponse]:
    """Give units back to stock: the lines named, or every open unit."""
    request = message(
        ReleaseRequest,
        request_id=request_id,
        reservation_id=reservation_id,
        lines=_parts(lines),
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(RELEASE, request, timeout_s)


def fulfill(
    reservation_id: str,
    lines: Iterable[Part] = (),
    *,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[FulfillRequest, FulfillResponse]:
    """Record that committed units have left the node: the lines named, or every committed unit."""
    request = message(
        FulfillRequest,
        request_id=request_id,
        reservation_id=reservation_id,
        lines=_parts(lines),
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(FULFILL, request, timeout_s)


def get_reservation(
    reservation_id: str, *, timeout_s: float | None = None
) -> Call[GetReservationRequest, GetReservationResponse]:
    """Read one reservation with its context."""
    return call(GET_RESERVATION, message(GetReservationRequest, reservation_id=reservation_id), timeout_s)


def list_reservations(
    *,
    order_id: str = "",
    states: Iterable[Name] = (),
    node_id: str = "",
    needs_attention: bool = False,
    page_size: int = 0,
    timeout_s: float | None = None,
) -> Pages[ListReservationsResponse, Reservation]:
    """List reservations in the order they were made; pages follow by themselves, `timeout_s` is per page."""
    request = message(
        ListReservationsRequest,
        order_id=order_id,
        states=enum_values("states", ReservationState, "RESERVATION_STATE_", states),
        node_id=node_id,
        needs_attention=needs_attention,
        page_size=page_size,
    )
    return Pages(call(LIST_RESERVATIONS, request, timeout_s), lambda page: page.reservations, after_token)


def _parts(lines: Iterable[Part]) -> list[LineQuantity]:
    return [_part(item, i) for i, item in enumerate(each("lines", lines))]


def _part(item: Part, i: int) -> LineQuantity:
    if isinstance(item, LineQuantity):
        return item
    try:
        line_id, quantity, *node_id = parts(item, "(line_id, quantity), (line_id, quantity, node_id) or LineQuantity")
        return message(LineQuantity, line_id=line_id, quantity=quantity, node_id=node_id[0] if node_id else "")
    except (TypeError, ValueError) as error:
        raise inside(f"lines[{i}]", error) from None
