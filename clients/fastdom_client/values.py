"""Plain Python values as the contract's: times, durations, enum values by name. Errors name the field."""

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, SupportsIndex

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from fastdom_client.fields import each, kind_of

When = datetime | Timestamp
Span = float | timedelta | Duration
Name = int | str

MICROS = 1_000_000


def timestamp(field: str, when: When | None) -> Timestamp | None:
    """Return a time as a Timestamp of whole microseconds; None stays None.

    Raises
    ------
    TypeError
        When it is no time.
    ValueError
        When a datetime has no time zone: whose clock it means would be a guess.
    """
    if when is None or isinstance(when, Timestamp):
        return when
    if not isinstance(when, datetime):
        raise TypeError(f"{field} must be a datetime or Timestamp, not {kind_of(when)}")
    if when.tzinfo is None:
        raise ValueError(
            f"{field}: {when.isoformat()} has no time zone; use an aware datetime such as datetime.now(UTC)"
        )
    made = Timestamp()
    made.FromDatetime(when)
    return made


def duration(field: str, span: Span | None) -> Duration | None:
    """Return a span of seconds, a timedelta or a Duration as a Duration of whole microseconds; None stays None.

    Raises
    ------
    TypeError
        When it is no span.
    ValueError
        When it is not a number, or longer than a Duration holds.
    """
    if span is None or isinstance(span, Duration):
        return span
    if isinstance(span, bool) or not isinstance(span, int | float | timedelta):
        raise TypeError(f"{field} must be a number of seconds, a timedelta or a Duration, not {kind_of(span)}")
    length_s = span.total_seconds() if isinstance(span, timedelta) else span
    if not math.isfinite(length_s) or abs(length_s) > 315_576_000_000:
        raise ValueError(f"{field} must be a finite number of seconds, at most 10,000 years, got {length_s}")
    made = Duration()
    if isinstance(span, timedelta):
        made.FromTimedelta(span)
    else:
        made.FromMicroseconds(round(span * MICROS))
    return made


def enum_value(field: str, enum: Any, prefix: str, value: Name | None) -> Any:
    """Return the number of an enum value given as number or name.

    Parameters
    ----------
    field : str
        What an error calls it.
    enum : enum wrapper
        Such as ServiceLevel.
    prefix : str
        What its names start with, such as "SERVICE_LEVEL_"; names may leave it away and be in any case.
    value : int, str or None
        None = UNSPECIFIED.

    Raises
    ------
    TypeError
        When it is neither a number nor a name.
    ValueError
        When there is no such name; the message lists those there are.
    """
    if value is None:
        return 0
    if isinstance(value, SupportsIndex):
        return value
    if not isinstance(value, str):
        raise TypeError(f"{field} must be a name or a number, not {kind_of(value)}")
    name = value.strip().upper().replace("-", "_")
    numbers = dict(enum.items())
    found = numbers.get(name, numbers.get(prefix + name))
    if found is None:
        known = ", ".join(key.removeprefix(prefix) for key, number in enum.items() if number)
        raise ValueError(f"{field}: {value!r} is not one of {known}")
    return found


def enum_values(field: str, enum: Any, prefix: str, values: Iterable[Name]) -> list[Any]:
    """Return `enum_value` of each."""
    return [enum_value(f"{field}[{i}]", enum, prefix, value) for i, value in enumerate(each(field, values))]
