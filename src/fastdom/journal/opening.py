"""Opening the journal of a folder: claim it, judge its format, create what is missing, bring the tail home."""

from pathlib import Path
from typing import TYPE_CHECKING

import lmdb

from . import batches, meta
from .disk import Disk
from .environment import Environment
from .errors import DiskFull, FolderMissing, JournalUnreadable, cannot_open
from .folder import FolderLock, prepare, read_format, write_format
from .tail import Mark, TailReport, read_tail, segment_files

if TYPE_CHECKING:
    from lmdb import Transaction

START_BYTES = 8 << 20
"""Free disk below which a start is refused (mode process: a segment more)."""

DATABASES = ("batches", "meta", "blobs")


def claim(folder: Path, *, create: bool) -> FolderLock:
    """Make sure the folder exists and own it; raises a CannotOpen."""
    prepare(folder, create=create)
    try:
        return FolderLock(folder)
    except OSError as error:
        raise cannot_open(folder, error) from error


def open_environment(
    folder: Path, disk: Disk, *, create: bool, read_only: bool, metasync: bool, map_size: int, map_max: int, need: int
) -> Environment:
    """Open the journal's LMDB, creating a new folder's; the folder is claimed already unless ``read_only``.

    Parameters
    ----------
    need
        Disk bytes needed to start besides START_BYTES.

    Raises
    ------
    FolderMissing, FormatTooNew, JournalUnreadable, DiskFull
    """
    path = folder / "journal"
    fresh = read_format(folder) == 0
    if fresh and (read_only or not create):
        raise FolderMissing(folder)
    if not fresh and not (path / "data.mdb").exists():
        raise JournalUnreadable(f"{folder}: FORMAT is there but journal/data.mdb is missing; restore it from a backup")
    if not read_only and disk.free_bytes(folder) < START_BYTES + need:
        raise DiskFull(folder, f"{START_BYTES + need >> 20} MiB are needed to start")
    env = Environment(path, DATABASES, disk, map_size=map_size, map_max=map_max, read_only=read_only, metasync=metasync)
    try:
        if fresh:
            _create(folder, env, disk)
        with env.read() as txn:
            if len(meta.secret(txn, env["meta"])) != meta.SECRET_BYTES:
                raise JournalUnreadable(f"{folder}: the folder's secret is missing from journal/data.mdb")
    except (lmdb.Error, OSError) as error:
        env.close()
        raise cannot_open(folder, error) from error
    except BaseException:
        env.close()
        raise
    return env


def bring_home(folder: Path, env: Environment, disk: Disk, next_seq: int) -> tuple[TailReport, int]:
    """Move the valid rest of the segments into LMDB and delete them; return what was found and the next number.

    A crash on the way does no harm: a repeat passes over what LMDB holds. The segments go only after LMDB is flushed,
    and the mark with it, so that a segment which comes back after a power loss is not looked at again.
    """
    report = TailReport()
    with env.read() as txn:
        mark = Mark.decode(txn.get(meta.MOVED, db=env["meta"]))
        identity = meta.identity(meta.secret(txn, env["meta"]))
    segments = folder / "segments"
    for first, _, value in read_tail(segments, identity, mark, next_seq, report):
        env.transact(lambda txn, first=first, value=value: batches.put(txn, env["batches"], first, value))  # type: ignore[misc]
    if not report.files:
        return report, mark.number + 1
    number = max(mark.number, int(report.files[-1].stem)) + 1
    env.transact(lambda txn: txn.put(meta.MOVED, Mark(number, 0).encode(), db=env["meta"]))
    env.sync()
    for path in segment_files(segments):
        disk.unlink(path)
    return report, number


def _create(folder: Path, env: Environment, disk: Disk) -> None:
    with env.read() as txn:
        if txn.stat(env["batches"])["entries"]:
            raise JournalUnreadable(f"{folder}: there are batches but no FORMAT file; restore it from a backup")

    def change(txn: "Transaction[bytes]") -> None:
        meta.create(txn, env["meta"])

    env.transact(change)
    env.sync()
    (folder / "segments").mkdir(exist_ok=True)
    disk.sync_folder(folder / "journal")
    write_format(folder, disk)
