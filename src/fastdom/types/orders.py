"""The order as routing sees it. Times are microseconds UTC, 0 = not given; money is int64 micros; ids 1..64 bytes."""

from dataclasses import dataclass

from fastdom.types.words import PaymentMethod, ServiceLevel


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order or cart.

    Attributes
    ----------
    line_id : str
        Unique within the order.
    sku : str
        Stock keeping unit as in the catalogue.
    quantity : int
        Units wanted, 1 .. 1,000,000.
    weight_g : int
        Grams of one unit, overriding the catalogue; 0 = the catalogue's.
    group_id : str
        Lines of one non-empty group leave from one node together.
    node_id : str
        Node the line is pinned to (Reserve alone honours it); empty = not pinned.
    attributes : tuple of (str, str)
        Facts for policies, each key once; part of the body a request id is compared by, kept with the reservation.
    """

    line_id: str
    sku: str
    quantity: int
    weight_g: int = 0
    group_id: str = ""
    node_id: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """A delivery address as far as routing needs it; an empty country is the network's home country.

    Attributes
    ----------
    postal_code : str
        As the network lists it.
    country_code : str
        ISO 3166-1 alpha-2.
    latitude_e7, longitude_e7 : int or None
        Point in 1e-7 degrees, both or neither.
    """

    postal_code: str
    country_code: str = ""
    latitude_e7: int | None = None
    longitude_e7: int | None = None


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the goods go: exactly one of an address and a node to pick them up at."""

    address: PostalAddress | None = None
    pickup_node_id: str = ""


@dataclass(frozen=True, slots=True)
class PolicyRef:
    """One version of a routing policy; the empty name is the default policy, version 0 its active one."""

    name: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """An order, or a cart that is not one yet.

    Attributes
    ----------
    order_id : str
        May be empty, need not be unique.
    channel : str
        Where the order came from.
    lines : tuple of OrderLine
        1 .. 1,000.
    destination : Destination or None
        Required unless every line is pinned.
    service_level : ServiceLevel
        UNSPECIFIED = PICKUP to a pickup node, else STANDARD.
    payment : PaymentMethod
    placed_at_us : int
        0 = the time of the decision.
    required_by_us : int
        Latest acceptable arrival; 0 = none.
    order_value_micros : int
        0 .. 2^50; 0 = not given.
    currency_code : str
        Of order_value_micros; empty = the accounting currency.
    """

    order_id: str
    channel: str
    lines: tuple[OrderLine, ...]
    destination: Destination | None = None
    service_level: ServiceLevel = ServiceLevel.UNSPECIFIED
    payment: PaymentMethod = PaymentMethod.UNSPECIFIED
    placed_at_us: int = 0
    required_by_us: int = 0
    order_value_micros: int = 0
    currency_code: str = ""
