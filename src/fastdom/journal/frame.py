"""One batch of the journal as bytes: a 40-byte header, then the payload. All integers little-endian.

::

    offset  bytes  field
      0       8    checksum     checksum64 of bytes 8 .. 40 + length
      8       4    magic        "FDJB"; zero here means: nothing was ever written from this frame on
     12       2    format       1
     14       2    flags        0 in format 1
     16       8    first_seq    sequence number of the first command, >= 1
     24       8    last_seq     of the last, >= first_seq
     32       8    length       payload bytes, 0 .. PAYLOAD_MAX
     40            payload      opaque to the journal

The checksum comes first so that what it covers is one run of bytes, and a native writer that leaves 40 bytes before
its payload builds a frame in place with one pass and no copy. `FORMATS` names every format the decoder accepts.
An LMDB value holds one frame or several that follow each other without a gap.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from fastdom._native.table import checksum64

Bytes = bytes | bytearray | memoryview

MAGIC = b"FDJB"
FORMAT = 1
FORMATS = (1,)
HEADER_BYTES = 40
CHECKED_FROM = 8
PAYLOAD_MAX = 64 << 20
"""Largest payload; a flush is a few MB, so a larger length in a header means damage."""

_HEADER = struct.Struct("<Q4sHHQQQ")
_CHECKSUM = struct.Struct("<Q")
assert _HEADER.size == HEADER_BYTES


class Header(NamedTuple):
    """The header's fields. ``end`` is the offset behind the frame, counted from the frame's first byte."""

    checksum: int
    format: int
    first_seq: int
    last_seq: int
    end: int


class Frame(NamedTuple):
    """One decoded batch; the payload is a view of the bytes it was decoded from."""

    first_seq: int
    last_seq: int
    payload: memoryview


class FrameDamaged(ValueError):
    """These bytes are not a frame. ``too_new`` is the format found when it is a later one, else 0."""

    def __init__(self, reason: str, too_new: int = 0) -> None:
        self.too_new = too_new
        super().__init__(reason)


def checksum(data: Bytes) -> int:
    """64-bit checksum of ``data``; part of the on-disk format, so its values never change."""
    return checksum64(data)


def encode(first_seq: int, last_seq: int, payload: Bytes) -> bytearray:
    """Build the frame of one batch.

    Raises
    ------
    ValueError
        The sequence numbers are not 1 <= first_seq <= last_seq, or the payload is over PAYLOAD_MAX.
    """
    if not 1 <= first_seq <= last_seq:
        raise ValueError(f"a batch runs from first_seq >= 1 to last_seq >= first_seq, not {first_seq}..{last_seq}")
    length = len(payload)
    if length > PAYLOAD_MAX:
        raise ValueError(f"payload of {length} bytes is over the limit of {PAYLOAD_MAX}")
    frame = bytearray(HEADER_BYTES + length)
    _HEADER.pack_into(frame, 0, 0, MAGIC, FORMAT, 0, first_seq, last_seq, length)
    frame[HEADER_BYTES:] = payload
    _CHECKSUM.pack_into(frame, 0, checksum(memoryview(frame)[CHECKED_FROM:]))
    return frame


def decode_header(data: Bytes, offset: int = 0) -> Header:
    """Read and judge the header at ``offset`` without looking at the payload.

    Raises
    ------
    FrameDamaged
        Too short, no frame, a later format, or fields outside their limits.
    """
    if len(data) - offset < HEADER_BYTES:
        raise FrameDamaged("header cut short")
    found, magic, version, flags, first_seq, last_seq, length = _HEADER.unpack_from(data, offset)
    if magic != MAGIC:
        raise FrameDamaged("no frame here")
    if version not in FORMATS:
        raise FrameDamaged(f"frame in unknown format {version}", version if version > FORMAT else 0)
    if flags or not 1 <= first_seq <= last_seq or length > PAYLOAD_MAX:
        raise FrameDamaged("header fields out of range")
    return Header(found, version, first_seq, last_seq, HEADER_BYTES + length)


def decode(data: memoryview, offset: int = 0) -> tuple[Frame, int]:
    """Decode and check the frame at ``offset``; return it and the offset behind it.

    Raises
    ------
    FrameDamaged
        As `decode_header`, or the payload is cut short or does not match its checksum.
    """
    header = decode_header(data, offset)
    end = offset + header.end
    if end > len(data):
        raise FrameDamaged("payload cut short")
    if checksum(data[offset + CHECKED_FROM : end]) != header.checksum:
        raise FrameDamaged("checksum does not match")
    return Frame(header.first_seq, header.last_seq, data[offset + HEADER_BYTES : end]), end


def decode_all(value: memoryview) -> Iterator[Frame]:
    """Decode the frames of one LMDB value, which must fill it exactly.

    Raises
    ------
    FrameDamaged
        See `decode`; the frames before the damaged one have been given out.
    """
    if not len(value):
        raise FrameDamaged("empty value")
    offset = 0
    while offset < len(value):
        frame, offset = decode(value, offset)
        yield frame
