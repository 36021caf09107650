"""Timestamps and durations to and from int microseconds (0 = not given), enums with a refusal for unknown numbers."""

from enum import IntEnum
from typing import Any, TypeVar

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from fastdom.reasons import EngineError, Field, Kind, Reason

SECOND_US = 1_000_000
TIMESTAMP_S_MAX = 253_402_300_799  # 9999-12-31T23:59:59Z
DURATION_S_MAX = 315_576_000_000  # about 10,000 years
NANOS_MAX = 999_999_999

Word = TypeVar("Word", bound=IntEnum)


def timestamp(us: int) -> Timestamp | None:
    """Timestamp of microseconds UTC; None for 0."""
    return Timestamp(seconds=us // SECOND_US, nanos=us % SECOND_US * 1000) if us else None


def duration(us: int) -> Duration | None:
    """Duration of microseconds; None for 0."""
    return exact_duration(us) if us else None


def exact_duration(us: int) -> Duration:
    """Duration of microseconds, also for 0; both parts carry the sign."""
    seconds, rest_us = divmod(abs(us), SECOND_US)
    sign = -1 if us < 0 else 1
    return Duration(seconds=sign * seconds, nanos=sign * rest_us * 1000)


def timestamp_us(message: Message, name: str, field: Field, kind: Kind) -> int:
    """Microseconds UTC of a Timestamp field, 0 when absent.

    Raises
    ------
    EngineError
        INVALID_FIELD when it is present but outside 1970-01-01T00:00:00.000001Z .. 9999-12-31.
    """
    if not message.HasField(name):
        return 0
    moment: Timestamp = getattr(message, name)
    if 0 <= moment.seconds <= TIMESTAMP_S_MAX and 0 <= moment.nanos <= NANOS_MAX:
        us: int = moment.seconds * SECOND_US + moment.nanos // 1000
        if us > 0:
            return us
    raise EngineError(Reason.INVALID_FIELD, field, kind=kind)


def duration_us(message: Message, name: str, field: Field, kind: Kind) -> int:
    """Microseconds of a Duration field cut towards zero, 0 when absent.

    Raises
    ------
    EngineError
        INVALID_FIELD when it is present but out of range, of mixed signs, or shorter than a microsecond.
    """
    if not message.HasField(name):
        return 0
    span: Duration = getattr(message, name)
    in_range = abs(span.seconds) <= DURATION_S_MAX and abs(span.nanos) <= NANOS_MAX
    if in_range and span.seconds * span.nanos >= 0:
        us: int = span.seconds * SECOND_US + (abs(span.nanos) // 1000) * (-1 if span.nanos < 0 else 1)
        if us:
            return us
    raise EngineError(Reason.INVALID_FIELD, field, kind=kind)


def word(enum: type[Word], number: int, reason: Reason, field: Field, kind: Kind, *, line_i: int = -1) -> Word:
    """Member of an enum; an unknown number is refused with the reason given."""
    try:
        return enum(number)
    except ValueError:
        raise EngineError(reason, field, line_i, kind=kind) from None


def number(member: IntEnum) -> Any:
    """Number of a wire enum; `Any`, because the generated stubs take no plain int."""
    return int(member)
