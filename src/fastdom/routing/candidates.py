"""Every node as the search saw it: what it could ship alone, at what cost, or why nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from fastdom.types import (
    NodeConsidered,
    NodeStatus,
    Plan,
    RouteMode,
    RouteRequest,
    RouteResult,
    UnassignedReason,
)

Route = Callable[[RouteRequest], RouteResult]


@dataclass(frozen=True, slots=True)
class Alone:
    """What one node could ship in full as one plan of its own.

    Attributes
    ----------
    node_id : str
    lines, units : int
    cost_micros : int
        Weighted.
    reason : UnassignedReason
        Why it ships nothing.
    plan : Plan or None
        None = it ships nothing.
    """

    node_id: str
    lines: int
    units: int
    cost_micros: int
    reason: UnassignedReason
    plan: Plan | None = None


def candidates(
    route: Route,
    request: RouteRequest,
    plan: Plan,
    nodes: Mapping[str, NodeStatus],
    distance_m: Callable[[str], int],
) -> tuple[NodeConsidered, ...]:
    """Return the nodes by rank, cheapest per unit first; those that cover no line last, by id.

    Parameters
    ----------
    route : callable
        Plans a request without changing anything.
    request : RouteRequest
    plan : Plan
        What `route` answered to it.
    nodes : mapping of str to NodeStatus
        Nodes of the network by external id.
    distance_m : callable
        Metres from a node to the destination, 0 = not known.
    """
    used = {shipment.node_id for shipment in plan.shipments}
    seen = [alone(route, request, node_id, nodes[node_id]) for node_id in sorted(nodes)]
    able = ranked(seen)
    rank = {node.node_id: i for i, node in enumerate(able, start=1)}
    return tuple(
        NodeConsidered(
            node_id=node.node_id,
            rank=rank.get(node.node_id, 0),
            used=node.node_id in used,
            lines_covered=node.lines,
            cost_micros=node.cost_micros,
            distance_m=distance_m(node.node_id),
            reason=node.reason,
        )
        for node in (*able, *(node for node in seen if not node.lines))
    )


def ranked(seen: Iterable[Alone]) -> list[Alone]:
    """Return the nodes that ship something, the cheapest per unit first."""
    return sorted(
        (node for node in seen if node.lines), key=lambda node: (Fraction(node.cost_micros, node.units), node.node_id)
    )


def alone(route: Route, request: RouteRequest, node_id: str, status: NodeStatus) -> Alone:
    """What one node could ship in full, as one plan of its own."""
    listed = not request.include_node_ids or node_id in request.include_node_ids
    if not listed or node_id in request.exclude_node_ids or status is not NodeStatus.ONLINE:
        return Alone(node_id, 0, 0, 0, UnassignedReason.NO_ELIGIBLE_NODE)
    only = replace(
        request,
        mode=RouteMode.PLAN,
        include_node_ids=(node_id,),
        exclude_node_ids=(),
        allow_partial=True,
        alternatives=0,
        explain=False,
    )
    found = route(only).plan
    missing = {line.line_id: line.reason for line in found.unassigned_lines} if found is not None else {}
    whole = tuple(line for line in request.order.lines if line.line_id not in missing)
    if found is None or not whole:
        return Alone(node_id, 0, 0, 0, _why(next(iter(missing.values()), UnassignedReason.NO_ELIGIBLE_NODE)))
    if any(line.line_id in missing for shipment in found.shipments for line in shipment.lines):
        found = route(replace(only, order=replace(request.order, lines=whole), allow_partial=False)).plan
    cost = found.total_cost_micros if found is not None else 0
    return Alone(node_id, len(whole), sum(line.quantity for line in whole), cost, UnassignedReason.UNSPECIFIED, found)


def _why(reason: UnassignedReason) -> UnassignedReason:
    """Of one open node: "no eligible node" then means that only other nodes have the stock."""
    return UnassignedReason.OUT_OF_STOCK if reason is UnassignedReason.NO_ELIGIBLE_NODE else reason
