"""How a checkpoint lies in its LMDB environment.

::

    chunks     id (8, big-endian) + section (2) + index (4)  ->  checksum64 (8) + the key again (14) + chunk
    manifests  id (8, big-endian)                            ->  checksum64 (8) + JSON

The manifest is written last, so a checkpoint without one was never finished.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from .frame import Bytes, checksum

FORMAT = 1
CHUNK_MAX = 64 << 20
SECTIONS_MAX = 1 << 16

STEP_BYTES = 8 << 20
"""Bytes written, or copied out, in one transaction."""

KEY = struct.Struct(">QHI")
ID = struct.Struct(">Q")
_SUM = struct.Struct("<Q")
KEY_AT = _SUM.size
BODY_AT = _SUM.size + KEY.size


class Damage(ValueError):
    """These bytes are not what was written. ``too_new`` is the format found when it is a later one, else 0."""

    def __init__(self, reason: str, too_new: int = 0) -> None:
        self.too_new = too_new
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a complete checkpoint consists of. ``total`` is `total_of` its chunks; ``sections`` counts chunks."""

    id: int
    seq: int
    digest: str
    counts: dict[str, int]
    sections: dict[str, int]
    chunk_bytes: int
    total: int
    format: int = FORMAT

    def encode(self) -> tuple[bytes, bytes]:
        """Key and value in the database `manifests`."""
        key, body = ID.pack(self.id), json.dumps(asdict(self)).encode()
        return key, _SUM.pack(checksum(key + body)) + body

    @classmethod
    def decode(cls, key: bytes, value: bytes) -> "Manifest":
        """Inverse of `encode`; raises Damage."""
        body = value[_SUM.size :]
        if len(value) < _SUM.size or _SUM.unpack_from(value)[0] != checksum(key + body):
            raise Damage("manifest does not match its checksum")
        fields = json.loads(body)
        if fields["format"] > FORMAT:
            raise Damage("later format", fields["format"])
        return cls(**fields)


def encode_chunk(key: bytes, chunk: Bytes) -> bytes:
    """Value of a chunk; its first 8 bytes are its checksum."""
    return b"".join((_SUM.pack(checksum(b"".join((key, chunk)))), key, chunk))


def check_chunk(key: bytes, value: bytes) -> None:
    """Raise Damage unless ``value`` is what `encode_chunk` made for ``key``."""
    if value[KEY_AT:BODY_AT] != key:
        raise Damage("missing")
    if _SUM.unpack_from(value)[0] != checksum(memoryview(value)[KEY_AT:]):
        raise Damage("does not match its checksum")


def total_of(sums: Mapping[bytes, bytes]) -> int:
    """Identity of a set of chunks, from key -> the 8 bytes of its checksum, in any order."""
    return checksum(b"".join(key + sums[key] for key in sorted(sums)))
