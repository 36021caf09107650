"""split_penalty: every shipment after the first costs extra."""

from fastdom.policy.fields import Money
from fastdom.policy.objective import Objective
from fastdom.policy.scope import Fact, Of, Scope


def raw_micros(*, per_shipment_micros: int, shipment_i: int) -> int:
    """A fixed charge for every shipment of a plan after the first.

    ``per_shipment_micros if shipment_i > 0 else 0``
    """
    return per_shipment_micros if shipment_i > 0 else 0


OBJECTIVE = Objective(
    name="split_penalty",
    scope=Scope.PLAN,
    raw_micros=raw_micros,
    parameters=(Money("per_shipment_micros", "Charge for each shipment after the first.", low=1),),
    facts=(Fact("shipment_i", Of.PLAN, "number of the shipment within the plan, from 0"),),
)
