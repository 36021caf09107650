"""Local wall-clock times as UTC microseconds, for a run of days in one time zone.

A day is a local date; nothing here adds 24 hours to an instant. Where a clock change makes a wall-clock time happen
twice, the first one counts; where it skips the time, the instant is the same time by the clock before the change
(02:30 in a gap of one hour is the instant that the new clock calls 03:30).
"""

import datetime
import zoneinfo

import numpy as np
import numpy.typing as npt

US_PER_SECOND = 1_000_000
US_PER_MINUTE = 60 * US_PER_SECOND
MINUTES_PER_DAY = 1440
US_PER_DAY = MINUTES_PER_DAY * US_PER_MINUTE
EPOCH_ORDINAL = datetime.date(1970, 1, 1).toordinal()


def instant_us(zone: zoneinfo.ZoneInfo, day: int, minute: int) -> int:
    """Return the UTC microsecond of a minute of a local day; minute 1440 is the next midnight.

    Parameters
    ----------
    day : int
        Local date, days since 1970-01-01.
    minute : int
        Minutes since local midnight, 0..1440.
    """
    day, minute = day + minute // MINUTES_PER_DAY, minute % MINUTES_PER_DAY
    date = datetime.date.fromordinal(EPOCH_ORDINAL + day)
    local = datetime.datetime.combine(date, datetime.time(minute // 60, minute % 60), tzinfo=zone)
    offset = local.utcoffset() or datetime.timedelta(0)
    return day * US_PER_DAY + minute * US_PER_MINUTE - offset // datetime.timedelta(microseconds=1)


def local_day(zone: zoneinfo.ZoneInfo, now_us: int) -> int:
    """Return the local date, days since 1970-01-01, of a UTC microsecond."""
    utc = datetime.datetime.fromtimestamp(now_us // US_PER_SECOND, tz=datetime.UTC)
    return utc.astimezone(zone).date().toordinal() - EPOCH_ORDINAL


class WallClock:
    """The instants of one minute of the day, over all days of a table."""

    def __init__(self, name: str, day0: int, n_days: int) -> None:
        self.zone = zoneinfo.ZoneInfo(name)
        self.day0 = day0
        self.n_days = n_days
        midnights = np.array([instant_us(self.zone, day0 + day, 0) for day in range(n_days + 1)], dtype=np.int64)
        self._midnight = midnights[:-1]
        self._uneven = np.flatnonzero(np.diff(midnights) != US_PER_DAY).tolist()
        self._known: dict[int, npt.NDArray[np.int64]] = {}

    def at(self, minute: int) -> npt.NDArray[np.int64]:
        """Return the UTC microsecond of a minute, 0..1440, on each day, int64[n_days].

        Only the days of a clock change, whose midnights are not 24 hours apart, need the time-zone database.
        """
        if minute not in self._known:
            instants = self._midnight + minute * US_PER_MINUTE
            for day in self._uneven:
                instants[day] = instant_us(self.zone, self.day0 + day, minute)
            instants.setflags(write=False)
            self._known[minute] = instants
        return self._known[minute]
