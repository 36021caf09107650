"""Cold reads of the engine, in short slices under its lock."""

from typing import TypedDict

import numpy as np
import numpy.typing as npt

from fastdom._native.face import Face
from fastdom.engine.types import (
    AvailabilityResult,
    ExceptionPage,
    GetAvailabilityRequest,
    ListExceptionsRequest,
    ListReservationsRequest,
    NodeLoad,
    ReservationPage,
)

class Listing:
    def __init__(self, face: Face) -> None: ...
    def page(self, request: ListReservationsRequest, now_us: int, tenant_i: int = ...) -> ReservationPage: ...

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

def get_availability(face: Face, request: GetAvailabilityRequest, now_us: int) -> AvailabilityResult: ...
def list_exceptions(face: Face, request: ListExceptionsRequest) -> ExceptionPage: ...
def export_positions(face: Face, now_us: int) -> tuple[PositionArrays, int, int]: ...
def node_load(face: Face, node_id: str, ship_day: int, now_us: int) -> NodeLoad: ...
