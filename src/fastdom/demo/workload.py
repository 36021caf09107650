"""The carts of a flash sale, drawn from a seed: cart number n is the same in every run of the same size."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import accumulate

from fastdom.demo.market import Market

HOT_SHARE = 0.45
"""Carts that want a flash-sale SKU."""

HOT_RATIO = 3
"""Demand for the flash-sale SKUs over their stock, at least; a small sale has fewer of them on offer."""

METRO_SHARE = 0.7
"""Destinations in a city with a store; the others lie anywhere in the country."""

RELEASED_SHARE, EXPIRED_SHARE = 0.03, 0.03
"""Carts abandoned after the hold: given back, and left to run out."""

REPEATED_SHARE = 0.05
"""Requests sent twice at once with one request_id, as by an impatient proxy."""

SAME_SKU_SHARE = 0.02
"""Carts that name one SKU in two lines."""

COLLECT_SHARE = 0.3
FASTEST_SHARE = 0.25

LINES = (1, 2, 3, 4), (50, 28, 14, 8)
HOT_UNITS = (1, 2), (75, 25)
UNITS = (1, 2, 3), (80, 15, 5)
"""Values with their weights."""

CHANNEL_WEIGHTS = {"own-site": 4, "store-pos": 1}
CHANNEL_WEIGHT = 2
"""Of every channel not named."""


class Ending(Enum):
    """What the shopper does with a hold."""

    COMMIT = auto()
    RELEASE = auto()
    EXPIRE = auto()


@dataclass(frozen=True, slots=True)
class Cart:
    """One checkout.

    Attributes
    ----------
    number : int
        0.., in the order of arrival.
    channel, pin : str
        Where it comes from and goes to.
    lines : tuple of (str, int)
        (SKU, units), 1 to 4.
    collect : bool
        True = the carrier collects the money.
    fastest : bool
        True = takes the earliest option, False = the cheapest.
    ending : Ending
        What becomes of the hold.
    repeated : bool
        Whether its mutations are sent twice.
    """

    number: int
    channel: str
    pin: str
    lines: tuple[tuple[str, int], ...]
    collect: bool
    fastest: bool
    ending: Ending
    repeated: bool


class Zipf:
    """Draws ranks 0 .. n-1 with a probability that falls as 1 / (rank + 1)."""

    def __init__(self, n: int) -> None:
        self._ranks = range(n)
        self._weights = list(accumulate(1 / rank for rank in range(1, n + 1)))

    def draw(self, chance: random.Random) -> int:
        """Return a rank."""
        return chance.choices(self._ranks, cum_weights=self._weights)[0]


class Workload:
    """The carts of a sale.

    Parameters
    ----------
    market : Market
        What there is.
    seed : int
        Same seed, same carts.
    orders : int
        How many.
    """

    def __init__(self, market: Market, seed: int, orders: int) -> None:
        self.hot = tuple(sku for sku, _ in market.hot[: hot_count(market.hot, orders)])
        self._market, self._seed, self._orders = market, seed, orders
        self._channel_weights = [CHANNEL_WEIGHTS.get(channel, CHANNEL_WEIGHT) for channel in market.channels]
        self._hot_ranks, self._ranks = Zipf(max(1, len(self.hot))), Zipf(len(market.skus))

    def __len__(self) -> int:
        return self._orders

    def __iter__(self) -> Iterator[Cart]:
        return (self.cart(number) for number in range(self._orders))

    def cart(self, number: int) -> Cart:
        """Return cart `number`."""
        chance = random.Random(f"{self._seed} cart {number}")
        near = bool(self._market.metros) and chance.random() < METRO_SHARE
        fate = chance.random()
        return Cart(
            number=number,
            channel=chance.choices(self._market.channels, self._channel_weights)[0],
            pin=chance.choice(chance.choice(self._market.metros) if near else self._market.pins),
            lines=self._lines(chance),
            collect=chance.random() < COLLECT_SHARE,
            fastest=chance.random() < FASTEST_SHARE,
            ending=_ending(fate),
            repeated=chance.random() < REPEATED_SHARE,
        )

    def _lines(self, chance: random.Random) -> tuple[tuple[str, int], ...]:
        skus, count = self._market.skus, _weighted(chance, LINES)
        lines: dict[str, int] = {}
        if self.hot and chance.random() < HOT_SHARE:
            lines[self.hot[self._hot_ranks.draw(chance)]] = _weighted(chance, HOT_UNITS)
        while len(lines) < min(count, len(skus)):
            lines.setdefault(skus[self._ranks.draw(chance)], _weighted(chance, UNITS))
        ordered = list(lines.items())
        if chance.random() < SAME_SKU_SHARE:
            ordered.append((ordered[0][0], 1))
        return tuple(ordered)


def hot_count(hot: Sequence[tuple[str, int]], orders: int) -> int:
    """Return how many flash-sale SKUs, the scarcest first, a sale of that size can be far short of; at least 1."""
    values, weights = HOT_UNITS
    mean = sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)
    demand = orders * HOT_SHARE * mean
    stocks = accumulate(units for _, units in hot)
    return max(1, sum(stock * HOT_RATIO <= demand for stock in stocks))


def _ending(fate: float) -> Ending:
    if fate < RELEASED_SHARE:
        return Ending.RELEASE
    return Ending.EXPIRE if fate < RELEASED_SHARE + EXPIRED_SHARE else Ending.COMMIT


def _weighted(chance: random.Random, choice: tuple[Sequence[int], Sequence[int]]) -> int:
    return chance.choices(*choice)[0]
