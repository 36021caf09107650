"""The journal of a data folder: batches of opaque bytes, in sequence, durable as promised.

Life of a batch: `Journal.append` checks its place and its room, builds the frame, and then in modes strict and relaxed
commits it to LMDB, in mode process writes it to a segment, from where the mover takes it to LMDB. Only then does append
return, and only then may a reply leave.

One thread appends. Iterating, checkpointing, pruning and the mover may run beside it in other threads.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import lmdb

from . import batches, meta, reading
from .checkpoint import CheckpointStore
from .disk import Disk
from .environment import MAP_MAX, MAP_SIZE, Environment
from .errors import CheckpointFailed, JournalCorrupt, JournalFailed, JournalFull, cannot_open
from .folder import FolderLock
from .frame import Bytes, Frame, decode_header, encode
from .latch import Latch
from .mode import DurabilityMode
from .opening import bring_home, claim, open_environment
from .process import ProcessLog
from .segments import SEGMENT_BYTES
from .tail import TailReport

if TYPE_CHECKING:
    from lmdb import Transaction

T = TypeVar("T")

MOVE_INTERVAL_US = 30_000
"""Mode process: longest wait of a written batch before a flush takes it up."""

PRUNE_KEYS = 1000
PRUNE_BYTES = 16 << 20
"""Limits of one `Journal.prune`: deleting 200,000 keys takes 97 ms and holds up every commit meanwhile."""

PUT_OVERHEAD = 64 << 10
"""Pages that LMDB copies around a batch: counted with every append when room is judged."""


class Journal:
    """An open journal. Use `Journal.open`; a context manager that closes it."""

    def __init__(
        self,
        folder: Path,
        mode: DurabilityMode,
        lock: FolderLock | None,
        *,
        env: Environment,
        disk: Disk,
        checkpoints: CheckpointStore | None,
    ) -> None:
        self.folder = folder
        self.mode = mode
        self.read_only = lock is None
        self.tail = TailReport()
        self.checkpoints = checkpoints
        self._lock = lock
        self.env = env
        self._disk = disk
        self._latch = Latch(folder)
        self._appending = threading.Lock()
        self._process: ProcessLog | None = None
        self._last_seq = 0
        with env.read() as txn:
            self.secret = meta.secret(txn, env["meta"])
            self.created_us = meta.created_us(txn, env["meta"])

    @classmethod
    def open(
        cls,
        folder: str | os.PathLike[str],
        mode: DurabilityMode | str = DurabilityMode.STRICT,
        *,
        map_size: int = MAP_SIZE,
        map_max: int = MAP_MAX,
        create: bool = True,
        read_only: bool = False,
        segment_bytes: int = SEGMENT_BYTES,
        move_interval_us: int = MOVE_INTERVAL_US,
        disk: Disk | None = None,
    ) -> "Journal":
        """Open the journal in ``folder`` and bring it to a consistent end, whatever mode it was written in.

        Parameters
        ----------
        mode
            What holds when an append returns; see `DurabilityMode`.
        map_size, map_max
            LMDB's map at first and at most, bytes of address space; it doubles in between as needed.
        create
            Make a new folder where there is none.
        read_only
            Only read, also beside a running server of another process; the tail is read where it is.
        segment_bytes, move_interval_us
            Mode process: size of a segment; longest wait before a flush, 0 to flush only in `sync` and `close`.
        disk
            The seam for fault injection.

        Raises
        ------
        CannotOpen
            The folder is missing, in use, newer, unreadable, or the disk is full.
        JournalCorrupt
            The last batch is damaged.
        """
        path, mode, disk = Path(folder), DurabilityMode(mode), disk or Disk()
        process = mode is DurabilityMode.PROCESS and not read_only
        lock = None if read_only else claim(path, create=create)
        opened: list[Environment | CheckpointStore] = []
        try:
            env = open_environment(
                path,
                disk,
                create=create,
                read_only=read_only,
                metasync=mode is not DurabilityMode.RELAXED,
                map_size=map_size,
                map_max=map_max,
                need=segment_bytes if process else 0,
            )
            opened.append(env)
            checkpoints = None
            if not read_only or (path / "checkpoint" / "data.mdb").exists():
                checkpoints = CheckpointStore(path, disk, read_only=read_only, map_size=map_size, map_max=map_max)
                opened.append(checkpoints)
            journal = cls(path, mode, lock, env=env, disk=disk, checkpoints=checkpoints)
            if lock is not None:
                journal._start(segment_bytes, move_interval_us)
            else:
                journal._look()
        except BaseException as error:
            for part in reversed(opened):
                part.close()
            if lock is not None:
                lock.release()
            if isinstance(error, lmdb.Error | OSError):
                raise cannot_open(path, error) from error
            raise
        return journal

    def _look(self) -> None:
        """A reader opens a damaged journal too, so that `verify` can tell how far the damage goes."""
        try:
            self._last_seq = reading.last_seq(self.folder, self.env)
        except JournalCorrupt:
            self._last_seq = 0

    def _start(self, segment_bytes: int, move_interval_us: int) -> None:
        flushed = reading.last_seq(self.folder, self.env)
        self.tail, number = bring_home(self.folder, self.env, self._disk, flushed + 1)
        self._last_seq = max(flushed, self.tail.last_seq)
        if self.checkpoints is not None:
            self.checkpoints.settle = self._settle
        if self.mode is DurabilityMode.PROCESS:
            self._process = ProcessLog(
                self.folder,
                self.env,
                self._latch,
                self._disk,
                identity=meta.identity(self.secret),
                next_number=number,
                segment_bytes=segment_bytes,
                interval_us=move_interval_us,
                synced_seq=self._last_seq,
            )

    # -- where it stands -------------------------------------------------------------------------------------------

    @property
    def first_seq(self) -> int:
        """Lowest sequence number kept, 0 when the journal is empty."""
        with self.env.read() as txn:
            return batches.first_seq(txn, self.env["batches"])

    @property
    def last_seq(self) -> int:
        """Last sequence number that is durable in the chosen mode. Read-only: last one in LMDB when opened, 0 if
        that is damaged."""
        return self._last_seq

    @property
    def synced_seq(self) -> int:
        """Last sequence number that a power loss cannot take (relaxed: except the very last commit)."""
        return self._process.synced_seq if self._process else self._last_seq

    @property
    def pending_bytes(self) -> int:
        """Mode process: bytes acknowledged that a power loss would take; 0 otherwise."""
        return self._process.pending_bytes if self._process else 0

    @property
    def failed(self) -> JournalFailed | None:
        """The failure that latched the journal, if any."""
        return self._latch.failed

    def on_failure(self, call: Callable[[JournalFailed], object]) -> None:
        """Have ``call`` told of the first failure, in the thread it happens in (the mover's, in mode process)."""
        self._latch.on_failure = call
        if self._latch.failed is not None:
            call(self._latch.failed)

    def space_left(self) -> int:
        """Bytes of batches that surely can still be appended. Cheap enough for every flush (some microseconds)."""
        reserved = PUT_OVERHEAD + (self._process.reserved_bytes() if self._process else 0)
        return max(0, self.env.space_left() - reserved)

    def require_space(self, nbytes: int) -> None:
        """Raise JournalFull unless ``nbytes`` more surely fit."""
        left = self.space_left()
        if nbytes > left:
            raise JournalFull(self.folder, nbytes, left)

    # -- writing ---------------------------------------------------------------------------------------------------

    def append(self, first_seq: int, last_seq: int, payload: Bytes, blobs: Sequence[Bytes] = ()) -> None:
        """Append one batch; when this returns it is durable as the mode says, and so are ``blobs``.

        Raises
        ------
        ValueError
            ``first_seq`` is not `last_seq` + 1, or the payload is over the limit. Nothing was changed.
        JournalFull
            No room. Nothing was changed.
        JournalFailed
            An I/O error, now or before: whether the batch is on disk is not known, and nothing more is accepted.
        """
        self.append_frame(encode(first_seq, last_seq, payload), blobs)

    def append_frame(self, frame: Bytes, blobs: Sequence[Bytes] = ()) -> None:
        """As `append`, for a frame built elsewhere (see `frame` for the layout); its checksum is trusted."""
        header = decode_header(frame)
        if header.end != len(frame):
            raise ValueError(f"a frame of {header.end} bytes was given as {len(frame)}")
        with self._appending:
            self._check_next(header.first_seq)
            self.require_space(len(frame) + sum(map(len, blobs)))
            if self._process is not None:
                if blobs:
                    self._transact(lambda txn: meta.put_blobs(txn, self.env["blobs"], blobs))
                self._process.append(header.first_seq, header.last_seq, frame)
            else:
                self._transact(lambda txn: self._put(txn, header.first_seq, frame, blobs))
            self._last_seq = header.last_seq

    @property
    def writes_natively(self) -> bool:
        """Whether a native writer may write the segments itself: mode process on a real disk."""
        return self._process is not None and type(self._disk) is Disk

    def segment_fd(self, nbytes: int) -> tuple[int, int]:
        """Mode process, for a native writer: descriptor for the next ``nbytes``, and the bytes that fit there in all.

        The writer puts whole frames where the descriptor stands, through a mapping or pwrite(2), without the GIL; it
        leaves the descriptor behind them, calls `segment_written` after each or after several, and asks here again
        before a frame that no longer fits. A short or failed write is reported with `fail`, never continued elsewhere.

        Raises
        ------
        JournalFull, JournalFailed
        """
        if self._process is None:
            raise ValueError(f"mode {self.mode} has no segments")
        return self._process.room(nbytes)

    def segment_written(self, first_seq: int, last_seq: int, nbytes: int) -> None:
        """Say that whole frames ``first_seq`` .. ``last_seq`` of ``nbytes`` in all stand in the segment: durable now.

        Raises
        ------
        JournalFailed
            The mover has failed meanwhile: they must not be acknowledged.
        """
        if self._process is None:
            raise ValueError(f"mode {self.mode} has no segments")
        with self._appending:
            self._check_next(first_seq)
            self._process.written(first_seq, last_seq, nbytes)
            self._last_seq = last_seq

    def fail(self, cause: OSError) -> JournalFailed:
        """Latch an I/O error that a native writer met; return what to raise."""
        try:
            with self._latch.guard():
                raise cause
        except JournalFailed as failed:
            return failed
        raise AssertionError("unreachable")

    def sync(self) -> int:
        """Make everything appended so far safe from power loss; return `synced_seq`. Raises JournalFailed."""
        if self._process is not None:
            self._process.move()
        if self.mode is DurabilityMode.RELAXED and not self.read_only:
            with self._latch.guard():
                self.env.sync()
        return self.synced_seq

    def prune(self, before_seq: int, limit: int = PRUNE_KEYS) -> int:
        """Delete up to ``limit`` of the oldest values that lie wholly before ``before_seq``; return how many.

        Never deletes what a kept checkpoint needs: nothing from the older of the two newest checkpoints on, nothing
        while there are fewer than two (`CheckpointStore.floor`). Call again while the answer is not 0.
        """
        floor = self.checkpoints.floor() + 1 if self.checkpoints else 0
        return self._transact(lambda txn: self._prune(txn, min(before_seq, floor), limit))

    def put_setting(self, name: str, value: str) -> None:
        """Store a setting that belongs to the folder, durable; raises ValueError when it is malformed."""
        key, data = meta.setting_row(name, value)
        self._transact(lambda txn: txn.put(key, data, db=self.env["meta"]))

    def put_blob(self, document: Bytes) -> bytes:
        """Store a document by its content, durable; return its `blob_key`. Raises JournalFull, JournalFailed."""
        self.require_space(len(document))
        self._transact(lambda txn: meta.put_blobs(txn, self.env["blobs"], [document]))
        return meta.blob_key(document)

    # -- reading ---------------------------------------------------------------------------------------------------

    def iterate(self, from_seq: int = 1) -> Iterator[Frame]:
        """Yield (first_seq, last_seq, payload) from the batch that holds ``from_seq`` on, up to the end as of now.

        Every checksum and the sequence are verified. Payloads stay valid as long as they are held, and no transaction
        is open while the caller works.

        Raises
        ------
        JournalCorrupt
            Damage or a gap; the batches before it were yielded. Also when ``from_seq`` has been pruned.
        FormatTooNew
        """
        if self.read_only:
            return reading.iterate_with_tail(self.folder, self.env, from_seq, self.tail)
        if self._process is not None:
            self._process.move()
        return reading.iterate(self.folder, self.env, from_seq)

    def values(self, from_seq: int = 1) -> Iterator[tuple[int, bytes]]:
        """As `iterate`, for who checks the frames himself: see `reading.values`. Not of a journal opened to be read."""
        if self.read_only:
            raise ValueError("a journal opened to be read has batches outside LMDB: iterate it")
        if self._process is not None:
            self._process.move()
        return reading.values(self.folder, self.env, from_seq)

    def get_setting(self, name: str) -> str | None:
        """A setting stored with `put_setting`."""
        with self.env.read() as txn:
            return meta.get_setting(txn, self.env["meta"], name)

    def get_blob(self, key: bytes) -> bytes | None:
        """The document with this content address (`blob_key`), checked; None when it is not there.

        Raises
        ------
        JournalCorrupt
            It is there but damaged.
        """
        with self.env.read() as txn:
            document = txn.get(key, db=self.env["blobs"])
        if document is not None and meta.blob_key(document) != key:
            raise JournalCorrupt(self.folder, self._last_seq, f"blob {key.hex()} does not match its address")
        return document

    # -- the end ---------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Bring everything to LMDB unless the journal has failed, and give the folder up. Idempotent."""
        lock, self._lock = self._lock, None
        try:
            if self._process is not None:
                process, self._process = self._process, None
                process.close()
        finally:
            if self.checkpoints is not None:
                self.checkpoints.close()
            self.env.close()
            if lock is not None:
                lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _check_next(self, first_seq: int) -> None:
        self._latch.check()
        if self._lock is None:
            raise ValueError("this journal is open for reading only" if self.read_only else "this journal is closed")
        if first_seq != self._last_seq + 1:
            raise ValueError(f"batch {first_seq} does not follow {self._last_seq}")

    def _put(self, txn: "Transaction[bytes]", first_seq: int, frame: Bytes, blobs: Sequence[Bytes]) -> None:
        meta.put_blobs(txn, self.env["blobs"], blobs)
        batches.put(txn, self.env["batches"], first_seq, frame)

    def _prune(self, txn: "Transaction[bytes]", before_seq: int, limit: int) -> int:
        return batches.prune(txn, self.env["batches"], before_seq, limit, PRUNE_BYTES)

    def _transact(self, change: "Callable[[Transaction[bytes]], T]") -> T:
        with self._latch.guard():
            return self.env.transact(change)

    def _settle(self, seq: int) -> None:
        """Before a checkpoint at ``seq`` becomes good: the journal must not end before it, even after a power loss."""
        if self.sync() < seq:
            raise CheckpointFailed(self.folder, seq, f"ahead of the journal at {self._last_seq}")
