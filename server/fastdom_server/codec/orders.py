"""Order, its lines, destination and policy."""

from fastdom.reasons import EngineError, Field, Kind, Reason
from fastdom.types import (
    Destination,
    Order,
    OrderLine,
    PaymentMethod,
    PolicyRef,
    PostalAddress,
    ServiceLevel,
)
from fastdom_api.v1 import order_pb2, types_pb2
from fastdom_server.codec.moments import number, timestamp, timestamp_us, word


def decode_order(message: order_pb2.Order, kind: Kind) -> Order:
    """Order of a Reserve, Route or Promise (`kind` says whose, for the path of a refusal)."""
    return Order(
        order_id=message.order_id,
        channel=message.channel,
        lines=tuple(_decode_line(line, i, kind) for i, line in enumerate(message.lines)),
        destination=_decode_destination(message.destination) if message.HasField("destination") else None,
        service_level=word(
            ServiceLevel, message.service_level, Reason.UNKNOWN_SERVICE_LEVEL, Field.SERVICE_LEVEL, kind
        ),
        payment=word(PaymentMethod, message.payment, Reason.INVALID_FIELD, Field.PAYMENT, kind),
        placed_at_us=timestamp_us(message, "placed_at", Field.PLACED_AT, kind),
        required_by_us=timestamp_us(message, "required_by", Field.REQUIRED_BY, kind),
        order_value_micros=message.order_value_micros,
        currency_code=message.currency_code,
    )


def encode_order(order: Order) -> order_pb2.Order:
    return order_pb2.Order(
        order_id=order.order_id,
        channel=order.channel,
        lines=[_encode_line(line) for line in order.lines],
        destination=_encode_destination(order.destination) if order.destination else None,
        service_level=number(order.service_level),
        payment=number(order.payment),
        placed_at=timestamp(order.placed_at_us),
        required_by=timestamp(order.required_by_us),
        order_value_micros=order.order_value_micros,
        currency_code=order.currency_code,
    )


def decode_policy(message: types_pb2.PolicyRef) -> PolicyRef:
    return PolicyRef(name=message.name, version=message.version)


def encode_policy(policy: PolicyRef | None) -> types_pb2.PolicyRef | None:
    return types_pb2.PolicyRef(name=policy.name, version=policy.version) if policy else None


def _decode_line(line: order_pb2.OrderLine, line_i: int, kind: Kind) -> OrderLine:
    if line.weight_g < 0:
        raise EngineError(Reason.INVALID_FIELD, Field.WEIGHT, line_i, kind=kind)
    return OrderLine(
        line_id=line.line_id,
        sku=line.sku,
        quantity=line.quantity,
        weight_g=line.weight_g,
        group_id=line.group_id,
        node_id=line.node_id,
        attributes=tuple(sorted(line.attributes.items())),
    )


def _encode_line(line: OrderLine) -> order_pb2.OrderLine:
    return order_pb2.OrderLine(
        line_id=line.line_id,
        sku=line.sku,
        quantity=line.quantity,
        weight_g=line.weight_g,
        group_id=line.group_id,
        node_id=line.node_id,
        attributes=dict(line.attributes),
    )


def _decode_destination(message: types_pb2.Destination) -> Destination:
    if not message.HasField("address"):
        return Destination(pickup_node_id=message.pickup_node_id)
    address = message.address
    return Destination(
        PostalAddress(
            postal_code=address.postal_code,
            country_code=address.country_code,
            latitude_e7=address.latitude_e7 if address.HasField("latitude_e7") else None,
            longitude_e7=address.longitude_e7 if address.HasField("longitude_e7") else None,
        )
    )


def _encode_destination(destination: Destination) -> types_pb2.Destination:
    if destination.address is None:
        return types_pb2.Destination(pickup_node_id=destination.pickup_node_id)
    return types_pb2.Destination(
        address=types_pb2.PostalAddress(
            postal_code=destination.address.postal_code,
            country_code=destination.address.country_code,
            latitude_e7=destination.address.latitude_e7,
            longitude_e7=destination.address.longitude_e7,
        )
    )
