"""The compiled arrays: shapes, types, edge values, and what they say of the document."""

import dataclasses

import numpy as np
import pytest
from tests.unit.network.small_network import document

from fastdom.demo import make_network
from fastdom.network import CompiledNetwork, ServiceLevel, compile_network, load
from fastdom.network.distance import distances_m
from fastdom.network.limits import HORIZON_DAYS_MAX

NOW_US = 1_790_000_000_000_000  # 2026-09-21
NODES = {"dc": 3, "gone": 1, "shop": 0}
SKUS = {"blue": 2, "old": 0, "red": 4}


@pytest.fixture(scope="module")
def small() -> CompiledNetwork:
    """The small network, with dense ids that have gaps and strangers."""
    return compile_network(document(), NODES, SKUS, NOW_US)


SHAPES = {
    "node_present": ("u1", "nodes"),
    "node_rank": ("i4", "nodes"),
    "node_type": ("i4", "nodes"),
    "node_postal": ("i4", "nodes"),
    "node_zone": ("i4", "nodes"),
    "node_tz": ("i4", "nodes"),
    "node_priority": ("i4", "nodes"),
    "handling_shipment": ("i8", "nodes"),
    "handling_unit": ("i8", "nodes"),
    "capacity_kind": ("i4", "nodes"),
    "capacity_limit": ("i4", "nodes"),
    "sku_weight_g": ("i4", "skus"),
    "zone_of_postal": ("i4", "postal"),
    "distance_m": ("i4", "postal", "nodes"),
    "zone_tz": ("i4", "zones"),
    "service_level": ("i4", "services"),
    "service_max_weight_g": ("i8", "services"),
    "service_cod": ("u1", "services"),
    "lane_tariff": ("i4", "zones", "nodes", "services"),
    "lane_transit_min": ("u1", "zones", "nodes", "services"),
    "lane_transit_max": ("u1", "zones", "nodes", "services"),
    "tier_up_to_g": ("i8", "tiers"),
    "tariff_cost": ("i8", "tariffs", "tiers"),
    "tariff_step_g": ("i8", "tariffs"),
    "tariff_step_cost": ("i8", "tariffs"),
    "slot_first": ("i4", "nodes", "services"),
    "slot_count": ("i4", "nodes", "services"),
    "slot_order_by": ("i8", None),
    "slot_handover": ("i8", None),
    "slot_day": ("i4", None),
    "service_cal": ("i4", "services"),
    "delivery_cum": ("i4", None, None),
    "delivery_day": ("i4", None, "days"),
    "service_window": ("i4", "services", "tz"),
    "arrive_from": ("i8", None, "days"),
    "arrive_by": ("i8", None, "days"),
    "weights": ("i8", None),
}


@pytest.mark.parametrize("name", SHAPES)
def test_each_array_has_its_type_and_shape(small: CompiledNetwork, name: str) -> None:
    """Arrays are C-contiguous, read-only, and of the type and shape the native side reads."""
    array = getattr(small, name)
    kind, *axes = SHAPES[name]
    assert array.dtype == np.dtype(kind)
    assert array.ndim == len(axes)
    for size, axis in zip(array.shape, axes, strict=True):
        assert axis is None or size == getattr(small, f"n_{axis}")
    assert array.flags.c_contiguous
    assert not array.flags.writeable


def test_every_array_is_listed(small: CompiledNetwork) -> None:
    """No array of the compiled network is left out of the check above."""
    arrays = {field.name for field in dataclasses.fields(small) if isinstance(getattr(small, field.name), np.ndarray)}
    assert arrays == set(SHAPES)


def test_absent_nodes_hold_the_edge_values(small: CompiledNetwork) -> None:
    """A dense id without a node of this version is absent everywhere."""
    assert small.node_present.tolist() == [1, 0, 0, 1]
    assert small.node_rank.tolist() == [1, 4, 4, 0]
    assert small.node_postal.tolist() == [1, -1, -1, 0]
    assert small.distance_m[0].tolist() == [small.distance_m[0, 0], -1, -1, 0]
    assert (small.lane_tariff[:, 1:3] == -1).all()
    assert not small.slot_count[1:3].any()


def test_skus_outside_the_version_weigh_minus_one(small: CompiledNetwork) -> None:
    """A SKU that this version does not list cannot be routed."""
    assert small.sku_weight_g.tolist() == [-1, -1, 300, -1, 200]


