"""Many commands of one kind in one native loop."""

import numpy as np
import numpy.typing as npt

from fastdom._native.engine import NativeEngine

def set_many(
    engine: NativeEngine,
    request_id: bytes,
    sku_i: npt.NDArray[np.int32],
    node_i: npt.NDArray[np.int32],
    on_hand: npt.NDArray[np.int32],
    safety_stock: npt.NDArray[np.int32] | None,
    routing_reserve: npt.NDArray[np.int32] | None,
    now_us: int,
    as_of_us: int = ...,
    tenant_i: int = ...,
) -> tuple[npt.NDArray[np.uint8], int]: ...
def reserve_many(
    engine: NativeEngine,
    channel: bytes,
    request_ids: npt.NDArray[np.uint64],
    sku_i: npt.NDArray[np.int32],
    quantity: npt.NDArray[np.int32],
    node_i: npt.NDArray[np.int32] | None,
    postal_i: npt.NDArray[np.int32] | None,
    now_us: int,
    ttl_us: int = ...,
    firm: bool = ...,
    allow_partial: bool = ...,
    tenant_i: int = ...,
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint64], int]: ...
