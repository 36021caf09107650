"""The three promises an append can make."""

from enum import StrEnum


class DurabilityMode(StrEnum):
    """What holds when an append returns; see docs/adr/0004."""

    STRICT = "strict"
    """On disk: survives kill -9 and power loss."""

    RELAXED = "relaxed"
    """As strict, but a power loss may undo the last commit; integrity is kept."""

    PROCESS = "process"
    """In the page cache: survives kill -9; a power loss may undo about the last 50 ms, never leave a gap."""
