"""An LMDB environment with the flags the journal relies on, and the arithmetic of its space.

Engine: ``lib_version=0`` chooses LMDB 0.9 and its file format (1.0 is another, which other tools and earlier releases
cannot read). ``writemap`` is off: a stray write cannot reach the file. Reads are short and counted, because the map may
only grow while no transaction is open in this process.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import lmdb

from .disk import DISK_MARGIN, Disk
from .errors import JournalUnreadable, cannot_open
from .folder import is_locked

if TYPE_CHECKING:
    from lmdb import _Database

T = TypeVar("T")
Txn = lmdb.Transaction

MAP_SIZE = 64 << 30
"""First size of a map: address space, not disk."""

MAP_MAX = 16 << 40
"""A map doubles up to here; beyond it the journal is full."""

READERS_MAX = 126
"""Slots of the reader table: threads and processes that read at the same moment."""


class Environment:
    """One LMDB folder with its databases open. Every lmdb.Error of a write goes to the caller untranslated."""

    def __init__(
        self,
        path: Path,
        databases: Sequence[str],
        disk: Disk,
        *,
        map_size: int = MAP_SIZE,
        map_max: int = MAP_MAX,
        read_only: bool = False,
        metasync: bool = True,
    ) -> None:
        """Open ``path``, creating it unless ``read_only``; raises a CannotOpen."""
        self.path = path
        self._disk = disk
        self._map_max = max(map_size, map_max)
        self._reads = 0
        self._gate = threading.Condition()
        self._writer = threading.RLock()
        try:
            self._env = lmdb.open(
                os.fspath(path),
                map_size=map_size,
                subdir=True,
                create=not read_only,
                readonly=read_only,
                metasync=metasync,
                sync=True,
                writemap=False,
                max_readers=READERS_MAX,
                max_dbs=len(databases),
                max_spare_txns=0,
                lib_version=0,
            )
        except (lmdb.Error, OSError) as error:
            raise cannot_open(path, error) from error
        try:
            self._env.reader_check()
            self._page = self._env.stat()["psize"]
            self._fill_up(read_only)
            self._db: dict[str, _Database] = {
                name: self._env.open_db(name.encode(), create=not read_only) for name in databases
            }
        except (lmdb.Error, OSError) as error:
            self._env.close()
            raise cannot_open(path, error) from error
        except JournalUnreadable:
            self._env.close()
            raise

    def __getitem__(self, database: str) -> "_Database":
        return self._db[database]

    def close(self) -> None:
        """Wait for running reads, then close. Idempotent."""
        with self._gate:
            self._gate.wait_for(lambda: self._reads == 0)
            self._env.close()

    @contextmanager
    def read(self) -> Iterator["Txn[bytes]"]:
        """A short read transaction. What it gives out are copies, so nothing points into the map afterwards."""
        with self._gate:
            try:
                txn = self._env.begin()
            except lmdb.MapResizedError:
                self._gate.wait_for(lambda: self._reads == 0)
                self._env.set_mapsize(0)
                txn = self._env.begin()
            self._reads += 1
        try:
            yield txn
        finally:
            txn.abort()
            with self._gate:
                self._reads -= 1
                self._gate.notify_all()

    def transact(self, change: "Callable[[Txn[bytes]], T]") -> T:
        """Run ``change`` in one write transaction and commit it; grow the map and run it again when it is full.

        Raises
        ------
        lmdb.MapFullError
            The map has reached its largest size; nothing was written.
        lmdb.Error, OSError
            The disk refused; what is on it is not known.
        """
        with self._writer:
            while True:
                try:
                    return self._transact(change)
                except lmdb.MapFullError:
                    if not self._grow():
                        raise

    def sync(self) -> None:
        """Flush what a commit without metasync left to the system."""
        self._disk.sync(self._env)

    def space_left(self) -> int:
        """Bytes that surely can still be put, judged by map size and free disk; half of the free pages count,
        because a large value needs neighbouring ones."""
        info = self._env.info()
        pages = info["last_pgno"] + 1
        fresh = min(
            max(self._map_max, info["map_size"]) - pages * self._page - DISK_MARGIN // 16,
            self._disk.free_bytes(self.path) - DISK_MARGIN,
        )
        return max(0, fresh + self._free_pages(pages) * self._page // 2)

    def _free_pages(self, pages: int) -> int:
        with self.read() as txn:
            stats = [self._env.stat(), *(txn.stat(db) for db in self._db.values())]
        return max(0, pages - 2 - sum(s["branch_pages"] + s["leaf_pages"] + s["overflow_pages"] for s in stats))

    def _transact(self, change: "Callable[[Txn[bytes]], T]") -> T:
        txn = self._env.begin(write=True)
        try:
            result = change(txn)
            self._disk.commit(self._env, txn)
        except BaseException:
            txn.abort()
            raise
        return result

    def _grow(self) -> bool:
        size = self._env.info()["map_size"]
        if size >= self._map_max:
            return False
        with self._gate:
            self._gate.wait_for(lambda: self._reads == 0)
            self._env.set_mapsize(min(2 * size, self._map_max))
        return True

    def _fill_up(self, read_only: bool) -> None:
        """Keep a truncated file from killing the process: reading a map behind the end of its file is SIGBUS.

        Missing bytes become zeros, which LMDB's page checks and the frames' checksums name as damage. A few missing
        pages at the end are normal: LMDB does not write pages that were allocated and given back in one transaction.
        """
        data = self.path / "data.mdb"
        missing = (self._env.info()["last_pgno"] + 1) * self._page - data.stat().st_size
        if missing <= 0 or (read_only and is_locked(self.path.parent)):
            return
        try:
            os.truncate(data, data.stat().st_size + missing)
        except OSError as error:
            raise JournalUnreadable(f"{data}: {missing} bytes are missing at its end") from error
