"""Replies that wait for the disk: completion is by number, one wake-up per flush, no thread per call.

A decision carries the sequence its reply depends on. `Waiters.durable` returns once that sequence is durable; the flush
thread announces progress through an eventfd, and one reading of it releases every waiter up to `durable_seq`. A caller
that has gone leaves its waiter behind as cancelled, and the decision stands.

Where a flush is but a copy of bytes (mode process), whoever has decided makes it himself (`through`) and does not wait.
"""

import asyncio
import contextlib
import os
from collections import deque
from collections.abc import Callable
from typing import Protocol


class Durable(Protocol):
    """What the engine tells about its journal."""

    @property
    def wake_fd(self) -> int: ...  # eventfd, written once per flush and at a failure

    @property
    def durable_seq(self) -> int: ...  # highest sequence that is durable in the chosen mode

    @property
    def failed(self) -> object: ...  # the journal failed: nothing is answered any more

    def kick(self) -> None: ...  # tell the flush thread that there is something to flush


class NotDurable(Exception):
    """The journal failed before the reply's sequence was durable; its effect is not known."""

    def __init__(self, durable_seq: int) -> None:
        super().__init__(f"the journal failed after sequence {durable_seq}")
        self.durable_seq = durable_seq


class Waiters:
    """The waiting replies of one event loop, in order of their sequence."""

    def __init__(
        self,
        journal: Durable,
        loop: asyncio.AbstractEventLoop,
        on_failure: Callable[[], None],
        through: Callable[[], bool] | None = None,
    ) -> None:
        """Listen to ``journal``.

        ``on_failure`` is called once, from the loop, when the journal has failed. ``through`` makes everything decided
        until now durable; False when the flush thread has to.
        """
        self.through = through or _left_to_the_flush_thread
        self.journal = journal
        self._loop = loop
        self._on_failure = on_failure
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._kicking = False
        self._failed = False
        self._fd = journal.wake_fd
        os.set_blocking(self._fd, False)
        loop.add_reader(self._fd, self._wake)

    def __len__(self) -> int:
        return len(self._waiting)

    async def durable(self, seq: int) -> None:
        """Return when ``seq`` is durable.

        Raises
        ------
        NotDurable
            The journal has failed.
        """
        journal = self.journal
        if journal.failed:
            self._fail()
            raise NotDurable(journal.durable_seq)
        if seq <= journal.durable_seq or (self.through() and seq <= journal.durable_seq):
            return
        self.kick()
        waiting = self._waiting
        # A repeated answer may carry an older sequence; it waits for the flush the newest one waits for.
        if waiting and waiting[-1][0] > seq:
            seq = waiting[-1][0]
        future = self._loop.create_future()
        waiting.append((seq, future))
        await future

    def kick(self) -> None:
        """Have the flush thread told at the end of this turn of the loop, once however many ask."""
        if not self._kicking:
            self._kicking = True
            self._loop.call_soon(self._kick)

    def close(self) -> None:
        """Stop listening; whoever still waits is told that nothing is known."""
        self._loop.remove_reader(self._fd)
        self._release(self.journal.durable_seq)
        self._refuse_all()

    def _kick(self) -> None:
        self._kicking = False
        self.journal.kick()

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._fd, 8)
        # The failure is read first: what was durable before it may still be told.
        failed = self.journal.failed
        self._release(self.journal.durable_seq)
        if failed:
            self._fail()

    def _release(self, durable_seq: int) -> None:
        waiting = self._waiting
        while waiting and waiting[0][0] <= durable_seq:
            future = waiting.popleft()[1]
            if not future.done():
                future.set_result(None)

    def _fail(self) -> None:
        if not self._failed:
            self._failed = True
            self._refuse_all()
            self._on_failure()

    def _refuse_all(self) -> None:
        error = NotDurable(self.journal.durable_seq)
        while self._waiting:
            future = self._waiting.popleft()[1]
            if not future.done():
                future.set_exception(error)


def _left_to_the_flush_thread() -> bool:
    return False
