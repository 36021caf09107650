"""Many threads on one engine: nothing oversold, and one order of all commands explains every answer."""

import random
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.native.engines import NODES, SKUS, network_files, small_limits
from tests.reference.engine import Answer, OutOfStock, ReferenceEngine

from fastdom._native import inspect
from fastdom.engine.engine import Engine
from fastdom.engine.verify import verify
from fastdom.types import (
    CommitRequest,
    FulfillRequest,
    GetAvailabilityRequest,
    GetReservationRequest,
    Order,
    OrderLine,
    ReleaseRequest,
    ReserveMode,
    ReserveRequest,
)

THREADS = 6
CALLS = 60
STOCK = 150
HOUR_US = 3_600_000_000
NEVER_NS = 1 << 62
"""End of a call that nobody waited for."""


@dataclass
class Call:
    """One call as its thread saw it: before and after, what it asked, what it heard, at which sequence."""

    begun_ns: int
    ended_ns: int
    kind: str
    reservation: str
    units: int
    heard: Any
    seq: int


class Caller:
    """A thread that takes units of one hot position and passes them on."""

    def __init__(self, engine: Engine, number: int, seed: int) -> None:
        self.engine, self.number, self.rng = engine, number, random.Random(seed)
        self.calls: list[Call] = []
        self.open: list[str] = []
        self.thread = threading.Thread(target=self.run)
        self.error: BaseException | None = None

    def run(self) -> None:
        """All calls, each waiting for the disk."""
        try:
            for n in range(CALLS):
                self.call(f"{self.number}-{n}")
        except BaseException as error:
            self.error = error

    def call(self, rid: str) -> None:
        """One call and its record."""
        begun_ns = time.monotonic_ns()
        kind = self.rng.choice(("reserve", "reserve", "reserve", "firm", "commit", "release", "fulfill", "get", "read"))
        if kind in ("commit", "release", "fulfill", "get") and not self.open:
            kind = "reserve"
        call = self.reserve(rid, kind) if kind in ("reserve", "firm") else self.other(rid, kind)
        self.engine.wait_durable(call.seq)
        call.begun_ns, call.ended_ns = begun_ns, time.monotonic_ns()
        self.calls.append(call)

    def reserve(self, rid: str, kind: str) -> Call:
        """Some units, all or what there is."""
        units = self.rng.randint(1, 4)
        mode = ReserveMode.FIRM if kind == "firm" else ReserveMode.HOLD
        order = Order("", "web", (OrderLine("L1", SKUS[0], units, node_id=NODES[0]),))
        request = ReserveRequest(rid, order, mode=mode, ttl_us=HOUR_US, allow_partial=self.rng.random() < 0.5)
        result = self.engine.face.reserve(request, self.engine.now_us())
        made = result.reservation.reservation_id if result.reservation is not None else ""
        if made:
            self.open.append(made)
        one = result.line_results[0]
        heard = one.granted, one.available_after, request.allow_partial
        return Call(0, 0, kind, made, units, heard, result.inventory_seq)

    def other(self, rid: str, kind: str) -> Call:
        """A verb on a reservation of this thread, or a read."""
        face, now_us = self.engine.face, self.engine.now_us()
        if kind == "read":
            shown = face.get_availability(GetAvailabilityRequest((SKUS[0],), (NODES[0],)), now_us)
            p = shown.positions[0]
            return Call(0, 0, kind, "", 0, (p.on_hand, p.held, p.committed), shown.inventory_seq)
        reservation = self.rng.choice(self.open)
        requests = {"commit": CommitRequest, "release": ReleaseRequest, "fulfill": FulfillRequest}
        if kind == "get":
            found = face.get_reservation(GetReservationRequest(reservation), now_us)
            return Call(0, 0, kind, reservation, 0, found.reservation.state.name, found.inventory_seq)
        if kind == "fulfill":
            begun_ns = time.monotonic_ns()
            done = face.commit(CommitRequest(f"{rid}-c", reservation), now_us)
            self.calls.append(Call(begun_ns, NEVER_NS, "commit", reservation, 0, state_of(done), done.inventory_seq))
        done = getattr(face, kind)(requests[kind](rid, reservation), now_us)
        if kind in ("release", "fulfill"):
            self.open.remove(reservation)
        return Call(0, 0, kind, reservation, 0, state_of(done), done.inventory_seq)


