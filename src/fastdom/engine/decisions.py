"""Decision records on disk: files of their own in the data folder, deleted by age and by size.

::

    FOLDER/decisions/<microseconds>.fdd    records one after the other (see _native/decision.pxd)

Nothing else depends on them. They are written without a sync: what a crash takes is the end of the newest file, and a
record cut short there ends the file. A folder without them, or with some deleted, works.
"""

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fastdom._native import decided
from fastdom._native.engine import NativeEngine

FILE_BYTES = 16 << 20
"""A file is closed beyond this size: what deletion takes at once."""

FILE_AGE_DIVISOR = 24
"""A file is closed after this part of the time records are kept: records live at most so much longer than asked."""

DRAIN_S = 0.2
"""Longest time between two takings."""

SUFFIX = ".fdd"


@dataclass(frozen=True, slots=True)
class KeepDecisions:
    """How decision records are kept.

    Attributes
    ----------
    keep_s : int
        Seconds a record is kept; 0 = nothing is recorded.
    bytes_max : int
        Bytes of all files; the oldest go first.
    buffer_bytes : int
        Memory for records between two takings, twice; what does not fit goes unrecorded and is counted.
    """

    keep_s: int = 86_400
    bytes_max: int = 1 << 30
    buffer_bytes: int = 16 << 20


@dataclass(frozen=True, slots=True)
class DecisionCounts:
    """Records made, decisions that went unrecorded for want of room, records that could not be stored, files."""

    recorded: int
    dropped: int
    lost_bytes: int
    files: int
    bytes: int


class DecisionLog:
    """Takes decision records out of an engine, keeps them, finds them.

    Parameters
    ----------
    native : NativeEngine
    folder : Path
        Where the files are; made when the first record comes.
    keep : KeepDecisions
    """

    def __init__(self, native: NativeEngine, folder: Path, keep: KeepDecisions) -> None:
        self._native = native
        self._folder = folder
        self._keep = keep
        self._turn = threading.Lock()
        self._stopping = threading.Event()
        self._open: Path | None = None
        self._lost = 0
        self._thread = threading.Thread(target=self._run, name="fastdom-decisions", daemon=True)

    def start(self) -> None:
        """Record from now on, and keep what is recorded."""
        if self._keep.keep_s > 0:
            decided.switch(self._native, self._keep.buffer_bytes)
            self._thread.start()

    def stop(self) -> None:
        """Keep what is left, then end the thread. Idempotent."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
            self.drain()

    def drain(self, now_us: int | None = None) -> int:
        """Keep what was recorded since the last time, and delete what is too old or too much; bytes kept."""
        with self._turn:
            data = decided.take(self._native)
            now_us = time.time_ns() // 1000 if now_us is None else now_us
            if data:
                try:
                    self._append(data, now_us)
                except OSError:  # records are a convenience: a full disk must not stop the engine
                    self._lost += len(data)
            self._prune(now_us)
            return len(data)

    def find(self, *, order_id: str = "", request_id: str = "", reservation_id: str = "") -> list[bytes]:
        """Return the records of an order, a request or a reservation, oldest first.

        Raises
        ------
        OSError
        """
        self.drain()
        found = []
        for path in self.files():
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                continue  # deleted by age meanwhile
            offsets, _ = decided.find(data, order_id.encode(), request_id.encode(), reservation_id)
            found += [data[at : at + decided.record_size(data, at)] for at in offsets]
        return found

    def files(self) -> Iterator[Path]:
        """Yield the files, oldest first."""
        if self._folder.is_dir():
            yield from sorted(self._folder.glob("*" + SUFFIX))

    def counts(self) -> DecisionCounts:
        """Return what was recorded so far, and what is kept."""
        recorded, dropped = decided.counts(self._native)
        sizes = [size for path in self.files() if (size := _size_of(path)) is not None]
        return DecisionCounts(recorded, dropped, self._lost, len(sizes), sum(sizes))

    def _run(self) -> None:
        while not self._stopping.wait(DRAIN_S):
            self.drain()

    def _append(self, data: memoryview, now_us: int) -> None:
        if self._open is None:
            self._folder.mkdir(exist_ok=True)
            self._open = self._folder / f"{now_us:020d}{SUFFIX}"
        with self._open.open("ab", buffering=0) as file:
            size = file.tell()
            try:
                left = data
                while len(left):
                    left = left[file.write(left) :]
            except OSError:
                os.ftruncate(file.fileno(), size)  # the next ones go on here: no half record, no second file
                raise
            size += len(data)
        began_us = int(self._open.stem)
        if size >= FILE_BYTES or now_us - began_us >= self._keep.keep_s * 1_000_000 // FILE_AGE_DIVISOR:
            self._open = None

    def _prune(self, now_us: int) -> None:
        """Delete whole files: those whose newest record is too old, and the oldest while all are too large."""
        sizes = {path: size for path in self.files() if (size := _size_of(path)) is not None}
        total = sum(sizes.values())
        oldest_us = now_us - self._keep.keep_s * 1_000_000
        for path, size in sizes.items():
            if path == self._open:
                continue
            with contextlib.suppress(OSError):  # gone already, or not to be deleted: the others are
                if path.stat().st_mtime_ns // 1000 >= oldest_us and total <= self._keep.bytes_max:
                    break
                path.unlink()
                total -= size


def _size_of(path: Path) -> int | None:
    """Bytes of a file; None = somebody deleted it meanwhile."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
