"""From a data folder to the state it holds: newest good checkpoint, then the journal after it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastdom._native import snapshot
from fastdom._native.engine import NativeEngine
from fastdom.engine.errors import ReplayFailed
from fastdom.engine.settings import limits_since
from fastdom.journal import CheckpointReader, Journal, JournalCorrupt
from fastdom.journal.reading import checked

SEQ_MAX = 1 << 62
"""Above every sequence number."""

AHEAD_EVERY_S = 0.001
"""Between two looks at how much of the tables a replay has filled."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a recovery did.

    Attributes
    ----------
    checkpoint_seq : int
        Sequence of the checkpoint it started from, 0 = none.
    entries : int
        Journal entries replayed after it.
    elapsed_us : int
        Time of both, microseconds.
    tail : str
        What was found and cut at the end of the journal; empty when it was clean.
    """

    checkpoint_seq: int
    entries: int
    elapsed_us: int
    tail: str = ""

    @property
    def ms(self) -> float:
        """Elapsed milliseconds."""
        return self.elapsed_us / 1000


def recover(native: NativeEngine, journal: Journal, progress: Callable[[int, int], None] | None = None) -> Recovery:
    """Rebuild the state in an empty engine.

    Parameters
    ----------
    progress : callable, optional
        Called now and then with (sequence reached, last sequence).

    Raises
    ------
    ReplayFailed
        A checkpoint or journal entry does not fit.
    JournalCorrupt
    """
    begun = time.perf_counter_ns()
    load_newest(native, journal)
    start = native.seq
    replay(native, journal, progress=progress)
    return Recovery(
        checkpoint_seq=start,
        entries=native.seq - start,
        elapsed_us=(time.perf_counter_ns() - begun) // 1000,
        tail=journal.tail.line() if journal.tail.cut else "",
    )


def load_newest(native: NativeEngine, journal: Journal) -> None:
    """Load the newest good checkpoint that this build can read into an empty engine, if there is one.

    One that another build wrote with other layouts is passed over: the one before it serves, or, where none does, the
    whole journal, as long as its beginning is there. Nothing before the checkpoint at which the limits were changed
    serves: what a replay forgets depends on them, so under these it would come to another state.

    Raises
    ------
    ReplayFailed
        No checkpoint can be read and the journal does not reach back to sequence 1 under these limits, or a checkpoint
        does not load.
    """
    if journal.checkpoints is None:
        return
    foreign = ""
    since = limits_since(journal)
    for reader in journal.checkpoints.good():
        if reader.seq < since:
            break
        try:
            section, _, head = next(iter(reader.chunks()))
            snapshot.check_head(section, bytes(head))
        except ValueError as error:
            foreign = foreign or f"checkpoint at {reader.seq}: {error}"
            continue
        load_checkpoint(native, reader)
        return
    if since:
        raise ReplayFailed(
            f"{foreign or 'no good checkpoint is left'}; the limits were changed at sequence {since}, and nothing "
            "before it may be replayed under those of today: start the build that wrote it, or restore a backup"
        )
    if foreign and journal.first_seq != 1:
        raise ReplayFailed(
            f"{foreign}; no other checkpoint can be read, and the journal before {journal.first_seq} was pruned: "
            "start the build that wrote it"
        )


def load_checkpoint(native: NativeEngine, reader: CheckpointReader) -> None:
    """Load a checkpoint into an empty engine and compare its digest. Raises ReplayFailed, CheckpointDamaged."""
    try:
        for section, _, chunk in reader.chunks():
            snapshot.load(native, section, chunk)
    except ValueError as error:
        raise ReplayFailed(f"checkpoint at {reader.seq}: {error}") from error
    if native.seq != reader.seq or bytes.fromhex(native.digest()) != reader.digest:
        raise ReplayFailed(f"checkpoint at {reader.seq} does not load to the state it was written from")


def replay(
    native: NativeEngine,
    journal: Journal,
    *,
    until_seq: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Apply the journal's batches after the engine's sequence, up to the batch that holds `until_seq`.

    Raises
    ------
    ReplayFailed, JournalCorrupt
    """
    last = journal.last_seq
    if last <= native.seq:
        return
    until = SEQ_MAX if until_seq is None else until_seq
    with memory_ahead(native):
        try:
            for reached in (_by_frames if journal.read_only else _by_values)(native, journal, until):
                if progress is not None:
                    progress(reached, last)
        except ValueError as error:
            raise ReplayFailed(str(error)) from error


def _by_frames(native: NativeEngine, journal: Journal, until: int) -> Iterator[int]:
    """Replay batch by batch; the sequence reached after each."""
    for frame in journal.iterate(native.seq + 1):
        if frame.first_seq > until:
            return
        if frame.last_seq > native.seq:
            native.replay(frame.first_seq, frame.last_seq, frame.payload)
        yield native.seq


def _by_values(native: NativeEngine, journal: Journal, until: int) -> Iterator[int]:
    """The same with the frames of a whole LMDB value checked natively."""
    for first_seq, value in journal.values(native.seq + 1):
        if first_seq > native.seq + 1:
            raise JournalCorrupt(journal.folder, native.seq + 1, f"the next batch is {first_seq}")
        if native.replay_frames(value, until) < len(value):
            for frame in checked(journal.folder, first_seq, value):  # says what is wrong
                if frame.first_seq > until:
                    return
            raise ReplayFailed(f"the frames after sequence {native.seq} cannot be read")
        yield native.seq


@contextmanager
def memory_ahead(native: NativeEngine) -> Iterator[None]:
    """Meanwhile a second thread has the kernel back the tables' next pages: clearing them takes a third of a replay."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(AHEAD_EVERY_S):
            native.back_ahead()

    thread = threading.Thread(target=run, name="fastdom-memory", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
