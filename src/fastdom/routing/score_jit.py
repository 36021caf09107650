"""Score thousands of orders against all nodes at once, for re-planning and simulation. Compiled by Numba.

Per request the kernel in `_native/plan.pyx` decides; this module gives the same numbers (a test compares every case)
where many orders are scored in one call. One cost component of tariff, fixed and unit costs; it does not know the
kernel's costs by block or by carrier service. All costs are int64 micros; COST_NONE means that the node cannot make the
shipment. Nothing is cached on disk: who needs the first answer quickly calls `warm()` before. No server does: nothing
it serves scores in batches.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

COST_MAX = 1 << 50
COST_NONE = -1
ROW_NONE = -1
NO_TARIFF = 0xFFFF
NODE_NONE = -1
BLOCKS_SCORED_MAX = 4
UNLIMITED = 2**31 - 1


class Rates(NamedTuple):
    """What shipments cost: K nodes, D destinations, T weight tiers, R tariff rows.

    Attributes
    ----------
    fixed
        int64 [K] micros per shipment, weighted, 0 .. COST_MAX.
    unit_cost
        int64 [D, K] micros per unit, weighted, 0 .. COST_MAX.
    row_i
        int32 [D, K] tariff row of the lane; ROW_NONE: no tariff.
    units_left
        int32 [K] capacity in units for one shipment; UNLIMITED: no limit.
    breakpoints_g
        int64 [T] grams, rising; tier t holds up to breakpoints_g[t].
    step_g
        Grams of one step beyond the last breakpoint; 0: nothing heavier is carried.
    tariff_cost
        int64 [tariffs, T] raw micros, COST_NONE: not carried.
    tariff_step_cost
        int64 [tariffs] raw micros per step, COST_NONE: nothing heavier is carried.
    row_tariffs
        uint16 [R, 4] tariffs that compete, NO_TARIFF fills the rest; ties go to the first.
    shipping_weight
        Weight of the tariff in 1/1024.
    """

    fixed: NDArray[np.int64]
    unit_cost: NDArray[np.int64]
    row_i: NDArray[np.int32]
    units_left: NDArray[np.int32]
    breakpoints_g: NDArray[np.int64]
    step_g: int
    tariff_cost: NDArray[np.int64]
    tariff_step_cost: NDArray[np.int64]
    row_tariffs: NDArray[np.uint16]
    shipping_weight: int


def _weigh(raw: int, weight: int) -> int:
    """floor(weight * raw / 1024), at most COST_MAX."""
    return min(COST_MAX, (raw >> 10) * weight + (((raw & 1023) * weight) >> 10))


def _product(cost: int, count: int) -> int:
    """cost * count, at most COST_MAX. The first line spares most calls a division."""
    if (cost | count) < 1 << 25:
        return cost * count
    if cost != 0 and count > COST_MAX // cost:
        return COST_MAX
    return cost * count


def _tier_of(rates: Rates, weight_g: int) -> int:
    """The first tier that holds the weight; T when it is beyond the grid."""
    tier = 0
    while tier < rates.breakpoints_g.size and rates.breakpoints_g[tier] < weight_g:
        tier += 1
    return tier


def _tariff_raw(rates: Rates, tariff: int, tier: int, weight_g: int) -> int:
    """Raw micros of one tariff, or COST_NONE."""
    tiers = rates.breakpoints_g.size
    if tier < tiers:
        return rates.tariff_cost[tariff, tier]  # type: ignore[no-any-return]
    last = rates.tariff_cost[tariff, tiers - 1]
    step_cost = rates.tariff_step_cost[tariff]
    if rates.step_g == 0 or COST_NONE in (last, step_cost):
        return COST_NONE
    steps = (weight_g - rates.breakpoints_g[tiers - 1] - 1) // rates.step_g + 1
    return min(COST_MAX, last + product(step_cost, steps))  # type: ignore[no-any-return]


def _price_rows(rates: Rates, weight_g: int, row_cost: NDArray[np.int64], row_tariff: NDArray[np.int32]) -> None:
    """Weighted cost and winning tariff of every row for one weight; the last entry is ROW_NONE's."""
    tier = tier_of(rates, weight_g)
    row_cost[-1] = 0
    row_tariff[-1] = NO_TARIFF
    for row_i in range(rates.row_tariffs.shape[0]):
        least = COST_NONE
        row_tariff[row_i] = NO_TARIFF
        for place in range(rates.row_tariffs.shape[1]):
            tariff = np.int64(rates.row_tariffs[row_i, place])
            if tariff == NO_TARIFF:
                continue
            raw = tariff_raw(rates, tariff, tier, weight_g)
            if raw != COST_NONE and (least == COST_NONE or raw < least):
                least = raw
                row_tariff[row_i] = tariff
        row_cost[row_i] = COST_NONE if least == COST_NONE else weigh(least, rates.shipping_weight)


