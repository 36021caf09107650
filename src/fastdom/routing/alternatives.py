"""Next best plans: the cheapest plans that differ from the best in a node or in what a node ships.

Found best-first: leaving one node out of a plan gives the cheapest plan without it, and a plan that differs from all
plans told before leaves out at least one node of each, unless it uses the same nodes for other lines. Those last ones
are not looked for. Cold: a routing search for every node of every plan told.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import replace

from fastdom.types import Plan, RouteMode, RouteRequest, RouteResult

SEARCHES_MAX = 256
"""Routing searches spent on the alternatives of one request: 8 plans of up to 32 shipments each."""

Route = Callable[[RouteRequest], RouteResult]
Goodness = tuple[int, int, int, tuple[str, ...]]


def alternatives(route: Route, request: RouteRequest, best: Plan) -> tuple[Plan, ...]:
    """Return up to `request.alternatives` plans, cheapest first, each different from the best and from each other.

    Parameters
    ----------
    route : callable
        Plans a request without changing anything.
    request : RouteRequest
    best : Plan
        What `route` answered to it.
    """
    return tuple(plan for plan, _ in zip(_by_cost(route, request, best), range(request.alternatives), strict=False))


def _by_cost(route: Route, request: RouteRequest, best: Plan) -> Iterator[Plan]:
    seen = {_content(best)}
    tried = {frozenset(request.exclude_node_ids)}
    waiting: list[tuple[Goodness, tuple[str, ...], Plan]] = []
    searches = 0
    excluded, plan = request.exclude_node_ids, best
    while True:
        for shipment in plan.shipments:
            without = (*excluded, shipment.node_id)
            if frozenset(without) in tried or searches == SEARCHES_MAX:
                continue
            tried.add(frozenset(without))
            searches += 1
            found = route(
                replace(request, mode=RouteMode.PLAN, exclude_node_ids=without, alternatives=0, explain=False)
            )
            if found.plan is not None and found.plan.shipments:
                heapq.heappush(waiting, (_goodness(found.plan), without, found.plan))
        if not waiting:
            return
        _, excluded, plan = heapq.heappop(waiting)
        if _content(plan) not in seen:
            seen.add(_content(plan))
            yield plan


def _goodness(plan: Plan) -> Goodness:
    """More units first, then less cost, then fewer shipments, then lower node ids: the order of routing itself."""
    missing = sum(line.quantity for line in plan.unassigned_lines)
    return missing, plan.total_cost_micros, len(plan.shipments), tuple(s.node_id for s in plan.shipments)


def _content(plan: Plan) -> frozenset[tuple[str, tuple[tuple[str, int], ...]]]:
    """What each node ships: two plans are the same when this is."""
    return frozenset((s.node_id, tuple((line.line_id, line.quantity) for line in s.lines)) for s in plan.shipments)
