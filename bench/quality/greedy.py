"""Rules people use today against exact routing, on real baskets through the real quote path.

    python -m bench.quality.greedy [--quick] [--baskets N]

Every basket meets the full stock of its network. The greedy rules name nodes; each of their shipments is then quoted
alone, so carriers, tariffs, handling and distance cost what they cost the exact plan; one that no carrier takes whole
goes in halves. Costs are compared over the baskets that every rule fills to the last unit; unfilled units are told over
all. "proven": the share of baskets for which no cheaper plan exists.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from bench.quality import baskets as uci
from bench.quality.greedy_rules import RULES, Split, Units
from bench.quality.worlds import NOW_US, World, demo_world, store_world, store_world_missing

from fastdom._native.quote_desk import Order

EXACT = "fastdom"
BASKETS = 3_000
BASKETS_QUICK = 300
SEED = 20_260_103
SIZES = ((1, 3), (4, 10), (11, 20), (21, 1_000))
"""Groups of baskets by lines, both ends included."""


@dataclass(frozen=True)
class Routed:
    """One basket under one rule; `proven`: no cheaper plan exists; `doubled`: some node ships two parcels or more."""

    cost_micros: int
    shipments: int
    unfilled: int
    proven: bool = False
    doubled: bool = False


@dataclass(frozen=True)
class Row:
    """One rule over one group of baskets.

    cost_ratio: its cost over fastdom's on the same baskets; cheaper_percent: of them, where it costs less than fastdom;
    same_terms_percent: of them, where it does so with one parcel a node, as every plan of fastdom has. The rest of
    cheaper_percent sends two parcels from one node, since no carrier takes them as one.
    """

    rule: str
    cost_per_order: float
    cost_ratio: float
    cheaper_percent: float
    same_terms_percent: float
    split_percent: float
    shipments_per_order: float
    unfilled_percent: float
    proven_percent: float


@dataclass(frozen=True)
class Group:
    """Baskets of one size; `compared` of them are filled by every rule."""

    lines: str
    baskets: int
    compared: int
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Comparison:
    """One network; left_out counts baskets by reason."""

    world: str
    nodes: int
    added: str
    baskets: int
    left_out: dict[str, int] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()


def compare(world: World, read: uci.Baskets, count: int) -> Comparison:
    """Route `count` baskets, evenly drawn from all, under every rule."""
    rng = random.Random(SEED)
    drawn = read.baskets[:: max(1, len(read.baskets) // count)][:count]
    left_out = Counter(read.left_out)
    met: list[tuple[int, int, dict[str, Routed]]] = []
    for basket in drawn:
        try:
            met.append(_route(world, basket, rng.randrange(len(world.postal_codes))))
        except _NotQuotedError as reason:
            left_out[str(reason)] += 1
    sizes = [(f"{first} to {last}", first, last) for first, last in SIZES] + [("all", 1, uci.LINES_MAX)]
    return Comparison(
        world=world.name,
        nodes=len(world.nodes),
        added=f"{world.added}; a basket's units become packs of {uci.PACK_UNITS}, at most {uci.PACKS_MAX} a line",
        baskets=len(met),
        left_out=dict(left_out),
        groups=tuple(_group(label, [one for one in met if first <= one[0] <= last]) for label, first, last in sizes),
    )


class _NotQuotedError(Exception):
    """A basket that the comparison leaves out, with the reason."""


def _route(world: World, basket: uci.Basket, place: int) -> tuple[int, int, dict[str, Routed]]:
    """Lines, units and what each rule does."""
    packs: dict[int, int] = {}
    for rank, units in basket.lines:
        sku = rank % len(world.skus)
        packs[sku] = packs.get(sku, 0) + units
    wanted = np.array(list(packs.values()), np.int64)
    available = world.available[list(packs)]
    skus = [world.skus[sku] for sku in packs]
    lines = list(zip(skus, wanted.tolist(), strict=True))
    found = {EXACT: _exact(world, lines, place)}
    for name, rule in RULES:
        split = rule(available, wanted, world.distance_m[place], world.priority)
        found[name] = _priced(world, skus, wanted, split, place)
    return len(packs), int(wanted.sum()), found


def _quote(world: World, lines: Sequence[tuple[str, int]], place: int, nodes: Sequence[str] = ()) -> dict[str, Any]:
    facts: dict[str, Any] = {"include_nodes": list(nodes)} if nodes else {}
    order = Order(
        "route",
        [{"line_id": f"l{i}", "sku": sku, "quantity": units} for i, (sku, units) in enumerate(lines)],
        channel=world.channel,
        country_code=world.country,
        postal_code=world.postal_codes[place],
        allow_partial=not nodes,
        **facts,
    )
    quoted = world.desk.quote(order, NOW_US)
    if quoted["status"][0]:
        raise _NotQuotedError(f"refused with status {quoted['status']}")
    return quoted


def _exact(world: World, lines: Sequence[tuple[str, int]], place: int) -> Routed:
    quoted = _quote(world, lines, place)
    filled = sum(shipment["units"] for shipment in quoted["shipments"])
    unfilled = sum(units for _, units in lines) - filled
    return Routed(quoted["total_micros"], len(quoted["shipments"]), unfilled, quoted["optimality"] == 1)


def _priced(world: World, skus: Sequence[str], wanted: Units, split: Split, place: int) -> Routed:
    """What the shipments that a rule chose cost."""
    cost, shipments, filled, doubled = 0, 0, 0, False
    for node, taken in split.items():
        lines = [(skus[line], units) for line, units in taken.items()]
        parcels = list(_parcels(world, lines, place, world.nodes[node]))
        doubled |= len(parcels) > 1
        for sent in parcels:
            cost += sent["total_micros"]
            shipments += 1
            filled += sent["shipments"][0]["units"]
    cost += max(0, shipments - 1) * world.split_penalty_micros
    return Routed(cost, shipments, int(wanted.sum()) - filled, doubled=doubled)


def _parcels(world: World, lines: list[tuple[str, int]], place: int, node: str) -> Iterator[dict[str, Any]]:
    """Quotes of one node's shipment: whole if a carrier takes it, else of both halves; a line nobody takes is left."""
    quoted = _quote(world, lines, place, [node])
    if quoted["shipments"]:
        yield quoted
    elif len(lines) > 1:
        half = len(lines) // 2
        yield from _parcels(world, lines[:half], place, node)
        yield from _parcels(world, lines[half:], place, node)


