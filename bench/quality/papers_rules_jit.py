"""Serving one stream of arrivals under each rule, compiled by Numba; stock is used up in place, money is micros.

Every function returns (cost, unfilled units, parcels). `exact` plans with the search of the look-ahead prices, which a
unit test compares with the routing kernel; the other rules name a centre for each item, and an item whose centre has
nothing left stays unfilled, as in the papers.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from fastdom.prices.sweep_jit import Desk, Floats, Ints, Model, lay, search

Stock = NDArray[np.int64]
Tally = tuple[float, int, int]

NO_ORDER = -1
SHARE_LEAST = 1e-9
"""Shares of the linear program below this count as none."""


def _settle(model: Model, pair: int, chosen: Ints, stock: Stock, opened: NDArray[np.bool_]) -> Tally:
    """Take the chosen units out of stock where there are any; cost, unfilled and parcels of one order."""
    place, centres = model.place_i[pair], stock.shape[1]
    cost, unfilled, parcels = 0.0, 0, 0
    opened[:] = False
    for at in range(model.line_start[pair], model.line_start[pair + 1]):
        item, node = model.sku_i[at], chosen[at - model.line_start[pair]]
        if node < centres and stock[item, node] > 0:
            stock[item, node] -= 1
            cost += model.unit[place, node]
        else:
            node = centres
            unfilled += 1
            cost += model.unserved_unit[place]
        opened[node] = True
    for node in range(centres):
        if opened[node]:
            parcels += 1
            cost += model.fixed[place, node]
    if opened[centres]:
        cost += model.unserved_order[place]
    return cost, unfilled, parcels


def _exact(model: Model, desk: Desk, arrivals: Ints, stock: Stock, price: Floats, effort_max: int) -> Tally:
    """Least cost plus price of each order over what is in stock when it arrives."""
    cost, unfilled, parcels = 0.0, 0, 0
    stocked = stock > 0
    opened = np.zeros(stock.shape[1] + 1, np.bool_)
    for pair in arrivals:
        if pair == NO_ORDER:
            continue
        first, lines = model.line_start[pair], model.line_start[pair + 1] - model.line_start[pair]
        search(desk, lay(model, desk, pair, stocked, price), lines, effort_max)
        now = settle(model, pair, desk.choice, stock, opened)
        cost, unfilled, parcels = cost + now[0], unfilled + now[1], parcels + now[2]
        for at in range(first, first + lines):
            node = desk.choice[at - first]
            if node < stock.shape[1]:
                stocked[model.sku_i[at], node] = stock[model.sku_i[at], node] > 0
    return cost, unfilled, parcels


def _nearest_centre(model: Model, arrivals: Ints, stock: Stock, nearest: Ints) -> Tally:
    """Each item from the nearest centre that carries it."""
    cost, unfilled, parcels = 0.0, 0, 0
    chosen = np.empty(np.max(np.diff(model.line_start)), np.int32)
    opened = np.zeros(stock.shape[1] + 1, np.bool_)
    for pair in arrivals:
        if pair == NO_ORDER:
            continue
        first = model.line_start[pair]
        for at in range(first, model.line_start[pair + 1]):
            chosen[at - first] = nearest[model.sku_i[at], model.place_i[pair]]
        now = settle(model, pair, chosen, stock, opened)
        cost, unfilled, parcels = cost + now[0], unfilled + now[1], parcels + now[2]
    return cost, unfilled, parcels


def _dilate(model: Model, arrivals: Ints, stock: Stock, share: Floats, seed: int) -> Tally:
    """Ma (2023): every centre opens at an exponential time, which an item sees divided by its share; the first wins."""
    np.random.seed(seed)
    cost, unfilled, parcels = 0.0, 0, 0
    chosen = np.empty(np.max(np.diff(model.line_start)), np.int32)
    opened = np.zeros(stock.shape[1] + 1, np.bool_)
    times = np.empty(stock.shape[1] + 1)
    for pair in arrivals:
        if pair == NO_ORDER:
            continue
        first = model.line_start[pair]
        for node in range(times.size):
            times[node] = np.random.exponential()
        for at in range(first, model.line_start[pair + 1]):
            best = np.inf
            for node in range(times.size):
                if share[at, node] > SHARE_LEAST and times[node] / share[at, node] < best:
                    best = times[node] / share[at, node]
                    chosen[at - first] = node
        now = settle(model, pair, chosen, stock, opened)
        cost, unfilled, parcels = cost + now[0], unfilled + now[1], parcels + now[2]
    return cost, unfilled, parcels


def _layers(share: Floats, layer: Floats) -> None:
    """Cut the shares of one order, [n, nodes], into layers [n + 1, nodes, n].

    Layer m of a node is a length that exactly m items have in common: from many items to few, the least share left.
    """
    items, nodes = share.shape
    layer[:] = 0.0
    left = share.copy()
    for node in range(nodes):
        for together in range(items, 0, -1):
            holders, least = 0, 1.0
            for item in range(items):
                if left[item, node] > SHARE_LEAST:
                    holders += 1
                    least = min(least, left[item, node])
            if holders == together:
                for item in range(items):
                    if left[item, node] > SHARE_LEAST:
                        layer[together, node, item] = least
                        left[item, node] -= least


def _round_together(share: Floats, layer: Floats, chosen: Ints) -> None:
    """Jasin and Sinha (2015): a common draw over m / n of every layer, and a draw of its own for an item outside it."""
    items, nodes = share.shape
    layers(share, layer)
    draw = np.random.random()
    common_m, common_node = 0, 0
    for node in range(nodes):
        for m in range(1, items + 1):
            length = np.max(layer[m, node]) * m / items
            if length > 0.0 and draw >= 0.0:
                common_m, common_node = m, node
                draw -= length
    for item in range(items):
        if layer[common_m, common_node, item] > 0.0:
            chosen[item] = common_node
            continue
        rest = 0.0
        for node in range(nodes):
            for m in range(1, items + 1):
                rest += layer[m, node, item] * (1.0 - m / items)
        own = np.random.random() * rest
        for node in range(nodes):
            for m in range(1, items + 1):
                part = layer[m, node, item] * (1.0 - m / items)
                if part > 0.0 and own >= 0.0:
                    chosen[item] = node
                    own -= part


def _jasin_sinha(model: Model, arrivals: Ints, stock: Stock, share: Floats, seed: int) -> Tally:
    """Items of an order rounded together after Jasin and Sinha (2015)."""
    np.random.seed(seed)
    cost, unfilled, parcels = 0.0, 0, 0
    most = np.max(np.diff(model.line_start))
    chosen = np.empty(most, np.int32)
    opened = np.zeros(stock.shape[1] + 1, np.bool_)
    layer = np.empty((most + 1, share.shape[1], most))
    for pair in arrivals:
        if pair == NO_ORDER:
            continue
        first, last = model.line_start[pair], model.line_start[pair + 1]
        round_together(share[first:last], layer[: last - first + 1, :, : last - first], chosen)
        now = settle(model, pair, chosen, stock, opened)
        cost, unfilled, parcels = cost + now[0], unfilled + now[1], parcels + now[2]
    return cost, unfilled, parcels


# Compiled twins, called by each other through these names.
settle: Any = njit(_settle)
layers: Any = njit(_layers)
round_together: Any = njit(_round_together)
exact: Any = njit(_exact)
nearest_centre: Any = njit(_nearest_centre)
dilate: Any = njit(_dilate)
jasin_sinha: Any = njit(_jasin_sinha)
