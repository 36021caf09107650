"""What stands around every method, on handlers and contexts made by hand."""

import asyncio
import logging
import os
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from google.rpc import status_pb2
from orders import Refusal

from fastdom.reasons import EngineError, Field, Kind, Reason
from fastdom_api.v1 import admin_service_pb2
from fastdom_server import errors
from fastdom_server.admission import Admission
from fastdom_server.interceptors import INLINE_BYTES_MAX, Answer, Call, Door
from fastdom_server.services.service import in_thread
from fastdom_server.waiters import Waiters

NOW_US = 1_000_000_000_000_000
REPLY = b"reply"


class Context:
    """What a handler may ask of a call, and what it said."""

    def __init__(self, remaining_s: float | None = None) -> None:
        self.remaining_s = remaining_s
        self.code: grpc.StatusCode | None = None
        self.details = ""
        self.trailers: tuple[tuple[str, bytes], ...] = ()

    def time_remaining(self) -> float | None:
        return self.remaining_s

    def set_code(self, code: grpc.StatusCode) -> None:
        self.code = code

    def set_details(self, details: str) -> None:
        self.details = details

    def set_trailing_metadata(self, trailers: tuple[tuple[str, bytes], ...]) -> None:
        self.trailers = trailers

    @property
    def refusal(self) -> Refusal:
        refusal = Refusal()
        refusal.read(status_pb2.Status.FromString(dict(self.trailers)[errors.DETAILS_TRAILER]))
        refusal.code = self.code
        assert refusal.message == self.details
        return refusal


class Journal:
    """A journal whose durable sequence the test sets."""

    def __init__(self) -> None:
        self.wake_fd = os.eventfd(0)
        self.durable_seq = 10
        self.failed = False

    def kick(self) -> None:
        self.durable_seq = 20
        os.eventfd_write(self.wake_fd, 1)


class Desk:
    """A door, what is behind it, and the calls the native seam got."""

    def __init__(self) -> None:
        self.now_us = NOW_US
        self.journal = Journal()
        self.admission = Admission(in_flight_max=2, lag_max_ms=100)
        self.waiters = Waiters(self.journal, asyncio.get_running_loop(), lambda: None)
        self.seen: list[tuple[str, int, int, int]] = []
        self.answer: Any = (0, 0, -1, 0, REPLY)
        self.executor = ThreadPoolExecutor(1)
        self.door = Door(
            lambda: self.now_us,
            self.waiters,
            self.admission,
            aside=lambda *call: self.handle("aside", *call),
            executor=self.executor,
            retry_after_ms=70,
        )

    def handle(self, where: str, method: int, data: bytes, now_us: int, deadline_us: int) -> Any:
        self.seen.append((where, method, len(data), deadline_us))
        assert now_us == self.now_us
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def hot(self, data: bytes = b"request", context: Context | None = None) -> Any:
        handler = self.door.hot(lambda *call: self.handle("inline", *call), 7)
        return await handler.unary_unary(data, context or Context())

    async def cold(self, behaviour: Callable[[Any, Call], Awaitable[Answer]], context: Context) -> Any:
        handler = self.door.unary(admin_service_pb2.DigestRequest, behaviour)
        return await handler.unary_unary(b"", context)


def play(scene: Callable[[Desk], Awaitable[None]]) -> None:
    async def run() -> None:
        desk = Desk()
        await scene(desk)
        assert desk.admission.in_flight == 0
        desk.waiters.close()
        os.close(desk.journal.wake_fd)
        desk.executor.shutdown()

    asyncio.run(run())


def test_bytes_in_bytes_out() -> None:
    """A hot call gives the native seam its bytes and the caller the reply's, with no deadline as 0."""

    async def scene(desk: Desk) -> None:
        assert await desk.hot() == REPLY
        assert desk.seen == [("inline", 7, 7, 0)]

    play(scene)


@pytest.mark.parametrize("remaining_s", [0.0, 2.5])
def test_deadline_reaches_the_engine(remaining_s: float) -> None:
    """The time left becomes a moment in the engine's clock; one that has passed is not 'none'."""

    async def scene(desk: Desk) -> None:
        await desk.hot(context=Context(remaining_s))
        assert desk.seen[0][3] == NOW_US + int(remaining_s * 1_000_000)

    play(scene)


def test_a_cold_call_past_its_deadline_is_not_executed() -> None:
    """A cold call whose deadline has passed is refused before its behaviour is asked."""

    async def scene(desk: Desk) -> None:
        async def behaviour(request: Any, call: Call) -> Answer:
            raise AssertionError(f"executed {request} {call}")

        context = Context(0.0)
        await desk.cold(behaviour, context)
        assert (context.refusal.code, context.refusal.reason) == (
            grpc.StatusCode.DEADLINE_EXCEEDED,
            "DEADLINE_PASSED",
        )
        assert desk.door.incidents == 0

    play(scene)


def test_a_reply_waits_for_its_sequence() -> None:
    """A reply with a sequence beyond what is durable leaves after the flush; one without, or a durable one, at once."""

    async def scene(desk: Desk) -> None:
        for seq in (0, 10):
            desk.answer = (0, 0, -1, seq, REPLY)
            assert await desk.hot() == REPLY
            assert desk.journal.durable_seq == 10
        desk.answer = (0, 0, -1, 15, REPLY)
        assert await desk.hot() == REPLY
        assert desk.journal.durable_seq == 20

    play(scene)


