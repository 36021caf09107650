"""What a constraint is: fields, facts, and the reference function that says yes or no."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from fastdom.policy.fields import Field
from fastdom.policy.scope import Fact, Scope


class Standing(Enum):
    """Whether a constraint holds without being written down."""

    ALWAYS = "always; there is nothing to set"  # cannot be relaxed
    BY_DEFAULT = "unless enforced = false"  # relaxing it is as if enforced were false
    WHEN_SET = "when set"  # relaxing it drops what was set


@dataclass(frozen=True, slots=True)
class Constraint:
    """One thing that a plan must obey.

    Attributes
    ----------
    name : str
        Key below ``[constraints]``.
    scope : Scope
        What it judges.
    standing : Standing
    allows : callable
        Keyword arguments: every field and every fact. Returns whether the constraint is met. Its docstring is the
        meaning, then the formula.
    tells : callable
        The same arguments. Returns what it wants and what there is, each in a few words, for explanations.
    fields : tuple of Field
        Its settings; BY_DEFAULT ones begin with the flag `enforced`.
    facts : tuple of Fact
        What else the answer depends on.
    remains : str
        What still holds when it is relaxed or not set; empty = nothing.
    """

    name: str
    scope: Scope
    standing: Standing
    allows: Callable[..., bool]
    tells: Callable[..., tuple[str, str]]
    facts: tuple[Fact, ...]
    fields: tuple[Field, ...] = ()
    remains: str = ""
