"""Checkpoints: a state at one sequence number, as opaque chunks in an LMDB environment of their own.

Of their own, because one 64 MB transaction in the journal's environment would hold up its commits for 193 ms.

A checkpoint is good from the moment its manifest is committed, which happens last, after the journal is durable up to
the same sequence number. The two newest are kept, so that a damaged one costs time and nothing else;
`CheckpointStore.floor` is what the journal must still hold for that.
"""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .checkpoint_reader import CheckpointReader
from .checkpoint_writer import CheckpointWriter
from .chunk import FORMAT, ID, KEY, Damage, Manifest
from .disk import Disk
from .environment import MAP_MAX, MAP_SIZE, Environment
from .errors import CheckpointDamaged, CheckpointFailed, FormatTooNew

if TYPE_CHECKING:
    from lmdb import Transaction

    Txn = Transaction[bytes]

KEPT = 2
"""Checkpoints kept: the newest, and one to fall back to."""

TRIM_CHUNKS = 256
"""Chunks deleted in one transaction."""


class CheckpointStore:
    """The checkpoints of one data folder. One may be written while others are read."""

    def __init__(
        self,
        folder: Path,
        disk: Disk,
        *,
        read_only: bool = False,
        map_size: int = MAP_SIZE,
        map_max: int = MAP_MAX,
        settle: Callable[[int], object] | None = None,
    ) -> None:
        """Open ``folder``/checkpoint; ``settle`` makes the journal durable up to a number, or raises."""
        self.path = folder / "checkpoint"
        self.damaged: list[CheckpointDamaged] = []
        self.settle = settle
        self.writing = threading.Lock()
        self.env = Environment(
            self.path, ("chunks", "manifests"), disk, map_size=map_size, map_max=map_max, read_only=read_only
        )

    def close(self) -> None:
        """Close the environment. Idempotent."""
        self.env.close()

    def begin(self, seq: int) -> "CheckpointWriter":
        """Start a checkpoint of the state after command ``seq``; one at a time."""
        if not self.writing.acquire(blocking=False):
            raise CheckpointFailed(self.path, seq, "another checkpoint is being written")
        try:
            self.trim()
            return CheckpointWriter(self, seq, self._next_id())
        except BaseException:
            self.writing.release()
            raise

    def manifests(self) -> list[Manifest]:
        """Complete checkpoints, newest first. Those whose manifest is damaged are left out and put in `damaged`."""
        with self.env.read() as txn:
            rows = [(bytes(key), bytes(value)) for key, value in txn.cursor(self.env["manifests"])]
        found: list[Manifest] = []
        for key, value in reversed(rows):
            try:
                found.append(self._decode(key, value))
            except CheckpointDamaged as damage:
                self._note(damage)
        return found

    def newest_good(self) -> "CheckpointReader | None":
        """The newest checkpoint of which every byte was read and found right; what failed is put in `damaged`."""
        return next(self.good(), None)

    def good(self) -> Iterator[CheckpointReader]:
        """Every checkpoint of which every byte was read and found right, newest first, each read when asked for."""
        for manifest in self.manifests():
            reader = self.reader(manifest)
            try:
                reader.check()
            except CheckpointDamaged as damage:
                self._note(damage)
                continue
            yield reader

    def reader(self, manifest: Manifest) -> CheckpointReader:
        """Read the checkpoint of this manifest, whatever its state."""
        return CheckpointReader(self.path, self.env, manifest)

    def floor(self) -> int:
        """Highest sequence number up to which the journal is not needed by any kept checkpoint; 0 while fewer than
        two are kept, because then a damaged one could be replaced only by a replay from the beginning."""
        kept = self.manifests()
        return kept[KEPT - 1].seq if len(kept) >= KEPT else 0

    def trim(self) -> None:
        """Delete what is neither among the newest two nor complete, in small transactions."""
        keep = {manifest.id for manifest in self.manifests()[:KEPT]}
        while self.env.transact(lambda txn: self._trim_step(txn, keep)):
            pass

    def _trim_step(self, txn: "Txn", keep: set[int]) -> int:
        """Delete up to TRIM_CHUNKS chunks, manifests first; return how many."""
        for key in [bytes(key) for key in txn.cursor(self.env["manifests"]).iternext(keys=True, values=False)]:
            if ID.unpack(key)[0] not in keep:
                txn.delete(key, db=self.env["manifests"])
        cursor, deleted = txn.cursor(self.env["chunks"]), 0
        found = cursor.first()
        while found and deleted < TRIM_CHUNKS:
            checkpoint_id = KEY.unpack(bytes(cursor.key()))[0]
            if checkpoint_id in keep:
                found = cursor.set_range(ID.pack(checkpoint_id + 1))
                continue
            cursor.delete()
            deleted += 1
            found = bool(cursor.key())
        return deleted

    def _next_id(self) -> int:
        with self.env.read() as txn:
            cursor = txn.cursor(self.env["manifests"])
            return int(ID.unpack(bytes(cursor.key()))[0]) + 1 if cursor.last() else 1

    def _decode(self, key: bytes, value: bytes) -> Manifest:
        try:
            return Manifest.decode(key, value)
        except Damage as damage:
            if damage.too_new:
                raise FormatTooNew(str(self.path), damage.too_new, FORMAT) from damage
            raise CheckpointDamaged(self.path, 0, str(damage)) from damage

    def _note(self, damage: CheckpointDamaged) -> None:
        if str(damage) not in map(str, self.damaged):
            self.damaged.append(damage)
