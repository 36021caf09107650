"""A small network by hand: three nodes in one zone, two services a day, everything served, prices easy to add up."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from tests.native.worlds import DAY0, DAY_US, HOUR_US, QUOTE_TTL_US

from fastdom._native.network import NetworkTables
from fastdom._native.quote_desk import QuoteDesk

NODES = ["east", "north", "west"]
SKUS = ["shirt", "shoe", "sofa"]
POSTAL = ["110001", "560001"]
SERVICES = ["ground", "air", "counter"]
N_DAYS = 20
NOON_US = (DAY0 + 1) * DAY_US + 12 * HOUR_US


def plain_network(n_nodes: int = len(NODES), **changes: Any) -> SimpleNamespace:
    """Return the arrays, some of them replaced.

    Ground leaves at 18:00 (order until 16:00) and takes 2 to 3 days, air at 20:00 (18:00) and 1 day; every day is a
    working day, delivery is 9:00 to 21:00 UTC. Ground costs 10 up to 1 kg, 20 up to 5 kg, then 4 a kg; air twice that.
    """
    n_services = len(SERVICES)
    metres = 1000 * np.arange(1, n_nodes + 1, dtype=np.int32)
    dates = (DAY0 + np.arange(N_DAYS, dtype=np.int64)) * DAY_US
    leaves = (18, 20, 15)
    lane_tariff = np.zeros((1, n_nodes, n_services), dtype=np.int32)
    lane_tariff[:, :, 1] = 1
    lane_tariff[:, :, 2] = -1
    arrays: dict[str, Any] = {
        "currency": "INR",
        "country": "IN",
        "quote_ttl_us": QUOTE_TTL_US,
        "day0": DAY0,
        "horizon_days": 10,
        "node_present": np.ones(n_nodes, dtype=np.uint8),
        "node_rank": np.arange(n_nodes, dtype=np.int32),
        "node_type": np.ones(n_nodes, dtype=np.int32),
        "node_zone": np.zeros(n_nodes, dtype=np.int32),
        "handling_shipment": np.full(n_nodes, 3, dtype=np.int64),
        "handling_unit": np.full(n_nodes, 1, dtype=np.int64),
        "capacity_kind": np.full(n_nodes, 1, dtype=np.int32),
        "capacity_limit": np.full(n_nodes, 5, dtype=np.int32),
        "sku_weight_g": np.array([200, 900, 30_000], dtype=np.int32),
        "postal_text": list(POSTAL),
        "zone_of_postal": np.zeros(2, dtype=np.int32),
        "zone_tz": np.zeros(1, dtype=np.int32),
        "distance_m": np.stack([metres, metres[::-1]]),
        "service_ids": list(SERVICES),
        "service_level": np.array([1, 2, 4], dtype=np.int32),
        "service_max_weight_g": np.array([20_000, 10_000, 30_000], dtype=np.int64),
        "service_cod": np.array([1, 0, 1], dtype=np.uint8),
        "lane_tariff": lane_tariff,
        "lane_transit_min": np.array([[[2, 1, 0]] * n_nodes], dtype=np.uint8),
        "lane_transit_max": np.array([[[3, 1, 0]] * n_nodes], dtype=np.uint8),
        "tier_up_to_g": np.array([1000, 5000], dtype=np.int64),
        "tariff_cost": np.array([[10, 20], [20, 40]], dtype=np.int64),
        "tariff_step_g": np.array([1000, 1000], dtype=np.int64),
        "tariff_step_cost": np.array([4, 8], dtype=np.int64),
        "slot_count": np.full((n_nodes, n_services), 10, dtype=np.int32),
        "slot_first": np.array([[0, 10, 20]] * n_nodes, dtype=np.int32),
        "slot_order_by": np.concatenate([dates[:10] + (hour - 2) * HOUR_US for hour in leaves]),
        "slot_handover": np.concatenate([dates[:10] + hour * HOUR_US for hour in leaves]),
        "slot_day": np.tile(np.arange(DAY0, DAY0 + 10, dtype=np.int32), 3),
        "service_cal": np.zeros(n_services, dtype=np.int32),
        "delivery_cum": np.arange(N_DAYS + 1, dtype=np.int32).reshape(1, -1),
        "delivery_day": np.arange(N_DAYS, dtype=np.int32).reshape(1, -1),
        "service_window": np.zeros((n_services, 1), dtype=np.int32),
        "arrive_from": (dates + 9 * HOUR_US).reshape(1, -1),
        "arrive_by": (dates + 21 * HOUR_US).reshape(1, -1),
        "policies": (plain_policy(),),
    }
    return SimpleNamespace(**(arrays | changes))


def plain_policy(**changes: Any) -> SimpleNamespace:
    """Return a policy that adds the raw objectives up."""
    facts = {
        "name": "cheapest",
        "version": 1,
        "weights": [1024, 1024, 1024, 1024],
        "split_penalty_micros": 5,
        "distance_micros_per_km_unit": 1,
    }
    return SimpleNamespace(**(facts | changes))


def plain_desk(**changes: Any) -> QuoteDesk:
    """Return a desk over the plain network with ten of everything everywhere."""
    desk = QuoteDesk(NetworkTables(plain_network(**changes), 1), SKUS, NODES)
    for sku in range(len(SKUS)):
        for node in range(len(NODES)):
            desk.stock(sku, node, 10)
    return desk
