"""Mode process put together: a segment takes the batch, the mover brings it to LMDB within about 50 ms."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from . import batches
from .disk import Disk
from .environment import Environment
from .frame import Bytes
from .latch import Latch
from .meta import MOVED
from .mover import Mover
from .segments import Extent, Segments
from .tail import Mark

if TYPE_CHECKING:
    from lmdb import Transaction

PENDING_MAX = 256 << 20
"""Bytes written but not yet in LMDB at which an append waits for the mover."""

STALL_CHECK_S = 0.1
"""How often a waiting append looks whether the journal has failed."""


class ProcessLog:
    """Writes batches to segments and moves them to LMDB. One thread appends; any thread may `move`."""

    def __init__(
        self,
        folder: Path,
        env: Environment,
        latch: Latch,
        disk: Disk,
        *,
        identity: int,
        next_number: int,
        segment_bytes: int,
        interval_us: int,
        synced_seq: int,
    ) -> None:
        """Create the first segment and start the mover; ``interval_us`` 0 leaves moving to `move` alone."""
        self.synced_seq = synced_seq
        self._folder = folder
        self._env = env
        self._latch = latch
        self._moving = threading.RLock()
        self._moved = threading.Condition()
        self._segments = Segments(folder / "segments", disk, identity, next_number, segment_bytes)
        self._mover = Mover(self.move, interval_us) if interval_us else None
        if self._mover:
            self._mover.start()

    @property
    def pending_bytes(self) -> int:
        """Bytes acknowledged that a power loss would take."""
        return self._segments.pending_bytes

    def reserved_bytes(self) -> int:
        """Disk that is spoken for: pending batches on their way to LMDB, and the next segment."""
        return self._segments.pending_bytes + self._segments.next_bytes()

    def room(self, nbytes: int) -> tuple[int, int]:
        """See `Segments.room`; waits while PENDING_MAX bytes are on their way.

        Raises
        ------
        JournalFull
            No disk for the next segment; nothing was changed.
        JournalFailed
        """
        self._wait()
        with self._latch.guard():
            return self._segments.room(nbytes)

    def written(self, first_seq: int, last_seq: int, nbytes: int) -> None:
        """See `Segments.written`; raises JournalFailed."""
        self._latch.check()
        self._segments.written(first_seq, last_seq, nbytes)
        if self._mover:
            self._mover.kick()

    def append(self, first_seq: int, last_seq: int, frame: Bytes) -> None:
        """Write one frame; raises JournalFull, JournalFailed."""
        self._wait()
        with self._latch.guard():
            self._segments.append(first_seq, last_seq, frame)
        if self._mover:
            self._mover.kick()

    def move(self) -> None:
        """Bring everything written before this call to LMDB, flushed; raises JournalFailed."""
        with self._moving:
            left = self._segments.pending_bytes
            while left > 0:
                with self._latch.guard():
                    left -= self._step()
        with self._moved:
            self._moved.notify_all()

    def close(self) -> None:
        """Stop the mover, move what is left unless the journal has failed, close the segments."""
        if self._mover:
            self._mover.stop()
        try:
            if self._latch.failed is None:
                self.move()
        finally:
            self._segments.close(delete=self._latch.failed is None)

    def _step(self) -> int:
        """One LMDB transaction; returns the bytes moved."""
        extents = self._segments.take()
        last = extents[-1]
        mark = Mark(last.segment.number, last.offset + last.length)

        def change(txn: "Transaction[bytes]") -> None:
            for extent in extents:
                batches.put(txn, self._env["batches"], extent.first_seq, self._segments.read(extent))
            txn.put(MOVED, mark.encode(), db=self._env["meta"])

        self._env.transact(change)
        self.synced_seq = last.last_seq
        self._settle(extents)
        return sum(extent.length for extent in extents)

    def _settle(self, extents: list[Extent]) -> None:
        """LMDB holds these durably: only now may their segments go."""
        self._segments.release(extents)
        self._segments.prepare()

    def _wait(self) -> None:
        self._latch.check()
        if self._mover is None or self._segments.pending_bytes < PENDING_MAX:
            return
        with self._moved:
            while self._segments.pending_bytes >= PENDING_MAX:
                self._moved.wait(STALL_CHECK_S)
                self._latch.check()