def test_a_refusal_waits_too() -> None:
    """A remembered refusal leaves after the flush, with the code, message and details the native seam gave."""

    async def scene(desk: Desk) -> None:
        details = errors.status(Reason.UNKNOWN_SKU, "order.lines[0].sku", {"value": "NOPE"})
        desk.answer = (int(Reason.UNKNOWN_SKU), int(Field.SKU), 0, 15, details.SerializeToString())
        context = Context()
        await desk.hot(context=context)
        assert desk.journal.durable_seq == 20
        refusal = context.refusal
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "UNKNOWN_SKU")
        assert refusal.fields == ["order.lines[0].sku"]

    play(scene)


def test_a_cold_refusal_waits_too() -> None:
    """A refusal raised by a cold behaviour waits for the sequence it carries."""

    async def scene(desk: Desk) -> None:
        async def behaviour(_request: Any, _call: Call) -> Answer:
            raise EngineError(Reason.STALE, Field.AS_OF, kind=Kind.SET, seq=15)

        context = Context()
        await desk.cold(behaviour, context)
        assert desk.journal.durable_seq == 20
        assert (context.refusal.reason, context.refusal.metadata["field"]) == ("STALE", "as_of")

    play(scene)


@pytest.mark.parametrize("hot", [True, False])
def test_a_defect_is_told_by_number_alone(hot: bool, caplog: pytest.LogCaptureFixture) -> None:
    """What a handler raises by mistake is INTERNAL with an incident that the log has beside the traceback."""
    secret = "secret of the server"

    async def scene(desk: Desk) -> None:
        async def behaviour(_request: Any, _call: Call) -> Answer:
            raise RuntimeError(secret)

        context = Context()
        desk.answer = RuntimeError(secret)
        await (desk.hot(context=context) if hot else desk.cold(behaviour, context))
        refusal = context.refusal
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.INTERNAL, "INTERNAL")
        assert secret not in str(context.trailers) + context.details
        assert refusal.metadata["incident"] in caplog.text
        assert secret in caplog.text
        assert desk.door.incidents == 1

    with caplog.at_level(logging.ERROR):
        play(scene)


@pytest.mark.parametrize("hot", [True, False])
def test_a_failed_journal_answers_nothing(hot: bool) -> None:
    """After a failure a reply that would have waited becomes NOT_DURABLE, worth a retry with the same request id."""

    async def scene(desk: Desk) -> None:
        async def behaviour(_request: Any, _call: Call) -> Answer:
            return Answer(admin_service_pb2.DigestResponse(), 15)

        desk.journal.failed = True
        desk.answer = (0, 0, -1, 15, REPLY)
        context = Context()
        await (desk.hot(context=context) if hot else desk.cold(behaviour, context))
        refusal = context.refusal
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "NOT_DURABLE")
        assert refusal.metadata["last_durable_seq"] == "10"
        assert refusal.retry_ms

    play(scene)


def test_overload() -> None:
    """Beyond the bound nothing is decided, and the caller is told when to come again."""

    async def scene(desk: Desk) -> None:
        desk.admission.in_flight = 2
        context = Context()
        await desk.hot(context=context)
        desk.admission.in_flight = 0
        assert not desk.seen
        assert (context.refusal.reason, context.refusal.retry_ms) == ("OVERLOADED", 70)

    play(scene)


def test_a_caller_that_leaves_does_not_undo() -> None:
    """A call cancelled while it waits was decided all the same, and counts no longer as in flight."""

    async def scene(desk: Desk) -> None:
        desk.answer = (0, 0, -1, 15, REPLY)
        call = asyncio.ensure_future(desk.hot())
        await asyncio.sleep(0)
        assert desk.admission.in_flight == 1
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert len(desk.seen) == 1

    play(scene)


def test_a_large_message_is_decided_beside_the_loop() -> None:
    """A message over the inline limit goes to the seam of the side thread, with the same answer."""

    async def scene(desk: Desk) -> None:
        assert await desk.hot(b"x" * (INLINE_BYTES_MAX + 1)) == REPLY
        assert [call[0] for call in desk.seen] == ["aside"]

    play(scene)


def test_what_waited_is_judged_when_its_turn_comes() -> None:
    """A large message that waits for the side thread carries the time of its turn, and the deadline of its arrival."""

    async def scene(desk: Desk) -> None:
        turn = threading.Event()
        desk.executor.submit(turn.wait)
        call = asyncio.ensure_future(desk.hot(b"x" * (INLINE_BYTES_MAX + 1), Context(2.5)))
        await asyncio.sleep(0)
        desk.now_us += 9_000_000
        turn.set()
        assert await call == REPLY
        assert desk.seen[0][3] == NOW_US + 2_500_000

    play(scene)


@pytest.mark.parametrize(("waited_us", "reason"), [(2_499_999, ""), (2_500_000, "DEADLINE_PASSED")])
def test_cold_work_whose_deadline_passes_in_the_queue_is_not_done(waited_us: int, reason: str) -> None:
    """Work for a thread looks at the deadline again when its turn comes."""

    async def scene(desk: Desk) -> None:
        turn = threading.Event()
        done: list[int] = []

        async def behaviour(_request: Any, call: Call) -> Answer:
            await in_thread(desk.executor, call, lambda: done.append(call.now_us))
            return Answer(admin_service_pb2.DigestResponse(), 0)

        desk.executor.submit(turn.wait)
        context = Context(2.5)
        answer = asyncio.ensure_future(desk.cold(behaviour, context))
        await asyncio.sleep(0)
        desk.now_us += waited_us
        turn.set()
        await answer
        assert (context.refusal.reason if context.code else "") == reason
        assert done == ([] if reason else [NOW_US + waited_us])

    play(scene)
