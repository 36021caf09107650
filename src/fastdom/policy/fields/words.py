"""Flags and choices."""

from dataclasses import dataclass
from typing import Any

from fastdom.network.problems import got
from fastdom.network.section import Section
from fastdom.policy.fields.field import Field, Value, nearest


@dataclass(frozen=True, slots=True)
class Flag(Field):
    """True or false."""

    default: bool

    def read(self, section: Section) -> Value:
        """Return the flag."""
        return section.boolean(self.name, self.default)

    def plain(self, value: Value) -> Any:
        """Return the flag."""
        return bool(value)

    @property
    def allowed(self) -> str:
        """Both words."""
        return "true or false"

    @property
    def default_text(self) -> str:
        """The default as a word."""
        return str(self.default).lower()


@dataclass(frozen=True, slots=True)
class Choice(Field):
    """One of a few words; `default` empty = required."""

    choices: tuple[str, ...]
    default: str = ""

    def read(self, section: Section) -> Value:
        """Return the word."""
        given = section.take(self.name, self.default or None)
        if given in self.choices:
            return str(given)
        if given is not None:
            close = nearest(given, self.choices, section.problems) if isinstance(given, str) else ""
            section.bad(self.name, f"must be one of {', '.join(self.choices)}, {got(given)}{close}")
        return self.default or self.choices[0]

    def plain(self, value: Value) -> Any:
        """Return the word."""
        return value

    @property
    def allowed(self) -> str:
        """The words."""
        return ", ".join(f'"{choice}"' for choice in self.choices)

    @property
    def default_text(self) -> str:
        """The default word."""
        return f'"{self.default}"' if self.default else "required"
