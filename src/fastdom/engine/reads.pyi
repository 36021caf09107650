"""Cold reads of the engine, in short slices under its lock."""

import numpy as np
import numpy.typing as npt

from fastdom._native.build import NameBook
from fastdom._native.engine import NativeEngine
from fastdom.types import (
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

def get_availability(
    engine: NativeEngine, book: NameBook, request: GetAvailabilityRequest, now_us: int, deadline_us: int = ...
) -> AvailabilityResult: ...
def list_exceptions(
    engine: NativeEngine, book: NameBook, request: ListExceptionsRequest, now_us: int, deadline_us: int = ...
) -> ExceptionPage: ...
def export_positions(engine: NativeEngine, now_us: int) -> tuple[dict[str, npt.NDArray[np.int32]], int, int]: ...
def node_status(engine: NativeEngine, node_id: str) -> NodeStatus: ...
def node_load(engine: NativeEngine, node_id: str, ship_day: int, now_us: int) -> NodeLoad: ...
