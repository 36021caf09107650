"""The carts of the flash sale."""

import random
from collections import Counter

import pytest

from fastdom.demo.market import Market, read_market
from fastdom.demo.settings import NETWORK
from fastdom.demo.workload import Ending, Workload, Zipf, hot_count

SIZE = 4_000


@pytest.fixture(scope="module")
def market() -> Market:
    """Return the market of the shipped network."""
    return read_market(NETWORK)


@pytest.fixture(scope="module")
def workload(market: Market) -> Workload:
    """Return a sale on it."""
    return Workload(market, seed=7, orders=SIZE)


def test_the_market_is_that_of_the_network_files(market: Market) -> None:
    """Five channels, twelve hot SKUs of some 2,000, twenty stores' cities, every PIN code of the country."""
    assert (len(market.channels), len(market.hot), len(market.metros), len(market.pins)) == (5, 12, 20, 19_307)
    assert 1_900 < len(market.skus) < 2_100
    assert all(
        units == sum(s.sellable for (sku, _), s in market.shelves.items() if sku == hot) for hot, units in market.hot
    )


def test_the_same_seed_gives_the_same_carts(market: Market, workload: Workload) -> None:
    """Carts depend on seed and number alone, another seed gives others."""
    assert list(workload)[:50] == [Workload(market, 7, SIZE).cart(number) for number in range(50)]
    assert list(workload)[:50] != [Workload(market, 8, SIZE).cart(number) for number in range(50)]
    assert len(list(workload)) == len(workload) == SIZE


def test_carts_are_valid_orders(market: Market, workload: Workload) -> None:
    """Up to four different SKUs and at most one of them twice, positive units, listed PINs and channels."""
    known = set(market.skus) | {sku for sku, _ in market.hot}
    for cart in workload:
        assert 1 <= len(cart.lines) <= 5
        assert len(cart.lines) - len({sku for sku, _ in cart.lines}) <= 1
        assert all(sku in known and 1 <= units <= 3 for sku, units in cart.lines)
    assert {cart.channel for cart in workload} == set(market.channels)
    assert {cart.pin for cart in workload} <= set(market.pins)


def test_demand_is_steep(market: Market, workload: Workload) -> None:
    """The best stocked tenth of the SKUs outside the flash sale draws over half of their demand."""
    hot = set(workload.hot)
    lines = Counter(sku for cart in workload for sku, _ in cart.lines if sku not in hot)
    assert sum(lines[sku] for sku in market.skus[: len(market.skus) // 10]) * 2 > sum(lines.values())


@pytest.mark.parametrize("orders", [1_000, 4_000, 10_000])
def test_the_flash_sale_wants_far_more_than_there_is(market: Market, orders: int) -> None:
    """Demand for the hot SKUs is at least two and a half times their stock."""
    workload = Workload(market, seed=3, orders=orders)
    stock = sum(units for sku, units in market.hot if sku in workload.hot)
    demand = sum(units for cart in workload for sku, units in cart.lines if sku in workload.hot)
    assert demand * 2 > stock * 5


def test_a_larger_sale_has_more_hot_skus() -> None:
    """At least one, in the order given, as long as demand is three times their stock."""
    hot = [("a", 10), ("b", 20), ("c", 30)]
    assert [hot_count(hot, orders) for orders in (1, 53, 159, 160, 10_000)] == [1, 1, 1, 2, 3]


def test_every_kind_of_shopper_comes(workload: Workload) -> None:
    """Some walk away, some send twice, some are in a hurry, some pay at the door; most buy."""
    endings = Counter(cart.ending for cart in workload)
    assert set(endings) == set(Ending)
    assert endings[Ending.COMMIT] > SIZE * 0.9
    for trait in ("repeated", "fastest", "collect"):
        share = sum(getattr(cart, trait) for cart in workload) / SIZE
        assert 0.01 < share < 0.5


def test_zipf_falls_with_the_rank() -> None:
    """Rank 0 is drawn about twice as often as rank 1, and every rank is in range."""
    zipf, chance = Zipf(5), random.Random(1)
    drawn = Counter(zipf.draw(chance) for _ in range(20_000))
    assert set(drawn) == set(range(5))
    assert 1.8 < drawn[0] / drawn[1] < 2.2
