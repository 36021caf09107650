"""The weight of an objective: a decimal in the document, 1/1024 in a decision."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fastdom.network.problems import got
from fastdom.network.section import Section
from fastdom.policy.fields.field import Field, Value
from fastdom.policy.limits import WEIGHT_MILLI_MAX

ALLOWED = "0 .. 1024, at most three decimals"


@dataclass(frozen=True, slots=True)
class Weight(Field):
    """A required decimal, kept in thousandths: every one has steps of 1/1024 of its own (see `steps_of`)."""

    def read(self, section: Section) -> Value:
        """Return the weight in thousandths."""
        given = section.take(self.name)
        if given is None:
            return 1000
        milli = _milli(given)
        if milli is None or not 0 <= milli <= WEIGHT_MILLI_MAX:
            section.bad(self.name, f"must be a number {ALLOWED}, {got(str(given))}")
            return 1000
        return milli

    def plain(self, value: Value) -> Any:
        """Return an integer where it is whole, else the shortest decimal."""
        assert isinstance(value, int)
        return value // 1000 if value % 1000 == 0 else value / 1000

    @property
    def allowed(self) -> str:
        """The range."""
        return ALLOWED

    @property
    def default_text(self) -> str:
        """There is none: an objective without a weight is a mistake."""
        return "required"


def _milli(given: object) -> int | None:
    """Return a number in thousandths; None when it is none, or too fine."""
    if isinstance(given, bool) or not isinstance(given, int | Decimal):
        return None
    number = Decimal(given)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or number.adjusted() > 6 or exponent < -100:  # not a number, or not worth it
        return None
    numerator, denominator = number.as_integer_ratio()
    return None if numerator * 1000 % denominator else numerator * 1000 // denominator


def steps_of(milli: int) -> int:
    """Return a weight in 1/1024: ``(thousandths * 1024 + 500) // 1000``, 0 .. 2**20.

    Steps are finer than thousandths, so different weights stay different and only 0 becomes 0.
    """
    return (milli * 1024 + 500) // 1000
