"""Every decision as a row of a CSV file, written while the simulation runs."""

import csv
from collections.abc import Sequence
from typing import TextIO

from fastdom.simulation.decision import Decision
from fastdom.simulation.orders import SimulatedOrder
from fastdom.simulation.policies import SimulatedPolicy
from fastdom.simulation.report import time_text
from fastdom.types import Objective

OBJECTIVES = tuple(one for one in Objective if one)

COLUMNS = (
    "order_id",
    "row",
    "decided_at",
    "policy",
    "outcome",
    "reason",
    "units_ordered",
    "units_short",
    "shipments",
    "nodes",
    "differs",
    "cost_micros",
    *(f"{one.name.lower()}_micros" for one in OBJECTIVES),
    "arrive_by",
    "late",
)


class DecisionsFile:
    """Writes the decisions of a simulation to an open text file."""

    def __init__(self, stream: TextIO, policies: Sequence[SimulatedPolicy]) -> None:
        self._writer = csv.writer(stream, lineterminator="\n")
        self._labels = [policy.label for policy in policies]
        self._writer.writerow(COLUMNS)

    def write(self, order: SimulatedOrder, decisions: Sequence[Decision]) -> None:
        """Write one order's rows, one a policy."""
        for label, decision in zip(self._labels, decisions, strict=False):
            self._writer.writerow(_row(order, label, decision, decisions[0]))


def _row(order: SimulatedOrder, label: str, decision: Decision, first: Decision) -> tuple[object, ...]:
    arrive_us, required_us = decision.arrive_by_us, order.order.required_by_us
    costs = dict.fromkeys(OBJECTIVES, 0)
    for shipment in decision.shipments:
        for cost in shipment.costs:
            costs[cost.objective] += cost.cost_micros
    return (
        order.order.order_id,
        order.row,
        time_text(order.at_us),
        label,
        decision.outcome.name,
        decision.reason.name if decision.short else "",
        order.units,
        decision.units_short,
        len(decision.shipments),
        " ".join(one.node_id for one in decision.shipments),
        int(decision.outcome is not first.outcome or decision.parcels != first.parcels),
        decision.cost_micros,
        *costs.values(),
        time_text(arrive_us) if arrive_us else "",
        int(0 < required_us < arrive_us),
    )
