"""Policies against a network: unknown names are told, and so is a policy under which no node can ever pass."""

from dataclasses import replace
from importlib.resources import files

import pytest
from tests.unit.policy.documents import EVERYTHING, Place, SmallNetwork, Thing, plain_with, toml

from fastdom.network import CapacityKind, NodeType, load
from fastdom.policy import PolicyInvalid, check_network, policy_of_network, read_policy, toml_text

NETWORK = SmallNetwork()


def told(*lines: str, network: SmallNetwork = NETWORK) -> list[str]:
    """What the check tells of the plain document with these lines."""
    return [f"{one.field}: {one.message}" for one in check_network(toml(plain_with(*lines)), network)]


def test_names_that_exist_pass() -> None:
    """A policy that uses only names of the network has no problem with it."""
    assert check_network(toml(EVERYTHING), NETWORK) == ()


C = "[constraints]\n"
AREA = "[[constraints.service_area.areas]]\ngroup = '{}'\nzones = ['{}']"
STORES = C + "node_type = { include = ['STORE'] }\n"
# document, field below constraints, what it must be, what was found, the closest one
UNKNOWN = [
    (C + "node_group = { include = ['wst'] }", "node_group.include", "node group", "wst", "west"),
    (C + "capability = { hazmat = ['safe'] }", "capability.hazmat", "node group", "safe", ""),
    (C + "carrier_available = { exclude = ['airs'] }", "carrier_available.exclude", "carrier service", "airs", "air"),
    (C + "excluded_nodes = { nodes = [{ node = 'hob' }] }", "excluded_nodes.nodes.node", "node", "hob", "hub"),
    (AREA.format("east", "nord"), "service_area.areas.zones", "zone", "nord", "north"),
    (AREA.format("nord", "north"), "service_area.areas.group", "node group", "nord", ""),
]


@pytest.mark.parametrize(("line", "field", "what", "found", "close"), UNKNOWN)
def test_unknown_names_are_told(line: str, field: str, what: str, found: str, close: str) -> None:
    """A name the network does not have is told with its field and the closest one that exists."""
    meant = f'; did you mean "{close}"?' if close else ""
    assert told(line) == [f'constraints.{field}: must be a {what} of the network, got "{found}"{meant}']


def test_unknown_service_of_an_objective_is_told() -> None:
    """The carrier services that carbon lists must be those of the network."""
    carbon = "[objectives.carbon]\nweight = 1\nmicros_per_kg = 1\nmg_per_km_by_service = { rail = 5 }"
    (message,) = told("currency = 'EUR'", carbon)
    assert message.startswith("objectives.carbon.mg_per_km_by_service.rail: must be a carrier service of the network")


def test_another_currency_is_told() -> None:
    """Amounts are in the network's accounting currency."""
    assert told("currency = 'USD'") == ['currency: must be EUR, the network\'s currency, got "USD"']


TYPE = "node_type must leave one of DC, STORE"
EXCLUDED = C + "excluded_nodes = { nodes = [{ node = 'hub' }, { node = 'shop' }] }"
ROOM = "a node's capacity less capacity_left.keep_permille of it must hold the smallest shipment"
LEAST = "minimum_shipment.min_units must be at most 40, the most units that a node takes a day"
# document, field, what stops how many, what would be allowed
NONE_PASSES = [
    (C + "node_type = { include = ['3PL'] }", ".node_type", "node_type stops 2 of 2", TYPE),
    (
        C + "node_group = { include = ['closing'] }",
        ".node_group",
        "node_group stops 2 of 2",
        "node_group must leave nodes, which are in GROUPS",
    ),
    (
        C + "node_type = { exclude = ['DC'] }\nnode_group = { exclude = ['west'] }",
        "",
        "node_type stops 1 of 2, node_group stops 1 of 2",
        f"{TYPE}; node_group must leave nodes, which are in GROUPS",
    ),
    (
        EXCLUDED,
        ".excluded_nodes",
        "excluded_nodes stops 2 of 2",
        "excluded_nodes must not list every node without an until",
    ),
    (
        STORES + "minimum_shipment = { min_units = 41, only_when_split = false }",
        "",
        "node_type stops 1 of 2, minimum_shipment stops 1 of 2",
        f"{TYPE}; {LEAST}",
    ),
    (
        STORES
        + "minimum_shipment = { min_units = 40, only_when_split = false }\ncapacity_left = { keep_permille = 1 }",
        "",
        "node_type stops 1 of 2, capacity_left stops 1 of 2",
        f"{TYPE}; {ROOM}",
    ),
]


