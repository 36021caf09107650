"""Explain: why an order was routed as it was."""

from dataclasses import dataclass
from enum import IntEnum

from fastdom.types.plans import ObjectiveCost, Plan
from fastdom.types.words import Optimality, RouteOutcome, ServiceLevel, UnassignedReason


class DecisionKind(IntEnum):
    """What was asked for when the decision was made."""

    UNSPECIFIED = 0
    RESERVE = 1
    ROUTE = 2
    PROMISE = 3


class ConstraintStatus(IntEnum):
    """What a constraint says about a node."""

    UNSPECIFIED = 0
    MET = 1
    VIOLATED = 2
    RELAXED = 3
    NOT_JUDGED = 4


class CounterfactualKind(IntEnum):
    """What would have to differ for a losing node to be in the plan."""

    UNSPECIFIED = 0
    CHEAPER = 1
    MORE_UNITS = 2
    RELAXED = 3
    NONE = 4


@dataclass(frozen=True, slots=True)
class ExplainRequest:
    """Which decisions to explain: by exactly one of the ids.

    Attributes
    ----------
    order_id, reservation_id, request_id : str
    alternatives : int
        Next best plans wanted, 0 .. 8.
    all_decisions : bool
        Every decision that is kept, oldest first; False = the latest.
    """

    order_id: str = ""
    reservation_id: str = ""
    request_id: str = ""
    alternatives: int = 3
    all_decisions: bool = False


@dataclass(frozen=True, slots=True)
class ConstraintVerdict:
    """One constraint at one node: what it wants, and what there was."""

    constraint: str
    status: ConstraintStatus
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class LineAvailability:
    """Units of a line's SKU at a node when the decision was made.

    Attributes
    ----------
    line_id, sku : str
    wanted : int
        Units ordered.
    available : int
        Units that any order may take; may be negative.
    routing_reserve : int
        Units of them that routing leaves there.
    """

    line_id: str
    sku: str
    wanted: int
    available: int
    routing_reserve: int


@dataclass(frozen=True, slots=True)
class MissingUnits:
    """Units of a SKU that a node lacks."""

    sku: str
    units: int


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """The least that would have to differ for a losing node to ship.

    Attributes
    ----------
    kind : CounterfactualKind
    cheaper_by_micros : int
        CHEAPER: a shipment from the node costing so much less wins; one micro less does not.
    missing : tuple of MissingUnits
        MORE_UNITS: with so many units more at the node it wins.
    constraints : tuple of str
        RELAXED: without these constraints it wins.
    exact : bool
        False = the search was cut short: the true figure may be lower.
    text : str
        One line for people.
    """

    kind: CounterfactualKind
    cheaper_by_micros: int = 0
    missing: tuple[MissingUnits, ...] = ()
    constraints: tuple[str, ...] = ()
    exact: bool = True
    text: str = ""


@dataclass(frozen=True, slots=True)
class ExplainedNode:
    """One node as the decision saw it.

    Attributes
    ----------
    node_id : str
    rank : int
        1 = the cheapest per unit that it can ship alone; 0 = it can ship no line.
    used : bool
        The plan ships from it.
    lines_covered : int
        Lines it could ship alone, in full.
    cost_micros : int
        Weighted cost of one shipment of them.
    costs : tuple of ObjectiveCost
        The same by objective: raw and weighted.
    distance_m : int
    reason : UnassignedReason
        Why it can ship no line.
    constraints : tuple of ConstraintVerdict
    availability : tuple of LineAvailability
    counterfactual : Counterfactual or None
        None where the node is used.
    """

    node_id: str
    rank: int
    used: bool
    lines_covered: int
    cost_micros: int
    costs: tuple[ObjectiveCost, ...]
    distance_m: int
    reason: UnassignedReason
    constraints: tuple[ConstraintVerdict, ...]
    availability: tuple[LineAvailability, ...]
    counterfactual: Counterfactual | None


@dataclass(frozen=True, slots=True)
class ExplainedAlternative:
    """A plan that was not taken, what it costs more, and how it differs, in one line."""

    plan: Plan
    regret_micros: int
    difference: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one decision came out as it did, from its record alone.

    Attributes
    ----------
    order_id, reservation_id, request_id : str
        reservation_id is empty where nothing was taken.
    kind : DecisionKind
    decided_at_us : int
        Time it was judged at.
    decision_seq : int
        Its journal sequence; that of the state where it was refused.
    policy_name : str
    policy_version, network_version : int
    service_level : ServiceLevel
    outcome : RouteOutcome
    optimality : Optimality
    gap_micros : int
    from_token : bool
        It redeemed an option: the plan was chosen when the option was made.
    plan : Plan
        As it was taken, from the record.
    relaxed : tuple of str
        Constraints that were given up for it, in the policy's order.
    reproduced : bool
        Planning again on the record gave the same plan.
    regret_micros : int
        What the next best plan costs more; -1 = there is none.
    alternatives : tuple of ExplainedAlternative
    nodes : tuple of ExplainedNode
        By rank; those that can ship nothing last.
    """

    order_id: str
    reservation_id: str
    request_id: str
    kind: DecisionKind
    decided_at_us: int
    decision_seq: int
    policy_name: str
    policy_version: int
    network_version: int
    service_level: ServiceLevel
    outcome: RouteOutcome
    optimality: Optimality
    gap_micros: int
    from_token: bool
    plan: Plan
    relaxed: tuple[str, ...]
    reproduced: bool
    regret_micros: int
    alternatives: tuple[ExplainedAlternative, ...]
    nodes: tuple[ExplainedNode, ...]


@dataclass(frozen=True, slots=True)
class ExplainResult:
    """Answer of Explain.

    Attributes
    ----------
    explanations : tuple of Explanation
        Oldest first.
    decisions_kept : int
        Decisions of the order that are kept.
    """

    explanations: tuple[Explanation, ...]
    decisions_kept: int
