"""capacity_left: how full a node's day may get."""

from fastdom.policy.constraint import Constraint, Standing
from fastdom.policy.fields import Whole
from fastdom.policy.scope import Fact, Of, Scope


def allows(*, keep_permille: int, capacity_limit: int, capacity_taken: int, need: int) -> bool:
    """The hand-over's day has room for the shipment, and a part of the day stays free for others.

    ``capacity_limit - ceil(capacity_limit * keep_permille / 1000) - capacity_taken >= need``
    """
    if capacity_limit == 0:
        return True
    return capacity_limit + (-capacity_limit * keep_permille // 1000) - capacity_taken >= need


def tells(*, keep_permille: int, capacity_limit: int, capacity_taken: int, need: int) -> tuple[str, str]:
    """What it wants, and what there is."""
    if capacity_limit == 0:
        return f"room for {need}", "not limited"
    left = capacity_limit + (-capacity_limit * keep_permille // 1000) - capacity_taken
    return f"room for {need}", f"room for {left} ({capacity_taken} of {capacity_limit} taken)"


CONSTRAINT = Constraint(
    name="capacity_left",
    scope=Scope.SHIPMENT,
    standing=Standing.WHEN_SET,
    allows=allows,
    tells=tells,
    fields=(Whole("keep_permille", "Part of a node's day that stays free.", "per mille", 1, 999),),
    facts=(
        Fact("capacity_limit", Of.NODE, "shipments or units the node takes a day; 0 = not limited"),
        Fact("capacity_taken", Of.OFFER, "taken already of the bucket of the hand-over's day"),
        Fact("need", Of.SHIPMENT, "1, or its units where the node counts units"),
    ),
    remains="no new hold takes a bucket over its limit",
)
