"""Policies are found by name or read from documents, and refused by name where the engine cannot decide with them."""

from dataclasses import replace
from pathlib import Path

import grove
import pytest

from fastdom.policy import CONSTRAINTS, OBJECTIVES, PolicyInvalid, policy_of_network, read_policy, toml_text
from fastdom.simulation import PolicyUnsupported, SimulationRefused, load_policies
from fastdom.simulation.policies import DECIDES_WITH, refuse_unsupported

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


@pytest.mark.parametrize("name", [one.name for one in OBJECTIVES if one.name not in DECIDES_WITH])
def test_an_objective_the_engine_cannot_is_refused(name: str) -> None:
    """An objective with a weight that the engine does not know is refused by name; without a weight it is not."""
    settings = {
        "lateness": "micros_per_day = 1",
        "transit_time": "micros_per_day = 1",
        "capacity_balance": "micros_at_full = 1",
        "stock_balance": "micros_per_unit = 1, target_units = 1",
        "weeks_of_supply": "micros_per_unit = 1, target_weeks = 1",
        "markdown_avoidance": "micros_per_unit = 1, sell_within_weeks = 1",
        "node_priority": "micros_per_step = 1",
        "carbon": "micros_per_kg = 1, mg_per_km = 1",
        "opportunity_cost": "",
    }[name]
    text = DOCUMENT + name + " = { weight = 1" + (f", {settings}" if settings else "") + " }\n"
    with pytest.raises(PolicyUnsupported, match=rf"policy mine: .*objectives\.{name}; it can with") as refused:
        refuse_unsupported(read_policy(text.encode()))
    assert refused.value.names == (f"objectives.{name}",)
    refuse_unsupported(
        read_policy(text.replace("{ weight = 1,", "{ weight = 0,").replace("{ weight = 1 }", "{ weight = 0 }").encode())
    )


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("distance_cap = { limit_km = 10 }", "constraints.distance_cap"),
        ('node_type = { include = ["DC"] }', "constraints.node_type"),
        ("must_arrive_by = { enforced = false }", "constraints.must_arrive_by"),
        ("routing_reserve = { extra_units = 2 }", "constraints.routing_reserve"),
    ],
)
def test_a_constraint_the_engine_cannot_is_refused(line: str, name: str) -> None:
    """A constraint that is set otherwise than it holds by itself is refused by name."""
    text = DOCUMENT.replace("[objectives]", f"{line}\n[objectives]")
    with pytest.raises(PolicyUnsupported) as refused:
        refuse_unsupported(read_policy(text.encode()))
    assert refused.value.names == (name,)
    assert name.split(".")[1] in {one.name for one in CONSTRAINTS}


def test_everything_that_is_refused_is_named() -> None:
    """One message names all that the engine cannot."""
    text = DOCUMENT.replace('currency = "EUR"', 'currency = "EUR"\nsplit_quantities = true\nrelax = ["max_shipments"]')
    text = text.replace("effort", 'combination = "lexicographic"\norder = ["handling", "distance"]\neffort')
    with pytest.raises(PolicyUnsupported) as refused:
        refuse_unsupported(read_policy(text.encode()))
    assert refused.value.names == ("combination", "relax", "split_quantities")


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
