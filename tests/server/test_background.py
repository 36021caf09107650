"""What runs beside the calls."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from fastdom.engine.engine import RerouteProgress
from fastdom.reasons import EngineError, Reason
from fastdom_server import background
from fastdom_server.background import Checkpoints, Tasks, resume_rerouting, sweep


@dataclass
class Made:
    seq: int
    size_bytes: int = 1
    elapsed_us: int = 1


class Engine:
    """Writes checkpoints of the sequence it has when asked; waits for `go`."""

    def __init__(self) -> None:
        self.seq = 5
        self.written: list[int] = []
        self.go = threading.Event()
        self.go.set()
        self.full = False

    def write(self) -> Made:
        seq = self.seq
        assert self.go.wait(10)
        if self.full:
            raise OSError("disk full")
        self.written.append(seq)
        return Made(seq)


def play(scene: Callable[[Engine, Checkpoints], Awaitable[None]]) -> None:
    async def run() -> None:
        engine = Engine()
        with ThreadPoolExecutor(1) as executor:
            await scene(engine, Checkpoints(engine.write, lambda: engine.seq, executor, 0))

    asyncio.run(run())


def test_a_checkpoint_covers_what_was_decided_before_the_call() -> None:
    """A call during a checkpoint waits for it, and gets another one only when that does not cover the call."""

    async def scene(engine: Engine, checkpoints: Checkpoints) -> None:
        engine.go.clear()
        first = asyncio.ensure_future(checkpoints.take())
        same = asyncio.ensure_future(checkpoints.take())
        await asyncio.sleep(0)
        engine.seq = 9
        later = asyncio.ensure_future(checkpoints.take())
        await asyncio.sleep(0)
        engine.go.set()
        assert [
            made.seq >= wanted for made, wanted in zip(await asyncio.gather(first, same, later), (5, 5, 9), strict=True)
        ]
        assert (await later).seq == 9
        assert len(engine.written) <= 2

    play(scene)


def test_nothing_new_needs_no_checkpoint() -> None:
    """When nothing was decided since, the last checkpoint is the answer."""

    async def scene(engine: Engine, checkpoints: Checkpoints) -> None:
        await checkpoints.take()
        await checkpoints.take()
        assert engine.written == [5]

    play(scene)


def test_the_timer_follows_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint is taken when the journal has grown by that many entries, and a failure does not end the watch."""
    monkeypatch.setattr(background, "CHECKPOINT_LOOK_S", 0)
    monkeypatch.setattr(background, "CHECKPOINT_RETRY_S", 0)

    async def until(holds: Callable[[], bool]) -> None:
        while not holds():
            await asyncio.sleep(0)

    async def scene(engine: Engine, checkpoints: Checkpoints) -> None:
        engine.full = True
        task = asyncio.ensure_future(checkpoints.follow(3))
        await asyncio.sleep(0)
        engine.full = False
        await until(lambda: engine.written == [5])
        engine.seq = 7
        await asyncio.sleep(0)
        assert engine.written == [5]
        engine.seq = 8
        await until(lambda: engine.written == [5, 8])
        task.cancel()

    play(scene)


def test_sweeping_goes_on_while_holds_are_due() -> None:
    """Each slice that expired holds is flushed and followed at once by the next."""

    async def run() -> None:
        slices, kicks = [3, 1, 0], []
        done = asyncio.Event()

        def tick() -> int:
            expired = slices.pop(0)
            if not slices:
                done.set()
            return expired

        task = asyncio.ensure_future(sweep(tick, lambda: kicks.append(1), 3_600))
        await done.wait()
        assert len(kicks) == 2
        task.cancel()

    asyncio.run(run())


def test_a_task_that_fails_is_told() -> None:
    """A background task that ends by an exception is told once; one that is stopped is not."""

    async def run() -> None:
        told: list[BaseException] = []
        tasks = Tasks(told.append)

        async def broken() -> None:
            raise RuntimeError("defect")

        tasks.start(broken())
        tasks.start(asyncio.sleep(3_600))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await tasks.stop()
        assert [str(error) for error in told] == ["defect"]

    asyncio.run(run())


@dataclass
class Failing:
    """An engine with two nodes OFFLINE, the first of which has no room to be emptied."""

    emptied: list[str] = field(default_factory=list)

    def offline_nodes(self) -> list[str]:
        return ["full", "alder"]

    def reroute_node(self, node_id: str) -> Iterator[RerouteProgress]:
        if node_id == "full":
            raise EngineError(Reason.MAP_FULL)
        for units in (2, 5):
            yield RerouteProgress(1, units, 0, 0)
        self.emptied.append(node_id)


def test_moving_is_resumed_for_every_offline_node(caplog: pytest.LogCaptureFixture) -> None:
    """Each node that is OFFLINE at start is emptied to the end and its totals logged; one that cannot be is told."""
    engine = Failing()

    async def run() -> None:
        with ThreadPoolExecutor(1) as executor:
            await resume_rerouting(engine, executor)

    with caplog.at_level(logging.INFO, "fastdom.server"):
        asyncio.run(run())
    assert engine.emptied == ["alder"]
    assert "node full is OFFLINE and keeps what it has" in caplog.text
    assert "node alder is OFFLINE: moved units=5" in caplog.text


def test_moving_can_be_left_after_a_slice() -> None:
    """A server that stops leaves it between two slices."""
    engine = Failing()
    engine.offline_nodes = lambda: ["alder"]  # type: ignore[method-assign]

    async def run() -> None:
        with ThreadPoolExecutor(1) as executor:
            task = asyncio.ensure_future(resume_rerouting(engine, executor))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(run())
    assert engine.emptied == []
