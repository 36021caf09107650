"""Small random networks with stock, as the twin sees them and as the native side runs them."""

import random
from collections import Counter
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from tests.reference.quote import World

from fastdom._native.network import NetworkTables
from fastdom._native.quote_desk import QuoteDesk

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
DAY0 = 20_000
NOW_US = (DAY0 + 1) * DAY_US
N_DAYS = 24
QUOTE_TTL_US = 6 * HOUR_US


@dataclass
class Case:
    """A world and the native desk over the same numbers."""

    world: World
    desk: QuoteDesk
    nodes: list[str]
    skus: list[str]
    postal: list[str]


def some_network(rng: random.Random) -> SimpleNamespace:
    """Return the arrays of a random network; some nodes and SKUs are absent from this version."""
    n_nodes, n_skus, n_zones, n_tz = rng.randint(1, 6), rng.randint(1, 6), rng.randint(1, 2), rng.randint(1, 2)
    n_postal, n_services, n_cal, n_windows = rng.randint(1, 3), rng.randint(1, 6), rng.randint(1, 2), rng.randint(1, 3)
    levels = some_levels(rng, n_services)
    present = np.array([rng.random() < 0.9 for _ in range(n_nodes)], dtype=np.uint8)
    rank = np.array(rng.sample(range(n_nodes), n_nodes), dtype=np.int32)
    lane_tariff, low, high, prices = some_prices(rng, n_zones, n_nodes, n_services)
    lane_tariff[:, present == 0, :] = -1
    return SimpleNamespace(
        currency="INR",
        country="IN",
        quote_ttl_us=QUOTE_TTL_US,
        day0=DAY0,
        horizon_days=N_DAYS - 8,
        node_present=present,
        node_rank=np.where(present, rank, n_nodes).astype(np.int32),
        node_type=np.ones(n_nodes, dtype=np.int32),
        node_zone=np.zeros(n_nodes, dtype=np.int32),
        handling_shipment=some(rng, n_nodes, 0, 20),
        handling_unit=some(rng, n_nodes, 0, 5),
        capacity_kind=some(rng, n_nodes, 0, 2, np.int32),
        capacity_limit=some(rng, n_nodes, 0, 12, np.int32),
        sku_weight_g=some(rng, n_skus, 1, 600, np.int32),
        postal_text=[f"p{i}" for i in range(n_postal)],
        zone_of_postal=some(rng, n_postal, 0, n_zones - 1, np.int32),
        zone_tz=some(rng, n_zones, 0, n_tz - 1, np.int32),
        distance_m=np.array([[rng.randint(0, 5000) for _ in range(n_nodes)] for _ in range(n_postal)], dtype=np.int32),
        service_ids=[f"s{i}" for i in range(n_services)],
        service_level=np.array(levels, dtype=np.int32),
        service_max_weight_g=some(rng, n_services, 300, 9000),
        service_cod=some(rng, n_services, 0, 1, np.uint8),
        lane_tariff=lane_tariff,
        lane_transit_min=low,
        lane_transit_max=high,
        **prices,
        **some_slots(rng, n_nodes, n_services),
        service_cal=some(rng, n_services, 0, n_cal - 1, np.int32),
        **some_deliveries(rng, n_cal, n_services, n_tz, n_windows),
        policies=(some_policy(rng),),
    )


def some(rng: random.Random, n: int, low: int, high: int, dtype: Any = np.int64) -> Any:
    """Return n random integers within [low, high]."""
    return np.array([rng.randint(low, high) for _ in range(n)], dtype=dtype)


def some_levels(rng: random.Random, n_services: int) -> list[int]:
    """Return levels, none with more than four services."""
    levels: list[int] = []
    while len(levels) < n_services:
        level = rng.choice((1, 1, 2, 3, 4))
        if levels.count(level) < 4:
            levels.append(level)
    return levels


def some_prices(
    rng: random.Random, n_zones: int, n_nodes: int, n_services: int
) -> tuple[Any, Any, Any, dict[str, Any]]:
    """Return lanes and tariffs; small steps now and then, so that the price grid overflows."""
    n_tariffs, n_tiers = rng.randint(1, 4), rng.randint(1, 4)
    tiers = sorted(rng.sample(range(100, 2500), n_tiers))
    cost = np.array([sorted(rng.randint(0, 60) for _ in range(n_tiers)) for _ in range(n_tariffs)], dtype=np.int64)
    shape = (n_zones, n_nodes, n_services)
    cells = n_zones * n_nodes * n_services
    tariff = np.array(
        [rng.randrange(n_tariffs) if rng.random() < 0.8 else -1 for _ in range(cells)], dtype=np.int32
    ).reshape(shape)
    low = np.array([rng.randint(0, 2) for _ in range(cells)], dtype=np.uint8).reshape(shape)
    high = low + np.array([rng.randint(0, 2) for _ in range(cells)], dtype=np.uint8).reshape(shape)
    prices = {
        "tier_up_to_g": np.array(tiers, dtype=np.int64),
        "tariff_cost": cost,
        "tariff_step_g": np.array([rng.choice((30, 250, 1000, 2**62)) for _ in range(n_tariffs)], dtype=np.int64),
        "tariff_step_cost": some(rng, n_tariffs, 0, 9),
    }
    return tariff, low, high.astype(np.uint8), prices


