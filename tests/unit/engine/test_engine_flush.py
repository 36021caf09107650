"""The flush thread: replies wait for the disk; the first failure is the last word."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from folders import hold, open_engine, set_stock
from tests.native.engines import small_limits

from fastdom._native import segment_writer
from fastdom._native.engine import NativeEngine
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
    """The native writer's next pwrite(2) finds no space."""
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


def test_who_decides_may_write_through(tmp_path: Path) -> None:
    """In mode process `through` makes a decision durable without the flush thread, unless that one was quicker; a
    restart has it."""
    with open_engine(tmp_path / "data", durability="process") as engine:
        set_stock(engine, "first", "ink", "alder", 60)
        writer = engine._flush._writer
        assert writer is not None
        assert engine.through is not None
        before = writer.batches_through
        for i in range(100):
            engine.face.set_inventory(SetInventoryRequest(f"s{i}", "ink", "alder", i), engine.now_us())
            if not engine.through():
                engine.wait_durable(engine.face.seq)
            assert engine.durable_seq == engine.face.seq
        assert writer.batches_through > before + 10
        digest = engine.digest()
    with open_engine(tmp_path / "data", durability="process") as again:
        assert again.digest() == digest


def test_with_nothing_decided_through_has_nothing_to_do(tmp_path: Path) -> None:
    """`through` after everything is durable says so and writes nothing."""
    with open_engine(tmp_path / "data", durability="process") as engine:
        set_stock(engine, "first", "ink", "alder", 60)
        writer = engine._flush._writer
        assert writer is not None
        before = writer.batches
        assert engine.through is not None
        assert engine.through()
        assert writer.batches == before


@pytest.mark.parametrize("mode", [DurabilityMode.STRICT, DurabilityMode.RELAXED])
def test_nobody_writes_through_to_a_disk(tmp_path: Path, mode: str) -> None:
    """Where a flush waits for a disk only the flush thread writes."""
    with open_engine(tmp_path / "data", durability=mode) as engine:
        assert engine.through is None


def test_a_failed_engine_writes_nothing_through(tmp_path: Path) -> None:
    """What is decided before the engine latches is not acknowledged by `through`."""
    with open_engine(tmp_path / "data", durability="process") as engine:
        set_stock(engine, "first", "ink", "alder", 60)
        durable = engine.durable_seq
        engine.face.set_inventory(SetInventoryRequest("lost", "ink", "alder", 1), engine.now_us())
        engine.face.fail()
        assert engine.through is not None
        assert not engine.through()
        assert engine.durable_seq == durable


def test_threads_write_through_over_many_segments(tmp_path: Path) -> None:
    """Four threads decide and write through, beside the flush thread and a reader of durable_seq, over small segments:
    durable_seq never falls, every decision becomes durable, and a restart and `verify` find the same."""
    with open_engine(tmp_path / "data", durability="process") as engine:
        process, writer = engine.journal._process, engine._flush._writer
        assert process is not None
        assert writer is not None
        assert engine.through is not None
        process._segments._bytes = 8192
        through, falls, over = engine.through, list[int](), threading.Event()

        def watch() -> None:
            last = 0
            while not over.is_set():
                seen = engine.durable_seq
                if seen < last:
                    falls.append(seen)
                last = seen

        def decide(name: int) -> None:
            for i in range(150):
                request = SetInventoryRequest(f"{name}.{i}", "ink", "alder", i)
                seq = engine.face.set_inventory(request, engine.now_us()).seq
                if not (through() and engine.durable_seq >= seq):
                    engine.wait_durable(seq)
                if name == 0 and i % 40 == 0:  # one at a time: a second one would be refused
                    engine.checkpoint()

        watching = threading.Thread(target=watch)
        threads = [threading.Thread(target=decide, args=(name,)) for name in range(4)]
        for thread in (watching, *threads):
            thread.start()
        for thread in threads:
            thread.join()
        over.set()
        watching.join()
        assert not falls
        assert engine.durable_seq == engine.face.seq
        assert writer.batches_through
        digest = engine.digest()
    with open_engine(tmp_path / "data", durability="process") as again:
        assert again.digest() == digest
    assert verify(tmp_path / "data").ok


