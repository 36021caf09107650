"""Routing kernel, kernel only: `python -m pytest bench/micro/test_plan.py`, or as a script for mean and p99.

`python -m bench.micro.test_plan [instances]` cycles through different instances, so caches and branch predictors see
what a server would. Each call is timed on its own, the clock's own cost is taken off, and an instance counts with the
median of its calls, so that what else runs on the machine stays out.
"""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from bench.workloads import COVERAGE, LARGE, SMALL, VARIANTS, Shape, instances

from fastdom._native.plan import PlanProblem, PlanScratch


@pytest.mark.parametrize("shape", [*SMALL, *LARGE], ids=str)
def test_solve(benchmark: Any, shape: Shape) -> None:
    """Mean time of 100 different instances, called from native code."""
    problems = [PlanProblem(**fields) for fields in instances(shape, 100)]
    scratch = PlanScratch()
    benchmark(scratch.measure, problems, 1)


def report(shape: Shape, count: int, variant: Callable[[dict[str, Any]], dict[str, Any]] = dict) -> str:
    """One line of the table: mean, p50 and p99 in microseconds, and how many plans are proven."""
    problems = [PlanProblem(**variant(fields)) for fields in instances(shape, count)]
    empty = PlanProblem(**next(instances(Shape(0, 0, 1.0), 1)))
    scratch = PlanScratch()
    clock_ns = float(np.median(scratch.measure([empty] * 1_000, 3)))
    taken = np.median(scratch.measure(problems, 10)[1:], axis=0) - clock_ns
    proven = sum(scratch.solve(problem).optimality == 0 for problem in problems)
    mean, p50, p99 = taken.mean() / 1e3, np.percentile(taken, 50) / 1e3, np.percentile(taken, 99) / 1e3
    name = str(shape) if variant is dict else f"{shape} {variant.__name__}"
    return f"{name:>28} {mean:9.2f} {p50:9.2f} {p99:9.2f} {100 * proven / count:8.1f} %"


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    print(f"{'shape':>28} {'mean us':>9} {'p50 us':>9} {'p99 us':>9} {'proven':>10}")
    for shape in (*SMALL[:2], *COVERAGE):
        print(report(shape, count))
    for variant in VARIANTS:
        for shape in (SMALL[1], SMALL[3]):
            print(report(shape, count, variant))
    for shape in LARGE:
        print(report(shape, max(20, count // 20)))


if __name__ == "__main__":
    main()
