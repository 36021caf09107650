"""Walking the journal from a sequence number on, batch by batch, each checked and following the one before."""

from collections.abc import Iterator
from pathlib import Path

import lmdb

from . import batches, meta
from .environment import Environment
from .errors import FormatTooNew, JournalCorrupt
from .frame import FORMAT, Frame, FrameDamaged
from .tail import Mark, TailReport, read_tail


def iterate(folder: Path, env: Environment, from_seq: int) -> Iterator[Frame]:
    """Yield the batches in LMDB from the one that holds ``from_seq`` on.

    No transaction is open while the caller works on a batch, and its payload stays valid as long as it is held.

    Raises
    ------
    JournalCorrupt, FormatTooNew
    """
    if from_seq < 1:
        raise ValueError(f"sequence numbers begin at 1, not {from_seq}")
    expected = _begin(folder, env, from_seq)
    if expected > from_seq:
        raise JournalCorrupt(folder, from_seq, f"the journal begins at {expected}")
    while expected and (chunk := _chunk(folder, env, expected)):
        for first, value in chunk:
            if first != expected:
                raise JournalCorrupt(folder, expected, f"the next batch is {first}")
            for frame in checked(folder, first, value):
                expected = frame.last_seq + 1
                if expected > from_seq:
                    yield frame


def values(folder: Path, env: Environment, from_seq: int) -> Iterator[tuple[int, bytes]]:
    """As `iterate`, but whole LMDB values, whose frames nobody has looked at: (first sequence number, frames).

    Raises
    ------
    JournalCorrupt
        The journal begins later.
    """
    expected = _begin(folder, env, from_seq)
    if expected > from_seq:
        raise JournalCorrupt(folder, from_seq, f"the journal begins at {expected}")
    while expected and (chunk := _chunk(folder, env, expected)):
        yield from chunk
        expected = chunk[-1][0] + 1


def iterate_with_tail(folder: Path, env: Environment, from_seq: int, report: TailReport) -> Iterator[Frame]:
    """As `iterate`, then what the segments hold beyond LMDB; for a reader, beside a running server or after a crash.

    A running server moves batches from segments to LMDB meanwhile, so LMDB is asked again until neither has more.
    """
    expected = from_seq
    while True:
        for frame in iterate(folder, env, expected):
            expected = frame.last_seq + 1
            yield frame
        try:
            yield from _tail(folder, env, expected, report)
        except FileNotFoundError:
            continue
        expected = max(expected, report.last_seq + 1)
        if last_seq(folder, env) < expected:
            return


def checked(folder: Path, first: int, value: bytes) -> Iterator[Frame]:
    """The frames of one LMDB value; raises JournalCorrupt, FormatTooNew."""
    expected = first
    try:
        for frame in batches.frames_of(first, memoryview(value)):
            yield frame
            expected = frame.last_seq + 1
    except FrameDamaged as damage:
        raise translated(folder, expected, damage) from damage


def last_seq(folder: Path, env: Environment) -> int:
    """Last sequence number in LMDB, 0 when empty; raises JournalCorrupt, FormatTooNew."""
    key = 0
    try:
        with env.read() as txn:
            cursor = txn.cursor(env["batches"])
            if not cursor.last():
                return 0
            key, value = batches.seq_of(bytes(cursor.key())), bytes(cursor.value())
        return batches.last_of(key, memoryview(value))
    except FrameDamaged as damage:
        raise translated(folder, key, damage) from damage
    except lmdb.Error as error:
        raise JournalCorrupt(folder, key, str(error)) from error


def translated(folder: Path, seq: int, damage: FrameDamaged) -> JournalCorrupt | FormatTooNew:
    """A damaged frame in LMDB as the error it means for the journal."""
    if damage.too_new:
        return FormatTooNew(f"{folder}: batch {seq}", damage.too_new, FORMAT)
    return JournalCorrupt(folder, seq, str(damage))


def _tail(folder: Path, env: Environment, next_seq: int, report: TailReport) -> Iterator[Frame]:
    with env.read() as txn:
        mark = Mark.decode(txn.get(meta.MOVED, db=env["meta"]))
        identity = meta.identity(meta.secret(txn, env["meta"]))
    report.clear()
    for first, _, value in read_tail(folder / "segments", identity, mark, next_seq, report):
        yield from batches.frames_of(first, memoryview(value))


def _begin(folder: Path, env: Environment, from_seq: int) -> int:
    try:
        with env.read() as txn:
            return batches.key_holding(txn, env["batches"], from_seq)
    except lmdb.Error as error:
        raise JournalCorrupt(folder, from_seq, str(error)) from error


def _chunk(folder: Path, env: Environment, from_seq: int) -> list[tuple[int, bytes]]:
    try:
        with env.read() as txn:
            return batches.read_chunk(txn, env["batches"], from_seq)
    except lmdb.Error as error:
        raise JournalCorrupt(folder, from_seq, str(error)) from error
