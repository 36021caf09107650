"""Comparing plans as routing does: units first, then costs level by level, then shipments, then node ids."""

from fastdom.policy import Policy
from fastdom.types import Objective, Plan

Costs = tuple[int, ...]


def costs_of(plan: Plan, policy: Policy) -> Costs:
    """Return weighted micros by level of the comparison; one level where costs add up."""
    if len(policy.levels()) == 1:
        return (sum(shipment.cost_micros for shipment in plan.shipments),)
    level_of = {one.name: i for i, level in enumerate(policy.levels()) for one in level}
    costs = [0] * len(policy.levels())
    for shipment in plan.shipments:
        for cost in shipment.costs:
            level = level_of.get(Objective(cost.objective).name.lower())
            if level is not None:
                costs[level] += cost.cost_micros
    return tuple(costs)


def missing_units(plan: Plan) -> int:
    """Return the units that no shipment carries."""
    return sum(line.quantity for line in plan.unassigned_lines)


def goodness(plan: Plan, policy: Policy) -> tuple[int, Costs, int, tuple[str, ...]]:
    """Return what plans are compared by: the lowest is the best."""
    return missing_units(plan), costs_of(plan, policy), len(plan.shipments), tuple(s.node_id for s in plan.shipments)


def lead(loser: Plan, winner: Plan, policy: Policy) -> tuple[int, int]:
    """By how much the first plan must cost less to win, and on which level; (0, 0) = it wins already.

    Both serve as many units.
    """
    ours, theirs = goodness(loser, policy), goodness(winner, policy)
    if ours < theirs:
        return 0, 0
    for level, (cost, wanted) in enumerate(zip(ours[1], theirs[1], strict=True)):
        if cost != wanted:
            tied = (ours[1][level + 1 :], *ours[2:]) < (theirs[1][level + 1 :], *theirs[2:])
            return cost - wanted + (0 if tied else 1), level
    return 1, 0
