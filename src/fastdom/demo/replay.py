"""Replay of a stopped server's journal from its first entry, to compare digests."""

from dataclasses import dataclass
from pathlib import Path

from fastdom._native.engine import NativeEngine
from fastdom.engine.limits import Limits
from fastdom.engine.recovery import replay
from fastdom.engine.settings import stored_limits
from fastdom.journal import Journal


@dataclass(frozen=True, slots=True)
class Replayed:
    """State a replay reaches: its digest (hex) and the last sequence."""

    digest: str
    seq: int


def replay_from_zero(folder: Path) -> Replayed:
    """Replay the whole journal of a data folder in an empty engine; no checkpoint is used, nothing is written.

    Raises
    ------
    CannotOpen, JournalCorrupt, ReplayFailed
    ValueError
        When the journal was pruned, so that its beginning is gone.
    """
    with Journal.open(folder, create=False, read_only=True) as journal:
        if journal.first_seq > 1:
            raise ValueError(f"{folder}: the journal begins at {journal.first_seq}, not at 1")
        limits = stored_limits(journal) or Limits()
        native = NativeEngine(limits.as_dict(), bytes(16), buffer_bytes=1 << 16)
        replay(native, journal)
        return Replayed(native.digest(), native.seq)
