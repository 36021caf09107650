"""Why a start failed, in words."""

from pathlib import Path

import pytest

from fastdom.engine.errors import ClockBehind, NetworkShrinks
from fastdom.journal import DiskFull, FolderInUse, FormatTooNew, JournalCorrupt
from fastdom.network import NetworkInvalid, Problem
from fastdom_server.listening import AddressInUse
from fastdom_server.settings import Settings
from fastdom_server.starting import LimitsInvalid, describe, limits_of

SETTINGS = Settings(Path("d"), network=Path("n"))
MENDABLE = [
    FolderInUse(Path("d"), "17"),
    FormatTooNew("d", 9, 1),
    DiskFull(Path("d")),
    JournalCorrupt(Path("d"), 7, "checksum"),
    ClockBehind(7_200_000_000),
    NetworkShrinks("nodes", ["BLR-1"], 1),
    AddressInUse("127.0.0.1:1"),
    FileNotFoundError(2, "No such file or directory", "n"),
]


@pytest.mark.parametrize("error", MENDABLE, ids=lambda error: type(error).__name__)
def test_one_line(error: Exception) -> None:
    """What a person can mend is one line that says so."""
    text = describe(error, SETTINGS)
    assert text
    assert "\n" not in text


def test_network_problems_one_a_line() -> None:
    """Every problem of a network has its line."""
    problems = (Problem("a.csv", 1, "x", "bad"), Problem("b.csv", 2, "y", "bad"))
    text = describe(NetworkInvalid(problems, 2), SETTINGS)
    assert text is not None
    assert text.splitlines()[1:] == ["a.csv:1: x: bad", "b.csv:2: y: bad"]


def test_a_defect_has_no_words() -> None:
    """Anything else is a defect and keeps its traceback."""
    assert describe(KeyError("x"), SETTINGS) is None


def test_limits() -> None:
    """Limits are overridden by name; without any the folder's stay."""
    assert limits_of(SETTINGS) is None
    limits = limits_of(Settings(Path("d"), limits={"nodes_max": 7}))
    assert limits is not None
    assert limits.nodes_max == 7


@pytest.mark.parametrize("limits", [{"cats_max": 1}, {"nodes_max": 99_999}])
def test_bad_limits(limits: dict[str, int]) -> None:
    """An unknown limit, or one out of range, is named."""
    with pytest.raises(LimitsInvalid, match=next(iter(limits))):
        limits_of(Settings(Path("d"), limits=limits))
