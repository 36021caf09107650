"""Look-ahead prices: zero where stock is ample, rising with scarcity, equal to the duals of the exact program."""

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fastdom.prices import Costs, Forecast, Prices, solve_prices, warm
from fastdom.prices.sweep_jit import first_units, sweep

optimize = pytest.importorskip("scipy.optimize")

MICROS = 1_000_000


def costs(unit: list[list[int]], fixed: int = 0, unserved: int = 30, skus: int = 1) -> Costs:
    """Money in whole units: [places][nodes] a unit, the same `fixed` everywhere."""
    per_unit = np.array(unit) * MICROS
    return Costs(
        fixed=np.full(per_unit.shape, fixed * MICROS),
        unit=per_unit,
        unserved_order=np.full(len(unit), 2 * fixed * MICROS),
        unserved_unit=np.full(len(unit), unserved * MICROS),
        unserved_sku=np.zeros(skus, np.int64),
    )


def random_case(seed: int, lines_max: int, fixed: int) -> tuple[Forecast, Costs, NDArray[np.int64]]:
    """3 places, 3 nodes, 3 SKUs, 12 types; stock for about 70 % of the demand."""
    rng = np.random.default_rng(seed)
    unit = rng.integers(1, 20, (3, 3)).tolist()
    orders = [
        (int(rng.integers(3)), [(int(sku), 1) for sku in rng.choice(3, rng.integers(1, lines_max + 1), replace=False)],
         float(rng.uniform(5, 50)))
        for _ in range(12)
    ]  # fmt: skip
    forecast = Forecast.of_orders(orders)
    demand = np.bincount(forecast.sku_i, np.repeat(forecast.count, np.diff(forecast.line_start)), 3)
    stock = np.rint(rng.dirichlet([2, 2, 2], 3) * demand[:, None] * 0.7).astype(np.int64)
    return forecast, costs(unit, fixed=fixed, skus=3), stock


def exact(forecast: Forecast, money: Costs, stock: NDArray[np.int64]) -> tuple[float, NDArray[np.float64]]:
    """Value and duals of the program with one column for each type and assignment of its lines, by HiGHS."""
    nodes = stock.shape[1]
    cost, rows, use = [], [], []
    for i in range(forecast.count.size):
        skus = forecast.sku_i[forecast.line_start[i] : forecast.line_start[i + 1]]
        place, count = forecast.place_i[i], forecast.count[i]
        for plan in itertools.product(range(nodes + 1), repeat=skus.size):
            opened = set(plan)
            parcel = sum(money.unserved_order[place] if k == nodes else money.fixed[place, k] for k in opened)
            units = sum(money.unserved_unit[place] if k == nodes else money.unit[place, k] for k in plan)
            cost.append(count * (parcel + units) / MICROS)
            rows.append(i)
            taken = np.zeros(stock.shape)
            for sku, k in zip(skus, plan, strict=True):
                if k < nodes:
                    taken[sku, k] += count
            use.append(taken.ravel())
    serve = np.zeros((forecast.count.size, len(rows)))
    serve[rows, np.arange(len(rows))] = 1
    done = optimize.linprog(cost, A_ub=np.array(use).T, b_ub=stock.ravel(), A_eq=serve, b_eq=np.ones(len(serve)))
    return float(done.fun), -done.ineqlin.marginals.reshape(stock.shape)


def solved(forecast: Forecast, money: Costs, stock: NDArray[np.int64], **settings: Any) -> Prices:
    """Prices with many sweeps: the cases are tiny."""
    return solve_prices(forecast, money, stock, **{"sweeps": 3_000, **settings})


def test_ample_stock_is_free() -> None:
    """A node that could serve all demand has price 0, whatever the others have."""
    forecast = Forecast.of_rates(np.array([[60.0, 40.0]]))
    prices = solved(forecast, costs([[1, 5], [5, 1]]), np.array([[100, 20]]))
    assert prices.micros[0, 0] == 0


def test_scarce_stock_costs_what_the_next_best_costs_more() -> None:
    """The near node is short, the far one is not: a near unit is worth the difference."""
    forecast = Forecast.of_rates(np.array([[100.0]]))
    prices = solved(forecast, costs([[1, 5]]), np.array([[60, 500]]))
    assert prices.micros[0, 0] == pytest.approx(4 * MICROS, rel=0.02)
    assert prices.micros[0, 1] == 0


def test_prices_rise_with_scarcity() -> None:
    """Less stock of a SKU never makes its price fall, and a shortage brings it to the cost of not serving."""
    forecast = Forecast.of_rates(np.array([[30.0, 70.0]]))
    money = costs([[1, 6], [4, 2]])
    found = [solved(forecast, money, np.array([[units, units]])).micros.sum() for units in (200, 99, 55, 45, 20)]
    slack = MICROS // 20
    assert all(before <= after + slack for before, after in itertools.pairwise(found))
    assert found[0] == 0
    assert found[-1] == pytest.approx((30 - 4 + 30 - 2) * MICROS, rel=0.1)


