"""carrier_available: who may carry."""

from fastdom.policy.constraint import Constraint, Standing
from fastdom.policy.fields import NameOf, Names
from fastdom.policy.readable import listed
from fastdom.policy.scope import Fact, Of, Scope


def allows(*, include: tuple[str, ...], exclude: tuple[str, ...], service: str, hand_over: bool) -> bool:
    """A carrier service needs a hand-over at the node; only included services, when there are any, and no excluded one.

    ``hand_over and (not include or service in include) and service not in exclude``
    """
    return hand_over and (not include or service in include) and service not in exclude


def tells(*, include: tuple[str, ...], exclude: tuple[str, ...], service: str, hand_over: bool) -> tuple[str, str]:
    """What it wants, and what there is."""
    expected = "a hand-over" if not include and not exclude else f"a hand-over of {listed(include, exclude)}"
    return expected, f"{service or 'no carrier service'}{'' if hand_over else ', no hand-over'}"


CONSTRAINT = Constraint(
    name="carrier_available",
    scope=Scope.SERVICE,
    standing=Standing.WHEN_SET,
    allows=allows,
    tells=tells,
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
