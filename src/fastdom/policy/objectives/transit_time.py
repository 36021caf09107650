"""transit_time: how long the goods are on their way."""

from fastdom.policy.fields import Money
from fastdom.policy.objective import Objective, capped
from fastdom.policy.scope import Fact, Of, Scope


def raw_micros(*, micros_per_day: int, ship_day: int, arrive_day: int) -> int:
    """Calendar days from the hand-over to the end of the arrival window, each by its local date.

    ``max(0, arrive_day - ship_day) * micros_per_day``
    """
    return capped(max(0, arrive_day - ship_day) * micros_per_day)


OBJECTIVE = Objective(
    name="transit_time",
    scope=Scope.SHIPMENT,
    raw_micros=raw_micros,
    parameters=(Money("micros_per_day", "Price of a shipment's day on the way.", low=1),),
    facts=(
        Fact("ship_day", Of.OFFER, "the node's local date of the hand-over, days since 1970-01-01"),
        Fact("arrive_day", Of.OFFER, "the destination's local date of arrival; ship_day for a pickup"),
    ),
)
