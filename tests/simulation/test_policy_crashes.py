"""Policies and networks changed on a disk that stops at any commit, by kill -9 or power loss, life after life, by seed.

After each crash the engine is opened again. Its network version and its registry must be those after some change that
was made, as one: never a network with the policies of another, never half of an activation; no change that was
acknowledged may be missing; and it must decide by exactly the versions that are active.
"""

import errno
import json
import os
import random
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import pytest
from tests.native.engines import line, network_files, order, small_limits
from tests.simulation.test_journal_faults import SimulatedDisk, Violation

from fastdom.engine import networks
from fastdom.engine.engine import Engine
from fastdom.engine.errors import CannotStart, EngineFailed
from fastdom.engine.policy_desk import Asked, Source
from fastdom.engine.verify import verify
from fastdom.journal import Journal, JournalError
from fastdom.policy import Registry, State
from fastdom.reasons import EngineError, Reason
from fastdom.types import PolicyRef, RouteRequest

SEEDS = int(os.environ.get("FASTDOM_SIMULATION_SEEDS", "120")) // 4
LIVES = 5
STEPS = 70
NAMES = ("cheapest", "greenest", "nearest")
Moment = tuple[int, Registry]
"""Network version and registry."""
STOPPED = (JournalError, EngineFailed, CannotStart, EngineError, OSError)
"""What a call raises when the disk has stopped."""


class StoppingDisk(SimulatedDisk):
    """The disk of the journal's simulation; once it has stopped every step fails, as the engine's threads expect."""

    def step(self) -> bool:
        if self.image is not None:
            self.fail()
        self.steps -= 1
        return self.steps <= 0

    def crash(self) -> NoReturn:
        self.image = self._after_power_loss() if self.power else self._after_kill()
        self.fail()

    def fail(self) -> NoReturn:
        """Nothing reaches this disk any more."""
        raise OSError(errno.EIO, "the disk has stopped")


def network(draw: random.Random, salt: int) -> dict[str, bytes]:
    """Files of a network that differs from every other, and whose policy may."""
    files = network_files(capacity={"alder": ("UNITS", 1 + salt)})
    distance = draw.choice((b"1000", b"2000", b"3000"))
    return {**files, "network.toml": files["network.toml"].replace(b"unit = 1000", b"unit = " + distance)}


def document(draw: random.Random, name: str) -> Source:
    """Some policy of the name."""
    body = {"format": 1, "name": name, "objectives": {"shipping": {"weight": draw.randrange(1, 9)}}}
    return Source(json.dumps(body).encode(), is_json=True)


class World:
    """One data folder through several lives: what was made of it, and what was acknowledged."""

    def __init__(self, seed: int, root: Path) -> None:
        self.draw = random.Random(seed)
        self.folder = root / "data"
        self.made: list[Moment] = [(0, Registry())]
        self.acked = 0
        self.changes = 0

    def live(self, patch: pytest.MonkeyPatch) -> None:
        """One life, from a start to a crash, and the judgement."""
        disk = StoppingDisk(self.draw, self.folder, self.draw.randrange(1, STEPS), power=self.draw.random() < 0.5)
        engine = None
        try:
            with patch.context() as patched:
                opened = Journal.open
                patched.setattr(Journal, "open", lambda *args, **more: opened(*args, **more, disk=disk))
                engine = Engine.open(self.folder, limits=small_limits())
            while True:
                self.act(engine)
        except STOPPED:
            if disk.image is None:
                raise
        finally:
            if engine is not None:
                self.note(engine)
                with suppress(*STOPPED):
                    engine.close()
        assert disk.image is not None
        shutil.rmtree(self.folder, ignore_errors=True)
        for path, data in disk.image.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        (self.folder / "segments").mkdir(parents=True, exist_ok=True)
        self.judge()

    def act(self, engine: Engine) -> None:
        """One change, noted as made once it is journalled, as acknowledged once it is durable."""
        self.changes += 1
        asked = Asked(f"change-{self.changes}")
        desk = engine.policies
        name = self.draw.choice(NAMES)
        versions = desk.registry.versions(name)
        drafts = [entry for entry in versions if entry.state is State.DRAFT]
        dice = self.draw.random()
        try:
            if engine.network is None or dice < 0.2:
                engine.activate_network(*networks.read_network(network(self.draw, self.changes)))
            elif dice < 0.5 or not versions:
                desk.create(document(self.draw, name), asked)
            elif dice < 0.9 and drafts:
                chosen = self.draw.choice(drafts)
                desk.activate(name, chosen.version, chosen.etag, asked)
            elif dice < 0.95 and desk.registry.active(name):
                desk.set_default(name, asked)
            else:
                engine.checkpoint()
        finally:
            self.note(engine)
        engine.wait_durable(engine.face.seq)
        self.acked = len(self.made) - 1

    def note(self, engine: Engine) -> None:
        """Remember what a change came to in memory."""
        now = (engine.network_version, engine.policies.registry)
        if now != self.made[-1]:
            self.made.append(now)

    def judge(self) -> None:
        """What is there is what some change led to, no earlier than the last acknowledged one, and decides so."""
        with Engine.open(self.folder) as engine:
            found = (engine.network_version, engine.policies.registry)
            if found not in self.made[self.acked :]:
                known = self.made.index(found) if found in self.made else None
                raise Violation(f"found change {known} of {len(self.made) - 1}, acknowledged {self.acked}")
            self.made = [found]
            self.acked = 0
            decided(engine)
            digest = engine.digest()
        if not verify(self.folder).ok:
            raise Violation("the folder does not verify")
        with Engine.open(self.folder) as engine:
            if engine.digest() != digest:
                raise Violation("another start gives another state")


