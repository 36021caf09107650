"""The database `batches`: 8-byte big-endian first sequence number -> one frame or several without a gap."""

import struct
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from .frame import Bytes, Frame, FrameDamaged, decode_all

if TYPE_CHECKING:
    from lmdb import Transaction, _Database

_KEY = struct.Struct(">Q")

CHUNK_BYTES = 16 << 20
"""How much `read_chunk` copies in one read transaction, unless a single value is larger."""


def key_of(seq: int) -> bytes:
    """Key of the batch whose first command has this number; keys sort like numbers."""
    return _KEY.pack(seq)


def seq_of(key: bytes) -> int:
    """Inverse of `key_of`."""
    seq: int = _KEY.unpack(key)[0]
    return seq


def put(txn: "Transaction[bytes]", db: "_Database", first_seq: int, value: Bytes) -> None:
    """Add a value behind all others; a lower or equal key is a programming error."""
    if not txn.put(key_of(first_seq), value, db=db, append=True, overwrite=False):
        raise AssertionError(f"batch {first_seq} does not follow the last one")


def first_seq(txn: "Transaction[bytes]", db: "_Database") -> int:
    """Lowest sequence number kept, 0 when there is none."""
    cursor = txn.cursor(db)
    return seq_of(bytes(cursor.key())) if cursor.first() else 0


def last_seq(txn: "Transaction[bytes]", db: "_Database") -> int:
    """Highest sequence number, 0 when there is none.

    Raises
    ------
    FrameDamaged
        The last value cannot be read.
    """
    cursor = txn.cursor(db)
    if not cursor.last():
        return 0
    return last_of(seq_of(bytes(cursor.key())), memoryview(cursor.value()))


def last_of(first: int, value: memoryview) -> int:
    """Last sequence number in a value stored under ``first``; raises FrameDamaged."""
    last = first - 1
    for frame in frames_of(first, value):
        last = frame.last_seq
    return last


def frames_of(first: int, value: memoryview) -> Iterator[Frame]:
    """Frames of the value stored under ``first``, each checked and following the one before.

    Raises
    ------
    FrameDamaged
    """
    expected = first
    for frame in decode_all(value):
        if frame.first_seq != expected:
            raise FrameDamaged(f"sequence {frame.first_seq} where {expected} belongs")
        yield frame
        expected = frame.last_seq + 1


def read_chunk(txn: "Transaction[bytes]", db: "_Database", from_seq: int) -> list[tuple[int, bytes]]:
    """Copy out about CHUNK_BYTES of the values whose key is >= ``from_seq``.

    The copies outlive the transaction, so replay never holds one open.
    """
    cursor = txn.cursor(db)
    chunk: list[tuple[int, bytes]] = []
    taken = 0
    found = cursor.set_range(key_of(from_seq))
    while found and taken < CHUNK_BYTES:
        chunk.append((seq_of(bytes(cursor.key())), bytes(cursor.value())))
        taken += len(chunk[-1][1])
        found = cursor.next()
    return chunk


def key_holding(txn: "Transaction[bytes]", db: "_Database", seq: int) -> int:
    """Largest key <= ``seq``, else the first key, else 0: where reading from ``seq`` on has to begin."""
    cursor = txn.cursor(db)
    if not cursor.set_range(key_of(seq)):
        return seq_of(bytes(cursor.key())) if cursor.last() else 0
    if seq_of(bytes(cursor.key())) != seq and not cursor.prev():
        cursor.first()
    return seq_of(bytes(cursor.key()))


def prune(txn: "Transaction[bytes]", db: "_Database", before_seq: int, limit: int, nbytes: int) -> int:
    """Delete up to ``limit`` values, and about ``nbytes`` of them, that end before ``before_seq``; return how many.

    A value ends where the next one begins, so the last one always stays.
    """
    cursor = txn.cursor(db)
    keys: list[bytes] = []
    found = cursor.first()
    while found and len(keys) <= limit:
        keys.append(bytes(cursor.key()))
        if seq_of(keys[-1]) > before_seq:
            break
        found = cursor.next()
    deleted = taken = 0
    for key, following in pairwise(keys):
        if seq_of(following) > before_seq or deleted >= limit or taken >= nbytes:
            break
        cursor.set_key(key)
        taken += len(cursor.value())
        cursor.delete()
        deleted += 1
    return deleted
