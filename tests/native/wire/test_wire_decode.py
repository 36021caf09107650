"""The native decoder against the generated classes: same meaning, or the same refusal."""

import random
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError, Message
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.native.wire import twin_decode
from tests.native.wire.messages import REQUESTS, fill, fill_plain
from tests.native.wire.spelling import damage, respell, varint

from fastdom.reasons import Field, Reason
from fastdom_api.v1.order_pb2 import Order
from fastdom_api.v1.promise_service_pb2 import PromiseRequest
from fastdom_api.v1.reservation_service_pb2 import (
    CommitRequest,
    GetReservationRequest,
    ReleaseRequest,
    ReserveRequest,
)
from fastdom_api.v1.routing_service_pb2 import RouteRequest
from fastdom_server._wire.inspect import decode_to_dict

RESERVE, ROUTE, PROMISE, COMMIT, RELEASE, GET = 1, 2, 3, 4, 6, 8
METHODS = pytest.mark.parametrize("method", REQUESTS, ids=[cls.DESCRIPTOR.name for cls in REQUESTS.values()])
SEEDS = st.integers(0, 2**64 - 1)


def check(method: int, data: bytes) -> None:
    """The native decoder and its twin agree about these bytes."""
    refusals, fields, _ = twin_decode.decode(method, data)
    reason, field, line_i, got = decode_to_dict(method, data)
    if refusals:
        assert (reason, field, line_i) in refusals
        assert got is None
    else:
        assert reason == 0, (reason, field, line_i)
        assert {name: value for name, value in got.items() if name != "fingerprint"} == fields


def fingerprint(method: int, data: bytes) -> tuple[int, int]:
    reason, _, _, fields = decode_to_dict(method, data)
    assert reason == 0
    return fields["fingerprint"]


@METHODS
@given(seed=SEEDS)
@settings(max_examples=150, deadline=None)
def test_random_messages(method: int, seed: int) -> None:
    """Any message the generated classes can write means the same to the native decoder."""
    message = REQUESTS[method]()
    fill(message, random.Random(seed))
    check(method, message.SerializeToString())


@METHODS
@given(seed=SEEDS)
@settings(max_examples=150, deadline=None)
def test_other_spellings(method: int, seed: int) -> None:
    """Order of fields, overlong numbers, unknown fields, split and repeated parts are read as protobuf says."""
    rng = random.Random(seed)
    message = REQUESTS[method]()
    (fill if rng.random() < 0.5 else fill_plain)(message, rng)
    check(method, respell(message.SerializeToString(), message.DESCRIPTOR, rng))


@METHODS
@given(seed=SEEDS)
@settings(max_examples=250, deadline=None)
def test_damaged_bytes(method: int, seed: int) -> None:
    """Bytes that were cut or changed are refused exactly when the generated classes refuse them."""
    rng = random.Random(seed)
    message = REQUESTS[method]()
    fill_plain(message, rng)
    check(method, damage(respell(message.SerializeToString(), message.DESCRIPTOR, rng), rng))


def groups(levels: int) -> bytes:
    return varint(20 << 3 | 3) * levels + varint(20 << 3 | 4) * levels


def inside(tag: bytes, data: bytes) -> bytes:
    return tag + varint(len(data)) + data


def with_attribute_bytes(entry: bytes) -> bytes:
    return inside(b"\x12", inside(b"\x1a", inside(b"\x3a", entry)))