def decided(engine: Engine) -> None:
    """Every active version decides, and no other."""
    registry = engine.policies.registry
    for entry in (entry for versions in registry.policies.values() for entry in versions):
        policy = PolicyRef(entry.policy.name, entry.version)
        try:
            plan = engine.route(RouteRequest("", order([line(1, "ink", 1)]), policy=policy))
        except EngineError as error:
            if error.reason is not Reason.UNKNOWN_POLICY or entry.state is State.ACTIVE:
                raise Violation(f"{policy} is {entry.state} but refused: {error}") from error
            continue
        if entry.state is not State.ACTIVE or plan.policy_version != entry.version:
            raise Violation(f"{policy} is {entry.state} but decides")
    if registry.default and engine.route(RouteRequest("", order([line(1, "ink", 1)]))).policy_name != registry.default:
        raise Violation("another policy than the default decides")


def simulate(seed: int, patch: pytest.MonkeyPatch) -> None:
    """Run one world; a Violation names the seed."""
    shared = Path("/dev/shm")
    root = Path(tempfile.mkdtemp(prefix="fastdom-", dir=shared if shared.is_dir() else None))
    try:
        world = World(seed, root)
        for _ in range(LIVES):
            world.live(patch)
    except Violation as violation:
        raise Violation(f"seed {seed}: {violation}") from violation
    finally:
        shutil.rmtree(root)


def hunt(seeds: range, patch: pytest.MonkeyPatch) -> None:
    """Run many worlds until one breaks a promise."""
    for seed in seeds:
        simulate(seed, patch)


def test_no_crash_leaves_half_of_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever the disk stops, network and policies are those of one change, and no acknowledged one is lost."""
    base = random.SystemRandom().randrange(1 << 32)
    hunt(range(base, base + SEEDS), monkeypatch)


@pytest.mark.parametrize("seed", range(5))
def test_known_seeds(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same worlds every time, for comparison."""
    simulate(seed, monkeypatch)


def test_simulation_finds_a_canary(monkeypatch: pytest.MonkeyPatch) -> None:
    """A load that journals its policies apart from its network is caught, so the simulation can see."""
    whole: Callable[..., int] = networks.activate

    def apart(native, journal, read, files, now_us, settle, request, decide, events):  # type: ignore[no-untyped-def]
        tables = []

        def note(compiled, version):  # type: ignore[no-untyped-def]
            tables.append((compiled, version))
            return decide(compiled, version)

        version = whole(native, journal, read, files, now_us, settle, request, note)
        settle()
        if events:
            native.note_policies(events, decide(*tables[-1]), now_us)
        return version

    monkeypatch.setattr(networks, "activate", apart)
    with pytest.raises(Violation, match=r"seed \d+: "):
        hunt(range(200), monkeypatch)
