"""weeks_of_supply: units are taken where they would last longest."""

from fastdom.policy.fields import Money, Whole
from fastdom.policy.limits import WEEKS_MAX
from fastdom.policy.objective import Objective, capped
from fastdom.policy.scope import Fact, Of, Scope


def raw_micros(*, micros_per_unit: int, target_weeks: int, available: int, weekly_demand_milli: int, units: int) -> int:
    """Taking units from a position that is then left with less than a target of weeks, in proportion to what it lacks.

    ``left = max(0, available - units) * 1000000 // weekly_demand_milli`` (thousandths of a week);
    ``lacking = max(0, target_weeks * 1000 - left)``;
    ``units * (micros_per_unit * lacking // (target_weeks * 1000))``
    """
    if weekly_demand_milli <= 0:
        return 0
    left = max(0, available - units) * 1_000_000 // weekly_demand_milli
    lacking = max(0, target_weeks * 1000 - left)
    return capped(units * (micros_per_unit * lacking // (target_weeks * 1000)))


OBJECTIVE = Objective(
    name="weeks_of_supply",
    scope=Scope.BLOCK_AND_NODE,
    raw_micros=raw_micros,
    parameters=(
        Money("micros_per_unit", "Price of a unit from a position that is left empty.", low=1),
        Whole("target_weeks", "Weeks of its own demand a position should keep.", "weeks", 1, WEEKS_MAX),
    ),
    facts=(
        Fact("available", Of.POSITION, "units that routing may take before the decision"),
        Fact("weekly_demand_milli", Of.POSITION, "forecast, 1/1000 unit a week; 0 or -1 (not known) costs nothing"),
        Fact("units", Of.LINE, "units of the SKU in the block"),
    ),
)
