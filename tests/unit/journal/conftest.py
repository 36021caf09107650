"""What the journal's tests share: small segments and no background thread."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fastdom.journal import Journal

OpenJournal = Callable[..., Journal]


@pytest.fixture
def open_journal(tmp_path: Path) -> OpenJournal:
    """Open the journal of the test's folder; mode process moves only when told to."""

    def open_(mode: str = "strict", **settings: Any) -> Journal:
        settings = {"segment_bytes": 1 << 16, "move_interval_us": 0, "map_size": 64 << 20} | settings
        return Journal.open(tmp_path / "data", mode, **settings)

    return open_
