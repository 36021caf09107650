"""What one policy made of one order."""

from dataclasses import dataclass
from typing import TypeAlias

from fastdom.types import Optimality, RouteOutcome, Shipment, UnassignedLine, UnassignedReason

Parcel: TypeAlias = tuple[str, str, tuple[tuple[str, int], ...]]
"""(node, carrier service, ((line, units), ...))."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one order.

    Attributes
    ----------
    outcome : RouteOutcome
    shipments : tuple of Shipment
        By external node id.
    short : tuple of UnassignedLine
        Units that no shipment carries, and why.
    cost_micros : int
        Weighted.
    optimality : Optimality
        UNSPECIFIED when there was nothing to choose.
    decision_us : int
        Microseconds in the engine.
    routed : bool
        False where the order says itself which nodes ship it.
    """

    outcome: RouteOutcome
    shipments: tuple[Shipment, ...]
    short: tuple[UnassignedLine, ...]
    cost_micros: int
    optimality: Optimality
    decision_us: int
    routed: bool = True

    @property
    def parcels(self) -> tuple[Parcel, ...]:
        """What two decisions are told apart by: which node ships what, with which carrier service."""
        return tuple(
            (one.node_id, one.carrier_service_id, tuple((line.line_id, line.quantity) for line in one.lines))
            for one in self.shipments
        )

    @property
    def units_short(self) -> int:
        """Units that no shipment carries."""
        return sum(line.quantity for line in self.short)

    @property
    def arrive_by_us(self) -> int:
        """End of the last arrival window, microseconds UTC; 0 = none, or not known of every shipment."""
        ends = [one.arrive_by_us for one in self.shipments]
        return max(ends) if ends and all(ends) else 0

    @property
    def reason(self) -> UnassignedReason:
        """Why units are short: the first reason that is more than "another line failed"; UNSPECIFIED = none are."""
        reasons = [line.reason for line in self.short]
        telling = [reason for reason in reasons if reason is not UnassignedReason.ORDER_INCOMPLETE]
        return (telling or reasons or [UnassignedReason.UNSPECIFIED])[0]
