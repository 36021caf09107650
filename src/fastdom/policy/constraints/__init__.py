"""Constraints: one file each, listed once."""

from fastdom.policy.constraint import Constraint
from fastdom.policy.constraints import (
    capability,
    capacity_left,
    carrier_available,
    distance_cap,
    excluded_nodes,
    max_shipments,
    minimum_shipment,
    must_arrive_by,
    node_group,
    node_type,
    routing_reserve,
    service_area,
    ship_complete,
    status,
)

CONSTRAINTS: tuple[Constraint, ...] = (
    node_type.CONSTRAINT,
    node_group.CONSTRAINT,
    status.CONSTRAINT,
    capability.CONSTRAINT,
    service_area.CONSTRAINT,
    distance_cap.CONSTRAINT,
    carrier_available.CONSTRAINT,
    capacity_left.CONSTRAINT,
    routing_reserve.CONSTRAINT,
    max_shipments.CONSTRAINT,
    ship_complete.CONSTRAINT,
    minimum_shipment.CONSTRAINT,
    must_arrive_by.CONSTRAINT,
    excluded_nodes.CONSTRAINT,
)
CONSTRAINT_BY_NAME = {constraint.name: constraint for constraint in CONSTRAINTS}

__all__ = ["CONSTRAINTS", "CONSTRAINT_BY_NAME"]
