"""Orders that two policies route differently, and what made the difference.

Each plan is priced under both policies. When each policy finds its own plan at least as good and one finds it better,
the objectives made the difference, first of all the one that gains most. When a policy would have found the other's
plan better, that plan was not open to it: stock or capacity had gone to earlier orders, or a constraint of its own
stood against it.
"""

from dataclasses import dataclass
from typing import Final

from fastdom.simulation.decision import Decision
from fastdom.simulation.moment import Ground, Moment, Told
from fastdom.simulation.orders import SimulatedOrder
from fastdom.simulation.policies import SimulatedPolicy
from fastdom.simulation.pricing import Costs, by_level, price
from fastdom.types import Optimality

OBJECTIVE: Final = "objective"  # an objective weighs differently
STOCK: Final = "stock"  # stock or capacity left by earlier orders
CONSTRAINT: Final = "stock or constraint"  # the same, or a constraint that the policies do not share
BOUND: Final = "bound"  # a search ended with a bound, short of its best plan


@dataclass(frozen=True, slots=True)
class Difference:
    """One order that two policies route differently.

    Attributes
    ----------
    order : SimulatedOrder
    baseline, other : Decision
    cause : str
        One of the constants of this module.
    objective : str
        What gained most, when an objective made the difference.
    gain : mapping of str to int
        Weighted micros by objective that `why` speaks of: above 0 = saved by the plan of the policy that prefers it.
    why : str
        One sentence.
    """

    order: SimulatedOrder
    baseline: Decision
    other: Decision
    cause: str
    objective: str
    gain: Costs
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two policies, and the facts to explain by.

    Attributes
    ----------
    baseline, other : SimulatedPolicy
    ground : Ground
    """

    baseline: SimulatedPolicy
    other: SimulatedPolicy
    ground: Ground

    def difference(
        self, order: SimulatedOrder, baseline: Decision, other: Decision, worlds: tuple[Told, Told]
    ) -> Difference | None:
        """Return how two decisions differ; None when both ship the same from the same nodes.

        Parameters
        ----------
        worlds : tuple of Told
            Those of the two policies, just after they decided the order.
        """
        if baseline.outcome is other.outcome and baseline.parcels == other.parcels:
            return None
        if baseline.units_short != other.units_short:
            fuller, emptier = self.baseline.label, self.other.label
            if baseline.units_short > other.units_short:
                fuller, emptier = emptier, fuller
            short = abs(baseline.units_short - other.units_short)
            why = f"{fuller} ships {_units(short)} more; {emptier} had no stock, capacity or allowed plan for them"
            return Difference(order, baseline, other, self._missing(), "", {}, why)
        moments = worlds[0].moment(order, baseline, other), worlds[1].moment(order, other, baseline)
        return self._priced(order, baseline, other, moments)

    def _missing(self) -> str:
        """What can have kept a policy from a plan."""
        one, two = self.baseline.document, self.other.document
        alike = one.constraints == two.constraints and one.split_quantities == two.split_quantities
        return STOCK if alike and one.relax == two.relax else CONSTRAINT

    def _priced(
        self, order: SimulatedOrder, baseline: Decision, other: Decision, moments: tuple[Moment, Moment]
    ) -> Difference:
        sides = (
            _Side.of(self.baseline, (baseline, other), order, self.ground, moments[0]),
            _Side.of(self.other, (other, baseline), order, self.ground, moments[1]),
        )
        cause, speaker = self._cause(sides, (baseline, other))
        gain = speaker.gain
        objective = speaker.telling if cause == OBJECTIVE else ""
        return Difference(order, baseline, other, cause, objective, gain, _why(cause, speaker))

    def _cause(self, sides: "tuple[_Side, _Side]", decisions: tuple[Decision, Decision]) -> "tuple[str, _Side]":
        """Return what made the difference, and the side that shows it."""
        for side, decision in zip(sides, decisions, strict=True):
            if side.own > side.others:
                bound = decision.optimality in (Optimality.BOUND, Optimality.HEURISTIC)
                return (BOUND if bound else self._missing()), side
        baseline, other = sides
        if other.own < other.others:
            return OBJECTIVE, other
        if baseline.own < baseline.others:
            return OBJECTIVE, baseline
        return self._missing(), other


@dataclass(frozen=True, slots=True)
class _Side:
    """Both plans in the eyes of one policy.

    Attributes
    ----------
    policy : SimulatedPolicy
    own, others : tuple of int
        Cost of its own plan and of the other one, level by level.
    gain : mapping of str to int
        Weighted micros by objective that its own plan saves.
    """

    policy: SimulatedPolicy
    own: tuple[int, ...]
    others: tuple[int, ...]
    gain: Costs

    @classmethod
    def of(
        cls,
        policy: SimulatedPolicy,
        plans: tuple[Decision, Decision],
        order: SimulatedOrder,
        ground: Ground,
        moment: Moment,
    ) -> "_Side":
        """Price its own plan and the other one."""
        mine, theirs = (price(policy, one, order, ground, moment) for one in plans)
        gain = {name: theirs.get(name, 0) - micros for name, micros in mine.items() if theirs.get(name, 0) != micros}
        return cls(policy, by_level(policy, mine), by_level(policy, theirs), gain)

    @property
    def telling(self) -> str:
        """The objective that gains most on the first level on which the plans differ."""
        for names, own, others in zip(self.policy.levels, self.own, self.others, strict=True):
            if own != others:
                return max(names, key=lambda name: self.gain.get(name, 0))
        return ""


def _why(cause: str, side: _Side) -> str:
    label = side.policy.label
    if cause == OBJECTIVE:
        saved = {name: micros for name, micros in side.gain.items() if micros > 0}
        paid = {name: -micros for name, micros in side.gain.items() if micros < 0}
        pays = f" and pays {_amounts(paid)} more" if paid else ""
        return f"by its weights {label} saves {_amounts(saved)}{pays}"
    if side.own > side.others:
        plan = f"by its weights {label} would have found the other plan better"
        ends = {
            BOUND: "its search ended with a bound",
            STOCK: "stock or capacity for it had gone to earlier orders",
            CONSTRAINT: "stock or capacity for it was gone, or a constraint stood against it",
        }
        return f"{plan}; {ends[cause]}"
    return "both plans cost the same; one was not open to one of the policies: stock or capacity was gone"


def _amounts(costs: Costs) -> str:
    return ", ".join(
        f"{micros / 1e6:,.2f} {name}" for name, micros in sorted(costs.items(), key=lambda item: (-item[1], item[0]))
    )


def _units(count: int) -> str:
    return f"{count:,} unit{'s' if count != 1 else ''}"
