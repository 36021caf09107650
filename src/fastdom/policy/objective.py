"""What an objective is: fields, facts, and the reference function that turns them into money."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastdom.policy.fields import Field, Weight
from fastdom.policy.limits import RAW_MICROS_MAX
from fastdom.policy.scope import Fact, Of, Scope

WEIGHT = Weight("weight", "How much the objective counts beside the others; 0 = not at all.")


def capped(micros: int) -> int:
    """Return an amount within 0 .. 2**50, where raw and weighted costs saturate."""
    return min(micros, RAW_MICROS_MAX)


def weigh(raw_micros: int, weight_steps: int) -> int:
    """Return ``floor(raw * steps / 1024)``, at most 2**50: the one weighting routine."""
    return capped(raw_micros * weight_steps // 1024)


@dataclass(frozen=True, slots=True)
class Objective:
    """One thing that a policy can ask for less of.

    Attributes
    ----------
    name : str
        Key below ``[objectives]``.
    scope : Scope
        UNIT = ``raw_micros`` is a part per shipment plus a part per unit, linear in ``units``, and each part is
        weighted by itself; BLOCK_AND_NODE = the raw cost of a shipment is the sum over its blocks, each weighted by
        itself; SHIPMENT and PLAN = one amount per shipment.
    parameters : tuple of Field
        Its settings but for the weight.
    facts : tuple of Fact
        What else the raw cost depends on.
    raw_micros : callable
        Keyword arguments: every parameter and every fact. Returns 0 .. 2**50 micros before the weight. Its docstring
        is the meaning, then the formula.
    one_of : tuple of str
        Parameters of which one must be above 0, or the weight would have no effect.
    """

    name: str
    scope: Scope
    raw_micros: Callable[..., int]
    facts: tuple[Fact, ...]
    parameters: tuple[Field, ...] = ()
    one_of: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """All settings, the weight first."""
        return (WEIGHT, *self.parameters)

    @property
    def by_service(self) -> bool:
        """Whether the raw cost depends on the carrier service, so that the choice of service must weigh it."""
        return any(fact.of is Of.OFFER for fact in self.facts)

    def weighted_micros(self, weight_steps: int, arguments: Mapping[str, Any]) -> int:
        """Return the weighted cost, 0 .. 2**50, of what one call of ``raw_micros`` prices.

        Parameters
        ----------
        weight_steps : int
            1/1024, 0 .. 2**20.
        arguments : mapping of str to value
            Those of ``raw_micros``.
        """
        if self.scope is not Scope.UNIT:
            return weigh(self.raw_micros(**arguments), weight_steps)
        shipment = self.raw_micros(**{**arguments, "units": 0})
        unit = self.raw_micros(**{**arguments, "units": 1}) - shipment
        return capped(weigh(shipment, weight_steps) + capped(arguments["units"] * weigh(unit, weight_steps)))
