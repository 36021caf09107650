"""Quotes equal their slow twin: plans, dates, costs, reasons, options, tokens, pins and re-routes."""

import random
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.native.worlds import DAY_US, HOUR_US, NOW_US, QUOTE_TTL_US, Case, some_case
from tests.reference import quote as twin

from fastdom._native.quote_desk import Order as NativeOrder
from fastdom.reasons import Field, Reason

SEEDS = st.integers(0, 2**32)
MANY = settings(max_examples=400, deadline=None)
SOME = settings(max_examples=150, deadline=None)
PLACED = ("order_by_us", "ship_from_us", "ship_by_us", "arrive_from_us", "arrive_by_us", "valid_until_us")


def some_line(rng: random.Random, case: Case, pinned: float) -> twin.Line:
    """Return a line of a SKU that the network knows."""
    sku = rng.randrange(len(case.skus))
    present = [n for n in range(len(case.nodes)) if case.world.net.node_present[n]]
    return twin.Line(
        sku=sku,
        quantity=rng.choice((1, 1, 2, 3, 6)),
        weight_g=rng.choice((int(case.world.net.sku_weight_g[sku]), rng.randint(1, 900))),
        group=rng.choice(("", "", "", "a", "b")),
        node=rng.choice(present) if present and rng.random() < pinned else None,
    )


def some_order(rng: random.Random, case: Case, pinned: float = 0.0) -> twin.Order:
    """Return an order; a group that holds a pin is wholly pinned there, as resolving does."""
    lines = [some_line(rng, case, pinned) for _ in range(rng.randint(1, 4))]
    pins: dict[str, int] = {}
    for line in lines:
        if line.group and line.node is not None:
            pins.setdefault(line.group, line.node)
    lines = [replace(line, node=pins[line.group]) if line.group in pins else line for line in lines]
    present = [n for n in range(len(case.nodes)) if case.world.net.node_present[n]]
    offered = [int(one) for one in case.world.net.service_level if one != twin.PICKUP]
    pickup = rng.choice(present) if present and rng.random() < 0.12 else None
    return twin.Order(
        lines=tuple(lines),
        postal=None if pickup is not None else rng.randrange(len(case.postal)),
        pickup_node=pickup,
        level=twin.PICKUP if pickup is not None else rng.choice((*offered, *offered, rng.randint(1, 3))),
        cod=rng.random() < 0.12,
        placed_at=rng.choice((0, 0, NOW_US - DAY_US, NOW_US + 30 * HOUR_US)),
        required_by=rng.choice((0, 0, 0, NOW_US + rng.randint(31, 200) * HOUR_US)),
        allowed=frozenset(rng.sample(present, rng.randint(1, len(present))))
        if present and rng.random() < 0.12
        else None,
        max_shipments=rng.choice((0, 0, 0, 1, 2)),
        allow_partial=rng.random() < 0.4,
    )


def native(case: Case, order: twin.Order, kind: str, **facts: Any) -> NativeOrder:
    """Return the same order as a command."""
    lines = [
        {
            "line_id": f"l{i}",
            "sku": case.skus[line.sku],
            "quantity": line.quantity,
            "weight_g": line.weight_g,
            "group_id": line.group,
            "node": None if line.node is None else case.nodes[line.node],
            "attributes": dict.fromkeys(line.needs, "true"),
        }
        for i, line in enumerate(order.lines)
    ]
    return NativeOrder(
        kind,
        lines,
        postal_code=None if order.postal is None else case.postal[order.postal],
        pickup_node=None if order.pickup_node is None else case.nodes[order.pickup_node],
        service_level=order.level,
        payment=2 if order.cod else 1,
        placed_at_us=order.placed_at,
        required_by_us=order.required_by,
        include_nodes=[case.nodes[n] for n in sorted(order.allowed)] if order.allowed is not None else [],
        max_shipments=order.max_shipments,
        order_value_micros=order.value_micros,
        **{"allow_partial": int(order.allow_partial), **facts},
    )


