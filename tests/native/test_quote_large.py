"""Quotes at the size of the product: the demo network, long orders, heavy orders, many nodes."""

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.native.demo_desk import NOW_US, demo_desk, demo_network, demo_order
from tests.native.plain_network import NOON_US, plain_network
from tests.native.test_quote import SOME, native, same, some_line, some_order
from tests.native.worlds import NOW_US as WORLDS_NOW_US
from tests.native.worlds import some_case
from tests.reference import quote as twin

from fastdom._native.network import NetworkTables
from fastdom._native.quote_desk import Order, QuoteDesk

PROVEN, BOUND, HEURISTIC = 1, 2, 3
SEEDS = st.integers(0, 2**32)


def test_demo_routes_equal_the_twin() -> None:
    """On the demo network's 23 nodes orders of one and two lines get the twin's plan, dates and costs."""
    desk, world = demo_desk()
    document, compiled, _ = demo_network()
    index = {sku: i for i, sku in enumerate(document.skus.ids)}
    rng = random.Random(3)
    for _ in range(12):
        skus = [rng.choice(document.skus.ids) for _ in range(rng.randint(1, 2))]
        postal = rng.randrange(len(compiled.postal_text))
        lines = [{"line_id": f"{i}", "sku": sku, "quantity": 1 + i} for i, sku in enumerate(skus)]
        order = twin.Order(
            tuple(twin.Line(index[sku], 1 + i, int(compiled.sku_weight_g[index[sku]])) for i, sku in enumerate(skus)),
            postal=postal,
        )
        command = Order("route", lines, channel="own-site", postal_code=compiled.postal_text[postal])
        same(desk.quote(command, NOW_US), twin.route(world, order, NOW_US))


def conserve(found: dict[str, Any], desk_stock: dict[tuple[int, int], tuple[int, int, int]]) -> None:
    """No position gives more than routing may take, and shipments add up from their lines."""
    taken: Counter[tuple[int, int]] = Counter()
    units: Counter[int] = Counter()
    for _, sku, shipment, node, granted in found["allocations"]:
        taken[sku, node] += granted
        units[shipment] += granted
        assert found["shipments"][shipment]["node_i"] == node
    for position, granted in taken.items():
        on_hand, safety, reserve = desk_stock[position]
        assert granted <= on_hand - safety - reserve
    assert [shipment["units"] for shipment in found["shipments"]] == [units[i] for i in range(len(found["shipments"]))]
    assert found["total_micros"] == twin.total(found["shipments"])
    assert found["split_count"] == max(0, len(found["shipments"]) - 1)


@pytest.mark.parametrize("n_lines", [8, 10, 11, 30, 64, 65, 200, 1000])
def test_long_orders_are_served_and_say_how_well(n_lines: int) -> None:
    """Up to ten lines the plan is proven; beyond, it is served with an honest optimality and no position oversold."""
    desk, world = demo_desk()
    rng = random.Random(n_lines)
    served = 0
    for _ in range(3):
        found = desk.quote(demo_order(rng, "route", n_lines, allow_partial=1), NOW_US)
        conserve(found, world.stock)
        served += len(found["allocations"])
        assert len(found["allocations"]) == sum(granted > 0 for granted, _, _, _ in found["lines"])
        if n_lines <= 10:
            assert found["optimality"] == PROVEN
        else:
            assert found["optimality"] in (PROVEN, BOUND, HEURISTIC)
        assert (found["gap_micros"] == 0) == (found["optimality"] == PROVEN)
    assert served > 0


