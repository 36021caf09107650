"""The journal as its callers see it, in every mode."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import lmdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastdom.journal import DurabilityMode, Journal, JournalCorrupt, JournalFull, blob_key, frame
from fastdom.journal.disk import Disk

OpenJournal = Callable[..., Journal]
MODES = list(DurabilityMode)


def fill(journal: Journal, batches: int, nbytes: int = 100) -> None:
    """Append batches of 1, 2, 3, 1, 2, 3 ... commands."""
    for i in range(batches):
        first = journal.last_seq + 1
        journal.append(first, first + i % 3, bytes([i % 256]) * nbytes)


@pytest.mark.parametrize("mode", MODES)
def test_batches_come_back_in_order(open_journal: OpenJournal, mode: str) -> None:
    """What was appended is iterated, before and after a reopening."""
    with open_journal(mode) as journal:
        fill(journal, 50)
        live = [(f.first_seq, f.last_seq, bytes(f.payload)) for f in journal.iterate()]
    assert [payload for _, _, payload in live] == [bytes([i]) * 100 for i in range(50)]
    with open_journal(mode) as journal:
        assert [(f.first_seq, f.last_seq, bytes(f.payload)) for f in journal.iterate()] == live
        assert (journal.first_seq, journal.last_seq) == (1, live[-1][1])


@given(
    sizes=st.lists(st.tuples(st.integers(1, 4), st.binary(max_size=9000)), max_size=20),
    modes=st.lists(st.sampled_from(MODES), min_size=1, max_size=4),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mode_may_change_at_every_start(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[tuple[int, bytes]], modes: list[DurabilityMode]
) -> None:
    """A folder is one journal, in whatever modes its parts were written."""
    folder = tmp_path_factory.mktemp("journal")
    written: list[tuple[int, int, bytes]] = []
    for part, mode in enumerate(modes):
        with Journal.open(folder, mode, segment_bytes=1 << 14, move_interval_us=0, map_size=64 << 20) as journal:
            for count, payload in sizes[part :: len(modes)]:
                first = journal.last_seq + 1
                journal.append(first, first + count - 1, payload)
                written.append((first, first + count - 1, payload))
            assert [(f.first_seq, f.last_seq, bytes(f.payload)) for f in journal.iterate()] == written


@pytest.mark.parametrize("mode", MODES)
def test_iterate_begins_with_the_batch_that_holds_the_number(open_journal: OpenJournal, mode: str) -> None:
    """A number inside a batch yields that whole batch first; one behind the end yields nothing."""
    with open_journal(mode) as journal:
        for first in range(1, 100, 10):
            journal.append(first, first + 9, b"x")
        for seq in range(1, 101):
            assert next(journal.iterate(seq)).first_seq == (seq - 1) // 10 * 10 + 1
        assert list(journal.iterate(101)) == []
        with pytest.raises(ValueError, match="begin at 1"):
            list(journal.iterate(0))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("first", [1, 3, 5, 0])
def test_only_the_next_number_is_accepted(open_journal: OpenJournal, mode: str, first: int) -> None:
    """A repeated, skipped or zero number is refused and changes nothing."""
    with open_journal(mode) as journal:
        journal.append(1, 3, b"x")
        with pytest.raises(ValueError, match=r"does not follow 3|a batch runs from"):
            journal.append(first, 9, b"y")
        journal.append(4, 4, b"z")
        assert [bytes(f.payload) for f in journal.iterate()] == [b"x", b"z"]


def test_empty_journal_iterates_nothing(open_journal: OpenJournal) -> None:
    """A new folder has no batches and says so."""
    with open_journal() as journal:
        assert (list(journal.iterate()), journal.first_seq, journal.last_seq, journal.synced_seq) == ([], 0, 0, 0)


@pytest.mark.parametrize("mode", MODES)
def test_frame_built_elsewhere_is_appended_as_it_is(open_journal: OpenJournal, mode: str) -> None:
    """A native writer's frame needs no second building; a wrong length is refused."""
    built = frame.encode(1, 5, b"native")
    with open_journal(mode) as journal:
        with pytest.raises(ValueError, match="a frame of 46 bytes was given as 47"):
            journal.append_frame(built + b"x")
        journal.append_frame(built)
        assert [(f.last_seq, bytes(f.payload)) for f in journal.iterate()] == [(5, b"native")]


