"""A policy: what a checked document says, immutable, equal when it decides alike."""

from dataclasses import dataclass, replace
from enum import Enum

from fastdom.policy.constraint import Standing
from fastdom.policy.constraints import CONSTRAINT_BY_NAME
from fastdom.policy.settings import Settings


class Combination(Enum):
    """How the objectives become one comparison of plans."""

    WEIGHTED = "weighted"  # the sum of all weighted costs
    LEXICOGRAPHIC = "lexicographic"  # level by level: the first level on which plans differ decides


class Fallback(Enum):
    """What becomes of units for which no plan is found, after every relaxation."""

    BACKORDER = "backorder"  # they stay ordered, with the date from which they are available
    QUEUE = "queue"  # the order waits and is routed again
    CANCEL = "cancel"  # they are cancelled


@dataclass(frozen=True, slots=True)
class Reroute:
    """What happens when a node fails an order.

    Attributes
    ----------
    attempts_max : int
        Times an order is moved by request before it becomes an exception; 0 = never moved, -1 = as the
        server's limit says.
    exclude_minutes : int
        How long a node that failed stays excluded for that order; -1 = as the server's limit says.
    """

    attempts_max: int
    exclude_minutes: int


@dataclass(frozen=True, slots=True)
class Policy:
    """A routing policy.

    Attributes
    ----------
    name : str
        Id, 1..64 bytes.
    description : str
        For people.
    currency : str
        ISO 4217 code of its amounts; empty when it has none.
    constraints : tuple of Settings
        Those that are set and those that hold by default, in the order of `CONSTRAINTS`.
    objectives : tuple of Settings
        Those that are given, in the order of `OBJECTIVES`.
    combination : Combination
    order : tuple of tuple of str
        Lexicographic only: levels of objectives, the most important first; within a level they add up.
    relax : tuple of str
        Constraints that are given up one after the other while no plan is found.
    fallback : Fallback
    effort : int
        Evaluations a search may spend; 0 = the engine's default.
    split_quantities : bool
        Whether the units of one line may come from several nodes.
    reroute : Reroute
    """

    name: str
    description: str
    currency: str
    constraints: tuple[Settings, ...]
    objectives: tuple[Settings, ...]
    combination: Combination
    order: tuple[tuple[str, ...], ...]
    relax: tuple[str, ...]
    fallback: Fallback
    effort: int
    split_quantities: bool
    reroute: Reroute

    def constraint(self, name: str) -> Settings | None:
        """Return the settings of a constraint; None where it is not set."""
        return next((one for one in self.constraints if one.name == name), None)

    def objective(self, name: str) -> Settings | None:
        """Return the settings of an objective; None where it is not given."""
        return next((one for one in self.objectives if one.name == name), None)

    def levels(self) -> tuple[tuple[Settings, ...], ...]:
        """Return the objectives with a weight above 0 by level of the comparison: one level when weighted."""
        weighed = {one.name: one for one in self.objectives if one.weight_steps}
        if self.combination is Combination.WEIGHTED:
            return (tuple(weighed.values()),)
        return tuple(tuple(weighed[name] for name in level) for level in self.order)

    def relaxed(self, count: int) -> "Policy":
        """Return the policy after the first `count` constraints of `relax` are given up.

        A constraint that holds by default stays, with `enforced` false; any other loses its settings.
        """
        given_up = set(self.relax[:count])
        kept = []
        for one in self.constraints:
            if one.name not in given_up:
                kept.append(one)
            elif CONSTRAINT_BY_NAME[one.name].standing is Standing.BY_DEFAULT:
                kept.append(one.replaced("enforced", False))
        return replace(self, constraints=tuple(kept), relax=self.relax[count:])
