"""Appending batches, per mode and size, with the disk's own fdatasync beside it.

    .venv/bin/python -m pytest bench/micro/test_journal_store.py --benchmark-sort=name

Each round is one append of one batch. `extra_info` in the JSON has the median fdatasync of the run.
"""

import statistics
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from fastdom.journal import DurabilityMode, Journal, frame
from fastdom.journal.probe import measure_fdatasync

SIZES = {"1KB": 1_000, "100KB": 100_000, "500KB": 500_000, "2MB": 2_000_000}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", list(DurabilityMode))
def test_append(benchmark: BenchmarkFixture, tmp_path: Path, mode: str, size: str) -> None:
    """One batch, durable as the mode says."""
    payload = bytes(SIZES[size])
    fdatasync_us = statistics.median(measure_fdatasync(tmp_path))
    with Journal.open(tmp_path / "data", mode) as journal:

        def append() -> None:
            seq = journal.last_seq + 1
            journal.append(seq, seq, payload)

        benchmark.pedantic(append, rounds=100, warmup_rounds=5)  # type: ignore[no-untyped-call]
        assert journal.failed is None
    benchmark.extra_info["fdatasync_us"] = fdatasync_us
    print(f"\n{mode} {size}: fdatasync median {fdatasync_us:.0f} us")


@pytest.mark.parametrize("size", SIZES)
def test_encode(benchmark: BenchmarkFixture, size: str) -> None:
    """Building the frame: one allocation, one copy, one checksum."""
    benchmark(frame.encode, 1, 1, bytes(SIZES[size]))


def test_iterate(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """Reading back 100 MB in batches of 500 KB, every checksum verified."""
    with Journal.open(tmp_path / "data", DurabilityMode.PROCESS) as journal:
        for seq in range(1, 201):
            journal.append(seq, seq, bytes(500_000))
        journal.sync()
        total = benchmark.pedantic(lambda: sum(len(f.payload) for f in journal.iterate()), rounds=5)  # type: ignore[no-untyped-call]
        assert total == 100_000_000


def test_checkpoint(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """Writing 64 MB in chunks of 64 KiB, flushed."""
    chunk = bytes(65_536)
    with Journal.open(tmp_path / "data") as journal:
        store = journal.checkpoints
        assert store is not None

        def take() -> None:
            with store.begin(0) as writer:
                for index in range(1000):
                    writer.put("positions", index, chunk)
                writer.commit(b"", {})

        benchmark.pedantic(take, rounds=5)  # type: ignore[no-untyped-call]


def test_space_left(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """Asked before every flush."""
    with Journal.open(tmp_path / "data") as journal:
        journal.append(1, 1, b"x")
        benchmark(journal.space_left)
