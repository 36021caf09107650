"""network.toml: the structure of a network, everything that is not a long table."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from fastdom.network import clock, currency, limits
from fastdom.network.calendar_section import read_calendars
from fastdom.network.carrier_section import read_carrier, read_service
from fastdom.network.columns import index_of
from fastdom.network.document import (
    Calendar,
    Carrier,
    CarrierService,
    Channel,
    Policy,
    PromiseSettings,
    Rate,
)
from fastdom.network.policy_section import read_policies
from fastdom.network.problems import Problems, got
from fastdom.network.section import Section
from fastdom.network.toml_lines import key_lines

FORMAT = 1


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
    except ValueError as error:  # also a number of more digits than Python reads
        place = re.search(r"line (\d+)", str(error))
        problems.add(file, int(place[1]) if place else 0, "", f"not TOML ({error})")
        return None
    except RecursionError:
        problems.add(file, 0, "", "not TOML (nested too deeply)")
        return None
    return _structure(Section(file, (), values, key_lines(text), problems))


def _structure(root: Section) -> Structure:
    root.integer("format", FORMAT, FORMAT)
    name = root.identifier("name")
    country = root.parsed("country", _country, None, "")
    code = root.parsed("currency", _currency, None, "")
    zone = root.parsed("time_zone", clock.time_zone, "UTC", "UTC")
    promise = _promise(root.table("promise"))
    rates = _rates(root.table("rates"), code)
    channels = _list(root, "channels", _channel, limits.CHANNELS_MAX)
    carriers = _list(root, "carriers", read_carrier, limits.SERVICES_MAX)
    calendars = read_calendars(root.table("calendars"))
    carrier_index = index_of([carrier.id for carrier in carriers])
    calendar_index = index_of([calendar.id for calendar in calendars])
    services = _list(
        root, "carrier_services", lambda one: read_service(one, carrier_index, calendar_index), limits.SERVICES_MAX
    )
    policies = read_policies(root)
    default_policy_i = root.reference("default_policy", index_of([policy.name for policy in policies]), "policy")
    root.finish()
    return Structure(
        name, country, code, zone, promise, rates, channels, carriers, calendars, services, policies, default_policy_i
    )


def _promise(section: Section) -> PromiseSettings:
    settings = PromiseSettings(
        quote_ttl_s=section.integer("quote_ttl_s", 1, limits.TTL_S_MAX, 900),
        horizon_days=section.integer("horizon_days", 1, limits.HORIZON_DAYS_MAX, 400),
        pickup_slot_minutes=section.integer("pickup_slot_minutes", 15, clock.MINUTES_PER_DAY, 60),
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
    return Channel(section.identifier("id"), section.label("name"), ttl)


def _country(text: str) -> str:
    if re.fullmatch(r"[A-Z]{2}", text) is None:
        raise ValueError("must be an ISO 3166 code of two capital letters")
    return text


def _currency(text: str) -> str:
    if text not in currency.CODES:
        raise ValueError("must be an active ISO 4217 code")
    return text


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
