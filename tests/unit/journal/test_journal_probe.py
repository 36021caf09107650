"""The disk probe."""

from pathlib import Path

from fastdom.journal.probe import measure_fdatasync


def test_probe_measures_and_leaves_nothing(tmp_path: Path) -> None:
    """One number per round, none negative, and the file is gone."""
    times = measure_fdatasync(tmp_path, n=7)
    assert len(times) == 7
    assert min(times) >= 0
    assert list(tmp_path.iterdir()) == []
