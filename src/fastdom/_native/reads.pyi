"""Cold reads of the engine, in short slices under its lock."""

from typing import TypedDict

import numpy as np
import numpy.typing as npt

from fastdom._native.build import NameBook
from fastdom._native.engine import NativeEngine
from fastdom.engine.types import (
    AvailabilityResult,
    ExceptionPage,
    GetAvailabilityRequest,
    ListExceptionsRequest,
    ListReservationsRequest,
    NodeLoad,
    NodeStatus,
    ReservationPage,
)

class Listing:
    def page(
        self,
        engine: NativeEngine,
        book: NameBook,
        request: ListReservationsRequest,
        now_us: int,
        deadline_us: int = ...,
        tenant_i: int = ...,
    ) -> ReservationPage: ...

COLUMN_NAMES: tuple[str, ...]

class PositionArrays(TypedDict):
    sku_i: npt.NDArray[np.int32]
    node_i: npt.NDArray[np.int32]
    on_hand: npt.NDArray[np.int32]
    held: npt.NDArray[np.int32]
    committed: npt.NDArray[np.int32]
    safety_stock: npt.NDArray[np.int32]
    routing_reserve: npt.NDArray[np.int32]
    free: npt.NDArray[np.int32]
    on_hand_version: npt.NDArray[np.int32]

def get_availability(
    engine: NativeEngine, book: NameBook, request: GetAvailabilityRequest, now_us: int, deadline_us: int = ...
) -> AvailabilityResult: ...
def list_exceptions(
    engine: NativeEngine, book: NameBook, request: ListExceptionsRequest, now_us: int, deadline_us: int = ...
) -> ExceptionPage: ...
def export_positions(engine: NativeEngine, now_us: int) -> tuple[PositionArrays, int, int]: ...
def node_status(engine: NativeEngine, node_id: str) -> NodeStatus: ...
def node_load(engine: NativeEngine, node_id: str, ship_day: int, now_us: int) -> NodeLoad: ...
