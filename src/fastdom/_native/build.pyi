"""A native result into the dataclasses of fastdom.types."""

from collections.abc import Callable
from enum import IntEnum
from typing import TypeVar

from fastdom.network.compiled import CompiledNetwork
from fastdom.types import Order

_Word = TypeVar("_Word", bound=IntEnum)

class Layout: ...

class Labels:
    version: int
    services: tuple[str, ...]
    currency: str
    policy: str
    def __init__(self, version: int, services: tuple[str, ...], currency: str, policy: str) -> None: ...

class NameBook:
    def learn(self, version: int, source: CompiledNetwork) -> None: ...
    def present_nodes(self) -> list[str]: ...
    def metres_to(self, order: Order) -> Callable[[str], int]: ...

def members(enum: type[_Word]) -> tuple[_Word, ...]: ...
