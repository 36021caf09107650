"""Costs of a network as straight lines: right at both weights, close to real quotes between them."""

import random
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fastdom.prices import NOT_SERVED, network_costs


def network(**changed: Any) -> SimpleNamespace:
    """One zone with three postal codes, two nodes, three services (the last is collection)."""
    facts = {
        "node_present": np.ones(2, np.uint8),
        "handling_shipment": np.array([3, 7]),
        "handling_unit": np.array([1, 2]),
        "sku_weight_g": np.array([200, -1, 900], np.int32),
        "zone_of_postal": np.zeros(3, np.int32),
        "distance_m": np.array([[1_000, 9_000], [3_000, 8_000], [2_000, 7_000]], np.int32),
        "service_level": np.array([1, 2, 4], np.int32),
        "service_max_weight_g": np.array([20_000, 4_000, 30_000]),
        "lane_tariff": np.array([[[0, 1, 2], [0, -1, 2]]], np.int32),
        "tier_up_to_g": np.array([1_000, 2_000]),
        "tariff_cost": np.array([[1_000, 2_000], [900, 1_800], [0, 0]]),
        "tariff_step_g": np.array([500, 500, 500]),
        "tariff_step_cost": np.array([400, 300, 0]),
    }
    return SimpleNamespace(**{**facts, **changed})


def policy(**changed: Any) -> SimpleNamespace:
    """All objectives at weight 1."""
    facts = {"weights": np.full(4, 1024), "split_penalty_micros": 50, "distance_micros_per_km_unit": 10}
    return SimpleNamespace(**{**facts, **changed})


def test_two_weights_cost_what_the_cheapest_tariff_says() -> None:
    """At 500 g the second service wins, at 5 kg it carries no more and the first one's steps count."""
    costs = network_costs(network(), policy(), 0, 0, sample_g=(500, 5_000))
    assert costs.kilogram is not None
    shipping = {grams: costs.fixed[0] - [3, 7] - 50 + costs.kilogram[0] * grams // 1_000 for grams in (500, 5_000)}
    assert shipping[500].tolist() == pytest.approx([900, 1_000], abs=2)
    assert shipping[5_000].tolist() == pytest.approx([2_000 + 6 * 400] * 2, abs=2)


def test_more_weights_cost_the_line_of_least_squares() -> None:
    """The line is the one that a polynomial fit of the first degree finds."""
    grams = (100, 900, 1_500, 3_000)
    costs = network_costs(network(lane_tariff=np.array([[[0, -1, 2]] * 2], np.int32)), policy(), 0, 0, sample_g=grams)
    slope, base = np.polyfit(np.array(grams) / 1_000, [1_000, 1_000, 2_000, 2_800], 1)
    assert costs.kilogram is not None
    assert costs.kilogram[0, 0] == pytest.approx(slope, abs=1)
    assert costs.fixed[0, 0] == pytest.approx(base + 3 + 50, abs=1)


def test_units_cost_handling_and_the_median_distance() -> None:
    """2 and 8 km at 10 a kilometre."""
    assert network_costs(network(), policy(), 0, 0).unit.tolist() == [[1 + 20, 2 + 80]]


def test_weights_of_the_policy_count() -> None:
    """With half the weight of shipping and none for the rest, only half the tariff is left."""
    weights = np.array([512, 0, 0, 0])
    whole = network_costs(network(handling_shipment=np.zeros(2, int)), policy(split_penalty_micros=0), 0, 0)
    half = network_costs(network(), policy(weights=weights), 0, 0)
    assert (half.fixed == whole.fixed // 2).all()
    assert not half.unit.any()


def test_what_is_not_served_is_marked() -> None:
    """A node without a lane, an absent node, a zone without postal codes, and a lane for collection only."""
    lanes = np.array([[[0, 1, 2], [-1, -1, 2]], [[0, 1, 2], [0, 1, 2]]], np.int32)
    costs = network_costs(network(lane_tariff=lanes), policy(), 0, 0)
    assert (costs.fixed == NOT_SERVED).tolist() == [[False, True], [True, True]]
    absent = network_costs(network(node_present=np.array([0, 1], np.uint8)), policy(), 0, 0)
    assert (absent.unit == NOT_SERVED).tolist() == [[True, False]]


def test_a_lane_for_light_parcels_only_has_no_slope() -> None:
    """Nothing carries 5 kg: every weight costs the price at 500 g."""
    light = network(service_max_weight_g=np.array([4_000, 4_000, 30_000]))
    costs = network_costs(light, policy(), 0, 0, sample_g=(500, 5_000))
    assert costs.kilogram is not None
    assert not costs.kilogram.any()


def test_an_order_not_served_pays_the_split_penalty_too() -> None:
    """The penalty is in every shipment, so leaving an order must not save one."""
    costs = network_costs(network(), policy(), 700, 30)
    assert costs.unserved_order.tolist() == [750]
    assert costs.unserved_unit.tolist() == [30]
    assert costs.weight_g is not None
    assert costs.weight_g.tolist() == [200, 0, 900]


@pytest.mark.parametrize("sample_g", [(), (0, 5)])
def test_weights_must_be_above_nothing(sample_g: tuple[int, ...]) -> None:
    """The message names the argument."""
    with pytest.raises(ValueError, match=r"^sample_g:"):
        network_costs(network(), policy(), 0, 0, sample_g=sample_g)


def test_lines_are_close_to_quotes_on_the_demo_network() -> None:
    """Single units of up to 5 kg: half of the lines are within 8 % of the quote, nine of ten within 20 %."""
    from tests.native.demo_desk import NOW_US, Order, demo_desk, demo_network

    document, compiled, _ = demo_network()
    desk, _ = demo_desk()
    costs = network_costs(compiled, compiled.policies[0], 0, 0)
    assert costs.kilogram is not None
    assert costs.weight_g is not None
    rng = random.Random(5)
    away = []
    for _ in range(300):
        sku, postal = rng.randrange(len(document.skus.ids)), rng.randrange(compiled.n_postal)
        place = int(compiled.zone_of_postal[postal])
        line = {"line_id": "a", "sku": document.skus.ids[sku], "quantity": 1}
        order = Order("route", [line], channel="own-site", country_code="IN", postal_code=compiled.postal_text[postal])
        quoted = desk.quote(order, NOW_US)
        if not quoted["shipments"] or not 0 < costs.weight_g[sku] <= 5_000:
            continue
        node = quoted["shipments"][0]["node_i"]
        grams = costs.kilogram[place, node] * costs.weight_g[sku] // 1_000
        penalty = compiled.policies[0].split_penalty_micros
        line_cost = int(costs.fixed[place, node] + costs.unit[place, node] + grams) - penalty
        away.append(abs(line_cost / quoted["total_micros"] - 1))
    assert len(away) > 200
    assert np.median(away) < 0.08
    assert np.percentile(away, 90) < 0.2
