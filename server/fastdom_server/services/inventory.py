"""InventoryService: counts of stock, one by one and as a stream, and what may be sold."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from google.rpc import status_pb2

from fastdom.reasons import EngineError, Kind, Reason
from fastdom.types import GetAvailabilityRequest, ImportInventoryResult
from fastdom.types import ImportError as RowError
from fastdom_api.v1 import inventory_service_pb2 as pb2
from fastdom_server import errors
from fastdom_server.codec import inventory as codec
from fastdom_server.interceptors import Answer, Call, Handler
from fastdom_server.services.service import Served, in_thread

ERRORS_MAX = 1_000
"""Errors told by an import; the counts cover all."""

CHUNKS_AHEAD = 4
"""Chunks decided before the first of them is durable: the stream keeps to the journal's speed."""

INLINE_SKUS = 8
"""SKUs of a GetAvailability that the event loop answers itself."""


class InventoryService:
    """Inventory of positions."""

    NAME: ClassVar[str] = "fastdom.v1.InventoryService"

    def __init__(self, served: Served) -> None:
        self._face = served.engine.face
        self._door = served.door
        self._waiters = served.waiters
        self._executor = served.executor

    def methods(self) -> Mapping[str, Handler]:
        """Return the handler of every method by its name."""
        return {
            "AdjustInventory": self._door.unary(pb2.AdjustInventoryRequest, self.adjust_inventory),
            "SetInventory": self._door.unary(pb2.SetInventoryRequest, self.set_inventory),
            "ImportInventory": self._door.chunks(pb2.ImportInventoryRequest, self.import_inventory),
            "GetAvailability": self._door.unary(pb2.GetAvailabilityRequest, self.get_availability),
        }

    async def adjust_inventory(self, request: pb2.AdjustInventoryRequest, call: Call) -> Answer:
        """Add a signed number of units to one position."""
        result = self._face.adjust_inventory(codec.decode_adjust_inventory(request), call.now_us, call.deadline_us)
        return Answer(codec.encode_adjust_inventory(result), result.seq)

    async def set_inventory(self, request: pb2.SetInventoryRequest, call: Call) -> Answer:
        """Set one position to a count."""
        result = self._face.set_inventory(codec.decode_set_inventory(request), call.now_us, call.deadline_us)
        return Answer(codec.encode_set_inventory(result), result.seq)

    async def get_availability(self, request: pb2.GetAvailabilityRequest, call: Call) -> Answer:
        """Read many positions; a long list in a thread."""
        asked = codec.decode_get_availability(request)
        if len(asked.skus) <= INLINE_SKUS:
            return self._available(asked, call)
        return await in_thread(self._executor, call, lambda: self._available(asked, call))

    def _available(self, asked: GetAvailabilityRequest, call: Call) -> Answer:
        result = self._face.get_availability(asked, call.now_us, call.deadline_us)
        return Answer(codec.encode_get_availability(result), result.seq)

    async def import_inventory(self, requests: AsyncIterator[pb2.ImportInventoryRequest], call: Call) -> Answer:
        """Set many positions, chunk by chunk, each one step under its own request id, until the deadline."""
        total = _Import()
        under_way: list[int] = []
        async for request in requests:
            await self._take(request, total, call)
            under_way.append(total.seq)
            if len(under_way) > CHUNKS_AHEAD:
                await self._waiters.durable(under_way.pop(0))
        return Answer(codec.encode_import_inventory(total.result(), _status_of), total.seq)

    async def _take(self, request: pb2.ImportInventoryRequest, total: "_Import", call: Call) -> None:
        """Apply one chunk; one that meets a full buffer waits for the disk and tries again."""
        total.chunks += 1
        while True:
            try:
                chunk = codec.decode_import_inventory(request)
                result = self._face.import_chunk(chunk, call.now_us, call.deadline_us)
            except EngineError as error:
                if error.reason is Reason.OVERLOADED and self._face.seq > self._face.durable_seq:
                    await self._waiters.durable(self._face.seq)
                    continue
                if error.reason is Reason.DEADLINE_PASSED:
                    raise
                total.refuse(request, error)
                return
            total.add(result.repeated, result.rows_applied, result.rows_refused, result.seq)
            total.errors += [
                RowError(chunk.request_id, refusal.row_i, refusal.reason, refusal.field)
                for refusal in result.refusals[: ERRORS_MAX - len(total.errors)]
            ]
            total.inventory_seq = max(total.inventory_seq, result.inventory_seq)
            return


@dataclass(slots=True)
class _Import:
    """Sums over the chunks of one stream."""

    chunks: int = 0
    chunks_repeated: int = 0
    rows_applied: int = 0
    rows_refused: int = 0
    inventory_seq: int = 0
    seq: int = 0
    errors: list[RowError] = field(default_factory=list)

    def add(self, repeated: bool, applied: int, refused: int, seq: int) -> None:
        """Count a chunk that was taken up."""
        self.chunks_repeated += repeated
        self.rows_applied += applied
        self.rows_refused += refused
        self.seq = max(self.seq, seq)

    def refuse(self, request: pb2.ImportInventoryRequest, error: EngineError) -> None:
        """Count a chunk that was refused as a whole."""
        self.rows_refused += len(request.rows)
        self.seq = max(self.seq, error.seq)
        if len(self.errors) < ERRORS_MAX:
            self.errors.append(RowError(request.request_id, -1, error.reason, error.field))

    def result(self) -> ImportInventoryResult:
        """Return the sums."""
        return ImportInventoryResult(
            chunks=self.chunks,
            chunks_repeated=self.chunks_repeated,
            rows_applied=self.rows_applied,
            rows_refused=self.rows_refused,
            errors=tuple(self.errors),
            inventory_seq=self.inventory_seq,
            seq=self.seq,
        )


def _status_of(error: RowError) -> status_pb2.Status:
    return errors.refusal(Kind.IMPORT, error.reason, error.field, error.row_i)
