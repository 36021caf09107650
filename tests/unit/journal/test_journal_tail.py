"""What a start makes of the segments that a crash has left."""

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from fastdom.journal import FormatTooNew, Journal, JournalUnreadable, frame
from fastdom.journal.segments import HEADER_BYTES, encode_segment_header, path_of

OpenJournal = Callable[..., Journal]
PAYLOADS = [bytes([seq]) * (20 + seq) for seq in range(1, 6)]


def crashed(open_journal: OpenJournal, tmp_path: Path, moved: int = 0) -> Path:
    """Append PAYLOADS, flush the first ``moved``, and leave the files as a kill would; return the segment's copy."""
    with open_journal("process", segment_bytes=1024) as journal:
        for seq, payload in enumerate(PAYLOADS, 1):
            journal.append(seq, seq, payload)
            if seq == moved:
                journal.sync()
        files = {path: path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()}
    for path, content in files.items():
        path.write_bytes(content)
    segments = sorted((tmp_path / "data" / "segments").glob("*.seg"))
    assert len(segments) == 1
    return segments[0]


def payloads(journal: Journal) -> list[bytes]:
    """All batches."""
    return [bytes(f.payload) for f in journal.iterate()]


def offsets() -> list[int]:
    """Where each frame begins in the segment, and where the last one ends."""
    found = [HEADER_BYTES]
    for payload in PAYLOADS:
        found.append(found[-1] + frame.HEADER_BYTES + len(payload))
    return found


@pytest.mark.parametrize("mode", ["strict", "process"])
@pytest.mark.parametrize("moved", [0, 3, 5])
def test_killed_process_loses_nothing(open_journal: OpenJournal, tmp_path: Path, moved: int, mode: str) -> None:
    """Every batch that was appended is there after the next start, in any mode, and the segments are gone."""
    crashed(open_journal, tmp_path, moved)
    with open_journal(mode) as journal:
        assert payloads(journal) == PAYLOADS
        assert (journal.tail.batches, journal.tail.cut, journal.last_seq) == (5 - moved, "", 5)
        assert journal.synced_seq == 5
        journal.append(6, 6, b"goes on")
    with open_journal(mode) as journal:
        assert payloads(journal) == [*PAYLOADS, b"goes on"]


def test_torn_last_frame_is_cut_at_every_byte(open_journal: OpenJournal, tmp_path: Path) -> None:
    """Whatever part of the last frame was written, exactly the batches before it are kept, and the cut is told."""
    segment = crashed(open_journal, tmp_path)
    start, end = offsets()[-2:]
    kept = {path: path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()}
    whole = kept[segment]
    for cut in range(start, end):
        for rest in (bytes(len(whole) - cut), b""):
            for path, content in kept.items():
                path.write_bytes(content)
            segment.write_bytes(whole[:cut] + rest)
            with open_journal() as journal:
                assert payloads(journal) == PAYLOADS[:4]
                assert bool(journal.tail.cut) == (whole[start:cut].strip(b"\0") != b"")
                assert journal.tail.lost_batches == 0
                journal.append(5, 5, b"again")


def test_reader_of_a_torn_tail_changes_nothing(open_journal: OpenJournal, tmp_path: Path) -> None:
    """A reader gives out the same prefix that a start would keep, and leaves the files alone."""
    segment = crashed(open_journal, tmp_path, moved=2)
    torn = segment.read_bytes()[: offsets()[-1] - 1]
    segment.write_bytes(torn)
    with open_journal(read_only=True) as journal:
        assert payloads(journal) == PAYLOADS[:4]
        assert journal.tail.line().startswith("tail cut: 2 batches (127 bytes) after the last flush kept; ")
    assert segment.read_bytes() == torn


def test_damage_before_good_batches_is_told(open_journal: OpenJournal, tmp_path: Path) -> None:
    """A lost page ends the prefix; complete batches behind it are counted and not applied."""
    segment = crashed(open_journal, tmp_path)
    data = bytearray(segment.read_bytes())
    data[offsets()[1] : offsets()[2]] = bytes(offsets()[2] - offsets()[1])
    segment.write_bytes(data)
    with open_journal() as journal:
        assert payloads(journal) == PAYLOADS[:1]
        assert journal.tail.lost_batches == 3
        assert f"at byte {offsets()[1]}: no frame here; 3 complete batches behind the cut" in journal.tail.line()
    with open_journal() as journal:
        assert payloads(journal) == PAYLOADS[:1]


