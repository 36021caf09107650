"""What a request means as a Command, read from the generated classes: the slow twin of _wire/decode.pyx."""

from collections.abc import Callable
from typing import Any

from google.protobuf.message import DecodeError, Message
from tests.native.wire.messages import REQUESTS

from fastdom.reasons import Field, Reason

Refusal = tuple[int, int, int]
"""Reason, field, line_i."""

MALFORMED: Refusal = (Reason.MALFORMED, Field.NONE, -1)
LINES_MAX, NODES_MAX, ATTRIBUTES_MAX, ATTRIBUTE_BYTES_MAX = 1000, 4096, 16, 64
NOT_GIVEN = -(1 << 31)


def utf8(text: str) -> bytes:
    return text.encode()


class Reader:
    """Gathers the fields of a Command and everything that speaks against them."""

    def __init__(self, kind: int) -> None:
        self.refusals: set[Refusal] = set()
        self.facts: dict[str, Any] = {}
        self.fields: dict[str, Any] = {
            "kind": kind, "request_id": b"", "first_sent_at_us": 0, "order_id": b"", "channel": b"",
            "country_code": b"", "postal_code": b"", "pickup_node": b"", "currency_code": b"",
            "latitude_e7": NOT_GIVEN, "longitude_e7": NOT_GIVEN,
            "order_value_micros": 0, "placed_at_us": 0, "required_by_us": 0, "service_level": 0, "payment": 0,
            "lines": [], "mode": 0, "ttl_us": 0, "allow_partial": False, "max_shipments": 0, "effort": 0,
            "policy_name": b"", "policy_version": 0, "include_nodes": [], "exclude_nodes": [], "alternatives": 0,
            "explain": False, "service_levels": 0, "hold": False, "hold_level": 0, "option_token": b"",
            "reservation_id": "0" * 32, "reacquire": False,
        }  # fmt: skip

    def refuse(self, reason: int, field: int, line_i: int = -1) -> None:
        self.refusals.add((reason, field, line_i))

    def timestamp(self, message: Any, name: str, field: int) -> int:
        if not message.HasField(name):
            return 0
        moment = getattr(message, name)
        us = moment.seconds * 1_000_000 + moment.nanos // 1_000
        if not (0 <= moment.seconds <= 253_402_300_799 and 0 <= moment.nanos < 1_000_000_000 and us > 0):
            self.refuse(Reason.INVALID_FIELD, field)
        return int(us)

    def duration(self, message: Any, name: str, field: int) -> int:
        if not message.HasField(name):
            return 0
        span = getattr(message, name)
        us = span.seconds * 1_000_000 + int(span.nanos / 1_000)
        small = abs(span.seconds) <= 315_576_000_000 and abs(span.nanos) < 1_000_000_000
        if not small or span.seconds * span.nanos < 0 or us == 0:
            self.refuse(Reason.INVALID_FIELD, field)
        return int(us)

    def attributes(self, line: Any, line_i: int) -> bytes:
        """Packed: how many, then key and value of each with its length, by key. Lengths within the limit are a byte."""
        entries = {utf8(key): utf8(value) for key, value in line.attributes.items()}
        longest = max((len(text) for pair in entries.items() for text in pair), default=0)
        if len(entries) > ATTRIBUTES_MAX or longest > ATTRIBUTE_BYTES_MAX:
            self.refuse(Reason.INVALID_FIELD, Field.ATTRIBUTES, line_i)
        if entries:
            self.facts[f"attributes {line_i}"] = tuple(sorted(entries.items()))
        texts = [text for pair in sorted(entries.items()) for text in pair]
        packed = b"".join(bytes([len(text) & 0x7F]) + text for text in texts)
        return bytes([len(entries) & 0x7F]) + packed if entries else b""

    def order_lines(self, lines: Any) -> None:
        for i, line in enumerate(lines):
            if line.weight_g < 0:
                self.refuse(Reason.INVALID_FIELD, Field.WEIGHT, i)
            self.fields["lines"].append(
                {
                    "line_id": utf8(line.line_id), "sku": utf8(line.sku), "node": utf8(line.node_id),
                    "group_id": utf8(line.group_id), "quantity": line.quantity, "weight_g": line.weight_g or -1,
                    "attributes": self.attributes(line, i),
                }
            )  # fmt: skip
        if len(lines) > LINES_MAX:
            self.refuse(Reason.TOO_MANY_LINES, Field.LINES)

    def address(self, address: Any) -> None:
        self.fields.update(country_code=utf8(address.country_code), postal_code=utf8(address.postal_code))
        point = [
            (name, limit, field, getattr(address, name))
            for name, limit, field in (
                ("latitude_e7", 900_000_000, Field.LATITUDE_E7), ("longitude_e7", 1_800_000_000, Field.LONGITUDE_E7),
            )
            if address.HasField(name)
        ]  # fmt: skip
        if len(point) == 1:
            self.refuse(Reason.INVALID_FIELD, Field.LATITUDE_E7)
            self.refuse(Reason.INVALID_FIELD, Field.LONGITUDE_E7)
        for name, limit, field, value in point:
            self.facts[name] = value
            self.fields[name] = value
            if abs(value) > limit:
                self.refuse(Reason.INVALID_FIELD, field)

    def order(self, order: Any) -> None:
        self.fields.update(
            order_id=utf8(order.order_id), channel=utf8(order.channel), service_level=order.service_level,
            payment=order.payment, order_value_micros=order.order_value_micros, currency_code=utf8(order.currency_code),
            placed_at_us=self.timestamp(order, "placed_at", Field.PLACED_AT),
            required_by_us=self.timestamp(order, "required_by", Field.REQUIRED_BY),
        )  # fmt: skip
        self.order_lines(order.lines)
        if order.destination.HasField("address"):
            self.address(order.destination.address)
        else:
            self.fields["pickup_node"] = utf8(order.destination.pickup_node_id)

    def head(self, message: Any) -> None:
        self.fields["request_id"] = utf8(message.request_id)
        self.fields["first_sent_at_us"] = self.timestamp(message, "first_sent_at", Field.FIRST_SENT_AT)

    def reserve(self, message: Any) -> None:
        self.head(message)
        self.order(message.order)
        if not 0 <= message.mode <= 2:
            self.refuse(Reason.INVALID_FIELD, Field.MODE)
        self.fields.update(
            option_token=message.option_token, mode=message.mode and message.mode + 1,
            allow_partial=message.allow_partial, ttl_us=self.duration(message, "ttl", Field.TTL),
        )  # fmt: skip

    def policy(self, policy: Any) -> None:
        self.fields.update(policy_name=utf8(policy.name), policy_version=policy.version)

    def route(self, message: Any) -> None:
        self.head(message)
        self.order(message.order)
        self.policy(message.policy)
        for name, nodes, field in (
            ("include_nodes", message.include_node_ids, Field.INCLUDE_NODE_IDS),
            ("exclude_nodes", message.exclude_node_ids, Field.EXCLUDE_NODE_IDS),
        ):
            self.fields[name] = [utf8(node) for node in nodes]
            if len(nodes) > NODES_MAX:
                self.refuse(Reason.TOO_MANY_ITEMS, field)
        self.fields.update(
            mode=message.mode, ttl_us=self.duration(message, "ttl", Field.TTL), allow_partial=message.allow_partial,
            max_shipments=message.max_shipments, effort=message.effort, alternatives=message.alternatives,
            explain=message.explain,
        )  # fmt: skip

    def promise(self, message: Any) -> None:
        self.head(message)
        self.order(message.order)
        self.policy(message.policy)
        seen: set[int] = set()
        for i, level in enumerate(message.service_levels):
            if not 1 <= level <= 4:
                self.refuse(Reason.UNKNOWN_SERVICE_LEVEL, Field.SERVICE_LEVELS, i)
            elif level in seen:
                self.refuse(Reason.INVALID_FIELD, Field.SERVICE_LEVELS, i)
            seen.add(level)
        self.fields.update(
            service_levels=sum(1 << level for level in seen if level > 0), hold=message.hold, hold_level=message.option,
            ttl_us=self.duration(message, "ttl", Field.TTL),
        )  # fmt: skip

    def reservation_id(self, text: str) -> None:
        digits = text.lower()
        if len(utf8(text)) != 32 or not set(digits) <= set("0123456789abcdef"):
            self.refuse(Reason.INVALID_FIELD, Field.RESERVATION_ID)
        self.fields["reservation_id"] = digits

    def verb(self, message: Any) -> None:
        self.head(message)
        self.reservation_id(message.reservation_id)

    def commit(self, message: Any) -> None:
        self.verb(message)
        self.fields["reacquire"] = message.reacquire

    def extend(self, message: Any) -> None:
        self.verb(message)
        self.fields["ttl_us"] = self.duration(message, "ttl", Field.TTL)

    def units(self, message: Any) -> None:
        self.verb(message)
        self.fields["lines"] = [
            {
                "line_id": utf8(line.line_id), "sku": b"", "node": utf8(line.node_id), "group_id": b"",
                "quantity": line.quantity, "weight_g": -1, "attributes": b"",
            }
            for line in message.lines
        ]  # fmt: skip
        if len(message.lines) > LINES_MAX:
            self.refuse(Reason.TOO_MANY_LINES, Field.LINES)

    def get(self, message: Any) -> None:
        self.reservation_id(message.reservation_id)


READERS: dict[int, Callable[[Reader, Message], None]] = {
    1: Reader.reserve,
    2: Reader.route,
    3: Reader.promise,
    4: Reader.commit,
    5: Reader.extend,
    6: Reader.units,
    7: Reader.units,
    8: Reader.get,
}


def decode(method: int, data: bytes) -> tuple[set[Refusal], dict[str, Any], dict[str, Any]]:
    """Everything that is wrong with a request, its fields as decode_to_dict names them, and the facts beside them."""
    reader = Reader(method)
    try:
        message = REQUESTS[method].FromString(data)
    except DecodeError:
        return {MALFORMED}, {}, {}
    READERS[method](reader, message)
    return reader.refusals, reader.fields, reader.facts
