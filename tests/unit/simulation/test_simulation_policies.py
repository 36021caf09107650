"""Policies are found by name or version or read from documents, and decide whole."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import grove
import pytest

from fastdom.policy import OBJECTIVES, Event, PolicyInvalid, Registry, policy_of_network, read_policy, toml_text
from fastdom.simulation import SimulationRefused, load_policies
from fastdom.simulation.decision import Decision
from fastdom.simulation.policies import compared_by_default
from fastdom.types import Objective

DOCUMENT = """\
format = 1
name = "mine"
currency = "EUR"
effort = 5000
[constraints]
max_shipments = { limit = 1 }
[objectives]
handling = { weight = 2 }
distance = { weight = 0.5, micros_per_km_unit = 1000 }
"""


def written(path: Path, text: str) -> str:
    """The name of a file with this text."""
    path.write_text(text)
    return str(path)


def test_names_and_documents(tmp_path: Path) -> None:
    """The network's policies are found by name, a document by its path; equal names are numbered."""
    mine = written(tmp_path / "mine.toml", DOCUMENT)
    found = load_policies(("nearest", mine, "nearest", mine), grove.network())
    assert [one.label for one in found] == ["nearest", "mine", "nearest (2)", "mine (2)"]
    assert [one.source for one in found] == ["network", "mine.toml", "network", "mine.toml"]
    assert found[1].steps == (("handling", 2048), ("distance", 512))
    assert found[1].levels == (("handling", "distance"),)
    assert dict(found[0].steps)["distance"] == 1024


def test_a_document_of_a_network_policy_decides_alike(tmp_path: Path) -> None:
    """A policy of the network and the same one as a document route every order the same."""
    (one,) = (policy for policy in grove.network().policies if policy.name == "nearest")
    path = written(tmp_path / "nearest.toml", toml_text(policy_of_network(one, "EUR")))
    orders = [grove.order(i, ("ink", 1 + i % 3), ("jar", 1)) for i in range(1, 6)]
    simulation = grove.run(orders, ("nearest", path))
    assert simulation.pairs[0].count == 0
    assert simulation.tallies[0].cost_micros == simulation.tallies[1].cost_micros > 0


def test_max_shipments_is_kept(tmp_path: Path) -> None:
    """A limit of parcels, the document's or the order's own, refuses what needs more; the difference is told."""
    mine = written(tmp_path / "mine.toml", DOCUMENT)
    stock = "sku,node_id,on_hand\nink,near,1\njar,far,1\n"
    simulation = grove.run([grove.order(1, ("ink", 1), ("jar", 1))], ("cheapest", mine), stock)
    assert simulation.tallies[0].split_orders == 1
    assert simulation.tallies[1].refused_orders == {"TOO_MANY_SHIPMENTS": 1}
    assert simulation.pairs[0].causes == {"stock or constraint": 1}
    asked = replace(grove.order(1, ("ink", 1), ("jar", 1)), max_shipments=1)
    (tally,) = grove.run([asked], ("cheapest",), stock).tallies
    assert tally.refused_orders == {"TOO_MANY_SHIPMENTS": 1}


EVERYTHING = """\
format = 1
name = "everything"
currency = "EUR"
combination = "lexicographic"
order = [["lateness", "node_priority"], ["shipping", "handling", "split_penalty", "stock_balance"], "transit_time",
  ["distance", "capacity_balance", "weeks_of_supply", "markdown_avoidance", "carbon", "opportunity_cost"]]
relax = ["max_shipments", "node_type"]
fallback = "queue"
[reroute]
attempts_max = 1
[constraints]
node_type = { include = ["STORE"] }
max_shipments = { limit = 1 }
distance_cap = { limit_km = 500 }
[objectives]
lateness = { weight = 1, micros_per_day = 7 }
node_priority = { weight = 1, micros_per_step = 1 }
shipping = { weight = 1 }
handling = { weight = 1 }
split_penalty = { weight = 1, per_shipment_micros = 5000000 }
stock_balance = { weight = 1, micros_per_unit = 100, target_units = 9 }
transit_time = { weight = 1, micros_per_day = 3 }
distance = { weight = 1, micros_per_km_unit = 1000 }
capacity_balance = { weight = 1, micros_at_full = 10 }
weeks_of_supply = { weight = 1, micros_per_unit = 1, target_weeks = 2 }
markdown_avoidance = { weight = 1, micros_per_unit = 1, sell_within_weeks = 2 }
carbon = { weight = 1, micros_per_kg = 1000000, mg_per_km = 100 }
opportunity_cost = { weight = 1 }
"""


