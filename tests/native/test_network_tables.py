"""Network tables: checked when they are made, and look-ups equal to reading the compiled arrays step by step."""

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.native.plain_network import plain_network, plain_policy
from tests.native.worlds import DAY0, DAY_US, some_network
from tests.reference import quote as twin

from fastdom._native import lane_tables
from fastdom._native.network import NetworkTables

SEEDS = st.integers(0, 2**32)
SOME = settings(max_examples=150, deadline=None)


def some_tables(seed: int) -> tuple[random.Random, Any, NetworkTables]:
    """Return a random network and its tables."""
    rng = random.Random(seed)
    net = some_network(rng)
    return rng, net, NetworkTables(net, 1)


@SOME
@given(SEEDS)
def test_next_slot_is_the_first_that_is_still_open(seed: int) -> None:
    """next_slot equals a scan for order_by >= at, whatever was asked before: the hint is only a cache."""
    rng, net, tables = some_tables(seed)
    for _ in range(60):
        node, service = rng.randrange(len(net.node_present)), rng.randrange(len(net.service_level))
        mine = [int(net.slot_order_by[slot]) for slot in twin.slots(net, node, service)]
        at = rng.choice([*mine, 0]) + rng.choice((-1, 0, 1)) + rng.choice((0, 0, DAY_US))
        first = int(net.slot_first[node, service])
        expected = next((first + i for i, closes in enumerate(mine) if closes >= at), -1)
        assert tables.next_slot(node, service, at) == expected


@SOME
@given(SEEDS)
def test_arrival_is_counted_on_delivery_days(seed: int) -> None:
    """arrival equals walking the calendar day by day, with ended slots skipped; beyond the tables there is none."""
    rng, net, tables = some_tables(seed)
    for _ in range(30):
        if len(net.slot_day) == 0:
            return
        slot, service = rng.randrange(len(net.slot_day)), rng.randrange(len(net.service_level))
        tz, days = rng.randrange(net.service_window.shape[1]), rng.randint(0, 9)
        found = tables.arrival(service, tz, int(net.slot_day[slot]), days, int(net.slot_handover[slot]))
        assert found == twin.arrival(net, service, tz, slot, days)
    assert tables.arrival(0, 0, DAY0 - 1, 0, 0) is None
    assert tables.arrival(0, 0, DAY0 + net.delivery_day.shape[1], 0, 0) is None


@SOME
@given(SEEDS)
def test_price_points_are_exact_for_every_weight(seed: int) -> None:
    """Up to points_up_to a weight costs what the next point says; beyond, and for every weight, price is the tariff."""
    rng, net, tables = some_tables(seed)
    points, costs = tables.arrays["point_g"], tables.arrays["price_cost"]
    tariffs, most = tables.arrays["price_tariff"], tables.arrays["price_max_g"]
    assert (np.diff(points) > 0).all()
    assert len(points) <= 64
    for price_i in range(len(tariffs)):
        near = [int(rng.choice(points)) + rng.choice((-1, 0, 1)), int(most[price_i]) + rng.choice((0, 1))]
        for weight_g in [max(1, one) for one in (*near, rng.randint(1, 10_000))]:
            service = int(np.flatnonzero(net.service_max_weight_g == most[price_i])[0])
            expected = twin.price(net, int(tariffs[price_i]), service, weight_g)
            assert tables.price(price_i, weight_g) == (-1 if expected is None else expected)
            if weight_g <= points[-1]:
                assert costs[price_i, np.searchsorted(points, weight_g)] == (-1 if expected is None else expected)
            elif tables.points_up_to_g == 2**63 - 1:
                assert expected is None


@SOME
@given(SEEDS)
def test_lane_sets_hold_the_services_of_a_level(seed: int) -> None:
    """The set of a lane and level lists exactly its services by index, with price and transit; PICKUP has none."""
    _, net, tables = some_tables(seed)
    sets, lane_set = tables.arrays["sets"], tables.arrays["lane_set"]
    tariffs, most = tables.arrays["price_tariff"], tables.arrays["price_max_g"]
    n_zones, n_nodes, _ = net.lane_tariff.shape
    assert (sets[0] == [0, *[-1] * 16]).all()
    for zone in range(n_zones):
        for node in range(n_nodes):
            for level in range(1, 5):
                row = sets[lane_set[zone, level - 1, node]]
                found = [tuple(int(row[1 + 4 * field + place]) for field in range(4)) for place in range(row[0])]
                expected = [
                    (service, int(net.lane_tariff[zone, node, service]))
                    for service in np.flatnonzero(net.service_level == level).tolist()
                    if level != 4 and net.lane_tariff[zone, node, service] >= 0
                ]
                assert [(service, int(tariffs[price])) for service, price, _, _ in found] == expected
                for service, price, low, high in found:
                    assert most[price] == net.service_max_weight_g[service]
                    assert (low, high) == (
                        net.lane_transit_min[zone, node, service],
                        net.lane_transit_max[zone, node, service],
                    )


