"""PromiseService: both methods are hot."""

from collections.abc import Mapping
from typing import ClassVar

from fastdom_server.interceptors import Handler
from fastdom_server.services.hot import BATCH_PROMISE, PROMISE
from fastdom_server.services.service import Served


class PromiseService:
    """Delivery promises."""

    NAME: ClassVar[str] = "fastdom.v1.PromiseService"

    def __init__(self, served: Served) -> None:
        self._door, self._handle = served.door, served.wire.handle

    def methods(self) -> Mapping[str, Handler]:
        """Return the handler of every method by its name."""
        return {
            "Promise": self._door.hot(self._handle, PROMISE),
            "BatchPromise": self._door.hot(self._handle, BATCH_PROMISE),
        }