THROUGH = """
import sys
from pathlib import Path
from folders import open_engine
from fastdom.types import SetInventoryRequest

engine = open_engine(Path(sys.argv[1]))
for i in range(1_000_000):
    seq = engine.face.set_inventory(SetInventoryRequest(f"{sys.argv[2]}.{i}", "ink", "alder", i), engine.now_us()).seq
    if not (engine.through() and engine.durable_seq >= seq):
        engine.wait_durable(seq)
    sys.stdout.write(f"{seq}\\n")
    sys.stdout.flush()
"""


def test_what_was_written_through_survives_a_kill(tmp_path: Path) -> None:
    """Four lives end by SIGKILL at a random moment: every sequence told before is there, and the journal is sound."""
    draw = random.Random(random.SystemRandom().randrange(1 << 32))
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    for life in range(4):
        run = [sys.executable, "-c", THROUGH, str(tmp_path / "data"), str(life)]
        child = subprocess.Popen(run, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths})
        assert child.stdout is not None
        acked = 0
        for _ in range(draw.randrange(1, 2000)):
            acked = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        acked = int([str(acked), *child.stdout.read().split("\n")[:-1]][-1])
        child.wait()
        assert acked
        with open_engine(tmp_path / "data") as engine:
            assert engine.face.seq >= acked
    assert verify(tmp_path / "data").ok


def test_who_was_left_to_the_flush_thread_is_woken_by_who_writes(tmp_path: Path) -> None:
    """A caller told to wait hears at wake_fd that another caller wrote his decision with its own."""
    face = NativeEngine(small_limits().as_dict(), bytes(16))
    face.start(1 << 40)
    writer = segment_writer.SegmentWriter(face)
    face.intern(0, [b"ink"], 1)
    assert not writer.through_now(), "there is no segment yet"
    fd = os.open(tmp_path / "segment", os.O_RDWR | os.O_CREAT)
    os.ftruncate(fd, 1 << 16)
    writer.give(fd, 1 << 16)
    face.intern(0, [b"jar"], 2)
    assert writer.through_now()
    assert face.durable_seq == face.seq
    assert os.read(face.wake_fd, 8)
    face.intern(0, [b"kit"], 3)
    assert writer.through_now()
    with pytest.raises(BlockingIOError):
        os.read(face.wake_fd, 8)
    os.close(fd)


def test_nothing_becomes_durable_after_close(tmp_path: Path) -> None:
    """What is decided after the folder was given up is never told to be durable: a restart has not got it."""
    engine = open_engine(tmp_path / "data", durability="process")
    through = engine.through
    assert through is not None
    set_stock(engine, "before", "ink", "alder", 60)
    engine.close()
    engine.face.set_inventory(SetInventoryRequest("after", "ink", "alder", 61), engine.now_us())
    assert not through()
    assert engine.durable_seq == engine.face.seq - 1
    with open_engine(tmp_path / "data", durability="process") as again:
        assert again.face.seq == engine.durable_seq


def test_callers_who_write_through_while_the_engine_closes_lose_nothing(tmp_path: Path) -> None:
    """Whatever was told durable to threads that went on during close is there after a restart."""
    for turn in range(5):
        folder = tmp_path / f"data{turn}"
        engine = open_engine(folder, durability="process")
        told = [0, 0]
        begun = threading.Barrier(3)

        def go_on(at: int, engine: Engine = engine, told: list[int] = told, begun: threading.Barrier = begun) -> None:
            through = engine.through
            assert through is not None
            begun.wait()
            for i in range(300):
                request = SetInventoryRequest(f"t{at}-{i}", "ink", "alder", 60 + i)
                seq = engine.face.set_inventory(request, engine.now_us()).seq
                if through() or engine.durable_seq >= seq:
                    told[at] = seq

        threads = [threading.Thread(target=go_on, args=(at,)) for at in range(2)]
        for thread in threads:
            thread.start()
        begun.wait()
        engine.close()
        for thread in threads:
            thread.join()
        with open_engine(folder, durability="process") as again:
            assert again.face.seq >= max(told)
