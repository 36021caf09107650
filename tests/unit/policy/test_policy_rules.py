"""Contradictions inside a document: each is refused, and the same without the contradiction is not."""

import pytest
from tests.unit.policy.documents import plain_with, toml

from fastdom.policy import PolicyInvalid
from fastdom.policy.rules import RULES

MONEY = "currency = 'EUR'"
LEXICOGRAPHIC = "combination = 'lexicographic'"
LATENESS = "[objectives.lateness]\nweight = 1\nmicros_per_day = 5"

# rule, contradiction, field told, the same mended
CASES = [
    (
        "include_and_exclude",
        ["[constraints.node_group]\ninclude = ['a', 'b']\nexclude = ['b', 'c']"],
        "constraints.node_group: includes and excludes the same: b",
        ["[constraints.node_group]\ninclude = ['a', 'b']\nexclude = ['c']"],
    ),
    (
        "include_and_exclude",
        ["[constraints.carrier_available]\ninclude = ['air']\nexclude = ['air']"],
        "constraints.carrier_available: includes and excludes the same: air",
        ["[constraints.carrier_available]\ninclude = ['air']"],
    ),
    (
        "some_node_type",
        ["[constraints.node_type]\nexclude = ['DC', 'STORE', '3PL', 'DARK_STORE', 'DROP_SHIP']"],
        "constraints.node_type: leaves no type of node",
        ["[constraints.node_type]\nexclude = ['DC', 'STORE', '3PL', 'DARK_STORE']"],
    ),
    (
        "something_set",
        ["[constraints.node_type]"],
        "constraints.node_type: sets nothing; give at least one of include",
        [],
    ),
    (
        "something_set",
        ["[constraints.capability]"],
        "constraints.capability: sets nothing; give at least one of hazmat",
        [],
    ),
    ("something_set", ["[constraints.distance_cap]"], "constraints.distance_cap: sets nothing; give limit_km or", []),
    (
        "something_set",
        ["[constraints.minimum_shipment]\nonly_when_split = false"],
        "constraints.minimum_shipment: sets nothing; give at least one of min_value_micros, min_units",
        ["[constraints.minimum_shipment]\nonly_when_split = false\nmin_units = 2"],
    ),
    (
        "caps_of_left_types",
        ["[constraints]\nnode_type = { include = ['DC'] }\ndistance_cap = { limit_km_by_type = { STORE = 9 } }"],
        "constraints.distance_cap.limit_km_by_type.STORE: limits a type of node that constraints.node_type leaves out",
        ["[constraints]\nnode_type = { include = ['DC'] }\ndistance_cap = { limit_km_by_type = { DC = 9 } }"],
    ),
    (
        "caps_of_left_types",
        ["[constraints]\nnode_type = { exclude = ['DC'] }\ndistance_cap = { limit_km_by_type = { DC = 9 } }"],
        "constraints.distance_cap.limit_km_by_type.DC: limits a type of node that constraints.node_type leaves out",
        ["[constraints]\nnode_type = { exclude = ['DC'] }\ndistance_cap = { limit_km_by_type = { STORE = 9 } }"],
    ),
    (
        "capable_groups_left",
        ["[constraints]\nnode_group = { exclude = ['a'] }\ncapability = { hazmat = ['a'] }"],
        "constraints.capability.hazmat: lists only groups that constraints.node_group excludes",
        ["[constraints]\nnode_group = { exclude = ['a'] }\ncapability = { hazmat = ['a', 'b'] }"],
    ),
    (
        "capable_groups_left",
        ["[constraints]\ncapability = { hazmat = ['a'], oversize_from_g = 5 }"],
        "constraints.capability.oversize_from_g: needs the groups that ship oversize; give oversize",
        ["[constraints]\ncapability = { oversize = ['a'], oversize_from_g = 5 }"],
    ),
    (
        "nodes_once",
        ["[[constraints.excluded_nodes.nodes]]\nnode = 'a'\n[[constraints.excluded_nodes.nodes]]\nnode = 'a'"],
        "constraints.excluded_nodes.nodes: lists a twice",
        ["[[constraints.excluded_nodes.nodes]]\nnode = 'a'\n[[constraints.excluded_nodes.nodes]]\nnode = 'b'"],
    ),
    (
        "splits_possible",
        ["split_quantities = true", "[constraints.max_shipments]\nlimit = 1"],
        "split_quantities: cannot be true with constraints.max_shipments.limit 1",
        ["split_quantities = true", "relax = ['max_shipments']", "[constraints.max_shipments]\nlimit = 1"],
    ),
    (
        "splits_possible",
        ["[constraints]\nmax_shipments = { limit = 1 }\nminimum_shipment = { min_units = 2 }"],
        "constraints.minimum_shipment.only_when_split: exempts every shipment",
        ["[constraints]\nmax_shipments = { limit = 1 }\nminimum_shipment = { min_units = 2, only_when_split = false }"],
    ),
    (
        "enforced_or_not",
        ["[constraints.must_arrive_by]\nenforced = false\nwithin_hours = 5"],
        "constraints.must_arrive_by.within_hours: has no effect while enforced is false",
        ["[constraints.must_arrive_by]\nenforced = false"],
    ),
    (
        "enforced_or_not",
        ["relax = ['routing_reserve']", "[constraints.routing_reserve]\nenforced = false"],
        "relax: names routing_reserve, which is not enforced",
        ["relax = ['routing_reserve']"],
    ),
    (
        "relax_what_is_set",
        ["relax = ['max_shipments']"],
        "relax: names max_shipments, which constraints does not set; set are routing_reserve, must_arrive_by",
        ["relax = ['max_shipments']", "[constraints.max_shipments]\nlimit = 2"],
    ),
    (
        "weights_have_effect",
        ["[objectives.lateness]\nweight = 1"],
        "objectives.lateness: has a weight but no price; give micros_per_day or micros_per_day_unit",
        ["[objectives.lateness]\nweight = 0"],
    ),
    (
        "order_fits",
        ["order = ['shipping', 'handling']"],
        'order: is for combination = "lexicographic"; a weighted sum has no order',
        [LEXICOGRAPHIC, "order = ['shipping', 'handling']"],
    ),
    (
        "order_fits",
        [LEXICOGRAPHIC],
        "order: is missing: list the objectives",
        [LEXICOGRAPHIC, "order = [['shipping', 'handling']]"],
    ),
    (
        "order_fits",
        [LEXICOGRAPHIC, "order = ['shipping', 'handling', 'carbon']"],
        "order: names carbon, which objectives does not give",
        [LEXICOGRAPHIC, "order = ['handling', 'shipping']"],
    ),
    (
        "order_fits",
        [MONEY, LEXICOGRAPHIC, "order = ['shipping', 'handling', 'lateness']", LATENESS.replace("= 1", "= 0")],
        "order: names lateness, whose weight is 0",
        [MONEY, LEXICOGRAPHIC, "order = ['shipping', 'handling', 'lateness']", LATENESS],
    ),
    (
        "order_fits",
        [LEXICOGRAPHIC, "order = ['shipping']"],
        "objectives.handling.weight: is above 0 but order does not name it; name it or set it to 0",
        [LEXICOGRAPHIC, "order = ['shipping', 'handling']"],
    ),
    (
        "amounts_have_currency",
        [LATENESS],
        "currency: is missing: objectives.lateness.micros_per_day is an amount",
        [MONEY, LATENESS],
    ),
    (
        "amounts_have_currency",
        ["[constraints.minimum_shipment]\nmin_value_micros = 9"],
        "currency: is missing: constraints.minimum_shipment.min_value_micros is an amount",
        [MONEY, "[constraints.minimum_shipment]\nmin_value_micros = 9"],
    ),
]


