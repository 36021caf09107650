"""Mode process: an append-only file beside LMDB, so that bytes in the page cache are enough to survive kill -9.

A batch is copied into the current segment, which the native writer maps, and is then acknowledged; the mover copies
what was written since its last step into LMDB in one flushed transaction, and a segment is deleted once LMDB holds all
of it. So everything in a segment that LMDB does not hold is younger than the last step, and a start keeps its valid
prefix.

Why files of a fixed, allocated size: a write inside the size of a file cannot run out of space and does not wait for
the file system's own journal to grow the file. Why never reused: no bytes of an earlier life can follow a torn frame.

::

    segments/0000000000000007.seg    32-byte header, frames, zeros to the end

    offset  bytes  header field
      0       8    checksum     of bytes 8 .. 32
      8       4    magic        "FDSG"
     12       2    format       1
     14       2    flags        0
     16       8    number       as in the file's name
     24       8    identity     of the data folder, so that a file copied from another one is refused
"""

import os
import struct
import threading
from dataclasses import dataclass
from pathlib import Path

from .disk import DISK_MARGIN, Disk
from .errors import JournalFull
from .frame import Bytes, checksum, decode_header

SEGMENT_BYTES = 64 << 20
"""Size of a segment; a larger batch gets a segment of its own size."""

EXTENT_BYTES = 4 << 20
"""Neighbouring batches are moved as one LMDB value up to this size."""

STEP_BYTES = 64 << 20
"""Bytes moved in one LMDB transaction, unless a single batch is larger."""

HEADER_BYTES = 32
MAGIC = b"FDSG"
FORMAT = 1

_HEADER = struct.Struct("<Q4sHHQQ")


@dataclass(slots=True)
class Extent:
    """A run of whole frames in one segment. ``offset`` and ``length`` in bytes."""

    segment: "Segment"
    offset: int
    length: int
    first_seq: int
    last_seq: int


@dataclass(slots=True)
class Segment:
    """An open segment. ``offset`` is where the next frame goes, ``fd`` stands there too."""

    number: int
    path: Path
    fd: int
    size: int
    offset: int = HEADER_BYTES


