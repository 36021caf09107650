"""Inner loops of the look-ahead prices, compiled by Numba: cheapest plan of one order, one sweep of price changes.

One order is a small facility location problem: a node costs `fixed` once and `unit` for each line it ships. Staying
unserved is one more node, which always has everything. Money is float64 here, whole micros below 2**53 in and out, so
sums are exact where prices are whole; the table that leaves the package is int64.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

NEVER = 1e18
"""Cost of a line at a node that does not have it: more than any plan, and sums of it stay finite."""

SHIPMENTS_MAX = 16
"""Shipments of one plan that the search considers."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


class Model(NamedTuple):
    """Demand and costs in the arrays of the sweep: Q order types, L lines, S SKUs, K nodes, P places.

    Attributes
    ----------
    line_start, sku_i, quantity
        int32 [Q + 1], [L], [L]: lines of each order type.
    place_i
        int32 [Q] destination of each order type.
    orders
        float64 [Q] how many are expected until the horizon.
    fixed, unit
        float64 [P, K] micros per shipment and per unit; NEVER: the node does not serve the place.
    gram, weight_g
        float64 [P, K] micros per gram and [S] grams of a unit.
    unserved_order, unserved_unit, unserved_sku
        float64 [P], [P], [S] micros: an order with an unserved line pays the first once, each unserved unit the others.
    """

    line_start: Ints
    sku_i: Ints
    quantity: Ints
    place_i: Ints
    orders: Floats
    fixed: Floats
    unit: Floats
    gram: Floats
    weight_g: Floats
    unserved_order: Floats
    unserved_unit: Floats
    unserved_sku: Floats


class Desk(NamedTuple):
    """Working memory of one search: up to N lines, K nodes and the unserved one.

    Attributes
    ----------
    cost
        float64 [K + 1, N] micros of a line at a node, NEVER: not there. Row k belongs to node[k].
    fixed
        float64 [K + 1] micros of opening the node.
    node
        int32 [K + 1] node of the row; K: unserved.
    rest
        float64 [K + 2, N] least cost of a line over the rows from k on.
    least
        float64 [SHIPMENTS_MAX + 1, N] least cost of a line over the rows taken so far.
    dual, slack
        float64 [N] and [K + 1] duals of the lines, and what each row's fixed cost is not yet owed.
    order
        int32 [K + 1] rows worth a look, by slack.
    opened, owed
        float64 [SHIPMENTS_MAX + 1] cost of opening the rows taken so far, and the dual bound with them.
    taken, best, following
        int32 [SHIPMENTS_MAX + 1] rows taken, those of the best plan, and the next row to try at each depth.
    choice
        int32 [N] node of each line in the best plan; K: unserved.
    lower
        float64 [1] no plan of the last search costs less.
    stopped
        int64 [1] searches so far that ended at the effort or at SHIPMENTS_MAX, not with a proof.
    """

    cost: Floats
    fixed: Floats
    node: Ints
    rest: Floats
    least: Floats
    dual: Floats
    slack: Floats
    order: Ints
    opened: Floats
    owed: Floats
    taken: Ints
    best: Ints
    following: Ints
    choice: Ints
    lower: Floats
    stopped: NDArray[np.int64]


def desk(lines_max: int, nodes: int) -> Desk:
    """Memory for orders of up to `lines_max` lines over `nodes` nodes."""
    rows = nodes + 1
    return Desk(
        cost=np.empty((rows, lines_max)),
        fixed=np.empty(rows),
        node=np.empty(rows, np.int32),
        rest=np.empty((rows + 1, lines_max)),
        least=np.empty((SHIPMENTS_MAX + 1, lines_max)),
        dual=np.empty(lines_max),
        slack=np.empty(rows),
        order=np.empty(rows, np.int32),
        opened=np.empty(SHIPMENTS_MAX + 1),
        owed=np.empty(SHIPMENTS_MAX + 1),
        taken=np.zeros(SHIPMENTS_MAX + 1, np.int32),
        best=np.zeros(SHIPMENTS_MAX + 1, np.int32),
        following=np.zeros(SHIPMENTS_MAX + 1, np.int32),
        choice=np.zeros(lines_max, np.int32),
        lower=np.zeros(1),
        stopped=np.zeros(1, np.int64),
    )


