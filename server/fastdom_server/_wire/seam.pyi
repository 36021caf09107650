from typing import Self

from fastdom._native.engine import NativeEngine

BATCH_ITEMS_MAX: int

class Core: ...

class Wire:
    timed: bool

    def __new__(cls, engine: NativeEngine | Core, timed: bool = True, out_bytes: int = ...) -> Self: ...
    @property
    def cold(self) -> bool: ...
    def handle(
        self, method: int, data: bytes, now_us: int, deadline_us: int, tenant_i: int = 0
    ) -> tuple[int, int, int, int, bytes]: ...
