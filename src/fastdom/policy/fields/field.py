"""What every kind of field can do: be read with its problems, be written, name what it refers to."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import Any, TypeAlias

from fastdom.network.problems import Problems
from fastdom.network.section import Section
from fastdom.policy.limits import HINTS_MAX

# A value of a settings table: numbers and flags, words, lists, or lists of entries; immutable and comparable.
Value: TypeAlias = "int | str | tuple[Value, ...]"


class NameOf(Enum):
    """What a name in a document refers to."""

    NODE_TYPE = "node type"
    GROUP = "node group"
    NODE = "node"
    SERVICE = "carrier service"
    ZONE = "zone"


@dataclass(frozen=True, slots=True)
class Reference:
    """A name used by a field, for the check against a network.

    Attributes
    ----------
    path : tuple of str or int
        Keys and positions below the field's settings.
    of : NameOf
    name : str
    """

    path: tuple[str | int, ...]
    of: NameOf
    name: str


@dataclass(frozen=True, slots=True)
class Field(ABC):
    """One key of a settings table.

    Attributes
    ----------
    name : str
        The key, with its unit at the end.
    meaning : str
        One sentence for operations people.
    """

    name: str
    meaning: str

    @abstractmethod
    def read(self, section: Section) -> Value:
        """Return the checked value of the key in `section`; problems are noted there."""

    @abstractmethod
    def plain(self, value: Value) -> Any:
        """Return the value as the JSON form writes it: None, numbers, strings, lists, dicts."""

    @property
    @abstractmethod
    def allowed(self) -> str:
        """What may be written, for tables and messages."""

    @property
    @abstractmethod
    def default_text(self) -> str:
        """The default as it would be written; "required" without one."""

    def references(self, value: Value) -> Iterator[Reference]:  # noqa: ARG002
        """Yield the names of a network that the value uses."""
        yield from ()


def bad_item(section: Section, key: str, position: int, message: str) -> None:
    """Note a problem of one element of a list; its line is its own where it has one, else that of the key."""
    path = (*section.path, key, position)
    Section(section.file, path, {}, section.lines, section.problems).bad("", message)


def nearest(name: str, known: list[str] | tuple[str, ...], problems: Problems) -> str:
    """Return the question whether the closest known name was meant; empty when none is close.

    After `HINTS_MAX` problems it is no longer looked for: it costs more than all the rest of a document.
    """
    close = get_close_matches(name, known, n=1) if problems.count < HINTS_MAX else []
    return f'; did you mean "{close[0]}"?' if close else ""
