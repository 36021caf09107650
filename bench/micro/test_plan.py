"""Routing kernel, kernel only: `python -m pytest bench/micro/test_plan.py`, or as a script for mean and p99.

`python -m bench.micro.test_plan [instances]` cycles through different instances, so caches and branch predictors see
what a server would. Each call is timed on its own, the clock's own cost is taken off, and an instance counts with the
median of its calls, so that what else runs on the machine stays out.

Orders beyond the search over subsets come three times: `flat` has no tariffs, so that costs add up over blocks; the
others keep the eight weight tiers, with the effort a decision gets by default and with twenty times that. "gap" is how
far plans that are not proven can be from the best, in percent of their cost.
"""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from bench.workloads import COVERAGE, LARGE, SMALL, VARIANTS, Shape, instances

from fastdom._native.plan import PlanProblem, PlanScratch

DUAL = tuple(
    Shape(lines, nodes, stocked) for lines, nodes in ((12, 50), (20, 50), (20, 200)) for stocked in (0.25, 0.75, 1.0)
)
EFFORT = 100_000
"""EFFORT_DEFAULT of plan.pxd."""


def flat(fields: dict[str, Any]) -> dict[str, Any]:
    """No tariffs: the cost of a plan adds up over its nodes and blocks."""
    return {**fields, "row_i": [-1] * len(fields["cover"])}


def effort(fields: dict[str, Any]) -> dict[str, Any]:
    """The effort of a decision."""
    return {**fields, "effort_max": EFFORT}


def effort_20(fields: dict[str, Any]) -> dict[str, Any]:
    """Twenty times the effort of a decision."""
    return {**fields, "effort_max": 20 * EFFORT}


@pytest.mark.parametrize("shape", [*SMALL, *LARGE, *DUAL], ids=str)
def test_solve(benchmark: Any, shape: Shape) -> None:
    """Mean time of 100 different instances, called from native code."""
    problems = [PlanProblem(**effort(fields)) for fields in instances(shape, 100)]
    scratch = PlanScratch()
    benchmark(scratch.measure, problems, 1)


def report(shape: Shape, count: int, variant: Callable[[dict[str, Any]], dict[str, Any]] = dict) -> str:
    """One line of the table: mean, p50 and p99 in microseconds, how many plans are proven, the gap of the others."""
    problems = [PlanProblem(**variant(fields)) for fields in instances(shape, count)]
    empty = PlanProblem(**next(instances(Shape(0, 0, 1.0), 1)))
    scratch = PlanScratch()
    clock_ns = float(np.median(scratch.measure([empty] * 1_000, 3)))
    results = [scratch.solve(problem) for problem in problems]
    proven = sum(result.optimality == 0 for result in results)
    gaps = [100 * (1 - result.lower_bound[0] / result.cost[0]) for result in results if result.optimality == 1]
    passes = 10 if proven == count else 3
    taken = np.median(scratch.measure(problems, passes)[1:], axis=0) - clock_ns
    mean, p50, p99 = taken.mean() / 1e3, np.percentile(taken, 50) / 1e3, np.percentile(taken, 99) / 1e3
    name = str(shape) if variant is dict else f"{shape} {variant.__name__}"
    return f"{name:>28} {mean:9.2f} {p50:9.2f} {p99:9.2f} {100 * proven / count:8.1f} % {np.mean(gaps or 0):7.2f}"


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    print(f"{'shape':>28} {'mean us':>9} {'p50 us':>9} {'p99 us':>9} {'proven':>10} {'gap %':>7}")
    for shape in (*SMALL[:2], *COVERAGE):
        print(report(shape, count))
    for variant in VARIANTS:
        for shape in (SMALL[1], SMALL[3]):
            print(report(shape, count, variant))
    for variant in (flat, effort, effort_20):
        for shape in DUAL:
            print(report(shape, count if variant is flat else max(20, count // 10), variant), flush=True)
    for shape in LARGE:
        print(report(shape, max(20, count // 20), effort))


if __name__ == "__main__":
    main()