def test_node_columns_follow_the_dense_ids(small: CompiledNetwork) -> None:
    """Handling, capacity and type stand at the dense id of their node."""
    assert small.handling_shipment.tolist() == [1_500_000, 0, 0, 900_000]
    assert small.capacity_kind.tolist() == [0, 0, 0, 2]
    assert small.capacity_limit.tolist() == [0, 0, 0, 500]
    assert small.node_type.tolist() == [2, 0, 0, 1]


def test_lanes_follow_the_origin_zone_of_each_node(small: CompiledNetwork) -> None:
    """A node has the lanes of its zone; everything else is not served."""
    ground = small.service_ids.index("ground")
    west = small.zone_ids.index("west")
    assert small.lane_tariff[west, :, ground].tolist() == [
        small.lane_tariff[west, 0, ground], -1, -1, small.lane_tariff[west, 0, ground]
    ]  # fmt: skip
    assert (small.lane_transit_min[west, 0, ground], small.lane_transit_max[west, 0, ground]) == (3, 6)
    assert small.lane_tariff[west, 0, small.service_ids.index("collect")] == -1
    assert small.n_lanes == 3


def test_the_default_policy_comes_first(small: CompiledNetwork) -> None:
    """The weights are those of the default policy; a weight that is not given is 1024."""
    assert small.weights.tolist() == [1024, 1024, 1024, 512]
    assert (small.split_penalty_micros, small.distance_micros_per_km_unit) == (1_000_000, 100)
    assert small.policies[0].name == "cheapest"


def test_the_tables_start_the_day_before(small: CompiledNetwork) -> None:
    """Day 0 is yesterday by the earliest local date; hand-overs end with the horizon, deliveries reach further."""
    assert small.day0 == NOW_US // 86_400_000_000 - 1
    assert small.slot_day.max() <= small.day0 + 1 + small.horizon_days
    assert small.n_days > 1 + small.horizon_days
    assert small.quote_ttl_us == 600_000_000


def test_slots_ascend_within_each_range(small: CompiledNetwork) -> None:
    """Order-by times never fall and hand-overs rise, so that a search finds the first one that fits."""
    for node, service in np.argwhere(small.slot_count > 0).tolist():
        first = small.slot_first[node, service]
        rows = slice(first, first + small.slot_count[node, service])
        assert (np.diff(small.slot_order_by[rows]) >= 0).all()
        assert (np.diff(small.slot_handover[rows]) > 0).all()
        assert (np.diff(small.slot_day[rows]) >= 0).all()
        assert (small.slot_order_by[rows] < small.slot_handover[rows]).all()


def test_a_document_with_unknown_ids_is_refused() -> None:
    """Every node and SKU must have been given its dense id before."""
    with pytest.raises(KeyError, match="shop"):
        compile_network(document(), {"dc": 0}, SKUS, NOW_US)
    with pytest.raises(KeyError, match="red"):
        compile_network(document(), NODES, {"blue": 0}, NOW_US)


@pytest.mark.parametrize("horizon", [0, HORIZON_DAYS_MAX + 1])
def test_a_horizon_out_of_range_is_refused(horizon: int) -> None:
    """The horizon is bounded, because tables grow with it."""
    with pytest.raises(ValueError, match=rf"horizon_days must be 1\.\.{HORIZON_DAYS_MAX}, got {horizon}"):
        compile_network(document(), NODES, SKUS, NOW_US, horizon)


def test_equal_schedules_share_their_slots() -> None:
    """The 20 stores of the demo network do not each carry a copy of the same hand-overs."""
    demo = load(make_network.FOLDER)
    compiled = compile_network(
        demo,
        {node.id: row for row, node in enumerate(demo.nodes)},
        {sku: row for row, sku in enumerate(demo.skus.ids)},
        NOW_US,
    )
    ranges = {pair for pair in zip(compiled.slot_first.flat, compiled.slot_count.flat, strict=True) if pair[1]}
    assert len(ranges) < int((compiled.slot_count > 0).sum()) / 2
    assert sum(count for _, count in ranges) == compiled.slot_order_by.size
    pickup = [row for row, level in enumerate(compiled.service_level) if level == ServiceLevel.PICKUP]
    assert int((compiled.slot_count[:, pickup] > 0).sum()) == 20
    points = np.array([(node.lat_e7, node.lng_e7) for node in demo.nodes], dtype=np.int64)
    codes = demo.postal_codes
    expected = distances_m((codes.lat_e7.astype(np.int64), codes.lng_e7.astype(np.int64)), (points[:, 0], points[:, 1]))
    assert (compiled.distance_m == expected).all()