ODD = {
    "nothing": b"",
    "field number 0": b"\x00\x00",
    "field number 0 in a group": b"\xa3\x01\x00\x00\xa4\x01",
    "group 0 in a group": b"\xa3\x01\x03\x04\xa4\x01",
    "wire type 6": b"\x0e",
    "wire type 7": b"\x0f",
    "group end without begin": b"\x0c",
    "group for a known field": b"\x0b\x08\x01\x0c",
    "group closed by another": b"\x0b\x14",
    "group left open": b"\x0b",
    "tag of 5 bytes": b"\x8a\x80\x80\x80\x00\x00",
    "tag of 6 bytes": b"\x8a\x80\x80\x80\x80\x00\x00",
    "tag above 32 bits": b"\xf8\xff\xff\xff\x1f\x00",
    "highest field number": b"\xf8\xff\xff\xff\x0f\x00",
    "length of 5 bytes": b"\x0a\x81\x80\x80\x80\x00a",
    "length of 6 bytes": b"\x0a\x81\x80\x80\x80\x80\x00a",
    "length above 31 bits": b"\x0a\xff\xff\xff\xff\x0f",
    "length past the end": b"\x0a\x02a",
    "number of 10 bytes": b"\x20" + b"\x81" + b"\x80" * 8 + b"\x00",
    "number of 11 bytes": b"\x20" + b"\x81" + b"\x80" * 9 + b"\x00",
    "number above 64 bits": b"\x20" + b"\xff" * 9 + b"\x7f",
    "bool above 32 bits": b"\x30\x80\x80\x80\x80\x10",
    "known field of another wire type": b"\x22\x01\xff",
    "surrogate": b"\x0a\x03\xed\xa0\x80",
    "overlong character": b"\x0a\x02\xc0\x80",
    "overlong of 3 bytes": b"\x0a\x03\xe0\x9f\xbf",
    "overlong of 4 bytes": b"\x0a\x04\xf0\x8f\xbf\xbf",
    "above U+10FFFF": b"\x0a\x04\xf4\x90\x80\x80",
    "last character": b"\x0a\x04\xf4\x8f\xbf\xbf",
    "character cut short": b"\x0a\x02\xe2\x82",
    "character after ASCII": b"\x0a\x0bABCDEFGH\xe2\x82\xac",
    "NUL": b"\x0a\x01\x00",
    "groups at their limit": groups(100),
    "groups beyond their limit": groups(101),
    "groups in the order at their limit": inside(b"\x12", groups(99)),
    "groups in the order beyond their limit": inside(b"\x12", groups(100)),
    "groups in a line at their limit": inside(b"\x12", inside(b"\x1a", groups(98))),
    "groups in a line beyond their limit": inside(b"\x12", inside(b"\x1a", groups(99))),
    "groups in an attribute at their limit": with_attribute_bytes(groups(97)),
    "groups in an attribute beyond their limit": with_attribute_bytes(groups(98)),
    "attribute key that is not UTF-8": with_attribute_bytes(b"\x0a\x01\xff"),
    "attribute with an unknown field": with_attribute_bytes(b"\x0a\x01k\x18\x01"),
    "attribute without key and value": inside(b"\x12", inside(b"\x1a", b"\x3a\x00")),
    "pickup after address": inside(b"\x12", inside(b"\x22", b"\x0a\x02\x0a\x00\x12\x01N")),
    "address after pickup": inside(b"\x12", inside(b"\x22", b"\x12\x01N\x0a\x04\x12\x02PC")),
    "address, pickup, address": inside(b"\x12", inside(b"\x22", b"\x0a\x03\x0a\x01C\x12\x01N\x0a\x03\x12\x01P")),
    "addresses merge": inside(b"\x12", inside(b"\x22", b"\x0a\x03\x0a\x01C\x0a\x03\x12\x01P")),
    "orders merge": b"\x12\x03\x0a\x01O\x12\x03\x12\x01c\x12\x02\x1a\x00\x12\x02\x1a\x00",
    "ttl in two parts": b"\x2a\x02\x08\x05\x2a\x04\x10\xc0\x84\x3d",
}


@pytest.mark.parametrize("data", ODD.values(), ids=ODD)
def test_odd_bytes(data: bytes) -> None:
    """Corners of the encoding are read or refused as the generated classes do."""
    check(RESERVE, data)


def test_odd_bytes_are_not_all_refused_or_all_taken() -> None:
    """The corner cases have both kinds, so that agreeing says something."""
    taken = 0
    for data in ODD.values():
        try:
            ReserveRequest.FromString(data)
            taken += 1
        except DecodeError:
            pass
    assert 15 < taken < len(ODD) - 15


@pytest.mark.parametrize("size", range(40))
def test_non_ascii_at_every_place(size: int) -> None:
    """A byte that is not UTF-8 is found wherever it stands in a string."""
    for at in range(size):
        text = bytearray(b"x" * size)
        text[at] = 0xFF
        reason, *_ = decode_to_dict(GET, inside(b"\x0a", bytes(text)))
        assert reason == Reason.MALFORMED


def test_unknown_method() -> None:
    """A method that is not hot is UNSUPPORTED."""
    assert decode_to_dict(0, b"")[0] == Reason.UNSUPPORTED
    assert decode_to_dict(9, b"")[0] == Reason.UNSUPPORTED


# --- limits


def reserve_lines(n: int) -> bytes:
    message = ReserveRequest(request_id="r")
    for i in range(n):
        message.order.lines.add(line_id=f"L{i}", sku="S", quantity=1)
    return message.SerializeToString()


