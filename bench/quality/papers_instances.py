"""Instances of Jasin and Sinha (2015) and Ma (2023), generated from their descriptions; money is micros of a dollar.

An instance holds items, centres, cities, order types with their rates, and the stock at the start. The papers leave
three things open; here: great-circle miles on a sphere of 6,371 km, "unfilled" costs per city twice its dearest
centre, and an item that no centre carries stays unfilled.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fastdom.prices.forecast import Costs, Forecast

MICROS = 1_000_000
PARCEL_MICROS = 8_759_000
UNIT_MICROS = 423_000
MILE_MICROS = 541
SMALL_CENTRES = ("CA", "IN", "PA", "SC", "TX")
DATA = Path(__file__).parents[2].parent / "shared" / "data" / "papers"


@dataclass(frozen=True)
class Setting:
    """Size of the instances: cities and centres by rule, items, order sizes 0 .. size_max, types of each size."""

    name: str
    cities: int
    centres: tuple[str, ...] | None
    items: int
    size_max: int
    types: int
    arrivals: int
    carried: float
    rounded_up: bool = False


SETTINGS = (
    Setting("small", 10, SMALL_CENTRES, 20, 5, 5, 10_000, 0.75),
    Setting("large p=.5", 99, None, 100, 10, 10, 100_000, 0.5),
    Setting("large p=.25", 99, None, 100, 10, 10, 100_000, 0.25),
    Setting("amil sizes to 2", 10, SMALL_CENTRES, 20, 2, 5, 1_000, 0.75, rounded_up=True),
    Setting("amil sizes to 5", 10, SMALL_CENTRES, 20, 5, 5, 1_000, 0.75, rounded_up=True),
)


@dataclass(frozen=True)
class Instance:
    """One instance: Q pairs of an order type and a city, I items, K centres.

    Attributes
    ----------
    setting, seed
        Where it comes from.
    forecast
        Expected orders of each pair over the whole horizon; places are cities, SKUs are items.
    costs
        Micros of each city and centre.
    stock
        int64 [I, K] units at the start.
    nearest
        int32 [I, cities] nearest centre that carries the item; K: none does.
    """

    setting: Setting
    seed: int
    forecast: Forecast
    costs: Costs
    stock: NDArray[np.int64]
    nearest: NDArray[np.int32]

    def arrivals(self, sequence: int) -> NDArray[np.int32]:
        """The pair that each period brings, -1 for none; the same sequence number gives the same ones."""
        rng = np.random.default_rng((self.seed, sequence, 7))
        share = self.forecast.count / self.setting.arrivals
        pair = np.searchsorted(np.cumsum(share), rng.random(self.setting.arrivals), side="right")
        return np.where(pair < share.size, pair, -1).astype(np.int32)


def missing() -> str:
    """Why the instances cannot be made here; empty when they can."""
    absent = [str(DATA / name) for name in ("cities.csv", "fulfillment_centers.csv") if not (DATA / name).is_file()]
    return f"the cities and centres of the papers are not here: {', '.join(absent)}" if absent else ""


def instance(setting: Setting, seed: int) -> Instance:
    """Return the instance of one seed."""
    rng = np.random.default_rng((seed, len(setting.name), setting.items, setting.arrivals))
    miles, population = _places(setting)
    cities, centres = miles.shape
    types = _types(setting, rng)
    pairs = [(size_p, lines, city) for size_p, lines in types for city in range(cities)]
    people = population / population.sum()
    forecast = Forecast(
        line_start=np.cumsum([0, *(len(lines) for _, lines, _ in pairs)]).astype(np.int32),
        sku_i=np.concatenate([lines for _, lines, _ in pairs]).astype(np.int32),
        quantity=np.ones(sum(len(lines) for _, lines, _ in pairs), np.int32),
        place_i=np.array([city for _, _, city in pairs], np.int32),
        count=np.array([p * people[city] * setting.arrivals for p, _, city in pairs]),
    )
    carried = rng.random((setting.items, centres)) < setting.carried
    reach = np.where(carried[:, None, :], miles[None, :, :], np.inf)
    nearest = np.where(np.isfinite(reach.min(axis=2)), reach.argmin(axis=2), centres).astype(np.int32)
    unit = UNIT_MICROS + np.rint(MILE_MICROS * miles).astype(np.int64)
    costs = Costs(
        fixed=np.full(unit.shape, PARCEL_MICROS),
        unit=unit,
        unserved_order=np.full(cities, 2 * PARCEL_MICROS),
        unserved_unit=2 * unit.max(axis=1),
        unserved_sku=np.zeros(setting.items, np.int64),
    )
    return Instance(setting, seed, forecast, costs, _stock(setting, forecast, nearest, centres), nearest)


def _types(setting: Setting, rng: np.random.Generator) -> list[tuple[float, NDArray[np.int64]]]:
    """(probability, items) of each order type; what is missing to 1 is a period without an order."""
    of_size = rng.random(setting.size_max + 1)
    of_size /= of_size.sum()
    types = []
    for size in range(1, setting.size_max + 1):
        within = rng.random(setting.types)
        within /= within.sum()
        types += [(of_size[size] * p, rng.choice(setting.items, size, replace=False)) for p in within]
    return types


def _stock(setting: Setting, forecast: Forecast, nearest: NDArray[np.int32], centres: int) -> NDArray[np.int64]:
    """Expected demand of the cities that are nearest, plus half a standard deviation (or rounded up)."""
    demand = np.zeros((setting.items, centres + 1))
    lines = np.diff(forecast.line_start)
    city = np.repeat(forecast.place_i, lines)
    np.add.at(demand, (forecast.sku_i, nearest[forecast.sku_i, city]), np.repeat(forecast.count, lines))
    demand = demand[:, :centres]
    if setting.rounded_up:
        return np.ceil(demand - 1e-9).astype(np.int64)
    spread = np.sqrt(demand * (1.0 - demand / setting.arrivals))
    return np.rint(demand + 0.5 * spread).astype(np.int64)


def _places(setting: Setting) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Miles [cities, centres] and population [cities]."""
    with (DATA / "cities.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = sorted(csv.reader(file), key=lambda row: -int(row[4]))[: setting.cities]
    with (DATA / "fulfillment_centers.csv").open(encoding="utf-8-sig", newline="") as file:
        every = list(csv.reader(file))
    if setting.centres is not None:  # the first centre of each state
        every = [next(row for row in every if row[1] == state) for state in setting.centres]
    here = np.radians([[float(row[2]), float(row[3])] for row in rows])[:, None, :]
    there = np.radians([[float(row[2]), float(row[3])] for row in every])[None, :, :]
    half = (here - there) / 2
    square = np.sin(half[..., 0]) ** 2 + np.cos(here[..., 0]) * np.cos(there[..., 0]) * np.sin(half[..., 1]) ** 2
    return 6_371 / 1.609344 * 2 * np.arcsin(np.sqrt(square)), np.array([float(row[4]) for row in rows])
