"""distance: carrying units from the node to the destination."""

from fastdom.policy.fields import Money
from fastdom.policy.objective import Objective, capped
from fastdom.policy.scope import Fact, Of, Scope


def raw_micros(*, micros_per_km_unit: int, distance_m: int, units: int) -> int:
    """Great-circle distance from the node to the destination, priced per unit and kilometre.

    ``units * (distance_m * micros_per_km_unit // 1000)``
    """
    unit = capped(distance_m * micros_per_km_unit // 1000) if distance_m > 0 else 0
    return capped(units * unit)


OBJECTIVE = Objective(
    name="distance",
    scope=Scope.UNIT,
    raw_micros=raw_micros,
    parameters=(Money("micros_per_km_unit", "Price of carrying one unit one kilometre.", low=1),),
    facts=(
        Fact("distance_m", Of.LANE, "metres from node to destination; -1 = not known, costs nothing"),
        Fact("units", Of.SHIPMENT, "units in the shipment"),
    ),
)
