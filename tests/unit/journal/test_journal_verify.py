"""`verify` names everything that is wrong, and nothing when nothing is."""

from collections.abc import Callable, Iterator
from pathlib import Path

import lmdb
import pytest

from fastdom.journal import FolderMissing, Journal, JournalCorrupt
from fastdom.journal import verify as verify_module
from fastdom.journal.verify import verify

OpenJournal = Callable[..., Journal]


@pytest.fixture
def data(open_journal: OpenJournal, tmp_path: Path) -> Path:
    """A folder with 30 batches, a blob and two checkpoints."""
    with open_journal("process") as journal:
        for seq in range(1, 31):
            journal.append(seq, seq, bytes([seq]) * 100, blobs=[b"network document" * 9] if seq == 1 else ())
            journal.sync()
            if seq in (10, 20):
                assert journal.checkpoints is not None
                with journal.checkpoints.begin(seq) as writer:
                    writer.put("positions", 0, bytes(100))
                    writer.commit(b"", {})
    return tmp_path / "data"


def change(data: Path, part: str, database: bytes, key: bytes, *, delete: bool = False) -> None:
    """Flip a bit of one value, or delete it."""
    with lmdb.open(str(data / part), max_dbs=3, lib_version=0) as env:
        db = env.open_db(database)
        with env.begin(write=True) as txn:
            value = bytearray(txn.get(key, db=db) or b"")
            value[-1] ^= 1
            assert txn.delete(key, db=db)
            if not delete:
                txn.put(key, bytes(value), db=db)


def test_sound_folder_is_called_sound(data: Path) -> None:
    """The report counts batches, bytes, blobs and checkpoints, and ends with the verdict."""
    report = verify(data, replay=lambda journal: [f"{len(list(journal.iterate()))} batches, digest equal"])
    assert report.ok
    assert report.lines() == [
        "journal: 30 batches, sequence 1..30, 3000 bytes",
        "tail clean: 0 batches (0 bytes) after the last flush",
        "blobs: 1",
        "checkpoint: sequence 20, 1 chunks, 100 bytes, good",
        "checkpoint: sequence 10, 1 chunks, 100 bytes, good",
        "replay: 30 batches, digest equal",
        f"{data}: sound",
    ]


def test_every_damage_is_named(data: Path) -> None:
    """All damaged batches, gaps, blobs and checkpoints are listed, not only the first, and replay is not tried."""
    change(data, "journal", b"batches", (7).to_bytes(8, "big"))
    change(data, "journal", b"batches", (12).to_bytes(8, "big"), delete=True)
    change(data, "journal", b"batches", (30).to_bytes(8, "big"))
    with lmdb.open(str(data / "journal"), max_dbs=3, lib_version=0) as env, env.begin() as txn:
        blob = next(iter(txn.cursor(env.open_db(b"blobs", txn=txn)).iternext(values=False)))
    change(data, "journal", b"blobs", bytes(blob))
    change(data, "checkpoint", b"manifests", (2).to_bytes(8, "big"))
    report = verify(data, replay=lambda _: pytest.fail("replayed"))
    assert not report.ok
    assert report.batches == 27
    text = "\n".join(report.lines())
    for expected in (
        "PROBLEM: batch 7: checksum does not match",
        "PROBLEM: sequence 12..12 is missing",
        "PROBLEM: batch 30: checksum does not match",
        f"PROBLEM: blob {bytes(blob).hex()} does not match its address",
        "is damaged: manifest does not match its checksum",
    ):
        assert expected in text
    assert report.lines()[-1] == f"{data}: {report.problems_count} problems"


def test_tail_is_part_of_the_journal(open_journal: OpenJournal, data: Path) -> None:
    """What a kill left in the segments is counted; a torn end is told and is no problem."""
    with open_journal("process") as journal:
        journal.append(31, 31, b"x" * 100)
        journal.append(32, 32, b"y" * 100)
        files = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    for path, content in files.items():
        path.write_bytes(content)
    (segment,) = (data / "segments").glob("*.seg")
    segment.write_bytes(segment.read_bytes()[: 32 + 140 + 100])
    report = verify(data)
    assert report.ok
    assert report.last_seq == 31
    assert "tail cut: 1 batches (140 bytes)" in report.lines()[1]


def test_replay_that_differs_is_a_problem(data: Path) -> None:
    """The engine's verdict counts."""

    def replay(journal: Journal) -> Iterator[str]:
        yield "half way"
        raise JournalCorrupt(journal.folder, 9, "digest differs")

    report = verify(data, replay=replay)
    assert report.replay == ["half way"]
    assert "replay: " in report.problems[0]
    assert "digest differs" in report.problems[0]


def test_journal_without_its_beginning_needs_a_checkpoint(data: Path) -> None:
    """A pruned journal whose checkpoints are all damaged cannot be replayed."""
    for seq in range(1, 6):
        change(data, "journal", b"batches", seq.to_bytes(8, "big"), delete=True)
    assert verify(data).ok
    for checkpoint in (1, 2):
        change(data, "checkpoint", b"manifests", checkpoint.to_bytes(8, "big"), delete=True)
    report = verify(data)
    assert "the journal begins at 6 and no good checkpoint reaches there" in report.problems


def test_checkpoint_ahead_of_the_journal_is_a_problem(data: Path) -> None:
    """A journal that ends before a checkpoint has lost batches."""
    for seq in range(15, 31):
        change(data, "journal", b"batches", seq.to_bytes(8, "big"), delete=True)
    assert verify(data).problems == ["checkpoint at 20 is ahead of the journal, which ends at 14"]


def test_long_lists_are_cut(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much is damaged, the report stays readable and counts it all."""
    monkeypatch.setattr(verify_module, "PROBLEMS_MAX", 3)
    for seq in range(1, 11):
        change(data, "journal", b"batches", seq.to_bytes(8, "big"))
    report = verify(data)
    assert (len(report.problems), report.problems_count) == (3, 10)
    assert "PROBLEM: 7 more" in report.lines()


def test_nothing_there_is_an_error(tmp_path: Path) -> None:
    """A folder without a journal cannot be verified."""
    with pytest.raises(FolderMissing):
        verify(tmp_path)