@SOME
@given(SEEDS)
def test_heavy_orders_are_never_underpriced(seed: int) -> None:
    """Beyond the price grid and six blocks a plan is HEURISTIC, costs what the tariff says, and is at best the best."""
    rng = random.Random(seed)
    case = some_case(seed)
    if len(case.nodes) > 2:
        return
    lines = tuple(replace(some_line(rng, case, 0.0), group="") for _ in range(7))
    order = replace(some_order(rng, case), lines=lines, max_shipments=0)
    found = case.desk.quote(native(case, order, "route"), WORLDS_NOW_US)
    expected = twin.route(case.world, order, WORLDS_NOW_US)
    conserve(found, case.world.stock)
    weight_g = sum(line.quantity * line.weight_g for line in lines)
    light = weight_g <= NetworkTables(case.world.net, 1).points_up_to_g
    if light or order.pickup_node is not None:
        same(found, expected)
        return
    served = sum(granted > 0 for granted, _ in expected["lines"])
    assert len(found["allocations"]) <= served
    if found["shipments"]:
        assert (found["optimality"], found["gap_micros"]) == (HEURISTIC, -1)
    if len(found["allocations"]) == served:
        assert found["total_micros"] >= twin.total(expected["shipments"])


def test_thousands_of_nodes_are_candidates() -> None:
    """All 4,095 nodes of the largest network compete, and the cheapest one wins."""
    n_nodes = 4095
    cheap = np.full(n_nodes, 3, dtype=np.int64)
    cheap[3210] = 1
    net = plain_network(n_nodes, handling_shipment=cheap, distance_m=np.zeros((2, n_nodes), dtype=np.int32))
    desk = QuoteDesk(NetworkTables(net, 1), ["shirt", "shoe", "sofa"], [f"n{i:04}" for i in range(n_nodes)])
    for node in range(n_nodes):
        desk.stock(0, node, 5)
        desk.stock(1, node, 5)
    lines = [{"line_id": sku, "sku": sku, "quantity": 2} for sku in ("shirt", "shoe")]
    found = desk.quote(Order("route", lines, postal_code="110001"), NOON_US)
    assert (found["nodes_considered"], found["optimality"]) == (n_nodes, PROVEN)
    assert [shipment["node_i"] for shipment in found["shipments"]] == [3210]


def test_effort_bounds_the_search() -> None:
    """With an effort of one evaluation a plan of eight lines is still given, but not called proven for free."""
    desk, world = demo_desk()
    rng = random.Random(11)
    for _ in range(20):
        order = demo_order(rng, "route", 8, effort=1)
        found = desk.quote(order, NOW_US)
        conserve(found, world.stock)


def test_promise_of_a_thousand_lines_quotes_every_level_it_can() -> None:
    """A cart of 1,000 lines is promised or told line by line why not."""
    desk, _ = demo_desk()
    found = desk.quote(demo_order(random.Random(2), "promise", 1000), NOW_US)
    if found["options"]:
        assert all(option["n_allocations"] == 1000 for option in found["options"])
    else:
        assert {reason for _, _, _, reason in found["lines"]} - {0}
    assert len(found["lines"]) == 1000


@pytest.mark.parametrize("n_lines", [30, 64])
def test_levels_of_a_promise_share_one_effort(n_lines: int) -> None:
    """All service levels of a long cart spend 60,000 evaluations together, and each what its last step is over."""
    desk, _ = demo_desk()
    rng = random.Random(n_lines)
    several = 0
    for _ in range(8):
        cart = demo_order(rng, "promise", n_lines)
        found = desk.quote(cart, NOW_US)
        assert found["evaluations"] < 80_000
        assert desk.quote(cart, NOW_US) == found
        several += len(found["options"]) > 1
    assert several


@pytest.mark.parametrize("n_lines", [40, 100])
def test_long_reroutes_search_less(n_lines: int) -> None:
    """All units of a long order leave a failed node for others, found with less effort than a new order has."""
    desk, _ = demo_desk()
    order = demo_order(random.Random(n_lines), "route", n_lines, allow_partial=1)
    planned = desk.quote(order, NOW_US)
    failed = planned["allocations"][0][3]
    leaving = [(line, failed, units, 0) for line, _, _, _, units in planned["allocations"]]
    moved, found = desk.reroute(order, leaving, failed, NOW_US)
    assert 0 < moved <= sum(units for _, _, units, _ in leaving)
    assert failed not in {node for _, _, _, node, _ in found["allocations"]}
    assert 0 < found["evaluations"] <= 30_000 < planned["evaluations"]
