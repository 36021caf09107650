"""The batch scorer gives the numbers of the native kernel, for every order, node and set of blocks."""

import random
from typing import Any

import numpy as np
import pytest

from fastdom._native.plan import PlanScratch, solve
from fastdom.routing import score_jit
from fastdom.routing.score_jit import (
    COST_MAX,
    COST_NONE,
    NO_TARIFF,
    NODE_NONE,
    ROW_NONE,
    UNLIMITED,
    Rates,
    score_masks,
    score_orders,
    warm,
)

SCRATCH = PlanScratch()
ORDERS, NODES, DESTINATIONS, TARIFFS, TIERS = 24, 9, 3, 5, 4


def money(rng: random.Random) -> int:
    """Mostly small amounts, some at the limits."""
    return rng.choice((rng.randrange(4), rng.randrange(10**9), rng.randrange(10**9), COST_MAX, COST_MAX - 1, 1 << 47))


def random_rates(rng: random.Random) -> Rates:
    """Rates with ties, lanes without tariff, tiers not carried, nodes short of capacity."""
    rows = [rng.sample(range(TARIFFS), rng.randrange(1, 5)) for _ in range(4)]
    return Rates(
        fixed=np.array([money(rng) for _ in range(NODES)], np.int64),
        unit_cost=np.array([[money(rng) for _ in range(NODES)] for _ in range(DESTINATIONS)], np.int64),
        row_i=np.array([[rng.randrange(ROW_NONE, 4) for _ in range(NODES)] for _ in range(DESTINATIONS)], np.int32),
        units_left=np.array([rng.choice((0, 1, 2, 3, UNLIMITED, UNLIMITED)) for _ in range(NODES)], np.int32),
        breakpoints_g=np.array(sorted(rng.sample(range(1, 40), TIERS)), np.int64),
        step_g=rng.choice((0, 1, 7)),
        tariff_cost=np.array(
            [[rng.choice((money(rng), money(rng), COST_NONE)) for _ in range(TIERS)] for _ in range(TARIFFS)], np.int64
        ),
        tariff_step_cost=np.array([rng.choice((money(rng), COST_NONE)) for _ in range(TARIFFS)], np.int64),
        row_tariffs=np.array([row + [NO_TARIFF] * (4 - len(row)) for row in rows], np.uint16),
        shipping_weight=rng.choice((0, 1, 1000, 1024, 4096, 1 << 20)),
    )


def as_problem(rates: Rates, destination_i: int, nodes: list[int], cover: list[int]) -> dict[str, Any]:
    """Fields of the kernel's problem for some nodes and one destination."""
    return {
        "cover": cover,
        "fixed": [(int(rates.fixed[node]),) for node in nodes],
        "unit_cost": [(int(rates.unit_cost[destination_i, node]),) for node in nodes],
        "row_i": [int(rates.row_i[destination_i, node]) for node in nodes],
        "units_left": [int(rates.units_left[node]) for node in nodes],
        "breakpoints_g": rates.breakpoints_g.tolist(),
        "step_g": rates.step_g,
        "tariff_cost": rates.tariff_cost.tolist(),
        "tariff_step_cost": rates.tariff_step_cost.tolist(),
        "rows": [[tariff for tariff in row if tariff != NO_TARIFF] for row in rates.row_tariffs.tolist()],
        "shipping_weight": rates.shipping_weight,
        "max_shipments": 1,
    }


@pytest.mark.parametrize("seed", range(12))
def test_orders_cost_what_the_kernel_says(seed: int) -> None:
    """Cost and tariff of each order from each node, and its best node, are the kernel's."""
    rng = random.Random(seed)
    rates = random_rates(rng)
    destination_i = np.array([rng.randrange(DESTINATIONS) for _ in range(ORDERS)], np.int32)
    weight_g = np.array([rng.choice((0, rng.randrange(60), 2**40)) for _ in range(ORDERS)], np.int64)
    units = np.array([rng.choice((0, 1, 2, 3, 2**31 - 1)) for _ in range(ORDERS)], np.int64)
    stocked = np.array([[rng.random() < 0.8 for _ in range(NODES)] for _ in range(ORDERS)], np.bool_)
    cost, tariff, best_i = score_orders(rates, destination_i, weight_g, units, stocked)
    for order in range(ORDERS):
        block = {"weight_g": [int(weight_g[order])], "units": [int(units[order])]}
        for node in range(NODES):
            one = as_problem(rates, int(destination_i[order]), [node], [int(stocked[order, node])])
            plan = solve({**one, **block}, SCRATCH)
            assert cost[order, node] == (plan.cost[0] if plan.parts else COST_NONE)
            assert tariff[order, node] == (plan.parts[0].tariff_i if plan.parts else NO_TARIFF)
        every = as_problem(rates, int(destination_i[order]), list(range(NODES)), [int(have) for have in stocked[order]])
        plan = solve({**every, **block}, SCRATCH)
        assert best_i[order] == (plan.parts[0].candidate_i if plan.parts else NODE_NONE)


