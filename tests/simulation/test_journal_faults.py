"""The journal on a disk that stops at any step, by kill -9 or by power loss, life after life, from a seed.

After kill -9 the files are as they were, with the last write cut anywhere. After a power loss LMDB is as its last
flushed commit left it, while of a segment any page may be missing, a new file may not be there, and a deleted one may
be there again. There is no clock to fake: the mover runs when the seed says so.
"""

import os
import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import lmdb
import pytest

from fastdom.journal import CheckpointStore, DurabilityMode, Journal, batches
from fastdom.journal import process as process_module
from fastdom.journal.disk import Disk
from fastdom.journal.frame import Bytes

SEEDS = int(os.environ.get("FASTDOM_SIMULATION_SEEDS", "120"))
LIVES = 6
STEPS = 60
PAGE = 64
"""Bytes that the simulated disk keeps or loses as one; small, so that a frame spans several."""


class Crash(BaseException):
    """The machine or the process is gone."""


class Violation(AssertionError):
    """A promise was broken."""


@dataclass
class Image:
    """What the disk shows after the crash."""

    files: dict[Path, bytes] = field(default_factory=dict)


class SimulatedDisk(Disk):
    """Counts steps down to a crash, and knows what a power loss may leave."""

    def __init__(self, draw: random.Random, folder: Path, steps: int, *, power: bool) -> None:
        self.draw, self.folder, self.steps, self.power = draw, folder, steps, power
        self.image: Image | None = None
        self.flushed = {path: path.read_bytes() for path in folder.rglob("data.mdb")}
        self.before: dict[Path, bytes] = dict(self.flushed)
        self.created: set[Path] = set()
        self.deleted: dict[Path, bytes] = {}

    def step(self) -> bool:
        """Count; True when the crash is due within this step."""
        if self.image is not None:
            raise Crash
        self.steps -= 1
        return self.steps <= 0

    def crash(self) -> None:
        """Take the picture and stop everything."""
        self.image = self._after_power_loss() if self.power else self._after_kill()
        raise Crash

    def create(self, path: Path, size: int) -> int:
        """Crash before or after."""
        due = self.step()
        if due and self.draw.random() < 0.5:
            self.crash()
        fd = super().create(path, size)
        self.created.add(path)
        if due:
            os.close(fd)
            self.crash()
        return fd

    def write(self, fd: int, pieces: Sequence[Bytes]) -> None:
        """Crash after any part."""
        whole = b"".join(pieces)
        if self.step():
            super().write(fd, [whole[: self.draw.randrange(len(whole) + 1)]])
            self.crash()
        super().write(fd, [whole])

    def replace(self, path: Path, content: bytes) -> None:
        """Crash before."""
        if self.step():
            self.crash()
        super().replace(path, content)

    def unlink(self, path: Path) -> None:
        """Crash before or after."""
        due = self.step()
        if not due or self.draw.random() < 0.5:
            self.deleted[path] = path.read_bytes()
            super().unlink(path)
        if due:
            self.crash()

    def sync_folder(self, folder: Path) -> None:
        """From here on the names in it are certain."""
        if self.step():
            self.crash()
        super().sync_folder(folder)
        self.created = {path for path in self.created if path.parent != folder}
        self.deleted = {path: data for path, data in self.deleted.items() if path.parent != folder}

    def commit(self, env: lmdb.Environment, txn: "lmdb.Transaction[bytes]") -> None:
        """Crash before or after."""
        due = self.step()
        if not due or self.draw.random() < 0.5:
            path = Path(env.path()) / "data.mdb"
            super().commit(env, txn)
            self.before[path] = self.flushed.get(path, b"")
            self.flushed[path] = path.read_bytes()
            if env.flags()["metasync"]:
                self.before[path] = self.flushed[path]
        if due:
            self.crash()

    def sync(self, env: lmdb.Environment) -> None:
        """Crash before."""
        if self.step():
            self.crash()
        super().sync(env)
        path = Path(env.path()) / "data.mdb"
        self.before[path] = self.flushed[path] = path.read_bytes()

    def _after_kill(self) -> Image:
        return Image({path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()})

    def _after_power_loss(self) -> Image:
        image = self._after_kill()
        for path in list(image.files):
            if path.name == "data.mdb":
                image.files[path] = self.draw.choice((self.before, self.flushed)).get(path, b"")
        for path, data in self.deleted.items():
            if self.draw.random() < 0.5:
                image.files[path] = data
        keep = self.draw.choice((0.0, 0.5, 0.95, 1.0))
        for path in [path for path in image.files if path.suffix == ".seg"]:
            if path in self.created and self.draw.random() < 0.2:
                del image.files[path]
                continue
            image.files[path] = b"".join(self._pages(image.files[path], keep))
        return image

    def _pages(self, data: bytes, keep: float) -> Iterator[bytes]:
        for at in range(0, len(data), PAGE):
            page = data[at : at + PAGE]
            yield page if self.draw.random() < keep else bytes(len(page))


