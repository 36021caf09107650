"""kill -9 at random moments: whatever was acknowledged is there, once, with the same answer to a retry."""

import os
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import engine_child
import grpc
import pytest
from orders import pinned
from orders import reserve as reserve_of
from server_process import ServerProcess, Stubs

from fastdom.engine.engine import Engine
from fastdom.engine.verify import verify
from fastdom.journal import DurabilityMode
from fastdom.types import GetReservationRequest, ListReservationsRequest, Reservation, ReservationState
from fastdom_api.v1 import reservation_pb2, reservation_service_pb2

LIVES = 6
ACKS_MAX = 250


@dataclass(frozen=True)
class Ack:
    """One acknowledged request, as the child told it."""

    rid: str
    kind: str
    reservation: str
    units: int
    seq: int


@dataclass
class Acks:
    """What was acknowledged over all lives."""

    known: dict[str, Ack] = field(default_factory=dict)

    def add(self, line: str) -> None:
        """A whole line of the child."""
        rid, kind, reservation, units, seq = line.split()
        assert rid not in self.known
        self.known[rid] = Ack(rid, kind, reservation, int(units), int(seq))


def one_life(folder: Path, mode: str, seed: int, acks: Acks, wanted: int) -> None:
    """Start the child, kill it after so many acknowledgements, and read what else it had said by then."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, str(Path(engine_child.__file__)), str(folder), mode, str(seed)]
    with tempfile.TemporaryFile("w+") as told:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=told, text=True, env=environment)
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(wanted)]
        child.send_signal(signal.SIGKILL)
        # the same reader goes on: what it had buffered counts as said too
        rest = child.stdout.read()
        child.wait()
        told.seek(0)
        assert all(line.endswith("\n") for line in lines), told.read()
    for line in lines + rest.splitlines(keepends=True):
        if line.endswith("\n"):
            acks.add(line)


def expected_state(kinds: set[str]) -> set[ReservationState]:
    """States a reservation may be in after these acknowledged verbs; others may have been done but not told."""
    if "fulfill" in kinds:
        return {ReservationState.FULFILLED}
    if "release" in kinds:
        return {ReservationState.RELEASED}
    after_commit = {ReservationState.COMMITTED, ReservationState.FULFILLED, ReservationState.RELEASED}
    return after_commit if "commit" in kinds else after_commit | {ReservationState.HELD}


def all_reservations(engine: Engine) -> list[Reservation]:
    """Every reservation, page by page."""
    found: list[Reservation] = []
    token = ""
    while True:
        page = engine.face.list_reservations(ListReservationsRequest(page_size=1000, page_token=token), engine.now_us())
        found += page.reservations
        token = page.next_page_token
        if not token:
            return found


def check_present(engine: Engine, acks: Acks) -> None:
    """Every acknowledged request is there, its reservation once, in a state that fits what was told."""
    by_order = Counter(r.order_id for r in all_reservations(engine))
    assert max(by_order.values(), default=1) == 1
    verbs: dict[str, set[str]] = {}
    for ack in acks.known.values():
        verbs.setdefault(ack.reservation, set()).add(ack.kind)
    for ack in acks.known.values():
        assert ack.seq <= engine.face.seq
        if ack.kind.startswith("reserve"):
            assert by_order[ack.rid] == 1
            found = engine.face.get_reservation(GetReservationRequest(ack.reservation), engine.now_us()).reservation
            assert sum(a.granted for a in found.allocations) == ack.units
            assert found.state in expected_state(verbs[ack.reservation]), ack


def check_stock(engine: Engine) -> None:
    """Nothing is oversold, and on_hand is the initial stock without what was shipped."""
    shipped: Counter[tuple[str, str]] = Counter()
    for reservation in all_reservations(engine):
        for a in reservation.allocations:
            shipped[a.sku, a.node_id] += a.fulfilled
    columns, _, _ = engine.face.export_positions(engine.now_us())
    skus, nodes = engine.face.names(0), engine.face.names(1)
    for i in range(len(columns["sku_i"])):
        place = skus[columns["sku_i"][i]].decode(), nodes[columns["node_i"][i]].decode()
        assert columns["on_hand"][i] == engine_child.STOCK[place] - shipped[place]
        assert columns["held"][i] + columns["committed"][i] <= columns["on_hand"][i]
    assert engine.face.recount() == []


def check_retries(engine: Engine, acks: Acks, sample: list[Ack]) -> None:
    """A retry of an acknowledged request hears its answer again and changes nothing."""
    before = engine.digest()
    for ack in sample:
        if ack.kind.startswith("reserve"):
            _, sku, node, units = ack.kind.split(":")
            result = engine.face.reserve(engine_child.reserve_request(ack.rid, sku, node, int(units)), engine.now_us())
            assert result.reservation is not None
            assert (result.reservation.reservation_id, result.seq) == (ack.reservation, ack.seq)
        else:
            assert engine_child.verb(engine, ack.kind, ack.rid, ack.reservation).seq == ack.seq
    assert engine.digest() == before
    assert acks.known


@pytest.mark.parametrize("mode", list(DurabilityMode))
def test_killed_engine_keeps_what_it_acknowledged(tmp_path: Path, mode: str) -> None:
    """Six lives on one folder end by SIGKILL, some before the first answer: nothing told is lost or doubled, nothing is
    oversold, retries hear their answers, and replays give the digest that the engine comes up with."""
    seed = random.SystemRandom().randrange(1 << 20)
    print(f"seed {seed}")
    rng, acks, folder = random.Random(seed), Acks(), tmp_path / "data"
    for life in range(LIVES):
        one_life(folder, mode, seed + life, acks, rng.choice((0, 1, rng.randrange(ACKS_MAX), rng.randrange(ACKS_MAX))))
        if not folder.exists():
            continue
        with Engine.open(folder, network=engine_child.files(), durability=mode, limits=engine_child.LIMITS) as engine:
            check_present(engine, acks)
            check_stock(engine)
            sample = rng.sample(sorted(acks.known.values(), key=lambda ack: ack.rid), min(60, len(acks.known)))
            if sample:
                check_retries(engine, acks, sample)
            digest = engine.digest()[0]
        report = verify(folder)
        assert report.ok, report.lines()
        assert report.replay[-1].endswith(f"digest {digest}")


Answers = dict[str, tuple[reservation_service_pb2.ReserveRequest, reservation_service_pb2.ReserveResponse]]
Committed = dict[str, reservation_service_pb2.CommitRequest]
Sent = list[tuple[reservation_service_pb2.ReserveRequest, Any]]  # with the future of its answer


def send_many(stubs: Stubs, name: str, count: int) -> Sent:
    """So many Reserve calls on their way at once."""
    requests = [reserve_of(pinned("APP-0001", 1, "dc-mumbai"), request_id=f"{name}-{n}") for n in range(count)]
    return [(request, stubs.reservation.Reserve.future(request)) for request in requests]


def hear(request: reservation_service_pb2.ReserveRequest, call: Any, answers: Answers) -> str:
    """Keep the answer of a call; its reservation id, empty where it was answered with none or not at all."""
    try:
        answer = call.result()
    except grpc.RpcError:
        return ""
    if not answer.HasField("reservation"):  # out of stock is judged afresh
        return ""
    answers[request.request_id] = request, answer
    return str(answer.reservation.reservation_id)


def check_answers(stubs: Stubs, answers: Answers, committed: Committed) -> None:
    """Everything answered before is there, and is answered again as it was."""
    for request, answer in answers.values():
        again = stubs.reservation.Reserve(request)
        assert (again.reservation, again.inventory_seq) == (answer.reservation, answer.inventory_seq)
    for reservation, commit in committed.items():
        found = stubs.reservation.GetReservation(
            reservation_service_pb2.GetReservationRequest(reservation_id=reservation)
        )
        assert found.reservation.state == reservation_pb2.RESERVATION_STATE_COMMITTED
        assert stubs.reservation.Commit(commit).reservation.reservation_id == reservation


def test_killed_server_keeps_what_it_acknowledged(tmp_path: Path, network_folder: Path) -> None:
    """A server is killed three times with calls on their way that are never answered: every reservation and commit it
    answered is there after the restart, and the same requests hear the same answers."""
    rng = random.Random(17)
    answers: Answers = {}
    committed: Committed = {}
    for life in range(3):
        with ServerProcess(tmp_path / "data", "--network", str(network_folder)) as server:
            check_answers(server.stubs, answers, committed)
            calls = send_many(server.stubs, f"kill-{life}", 60)
            late: Sent = []
            fatal = rng.randrange(20, 50)
            for n, (request, call) in enumerate(calls):
                if n == fatal:
                    late = send_many(server.stubs, f"late-{life}", 60)
                    server.process.send_signal(signal.SIGKILL)
                reservation = hear(request, call, answers)
                if reservation and n % 3 == 0:
                    commit = reservation_service_pb2.CommitRequest(
                        request_id=f"{request.request_id}-c", reservation_id=reservation
                    )
                    try:
                        server.stubs.reservation.Commit(commit)
                    except grpc.RpcError:
                        continue
                    committed[reservation] = commit
            for request, call in late:
                hear(request, call, answers)
            assert any(call.exception() for _, call in late)
            assert server.wait()[0] == -signal.SIGKILL
    with ServerProcess(tmp_path / "data") as server:
        assert answers
        assert committed
        check_answers(server.stubs, answers, committed)
    assert verify(tmp_path / "data").ok
