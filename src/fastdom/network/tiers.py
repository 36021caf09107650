"""One weight grid for all tariffs, so that a tariff is one row of costs.

The grid holds every weight, up to its last point, at which the cost of any tariff may change; beyond the last point
each tariff goes on by its own step. So the last point lies on a step of every tariff that has one and carries heavier
shipments. A tariff without a step ends in one step without end: its last price.
"""

import numpy as np

from fastdom.network.document import Int64s, Tariffs
from fastdom.network.limits import TIERS_MAX

ENDLESS_G = 2**62  # a step no shipment outgrows, with room to add a weight below 2**63
_TOO_MANY = (
    f"the tiers and steps of all tariffs together need more than {TIERS_MAX} different weights up to the last tier: "
    "end their tiers at the same weights, or use larger steps"
)


def weight_grid(tariffs: Tariffs) -> list[int]:
    """Return the grid in grams, ascending, never empty.

    Raises
    ------
    ValueError
        When the tariffs together need more than `TIERS_MAX` points.
    """
    own = [_breaks(tariffs, row) for row in range(len(tariffs.tiers))]
    grid = {point for points in own for point in points}
    columns = zip(own, tariffs.step_g.tolist(), tariffs.max_g.tolist(), strict=True)
    stepped = sorted({(points[-1], step, max_g) for points, step, max_g in columns if step})
    top = _last_point(max(grid, default=0), stepped)
    for last, step, max_g in stepped:
        if (min(top, max_g) - last) // step > TIERS_MAX:
            raise ValueError(_TOO_MANY)
        grid.update(range(last, min(top, max_g) + step, step))
    grid = {point for point in grid if point <= top}
    if len(grid) > TIERS_MAX:
        raise ValueError(_TOO_MANY)
    return sorted(grid) or [min((tiers[-1][0] for tiers in tariffs.tiers), default=1)]


def _last_point(top: int, stepped: list[tuple[int, int, int]]) -> int:
    """Return the first weight from `top` on that suits every (last tier, step, heaviest shipment)."""
    points = {top}
    for last, step, max_g in stepped:
        first = last + max(0, -(-(top - last) // step)) * step
        points.update(range(first, first + TIERS_MAX * step, step))
        points.add(max(top, max_g))
    for point in sorted(points):
        if all((point - last) % step == 0 or point >= max_g for last, step, max_g in stepped):
            return point
    raise AssertionError("beyond the heaviest shipment every weight suits")


def _breaks(tariffs: Tariffs, row: int) -> list[int]:
    """Return the weights at which a tariff's cost changes; without a step, its last tier has no end."""
    points = [weight for weight, _ in tariffs.tiers[row]]
    return points if int(tariffs.step_g[row]) else points[:-1]


def cost_rows(tariffs: Tariffs, grid: list[int]) -> tuple[Int64s, Int64s, Int64s]:
    """Return cost micros int64[n_tariffs, n_tiers], and step grams and step cost micros, int64[n_tariffs]."""
    cost = np.zeros((len(tariffs.tiers), len(grid)), dtype=np.int64)
    step_g = tariffs.step_g.copy()
    step_cost = tariffs.step_micros.copy()
    for row in range(len(tariffs.tiers)):
        cost[row] = [tariff_cost(tariffs, row, weight) for weight in grid]
        if step_g[row] == 0:
            step_g[row] = ENDLESS_G
            step_cost[row] = tariffs.tiers[row][-1][1] - cost[row, -1]
    return cost, step_g, step_cost


def tariff_cost(tariffs: Tariffs, row: int, weight_g: int) -> int:
    """Return the cost, micros, of one shipment of a weight by one tariff, straight from its tiers and step."""
    tiers = tariffs.tiers[row]
    for up_to_g, cost_micros in tiers:
        if weight_g <= up_to_g:
            return cost_micros
    step = int(tariffs.step_g[row])
    last_g, last_cost = tiers[-1]
    return last_cost + -(-(weight_g - last_g) // step) * int(tariffs.step_micros[row]) if step else last_cost
