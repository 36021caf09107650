"""The routing kernel, slow and readable: the twin of `fastdom._native.plan`.

`brute_force` tries every assignment of blocks to candidates; `node_by_node` is the dynamic programme that adds one
candidate after the other. Both obey the order of plans in `plan.pxd`. `best_amounts` knows no blocks: it tries every
distribution of the units of every line over the candidates.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

COST_MAX = 1 << 50
COST_NONE = -1
ROW_NONE = -1
NO_TARIFF = 0xFFFF
UNLIMITED = 2**31 - 1


@dataclass(frozen=True)
class PlanInput:
    """The fields of `PlanProblem`, as plain sequences."""

    weight_g: Sequence[int]
    units: Sequence[int]
    cover: Sequence[int]
    fixed: Sequence[Sequence[int]]
    unit_cost: Sequence[Sequence[int]]
    row_i: Sequence[int]
    units_left: Sequence[int]
    breakpoints_g: Sequence[int]
    step_g: int
    tariff_cost: Sequence[Sequence[int]]
    tariff_step_cost: Sequence[int]
    rows: Sequence[Sequence[int]]
    groups: Sequence[tuple[Mapping[int, int], Sequence[int]]] = ()
    split_penalty: Sequence[int] = field(default=(0,))
    shipping_objective: int = 0
    shipping_weight: int = 1024
    max_shipments: int = 0
    allow_partial: bool = False
    block_cost: Sequence[Sequence[Sequence[int]]] | None = None
    place_fixed: Sequence[Sequence[Sequence[int]]] | None = None
    place_unit: Sequence[Sequence[Sequence[int]]] | None = None
    min_units: int = 0
    min_exempt_single: bool = False


@dataclass(frozen=True)
class Answer:
    """The best plan: candidate of each block (None: not served) and the total cost vector."""

    nodes: tuple[int | None, ...]
    cost: tuple[int, ...]


def tariff_cost(problem: PlanInput, tariff: int, weight_g: int) -> int | None:
    """Raw micros of one tariff for a shipment; None when it does not carry the weight."""
    for breakpoint_g, cost in zip(problem.breakpoints_g, problem.tariff_cost[tariff], strict=True):
        if weight_g <= breakpoint_g:
            return None if cost == COST_NONE else cost
    step_cost = problem.tariff_step_cost[tariff]
    last = problem.tariff_cost[tariff][-1]
    if problem.step_g == 0 or COST_NONE in (step_cost, last):
        return None
    steps = -(-(weight_g - problem.breakpoints_g[-1]) // problem.step_g)
    return min(COST_MAX, last + steps * step_cost)


def shipping(problem: PlanInput, row_i: int, weight_g: int) -> tuple[int, int] | None:
    """Weighted micros and the winning tariff of a row; None when no tariff carries the weight."""
    if row_i == ROW_NONE:
        return 0, NO_TARIFF
    offers = [(tariff_cost(problem, tariff, weight_g), tariff) for tariff in problem.rows[row_i]]
    carried = [(cost, tariff) for cost, tariff in offers if cost is not None]
    if not carried:
        return None
    cost, tariff = min(carried, key=lambda offer: offer[0])
    return min(COST_MAX, cost * problem.shipping_weight // 1024), tariff


def placed(
    problem: PlanInput, row_i: int, weight_g: int, units: int, cost: Sequence[int]
) -> tuple[tuple[int, ...], int] | None:
    """Whole cost vector and tariff of a shipment that costs `cost` without its carrier service; ties: first place."""
    assert problem.place_fixed is not None
    assert problem.place_unit is not None
    offers = []
    for place, tariff in enumerate(problem.rows[row_i]):
        raw = tariff_cost(problem, tariff, weight_g)
        if raw is None:
            continue
        whole = list(cost)
        whole[problem.shipping_objective] += min(COST_MAX, raw * problem.shipping_weight // 1024)
        fixed, unit = problem.place_fixed[row_i][place], problem.place_unit[row_i][place]
        whole = [min(COST_MAX, a + b + units * c) for a, b, c in zip(whole, fixed, unit, strict=True)]
        offers.append((tuple(whole), place, tariff))
    if not offers:
        return None
    best = min(offers)
    return best[0], best[2]


def shipment(problem: PlanInput, node: int, blocks: Sequence[int]) -> tuple[tuple[int, ...], int] | None:
    """Cost vector and tariff of one shipment of the blocks; None when the node cannot ship them together."""
    units = sum(problem.units[block] for block in blocks)
    left = problem.units_left[node]
    if any(not problem.cover[node] >> block & 1 for block in blocks) or (units > left and left != UNLIMITED):
        return None
    for demand, available in problem.groups:
        members = [block for block in blocks if block in demand]
        if len(members) > 1 and sum(demand[block] for block in members) > available[node]:
            return None
    weight_g = sum(problem.weight_g[block] for block in blocks)
    cost = [
        min(COST_MAX, fixed + unit * units)
        for fixed, unit in zip(problem.fixed[node], problem.unit_cost[node], strict=True)
    ]
    if problem.block_cost is not None:
        for block in blocks:
            cost = [min(COST_MAX, a + b) for a, b in zip(cost, problem.block_cost[node][block], strict=True)]
    row_i = problem.row_i[node]
    if problem.place_fixed is not None and row_i != ROW_NONE:
        return placed(problem, row_i, weight_g, units, cost)
    carried = shipping(problem, row_i, weight_g)
    if carried is None:
        return None
    cost[problem.shipping_objective] = min(COST_MAX, cost[problem.shipping_objective] + carried[0])
    return tuple(cost), carried[1]


def may_leave(problem: PlanInput, units: int, shipments: int) -> bool:
    """Whether a shipment of so many units may be one of so many shipments (`min_units`)."""
    return units >= problem.min_units or (problem.min_exempt_single and shipments == 1)


def total(problem: PlanInput, nodes: Sequence[int | None]) -> tuple[tuple[int, ...], int] | None:
    """Cost vector and number of shipments of an assignment; None when a shipment is impossible."""
    used = sorted({node for node in nodes if node is not None})
    cost = [penalty * max(0, len(used) - 1) for penalty in problem.split_penalty]
    for node in used:
        blocks = [block for block, at in enumerate(nodes) if at == node]
        part = shipment(problem, node, blocks)
        if part is None or not may_leave(problem, sum(problem.units[block] for block in blocks), len(used)):
            return None
        cost = [a + b for a, b in zip(cost, part[0], strict=True)]
    return tuple(cost), len(used)


def brute_force(problem: PlanInput) -> Answer | None:
    """Every assignment; for a handful of blocks and candidates."""
    best: tuple[object, ...] | None = None
    answer = None
    choices: list[int | None] = [*range(len(problem.cover)), *([None] if problem.allow_partial else [])]
    for nodes in product(choices, repeat=len(problem.weight_g)):
        priced = total(problem, nodes)
        if priced is None or (problem.max_shipments and priced[1] > problem.max_shipments):
            continue
        left_out = tuple(node is None for node in nodes)
        key = (sum(left_out), priced[0], priced[1], left_out, tuple(node for node in nodes if node is not None))
        if best is None or key < best:
            best, answer = key, Answer(nodes, priced[0])
    return None if answer is None or (all(node is None for node in answer.nodes) and answer.nodes) else answer


Partial = tuple[tuple[int, ...], int, tuple[int, ...]]


def node_by_node(problem: PlanInput) -> Answer | None:
    """Best (cost, shipments, nodes) of every set of blocks and number of shipments, one more candidate at a time."""
    n = len(problem.weight_g)
    most = min(problem.max_shipments or n, n)
    units = [sum(problem.units[block] for block in range(n) if subset >> block & 1) for subset in range(1 << n)]
    best: dict[tuple[int, int], Partial] = {(0, 0): (tuple(0 for _ in problem.split_penalty), 0, (n * n,) * n)}
    for node, cover in enumerate(problem.cover):
        offers = {}
        for subset in range(1, 1 << n):
            if subset & ~cover == 0:
                part = shipment(problem, node, [block for block in range(n) if subset >> block & 1])
                if part is not None:
                    offers[subset] = tuple(a + b for a, b in zip(part[0], problem.split_penalty, strict=True))
        for (served, parts), (cost, _, nodes) in list(best.items()):
            for subset, added in offers.items():
                least = min(units[subset], units[served]) if parts else units[subset]
                if subset & served or parts == most or not may_leave(problem, least, parts + 1):
                    continue
                key = (served | subset, parts + 1)
                plan = (
                    tuple(a + b for a, b in zip(cost, added, strict=True)),
                    parts + 1,
                    tuple(node if subset >> block & 1 else at for block, at in enumerate(nodes)),
                )
                if key not in best or plan < best[key]:
                    best[key] = plan
    full = (1 << n) - 1
    allowed = [
        (-served.bit_count(), cost, parts, tuple(not served >> block & 1 for block in range(n)), nodes, served)
        for (served, parts), (cost, _, nodes) in best.items()
        if served == full or (problem.allow_partial and served)
    ]
    if not allowed:
        return None
    _, cost, parts, _, nodes, served = min(allowed)
    return Answer(
        tuple(node if served >> block & 1 else None for block, node in enumerate(nodes)),
        tuple(a - b * (parts > 0) for a, b in zip(cost, problem.split_penalty, strict=True)),
    )


@dataclass(frozen=True)
class Line:
    """A line that may be split: units, grams of one unit, its SKU, and what one unit costs at each candidate."""

    quantity: int
    unit_g: int
    sku: int
    cost: Sequence[int]


def cut(
    nodes: PlanInput, lines: Sequence[Line], stock: Sequence[Sequence[int]], sizes: Sequence[Sequence[int]]
) -> PlanInput:
    """The problem whose blocks are the lines cut into the sizes. `nodes` gives everything but the blocks; stock[sku]
    is the units at each candidate."""
    blocks = [(line, size) for line, parts in zip(lines, sizes, strict=True) for size in parts]
    demands = [
        ({i: size for i, (line, size) in enumerate(blocks) if line.sku == sku}, units)
        for sku, units in enumerate(stock)
    ]
    candidates = range(len(nodes.fixed))
    return replace(
        nodes,
        weight_g=[line.unit_g * size for line, size in blocks],
        units=[size for _, size in blocks],
        cover=[
            sum((stock[line.sku][node] >= size) << i for i, (line, size) in enumerate(blocks)) for node in candidates
        ],
        groups=[(demand, units) for demand, units in demands if len(demand) > 1],
        block_cost=[[[line.cost[node] * size] for line, size in blocks] for node in candidates],
    )


def distributions(quantity: int, nodes: int) -> Iterator[tuple[int, ...]]:
    """Every way to spread the quantity over the nodes."""
    if nodes == 1:
        yield (quantity,)
        return
    for units in range(quantity + 1):
        for rest in distributions(quantity - units, nodes - 1):
            yield (units, *rest)


def shipment_of_amounts(
    nodes: PlanInput, lines: Sequence[Line], stock: Sequence[Sequence[int]], node: int, amounts: Sequence[int]
) -> int | None:
    """Cost of one shipment of amounts[line] units of each line; None when the node cannot ship them."""
    units = sum(amounts)
    taken = [0] * len(stock)
    for line, amount in zip(lines, amounts, strict=True):
        taken[line.sku] += amount
    if units > nodes.units_left[node] or any(units > have[node] for units, have in zip(taken, stock, strict=True)):
        return None
    weight_g = sum(line.unit_g * amount for line, amount in zip(lines, amounts, strict=True))
    carried = shipping(nodes, nodes.row_i[node], weight_g)
    if carried is None:
        return None
    own = sum(line.cost[node] * amount for line, amount in zip(lines, amounts, strict=True))
    return nodes.fixed[node][0] + nodes.unit_cost[node][0] * units + own + carried[0]


def best_amounts(nodes: PlanInput, lines: Sequence[Line], stock: Sequence[Sequence[int]]) -> tuple[int, int] | None:
    """Least cost, and the fewest shipments at that cost, over every distribution of the units; None: no plan."""
    best: tuple[int, int] | None = None
    count = len(nodes.fixed)
    for spread in product(*(distributions(line.quantity, count) for line in lines)):
        loads = [[amounts[node] for amounts in spread] for node in range(count)]
        costs = [shipment_of_amounts(nodes, lines, stock, node, load) for node, load in enumerate(loads) if any(load)]
        if None in costs or (nodes.max_shipments and len(costs) > nodes.max_shipments):
            continue
        paid = sum(cost for cost in costs if cost is not None) + nodes.split_penalty[0] * max(0, len(costs) - 1)
        if best is None or (paid, len(costs)) < best:
            best = (paid, len(costs))
    return best
