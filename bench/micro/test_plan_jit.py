"""Batch scorer against the kernel called one by one: `python -m bench.micro.test_plan_jit [orders]`.

Candidates a second are orders x nodes over the median of several runs. The arrays are made before the clock starts on
both sides; `kernel` is one call of `PlanScratch.solve` an order, from Python, `native` the kernel's own time.
"""

import sys
from statistics import median
from time import perf_counter_ns
from typing import Any

import pytest
from bench.workloads import Shape, instances

from fastdom._native.plan import PlanProblem, PlanScratch
from fastdom.routing.plan_jit import pack, score_plans, warm

SHAPES = tuple(Shape(lines, nodes, 0.75) for lines, nodes in ((1, 50), (2, 50), (4, 50), (4, 200), (8, 50)))
RUNS = 5


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_score_plans(benchmark: Any, shape: Shape) -> None:
    """Plans of 500 different orders in one call; the kernel finds the same costs."""
    fields = list(instances(shape, 500))
    warm()
    plans = benchmark(score_plans, pack(fields))
    scratch = PlanScratch()
    for i, one in enumerate(fields):
        result = scratch.solve(PlanProblem(**one))
        assert (plans.status[i], plans.cost[i, 0]) == (result.status, result.cost[0] if result.cost else 0)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_kernel_one_by_one(benchmark: Any, shape: Shape) -> None:
    """The same orders, a call each."""
    problems = [PlanProblem(**fields) for fields in instances(shape, 500)]
    scratch = PlanScratch()
    benchmark(lambda: [scratch.solve(problem) for problem in problems])


def report(shape: Shape, count: int) -> str:
    """One line of the table: orders x nodes a second of the batch, of the kernel called one by one, and inside it."""
    fields = list(instances(shape, count))
    batch, problems, scratch = pack(fields), [PlanProblem(**one) for one in fields], PlanScratch()
    took: list[list[int]] = []
    for _ in range(RUNS):
        start = perf_counter_ns()
        score_plans(batch)
        middle = perf_counter_ns()
        for problem in problems:
            scratch.solve(problem)
        end = perf_counter_ns()
        took.append([middle - start, end - middle, int(scratch.measure(problems, 1).sum())])
    rates = [count * shape.nodes * 1e3 / median(run) for run in zip(*took, strict=True)]
    return f"{shape!s:32}" + "".join(f"{rate:12.1f}" for rate in rates)


def main() -> None:
    """Print the table."""
    warm()
    print(f"{'millions of orders x nodes a second':32}{'batch':>9}{'kernel':>12}{'native':>12}")
    for shape in SHAPES:
        print(report(shape, int(sys.argv[1]) if len(sys.argv) > 1 else 1000))


if __name__ == "__main__":
    main()
