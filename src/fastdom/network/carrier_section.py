"""[[carriers]] and [[carrier_services]] of network.toml."""

from collections.abc import Mapping

from fastdom.network import clock, limits
from fastdom.network.document import Carrier, CarrierService
from fastdom.network.problems import got
from fastdom.network.section import Section
from fastdom.types import ServiceLevel

LEVELS = {level.name: int(level) for level in ServiceLevel if level}


def read_carrier(section: Section) -> Carrier:
    """Return one carrier."""
    return Carrier(section.identifier("id"), section.label("name"))


def read_service(section: Section, carriers: Mapping[str, int], calendars: Mapping[str, int]) -> CarrierService:
    """Return one carrier service."""
    service = CarrierService(
        id=section.identifier("id"),
        carrier_i=section.reference("carrier", carriers, "carrier"),
        service_level=ServiceLevel(section.choice("service_level", LEVELS)),
        calendar_i=section.reference("calendar", calendars, "calendar"),
        delivery_from=section.parsed("delivery_from", clock.minutes, "09:00", 0),
        delivery_to=section.parsed("delivery_to", clock.end_minutes, "21:00", clock.MINUTES_PER_DAY),
        max_weight_g=section.integer("max_weight_g", 1, limits.SHIPMENT_WEIGHT_G_MAX),
        cod=section.boolean("cod", False),
    )
    if service.delivery_to <= service.delivery_from:
        section.bad("delivery_to", f"must be later than delivery_from, {got(section.text('delivery_to', '21:00'))}")
    return service
