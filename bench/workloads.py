"""Seeded instances for benchmarks and tests: routing problems as keyword arguments of `PlanProblem`.

The setting of the design notes: every line is stocked at a node with probability `stocked`, tariffs have 8 weight
tiers, and the objectives are those of the default policy: shipping, handling, split penalty and distance.
Money is micros of a rupee, distance metres, weight grams.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isqrt
from typing import Any

RUPEE = 1_000_000
BREAKPOINTS_G = (500, 1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 30_000)
ZONES_M = (25_000, 100_000, 300_000, 600_000, 1_000_000, 1_500_000, 2_000_000)
SIDE_M = 2_500_000
UNLIMITED = 2**31 - 1
# (first 500 g, each further 500 g, per zone step of both) of three carrier services, rupees
SERVICES = ((28, 18, 9), (38, 14, 7), (60, 22, 12))


@dataclass(frozen=True)
class Shape:
    """Size of the instances: lines an order, candidate nodes, and the chance that a node stocks a line."""

    lines: int
    nodes: int
    stocked: float

    def __str__(self) -> str:
        return f"{self.lines}x{self.nodes}-p{self.stocked}"


SMALL = tuple(Shape(lines, nodes, 0.75) for lines, nodes in ((1, 23), (3, 23), (5, 50), (8, 50), (8, 200)))
COVERAGE = tuple(
    Shape(lines, nodes, stocked)
    for lines, nodes in ((5, 50), (8, 50), (8, 200), (10, 50))
    for stocked in (0.25, 0.75, 1.0)
)
LARGE = tuple(Shape(lines, nodes, 0.75) for lines, nodes in ((20, 50), (100, 50), (1_000, 50), (1_000, 200)))


def tariff_table() -> tuple[list[list[int]], list[int]]:
    """Cost of each service x zone in each weight tier, and of each further kilogram."""
    costs = []
    for first, further, zone_step in SERVICES:
        for zone in range(len(ZONES_M) + 1):
            half_kilos = [breakpoint_g // 500 for breakpoint_g in BREAKPOINTS_G]
            rate = further + zone * zone_step // 3
            costs.append([(first + zone * zone_step + rate * (count - 1)) * RUPEE for count in half_kilos])
    steps = [costs[i][-1] // 60 for i in range(len(costs))]
    return costs, steps


TARIFF_COST, TARIFF_STEP_COST = tariff_table()


def zone_of(distance_m: int) -> int:
    """Index of the zone a distance falls into."""
    return sum(distance_m > limit_m for limit_m in ZONES_M)


def instance(shape: Shape, rng: random.Random) -> dict[str, Any]:
    """One order at a random place, nodes all over a square of 2,500 km."""
    place = (rng.randrange(SIDE_M), rng.randrange(SIDE_M))
    units = [rng.choice((1, 1, 1, 2, 3)) for _ in range(shape.lines)]
    weight_g = [count * rng.randrange(80, 2_500) for count in units]
    cover, fixed, unit_cost, row_i = [], [], [], []
    rows: dict[tuple[int, ...], int] = {}
    for _ in range(shape.nodes):
        x, y = rng.randrange(SIDE_M), rng.randrange(SIDE_M)
        distance_m = isqrt((x - place[0]) ** 2 + (y - place[1]) ** 2)
        services = rng.choice(((0, 1), (0, 1, 2), (0, 1, 2), (1, 2)))
        row = tuple(service * (len(ZONES_M) + 1) + zone_of(distance_m) for service in services)
        row_i.append(rows.setdefault(row, len(rows)))
        cover.append(sum((rng.random() < shape.stocked) << line for line in range(shape.lines)))
        fixed.append((rng.randrange(8, 30) * RUPEE,))
        unit_cost.append((rng.randrange(2, 8) * RUPEE + distance_m * 5,))
    return {
        "weight_g": weight_g,
        "units": units,
        "cover": cover,
        "fixed": fixed,
        "unit_cost": unit_cost,
        "row_i": row_i,
        "units_left": [UNLIMITED] * shape.nodes,
        "breakpoints_g": BREAKPOINTS_G,
        "step_g": 1_000,
        "tariff_cost": TARIFF_COST,
        "tariff_step_cost": TARIFF_STEP_COST,
        "rows": list(rows),
        "split_penalty": (15 * RUPEE,),
        "allow_partial": True,
    }


def instances(shape: Shape, count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """`count` instances of one shape; the same seed gives the same ones."""
    rng = random.Random(f"{seed}-{shape}")
    for _ in range(count):
        yield instance(shape, rng)


def light(fields: dict[str, Any]) -> dict[str, Any]:
    """Parcels of a few hundred grams: one shipment mostly wins."""
    return {**fields, "weight_g": [weight_g // 6 for weight_g in fields["weight_g"]]}


def two_shipments(fields: dict[str, Any]) -> dict[str, Any]:
    """At most two shipments."""
    return {**fields, "max_shipments": 2}


def tight_nodes(fields: dict[str, Any]) -> dict[str, Any]:
    """Every second node has room for a few units only."""
    return {**fields, "units_left": [UNLIMITED if node % 2 else 3 + node % 5 for node in range(len(fields["cover"]))]}


def shared_sku(fields: dict[str, Any]) -> dict[str, Any]:
    """Blocks 0 to 2 are parts of one line of a scarce SKU."""
    demand = dict.fromkeys(range(min(3, len(fields["units"]))), 2)
    return {**fields, "groups": [(demand, [2 + node % 5 for node in range(len(fields["cover"]))])]}


def lexicographic(fields: dict[str, Any]) -> dict[str, Any]:
    """Shipping first, then everything else."""
    return {
        **fields,
        "fixed": [(0, *fixed) for fixed in fields["fixed"]],
        "unit_cost": [(0, *unit_cost) for unit_cost in fields["unit_cost"]],
        "split_penalty": (0, *fields["split_penalty"]),
    }


VARIANTS: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = (
    light,
    two_shipments,
    tight_nodes,
    shared_sku,
    lexicographic,
)