def some_slots(rng: random.Random, n_nodes: int, n_services: int) -> dict[str, Any]:
    """Return hand-overs: none at some nodes, several a day at others."""
    first = np.zeros((n_nodes, n_services), dtype=np.int32)
    count = np.zeros((n_nodes, n_services), dtype=np.int32)
    order_by: list[int] = []
    handover: list[int] = []
    day: list[int] = []
    for node in range(n_nodes):
        for service in range(n_services):
            hours = sorted(rng.sample(range(6, 23), rng.choice((0, 1, 2, 2))))
            closes = 0
            first[node, service] = len(day)
            for date in range(N_DAYS - 8):
                for hour in hours if rng.random() < 0.8 else ():
                    leaves = (DAY0 + date) * DAY_US + hour * HOUR_US
                    closes = max(closes, leaves - rng.choice((1, 3, 20)) * HOUR_US)
                    order_by.append(closes)
                    handover.append(leaves)
                    day.append(DAY0 + date)
            count[node, service] = len(day) - first[node, service]
    return {
        "slot_first": first,
        "slot_count": count,
        "slot_order_by": np.array(order_by, dtype=np.int64),
        "slot_handover": np.array(handover, dtype=np.int64),
        "slot_day": np.array(day, dtype=np.int32),
    }


def some_deliveries(rng: random.Random, n_cal: int, n_services: int, n_tz: int, n_windows: int) -> dict[str, Any]:
    """Return delivery calendars and slots; some slots end before the last hand-over of the day."""
    works = np.array([[rng.random() < 0.7 for _ in range(N_DAYS)] for _ in range(n_cal)])
    days = np.full((n_cal, N_DAYS), -1, dtype=np.int32)
    for row in range(n_cal):
        found = np.flatnonzero(works[row])
        days[row, : found.size] = found
    opens = [rng.randint(5, 12) for _ in range(n_windows)]
    closes = [one + rng.randint(2, 12) for one in opens]
    dates = (DAY0 + np.arange(N_DAYS, dtype=np.int64)) * DAY_US
    return {
        "delivery_cum": np.concatenate([np.zeros((n_cal, 1), np.int64), works.cumsum(axis=1)], 1).astype(np.int32),
        "delivery_day": days,
        "service_window": np.array(
            [[rng.randrange(n_windows) for _ in range(n_tz)] for _ in range(n_services)], dtype=np.int32
        ),
        "arrive_from": np.stack([dates + hour * HOUR_US for hour in opens]),
        "arrive_by": np.stack([dates + hour * HOUR_US for hour in closes]),
    }


def some_policy(rng: random.Random) -> SimpleNamespace:
    """Return a policy; equal costs are frequent, so that ties matter."""
    return SimpleNamespace(
        name="cheapest",
        version=3,
        weights=[rng.choice((0, 500, 1024, 3000)) for _ in range(4)],
        split_penalty_micros=rng.randint(0, 15),
        distance_micros_per_km_unit=rng.choice((0, 1, 700)),
    )


def some_case(seed: int) -> Case:
    """Return a random world with its desk."""
    rng = random.Random(seed)
    net = some_network(rng)
    n_nodes, n_skus = len(net.node_present), len(net.sku_weight_g)
    nodes, skus = [f"n{i}" for i in range(n_nodes)], [f"k{i}" for i in range(n_skus)]
    desk = QuoteDesk(NetworkTables(net, 1), skus, nodes)
    world = World(net, {}, {}, Counter())
    for sku in range(n_skus):
        for node in range(n_nodes):
            if rng.random() < 0.75:
                put_stock(
                    world,
                    desk,
                    sku,
                    node,
                    (rng.choice((rng.randint(0, 9), 30)), rng.choice((0, 0, 2)), rng.choice((0, 0, 1))),
                )
    for node in range(n_nodes):
        if rng.random() < 0.1:
            world.status[node] = rng.choice((2, 3))
            desk.node_status(node, world.status[node])
        for date in range(5):
            if rng.random() < 0.4:
                units = rng.randint(0, 6)
                world.taken[node, DAY0 + date] += units
                desk.take(node, DAY0 + date, units)
    return Case(world, desk, nodes, skus, net.postal_text)


def put_stock(world: World, desk: QuoteDesk, sku: int, node: int, stock: tuple[int, int, int]) -> None:
    """Set one position on both sides."""
    world.stock[sku, node] = stock
    desk.stock(sku, node, *stock)
