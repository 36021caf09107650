"""`fastdom verify`: read every byte of a data folder and say all that is wrong with it, not only the first thing.

It opens for reading only, so it may run beside a server, and it changes nothing.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import lmdb

from . import batches, meta
from .checkpoint import CheckpointStore
from .errors import CheckpointDamaged, JournalError
from .frame import FrameDamaged
from .store import Journal
from .tail import TailReport

PROBLEMS_MAX = 100
"""Problems listed; the rest is only counted."""


@dataclass(slots=True)
class Report:
    """What `verify` found. ``problems`` is empty for a sound folder."""

    folder: Path
    batches: int = 0
    payload_bytes: int = 0
    first_seq: int = 0
    last_seq: int = 0
    blobs: int = 0
    checkpoints: list[str] = field(default_factory=list)
    replay: list[str] = field(default_factory=list)
    tail: TailReport = field(default_factory=TailReport)
    problems: list[str] = field(default_factory=list)
    problems_count: int = 0
    end_known: bool = True
    """Whether the last batch in LMDB is readable, so that a tail can be joined to it."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems_count

    def problem(self, text: str) -> None:
        """Note one."""
        self.problems_count += 1
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(text)

    def lines(self) -> list[str]:
        """The report as text, the verdict last."""
        unlisted = self.problems_count - len(self.problems)
        return [
            f"journal: {self.batches} batches, sequence {self.first_seq}..{self.last_seq}, {self.payload_bytes} bytes",
            self.tail.line(),
            f"blobs: {self.blobs}",
            *(f"checkpoint: {text}" for text in self.checkpoints),
            *(f"replay: {text}" for text in self.replay),
            *(f"PROBLEM: {text}" for text in self.problems),
            *([f"PROBLEM: {unlisted} more"] if unlisted else []),
            f"{self.folder}: {'sound' if self.ok else f'{self.problems_count} problems'}",
        ]


def verify(folder: str | os.PathLike[str], replay: Callable[[Journal], Iterable[str]] | None = None) -> Report:
    """Check batches, sequence, tail, blobs and checkpoints, then the engine's ``replay`` if storage is sound.

    Parameters
    ----------
    replay
        Gets the journal, open for reading; returns lines for the report, or raises a JournalError.

    Raises
    ------
    CannotOpen
        There is nothing that could be read.
    """
    report = Report(Path(folder))
    with Journal.open(folder, read_only=True) as journal:
        for check in (_check_batches, _check_tail, _check_blobs, _check_checkpoints):
            try:
                check(journal, report)
            except (lmdb.Error, JournalError) as error:
                report.problem(str(error))
        if replay is not None and report.ok:
            try:
                report.replay.extend(replay(journal))
            except JournalError as error:
                report.problem(f"replay: {error}")
    return report


def _check_batches(journal: Journal, report: Report) -> None:
    expected = 0
    for first, value in _values(journal):
        if expected and first != expected:
            report.problem(f"sequence {expected}..{first - 1} is missing")
        report.first_seq = report.first_seq or first
        expected = first
        try:
            for frame in batches.frames_of(first, memoryview(value)):
                expected = frame.last_seq + 1
                report.batches += 1
                report.payload_bytes += len(frame.payload)
                report.last_seq = frame.last_seq
            report.end_known = True
        except FrameDamaged as damage:
            report.problem(f"batch {expected}: {damage}")
            report.end_known = False
            expected = 0


def _values(journal: Journal) -> Iterator[tuple[int, bytes]]:
    seq = 0
    while True:
        with journal.env.read() as txn:
            chunk = batches.read_chunk(txn, journal.env["batches"], seq)
        if not chunk:
            return
        yield from chunk
        seq = chunk[-1][0] + 1


def _check_tail(journal: Journal, report: Report) -> None:
    """A cut tail is not a problem: the start will cut it too, and it was never more than mode process promises."""
    if not report.end_known:
        return
    for frame in journal.iterate(report.last_seq + 1):
        report.first_seq = report.first_seq or frame.first_seq
        report.last_seq = frame.last_seq
        report.batches += 1
        report.payload_bytes += len(frame.payload)
    report.tail = journal.tail


def _check_blobs(journal: Journal, report: Report) -> None:
    with journal.env.read() as txn:
        keys = [bytes(key) for key in txn.cursor(journal.env["blobs"]).iternext(keys=True, values=False)]
    for key in keys:
        with journal.env.read() as txn:
            document = txn.get(key, db=journal.env["blobs"])
        if document is None or meta.blob_key(document) != key:
            report.problem(f"blob {key.hex()} does not match its address")
    report.blobs = len(keys)


def _check_checkpoints(journal: Journal, report: Report) -> None:
    """At least one must be good if the beginning of the journal is gone, and none may be ahead of the journal."""
    restart = 0
    if journal.checkpoints is not None:
        restart = _check_each(journal.checkpoints, report)
    if report.first_seq > restart + 1:
        report.problem(f"the journal begins at {report.first_seq} and no good checkpoint reaches there")


def _check_each(store: CheckpointStore, report: Report) -> int:
    newest = 0
    for manifest in store.manifests():
        text = f"sequence {manifest.seq}, {sum(manifest.sections.values())} chunks, {manifest.chunk_bytes} bytes"
        try:
            store.reader(manifest).check()
        except CheckpointDamaged as damage:
            report.checkpoints.append(f"{text}, damaged")
            report.problem(str(damage))
            continue
        report.checkpoints.append(f"{text}, good")
        newest = max(newest, manifest.seq)
        if manifest.seq > report.last_seq:
            report.problem(f"checkpoint at {manifest.seq} is ahead of the journal, which ends at {report.last_seq}")
    for unreadable in store.damaged:
        report.problem(str(unreadable))
    return newest
