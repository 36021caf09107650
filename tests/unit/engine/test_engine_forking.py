"""A forked child cannot decide on its parent's engine, nor harm it."""

import os
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from folders import hold, open_engine, set_stock
from tests.native.engines import small_limits

from fastdom.engine.errors import EngineFailed
from fastdom.engine.verify import verify
from fastdom.reasons import EngineError, Reason

TURNS = 20


def in_child(check: Callable[[], None]) -> int:
    """Exit code of a child of this process that runs the check."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            check()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork")
def test_a_child_decides_nothing(tmp_path: Path) -> None:
    """In the child every command is refused, the engine says why, and closing it leaves the parent's folder alone."""
    with open_engine(tmp_path / "data") as engine:
        hold(engine, "r1")

        def check() -> None:
            with pytest.raises(EngineError) as refused:
                hold(engine, "r2")
            assert refused.value.reason is Reason.NOT_DURABLE
            assert "forked" in str(engine.failed)
            with pytest.raises(EngineFailed, match="forked"):
                engine.wait_durable(engine.face.seq + 1)
            engine.close()

        assert in_child(check) == 0
        assert engine.failed is None
        hold(engine, "r3")
        digest = engine.digest()
    with open_engine(tmp_path / "data") as again:
        assert again.digest() == digest
    assert verify(tmp_path / "data").ok


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork")
def test_forks_between_commands_of_other_threads(tmp_path: Path) -> None:
    """However the fork falls among commands of other threads, the child is refused at once and the parent goes on."""
    with open_engine(
        tmp_path / "data", limits=small_limits(request_ids_max=1 << 20, answer_bytes_max=1 << 30)
    ) as engine:
        over, counted = threading.Event(), list[int]()

        def decide(name: int) -> None:
            i = 0
            while not over.is_set():
                set_stock(engine, f"{name}.{i}", "ink", "alder", i % 1000)
                i += 1
            counted.append(i)

        def check() -> None:
            with pytest.raises(EngineError):
                hold(engine, "child")

        threads = [threading.Thread(target=decide, args=(name,)) for name in range(2)]
        for thread in threads:
            thread.start()
        try:
            codes = [in_child(check) for _ in range(TURNS)]
        finally:
            over.set()
            for thread in threads:
                thread.join()
        assert codes == [0] * TURNS
        assert len(counted) == 2
        assert min(counted) > 0
        assert engine.failed is None