@pytest.mark.parametrize("seed", range(12))
def test_masks_cost_what_the_kernel_says(seed: int) -> None:
    """The cheapest single shipment of each set of blocks, and its node, are the kernel's."""
    rng = random.Random(seed)
    rates = random_rates(rng)
    blocks = rng.randrange(1, 5)
    destination_i = np.array([rng.randrange(DESTINATIONS) for _ in range(ORDERS)], np.int32)
    weight_g = np.array([[rng.randrange(25) for _ in range(blocks)] for _ in range(ORDERS)], np.int64)
    units = np.array([[rng.randrange(3) for _ in range(blocks)] for _ in range(ORDERS)], np.int64)
    cover = np.array(
        [[rng.getrandbits(blocks) | rng.getrandbits(blocks) for _ in range(NODES)] for _ in range(ORDERS)], np.uint8
    )
    cost, node = score_masks(rates, destination_i, weight_g, units, cover)
    assert cost.shape == node.shape == (ORDERS, 1 << blocks)
    for order in range(ORDERS):
        assert (cost[order, 0], node[order, 0]) == (0, NODE_NONE)
        for mask in range(1, 1 << blocks):
            members = [block for block in range(blocks) if mask >> block & 1]
            fields = as_problem(
                rates,
                int(destination_i[order]),
                list(range(NODES)),
                [sum((int(have) >> block & 1) << i for i, block in enumerate(members)) for have in cover[order]],
            )
            plan = solve({**fields, "weight_g": weight_g[order, members], "units": units[order, members]}, SCRATCH)
            assert cost[order, mask] == (plan.cost[0] if plan.parts else COST_NONE)
            assert node[order, mask] == (plan.parts[0].candidate_i if plan.parts else NODE_NONE)


def test_warm_compiles_what_calls_use() -> None:
    """After warm() a call with real arrays compiles nothing new."""

    warm()
    before = (len(score_jit.compiled_score_orders.signatures), len(score_jit.compiled_score_masks.signatures))
    test_orders_cost_what_the_kernel_says(1)
    test_masks_cost_what_the_kernel_says(1)
    after = (len(score_jit.compiled_score_orders.signatures), len(score_jit.compiled_score_masks.signatures))
    assert before == after


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weight_g", np.zeros(2, np.int64)),
        ("units", np.zeros(2, np.int64)),
        ("stocked", np.ones((1, NODES + 1), np.bool_)),
        ("destination_i", np.array([DESTINATIONS], np.int32)),
        ("destination_i", np.array([-1], np.int32)),
    ],
)
def test_wrong_argument_is_named(name: str, value: Any) -> None:
    """An array of the wrong shape, or an unknown destination, is refused before compiled code runs."""
    arguments: dict[str, Any] = {
        "destination_i": np.zeros(1, np.int32),
        "weight_g": np.zeros(1, np.int64),
        "units": np.zeros(1, np.int64),
        "stocked": np.ones((1, NODES), np.bool_),
    }
    with pytest.raises(ValueError, match=f"^{name}:"):
        score_orders(random_rates(random.Random(1)), **{**arguments, name: value})


def test_unknown_row_or_tariff_is_named() -> None:
    """A lane of an unknown row, or a row of an unknown tariff, is refused."""
    rates = random_rates(random.Random(1))
    order = np.zeros(1, np.int64)
    stocked = np.ones((1, NODES), np.bool_)
    wrong_rows = rates._replace(row_i=np.full((DESTINATIONS, NODES), 4, np.int32))
    with pytest.raises(ValueError, match=r"^row_i: -1 \.\. 3 expected"):
        score_orders(wrong_rows, np.zeros(1, np.int32), order, order, stocked)
    wrong_tariffs = rates._replace(row_tariffs=np.full((4, 4), TARIFFS, np.uint16))
    with pytest.raises(ValueError, match=r"^row_tariffs:"):
        score_orders(wrong_tariffs, np.zeros(1, np.int32), order, order, stocked)


def test_too_many_blocks() -> None:
    """Five blocks an order are refused."""
    five = np.zeros((1, 5), np.int64)
    with pytest.raises(ValueError, match=r"^weight_g: at most 4"):
        score_masks(random_rates(random.Random(1)), np.zeros(1, np.int32), five, five, np.ones((1, NODES), np.uint8))
