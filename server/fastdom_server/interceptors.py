"""What stands around every method: admission, deadline, the wait for the disk, and one way to answer an error.

These are functions around the handlers, made once at start. grpc's own interceptors would cost a coroutine and a
wrapped handler per call, and see neither the raw bytes nor the sequence a reply depends on.

A refused call is answered by setting status and trailers and returning, not by an exception: it costs what a reply
costs. Whatever a handler raises by mistake becomes INTERNAL with an incident number, which the log has beside the
traceback; the client never sees one.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc
from google.protobuf.message import DecodeError, Message
from google.rpc import status_pb2

from fastdom.reasons import EngineError, Reason
from fastdom_server import errors
from fastdom_server.admission import Admission, Excess
from fastdom_server.settings import HOT_MESSAGE_BYTES_MAX
from fastdom_server.waiters import NotDurable, Waiters

LOG = logging.getLogger("fastdom.server")


class Call:
    """A call that was let in.

    Parameters
    ----------
    clock : callable
        The engine's clock, microseconds UTC.
    remaining_s : float or None
        How long it waits for its answer; None = no deadline.
    """

    __slots__ = ("_clock", "deadline_us")

    def __init__(self, clock: Callable[[], int], remaining_s: float | None) -> None:
        self._clock = clock
        self.deadline_us = 0 if remaining_s is None else clock() + int(remaining_s * 1_000_000)

    @property
    def now_us(self) -> int:
        """The time now: what had to wait is judged when its turn has come, not when it arrived."""
        return self._clock()

    def check(self) -> None:
        """Raise EngineError DEADLINE_PASSED when nobody waits for the answer any more."""
        if self.deadline_us and self.deadline_us <= self._clock():
            raise EngineError(Reason.DEADLINE_PASSED)


class Answer(NamedTuple):
    """A reply and the sequence that must be durable before it leaves (0 = none)."""

    message: Message
    seq: int


class Refused(Exception):
    """A refusal that needs more than an `EngineError` can say: several findings, or facts of the server."""

    def __init__(self, status: status_pb2.Status, seq: int = 0) -> None:
        super().__init__(status.message)
        self.status = status
        self.seq = seq


Context = Any
"""grpc.aio's servicer context: the generic handlers are untyped."""

if TYPE_CHECKING:
    Handler = grpc.RpcMethodHandler[Any, Any]
else:  # generic in its stubs alone
    Handler = grpc.RpcMethodHandler

Handle = Callable[[int, bytes, int, int], tuple[int, int, int, int, bytes]]
"""Method, message, now_us, deadline_us -> reason, field, line_i, seq, and the reply or the error's Status as bytes."""

Unary = Callable[[Any, Call], Awaitable[Answer]]
Chunks = Callable[[AsyncIterator[Any], Call], Awaitable[Answer]]

INLINE_BYTES_MAX = 16 << 10
"""Largest message decided on the event loop itself: some hundred lines, or a batch of about a hundred small items."""

CODES = {code.value[0]: code for code in grpc.StatusCode}


