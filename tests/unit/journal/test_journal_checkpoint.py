"""Checkpoints: complete or not there, two kept, and a damaged one falls back."""

import errno
from collections.abc import Callable
from pathlib import Path

import lmdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastdom.journal import (
    CheckpointDamaged,
    CheckpointFailed,
    CheckpointStore,
    Journal,
    JournalFull,
)
from fastdom.journal.chunk import KEY
from fastdom.journal.disk import Disk

OpenJournal = Callable[..., Journal]


def store_of(journal: Journal) -> CheckpointStore:
    """The journal's checkpoints."""
    assert journal.checkpoints is not None
    return journal.checkpoints


def take(journal: Journal, fill: int, chunks: int = 3) -> None:
    """Take a checkpoint at the journal's end, its chunks full of one byte."""
    with store_of(journal).begin(journal.last_seq) as writer:
        for index in range(chunks):
            writer.put("positions", index, bytes([fill]) * 70_000)
        writer.commit(bytes([fill]), {"positions": fill})


@given(
    sections=st.dictionaries(st.text(max_size=8), st.lists(st.binary(max_size=200), max_size=8), max_size=5),
    order=st.randoms(use_true_random=False),
)
@settings(max_examples=20, deadline=None)
def test_chunks_come_back(
    tmp_path_factory: pytest.TempPathFactory, sections: dict[str, list[bytes]], order: object
) -> None:
    """Whatever was put, in any order of indices, is read in the order of sections and indices."""
    with Journal.open(tmp_path_factory.mktemp("journal"), map_size=64 << 20) as journal:
        with store_of(journal).begin(0) as writer:
            for name, chunks in sections.items():
                numbered = list(enumerate(chunks))
                order.shuffle(numbered)  # type: ignore[attr-defined]
                for index, chunk in numbered:
                    writer.put(name, index, chunk)
            writer.commit(b"digest", {"holds": 4})
        reader = store_of(journal).newest_good()
        assert reader is not None
        expected = [(name, index, chunk) for name, chunks in sections.items() for index, chunk in enumerate(chunks)]
        assert [(name, index, bytes(chunk)) for name, index, chunk in reader.chunks()] == expected
        assert (reader.seq, reader.digest, reader.counts) == (0, b"digest", {"holds": 4})
        for name, chunks in sections.items():
            assert [bytes(chunk) for _, _, chunk in reader.chunks(name)] == chunks


def test_there_is_none_at_first(open_journal: OpenJournal) -> None:
    """A new folder starts from nothing."""
    with open_journal() as journal:
        assert store_of(journal).newest_good() is None
        assert store_of(journal).floor() == 0


def test_newest_is_found_after_reopening_and_two_are_kept(open_journal: OpenJournal) -> None:
    """After five checkpoints the last two are there, and the space of the others is used again."""
    with open_journal() as journal:
        for fill in range(1, 6):
            journal.append(fill, fill, b"x")
            take(journal, fill)
    with open_journal() as journal:
        assert [m.seq for m in store_of(journal).manifests()] == [5, 4]
        reader = store_of(journal).newest_good()
        assert reader is not None
        assert reader.digest == b"\5"
        assert store_of(journal).floor() == 4
        with store_of(journal).env.read() as txn:
            assert txn.stat(store_of(journal).env["chunks"])["entries"] == 6


