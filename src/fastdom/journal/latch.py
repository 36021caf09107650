"""The first I/O error decides: after it nothing is written or acknowledged until a restart.

LMDB itself accepts commits after a failed one, and a second fdatasync may report success for pages that the first one
lost, so trying again would acknowledge what is not on disk.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import JournalError, JournalFailed

FULL_BYTES = 1 << 20
"""Free disk below which a failure is explained by it: LMDB calls a write cut short by a full disk an I/O error."""


class Latch:
    """Remembers the first failure of one journal. ``on_failure`` is called with it once, in the failing thread."""

    def __init__(self, folder: Path) -> None:
        self.failed: JournalFailed | None = None
        self.on_failure: Callable[[JournalFailed], object] | None = None
        self._folder = folder
        self._lock = threading.Lock()

    def check(self) -> None:
        """Raise the failure again, if there was one."""
        if self.failed is not None:
            raise JournalFailed(self._folder, self.failed.cause, self.failed.disk)

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Whatever goes wrong inside, other than a refusal of ours, latches and is raised as JournalFailed."""
        self.check()
        try:
            yield
        except JournalError:
            raise
        except Exception as error:
            raise self._close(error) from error
        except BaseException as error:  # interrupted in the middle: what is on disk is not known
            self._close(error)
            raise

    def _close(self, error: BaseException) -> JournalFailed:
        with self._lock:
            first = self.failed is None
            if self.failed is None:
                self.failed = JournalFailed(self._folder, error, _full(self._folder))
            failed = self.failed
        if first and self.on_failure is not None:
            self.on_failure(failed)
        return failed


def _full(folder: Path) -> str:
    try:
        stat = os.statvfs(folder)
    except OSError:
        return ""
    free = stat.f_bavail * stat.f_frsize
    return f" (no space left on device: {free} bytes)" if free < FULL_BYTES else ""
