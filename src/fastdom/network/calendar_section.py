"""[calendars.*] of network.toml."""

import holidays

from fastdom.network import clock, limits
from fastdom.network.columns import id_fault
from fastdom.network.document import Calendar
from fastdom.network.problems import got
from fastdom.network.section import Section


def read_calendars(section: Section) -> tuple[Calendar, ...]:
    """Return the calendars, ascending by id."""
    if not section.values:
        section.bad("", "needs at least one [calendars.NAME]")
    if len(section.values) > limits.CALENDARS_MAX:
        section.bad("", f"must be at most {limits.CALENDARS_MAX}, got {len(section.values)}")
    return tuple(_calendar(section.table(name), name) for name in sorted(section.values))


def _calendar(section: Section, name: str) -> Calendar:
    if id_fault(name):
        section.bad("", f"calendar name {id_fault(name)}, {got(name)}")
    pairs = []
    for one in section.tables("holidays"):
        country = one.text("country")
        subdivisions = one.items("subdivisions") or [""]
        one.finish()
        for subdivision in subdivisions:
            if _known_holidays(one, country, subdivision):
                pairs.append((country, subdivision))
    calendar = Calendar(
        id=name,
        weekdays=section.parsed("weekdays", clock.weekdays_or_none, "MON-SUN", clock.ALL_WEEK),
        open_minute=section.parsed("pick_from", clock.minutes, "00:00", 0),
        close_minute=section.parsed("pick_to", clock.end_minutes, "24:00", clock.MINUTES_PER_DAY),
        holidays=tuple(sorted(set(pairs))),
        closed_yearly=tuple(_yearly(section)),
        closed=tuple(section.dates("closed")),
        open=tuple(section.dates("open")),
    )
    if calendar.close_minute <= calendar.open_minute:
        section.bad("pick_to", f"must be later than pick_from, {got(section.text('pick_to', '24:00'))}")
    if calendar.weekdays == 0 and not calendar.open:
        section.bad("weekdays", "calendar has no working day: name weekdays or open dates")
    section.finish()
    return calendar


def _yearly(section: Section) -> list[tuple[int, int]]:
    dates = set()
    for value in section.items("closed_yearly"):
        try:
            dates.add(clock.month_day(value if isinstance(value, str) else ""))
        except ValueError as error:
            section.bad("closed_yearly", f"{error}, {got(value)}")
    return sorted(dates)


def _known_holidays(section: Section, country: str, subdivision: object) -> bool:
    try:
        holidays.country_holidays(country, subdiv=str(subdivision) or None, years=2025)
    except NotImplementedError:
        place = f"{country} {subdivision}".strip()
        key = "subdivisions" if subdivision else "country"
        section.bad(key, f'must be a country and subdivision of the holidays package, got "{place}"')
        return False
    return True
