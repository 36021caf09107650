"""Reserving in memory, from arrays: microseconds of CPU a reservation, and reservations a second.

    python -m bench.micro.reserve

Lines are pinned to one node of the demo network (without its capacity limit) with plenty of stock. The journal buffer
is let go after every 1,000, and with it the next pages of the tables are asked for, as the flush thread does. `fresh`:
a new engine, up to 80,000 reservations. `sustained`: tables at their size, every
reservation makes room for itself by forgetting an older one, as a server does that has run for longer than its window;
expiring the older holds happens between the timed rounds. Thread CPU time; median and best of the rounds.
"""

import csv
import io
import time
from pathlib import Path
from statistics import median

import numpy as np

from fastdom.engine import networks
from fastdom.engine.face import Face
from fastdom.engine.limits import Limits
from fastdom.network import NetworkDocument, load_files, read_folder

NETWORK = Path(__file__).resolve().parents[2] / "src/fastdom/demo/network"
ROUND = 1_000
TTL_US = 60_000_000


class NoJournal:
    """Stands for the folder where a network's files are kept."""

    def put_blob(self, document: bytes) -> bytes:
        """Keep nothing."""
        return bytes(len(document) and 32)

    def put_setting(self, name: str, value: str) -> None:
        """Keep nothing."""


def unlimited() -> NetworkDocument:
    """The demo network with no capacity limit at any node."""
    files = read_folder(NETWORK)
    rows = list(csv.DictReader(io.StringIO(files["nodes.csv"].decode())))
    for row in rows:
        row["capacity_kind"], row["capacity_limit"] = "NONE", ""
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    files["nodes.csv"] = text.getvalue().encode()
    return load_files(files)


def engine(document: NetworkDocument, now_us: int) -> Face:
    """An engine in memory with plenty of every SKU at one node; small tables, so that they come to their size."""
    limits = Limits(request_ids_max=100_000, reservations_max=200_000, request_window_us=TTL_US)
    face = Face(limits.as_dict(), bytes(16), buffer_bytes=64 << 20)
    face.start(1 << 50)
    networks.activate(face, NoJournal(), document, {}, now_us)  # type: ignore[arg-type]
    drain(face)
    skus = len(document.skus.ids)
    node_i = face.find(networks.NODES, b"dc-mumbai")
    face.set_many(
        np.arange(skus), np.full(skus, node_i), np.full(skus, 900_000_000), request_id="plenty", now_us=now_us
    )
    drain(face)
    return face


def drain(face: Face) -> None:
    """Let the journal buffer go."""
    if face.take_batch(0) is not None:
        face.batch_durable(1 << 50)


def rounds(face: Face, document: NetworkDocument, lines: int, n: int, now_us: int, step_us: int) -> list[float]:
    """Microseconds a reservation, of each round."""
    rng = np.random.default_rng(3)
    node_i = face.find(networks.NODES, b"dc-mumbai")
    nodes = np.full((ROUND, lines), node_i, np.int32)
    ones = np.ones((ROUND, lines), np.int32)
    times = []
    for i in range(n):
        now_us += step_us
        skus = rng.integers(0, len(document.skus.ids), (ROUND, lines)).astype(np.int32)
        while face.tick(now_us):
            drain(face)
        begun = time.thread_time_ns()
        outcomes, *_ = face.reserve_many(
            skus, nodes, ones, channel="own-site", request_ids=i + 1, now_us=now_us, ttl_us=TTL_US
        )
        times.append((time.thread_time_ns() - begun) / 1000 / ROUND)
        if not (outcomes == 1).all():
            raise SystemExit("a reservation was refused: the benchmark's stock is too small")
        drain(face)
    return times


def main() -> None:
    """Print one line per number of lines and state of the tables."""
    document = unlimited()
    now_us = time.time_ns() // 1000
    for lines in (1, 2, 3):
        fresh: list[float] = []
        for _ in range(3):
            fresh += rounds(engine(document, now_us), document, lines, 80, now_us, 1000)
        sustained = rounds(engine(document, now_us), document, lines, 600, now_us, 800_000)[150:]
        for name, times in (("fresh", fresh), ("sustained", sustained)):
            print(
                f"{lines} lines, {name:9}: median {median(times):.2f} us, best {min(times):.2f} us "
                f"({1e6 / median(times):,.0f}/s, best {1e6 / min(times):,.0f}/s)"
            )


if __name__ == "__main__":
    main()
