"""Constraints: each has a reference function over its fields and facts, and says yes and no where it should."""

import inspect
from typing import Any

import pytest

from fastdom.policy import CONSTRAINTS, Constraint, Standing

HOUR_US = 3_600_000_000
BY_NAME = {constraint.name: constraint for constraint in CONSTRAINTS}

NONE: dict[str, Any] = {
    "hazmat": (),
    "cold_chain": (),
    "oversize": (),
    "gift_wrap": (),
    "oversize_from_g": 0,
    "unit_weight_g": 100,
    "needs": (),
    "groups": (),
}
SMALL = {"min_value_micros": 50, "min_units": 2, "only_when_split": True, "order_units": 10, "order_value_micros": 200}
DATES = {"enforced": True, "grace_hours": 1, "within_hours": 48, "required_by_us": 10 * HOUR_US, "placed_at_us": 1}

CASES: list[tuple[str, dict[str, Any], bool]] = [
    ("node_type", {"include": ("DC",), "exclude": (), "node_type": "DC"}, True),
    ("node_type", {"include": ("DC",), "exclude": (), "node_type": "STORE"}, False),
    ("node_type", {"include": (), "exclude": ("DC",), "node_type": "DC"}, False),
    ("node_group", {"include": ("west",), "exclude": (), "groups": ("big", "west")}, True),
    ("node_group", {"include": ("west",), "exclude": (), "groups": ("big",)}, False),
    ("node_group", {"include": (), "exclude": ("big",), "groups": ("big", "west")}, False),
    ("node_group", {"include": (), "exclude": ("big",), "groups": ()}, True),
    ("status", {"status": "ONLINE"}, True),
    ("status", {"status": "PAUSED"}, False),
    ("capability", {**NONE}, True),
    ("capability", {**NONE, "hazmat": ("safe",), "needs": ("hazmat",)}, False),
    ("capability", {**NONE, "hazmat": ("safe",), "needs": ("hazmat",), "groups": ("safe",)}, True),
    ("capability", {**NONE, "hazmat": ("safe",), "needs": ("cold_chain",)}, True),
    ("capability", {**NONE, "oversize": ("big",), "oversize_from_g": 100}, False),
    ("capability", {**NONE, "oversize": ("big",), "oversize_from_g": 101}, True),
    ("service_area", {"areas": (("west", ("a",)),), "groups": ("west",), "zone": "a", "lane": True}, True),
    ("service_area", {"areas": (("west", ("a",)),), "groups": ("west",), "zone": "b", "lane": True}, False),
    ("service_area", {"areas": (("west", ("a",)),), "groups": ("east",), "zone": "b", "lane": True}, True),
    ("service_area", {"areas": (), "groups": (), "zone": "b", "lane": False}, False),
    ("distance_cap", {"limit_km": 5, "limit_km_by_type": (), "node_type": "DC", "distance_m": 5000}, True),
    ("distance_cap", {"limit_km": 5, "limit_km_by_type": (), "node_type": "DC", "distance_m": 5001}, False),
    ("distance_cap", {"limit_km": 5, "limit_km_by_type": (("DC", 6),), "node_type": "DC", "distance_m": 5001}, True),
    ("distance_cap", {"limit_km": 5, "limit_km_by_type": (), "node_type": "DC", "distance_m": -1}, True),
    ("carrier_available", {"include": (), "exclude": (), "service": "air", "hand_over": True}, True),
    ("carrier_available", {"include": (), "exclude": (), "service": "air", "hand_over": False}, False),
    ("carrier_available", {"include": ("air",), "exclude": (), "service": "bike", "hand_over": True}, False),
    ("carrier_available", {"include": (), "exclude": ("air",), "service": "air", "hand_over": True}, False),
    ("capacity_left", {"keep_permille": 100, "capacity_limit": 11, "capacity_taken": 8, "need": 1}, True),
    ("capacity_left", {"keep_permille": 100, "capacity_limit": 11, "capacity_taken": 9, "need": 1}, False),
    ("capacity_left", {"keep_permille": 100, "capacity_limit": 0, "capacity_taken": 9, "need": 1}, True),
    ("routing_reserve", {"enforced": True, "extra_units": 1, "available": 5, "routing_reserve": 2, "units": 2}, True),
    ("routing_reserve", {"enforced": True, "extra_units": 1, "available": 5, "routing_reserve": 2, "units": 3}, False),
    ("routing_reserve", {"enforced": False, "extra_units": 0, "available": 5, "routing_reserve": 2, "units": 5}, True),
    ("max_shipments", {"limit": 2, "shipments": 2}, True),
    ("max_shipments", {"limit": 2, "shipments": 3}, False),
    ("ship_complete", {"whole": "order", "lines": ((2, 2), (1, 1))}, True),
    ("ship_complete", {"whole": "order", "lines": ((2, 2), (1, 0))}, False),
    ("ship_complete", {"whole": "line", "lines": ((2, 2), (1, 0))}, True),
    ("ship_complete", {"whole": "line", "lines": ((2, 1), (1, 0))}, False),
    ("ship_complete", {"whole": "order", "lines": ((2, 0), (1, 0))}, True),
    ("minimum_shipment", {**SMALL, "shipments": 2, "units": 3}, True),
    ("minimum_shipment", {**SMALL, "shipments": 2, "units": 2}, False),
    ("minimum_shipment", {**SMALL, "shipments": 1, "units": 1}, True),
    ("minimum_shipment", {**SMALL, "shipments": 1, "units": 1, "only_when_split": False}, False),
    ("minimum_shipment", {**SMALL, "shipments": 2, "units": 2, "order_value_micros": 0}, True),
    ("minimum_shipment", {**SMALL, "shipments": 2, "units": 1, "order_value_micros": 0}, False),
    ("must_arrive_by", {**DATES, "arrive_by_us": 11 * HOUR_US}, True),
    ("must_arrive_by", {**DATES, "arrive_by_us": 11 * HOUR_US + 1}, False),
    ("must_arrive_by", {**DATES, "required_by_us": 0, "arrive_by_us": 48 * HOUR_US + 1}, True),
    ("must_arrive_by", {**DATES, "required_by_us": 0, "arrive_by_us": 48 * HOUR_US + 2}, False),
    ("must_arrive_by", {**DATES, "enforced": False, "arrive_by_us": 99 * HOUR_US}, True),
    ("excluded_nodes", {"nodes": (("hub", 10),), "node": "hub", "now_us": 9}, False),
    ("excluded_nodes", {"nodes": (("hub", 10),), "node": "hub", "now_us": 10}, True),
    ("excluded_nodes", {"nodes": (("hub", 0),), "node": "hub", "now_us": 2**62}, False),
    ("excluded_nodes", {"nodes": (("hub", 0),), "node": "shop", "now_us": 1}, True),
]


