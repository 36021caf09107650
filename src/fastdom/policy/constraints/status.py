"""status: a node that is switched off gets no new work."""

from fastdom.policy.constraint import Constraint, Standing
from fastdom.policy.scope import Fact, Of, Scope


def allows(*, status: str) -> bool:
    """Only nodes that are ONLINE; PAUSED and OFFLINE ones get no new work, whatever the policy.

    ``status == "ONLINE"``
    """
    return status == "ONLINE"


def tells(*, status: str) -> tuple[str, str]:
    """What it wants, and what there is."""
    return "ONLINE", status


CONSTRAINT = Constraint(
    name="status",
    scope=Scope.NODE,
    standing=Standing.ALWAYS,
    allows=allows,
    tells=tells,
    facts=(Fact("status", Of.NODE, "ONLINE, PAUSED or OFFLINE, as SetNodeStatus left it"),),
)