def without_counts(shipments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return shipments without the number of allocations and the total, which the twin does not keep."""
    left_out = ("n_allocations", "total_micros")
    return [{key: value for key, value in one.items() if key not in left_out} for one in shipments]


def same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """Compare what a reserve or route answers."""
    assert found["status"] == (0, 0, -1)
    assert [(granted, reason) for granted, _, _, reason in found["lines"]] == expected["lines"]
    assert found["outcome"] == expected["outcome"]
    assert without_counts(found["shipments"]) == expected["shipments"]
    assert [(line, node, units) for line, _, _, node, units in found["allocations"]] == expected["allocations"]
    assert found["total_micros"] == twin.total(expected["shipments"])
    for line, _, shipment, node, _ in found["allocations"]:
        assert found["shipments"][shipment]["node_i"] == node, line
    for i, one in enumerate(found["shipments"]):
        assert one["n_allocations"] == sum(shipment == i for _, _, shipment, _, _ in found["allocations"])


@MANY
@given(SEEDS)
def test_route_equals_the_twin(seed: int) -> None:
    """Route finds the twin's plan: nodes, services, dates, costs, and the reason of every missing line."""
    rng = random.Random(seed)
    case = some_case(seed)
    order = some_order(rng, case)
    found = case.desk.quote(native(case, order, "route"), NOW_US)
    same(found, twin.route(case.world, order, NOW_US))
    if found["shipments"]:
        assert (found["optimality"], found["gap_micros"]) == (1, 0)


@MANY
@given(SEEDS)
def test_pinned_equals_the_twin(seed: int) -> None:
    """Pinned lines are granted at their nodes with demand summed per position, and the rest is routed around them."""
    rng = random.Random(seed)
    case = some_case(seed)
    order = some_order(rng, case, pinned=rng.choice((0.5, 1.0)))
    if all(line.node is not None for line in order.lines) and rng.random() < 0.3:
        order = replace(order, postal=None, pickup_node=None, level=twin.STANDARD)
    found = case.desk.quote(native(case, order, "reserve"), NOW_US)
    expected = (twin.pinned if any(line.node is not None for line in order.lines) else twin.route)(
        case.world, order, NOW_US
    )
    same(found, expected)


@SOME
@given(SEEDS)
def test_available_after_is_what_is_left(seed: int) -> None:
    """available_after is what the line's node has left: for routing, or with pins among the lines for the channel."""
    rng = random.Random(seed)
    case = some_case(seed)
    order = some_order(rng, case, pinned=rng.choice((0.0, 1.0)))
    fixed = any(line.node is not None for line in order.lines)
    found = case.desk.quote(native(case, order, "reserve"), NOW_US)
    taken = Counter[tuple[int, int]]()
    nodes = {i: line.node for i, line in enumerate(order.lines) if line.node is not None}
    for i, sku, _, node, units in found["allocations"]:
        taken[sku, node] += units
        nodes[i] = node
    for i, (_, _, available, _) in enumerate(found["lines"]):
        sku = order.lines[i].sku
        if i in nodes:
            left = case.world.free if fixed else case.world.routable
            assert available == max(0, left(sku, nodes[i]) - taken[sku, nodes[i]])
        elif not fixed:
            assert available == twin.best_routable(twin.asked(case.world, order, NOW_US), sku)


@MANY
@given(SEEDS)
def test_promise_equals_the_twin(seed: int) -> None:
    """Promise quotes one option per level with the twin's plan and dates, ranked by arrival, cost, level."""
    rng = random.Random(seed)
    case = some_case(seed)
    order = replace(some_order(rng, case), max_shipments=0, allow_partial=False)
    levels = rng.choice(([1, 2, 3, 4], [1], [2, 3]))
    bits = 0 if len(levels) == 4 else sum(1 << level for level in levels)
    found = case.desk.quote(native(case, order, "promise", service_levels=bits), NOW_US)
    expected = twin.promise(case.world, order, NOW_US, levels, QUOTE_TTL_US)
    assert [one["service_level"] for one in found["options"]] == [one["service_level"] for one in expected]
    for option, wanted in zip(found["options"], expected, strict=True):
        first = option["first_shipment"]
        shipments = found["shipments"][first : first + option["n_shipments"]]
        assert without_counts(shipments) == wanted["shipments"]
        assert {key: option[key] for key in PLACED} == {key: wanted[key] for key in PLACED}
        assert option["cost_micros"] == wanted["cost_micros"]
    assert (found["outcome"] == twin.GRANTED) == bool(expected)
    assert all((reason == 0) == bool(expected) for _, _, _, reason in found["lines"])


@SOME
@given(SEEDS)
def test_token_reserves_exactly_the_option(seed: int) -> None:
    """While nothing has changed, every token before its valid_until grants its own shipments, dates and cost."""
    rng = random.Random(seed)
    case = some_case(seed)
    order = replace(some_order(rng, case), max_shipments=0, allow_partial=False)
    promised = case.desk.quote(native(case, order, "promise"), NOW_US)
    for option in promised["options"]:
        reserve = native(case, order, "reserve", option_token=option["token"])
        found = case.desk.quote(reserve, rng.randint(NOW_US, option["valid_until_us"] - 1))
        first, last = option["first_shipment"], option["first_shipment"] + option["n_shipments"]
        assert (found["outcome"], found["token_difference"]) == (twin.GRANTED, 0)
        assert found["shipments"] == promised["shipments"][first:last]
        assert found["total_micros"] == option["cost_micros"]
        start = option["first_allocation"]
        assert found["allocations"] == promised["allocations"][start : start + option["n_allocations"]]
        late = case.desk.quote(reserve, option["valid_until_us"])
        assert late["status"] == (Reason.TOKEN_EXPIRED, Field.OPTION_TOKEN, -1)


def some_reservation(rng: random.Random, order: twin.Order, present: list[int], failed: int) -> list[Any]:
    """Return (line, node, open, fulfilled) of some lines, half of them at the failed node."""
    held = [i for i in range(len(order.lines)) if rng.random() < 0.8]
    found = []
    for i in held:
        still_open = rng.randint(0, order.lines[i].quantity)
        sent = rng.randint(0, order.lines[i].quantity - still_open) if rng.random() < 0.3 else 0
        found.append((i, failed if rng.random() < 0.7 else rng.choice(present), still_open, sent))
    return found


@MANY
@given(SEEDS)
def test_reroute_equals_the_twin(seed: int) -> None:
    """Open units leave the failed node for the plan of a partial route by the order's own terms: its nodes, its dates,
    and no more shipments than it allows, those that stay counted."""
    rng = random.Random(seed)
    case = some_case(seed)
    present = [n for n in range(len(case.nodes)) if case.world.net.node_present[n]]
    if not present:
        return
    order = replace(some_order(rng, case), allow_partial=True, max_shipments=rng.choice((0, 1, 2, 3, 4)))
    failed = rng.choice(present)
    banned = rng.sample(present, rng.randint(0, 1))
    held = some_reservation(rng, order, present, failed)
    command = native(case, order, "route", exclude_nodes=[case.nodes[n] for n in banned])
    moved, found = case.desk.reroute(command, held, failed, NOW_US)
    allowed = (frozenset(present) if order.allowed is None else order.allowed) - {*banned}
    expected = twin.reroute(case.world, replace(order, allowed=allowed), held, failed, NOW_US)
    assert without_counts(found["shipments"]) == expected["shipments"]
    placed = [(line, node, units) for line, _, _, node, units in found["allocations"]]
    assert placed == expected["allocations"]
    assert moved == sum(units for _, _, units in placed)
    assert not {node for _, node, _ in placed} - allowed | {node for _, node, _ in placed} & {failed}


@SOME
@given(SEEDS)
def test_options_can_still_be_ordered(seed: int) -> None:
    """Also at the very cutoff of an option, whatever is promised then has its cutoff and its token's end ahead."""
    rng = random.Random(seed)
    case = some_case(seed)
    order = replace(some_order(rng, case), max_shipments=0, allow_partial=False)
    moments = [
        NOW_US,
        *(one["order_by_us"] for one in case.desk.quote(native(case, order, "promise"), NOW_US)["options"]),
    ]
    for now_us in moments:
        for option in case.desk.quote(native(case, order, "promise"), now_us)["options"]:
            assert now_us < option["valid_until_us"] <= option["order_by_us"]
