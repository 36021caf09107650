"""What a policy allows and what it costs, asked of the reference functions of fastdom.policy one by one.

A policy is a document, or the four objectives of a compiled network, which constrain nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastdom.policy import CONSTRAINT_BY_NAME, OBJECTIVE_BY_NAME, OBJECTIVES, Policy, Scope
from fastdom.policy.objective import capped

ALWAYS_TOLD = ("shipping", "handling")  # their raw cost is told even where they are not weighed
FOUR = ("shipping", "handling", "split_penalty", "distance")
BY_DEFAULT: dict[str, dict[str, Any]] = {
    "status": {},
    "routing_reserve": {"enforced": True, "extra_units": 0},
    "must_arrive_by": {"enforced": True, "grace_hours": 0, "within_hours": 0},
}


@dataclass(frozen=True)
class Names:
    """What documents call things, by dense index."""

    node: tuple[str, ...]
    node_type: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    priority: tuple[int, ...]
    zone: tuple[str, ...]
    service: tuple[str, ...]


@dataclass(frozen=True)
class Terms:
    """Constraints of one stage by name, and weighed objectives: name -> (level, weight in 1/1024, settings)."""

    constraints: dict[str, dict[str, Any]]
    objectives: dict[str, tuple[int, int, dict[str, Any]]]
    n_levels: int
    names: Names | None = None
    given: bool = field(default=False)

    def allows(self, name: str, facts: Mapping[str, Any]) -> bool:
        """Ask a constraint; one that is not set allows everything."""
        if name not in self.constraints:
            return True
        constraint = CONSTRAINT_BY_NAME[name]
        return constraint.allows(**self.constraints[name], **{one.name: facts[one.name] for one in constraint.facts})

    def cost(self, name: str, facts: Mapping[str, Any]) -> tuple[int, int]:
        """Return raw and weighted micros of one objective."""
        objective = OBJECTIVE_BY_NAME[name]
        given = {one.name: facts[one.name] for one in objective.facts}
        if name not in self.objectives:
            return (objective.raw_micros(**given) if name in ALWAYS_TOLD else 0), 0
        _, weight, settings = self.objectives[name]
        return objective.raw_micros(**settings, **given), objective.weighted_micros(weight, {**settings, **given})

    def vector(self, costs: Iterable[int]) -> tuple[int, ...]:
        """Return weighted costs, in the order of OBJECTIVES, summed by level."""
        levels = [0] * self.n_levels
        for objective, cost in zip(OBJECTIVES, costs, strict=True):
            if objective.name in self.objectives:
                level = self.objectives[objective.name][0]
                levels[level] = capped(levels[level] + cost)
        return tuple(levels)


def of_document(policy: Policy, stage: int, names: Names) -> Terms:
    """Return a document's terms after so many constraints are given up."""
    levels = policy.levels()
    return Terms(
        constraints={"status": {}} | {one.name: one.arguments() for one in policy.relaxed(stage).constraints},
        objectives={
            one.name: (level, one.weight_steps, one.arguments()) for level, some in enumerate(levels) for one in some
        },
        n_levels=len(levels),
        names=names,
    )


def of_four(compiled: Any) -> Terms:
    """Return the terms of a compiled policy of four objectives."""
    settings: tuple[dict[str, Any], ...] = (
        {},
        {},
        {"per_shipment_micros": compiled.split_penalty_micros},
        {"micros_per_km_unit": compiled.distance_micros_per_km_unit},
    )
    weighed = zip(FOUR, compiled.weights, settings, strict=True)
    return Terms(BY_DEFAULT, {name: (0, int(weight), some) for name, weight, some in weighed}, 1)


def added(a: list[tuple[int, int]], b: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Add raw and weighted costs objective by objective."""
    return [(capped(x[0] + y[0]), capped(x[1] + y[1])) for x, y in zip(a, b, strict=True)]


def of_blocks() -> list[str]:
    """Return the objectives that price what a block takes of a position."""
    return [one.name for one in OBJECTIVES if one.scope is Scope.BLOCK_AND_NODE]
