"""The digest: names count and dense ids do not, and commands decided meanwhile change nothing in it."""

import random
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from tests.native.engines import (
    CHANNEL,
    HOUR_US,
    NODES,
    SECOND_US,
    SERVICES,
    SKUS,
    T0,
    Desk,
    _document,
    grid,
    line,
    small_limits,
)

from fastdom._native import inspect
from fastdom._native.network import NetworkTables
from fastdom.engine.face import Face
from fastdom.network import compile_network
from fastdom.types import NodeStatus, RouteMode


class Shuffled(Desk):
    """A desk whose names were interned in another order."""

    seed = 0

    def orders(self) -> dict[int, list[str]]:
        """Names by table, in this desk's order."""
        draw = random.Random(self.seed)
        named: dict[int, Sequence[str]] = {2: (CHANNEL, "till"), 4: SERVICES, 1: NODES, 0: SKUS}
        return {table: draw.sample(names, len(names)) for table, names in named.items()}

    def tables(self, version: int = 1, capacity: Mapping[str, tuple[str, int]] | None = None) -> NetworkTables:
        """Tables over the names in this desk's order."""
        place = {table: {name: i for i, name in enumerate(names)} for table, names in self.orders().items()}
        document = _document(tuple(sorted((self.capacity if capacity is None else capacity).items())), NODES)
        return NetworkTables(compile_network(document, place[1], place[0], T0, service_index=place[4]), version)

    def activate(self, version: int, capacity: Mapping[str, tuple[str, int]] | None = None) -> None:
        """Intern in this desk's order and make a network version the active one."""
        for table, names in self.orders().items():
            self.face.intern(table, [name.encode() for name in names], self.now_us)
        self.face.activate_network(self.tables(version, capacity), version, bytes([version]) * 32, self.now_us)
        self.face.set_channel_ttl(CHANNEL.encode(), 900 * SECOND_US)


def lived(desk: Desk) -> Desk:
    """Fill every table with what names SKUS, nodes, services and channels, refusals and re-routes among it."""
    inspect.seed_ids(desk.face, 7)
    desk.stock(grid(20))
    desk.route([line(1, "jar", 3), line(2, "ink", 1)], RouteMode.HOLD)
    desk.route([line(1, "kit", 2)], RouteMode.HOLD, include_node_ids=("birch", "cedar"))
    held = desk.hold("ink", "alder", 2, firm=True)
    desk.fulfill(held, ("L1", 1))
    done = desk.hold("ink", "alder", 3, firm=True)
    desk.set("ink", "alder", 1)
    desk.fulfill(done)
    desk.promise([line(1, "kit", 1)], hold=True)
    desk.set("kit", "dogwood", 5, safety_stock=6, routing_reserve=2)
    desk.adjust("jar", "cedar", -3)
    desk.fail_node("birch")
    desk.node("cedar", NodeStatus.PAUSED)
    return desk


CAPACITY = {"alder": ("UNITS", 50), "birch": ("SHIPMENTS", 5)}


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_order_of_interning_does_not_matter(seed: int) -> None:
    """The same history over names interned in other orders has the same digest, remembered answers included."""
    Shuffled.seed = seed
    one, other = lived(Desk(capacity=CAPACITY)), lived(Shuffled(capacity=CAPACITY))
    assert [[one.face.find(table, name.encode()) for name in names] for table, names in other.orders().items()] != [
        list(range(len(names))) for names in other.orders().values()
    ]
    assert one.face.digest() == other.face.digest()


def test_an_answer_that_names_another_node_counts() -> None:
    """What is kept of an answer goes in by the names it speaks of."""
    found = set()
    for node in NODES[:2]:
        desk = Desk()
        inspect.seed_ids(desk.face, 7)
        desk.set("ink", "alder", 5)
        desk.set("ink", "birch", 5)
        request = desk.fresh()
        desk.adjust("ink", node, 1, rid=request)
        desk.adjust("ink", node, -1)
        found.add(desk.face.digest())
    assert len(found) == 2


def changes(desk: Desk, draw: random.Random) -> None:
    """One command of many kinds; time passes, so holds expire and request ids are forgotten."""
    desk.now_us += draw.choice((0, SECOND_US, HOUR_US))
    node, sku = draw.choice(NODES), draw.choice(SKUS)
    what = draw.randrange(8)
    if what == 0:
        desk.set(sku, node, draw.randrange(40))
    elif what == 1:
        desk.node(node, draw.choice((NodeStatus.ONLINE, NodeStatus.PAUSED)))
    elif what == 2:
        desk.adjust(sku, node, 1)
    elif what == 3:
        desk.route([line(1, sku, 1)], RouteMode.HOLD)
    elif what == 4:
        desk.fail_node(node)
    elif what == 5:
        desk.face.intern(0, [f"new{draw.randrange(40)}".encode()], desk.now_us)
    else:
        desk.reserve([line(1, sku, 1, node)], firm=what == 6, partial=True)
    desk.flush()


@pytest.mark.parametrize("seed", range(8))
def test_a_digest_is_that_of_the_moment_it_began_at(seed: int) -> None:
    """Commands between every two records change nothing in it; the next digest has them all."""
    draw = random.Random(seed)
    desk = lived(Desk(capacity=CAPACITY, limits=small_limits(exceptions_max=8)))
    for _ in range(30):
        changes(desk, draw)
    before = desk.face.digest()
    found = inspect.digest_between(desk.face, 1, lambda: changes(desk, draw))
    assert found == before
    assert desk.face.digest() != before
    assert desk.face.digest() == desk.replayed().digest() == desk.loaded().digest()


def test_slices_of_any_size_make_the_same_digest() -> None:
    """Where a walk is interrupted does not matter, in the middle of a SKU's positions either."""
    nodes = tuple(f"n{i}" for i in range(40))
    desk = Desk(limits=small_limits(positions_max=4096), nodes=nodes)
    for node in nodes:
        desk.set("ink", node, 3)
    found = {inspect.digest_between(desk.face, effort, lambda: None) for effort in (1, 2, 3, 7, 64, 100_000)}
    assert found == {desk.face.digest()}


def test_two_threads_that_ask_wait_for_each_other() -> None:
    """One digest at a time: both callers hear the same, beside a third that changes stock and hears no wrong one."""
    desk = lived(Desk())
    wanted, found = desk.face.digest(), []

    def ask() -> Any:
        for _ in range(20):
            found.append(desk.face.digest())

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 40


def test_a_digest_beside_a_writer_is_that_of_a_replay_cut_there() -> None:
    """What another thread changes meanwhile is no part of a digest: a replay up to its sequence has the same."""
    draw = random.Random(11)
    desk = lived(Desk(capacity=CAPACITY, limits=small_limits(skus_max=8192, exceptions_max=8)))
    for at in range(0, 6000, 2000):  # names make the walk long
        desk.face.intern(0, [f"long{i}".encode() for i in range(at, at + 2000)], desk.now_us)
        desk.flush()
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            changes(desk, draw)

    writer = threading.Thread(target=write)
    writer.start()
    found = {}
    raced = turns = 0
    while raced < 30 and turns < 3000:
        turns += 1
        digest, seq, _ = desk.face.digest_at()
        raced += desk.face.seq > seq
        found[seq] = digest
    over.set()
    writer.join()
    desk.flush()
    replay = Face(desk.limits.as_dict(), bytes(16), 1 << 16)
    compared = 0
    for first, last, payload in desk.batches:
        replay.replay(first, last, payload)
        if last in found:
            assert replay.digest() == found[last], last
            compared += 1
    assert raced == 30
    assert compared > 0
