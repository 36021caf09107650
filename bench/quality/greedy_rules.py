"""Rules that order systems use today, as pure functions: which node ships how many units of which line.

Each takes `available` [n, K] units, `wanted` [n] units, `distance_m` [K] and `priority` [K], and returns node ->
{line: units}. Ties go to the lower node. What no node has stays out of the answer.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Units = NDArray[np.int64]
Split = dict[int, dict[int, int]]
Rule = Callable[[Units, Units, Units, Units], Split]


def nearest_with_stock(available: Units, wanted: Units, distance_m: Units, priority: Units) -> Split:
    """Each line whole from the nearest node that has all of it, else piece by piece from the nearest with some."""
    del priority
    split: Split = {}
    near = np.argsort(distance_m, kind="stable")
    for line, units in enumerate(wanted.tolist()):
        whole = near[available[line, near] >= units]
        _walk(split, line, units, available[line], whole[:1] if whole.size else near)
    return split


def fewest_splits(available: Units, wanted: Units, distance_m: Units, priority: Units) -> Split:
    """Again and again the node that can ship the most of what is left, of those the nearest."""
    del priority
    split: Split = {}
    left = wanted.copy()
    stock = available.copy()
    while True:
        takes = np.minimum(stock, left[:, None])
        gain = takes.sum(axis=0)
        if not gain.any():
            return split
        node = int(np.lexsort((distance_m, -gain))[0])
        split[node] = {line: int(units) for line, units in enumerate(takes[:, node]) if units}
        left -= takes[:, node]
        stock[:, node] = 0


def priority_walk(available: Units, wanted: Units, distance_m: Units, priority: Units) -> Split:
    """The first node of the list that has the whole order; if there is none, down the list, each ships what it has.

    The list is by priority, within one by distance.
    """
    order = np.lexsort((distance_m, priority))
    whole = order[(available[:, order] >= wanted[:, None]).all(axis=0)]
    split: Split = {}
    for line, units in enumerate(wanted.tolist()):
        _walk(split, line, units, available[line], whole[:1] if whole.size else order)
    return split


def _walk(split: Split, line: int, units: int, available: Units, order: NDArray[np.int64]) -> None:
    """Take units of a line from nodes in order until there are enough."""
    for node in order.tolist():
        if units == 0:
            return
        taken = min(units, int(available[node]))
        if taken:
            split.setdefault(node, {})[line] = taken
            units -= taken


RULES: tuple[tuple[str, Rule], ...] = (
    ("nearest with stock", nearest_with_stock),
    ("fewest splits, then nearest", fewest_splits),
    ("priority walk", priority_walk),
)