class Segments:
    """The writing side. One thread writes (`room`, `written`, `append`), one moves (`take`, `read`, `release`)."""

    def __init__(self, folder: Path, disk: Disk, identity: int, next_number: int, segment_bytes: int) -> None:
        self.folder = folder
        self._disk = disk
        self._identity = identity
        self._next_number = next_number
        self._bytes = segment_bytes
        self._lock = threading.Lock()
        self._extents: list[Extent] = []
        self._pending_bytes = 0
        self._full: list[Segment] = []
        self._spare: Segment | None = None
        self._current = self._create(segment_bytes)

    @property
    def pending_bytes(self) -> int:
        """Bytes written that LMDB does not hold yet."""
        return self._pending_bytes

    def room(self, nbytes: int) -> tuple[int, int]:
        """Descriptor to write the next ``nbytes`` to, and how many bytes (>= nbytes) fit there before asking again.

        Raises
        ------
        JournalFull
            There is no disk for another segment; nothing was changed.
        OSError
        """
        segment = self._current
        if segment.size - segment.offset < nbytes:
            segment = self._rotate(nbytes)
        return segment.fd, segment.size - segment.offset

    def written(self, first_seq: int, last_seq: int, nbytes: int) -> None:
        """Say that whole frames ``first_seq`` .. ``last_seq``, ``nbytes`` in all, now stand in the current segment."""
        segment = self._current
        if segment.offset + nbytes > segment.size:
            raise ValueError(f"{nbytes} bytes do not fit in segment {segment.number}")
        with self._lock:
            tail = self._extents[-1] if self._extents else None
            if tail and tail.segment is segment and tail.length + nbytes <= EXTENT_BYTES:
                tail.length += nbytes
                tail.last_seq = last_seq
            else:
                self._extents.append(Extent(segment, segment.offset, nbytes, first_seq, last_seq))
            segment.offset += nbytes
            self._pending_bytes += nbytes

    def append(self, first_seq: int, last_seq: int, frame: Bytes) -> None:
        """Write one frame; raises JournalFull, OSError."""
        fd, _ = self.room(len(frame))
        self._disk.write(fd, [frame])
        self.written(first_seq, last_seq, len(frame))

    def take(self) -> list[Extent]:
        """Hand over the oldest extents, about STEP_BYTES of them."""
        taken: list[Extent] = []
        with self._lock:
            nbytes = 0
            for extent in self._extents:
                if taken and nbytes + extent.length > STEP_BYTES:
                    break
                taken.append(extent)
                nbytes += extent.length
            del self._extents[: len(taken)]
        return taken

    def read(self, extent: Extent) -> bytes:
        """Bytes of an extent, from the page cache; raises OSError when they are not what `written` said."""
        data = _read_all(extent.segment.fd, extent.offset, extent.length)
        if decode_header(data).first_seq != extent.first_seq:
            raise OSError(f"{extent.segment.path}: no batch {extent.first_seq} at byte {extent.offset}")
        return data

    def release(self, extents: list[Extent]) -> None:
        """LMDB holds these now: delete the segments that nothing is left of."""
        with self._lock:
            self._pending_bytes -= sum(extent.length for extent in extents)
            oldest = self._extents[0].segment.number if self._extents else self._current.number
            done = [segment for segment in self._full if segment.number < oldest]
            self._full = self._full[len(done) :]
        for segment in done:
            self._discard(segment)

    def prepare(self) -> None:
        """Have the next segment ready when the current one is half full, so that the writer need not create it."""
        if self._spare is None and self._current.offset > self._current.size // 2 and self._fits(self._bytes):
            spare = self._create(self._bytes)
            with self._lock:
                self._spare = spare

    def next_bytes(self) -> int:
        """Disk bytes that the next segment will take; 0 when it is there already."""
        return 0 if self._spare else self._bytes

    def close(self, *, delete: bool) -> None:
        """Close all files; ``delete`` them when LMDB holds everything."""
        for segment in [*self._full, self._current, *([self._spare] if self._spare else [])]:
            if delete:
                self._discard(segment)
            else:
                os.close(segment.fd)
        self._full, self._spare = [], None

    def _rotate(self, nbytes: int) -> Segment:
        with self._lock:
            segment, self._spare = self._spare, None
        if segment and (segment.size - segment.offset < nbytes or segment.number < self._current.number):
            self._discard(segment)
            segment = None
        if segment is None:
            size = max(self._bytes, HEADER_BYTES + nbytes)
            if not self._fits(size):
                raise JournalFull(self.folder, size, self._disk.free_bytes(self.folder))
            segment = self._create(size)
        with self._lock:
            self._full.append(self._current)
            self._current = segment
        return segment

    def _fits(self, size: int) -> bool:
        return self._disk.free_bytes(self.folder) >= size + DISK_MARGIN

    def _discard(self, segment: Segment) -> None:
        os.close(segment.fd)
        self._disk.unlink(segment.path)

    def _create(self, size: int) -> Segment:
        with self._lock:
            number = self._next_number
            self._next_number += 1
        path = path_of(self.folder, number)
        fd = self._disk.create(path, size)
        try:
            self._disk.write(fd, [encode_segment_header(number, self._identity)])
        except BaseException:
            os.close(fd)
            raise
        return Segment(number, path, fd, size)


def path_of(folder: Path, number: int) -> Path:
    """File of the segment with this number."""
    return folder / f"{number:016d}.seg"


def encode_segment_header(number: int, identity: int) -> bytes:
    """First 32 bytes of a segment."""
    body = _HEADER.pack(0, MAGIC, FORMAT, 0, number, identity)[8:]
    return checksum(body).to_bytes(8, "little") + body


def decode_segment_header(data: Bytes) -> tuple[int, int, int] | None:
    """(format, number, identity), or None when these bytes are no complete header."""
    if len(data) < HEADER_BYTES:
        return None
    found, magic, version, _, number, identity = _HEADER.unpack_from(data)
    if magic != MAGIC or found != checksum(memoryview(data)[8:HEADER_BYTES]):
        return None
    return version, number, identity


def _read_all(fd: int, offset: int, length: int) -> bytes:
    pieces: list[bytes] = []
    while length:
        piece = os.pread(fd, length, offset)
        if not piece:
            raise OSError(f"segment ends at byte {offset}, {length} bytes early")
        pieces.append(piece)
        offset += len(piece)
        length -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
