"""The flush thread: takes what was decided while the last flush was on its way, and brings it to disk.

In mode process the batches themselves are written natively (see _native/segment_writer.pxd): a flush is then a copy
into a mapped segment, too short to be worth a turn with the GIL or a change of threads: who decides writes `through`.
"""

import os
import threading
from collections.abc import Callable

from fastdom._native import segment_writer
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
        self._writer = segment_writer.SegmentWriter(native) if journal.writes_natively else None
        self.failure: BaseException | None = None
        self._flushes = 0
        self._thread = threading.Thread(target=self._run, name="fastdom-flush", daemon=True)

    @property
    def flushes(self) -> int:
        """Batches flushed so far."""
        return self._writer.batches if self._writer is not None else self._flushes

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

    @property
    def through(self) -> Callable[[], bool] | None:
        """Writes what was decided until now by the calling thread, without this one; True when all of it is durable.

        None in a mode whose flush waits for a disk. False: it was left to this thread, which wants a kick; after `stop`
        nothing that is decided becomes durable any more.
        """
        return self._writer.through_now if self._writer is not None else None

    def wait_durable(self, seq: int, timeout_s: float) -> None:
        """Block until `seq` is durable.

        Raises
        ------
        EngineFailed
            The journal failed: whether `seq` is on disk is not known.
        TimeoutError
        """
        done = self._wait(lambda: self._native.durable_seq >= seq, timeout_s)
        if self._native.durable_seq >= seq:
            return
        if self.failure is not None:
            raise EngineFailed(str(self.failure)) from self.failure
        if not done:
            raise TimeoutError(f"sequence {seq} is not durable after {timeout_s} s")

    def settle(self, timeout_s: float) -> None:
        """Block until the journal has been told of everything that is durable now. Raises as `wait_durable`."""
        seq = self._native.durable_seq
        done = self._wait(lambda: self._journal.last_seq >= seq, timeout_s)
        if self.failure is not None:
            raise EngineFailed(str(self.failure)) from self.failure
        if not done:
            raise TimeoutError(f"the journal was not told of sequence {seq} after {timeout_s} s")

    def _wait(self, reached: Callable[[], bool], timeout_s: float) -> bool:
        """Whether it was reached, or the journal failed, in time."""
        with self._progress:
            if self._writer is not None:
                self._writer.wanted += 1  # somebody waits here: the writer comes back after each batch
            try:
                self._native.rouse()
                return self._progress.wait_for(lambda: reached() or self.failure is not None, timeout_s)
            finally:
                if self._writer is not None:
                    self._writer.wanted -= 1

    def _run(self) -> None:
        try:
            if self._writer is not None:
                self._write(self._writer)
                return
            while True:
                batch = self._native.take_batch(0 if self._stopping.is_set() else IDLE_S)
                if batch is not None:
                    self._journal.append(*batch)
                    batch[2].release()
                    self._native.batch_durable(self._journal.space_left())
                    self._flushes += 1
                    with self._progress:
                        self._progress.notify_all()
                elif self._stopping.is_set():
                    return
        except Exception as error:  # whatever it was: a flush thread that ends in silence would leave replies waiting
            self._latch(error)

    def _write(self, writer: segment_writer.SegmentWriter) -> None:
        """Let the writer write until there is something to do for Python."""
        journal = self._journal
        while True:
            turn = writer.run(0 if self._stopping.is_set() else int(IDLE_S * 1000))
            first_seq, last_seq, nbytes = writer.report()
            if nbytes:
                journal.segment_written(first_seq, last_seq, nbytes)
                writer.set_room(journal.space_left())
                with self._progress:
                    self._progress.notify_all()
            if turn == segment_writer.ROOM:
                writer.give(*journal.segment_fd(writer.need))
            elif turn == segment_writer.FAILED:
                raise journal.fail(OSError(writer.error, os.strerror(writer.error)))
            elif turn == segment_writer.LATCHED:
                raise EngineFailed("the engine has failed: what was decided last is not acknowledged")
            elif turn == segment_writer.IDLE and self._stopping.is_set() and writer.close():
                return

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
