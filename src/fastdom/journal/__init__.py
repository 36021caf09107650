"""The journal: batches of opaque bytes, durable as promised, and checkpoints of what they add up to.

It knows nothing of stock. `Journal` is the place to begin; `errors` draws the tree of what can go wrong.
"""

from .checkpoint import CheckpointStore
from .checkpoint_reader import CheckpointReader
from .checkpoint_writer import CheckpointWriter
from .errors import (
    CannotOpen,
    CheckpointDamaged,
    CheckpointFailed,
    DiskFull,
    FolderInUse,
    FolderMissing,
    FormatTooNew,
    JournalCorrupt,
    JournalError,
    JournalFailed,
    JournalFull,
    JournalUnreadable,
)
from .frame import Frame
from .meta import blob_key
from .mode import DurabilityMode
from .store import Journal

__all__ = [
    "CannotOpen",
    "CheckpointDamaged",
    "CheckpointFailed",
    "CheckpointReader",
    "CheckpointStore",
    "CheckpointWriter",
    "DiskFull",
    "DurabilityMode",
    "FolderInUse",
    "FolderMissing",
    "FormatTooNew",
    "Frame",
    "Journal",
    "JournalCorrupt",
    "JournalError",
    "JournalFailed",
    "JournalFull",
    "JournalUnreadable",
    "blob_key",
]
