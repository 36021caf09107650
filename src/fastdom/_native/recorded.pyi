"""Orders as a data folder keeps them, for simulations."""

from typing import Any

import numpy as np
import numpy.typing as npt
from typing_extensions import Buffer

from fastdom._native.engine import NativeEngine

def orders(payload: Buffer) -> list[tuple[int, str, bool, int, dict[str, Any] | None]]: ...
def order_of(engine: NativeEngine, reservation_id: str) -> dict[str, Any] | None: ...
def fulfilled(
    engine: NativeEngine, sku_i: npt.NDArray[np.int32], node_i: npt.NDArray[np.int32], seq: int
) -> npt.NDArray[np.int64]: ...
