"""Other bytes for the same message: protobuf lets a writer choose, and a reader must not care.

`respell` shuffles fields, writes numbers and lengths too long, adds fields that nobody knows (of every wire type,
groups too), repeats scalars, cuts sub-messages in two and packs or unpacks lists. What the bytes then mean is for the
generated classes to say: the tests compare with them.
"""

import random
from collections.abc import Iterator
from typing import Any

Field = tuple[int, int, bytes]
"""Number, wire type, and value without tag (and without length for wire type 2)."""


def varint(value: int, extra: int = 0) -> bytes:
    """LEB128 of an unsigned number with so many bytes more than needed."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    for _ in range(extra):
        out[-1] |= 0x80
        out.append(0)
    return bytes(out)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        at += 1
        shift += 7
        if data[at - 1] < 0x80:
            return value, at


def fields(data: bytes) -> Iterator[Field]:
    """Fields of well-formed bytes without groups."""
    at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        start = at
        if tag & 7 == 0:
            _, at = read_varint(data, at)
        elif tag & 7 == 2:
            size, start = read_varint(data, at)
            at = start + size
        else:
            at += 8 if tag & 7 == 1 else 4
        yield tag >> 3, tag & 7, data[start:at]


def unknown(rng: random.Random, depth: int = 0) -> bytes:
    """A field of a number that no message has, of any wire type."""
    number = rng.choice((19, 100, 5_000, 2**29 - 1))
    wire = rng.choice((0, 1, 2, 5) if depth > 3 else (0, 1, 2, 3, 5))
    head = varint(number << 3 | wire)
    if wire == 0:
        return head + varint(rng.getrandbits(64))
    if wire == 1:
        return head + rng.randbytes(8)
    if wire == 5:
        return head + rng.randbytes(4)
    if wire == 2:
        size = rng.randrange(12)
        return head + varint(size) + rng.randbytes(size)
    inside = b"".join(unknown(rng, depth + 1) for _ in range(rng.randrange(3)))
    return head + inside + varint(number << 3 | 4)


def put(number: int, wire: int, value: bytes, rng: random.Random) -> bytes:
    """One field, sometimes longer than it needs to be."""
    tag = varint(number << 3 | wire, rng.choice((0, 0, 0, 1, 2)))
    if wire == 2:
        return tag + varint(len(value), rng.choice((0, 0, 0, 1, 2))) + value
    if wire == 0 and rng.random() < 0.2:
        bits, _ = read_varint(value, 0)
        return tag + varint(bits, rng.randrange(11 - len(value)))
    return tag + value


def spell_message(number: int, value: bytes, descriptor: Any, rng: random.Random, repeated: bool) -> list[bytes]:
    """A sub-message, sometimes in two pieces that a reader merges."""
    inner = [put(*field, rng) for field in fields(value)]
    if repeated or rng.random() < 0.7:
        return [put(number, 2, respell(value, descriptor, rng), rng)]
    cut = rng.randrange(len(inner) + 1)
    return [put(number, 2, b"".join(part), rng) for part in (inner[:cut], inner[cut:])]


def respell(data: bytes, descriptor: Any, rng: random.Random) -> bytes:
    """The message in other bytes."""
    parts: list[bytes] = []
    for number, wire, value in fields(data):
        field = descriptor.fields_by_number.get(number)
        if field is not None and field.message_type is not None and wire == 2:
            parts += spell_message(number, value, field.message_type, rng, field.is_repeated)
        elif field is not None and field.enum_type is not None and field.is_repeated and wire == 2:
            numbers = [read_varint(value, at)[0] for at in range(len(value)) if value[at] < 0x80]
            loose = rng.random() < 0.5
            parts += [put(number, 0, varint(n), rng) for n in numbers] if loose else [put(number, 2, value, rng)]
        else:
            parts += [put(number, wire, value, rng)] * (2 if rng.random() < 0.1 else 1)
    if rng.random() < 0.5:
        rng.shuffle(parts)
    for _ in range(rng.choice((0, 0, 1, 3))):
        parts.insert(rng.randrange(len(parts) + 1), unknown(rng))
    return b"".join(parts)


def damage(data: bytes, rng: random.Random) -> bytes:
    """The bytes cut short, with flipped bits, or with bytes put in or taken out."""
    spoilt = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        at = rng.randrange(len(spoilt) + 1)
        change = rng.randrange(4)
        if change == 0:
            del spoilt[at:]
        elif change == 1 and at < len(spoilt):
            spoilt[at] ^= 1 << rng.randrange(8)
        elif change == 2:
            spoilt[at:at] = rng.randbytes(rng.randrange(1, 4))
        elif at < len(spoilt):
            spoilt[at] = rng.choice((0, 0x7F, 0x80, 0xFF))
    return bytes(spoilt)