class World:
    """One data folder through several lives, and what was promised about it."""

    def __init__(self, seed: int, root: Path) -> None:
        self.draw = random.Random(seed)
        self.folder = root / "data"
        self.written: dict[int, tuple[int, bytes]] = {}
        self.acked: list[int] = []
        self.synced = 0
        self.required = 0
        self.durable = 0
        self.checkpoint = 0

    def live(self) -> None:
        """One life, from a start to a crash; then, or only after more lives, the judgement."""
        mode, power = self.draw.choice(list(DurabilityMode)), self.draw.random() < 0.6
        disk = SimulatedDisk(self.draw, self.folder, self.draw.randrange(1, STEPS), power=power)
        journal = None
        try:
            journal = self._open(mode, disk)
            self._resume(journal)
            while True:
                self._act(journal)
                self.synced = max(self.synced, journal.synced_seq)
        except Crash:
            with suppress(Crash):
                if journal is not None:
                    journal.close()
        assert disk.image is not None
        if journal is not None:
            self.durable = max(self.durable, self._flushed(mode))
            self.required = self.acked[-1]
        if power:
            self.required = self.durable
        self._restore(disk.image)
        if self.draw.random() < 0.5:
            self.judge()

    def _resume(self, journal: Journal) -> None:
        """What a start has found is certain from then on, and what it has not found must never come back."""
        self._demand(journal)
        end = journal.last_seq
        self.written = {first: batch for first, batch in self.written.items() if first <= end}
        self.acked = [seq for seq in self.acked if seq < end] + [end]
        self.required = self.durable = self.synced = end

    def _demand(self, journal: Journal) -> None:
        if journal.last_seq < self.required:
            raise Violation(f"ends at {journal.last_seq}, promised {self.required}")

    def _open(self, mode: DurabilityMode, disk: Disk | None = None) -> Journal:
        return Journal.open(
            self.folder, mode, disk=disk, segment_bytes=1 << 11, move_interval_us=0, map_size=16 << 20, map_max=1 << 30
        )

    def _act(self, journal: Journal) -> None:
        dice = self.draw.random()
        store = journal.checkpoints
        assert store is not None
        if dice < 0.75:
            first, last = journal.last_seq + 1, journal.last_seq + self.draw.randrange(1, 4)
            payload = self.draw.randbytes(self.draw.randrange(1, 900))
            self.written[first] = (last, payload)
            journal.append(first, last, payload, blobs=[payload] if dice < 0.05 else ())
            self.acked.append(last)
        elif dice < 0.87:
            self.synced = max(self.synced, journal.sync())
        elif dice < 0.93:
            self._take(store, journal.last_seq)
        else:
            journal.prune(journal.last_seq, limit=self.draw.randrange(1, 9))

    def _take(self, store: CheckpointStore, seq: int) -> None:
        with store.begin(seq) as writer:
            for index in range(self.draw.randrange(4)):
                writer.put("state", index, b"%d" % seq)
            writer.commit(b"%d" % seq, {})
        self.checkpoint = seq

    def _flushed(self, mode: DurabilityMode) -> int:
        """Last sequence number of this life that a power loss must not take."""
        if mode is DurabilityMode.STRICT:
            return self.acked[-1]
        return self.acked[-2] if mode is DurabilityMode.RELAXED and len(self.acked) > 1 else self.synced

    def _restore(self, image: Image) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        for path, data in image.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        (self.folder / "segments").mkdir(parents=True, exist_ok=True)

    def judge(self) -> None:
        """What is there is a run of what was written, reaches as far as promised, and a checkpoint can be built on."""
        with self._open(DurabilityMode.STRICT) as journal:
            self._resume(journal)
            reader = journal.checkpoints.newest_good() if journal.checkpoints else None
            start = reader.seq if reader else 0
            expected = journal.first_seq
            if not self.checkpoint <= start <= journal.last_seq or expected > start + 1:
                raise Violation(f"checkpoint {start}, taken {self.checkpoint}, journal {expected}..{journal.last_seq}")
            for batch in journal.iterate(expected or 1):
                if batch.first_seq != expected or self.written.get(expected) != (batch.last_seq, bytes(batch.payload)):
                    raise Violation(f"batch {batch.first_seq} is not what was written as {expected}")
                expected = batch.last_seq + 1


def simulate(seed: int) -> None:
    """Run one world; a Violation names the seed."""
    shared = Path("/dev/shm")
    root = Path(tempfile.mkdtemp(prefix="fastdom-", dir=shared if shared.is_dir() else None))
    try:
        world = World(seed, root)
        for _ in range(LIVES):
            world.live()
        world.judge()
    except Violation as violation:
        raise Violation(f"seed {seed}: {violation}") from violation
    finally:
        shutil.rmtree(root)


def hunt(seeds: int) -> None:
    """Run many worlds until one breaks a promise."""
    for seed in range(seeds):
        simulate(seed)


@pytest.mark.parametrize("part", range(4))
def test_no_crash_breaks_a_promise(part: int) -> None:
    """Kill -9 loses nothing acknowledged; a power loss loses only what the mode allows, and never leaves a gap."""
    base = random.SystemRandom().randrange(1 << 32)
    for seed in range(base + part, base + SEEDS, 4):
        simulate(seed)


@pytest.mark.parametrize("seed", range(10))
def test_known_seeds(seed: int) -> None:
    """The same worlds every time, for comparison."""
    simulate(seed)


def test_simulation_finds_a_canary(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mover that deletes segments before LMDB is flushed is caught, so the simulation can see."""

    def step(log: process_module.ProcessLog) -> int:
        extents = log._segments.take()
        data = [(extent.first_seq, log._segments.read(extent)) for extent in extents]
        log._settle(extents)

        def change(txn: "lmdb.Transaction[bytes]") -> None:
            for first, value in data:
                batches.put(txn, log._env["batches"], first, value)

        log._env.transact(change)
        log.synced_seq = extents[-1].last_seq
        return sum(extent.length for extent in extents)

    monkeypatch.setattr(process_module.ProcessLog, "_step", step)
    with pytest.raises(Violation, match=r"seed \d+: "):
        hunt(1000)
