"""Readers of small texts: wall-clock times, weekdays, dates, decimals."""

import datetime
import re
import zoneinfo

MINUTES_PER_DAY = 1440
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
ALL_WEEK = (1 << 7) - 1
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


def minutes(text: str, *, end_of_day: bool = False) -> int:
    """Return minutes since local midnight of "HH:MM"; "24:00" only where `end_of_day` is allowed.

    Raises
    ------
    ValueError
        With a message that says what is allowed.
    """
    if end_of_day and text == "24:00":
        return MINUTES_PER_DAY
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"must be a time HH:MM from 00:00 to {'24:00' if end_of_day else '23:59'}")
    return int(match[1]) * 60 + int(match[2])


def weekdays(text: str) -> int:
    """Return a bit mask (bit 0 = Monday) of e.g. "MON-SAT" or "MON WED FRI-SUN".

    Raises
    ------
    ValueError
        With a message that says what is allowed.
    """
    mask = 0
    for part in text.split():
        first, _, last = part.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS or part.endswith("-"):
            raise ValueError("must be weekdays such as MON-SAT or MON WED FRI")
        start, stop = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        for offset in range((stop - start) % 7 + 1):
            mask |= 1 << (start + offset) % 7
    if mask == 0:
        raise ValueError("must name at least one weekday, such as MON-SAT")
    return mask


def month_day(text: str) -> tuple[int, int]:
    """Return (month, day) of "MM-DD", a date that comes every year ("02-29" in leap years).

    Raises
    ------
    ValueError
        With a message that says what is allowed.
    """
    try:
        date = datetime.date.fromisoformat(f"2000-{text}")
    except ValueError:
        raise ValueError("must be dates MM-DD") from None
    return date.month, date.day


def decimal_micros(text: str) -> int:
    """Return millionths of a positive decimal number with at most six places, exactly.

    Raises
    ------
    ValueError
        With a message that says what is allowed.
    """
    match = re.fullmatch(r"([0-9]{1,9})(?:\.([0-9]{1,6}))?", text, re.ASCII)
    value = int(match[1]) * 1_000_000 + int((match[2] or "").ljust(6, "0")) if match else 0
    if value <= 0:
        raise ValueError("must be a positive decimal number with at most 6 places, such as 83.10")
    return value


def time_zone(text: str) -> str:
    """Return the name of a time zone of the IANA database.

    Raises
    ------
    ValueError
        When there is no such zone.
    """
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("must be a time zone of the IANA database, such as Asia/Kolkata") from None
    return text


def end_minutes(text: str) -> int:
    """Return minutes since local midnight of "HH:MM", "24:00" included.

    Raises
    ------
    ValueError
        With a message that says what is allowed.
    """
    return minutes(text, end_of_day=True)


def weekdays_or_none(text: str) -> int:
    """Return the mask of `weekdays`; 0 for an empty text."""
    return weekdays(text) if text else 0
