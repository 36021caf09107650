"""Numbers of the hot methods in the native seam (`Method` in _wire/tags.pxd): a unary one's is its command's kind."""

from typing import Final

from fastdom.reasons import Kind

_BATCH: Final = 64
"""Added to the method of a batch's items."""

RESERVE: Final = int(Kind.RESERVE)
ROUTE: Final = int(Kind.ROUTE)
PROMISE: Final = int(Kind.PROMISE)
COMMIT: Final = int(Kind.COMMIT)
EXTEND: Final = int(Kind.EXTEND)
RELEASE: Final = int(Kind.RELEASE)
FULFILL: Final = int(Kind.FULFILL)
GET_RESERVATION: Final = int(Kind.GET)
BATCH_RESERVE: Final = _BATCH + RESERVE
BATCH_ROUTE: Final = _BATCH + ROUTE
BATCH_PROMISE: Final = _BATCH + PROMISE