def test_deleting_goes_in_small_steps(open_journal: OpenJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large checkpoint is deleted a few chunks per transaction."""
    monkeypatch.setattr("fastdom.journal.checkpoint.TRIM_CHUNKS", 7)
    with open_journal() as journal:
        for fill in (1, 2, 3):
            take(journal, fill, chunks=30)
        with store_of(journal).env.read() as txn:
            assert txn.stat(store_of(journal).env["chunks"])["entries"] == 60
            assert txn.id() > 5


def test_unfinished_checkpoint_is_not_there(open_journal: OpenJournal) -> None:
    """Without a commit nothing counts, and the next one clears it away."""
    with open_journal() as journal:
        take(journal, 1)
        with store_of(journal).begin(0) as writer:
            for index in range(200):
                writer.put("positions", index, bytes(70_000))
        reader = store_of(journal).newest_good()
        assert reader is not None
        assert reader.digest == b"\1"
        take(journal, 2)
        with store_of(journal).env.read() as txn:
            assert txn.stat(store_of(journal).env["chunks"])["entries"] == 6


@pytest.mark.parametrize("victim", ["chunk", "missing chunk", "manifest"])
def test_damaged_newest_falls_back(open_journal: OpenJournal, tmp_path: Path, victim: str) -> None:
    """The older one is used, and what was wrong with the newest is told in one line."""
    with open_journal() as journal:
        take(journal, 1)
        take(journal, 2)
        newest = store_of(journal).manifests()[0].id
    with lmdb.open(str(tmp_path / "data" / "checkpoint"), max_dbs=2, lib_version=0) as env:
        database = env.open_db(b"manifests" if victim == "manifest" else b"chunks")
        key = newest.to_bytes(8, "big") if victim == "manifest" else KEY.pack(newest, 0, 1)
        with env.begin(write=True) as txn:
            value = bytearray(txn.get(key, db=database) or b"")
            value[50] ^= 1
            if victim == "missing chunk":
                txn.delete(key, db=database)
            else:
                txn.put(key, bytes(value), db=database)
    with open_journal() as journal:
        reader = store_of(journal).newest_good()
        assert reader is not None
        assert reader.digest == b"\1"
        (told,) = store_of(journal).damaged
        assert isinstance(told, CheckpointDamaged)
        assert "is damaged: " in str(told)


def test_one_at_a_time(open_journal: OpenJournal) -> None:
    """A second writer is refused while one is open, and welcome afterwards."""
    with open_journal() as journal:
        with store_of(journal).begin(0), pytest.raises(CheckpointFailed, match="another checkpoint"):
            store_of(journal).begin(0)
        take(journal, 1)


def test_gap_in_a_section_is_refused(open_journal: OpenJournal) -> None:
    """Chunks are numbered from 0 without a gap, and none is given twice."""
    with open_journal() as journal:
        with store_of(journal).begin(0) as writer:
            writer.put("positions", 1, b"x")
            with pytest.raises(CheckpointFailed, match="given twice"):
                writer.put("positions", 1, b"x")
            with pytest.raises(CheckpointFailed, match="section positions: a chunk before 1 is missing"):
                writer.commit(b"", {})
        assert store_of(journal).newest_good() is None


@pytest.mark.parametrize("mode", ["strict", "relaxed", "process"])
def test_checkpoint_is_never_ahead_of_the_journal(open_journal: OpenJournal, mode: str) -> None:
    """Before it becomes good the journal is flushed up to it; one beyond the journal's end is refused."""
    with open_journal(mode) as journal:
        journal.append(1, 9, b"x")
        take(journal, 1)
        assert journal.synced_seq == 9
        with store_of(journal).begin(10) as writer, pytest.raises(CheckpointFailed, match="ahead of the journal at 9"):
            writer.commit(b"", {})
        assert [m.seq for m in store_of(journal).manifests()] == [9]


def test_failed_disk_leaves_the_older_ones(open_journal: OpenJournal) -> None:
    """An I/O error fails this checkpoint alone."""

    class Failing(Disk):
        failing = False

        def commit(self, env: lmdb.Environment, txn: "lmdb.Transaction[bytes]") -> None:
            if self.failing:
                raise OSError(errno.EIO, "Input/output error")
            super().commit(env, txn)

    disk = Failing()
    with open_journal(disk=disk) as journal:
        take(journal, 1)
        with store_of(journal).begin(0) as writer:
            writer.put("positions", 0, b"x")
            disk.failing = True
            with pytest.raises(CheckpointFailed, match="Input/output error"):
                writer.commit(b"", {})
        disk.failing = False
        assert [m.digest for m in store_of(journal).manifests()] == ["01"]
        journal.append(1, 1, b"the journal goes on")


def test_no_room_is_refused(open_journal: OpenJournal) -> None:
    """A checkpoint that does not fit is given up, and a smaller one works."""
    with open_journal(map_size=16 << 20, map_max=16 << 20) as journal:
        with pytest.raises(JournalFull, match="checkpoint: no room for"):
            take(journal, 1, chunks=400)
        take(journal, 2)


def test_committed_writer_is_finished(open_journal: OpenJournal) -> None:
    """A writer works once."""
    with open_journal() as journal, store_of(journal).begin(0) as writer:
        writer.commit(b"", {})
        with pytest.raises(ValueError, match="committed or discarded"):
            writer.commit(b"", {})
