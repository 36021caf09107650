"""After the first I/O error nothing is acknowledged any more."""

import errno
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import lmdb
import pytest

from fastdom.journal import DurabilityMode, Journal, JournalFailed, JournalFull
from fastdom.journal.disk import Disk
from fastdom.journal.frame import Bytes

OpenJournal = Callable[..., Journal]


class FailingDisk(Disk):
    """Fails one step with EIO when told to."""

    def __init__(self) -> None:
        self.fail = ""

    def _step(self, name: str) -> None:
        if self.fail == name:
            raise OSError(errno.EIO, "Input/output error")

    def write(self, fd: int, pieces: Sequence[Bytes]) -> None:
        """A failing write has written half of it."""
        if self.fail == "write":
            os.write(fd, memoryview(pieces[0])[: len(pieces[0]) // 2])
        self._step("write")
        super().write(fd, pieces)

    def unlink(self, path: Path) -> None:
        """Delete or fail."""
        self._step("unlink")
        super().unlink(path)

    def create(self, path: Path, size: int) -> int:
        """Create or fail."""
        self._step("create")
        return super().create(path, size)

    def commit(self, env: lmdb.Environment, txn: "lmdb.Transaction[bytes]") -> None:
        """Commit or fail."""
        self._step("commit")
        super().commit(env, txn)


@pytest.mark.parametrize("mode", [DurabilityMode.STRICT, DurabilityMode.RELAXED])
def test_failed_commit_latches(open_journal: OpenJournal, mode: str) -> None:
    """Even after the disk has recovered, nothing is accepted until a restart; what was acknowledged is there."""
    disk = FailingDisk()
    with open_journal(mode, disk=disk) as journal:
        told: list[JournalFailed] = []
        journal.on_failure(told.append)
        journal.append(1, 1, b"acknowledged")
        disk.fail = "commit"
        with pytest.raises(JournalFailed, match=r"refuses all writes: \[Errno 5\] Input/output error; restart"):
            journal.append(2, 2, b"lost")
        disk.fail = ""
        for refused in (
            lambda: journal.append(2, 2, b"later"),
            lambda: journal.put_setting("a", "b"),
            lambda: journal.prune(1),
        ):
            with pytest.raises(JournalFailed):
                refused()
        assert len(told) == 1
        assert told[0] is journal.failed
        assert (journal.last_seq, journal.synced_seq) == (1, 1)
    with open_journal(mode) as journal:
        assert [bytes(f.payload) for f in journal.iterate()] == [b"acknowledged"]


@pytest.mark.parametrize("step", ["write", "create"])
def test_failed_segment_latches(open_journal: OpenJournal, step: str) -> None:
    """A segment that cannot be written is not continued; the half frame is cut at the next start."""
    disk = FailingDisk()
    journal = open_journal("process", disk=disk, segment_bytes=300)
    journal.append(1, 1, b"acknowledged")
    disk.fail = step
    with pytest.raises(JournalFailed):
        journal.append(2, 2, bytes([7]) * (200 if step == "write" else 400))
    disk.fail = ""
    with pytest.raises(JournalFailed):
        journal.append(2, 2, b"later")
    journal.close()
    with open_journal() as journal:
        assert [bytes(f.payload) for f in journal.iterate()] == [b"acknowledged"]
        assert bool(journal.tail.cut) == (step == "write")


@pytest.mark.parametrize("step", ["commit", "unlink"])
def test_failed_move_latches(open_journal: OpenJournal, step: str) -> None:
    """When the mover fails, later appends are refused, and what was acknowledged survives in the segment."""
    disk = FailingDisk()
    journal = open_journal("process", disk=disk, segment_bytes=300)
    for seq in (1, 2, 3):
        journal.append(seq, seq, bytes([seq]) * 150)
    disk.fail = step
    with pytest.raises(JournalFailed):
        journal.sync()
    disk.fail = ""
    with pytest.raises(JournalFailed):
        journal.append(4, 4, b"later")
    with pytest.raises(JournalFailed):
        journal.segment_fd(10)
    journal.close()
    with open_journal() as journal:
        assert [f.payload[0] for f in journal.iterate()] == [1, 2, 3]


def test_failure_in_the_background_is_told(open_journal: OpenJournal) -> None:
    """A failing mover thread tells at once, without waiting for the next append, and ends."""
    disk, told = FailingDisk(), threading.Event()
    failed: list[JournalFailed] = []

    def hear(error: JournalFailed) -> None:
        failed.append(error)
        told.set()

    journal = open_journal("process", disk=disk, move_interval_us=1000)
    journal.on_failure(hear)
    disk.fail = "commit"
    journal.append(1, 1, b"acknowledged")
    assert told.wait(60)
    assert isinstance(failed[0], JournalFailed)
    journal.close()
    disk.fail = ""
    with open_journal() as journal:
        assert journal.last_seq == 1


def test_failure_is_told_to_a_late_listener(open_journal: OpenJournal) -> None:
    """A listener that comes after the failure hears of it too."""
    with open_journal() as journal:
        failed = journal.fail(OSError(errno.EIO, "Input/output error"))
        told: list[JournalFailed] = []
        journal.on_failure(told.append)
        assert told[0] is journal.failed
        assert str(failed) == str(told[0])
        with pytest.raises(JournalFailed):
            journal.append(1, 1, b"x")


CHILD = """
import resource, sys
from fastdom.journal import Journal, JournalError
from fastdom.journal.disk import Disk

class Blind(Disk):
    def free_bytes(self, folder):
        return 1 << 40

seq = 0
try:
    with Journal.open(sys.argv[1], sys.argv[2], disk=Blind(), segment_bytes=1 << 20, move_interval_us=0) as journal:
        if int(sys.argv[3]):
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
        while True:
            journal.append(seq + 1, seq + 1, bytes([seq % 256]) * 100_000)
            seq += 1
            print(seq, flush=True)
            if sys.argv[2] == "process" and seq % 8 == 0:
                journal.sync()
except JournalError as error:
    print(type(error).__name__, error, flush=True)
"""


def run_until_full(folder: Path, mode: str, limit: int) -> tuple[int, str]:
    """Append in a child until the disk refuses; return the last acknowledged number and the error's line."""
    run = [sys.executable, "-c", CHILD, str(folder), mode, str(limit)]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    *acked, line = done.stdout.splitlines()
    return int(acked[-1]), line


@pytest.mark.parametrize("mode", list(DurabilityMode))
def test_file_size_limit_latches_in_one_line(tmp_path: Path, mode: str) -> None:
    """A write that the system refuses for real ends in one line, and every acknowledged batch is there."""
    acked, line = run_until_full(tmp_path / "data", mode, 3 << 20)
    assert line.startswith("JournalFailed ")
    assert str(tmp_path) in line
    with Journal.open(tmp_path / "data", map_size=64 << 20) as journal:
        assert [f.payload[0] for f in journal.iterate()][:acked] == list(range(acked))


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("mount") is None, reason="mounting a small file system needs root and mount"
)
@pytest.mark.parametrize("mode", list(DurabilityMode))
def test_full_file_system_latches_in_one_line(tmp_path: Path, mode: str) -> None:
    """On a file system without room an append fails for good, and every acknowledged batch is there."""
    mount = tmp_path / "small"
    mount.mkdir()
    run = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(mount)]
    if subprocess.run(run, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not allow to mount a tmpfs")
    try:
        acked, line = run_until_full(mount / "data", mode, 0)
        assert line.startswith("JournalFailed ")
        assert "no space left on device" in line.lower()
        moved = tmp_path / "moved"
        subprocess.run(["cp", "-r", str(mount / "data"), str(moved)], check=True)
        with Journal.open(moved, map_size=64 << 20) as journal:
            assert [f.payload[0] for f in journal.iterate()][:acked] == list(range(acked))
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def test_little_disk_refuses_before_it_is_full(open_journal: OpenJournal) -> None:
    """With the disk's free space known, appends are refused while there is still a margin, and nothing latches."""

    class Small(Disk):
        free = 10 << 30

        def free_bytes(self, folder: Path) -> int:  # noqa: ARG002
            return self.free

    disk = Small()
    for mode in DurabilityMode:
        disk.free = 10 << 30
        with open_journal(mode, disk=disk) as journal:
            first = journal.last_seq + 1
            journal.append(first, first, b"x")
            disk.free = 64 << 20
            with pytest.raises(JournalFull):
                journal.append(first + 1, first + 1, bytes(1 << 20))
            assert journal.failed is None
            disk.free = 10 << 30
            journal.append(first + 1, first + 1, b"y")
