"""Hand-overs of a node to a carrier service: until when must an order come to make each of them.

The rule (docs/network-files.md, "From order to hand-over"), forwards:

- An order placed on a working day before the node's cutoff starts picking at once, or at opening time when it comes
  earlier; any other order starts at opening time of the next working day.
- Picking takes `pick_lead` minutes of working time: what does not fit before closing time goes on the next working day.
- The shipment makes the first hand-over whose deadline (pickup time less its cutoff minutes) is not before it is ready.

Here it is solved backwards for every hand-over at once: W(t) is the working time passed until t; the latest start of
picking for a deadline q is where W reaches W(q) - pick_lead, and no start is later than just before a cutoff.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fastdom.network.calendars import Days, weekday
from fastdom.network.wall_clock import US_PER_MINUTE, WallClock

Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class HandOvers:
    """Hand-overs, ascending in all three columns.

    Attributes
    ----------
    order_by : int64[n]
        Last UTC microsecond at which an order still makes it.
    handover : int64[n]
        UTC microsecond of the hand-over.
    day : int32[n]
        Its local date at the node, days since 1970-01-01: the capacity bucket.
    """

    order_by: Int64s
    handover: Int64s
    day: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class WorkingHours:
    """Working hours of a node: one entry for each working day, ascending.

    Attributes
    ----------
    opens, closes, cutoff : int64[n]
        UTC microseconds; opens <= cutoff <= closes and opens < closes.
    before : int64[n]
        Working time before the day, microseconds.
    """

    opens: Int64s
    closes: Int64s
    cutoff: Int64s
    before: Int64s


def working_hours(working: Days, clock: WallClock, open_minute: int, close_minute: int, cutoff: int) -> WorkingHours:
    """Return the working hours; a day on which a clock change leaves no time between its hours is left out."""
    opens, closes = clock.at(open_minute), clock.at(close_minute)
    kept = working & (closes > opens)
    opens, closes = opens[kept], closes[kept]
    last_order = np.clip(clock.at(cutoff)[kept], opens, closes)
    before = np.cumsum(closes - opens) - (closes - opens)
    return WorkingHours(opens, closes, last_order, before)


def order_deadlines(hours: WorkingHours, deadline: Int64s, pick_lead_us: int) -> Int64s:
    """Return the last microsecond to order for each deadline to be ready; -1 where it lies before the table."""
    if hours.opens.size == 0:
        return np.full(deadline.size, -1, dtype=np.int64)
    today = np.searchsorted(hours.opens, deadline, side="right") - 1
    reached = np.maximum(today, 0)
    worked = np.minimum(deadline, hours.closes[reached]) - hours.opens[reached]
    target = hours.before[reached] + worked - pick_lead_us
    start = np.minimum(np.searchsorted(hours.before, target, side="right") - 1, today)
    start_day = np.maximum(start, 0)
    latest = np.minimum(hours.opens[start_day] + target - hours.before[start_day], deadline)
    order_by = np.minimum(latest, hours.cutoff[start_day] - 1)
    return np.where((today >= 0) & (start >= 0), order_by, -1)


def hand_overs(
    hours: WorkingHours,
    clock: WallClock,
    allowed: Days,
    pickups: Sequence[tuple[int, int, int]],
    pick_lead_us: int,
) -> HandOvers:
    """Return the hand-overs of one node and service.

    Parameters
    ----------
    allowed : bool[n_days]
        Days with hand-overs: the node works and the carrier has no holiday.
    pickups : sequence of (minute, weekday mask, cutoff minutes)
        The pickup schedule.
    pick_lead_us : int
        Working time from the start of picking to ready.

    Notes
    -----
    A hand-over that closes earlier for orders than one before it, or no later on the same day, is never the better
    choice and is left out.
    """
    days = np.arange(clock.day0, clock.day0 + clock.n_days, dtype=np.int64)
    parts: list[tuple[Int64s, Int64s, Int64s]] = []
    for minute, mask, cutoff_minutes in pickups:
        on = allowed & ((mask >> weekday(days)) & 1).astype(np.bool_)
        handover = clock.at(minute)[on]
        order_by = order_deadlines(hours, handover - cutoff_minutes * US_PER_MINUTE, pick_lead_us)
        made = order_by >= 0
        parts.append((order_by[made], handover[made], days[on][made]))
    if not parts:
        empty = np.zeros(0, dtype=np.int64)
        return HandOvers(empty, empty, empty.astype(np.int32))
    order_by, handover, day = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((-order_by, handover))
    order_by, handover, day = order_by[order], handover[order], day[order]
    best = np.maximum.accumulate(np.concatenate([[np.int64(-1)], order_by[:-1]])) if order_by.size else order_by
    kept = order_by >= best
    kept[1:] &= (order_by[1:] > best[1:]) | (day[1:] > day[:-1])
    return HandOvers(order_by[kept], handover[kept], day[kept].astype(np.int32))