def test_lines_at_their_limit() -> None:
    """1,000 lines are read, 1,001 are TOO_MANY_LINES, in orders and releases."""
    assert len(decode_to_dict(RESERVE, reserve_lines(1000))[3]["lines"]) == 1000
    assert decode_to_dict(RESERVE, reserve_lines(1001))[:3] == (Reason.TOO_MANY_LINES, Field.LINES, -1)
    release = ReleaseRequest(reservation_id="a" * 32)
    for _ in range(3000):
        release.lines.add(line_id="L", quantity=1)
    assert decode_to_dict(RELEASE, release.SerializeToString())[:3] == (Reason.TOO_MANY_LINES, Field.LINES, -1)


@pytest.mark.parametrize(
    ("name", "field"), [("include_node_ids", Field.INCLUDE_NODE_IDS), ("exclude_node_ids", Field.EXCLUDE_NODE_IDS)]
)
def test_nodes_at_their_limit(name: str, field: Field) -> None:
    """4,096 nodes are read, more are TOO_MANY_ITEMS of their list."""
    full = RouteRequest(**{name: ["N"] * 4096}).SerializeToString()
    over = RouteRequest(**{name: ["N"] * 9000}).SerializeToString()
    assert decode_to_dict(ROUTE, full)[0] == 0
    assert decode_to_dict(ROUTE, over)[:3] == (Reason.TOO_MANY_ITEMS, field, -1)


def with_attributes(entries: list[tuple[str, str]]) -> bytes:
    line = b"".join(
        inside(b"\x3a", inside(b"\x0a", key.encode()) + inside(b"\x12", value.encode())) for key, value in entries
    )
    return inside(b"\x12", inside(b"\x1a", b"") + inside(b"\x1a", line))


def test_attributes_at_their_limits() -> None:
    """16 keys, told as often as one likes, of 64 bytes are read; a 17th or a longer text is refused with its line."""
    refused = (Reason.INVALID_FIELD, Field.ATTRIBUTES, 1)
    many = [(f"key{i}", "v") for i in range(16)]
    assert decode_to_dict(RESERVE, with_attributes(many * 3))[0] == 0
    assert decode_to_dict(RESERVE, with_attributes([*many, ("one more", "")]))[:3] == refused
    assert decode_to_dict(RESERVE, with_attributes([("k" * 64, "v" * 64)]))[0] == 0
    assert decode_to_dict(RESERVE, with_attributes([("k" * 65, "")]))[:3] == refused
    assert decode_to_dict(RESERVE, with_attributes([("k", "v" * 65)]))[:3] == refused
    assert decode_to_dict(RESERVE, with_attributes([("k", "v" * 65), ("k", "v")]))[0] == 0


def test_attributes_of_an_order_at_their_limit() -> None:
    """The packed attributes of all lines take up to 256 KiB; the line that goes beyond is refused."""
    order = Order()
    for _ in range(126):
        order.lines.add(attributes={f"{i:064}": "v" * 64 for i in range(16)})
    over = ReserveRequest(order=order).SerializeToString()
    assert decode_to_dict(RESERVE, over)[:3] == (Reason.INVALID_FIELD, Field.ATTRIBUTES, 125)
    del order.lines[125].attributes[f"{15:064}"]
    reason, _, _, fields = decode_to_dict(RESERVE, ReserveRequest(order=order).SerializeToString())
    assert (reason, sum(len(line["attributes"]) for line in (fields or {})["lines"])) == (0, 126 * 2081 - 130)


@pytest.mark.parametrize("nanos", [0, 1, 999])
def test_no_time_is_zero(nanos: int) -> None:
    """A time or ttl that is given but cuts to zero microseconds is refused: zero means "not given" in a Command."""
    order = Order()
    order.required_by.nanos = nanos
    data = ReserveRequest(order=order)
    assert decode_to_dict(RESERVE, data.SerializeToString())[:3] == (Reason.INVALID_FIELD, Field.REQUIRED_BY, -1)
    data = ReserveRequest()
    data.ttl.nanos = -nanos
    assert decode_to_dict(RESERVE, data.SerializeToString())[:3] == (Reason.INVALID_FIELD, Field.TTL, -1)


def test_malformed_wins() -> None:
    """Broken bytes are MALFORMED also behind a field that would be refused."""
    data = ReserveRequest(mode=7).SerializeToString()  # type: ignore[arg-type]
    assert decode_to_dict(RESERVE, data)[:3] == (Reason.INVALID_FIELD, Field.MODE, -1)
    assert decode_to_dict(RESERVE, data + b"\x0a\x05")[:3] == twin_decode.MALFORMED


# --- the fingerprint


