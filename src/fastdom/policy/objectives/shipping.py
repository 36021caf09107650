"""shipping: what the carrier charges."""

from fastdom.policy.objective import Objective, capped
from fastdom.policy.scope import Fact, Of, Scope


def raw_micros(*, tariff_micros: int) -> int:
    """The carrier's charge for the shipment: the tariff of its carrier service for lane and weight.

    ``tariff_micros``
    """
    return capped(tariff_micros)


OBJECTIVE = Objective(
    name="shipping",
    scope=Scope.SHIPMENT,
    raw_micros=raw_micros,
    facts=(Fact("tariff_micros", Of.OFFER, "charge of the carrier service for the shipment's weight; 0 for a pickup"),),
)
