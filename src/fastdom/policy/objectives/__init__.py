"""Objectives: one file each, listed once, in the order of the native cost vectors and of the wire enum."""

from fastdom.policy.objective import Objective
from fastdom.policy.objectives import (
    capacity_balance,
    carbon,
    distance,
    handling,
    lateness,
    markdown_avoidance,
    node_priority,
    opportunity_cost,
    shipping,
    split_penalty,
    stock_balance,
    transit_time,
    weeks_of_supply,
)

OBJECTIVES: tuple[Objective, ...] = (
    shipping.OBJECTIVE,
    handling.OBJECTIVE,
    split_penalty.OBJECTIVE,
    distance.OBJECTIVE,
    lateness.OBJECTIVE,
    transit_time.OBJECTIVE,
    capacity_balance.OBJECTIVE,
    stock_balance.OBJECTIVE,
    weeks_of_supply.OBJECTIVE,
    markdown_avoidance.OBJECTIVE,
    node_priority.OBJECTIVE,
    carbon.OBJECTIVE,
    opportunity_cost.OBJECTIVE,
)
OBJECTIVE_BY_NAME = {objective.name: objective for objective in OBJECTIVES}

__all__ = ["OBJECTIVES", "OBJECTIVE_BY_NAME"]
