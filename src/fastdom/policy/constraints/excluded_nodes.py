"""excluded_nodes: nodes that are left out for a time."""

from fastdom.policy.constraint import Constraint, Standing
from fastdom.policy.fields import Entries, Moment, Name, NameOf
from fastdom.policy.limits import NAMES_MAX
from fastdom.policy.readable import utc
from fastdom.policy.scope import Fact, Of, Scope


def allows(*, nodes: tuple[tuple[str, int], ...], node: str, now_us: int) -> bool:
    """A listed node gets no new work before the moment given with it, or as long as the version is active.

    ``not any(n == node and (until == 0 or now_us < until) for n, until in nodes)``
    """
    return not any(one == node and (until_us == 0 or now_us < until_us) for one, until_us in nodes)


def tells(*, nodes: tuple[tuple[str, int], ...], node: str, now_us: int) -> tuple[str, str]:
    """What it wants, and what there is."""
    until = [until_us for one, until_us in nodes if one == node and (until_us == 0 or now_us < until_us)]
    if not until:
        return "not listed", "not listed"
    return "not listed", "listed" if 0 in until else f"listed until {utc(max(until))}"


CONSTRAINT = Constraint(
    name="excluded_nodes",
    scope=Scope.NODE,
    standing=Standing.WHEN_SET,
    allows=allows,
    tells=tells,
    fields=(
        Entries(
            "nodes",
            "Nodes left out, each until a moment.",
            (Name("node", "The node.", NameOf.NODE), Moment("until", "When it may ship again.")),
            NAMES_MAX,
        ),
    ),
    facts=(
        Fact("node", Of.NODE, "its external id"),
        Fact("now_us", Of.ORDER, "time of the decision"),
    ),
)
