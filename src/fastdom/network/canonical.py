"""The content hash: the same network gives the same hash, whatever the order of its rows, keys and files.

The document is already in canonical order, so hashing it field by field is enough. Every value goes in with its
length, so that no two documents share a byte stream. Initial stock is left out: it is state, not network.
"""

import dataclasses
import hashlib
from collections.abc import Callable

import numpy as np

from fastdom.network.document import NetworkDocument

NOT_HASHED = frozenset(["stock", "content_hash"])
FORMAT = b"fastdom network 1"


def content_hash(document: NetworkDocument) -> str:
    """Return the sha256, in hexadecimal, of the document without its initial stock."""
    digest = hashlib.sha256(FORMAT)
    for field in dataclasses.fields(document):
        if field.name not in NOT_HASHED:
            _feed(digest.update, field.name)
            _feed(digest.update, getattr(document, field.name))
    return digest.hexdigest()


def _feed(update: Callable[[bytes], None], value: object) -> None:
    if isinstance(value, np.ndarray):
        little = value.astype(value.dtype.newbyteorder("<"), copy=False)
        update(f"a{little.dtype.str}{little.shape};".encode())
        update(little.tobytes())
    elif isinstance(value, str):
        data = value.encode()
        update(b"s%d;" % len(data) + data)
    elif isinstance(value, int):
        update(b"i%d;" % value)
    elif isinstance(value, tuple) and value and all(isinstance(one, str) for one in value):
        data = "".join(value).encode()
        lengths = np.array([len(one) for one in value], dtype="<i4")
        update(b"S%d;%d;" % (len(value), len(data)) + lengths.tobytes() + data)
    elif isinstance(value, tuple):
        update(b"t%d;" % len(value))
        for one in value:
            _feed(update, one)
    elif dataclasses.is_dataclass(value):
        update(b"d;")
        for field in dataclasses.fields(value):
            _feed(update, getattr(value, field.name))
    else:
        raise TypeError(f"{type(value).__name__} has no canonical form")
