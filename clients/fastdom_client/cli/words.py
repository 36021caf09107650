"""Values of the contract as people read them: money, times, enum names."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from fastdom_client.cli.exits import CommandError

NONE = "-"


def zone(name: str) -> tzinfo:
    """Return the time zone of a name: "UTC", "local" or an IANA name."""
    if name.upper() in {"UTC", "Z"}:
        return UTC
    if name == "local":
        return datetime.now().astimezone().tzinfo or UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CommandError(f"{name!r} is not a time zone; say UTC, local or a name such as Asia/Kolkata") from None


def time(at: Timestamp | None, within: tzinfo) -> str:
    """Return a time as ISO 8601 with its offset, to the second, whole minutes without; "-" when there is none."""
    if at is None or not (at.seconds or at.nanos):
        return NONE
    return _iso(at.ToDatetime(UTC).astimezone(within))


def window(begin: Timestamp, end: Timestamp, within: tzinfo) -> str:
    """Return a window of time; its end without the day when it is the same, and not at all when it is the same time."""
    first, last = time(begin, within), time(end, within)
    if first == last:
        return first
    day = first[: len("2025-11-28T")]
    return f"{first} .. {last.removeprefix(day)}"


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds" if at.second else "minutes").replace("+00:00", "Z")


def seconds(span: Duration | timedelta) -> str:
    """Return a span of time as whole days, hours and minutes, then seconds."""
    length = span if isinstance(span, timedelta) else span.ToTimedelta()
    sign = "-" if length < timedelta() else ""
    micros = abs(length) // timedelta(microseconds=1)
    parts = []
    for unit, size in (("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000)):
        count, micros = divmod(micros, size)
        if count:
            parts.append(f"{count}{unit}")
    if micros or not parts:
        whole, rest = divmod(micros, 1_000_000)
        parts.append(f"{whole}.{rest:06d}".rstrip("0").rstrip(".") + "s")
    return sign + " ".join(parts)


def money(micros: int, currency: str) -> str:
    """Return an amount rounded to the hundredth: 12345678 INR -> "INR 12.35"."""
    whole, cents = divmod((abs(micros) + 5_000) // 10_000, 100)
    sign = "-" if micros < 0 and (whole or cents) else ""
    return f"{currency} {sign}{whole:,}.{cents:02d}".strip()


def weight(grams: int) -> str:
    """Return a weight in kilograms."""
    return f"{grams // 1000:,}.{grams % 1000:03d} kg"


def distance(metres: int | None) -> str:
    """Return a distance in kilometres; None, not known, is "-"."""
    return NONE if metres is None else f"{metres // 1000:,}.{metres % 1000 // 100} km"


def name(enum: Any, prefix: str, number: int) -> str:
    """Return the short name of an enum value; a number this client does not know yet stays a number."""
    try:
        short = str(enum.Name(number)).removeprefix(prefix)
    except ValueError:
        return str(number)
    return NONE if short == "UNSPECIFIED" else short


def or_none(value: object) -> str:
    """Return a value as text, "-" when it is empty."""
    return str(value) if value not in ("", 0, None) else NONE


def printable(text: str) -> str:
    """Return text from a server without what could steer a terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
