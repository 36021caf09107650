"""The network document: a checked, immutable image of the files, in canonical order.

Rows are sorted by external id, so that two folders that say the same thing give the same document and the same
content hash. Long tables are columns (numpy arrays, read-only); short ones are tuples of records. A field ending in
`_i` is an index into the tuple of that name in the same document.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from fastdom.types import ServiceLevel

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]


class NodeType(IntEnum):
    """What kind of place a node is; the numbers are those of the wire enum."""

    UNSPECIFIED = 0
    DC = 1
    STORE = 2
    THIRD_PARTY = 3
    DARK_STORE = 4
    DROP_SHIP = 5


class CapacityKind(IntEnum):
    """What a node's day capacity counts."""

    NONE = 0
    SHIPMENTS = 1
    UNITS = 2


@dataclass(frozen=True, slots=True)
class PromiseSettings:
    """How dates are quoted.

    Attributes
    ----------
    quote_ttl_s : int
        Seconds a quoted option stays valid when no cutoff ends it sooner.
    horizon_days : int
        Days ahead for which hand-overs are computed.
    pickup_slot_minutes : int
        Grid of ready times for customer pickup where no times are listed.
    """

    quote_ttl_s: int
    horizon_days: int
    pickup_slot_minutes: int


@dataclass(frozen=True, slots=True)
class Rate:
    """Worth of one unit of another currency, in micros of the accounting currency."""

    currency: str
    rate_micros: int


@dataclass(frozen=True, slots=True)
class Channel:
    """Where orders come from; `default_ttl_s` is the life of a hold that names none."""

    id: str
    name: str
    default_ttl_s: int


@dataclass(frozen=True, slots=True)
class Carrier:
    """A company that carries parcels."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked, and between which hours.

    Attributes
    ----------
    weekdays : int
        Bit mask, bit 0 = Monday.
    open_minute, close_minute : int
        Working hours, minutes since local midnight; 1440 = end of the day.
    holidays : tuple of (str, str)
        (country, subdivision or "") whose public holidays are not worked.
    closed_yearly : tuple of (int, int)
        (month, day) not worked in any year.
    closed, open : tuple of int
        Explicit dates (days since 1970-01-01); an open date beats weekday, holiday and closed date.
    """

    id: str
    weekdays: int
    open_minute: int
    close_minute: int
    holidays: tuple[tuple[str, str], ...]
    closed_yearly: tuple[tuple[int, int], ...]
    closed: tuple[int, ...]
    open: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CarrierService:
    """One product of a carrier.

    Attributes
    ----------
    delivery_from, delivery_to : int
        Delivery slot, minutes since local midnight at the destination; 1440 = end of the day.
    max_weight_g : int
        Heaviest shipment carried, grams.
    cod : bool
        True when it collects payment on delivery.
    """

    id: str
    carrier_i: int
    service_level: ServiceLevel
    calendar_i: int
    delivery_from: int
    delivery_to: int
    max_weight_g: int
    cod: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """Weights of the objectives in 1/1024, and the two raw parameters that are policy, not tariff.

    Attributes
    ----------
    shipping, handling, split_penalty, distance : int
        Weight of each objective, 1024 = 1.
    split_penalty_micros : int
        Raw cost of each shipment beyond the first.
    distance_micros_per_km_unit : int
        Raw cost of carrying one unit one kilometre.
    """

    name: str
    version: int
    shipping: int
    handling: int
    split_penalty: int
    distance: int
    split_penalty_micros: int
    distance_micros_per_km_unit: int


@dataclass(frozen=True, slots=True)
class Zone:
    """A region that lanes start and end in."""

    id: str
    name: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Node:
    """A place that can fulfil.

    Attributes
    ----------
    postal_i : int
        Index into `postal_codes`; gives its origin zone.
    lat_e7, lng_e7 : int
        Its point in 1e-7 degrees: its own, or that of its postal code.
    cutoff_minute : int
        Orders placed before this local minute are picked the same day.
    pick_lead_minutes : int
        Open minutes from the start of picking to ready.
    capacity_limit : int
        Shipments or units a day; 0 with `CapacityKind.NONE`.
    handling_shipment_micros, handling_unit_micros : int
        Handling cost per shipment and per unit.
    priority : int
        Lower is preferred, for policies that use it.
    """

    id: str
    name: str
    type: NodeType
    postal_i: int
    lat_e7: int
    lng_e7: int
    groups: tuple[str, ...]
    time_zone: str
    calendar_i: int
    cutoff_minute: int
    pick_lead_minutes: int
    capacity_kind: CapacityKind
    capacity_limit: int
    handling_shipment_micros: int
    handling_unit_micros: int
    priority: int


@dataclass(frozen=True, slots=True)
class Pickup:
    """Hand-overs of one carrier service at one node.

    Attributes
    ----------
    times : tuple of (int, int, int)
        (local minute, weekday mask, minutes before it that the shipment must be ready), ascending.
        Minute -1 = every `pickup_slot_minutes` within the working hours (customer pickup only).
    """

    node_i: int
    service_i: int
    times: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class PostalCodes:
    """Postal codes, ascending, each with the point it resolves to.

    Attributes
    ----------
    codes : tuple of str
    zone_i : int32[n]
    lat_e7, lng_e7 : int32[n]
        1e-7 degrees; for a suspect code already the centre of its good neighbours.
    district, state : tuple of str
    suspect : uint8[n]
    """

    codes: tuple[str, ...]
    zone_i: Int32s
    lat_e7: Int32s
    lng_e7: Int32s
    district: tuple[str, ...]
    state: tuple[str, ...]
    suspect: Bytes


@dataclass(frozen=True, slots=True, eq=False)
class Skus:
    """SKUs, ascending; weight_g is int32[n] grams."""

    ids: tuple[str, ...]
    weight_g: Int32s
    category: tuple[str, ...]
    name: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tariffs:
    """Price lists, ascending by (service, rate zone).

    Attributes
    ----------
    service_i : int32[n]
    rate_zone : tuple of str, length n
    tiers : tuple of tuple of (int, int), length n
        (up to grams, cost micros), ascending in grams.
    step_g, step_micros : int64[n]
        Beyond the last tier each further step or part of it costs this; step_g 0 = nothing beyond.
    max_g : int64[n]
        Heaviest shipment of its service, grams.
    """

    service_i: Int32s
    rate_zone: tuple[str, ...]
    tiers: tuple[tuple[tuple[int, int], ...], ...]
    step_g: Int64s
    step_micros: Int64s
    max_g: Int64s


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """Lanes, ascending by (origin, destination, service): int32 indices of zones, services and tariffs, days uint8."""

    origin_i: Int32s
    destination_i: Int32s
    service_i: Int32s
    tariff_i: Int32s
    transit_min: Bytes
    transit_max: Bytes


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """Initial stock, ascending by (SKU, node); all int32[n]. Not part of the content hash."""

    sku_i: Int32s
    node_i: Int32s
    on_hand: Int32s
    safety_stock: Int32s
    routing_reserve: Int32s


@dataclass(frozen=True, slots=True, eq=False)
class NetworkDocument:
    """A whole network; `content_hash` is the sha256 (hex) of everything but the initial stock."""

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
    zones: tuple[Zone, ...]
    postal_codes: PostalCodes
    nodes: tuple[Node, ...]
    groups: tuple[str, ...]
    pickups: tuple[Pickup, ...]
    skus: Skus
    tariffs: Tariffs
    lanes: Lanes
    stock: Stock
    content_hash: str
