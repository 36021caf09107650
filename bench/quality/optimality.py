"""Is PROVEN true? Plans of the kernel against HiGHS, and of small orders in company against the exact search.

    python -m bench.quality.optimality [--company 10000] [--solver 100] [--seed 1] [--effort 0] [--seconds 60]

Two tables. The first plans orders of up to ten lines twice: as they are, by the search over subsets, and with
weightless blocks beside them, by the dual search. The second plans orders of 11 to 20 lines with HiGHS as well, as a
mixed integer program over nodes and weight tiers; its time is that of the whole call, the kernel's of the kernel alone.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from bench.workloads import Shape, instance, light, shared_sku, tight_nodes, two_shipments
from tests.reference.plan import ROW_NONE, PlanInput, total

from fastdom._native.plan import PlanProblem, PlanScratch

RUPEE = 1_000_000
LARGE = 11
"""Blocks from which on the kernel takes the dual search."""
COMPANY = tuple(
    Shape(lines, nodes, p) for lines, nodes in ((4, 12), (8, 20), (8, 50), (10, 50)) for p in (0.25, 0.75, 1)
)
SOLVER = (*(Shape(lines, 12, p) for lines in (11, 12, 13, 14) for p in (0.25, 0.75, 1)), Shape(20, 50, 0.75))
VARIANTS: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = (dict, light, two_shipments, tight_nodes, shared_sku)


def with_company(order: dict[str, Any]) -> dict[str, Any]:
    """The order with blocks that weigh and cost nothing, and that every node with some block has."""
    blocks = len(order["weight_g"])
    extra = max(1, LARGE - blocks)
    cover = [mask | ((1 << extra) - 1) << blocks if mask else 0 for mask in order["cover"]]
    company = {**order, "weight_g": [*order["weight_g"], *[0] * extra], "units": [*order["units"], *[0] * extra]}
    if order.get("block_cost") is not None:
        company["block_cost"] = [[*row, *[(0,)] * extra] for row in order["block_cost"]]
    return company | {"cover": cover}


def offers(order: dict[str, Any], node: int) -> Iterator[tuple[int, int, int, int]]:
    """(cost, grams at most, cost of a step, grams of a step) of each way to ship from the node."""
    fixed = order["fixed"][node][0] + order["split_penalty"][0]
    if order["row_i"][node] == ROW_NONE:
        yield fixed, sum(order["weight_g"]), 0, 0
        return
    row = order["rows"][order["row_i"][node]]
    for tier, most_g in enumerate(order["breakpoints_g"]):
        yield fixed + min(order["tariff_cost"][tariff][tier] for tariff in row), most_g, 0, 0
    for tariff in row:
        last = fixed + order["tariff_cost"][tariff][-1]
        yield last, order["breakpoints_g"][-1], order["tariff_step_cost"][tariff], order["step_g"]


def solver_plan(order: dict[str, Any], seconds: float = 600.0) -> list[int | None] | None:
    """Candidate of each block in HiGHS's best plan; None when there is none. Tariffs must not fall with weight.

    Raises TimeoutError when HiGHS has no proof after so many seconds.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    n, nodes = len(order["weight_g"]), len(order["cover"])
    ways = [(node, *offer) for node in range(nodes) for offer in offers(order, node)]
    n_x, n_ways = n * nodes, len(ways)
    cost = np.zeros(n_x + 2 * n_ways)
    high = np.ones(n_x + 2 * n_ways)
    for node in range(nodes):
        for block in range(n):
            cost[node * n + block] = order["unit_cost"][node][0] * order["units"][block] / RUPEE
            high[node * n + block] = order["cover"][node] >> block & 1
    steps_most = 1 + sum(order["weight_g"]) // max(1, order["step_g"])
    for at, (_, base, _, step_cost, step_g) in enumerate(ways):
        cost[n_x + at] = base / RUPEE
        cost[n_x + n_ways + at] = step_cost / RUPEE
        high[n_x + n_ways + at] = steps_most if step_g else 0
    rows: list[dict[int, float]] = []
    limits: list[tuple[float, float]] = []

    def constrain(terms: dict[int, float], low: float, most: float) -> None:
        rows.append(terms)
        limits.append((low, most))

    for block in range(n):
        constrain({node * n + block: 1 for node in range(nodes)}, 1, 1)
    for node in range(nodes):
        mine = [at for at, way in enumerate(ways) if way[0] == node]
        shipped = {n_x + at: -1.0 for at in mine}
        constrain({n_x + at: 1 for at in mine}, 0, 1)
        for block in range(n):
            constrain({node * n + block: 1, **shipped}, -np.inf, 0)
        carried = {n_x + at: -float(ways[at][2]) for at in mine}
        carried |= {n_x + n_ways + at: -float(ways[at][4]) for at in mine if ways[at][4]}
        constrain({node * n + block: order["weight_g"][block] for block in range(n)} | carried, -np.inf, 0)
        constrain({node * n + block: order["units"][block] for block in range(n)}, 0, order["units_left"][node])
        for demand, available in order.get("groups", ()):
            constrain({node * n + block: count for block, count in demand.items()}, 0, available[node])
    for at in range(n_ways):
        constrain({n_x + n_ways + at: 1, n_x + at: -float(steps_most)}, -np.inf, 0)
    if order.get("max_shipments"):
        constrain({n_x + at: 1 for at in range(n_ways)}, 0, order["max_shipments"])
    values = [value for terms in rows for value in terms.values()]
    places = ([at for at, terms in enumerate(rows) for _ in terms], [column for terms in rows for column in terms])
    found = milp(
        cost,
        constraints=LinearConstraint(csr_array((values, places), (len(rows), len(cost))), *np.transpose(limits)),
        integrality=np.ones(len(cost)),
        bounds=Bounds(0, high),
        options={"mip_rel_gap": 0, "time_limit": seconds},
    )
    if found.status == 1:
        raise TimeoutError(f"no proof after {seconds} s")
    if found.x is None:
        return None
    return [int(np.argmax(found.x[block:n_x:n])) for block in range(n)]


