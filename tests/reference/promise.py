"""The date rules, one step at a time, straight from the network document: slow, and meant to be read.

Twin of the hand-over and delivery tables of `fastdom.network.compile` and of whatever reads them. Works on aware
datetimes of the standard library; nothing is shared with the code under test but the document.
"""

import datetime as dt
import zoneinfo
from functools import cache

import holidays

from fastdom.network.document import Calendar, NetworkDocument, Node
from fastdom.types import ServiceLevel

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
FAR = 900  # days walked before giving up


def to_us(moment: dt.datetime) -> int:
    """Return UTC microseconds."""
    return (moment - EPOCH) // MICROSECOND


def to_moment(us: int) -> dt.datetime:
    """Return the UTC moment of microseconds."""
    return EPOCH + us * MICROSECOND


def to_date(day: int) -> dt.date:
    """Return the date of days since 1970-01-01."""
    return EPOCH.date() + dt.timedelta(days=day)


def to_day(date: dt.date) -> int:
    """Return days since 1970-01-01."""
    return (date - EPOCH.date()).days


def wall(zone: str, date: dt.date, minute: int) -> dt.datetime:
    """Return the UTC moment of a local wall-clock minute: the first one of two, the old clock's in a gap."""
    if minute == 1440:
        date, minute = date + dt.timedelta(days=1), 0
    local = dt.datetime(date.year, date.month, date.day, minute // 60, minute % 60, tzinfo=zoneinfo.ZoneInfo(zone))
    return local.astimezone(dt.UTC)


@cache
def public_holidays(country: str, subdivision: str, year: int) -> frozenset[dt.date]:
    """Return the public holidays of one year."""
    return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))


def is_holiday(calendar: Calendar, date: dt.date) -> bool:
    """Return whether the date itself, not its weekday, closes the calendar."""
    if to_day(date) in calendar.open:
        return False
    if to_day(date) in calendar.closed or (date.month, date.day) in calendar.closed_yearly:
        return True
    return any(date in public_holidays(country, place, date.year) for country, place in calendar.holidays)


def is_working(calendar: Calendar, date: dt.date) -> bool:
    """Return whether the calendar works on a date."""
    if to_day(date) in calendar.open:
        return True
    return bool(calendar.weekdays >> date.weekday() & 1) and not is_holiday(calendar, date)


def hours(document: NetworkDocument, node: Node, date: dt.date) -> tuple[dt.datetime, dt.datetime, dt.datetime] | None:
    """Return (opens, cutoff, closes) of a working day of a node; None when it does not work that day."""
    calendar = document.calendars[node.calendar_i]
    opens = wall(node.time_zone, date, calendar.open_minute)
    closes = wall(node.time_zone, date, calendar.close_minute)
    if not is_working(calendar, date) or closes <= opens:
        return None
    return opens, min(max(wall(node.time_zone, date, node.cutoff_minute), opens), closes), closes


def ready(document: NetworkDocument, node: Node, placed: dt.datetime) -> dt.datetime:
    """Return when an order is picked: from the start of picking, pick_lead_minutes of working time."""
    date = placed.astimezone(zoneinfo.ZoneInfo(node.time_zone)).date() - dt.timedelta(days=1)
    left: dt.timedelta | None = None
    for _ in range(FAR):
        day = hours(document, node, date)
        date += dt.timedelta(days=1)
        if day is None:
            continue
        opens, cutoff, closes = day
        if left is not None:
            start = opens
        elif placed < opens or placed < cutoff:
            start = max(placed, opens)
            left = dt.timedelta(minutes=node.pick_lead_minutes)
        else:
            continue
        if start + left <= closes:
            return start + left
        left -= closes - start
    raise AssertionError("no working time for this order")


def pickup_minutes(document: NetworkDocument, node: Node, listed: int) -> list[int]:
    """Return the wall-clock minutes of one pickup entry; -1 = the grid of customer pickup."""
    if listed >= 0:
        return [listed]
    calendar = document.calendars[node.calendar_i]
    grid = document.promise.pickup_slot_minutes
    return [minute for minute in range(calendar.open_minute, calendar.close_minute + 1, grid) if minute < 1440]


def hand_overs_on(
    document: NetworkDocument, node_i: int, service_i: int, date: dt.date
) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return (hand-over, deadline to be ready) of one local date."""
    node, service = document.nodes[node_i], document.services[service_i]
    times = next((one.times for one in document.pickups if (one.node_i, one.service_i) == (node_i, service_i)), ())
    if not is_working(document.calendars[node.calendar_i], date):
        return []
    if is_holiday(document.calendars[service.calendar_i], date):
        return []
    found = []
    for listed, weekdays, cutoff_minutes in times:
        for minute in pickup_minutes(document, node, listed):
            if weekdays >> date.weekday() & 1:
                moment = wall(node.time_zone, date, minute)
                found.append((moment, moment - dt.timedelta(minutes=cutoff_minutes)))
    return sorted(found)


def next_hand_over(document: NetworkDocument, node_i: int, service_i: int, placed_us: int) -> tuple[int, int]:
    """Return (hand-over in UTC microseconds, its local date at the node) that an order makes first."""
    node = document.nodes[node_i]
    done = ready(document, node, to_moment(placed_us))
    date = done.astimezone(zoneinfo.ZoneInfo(node.time_zone)).date() - dt.timedelta(days=1)
    for _ in range(FAR):
        for moment, deadline in hand_overs_on(document, node_i, service_i, date):
            if done <= deadline:
                return to_us(moment), to_day(date)
        date += dt.timedelta(days=1)
    raise AssertionError("no hand-over for this order")


def order_by(document: NetworkDocument, node_i: int, service_i: int, placed_us: int) -> int:
    """Return the last microsecond at which an order still makes the hand-over that one placed now makes.

    The rules run forwards only; a later order is never ready sooner, so the answer is found by halving.
    """
    goal = next_hand_over(document, node_i, service_i, placed_us)
    low, high = placed_us, goal[0] + 1
    while high - low > 1:
        middle = (low + high) // 2
        if next_hand_over(document, node_i, service_i, middle) == goal:
            low = middle
        else:
            high = middle
    return low


def arrival(
    document: NetworkDocument, service_i: int, zone_i: int, handover_us: int, day: int, transit_days: int
) -> tuple[int, int]:
    """Return (from, by) of the delivery slot reached with a transit of so many delivery days."""
    service, zone = document.services[service_i], document.zones[zone_i]
    calendar = document.calendars[service.calendar_i]
    date = to_date(day)
    left = transit_days
    for _ in range(FAR):
        if is_working(calendar, date):
            start = to_us(wall(zone.time_zone, date, service.delivery_from))
            end = to_us(wall(zone.time_zone, date, service.delivery_to))
            if left <= 0 and end > handover_us:
                return max(start, handover_us), end
            left -= 1
        date += dt.timedelta(days=1)
    raise AssertionError("no delivery day")


def tariff(document: NetworkDocument, tariff_i: int, weight_g: int) -> int:
    """Return the cost, micros, of one shipment: the first tier that holds it, then whole steps beyond the last."""
    tiers = document.tariffs.tiers[tariff_i]
    for up_to_g, cost in tiers:
        if weight_g <= up_to_g:
            return cost
    weight, cost = tiers[-1]
    step_g = int(document.tariffs.step_g[tariff_i])
    while step_g and weight < weight_g:
        weight += step_g
        cost += int(document.tariffs.step_micros[tariff_i])
    return cost


def serves(document: NetworkDocument, level: ServiceLevel) -> list[int]:
    """Return the carrier services of a level."""
    return [position for position, service in enumerate(document.services) if service.service_level == level]
