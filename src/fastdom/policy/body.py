"""The values of a document as a policy, each table through the fields of its constraint or objective."""

from typing import Any

from fastdom.network.problems import got
from fastdom.network.section import Section
from fastdom.policy.constraint import Standing
from fastdom.policy.constraints import CONSTRAINTS
from fastdom.policy.document import Combination, Fallback, Policy, Reroute
from fastdom.policy.fields import Field, finish
from fastdom.policy.head import HEAD, REROUTE
from fastdom.policy.objectives import OBJECTIVES
from fastdom.policy.settings import Settings


def read_body(root: Section) -> Policy:
    """Return the policy; what is wrong with its values is noted, and replaced by what is allowed."""
    head: dict[str, Any] = {field.name: field.read(root) for field in HEAD}
    reroute: Any = [field.read(section) for section in (root.table("reroute"),) for field in REROUTE]
    policy = Policy(
        name=head["name"],
        description=head["description"],
        currency=head["currency"],
        constraints=_constraints(root.table("constraints")),
        objectives=_objectives(root.table("objectives")),
        combination=Combination(head["combination"]),
        order=head["order"],
        relax=head["relax"],
        fallback=Fallback(head["fallback"]),
        effort=head["effort"],
        split_quantities=bool(head["split_quantities"]),
        reroute=Reroute(*reroute),
    )
    finish(root)
    return policy


def _constraints(section: Section) -> tuple[Settings, ...]:
    found = []
    for constraint in CONSTRAINTS:
        given = constraint.name in section.values
        if constraint.standing is Standing.ALWAYS:
            section.asked.add(constraint.name)
            if given:
                section.bad(constraint.name, "always holds and has nothing to set; leave it out")
        elif given or constraint.standing is Standing.BY_DEFAULT:
            found += _settings(section, constraint.name, constraint.fields)
        section.asked.add(constraint.name)
    finish(section)
    return tuple(found)


def _objectives(section: Section) -> tuple[Settings, ...]:
    found = []
    for objective in OBJECTIVES:
        if objective.name in section.values:
            found += _settings(section, objective.name, objective.fields)
        section.asked.add(objective.name)
    finish(section)
    return tuple(found)


def _settings(section: Section, name: str, fields: tuple[Field, ...]) -> list[Settings]:
    """Return the settings of one table; none when it is no table."""
    given = section.values.get(name, {})
    if not isinstance(given, dict):
        keys = ", ".join(field.name for field in fields)
        section.bad(name, f"must be a table with {keys}, {got(given)}")
        return []
    table = section.table(name)
    settings = Settings(name, tuple((field.name, field.read(table)) for field in fields))
    finish(table)
    return [settings]