def _one_shipment(desk: Desk, rows: int, lines: int) -> float:
    """Cost of the cheapest plan of one shipment; its row is best[0]."""
    upper = np.inf
    for row in range(rows):
        total = desk.fixed[row]
        for line in range(lines):
            total += desk.cost[row, line]
        if total < upper:
            upper = total
            desk.best[0] = row
    return upper


def _gather(desk: Desk, kept: int, lines: int) -> None:
    """Move the rows of desk.order to the front, in that order; the others are gone."""
    for at in range(kept):
        row = desk.order[at]
        while row < at:  # it made room for an earlier one
            row = desk.order[row]
        if row != at:
            desk.fixed[at], desk.fixed[row] = desk.fixed[row], desk.fixed[at]
            desk.slack[at], desk.slack[row] = desk.slack[row], desk.slack[at]
            desk.node[at], desk.node[row] = desk.node[row], desk.node[at]
            for line in range(lines):
                desk.cost[at, line], desk.cost[row, line] = desk.cost[row, line], desk.cost[at, line]
            desk.order[at] = row


def _floor(desk: Desk, rows: int, lines: int) -> tuple[float, float]:
    """Least fixed cost, and what no plan of two or more shipments undercuts; fills desk.rest."""
    for line in range(lines):
        desk.rest[rows, line] = NEVER
        for row in range(rows - 1, -1, -1):
            desk.rest[row, line] = min(desk.rest[row + 1, line], desk.cost[row, line])
    first, second = NEVER, NEVER
    for row in range(rows):
        if desk.fixed[row] < first:
            first, second = desk.fixed[row], first
        elif desk.fixed[row] < second:
            second = desk.fixed[row]
    floor = first + second
    for line in range(lines):
        floor += desk.rest[0, line]
    return first, floor


def _promising(desk: Desk, rows: int, lines: int, upper: float) -> tuple[int, float]:
    """Rows that may be in a plan cheaper than `upper`, into desk.order: how many, and a bound on all plans.

    Dual ascent after Erlenkotter (1978): each line's dual rises from its least cost, breakpoint by breakpoint, while
    no row is owed more than its fixed cost. The duals add up to a lower bound, and every row taken adds at least what
    its fixed cost is still short of: the slack. Rows come by slack.
    """
    dual, slack, bound = desk.dual, desk.slack, 0.0
    slack[:rows] = desk.fixed[:rows]
    dual[:lines] = desk.rest[0, :lines]
    rising = True
    while rising:
        rising = False
        for line in range(lines):
            target, room = np.inf, np.inf
            for row in range(rows):
                if desk.cost[row, line] > dual[line]:
                    target = min(target, desk.cost[row, line])
                else:
                    room = min(room, slack[row])
            if room <= 0.0:
                continue
            rise = min(room, target - dual[line])
            for row in range(rows):
                if desk.cost[row, line] <= dual[line]:
                    slack[row] -= rise
            dual[line] += rise
            rising = True
    for line in range(lines):
        bound += dual[line]
    kept = 0
    for row in range(rows):
        if bound + slack[row] < upper:
            at = kept
            while at > 0 and slack[row] < slack[desk.order[at - 1]]:
                desk.order[at] = desk.order[at - 1]
                at -= 1
            desk.order[at] = row
            kept += 1
    return kept, bound


