"""The search of the price solver finds the cheapest plan of one order, as the routing kernel does."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastdom._native.plan import PlanProblem, PlanScratch
from fastdom.prices.sweep_jit import NEVER, SHIPMENTS_MAX, Desk, desk, search

COSTS = st.integers(0, 40)


def lay(scratch: Desk, fixed: list[int], cost: list[list[int | None]]) -> None:
    """Write rows; None: the node does not have the line."""
    for row, (once, lines) in enumerate(zip(fixed, cost, strict=True)):
        scratch.fixed[row] = once
        scratch.node[row] = row
        scratch.cost[row, : len(lines)] = [NEVER if value is None else value for value in lines]


def brute_force(fixed: list[int], cost: list[list[int | None]]) -> int:
    """Least cost over every assignment of lines to rows."""
    rows, lines = range(len(fixed)), range(len(cost[0]))
    totals = []
    for plan in itertools.product(rows, repeat=len(lines)):
        parts = [cost[row][line] for line, row in enumerate(plan)]
        if None not in parts:
            totals.append(sum(fixed[row] for row in set(plan)) + sum(part for part in parts if part is not None))
    return min(totals)


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[int], list[list[int | None]]]:
    """Up to 4 lines over up to 5 rows, the last of which has everything."""
    lines, rows = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    fixed = draw(st.lists(COSTS, min_size=rows, max_size=rows))
    some = st.lists(st.none() | COSTS, min_size=lines, max_size=lines)
    every = st.lists(COSTS, min_size=lines, max_size=lines)
    return fixed, [*(draw(some) for _ in range(rows - 1)), draw(every)]


@settings(deadline=None)
@given(orders())
def test_search_equals_brute_force(order: tuple[list[int], list[list[int | None]]]) -> None:
    """The cost is the least there is, and the choice it names costs that much."""
    fixed, cost = order
    scratch = desk(4, 5)
    lay(scratch, fixed, cost)
    lines = len(cost[0])
    found = search(scratch, len(fixed), lines, 10**6)
    assert found == brute_force(fixed, cost)
    chosen = scratch.choice[:lines].tolist()
    parts = [cost[row][line] for line, row in enumerate(chosen)]
    assert sum(fixed[row] for row in set(chosen)) + sum(part for part in parts if part is not None) == found
    assert scratch.stopped[0] == 0
    assert scratch.lower[0] == found


@pytest.mark.parametrize("lines", [3, 6, 10])
def test_search_equals_the_routing_kernel(lines: int) -> None:
    """Orders over 12 nodes with a cost of their own for every line and node cost the same in both."""
    rng = random.Random(lines)
    scratch, kernel = desk(lines, 12), PlanScratch()
    for _ in range(200):
        fixed = [rng.randrange(1, 60) for _ in range(13)]
        cost = [[rng.randrange(40) if rng.random() < 0.6 else None for _ in range(lines)] for _ in range(12)]
        cost.append([rng.randrange(60, 120) for _ in range(lines)])
        lay(scratch, fixed, cost)
        problem = PlanProblem(
            weight_g=[1] * lines,
            units=[1] * lines,
            cover=[sum((value is not None) << line for line, value in enumerate(row)) for row in cost],
            fixed=[(once,) for once in fixed],
            unit_cost=[(0,)] * 13,
            row_i=[-1] * 13,
            units_left=[2**31 - 1] * 13,
            breakpoints_g=(),
            step_g=0,
            tariff_cost=(),
            tariff_step_cost=(),
            rows=(),
            split_penalty=(0,),
            block_cost=[[(value or 0,) for value in row] for row in cost],
        )
        assert search(scratch, 13, lines, 10**6) == kernel.solve(problem).cost[0]


def test_a_search_cut_short_is_counted() -> None:
    """Two shipments win, but no extension is allowed: the best single one is told, and that it is not proven."""
    scratch = desk(2, 2)
    for effort, cost in ((0, 90), (100, 2)):
        lay(scratch, [1, 1, 90], [[0, None], [None, 0], [0, 0]])
        assert search(scratch, 3, 2, effort) == cost
        assert scratch.stopped[0] == 1
        assert scratch.lower[0] == 2


def test_plans_have_at_most_shipments_max_parts() -> None:
    """With every line at a node of its own the search stops at its limit, leaves the rest unserved and says so."""
    lines = SHIPMENTS_MAX + 2
    scratch = desk(lines, lines)
    apart: list[list[int | None]] = [[0 if line == row else None for line in range(lines)] for row in range(lines)]
    lay(scratch, [1] * lines + [0], [*apart, [100] * lines])
    search(scratch, lines + 1, lines, 10**5)
    assert scratch.stopped[0] == 1
    assert np.unique(scratch.choice[:lines]).size <= SHIPMENTS_MAX
