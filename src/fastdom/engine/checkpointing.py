"""Checkpoints without stopping anyone: a second engine replays the journal beside the live one and is written out.

The live engine is never read, so its writer never waits. Price: the state's memory twice while it runs, and the CPU of
one replay (docs/adr/0010-checkpoint-by-replay.md).
"""

import time
from dataclasses import dataclass

from fastdom._native import snapshot
from fastdom._native.engine import NativeEngine
from fastdom.engine.limits import Limits
from fastdom.engine.recovery import load_newest, replay
from fastdom.engine.settings import begin_limits
from fastdom.journal import CheckpointFailed, Journal

PRUNE_PAUSE_S = 0.002
"""Between two prunings, so that flushes get in: one deletes at most 1,000 values."""


@dataclass(frozen=True, slots=True)
class CheckpointInfo:
    """A checkpoint that was written: its sequence, digest (hex), bytes, elapsed microseconds, journal values pruned."""

    seq: int
    digest: str
    size_bytes: int
    elapsed_us: int
    pruned: int


def write_checkpoint(journal: Journal, limits: Limits, *, prune: bool = True) -> CheckpointInfo:
    """Write a checkpoint of everything durable now, then drop the journal before the one before it.

    Raises
    ------
    CheckpointFailed, CheckpointDamaged, JournalCorrupt, JournalFull, ReplayFailed
        The older checkpoints and the journal are as they were.
    """
    if journal.checkpoints is None or journal.read_only:
        raise CheckpointFailed(journal.folder, 0, "this folder is open for reading only")
    begun = time.perf_counter_ns()
    shadow = NativeEngine(limits.as_dict(), bytes(16), buffer_bytes=1 << 16)
    load_newest(shadow, journal)
    replay(shadow, journal, until_seq=journal.last_seq)
    digest = shadow.digest()
    size = 0
    with journal.checkpoints.begin(shadow.seq) as writer:
        index: dict[str, int] = {}
        for section, chunk in snapshot.dump(shadow):
            writer.put(section, index.setdefault(section, 0), chunk)
            index[section] += 1
            size += len(chunk)
        stats = shadow.stats()
        writer.commit(
            bytes.fromhex(digest), {name: stats[name] for name in ("positions", "reservations", "request_ids")}
        )
    pruned = prune_journal(journal) if prune else 0
    return CheckpointInfo(shadow.seq, digest, size, (time.perf_counter_ns() - begun) // 1000, pruned)


def change_limits(journal: Journal, old: Limits) -> None:
    """Close the history that was decided under the old limits: replays under others begin after it.

    What a replay forgets depends on the limits, and forgetting otherwise than the live engine did would give another
    state, or none. The checkpoint written here is where they may change.

    Raises
    ------
    As `write_checkpoint`.
    """
    if journal.last_seq:
        begin_limits(journal, write_checkpoint(journal, old).seq)


def prune_journal(journal: Journal) -> int:
    """Delete what no kept checkpoint needs, a little at a time; how many values."""
    total = 0
    while deleted := journal.prune(journal.last_seq):
        total += deleted
        time.sleep(PRUNE_PAUSE_S)
    return total
