"""Durable reservations a second in process, and the recovery of what was journalled.

    python bench/load/durable.py [--mode strict] [--lines 2] [--rounds 40] [--callers 64] [--batch 256] [--data DIR]

So many callers, each with one batch of reservations under way: a caller submits its next batch when its last one is
durable. Lines are pinned to nodes of the demo network with plenty of stock, so that what is measured is reserving,
journalling and flushing, not routing. The run's median fdatasync on the same folder is printed beside, and the folder
is opened again at the end: recovery replays every entry.
"""

import argparse
import json
import tempfile
import time
from collections import deque
from pathlib import Path
from statistics import median

import numpy as np

from fastdom.engine.engine import Engine
from fastdom.engine.networks import NODES
from fastdom.journal.probe import measure_fdatasync

NETWORK = Path(__file__).resolve().parents[2] / "src/fastdom/demo/network"
STOCK = 900_000_000


def fill(engine: Engine, node_i: int) -> int:
    """Give every SKU plenty of stock at one node; how many SKUs."""
    skus = len(engine.network.skus.ids) if engine.network else 0
    engine.face.set_many(
        np.arange(skus, dtype=np.int32),
        np.full(skus, node_i, np.int32),
        np.full(skus, STOCK, np.int32),
        request_id="plenty",
        now_us=engine.now_us(),
    )
    engine.wait_durable(engine.face.seq)
    return skus


def run(engine: Engine, node_i: int, skus: int, lines: int, rounds: int, callers: int, batch: int) -> float:
    """Seconds for rounds x callers x batch reservations, every one granted and durable."""
    rng = np.random.default_rng(7)
    channel = engine.network.channels[0].id if engine.network else ""
    nodes = np.full((batch, lines), node_i, np.int32)
    ones = np.ones((batch, lines), np.int32)
    orders = [rng.integers(0, skus, (batch, lines)).astype(np.int32) for _ in range(64)]
    under_way: deque[int] = deque()
    begun = time.perf_counter()
    for i in range(rounds * callers):
        if len(under_way) == callers:
            engine.wait_durable(under_way.popleft())
        outcomes, reasons, _, seq = engine.face.reserve_many(
            orders[i % 64],
            nodes,
            ones,
            channel=channel,
            request_ids=(lines << 32) + i + 1,
            now_us=engine.now_us(),
            ttl_us=3_600_000_000,
        )
        while (reasons != 0).any():  # the journal buffer is full: wait for the disk and send the rest again
            engine.wait_durable(seq)
            outcomes, reasons, _, seq = engine.face.reserve_many(
                orders[i % 64],
                nodes,
                ones,
                channel=channel,
                request_ids=(lines << 32) + i + 1,
                now_us=engine.now_us(),
                ttl_us=3_600_000_000,
            )
        if not (outcomes == 1).all():
            raise SystemExit("a reservation was refused: the benchmark's stock is too small")
        engine.kick()
        under_way.append(seq)
    engine.wait_durable(engine.face.seq)
    return time.perf_counter() - begun


def main() -> None:
    """Run, print a line per part, then JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mode", default="strict")
    parser.add_argument("--lines", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--callers", type=int, default=64)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--data", type=Path, default=None, help="where the temporary folder is made")
    arguments = parser.parse_args()
    total = arguments.rounds * arguments.callers * arguments.batch
    with tempfile.TemporaryDirectory(dir=arguments.data) as folder:
        with Engine.open(folder, network=NETWORK, durability=arguments.mode) as engine:
            node_i = engine.face.find(NODES, b"dc-mumbai")
            skus = fill(engine, node_i)
            before = engine.flushes
            seconds = run(engine, node_i, skus, arguments.lines, arguments.rounds, arguments.callers, arguments.batch)
            flushes = engine.flushes - before
            sync_us = median(measure_fdatasync(folder))
            digest = engine.digest()[0]
        with Engine.open(folder, durability=arguments.mode) as engine:
            recovery = engine.recovery
            if engine.digest()[0] != digest:
                raise SystemExit("the recovered state differs")
    entries_s = recovery.entries / (recovery.elapsed_us / 1e6)
    print(
        f"{arguments.mode}: {total / seconds:,.0f} durable reservations/s of {arguments.lines} lines "
        f"({total:,} in {seconds:.2f} s, {flushes} flushes, median fdatasync {sync_us:.0f} us)"
    )
    print(f"recovery: {entries_s:,.0f} operations/s ({recovery.entries:,} in {recovery.ms:.0f} ms), digest equal")
    print(
        json.dumps(
            {
                "mode": arguments.mode,
                "reservations_per_s": total / seconds,
                "flushes": flushes,
                "fdatasync_median_us": sync_us,
                "recovery_operations_per_s": entries_s,
            }
        )
    )


if __name__ == "__main__":
    main()