def test_many_lanes_are_taken_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lane sets are the same however few lanes are looked at in one step."""
    net = some_network(random.Random(5))
    whole = NetworkTables(net, 1).arrays
    monkeypatch.setattr(lane_tables, "CELLS_AT_ONCE", 1)
    stepped = NetworkTables(net, 1).arrays
    for zone in np.ndindex(whole["lane_set"].shape):
        assert (whole["sets"][whole["lane_set"][zone]] == stepped["sets"][stepped["lane_set"][zone]]).all()


def test_ranks_follow_the_external_ids() -> None:
    """node_by_rank lists the nodes by external id, absent ones last, and rank_of_node is its inverse."""
    some = NetworkTables(
        plain_network(node_present=np.array([1, 0, 1], dtype=np.uint8), node_rank=np.array([1, 3, 0], dtype=np.int32)),
        1,
    ).arrays
    assert some["node_by_rank"].tolist() == [2, 0, 1]
    assert some["rank_of_node"].tolist() == [1, 2, 0]


def test_pickup_services_need_ready_times() -> None:
    """A node's pickup service is its first of level PICKUP with hand-overs; -1 without one."""
    count = np.array([[10, 10, 10], [10, 10, 0], [0, 0, 10]], dtype=np.int32)
    assert NetworkTables(plain_network(slot_count=count), 1).arrays["pickup_service"].tolist() == [2, -1, 2]


def test_arrays_are_kept_read_only() -> None:
    """Writable input is copied, so that nobody changes a network version under the engine."""
    net = plain_network()
    tables = NetworkTables(net, 7)
    net.capacity_limit[0] = 99
    assert tables.version == 7
    assert tables.arrays["capacity_limit"][0] == 5
    with pytest.raises(ValueError, match="read-only"):
        tables.arrays["capacity_limit"][0] = 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"node_rank": np.zeros(3, dtype=np.int64)}, r"node_rank must be int32\['n_nodes'\], got int64\[3\]"),
        ({"node_rank": np.zeros(4, dtype=np.int32)}, "node_rank must have n_nodes = 3, got 4"),
        ({"distance_m": np.zeros((3, 3), dtype=np.int32)}, "distance_m must have n_postal = 2, got 3"),
        ({"delivery_cum": np.zeros((1, 20), dtype=np.int32)}, "delivery_cum must have n_days . 1 = 21 columns, got 20"),
        ({"lane_tariff": np.full((1, 3, 3), 2, dtype=np.int32)}, "lane_tariff must be below n_tariffs = 2, got 2"),
        ({"postal_text": ["110001", "110001"]}, r"postal_text\[1\] must be unique"),
        ({"postal_text": ["110001", "1" * 17]}, r"postal_text\[1\] must be unique and at most 16 bytes"),
        ({"postal_text": ["110001"]}, "postal_text must have n_postal = 2 codes, got 1"),
        ({"zone_of_postal": np.array([0, 1], dtype=np.int32)}, "zone_of_postal must be within 0 .. 0, got 0 .. 1"),
        ({"service_cal": np.array([0, 1, 0], dtype=np.int32)}, "service_cal must be within 0 .. 0"),
        ({"slot_first": np.full((3, 3), 21, dtype=np.int32)}, "slot_first must be within 0 .. 30, got 31 .. 31"),
        ({"tariff_cost": np.full((2, 2), 2**50 + 1)}, "tariff_cost must be within 0 .. 1125899906842624"),
        ({"tariff_step_cost": np.array([4, 2**48])}, "tariff 1 at 10000 g must be within 0 .. 1125899906842624"),
        (
            {"policies": (plain_policy(weights=[0, 0, 0, 2**20 + 1]),)},
            "weights of cheapest must be within 0 .. 1048576",
        ),
        ({"policies": (plain_policy(split_penalty_micros=-1),)}, "split_penalty_micros of cheapest must be within"),
        ({"policies": ()}, "policies must not be empty"),
        ({"currency": "RUPEE"}, "currency must be 2 or 3 letters"),
    ],
)
def test_wrong_arrays_are_refused_by_name(changes: dict[str, Any], message: str) -> None:
    """An array of another type or shape than stated is a ValueError that names it."""
    with pytest.raises(ValueError, match=message):
        NetworkTables(plain_network(**changes), 1)


def test_no_tiers_are_refused() -> None:
    """A network without a weight tier has no prices and is refused."""
    empty: dict[str, Any] = {
        "tier_up_to_g": np.zeros(0, dtype=np.int64),
        "tariff_cost": np.zeros((2, 0), dtype=np.int64),
    }
    with pytest.raises(ValueError, match="tier_up_to_g must not be empty"):
        NetworkTables(plain_network(**empty), 1)


def test_four_services_of_one_level_may_serve_a_lane() -> None:
    """Four services of a level on one lane compete; a fifth is refused."""
    for n, fine in ((4, True), (5, False)):
        changes: dict[str, Any] = {
            "service_ids": [f"s{i}" for i in range(n)],
            "service_level": np.ones(n, dtype=np.int32),
            "service_max_weight_g": np.full(n, 1000, dtype=np.int64),
            "service_cod": np.ones(n, dtype=np.uint8),
            "lane_tariff": np.zeros((1, 3, n), dtype=np.int32),
            "lane_transit_min": np.zeros((1, 3, n), dtype=np.uint8),
            "lane_transit_max": np.zeros((1, 3, n), dtype=np.uint8),
            "slot_count": np.full((3, n), 10, dtype=np.int32),
            "slot_first": np.zeros((3, n), dtype=np.int32),
            "service_cal": np.zeros(n, dtype=np.int32),
            "service_window": np.zeros((n, 1), dtype=np.int32),
        }
        if fine:
            assert NetworkTables(plain_network(**changes), 1).arrays["sets"][1][0] == 4
        else:
            with pytest.raises(ValueError, match="at most 4 carrier services of one level may serve a lane, got 5"):
                NetworkTables(plain_network(**changes), 1)


def test_more_nodes_than_a_plan_takes_are_refused() -> None:
    """4,095 nodes are the most that one network version may have."""
    assert NetworkTables(plain_network(4095), 1).version == 1
    with pytest.raises(ValueError, match="at most 4095 nodes, got 4096"):
        NetworkTables(plain_network(4096), 1)
