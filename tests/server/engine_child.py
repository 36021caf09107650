"""A process that runs an engine under random load and tells on stdout what was acknowledged, until it is killed.

Each line is ``rid kind reservation units seq``, written only after the sequence is durable. Three threads work on a few
hot positions; a fourth writes checkpoints. Run as ``python engine_child.py FOLDER MODE SEED``.
"""

import itertools
import random
import sys
import threading

from tests.native.engines import network_files, small_limits

from fastdom.engine.engine import Engine
from fastdom.types import CommitRequest, FulfillRequest, Order, OrderLine, ReleaseRequest, ReserveMode, ReserveRequest

STOCK = {("ink", "alder"): 400, ("jar", "birch"): 500_000}
"""One position sells out in the first lives; the other never does, so that there is always something to acknowledge."""

HOUR_US = 3_600_000_000
PLACES = tuple(STOCK)
LIMITS = small_limits(reservations_max=100_000, request_ids_max=400_000, reservation_bytes_max=64 << 20)


def files() -> dict[str, bytes]:
    """The small network with little stock at two positions."""
    rows = "".join(f"{sku},{node},{on_hand}\n" for (sku, node), on_hand in STOCK.items())
    return {**network_files(), "stock.csv": f"sku,node_id,on_hand\n{rows}".encode()}


class Worker:
    """One thread's requests: ids and orders of its own."""

    def __init__(self, engine: Engine, name: str, seed: int) -> None:
        self.engine, self.name, self.rng = engine, name, random.Random(seed)
        self.numbers = itertools.count()
        self.open: list[str] = []

    def tell(self, rid: str, kind: str, reservation: str, units: int, seq: int) -> None:
        """Wait for the disk, then say it."""
        self.engine.wait_durable(seq)
        sys.stdout.write(f"{rid} {kind} {reservation} {units} {seq}\n")
        sys.stdout.flush()

    def reserve(self) -> None:
        """Take units of a hot position; the order has the request's id as its own."""
        rid = f"{self.name}-{next(self.numbers)}"
        sku, node = self.rng.choice(PLACES)
        request = reserve_request(rid, sku, node, self.rng.randint(1, 5))
        result = self.engine.face.reserve(request, self.engine.now_us())
        if result.reservation is not None:
            granted = result.line_results[0].granted
            self.tell(
                rid,
                f"reserve:{sku}:{node}:{request.order.lines[0].quantity}",
                result.reservation.reservation_id,
                granted,
                result.seq,
            )
            self.open.append(result.reservation.reservation_id)

    def change(self) -> None:
        """Commit, then now and then fulfil or release."""
        reservation = self.open.pop(self.rng.randrange(len(self.open)))
        for kind in ("commit", self.rng.choice(("fulfill", "release", ""))):
            if kind:
                rid = f"{self.name}-{next(self.numbers)}"
                result = verb(self.engine, kind, rid, reservation)
                self.tell(rid, kind, reservation, 0, result.seq)

    def run(self) -> None:
        """Until killed."""
        while True:
            if self.open and self.rng.random() < 0.5:
                self.change()
            else:
                self.reserve()


def reserve_request(rid: str, sku: str, node: str, units: int) -> ReserveRequest:
    """The reserve of a request id: the same on every retry."""
    order = Order(rid, "web", (OrderLine("L1", sku, units, node_id=node),))
    return ReserveRequest(rid, order, mode=ReserveMode.HOLD, ttl_us=24 * HOUR_US, allow_partial=True)


def verb(engine: Engine, kind: str, rid: str, reservation: str):  # type: ignore[no-untyped-def]
    """Commit, fulfil or release everything."""
    requests = {"commit": CommitRequest, "fulfill": FulfillRequest, "release": ReleaseRequest}
    return getattr(engine.face, kind)(requests[kind](rid, reservation), engine.now_us())


def main(folder: str, mode: str, seed: int) -> None:
    """Run until killed."""
    engine = Engine.open(folder, network=files(), durability=mode, limits=LIMITS)
    workers = [Worker(engine, f"{seed}.{n}", seed * 3 + n) for n in range(3)]
    for worker in workers:
        threading.Thread(target=worker.run, daemon=True).start()
    while True:
        engine.checkpoint()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
