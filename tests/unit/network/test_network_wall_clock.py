"""Wall-clock times as instants, through clock changes, leap days and year ends."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reference import promise

from fastdom.network.wall_clock import WallClock, local_day

ZONES = [
    "Asia/Kolkata",
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",  # clocks change at midnight
    "Africa/Cairo",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Apia",
    "UTC",
]


@given(st.sampled_from(ZONES), st.integers(18_000, 22_000), st.integers(0, 1440))
def test_an_instant_is_that_of_the_time_zone_database(zone: str, day0: int, minute: int) -> None:
    """A minute of any day is the UTC instant the standard library gives, the first one where it comes twice."""
    clock = WallClock(zone, day0, 40)
    expected = [promise.to_us(promise.wall(zone, promise.to_date(day0 + day), minute)) for day in range(40)]
    assert clock.at(minute).tolist() == expected


@pytest.mark.parametrize(
    ("zone", "date", "minute", "expected"),
    [
        ("Europe/Berlin", "2026-03-29", 150, "2026-03-29T01:30:00+00:00"),  # 02:30 does not exist
        ("Europe/Berlin", "2026-10-25", 150, "2026-10-25T00:30:00+00:00"),  # 02:30 comes twice
        ("Europe/Berlin", "2026-10-25", 1440, "2026-10-25T23:00:00+00:00"),  # a day of 25 hours
        ("America/New_York", "2028-02-29", 1439, "2028-03-01T04:59:00+00:00"),  # a leap day
        ("Asia/Kolkata", "2026-12-31", 1440, "2026-12-31T18:30:00+00:00"),  # a year's end
    ],
)
def test_clock_changes_leap_days_and_year_ends(zone: str, date: str, minute: int, expected: str) -> None:
    """Times on the odd days of the year are the instants written here."""
    day = promise.to_day(dt.date.fromisoformat(date))
    assert WallClock(zone, day - 3, 7).at(minute)[3] == promise.to_us(dt.datetime.fromisoformat(expected))


@given(st.sampled_from(ZONES), st.integers(0, 4 * 10**15))
def test_local_day_is_the_date_on_the_wall(zone: str, now_us: int) -> None:
    """The local date of an instant is the calendar date in that zone."""
    moment = promise.to_moment(now_us).astimezone(zoneinfo.ZoneInfo(zone))
    assert local_day(zoneinfo.ZoneInfo(zone), now_us) == promise.to_day(moment.date())
