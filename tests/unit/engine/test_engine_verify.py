"""Verify: a sound folder is called sound, and everything else is named."""

import subprocess
import sys
from pathlib import Path

from folders import hold, open_engine
from tests.native.engines import MINUTE_US, small_limits

from fastdom.engine.settings import store_limits
from fastdom.engine.verify import verify
from fastdom.journal import Journal


def test_a_sound_folder(tmp_path: Path) -> None:
    """The report tells entries and digest, compares each checkpoint, and changes nothing."""
    folder = tmp_path / "data"
    with open_engine(folder) as engine:
        hold(engine, "one")
        seq = engine.checkpoint().seq
        hold(engine, "two")
        digest = engine.digest()[0]
    report = verify(folder)
    assert report.ok
    assert f"checkpoint at {seq}: equal to a replay" in report.replay
    assert report.replay[-1].endswith(f"digest {digest}")
    assert report.lines()[-1] == f"{folder}: sound"
    with open_engine(folder) as engine:
        assert engine.digest()[0] == digest


def test_a_checkpoint_that_no_replay_gives_is_a_problem(tmp_path: Path) -> None:
    """A checkpoint with another digest than the journal adds up to is told, and the folder is not sound."""
    folder = tmp_path / "data"
    with open_engine(folder, limits=small_limits(request_window_us=MINUTE_US)) as engine:
        for i in range(3):
            hold(engine, f"r{i}")
            engine.clock._anchor = engine.clock._anchor[0] + 2 * MINUTE_US, engine.clock._anchor[1]
        seq = engine.checkpoint().seq
    with Journal.open(folder) as journal:
        store_limits(journal, small_limits())
    report = verify(folder)
    assert not report.ok
    assert any(f"checkpoint at {seq}: differs from a replay" in line for line in report.problems)


def test_an_entry_that_does_not_fit_is_a_problem(tmp_path: Path) -> None:
    """A journal whose bytes are right but whose entries are not is told, not raised."""
    folder = tmp_path / "data"
    with open_engine(folder) as engine:
        seq = engine.face.seq
    with Journal.open(folder) as journal:
        journal.append(seq + 1, seq + 1, bytes(8) + bytes([99, 0, 6]) + bytes(6))
    report = verify(folder)
    assert not report.ok
    assert any(f"entry {seq + 1} of kind 99" in line for line in report.problems)


def test_verify_runs_beside_the_engine(tmp_path: Path) -> None:
    """While an engine has a folder another process can verify it."""
    folder = tmp_path / "data"
    with open_engine(folder, durability="strict") as engine:
        hold(engine, "one")
        code = f"from fastdom.engine.verify import verify; print(verify({str(folder)!r}).lines()[-1])"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout == f"{folder}: sound\n"
