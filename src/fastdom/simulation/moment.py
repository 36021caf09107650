"""What a policy's own world was like at the moment of a decision: the facts that a plan alone does not tell.

They are read just after the decision, and what the decision took is added back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from fastdom.network import NetworkDocument
from fastdom.network.document import CapacityKind, Node
from fastdom.simulation.decision import Decision
from fastdom.simulation.orders import SimulatedOrder
from fastdom.types import Shipment

DAY_ZERO = date(1970, 1, 1).toordinal()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOT_KNOWN = -1


@dataclass(frozen=True, slots=True)
class Moment:
    """Stock and capacity that a policy found.

    Attributes
    ----------
    available : mapping of (sku, node) to int
        Units that the order's channel might take, before the decision.
    reserve : mapping of (sku, node) to int
        Routing reserve of the position.
    capacity_taken : mapping of (node, day) to int
        Shipments or units taken of the node's local day, before the decision.
    weekly_demand_milli, price_micros : mapping of (sku, node) to int
        What the policy was told of positions.
    """

    available: Mapping[tuple[str, str], int] = field(default_factory=dict)
    reserve: Mapping[tuple[str, str], int] = field(default_factory=dict)
    capacity_taken: Mapping[tuple[str, int], int] = field(default_factory=dict)
    weekly_demand_milli: Mapping[tuple[str, str], int] = field(default_factory=dict)
    price_micros: Mapping[tuple[str, str], int] = field(default_factory=dict)


class Told(Protocol):
    """A policy's world that tells a moment."""

    def moment(self, order: SimulatedOrder, own: Decision, other: Decision) -> Moment:
        """Return what was there for both plans before its own decision, just made."""
        ...


@dataclass(frozen=True, slots=True)
class Ground:
    """What does not change while orders are decided.

    Attributes
    ----------
    network : NetworkDocument
    nodes : mapping of str to Node
    zone_of : mapping of str to int
        Number of the zone of each postal code.
    """

    network: NetworkDocument
    nodes: Mapping[str, Node]
    zone_of: Mapping[str, int]

    @classmethod
    def of(cls, network: NetworkDocument) -> "Ground":
        """Return the ground of a network."""
        codes = network.postal_codes
        return cls(
            network,
            {node.id: node for node in network.nodes},
            dict(zip(codes.codes, codes.zone_i.tolist(), strict=True)),
        )

    def arrive_day(self, shipment: Shipment, order: SimulatedOrder) -> int:
        """The destination's local date on which the arrival window ends; the day of the hand-over for a pickup."""
        where = order.order.destination
        if where is None or where.pickup_node_id or where.address is None or not shipment.arrive_by_us:
            return shipment.ship_day
        zone = self.network.zones[self.zone_of[where.address.postal_code]]
        return local_day(shipment.arrive_by_us - 1, zone.time_zone)


@lru_cache(maxsize=4096)
def local_day(at_us: int, time_zone: str) -> int:
    """Local date of a moment, days since 1970-01-01."""
    at = (EPOCH + timedelta(microseconds=at_us)).astimezone(ZoneInfo(time_zone))
    return at.date().toordinal() - DAY_ZERO


def capacity_need(node: Node, shipment: Shipment) -> int:
    """What a shipment takes of its node's day."""
    if node.capacity_kind is CapacityKind.UNITS:
        return sum(line.quantity for line in shipment.lines)
    return int(node.capacity_kind is CapacityKind.SHIPMENTS)
