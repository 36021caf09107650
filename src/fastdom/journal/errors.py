"""Every error of the journal, one readable line each.

::

    JournalError
    ├── CannotOpen              the server prints the line and exits with 2
    │   ├── FolderMissing       no data folder here, and none may be created
    │   ├── FolderInUse         another process (or this one) holds the folder
    │   ├── FormatTooNew        written by a later release
    │   ├── JournalUnreadable   not a data folder, or damaged beyond reading
    │   └── DiskFull            no room to start
    ├── JournalFull             refused before anything was written; the journal stays usable
    ├── JournalFailed           an I/O error happened: latched, nothing can be appended until a restart
    ├── JournalCorrupt          a batch inside the journal is damaged or missing
    ├── CheckpointDamaged       a checkpoint is incomplete or fails its checksums
    └── CheckpointFailed        a checkpoint could not be written; older ones and the journal are as before
"""

import errno
from pathlib import Path

import lmdb


class JournalError(Exception):
    """Base of all errors of the journal. ``str(error)`` is one line for a person."""


class CannotOpen(JournalError):
    """The data folder cannot be opened; nothing in it was changed."""


class FolderMissing(CannotOpen):
    """There is no data folder and creating one was not asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder}: no fastdom data folder here")


class FolderInUse(CannotOpen):
    """The folder's lock is held. ``owner`` is the holder's process id as text, or empty when unknown."""

    def __init__(self, folder: Path, owner: str) -> None:
        self.owner = owner
        super().__init__(f"{folder}: data folder is in use by {'process ' + owner if owner else 'another process'}")


class FormatTooNew(CannotOpen):
    """The folder or a frame was written by a later release."""

    def __init__(self, where: str, found: int, known: int) -> None:
        self.found = found
        super().__init__(f"{where}: written in format {found}, this release reads up to {known}; use a later release")


class JournalUnreadable(CannotOpen):
    """Not a data folder, or its files are damaged beyond reading."""


class DiskFull(CannotOpen):
    """The disk has no room to create or open the folder."""

    def __init__(self, folder: Path, detail: str = "no space left on device") -> None:
        super().__init__(f"{folder}: disk full: {detail}")


class JournalFull(JournalError):
    """The batch does not surely fit (map size or free disk). Nothing was written and nothing is latched."""

    def __init__(self, folder: Path, needed: int, left: int) -> None:
        self.needed, self.left = needed, left
        super().__init__(f"{folder}: no room for {needed} bytes, {left} left; free disk space or prune")


class JournalFailed(JournalError):
    """An I/O error happened. It is latched: what was not acknowledged may or may not be on disk."""

    def __init__(self, folder: Path, cause: BaseException, disk: str = "") -> None:
        self.cause, self.disk = cause, disk
        super().__init__(
            f"{folder}: journal failed and refuses all writes: {cause}{disk}; restart after the disk is mended"
        )


class JournalCorrupt(JournalError):
    """Damage inside the journal. ``seq`` is the first sequence number that cannot be read."""

    def __init__(self, folder: Path, seq: int, reason: str) -> None:
        self.seq, self.reason = seq, reason
        super().__init__(
            f"{folder}: journal corrupt at sequence {seq}: {reason}; "
            f"see the extent with `fastdom verify {folder}`, then `fastdom restore` from a backup"
        )


class CheckpointDamaged(JournalError):
    """A checkpoint is incomplete or fails its checksums. ``seq`` is the sequence number it was taken at."""

    def __init__(self, folder: Path, seq: int, reason: str) -> None:
        self.seq, self.reason = seq, reason
        super().__init__(f"{folder}: checkpoint at sequence {seq} is damaged: {reason}")


class CheckpointFailed(JournalError):
    """The checkpoint could not be written. The older checkpoints and the journal are untouched."""

    def __init__(self, folder: Path, seq: int, cause: object) -> None:
        super().__init__(f"{folder}: checkpoint at sequence {seq} failed: {cause}")


def cannot_open(folder: Path, cause: lmdb.Error | OSError) -> CannotOpen:
    """Translate what LMDB or the system said while opening ``folder``."""
    if isinstance(cause, lmdb.DiskError) or getattr(cause, "errno", 0) in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(folder)
    if isinstance(cause, lmdb.MapFullError):
        return DiskFull(folder, "the largest map size is reached")
    if "already open in this process" in str(cause):
        return FolderInUse(folder, "")
    return JournalUnreadable(f"{folder}: cannot be read as a fastdom data folder: {cause}")
