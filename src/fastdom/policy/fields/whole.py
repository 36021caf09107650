"""Whole numbers, and amounts of money."""

from dataclasses import dataclass
from typing import Any

from fastdom.network.section import Section
from fastdom.policy.fields.field import Field, Value
from fastdom.policy.limits import MONEY_MICROS_MAX


@dataclass(frozen=True, slots=True)
class Whole(Field):
    """A whole number within [low, high]; `default` None = required."""

    unit: str
    low: int
    high: int
    default: int | None = None

    def read(self, section: Section) -> Value:
        """Return the number."""
        return section.integer(self.name, self.low, self.high, self.default)

    def plain(self, value: Value) -> Any:
        """Return the number."""
        return value

    @property
    def allowed(self) -> str:
        """Range and unit."""
        if self.low == self.high:
            return str(self.low)
        return f"{self.low:,} .. {self.high:,} {self.unit}".rstrip()

    @property
    def default_text(self) -> str:
        """The default number."""
        if self.default == MONEY_MICROS_MAX:
            return "2^50 - 1"
        return "required" if self.default is None else f"{self.default:,}"


@dataclass(frozen=True, slots=True)
class ServerWhole(Whole):
    """A whole number that the server's limit stands in for where it is not given: then it is -1."""

    default: int | None = -1

    def read(self, section: Section) -> Value:
        """Return the number; -1 where it is not given."""
        if self.name in section.values:
            return section.integer(self.name, self.low, self.high, self.low)
        section.asked.add(self.name)
        return -1

    def plain(self, value: Value) -> Any:
        """Return the number; None where the limit decides."""
        return None if value == self.default else value

    @property
    def default_text(self) -> str:
        """Where the number comes from."""
        return "the server's limit"


@dataclass(frozen=True, slots=True)
class Money(Whole):
    """Micros of the document's currency."""

    unit: str = "micros"
    low: int = 0
    high: int = MONEY_MICROS_MAX
    default: int | None = None

    @property
    def allowed(self) -> str:
        """Range and unit, the largest amount as a power of two."""
        return f"{self.low} .. 2^50 - 1 micros"
