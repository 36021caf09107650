"""Start-up: newest good checkpoint, then the journal after it."""

from pathlib import Path

import pytest
from folders import commit, files, fulfill, hold, open_engine, set_stock
from tests.native.engines import small_limits

from fastdom.engine.engine import Engine
from fastdom.engine.errors import ClockBehind, ReplayFailed
from fastdom.engine.verify import verify
from fastdom.journal import FolderInUse, FolderMissing, Journal
from fastdom.network import NetworkInvalid


def test_an_empty_folder_recovers_nothing(tmp_path: Path) -> None:
    """A new folder starts at sequence 0 without a network; nothing was replayed."""
    with open_engine(tmp_path / "data", network=None) as engine:
        assert (engine.recovery.entries, engine.recovery.checkpoint_seq, engine.network_version) == (0, 0, 0)
        assert engine.digest()[1] == 0


def test_recovery_tells_what_it_replayed(tmp_path: Path) -> None:
    """Without a checkpoint every entry; with one the entries after it; progress reaches the last sequence."""
    with open_engine(tmp_path / "data") as engine:
        hold(engine, "one")
        seq = engine.face.seq
    seen: list[tuple[int, int]] = []
    with open_engine(tmp_path / "data", progress=lambda *at: seen.append(at)) as engine:
        assert (engine.recovery.checkpoint_seq, engine.recovery.entries) == (0, seq)
        assert seen[-1] == (seq, seq)
        assert engine.checkpoint().seq == seq
        hold(engine, "two")
        digest = engine.digest()
    with open_engine(tmp_path / "data") as engine:
        assert (engine.recovery.checkpoint_seq, engine.recovery.entries) == (seq, 1)
        assert engine.digest() == digest
        assert engine.recovery.ms == engine.recovery.elapsed_us / 1000


def test_time_goes_on_from_the_journal(tmp_path: Path) -> None:
    """A clock far behind the journal is refused with one line, and accepted when told so; time never goes back."""
    with open_engine(tmp_path / "data") as engine:
        anchor_us, anchor_ns = engine.clock._anchor
        engine.clock._anchor = anchor_us + 7_200_000_000, anchor_ns
        hold(engine, "one")
        last = engine.face.now_us
    with pytest.raises(ClockBehind, match=r"7[12][0-9][0-9] s behind"):
        open_engine(tmp_path / "data")
    with open_engine(tmp_path / "data", accept_clock=True) as engine:
        assert engine.now_us() >= last
        hold(engine, "two")


def test_a_folder_is_opened_once(tmp_path: Path) -> None:
    """While an engine has the folder another open is refused, also in the same process; after close it is not."""
    with open_engine(tmp_path / "data"), pytest.raises(FolderInUse):
        open_engine(tmp_path / "data")
    with open_engine(tmp_path / "data"):
        pass


def test_a_failed_start_gives_the_folder_up(tmp_path: Path) -> None:
    """After a start that did not succeed the folder is free: for a bad network, and for a replay that failed."""
    with pytest.raises(NetworkInvalid):
        open_engine(tmp_path / "data", network={"network.toml": b"format = 2"})
    with open_engine(tmp_path / "data") as engine:
        seq = engine.face.seq
    with Journal.open(tmp_path / "data") as journal:
        journal.append(seq + 1, seq + 1, bytes(8) + bytes([99, 0, 6]) + bytes(6))
    for _ in range(2):
        with pytest.raises(ReplayFailed, match=f"entry {seq + 1} of kind 99 does not fit"):
            open_engine(tmp_path / "data")


def test_a_missing_folder_is_made_only_when_asked(tmp_path: Path) -> None:
    """create=False names the folder that is not there."""
    with pytest.raises(FolderMissing, match="no fastdom data folder"):
        Engine.open(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


def test_a_damaged_checkpoint_costs_time_alone(tmp_path: Path) -> None:
    """With the newest checkpoint damaged recovery starts from the one before it and ends in the same state."""
    folder = tmp_path / "data"
    with open_engine(folder) as engine:
        hold(engine, "one")
        first = engine.checkpoint().seq
        fulfilled = hold(engine, "two", firm=True)
        fulfill(engine, "three", fulfilled)
        engine.checkpoint()
        commit(engine, "four", hold(engine, "five"))
        digest = engine.digest()
    with Journal.open(folder) as journal:
        assert journal.checkpoints is not None
        newest = journal.checkpoints.manifests()[0]
        store = journal.checkpoints

        def spoil(txn: object) -> None:
            cursor = txn.cursor(store.env["chunks"])  # type: ignore[attr-defined]
            assert cursor.last()
            cursor.put(cursor.key(), bytes(cursor.value())[:-1] + b"\x00\x01")

        store.env.transact(spoil)
    with open_engine(folder) as engine:
        assert engine.recovery.checkpoint_seq == first < newest.seq
        assert engine.digest() == digest
    assert not verify(folder).ok


def test_network_files_may_be_a_folder(tmp_path: Path) -> None:
    """A network on disk is the same as its files by name."""
    (tmp_path / "network").mkdir()
    for name, content in files().items():
        (tmp_path / "network" / name).write_bytes(content)
    with open_engine(tmp_path / "data", network=tmp_path / "network", limits=small_limits()) as engine:
        assert engine.network_version == 1
        set_stock(engine, "one", "kit", "cedar", 3)
    with open_engine(tmp_path / "data") as engine:
        assert engine.network_version == 1