@pytest.mark.parametrize(("rule", "bad", "told", "good"), CASES)
def test_contradictions_are_refused(rule: str, bad: list[str], told: str, good: list[str]) -> None:
    """A contradiction is the one problem of its document, told with its field; without it the document is read."""
    assert rule in {one.__name__ for one in RULES}
    with pytest.raises(PolicyInvalid) as invalid:
        toml(plain_with(*bad))
    (problem,) = invalid.value.problems
    assert f"{problem.field}: {problem.message}".startswith(told)
    assert problem.line >= 1
    assert toml(plain_with(*good)).name == "plain"


def test_some_objective_counts() -> None:
    """A document whose weights are all 0, or without objectives, is refused."""
    with pytest.raises(
        PolicyInvalid, match=r"objectives: needs at least one with a weight above 0, of shipping, handling"
    ):
        toml("format = 1\nname = 'a'\n[objectives.shipping]\nweight = 0\n")


def test_every_rule_has_a_case() -> None:
    """No rule is without a document that breaks it."""
    assert {rule.__name__ for rule in RULES} == {case[0] for case in CASES} | {"some_objective"}


def test_relaxing_gives_up_in_order() -> None:
    """The first constraints of relax lose their settings; those that hold by default stay, not enforced."""
    text = plain_with("relax = ['routing_reserve', 'max_shipments']", "[constraints.max_shipments]\nlimit = 2")
    policy = toml(text)
    once, twice = policy.relaxed(1), policy.relaxed(2)
    assert policy.relaxed(0) == policy
    reserve = once.constraint("routing_reserve")
    assert reserve is not None
    assert reserve["enforced"] is False
    assert once.constraint("max_shipments") == policy.constraint("max_shipments")
    assert twice.constraint("max_shipments") is None
    assert once.relaxed(1) == twice
    assert (once.relax, twice.relax) == (("max_shipments",), ())
