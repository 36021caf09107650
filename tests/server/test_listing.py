"""ListReservations: one page after another, however many threads there are and whoever goes away."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from fastdom.types import ListReservationsRequest, ReservationPage
from fastdom_api.v1 import reservation_service_pb2 as pb2
from fastdom_server.interceptors import Call
from fastdom_server.services.reservation import ReservationService


class Face:
    """Reads a page once it may go on."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.go = threading.Event()

    def list_reservations(self, asked: ListReservationsRequest, *_: int) -> ReservationPage:
        self.entered.set()
        assert self.go.wait(10)
        return ReservationPage((), asked.page_token, 7, 7)


class Threads(ThreadPoolExecutor):
    """Two threads, as a server has for what takes long; counts the pages that were handed to them."""

    def __init__(self) -> None:
        super().__init__(2)
        self.handed = 0

    def submit(self, *args: Any, **facts: Any) -> Future[Any]:
        self.handed += 1
        return super().submit(*args, **facts)


def play(scene: Callable[[Face, Threads, Callable[[], Awaitable[Any]]], Awaitable[None]]) -> None:
    async def run() -> None:
        face = Face()
        with Threads() as threads:
            engine, wire = SimpleNamespace(face=face), SimpleNamespace(handle=None)
            service = ReservationService(SimpleNamespace(engine=engine, executor=threads, door=None, wire=wire))  # type: ignore[arg-type]

            def read() -> Awaitable[Any]:
                return service.list_reservations(pb2.ListReservationsRequest(), Call(lambda: 1, None))

            try:
                await scene(face, threads, read)
            finally:
                face.go.set()

    asyncio.run(run())


async def turns() -> None:
    """Let everything happen that waits for nothing but its turn of the loop."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_page_whose_caller_goes_keeps_its_turn_until_its_thread_ends() -> None:
    """A cancelled page is still read by its thread: the next one is not handed to a thread before that ends."""

    async def scene(face: Face, threads: Threads, read: Callable[[], Awaitable[Any]]) -> None:
        first = asyncio.ensure_future(read())
        await asyncio.to_thread(face.entered.wait, 10)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        second = asyncio.ensure_future(read())
        await turns()
        assert threads.handed == 1
        face.go.set()
        assert (await second).seq == 7
        assert threads.handed == 2

    play(scene)


def test_a_page_waits_for_the_one_before_it() -> None:
    """Two pages asked at once are read one after the other, though there are two threads."""

    async def scene(face: Face, threads: Threads, read: Callable[[], Awaitable[Any]]) -> None:
        pages = [asyncio.ensure_future(read()) for _ in range(2)]
        await asyncio.to_thread(face.entered.wait, 10)
        await turns()
        assert threads.handed == 1
        face.go.set()
        assert [answer.seq for answer in await asyncio.gather(*pages)] == [7, 7]

    play(scene)
