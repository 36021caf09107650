"""Why a start failed, in words."""

import asyncio
from pathlib import Path

import grpc.aio
import pytest

from fastdom.engine.errors import ClockBehind, NetworkShrinks
from fastdom.journal import DiskFull, FolderInUse, FormatTooNew, JournalCorrupt
from fastdom.network import NetworkInvalid, Problem
from fastdom_server.listening import AddressInUse, AddressInvalid, bind
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
    AddressInvalid("127.0.0.1:99999"),
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


@pytest.mark.parametrize("address", ["127.0.0.1:99999", "banana", ":7443", "127.0.0.1:", "127.0.0.1:-1"])
def test_an_address_nobody_could_bind_is_refused_before_grpc_sees_it(address: str) -> None:
    """A port above 65535 would be taken modulo 65536, and one that is missing at random."""

    async def bind_it() -> None:
        bind(grpc.aio.server(), address)

    with pytest.raises(AddressInvalid):
        asyncio.run(bind_it())
