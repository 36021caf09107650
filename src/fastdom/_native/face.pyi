"""Typed calls on the engine for in-process users, cold RPCs and tests."""

import numpy as np
import numpy.typing as npt

from fastdom._native.engine import NativeEngine
from fastdom.engine.types import (
    AdjustInventoryRequest,
    CommitRequest,
    ExceptionResult,
    ExtendRequest,
    FulfillRequest,
    GetReservationRequest,
    ImportChunkResult,
    ImportInventoryRequest,
    NodeStatusResult,
    PositionResult,
    PromiseRequest,
    PromiseResult,
    ReleaseRequest,
    ReservationResult,
    ReserveRequest,
    ReserveResult,
    ResolveExceptionRequest,
    RouteRequest,
    RouteResult,
    SetInventoryRequest,
    SetNodeStatusRequest,
)

WHOLE_CHUNK: frozenset[int]

def int32s(values: npt.ArrayLike | None) -> npt.NDArray[np.int32] | None: ...

class Face(NativeEngine):
    def route(
        self, request: RouteRequest, now_us: int, deadline_us: int = ..., tenant_i: int = ...
    ) -> RouteResult: ...
    def promise(
        self, request: PromiseRequest, now_us: int, deadline_us: int = ..., tenant_i: int = ...
    ) -> PromiseResult: ...
    def reserve(
        self, request: ReserveRequest, now_us: int, deadline_us: int = ..., tenant_i: int = ...
    ) -> ReserveResult: ...
    def extend(
        self, request: ExtendRequest, now_us: int, deadline_us: int = ..., tenant_i: int = ...
    ) -> ReservationResult: ...
    def commit(
        self, request: CommitRequest, now_us: int, deadline_us: int = ..., tenant_i: int = ...
    ) -> ReservationResult: ...
    def release(
        self, request: ReleaseRequest, now_us: int, deadline_us: int = ..., tenant_i: int = ...
    ) -> ReservationResult: ...
    def fulfill(
        self, request: FulfillRequest, now_us: int, deadline_us: int = ..., tenant_i: int = ...
    ) -> ReservationResult: ...
    def get_reservation(
        self, request: GetReservationRequest, now_us: int, deadline_us: int = ..., tenant_i: int = ...
    ) -> ReservationResult: ...
    def adjust_inventory(
        self, request: AdjustInventoryRequest, now_us: int, deadline_us: int = ..., tenant_i: int = ...
    ) -> PositionResult: ...
    def set_inventory(
        self, request: SetInventoryRequest, now_us: int, deadline_us: int = ..., tenant_i: int = ...
    ) -> PositionResult: ...
    def import_chunk(
        self, request: ImportInventoryRequest, now_us: int, deadline_us: int = ..., tenant_i: int = ...
    ) -> ImportChunkResult: ...
    def set_many(
        self,
        sku_i: npt.ArrayLike,
        node_i: npt.ArrayLike,
        on_hand: npt.ArrayLike,
        safety_stock: npt.ArrayLike | None = ...,
        routing_reserve: npt.ArrayLike | None = ...,
        *,
        request_id: str,
        now_us: int,
        as_of_us: int = ...,
        tenant_i: int = ...,
    ) -> tuple[npt.NDArray[np.uint8], int]: ...
    def reserve_many(
        self,
        sku_i: npt.ArrayLike,
        node_i: npt.ArrayLike | None,
        quantity: npt.ArrayLike,
        *,
        channel: str,
        request_ids: npt.NDArray[np.uint64] | int,
        now_us: int,
        postal_i: npt.ArrayLike | None = ...,
        ttl_us: int = ...,
        firm: bool = ...,
        allow_partial: bool = ...,
        tenant_i: int = ...,
    ) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint64], int]: ...
    def set_node_status(
        self, request: SetNodeStatusRequest, now_us: int, deadline_us: int = ..., tenant_i: int = ...
    ) -> NodeStatusResult: ...
    def resolve_exception(
        self, request: ResolveExceptionRequest, now_us: int, deadline_us: int = ..., tenant_i: int = ...
    ) -> ExceptionResult: ...