@pytest.mark.parametrize("seed", range(6))
def test_prices_equal_the_duals_of_single_lines(seed: int) -> None:
    """For orders of one unit the prices are those of the transportation problem, to 1 % of the dearest cost."""
    forecast, money, stock = random_case(seed, lines_max=1, fixed=0)
    value, dual = exact(forecast, money, stock)
    prices = solved(forecast, money, stock)
    held = stock > 0
    assert prices.bound_micros / MICROS <= value * (1 + 1e-9)
    assert prices.bound_micros / MICROS == pytest.approx(value, rel=5e-4)
    assert np.abs(prices.micros / MICROS - dual)[held].max() < 0.3


@pytest.mark.parametrize("seed", range(6))
def test_bound_reaches_the_exact_program_with_parcels(seed: int) -> None:
    """With orders of up to 3 lines and parcels, the bound is valid and within 0.1 % of the exact program."""
    forecast, money, stock = random_case(seed, lines_max=3, fixed=8)
    value, _ = exact(forecast, money, stock)
    prices = solved(forecast, money, stock)
    assert prices.unproven == 0
    assert prices.bound_micros / MICROS <= value * (1 + 1e-9)
    assert prices.bound_micros / MICROS == pytest.approx(value, rel=1e-3)


def test_a_warm_start_follows_a_change_of_stock() -> None:
    """Ten sweeps from the prices of yesterday come within 1 % of a solve from nothing."""
    forecast, money, stock = random_case(1, lines_max=3, fixed=8)
    before = solved(forecast, money, stock)
    after = solve_prices(forecast, money, np.maximum(stock - 3, 0), start=before.micros)
    fresh = solved(forecast, money, np.maximum(stock - 3, 0))
    assert after.sweeps == 10
    assert after.bound_micros == pytest.approx(fresh.bound_micros, rel=0.01)


def test_an_empty_position_carries_what_its_first_unit_saves() -> None:
    """The far node serves at 5 a unit; a first unit at the near one would save 4."""
    forecast = Forecast.of_rates(np.array([[10.0]]))
    prices = solved(forecast, costs([[1, 5]]), np.array([[0, 100]]))
    assert prices.micros[0].tolist() == [4 * MICROS, 0]


def test_equal_input_gives_equal_tables() -> None:
    """Two solves agree in every micro."""
    case = random_case(3, lines_max=3, fixed=8)
    first, second = (solve_prices(*case) for _ in range(2))
    assert (first.micros == second.micros).all()
    assert first.bound_micros == second.bound_micros


def test_warming_compiles_every_loop() -> None:
    """After it each loop has its machine code, for the types that all solves use."""
    warm()
    case = random_case(1, lines_max=2, fixed=8)
    case[0].sku_i.flags.writeable = False
    compiled = [len(loop.signatures) for loop in (sweep, first_units)]
    solve_prices(*case, sweeps=2)
    assert compiled == [1, 1]
    assert [len(loop.signatures) for loop in (sweep, first_units)] == [1, 1]


def test_nothing_expected_makes_everything_free() -> None:
    """Without demand all prices are 0."""
    prices = solve_prices(Forecast.of_orders([]), costs([[1, 5]]), np.array([[3, 4]]))
    assert not prices.micros.any()


def test_lanes_that_do_not_exist_are_not_used() -> None:
    """The only node that serves the place is short; the other's stock is worth nothing."""
    money = costs([[1, 5]])
    money.fixed[0, 1] = money.unit[0, 1] = -1
    prices = solved(Forecast.of_rates(np.array([[100.0]])), money, np.array([[50, 50]]))
    assert prices.micros[0, 0] == pytest.approx(29 * MICROS, rel=0.02)
    assert prices.micros[0, 1] == 0


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("stock", {"stock": np.array([[1, -1]])}),
        ("stock", {"stock": np.array([[1, 1, 1]])}),
        ("stock", {"stock": np.array([[1.0, 1.0]])}),
        ("start", {"start": np.array([[1]])}),
        ("sweeps", {"sweeps": 0}),
        ("step", {"step": 0.0}),
        ("sku_i", {"forecast": Forecast.of_rates(np.array([[0.0], [1.0]]))}),
        ("place_i", {"forecast": Forecast.of_rates(np.array([[0.0, 1.0]]))}),
    ],
)
def test_bad_input_is_refused_by_name(name: str, settings: dict[str, Any]) -> None:
    """The message begins with the argument's name."""
    given = {"forecast": Forecast.of_rates(np.array([[1.0]])), "stock": np.array([[1, 1]]), **settings}
    with pytest.raises(ValueError, match=f"^{name}:"):
        solve_prices(given.pop("forecast"), costs([[1, 5]]), given.pop("stock"), **given)


def test_weight_moves_the_cost_of_a_unit() -> None:
    """The far node costs 2 a kilogram more: a near unit of 3 kg is worth 6."""
    plain = costs([[1, 1]])
    heavy = Costs(
        plain.fixed,
        plain.unit,
        plain.unserved_order,
        plain.unserved_unit,
        plain.unserved_sku,
        kilogram=np.array([[1, 3]]) * MICROS,
        weight_g=np.array([3_000]),
    )
    prices = solved(Forecast.of_rates(np.array([[100.0]])), heavy, np.array([[60, 500]]))
    assert prices.micros[0].tolist() == [pytest.approx(6 * MICROS, rel=0.02), 0]
