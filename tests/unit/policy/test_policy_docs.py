"""docs/policies.md: its tables are those of the catalogue, its examples are policies of the demo network."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from fastdom.network import load
from fastdom.policy import CONSTRAINTS, OBJECTIVES, Constraint, Objective, json_text, read_policy
from fastdom.policy.tables import TABLES, filled, main

PAGE = Path(__file__).resolve().parents[3] / "docs" / "policies.md"


def test_tables_are_those_of_the_catalogue(tmp_path: Path) -> None:
    """Writing the tables anew changes nothing in the page."""
    assert filled(PAGE.read_text()) == PAGE.read_text()
    copy = tmp_path / "page.md"
    copy.write_text(PAGE.read_text().replace("Types that may ship.", "Anything."))
    main([str(copy)])
    assert copy.read_text() == PAGE.read_text()


def test_page_names_every_field() -> None:
    """Every constraint, objective and field has its place in the page."""
    page = PAGE.read_text()
    catalogue: list[Constraint | Objective] = [*CONSTRAINTS, *OBJECTIVES]
    for one in catalogue:
        (section,) = re.findall(rf"^### {one.name}$.*?(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
        assert all(f"`{field.name}`" in section for field in one.fields if field.name != "weight")


def test_examples_are_policies_of_the_demo_network() -> None:
    """The two examples are read without a problem, as TOML and as JSON, and fit the demo network."""
    network = load(str(files("fastdom.demo") / "network"))
    examples = re.findall(r"^```toml\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    policies = [read_policy(example.encode(), "example.toml", network) for example in examples]
    assert [policy.name for policy in policies] == ["cheapest", "festival"]
    for policy in policies:
        assert read_policy(json_text(policy).encode(), "example.json", network) == policy


def test_page_without_markers_is_refused() -> None:
    """A page that lacks a place for a table is not written."""
    with pytest.raises(ValueError, match=f"no markers for {next(iter(TABLES))}"):
        filled("# Policies\n")