def _group(label: str, met: Sequence[tuple[int, int, dict[str, Routed]]]) -> Group:
    whole = [found for _, _, found in met if not any(routed.unfilled for routed in found.values())]
    units = sum(one[1] for one in met)
    rows = []
    for rule in (EXACT, *(name for name, _ in RULES)) if met else ():
        mine = [found[rule] for found in whole]
        exact = sum(found[EXACT].cost_micros for found in whole)
        cheaper = [found[rule].cost_micros < found[EXACT].cost_micros for found in whole]
        shipments = np.array([routed.shipments for routed in mine])
        rows.append(
            Row(
                rule,
                sum(routed.cost_micros for routed in mine) / 1e6 / len(mine) if mine else float("nan"),
                sum(routed.cost_micros for routed in mine) / exact if exact else float("nan"),
                100 * float(np.mean(cheaper)) if mine else float("nan"),
                100 * float(np.mean([less and not one.doubled for less, one in zip(cheaper, mine, strict=True)]))
                if mine
                else float("nan"),
                100 * float((shipments > 1).mean()) if mine else float("nan"),
                float(shipments.mean()) if mine else float("nan"),
                100 * sum(found[rule].unfilled for _, _, found in met) / units,
                100 * float(np.mean([found[rule].proven for _, _, found in met])),
            )
        )
    return Group(label, len(met), len(whole), tuple(rows))


def text(comparisons: Sequence[Comparison]) -> str:
    """Return the tables as text."""
    return "\n".join(line for one in comparisons for line in _lines(one))


def _lines(one: Comparison) -> Iterator[str]:
    yield f"{one.world}: {one.baskets} baskets over {one.nodes} nodes"
    yield f"  added to the data: {one.added}"
    yield f"  left out: {', '.join(f'{count} ({why})' for why, count in one.left_out.items()) or 'none'}"
    for group in one.groups:
        yield f"  lines {group.lines}: {group.baskets} baskets, costs over the {group.compared} that every rule fills"
        yield (
            f"    {'rule':28} {'cost/order':>10} {'ratio':>9} {'cheaper':>8} {'same terms':>11} {'split':>7} "
            f"{'shipments':>9} {'unfilled':>9} {'proven':>7}"
        )
        for row in group.rows:
            yield (
                f"    {row.rule:28} {row.cost_per_order:10.2f} {row.cost_ratio:9.4f} {row.cheaper_percent:7.1f}% "
                f"{row.same_terms_percent:10.1f}% {row.split_percent:6.1f}% "
                f"{row.shipments_per_order:9.2f} {row.unfilled_percent:8.2f}% {row.proven_percent:6.1f}%"
            )
    yield ""


def missing() -> str:
    """Why nothing can be compared here; empty when something can."""
    return uci.missing()


def run(quick: bool, count: int = 0) -> list[Comparison]:
    """Both networks, those whose data is here."""
    read = uci.read()
    wanted = count or (BASKETS_QUICK if quick else BASKETS)
    comparisons = [compare(demo_world(), read, wanted)]
    if store_world_missing():
        print(f"skipped: {store_world_missing()}")
    else:
        comparisons.append(compare(store_world(), read, wanted))
    return comparisons


def as_json(comparisons: Sequence[Comparison]) -> list[dict[str, Any]]:
    """Return the comparisons as plain values."""
    return [asdict(one) for one in comparisons]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Rules people use today against exact routing, on real baskets.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--baskets", type=int, default=0)
    chosen = parser.parse_args(arguments)
    if missing():
        print(f"skipped: {missing()}")
        return 0
    print(text(run(chosen.quick, chosen.baskets)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
