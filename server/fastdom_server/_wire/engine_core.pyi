from typing import Self

from fastdom._native.engine import NativeEngine
from fastdom_server._wire.seam import Core

class EngineCore(Core):
    def __new__(cls, native: NativeEngine) -> Self: ...
