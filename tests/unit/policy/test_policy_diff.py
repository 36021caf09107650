"""Differences between versions: one readable line a change."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from tests.unit.policy.documents import EVERYTHING, documents, toml

from fastdom.policy import diff, read_policy

CHANGES = [
    ("distance = { weight = 0.125", "distance = { weight = 0.5", "objectives.distance.weight: 0.125 -> 0.5"),
    (
        "per_shipment_micros = 2_000_000",
        "per_shipment_micros = 3_500_000",
        "objectives.split_penalty.per_shipment_micros: 2,000,000 -> 3,500,000",
    ),
    ("max_shipments = { limit = 3 }", "max_shipments = { limit = 2 }", "constraints.max_shipments.limit: 3 -> 2"),
    (
        'carrier_available = { exclude = ["bike"] }\n',
        "",
        "constraints.carrier_available: removed, was exclude [bike]",
    ),
    (
        'exclude = ["bike"]',
        'exclude = ["bike", "air"]',
        "constraints.carrier_available.exclude: +air",
    ),
    (
        'include = ["west", "east"]',
        'include = ["north", "west"]',
        "constraints.node_group.include: -east +north",
    ),
    (
        '"must_arrive_by", "distance_cap"',
        '"distance_cap", "must_arrive_by"',
        "relax: [must_arrive_by, distance_cap, max_shipments, routing_reserve] -> "
        "[distance_cap, must_arrive_by, max_shipments, routing_reserve]",
    ),
    ("STORE = 60", "STORE = 60, DC = 700", "constraints.distance_cap.limit_km_by_type.DC: added, 700"),
    (
        "2027-01-31T18:00",
        "2027-02-28T18:00",
        "constraints.excluded_nodes.nodes: -(node shop, until 2027-01-31T17:00:00Z)",
    ),
    ('fallback = "queue"', 'fallback = "cancel"', "fallback: queue -> cancel"),
    ("split_quantities = true", "split_quantities = false", "split_quantities: true -> false"),
    ("attempts_max = 5", "attempts_max = 0", "reroute.attempts_max: 5 -> 0"),
]


def test_each_change_is_one_line() -> None:
    """A changed value is told with its path, from what to what; added and removed names with a sign."""
    old = toml(EVERYTHING)
    for before, after, line in CHANGES:
        assert EVERYTHING.count(before) == 1
        (change,) = diff(old, toml(EVERYTHING.replace(before, after)))
        assert str(change).startswith(line)


def test_added_tables_are_told_whole() -> None:
    """A constraint or objective that is new is told with all its settings."""
    old = toml(EVERYTHING.replace("max_shipments = { limit = 3 }\n", "").replace('"max_shipments", ', ""))
    changes = [str(change) for change in diff(old, toml(EVERYTHING))]
    assert changes == ["relax: +max_shipments", "constraints.max_shipments: added, limit 3"]


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=25)
@given(documents(), documents())
def test_only_equal_policies_have_no_difference(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Nothing differs exactly when the policies are equal, and the way back names the same places."""
    old, new = (read_policy(json.dumps(document).encode(), "p.json") for document in (one, other))
    assert (diff(old, new) == ()) == (old == new)
    assert sorted(change.path for change in diff(old, new)) == sorted(change.path for change in diff(new, old))
    assert all(str(change) for change in diff(old, new))
