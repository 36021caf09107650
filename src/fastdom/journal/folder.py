"""The data folder: one owner at a time, and one line that says which format it is in.

::

    FOLDER/LOCK        flock held by the owner, with its process id in it
    FOLDER/FORMAT      "fastdom journal format 1", written last when a folder is created
    FOLDER/journal/    LMDB: batches, meta, blobs
    FOLDER/segments/   mode process only: batches not yet in LMDB
    FOLDER/checkpoint/ LMDB: checkpoints
    FOLDER/decisions/  decision records (engine/decisions.py); nothing depends on them
"""

import fcntl
import os
from pathlib import Path

from .disk import Disk
from .errors import (
    FolderInUse,
    FolderMissing,
    FormatTooNew,
    JournalUnreadable,
    cannot_open,
)

FORMAT = 1
"""Layout of the folder. The frames have their own number in `frame`."""

_TITLE = "fastdom journal format "


class FolderLock:
    """The exclusive claim on a data folder, released by `release` or by the end of the process."""

    def __init__(self, folder: Path) -> None:
        """Take the lock or raise FolderInUse at once."""
        self._fd = os.open(folder / "LOCK", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)
        except BlockingIOError:
            owner = os.pread(self._fd, 32, 0).decode("ascii", "replace").strip()
            os.close(self._fd)
            raise FolderInUse(folder, owner) from None
        except BaseException:
            os.close(self._fd)
            raise

    def release(self) -> None:
        """Give the folder up. Idempotent."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def is_locked(folder: Path) -> bool:
    """Whether some process owns the folder at this moment."""
    try:
        fd = os.open(folder / "LOCK", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def prepare(folder: Path, *, create: bool) -> None:
    """Make sure the folder itself exists.

    Raises
    ------
    FolderMissing, DiskFull, JournalUnreadable
    """
    if not folder.is_dir() and not create:
        raise FolderMissing(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_open(folder, error) from error


def read_format(folder: Path) -> int:
    """Format of the folder, 0 when it has none yet.

    Raises
    ------
    FormatTooNew, JournalUnreadable
    """
    path = folder / "FORMAT"
    try:
        text = path.read_bytes().decode("ascii", "replace").strip()
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise JournalUnreadable(f"{path}: {error.strerror}") from error
    number = text.removeprefix(_TITLE)
    if not text.startswith(_TITLE) or not number.isdigit() or int(number) < 1:
        raise JournalUnreadable(f"{path}: says {text[:40]!r} instead of {_TITLE + str(FORMAT)!r}")
    if int(number) > FORMAT:
        raise FormatTooNew(str(folder), int(number), FORMAT)
    return int(number)


def write_format(folder: Path, disk: Disk) -> None:
    """Declare the folder complete and in this format."""
    disk.replace(folder / "FORMAT", f"{_TITLE}{FORMAT}\n".encode())
    disk.sync_folder(folder.absolute().parent)
