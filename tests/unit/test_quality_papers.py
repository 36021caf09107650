"""The rules of the papers' benchmark: what they take, what they leave unfilled, the program they are held against."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("scipy")

from bench.quality import papers_lp, papers_rules_jit
from bench.quality.papers_instances import SETTINGS, Instance, Setting, instance, missing
from bench.quality.papers_rules import RULES, Case, Rule, prepare

from fastdom.prices import Costs, Forecast

MICROS = 1_000_000
ITEMS, CENTRES, CITIES, PERIODS = 4, 3, 2, 400


def case(seed: int = 1, stocked: float = 0.9) -> Case:
    """A tiny instance: 4 items, 3 centres, 2 cities, 400 periods, stock for `stocked` of the demand."""
    rng = np.random.default_rng(seed)
    orders = []
    for city in range(CITIES):
        for size in (1, 2, 3):
            items = rng.choice(ITEMS, size, replace=False)
            orders.append((city, [(int(item), 1) for item in items], PERIODS * 0.15))
    forecast = Forecast.of_orders(orders)
    unit = rng.integers(1, 8, (CITIES, CENTRES)) * MICROS
    costs = Costs(
        fixed=np.full(unit.shape, 9 * MICROS),
        unit=unit,
        unserved_order=np.full(CITIES, 18 * MICROS),
        unserved_unit=2 * unit.max(axis=1),
        unserved_sku=np.zeros(ITEMS, np.int64),
    )
    demand = np.bincount(forecast.sku_i, np.repeat(forecast.count, np.diff(forecast.line_start)), ITEMS)
    stock = np.rint(rng.dirichlet([3] * CENTRES, ITEMS) * demand[:, None] * stocked).astype(np.int64)
    nearest = np.tile(unit.argmin(axis=1).astype(np.int32), (ITEMS, 1))
    return prepare(Instance(replace(SETTINGS[0], arrivals=PERIODS), seed, forecast, costs, stock, nearest), True)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_rule_beats_the_program_that_knows_the_orders(rule: Rule) -> None:
    """On the same arrivals the fractional program with hindsight costs no more than any rule."""
    tiny = case()
    arrivals = tiny.instance.arrivals(0)
    least = next(one for one in RULES if one.name == "clairvoyant").serve(tiny, arrivals, 0)
    assert rule.serve(tiny, arrivals, 0).cost >= least.cost * (1 - 1e-9)


@pytest.mark.parametrize("rule", [one for one in RULES if one.name != "clairvoyant"], ids=lambda rule: rule.name)
def test_every_unit_is_taken_or_unfilled(rule: Rule) -> None:
    """Without stock everything is unfilled and costs the unserved rates; the case's own stock is left alone."""
    tiny = case()
    empty = replace(tiny, instance=replace(tiny.instance, stock=np.zeros_like(tiny.instance.stock)))
    arrivals = tiny.instance.arrivals(0)
    came = arrivals[arrivals >= 0]
    lines = np.diff(tiny.instance.forecast.line_start)[came]
    city = tiny.instance.forecast.place_i[came]
    served = rule.serve(empty, arrivals, 0)
    costs = tiny.instance.costs
    assert served.unfilled == lines.sum()
    assert served.parcels == 0
    assert served.cost == (costs.unserved_order[city] + costs.unserved_unit[city] * lines).sum()
    before = tiny.instance.stock.copy()
    rule.serve(tiny, arrivals, 0)
    assert (tiny.instance.stock == before).all()


def test_arrivals_are_those_of_their_seed() -> None:
    """One sequence number gives one stream, another gives another; pairs come as often as expected."""
    tiny = case().instance
    first, again, other = tiny.arrivals(0), tiny.arrivals(0), tiny.arrivals(1)
    assert (first == again).all()
    assert (first != other).any()
    came = np.bincount(first[first >= 0], minlength=6)
    assert np.abs(came - tiny.forecast.count).max() < 5 * np.sqrt(PERIODS * 0.15)


def rounded(name: str, share: NDArray[np.float64]) -> NDArray[np.float64]:
    """How often each of two items went to each of two centres (or nowhere) in 20,000 orders."""
    forecast = Forecast.of_orders([(0, [(0, 1), (1, 1)], 1.0)])
    money = Costs(np.ones((1, 2), int), np.ones((1, 2), int), np.ones(1, int), np.ones(1, int), np.zeros(2, int))
    stock = np.full((2, 2), 10**6)
    model = prepare(Instance(SETTINGS[0], 1, forecast, money, stock, np.zeros((2, 1), np.int32)), False).model
    left = stock.copy()
    getattr(papers_rules_jit, name)(model, np.zeros(20_000, np.int32), left, share, 5)
    return (stock - left) / 20_000  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", ["dilate", "jasin_sinha"])
def test_rounding_keeps_the_shares(name: str) -> None:
    """Over many orders each item goes to each centre as often as the program wants."""
    share = np.array([[0.6, 0.1, 0.3], [0.2, 0.8, 0.0]])
    assert rounded(name, share) == pytest.approx(share[:, :2], abs=0.015)


def test_layers_add_up_to_the_shares() -> None:
    """Cutting shares into layers loses nothing, and layer m has m items of one length."""
    share = np.array([[0.5, 0.5, 0.0], [0.25, 0.25, 0.5], [0.5, 0.0, 0.5]])
    layer = np.empty((4, 3, 3))
    papers_rules_jit.layers(share, layer)
    assert pytest.approx(share) == layer.sum(axis=0).T
    for m, node in np.ndindex(4, 3):
        lengths = layer[m, node][layer[m, node] > 0]
        assert lengths.size in (0, m)
        assert lengths.size == 0 or np.ptp(lengths) == pytest.approx(0)


@pytest.mark.parametrize("seed", range(3))
def test_priced_bound_is_the_dual_of_the_program(seed: int) -> None:
    """At the program's own duals the bound is its value; at others it is lower."""
    tiny = case(seed)
    assert tiny.program is not None
    at_duals = papers_lp.priced_bound(
        tiny.instance.forecast, tiny.instance.costs, tiny.stock, np.rint(tiny.program.price).astype(np.int64)
    )
    assert at_duals == pytest.approx(tiny.program.value, rel=1e-6)
    assert tiny.relaxed_bound() <= tiny.program.value * (1 + 1e-9)


@pytest.mark.skipif(bool(missing()), reason=missing())
@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_an_instance_is_as_described(setting: Setting) -> None:
    """Types by size, rates within one order a period, and stock only where an item is carried."""
    made = instance(setting, 1)
    lines = np.diff(made.forecast.line_start)
    cities = made.costs.fixed.shape[0]
    assert lines.size == setting.types * setting.size_max * cities
    assert sorted(set(lines.tolist())) == list(range(1, setting.size_max + 1))
    assert 0 < made.forecast.count.sum() < setting.arrivals
    assert made.stock.shape == (setting.items, made.costs.fixed.shape[1])
    assert made.costs.unit.min() >= 423_000
    again = instance(setting, 1)
    assert (again.stock == made.stock).all()
    assert (again.forecast.count == made.forecast.count).all()
