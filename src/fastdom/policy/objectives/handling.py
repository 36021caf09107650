"""handling: picking and packing at the node."""

from fastdom.policy.objective import Objective, capped
from fastdom.policy.scope import Fact, Of, Scope


def raw_micros(*, handling_shipment_micros: int, handling_unit_micros: int, units: int) -> int:
    """Picking and packing at the node, as `nodes.csv` prices it per shipment and per unit.

    ``handling_shipment_micros + handling_unit_micros * units``
    """
    return capped(handling_shipment_micros + capped(handling_unit_micros * units))


OBJECTIVE = Objective(
    name="handling",
    scope=Scope.UNIT,
    raw_micros=raw_micros,
    facts=(
        Fact("handling_shipment_micros", Of.NODE, "price of each shipment"),
        Fact("handling_unit_micros", Of.NODE, "price of each unit"),
        Fact("units", Of.SHIPMENT, "units in the shipment"),
    ),
)