@METHODS
@given(seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_fingerprint_is_of_the_meaning(method: int, seed: int) -> None:
    """Equal bodies have equal fingerprints however they are spelled, and only they."""
    rng = random.Random(seed)
    message = REQUESTS[method]()
    fill_plain(message, rng)
    plain = message.SerializeToString()
    other = respell(plain, message.DESCRIPTOR, rng)
    _, fields, facts = twin_decode.decode(method, plain)
    refusals, other_fields, other_facts = twin_decode.decode(method, other)
    if not refusals:
        same = body(fields) == body(other_fields) and facts == other_facts
        assert (fingerprint(method, plain) == fingerprint(method, other)) == same


def body(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in ("request_id", "first_sent_at_us", "explain")}


def variants(message: Message) -> list[tuple[str, Message]]:
    """The message with one field changed, for every field of it and of its parts."""
    made = []
    for field, value in message.ListFields():
        copy = type(message)()
        copy.CopyFrom(message)
        if field.message_type and field.message_type.GetOptions().map_entry:
            getattr(copy, field.name)["k"] = "other"
            made.append((field.name, copy))
        elif field.message_type:
            for name, part in variants(value[0] if field.is_repeated else value):
                changed: Any = type(message)()
                changed.CopyFrom(message)
                (getattr(changed, field.name)[0] if field.is_repeated else getattr(changed, field.name)).CopyFrom(part)
                made.append((f"{field.name}.{name}", changed))
        elif field.is_repeated:
            getattr(copy, field.name).append(4 if field.enum_type else "other")
            made.append((field.name, copy))
        else:
            setattr(copy, field.name, other_value(field, value))
            made.append((field.name, copy))
    return made


def other_value(field: FieldDescriptor, value: Any) -> Any:
    if field.name == "reservation_id":
        return "f" * 32
    if field.type == FieldDescriptor.TYPE_BYTES:
        return value + b"x"
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, bool):
        return not value
    return 1_000 if field.name in ("nanos", "seconds") else 2


def full_messages() -> list[tuple[int, Message]]:
    order = Order(order_id="O", channel="c", service_level=1, payment=1, order_value_micros=5, currency_code="INR")  # type: ignore[arg-type]
    order.lines.add(line_id="L", sku="S", quantity=1, weight_g=1, group_id="g", node_id="N", attributes={"k": "v"})
    order.destination.address.country_code = "IN"
    order.destination.address.postal_code = "560001"
    order.destination.address.latitude_e7 = 1
    order.destination.address.longitude_e7 = 1
    order.placed_at.seconds = order.required_by.seconds = 7
    reserve = ReserveRequest(request_id="r", order=order, option_token=b"t", mode=1, allow_partial=True)  # type: ignore[arg-type]
    route = RouteRequest(
        request_id="r", order=order, mode=1, include_node_ids=["N"], exclude_node_ids=["N"], allow_partial=True,  # type: ignore[arg-type]
        max_shipments=1, effort=1, alternatives=1, explain=True,
    )  # fmt: skip
    promise = PromiseRequest(request_id="r", order=order, service_levels=[1], hold=True, option=1)  # type: ignore[arg-type]
    route.policy.name = promise.policy.name = "p"
    route.policy.version = promise.policy.version = 1
    commit = CommitRequest(request_id="r", reservation_id="a" * 32, reacquire=True)
    release = ReleaseRequest(request_id="r", reservation_id="a" * 32)
    release.lines.add(line_id="L", quantity=1, node_id="N")
    for message in (reserve, route, promise):
        message.ttl.seconds = message.first_sent_at.seconds = 7
    return [(RESERVE, reserve), (ROUTE, route), (PROMISE, promise), (COMMIT, commit), (RELEASE, release)]


FREE = {"request_id", "first_sent_at.seconds", "explain"}
"""What may differ between two sendings of one request."""


@pytest.mark.parametrize(("method", "message"), full_messages(), ids=lambda value: getattr(value, "DESCRIPTOR", value))
def test_fingerprint_depends_on_every_field(method: int, message: Message) -> None:
    """Changing any one field of the body changes the fingerprint; the request id, first_sent_at and explain do not."""
    first = fingerprint(method, message.SerializeToString())
    changes = variants(message)
    assert len(changes) >= 3
    for name, changed in changes:
        same = fingerprint(method, changed.SerializeToString()) == first
        assert same == (name in FREE), name


def test_fingerprint_depends_on_the_method() -> None:
    """The same fields sent to another method are another body."""
    message = ReleaseRequest(request_id="r", reservation_id="a" * 32).SerializeToString()
    assert len({fingerprint(method, message) for method in (4, 5, 6, 7)}) == 4


def test_get_reservation_takes_either_case() -> None:
    """Hexadecimal digits of either case name the same reservation."""
    low, high = (GetReservationRequest(reservation_id=text).SerializeToString() for text in ("ab" * 16, "AB" * 16))
    assert decode_to_dict(GET, low)[3] == decode_to_dict(GET, high)[3]
