"""Start-up: newest good checkpoint, then the journal after it."""

from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from types import SimpleNamespace

import pytest
from folders import commit, files, fulfill, hold, open_engine, set_stock
from tests.native.engines import small_limits

from fastdom._native import snapshot
from fastdom._native.engine import NativeEngine
from fastdom.engine import checkpointing
from fastdom.engine.engine import Engine
from fastdom.engine.errors import ClockBehind, ReplayFailed
from fastdom.engine.recovery import replay
from fastdom.engine.verify import verify
from fastdom.journal import FolderInUse, FolderMissing, Journal, JournalCorrupt
from fastdom.journal.frame import HEADER_BYTES, FrameDamaged, decode_all
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


def foreign_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints written from now on say another layout, as one of a build with other structs does."""
    dump = snapshot.dump

    def written(engine: NativeEngine) -> Iterator[tuple[str, bytes]]:
        at = -8 * snapshot.LAYOUTS_MAX
        for section, chunk in dump(engine):
            yield section, (chunk[:at] + b"\x63" + chunk[at + 1 :] if section == "head" else chunk)

    monkeypatch.setattr(checkpointing, "snapshot", SimpleNamespace(dump=written))


def test_a_checkpoint_of_another_build_costs_time_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checkpoint before it serves; where there is none, the whole journal; a new one is written over them."""
    for older in (0, 1):
        folder = tmp_path / str(older)
        with monkeypatch.context() as patch, open_engine(folder) as engine:
            seq = engine.checkpoint().seq if older else 0
            hold(engine, "one")
            foreign_heads(patch)
            engine.checkpoint()
            hold(engine, "two")
            digest = engine.digest()
        with open_engine(folder) as engine:
            assert engine.recovery.checkpoint_seq == seq
            assert engine.digest() == digest
            assert engine.checkpoint().digest == digest[0]


def test_a_pruned_folder_of_another_build_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left to start from: the message names the struct and the build to use."""
    with monkeypatch.context() as patch, open_engine(tmp_path / "data") as engine:
        foreign_heads(patch)
        for name in ("one", "two"):
            hold(engine, name)
            engine.checkpoint()
    with Journal.open(tmp_path / "data") as journal:
        assert journal.first_seq > 1
    with pytest.raises(ReplayFailed, match=r"its Head has layout 99 .* start the build that wrote it"):
        open_engine(tmp_path / "data")


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


def frames_made(folder: Path) -> bytes:
    """Frames of a short life, without a gap."""
    with open_engine(folder) as engine:
        for i in range(6):
            set_stock(engine, f"s{i}", "ink", "alder", 40 + i)
    with Journal.open(folder, "process", move_interval_us=0) as journal:
        return b"".join(value for _, value in journal.values())


def test_frames_are_judged_natively_as_in_python(tmp_path: Path) -> None:
    """`replay_frames` takes sound frames to the same state as `replay`, and stops before the frame that any one damaged
    byte stands in, where `decode_all` raises."""
    data = frames_made(tmp_path / "data")
    frames = list(decode_all(memoryview(data)))
    ends = list(accumulate(HEADER_BYTES + len(frame.payload) for frame in frames))
    one, other = bare(), bare()
    assert one.replay_frames(data, 1 << 62) == len(data)
    for frame in frames:
        other.replay(*frame)
    assert one.digest() == other.digest()
    assert one.seq == frames[-1].last_seq
    for at in range(0, len(data), 7):
        damaged = bytearray(data)
        damaged[at] ^= 0x10
        sound = sum(end <= at for end in ends)
        face = bare()
        assert face.replay_frames(damaged, 1 << 62) == (ends[sound - 1] if sound else 0)
        with pytest.raises(FrameDamaged):
            list(decode_all(memoryview(damaged)))


def test_replay_of_frames_ends_where_it_is_told(tmp_path: Path) -> None:
    """A frame behind `until_seq` is left, one applied already is passed over, one that does not follow is not taken."""
    data = frames_made(tmp_path / "data")
    frames = list(decode_all(memoryview(data)))
    first = HEADER_BYTES + len(frames[0].payload)
    face = bare()
    assert face.replay_frames(data, frames[0].last_seq) == first
    assert face.seq == frames[0].last_seq
    assert face.replay_frames(data, 1 << 62) == len(data)
    assert face.replay_frames(data, 1 << 62) == len(data)
    assert bare().replay_frames(data[first:], 1 << 62) == 0


def test_a_missing_value_is_a_corrupt_journal(tmp_path: Path) -> None:
    """Values with a gap between them end a recovery, and the message says where the journal goes on."""
    frames_made(tmp_path / "data")
    with Journal.open(tmp_path / "data", "process", move_interval_us=0) as journal:
        values = list(journal.values())
        journal.values = lambda _: iter([(first + 5, value) for first, value in values])  # type: ignore[method-assign]
        with pytest.raises(JournalCorrupt, match="the next batch is 6"):
            replay(bare(), journal)


def bare() -> NativeEngine:
    """An engine that waits for a journal."""
    return NativeEngine(small_limits().as_dict(), bytes(16))
