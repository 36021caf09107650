"""Which days of a table a calendar works: weekdays, holidays, closed and open dates."""

import datetime
from dataclasses import dataclass

import holidays
import numpy as np
import numpy.typing as npt

from fastdom.network.document import Calendar
from fastdom.network.wall_clock import EPOCH_ORDINAL

Days = npt.NDArray[np.bool_]
THURSDAY = 3  # 1970-01-01


@dataclass(frozen=True, slots=True, eq=False)
class WorkingDays:
    """Days of a table.

    Attributes
    ----------
    working : bool[n_days]
        True where the calendar works.
    holiday : bool[n_days]
        True where a date (not the weekday) closes it: a holiday or closed date that is not an open date.
    """

    working: Days
    holiday: Days


def working_days(calendar: Calendar, day0: int, n_days: int) -> WorkingDays:
    """Return the working days of [day0, day0 + n_days), days since 1970-01-01."""
    days = np.arange(day0, day0 + n_days, dtype=np.int64)
    closed = np.zeros(n_days, dtype=np.bool_)
    dates = [datetime.date.fromordinal(EPOCH_ORDINAL + day) for day in days.tolist()]
    public = _public_holidays(calendar, {date.year for date in dates})
    yearly = set(calendar.closed_yearly)
    for row, date in enumerate(dates):
        closed[row] = date in public or (date.month, date.day) in yearly
    _mark(closed, calendar.closed, day0, True)
    on_weekday = ((calendar.weekdays >> weekday(days)) & 1).astype(np.bool_)
    working = on_weekday & ~closed
    _mark(working, calendar.open, day0, True)
    _mark(closed, calendar.open, day0, False)
    return WorkingDays(working, closed)


def weekday(days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the weekday, 0 = Monday, of days since 1970-01-01."""
    return (days + THURSDAY) % 7


def _public_holidays(calendar: Calendar, years: set[int]) -> set[datetime.date]:
    dates: set[datetime.date] = set()
    for country, subdivision in calendar.holidays:
        dates.update(holidays.country_holidays(country, subdiv=subdivision or None, years=years))
    return dates


def _mark(days: Days, dates: tuple[int, ...], day0: int, value: bool) -> None:
    for date in dates:
        if 0 <= date - day0 < days.size:
            days[date - day0] = value
