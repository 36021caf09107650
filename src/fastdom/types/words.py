"""The words of the trade as enums; every number is that of the wire enum of the same name in fastdom.v1."""

from enum import IntEnum

__all__ = [
    "AdjustReason",
    "ExceptionKind",
    "NodeStatus",
    "Objective",
    "Optimality",
    "PaymentMethod",
    "RerouteReason",
    "ReservationState",
    "ReserveMode",
    "ReserveOutcome",
    "RouteMode",
    "RouteOutcome",
    "ServiceLevel",
    "StrandedReason",
    "TokenDifference",
    "UnassignedReason",
]


class ServiceLevel(IntEnum):
    """What the shopper buys."""

    UNSPECIFIED = 0
    STANDARD = 1
    EXPRESS = 2
    SAME_DAY = 3
    PICKUP = 4


class PaymentMethod(IntEnum):
    """How the order is paid; UNSPECIFIED is treated as PREPAID."""

    UNSPECIFIED = 0
    PREPAID = 1
    COLLECT_ON_DELIVERY = 2


class RouteMode(IntEnum):
    """Whether a plan is only told, held, or committed at once; UNSPECIFIED is treated as PLAN."""

    UNSPECIFIED = 0
    PLAN = 1
    HOLD = 2
    FIRM = 3


class ReserveMode(IntEnum):
    """How firmly Reserve takes the units; UNSPECIFIED is treated as HOLD."""

    UNSPECIFIED = 0
    HOLD = 1
    FIRM = 2


class RouteOutcome(IntEnum):
    """What became of a routed order as a whole; REFUSED is an answer, not an error."""

    UNSPECIFIED = 0
    COMPLETE = 1
    PARTIAL = 2
    REFUSED = 3


class ReserveOutcome(IntEnum):
    """What became of a Reserve as a whole; REFUSED is an answer, not an error."""

    UNSPECIFIED = 0
    GRANTED = 1
    PARTIAL = 2
    REFUSED = 3


class Optimality(IntEnum):
    """How good a plan is known to be; UNSPECIFIED = there is no plan."""

    UNSPECIFIED = 0
    PROVEN = 1
    BOUND = 2
    HEURISTIC = 3


class Objective(IntEnum):
    """The objectives a policy weighs, in the order of the native cost vectors (index = number - 1)."""

    UNSPECIFIED = 0
    SHIPPING = 1
    HANDLING = 2
    SPLIT_PENALTY = 3
    DISTANCE = 4
    LATENESS = 5
    TRANSIT_TIME = 6
    CAPACITY_BALANCE = 7
    STOCK_BALANCE = 8
    WEEKS_OF_SUPPLY = 9
    MARKDOWN_AVOIDANCE = 10
    NODE_PRIORITY = 11
    CARBON = 12
    OPPORTUNITY_COST = 13


class UnassignedReason(IntEnum):
    """Why a line, or a part of it, has no node; UNSPECIFIED = it has its full quantity."""

    UNSPECIFIED = 0
    OUT_OF_STOCK = 1
    NO_ELIGIBLE_NODE = 2
    NO_LANE = 3
    PAYMENT_NOT_SERVED = 4
    OVERWEIGHT = 5
    NO_CAPACITY = 6
    TOO_LATE = 7
    GROUP_NOT_TOGETHER = 8
    TOO_MANY_SHIPMENTS = 9
    NODE_UNAVAILABLE = 10
    ORDER_INCOMPLETE = 11
    BELOW_MINIMUM = 12
    ORDER_CANCELLED = 13


class ReservationState(IntEnum):
    """State of a reservation, derived from its quantities; the last three are final."""

    UNSPECIFIED = 0
    HELD = 1
    COMMITTED = 2
    PARTIALLY_FULFILLED = 3
    FULFILLED = 4
    RELEASED = 5
    EXPIRED = 6


class TokenDifference(IntEnum):
    """The first thing no longer as an option token says; NONE = granted as quoted, UNSPECIFIED = there was no token."""

    UNSPECIFIED = 0
    NONE = 1
    STOCK = 2
    CAPACITY = 3
    CUTOFF_PASSED = 4
    NETWORK_CHANGED = 5
    PRICE = 6


class AdjustReason(IntEnum):
    """Why on_hand changes; SALE and DAMAGE lower it, RECEIPT and RETURN raise it."""

    UNSPECIFIED = 0
    SALE = 1
    RECEIPT = 2
    RETURN = 3
    COUNT = 4
    DAMAGE = 5
    TRANSFER = 6


class NodeStatus(IntEnum):
    """Whether a node works: ONLINE takes new work, PAUSED keeps what it has, OFFLINE gives its work to others."""

    UNSPECIFIED = 0
    ONLINE = 1
    PAUSED = 2
    OFFLINE = 3


class RerouteReason(IntEnum):
    """Why a node failed a reservation; UNSPECIFIED is treated as OTHER, the last two are told and never asked for."""

    UNSPECIFIED = 0
    REJECTED = 1
    SHORT_PICK = 2
    LATE = 3
    OTHER = 4
    NODE_OFFLINE = 5
    OVER_CAPACITY = 6


class StrandedReason(IntEnum):
    """Why units stay at a node that failed; UNSPECIFIED = none do."""

    UNSPECIFIED = 0
    NO_OTHER_NODE = 1
    ATTEMPTS_EXHAUSTED = 2


class ExceptionKind(IntEnum):
    """What an exception record is about."""

    UNSPECIFIED = 0
    SHORTFALL = 1
    STRANDED = 2
    COUNT_MISMATCH = 3
    CAPACITY_OVERRUN = 4
    LATE_SUPPLY = 5
