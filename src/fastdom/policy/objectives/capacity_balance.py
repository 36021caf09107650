"""capacity_balance: work goes where there is room, and more so the fuller a node is."""

from fastdom.policy.fields import Money, Whole
from fastdom.policy.objective import Objective
from fastdom.policy.scope import Fact, Of, Scope


def raw_micros(*, micros_at_full: int, from_permille: int, capacity_limit: int, capacity_taken: int) -> int:
    """A price for using a node's day that grows with the square of its load before the shipment.

    ``load = min(1000, capacity_taken * 1000 // capacity_limit)``; ``above = max(0, load - from_permille)``;
    ``micros_at_full * above**2 // (1000 - from_permille)**2``
    """
    if capacity_limit <= 0:
        return 0
    load = min(1000, capacity_taken * 1000 // capacity_limit)
    above = max(0, load - from_permille)
    return int(micros_at_full * above**2 // (1000 - from_permille) ** 2)


OBJECTIVE = Objective(
    name="capacity_balance",
    scope=Scope.SHIPMENT,
    raw_micros=raw_micros,
    parameters=(
        Money("micros_at_full", "Price of a shipment from a node whose day is full.", low=1),
        Whole("from_permille", "Load below which a node costs nothing.", "per mille", 0, 999, 0),
    ),
    facts=(
        Fact("capacity_limit", Of.NODE, "shipments or units the node takes a day; 0 = not limited, costs nothing"),
        Fact("capacity_taken", Of.OFFER, "taken already of the bucket of the hand-over's day"),
    ),
)