def _shipment(rates: Rates, destination_i: int, node_i: int, units: int, shipping: int) -> int:
    """Cost of one shipment whose tariff costs `shipping`; COST_NONE when the node cannot make it."""
    left = rates.units_left[node_i]
    if shipping == COST_NONE or (units > left and left != UNLIMITED):
        return COST_NONE
    own = min(COST_MAX, rates.fixed[node_i] + product(rates.unit_cost[destination_i, node_i], units))
    return min(COST_MAX, own + shipping)  # type: ignore[no-any-return]


def _score_orders(
    rates: Rates,
    destination_i: NDArray[np.int32],
    weight_g: NDArray[np.int64],
    units: NDArray[np.int64],
    stocked: NDArray[np.bool_],
    cost: NDArray[np.int64],
    tariff: NDArray[np.int32],
    best_i: NDArray[np.int32],
) -> None:
    """Fill cost, tariff and best_i; see score_orders."""
    row_cost = np.empty(rates.row_tariffs.shape[0] + 1, np.int64)
    row_tariff = np.empty(row_cost.size, np.int32)
    for order_i in range(weight_g.size):
        destination = destination_i[order_i]
        price_rows(rates, weight_g[order_i], row_cost, row_tariff)
        best, least = NODE_NONE, COST_NONE
        for node_i in range(rates.fixed.size):
            price, winner = COST_NONE, NO_TARIFF
            if stocked[order_i, node_i]:
                row_i = rates.row_i[destination, node_i]
                price = shipment(rates, destination, node_i, units[order_i], row_cost[row_i])
                if price != COST_NONE:
                    winner = row_tariff[row_i]
                    if best == NODE_NONE or price < least:
                        best, least = node_i, price
            cost[order_i, node_i] = price
            tariff[order_i, node_i] = winner
        best_i[order_i] = best


def _score_masks(
    rates: Rates,
    destination_i: NDArray[np.int32],
    weight_g: NDArray[np.int64],
    units: NDArray[np.int64],
    cover: NDArray[np.uint8],
    cost: NDArray[np.int64],
    node: NDArray[np.int32],
) -> None:
    """Fill cost and node; see score_masks."""
    row_cost = np.empty(rates.row_tariffs.shape[0] + 1, np.int64)
    row_tariff = np.empty(row_cost.size, np.int32)
    for order_i in range(destination_i.size):
        destination = destination_i[order_i]
        cost[order_i, 0] = 0
        node[order_i, 0] = NODE_NONE
        for mask in range(1, cost.shape[1]):
            mask_weight_g, mask_units = 0, 0
            for block in range(weight_g.shape[1]):
                if mask >> block & 1:
                    mask_weight_g += weight_g[order_i, block]
                    mask_units += units[order_i, block]
            price_rows(rates, mask_weight_g, row_cost, row_tariff)
            best, least = NODE_NONE, COST_NONE
            for node_i in range(rates.fixed.size):
                if mask & ~cover[order_i, node_i]:
                    continue
                row_i = rates.row_i[destination, node_i]
                price = shipment(rates, destination, node_i, mask_units, row_cost[row_i])
                if price != COST_NONE and (best == NODE_NONE or price < least):
                    best, least = node_i, price
            cost[order_i, mask] = least
            node[order_i, mask] = best


# Compiled twins, called by each other through these names. Inlined, because a call that takes Rates would count
# references to ten arrays: 430 ns a shipment instead of 10.
weigh: Any = njit(_weigh, inline="always")
product: Any = njit(_product, inline="always")
tier_of: Any = njit(_tier_of, inline="always")
tariff_raw: Any = njit(_tariff_raw, inline="always")
price_rows: Any = njit(_price_rows, inline="always")
shipment: Any = njit(_shipment, inline="always")
compiled_score_orders: Any = njit(_score_orders, error_model="numpy")
compiled_score_masks: Any = njit(_score_masks, error_model="numpy")


