"""What a plan costs under a policy that did not make it, by the reference functions of the objectives.

An objective whose facts are not in a plan (such as the stock at the moment of the decision) cannot be priced afterwards
and is left out of the comparison, for both plans.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from fastdom.network.document import Node
from fastdom.policy import OBJECTIVE_BY_NAME
from fastdom.simulation.decision import Decision
from fastdom.simulation.orders import SimulatedOrder
from fastdom.simulation.policies import SimulatedPolicy
from fastdom.types import Objective, Shipment

Costs = dict[str, int]
"""Weighted micros by objective."""


Facts = Callable[[Shipment, int, Node, SimulatedOrder], Any]

FACTS: Final[Mapping[str, Facts]] = {
    "tariff_micros": lambda shipment, _i, _node, _order: _tariff(shipment),
    "handling_shipment_micros": lambda _shipment, _i, node, _order: node.handling_shipment_micros,
    "handling_unit_micros": lambda _shipment, _i, node, _order: node.handling_unit_micros,
    "priority": lambda _shipment, _i, node, _order: node.priority,
    "units": lambda shipment, _i, _node, _order: sum(line.quantity for line in shipment.lines),
    "shipment_i": lambda _shipment, i, _node, _order: i,
    "distance_m": lambda shipment, _i, _node, _order: shipment.distance_m or -1,
    "arrive_by_us": lambda shipment, _i, _node, _order: shipment.arrive_by_us,
    "required_by_us": lambda _shipment, _i, _node, order: order.order.required_by_us,
    "service": lambda shipment, _i, _node, _order: shipment.carrier_service_id,
}
"""Facts of the objectives' reference functions that a plan tells, by name."""


def _tariff(shipment: Shipment) -> int:
    return next((cost.raw_micros for cost in shipment.costs if cost.objective is Objective.SHIPPING), 0)


def can_price(name: str) -> bool:
    """Whether a plan tells everything that the objective needs."""
    return {fact.name for fact in OBJECTIVE_BY_NAME[name].facts} <= FACTS.keys()


def price(policy: SimulatedPolicy, decision: Decision, order: SimulatedOrder, nodes: Mapping[str, Node]) -> Costs:
    """Return what a plan costs under a policy, by each of its objectives that can be priced."""
    costs: Costs = {}
    for name, steps in policy.steps:
        if not can_price(name):
            continue
        objective, settings = OBJECTIVE_BY_NAME[name], policy.document.objective(name)
        given = settings.arguments() if settings else {}
        for i, shipment in enumerate(decision.shipments):
            facts = {
                fact.name: FACTS[fact.name](shipment, i, nodes[shipment.node_id], order) for fact in objective.facts
            }
            costs[name] = costs.get(name, 0) + objective.weighted_micros(steps, {**given, **facts})
    return costs


def by_level(policy: SimulatedPolicy, costs: Costs) -> tuple[int, ...]:
    """Return the costs as the policy compares plans: sums of its levels, the most important first."""
    return tuple(sum(costs.get(name, 0) for name in level) for level in policy.levels)
