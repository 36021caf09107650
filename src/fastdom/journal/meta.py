"""The databases `meta` and `blobs`: what belongs to the folder as a whole, and documents stored by content."""

import hashlib
import secrets
import struct
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .frame import Bytes, checksum

if TYPE_CHECKING:
    from lmdb import Transaction, _Database

    Txn = Transaction[bytes]

SECRET_BYTES = 16
MOVED = b"moved"
_SECRET = b"secret"
_CREATED_US = b"created_us"
_SETTING = b"setting:"
_INT64 = struct.Struct("<q")


def create(txn: "Txn", db: "_Database") -> None:
    """Give a new folder its secret and its date of birth; an existing one keeps them."""
    txn.put(_SECRET, secrets.token_bytes(SECRET_BYTES), db=db, overwrite=False)
    txn.put(_CREATED_US, _INT64.pack(time.time_ns() // 1000), db=db, overwrite=False)


def secret(txn: "Txn", db: "_Database") -> bytes:
    """16 random bytes drawn when the folder was created; empty when they are missing."""
    return bytes(txn.get(_SECRET, b"", db=db))


def created_us(txn: "Txn", db: "_Database") -> int:
    """When the folder was created, microseconds UTC; 0 when that is missing."""
    data = txn.get(_CREATED_US, db=db)
    return int(_INT64.unpack(data)[0]) if data else 0


def identity(secret: bytes) -> int:
    """Number by which the segments of a folder know it, without telling its secret."""
    return checksum(hashlib.sha256(b"segment" + secret).digest())


def get_setting(txn: "Txn", db: "_Database", name: str) -> str | None:
    """A setting that belongs to the folder, not to the machine."""
    data = txn.get(_SETTING + name.encode(), db=db)
    return None if data is None else bytes(data).decode()


def setting_row(name: str, value: str) -> tuple[bytes, bytes]:
    """Key and value of a setting; raises ValueError unless the name has 1 .. 200 bytes and the value at least 1."""
    key = name.encode()
    if not value or not 1 <= len(key) <= 200:
        raise ValueError(f"setting {name[:40]!r}: a name of 1 to 200 bytes and a value are needed")
    return _SETTING + key, value.encode()


def blob_key(document: Bytes) -> bytes:
    """Content address of a document: its SHA-256, 32 bytes."""
    return hashlib.sha256(document).digest()


def put_blobs(txn: "Txn", db: "_Database", documents: Iterable[Bytes]) -> None:
    """Store documents that are not there yet."""
    for document in documents:
        txn.put(blob_key(document), document, db=db, overwrite=False)
