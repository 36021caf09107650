"""Texts of the head of a document: its id, a description, a currency."""

from dataclasses import dataclass
from typing import Any

from fastdom.network.currency import CODES
from fastdom.network.problems import got
from fastdom.network.section import Section
from fastdom.policy.fields.field import Field, Value
from fastdom.policy.limits import DESCRIPTION_BYTES_MAX


@dataclass(frozen=True, slots=True)
class Identifier(Field):
    """A required id."""

    def read(self, section: Section) -> Value:
        """Return the id."""
        return section.identifier(self.name)

    def plain(self, value: Value) -> Any:
        """Return the id."""
        return value

    @property
    def allowed(self) -> str:
        """Its form."""
        return "1 .. 64 bytes of printable text"

    @property
    def default_text(self) -> str:
        """There is none."""
        return "required"


@dataclass(frozen=True, slots=True)
class Description(Field):
    """Free text, several lines allowed; absent = empty."""

    def read(self, section: Section) -> Value:
        """Return the text."""
        text = section.text(self.name, "")
        printable = all(line.isprintable() for line in text.split("\n"))
        if not printable or len(text.encode("utf-8", "surrogatepass")) > DESCRIPTION_BYTES_MAX:
            section.bad(self.name, f"must be {self.allowed}, {got(text)}")
            return ""
        return text

    def plain(self, value: Value) -> Any:
        """Return the text; None when it is empty."""
        return value or None

    @property
    def allowed(self) -> str:
        """Its form."""
        return f"printable text of at most {DESCRIPTION_BYTES_MAX:,} bytes"

    @property
    def default_text(self) -> str:
        """Nothing."""
        return "none"


@dataclass(frozen=True, slots=True)
class Currency(Field):
    """An ISO 4217 code; absent = empty."""

    def read(self, section: Section) -> Value:
        """Return the code."""
        code = section.text(self.name, "")
        if code not in CODES and isinstance(section.values.get(self.name), str):
            section.bad(self.name, f"must be {self.allowed}, {got(code)}")
        return code

    def plain(self, value: Value) -> Any:
        """Return the code; None when it is empty."""
        return value or None

    @property
    def allowed(self) -> str:
        """Its form."""
        return "an active ISO 4217 code"

    @property
    def default_text(self) -> str:
        """Nothing, as long as there are no amounts."""
        return "required where the document has amounts"
