"""Routing kernel with costs of carrier services: `python -m bench.micro.plan_places [instances]`.

Every kind of problem is timed in turn over the same orders within one run; read the ratios to the first.
"""

import random
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from bench.workloads import RUPEE, Shape, instances, lexicographic

from fastdom._native.plan import PlanProblem, PlanScratch

Fields = dict[str, Any]


def plain(fields: Fields) -> Fields:
    """The order as it is."""
    return fields


def blocks(fields: Fields) -> Fields:
    """Costs by candidate and block, up to 20 rupees a unit."""
    rng = random.Random(f"{fields['weight_g']}")
    costs = [[[rng.randrange(20 * RUPEE) * units] for units in fields["units"]] for _ in fields["cover"]]
    return {**fields, "block_cost": costs}


def places(fields: Fields) -> Fields:
    """A row for each candidate; each service costs up to 30 rupees a shipment and 4 a unit: they cross everywhere."""
    rng = random.Random(f"{fields['weight_g']}p")
    rows = [fields["rows"][row_i] for row_i in fields["row_i"]]
    return {
        **fields,
        "rows": rows,
        "row_i": list(range(len(rows))),
        "place_fixed": [[(rng.randrange(30 * RUPEE),) for _ in row] for row in rows],
        "place_unit": [[(rng.randrange(4 * RUPEE),) for _ in row] for row in rows],
    }


def both(fields: Fields) -> Fields:
    """Costs by block and by carrier service."""
    return places(blocks(fields))


def lexicographic_places(fields: Fields) -> Fields:
    """Shipping and a share of the carrier's costs first, then everything else."""
    placed = lexicographic(places(fields))
    placed["place_fixed"] = [[(cost, cost // 3) for (cost,) in row] for row in placed["place_fixed"]]
    placed["place_unit"] = [[(cost // 8, cost) for (cost,) in row] for row in placed["place_unit"]]
    return placed


def least(fields: Fields) -> Fields:
    """A least shipment of three units."""
    return {**fields, "min_units": 3, "min_exempt_single": True}


KINDS: tuple[Callable[[Fields], Fields], ...] = (
    plain, blocks, places, both, lexicographic, lexicographic_places, least,
)  # fmt: skip


def report(shape: Shape, count: int) -> None:
    """One line a kind: mean and p99 in microseconds, and the ratio to the first."""
    orders = list(instances(shape, count))
    scratch = PlanScratch()
    clock_ns = float(np.median(scratch.measure([PlanProblem(**next(instances(Shape(0, 0, 1.0), 1)))] * 1_000, 3)))
    problems = [[PlanProblem(**kind(fields)) for fields in orders] for kind in KINDS]
    taken = [[scratch.measure(kind, 2)[1] for kind in problems] for _ in range(7)]
    medians = np.median(np.array(taken), axis=0) - clock_ns
    for kind, ns in zip(KINDS, medians, strict=True):
        ratio = ns.mean() / medians[0].mean()
        print(
            f"{shape!s:>14} {kind.__name__:>22} {ns.mean() / 1e3:8.2f} {np.percentile(ns, 99) / 1e3:8.2f} {ratio:6.2f}"
        )


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    print(f"{'shape':>14} {'kind':>22} {'mean us':>8} {'p99 us':>8} {'ratio':>6}")
    for lines, nodes in ((3, 23), (5, 50), (8, 50)):
        report(Shape(lines, nodes, 0.75), count)


if __name__ == "__main__":
    main()
