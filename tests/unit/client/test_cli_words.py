"""Values as people read them."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from fastdom_api.v1.types_pb2 import ServiceLevel
from fastdom_client.cli import arguments, words
from fastdom_client.cli.exits import CommandError

NOON = Timestamp(seconds=1_764_331_200, nanos=999_999_000)  # 2025-11-28T12:00:00.999999Z


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "INR 0.00"),
        (12_300_000, "INR 12.30"),
        (-12_300_000, "INR -12.30"),
        (1_234_567_890_123, "INR 1,234,567.89"),
        (5_000, "INR 0.01"),
        (-4_999, "INR 0.00"),
        (999_995_000, "INR 1,000.00"),
    ],
)
def test_money(micros: int, text: str) -> None:
    """Amounts are rounded to the hundredth."""
    assert words.money(micros, "INR") == text


@given(micros=st.integers(-(2**61), 2**61))
def test_money_is_near(micros: int) -> None:
    """The printed amount is within half a hundredth of the amount, at any size."""
    shown = words.money(micros, "").replace(",", "").replace(".", "")
    assert abs(int(shown) * 10_000 - micros) <= 5_000


def test_times_name_their_zone() -> None:
    """A time has Z or an offset; seconds are shown unless 0, fractions are cut; none is a dash."""
    assert words.time(NOON, UTC) == "2025-11-28T12:00Z"
    assert words.time(Timestamp(seconds=NOON.seconds + 7), UTC) == "2025-11-28T12:00:07Z"
    assert words.time(NOON, ZoneInfo("Asia/Kolkata")) == "2025-11-28T17:30+05:30"
    assert words.time(None, UTC) == words.time(Timestamp(), UTC) == "-"


def test_windows() -> None:
    """A window is two times, the second without the day when it is the same, or one when they are the same."""
    later = Timestamp(seconds=NOON.seconds + 3600)
    assert words.window(NOON, later, UTC) == "2025-11-28T12:00Z .. 13:00Z"
    assert words.window(NOON, later, ZoneInfo("Asia/Tokyo")) == "2025-11-28T21:00+09:00 .. 22:00+09:00"
    assert words.window(NOON, Timestamp(seconds=NOON.seconds + 86_400), UTC) == "2025-11-28T12:00Z .. 2025-11-29T12:00Z"
    assert words.window(NOON, NOON, UTC) == "2025-11-28T12:00Z"


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (Duration(), "0s"),
        (Duration(seconds=90), "1m 30s"),
        (Duration(seconds=86_400), "1d"),
        (Duration(seconds=1, nanos=500_000_000), "1.5s"),
        (timedelta(hours=-2), "-2h"),
    ],
)
def test_spans(span: Duration | timedelta, text: str) -> None:
    """A span of time is days, hours, minutes and seconds."""
    assert words.seconds(span) == text


def test_zones() -> None:
    """UTC, local and IANA names are zones; anything else is a usage error."""
    assert words.zone("utc") is UTC
    assert words.zone("local") is not None
    assert str(words.zone("Asia/Kolkata")) == "Asia/Kolkata"
    for wrong in ("Nowhere/City", "../etc/passwd", ""):
        with pytest.raises(CommandError, match="not a time zone"):
            words.zone(wrong)


def test_names_of_enums() -> None:
    """Names lose their prefix; UNSPECIFIED is a dash; a number of a later server stays a number."""
    assert words.name(ServiceLevel, "SERVICE_LEVEL_", 2) == "EXPRESS"
    assert words.name(ServiceLevel, "SERVICE_LEVEL_", 0) == "-"
    assert words.name(ServiceLevel, "SERVICE_LEVEL_", 99) == "99"


def test_nothing_steers_the_terminal() -> None:
    """Control characters from a server are shown, not obeyed."""
    assert words.printable("a\x1b[2Jb\nc µ") == "a\\x1b[2Jb\\nc µ"


def test_measures() -> None:
    """Weights are kilograms, distances kilometres; no distance is 0.0, an unknown one a dash."""
    assert words.weight(1_234_567) == "1,234.567 kg"
    assert words.distance(12_345) == "12.3 km"
    assert words.distance(0) == "0.0 km"
    assert words.distance(None) == "-"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A:2", ("A", 2, "")),
        ("A:2@BLR-1", ("A", 2, "BLR-1")),
        ("A:B:2", ("A:B", 2, "")),
        ("A@B:2", ("A@B", 2, "")),
        ("A:1@N:2", ("A", 1, "N:2")),
        ("A:-1", ("A", -1, "")),
    ],
)
def test_order_lines(text: str, line: tuple[str, int, str]) -> None:
    """SKU:QTY and SKU:QTY@NODE are read, also when ids hold the separators; the server judges the quantity."""
    assert arguments.order_line(text) == line


@pytest.mark.parametrize("text", ["", "A", "A:", ":2", "A:x", "A:2@", "A:2.5", "A:9999999999"])
def test_wrong_order_lines(text: str) -> None:
    """Anything else is a usage error that quotes it."""
    with pytest.raises(CommandError, match="A:9999999999" if "9999" in text else "is not SKU:QTY"):
        arguments.order_line(text)


def test_parts() -> None:
    """LINE:QTY and LINE:QTY@NODE name a part of a reservation."""
    assert arguments.part_line("1:2@BLR-1") == ("1", 2, "BLR-1")
    with pytest.raises(CommandError, match="LINE:QTY"):
        arguments.part_line("1")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86_400), ("1.5 s", 1.5), ("250ms", 0.25)],
)
def test_read_spans(text: str, seconds: float) -> None:
    """A number is seconds; ms, s, m, h and d say otherwise."""
    assert arguments.span(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "-5m", "5 weeks", "1e3"])
def test_wrong_spans(text: str) -> None:
    """Anything else is a usage error."""
    with pytest.raises(CommandError, match="not a span"):
        arguments.span(text)


def test_moments() -> None:
    """Times are ISO 8601 with a zone, and nothing else."""
    at = arguments.moment("2025-11-28T17:30:00+05:30")
    assert at is not None
    assert at.astimezone(UTC).isoformat() == "2025-11-28T12:00:00+00:00"
    for wrong, why in (("2025-11-28T12:00:00", "no time zone"), ("tomorrow", "not a time")):
        with pytest.raises(CommandError, match=why):
            arguments.moment(wrong)


def test_tokens() -> None:
    """Tokens are base64; a token cut short is a usage error; none is empty."""
    assert arguments.token("AAEC") == b"\x00\x01\x02"
    assert arguments.token(None) == b""
    with pytest.raises(CommandError, match="not base64"):
        arguments.token("AAE")
