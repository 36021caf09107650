"""The report has the schema of its page, says the same for the same inputs, and its chart and rows are well-formed."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import grove
import pytest

from fastdom.simulation import Simulation, report_of
from fastdom.simulation.chart import svg_of
from fastdom.simulation.decisions_csv import COLUMNS, DecisionsFile
from fastdom.simulation.order_fields import LINE_FIELDS, ORDER_FIELDS
from fastdom.types import Objective, RouteOutcome

PAGE = (Path(__file__).parents[3] / "docs/simulate.md").read_text()
OPEN = {"by_objective", "by_cause", "orders_by_reason", "units_by_reason", "optimality", "gain_micros", "lines"}
"""Objects whose keys are data."""


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    """Twelve orders under three policies, some of them refused."""
    orders = [grove.order(i, ("ink", 1 + i % 2), ("jar", 1)) for i in range(1, 13)]
    return grove.run(orders, ("cheapest", "nearest", "cheapest"))


def keys(value: object, name: str = "") -> Iterator[str]:
    """Every key of the report with a fixed meaning."""
    if isinstance(value, list):
        for item in value:
            yield from keys(item, name)
    elif isinstance(value, dict):
        for key, item in value.items():
            if name not in OPEN:
                yield key
            yield from keys(item, key)


def test_every_field_is_documented(simulation: Simulation) -> None:
    """Each key of the JSON stands in the schema of docs/simulate.md."""
    schema = PAGE[PAGE.index("## The report") :]
    documented = set(re.findall(r"[a-z_0-9]+", " ".join(re.findall(r"`([^`]+)`", schema))))
    found = set(keys(report_of(simulation)))
    assert {"differences", "listed", "gain_micros", "nodes", "times"} <= found
    assert found - documented == set()


def test_every_column_is_documented() -> None:
    """Each column of the CSV stands on the page, those of the objectives as OBJECTIVE_micros."""
    by_objective = {f"{one.name.lower()}_micros" for one in Objective if one}
    schema = PAGE[PAGE.index("`--csv` writes one row a decision") :]
    assert {column for column in COLUMNS if column not in by_objective and f"`{column}`" not in schema} == set()
    assert "`OBJECTIVE_micros`" in schema


def test_order_fields_are_documented() -> None:
    """The page's table names every field of an order."""
    assert [name for name in (*ORDER_FIELDS, *LINE_FIELDS) if f"| `{name}` |" not in PAGE] == []


def test_the_same_inputs_give_the_same_bytes(simulation: Simulation) -> None:
    """A second run gives the same JSON but for the times."""
    again = grove.run(simulation.book.orders, ("cheapest", "nearest", "cheapest"))
    one, two = (json.dumps({**report_of(each), "times": None}) for each in (simulation, again))
    assert one == two


def test_totals_agree(simulation: Simulation) -> None:
    """Outcomes add up to the orders, nodes to the shipments, objectives to the cost, causes to the differences."""
    report = report_of(simulation)
    for policy in report["policies"]:
        assert sum(policy["orders"].values()) == report["orders"]["decided"] == 12
        assert sum(node["shipments"] for node in policy["nodes"]) == policy["shipments"]
        assert sum(node["units"] for node in policy["nodes"]) == policy["units"]["shipped"]
        cost = policy["cost"]
        assert sum(one["weighted_micros"] for one in cost["by_objective"].values()) == cost["weighted_micros"]
        assert sum(policy["refused"]["orders_by_reason"].values()) == policy["orders"]["refused"] > 0
        assert policy["fill"]["orders"] == round(policy["orders"]["complete"] / 12, 4)
    nearest, same = report["differences"]
    assert nearest["orders"] == sum(nearest["by_cause"].values()) == len(nearest["listed"]) > 0
    assert (same["policy"], same["orders"], same["by_cause"], same["listed"]) == ("cheapest (2)", 0, {}, [])


def test_every_decision_is_a_row() -> None:
    """The CSV has a row for each order and policy, and its costs add up to the report's."""
    stream = io.StringIO()
    orders = [grove.order(i, ("ink", 2)) for i in range(1, 9)]
    policies = grove.run([], ("cheapest", "nearest")).policies
    file = DecisionsFile(stream, policies)
    simulation = grove.run(orders, watch=file.write)
    rows = list(csv.DictReader(io.StringIO(stream.getvalue())))
    assert [(row["order_id"], row["policy"]) for row in rows] == [
        (one.order.order_id, policy.label) for one in orders for policy in policies
    ]
    for policy, tally in zip(policies, simulation.tallies, strict=True):
        own = [row for row in rows if row["policy"] == policy.label]
        assert sum(int(row["cost_micros"]) for row in own) == tally.cost_micros
        assert sum(row["outcome"] == "COMPLETE" for row in own) == tally.outcomes[RouteOutcome.COMPLETE]
        for row in own:
            parts = [int(row[f"{one.name.lower()}_micros"]) for one in Objective if one]
            assert sum(parts) == int(row["cost_micros"])
    assert sum(int(row["differs"]) for row in rows) == simulation.pairs[0].count


def test_the_chart_is_an_svg(simulation: Simulation) -> None:
    """The chart is well-formed, has the policies in its legend and a bar for each of them in each group."""
    tree = ElementTree.fromstring(svg_of(report_of(simulation)))
    names = {"svg": "http://www.w3.org/2000/svg"}
    texts = [text.text for text in tree.findall("svg:text", names)]
    assert {"cheapest", "nearest", "cheapest (2)", "split rate", "near", "far"} <= set(texts)
    bars = [rect for rect in tree.findall("svg:rect", names) if rect.get("height") == "14"]
    assert len(bars) % 3 == 0
    assert len(bars) >= 3 * 10
    assert all(0 <= float(rect.get("width", "")) <= 960 for rect in bars)


def test_the_chart_of_nothing_is_one_too() -> None:
    """Without orders the chart is still well-formed."""
    assert ElementTree.fromstring(svg_of(report_of(grove.run([])))).tag.endswith("svg")
