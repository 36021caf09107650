"""Switching nodes, and what a node has to do."""

from dataclasses import dataclass

from fastdom.types.words import NodeStatus


@dataclass(frozen=True, slots=True)
class SetNodeStatusRequest:
    """Switch a node ONLINE, PAUSED or OFFLINE."""

    request_id: str
    node_id: str
    status: NodeStatus
    first_sent_at_us: int = 0


@dataclass(frozen=True, slots=True)
class NodeStatusResult:
    """Answer of SetNodeStatus.

    Attributes
    ----------
    node_id : str
    status : NodeStatus
        After it.
    reservations_rerouted, units_rerouted : int
        Reservations with at least one unit moved, units moved.
    reservations_stranded, units_stranded : int
        Reservations with at least one unit that fits nowhere else, units that stay at the node.
    inventory_seq : int
        Journal sequence after the last move.
    seq : int
        Sequence that must be durable before the answer is given away.
    """

    node_id: str
    status: NodeStatus
    reservations_rerouted: int
    units_rerouted: int
    reservations_stranded: int
    units_stranded: int
    inventory_seq: int
    seq: int


@dataclass(frozen=True, slots=True)
class NodeLoad:
    """What a node has to do: status, open units and reservations, and capacity taken on one local day.

    Attributes
    ----------
    node_id : str
    status : NodeStatus
    held, committed : int
        Open units at its positions.
    ship_day : int
        Node's local date asked for, days since 1970-01-01.
    capacity_taken : int
        Shipments or units that day's bucket has taken.
    """

    node_id: str
    status: NodeStatus
    held: int
    committed: int
    ship_day: int
    capacity_taken: int
