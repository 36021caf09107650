"""routing_reserve: units that routing leaves at the node."""

from fastdom.policy.constraint import Constraint, Standing
from fastdom.policy.fields import Flag, Whole
from fastdom.policy.limits import UNITS_MAX
from fastdom.policy.scope import Fact, Of, Scope


def allows(*, enforced: bool, extra_units: int, available: int, routing_reserve: int, units: int) -> bool:
    """Routing leaves the position its routing reserve, and further units if so stated.

    ``available - (routing_reserve + extra_units if enforced else 0) >= units``
    """
    return available - (routing_reserve + extra_units if enforced else 0) >= units


def tells(*, enforced: bool, extra_units: int, available: int, routing_reserve: int, units: int) -> tuple[str, str]:
    """What it wants, and what there is."""
    kept = routing_reserve + extra_units if enforced else 0
    return f"{units} units beside {kept} kept back" if kept else f"{units} units", f"{available} units"


CONSTRAINT = Constraint(
    name="routing_reserve",
    scope=Scope.BLOCK_AND_NODE,
    standing=Standing.BY_DEFAULT,
    allows=allows,
    tells=tells,
    fields=(
        Flag("enforced", "Whether the reserve is kept.", True),
        Whole("extra_units", "Units kept back at every position beyond its own reserve.", "units", 0, UNITS_MAX, 0),
    ),
    facts=(
        Fact("available", Of.POSITION, "units the channel may take"),
        Fact("routing_reserve", Of.POSITION, "the position's own reserve"),
        Fact("units", Of.LINE, "units of the SKU in the block"),
    ),
    remains="safety stock and ring-fences stay untouched",
)
