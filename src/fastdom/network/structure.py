"""network.toml: the structure of a network, everything that is not a long table."""

import re
import tomllib
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import holidays

from fastdom.network import clock, currency, limits
from fastdom.network.document import (
    Calendar,
    Carrier,
    CarrierService,
    Channel,
    Policy,
    PromiseSettings,
    Rate,
    ServiceLevel,
)
from fastdom.network.problems import Problems, got
from fastdom.network.section import Section
from fastdom.network.toml_lines import key_lines

FORMAT = 1
LEVELS = {level.name: int(level) for level in ServiceLevel if level}
DAY_END = clock.MINUTES_PER_DAY


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=_HasId)


@dataclass(frozen=True, slots=True)
class Structure:
    """What network.toml says; the fields are those of NetworkDocument."""

    name: str
    country: str
    currency: str
    time_zone: str
    promise: PromiseSettings
    rates: tuple[Rate, ...]
    channels: tuple[Channel, ...]
    carriers: tuple[Carrier, ...]
    calendars: tuple[Calendar, ...]
    services: tuple[CarrierService, ...]
    policies: tuple[Policy, ...]
    default_policy_i: int


def read_structure(file: str, data: bytes, problems: Problems) -> Structure | None:
    """Parse and check network.toml; None when it is not TOML at all."""
    try:
        text = data.decode("utf-8")
        values = tomllib.loads(text)
    except UnicodeDecodeError:
        problems.add(file, 0, "", "must be UTF-8 text")
        return None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        problems.add(file, int(place[1]) if place else 0, "", f"not TOML ({error})")
        return None
    return _structure(Section(file, (), values, key_lines(text), problems))


def _structure(root: Section) -> Structure:
    root.integer("format", FORMAT, FORMAT)
    name = root.identifier("name")
    country = root.parsed("country", _country, None, "")
    code = root.parsed("currency", _currency, None, "")
    zone = root.parsed("time_zone", time_zone, "UTC", "UTC")
    promise = _promise(root.table("promise"))
    rates = _rates(root.table("rates"), code)
    channels = _list(root, "channels", _channel, limits.CHANNELS_MAX)
    carriers = _list(root, "carriers", _carrier, limits.SERVICES_MAX)
    calendars = _calendars(root.table("calendars"))
    carrier_index = {carrier.id: position for position, carrier in enumerate(carriers)}
    calendar_index = {calendar.id: position for position, calendar in enumerate(calendars)}
    services = _list(
        root, "carrier_services", lambda one: _service(one, carrier_index, calendar_index), limits.SERVICES_MAX
    )
    policies = _policies(root)
    positions = {policy.name: position for position, policy in enumerate(policies)}
    default_policy_i = root.reference("default_policy", positions, "policy")
    root.finish()
    return Structure(
        name, country, code, zone, promise, rates, channels, carriers, calendars, services, policies, default_policy_i
    )


def _list(root: Section, key: str, read: Callable[[Section], Item], count_max: int) -> tuple[Item, ...]:
    """Read an array of tables, at least one, with ids that differ; ascending by id."""
    items: dict[str, Item] = {}
    sections = root.tables(key)
    if not sections:
        root.bad(key, f"needs at least one [[{key}]]")
    if len(sections) > count_max:
        root.bad(key, f"must be at most {count_max}, got {len(sections)}")
    for section in sections:
        item = read(section)
        section.finish()
        if item.id in items:
            section.bad("id", f"is already given, {got(item.id)}")
        items[item.id] = item
    return tuple(items[key] for key in sorted(items))


def _promise(section: Section) -> PromiseSettings:
    settings = PromiseSettings(
        quote_ttl_s=section.integer("quote_ttl_s", 1, limits.TTL_S_MAX, 900),
        horizon_days=section.integer("horizon_days", 1, limits.HORIZON_DAYS_MAX, 400),
        pickup_slot_minutes=section.integer("pickup_slot_minutes", 15, DAY_END, 60),
    )
    section.finish()
    return settings


