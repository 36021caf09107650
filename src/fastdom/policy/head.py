"""The keys of a document outside of its tables of constraints and objectives."""

from dataclasses import dataclass
from typing import Any

from fastdom.network.problems import got
from fastdom.network.section import Section
from fastdom.policy.constraint import Standing
from fastdom.policy.constraints import CONSTRAINTS
from fastdom.policy.document import Combination, Fallback
from fastdom.policy.fields import (
    Choice,
    Currency,
    Description,
    Field,
    Flag,
    Identifier,
    ServerWhole,
    Value,
    Whole,
    bad_item,
    nearest,
)
from fastdom.policy.limits import EFFORT_MAX, EXCLUDE_MINUTES_MAX, LEVELS_MAX, REROUTE_ATTEMPTS_MAX
from fastdom.policy.objectives import OBJECTIVES

FORMAT = 1
OBJECTIVE_NAMES = tuple(objective.name for objective in OBJECTIVES)
RELAXABLE = tuple(one.name for one in CONSTRAINTS if one.standing is not Standing.ALWAYS)


def _known(section: Section, key: str, position: int, given: object, known: tuple[str, ...], what: str) -> str:
    """Return a known name; empty, with the problem noted, for anything else."""
    if isinstance(given, str) and given in known:
        return given
    close = nearest(given, known, section.problems) if isinstance(given, str) else ""
    bad_item(section, key, position, f"must name {what}: {', '.join(known)}; {got(given)}{close}")
    return ""


@dataclass(frozen=True, slots=True)
class Order(Field):
    """Levels of objectives, the most important first; a level is one name or a list of names."""

    def read(self, section: Section) -> Value:
        """Return a tuple of names for each level."""
        levels = []
        seen: set[str] = set()
        for position, level in enumerate(section.items(self.name)):
            names = []
            for one in level if isinstance(level, list) else [level]:
                name = _known(section, self.name, position, one, OBJECTIVE_NAMES, "an objective")
                if name in seen:
                    bad_item(section, self.name, position, f"names an objective a second time, {got(name)}")
                elif name:
                    seen.add(name)
                    names.append(name)
            levels.append(tuple(names))
        if len(levels) > LEVELS_MAX:
            section.bad(self.name, f"must have at most {LEVELS_MAX} levels, got {len(levels)}")
        return tuple(level for level in levels if level)

    def plain(self, value: Value) -> Any:
        """Return a list, a level of one name as that name; None when it is empty."""
        assert isinstance(value, tuple)
        levels = [list(level) for level in value if isinstance(level, tuple)]
        return [level[0] if len(level) == 1 else level for level in levels] or None

    @property
    def allowed(self) -> str:
        """Its form."""
        return f"list of at most {LEVELS_MAX} objectives, or lists of objectives that add up"

    @property
    def default_text(self) -> str:
        """Only for lexicographic."""
        return "required when lexicographic"


@dataclass(frozen=True, slots=True)
class Relax(Field):
    """Constraints to give up, in this order."""

    def read(self, section: Section) -> Value:
        """Return the names in their order."""
        names: list[str] = []
        for position, one in enumerate(section.items(self.name)):
            name = _known(section, self.name, position, one, RELAXABLE, "a constraint that can be relaxed")
            if name in names:
                bad_item(section, self.name, position, f"names a constraint a second time, {got(name)}")
            elif name:
                names.append(name)
        return tuple(names)

    def plain(self, value: Value) -> Any:
        """Return a list; None when it is empty."""
        assert isinstance(value, tuple)
        return list(value) or None

    @property
    def allowed(self) -> str:
        """Its form."""
        return "list of constraints that are set, or that hold by default"

    @property
    def default_text(self) -> str:
        """Nothing."""
        return "none"


HEAD: tuple[Field, ...] = (
    Whole("format", "Version of this format.", "", FORMAT, FORMAT),
    Identifier("name", "Name of the policy; its versions share it."),
    Description("description", "What the policy is for."),
    Currency("currency", "Currency of all amounts; must be the network's accounting currency."),
    Choice(
        "combination",
        "Whether weighted costs add up, or are compared level by level.",
        tuple(one.value for one in Combination),
        Combination.WEIGHTED.value,
    ),
    Order("order", "Lexicographic: what is compared first, second, and so on."),
    Relax("relax", "Constraints given up one after the other while no plan is found."),
    Choice(
        "fallback",
        "What becomes of units for which no plan is found at last.",
        tuple(one.value for one in Fallback),
        Fallback.BACKORDER.value,
    ),
    Whole("effort", "Evaluations a search may spend; 0 = the engine's default.", "evaluations", 0, EFFORT_MAX, 0),
    Flag("split_quantities", "Whether the units of one line may come from several nodes.", False),
)
REROUTE: tuple[Field, ...] = (
    ServerWhole(
        "attempts_max", "Times an order is moved by request; then its units stay.", "", 0, REROUTE_ATTEMPTS_MAX
    ),
    ServerWhole("exclude_minutes", "How long a failed node is left out for the order.", "min", 1, EXCLUDE_MINUTES_MAX),
)
