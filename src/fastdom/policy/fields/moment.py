"""A moment in time: RFC 3339 in a document, microseconds UTC in a decision."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fastdom.network.problems import got
from fastdom.network.section import Section
from fastdom.policy.fields.field import Field, Value

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
ALLOWED = "a date and time with its offset, such as 2027-01-31T18:00:00+05:30"


@dataclass(frozen=True, slots=True)
class Moment(Field):
    """Microseconds since 1970-01-01 UTC; absent = 0 = none."""

    def read(self, section: Section) -> Value:
        """Return the moment."""
        given = section.take(self.name, 0)
        if self.name not in section.values:
            return 0
        moment = _parsed(given)
        if moment is None or moment <= EPOCH:
            section.bad(self.name, f"must be {ALLOWED}, {got(str(given))}")
            return 0
        return (moment - EPOCH) // MICROSECOND

    def plain(self, value: Value) -> Any:
        """Return RFC 3339 in UTC; None without a moment."""
        return text_of(value) if isinstance(value, int) and value else None

    @property
    def allowed(self) -> str:
        """An example."""
        return ALLOWED

    @property
    def default_text(self) -> str:
        """Nothing."""
        return "none"


def text_of(at_us: int) -> str:
    """Return microseconds UTC as RFC 3339 with a Z."""
    return (EPOCH + timedelta(microseconds=at_us)).isoformat().replace("+00:00", "Z")


def _parsed(given: object) -> datetime | None:
    """Return a moment with its offset, from TOML's own type or a string; None for anything else."""
    if isinstance(given, str):
        try:
            given = datetime.fromisoformat(given)
        except ValueError:
            return None
    if not isinstance(given, datetime) or given.tzinfo is None:
        return None
    try:
        return given.astimezone(UTC)
    except OverflowError:
        return None
