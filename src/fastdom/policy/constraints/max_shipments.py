"""max_shipments: how many parcels an order may become."""

from fastdom.policy.constraint import Constraint, Standing
from fastdom.policy.fields import Whole
from fastdom.policy.limits import SHIPMENTS_MAX
from fastdom.policy.scope import Fact, Of, Scope


def allows(*, limit: int, shipments: int) -> bool:
    """A plan has at most so many shipments; an order that asks for fewer gets fewer.

    ``shipments <= limit``
    """
    return shipments <= limit


def tells(*, limit: int, shipments: int) -> tuple[str, str]:
    """What it wants, and what there is."""
    return f"at most {limit} shipments", f"{shipments}"


CONSTRAINT = Constraint(
    name="max_shipments",
    scope=Scope.PLAN,
    standing=Standing.WHEN_SET,
    allows=allows,
    tells=tells,
    fields=(Whole("limit", "Most shipments of one order.", "shipments", 1, SHIPMENTS_MAX),),
    facts=(Fact("shipments", Of.PLAN, "shipments of the plan"),),
    remains="the max_shipments of the request decides",
)