@pytest.mark.parametrize("mode", MODES)
def test_blob_is_there_with_its_batch(open_journal: OpenJournal, mode: str) -> None:
    """A document is stored once under its SHA-256 and survives a reopening."""
    with open_journal(mode) as journal:
        journal.append(1, 1, b"network", blobs=[b"document"])
        journal.append(2, 2, b"network", blobs=[b"document", b"other"])
        assert journal.get_blob(blob_key(b"document")) == b"document"
    with open_journal(mode) as journal:
        assert journal.get_blob(blob_key(b"other")) == b"other"
        assert journal.get_blob(blob_key(b"missing")) is None


def test_secret_and_birth_stay(open_journal: OpenJournal) -> None:
    """The secret has 16 bytes, is drawn once, and differs between folders."""
    with open_journal() as journal:
        secret, created = journal.secret, journal.created_us
    with open_journal() as journal:
        assert (journal.secret, journal.created_us) == (secret, created)
    assert len(secret) == 16
    assert len(set(secret)) > 1


def test_settings_stay(open_journal: OpenJournal) -> None:
    """A setting of the folder is kept; a missing one is None; an empty one is refused."""
    with open_journal() as journal:
        journal.put_setting("zone", "Asia/Kolkata")
    with open_journal() as journal:
        assert (journal.get_setting("zone"), journal.get_setting("none")) == ("Asia/Kolkata", None)
        with pytest.raises(ValueError, match="a value are needed"):
            journal.put_setting("zone", "")


@pytest.mark.parametrize("mode", MODES)
def test_full_map_refuses_before_anything_is_written(open_journal: OpenJournal, mode: str) -> None:
    """When the map cannot hold a batch it is refused with both numbers, and the journal stays usable and whole."""
    with open_journal(mode, map_size=16 << 20, map_max=16 << 20) as journal:
        count = 0
        while journal.space_left() > 1_000_100:
            count += 1
            journal.append(count, count, bytes(1_000_000))
        with pytest.raises(JournalFull, match=r"no room for 1000040 bytes, \d+ left") as caught:
            journal.append(count + 1, count + 1, bytes(1_000_000))
        assert caught.value.left < caught.value.needed
        assert count > 5
        assert journal.failed is None
        assert journal.last_seq == count
        journal.append(count + 1, count + 1, b"small")
        assert len(list(journal.iterate())) == count + 1


