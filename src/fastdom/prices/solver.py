"""The background solver: what the last unit of each SKU at each node is worth to the orders still to come.

Serving all expected orders from the stock is a linear program over plans. Its dual prices the stock:

    maximise over price >= 0:  sum over order types of count x (cost of its cheapest plan, prices included)
                               - sum over positions of stock x price

(Jasin and Sinha 2015 for the program, Talluri and van Ryzin 1998 for deciding by its duals.) For fixed prices every
order type is a small problem of its own, solved exactly, which also gives a lower bound on the cost of the whole
forecast. The prices climb by incremental subgradient steps (Nedic and Bertsekas 2001): they move after each order
type, so one pass over the forecast does the work of many full steps; step sizes fall geometrically and the prices met
in the second half are averaged. Measured on the small instances of Ma (2023): 200 sweeps, 30 ms, end 0.1 % below the
best bound found.

Prices are estimates and are computed in float64; decisions see the int64 table only. Equal input gives equal tables.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastdom.prices.forecast import COST_MAX, NOT_SERVED, Costs, Forecast
from fastdom.prices.sweep_jit import NEVER, Desk, Model, desk, first_units, sweep

SWEEPS = 200
SWEEPS_WARM = 10
STEP = 3.0
STEP_WARM = 0.3
STEP_LAST = 0.003
"""Last step of up to SWEEPS sweeps; with more it is as much smaller as they are more."""

EFFORT_MAX = 2_048
"""Extensions of one search: all there are over 10 nodes and the unserved one, about 30 us."""

SHARE_MAX = 2.0
"""Stock counts up to twice the demand: above the demand a price only falls, and this keeps the step bounded."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Look-ahead prices and how good they are.

    Attributes
    ----------
    micros
        int64 [S, K] micros per unit, 0 .. COST_MAX: what shipping one unit of the SKU from the node costs later orders.
        0 where the stock covers all demand for the SKU and where nothing is asked for. An empty position carries what
        its first unit would save.
    bound_micros
        No way of serving the whole forecast from the stock costs less; rounded down.
    unproven
        Order types whose cheapest plan at these prices was not proven; they weaken the bound.
    sweeps
        Passes over the forecast.
    """

    micros: NDArray[np.int64]
    bound_micros: int
    unproven: int
    sweeps: int


def solve_prices(
    forecast: Forecast,
    costs: Costs,
    stock: NDArray[np.int64],
    *,
    start: NDArray[np.int64] | None = None,
    sweeps: int | None = None,
    step: float | None = None,
    effort_max: int = EFFORT_MAX,
    seed: int = 1,
) -> Prices:
    """Price the stock by what the forecast will need it for.

    A pure function that holds the interpreter's lock only between passes; call it from a background thread and hand
    the table over when it is done.

    Parameters
    ----------
    forecast : Forecast
        Orders expected until the horizon, normally the next replenishment.
    costs : Costs
        P places, K nodes, S SKUs.
    stock : ndarray of int64, shape (S, K)
        Units that may still be promised, at least 0.
    start : ndarray of int64, shape (S, K), optional
        Prices of an earlier solve to go on from; then few sweeps of small steps do.
    sweeps : int, optional
        Passes over the forecast, at least 1; 200, or 10 from `start`.
    step : float, optional
        First step: change of a price in one pass when all demand for the SKU goes to the node, in average costs per
        unit times nodes that hold the SKU; 3, or 0.3 from `start`. It falls geometrically to 0.003, to less with more
        than 200 sweeps.
    effort_max : int
        Extensions after which the search for one order's plan stops with its best.
    seed : int
        Of the sequence in which order types are met.

    Raises
    ------
    ValueError
        When shapes disagree, an index is out of range or stock is negative; the message names the argument.
    """
    _check(forecast, costs, stock, start, sweeps, step)
    model = model_of(forecast, costs)
    lines = np.diff(forecast.line_start)
    units = forecast.quantity * np.repeat(forecast.count, lines)
    demand = np.bincount(forecast.sku_i, units, stock.shape[0]).astype(np.float64)
    asked = np.flatnonzero((forecast.count > 0) & (lines > 0))
    scratch = desk(int(lines.max(initial=1)), stock.shape[1])
    first = np.zeros(stock.shape) if start is None else np.where(stock > 0, start, 0).astype(np.float64)
    if asked.size == 0:
        return Prices(np.zeros(stock.shape, np.int64), 0, 0, 0)
    solve = _Solve(model, scratch, effort_max, stock > 0, _share(stock, demand), demand)
    # Each of k nodes meets about 1 / k of a SKU's demand, so its price must move k times as far for it.
    scale = solve.cost(asked, np.zeros(stock.shape)) / units.sum() * np.maximum((stock > 0).sum(axis=1), 1)
    count = sweeps if sweeps is not None else SWEEPS if start is None else SWEEPS_WARM
    largest = step if step is not None else STEP if start is None else STEP_WARM
    smallest = min(STEP_LAST, STEP_LAST * SWEEPS / count, largest)
    price = np.rint(solve.climb(asked, first, np.geomspace(largest, smallest, count), scale, seed))
    scratch.stopped[0] = 0
    bound = solve.cost(asked, price) - float((price * stock).sum())
    unproven = int(scratch.stopped[0])
    first_units(model, scratch, effort_max, solve.stocked, price.copy(), price)
    return Prices(np.minimum(np.rint(price), COST_MAX).astype(np.int64), int(np.floor(bound)), unproven, count)


def warm() -> None:
    """Compile the loops (seconds), so that the first refresh takes no longer than the others."""
    money = np.ones((1, 1), np.int64)
    costs = Costs(money, money, money[0], money[0], money[0])
    solve_prices(Forecast.of_rates(np.ones((1, 1))), costs, money, sweeps=2)


def model_of(forecast: Forecast, costs: Costs) -> Model:
    """Return the arrays of the compiled loops, all contiguous and writable: other kinds would be compiled anew."""
    return Model(
        line_start=np.require(forecast.line_start, requirements=["C", "W"]),
        sku_i=np.require(forecast.sku_i, requirements=["C", "W"]),
        quantity=np.require(forecast.quantity, requirements=["C", "W"]),
        place_i=np.require(forecast.place_i, requirements=["C", "W"]),
        orders=np.require(forecast.count, requirements=["C", "W"]),
        fixed=np.where(costs.fixed == NOT_SERVED, NEVER, costs.fixed),
        unit=np.where(costs.unit == NOT_SERVED, NEVER, costs.unit),
        gram=np.zeros(costs.fixed.shape) if costs.kilogram is None else costs.kilogram / 1_000,
        weight_g=np.zeros(costs.unserved_sku.size) if costs.weight_g is None else costs.weight_g.astype(np.float64),
        unserved_order=costs.unserved_order.astype(np.float64),
        unserved_unit=costs.unserved_unit.astype(np.float64),
        unserved_sku=costs.unserved_sku.astype(np.float64),
    )


@dataclass(frozen=True, slots=True)
class _Solve:
    model: Model
    scratch: Desk
    effort_max: int
    stocked: NDArray[np.bool_]
    share: NDArray[np.float64]
    demand: NDArray[np.float64]

    def cost(self, asked: NDArray[np.int64], price: NDArray[np.float64]) -> float:
        """Cost of the cheapest plans of all expected orders at fixed prices."""
        return self._pass(asked, np.zeros(price.shape[0]), price.copy(), np.zeros(price.shape))

    def climb(
        self,
        asked: NDArray[np.int64],
        price: NDArray[np.float64],
        steps: NDArray[np.float64],
        scale: NDArray[np.float64],
        seed: int,
    ) -> NDArray[np.float64]:
        """Mean of the prices met in the second half of the steps."""
        rng = np.random.default_rng(seed)
        met = np.zeros(price.shape)
        half = steps.size // 2
        for i in range(steps.size):
            gathered = np.zeros(price.shape) if i < half else met
            self._pass(rng.permutation(asked), steps[i] * scale, price, gathered)
        return met / (steps.size - half)

    def _pass(
        self,
        sequence: NDArray[np.int64],
        step: NDArray[np.float64],
        price: NDArray[np.float64],
        met: NDArray[np.float64],
    ) -> float:
        return float(
            sweep(
                self.model,
                self.scratch,
                self.effort_max,
                sequence,
                self.stocked,
                self.share,
                self.demand,
                step,
                price,
                met,
            )
        )


def _share(stock: NDArray[np.int64], demand: NDArray[np.float64]) -> NDArray[np.float64]:
    """Part of a SKU's demand that each node's stock could serve."""
    asked = demand > 0
    share = np.zeros(stock.shape)
    share[asked] = np.minimum(stock[asked] / demand[asked, None], SHARE_MAX)
    return share


def _check(
    forecast: Forecast,
    costs: Costs,
    stock: NDArray[np.int64],
    start: NDArray[np.int64] | None,
    sweeps: int | None,
    step: float | None,
) -> None:
    places, nodes = costs.fixed.shape
    shape = (costs.unserved_sku.size, nodes)
    for name, table in (("stock", stock), ("start", start)):
        if table is None:
            continue
        if table.shape != shape or table.dtype != np.int64:
            raise ValueError(f"{name}: expected int64 {shape}, got {table.dtype} {table.shape}")
        if table.size and table.min() < 0:
            raise ValueError(f"{name}: {table.min()} is negative")
    if forecast.sku_i.max(initial=-1) >= shape[0]:
        raise ValueError(f"sku_i: {forecast.sku_i.max()} is beyond the {shape[0]} SKUs of unserved_sku")
    if forecast.place_i.max(initial=-1) >= places:
        raise ValueError(f"place_i: {forecast.place_i.max()} is beyond the {places} places of fixed")
    if sweeps is not None and sweeps < 1:
        raise ValueError(f"sweeps: {sweeps} is below 1")
    if step is not None and not step > 0:
        raise ValueError(f"step: {step} is not above 0")
