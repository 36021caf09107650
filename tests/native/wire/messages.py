"""Random messages of the contract, built from their descriptors with a seeded Random."""

import random
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from fastdom_api.v1 import promise_service_pb2, reservation_service_pb2, routing_service_pb2

REQUESTS: dict[int, type[Message]] = {
    1: reservation_service_pb2.ReserveRequest,
    2: routing_service_pb2.RouteRequest,
    3: promise_service_pb2.PromiseRequest,
    4: reservation_service_pb2.CommitRequest,
    5: reservation_service_pb2.ExtendRequest,
    6: reservation_service_pb2.ReleaseRequest,
    7: reservation_service_pb2.FulfillRequest,
    8: reservation_service_pb2.GetReservationRequest,
}
"""Request class of each unary method."""

REPLIES: dict[int, type[Message]] = {
    1: reservation_service_pb2.ReserveResponse,
    2: routing_service_pb2.RouteResponse,
    3: promise_service_pb2.PromiseResponse,
    4: reservation_service_pb2.CommitResponse,
    5: reservation_service_pb2.ExtendResponse,
    6: reservation_service_pb2.ReleaseResponse,
    7: reservation_service_pb2.FulfillResponse,
    8: reservation_service_pb2.GetReservationResponse,
}
"""Response class of each unary method."""

WORDS = ("L1", "L2", "SKU-1000", "BLR-DC1", "web", "560001", "IN", "INR", "a" * 64, "b" * 65, "कमीज़", "🧵x", "\x00", "")
INTS = (0, 1, 2, 3, 5, 127, 128, 1_000_000, 2**31 - 1, -1, -(2**31))
CPP = FieldDescriptor


def text(rng: random.Random) -> str:
    """Mostly ids, now and then other text."""
    if rng.random() < 0.8:
        return rng.choice(WORDS)
    return "".join(chr(rng.randrange(*rng.choice(((32, 127), (0x80, 0xD800))))) for _ in range(rng.randrange(12)))


def reservation_id(rng: random.Random) -> str:
    """Mostly 32 hexadecimal digits, of either case."""
    digits = f"{rng.getrandbits(128):032x}"
    return rng.choice((digits, digits, digits.upper(), digits[1:], digits + "0", digits[:31] + "g", ""))


def scalar(field: Any, rng: random.Random) -> Any:
    """A value of a field that is not a message."""
    if field.cpp_type == CPP.CPPTYPE_STRING:
        if field.type == CPP.TYPE_BYTES:
            return rng.randbytes(rng.randrange(20))
        return reservation_id(rng) if field.name == "reservation_id" else text(rng)
    if field.cpp_type == CPP.CPPTYPE_BOOL:
        return rng.random() < 0.5
    if field.cpp_type == CPP.CPPTYPE_ENUM:
        return rng.choice((0, 1, 2, 3, 4, 4, 3, 2, 1, 9, -1))
    if field.cpp_type == CPP.CPPTYPE_INT64:
        return rng.choice((*INTS, 2**50, 2**63 - 1, -(2**63)))
    return rng.choice(INTS)


def fill_moment(message: Any, rng: random.Random) -> None:
    """A Timestamp or Duration in, at and beyond its range."""
    message.seconds = rng.choice((0, 1, 600, 1_764_288_000, 253_402_300_799, 253_402_300_800, -1, -600, 2**60))
    message.nanos = rng.choice((0, 0, 1, 999, 1_000, 123_456_789, 999_999_999, 1_000_000_000, -1, -1_000))


def fill_repeated(message: Message, field: Any, rng: random.Random) -> None:
    items = getattr(message, field.name)
    if field.message_type and field.message_type.GetOptions().map_entry:
        for _ in range(rng.choice((0, 0, 1, 2, 17))):
            items[text(rng)] = text(rng)
    elif field.message_type:
        for _ in range(rng.choice((0, 1, 2, 3))):
            fill(items.add(), rng)
    elif field.enum_type:
        items.extend(rng.sample((1, 2, 3, 4), rng.randrange(5)) if rng.random() < 0.8 else [rng.randrange(-1, 7)] * 2)
    else:
        items.extend(scalar(field, rng) for _ in range(rng.randrange(3)))


def fill(message: Message, rng: random.Random) -> None:
    """Give a value to each field or leave it out."""
    if message.DESCRIPTOR.full_name in ("google.protobuf.Timestamp", "google.protobuf.Duration"):
        fill_moment(message, rng)
        return
    for field in message.DESCRIPTOR.fields:
        if rng.random() < 0.3 or field.name == "error":
            continue
        if field.is_repeated:
            fill_repeated(message, field, rng)
        elif field.message_type:
            getattr(message, field.name).SetInParent()
            fill(getattr(message, field.name), rng)
        else:
            setattr(message, field.name, scalar(field, rng))


def fill_plain(message: Message, rng: random.Random) -> None:
    """Give values that every decoder takes: times in range, levels once, a good reservation id."""
    fill(message, rng)
    _mend(message, rng)


def _mend_levels(message: Any, rng: random.Random) -> None:
    message.service_levels[:] = rng.sample((1, 2, 3, 4), rng.randrange(5))


def _mend_attributes(message: Any, _: random.Random) -> None:
    short = [(key, value) for key, value in message.attributes.items() if max(len(key), len(value)) * 4 <= 64]
    message.attributes.clear()
    message.attributes.update(short[:16])


def _mend_weight(message: Any, _: random.Random) -> None:
    message.weight_g = abs(message.weight_g) % 2**31


def _mend_mode(message: Any, _: random.Random) -> None:
    message.mode %= 3


def _mend_reservation_id(message: Any, rng: random.Random) -> None:
    message.reservation_id = f"{rng.getrandbits(128):032x}"


def _mend_point(message: Any, rng: random.Random) -> None:
    message.latitude_e7, message.longitude_e7 = rng.randrange(900_000_000), rng.randrange(1_800_000_000)


def _mend_moment(message: Any, rng: random.Random) -> None:
    message.seconds, message.nanos = rng.choice((1, 600, 1_764_288_000)), rng.choice((0, 1_000, 123_456_000))


MENDERS = {
    "service_levels": _mend_levels,
    "attributes": _mend_attributes,
    "weight_g": _mend_weight,
    "mode": _mend_mode,
    "reservation_id": _mend_reservation_id,
    "latitude_e7": _mend_point,
    "nanos": _mend_moment,
}
"""What a field needs to be taken, by its name."""


def _mend(message: Any, rng: random.Random) -> None:
    for name, mend in MENDERS.items():
        if name in message.DESCRIPTOR.fields_by_name:
            mend(message, rng)
    for field, value in message.ListFields():
        if field.message_type and not field.message_type.GetOptions().map_entry:
            for part in value if field.is_repeated else (value,):
                _mend(part, rng)
