"""Reservations and the verbs that change them. Times are microseconds UTC, 0 = not given; units are int32."""

from dataclasses import dataclass

from fastdom.types.orders import Order
from fastdom.types.plans import Plan, Shipment
from fastdom.types.words import (
    ReservationState,
    ReserveMode,
    ReserveOutcome,
    ServiceLevel,
    TokenDifference,
    UnassignedReason,
)


@dataclass(frozen=True, slots=True)
class Allocation:
    """Units of one line taken at one node; held + committed + fulfilled + released + expired = granted.

    Attributes
    ----------
    line_id, sku, node_id : str
    granted, held, committed, fulfilled, released, expired : int
        Units.
    shipment_i : int
        Shipment they leave in: index into the plan that granted them, and into Reservation.shipments.
    carrier_service_id : str
        Planned for it; empty = none.
    """

    line_id: str
    sku: str
    node_id: str
    granted: int
    held: int
    committed: int
    fulfilled: int
    released: int
    expired: int
    shipment_i: int
    carrier_service_id: str


@dataclass(frozen=True, slots=True)
class Reservation:
    """Units of positions taken for an order.

    Attributes
    ----------
    reservation_id : str
        32 lower-case hexadecimal digits.
    order_id, channel : str
    state : ReservationState
    allocations : tuple of Allocation
        Ordered as the lines of the request, then by external node id.
    expires_at_us : int
        The hold counts up to, but not at, this moment; 0 = does not expire.
    created_at_us : int
    needs_attention : bool
        Units stranded at a failed node.
    updated_seq : int
        Journal sequence of the last command that changed it.
    service_level : ServiceLevel
        Filled by reads alone.
    shipments : tuple of Shipment
        As quoted; filled by GetReservation alone, until the reservation is final.
    cost_micros : int
    currency_code : str
        Both filled like shipments.
    """

    reservation_id: str
    order_id: str
    channel: str
    state: ReservationState
    allocations: tuple[Allocation, ...]
    expires_at_us: int
    created_at_us: int
    needs_attention: bool
    updated_seq: int
    service_level: ServiceLevel = ServiceLevel.UNSPECIFIED
    shipments: tuple[Shipment, ...] = ()
    cost_micros: int = 0
    currency_code: str = ""


@dataclass(frozen=True, slots=True)
class ReserveRequest:
    """Take units for an order.

    Attributes
    ----------
    request_id : str
        1..36 bytes.
    order : Order
    option_token : bytes
        Of a PromiseOption; empty = pinned lines go to their nodes, the others are routed.
    mode : ReserveMode
    ttl_us : int
        Time to live of the hold in microseconds; 0 = the channel's default.
    allow_partial : bool
        False = all lines in full or nothing.
    first_sent_at_us : int
        When this request id was first sent; 0 = not checked.
    """

    request_id: str
    order: Order
    option_token: bytes = b""
    mode: ReserveMode = ReserveMode.UNSPECIFIED
    ttl_us: int = 0
    allow_partial: bool = False
    first_sent_at_us: int = 0


@dataclass(frozen=True, slots=True)
class LineResult:
    """What one line got.

    Attributes
    ----------
    line_id : str
    granted, shortfall : int
        Units; their sum is the line's quantity.
    available_after : int
        Units the channel may still take: at the pinned node, else at the one node that has most.
    reason : UnassignedReason
        Why shortfall is above 0.
    """

    line_id: str
    granted: int
    shortfall: int
    available_after: int
    reason: UnassignedReason


@dataclass(frozen=True, slots=True)
class ReserveResult:
    """Answer of Reserve.

    Attributes
    ----------
    outcome : ReserveOutcome
    reservation : Reservation or None
        None when REFUSED.
    line_results : tuple of LineResult
        One per line, in the order of the request.
    plan : Plan or None
        Shipments of a routed or quoted Reserve; None when every line was pinned, when REFUSED, in a repeated answer.
    token_difference : TokenDifference
    inventory_seq : int
        Journal sequence the answer was computed at.
    decision_us : int
        Microseconds from decoded request to applied result, lock wait included; 0 in a repeated answer.
    seq : int
        Sequence that must be durable before the answer is given away.
    """

    outcome: ReserveOutcome
    reservation: Reservation | None
    line_results: tuple[LineResult, ...]
    plan: Plan | None
    token_difference: TokenDifference
    inventory_seq: int
    decision_us: int
    seq: int


@dataclass(frozen=True, slots=True)
class ExtendRequest:
    """Give a live hold a new time to live, counted from now; ttl_us 0 = the channel's default."""

    request_id: str
    reservation_id: str
    ttl_us: int = 0
    first_sent_at_us: int = 0


@dataclass(frozen=True, slots=True)
class CommitRequest:
    """Make a hold firm; with reacquire also one that has expired, if its units are still free."""

    request_id: str
    reservation_id: str
    reacquire: bool = False
    first_sent_at_us: int = 0


@dataclass(frozen=True, slots=True)
class LineQuantity:
    """Units of one line of a reservation; an empty node means the line's allocations in their order."""

    line_id: str
    quantity: int
    node_id: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """Give units back to stock; no lines = every open unit."""

    request_id: str
    reservation_id: str
    lines: tuple[LineQuantity, ...] = ()
    first_sent_at_us: int = 0


@dataclass(frozen=True, slots=True)
class FulfillRequest:
    """Record that committed units have left the node; no lines = every committed unit."""

    request_id: str
    reservation_id: str
    lines: tuple[LineQuantity, ...] = ()
    first_sent_at_us: int = 0


@dataclass(frozen=True, slots=True)
class GetReservationRequest:
    """Read one reservation with its context."""

    reservation_id: str


@dataclass(frozen=True, slots=True)
class ReservationResult:
    """Answer of Extend, Commit, Release, Fulfill and GetReservation.

    Attributes
    ----------
    reservation : Reservation
        After the command.
    inventory_seq : int
        Journal sequence the answer was computed at.
    decision_us : int
        Microseconds; 0 in a repeated answer and in reads.
    reacquired : bool
        A Commit took the units of an expired hold again.
    count_mismatch : int
        Units a Fulfill could not take off on_hand.
    seq : int
        Sequence that must be durable before the answer is given away.
    """

    reservation: Reservation
    inventory_seq: int
    decision_us: int
    reacquired: bool
    count_mismatch: int
    seq: int


@dataclass(frozen=True, slots=True)
class ListReservationsRequest:
    """Reservations page by page, by creation.

    Attributes
    ----------
    order_id : str
        Only of this order; empty = any.
    states : tuple of ReservationState
        Only in these states; empty = any.
    node_id : str
        Only with an open unit at this node; empty = any.
    needs_attention : bool
        Only those that need attention.
    page_size : int
        0 .. 1,000; 0 = 100.
    page_token : str
        Of the page before; empty = the first page.
    """

    order_id: str = ""
    states: tuple[ReservationState, ...] = ()
    node_id: str = ""
    needs_attention: bool = False
    page_size: int = 0
    page_token: str = ""


@dataclass(frozen=True, slots=True)
class ReservationPage:
    """A page of reservations; an empty next_page_token means it was the last."""

    reservations: tuple[Reservation, ...]
    next_page_token: str
    inventory_seq: int
    seq: int
