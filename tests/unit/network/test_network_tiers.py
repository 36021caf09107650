"""The weight grid: one row of costs and a step price every shipment as its tariff does."""

import dataclasses

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.reference import promise
from tests.unit.network.small_network import document

from fastdom.network.document import Tariffs
from fastdom.network.limits import TIERS_MAX
from fastdom.network.tiers import cost_rows, weight_grid

STEPS = st.sampled_from([0, 250, 500, 1000, 3000])
TIERS = st.dictionaries(st.integers(1, 12).map(lambda k: k * 500), st.integers(0, 10**9), min_size=1, max_size=5)


HEAVIEST = st.sampled_from([6_000, 12_000, 30_000])


@st.composite
def tariff_tables(draw: st.DrawFn) -> Tariffs:
    """A few price lists with unlike tiers, steps and heaviest shipments."""
    rows = draw(st.lists(st.tuples(TIERS, STEPS, st.integers(0, 10**8), HEAVIEST), min_size=1, max_size=4))
    return Tariffs(
        service_i=np.zeros(len(rows), np.int32),
        rate_zone=tuple(f"z{row}" for row in range(len(rows))),
        tiers=tuple(tuple(sorted(tiers.items())) for tiers, *_ in rows),
        step_g=np.array([step for _, step, *_ in rows], np.int64),
        step_micros=np.array([cost for *_, cost, _ in rows], np.int64),
        max_g=np.array([max_g for *_, max_g in rows], np.int64),
    )


class Priced:
    """A document with nothing but tariffs."""

    def __init__(self, tariffs: Tariffs) -> None:
        self.tariffs = tariffs


@given(tariff_tables(), st.lists(st.integers(1, 30_000), min_size=1, max_size=30))
def test_the_grid_prices_every_weight_as_the_tariff(tariffs: Tariffs, weights: list[int]) -> None:
    """First tier not below the weight, else whole steps beyond the last: the tariff's own cost, for all it carries."""
    try:
        grid = weight_grid(tariffs)
    except ValueError:
        assume(False)
    assert grid == sorted(set(grid))
    assert len(grid) <= TIERS_MAX
    cost, step_g, step_cost = cost_rows(tariffs, grid)
    for row in range(len(tariffs.tiers)):
        for weight in (one for one in weights if one <= tariffs.max_g[row]):
            tier = next((tier for tier, up_to_g in enumerate(grid) if weight <= up_to_g), None)
            if tier is not None:
                price = int(cost[row, tier])
            else:
                steps = -(-(weight - grid[-1]) // int(step_g[row]))
                price = int(cost[row, -1]) + steps * int(step_cost[row])
            assert price == promise.tariff(Priced(tariffs), row, weight)


def test_too_fine_a_grid_is_refused() -> None:
    """Tariffs that need more tiers than the limit are refused, however small the step."""
    tariffs = dataclasses.replace(document().tariffs, step_g=document().tariffs.step_g // 500)
    with pytest.raises(ValueError, match="more than 64 different weights"):
        weight_grid(tariffs)


def test_steps_that_never_meet_are_priced_up_to_the_heaviest_shipment() -> None:
    """Where two tariffs have no common step, the grid reaches to what the lighter one carries."""
    both = Tariffs(
        service_i=np.zeros(2, np.int32),
        rate_zone=("a", "b"),
        tiers=(((500, 10),), ((1000, 20),)),
        step_g=np.array([1000, 1000]),
        step_micros=np.array([1, 2]),
        max_g=np.array([3000, 50_000]),
    )
    assert weight_grid(both) == [500, 1000, 1500, 2000, 2500, 3000]