def _rates(section: Section, accounting: str) -> tuple[Rate, ...]:
    rates = []
    for code in sorted(section.values):
        rate = section.parsed(code, clock.decimal_micros, None, 1)
        if code not in currency.CODES:
            section.bad(code, "must be an active ISO 4217 code")
        elif code == accounting:
            section.bad(code, "is the network's own currency; its rate is 1 and must not be given")
        rates.append(Rate(code, rate))
    return tuple(rates)


def _channel(section: Section) -> Channel:
    ttl = section.integer("default_ttl_s", 1, limits.TTL_S_MAX, 900)
    return Channel(section.identifier("id"), section.text("name", ""), ttl)


def _carrier(section: Section) -> Carrier:
    return Carrier(section.identifier("id"), section.text("name", ""))


def _service(section: Section, carriers: Mapping[str, int], calendars: Mapping[str, int]) -> CarrierService:
    service = CarrierService(
        id=section.identifier("id"),
        carrier_i=section.reference("carrier", carriers, "carrier"),
        service_level=ServiceLevel(section.choice("service_level", LEVELS)),
        calendar_i=section.reference("calendar", calendars, "calendar"),
        delivery_from=section.parsed("delivery_from", clock.minutes, "09:00", 0),
        delivery_to=section.parsed("delivery_to", _end, "21:00", DAY_END),
        max_weight_g=section.integer("max_weight_g", 1, limits.SHIPMENT_WEIGHT_G_MAX),
        cod=section.boolean("cod", False),
    )
    if service.delivery_to <= service.delivery_from:
        section.bad("delivery_to", f"must be later than delivery_from, {got(section.text('delivery_to', '21:00'))}")
    return service


def _calendars(section: Section) -> tuple[Calendar, ...]:
    if not section.values:
        section.bad("", "needs at least one [calendars.NAME]")
    return tuple(_calendar(section.table(name), name) for name in sorted(section.values))


def _calendar(section: Section, name: str) -> Calendar:
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
        weekdays=section.parsed("weekdays", _weekdays_or_none, "MON-SUN", clock.ALL_WEEK),
        open_minute=section.parsed("pick_from", clock.minutes, "00:00", 0),
        close_minute=section.parsed("pick_to", _end, "24:00", DAY_END),
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


def _policies(root: Section) -> tuple[Policy, ...]:
    policies: dict[str, Policy] = {}
    for section in root.tables("policies"):
        policy = _policy(section)
        section.finish()
        if policy.name in policies:
            section.bad("name", f"is already given, {got(policy.name)}")
        policies[policy.name] = policy
    if not policies:
        root.bad("policies", "needs at least one [[policies]]")
    return tuple(policies[name] for name in sorted(policies))


def _policy(section: Section) -> Policy:
    weights = section.table("weights")
    policy = Policy(
        name=section.identifier("name"),
        version=section.integer("version", 1, limits.QUANTITY_MAX, 1),
        shipping=weights.integer("shipping", 0, limits.WEIGHT_MAX, 1024),
        handling=weights.integer("handling", 0, limits.WEIGHT_MAX, 1024),
        split_penalty=weights.integer("split_penalty", 0, limits.WEIGHT_MAX, 1024),
        distance=weights.integer("distance", 0, limits.WEIGHT_MAX, 1024),
        split_penalty_micros=section.integer("split_penalty_micros", 0, limits.MONEY_MICROS_MAX, 0),
        distance_micros_per_km_unit=section.integer("distance_micros_per_km_unit", 0, limits.MONEY_MICROS_MAX, 0),
    )
    weights.finish()
    return policy


def _country(text: str) -> str:
    if re.fullmatch(r"[A-Z]{2}", text) is None:
        raise ValueError("must be an ISO 3166 code of two capital letters")
    return text


def _currency(text: str) -> str:
    if text not in currency.CODES:
        raise ValueError("must be an active ISO 4217 code")
    return text


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


def _end(text: str) -> int:
    return clock.minutes(text, end_of_day=True)


def _weekdays_or_none(text: str) -> int:
    return clock.weekdays(text) if text else 0


def index_of(ids: Sequence[str]) -> dict[str, int]:
    """Return id -> position."""
    return {one: position for position, one in enumerate(ids)}
