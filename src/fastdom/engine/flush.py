"""The flush thread: takes what was decided while the last flush was on its way, and brings it to disk."""

import threading
from collections.abc import Callable

from fastdom._native.engine import NativeEngine
from fastdom.engine.errors import EngineFailed
from fastdom.journal import Journal

IDLE_S = 0.5
"""Longest sleep without a kick; only stopping depends on it."""


class FlushThread:
    """One thread that moves batches from the engine to the journal: no timers, no delay when idle.

    Parameters
    ----------
    native : NativeEngine
    journal : Journal
    on_failure : callable, optional
        Called once from the flush thread with the error that latched the engine.
    """

    def __init__(
        self, native: NativeEngine, journal: Journal, on_failure: Callable[[BaseException], None] | None = None
    ) -> None:
        self._native = native
        self._journal = journal
        self._on_failure = on_failure
        self._stopping = threading.Event()
        self._progress = threading.Condition()
        self.failure: BaseException | None = None
        self.flushes = 0
        self._thread = threading.Thread(target=self._run, name="fastdom-flush", daemon=True)

    def start(self) -> None:
        """Begin to flush; a failure of the journal's own background work latches the engine too."""
        self._journal.on_failure(self._latch)
        self._thread.start()

    def stop(self) -> None:
        """Flush what is left, then end the thread. Idempotent."""
        self._stopping.set()
        self._native.rouse()
        if self._thread.is_alive():
            self._thread.join()

    def wait_durable(self, seq: int, timeout_s: float) -> None:
        """Block until `seq` is durable.

        Raises
        ------
        EngineFailed
            The journal failed: whether `seq` is on disk is not known.
        TimeoutError
        """
        self._native.kick()
        with self._progress:
            done = self._progress.wait_for(
                lambda: self._native.durable_seq >= seq or self.failure is not None, timeout_s
            )
        if self._native.durable_seq >= seq:
            return
        if self.failure is not None:
            raise EngineFailed(str(self.failure)) from self.failure
        if not done:
            raise TimeoutError(f"sequence {seq} is not durable after {timeout_s} s")

    def _run(self) -> None:
        try:
            while True:
                batch = self._native.take_batch(0 if self._stopping.is_set() else IDLE_S)
                if batch is not None:
                    self._journal.append(*batch)
                    batch[2].release()
                    self._native.batch_durable(self._journal.space_left())
                    self.flushes += 1
                    with self._progress:
                        self._progress.notify_all()
                elif self._stopping.is_set():
                    return
        except Exception as error:  # whatever it was: a flush thread that ends in silence would leave replies waiting
            self._latch(error)

    def _latch(self, error: BaseException) -> None:
        with self._progress:
            if self.failure is not None:
                return
            self.failure = error
        self._native.fail()
        with self._progress:
            self._progress.notify_all()
        if self._on_failure is not None:
            self._on_failure(error)
