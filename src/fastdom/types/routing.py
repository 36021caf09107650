"""Route, Reroute and RerouteNode: requests and results."""

from dataclasses import dataclass

from fastdom.types.orders import Order, PolicyRef
from fastdom.types.plans import Plan
from fastdom.types.reservations import Reservation
from fastdom.types.words import (
    Optimality,
    RerouteReason,
    RouteMode,
    RouteOutcome,
    StrandedReason,
    UnassignedReason,
)


@dataclass(frozen=True, slots=True)
class RouteRequest:
    """Which nodes should ship this order.

    Attributes
    ----------
    request_id : str
        1..36 bytes in HOLD and FIRM; may be empty in PLAN.
    order : Order
    policy : PolicyRef or None
        None = the default policy's active version.
    mode : RouteMode
    ttl_us : int
        Time to live of a HOLD in microseconds; 0 = the channel's default.
    include_node_ids, exclude_node_ids : tuple of str
        Only these nodes (empty = all), never those; at most 4,096 each.
    allow_partial : bool
        True = as many units as possible first, then the least cost.
    max_shipments : int
        0 = the policy's limit.
    effort : int
        Node x subset evaluations the search may spend; 0 = the default.
    alternatives : int
        Next best plans wanted, 0 .. 8, in PLAN.
    explain : bool
        Also tell every node as the search saw it, in PLAN.
    first_sent_at_us : int
        When this request id was first sent; 0 = not checked.
    """

    request_id: str
    order: Order
    policy: PolicyRef | None = None
    mode: RouteMode = RouteMode.UNSPECIFIED
    ttl_us: int = 0
    include_node_ids: tuple[str, ...] = ()
    exclude_node_ids: tuple[str, ...] = ()
    allow_partial: bool = False
    max_shipments: int = 0
    effort: int = 0
    alternatives: int = 0
    explain: bool = False
    first_sent_at_us: int = 0


@dataclass(frozen=True, slots=True)
class NodeConsidered:
    """One node as the search saw it.

    Attributes
    ----------
    node_id : str
    rank : int
        1 = the cheapest per unit it can cover; 0 = not eligible.
    used : bool
        The plan ships from it.
    lines_covered : int
        Lines it could ship in full.
    cost_micros : int
        Weighted cost of one shipment with all of those lines.
    distance_m : int
        Metres to the destination.
    reason : UnassignedReason
        Why it is not eligible or covers no line.
    """

    node_id: str
    rank: int
    used: bool
    lines_covered: int
    cost_micros: int
    distance_m: int
    reason: UnassignedReason


@dataclass(frozen=True, slots=True)
class RouteResult:
    """Answer of Route.

    Attributes
    ----------
    plan : Plan or None
        None in a repeated answer.
    optimality : Optimality
    gap_micros : int
        What a better plan could save at most: 0 for PROVEN, -1 for HEURISTIC.
    outcome : RouteOutcome
    reservation : Reservation or None
        None in PLAN and when REFUSED.
    nodes_considered, subsets_evaluated : int
        Eligible nodes looked at, node x subset evaluations spent.
    policy_name : str
    policy_version, network_version : int
        What decided, 1 upwards.
    inventory_seq : int
        Journal sequence the answer was computed at.
    decision_us : int
        Microseconds from decoded request to applied result, lock wait included; 0 in a repeated answer.
    alternatives : tuple of Plan
    candidates : tuple of NodeConsidered
    seq : int
        Sequence that must be durable before the answer is given away; 0 = an estimate, wait for nothing.
    """

    plan: Plan | None
    optimality: Optimality
    gap_micros: int
    outcome: RouteOutcome
    reservation: Reservation | None
    nodes_considered: int
    subsets_evaluated: int
    policy_name: str
    policy_version: int
    network_version: int
    inventory_seq: int
    decision_us: int
    alternatives: tuple[Plan, ...] = ()
    candidates: tuple[NodeConsidered, ...] = ()
    seq: int = 0


@dataclass(frozen=True, slots=True)
class RerouteLine:
    """Units of one line that leave the node."""

    line_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class RerouteRequest:
    """Units of a reservation leave a node that failed them.

    Attributes
    ----------
    request_id : str
        1..36 bytes.
    reservation_id : str
        32 hexadecimal digits.
    node_id : str
        The node that failed.
    lines : tuple of RerouteLine
        What leaves it; empty = everything open there. Lines of a group go with any of them.
    reason : RerouteReason
        SHORT_PICK also takes the units off on_hand.
    first_sent_at_us : int
        When this request id was first sent; 0 = not checked.
    """

    request_id: str
    reservation_id: str
    node_id: str
    lines: tuple[RerouteLine, ...] = ()
    reason: RerouteReason = RerouteReason.UNSPECIFIED
    first_sent_at_us: int = 0


@dataclass(frozen=True, slots=True)
class NodeExclusion:
    """A node that failed a reservation gets none of its units before `until_us`."""

    node_id: str
    reason: RerouteReason
    until_us: int


@dataclass(frozen=True, slots=True)
class RerouteResult:
    """Answer of Reroute.

    Attributes
    ----------
    reservation : Reservation
        After it.
    plan : Plan or None
        The new shipments; None when nothing moved.
    units_moved, units_stranded : int
        Units that found another node, units that should leave and stay.
    stranded_reason : StrandedReason
        Why units stay.
    exception_id : int
        The open exception STRANDED of the reservation at the node; 0 = none.
    attempts : int
        Re-routes by request that moved units of the reservation so far, this one included.
    exclusions : tuple of NodeExclusion
        Nodes that get none of its units, the one that failed now last.
    inventory_seq : int
        Journal sequence the answer was computed at.
    decision_us : int
        Microseconds from decoded request to applied result, lock wait included; 0 in a repeated answer.
    seq : int
        Sequence that must be durable before the answer is given away.
    """

    reservation: Reservation
    plan: Plan | None
    units_moved: int
    units_stranded: int
    stranded_reason: StrandedReason
    exception_id: int
    attempts: int
    exclusions: tuple[NodeExclusion, ...]
    inventory_seq: int
    decision_us: int
    seq: int


@dataclass(frozen=True, slots=True)
class RerouteNodeRequest:
    """Shipments leave the buckets of a node that have more than their limit."""

    request_id: str
    node_id: str
    first_sent_at_us: int = 0


@dataclass(frozen=True, slots=True)
class RerouteNodeResult:
    """Answer of RerouteNode.

    Attributes
    ----------
    node_id : str
    reservations_rerouted, units_rerouted : int
        What found another node.
    reservations_left, units_left : int
        What was tried and fits nowhere else whole.
    inventory_seq : int
        Journal sequence after the last move.
    seq : int
        Sequence that must be durable before the answer is given away.
    """

    node_id: str
    reservations_rerouted: int
    units_rerouted: int
    reservations_left: int
    units_left: int
    inventory_seq: int
    seq: int
