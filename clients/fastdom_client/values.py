"""Plain Python values as the contract's: times, durations, enum values by name."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

When = datetime | Timestamp
Span = float | timedelta | Duration
Name = int | str

MICROS = 1_000_000


def timestamp(when: When | None) -> Timestamp | None:
    """Return a time as a Timestamp of whole microseconds; None stays None.

    Raises
    ------
    ValueError
        When a datetime has no time zone: whose clock it means would be a guess.
    """
    if when is None or isinstance(when, Timestamp):
        return when
    if when.tzinfo is None:
        raise ValueError(f"{when.isoformat()} has no time zone; use an aware datetime such as datetime.now(UTC)")
    made = Timestamp()
    made.FromDatetime(when)
    return made


def duration(span: Span | None) -> Duration | None:
    """Return a span of seconds, a timedelta or a Duration as a Duration of whole microseconds; None stays None."""
    if span is None or isinstance(span, Duration):
        return span
    made = Duration()
    if isinstance(span, timedelta):
        made.FromTimedelta(span)
    else:
        made.FromMicroseconds(round(span * MICROS))
    return made


def enum_value(enum: Any, prefix: str, value: Name | None) -> Any:
    """Return the number of an enum value given as number or name.

    Parameters
    ----------
    enum : enum wrapper
        Such as ServiceLevel.
    prefix : str
        What its names start with, such as "SERVICE_LEVEL_"; names may leave it away and be in any case.
    value : int, str or None
        None = UNSPECIFIED.

    Raises
    ------
    ValueError
        When there is no such name; the message lists those there are.
    """
    if value is None:
        return 0
    if isinstance(value, int):
        return value
    name = value.strip().upper().replace("-", "_")
    numbers = dict(enum.items())
    found = numbers.get(name, numbers.get(prefix + name))
    if found is None:
        known = ", ".join(key.removeprefix(prefix) for key, number in enum.items() if number)
        raise ValueError(f"{value!r} is not one of {known}")
    return found


def enum_values(enum: Any, prefix: str, values: Iterable[Name]) -> list[Any]:
    """Return `enum_value` of each."""
    return [enum_value(enum, prefix, value) for value in values]
