"""How one plan differs from another, in one line."""

from fastdom.explain.what_if import money
from fastdom.types import Plan

HOUR_US = 3_600_000_000
LINES_TOLD = 3


def difference(plan: Plan, taken: Plan) -> str:
    """Return what moves where, what it costs more, and whether it arrives at another time."""
    before = {line.line_id: shipment.node_id for shipment in taken.shipments for line in shipment.lines}
    moves: dict[tuple[str, str], list[str]] = {}
    for shipment in plan.shipments:
        for line in shipment.lines:
            if before.get(line.line_id) != shipment.node_id:
                moves.setdefault((before.get(line.line_id, "nowhere"), shipment.node_id), []).append(line.line_id)
    told = [f"{_lines(lines)} from {node} instead of {old}" for (old, node), lines in moves.items()]
    extra = len(plan.shipments) - len(taken.shipments)
    if extra:
        told.append(f"{abs(extra)} shipment{'s' if abs(extra) > 1 else ''} {'more' if extra > 0 else 'fewer'}")
    cost = plan.total_cost_micros - taken.total_cost_micros
    told.append(f"costs {money(abs(cost))} {'more' if cost >= 0 else 'less'}" if cost else "costs the same")
    late = _arrival(plan) - _arrival(taken)
    if late:
        told.append(f"arrives {abs(late) / HOUR_US:.0f} h {'later' if late > 0 else 'earlier'}")
    return "; ".join(told)


def _lines(lines: list[str]) -> str:
    shown = ", ".join(lines[:LINES_TOLD])
    return shown if len(lines) <= LINES_TOLD else f"{shown} and {len(lines) - LINES_TOLD} more"


def _arrival(plan: Plan) -> int:
    return max((shipment.arrive_by_us for shipment in plan.shipments), default=0)
