"""What the server does besides answering: expire due holds, write checkpoints, log its counters."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Executor
from typing import Protocol

from fastdom.engine.clock import JUMP_US
from fastdom.engine.engine import RerouteProgress
from fastdom.reasons import EngineError

LOG = logging.getLogger("fastdom.server")

CHECKPOINT_LOOK_S = 1.0
"""Interval between two looks at how far the journal has grown since the last checkpoint."""

CHECKPOINT_RETRY_S = 60.0
"""Wait after a checkpoint that failed, as on a full disk: it costs I/O that commands need more."""

CLOCK_LOOK_S = 1.0
"""Interval between two looks at the wall clock."""

NETWORK_REFRESH_S = 6 * 3_600.0
"""Interval between two compilations of the active network: several a day, so that none is missed."""


class Checkpoint(Protocol):
    """A checkpoint that is durable: its sequence, bytes, and microseconds from begin to durable."""

    @property
    def seq(self) -> int: ...
    @property
    def size_bytes(self) -> int: ...
    @property
    def elapsed_us(self) -> int: ...


class Checkpoints:
    """Takes one checkpoint at a time, in a thread of its own, for the timer and for AdminService alike."""

    def __init__(
        self, write: Callable[[], Checkpoint], seq: Callable[[], int], executor: Executor, last_seq: int
    ) -> None:
        """Write with ``write``; ``seq`` tells the engine's sequence, ``last_seq`` that of the newest checkpoint."""
        self.last_seq = last_seq
        self._write = write
        self._seq = seq
        self._executor = executor
        self._last: Checkpoint | None = None
        self._turn = asyncio.Lock()

    async def take(self) -> Checkpoint:
        """Return a checkpoint that shows everything decided before the call; waits for one that is under way."""
        wanted = self._seq()
        async with self._turn:
            if self._last is None or self._last.seq < wanted:
                loop = asyncio.get_running_loop()
                self._last = await loop.run_in_executor(self._executor, self._write)
                self.last_seq = self._last.seq
                LOG.info(
                    "checkpoint seq=%d bytes=%d us=%d", self.last_seq, self._last.size_bytes, self._last.elapsed_us
                )
            return self._last

    async def follow(self, entries: int) -> None:
        """Take one whenever the journal has grown by ``entries`` since the last."""
        while True:
            await asyncio.sleep(CHECKPOINT_LOOK_S)
            if self._seq() - self.last_seq < entries:
                continue
            try:
                await self.take()
            except Exception as error:
                LOG.error("checkpoint failed, next try in %.0f s: %s", CHECKPOINT_RETRY_S, error)
                await asyncio.sleep(CHECKPOINT_RETRY_S)


async def sweep(tick: Callable[[], int], kick: Callable[[], None], interval_s: float) -> None:
    """Expire due holds at most every ``interval_s``; a slice that expired any is flushed and followed by the next."""
    while True:
        expired = tick()
        if expired:
            kick()
        await asyncio.sleep(0 if expired else interval_s)


async def follow_clock(discipline: Callable[[], int]) -> None:
    """Keep the engine's clock near the wall clock; a jump of the wall clock is logged once."""
    jumped = False
    while True:
        await asyncio.sleep(CLOCK_LOOK_S)
        difference_us = discipline()
        if abs(difference_us) > JUMP_US and not jumped:
            LOG.warning("the wall clock is off by %.3f s; slewing", difference_us / 1e6)
        jumped = abs(difference_us) > JUMP_US


async def refresh_network(refresh: Callable[[], None], turn: asyncio.Lock, executor: Executor) -> None:
    """Compile the network's date tables again now and then: they reach a fixed number of days ahead."""
    while True:
        await asyncio.sleep(NETWORK_REFRESH_S)
        async with turn:
            await asyncio.get_running_loop().run_in_executor(executor, refresh)


class Rerouting(Protocol):
    """What the engine tells and does about nodes that failed."""

    def offline_nodes(self) -> list[str]: ...
    def reroute_node(self, node_id: str) -> Iterator[RerouteProgress]: ...


async def resume_rerouting(engine: Rerouting, executor: Executor) -> None:
    """Go on moving what OFFLINE nodes hold, where a stop or a crash ended it; it can be left after any slice."""
    loop = asyncio.get_running_loop()
    for node_id in engine.offline_nodes():
        slices = engine.reroute_node(node_id)
        moved: RerouteProgress | None = None
        try:
            while (progress := await loop.run_in_executor(executor, next, slices, None)) is not None:
                moved = progress
        except EngineError as error:
            LOG.error("node %s is OFFLINE and keeps what it has: %s", node_id, error)
        if moved is not None and (moved.units_moved or moved.units_stranded):
            LOG.info(
                "node %s is OFFLINE: moved units=%d reservations=%d stranded units=%d reservations=%d",
                node_id,
                moved.units_moved,
                moved.reservations_moved,
                moved.units_stranded,
                moved.reservations_stranded,
            )


async def log_stats(stats: Callable[[], str], interval_s: float) -> None:
    """Log a line of counters every ``interval_s``."""
    while True:
        await asyncio.sleep(interval_s)
        LOG.info("stats %s", stats())


class Tasks:
    """Running background tasks; one that ends by an exception is a defect and is told to ``on_defect``."""

    def __init__(self, on_defect: Callable[[BaseException], None]) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._on_defect = on_defect

    def start(self, work: Awaitable[None]) -> None:
        """Run ``work`` until it ends or `stop`."""
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Cancel what runs and wait for its end."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._on_defect(error)
