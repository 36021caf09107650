"""Checkpoints: written beside the live engine, pruned behind the older one, loaded to the same state."""

import threading
from pathlib import Path

import pytest
from folders import fulfill, hold, open_engine
from tests.native.engines import small_limits

from fastdom.engine.checkpointing import write_checkpoint
from fastdom.engine.verify import verify
from fastdom.journal import CheckpointFailed, DurabilityMode, Journal
from fastdom.types import SetInventoryRequest


def test_a_checkpoint_has_the_digest_of_its_sequence(tmp_path: Path) -> None:
    """Of a quiet engine it has the live digest and sequence, counts its bytes, and prunes nothing the first time."""
    with open_engine(tmp_path / "data") as engine:
        hold(engine, "one")
        info = engine.checkpoint()
        assert (info.digest, info.seq) == engine.digest()[:2]
        assert info.size_bytes > 0
        assert info.pruned == 0


def test_an_engine_without_a_command_can_be_checkpointed(tmp_path: Path) -> None:
    """Sequence 0 is a state as well, and the folder opens again."""
    with open_engine(tmp_path / "data", network=None) as engine:
        assert engine.checkpoint().seq == 0
    with open_engine(tmp_path / "data") as engine:
        hold(engine, "one")


def test_the_journal_before_the_older_checkpoint_is_pruned(tmp_path: Path) -> None:
    """With two checkpoints kept, nothing before the older one stays, and a verify begins there."""
    folder = tmp_path / "data"
    with open_engine(folder) as engine:
        seqs = []
        for i in range(3):
            for n in range(5):
                hold(engine, f"{i}-{n}")
            seqs.append(engine.checkpoint().seq)
        assert engine.journal.first_seq > seqs[0]
        assert engine.journal.first_seq <= seqs[1] + 1
        digest = engine.digest()
    with open_engine(folder) as engine:
        assert engine.digest() == digest
    report = verify(folder)
    assert report.ok
    assert f"checkpoint at {seqs[1]}: loads to its digest" in report.replay


def test_two_checkpoints_of_one_moment(tmp_path: Path) -> None:
    """A second checkpoint without a command in between is as good as the first."""
    with open_engine(tmp_path / "data") as engine:
        hold(engine, "one")
        first, second = engine.checkpoint(), engine.checkpoint()
        assert (first.seq, first.digest) == (second.seq, second.digest)
    assert verify(tmp_path / "data").ok


@pytest.mark.parametrize("mode", list(DurabilityMode))
def test_checkpoints_while_commands_run(tmp_path: Path, mode: str) -> None:
    """Checkpoints beside running commands are states the engine went through: each loads to its digest, replays reach
    it, and the engine goes on undisturbed."""
    folder = tmp_path / "data"
    limits = small_limits(reservations_max=100_000, request_ids_max=100_000)
    with open_engine(folder, durability=mode, limits=limits) as engine:
        stop, made = threading.Event(), list[str]()

        def work() -> None:
            while not stop.is_set():
                reservation = hold(engine, f"r{len(made)}", firm=True, sku="jar", node="birch")
                fulfill(engine, f"f{len(made)}", reservation)
                made.append(reservation)
                engine.face.set_inventory(SetInventoryRequest(f"c{len(made)}", "jar", "birch", 7), engine.now_us())

        thread = threading.Thread(target=work)
        thread.start()
        seqs = []
        while len(seqs) < 3:
            seqs.append(engine.checkpoint().seq)
        stop.set()
        thread.join()
        assert made
        assert seqs == sorted(seqs)
        engine.wait_durable(engine.face.seq)
        digest = engine.digest()
        assert engine.face.recount() == []
    report = verify(folder)
    assert report.ok, report.lines()
    assert f"digest {digest[0]}" in report.replay[-1]
    with open_engine(folder, durability=mode) as engine:
        assert engine.digest() == digest


def test_a_folder_open_for_reading_is_not_checkpointed(tmp_path: Path) -> None:
    """A reader writes nothing: the checkpoint is refused."""
    with open_engine(tmp_path / "data") as engine:
        hold(engine, "one")
    with (
        Journal.open(tmp_path / "data", read_only=True) as journal,
        pytest.raises(CheckpointFailed, match="open for reading only"),
    ):
        write_checkpoint(journal, small_limits())