def test_old_segment_that_comes_back_does_no_harm(open_journal: OpenJournal, tmp_path: Path) -> None:
    """After a power loss a deleted segment may be there again; what LMDB holds is passed over."""
    segment = crashed(open_journal, tmp_path)
    old = segment.read_bytes()
    with open_journal("process", segment_bytes=1024) as journal:
        journal.append(6, 6, b"six")
    segment.write_bytes(old)
    with open_journal() as journal:
        assert payloads(journal) == [*PAYLOADS, b"six"]
        assert journal.tail.batches == 0


def test_missing_segment_ends_the_prefix(open_journal: OpenJournal, tmp_path: Path) -> None:
    """A later segment without the one before it is not applied."""
    with open_journal("process", segment_bytes=300) as journal:
        for seq in range(1, 20):
            journal.append(seq, seq, bytes(100))
        files = {path: path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()}
    for path, content in files.items():
        path.write_bytes(content)
    segments = sorted((tmp_path / "data" / "segments").glob("*.seg"))
    assert len(segments) > 5
    segments[3].unlink()
    with open_journal() as journal:
        assert journal.last_seq == 3
        assert journal.tail.lost_batches == 15
        assert "sequence 5 where 4 belongs" in journal.tail.cut


def test_foreign_segment_is_refused(open_journal: OpenJournal, tmp_path: Path) -> None:
    """A segment of another folder must not be taken for a tail."""
    segment = crashed(open_journal, tmp_path)
    data = bytearray(segment.read_bytes())
    data[:HEADER_BYTES] = encode_segment_header(int(segment.stem), 12345)
    segment.write_bytes(data)
    with pytest.raises(JournalUnreadable, match="belongs to another data folder"):
        open_journal()


def test_segment_without_header_is_empty(open_journal: OpenJournal, tmp_path: Path) -> None:
    """A crash while a segment was created leaves nothing to keep and nothing to complain of."""
    segment = crashed(open_journal, tmp_path)
    path_of(segment.parent, int(segment.stem) + 1).write_bytes(bytes(1024))
    path_of(segment.parent, int(segment.stem) + 2).write_bytes(b"")
    with open_journal() as journal:
        assert payloads(journal) == PAYLOADS
        assert journal.tail.cut == ""


def test_frame_of_a_later_release_is_not_cut(open_journal: OpenJournal, tmp_path: Path) -> None:
    """A tail in a later format stops the start instead of being thrown away."""
    segment = crashed(open_journal, tmp_path)
    data = bytearray(segment.read_bytes())
    struct.pack_into("<H", data, offsets()[4] + 12, 2)
    segment.write_bytes(data)
    with pytest.raises(FormatTooNew, match="written in format 2"):
        open_journal()


def test_crash_while_bringing_the_tail_home_is_repeated(open_journal: OpenJournal, tmp_path: Path) -> None:
    """When only the deletion of the segments was lost, the next start finds nothing new in them."""
    segment = crashed(open_journal, tmp_path)
    old = segment.read_bytes()
    open_journal().close()
    segment.write_bytes(old)
    with open_journal("process") as journal:
        assert payloads(journal) == PAYLOADS
        assert int(min(segment.parent.glob("*.seg")).stem) > int(segment.stem)


def test_killed_again_before_the_first_flush(open_journal: OpenJournal, tmp_path: Path) -> None:
    """The segment that follows a recovered one is read from its first frame."""
    crashed(open_journal, tmp_path)
    with open_journal("process", segment_bytes=1024) as journal:
        journal.append(6, 6, b"six")
        files = {path: path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()}
    for path, content in files.items():
        path.write_bytes(content)
    with open_journal("process") as journal:
        assert payloads(journal) == [*PAYLOADS, b"six"]
