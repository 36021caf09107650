"""Every figure the project states, measured in one run, beside its goal.

    python -m bench.summary [--out bench/results/core.json] [--runs 3] [--only NAME ...]

Each figure is the median of `--runs` measurements (each of which is already a median or mean over many calls; the
benchmark behind it says of what). A figure that misses its goal is marked, not hidden. Nothing else should run on the
machine meanwhile: the load average before is kept with the results.
"""

import argparse
import itertools
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from bench.micro import reserve, test_quote, test_wire
from bench.workloads import SMALL, instances
from tests.native import faces
from tests.native.demo_desk import demo_desk

from fastdom._native.plan import PlanProblem, PlanScratch
from fastdom.types import RouteRequest

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: ``measure`` gives it once; ``most`` says whether the goal is an upper bound."""

    name: str
    unit: str
    goal: float
    measure: Callable[[], float]
    command: str
    most: bool = True

    def met(self, value: float) -> bool:
        """Whether the value reaches the goal."""
        return value <= self.goal if self.most else value >= self.goal


def quoted(kind: str, lines: int) -> Callable[[], float]:
    """Mean microseconds of quoting different orders on the demo network, candidate gathering included."""

    def run() -> float:
        desk, _ = demo_desk()
        orders = test_quote.orders_of(kind, lines, 1_000, desk)
        return float(test_quote.measure(desk, orders, False).mean()) / 1e3

    return run


def kernel() -> float:
    """Mean microseconds of the kernel on 8 lines x 50 nodes, stocked with p = 0.75."""
    shape = next(shape for shape in SMALL if (shape.lines, shape.nodes) == (8, 50))
    problems = [PlanProblem(**fields) for fields in instances(shape, 2_000)]
    return float(np.median(PlanScratch().measure(problems, 10)[1:], axis=0).mean()) / 1e3


def face_route() -> float:
    """Median microseconds of Engine.route on an order of 3 lines, through the Python face."""
    face, request = faces.new_face(50_000_000), RouteRequest("", faces.order(1, 1, 1))
    taken = []
    for _ in range(5_000):
        begun = time.perf_counter_ns()
        face.route(request, faces.NOW_US)
        taken.append(time.perf_counter_ns() - begun)
    return median(taken) / 1e3


def reserved(state: str) -> Callable[[], float]:
    """Median microseconds of a reservation of 3 pinned lines in memory, from arrays."""

    def run() -> float:
        document, now_us = reserve.unlimited(), time.time_ns() // 1000
        if state == "sustained":
            return median(reserve.rounds(reserve.engine(document, now_us), document, 3, 600, now_us, 800_000)[150:])
        return median(reserve.rounds(reserve.engine(document, now_us), document, 3, 80, now_us, 1_000))

    return run


def handled(row: str) -> Callable[[], float]:
    """Median microseconds of `handle`, bytes in to bytes out, over an engine with the demo network."""

    def run() -> float:
        with test_wire.open_demo() as engine:
            return test_wire.engine_medians(engine, itertools.count())[row]

    return run


class Script:
    """A benchmark that is a process of its own and prints JSON last; figures of one script share its runs."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._runs: list[dict[str, Any]] = []

    def figure(self, pick: Callable[[dict[str, Any]], float]) -> Callable[[], float]:
        """One figure of it: the n-th call gives that of the n-th run."""
        numbers = itertools.count()

        def measure() -> float:
            number = next(numbers)
            while len(self._runs) <= number:
                done = subprocess.run(
                    [sys.executable, self._path], cwd=ROOT, capture_output=True, text=True, check=True, timeout=600
                )
                self._runs.append(json.loads(done.stdout.strip().splitlines()[-1]))
            return pick(self._runs[number])

        return measure


def over(method: str) -> Callable[[dict[str, Any]], float]:
    """What a method costs more than the echo."""
    return lambda found: float(found[method]["over_us"])


MEMORY, QUOTE, WIRE = (
    "python bench/micro/memory.py",
    "python -m bench.micro.test_quote",
    "python -m bench.micro.test_wire",
)
DURABLE, RPC = "python bench/load/durable.py", "python bench/load/rpc_cpu.py"

DURABLY, MEMORIES, CALLS = (
    Script("bench/load/durable.py"),
    Script("bench/micro/memory.py"),
    Script("bench/load/rpc_cpu.py"),
)

FIGURES = (
    Figure("route, 3 lines, demo network", "us", 1.5, quoted("route", 3), QUOTE),
    Figure("route kernel, 8 lines x 50 nodes", "us", 15, kernel, "python -m bench.micro.test_plan"),
    Figure("promise, 1 line", "us", 2, quoted("promise", 1), QUOTE),
    Figure("Engine.route, 3 lines", "us", 15, face_route, "make bench"),
    Figure("reserve, 3 lines, in memory", "us", 1, reserved("fresh"), "python -m bench.micro.reserve"),
    Figure(
        "reserve, 3 lines, forgetting as many", "us", 1, reserved("sustained"), "python -m bench.micro.reserve"
    ),
    Figure("handle Reserve, 2 lines", "us", 3, handled("reserve, 2 lines"), WIRE),
    Figure("handle Promise, 2 lines", "us", 5, handled("promise, 2 lines"), WIRE),
    Figure("handle Route, 3 lines", "us", 5, handled("route, 3 lines"), WIRE),
    Figure(
        "durable reservations, strict", "/s", 300_000,
        DURABLY.figure(lambda found: found["reservations_per_s"]), DURABLE, most=False,
    ),
    Figure(
        "recovery", "operations/s", 500_000,
        DURABLY.figure(lambda found: found["recovery_operations_per_s"]), DURABLE, most=False,
    ),
    Figure("position, 10,000 SKUs x 100 nodes", "bytes", 64, MEMORIES.figure(lambda found: found["10000x100"]), MEMORY),
    Figure("position, 1,000,000 SKUs x 1 node", "bytes", 64, MEMORIES.figure(lambda found: found["1000000x1"]), MEMORY),
    *(
        Figure(
            f"{method} over gRPC: server CPU over a bare echo", "us", 40,
            CALLS.figure(over(method)), RPC,
        )
        for method in ("Promise", "Reserve", "Route")
    ),
)  # fmt: skip


def main() -> None:
    """Print one line per figure and write all of them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "bench/results/core.json")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[], help="figures whose name contains one of these")
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    rows = []
    for figure in FIGURES:
        if arguments.only and not any(part in figure.name for part in arguments.only):
            continue
        values = [figure.measure() for _ in range(arguments.runs)]
        value = median(values)
        rows.append(
            {
                "name": figure.name, "unit": figure.unit, "value": value, "goal": figure.goal, "met": figure.met(value),
                "values": values, "command": figure.command,
            }
        )  # fmt: skip
        mark = "" if figure.met(value) else "  MISSED"
        sign = "<=" if figure.most else ">="
        print(f"{figure.name:<50} {value:>12,.2f} {figure.unit:<13} goal {sign} {figure.goal:,g}{mark}", flush=True)
    if arguments.only:
        return
    found = {
        "cores": os.cpu_count(), "load_average_before": load, "machine": platform.machine(),
        "python": platform.python_version(), "measured_at": time.strftime("%Y-%m-%d"), "figures": rows,
    }  # fmt: skip
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
