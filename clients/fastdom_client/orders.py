"""Builders of orders and their lines."""

from collections.abc import Iterable, Mapping

from fastdom_api.v1.order_pb2 import Order, OrderLine
from fastdom_api.v1.types_pb2 import Destination, PaymentMethod, PolicyRef, PostalAddress, ServiceLevel
from fastdom_client.fields import INT64, each, inside, message, parts, text, whole
from fastdom_client.identity import copied
from fastdom_client.values import Name, When, enum_value, timestamp

# (sku, quantity), (sku, quantity, node it is pinned to), or a line made by `line`.
Line = tuple[str, int] | tuple[str, int, str] | OrderLine


def line(
    sku: str,
    quantity: int,
    *,
    line_id: str = "",
    node_id: str = "",
    weight_g: int = 0,
    group_id: str = "",
    attributes: Mapping[str, str] | None = None,
) -> OrderLine:
    """Return an order line; without a line_id `order` numbers it."""
    return message(
        OrderLine,
        line_id=line_id,
        sku=sku,
        quantity=quantity,
        node_id=node_id,
        weight_g=weight_g,
        group_id=group_id,
        attributes={} if attributes is None else attributes,
    )


def order(
    channel: str,
    lines: Iterable[Line],
    *,
    order_id: str = "",
    pin: str = "",
    country: str = "",
    pickup: str = "",
    service_level: Name | None = None,
    payment: Name | None = None,
    placed_at: When | None = None,
    required_by: When | None = None,
    value_micros: int = 0,
    currency: str = "",
) -> Order:
    """Return an order, or a cart that is not one yet.

    Parameters
    ----------
    channel : str
        Channel it came from.
    lines : iterable
        (sku, quantity), (sku, quantity, node_id) or OrderLine. Lines without a line_id get their place, from "1".
    order_id : str
        Your id of the order.
    pin : str
        Postal code it goes to.
    country : str
        ISO 3166-1 alpha-2 code; empty = the network's home country.
    pickup : str
        Node where the shopper collects it, in place of `pin`.
    service_level, payment : int or str
        Such as "EXPRESS" and "COLLECT_ON_DELIVERY".
    placed_at, required_by : datetime or Timestamp
        When it was placed and must arrive.
    value_micros : int
        Value of the goods in micros of `currency`; an empty currency is the network's own.

    Raises
    ------
    TypeError
        With the name of the argument: it has the wrong type.
    ValueError
        When both `pin` and `pickup` are given, a name is unknown, or a time has no zone.
    """
    for name, given in (("pin", pin), ("country", country), ("pickup", pickup), ("currency", currency)):
        text(name, given)
    if pin and pickup:
        raise ValueError("an order goes to a pin or to a pickup node, not to both")
    return message(
        Order,
        order_id=order_id,
        channel=channel,
        lines=[_numbered(item, place) for place, item in enumerate(each("lines", lines), start=1)],
        destination=_destination(pin, country, pickup),
        service_level=enum_value("service_level", ServiceLevel, "SERVICE_LEVEL_", service_level),
        payment=enum_value("payment", PaymentMethod, "PAYMENT_METHOD_", payment),
        placed_at=timestamp("placed_at", placed_at),
        required_by=timestamp("required_by", required_by),
        order_value_micros=whole("value_micros", value_micros, *INT64),
        currency_code=currency,
    )


def policy_ref(policy: str | PolicyRef | None) -> PolicyRef | None:
    """Return a policy given as "name" or "name@version"; None = the default policy."""
    if policy is None or isinstance(policy, PolicyRef):
        return policy
    name, at, version = text("policy", policy).partition("@")
    if at and not version.isdecimal():
        raise ValueError(f"policy: {policy!r}: the version after @ must be a number")
    return message(PolicyRef, name=name, version=int(version or 0))


def _numbered(item: Line, place: int) -> OrderLine:
    """Return the line of a tuple, or the given one, with a line_id."""
    if not isinstance(item, OrderLine):
        try:
            sku, quantity, *node_id = parts(item, "(sku, quantity), (sku, quantity, node_id) or OrderLine")
            return line(sku, quantity, node_id=node_id[0] if node_id else "", line_id=str(place))
        except (TypeError, ValueError) as error:
            raise inside(f"lines[{place - 1}]", error) from None
    if item.line_id:
        return item
    numbered = copied(item)
    numbered.line_id = str(place)
    return numbered


def _destination(pin: str, country: str, pickup: str) -> Destination | None:
    if pickup:
        return message(Destination, pickup_node_id=pickup)
    if pin or country:
        return message(Destination, address=PostalAddress(country_code=country, postal_code=pin))
    return None
