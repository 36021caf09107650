"""The steps that change the disk, behind one seam, so that tests can fail or cut each of them.

`Disk` is the real one. Nothing else in the journal writes, creates, deletes or commits.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import lmdb

from .frame import Bytes

DISK_MARGIN = 64 << 20
"""Disk left alone, for LMDB's own pages (copied branches, free lists) and for what a person needs to clean up."""


class Disk:
    """Changes files for real. Every method raises OSError (commit: lmdb.Error) when the system refuses."""

    def create(self, path: Path, size: int) -> int:
        """Create ``path`` with ``size`` bytes of space allocated and zero; return a descriptor for read and write.

        Allocating first means that a later write(2) into the file cannot run out of space.
        """
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        try:
            os.posix_fallocate(fd, 0, size)
        except BaseException:
            os.close(fd)
            os.unlink(path)
            raise
        return fd

    def write(self, fd: int, pieces: Sequence[Bytes]) -> None:
        """Write all pieces at the descriptor's position, continuing after short writes."""
        left = [memoryview(piece).cast("B") for piece in pieces if len(piece)]
        while left:
            done = os.writev(fd, left)
            while left and done >= len(left[0]):
                done -= len(left.pop(0))
            if left:
                left[0] = left[0][done:]

    def replace(self, path: Path, content: bytes) -> None:
        """Make ``path`` hold exactly ``content``: all of it or, after a crash, what it held before."""
        draft = path.with_name(path.name + ".new")
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        try:
            self.write(fd, [content])
            os.fsync(fd)
        finally:
            os.close(fd)
        os.replace(draft, path)
        self.sync_folder(path.parent)

    def unlink(self, path: Path) -> None:
        """Delete a file; its being gone already is fine."""
        path.unlink(missing_ok=True)

    def sync_folder(self, folder: Path) -> None:
        """Make the names in ``folder`` durable."""
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def commit(self, env: lmdb.Environment, txn: "lmdb.Transaction[bytes]") -> None:  # noqa: ARG002
        """Commit a transaction of ``env``, flushed as that was opened."""
        txn.commit()

    def sync(self, env: lmdb.Environment) -> None:
        """Flush an LMDB environment."""
        env.sync(True)

    def free_bytes(self, folder: Path) -> int:
        """Bytes the file system still gives to this process."""
        stat = os.statvfs(folder)
        return stat.f_bavail * stat.f_frsize
