"""The rules that the papers' instances compare, each once in RULES: who serves what when an order arrives."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import thread_time

import numpy as np
from bench.quality import papers_lp, papers_rules_jit
from bench.quality.papers_instances import Instance
from numpy.typing import NDArray

from fastdom.prices import Prices, solve_prices
from fastdom.prices.solver import model_of
from fastdom.prices.sweep_jit import Desk, Model, desk

EFFORT_MAX = 1_000_000
"""Extensions of one search: more than there are sets of centres, so every plan is proven."""


@dataclass(frozen=True)
class Served:
    """What one rule did with one stream: cost in micros, unfilled units, parcels of filled units."""

    cost: float
    unfilled: float
    parcels: float


@dataclass(frozen=True)
class Case:
    """An instance made ready: arrays of the compiled rules, prices at the start, the program where it was solved."""

    instance: Instance
    model: Model
    desk: Desk
    prices: Prices
    program: papers_lp.Solution | None
    price_seconds: list[float] = field(default_factory=list)

    @property
    def stock(self) -> NDArray[np.int64]:
        """A fresh copy of the stock at the start."""
        return self.instance.stock.copy()

    @property
    def share(self) -> NDArray[np.float64]:
        """How the program splits each line over the centres."""
        assert self.program is not None
        return self.program.share

    def relaxed_bound(self) -> float:
        """A lower bound on the program in micros, in seconds where the program takes minutes."""
        instance = self.instance
        return papers_lp.priced_bound(instance.forecast, instance.costs, instance.stock, self.prices.micros)

    def refresh(self, stock: NDArray[np.int64], left: float, before: Prices) -> Prices:
        """Prices for the rest of the horizon, of which `left` of 1 is still to come."""
        began = thread_time()
        forecast = replace(self.instance.forecast, count=self.instance.forecast.count * left)
        prices = solve_prices(forecast, self.instance.costs, stock, start=before.micros)
        self.price_seconds.append(thread_time() - began)
        return prices


def prepare(instance: Instance, with_program: bool) -> Case:
    """Solve what the rules need before the first arrival."""
    program = papers_lp.solve(instance.forecast, instance.costs, instance.stock) if with_program else None
    prices = solve_prices(instance.forecast, instance.costs, instance.stock)
    lines_max = int(np.diff(instance.forecast.line_start).max())
    model = model_of(instance.forecast, instance.costs)
    return Case(instance, model, desk(lines_max, instance.stock.shape[1]), prices, program)


Arrivals = NDArray[np.int32]


def nearest(case: Case, arrivals: Arrivals, sequence: int) -> Served:
    """Each item from the nearest centre that carries it."""
    del sequence
    return Served(*papers_rules_jit.nearest_centre(case.model, arrivals, case.stock, case.instance.nearest))


def jasin_sinha(case: Case, arrivals: Arrivals, sequence: int) -> Served:
    """The program's shares, rounded together after Jasin and Sinha."""
    return Served(*papers_rules_jit.jasin_sinha(case.model, arrivals, case.stock, case.share, sequence))


def dilate(case: Case, arrivals: Arrivals, sequence: int) -> Served:
    """The program's shares, rounded by Ma's dilated opening times."""
    return Served(*papers_rules_jit.dilate(case.model, arrivals, case.stock, case.share, sequence))


def _priced(case: Case, arrivals: Arrivals, price: NDArray[np.float64]) -> Served:
    return Served(*papers_rules_jit.exact(case.model, case.desk, arrivals, case.stock, price, EFFORT_MAX))


def exact(case: Case, arrivals: Arrivals, sequence: int) -> Served:
    """The cheapest plan of each order, without look-ahead."""
    del sequence
    return _priced(case, arrivals, np.zeros(case.stock.shape))


def static_duals(case: Case, arrivals: Arrivals, sequence: int) -> Served:
    """The cheapest plan at the program's dual prices, never changed."""
    del sequence
    assert case.program is not None
    return _priced(case, arrivals, case.program.price)


def static_prices(case: Case, arrivals: Arrivals, sequence: int) -> Served:
    """The cheapest plan at the look-ahead prices of the start, never changed."""
    del sequence
    return _priced(case, arrivals, case.prices.micros.astype(np.float64))


def refreshed(times: int) -> Callable[[Case, Arrivals, int], Served]:
    """Return the rule that solves the prices `times` times, evenly over the horizon, the first time before it."""

    def rule(case: Case, arrivals: Arrivals, sequence: int) -> Served:
        del sequence
        stock, prices, total = case.stock, case.prices, np.zeros(3)
        for i, part in enumerate(np.array_split(arrivals, times)):
            if i:
                prices = case.refresh(stock, 1.0 - i / times, prices)
            price = prices.micros.astype(np.float64)
            total += papers_rules_jit.exact(case.model, case.desk, part, stock, price, EFFORT_MAX)
        return Served(*total.tolist())

    return rule


def clairvoyant(case: Case, arrivals: Arrivals, sequence: int) -> Served:
    """The program with the orders that really came: fractions allowed, so a bound that no rule reaches."""
    del sequence
    forecast = case.instance.forecast
    came = np.bincount(arrivals[arrivals != papers_rules_jit.NO_ORDER], minlength=forecast.count.size)
    known = papers_lp.solve(replace(forecast, count=came.astype(np.float64)), case.instance.costs, case.stock)
    lines = np.repeat(came, np.diff(forecast.line_start))
    return Served(known.value, float((known.share[:, -1] * lines).sum()), float("nan"))


@dataclass(frozen=True)
class Rule:
    """A rule by name; `program`: it needs the linear program, which takes minutes on large instances."""

    name: str
    serve: Callable[[Case, Arrivals, int], Served]
    program: bool = False


RULES = (
    Rule("nearest centre", nearest),
    Rule("Jasin-Sinha rounding", jasin_sinha, program=True),
    Rule("Ma's dilate", dilate, program=True),
    Rule("exact, no look-ahead", exact),
    Rule("exact + static LP duals", static_duals, program=True),
    Rule("exact + static prices", static_prices),
    Rule("exact + prices x 10", refreshed(10)),
    Rule("exact + prices x 50", refreshed(50)),
    Rule("clairvoyant", clairvoyant, program=True),
)
