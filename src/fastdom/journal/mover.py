"""The background thread of mode process: batches go from the segments into LMDB soon after they were written."""

import threading
import time
from collections.abc import Callable

from .errors import JournalError


class Mover:
    """Runs ``step`` after each `kick`, at once when idle, and then not again before ``interval_us`` have passed.

    So a batch waits at most ``interval_us`` before a flush takes it up, however many follow. A JournalError ends the
    thread: ``step`` has latched the journal by then.
    """

    def __init__(self, step: Callable[[], object], interval_us: int) -> None:
        self._step = step
        self._interval_s = interval_us / 1e6
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fastdom-mover", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def kick(self) -> None:
        """Say that there is something to move. Costs nothing when said already."""
        if not self._wanted.is_set():
            self._wanted.set()

    def stop(self) -> None:
        """Let a running step end, then join. What is left is moved by the caller. Idempotent."""
        self._stopping.set()
        self._wanted.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wanted.wait()
            self._wanted.clear()
            if self._stopping.is_set():
                return
            started = time.monotonic()
            try:
                self._step()
            except JournalError:  # latched, and reported there
                return
            self._stopping.wait(max(0.0, started + self._interval_s - time.monotonic()))
