"""Totals of one policy over all orders."""

from array import array
from collections import Counter
from dataclasses import dataclass, field

from fastdom.simulation.decision import Decision
from fastdom.simulation.orders import SimulatedOrder
from fastdom.types import Objective, Optimality, RouteOutcome

DAY_US = 86_400_000_000


def spend_micros(decision: Decision) -> int:
    """Raw shipping and handling of a plan."""
    return sum(
        cost.raw_micros
        for shipment in decision.shipments
        for cost in shipment.costs
        if cost.objective in (Objective.SHIPPING, Objective.HANDLING)
    )


@dataclass(slots=True)
class NodeWork:
    """What one node does.

    Attributes
    ----------
    shipments, units : int
    days : Counter
        Shipments by local date of the hand-over (days since 1970-01-01); 0 = not known.
    """

    shipments: int = 0
    units: int = 0
    days: Counter[int] = field(default_factory=Counter)

    @property
    def peak_day_shipments(self) -> int:
        """Shipments of its fullest day."""
        return max(self.days.values(), default=0)


@dataclass(slots=True)
class Promises:
    """Arrivals of orders that ship.

    Attributes
    ----------
    dated : int
        Orders whose arrival is known.
    days_us : int
        Sum over them from the decision to the end of the last arrival window, microseconds.
    required : int
        Orders that ship and had asked for a date.
    late : int
        Those that arrive after it.
    late_us : int
        Sum over them of the delay, microseconds.
    """

    dated: int = 0
    days_us: int = 0
    required: int = 0
    late: int = 0
    late_us: int = 0

    def add(self, order: SimulatedOrder, decision: Decision) -> None:
        """Count an order that ships."""
        arrive_us, required_us = decision.arrive_by_us, order.order.required_by_us
        self.required += required_us > 0
        if arrive_us:
            self.dated += 1
            self.days_us += arrive_us - order.at_us
            if 0 < required_us < arrive_us:
                self.late += 1
                self.late_us += arrive_us - required_us


@dataclass(slots=True)
class Tally:
    """Totals of one policy.

    Attributes
    ----------
    outcomes : Counter of RouteOutcome
    optimality : Counter of Optimality
    units_ordered, units_shipped : int
    split_orders : int
        Orders in two shipments or more.
    shipments : int
    cost_micros : int
        Weighted, of all orders.
    raw, weighted : Counter of Objective
        Micros.
    refused_orders, short_units : Counter of str
        Orders refused and units short by UnassignedReason.
    nodes : dict of str to NodeWork
    common_orders, common_cost_micros, common_spend_micros : int
        The same over the orders that every policy ships in full, so that costs compare like with like.
    decision_us : array of int64
        Of each order.
    """

    outcomes: Counter[RouteOutcome] = field(default_factory=Counter)
    optimality: Counter[Optimality] = field(default_factory=Counter)
    units_ordered: int = 0
    units_shipped: int = 0
    split_orders: int = 0
    shipments: int = 0
    cost_micros: int = 0
    raw: Counter[Objective] = field(default_factory=Counter)
    weighted: Counter[Objective] = field(default_factory=Counter)
    refused_orders: Counter[str] = field(default_factory=Counter)
    short_units: Counter[str] = field(default_factory=Counter)
    promises: Promises = field(default_factory=Promises)
    nodes: dict[str, NodeWork] = field(default_factory=dict)
    common_orders: int = 0
    common_cost_micros: int = 0
    common_spend_micros: int = 0
    decision_us: "array[int]" = field(default_factory=lambda: array("q"))

    @property
    def shipped_orders(self) -> int:
        """Orders of which anything ships."""
        return self.outcomes[RouteOutcome.COMPLETE] + self.outcomes[RouteOutcome.PARTIAL]

    @property
    def spend_micros(self) -> int:
        """Money that leaves the house, whatever the weights: raw shipping and handling."""
        return self.raw[Objective.SHIPPING] + self.raw[Objective.HANDLING]

    def add(self, order: SimulatedOrder, decision: Decision) -> None:
        """Count one order."""
        units = order.units
        self.outcomes[decision.outcome] += 1
        self.decision_us.append(decision.decision_us)
        self.units_ordered += units
        self.units_shipped += units - decision.units_short
        for line in decision.short:
            self.short_units[line.reason.name] += line.quantity
        if decision.outcome is RouteOutcome.REFUSED:
            self.refused_orders[decision.reason.name] += 1
            return
        self.optimality[decision.optimality] += 1
        self.split_orders += len(decision.shipments) > 1
        self.shipments += len(decision.shipments)
        self.cost_micros += decision.cost_micros
        self.promises.add(order, decision)
        self._add_shipments(decision)

    def add_common(self, decision: Decision) -> None:
        """Count an order that every policy ships in full."""
        self.common_orders += 1
        self.common_cost_micros += decision.cost_micros
        self.common_spend_micros += spend_micros(decision)

    def _add_shipments(self, decision: Decision) -> None:
        for shipment in decision.shipments:
            work = self.nodes.setdefault(shipment.node_id, NodeWork())
            work.shipments += 1
            work.units += sum(line.quantity for line in shipment.lines)
            work.days[shipment.ship_day] += 1
            for cost in shipment.costs:
                self.raw[cost.objective] += cost.raw_micros
                self.weighted[cost.objective] += cost.cost_micros