def _more_shipments(
    desk: Desk, rows: int, lines: int, upper: float, fixed_least: float, dual_bound: float, effort_max: int
) -> tuple[float, int]:
    """Cost and shipments of the cheapest plan below `upper`, its rows in desk.best; no shipments: there is none.

    Depth first over sets of rows in rising order. A set is extended only while two bounds stay below the best plan (its
    cost with every line at its least over all rows still open to it, and the duals with the slack of its rows), and
    only by rows that pay for themselves.
    """
    size, depth, effort, cut = 0, 0, 0, False
    desk.following[0], desk.opened[0], desk.owed[0] = 0, 0.0, dual_bound
    for line in range(lines):
        desk.least[0, line] = NEVER
    while depth >= 0:
        row = desk.following[depth]
        bound = desk.opened[depth] + fixed_least
        for line in range(lines):
            bound += min(desk.least[depth, line], desk.rest[row, line])
        if row == rows or bound >= upper or desk.owed[depth] + desk.slack[row] >= upper:
            depth -= 1
            continue
        if effort == effort_max:
            cut = True
            break
        effort += 1
        desk.following[depth] = row + 1
        desk.taken[depth] = row
        paid, gain = desk.opened[depth] + desk.fixed[row], 0.0
        total = paid
        for line in range(lines):
            now = min(desk.least[depth, line], desk.cost[row, line])
            gain += desk.least[depth, line] - now
            desk.least[depth + 1, line] = now
            total += now
        if total < upper:
            upper, size = total, depth + 1
            desk.best[:size] = desk.taken[:size]
        if gain <= desk.fixed[row] or depth + 1 == lines:  # a row that does not pay now never will
            continue
        if depth + 1 == SHIPMENTS_MAX:
            cut = True
            continue
        depth += 1
        desk.following[depth], desk.opened[depth] = row + 1, paid
        desk.owed[depth] = desk.owed[depth - 1] + desk.slack[row]
    desk.stopped[0] += cut
    return upper, size


def _search(desk: Desk, rows: int, lines: int, effort_max: int) -> float:
    """Cost of the cheapest plan over rows 0 .. rows - 1; fills desk.choice and desk.lower.

    After `effort_max` extensions the best plan so far is told, and desk.lower is less than its cost.
    """
    upper: float = one_shipment(desk, rows, lines)
    desk.choice[:lines] = desk.node[desk.best[0]]
    desk.lower[0] = upper
    if rows == 1 or lines == 1 or floor(desk, rows, lines)[1] >= upper:
        return upper
    rows, bound = promising(desk, rows, lines, upper)
    if rows < 2:
        return upper
    gather(desk, rows, lines)
    fixed_least, least = floor(desk, rows, lines)
    if least >= upper:
        return upper
    stopped = desk.stopped[0]
    upper, size = more_shipments(desk, rows, lines, upper, fixed_least, bound, effort_max)
    desk.lower[0] = upper if desk.stopped[0] == stopped else min(bound, upper)
    for line in range(lines if size else 0):
        row = desk.best[0]
        for i in range(1, size):
            if desk.cost[desk.best[i], line] < desk.cost[row, line]:
                row = desk.best[i]
        desk.choice[line] = desk.node[row]
    return upper


def _unit_cost(model: Model, place: int, node: int, sku: int) -> float:
    """Micros of one unit of the SKU from the node, without its price."""
    return model.unit[place, node] + model.gram[place, node] * model.weight_g[sku]  # type: ignore[no-any-return]


def _lay(model: Model, desk: Desk, order_i: int, stocked: NDArray[np.bool_], price: Floats) -> int:
    """Write the rows of one order at the given prices; the number of rows."""
    first, last = model.line_start[order_i], model.line_start[order_i + 1]
    place, nodes, rows = model.place_i[order_i], model.fixed.shape[1], 0
    for node in range(nodes):
        if model.fixed[place, node] >= NEVER:
            continue
        has_any = False
        for at in range(first, last):
            sku = model.sku_i[at]
            if stocked[sku, node]:
                has_any = True
                desk.cost[rows, at - first] = (unit_cost(model, place, node, sku) + price[sku, node]) * model.quantity[
                    at
                ]
            else:
                desk.cost[rows, at - first] = NEVER
        if has_any:
            desk.fixed[rows] = model.fixed[place, node]
            desk.node[rows] = node
            rows += 1
    desk.fixed[rows] = model.unserved_order[place]
    desk.node[rows] = nodes
    for at in range(first, last):
        unserved = model.unserved_unit[place] + model.unserved_sku[model.sku_i[at]]
        desk.cost[rows, at - first] = unserved * model.quantity[at]
    return rows + 1