@pytest.mark.parametrize(("line", "field", "message", "allowed"), NONE_PASSES)
def test_policy_without_a_node_is_refused(line: str, field: str, message: str, allowed: str) -> None:
    """A policy under which no node can ever pass is refused with the field, what stops how many and what is allowed."""
    groups = ", ".join(sorted({group for node in NETWORK.nodes for group in node.groups}))
    wanted = allowed.replace("GROUPS", groups)
    assert told(line) == [f"constraints{field}: no node of the network can ever pass: {message}; {wanted}"]


def test_node_that_can_pass_some_day_is_enough() -> None:
    """An exclusion that ends, a minimum with an exempt shipment and a constraint that is relaxed leave a node."""
    until = "until = 2100-01-01T00:00:00Z"
    assert (
        told(f"[constraints]\nexcluded_nodes = {{ nodes = [{{ node = 'hub', {until} }}, {{ node = 'shop' }}] }}") == []
    )
    assert told("[constraints]\nminimum_shipment = { min_units = 5000 }") == []
    assert told("relax = ['node_type']", "[constraints.node_type]\ninclude = ['3PL']") == []
    after = told("relax = ['routing_reserve']", "[constraints.node_type]\ninclude = ['3PL']")
    assert after[0].startswith(
        "constraints.node_type: no node of the network can ever pass, even after relaxing routing_reserve:"
    )


def test_areas_that_share_no_zone_stop_a_node() -> None:
    """A node in two groups whose areas share no zone ships nowhere."""
    network = replace(NETWORK, nodes=(Place("hub", groups=("east", "west")),))
    apart = told(AREA.format("east", "north"), AREA.format("west", "south"), network=network)
    assert apart == [
        "constraints.service_area: no node of the network can ever pass: service_area stops 1 of 1; "
        "service_area must have a zone that all groups of a node share"
    ]
    assert told(AREA.format("east", "north"), AREA.format("west", "north"), network=network) == []


def test_no_carrier_service_left_is_told() -> None:
    """A policy that leaves no carrier service is refused."""
    known = ", ".join(one.id for one in NETWORK.services)
    line = "[constraints.carrier_available]\nexclude = ['air', 'bike', 'ground']"
    assert told(line) == [
        "constraints.carrier_available: leaves no carrier service; one of SERVICES must remain".replace(
            "SERVICES", known
        )
    ]
    assert told(line, network=replace(NETWORK, services=(*NETWORK.services, Thing("van")))) == []


def test_closed_nodes_never_have_room() -> None:
    """A node whose capacity is 0 cannot pass."""
    network = replace(NETWORK, nodes=(Place("hub", NodeType.DC, (), CapacityKind.SHIPMENTS, 0),))
    assert told(network=network) == [
        f"constraints: no node of the network can ever pass: capacity_left stops 1 of 1; {ROOM}"
    ]


def test_document_and_network_are_told_together() -> None:
    """Reading with a network tells the problems of both, with lines."""
    text = plain_with("effort = -1", "[constraints.node_group]\ninclude = ['wst']")
    with pytest.raises(PolicyInvalid) as invalid:
        read_policy(text.encode(), "p.toml", NETWORK)
    assert [(one.line, one.field) for one in invalid.value.problems] == [
        (1, "effort"),
        (10, "constraints.node_group.include"),
    ]


def test_policies_of_the_demo_network_become_documents() -> None:
    """The policies of network.toml turn into documents with the same weights and amounts that fit their network."""
    network = load(str(files("fastdom.demo") / "network"))
    for one in network.policies:
        policy = policy_of_network(one, network.currency)
        steps = {settings.name: settings.weight_steps for settings in policy.objectives}
        assert steps == {name: getattr(one, name) for name in ("shipping", "handling", "split_penalty", "distance")}
        split, distance = policy.objective("split_penalty"), policy.objective("distance")
        assert split is not None
        assert distance is not None
        assert split["per_shipment_micros"] == one.split_penalty_micros
        assert distance["micros_per_km_unit"] == one.distance_micros_per_km_unit
        assert read_policy(toml_text(policy).encode(), "p.toml", network) == policy
