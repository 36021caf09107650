"""ReservationService: all methods but the listing are hot."""

import asyncio
from collections.abc import Mapping
from typing import ClassVar

from fastdom.types import ReservationPage
from fastdom_api.v1 import reservation_service_pb2 as pb2
from fastdom_server.codec.reservations import decode_list_reservations, encode_list_reservations
from fastdom_server.interceptors import Answer, Call, Handler
from fastdom_server.services import hot
from fastdom_server.services.service import Served, in_thread


class ReservationService:
    """Reservations: hold, extend, commit, fulfil, release, read."""

    NAME: ClassVar[str] = "fastdom.v1.ReservationService"

    def __init__(self, served: Served) -> None:
        self._face = served.engine.face
        self._turn = asyncio.Lock()
        self._executor = served.executor
        self._door, self._handle = served.door, served.wire.handle

    def methods(self) -> Mapping[str, Handler]:
        """Return the handler of every method by its name."""
        door, handle = self._door, self._handle
        return {
            "Reserve": door.hot(handle, hot.RESERVE),
            "BatchReserve": door.hot(handle, hot.BATCH_RESERVE),
            "Extend": door.hot(handle, hot.EXTEND),
            "Commit": door.hot(handle, hot.COMMIT),
            "Release": door.hot(handle, hot.RELEASE),
            "Fulfill": door.hot(handle, hot.FULFILL),
            "GetReservation": door.hot(handle, hot.GET_RESERVATION),
            "ListReservations": door.unary(pb2.ListReservationsRequest, self.list_reservations),
        }

    async def list_reservations(self, request: pb2.ListReservationsRequest, call: Call) -> Answer:
        """Read one page, in a thread: a page may look at every reservation there is."""
        asked = decode_list_reservations(request)
        await self._turn.acquire()
        reading = asyncio.ensure_future(
            in_thread(self._executor, call, lambda: self._face.list_reservations(asked, call.now_us, call.deadline_us))
        )

        def over(done: asyncio.Future[ReservationPage]) -> None:
            self._turn.release()
            if not done.cancelled():
                done.exception()  # told to the caller, if there still is one

        reading.add_done_callback(over)
        page = await asyncio.shield(reading)  # a caller that goes does not let the next page in beside this one
        return Answer(encode_list_reservations(page), page.seq)
