"""What an objective prices and a constraint judges, and the facts they need for it."""

from dataclasses import dataclass
from enum import Enum


class Scope(Enum):
    """The smallest thing that an objective prices or a constraint judges."""

    NODE = "node"  # a mask over nodes, known before any stock is looked at
    SERVICE = "node and carrier service"  # which services a node may use
    BLOCK_AND_NODE = "block and node"  # what travels together, at one node
    UNIT = "shipment and unit"  # a part per shipment and a part per unit
    SHIPMENT = "shipment"  # one parcel's worth: node, carrier service, hand-over
    PLAN = "plan"  # all shipments of an order together


class Of(Enum):
    """What a fact belongs to: it says where a decision finds it."""

    ORDER = "order"
    LINE = "line"
    NODE = "node"
    POSITION = "position"  # one SKU at one node
    LANE = "node and destination"
    OFFER = "carrier service at a node"  # with its next hand-over
    SHIPMENT = "shipment"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Fact:
    """An input of a decision.

    Attributes
    ----------
    name : str
        Parameter of the reference function, with its unit at the end.
    of : Of
    meaning : str
        What it is, and what a value means that stands for "not known".
    """

    name: str
    of: Of
    meaning: str
