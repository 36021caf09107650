"""ship_complete: all or nothing."""

from fastdom.policy.constraint import Constraint, Standing
from fastdom.policy.fields import Choice
from fastdom.policy.scope import Fact, Of, Scope


def allows(*, whole: str, lines: tuple[tuple[int, int], ...]) -> bool:
    """An order, or each of its lines, is served in full or not at all; from how many nodes does not matter.

    ``order``: all lines have ``served == wanted``, or all have 0; ``line``: each has ``served in (0, wanted)``
    """
    each = all(served in (0, wanted) for wanted, served in lines)
    return each and (whole == "line" or len({served > 0 for _, served in lines}) <= 1)


def tells(*, whole: str, lines: tuple[tuple[int, int], ...]) -> tuple[str, str]:
    """What it wants, and what there is."""
    served = sum(done for _, done in lines)
    return f"the {whole} in full or not at all", f"{served} of {sum(wanted for wanted, _ in lines)} units"


CONSTRAINT = Constraint(
    name="ship_complete",
    scope=Scope.PLAN,
    standing=Standing.WHEN_SET,
    allows=allows,
    tells=tells,
    fields=(Choice("whole", "What is served in full or not at all.", ("order", "line")),),
    facts=(Fact("lines", Of.PLAN, "(units wanted, units served) of every line"),),
    remains="the allow_partial of the request decides",
)
