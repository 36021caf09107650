"""The seam of the services: what each is made of, and what each must give."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeVar

from fastdom.engine.engine import Engine
from fastdom_server._wire.seam import Wire
from fastdom_server.background import Checkpoints
from fastdom_server.interceptors import Call, Door, Handler
from fastdom_server.settings import Settings
from fastdom_server.waiters import Waiters

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Served:
    """What a service may use.

    Attributes
    ----------
    engine : Engine
        Its calls are short unless they say otherwise; the long ones go to `executor`.
    wire, side_wire : Wire
        The native seams of the event loop's thread and of the thread for large messages: bytes in, bytes out.
    door : Door
        Makes the handlers.
    waiters : Waiters
    checkpoints : Checkpoints
    network_turn : Lock
        Held by whoever changes the network's tables.
    executor : Executor
        Threads for what takes longer than a turn of the event loop may.
    settings : Settings
    started_at_us : int
        When the process started, microseconds UTC.
    """

    engine: Engine
    wire: Wire
    side_wire: Wire
    door: Door
    waiters: Waiters
    checkpoints: Checkpoints
    network_turn: asyncio.Lock
    executor: Executor
    settings: Settings
    started_at_us: int


def in_thread(executor: Executor, call: Call, work: Callable[[], T]) -> Awaitable[T]:
    """Run what takes longer than a turn of the event loop may, unless the deadline passes before its turn comes."""

    def run() -> T:
        call.check()
        return work()

    return asyncio.get_running_loop().run_in_executor(executor, run)


def to_its_end(work: Awaitable[T]) -> Awaitable[T]:
    """Have work finished though the caller has gone; what became of it then concerns nobody."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return asyncio.shield(task)


class Service(Protocol):
    """One gRPC service."""

    NAME: ClassVar[str]
    """Full name, such as ``fastdom.v1.RoutingService``."""

    def __init__(self, served: Served) -> None: ...

    def methods(self) -> Mapping[str, Handler]:
        """Return the handler of every method by its name."""
