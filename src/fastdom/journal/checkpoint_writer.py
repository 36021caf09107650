"""Writing one checkpoint, chunk by chunk, without touching the older ones."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

import lmdb

from .chunk import (
    CHUNK_MAX,
    KEY,
    KEY_AT,
    SECTIONS_MAX,
    STEP_BYTES,
    Manifest,
    encode_chunk,
    total_of,
)
from .errors import CheckpointFailed, JournalFull
from .frame import Bytes

if TYPE_CHECKING:
    from lmdb import Transaction

    from .checkpoint import CheckpointStore

    Txn = Transaction[bytes]


class CheckpointWriter:
    """Collects the chunks of one checkpoint. Leaving the ``with`` block without `commit` discards them."""

    def __init__(self, store: "CheckpointStore", seq: int, checkpoint_id: int) -> None:
        self.seq = seq
        self._store: CheckpointStore | None = store
        self._id = checkpoint_id
        self._sections: dict[str, int] = {}
        self._sums: dict[bytes, bytes] = {}
        self._waiting: list[tuple[bytes, bytes]] = []
        self._waiting_bytes = self._chunk_bytes = 0

    def put(self, section: str, index: int, chunk: Bytes) -> None:
        """Add chunk ``index`` (0, 1, 2 ... per section, in any order) of a section; sections keep their first order.

        Raises
        ------
        CheckpointFailed
            The disk refused, or the same chunk was given before.
        JournalFull
            No room; the checkpoint is to be given up.
        """
        ordinal = self._sections.setdefault(section, len(self._sections))
        key = KEY.pack(self._id, ordinal, index)
        if len(chunk) > CHUNK_MAX or ordinal >= SECTIONS_MAX or key in self._sums:
            raise CheckpointFailed(self._open().path, self.seq, f"chunk {section} {index} is too large or given twice")
        value = encode_chunk(key, chunk)
        self._sums[key] = value[:KEY_AT]
        self._waiting.append((key, value))
        self._chunk_bytes += len(chunk)
        self._waiting_bytes += len(chunk)
        if self._waiting_bytes >= STEP_BYTES:
            self._flush()

    def commit(self, digest: bytes, counts: Mapping[str, int]) -> Manifest:
        """Make the checkpoint good: chunks, then the journal up to ``seq``, then the manifest; then drop older ones.

        Raises
        ------
        CheckpointFailed, JournalFull, JournalFailed
            It is not good, and the older ones are as they were.
        """
        store = self._open()
        manifest = Manifest(
            id=self._id,
            seq=self.seq,
            digest=digest.hex(),
            counts=dict(counts),
            sections=self._counted(),
            chunk_bytes=self._chunk_bytes,
            total=total_of(self._sums),
        )
        self._flush()
        if store.settle is not None:
            store.settle(self.seq)
        key, value = manifest.encode()
        self._transact(lambda txn: txn.put(key, value, db=store.env["manifests"]))
        try:
            store.trim()
        except (lmdb.Error, OSError) as error:
            raise CheckpointFailed(
                store.path, self.seq, f"good, but older ones could not be deleted: {error}"
            ) from error
        finally:
            self._end()
        return manifest

    def discard(self) -> None:
        """Give the checkpoint up; its chunks are deleted when the next one begins. Idempotent."""
        if self._store is not None:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.discard()

    def _counted(self) -> dict[str, int]:
        """Chunks per section, which must be numbered from 0 without a gap."""
        counts = dict.fromkeys(self._sections, 0)
        names = list(self._sections)
        for key in sorted(self._sums):
            _, ordinal, index = KEY.unpack(key)
            if index != counts[names[ordinal]]:
                raise CheckpointFailed(
                    self._open().path, self.seq, f"section {names[ordinal]}: a chunk before {index} is missing"
                )
            counts[names[ordinal]] += 1
        return counts

    def _flush(self) -> None:
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        chunks = self._open().env["chunks"]

        def write(txn: "Txn") -> None:
            for key, value in waiting:
                txn.put(key, value, db=chunks)

        self._transact(write, sum(len(value) for _, value in waiting))

    def _transact(self, change: "Callable[[Txn], object]", nbytes: int = 0) -> None:
        store = self._open()
        left = store.env.space_left()
        if left < nbytes + nbytes // 8:
            raise JournalFull(store.path, nbytes, left)
        try:
            store.env.transact(change)
        except (lmdb.Error, OSError) as error:
            raise CheckpointFailed(store.path, self.seq, error) from error

    def _open(self) -> "CheckpointStore":
        if self._store is None:
            raise ValueError("this checkpoint has been committed or discarded")
        return self._store

    def _end(self) -> None:
        store, self._store = self._open(), None
        self._waiting.clear()
        store.writing.release()
