"""Who may open a data folder, and what is said when it cannot be opened."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import lmdb
import pytest

from fastdom.journal import (
    CannotOpen,
    DiskFull,
    FolderInUse,
    FolderMissing,
    FormatTooNew,
    Journal,
    JournalUnreadable,
    frame,
)
from fastdom.journal.disk import Disk

OpenJournal = Callable[..., Journal]


def test_second_opener_is_refused_with_the_owner(open_journal: OpenJournal) -> None:
    """One owner at a time; the error names its process."""
    with open_journal(), pytest.raises(FolderInUse, match=f"in use by process {os.getpid()}"):
        open_journal()
    open_journal().close()


def test_second_process_is_refused(open_journal: OpenJournal) -> None:
    """The claim holds between processes."""
    with open_journal() as journal:
        code = f"from fastdom.journal import Journal; Journal.open({str(journal.folder)!r})"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"FolderInUse: {journal.folder}: data folder is in use by process {os.getpid()}" in done.stderr


@pytest.mark.parametrize("mode", ["strict", "process"])
def test_reader_beside_a_server_sees_everything(open_journal: OpenJournal, mode: str) -> None:
    """Another process may read at the same moment, what is still in the segments included."""
    code = (
        "import sys; from fastdom.journal import Journal\n"
        "with Journal.open(sys.argv[1], read_only=True) as journal:\n"
        "    print([f.last_seq for f in journal.iterate(3)], journal.read_only, journal.tail.batches)\n"
    )
    with open_journal(mode) as journal:
        for seq in range(1, 10):
            journal.append(seq, seq, bytes(seq))
            if seq == 5:
                journal.sync()
        run = [sys.executable, "-c", code, str(journal.folder)]
        done = subprocess.run(run, capture_output=True, text=True, check=True)
        journal.append(10, 10, b"still the owner")
    assert done.stdout.strip() == f"[3, 4, 5, 6, 7, 8, 9] True {4 if mode == 'process' else 0}"


def test_reader_cannot_write(open_journal: OpenJournal) -> None:
    """A journal open for reading refuses batches."""
    with open_journal() as journal:
        journal.append(1, 1, b"x")
    with open_journal(read_only=True) as journal, pytest.raises(ValueError, match="for reading only"):
        journal.append(2, 2, b"y")


def test_same_process_cannot_open_twice_for_reading(open_journal: OpenJournal) -> None:
    """LMDB forbids one file twice in a process; that is one clear line too."""
    with open_journal(), pytest.raises(FolderInUse):
        open_journal(read_only=True)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    """Nothing is created unless asked for."""
    for settings in ({"create": False}, {"read_only": True}):
        with pytest.raises(FolderMissing, match="no fastdom data folder here"):
            Journal.open(tmp_path / "none", **settings)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_folder_of_a_later_release_is_refused(open_journal: OpenJournal, tmp_path: Path) -> None:
    """The line names both formats; the folder is left alone."""
    open_journal().close()
    (tmp_path / "data" / "FORMAT").write_text("fastdom journal format 7\n")
    with pytest.raises(FormatTooNew, match="written in format 7, this release reads up to 1") as caught:
        open_journal()
    assert caught.value.found == 7


def test_batch_of_a_later_release_is_refused(open_journal: OpenJournal, tmp_path: Path) -> None:
    """A later frame format is not taken for damage."""
    open_journal().close()
    later = frame.encode(1, 1, b"x")
    later[12] = 9
    with lmdb.open(str(tmp_path / "data" / "journal"), max_dbs=3, lib_version=0) as env, env.begin(write=True) as txn:
        txn.put((1).to_bytes(8, "big"), bytes(later), db=env.open_db(b"batches", txn=txn))
    with pytest.raises(FormatTooNew, match="batch 1: written in format 9"):
        open_journal()


def spoil_title(data: Path) -> None:
    """FORMAT says something else."""
    (data / "FORMAT").write_text("other program\n")


def spoil_environment(data: Path) -> None:
    """The LMDB file is something else."""
    (data / "journal" / "data.mdb").write_bytes(b"x" * 100_000)


def empty_environment(data: Path) -> None:
    """The LMDB file lost its content."""
    (data / "journal" / "data.mdb").write_bytes(b"")


def delete_environment(data: Path) -> None:
    """The LMDB file is gone."""
    (data / "journal" / "data.mdb").unlink()


def delete_title(data: Path) -> None:
    """FORMAT is gone although there are batches."""
    (data / "FORMAT").unlink()


@pytest.mark.parametrize("spoil", [spoil_title, spoil_environment, empty_environment, delete_environment, delete_title])
def test_unreadable_folder_is_one_line(
    open_journal: OpenJournal, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    """Whatever is wrong, it is a JournalUnreadable of one line that names the folder, and the lock is given up."""
    with open_journal() as journal:
        journal.append(1, 1, b"x")
    spoil(tmp_path / "data")
    for _ in range(2):
        with pytest.raises(JournalUnreadable) as caught:
            open_journal()
        assert str(tmp_path / "data") in str(caught.value)
        assert "\n" not in str(caught.value)
        assert isinstance(caught.value, CannotOpen)


def test_file_in_place_of_the_folder_is_unreadable(tmp_path: Path) -> None:
    """A path that is a file is refused in one line."""
    (tmp_path / "data").write_text("x")
    with pytest.raises(JournalUnreadable):
        Journal.open(tmp_path / "data")


class FullDisk(Disk):
    """A disk without room, which says so only when asked to do something."""

    def __init__(self, *, free: int) -> None:
        self.free = free

    def free_bytes(self, folder: Path) -> int:  # noqa: ARG002
        """As told."""
        return self.free

    def create(self, path: Path, size: int) -> int:  # noqa: ARG002
        """No."""
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    def replace(self, path: Path, content: bytes) -> None:  # noqa: ARG002
        """No."""
        raise OSError(errno.ENOSPC, "No space left on device", str(path))


@pytest.mark.parametrize("free", [0, 10 << 30])
def test_full_disk_at_start_is_one_line(open_journal: OpenJournal, free: int) -> None:
    """Too little room, found out by asking or by trying, is a DiskFull; later the start works."""
    with pytest.raises(DiskFull, match="disk full"):
        open_journal(disk=FullDisk(free=free))
    open_journal().close()
    with pytest.raises(DiskFull, match="disk full"):
        open_journal("process", disk=FullDisk(free=free))


def test_crash_while_creating_is_made_good(open_journal: OpenJournal, tmp_path: Path) -> None:
    """A folder whose FORMAT was never written, and that holds nothing, is created again."""
    with open_journal() as journal:
        assert journal.last_seq == 0
    (tmp_path / "data" / "FORMAT").unlink()
    with open_journal() as journal:
        journal.append(1, 1, b"x")


@pytest.mark.parametrize("part", ["journal", "checkpoint"])
def test_truncated_file_never_kills_the_process(open_journal: OpenJournal, tmp_path: Path, part: str) -> None:
    """Cut at any page, the file opens to an error or to everything; reading behind its end would be SIGBUS."""
    with open_journal() as journal:
        for seq in range(1, 30):
            journal.append(seq, seq, bytes([seq]) * (seq * 500))
        assert journal.checkpoints is not None
        with journal.checkpoints.begin(29) as writer:
            writer.put("state", 0, bytes(60_000))
            writer.commit(b"", {})
    path = tmp_path / "data" / part / "data.mdb"
    whole = path.read_bytes()
    pages = len(whole) // 4096
    code = (
        "import sys; from fastdom.journal import Journal, JournalError\n"
        "from fastdom.journal.verify import verify\n"
        "from pathlib import Path\n"
        "path, whole = Path(sys.argv[2]), Path(sys.argv[2]).read_bytes()\n"
        "for pages in range(len(whole) // 4096):\n"
        "    path.write_bytes(whole[: pages * 4096])\n"
        "    try:\n"
        "        with Journal.open(sys.argv[1], map_size=64 << 20) as journal:\n"
        "            assert len(list(journal.iterate())) == 29\n"
        "            assert journal.checkpoints.newest_good() or journal.checkpoints.damaged or not pages\n"
        "    except JournalError as error: pass\n"
        "    try: verify(sys.argv[1]).lines()\n"
        "    except JournalError: pass\n"
        "    print(pages)\n"
    )
    run = [sys.executable, "-c", code, str(tmp_path / "data"), str(path)]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.split() == [str(i) for i in range(pages)]
