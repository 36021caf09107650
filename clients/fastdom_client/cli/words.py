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
    """Return a time as ISO 8601 with its offset, to the second; "-" when there is none."""
    if at is None or not (at.seconds or at.nanos):
        return NONE
    return at.ToDatetime(UTC).astimezone(within).isoformat(timespec="seconds").replace("+00:00", "Z")


def window(begin: Timestamp, end: Timestamp, within: tzinfo) -> str:
    """Return a window of time, as one time when begin and end are the same."""
    first, last = time(begin, within), time(end, within)
    return first if first == last else f"{first} .. {last}"


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
    """Return an amount with two decimals, or as many more as it has: 12300000 INR -> "INR 12.30"."""
    sign = "-" if micros < 0 else ""
    whole, rest = divmod(abs(micros), 1_000_000)
    decimals = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{currency} {sign}{whole:,}.{decimals}".strip()


def weight(grams: int) -> str:
    """Return a weight in kilograms."""
    return f"{grams // 1000:,}.{grams % 1000:03d} kg"


def distance(metres: int) -> str:
    """Return a distance in kilometres; "-" when it is not known."""
    return f"{metres // 1000:,}.{metres % 1000 // 100} km" if metres else NONE


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
