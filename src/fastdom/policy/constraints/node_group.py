"""node_group: which groups of nodes may ship."""

from fastdom.policy.constraint import Constraint, Standing
from fastdom.policy.fields import NameOf, Names
from fastdom.policy.readable import listed
from fastdom.policy.scope import Fact, Of, Scope


def allows(*, include: tuple[str, ...], exclude: tuple[str, ...], groups: tuple[str, ...]) -> bool:
    """Only nodes in at least one of the included groups, when there are any, and in none of the excluded ones.

    ``(not include or groups & include) and not groups & exclude``
    """
    return (not include or not set(groups).isdisjoint(include)) and set(groups).isdisjoint(exclude)


def tells(*, include: tuple[str, ...], exclude: tuple[str, ...], groups: tuple[str, ...]) -> tuple[str, str]:
    """What it wants, and what there is."""
    return listed(include, exclude), ", ".join(groups) or "no group"


CONSTRAINT = Constraint(
    name="node_group",
    scope=Scope.NODE,
    standing=Standing.WHEN_SET,
    allows=allows,
    tells=tells,
    fields=(
        Names("include", "Groups of which a node must be in one.", NameOf.GROUP),
        Names("exclude", "Groups in which a node must not be.", NameOf.GROUP),
    ),
    facts=(Fact("groups", Of.NODE, "its groups in `nodes.csv`"),),
)
