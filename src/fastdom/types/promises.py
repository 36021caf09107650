"""Promise: request, options and result. Times are microseconds UTC, 0 = not known or not given."""

from dataclasses import dataclass

from fastdom.types.orders import Order, PolicyRef
from fastdom.types.plans import Shipment
from fastdom.types.reservations import Reservation
from fastdom.types.words import ServiceLevel, UnassignedReason


@dataclass(frozen=True, slots=True)
class PromiseRequest:
    """Which dates can be promised for this cart.

    Attributes
    ----------
    request_id : str
        1..36 bytes with hold; may be empty otherwise.
    order : Order
        The cart; its service_level is not looked at.
    service_levels : tuple of ServiceLevel
        Levels wanted, each at most once; empty = all.
    hold : bool
        Also reserve an option in the same step.
    option : ServiceLevel
        Level of the option to hold; UNSPECIFIED = the first option.
    ttl_us : int
        Time to live of the hold in microseconds; 0 = the channel's default.
    policy : PolicyRef or None
    first_sent_at_us : int
        When this request id was first sent; 0 = not checked.
    """

    request_id: str
    order: Order
    service_levels: tuple[ServiceLevel, ...] = ()
    hold: bool = False
    option: ServiceLevel = ServiceLevel.UNSPECIFIED
    ttl_us: int = 0
    policy: PolicyRef | None = None
    first_sent_at_us: int = 0


@dataclass(frozen=True, slots=True)
class OptionDifference:
    """This option minus the first: cost in micros, arrive_by in microseconds, number of shipments."""

    cost_micros: int
    arrive_by_us: int
    shipments: int


@dataclass(frozen=True, slots=True)
class PromiseOption:
    """One way to serve the whole cart.

    Attributes
    ----------
    service_level : ServiceLevel
    ship_from_us, ship_by_us : int
        Earliest and latest hand-over to a carrier.
    arrive_from_us, arrive_by_us : int
        Arrival window of the whole order.
    order_by_us : int
        Cutoff: the earliest of the shipments'.
    confidence_permille : int
        Probability that all has arrived by arrive_by; 0 = not known.
    shipments : tuple of Shipment
        Without costs by objective.
    cost_micros : int
    option_token : bytes
        Proof of this quote for Reserve, at most 512 bytes; empty when the plan does not fit or is held already.
    valid_until_us : int
        The token is taken as quoted before this moment.
    difference : OptionDifference or None
        None in the first option.
    """

    service_level: ServiceLevel
    ship_from_us: int
    ship_by_us: int
    arrive_from_us: int
    arrive_by_us: int
    order_by_us: int
    confidence_permille: int
    shipments: tuple[Shipment, ...]
    cost_micros: int
    option_token: bytes
    valid_until_us: int
    difference: OptionDifference | None


@dataclass(frozen=True, slots=True)
class UnpromisedLine:
    """Units of a line that no option can carry, and why; available_from_us 0 = not known."""

    line_id: str
    quantity: int
    reason: UnassignedReason
    available_from_us: int = 0


@dataclass(frozen=True, slots=True)
class PromiseResult:
    """Answer of Promise.

    Attributes
    ----------
    options : tuple of PromiseOption
        Best first; empty = the whole cart cannot be promised.
    unpromised_lines : tuple of UnpromisedLine
        Lines that stand in the way when there is no option.
    currency_code : str
    inventory_seq : int
        Journal sequence the answer was computed at.
    network_version : int
    decision_us : int
        Microseconds from decoded request to applied result; 0 in a repeated answer.
    reservation : Reservation or None
    held_option : ServiceLevel
        Level of the option reserved; UNSPECIFIED = none.
    seq : int
        Sequence that must be durable before the answer is given away; 0 = an estimate, wait for nothing.
    """

    options: tuple[PromiseOption, ...]
    unpromised_lines: tuple[UnpromisedLine, ...]
    currency_code: str
    inventory_seq: int
    network_version: int
    decision_us: int
    reservation: Reservation | None
    held_option: ServiceLevel
    seq: int