class Door:
    """Makes the handlers of the services around one engine.

    Parameters
    ----------
    now_us : callable
        The engine's clock.
    waiters : Waiters
    admission : Admission
    aside : Handle
        The native seam of another thread, which `executor` runs one call at a time.
    retry_after_ms : int
        What a refused call is told to wait.
    """

    def __init__(
        self,
        now_us: Callable[[], int],
        waiters: Waiters,
        admission: Admission,
        *,
        aside: Handle,
        executor: Executor,
        retry_after_ms: int,
    ) -> None:
        self.calls = 0
        self.incidents = 0
        self._now_us = now_us
        self._waiters = waiters
        self._admission = admission
        self._aside = aside
        self._executor = executor
        self._retry_after_ms = retry_after_ms

    def hot(self, handle: Handle, method: int, aside: Handle | None = None) -> Handler:
        """Return the handler of a hot method: bytes in, one native call on the event loop, bytes out.

        A message of more than INLINE_BYTES_MAX, which only a batch or a very large order has, is decided in a thread:
        by ``aside``, which may do more than the native seam of that thread.
        """
        aside = aside or self._aside
        now_us, admission, waiters = self._now_us, self._admission, self._waiters
        journal, excess, durable, through = waiters.journal, admission.excess, waiters.durable, waiters.through

        async def answer(data: bytes, context: Context) -> bytes:
            self.calls += 1
            remaining_s = context.time_remaining()
            if len(data) > HOT_MESSAGE_BYTES_MAX:
                return refuse(context, too_large(len(data), HOT_MESSAGE_BYTES_MAX))
            if (met := excess(remaining_s)) is not None:
                return refuse(context, self._overloaded(met))
            admission.in_flight += 1
            try:
                now = now_us()
                deadline = 0 if remaining_s is None else now + int(remaining_s * 1_000_000)
                if len(data) <= INLINE_BYTES_MAX:
                    reason, _, _, seq, reply = handle(method, data, now, deadline)
                else:
                    reason, _, _, seq, reply = await self._beside(aside, method, data, deadline)
                if seq > journal.durable_seq and not (through() and seq <= journal.durable_seq):
                    await durable(seq)
            except Exception as error:
                return refuse(context, self._of_exception(error))
            finally:
                admission.in_flight -= 1
            return refuse_bytes(context, reason, reply) if reason else reply

        return grpc.unary_unary_rpc_method_handler(answer)

    def _beside(
        self, aside: Handle, method: int, data: bytes, deadline_us: int
    ) -> Awaitable[tuple[int, int, int, int, bytes]]:
        """Decide in the thread beside the loop, at the time its turn has come."""

        def decide() -> tuple[int, int, int, int, bytes]:
            return aside(method, data, self._now_us(), deadline_us)

        return asyncio.get_running_loop().run_in_executor(self._executor, decide)

    def unary(self, request_type: type[Message], behaviour: Unary, bytes_max: int = HOT_MESSAGE_BYTES_MAX) -> Handler:
        """Return the handler of a method that answers one message with one."""

        async def answer(data: bytes, context: Context) -> bytes:
            if len(data) > bytes_max:
                return refuse(context, too_large(len(data), bytes_max))
            return await self._around(context, lambda call: behaviour(decode(request_type, data), call))

        return grpc.unary_unary_rpc_method_handler(answer)

    def chunks(self, request_type: type[Message], behaviour: Chunks) -> Handler:
        """Return the handler of a method that answers a stream of messages with one."""

        async def requests(stream: AsyncIterator[bytes]) -> AsyncIterator[Message]:
            async for data in stream:
                if len(data) > HOT_MESSAGE_BYTES_MAX:
                    raise Refused(too_large(len(data), HOT_MESSAGE_BYTES_MAX))
                yield decode(request_type, data)

        async def answer(stream: AsyncIterator[bytes], context: Context) -> bytes:
            return await self._around(context, lambda call: behaviour(requests(stream), call))

        return grpc.stream_unary_rpc_method_handler(answer)

    async def _around(self, context: Context, behave: Callable[[Call], Awaitable[Answer]]) -> bytes:
        self.calls += 1
        remaining_s = context.time_remaining()
        if (met := self._admission.excess(remaining_s)) is not None:
            return refuse(context, self._overloaded(met))
        if remaining_s == 0:
            return refuse(context, errors.status(Reason.DEADLINE_PASSED))
        self._admission.in_flight += 1
        try:
            try:
                message, seq = await behave(Call(self._now_us, remaining_s))
            except (EngineError, Refused) as refusal:
                # A refusal that is remembered is told only when it will still be known after a restart.
                await self._waiters.durable(refusal.seq)
                raise
            await self._waiters.durable(seq)
            return bytes(message.SerializeToString())
        except Exception as error:
            return refuse(context, self._of_exception(error))
        finally:
            self._admission.in_flight -= 1

    def _of_exception(self, error: Exception) -> status_pb2.Status:
        if isinstance(error, Refused):
            return error.status
        if isinstance(error, EngineError):
            return errors.of_error(error)
        if isinstance(error, NotDurable):
            return errors.status(Reason.NOT_DURABLE, facts={"last_durable_seq": str(error.durable_seq)})
        self.incidents += 1
        incident = secrets.token_hex(4)
        LOG.error("incident %s", incident, exc_info=error)
        return errors.status(Reason.INTERNAL, facts={"incident": incident})

    def _overloaded(self, met: Excess) -> status_pb2.Status:
        facts = {"what": met.what, "limit": str(met.limit)}
        return errors.status(Reason.OVERLOADED, facts=facts, retry_ms=self._retry_after_ms)


def refuse(context: Context, status: status_pb2.Status) -> bytes:
    """Have the call end with ``status`` once its handler has returned what this returns."""
    context.set_code(CODES[status.code])
    context.set_details(status.message)
    context.set_trailing_metadata(errors.trailers(status.SerializeToString()))
    return b""


def refuse_bytes(context: Context, reason: int, details: bytes) -> bytes:
    """As `refuse`, for a status that is serialized already."""
    context.set_code(errors.code_of(reason))
    context.set_details(errors.message_of(details))
    context.set_trailing_metadata(errors.trailers(details))
    return b""


def decode(request_type: type[Message], data: bytes) -> Message:
    """Read a request.

    Raises
    ------
    Refused
        MALFORMED: the bytes are not a message of the type.
    """
    try:
        return request_type.FromString(data)
    except DecodeError:
        facts = {"message": request_type.DESCRIPTOR.full_name}
        raise Refused(errors.status(Reason.MALFORMED, facts=facts)) from None


def too_large(size: int, limit: int) -> status_pb2.Status:
    """Refusal of a message over its method's limit."""
    facts = {"what": "message_bytes_max", "value": str(size), "limit": str(limit)}
    return errors.status(Reason.LIMIT_EXCEEDED, facts=facts, message=f"the request has more than {limit} bytes")


def answering(status: Callable[[], status_pb2.Status], *, streamed: bool) -> Handler:
    """Return a handler that refuses every call with ``status()``."""

    async def answer(_request: Any, context: Context) -> bytes:
        return refuse(context, status())

    return grpc.stream_unary_rpc_method_handler(answer) if streamed else grpc.unary_unary_rpc_method_handler(answer)
