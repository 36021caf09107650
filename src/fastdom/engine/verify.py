"""`fastdom verify`: storage first, then what it adds up to."""

import os

from fastdom._native.engine import NativeEngine
from fastdom.engine.errors import ReplayFailed
from fastdom.engine.limits import Limits
from fastdom.engine.policies import registry_of
from fastdom.engine.recovery import load_checkpoint, replay
from fastdom.engine.settings import limits_since, stored_limits
from fastdom.journal import Journal
from fastdom.journal.verify import Report
from fastdom.journal.verify import verify as verify_storage

PROBLEM = "PROBLEM: "


def verify(folder: str | os.PathLike[str]) -> Report:
    """Check a data folder: checksums, sequence, checkpoints, and that a replay gives the states the checkpoints state.

    Raises
    ------
    CannotOpen
        There is nothing that could be read.
    """
    report = verify_storage(folder, replay=_checked_lines)
    for line in report.replay:
        if line.startswith(PROBLEM):
            report.problem(line.removeprefix(PROBLEM))
    return report


def _checked_lines(journal: Journal) -> list[str]:
    try:
        return replay_lines(journal)
    except ReplayFailed as error:
        return [f"{PROBLEM}{error}"]


def replay_lines(journal: Journal) -> list[str]:
    """Replay and compare with every checkpoint on the way; a line beginning with `PROBLEM` for each that differs.

    From the beginning; where that was pruned, or decided under other limits, from the oldest checkpoint after it.

    Raises
    ------
    ReplayFailed
        An entry does not fit.
    """
    limits = stored_limits(journal) or Limits()
    native = NativeEngine(limits.as_dict(), bytes(16), buffer_bytes=1 << 16)
    lines = []
    manifests = sorted(journal.checkpoints.manifests(), key=lambda m: m.seq) if journal.checkpoints else []
    since = limits_since(journal)
    manifests = [manifest for manifest in manifests if manifest.seq >= since]
    if manifests and (journal.first_seq != 1 or since) and journal.checkpoints is not None:
        load_checkpoint(native, journal.checkpoints.reader(manifests[0]))
        lines.append(f"checkpoint at {manifests[0].seq}: loads to its digest")
        manifests = manifests[1:]
    for manifest in manifests:
        replay(native, journal, until_seq=manifest.seq)
        if native.seq != manifest.seq:
            lines.append(f"checkpoint at {manifest.seq}: inside a batch, compared at the next")
            continue
        if native.digest() == manifest.digest:
            lines.append(f"checkpoint at {manifest.seq}: equal to a replay")
        else:
            lines.append(f"{PROBLEM}checkpoint at {manifest.seq}: differs from a replay")
    replay(native, journal)
    registry_of(native.policy_log)
    stats = native.stats()
    problems = native.recount()
    lines.extend(f"{PROBLEM}{text}" for text in problems)
    lines.append(
        f"{native.seq} entries, {stats['positions']} positions, {stats['reservations']} reservations, "
        f"{stats['request_ids']} request ids, digest {native.digest()}"
    )
    return lines
