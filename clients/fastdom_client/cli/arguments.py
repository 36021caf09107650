"""What people type: lines, spans of time and points in time, and the choices of options."""

import base64
import binascii
import re
from datetime import datetime, timedelta
from enum import StrEnum

from fastdom_client.cli.exits import CommandError

LINE = re.compile(r"(?P<sku>.+?):(?P<quantity>[+-]?\d{1,10})(?:@(?P<node>.+))?")
NAMED = re.compile(r"(?P<line>.+)=(?P<quantity>[+-]?\d{1,10})")
PART = re.compile(r"(?P<line>.+?):(?P<quantity>\d{1,10})(?:@(?P<node>.+))?")
SPAN = re.compile(r"(?P<number>\d{1,9}(?:\.\d{1,6})?)\s*(?P<unit>ms|s|m|h|d|)")
UNITS = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class Level(StrEnum):
    """Service levels."""

    STANDARD = "standard"
    EXPRESS = "express"
    SAME_DAY = "same-day"
    PICKUP = "pickup"


class Payment(StrEnum):
    """Payment methods."""

    PREPAID = "prepaid"
    COLLECT_ON_DELIVERY = "collect-on-delivery"


class RouteModes(StrEnum):
    """Modes of Route."""

    PLAN = "plan"
    HOLD = "hold"
    FIRM = "firm"


class ReserveModes(StrEnum):
    """Modes of Reserve."""

    HOLD = "hold"
    FIRM = "firm"


class State(StrEnum):
    """States of a reservation."""

    HELD = "held"
    COMMITTED = "committed"
    PARTIALLY_FULFILLED = "partially-fulfilled"
    FULFILLED = "fulfilled"
    RELEASED = "released"
    EXPIRED = "expired"


class PolicyStage(StrEnum):
    """States of a version of a policy."""

    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"


class Reason(StrEnum):
    """Reasons of an adjustment."""

    SALE = "sale"
    RECEIPT = "receipt"
    RETURN = "return"
    COUNT = "count"
    DAMAGE = "damage"
    TRANSFER = "transfer"


class RerouteReasons(StrEnum):
    """Reasons of a re-route."""

    REJECTED = "rejected"
    SHORT_PICK = "short-pick"
    LATE = "late"
    OTHER = "other"


class Status(StrEnum):
    """Whether a node works."""

    ONLINE = "online"
    PAUSED = "paused"
    OFFLINE = "offline"


class Durability(StrEnum):
    """When a reply counts as durable."""

    STRICT = "strict"
    RELAXED = "relaxed"
    PROCESS = "process"


class Kind(StrEnum):
    """Kinds of exceptions."""

    SHORTFALL = "shortfall"
    STRANDED = "stranded"
    COUNT_MISMATCH = "count-mismatch"
    CAPACITY_OVERRUN = "capacity-overrun"
    LATE_SUPPLY = "late-supply"


def order_line(text: str) -> tuple[str, int, str]:
    """Read "SKU:QTY" or "SKU:QTY@NODE"; the SKU and the node may hold ":" and "@" themselves where that is clear."""
    found = LINE.fullmatch(text)
    if found is None:
        raise CommandError(f"line {text!r} is not SKU:QTY or SKU:QTY@NODE, such as TSHIRT-M:2 or TSHIRT-M:2@BLR-1")
    return found["sku"], _int32(text, found["quantity"]), found["node"] or ""


def part_line(text: str) -> tuple[str, int, str]:
    """Read "LINE:QTY" or "LINE:QTY@NODE", a part of a reservation."""
    found = PART.fullmatch(text)
    if found is None:
        raise CommandError(f"part {text!r} is not LINE:QTY or LINE:QTY@NODE, such as 1:2 or 1:2@BLR-1")
    return found["line"], _int32(text, found["quantity"]), found["node"] or ""


def named_line(text: str) -> tuple[str, int]:
    """Read "LINE=QTY", units of a line that leave a node."""
    found = NAMED.fullmatch(text)
    if found is None:
        raise CommandError(f"line {text!r} is not LINE=QTY, such as 1=2")
    return found["line"], _int32(text, found["quantity"])


def span(text: str | None) -> timedelta | None:
    """Read a span of time: a number of seconds, or a number with ms, s, m, h or d."""
    if text is None:
        return None
    found = SPAN.fullmatch(text.strip().lower())
    if found is None:
        raise CommandError(f"{text!r} is not a span of time; say 90s, 15m, 2h or 1d")
    return timedelta(seconds=float(found["number"]) * UNITS[found["unit"]])


def moment(text: str | None) -> datetime | None:
    """Read an ISO 8601 time with a zone, such as 2025-11-28T12:00:00+05:30 or 2025-11-28T06:30Z."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is not a time; say 2025-11-28T12:00:00+05:30 or 2025-11-28T06:30Z") from None
    if at.tzinfo is None:
        raise CommandError(f"{text!r} has no time zone; add Z or an offset such as +05:30")
    return at


def token(text: str | None) -> bytes:
    """Read an option_token as `promise --tokens` and `--json` print it: base64."""
    try:
        return base64.b64decode(text or "", validate=True)
    except binascii.Error:
        raise CommandError("the token is not base64; copy it whole from promise --tokens") from None


def _int32(text: str, digits: str) -> int:
    """Return the number; the server judges whether it is a possible quantity, if it fits its type."""
    number = int(digits)
    if not -(2**31) <= number < 2**31:
        raise CommandError(f"quantity in {text!r} is too large")
    return number