def test_a_whole_policy_decides(tmp_path: Path) -> None:
    """All objectives, levels, constraints and their relaxation decide; what acts after a decision is no obstacle."""
    assert {one.name for one in read_policy(EVERYTHING.encode()).objectives} == {one.name for one in OBJECTIVES}
    path = written(tmp_path / "everything.toml", EVERYTHING)
    orders = [grove.order(1, ("ink", 2)), grove.order(2, ("kit", 1), ("ink", 1)), grove.order(3, ("ink", 2))]
    seen: list[tuple[str, ...]] = []

    def watch(_order: object, decisions: Sequence[Decision]) -> None:
        seen.append(tuple(shipment.node_id for shipment in decisions[1].shipments))

    simulation = grove.run(orders, ("cheapest", path), watch=watch)
    assert seen[0] == ("near",)
    assert "far" in seen[1]
    raw = simulation.tallies[1].raw
    assert {one for one in Objective if raw[one]} >= {
        Objective.SHIPPING,
        Objective.HANDLING,
        Objective.DISTANCE,
        Objective.STOCK_BALANCE,
        Objective.CARBON,
    }


def test_a_constraint_decides(tmp_path: Path) -> None:
    """A cap on the distance leaves the far node out: what only it has is refused."""
    text = DOCUMENT.replace("[objectives]", "distance_cap = { limit_km = 100 }\n[objectives]")
    simulation = grove.run([grove.order(1, ("kit", 1))], ("cheapest", written(tmp_path / "cap.toml", text)))
    assert [tally.shipped_orders for tally in simulation.tallies] == [1, 0]


def registry_with(*texts: str) -> tuple[Registry, list[Event]]:
    """A registry in which each document became the active version in turn, and its history."""
    registry, history = Registry(), []
    for at_us, text in enumerate(texts):
        policy = read_policy(text.encode())
        registry, created = registry.create_draft(policy, at_us)
        version = len(registry.versions(policy.name))
        registry, activated = registry.activate(policy.name, version, registry.get(policy.name, version).etag, at_us)
        history += [created, activated]
    return registry, history


def test_versions_of_a_registry() -> None:
    """NAME, NAME@VERSION, NAME@ACTIVE and ACTIVE name versions of a data folder; others are told what there is."""
    lighter = DOCUMENT.replace("weight = 2", "weight = 1")
    registry, history = registry_with(DOCUMENT, lighter)
    registry, _ = registry.create_draft(read_policy(DOCUMENT.encode()), 5)
    names = ("mine", "mine@ACTIVE", "ACTIVE", "mine@1", "mine@3")
    found = load_policies(names, grove.network(), registry)
    assert [one.version for one in found] == [2, 2, 2, 1, 3]
    assert [one.label for one in found] == ["mine@2", "mine@2 (2)", "mine@2 (3)", "mine@1", "mine@3"]
    assert dict(found[0].steps)["handling"] == 1024
    assert dict(found[3].steps)["handling"] == 2048
    assert compared_by_default(registry, history) == ("mine@1", "mine@2")
    assert compared_by_default(*registry_with(DOCUMENT)) == ("mine@1",)
    with pytest.raises(SimulationRefused, match=r"has mine@1 \(ARCHIVED\), mine@2 \(ACTIVE\), mine@3 \(DRAFT\)"):
        load_policies(("mine@4",), grove.network(), registry)


def test_a_version_that_no_longer_fits_is_refused() -> None:
    """An old version that names what the network lacks is refused with the version and the field."""
    text = DOCUMENT.replace("max_shipments = { limit = 1 }", 'excluded_nodes.nodes = [{ node = "gone" }]')
    registry, _ = registry_with(text)
    with pytest.raises(PolicyInvalid, match=r"policy mine@1.*constraints\.excluded_nodes"):
        load_policies(("mine",), grove.network(), registry)


def test_bad_policies(tmp_path: Path) -> None:
    """An unknown name tells the known ones; a bad document tells its problems; too many are refused."""
    network = grove.network()
    with pytest.raises(SimulationRefused, match="has cheapest, nearest"):
        load_policies(("fastest",), network)
    with pytest.raises(FileNotFoundError):
        load_policies((str(tmp_path / "none.toml"),), network)
    bad = written(tmp_path / "bad.toml", DOCUMENT.replace("EUR", "INR").replace("limit = 1", "limit = 0"))
    with pytest.raises(PolicyInvalid, match=r"bad\.toml:6: constraints\.max_shipments\.limit: "):
        load_policies((bad,), network)
    for many in ((), ("nearest",) * 9):
        with pytest.raises(SimulationRefused, match=r"give 1 \.\. 8 policies"):
            load_policies(many, network)
