"""Cheapest plans of thousands of orders in one call, for re-planning and simulation. Compiled by Numba.

The batch twin of `_native/plan.pyx` for orders of up to `BLOCKS_MAX` blocks: every cost and every constraint of
`plan.pxd`, the same order of plans, always proven. Larger orders are refused; they are the kernel's (`plan.solve`).

Each set of blocks first takes its best node and the sets are joined by dynamic programming. When that plan uses a node
twice, which no plan may, such nodes are set apart and added one after the other, until none is used twice.

It is slower than the kernel called one by one (`bench/micro/test_plan_jit.py`), so nothing uses it where the kernel is
at hand; it serves as a second implementation, and where many problems lie in arrays already. Compiled code is cached
beside the module, or in the user's cache folder.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

BLOCKS_MAX = 8
NODES_MAX = 4095
OBJECTIVES_MAX = 4
ROW_TARIFFS = 4
COST_MAX = 1 << 50
WEIGHT_G_MAX = 1 << 40
NO_TARIFF = 0xFFFF
UNLIMITED = 2**31 - 1
OK, INFEASIBLE = 0, 1

SCALARS = (
    "blocks", "candidates", "tiers", "rows", "groups", "n_cost", "step_g", "shipping_objective", "shipping_weight",
    "max_shipments", "allow_partial", "min_units", "min_exempt_single", "has_block_cost", "has_places",
)  # fmt: skip
TABLES = (
    "weight_g", "units", "cover", "fixed", "unit_cost", "row_i", "units_left", "breakpoints_g", "tariff_cost",
    "tariff_step_cost", "row_tariffs", "group_start", "group_block", "group_quantity", "group_available",
    "split_penalty", "block_cost", "place_fixed", "place_unit",
)  # fmt: skip
S = {name: i for i, name in enumerate(SCALARS)}
(
    BLOCKS, CANDIDATES, TIERS, ROWS, GROUPS, N_COST, STEP_G, SHIPPING_OBJECTIVE, SHIPPING_WEIGHT,
    MAX_SHIPMENTS, ALLOW_PARTIAL, MIN_UNITS, MIN_EXEMPT_SINGLE, HAS_BLOCK_COST, HAS_PLACES,
) = range(len(SCALARS))  # fmt: skip
(
    WEIGHT_G, UNITS, COVER, FIXED, UNIT_COST, ROW_I, UNITS_LEFT, BREAKPOINTS_G, TARIFF_COST,
    TARIFF_STEP_COST, ROW_TARIFF, GROUP_START, GROUP_BLOCK, GROUP_QUANTITY, GROUP_AVAILABLE,
    SPLIT_PENALTY, BLOCK_COST, PLACE_FIXED, PLACE_UNIT,
) = range(len(TABLES))  # fmt: skip


class Batch(NamedTuple):
    """Many problems in three arrays; `pack` makes it. Problems that name the same table share its numbers.

    Attributes
    ----------
    scalars
        int64 [problems, 15]: the counts and settings of each problem, in the order of `SCALARS`.
    start
        int64 [problems, 19]: where each table of `TABLES` begins in `numbers`.
    numbers
        int64: the tables, one after the other, each in C order with the shapes of `plan.pxd`.
    """

    scalars: NDArray[np.int64]
    start: NDArray[np.int64]
    numbers: NDArray[np.int64]


class Plans(NamedTuple):
    """Plans of a batch of P problems.

    Attributes
    ----------
    status
        int32 [P] 0: planned, and no better plan exists; 1: no plan exists.
    cost
        int64 [P, 4] total micros by objective, split penalty included; 0 without a plan or beyond the objectives.
    node
        int32 [P, 8] candidate that ships each block; -1: left out, no plan, or no such block.
    tariff
        int32 [P, 8] tariff that carries the block; 65535: none.
    shipments
        int32 [P].
    """

    status: NDArray[np.int32]
    cost: NDArray[np.int64]
    node: NDArray[np.int32]
    tariff: NDArray[np.int32]
    shipments: NDArray[np.int32]


@njit(cache=True, inline="always")
def capped(cost: Any) -> Any:
    """At most COST_MAX."""
    return min(cost, COST_MAX)


@njit(cache=True, inline="always")
def product(cost: Any, count: Any) -> Any:
    """cost * count, at most COST_MAX. The first line spares most calls a division."""
    if (cost | count) < 1 << 25:
        return cost * count
    if cost != 0 and count > COST_MAX // cost:
        return COST_MAX
    return cost * count


@njit(cache=True, inline="always")
def price_rows(
    s: Any, at: Any, x: Any, weight_g: Any, like: Any, tier_set: Any, place_cost: Any, row_cost: Any, row_tariff: Any
) -> None:
    """Weighted tariff of every place of every row for every set of blocks, and the least of the row (-1: not carried).

    place_cost [rows * 4, sets], row_cost and row_tariff [rows, sets], filled for the first set of each weight tier and
    for those beyond the grid; like [sets] names the set that stands for each.
    """
    tiers, grid = s[TIERS], at[BREAKPOINTS_G]
    tier_set[:] = 0
    for subset in range(1, 1 << s[BLOCKS]):
        tier = 0
        while tier < tiers and x[grid + tier] < weight_g[subset]:
            tier += 1
        like[subset] = subset
        if tier < tiers:
            # The first set of this tier stands for all.
            if tier_set[tier] == 0:
                tier_set[tier] = subset
            like[subset] = tier_set[tier]
        for row in range(s[ROWS] if like[subset] == subset else 0):
            least = np.int64(-1)
            row_tariff[row, subset] = NO_TARIFF
            for place in range(ROW_TARIFFS):
                tariff = x[at[ROW_TARIFF] + row * ROW_TARIFFS + place]
                raw = np.int64(-1)
                if tariff != NO_TARIFF:
                    table = at[TARIFF_COST] + tariff * tiers
                    if tier < tiers:
                        raw = x[table + tier]
                    elif s[STEP_G] and x[table + tiers - 1] >= 0 and x[at[TARIFF_STEP_COST] + tariff] >= 0:
                        steps = (weight_g[subset] - x[grid + tiers - 1] - 1) // s[STEP_G] + 1
                        raw = capped(x[table + tiers - 1] + product(x[at[TARIFF_STEP_COST] + tariff], steps))
                if raw >= 0 and (least < 0 or raw < least):
                    least = raw
                    row_tariff[row, subset] = tariff
                if raw >= 0:
                    raw = capped((raw >> 10) * s[SHIPPING_WEIGHT] + (((raw & 1023) * s[SHIPPING_WEIGHT]) >> 10))
                place_cost[row * ROW_TARIFFS + place, subset] = raw
            if least >= 0:
                least = capped((least >> 10) * s[SHIPPING_WEIGHT] + (((least & 1023) * s[SHIPPING_WEIGHT]) >> 10))
            row_cost[row, subset] = least


@njit(cache=True, inline="always")
def fits_groups(s: Any, at: Any, x: Any, node: Any, subset: Any) -> Any:
    """Whether the node has what several blocks of the set need of one SKU together."""
    for group in range(s[GROUPS]):
        members, need = 0, np.int64(0)
        for entry in range(x[at[GROUP_START] + group], x[at[GROUP_START] + group + 1]):
            if subset >> x[at[GROUP_BLOCK] + entry] & 1:
                members += 1
                need += x[at[GROUP_QUANTITY] + entry]
        if members > 1 and need > x[at[GROUP_AVAILABLE] + group * s[CANDIDATES] + node]:
            return False
    return True


@njit(cache=True, inline="always")
def price(  # noqa: PLR0912 - one pass over the costs of plan.pxd
    s: Any, at: Any, x: Any, node: Any, subset: Any, alike: Any, units: Any, place_cost: Any, row_cost: Any,
    row_tariff: Any,
    offer: Any, whole: Any,
) -> Any:  # fmt: skip
    """Fill offer [node, subset, objective] of one shipment and return its tariff; -1 when the node cannot make it.

    The node covers the set.
    """
    left = x[at[UNITS_LEFT] + node]
    if units > left and left != UNLIMITED:
        return -1
    row, n, own = x[at[ROW_I] + node], s[N_COST], s[SHIPPING_OBJECTIVE]
    if row >= 0 and row_cost[row, alike] < 0:
        return -1
    if not fits_groups(s, at, x, node, subset):
        return -1
    for c in range(n):
        offer[node, subset, c] = capped(x[at[FIXED] + node * n + c] + product(x[at[UNIT_COST] + node * n + c], units))
        if s[HAS_BLOCK_COST]:
            for block in range(s[BLOCKS]):
                if subset >> block & 1:
                    offer[node, subset, c] = capped(
                        offer[node, subset, c] + x[at[BLOCK_COST] + (node * s[BLOCKS] + block) * n + c]
                    )
    if row < 0:
        return NO_TARIFF
    if not s[HAS_PLACES]:
        offer[node, subset, own] = capped(offer[node, subset, own] + row_cost[row, alike])
        return row_tariff[row, alike]
    winner = np.int64(-1)
    for place in range(row * ROW_TARIFFS, (row + 1) * ROW_TARIFFS):
        if place_cost[place, alike] < 0:
            continue
        for c in range(n):
            more = capped(offer[node, subset, c] + x[at[PLACE_FIXED] + place * n + c])
            more = capped(more + product(x[at[PLACE_UNIT] + place * n + c], units))
            whole[1, c] = capped(more + place_cost[place, alike]) if c == own else more
        c = 0
        while c < n - 1 and winner >= 0 and whole[1, c] == whole[0, c]:
            c += 1
        if winner < 0 or whole[1, c] < whole[0, c]:
            winner = x[at[ROW_TARIFF] + place]
            for c in range(n):
                whole[0, c] = whole[1, c]
    for c in range(n):
        offer[node, subset, c] = whole[0, c]
    return winner


@njit(cache=True, inline="always")
def join(n: Any, n_cost: Any, best: Any, nodes: Any, into: Any, rest: Any, subset: Any, part: Any, offer: Any,
         owner: Any, penalty: Any, node: Any) -> None:  # fmt: skip
    """Let `part`, shipped by `node`, complete the plan of the other blocks if that is better.

    offer [owner, part, objective] is what it costs.
    best [levels, sets, 6]: costs, shipments (-1: none); nodes [levels, sets, 8]: node of each block.
    """
    other = subset ^ part
    if best[rest, other, 4] >= 0:
        verdict = -1 if best[into, subset, 4] < 0 else 0
        for c in range(n_cost):
            if verdict == 0:
                more = best[rest, other, c] + offer[owner, part, c] + penalty[c]
                if more != best[into, subset, c]:
                    verdict = -1 if more < best[into, subset, c] else 1
        if verdict == 0 and best[rest, other, 4] + 1 != best[into, subset, 4]:
            verdict = -1 if best[rest, other, 4] + 1 < best[into, subset, 4] else 1
        if verdict == 0:
            for block in range(n):
                if verdict == 0 and subset >> block & 1:
                    there = node if part >> block & 1 else nodes[rest, other, block]
                    if there != nodes[into, subset, block]:
                        verdict = -1 if there < nodes[into, subset, block] else 1
        if verdict < 0:
            for c in range(n_cost):
                best[into, subset, c] = best[rest, other, c] + offer[owner, part, c] + penalty[c]
            best[into, subset, 4] = best[rest, other, 4] + 1
            for block in range(n):
                nodes[into, subset, block] = node if part >> block & 1 else nodes[rest, other, block]


@njit(cache=True, nogil=True, error_model="numpy")
def choose(  # noqa: PLR0912 - the order of plans, criterion by criterion
    s: Any, best: Any, levels: Any, single: Any, single_node: Any, units: Any, penalty: Any
) -> Any:
    """(set, level) of the best plan, level 0 being one shipment exempt from min_units; (0, 0) when there is none."""
    n, found, found_level = s[BLOCKS], 0, 0
    least = np.zeros(5, np.int64)
    mine = np.zeros(5, np.int64)
    for subset in range(1, 1 << n):
        if subset != (1 << n) - 1 and not s[ALLOW_PARTIAL]:
            continue
        for level in range(levels + 1):
            if level == 0:
                if not s[MIN_EXEMPT_SINGLE] or units[subset] >= s[MIN_UNITS] or single_node[subset] < 0:
                    continue
                mine[:4] = single[subset, :4] + penalty
                mine[4] = 1
            else:
                if best[level, subset, 4] < 0:
                    continue
                mine[:] = best[level, subset, :5]
            verdict = -1 if found == 0 else 0
            served, before = 0, 0
            for block in range(n):
                served += subset >> block & 1
                before += found >> block & 1
            if verdict == 0:
                verdict = before - served
            for c in range(5):
                if verdict == 0 and mine[c] != least[c] and (c < s[N_COST] or c == 4):
                    verdict = -1 if mine[c] < least[c] else 1
            for block in range(n):
                if verdict == 0 and (subset ^ found) >> block & 1:
                    verdict = -1 if subset >> block & 1 else 1
            if verdict < 0:
                found, found_level = subset, level
                least[:] = mine
    return found, found_level


@njit(cache=True, nogil=True, error_model="numpy")
def solve_all(  # noqa: PLR0912, PLR0915 - calls would count references to every array
    scalars: Any, starts: Any, x: Any, sizes: Any, status: Any, out: Any, out_node: Any, out_tariff: Any,
              out_shipments: Any) -> None:  # fmt: skip
    """Fill the arrays of `Plans`. sizes: most blocks, candidates and rows of a problem."""
    sets = 1 << sizes[0]
    offer = np.empty((sizes[1] + 1, sets, 4), np.int64)
    apart = np.zeros(sizes[1], np.int64)
    base_node = np.empty(sets, np.int64)
    tariff = np.empty((sizes[1], sets), np.int64)
    place_cost = np.empty((sizes[2] * ROW_TARIFFS, sets), np.int64)
    row_cost = np.empty((sizes[2], sets), np.int64)
    row_tariff = np.empty((sizes[2], sets), np.int64)
    weight_g = np.zeros(sets, np.int64)
    units = np.zeros(sets, np.int64)
    whole = np.empty((2, 4), np.int64)
    single = np.zeros((sets, 4), np.int64)
    single_node = np.empty(sets, np.int64)
    best = np.zeros((BLOCKS_MAX + 1, sets, 5), np.int64)
    nodes = np.zeros((BLOCKS_MAX + 1, sets, BLOCKS_MAX), np.int64)
    penalty = np.zeros(4, np.int64)
    like = np.zeros(sets, np.int64)
    tier_set = np.zeros(64, np.int64)
    for i in range(scalars.shape[0]):
        s, at = scalars[i], starts[i]
        n, n_cost, full = s[BLOCKS], s[N_COST], (1 << s[BLOCKS]) - 1
        penalty[:] = 0
        penalty[:n_cost] = x[at[SPLIT_PENALTY] : at[SPLIT_PENALTY] + n_cost]
        for subset in range(1, full + 1):
            low = 0
            while not subset >> low & 1:
                low += 1
            rest = subset & (subset - 1)
            weight_g[subset] = weight_g[rest] + x[at[WEIGHT_G] + low]
            units[subset] = units[rest] + x[at[UNITS] + low]
        price_rows(s, at, x, weight_g, like, tier_set, place_cost, row_cost, row_tariff)
        single_node[: full + 1] = -1
        for node in range(s[CANDIDATES]):
            for subset in range(1, full + 1):
                tariff[node, subset] = -1
                if not subset & ~x[at[COVER] + node]:
                    tariff[node, subset] = price(
                        s,
                        at,
                        x,
                        node,
                        subset,
                        like[subset],
                        units[subset],
                        place_cost,
                        row_cost,
                        row_tariff,
                        offer,
                        whole,
                    )
                if tariff[node, subset] < 0:
                    continue
                c = 0
                while c < n_cost - 1 and offer[node, subset, c] == single[subset, c]:
                    c += 1
                if single_node[subset] < 0 or offer[node, subset, c] < single[subset, c]:
                    single_node[subset] = node
                    for c in range(n_cost):
                        single[subset, c] = offer[node, subset, c]
        bounded = 0 < s[MAX_SHIPMENTS] < n
        levels = s[MAX_SHIPMENTS] if bounded else 1
        apart[: s[CANDIDATES]] = 0
        offer[sizes[1], : full + 1] = single[: full + 1]
        base_node[: full + 1] = single_node[: full + 1]
        while True:
            best[: levels + 1, : full + 1, :] = 0
            best[: levels + 1, : full + 1, 4] = -1
            best[0 if bounded else 1, 0, 4] = 0
            for subset in range(1, full + 1):
                part = subset
                while part:
                    # The part with the lowest block of the set: each partition once.
                    if part & (subset & -subset) and base_node[part] >= 0 and units[part] >= s[MIN_UNITS]:
                        for level in range(1, levels + 1):
                            join(n, n_cost, best, nodes, level, level - 1 if bounded else 1, subset, part,
                                 offer, sizes[1], penalty, base_node[part])  # fmt: skip
                    part = (part - 1) & subset
            for node in range(s[CANDIDATES]):
                if not apart[node]:
                    continue
                for subset in range(full, 0, -1):
                    part = subset
                    while part:
                        if tariff[node, part] >= 0 and units[part] >= s[MIN_UNITS]:
                            for level in range(1, levels + 1):
                                join(n, n_cost, best, nodes, level, level - 1 if bounded else 1, subset, part,
                                     offer, node, penalty, node)  # fmt: skip
                        part = (part - 1) & subset
            found, level = choose(s, best, levels, single, single_node, units, penalty)
            out_node[i] = -1
            out_tariff[i] = NO_TARIFF
            status[i] = INFEASIBLE if found == 0 and n else OK
            if found == 0:
                break
            shipments = 1 if level == 0 else best[level, found, 4]
            used = 0
            for block in range(n):
                if found >> block & 1:
                    node = single_node[found] if level == 0 else nodes[level, found, block]
                    out_node[i, block] = node
                    fresh = 1
                    for other in range(block):
                        fresh &= out_node[i, other] != node
                    used += fresh
            if used == shipments:
                break
            # Nodes that may be used twice are set apart: they take at most one part each, after the others.
            for block in range(n):
                for other in range(block):
                    if out_node[i, block] >= 0 and out_node[i, block] == out_node[i, other]:
                        apart[out_node[i, block]] = 1
            base_node[: full + 1] = -1
            for node in range(s[CANDIDATES]):
                for subset in range(1, full + 1):
                    if apart[node] or tariff[node, subset] < 0:
                        continue
                    c = 0
                    while c < n_cost - 1 and offer[node, subset, c] == offer[sizes[1], subset, c]:
                        c += 1
                    if base_node[subset] < 0 or offer[node, subset, c] < offer[sizes[1], subset, c]:
                        base_node[subset] = node
                        for c in range(n_cost):
                            offer[sizes[1], subset, c] = offer[node, subset, c]
        if found == 0:
            continue
        out_shipments[i] = shipments
        for c in range(n_cost):
            total = single[found, c] + penalty[c] if level == 0 else best[level, found, c]
            out[i, c] = total - penalty[c]
        for block in range(n):
            if found >> block & 1:
                part = 0
                for other in range(n):
                    part |= (out_node[i, other] == out_node[i, block]) << other
                out_tariff[i, block] = tariff[out_node[i, block], part]


def pack(problems: Sequence[Mapping[str, Any]]) -> Batch:
    """Problems, each given by the fields of `PlanProblem` (`_native/plan.pyi`), as a batch. `effort_max` has no effect.

    Raises
    ------
    ValueError
        A problem has more than BLOCKS_MAX blocks, or a field has a wrong length or a number outside its limits. The
        message names the problem by its index, and the field.
    """
    scalars = np.zeros((len(problems), len(SCALARS)), np.int64)
    start = np.zeros((len(problems), len(TABLES)), np.int64)
    pieces: list[NDArray[np.int64]] = []
    seen: dict[tuple[Any, ...], tuple[object, object, int]] = {}
    end = 0
    for i, problem in enumerate(problems):
        given = {**DEFAULTS, **problem}
        for name, value in settings_of(i, given).items():
            scalars[i, S[name]] = value
        for j, (name, (source, shape, least, most)) in enumerate(layout(given, scalars[i]).items()):
            # `seen` holds the objects, so an id stays what it is.
            key = (name, shape, id(given[source]), id(given["rows"]))
            if key not in seen:
                pieces.append(table_of(i, name, given, shape, least, most))
                seen[key] = (given[source], given["rows"], end)
                end += pieces[-1].size
            start[i, j] = seen[key][2]
    return Batch(scalars, start, np.concatenate([*pieces, np.zeros(1, np.int64)]))


DEFAULTS: dict[str, Any] = {
    "groups": (),
    "split_penalty": (0,),
    "shipping_objective": 0,
    "shipping_weight": 1024,
    "max_shipments": 0,
    "allow_partial": False,
    "block_cost": None,
    "place_fixed": None,
    "place_unit": None,
    "min_units": 0,
    "min_exempt_single": False,
}


def settings_of(i: int, given: Mapping[str, Any]) -> dict[str, int]:
    """The scalars of problem i, within their limits."""
    found = {
        "blocks": (len(given["weight_g"]), BLOCKS_MAX, "weight_g"),
        "candidates": (len(given["cover"]), NODES_MAX, "cover"),
        "tiers": (len(given["breakpoints_g"]), 64, "breakpoints_g"),
        "rows": (len(given["rows"]), NODES_MAX if len(given["breakpoints_g"]) else 0, "rows"),
        "groups": (len(given["groups"]), 1000, "groups"),
        "n_cost": (len(given["split_penalty"]), OBJECTIVES_MAX, "split_penalty"),
        "step_g": (given["step_g"], 2**63 - 1, "step_g"),
        "shipping_objective": (given["shipping_objective"], len(given["split_penalty"]) - 1, "shipping_objective"),
        "shipping_weight": (given["shipping_weight"], 1 << 20, "shipping_weight"),
        "max_shipments": (given["max_shipments"], UNLIMITED, "max_shipments"),
        "allow_partial": (bool(given["allow_partial"]), 1, "allow_partial"),
        "min_units": (given["min_units"], UNLIMITED, "min_units"),
        "min_exempt_single": (bool(given["min_exempt_single"]), 1, "min_exempt_single"),
        "has_block_cost": (given["block_cost"] is not None, 1, "block_cost"),
        "has_places": (given["place_fixed"] is not None, 1, "place_fixed"),
    }
    for name, (value, most, field) in found.items():
        if not int(name == "n_cost") <= value <= most:
            raise ValueError(f"problem {i}, {field}: {name} up to {most} expected, not {value}")
    if (given["place_fixed"] is None) != (given["place_unit"] is None):
        raise ValueError(f"problem {i}, place_unit: place_fixed and place_unit are given together")
    return {name: int(value) for name, (value, _, _) in found.items()}


def layout(given: Mapping[str, Any], s: NDArray[np.int64]) -> dict[str, tuple[str, tuple[int, ...], int, int]]:
    """Of each table, in the order of TABLES: the field it comes from, its shape, its least and its largest number."""
    n, k, c = int(s[BLOCKS]), int(s[CANDIDATES]), int(s[N_COST])
    rows, tiers, tariffs = int(s[ROWS]), int(s[TIERS]), len(given["tariff_step_cost"])
    groups, entries = int(s[GROUPS]), sum(len(demand) for demand, _ in given["groups"])
    places = (rows, ROW_TARIFFS, c) if s[HAS_PLACES] else (0,)
    return {
        "weight_g": ("weight_g", (n,), 0, WEIGHT_G_MAX),
        "units": ("units", (n,), 0, UNLIMITED),
        "cover": ("cover", (k,), 0, 255),
        "fixed": ("fixed", (k, c), 0, COST_MAX),
        "unit_cost": ("unit_cost", (k, c), 0, COST_MAX),
        "row_i": ("row_i", (k,), -1, rows - 1),
        "units_left": ("units_left", (k,), 0, UNLIMITED),
        "breakpoints_g": ("breakpoints_g", (tiers,), 0, 2**63 - 1),
        "tariff_cost": ("tariff_cost", (tariffs, tiers), -1, COST_MAX),
        "tariff_step_cost": ("tariff_step_cost", (tariffs,), -1, COST_MAX),
        "row_tariffs": ("rows", (rows, ROW_TARIFFS), 0, NO_TARIFF),
        "group_start": ("groups", (groups + 1,), 0, 4096),
        "group_block": ("groups", (entries,), 0, n - 1),
        "group_quantity": ("groups", (entries,), 1, UNLIMITED),
        "group_available": ("groups", (groups, k), -UNLIMITED, UNLIMITED),
        "split_penalty": ("split_penalty", (c,), 0, COST_MAX),
        "block_cost": ("block_cost", (k, n, c) if s[HAS_BLOCK_COST] else (0,), 0, COST_MAX),
        "place_fixed": ("place_fixed", places, 0, COST_MAX),
        "place_unit": ("place_unit", places, 0, COST_MAX),
    }


def table_of(
    i: int, name: str, given: Mapping[str, Any], shape: tuple[int, ...], least: int, most: int
) -> NDArray[np.int64]:
    """One table of problem i, flat; ValueError when its shape or a number is wrong."""
    try:
        table = np.array(values_of(i, name, given, shape), np.int64)
    except (ValueError, OverflowError):
        raise ValueError(f"problem {i}, {name}: {shape} integers expected") from None
    if table.shape != shape and not (table.size == 0 and 0 in shape):
        raise ValueError(f"problem {i}, {name}: shape {shape} expected, not {table.shape}")
    if table.size and not least <= table.min() <= table.max() <= most:
        raise ValueError(f"problem {i}, {name}: {least} .. {most} expected, not {table.min()} .. {table.max()}")
    return table.ravel()


def values_of(  # noqa: PLR0911 - a table each
    i: int, name: str, given: Mapping[str, Any], shape: tuple[int, ...]
) -> Any:
    """The numbers of a table from the fields as they are given."""
    groups = given["groups"]
    if name == "cover":
        return [mask & (1 << len(given["weight_g"])) - 1 for mask in given["cover"]]
    if name == "row_tariffs":
        for row in given["rows"]:
            if len(row) > ROW_TARIFFS or any(not 0 <= tariff < len(given["tariff_cost"]) for tariff in row):
                raise ValueError(f"problem {i}, rows: at most {ROW_TARIFFS} known tariffs in a row, not {row}")
        return [[*row, *[NO_TARIFF] * (ROW_TARIFFS - len(row))] for row in given["rows"]]
    if name == "group_start":
        return np.cumsum([0, *(len(demand) for demand, _ in groups)])
    if name == "group_block":
        return [block for demand, _ in groups for block in demand]
    if name == "group_quantity":
        return [quantity for demand, _ in groups for quantity in demand.values()]
    if name == "group_available":
        return [stock for _, stock in groups]
    if name in ("place_fixed", "place_unit") and given[name] is not None:
        empty = [0] * shape[-1]
        rows = zip(given[name], given["rows"], strict=True)
        return [[place for place, _ in zip(places, row, strict=True)] + [empty] * (ROW_TARIFFS - len(row))
                for places, row in rows]  # fmt: skip
    return () if given[name] is None else given[name]


def score_plans(batch: Batch) -> Plans:
    """The cheapest plan of every problem of a batch. The GIL is free meanwhile.

    Memory beside the result: 32 bytes and more for each set of blocks at each candidate of the largest problem, 12 MB
    for 8 blocks and 1000 candidates.
    """
    count = len(batch.scalars)
    plans = Plans(
        np.zeros(count, np.int32),
        np.zeros((count, OBJECTIVES_MAX), np.int64),
        np.full((count, BLOCKS_MAX), -1, np.int32),
        np.full((count, BLOCKS_MAX), NO_TARIFF, np.int32),
        np.zeros(count, np.int32),
    )
    if count:
        sizes = batch.scalars[:, [BLOCKS, CANDIDATES, ROWS]].max(axis=0)
        solve_all(*batch, sizes, *plans)
    return plans


def warm() -> None:
    """Compile, or load what was compiled before. Who needs the first answer quickly calls it at the start."""
    score_plans(Batch(*(np.zeros(shape, np.int64) for shape in ((1, len(SCALARS)), (1, len(TABLES)), 1))))
