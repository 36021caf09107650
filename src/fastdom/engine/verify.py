"""`fastdom verify`: storage first, then what it adds up to."""

import os
from collections.abc import Iterable

from fastdom._native.engine import NativeEngine
from fastdom.engine.limits import Limits
from fastdom.engine.recovery import load_checkpoint, replay
from fastdom.engine.settings import stored_limits
from fastdom.journal import Journal
from fastdom.journal.verify import Report
from fastdom.journal.verify import verify as verify_storage


def verify(folder: str | os.PathLike[str]) -> Report:
    """Check a data folder: checksums, sequence, checkpoints, and that a replay gives the states the checkpoints state.

    Raises
    ------
    CannotOpen
        There is nothing that could be read.
    """
    return verify_storage(folder, replay=replay_lines)


def replay_lines(journal: Journal) -> Iterable[str]:
    """Replay from the beginning (or the oldest checkpoint kept) and compare with every checkpoint on the way.

    Raises
    ------
    ReplayFailed
        An entry does not fit, or a checkpoint states another digest than the replay reaches.
    """
    limits = stored_limits(journal) or Limits()
    native = NativeEngine(limits.as_dict(), bytes(16), buffer_bytes=1 << 16)
    lines = []
    manifests = sorted(journal.checkpoints.manifests(), key=lambda m: m.seq) if journal.checkpoints else []
    if manifests and journal.first_seq != 1 and journal.checkpoints is not None:
        load_checkpoint(native, journal.checkpoints.reader(manifests[0]))
        lines.append(f"checkpoint at {manifests[0].seq}: loads to its digest")
        manifests = manifests[1:]
    for manifest in manifests:
        replay(native, journal, until_seq=manifest.seq)
        if native.seq != manifest.seq:
            lines.append(f"checkpoint at {manifest.seq}: inside a batch, compared at the next")
            continue
        same = native.digest() == manifest.digest
        lines.append(f"checkpoint at {manifest.seq}: {'equal to' if same else 'PROBLEM: differs from'} a replay")
    replay(native, journal)
    stats = native.stats()
    problems = native.recount()
    lines.extend(f"PROBLEM: {text}" for text in problems)
    lines.append(
        f"{native.seq} entries, {stats['positions']} positions, {stats['reservations']} reservations, "
        f"{stats['request_ids']} request ids, digest {native.digest()}"
    )
    return lines