def orders(shape: Shape, count: int, seed: int) -> Iterator[tuple[dict[str, Any], bool]]:
    """Orders of one shape, every variant in turn; and whether a block needs more of a SKU than a node may have."""
    rng = random.Random(f"{seed}-{shape}-optimality")
    for i in range(count):
        variant = VARIANTS[i % len(VARIANTS)]
        yield {**variant(instance(shape, rng)), "allow_partial": False}, variant is shared_sku


def line(name: str, mismatches: int, proven: Sequence[bool], times: dict[str, list[float]]) -> str:
    """One row of a table."""
    told = "".join(f" {np.mean(taken):11.1f} {np.percentile(taken, 99):11.1f}" for taken in times.values() if taken)
    return f"{name:>14} {len(proven):9} {mismatches:10} {100 * np.mean(proven or [False]):8.1f} %{told}"


def company(count: int, seed: int, effort: int) -> int:
    """The first table; returns the mismatches."""
    scratch = PlanScratch()
    failed = 0
    for shape in COMPANY:
        wrong, proven, taken = 0, [], []
        for order, _ in orders(shape, -(-count // len(COMPANY)), seed):
            problem = PlanProblem(**with_company(order), effort_max=effort)
            alone, beside = scratch.solve(PlanProblem(**order)), scratch.solve(problem)
            taken.append(float(scratch.measure([problem], 1)[0, 0]) / 1e3)
            proven.append(beside.optimality == 0 or beside.status != 0)
            mine = [(part.candidate_i, part.cost) for part in alone.parts]
            if proven[-1]:
                wrong += (alone.status, alone.cost, mine) != (
                    beside.status,
                    beside.cost,
                    [(part.candidate_i, part.cost) for part in beside.parts],
                )
            else:
                wrong += not beside.lower_bound <= alone.cost <= beside.cost
        print(line(str(shape), wrong, proven, {"kernel": taken}), flush=True)
        failed += wrong
    return failed


def against_solver(count: int, seed: int, effort: int, seconds: float) -> int:
    """The second table; returns the mismatches. Orders that HiGHS does not finish are told below their row."""
    scratch = PlanScratch()
    failed = 0
    for shape in SOLVER:
        wrong = late = 0
        proven: list[bool] = []
        times: dict[str, list[float]] = {"kernel": [], "solver": []}
        for order, shared in orders(shape, -(-count // len(SOLVER)), seed):
            if shared and any(
                mask & 7 and left < 2 for mask, left in zip(order["cover"], order["groups"][0][1], strict=True)
            ):
                continue
            problem = PlanProblem(**order, effort_max=effort)
            result = scratch.solve(problem)
            times["kernel"].append(float(scratch.measure([problem], 1)[0, 0]) / 1e3)
            start = time.perf_counter()
            try:
                nodes = solver_plan(order, seconds)
            except TimeoutError:
                late += 1
                continue
            finally:
                times["solver"].append((time.perf_counter() - start) * 1e6)
            priced = None if nodes is None else total(PlanInput(**order), nodes)
            proven.append(result.optimality == 0 or result.status == 1)
            if priced is None or result.status != 0:
                wrong += (priced is None) != (result.status != 0)
            elif proven[-1]:
                wrong += result.cost != priced[0]
            else:
                wrong += not result.lower_bound <= priced[0] <= result.cost
        print(line(str(shape), wrong, proven, times), flush=True)
        if late:
            print(f"{'':>14} {late} more without a proof from HiGHS after {seconds} s, not compared", flush=True)
        failed += wrong
    return failed


def main() -> None:
    """Print both tables; the exit status is 1 when a plan was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--company", type=int, default=10_000, help="orders against the exact search")
    parser.add_argument("--solver", type=int, default=100, help="orders against HiGHS")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--effort", type=int, default=0, help="evaluations for one order; 0: the kernel's own limit")
    parser.add_argument("--seconds", type=float, default=60.0, help="what HiGHS may take for one order")
    told = parser.parse_args()
    head = f"{'shape':>14} {'instances':>9} {'mismatches':>10} {'proven':>10} {'mean us':>11} {'p99 us':>11}"
    print(head)
    failed = company(told.company, told.seed, told.effort) if told.company else 0
    print(f"\n{head} {'HiGHS mean':>11} {'HiGHS p99':>11}")
    failed += against_solver(told.solver, told.seed, told.effort, told.seconds) if told.solver else 0
    raise SystemExit(failed > 0)


if __name__ == "__main__":
    main()
