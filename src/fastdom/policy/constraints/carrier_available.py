"""carrier_available: who may carry."""

from fastdom.policy.constraint import Constraint, Standing
from fastdom.policy.fields import NameOf, Names
from fastdom.policy.scope import Fact, Of, Scope


def allows(*, include: tuple[str, ...], exclude: tuple[str, ...], service: str, hand_over: bool) -> bool:
    """A carrier service needs a hand-over at the node; only included services, when there are any, and no excluded one.

    ``hand_over and (not include or service in include) and service not in exclude``
    """
    return hand_over and (not include or service in include) and service not in exclude


CONSTRAINT = Constraint(
    name="carrier_available",
    scope=Scope.SERVICE,
    standing=Standing.WHEN_SET,
    allows=allows,
    fields=(
        Names("include", "Carrier services that may carry.", NameOf.SERVICE),
        Names("exclude", "Carrier services that may not.", NameOf.SERVICE),
    ),
    facts=(
        Fact("service", Of.OFFER, "carrier service, also that of the counter for a pickup"),
        Fact("hand_over", Of.OFFER, "whether it has a hand-over at the node within the horizon"),
    ),
    remains="a carrier service needs a hand-over at the node",
)
