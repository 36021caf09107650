"""node_priority: nodes are preferred in a stated order."""

from fastdom.policy.fields import Money
from fastdom.policy.objective import Objective, capped
from fastdom.policy.scope import Fact, Of, Scope


def raw_micros(*, micros_per_step: int, micros_per_step_unit: int, priority: int, units: int) -> int:
    """The node's `priority` in `nodes.csv`, priced per step: lower numbers are preferred.

    ``priority * micros_per_step + units * (priority * micros_per_step_unit)``
    """
    return capped(capped(priority * micros_per_step) + capped(units * capped(priority * micros_per_step_unit)))


OBJECTIVE = Objective(
    name="node_priority",
    scope=Scope.UNIT,
    raw_micros=raw_micros,
    parameters=(
        Money("micros_per_step", "Price of a step of priority for each shipment.", default=0),
        Money("micros_per_step_unit", "Price of a step of priority for each unit.", default=0),
    ),
    facts=(
        Fact("priority", Of.NODE, "number of the node; 0 is the best"),
        Fact("units", Of.SHIPMENT, "units in the shipment"),
    ),
    one_of=("micros_per_step", "micros_per_step_unit"),
)
