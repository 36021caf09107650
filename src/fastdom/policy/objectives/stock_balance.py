"""stock_balance: units are taken from positions that have plenty."""

from fastdom.policy.fields import Money, Whole
from fastdom.policy.limits import UNITS_MAX
from fastdom.policy.objective import Objective, capped
from fastdom.policy.scope import Fact, Of, Scope


def raw_micros(*, micros_per_unit: int, target_units: int, available: int, units: int) -> int:
    """Taking units from a position that is then left with fewer than a target, in proportion to what it lacks.

    ``lacking = max(0, target_units - max(0, available - units))``;
    ``units * (micros_per_unit * lacking // target_units)``
    """
    lacking = max(0, target_units - max(0, available - units))
    return capped(units * (micros_per_unit * lacking // target_units))


OBJECTIVE = Objective(
    name="stock_balance",
    scope=Scope.BLOCK_AND_NODE,
    raw_micros=raw_micros,
    parameters=(
        Money("micros_per_unit", "Price of a unit from a position that is left empty.", low=1),
        Whole("target_units", "What a position should keep; above it a unit costs nothing.", "units", 1, UNITS_MAX),
    ),
    facts=(
        Fact("available", Of.POSITION, "units that routing may take before the decision"),
        Fact("units", Of.LINE, "units of the SKU in the block"),
    ),
)