def score_orders(
    rates: Rates,
    destination_i: NDArray[np.int32],
    weight_g: NDArray[np.int64],
    units: NDArray[np.int64],
    stocked: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Cost of each whole order from each node, and the best node.

    Parameters
    ----------
    rates
        Costs, see `Rates`.
    destination_i, weight_g, units
        [O] int32, int64, int64: destination, grams and units of each order.
    stocked
        bool [O, K]: the node has everything the order needs.

    Returns
    -------
    cost, tariff, best_i
        int64 [O, K] micros or COST_NONE; int32 [O, K] winning tariff or NO_TARIFF; int32 [O] node of the least cost
        (ties: the lower) or NODE_NONE.

    Raises
    ------
    ValueError
        When shapes disagree or an index is out of range; the message names the argument.
    """
    orders, nodes = destination_i.size, rates.fixed.size
    check_arrays(
        rates,
        destination_i,
        {"weight_g": (weight_g, (orders,)), "units": (units, (orders,)), "stocked": (stocked, (orders, nodes))},
    )
    cost = np.empty((orders, nodes), np.int64)
    tariff = np.empty((orders, nodes), np.int32)
    best_i = np.empty(orders, np.int32)
    compiled_score_orders(rates, destination_i, weight_g, units, stocked, cost, tariff, best_i)
    return cost, tariff, best_i


def score_masks(
    rates: Rates,
    destination_i: NDArray[np.int32],
    weight_g: NDArray[np.int64],
    units: NDArray[np.int64],
    cover: NDArray[np.uint8],
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Cheapest single shipment of every subset of each order's blocks.

    Parameters
    ----------
    rates
        Costs, see `Rates`.
    destination_i
        int32 [O].
    weight_g, units
        int64 [O, B] of each block, B at most BLOCKS_SCORED_MAX; 0 fills orders with fewer blocks.
    cover
        uint8 [O, K] bit b: the node has block b. Blocks that share a SKU must be joined by the caller.

    Returns
    -------
    cost, node
        int64 [O, 2**B] micros, COST_NONE, 0 for no block; int32 [O, 2**B] node (ties: the lower) or NODE_NONE.

    Raises
    ------
    ValueError
        When shapes disagree, there are too many blocks, or an index is out of range.
    """
    orders, blocks = weight_g.shape
    if blocks > BLOCKS_SCORED_MAX:
        raise ValueError(f"weight_g: at most {BLOCKS_SCORED_MAX} blocks an order, not {blocks}")
    check_arrays(
        rates,
        destination_i,
        {
            "weight_g": (weight_g, (destination_i.size, blocks)),
            "units": (units, (orders, blocks)),
            "cover": (cover, (orders, rates.fixed.size)),
        },
    )
    cost = np.empty((orders, 1 << blocks), np.int64)
    node = np.empty((orders, 1 << blocks), np.int32)
    compiled_score_masks(rates, destination_i, weight_g, units, cover, cost, node)
    return cost, node


def check_arrays(
    rates: Rates,
    destination_i: NDArray[np.int32],
    expected: dict[str, tuple[NDArray[Any], tuple[int, ...]]],
) -> None:
    """Raise ValueError for the first wrong shape or index; compiled code would read beyond an array."""
    nodes, destinations = rates.fixed.size, rates.unit_cost.shape[0]
    shapes: dict[str, tuple[NDArray[Any], tuple[int, ...]]] = {
        "unit_cost": (rates.unit_cost, (destinations, nodes)),
        "row_i": (rates.row_i, (destinations, nodes)),
        "units_left": (rates.units_left, (nodes,)),
        "tariff_cost": (rates.tariff_cost, (rates.tariff_step_cost.size, rates.breakpoints_g.size)),
        **expected,
    }
    for name, (array, shape) in shapes.items():
        if array.shape != shape:
            raise ValueError(f"{name}: shape {shape} expected, not {array.shape}")
    ranges: dict[str, tuple[NDArray[Any], int, int]] = {
        "destination_i": (destination_i, 0, destinations),
        "row_i": (rates.row_i, ROW_NONE, rates.row_tariffs.shape[0]),
        "row_tariffs": (rates.row_tariffs[rates.row_tariffs != NO_TARIFF], 0, rates.tariff_step_cost.size),
    }
    for name, (array, least, end) in ranges.items():
        if array.size and not least <= array.min() <= array.max() < end:
            raise ValueError(f"{name}: {least} .. {end - 1} expected, not {array.min()} .. {array.max()}")


def warm() -> None:
    """Compile everything with one tiny order."""
    rates = Rates(
        fixed=np.zeros(1, np.int64),
        unit_cost=np.zeros((1, 1), np.int64),
        row_i=np.zeros((1, 1), np.int32),
        units_left=np.full(1, UNLIMITED, np.int32),
        breakpoints_g=np.ones(1, np.int64),
        step_g=1,
        tariff_cost=np.zeros((1, 1), np.int64),
        tariff_step_cost=np.zeros(1, np.int64),
        row_tariffs=np.zeros((1, 4), np.uint16),
        shipping_weight=1024,
    )
    order = np.zeros(1, np.int64)
    destination_i = np.zeros(1, np.int32)
    score_orders(rates, destination_i, order, order, np.ones((1, 1), np.bool_))
    score_masks(rates, destination_i, order.reshape(1, 1), order.reshape(1, 1), np.ones((1, 1), np.uint8))
