"""node_type: which kinds of place may ship."""

from fastdom.policy.constraint import Constraint, Standing
from fastdom.policy.fields import NameOf, Names
from fastdom.policy.readable import listed
from fastdom.policy.scope import Fact, Of, Scope


def allows(*, include: tuple[str, ...], exclude: tuple[str, ...], node_type: str) -> bool:
    """Only nodes of the included types, when there are any, and none of the excluded ones.

    ``(not include or node_type in include) and node_type not in exclude``
    """
    return (not include or node_type in include) and node_type not in exclude


def tells(*, include: tuple[str, ...], exclude: tuple[str, ...], node_type: str) -> tuple[str, str]:
    """What it wants, and what there is."""
    return listed(include, exclude), node_type


CONSTRAINT = Constraint(
    name="node_type",
    scope=Scope.NODE,
    standing=Standing.WHEN_SET,
    allows=allows,
    tells=tells,
    fields=(
        Names("include", "Types that may ship.", NameOf.NODE_TYPE),
        Names("exclude", "Types that may not.", NameOf.NODE_TYPE),
    ),
    facts=(Fact("node_type", Of.NODE, "its type in `nodes.csv`"),),
)
