"""markdown_avoidance: overstock is used first, because it would be marked down."""

from fastdom.policy.fields import Money, Whole
from fastdom.policy.limits import WEEKS_MAX
from fastdom.policy.objective import Objective, capped
from fastdom.policy.scope import Fact, Of, Scope


def raw_micros(
    *, micros_per_unit: int, sell_within_weeks: int, available: int, weekly_demand_milli: int, units: int
) -> int:
    """Taking units that would have sold at full price anyway; units beyond the demand until markdown cost nothing.

    ``sold = ceil(weekly_demand_milli * sell_within_weeks / 1000)``; ``overstock = max(0, available - sold)``;
    ``max(0, units - overstock) * micros_per_unit``
    """
    if weekly_demand_milli < 0:
        return capped(units * micros_per_unit)
    sold = -(-weekly_demand_milli * sell_within_weeks // 1000)
    overstock = max(0, available - sold)
    return capped(max(0, units - overstock) * micros_per_unit)


OBJECTIVE = Objective(
    name="markdown_avoidance",
    scope=Scope.BLOCK_AND_NODE,
    raw_micros=raw_micros,
    parameters=(
        Money("micros_per_unit", "What marking one unit down would lose.", low=1),
        Whole("sell_within_weeks", "Weeks until what is left is marked down.", "weeks", 1, WEEKS_MAX),
    ),
    facts=(
        Fact("available", Of.POSITION, "units that routing may take before the decision"),
        Fact(
            "weekly_demand_milli",
            Of.POSITION,
            "forecast, 1/1000 unit a week; -1 = not known, nothing is overstock",
        ),
        Fact("units", Of.LINE, "units of the SKU in the block"),
    ),
)
