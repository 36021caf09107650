"""The flush thread: replies wait for the disk; the first failure is the last word."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from folders import hold, open_engine, set_stock

from fastdom.engine.engine import Engine
from fastdom.engine.errors import EngineFailed
from fastdom.engine.verify import verify
from fastdom.journal import DurabilityMode, JournalFailed, JournalFull
from fastdom.reasons import EngineError, Reason
from fastdom.types import GetReservationRequest, SetInventoryRequest

ERRORS: list[Callable[[Path], Exception]] = [
    lambda folder: JournalFailed(folder, OSError(5, "Input/output error")),
    lambda folder: JournalFull(folder, 10, 0),
    lambda _: OSError(28, "No space left on device"),
    lambda _: RuntimeError("something nobody thought of"),
]


def break_append(engine: Engine, error: Exception) -> None:
    """Every append fails from now on."""

    def append(*_: Any) -> None:
        raise error

    engine.journal.append = append  # type: ignore[method-assign]


def break_segment(engine: Engine, _: Exception) -> None:
    """The native writer's next write(2) finds no space."""
    writer = engine._flush._writer
    assert writer is not None
    writer.give(os.open("/dev/full", os.O_WRONLY), 1 << 40)


BREAKS = [("strict", break_append, error) for error in ERRORS] + [("process", break_segment, ERRORS[0])]


@pytest.mark.parametrize("mode", list(DurabilityMode))
def test_what_was_waited_for_is_there_after_a_restart(tmp_path: Path, mode: str) -> None:
    """In every mode: after wait_durable the sequence is durable, and a closed engine comes back with its digest."""
    with open_engine(tmp_path / "data", durability=mode) as engine:
        reservation = hold(engine, "one", 3)
        assert engine.durable_seq == engine.face.seq
        digest = engine.digest()
    with open_engine(tmp_path / "data", durability=mode) as engine:
        assert engine.digest() == digest
        assert hold(engine, "one", 3) == reservation


def test_closing_flushes_what_is_left(tmp_path: Path) -> None:
    """A command that nobody waited for is in the journal after close; closing twice is closing once."""
    engine = open_engine(tmp_path / "data", durability="strict")
    for i in range(50):
        engine.face.set_inventory(SetInventoryRequest(f"s{i}", "ink", "alder", i), engine.now_us())
    digest = engine.digest()
    engine.close()
    engine.close()
    with open_engine(tmp_path / "data") as again:
        assert again.digest() == digest


def test_commands_of_one_flush_share_a_batch(tmp_path: Path) -> None:
    """While a flush is on its way commands gather: fewer flushes than commands, and all become durable."""
    with open_engine(tmp_path / "data", durability="strict") as engine:
        release, entered = threading.Event(), threading.Event()
        append = engine.journal.append

        def slow(first: int, last: int, payload: Any) -> None:
            entered.set()
            release.wait()
            append(first, last, payload)

        engine.journal.append = slow  # type: ignore[method-assign, assignment]
        before = engine.flushes
        for i in range(20):
            engine.face.set_inventory(SetInventoryRequest(f"s{i}", "ink", "alder", i), engine.now_us())
            entered.wait()
        assert engine.durable_seq < engine.face.seq
        release.set()
        engine.wait_durable(engine.face.seq)
        assert engine.flushes - before == 2


@pytest.mark.parametrize(("mode", "break_journal", "error"), BREAKS, ids=["failed", "full", "disk", "other", "segment"])
def test_a_failed_journal_latches_the_engine(
    tmp_path: Path,
    mode: str,
    break_journal: Callable[[Engine, Exception], None],
    error: Callable[[Path], Exception],
) -> None:
    """The waiter hears EngineFailed, later commands and reads are NOT_DURABLE, on_failure is called once, and what was
    acknowledged before is there after a restart, the rest not."""
    heard: list[BaseException] = []
    engine = open_engine(tmp_path / "data", on_failure=heard.append, durability=mode)
    reservation = hold(engine, "one")
    durable = engine.durable_seq
    break_journal(engine, error(tmp_path))
    with pytest.raises(EngineFailed):
        set_stock(engine, "lost", "ink", "alder", 1)
    assert engine.failed is heard[0]
    assert len(heard) == 1
    assert engine.durable_seq == durable
    for call in (
        lambda: set_stock(engine, "later", "ink", "alder", 2),
        lambda: engine.face.get_reservation(GetReservationRequest(reservation), engine.now_us()),
    ):
        with pytest.raises(EngineError) as refused:
            call()
        assert refused.value.reason == Reason.NOT_DURABLE
    with pytest.raises(EngineFailed):
        engine.wait_durable(durable + 1)
    engine.wait_durable(durable)
    engine.close()
    with open_engine(tmp_path / "data") as again:
        assert again.face.seq == durable
        assert hold(again, "one") == reservation
    assert verify(tmp_path / "data").ok


def test_waiting_ends_at_its_timeout(tmp_path: Path) -> None:
    """A sequence that is not reached in time is a TimeoutError that names it."""
    with open_engine(tmp_path / "data") as engine, pytest.raises(TimeoutError, match=f"{engine.face.seq + 1} is not"):
        engine.wait_durable(engine.face.seq + 1, timeout_s=0.0)


def test_a_decision_that_does_not_fit_latches(tmp_path: Path) -> None:
    """An engine that latched itself says so, although the journal is sound."""
    with open_engine(tmp_path / "data") as engine:
        engine.face.fail()
        assert isinstance(engine.failed, EngineFailed)


def test_the_writer_goes_on_in_the_next_segment(tmp_path: Path) -> None:
    """Batches over many small segments, written natively: all is there after a restart, with the same digest."""
    with open_engine(tmp_path / "data", durability="process") as engine:
        process, writer = engine.journal._process, engine._flush._writer
        assert process is not None
        assert writer is not None
        segments = process._segments
        segments._bytes = 4096
        segments._current.size = segments._current.offset + 300
        writer.give(-1, 0)
        first = segments._current.number
        for i in range(200):
            set_stock(engine, f"s{i}", "ink", "alder", i + 1)
        assert segments._current.number > first + 3
        digest = engine.digest()
    with open_engine(tmp_path / "data", durability="process") as again:
        assert again.digest() == digest


def test_a_checkpoint_waits_until_the_journal_was_told(tmp_path: Path) -> None:
    """The journal hears of native batches now and then; a checkpoint has everything that was durable before it."""
    with open_engine(tmp_path / "data", durability="process") as engine:
        for i in range(20):
            set_stock(engine, f"s{i}", "ink", "alder", i + 1)
            assert engine.checkpoint().seq == engine.face.seq