def state_of(result: Any) -> str:
    """State after a verb."""
    return str(result.reservation.state.name)


@pytest.mark.parametrize("mode", ["strict", "process"])
def test_one_order_explains_every_answer(tmp_path: Path, mode: str) -> None:
    """Six threads on one hot position: answers are those of the commands one after the other in the order of their
    sequences, no call sees less than one that had ended before it began, and a replay gives the digest."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    files = {**network_files(), "stock.csv": f"sku,node_id,on_hand\n{SKUS[0]},{NODES[0]},{STOCK}\n".encode()}
    with Engine.open(tmp_path / "data", network=files, durability=mode, limits=small_limits()) as engine:
        begun = engine.face.seq
        callers = [Caller(engine, n, seed + n) for n in range(THREADS)]
        for caller in callers:
            caller.thread.start()
        for caller in callers:
            caller.thread.join()
        assert [caller.error for caller in callers] == [None] * THREADS
        calls = [call for caller in callers for call in caller.calls]
        check_order(calls, begun)
        check_time(calls)
        position = inspect.positions(engine.face)[SKUS[0], NODES[0]]
        assert position[1] + position[2] <= position[0]
        assert engine.face.recount() == []
        digest = engine.digest()[0]
    report = verify(tmp_path / "data")
    assert report.ok
    assert report.replay[-1].endswith(f"digest {digest}")


def check_order(calls: list[Call], begun: int) -> None:
    """Every answer is the twin's when the commands run in the order of their sequences, reads after their command."""
    twin = ReferenceEngine(SKUS, NODES, begun)
    twin.now_us = 1
    twin.set(
        SKUS[0],
        NODES[0],
        STOCK,
        safety=None,
        reserve=None,
        as_of_us=0,
        up_to=0,
        expected_on_hand=None,
        expected_version=None,
    )
    number: dict[str, int] = {}
    mutates = {"reserve", "firm", "commit", "release", "fulfill"}
    changes = [c for c in calls if c.kind in mutates and (c.reservation or c.heard[0])]
    assert sorted(c.seq for c in changes) == list(range(begun + 1, begun + 1 + len(changes)))
    for call in sorted(calls, key=lambda c: (c.seq, c not in changes)):
        twin.seq = call.seq
        place = SKUS[0], NODES[0]
        if call.kind in ("reserve", "firm"):
            lines = [("L1", *place, call.units)]
            granted, after, partial = call.heard
            try:
                answer: Answer = twin.reserve(lines, HOUR_US, call.kind == "firm", partial)
                number[call.reservation] = len(twin.reservations) - 1
            except OutOfStock as short:
                answer = short.answer
            assert answer[2][0][0] == granted
            assert answer[2][0][2] == after
        elif call.kind == "read":
            assert twin.position_at(place)[:3] == call.heard
        else:
            at = number[call.reservation]
            if call.kind == "commit":
                twin.commit(at, False)
            elif call.kind != "get":
                (twin.release if call.kind == "release" else twin.fulfill)(at, [])
            assert twin.reservation_at(at)[0] == call.heard


def check_time(calls: list[Call]) -> None:
    """A call that began after another had ended stands at its sequence or later."""
    ended = sorted((call.ended_ns, call.seq) for call in calls)
    at, highest = 0, 0
    for call in sorted(calls, key=lambda c: c.begun_ns):
        while at < len(ended) and ended[at][0] < call.begun_ns:
            highest = max(highest, ended[at][1])
            at += 1
        assert call.seq >= highest