@pytest.mark.parametrize(("name", "arguments", "allowed"), CASES)
def test_constraint_allows_what_it_says(name: str, arguments: dict[str, Any], allowed: bool) -> None:
    """A hand-made case is allowed, or not, as the page says."""
    assert BY_NAME[name].allows(**arguments) is allowed


def test_every_constraint_says_yes_and_no() -> None:
    """Every constraint has a case that it allows and one that it does not; names are unique."""
    assert {(name, allowed) for name, _, allowed in CASES} == {
        (name, told) for name in BY_NAME for told in (True, False)
    }
    assert len(BY_NAME) == len(CONSTRAINTS) == 14


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=lambda one: one.name)
def test_arguments_are_fields_and_facts(constraint: Constraint) -> None:
    """A reference function takes exactly the fields and facts of its constraint, by name."""
    parameters = inspect.signature(constraint.allows).parameters.values()
    declared = [field.name for field in constraint.fields] + [fact.name for fact in constraint.facts]
    assert sorted(one.name for one in parameters) == sorted(declared)
    assert all(one.kind is one.KEYWORD_ONLY for one in parameters)


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=lambda one: one.name)
def test_constraints_are_explained(constraint: Constraint) -> None:
    """A reference function tells its meaning and its formula; the file has the constraint's name."""
    meaning, formula = (inspect.getdoc(constraint.allows) or "").split("\n\n")
    assert meaning.endswith(".")
    assert "``" in formula
    assert constraint.allows.__module__ == f"fastdom.policy.constraints.{constraint.name}"


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=lambda one: one.name)
def test_standing_fits_the_fields(constraint: Constraint) -> None:
    """What always holds has no fields; what holds by default begins with `enforced`; the rest has something to set."""
    first = constraint.fields[0].name if constraint.fields else ""
    assert (first == "") == (constraint.standing is Standing.ALWAYS)
    assert (first == "enforced") == (constraint.standing is Standing.BY_DEFAULT)