def _sweep(
    model: Model,
    desk: Desk,
    effort_max: int,
    sequence: NDArray[np.int64],
    stocked: NDArray[np.bool_],
    share: Floats,
    demand: Floats,
    step: Floats,
    price: Floats,
    price_sum: Floats,
) -> float:
    """Plan every order type once; after each, move the prices of its SKUs; returns the sum of orders times plan cost
    (where a search was stopped, times its lower bound).

    A price rises by the SKU's `step` times the part of its demand that the plan took at the node, and falls by `step`
    times the part that the stock could have served. `price_sum` gathers the prices met, weighted by demand.
    """
    total = 0.0
    for at in range(sequence.size):
        order_i = sequence[at]
        first, lines = model.line_start[order_i], model.line_start[order_i + 1] - model.line_start[order_i]
        rows = lay(model, desk, order_i, stocked, price)
        orders = model.orders[order_i]
        search(desk, rows, lines, effort_max)
        total += desk.lower[0] * orders
        for line in range(lines):
            sku = model.sku_i[first + line]
            units = orders * model.quantity[first + line]
            part = units / demand[sku]
            move = step[sku] * part
            chosen = desk.choice[line]
            if chosen < share.shape[1]:
                price[sku, chosen] += move
            for node in range(share.shape[1]):
                if share[sku, node] > 0.0:
                    price[sku, node] = max(0.0, price[sku, node] - move * share[sku, node])
                    price_sum[sku, node] += part * price[sku, node]
    return total


def _first_units(
    model: Model, desk: Desk, effort_max: int, stocked: NDArray[np.bool_], price: Floats, first: Floats
) -> None:
    """Raise `first` to what one unit at an empty position would save some order: its line alone moved there.

    A shipment that only this line needs is saved with it, one that the line would open is paid.
    """
    nodes = stocked.shape[1]
    lines_of = np.zeros(nodes + 1, np.int64)
    for order_i in range(model.orders.size):
        begin, lines = model.line_start[order_i], model.line_start[order_i + 1] - model.line_start[order_i]
        if model.orders[order_i] <= 0.0 or lines == 0:
            continue
        place, rows = model.place_i[order_i], lay(model, desk, order_i, stocked, price)
        search(desk, rows, lines, effort_max)
        lines_of[:] = 0
        for line in range(lines):
            lines_of[desk.choice[line]] += 1
        for line in range(lines):
            sku, units, chosen = model.sku_i[begin + line], model.quantity[begin + line], desk.choice[line]
            if chosen == nodes:
                now = (model.unserved_unit[place] + model.unserved_sku[sku]) * units
                alone = model.unserved_order[place]
            else:
                now = (unit_cost(model, place, chosen, sku) + price[sku, chosen]) * units
                alone = model.fixed[place, chosen]
            if lines_of[chosen] == 1:
                now += alone
            for node in range(nodes):
                if not stocked[sku, node] and model.fixed[place, node] < NEVER:
                    then = unit_cost(model, place, node, sku) * units
                    if lines_of[node] == 0:
                        then += model.fixed[place, node]
                    first[sku, node] = max(first[sku, node], (now - then) / units)


# Compiled twins, called by each other through these names.
# They run without the interpreter's lock, so a refresh stops nobody.
one_shipment: Any = njit(_one_shipment)
gather: Any = njit(_gather)
floor: Any = njit(_floor)
promising: Any = njit(_promising)
more_shipments: Any = njit(_more_shipments)
search: Any = njit(_search)
unit_cost: Any = njit(_unit_cost)
lay: Any = njit(_lay)
sweep: Any = njit(_sweep, error_model="numpy", nogil=True)
first_units: Any = njit(_first_units, error_model="numpy", nogil=True)
