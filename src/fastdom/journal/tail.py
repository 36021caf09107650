"""What the segments hold beyond LMDB: read at a start, and by a reader beside a running server.

After kill -9 that is every batch written, and at most the last one is torn. After a power loss any page may be missing,
so the valid prefix ends at the first byte that is not the next batch; what stands behind is reported, never applied.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from .errors import FormatTooNew, JournalUnreadable
from .frame import CHECKED_FROM, MAGIC, FrameDamaged, decode
from .frame import FORMAT as FRAME_FORMAT
from .segments import EXTENT_BYTES, FORMAT, decode_segment_header
from .segments import HEADER_BYTES as SEGMENT_HEADER_BYTES

_MARK = struct.Struct("<QQ")


class Mark(NamedTuple):
    """How far LMDB has taken over the segments, kept in LMDB itself."""

    number: int
    offset: int
    """0 when nothing of the segment was taken over yet."""

    def encode(self) -> bytes:
        """As stored under the meta key ``moved``."""
        return _MARK.pack(self.number, self.offset)

    @classmethod
    def decode(cls, data: bytes | None) -> "Mark":
        """Inverse of `encode`; no data is the beginning."""
        return cls(*_MARK.unpack(data)) if data else cls(0, 0)


@dataclass(slots=True)
class TailReport:
    """What was found in the segments beyond LMDB."""

    batches: int = 0
    """Batches kept."""
    payload_bytes: int = 0
    """Bytes of these batches, headers included."""
    last_seq: int = 0
    """Last sequence number kept, 0 when none."""
    cut: str = ""
    """Where and why the tail was cut, empty when it ended cleanly."""
    lost_batches: int = 0
    """Complete batches behind the cut, which cannot be applied; > 0 only after a power loss or damage."""
    files: list[Path] = field(default_factory=list)
    """The segment files that were there."""

    def clear(self) -> None:
        """Forget everything: reading starts over."""
        self.batches = self.payload_bytes = self.last_seq = self.lost_batches = 0
        self.cut = ""
        self.files = []

    def line(self) -> str:
        """One line for the log and `fastdom verify`."""
        kept = f"{self.batches} batches ({self.payload_bytes} bytes) after the last flush"
        if not self.cut:
            return f"tail clean: {kept}"
        return f"tail cut: {kept} kept; {self.cut}; {self.lost_batches} complete batches behind the cut not applied"


def segment_files(folder: Path) -> list[Path]:
    """Segments in the order they were written."""
    return sorted(path for path in folder.glob("*.seg") if path.stem.isdigit())


def read_tail(
    folder: Path, identity: int, mark: Mark, next_seq: int, report: TailReport
) -> Iterator[tuple[int, int, bytes]]:
    """Yield (first_seq, last_seq, frames) from ``next_seq`` on, up to EXTENT_BYTES of frames at a time.

    Parameters
    ----------
    mark
        Nothing before it is looked at.
    report
        Filled while reading, complete when the iterator ends.

    Raises
    ------
    JournalUnreadable, FormatTooNew
        A segment belongs to another data folder or a later release.
    FileNotFoundError
        A running server has deleted a segment meanwhile: LMDB holds its batches now.
    """
    report.files = segment_files(folder)
    for path in report.files:
        number = int(path.stem)
        if number < mark.number:
            continue
        data = path.read_bytes()
        if not _is_ours(path, data, number, identity):
            _cut(report, data, f"{path.name}: incomplete segment header")
            continue
        start = max(SEGMENT_HEADER_BYTES, mark.offset if number == mark.number else 0)
        if report.cut:
            report.lost_batches += _count(data, start)
            continue
        for first, last, value in _walk(path, data, start, next_seq, report):
            yield first, last, value
            next_seq = last + 1


def _is_ours(path: Path, data: bytes, number: int, identity: int) -> bool:
    header = decode_segment_header(data)
    if header is None:
        return False
    if header[0] > FORMAT:
        raise FormatTooNew(str(path), header[0], FORMAT)
    if header[1:] != (number, identity):
        raise JournalUnreadable(f"{path}: segment belongs to another data folder")
    return True


def _walk(path: Path, data: bytes, start: int, next_seq: int, report: TailReport) -> Iterator[tuple[int, int, bytes]]:
    """Frames of one segment from ``start``; those before ``next_seq`` are in LMDB already and are passed over."""
    view = memoryview(data)
    offset = run = start
    first = next_seq
    while True:
        try:
            frame, end = decode(view, offset)
        except FrameDamaged as damage:
            if damage.too_new:
                raise FormatTooNew(str(path), damage.too_new, FRAME_FORMAT) from damage
            reason = str(damage)
            break
        if frame.last_seq < first and offset == run:
            offset = run = end
            continue
        if frame.first_seq != next_seq:
            reason = f"sequence {frame.first_seq} where {next_seq} belongs"
            break
        if end - run > EXTENT_BYTES and offset > run:
            yield first, next_seq - 1, data[run:offset]
            first, run = next_seq, offset
        report.batches += 1
        report.payload_bytes += end - offset
        report.last_seq = frame.last_seq
        next_seq, offset = frame.last_seq + 1, end
    if offset > run:
        yield first, next_seq - 1, data[run:offset]
    _cut(report, data[offset:], f"{path.name} at byte {offset}: {reason}")


def _cut(report: TailReport, rest: bytes, reason: str) -> None:
    """Note a cut unless nothing was ever written in ``rest``."""
    if rest.count(0) == len(rest):
        return
    report.cut = report.cut or reason
    report.lost_batches += _count(rest, 0)


def _count(data: bytes, start: int) -> int:
    """Complete frames anywhere in ``data`` from ``start``; a payload that contains one is not looked into."""
    view, found = memoryview(data), 0
    at = data.find(MAGIC, start)
    while at >= 0:
        try:
            _, end = decode(view, max(0, at - CHECKED_FROM))
            found += 1
        except FrameDamaged:
            end = at + 1
        at = data.find(MAGIC, end)
    return found
