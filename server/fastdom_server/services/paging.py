"""Pages of lists that are read from the network document: size, and a token that names the last key shown.

A token carries the key, not an offset, so that a new network version between two pages neither repeats nor skips what
both versions have; and a check of the list and its filters, so that it cannot be used with others.
"""

import base64
import binascii
import hashlib

from fastdom.reasons import EngineError, Field, Reason

PAGE_SIZE_DEFAULT = 100
PAGE_SIZE_MAX = 1_000
_CHECK_BYTES = 6


def page_size(asked: int) -> int:
    """Return the size of a page; 0 is the default.

    Raises
    ------
    EngineError
        INVALID_FIELD when it is negative or over the limit.
    """
    if not 0 <= asked <= PAGE_SIZE_MAX:
        raise EngineError(Reason.INVALID_FIELD, Field.PAGE_SIZE)
    return asked or PAGE_SIZE_DEFAULT


def write_token(key: tuple[str, ...], *scope: str) -> str:
    """Return the token that goes on after ``key`` in the list and filters ``scope``."""
    packed = "\0".join(key).encode()
    return base64.urlsafe_b64encode(_check(packed, scope) + packed).decode()


def read_token(token: str, *scope: str) -> tuple[str, ...] | None:
    """Return the key a token goes on after, None for the first page.

    Raises
    ------
    EngineError
        INVALID_FIELD when it is damaged or of another list or filter.
    """
    if not token:
        return None
    try:
        packed = base64.b64decode(token, altchars=b"-_", validate=True)
        check, packed = packed[:_CHECK_BYTES], packed[_CHECK_BYTES:]
        if check == _check(packed, scope):
            return tuple(packed.decode().split("\0"))
    except (binascii.Error, ValueError):
        pass
    raise EngineError(Reason.INVALID_FIELD, Field.PAGE_TOKEN, message="not a token of this list with these filters")


def _check(packed: bytes, scope: tuple[str, ...]) -> bytes:
    return hashlib.blake2b("\0".join(scope).encode() + b"\0\0" + packed, digest_size=_CHECK_BYTES).digest()