def test_space_left_is_kept(open_journal: OpenJournal) -> None:
    """What space_left promises can be appended, in batches of any size."""
    for mode in MODES:
        with open_journal(mode, map_size=16 << 20, map_max=16 << 20) as journal:
            left = journal.space_left()
            while left > 300_000:
                journal.append(journal.last_seq + 1, journal.last_seq + 1, bytes(left // 3))
                left = journal.space_left()
            assert journal.failed is None


def test_map_grows_when_it_must(open_journal: OpenJournal) -> None:
    """A map that was opened too small doubles without losing a batch."""
    with open_journal(map_size=1 << 20, map_max=1 << 30) as journal:
        fill(journal, 40, 200_000)
        assert journal.env.space_left() > 0
        assert len(list(journal.iterate())) == 40


def checkpoint(journal: Journal, seq: int) -> None:
    """Take a checkpoint without content."""
    assert journal.checkpoints is not None
    with journal.checkpoints.begin(seq) as writer:
        writer.commit(b"", {})


@pytest.mark.parametrize("mode", MODES)
def test_prune_keeps_what_two_checkpoints_need(open_journal: OpenJournal, mode: str) -> None:
    """Nothing goes before there are two checkpoints, and nothing from the older one on."""
    with open_journal(mode) as journal:
        for first in range(1, 100):
            journal.append(first, first, b"x" * 3000)
            journal.sync()
        assert journal.prune(90) == 0
        checkpoint(journal, 50)
        assert journal.prune(90) == 0
        checkpoint(journal, 80)
        assert journal.prune(90, limit=20) == 20
        while journal.prune(90, limit=20):
            pass
        assert journal.first_seq == 51
        assert [f.first_seq for f in journal.iterate(51)] == list(range(51, 100))
        with pytest.raises(JournalCorrupt, match="corrupt at sequence 50: the journal begins at 51"):
            list(journal.iterate(50))


def test_prune_is_bounded_by_bytes(open_journal: OpenJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large values are deleted a few at a time, so that a commit never waits long."""
    monkeypatch.setattr("fastdom.journal.store.PRUNE_BYTES", 250_000)
    with open_journal() as journal:
        fill(journal, 20, 100_000)
        checkpoint(journal, journal.last_seq)
        checkpoint(journal, journal.last_seq)
        assert journal.prune(journal.last_seq) == 3


def test_pruned_space_is_used_again(open_journal: OpenJournal) -> None:
    """A journal that is pruned does not grow for ever."""
    with open_journal(map_size=24 << 20, map_max=24 << 20) as journal:
        for _ in range(10):
            fill(journal, 12, 400_000)
            checkpoint(journal, journal.last_seq)
            checkpoint(journal, journal.last_seq)
            while journal.prune(journal.last_seq):
                pass
        assert journal.failed is None


def test_corrupt_middle_stops_with_its_number(open_journal: OpenJournal, tmp_path: Path) -> None:
    """Batches before the damage are given out, then the error names the number and what to do."""
    with open_journal() as journal:
        fill(journal, 30, 2000)
    damage(tmp_path / "data" / "journal" / "data.mdb", bytes([12]) * 2000)
    with open_journal() as journal:
        seen: list[int] = []
        with pytest.raises(JournalCorrupt, match=r"sequence 25: checksum does not match; .*`fastdom verify") as caught:
            seen.extend(f.last_seq for f in journal.iterate())
        assert (caught.value.seq, seen[-1]) == (25, 24)


def test_missing_batch_is_named(open_journal: OpenJournal, tmp_path: Path) -> None:
    """A gap in the sequence is damage."""
    with open_journal() as journal:
        fill(journal, 30)
    with lmdb.open(str(tmp_path / "data" / "journal"), max_dbs=3, lib_version=0) as env, env.begin(write=True) as txn:
        txn.delete((25).to_bytes(8, "big"), db=env.open_db(b"batches", txn=txn))
    with open_journal() as journal, pytest.raises(JournalCorrupt, match="sequence 25: the next batch is 26"):
        list(journal.iterate())


def test_damaged_last_batch_stops_the_start(open_journal: OpenJournal, tmp_path: Path) -> None:
    """LMDB never tears a commit, so a damaged end is damage like any other."""
    with open_journal() as journal:
        fill(journal, 30, 2000)
    damage(tmp_path / "data" / "journal" / "data.mdb", bytes([29]) * 2000)
    with pytest.raises(JournalCorrupt, match="sequence 58"):
        open_journal()


def test_damaged_blob_is_noticed(open_journal: OpenJournal, tmp_path: Path) -> None:
    """A document that no longer matches its address is not given out."""
    document = b"network document " * 300
    with open_journal() as journal:
        journal.append(1, 1, b"x", blobs=[document])
    damage(tmp_path / "data" / "journal" / "data.mdb", document)
    with open_journal() as journal, pytest.raises(JournalCorrupt, match="does not match its address"):
        journal.get_blob(blob_key(document))


def damage(path: Path, pattern: bytes) -> None:
    """Flip one bit inside the only place where ``pattern`` stands."""
    data = bytearray(path.read_bytes())
    assert data.count(pattern) == 1
    data[data.find(pattern) + len(pattern) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("mode", MODES)
def test_closed_journal_refuses(open_journal: OpenJournal, mode: str) -> None:
    """After close nothing is accepted; closing again does no harm."""
    journal = open_journal(mode)
    journal.append(1, 1, b"x")
    journal.close()
    journal.close()
    with pytest.raises(ValueError, match="closed"):
        journal.append(2, 2, b"y")


def test_native_writer_may_write_the_segment_itself(open_journal: OpenJournal) -> None:
    """Frames written to segment_fd and announced are durable like appended ones, across rotations."""
    sent: list[bytes] = []
    with open_journal("process", segment_bytes=1 << 15) as journal:
        room = 0
        for seq in range(1, 60):
            built = bytes(frame.encode(seq, seq, bytes([seq]) * 3000))
            if len(built) > room:
                fd, room = journal.segment_fd(len(built))
            os.write(fd, built)
            journal.segment_written(seq, seq, len(built))
            room -= len(built)
            sent.append(built[40:])
        assert [bytes(f.payload) for f in journal.iterate()] == sent
        assert journal.synced_seq == 59


def test_other_modes_have_no_segments(open_journal: OpenJournal) -> None:
    """The native protocol is refused where it does not apply."""
    with open_journal("strict") as journal:
        with pytest.raises(ValueError, match="mode strict has no segments"):
            journal.segment_fd(1)
        with pytest.raises(ValueError, match="mode strict has no segments"):
            journal.segment_written(1, 1, 1)


def test_process_mode_tells_what_a_power_loss_would_take(open_journal: OpenJournal) -> None:
    """synced_seq follows last_seq only with a flush, and pending_bytes falls to 0 with it."""
    with open_journal("process") as journal:
        fill(journal, 3)
        assert (journal.last_seq, journal.synced_seq, journal.pending_bytes) == (6, 0, 3 * 140)
        assert journal.sync() == 6
        assert (journal.synced_seq, journal.pending_bytes) == (6, 0)


def test_background_mover_flushes_on_its_own(open_journal: OpenJournal) -> None:
    """With an interval set, batches reach LMDB without anybody asking; close joins the thread."""
    disk = SignallingDisk()
    with open_journal("process", move_interval_us=1000, disk=disk) as journal:
        disk.committed.clear()
        fill(journal, 200)
        assert disk.committed.wait(60)
        assert [f.payload[0] for f in journal.iterate()] == list(range(200))
    assert not [thread for thread in threading.enumerate() if thread.name == "fastdom-mover"]


class SignallingDisk(Disk):
    """Tells when something was committed."""

    def __init__(self) -> None:
        self.committed = threading.Event()

    def commit(self, env: lmdb.Environment, txn: "lmdb.Transaction[bytes]") -> None:
        """Commit and tell."""
        super().commit(env, txn)
        self.committed.set()


def test_many_segments_are_used_and_deleted(open_journal: OpenJournal, tmp_path: Path) -> None:
    """Segments rotate when full, oversized batches get their own, and close leaves none."""
    with open_journal("process", segment_bytes=1 << 14) as journal:
        for seq in range(1, 200):
            journal.append(seq, seq, bytes([seq]) * (50_000 if seq % 50 == 0 else 1000))
            if seq % 37 == 0:
                journal.sync()
        assert len(list((tmp_path / "data" / "segments").iterdir())) > 1
        journal.sync()
        assert len(list((tmp_path / "data" / "segments").iterdir())) <= 2
        assert [f.payload[0] for f in journal.iterate()] == list(range(1, 200))
    assert list((tmp_path / "data" / "segments").iterdir()) == []
