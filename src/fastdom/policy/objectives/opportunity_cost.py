"""opportunity_cost: a unit taken here is missing for a later order."""

from fastdom.policy.fields import Money
from fastdom.policy.limits import MONEY_MICROS_MAX
from fastdom.policy.objective import Objective, capped
from fastdom.policy.scope import Fact, Of, Scope


def raw_micros(*, cap_micros_per_unit: int, price_micros: int, units: int) -> int:
    """What the units will be worth to later orders: the look-ahead price of their position.

    ``units * min(price_micros, cap_micros_per_unit)``
    """
    return capped(units * min(price_micros, cap_micros_per_unit))


OBJECTIVE = Objective(
    name="opportunity_cost",
    scope=Scope.BLOCK_AND_NODE,
    raw_micros=raw_micros,
    parameters=(Money("cap_micros_per_unit", "Most that one unit may cost.", default=MONEY_MICROS_MAX, low=1),),
    facts=(
        Fact("price_micros", Of.POSITION, "look-ahead price of one unit; 0 = none is known"),
        Fact("units", Of.LINE, "units of the SKU in the block"),
    ),
)
