"""Replies wait for their sequence, by number."""

import asyncio
import os
from collections.abc import Awaitable, Callable

import pytest
import uvloop

from fastdom_server.waiters import NotDurable, Waiters


class FakeJournal:
    """A journal whose flushes the test makes by hand."""

    def __init__(self) -> None:
        self.wake_fd = os.eventfd(0)
        self.durable_seq = 0
        self.failed = False
        self.kicks = 0

    def kick(self) -> None:
        self.kicks += 1

    def flush(self, seq: int) -> None:
        self.durable_seq = seq
        os.eventfd_write(self.wake_fd, 1)

    def fail(self) -> None:
        self.failed = True
        os.eventfd_write(self.wake_fd, 1)

    def close(self) -> None:
        os.close(self.wake_fd)


Scene = Callable[[FakeJournal, Waiters], Awaitable[None]]


def play(scene: Scene) -> list[str]:
    """Run a scene with a fresh journal on a fresh loop; return what `on_failure` said."""
    failures: list[str] = []

    async def run() -> None:
        journal = FakeJournal()
        waiters = Waiters(journal, asyncio.get_running_loop(), lambda: failures.append("failed"))
        try:
            await scene(journal, waiters)
        finally:
            waiters.close()
            journal.close()

    uvloop.run(run())
    return failures


async def settle(turns: int = 3) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)


def test_durable_already() -> None:
    """A sequence that is durable already is not waited for and kicks nothing."""

    async def scene(journal: FakeJournal, waiters: Waiters) -> None:
        journal.durable_seq = 5
        await waiters.durable(5)
        await settle()
        assert (journal.kicks, len(waiters)) == (0, 0)

    play(scene)


def test_one_wake_releases_all_up_to_durable() -> None:
    """One flush releases every waiter up to its sequence, in order, and no other."""

    async def scene(journal: FakeJournal, waiters: Waiters) -> None:
        done: list[int] = []

        async def wait(seq: int) -> None:
            await waiters.durable(seq)
            done.append(seq)

        tasks = [asyncio.ensure_future(wait(seq)) for seq in (1, 2, 3, 4)]
        await settle()
        journal.flush(3)
        await asyncio.gather(*tasks[:3])
        assert done == [1, 2, 3]
        assert len(waiters) == 1
        journal.flush(4)
        await tasks[3]

    play(scene)


def test_one_kick_per_turn() -> None:
    """However many wait in one turn of the loop, the flush thread is kicked once."""

    async def scene(journal: FakeJournal, waiters: Waiters) -> None:
        tasks = [asyncio.ensure_future(waiters.durable(seq)) for seq in range(1, 65)]
        await settle()
        assert journal.kicks == 1
        journal.flush(64)
        await asyncio.gather(*tasks)

    play(scene)


def test_an_older_sequence_waits_for_the_newest() -> None:
    """A repeated answer with an older sequence is released together with the newest waiter."""

    async def scene(journal: FakeJournal, waiters: Waiters) -> None:
        tasks = [asyncio.ensure_future(waiters.durable(seq)) for seq in (7, 3)]
        await settle()
        journal.flush(7)
        await asyncio.gather(*tasks)

    play(scene)


def test_a_cancelled_caller_leaves_the_others() -> None:
    """A caller that cancels is skipped by the wake-up; the next one still gets its reply."""

    async def scene(journal: FakeJournal, waiters: Waiters) -> None:
        gone, stays = (asyncio.ensure_future(waiters.durable(seq)) for seq in (1, 2))
        await settle()
        gone.cancel()
        journal.flush(2)
        await stays
        assert gone.cancelled()

    play(scene)


def test_failure_refuses_what_is_not_durable() -> None:
    """After a failure every waiter learns that nothing is known, the server is told once, and later calls fail."""

    async def scene(journal: FakeJournal, waiters: Waiters) -> None:
        tasks = [asyncio.ensure_future(waiters.durable(seq)) for seq in (1, 2)]
        await settle()
        journal.durable_seq = 1
        journal.fail()
        first, second = await asyncio.gather(*tasks, return_exceptions=True)
        assert first is None
        assert isinstance(second, NotDurable)
        assert second.durable_seq == 1
        with pytest.raises(NotDurable):
            await waiters.durable(1)

    assert play(scene) == ["failed"]


def test_close_refuses_who_still_waits() -> None:
    """Closing tells whoever still waits that the effect is not known."""

    async def scene(_journal: FakeJournal, waiters: Waiters) -> None:
        task = asyncio.ensure_future(waiters.durable(1))
        await settle()
        waiters.close()
        with pytest.raises(NotDurable):
            await task

    play(scene)
