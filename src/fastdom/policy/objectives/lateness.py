"""lateness: arriving after the date the shopper was given or asked for."""

from fastdom.policy.fields import Money
from fastdom.policy.objective import Objective, capped
from fastdom.policy.scope import Fact, Of, Scope

DAY_US = 86_400_000_000


def raw_micros(
    *, micros_per_day: int, micros_per_day_unit: int, arrive_by_us: int, required_by_us: int, units: int
) -> int:
    """Every started day (24 h) by which the arrival window ends after the order's `required_by`.

    ``days = ceil(max(0, arrive_by_us - required_by_us) / 86400000000)``;
    ``days * micros_per_day + units * (days * micros_per_day_unit)``
    """
    if required_by_us == 0:
        return 0
    days = -(-max(0, arrive_by_us - required_by_us) // DAY_US)
    return capped(capped(days * micros_per_day) + capped(units * capped(days * micros_per_day_unit)))


OBJECTIVE = Objective(
    name="lateness",
    scope=Scope.UNIT,
    raw_micros=raw_micros,
    parameters=(
        Money("micros_per_day", "Price of a shipment's day of delay.", default=0),
        Money("micros_per_day_unit", "Price of one unit's day of delay.", default=0),
    ),
    facts=(
        Fact("arrive_by_us", Of.OFFER, "end of the shipment's arrival window"),
        Fact("required_by_us", Of.ORDER, "latest acceptable arrival; 0 = none, nothing is late"),
        Fact("units", Of.SHIPMENT, "units in the shipment"),
    ),
    one_of=("micros_per_day", "micros_per_day_unit"),
)
