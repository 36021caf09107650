"""Working days: weekdays, holidays, closed and open dates."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reference import promise

from fastdom.network.calendars import working_days
from fastdom.network.document import Calendar

DAYS = st.integers(20_000, 21_500)
CALENDARS = st.builds(
    Calendar,
    id=st.just("c"),
    weekdays=st.integers(0, 127),
    open_minute=st.just(0),
    close_minute=st.just(1440),
    holidays=st.lists(st.sampled_from([("IN", "MH"), ("IN", ""), ("DE", "BE"), ("US", "")]), max_size=2).map(tuple),
    closed_yearly=st.lists(st.sampled_from([(2, 29), (12, 31), (1, 1)]), max_size=3).map(tuple),
    closed=st.lists(DAYS, max_size=20).map(tuple),
    open=st.lists(DAYS, max_size=20).map(tuple),
)


@given(CALENDARS, st.integers(20_000, 20_800), st.integers(1, 700))
def test_working_days_are_those_of_the_rules(calendar: Calendar, day0: int, n_days: int) -> None:
    """Every day of a table works, or is closed by its date, exactly as the rules say."""
    found = working_days(calendar, day0, n_days)
    dates = [promise.to_date(day0 + day) for day in range(n_days)]
    assert found.working.tolist() == [promise.is_working(calendar, date) for date in dates]
    assert found.holiday.tolist() == [promise.is_holiday(calendar, date) for date in dates]


@pytest.mark.parametrize(
    ("date", "works"),
    [
        ("2026-01-25", False),  # a Sunday
        ("2026-01-26", False),  # Republic Day, a Monday
        ("2026-01-27", True),
        ("2026-08-15", False),  # Independence Day, a Saturday
        ("2028-02-29", True),  # a leap day, a Tuesday
    ],
)
def test_indian_holidays_close_a_calendar(date: str, works: bool) -> None:
    """Public holidays of India are not worked."""
    calendar = Calendar("c", 0b0111111, 0, 1440, (("IN", ""),), (), (), ())
    assert working_days(calendar, promise.to_day(dt.date.fromisoformat(date)), 1).working.tolist() == [works]
