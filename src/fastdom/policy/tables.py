"""The tables of docs/policies.md, from the catalogue: ``python -m fastdom.policy.tables docs/policies.md``."""

import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastdom.policy.constraints import CONSTRAINTS
from fastdom.policy.fields import Field
from fastdom.policy.head import HEAD, REROUTE
from fastdom.policy.objectives import OBJECTIVES

START = "<!-- {name}: written by python -m fastdom.policy.tables -->"
END = "<!-- end of {name} -->"


def head_table() -> str:
    """Return the keys outside of constraints and objectives."""
    rows = [_field_row(field.name, field) for field in HEAD]
    return _table(
        ("key", "allowed", "default", "meaning"),
        rows + [_field_row(f"reroute.{field.name}", field) for field in REROUTE],
    )


def constraint_sections() -> str:
    """Return a section for each constraint."""
    sections = []
    for one in CONSTRAINTS:
        facts = f"Holds {one.standing.value}. Judges: {one.scope.value}."
        remains = f" Where it is not set, or relaxed: {one.remains}." if one.remains else ""
        sections.append(_section(one.name, one.allows, f"{facts}{remains}", one.fields, one.facts))
    return "\n\n".join(sections)


def objective_sections() -> str:
    """Return a section for each objective."""
    return "\n\n".join(
        _section(one.name, one.raw_micros, f"Priced per {one.scope.value}.", one.parameters, one.facts)
        for one in OBJECTIVES
    )


TABLES: dict[str, Callable[[], str]] = {
    "head": head_table,
    "constraints": constraint_sections,
    "objectives": objective_sections,
}


def filled(page: str) -> str:
    """Return a page with the text between its markers exchanged for the tables.

    Raises
    ------
    ValueError
        When the page lacks the markers of a table.
    """
    for name, table in TABLES.items():
        start, end = START.format(name=name), END.format(name=name)
        if start not in page or end not in page:
            raise ValueError(f"the page has no markers for {name}")
        before, rest = page.split(start, 1)
        page = f"{before}{start}\n{table()}\n{end}{rest.split(end, 1)[1]}"
    return page


def _section(name: str, function: Callable[..., Any], told: str, fields: tuple[Field, ...], facts: Any) -> str:
    meaning, _, formula = (inspect.getdoc(function) or "").partition("\n\n")
    parts = [f"### {name}", re.sub(r"\s+", " ", meaning), told, re.sub(r"\s+", " ", formula).replace("``", "`")]
    if fields:
        parts.append(_table(("key", "allowed", "default", "meaning"), [_field_row(one.name, one) for one in fields]))
    parts.append("\n".join(f"- `{one.name}`: {one.meaning}" for one in facts))
    return "\n\n".join(parts)


def _field_row(name: str, field: Field) -> tuple[str, ...]:
    return (f"`{name}`", field.allowed, field.default_text, field.meaning)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


def main(arguments: list[str]) -> None:
    """Write the tables into the pages given."""
    for name in arguments:
        path = Path(name)
        path.write_text(filled(path.read_text()))


if __name__ == "__main__":
    main(sys.argv[1:])
