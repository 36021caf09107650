"""What a plan costs under a policy that did not make it, by the reference functions of all objectives.

The facts are those of the plan, of the network, and of the moment at which the policy decided (`moment`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastdom.network.document import CapacityKind, Node
from fastdom.policy import OBJECTIVE_BY_NAME, Policy, Scope
from fastdom.simulation.decision import Decision
from fastdom.simulation.moment import NOT_KNOWN, Ground, Moment
from fastdom.simulation.orders import SimulatedOrder
from fastdom.simulation.policies import SimulatedPolicy
from fastdom.types import Objective, OrderLine, Shipment

Costs = dict[str, int]
"""Weighted micros by objective."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A shipment of a plan, or what it takes of one position."""

    shipment: Shipment
    number: int
    units: int
    sku: str
    node: Node
    order: SimulatedOrder
    policy: Policy
    ground: Ground
    moment: Moment

    @property
    def position(self) -> tuple[str, str]:
        """SKU and node."""
        return self.sku, self.node.id

    @property
    def limit(self) -> int:
        """Shipments or units of a day of the node; 0 = not limited."""
        return 0 if self.node.capacity_kind is CapacityKind.NONE else self.node.capacity_limit


FACTS: Final[Mapping[str, Callable[[_Part], Any]]] = {
    "tariff_micros": lambda part: raw_of(part.shipment, Objective.SHIPPING),
    "handling_shipment_micros": lambda part: part.node.handling_shipment_micros,
    "handling_unit_micros": lambda part: part.node.handling_unit_micros,
    "priority": lambda part: part.node.priority,
    "units": lambda part: part.units,
    "shipment_i": lambda part: part.number,
    "distance_m": lambda part: part.shipment.distance_m or NOT_KNOWN,
    "arrive_by_us": lambda part: part.shipment.arrive_by_us,
    "required_by_us": lambda part: part.order.order.required_by_us,
    "ship_day": lambda part: part.shipment.ship_day,
    "arrive_day": lambda part: part.ground.arrive_day(part.shipment, part.order),
    "service": lambda part: "" if _collected(part) else part.shipment.carrier_service_id,
    "capacity_limit": lambda part: part.limit,
    "capacity_taken": lambda part: part.moment.capacity_taken.get((part.node.id, part.shipment.ship_day), 0),
    "available": lambda part: part.moment.available.get(part.position, 0) - _kept_back(part),
    "weekly_demand_milli": lambda part: part.moment.weekly_demand_milli.get(part.position, NOT_KNOWN),
    "price_micros": lambda part: part.moment.price_micros.get(part.position, 0),
}
"""Every fact of the objectives' reference functions, by name."""


def raw_of(shipment: Shipment, objective: Objective) -> int:
    """Raw micros of a shipment by one objective."""
    return next((cost.raw_micros for cost in shipment.costs if cost.objective is objective), 0)


def _collected(part: _Part) -> bool:
    where = part.order.order.destination
    return where is not None and bool(where.pickup_node_id)


def _kept_back(part: _Part) -> int:
    """Units that routing leaves at the position."""
    settings = part.policy.constraint("routing_reserve")
    if settings is None or not settings["enforced"]:
        return 0
    return part.moment.reserve.get(part.position, 0) + settings.whole("extra_units")


def price(policy: SimulatedPolicy, decision: Decision, order: SimulatedOrder, ground: Ground, moment: Moment) -> Costs:
    """Return what a plan costs under a policy, by each of its objectives.

    The carrier's charge is the one told with the plan: it does not depend on the policy. Where the policy had given up
    its routing reserve, the units it kept back still count as such.
    """
    costs: Costs = {}
    parts = list(_parts(policy.document, decision, order, ground, moment))
    for name, steps in policy.steps:
        objective, settings = OBJECTIVE_BY_NAME[name], policy.document.objective(name)
        given = settings.arguments() if settings else {}
        of_positions = objective.scope is Scope.BLOCK_AND_NODE
        for part in parts:
            if bool(part.sku) is of_positions:
                facts = {fact.name: FACTS[fact.name](part) for fact in objective.facts}
                costs[name] = costs.get(name, 0) + objective.weighted_micros(steps, {**given, **facts})
    return costs


def _parts(
    policy: Policy, decision: Decision, order: SimulatedOrder, ground: Ground, moment: Moment
) -> Iterator[_Part]:
    """Each shipment, then what it takes of each position, by what travels together."""
    lines = {line.line_id: line for line in order.order.lines}
    for i, shipment in enumerate(decision.shipments):
        node = ground.nodes[shipment.node_id]
        units: dict[tuple[str, str], int] = {}
        for one in shipment.lines:
            block = _block(lines[one.line_id]), lines[one.line_id].sku
            units[block] = units.get(block, 0) + one.quantity
        yield _Part(shipment, i, sum(units.values()), "", node, order, policy, ground, moment)
        for (_, sku), taken in units.items():
            yield _Part(shipment, i, taken, sku, node, order, policy, ground, moment)


def _block(line: OrderLine) -> str:
    return f"group {line.group_id}" if line.group_id else f"line {line.line_id}"


def by_level(policy: SimulatedPolicy, costs: Costs) -> tuple[int, ...]:
    """Return the costs as the policy compares plans: sums of its levels, the most important first."""
    return tuple(sum(costs.get(name, 0) for name in level) for level in policy.levels)
