"""Random policies over a random network, as the twin reads them and as the native side runs them."""

import json
import random
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from tests.native.worlds import Case, some_case
from tests.reference import quote as twin
from tests.reference.quote_policy import Names

from fastdom._native.network import NetworkTables
from fastdom.network import CapacityKind, NodeType
from fastdom.policy import CompiledPolicy, Policy, PolicyInvalid, read_policy
from fastdom.policy.compile import compile_policy

GROUPS = ("a", "b", "c")
PAST, AHEAD = "2024-10-04T12:00:00Z", "2024-10-05T12:00:00Z"  # of worlds.NOW_US
TYPES = (("DC", NodeType.DC), ("STORE", NodeType.STORE))
NEEDS = ("hazmat", "cold_chain", "oversize", "gift_wrap")


def some_names(rng: random.Random, case: Case) -> Names:
    """Return types, groups and priorities of the nodes, and the names of zones and services."""
    n = len(case.nodes)
    return Names(
        node=tuple(case.nodes),
        node_type=tuple(rng.choice(TYPES)[0] for _ in range(n)),
        groups=tuple(tuple(sorted(rng.sample(GROUPS, rng.randint(0, 2)))) for _ in range(n)),
        priority=tuple(rng.randint(0, 3) for _ in range(n)),
        zone=tuple(f"z{i}" for i in range(len(case.world.net.zone_tz))),
        service=tuple(case.world.net.service_ids),
    )


def some_constraints(rng: random.Random, names: Names, chance: float) -> dict[str, Any]:
    """Return random settings of some constraints."""

    def some(of: Any) -> list[str]:
        return rng.sample(list(of), rng.randint(1, len(of)))

    every: dict[str, Any] = {
        "node_type": {rng.choice(("include", "exclude")): [rng.choice(TYPES)[0]]},
        "node_group": {rng.choice(("include", "exclude")): some(GROUPS)},
        "capability": {need: some(GROUPS) for need in NEEDS} | {"oversize_from_g": rng.randint(1, 700)},
        "service_area": {"areas": [{"group": one, "zones": some(names.zone)} for one in some(GROUPS)]},
        "distance_cap": {"limit_km": rng.randint(1, 5), "limit_km_by_type": {"STORE": rng.randint(1, 5)}},
        "carrier_available": {rng.choice(("include", "exclude")): some(names.service)},
        "capacity_left": {"keep_permille": rng.randint(1, 700)},
        "routing_reserve": rng.choice(({"enforced": False}, {"extra_units": rng.randint(1, 3)})),
        "max_shipments": {"limit": rng.randint(1, 3)},
        "ship_complete": {"whole": rng.choice(("order", "line"))},
        "minimum_shipment": {
            "min_units": rng.randint(1, 4),
            "min_value_micros": rng.randint(0, 60),
            "only_when_split": rng.random() < 0.6,
        },
        "must_arrive_by": rng.choice(
            ({"enforced": False}, {"grace_hours": rng.randint(1, 90)}, {"within_hours": rng.randint(40, 200)})
        ),
        "excluded_nodes": {
            "nodes": [
                {"node": one} | rng.choice(({}, {"until": PAST}, {"until": AHEAD})) for one in some(names.node)[:2]
            ]
        },
    }
    return {name: settings for name, settings in every.items() if rng.random() < chance}


def some_objectives(rng: random.Random, names: Names, chance: float) -> dict[str, Any]:
    """Return random settings of some objectives, shipping always among them."""
    every: dict[str, Any] = {
        "handling": {},
        "split_penalty": {"per_shipment_micros": rng.randint(1, 15)},
        "distance": {"micros_per_km_unit": rng.choice((1, 700))},
        "lateness": {"micros_per_day": rng.randint(1, 9), "micros_per_day_unit": rng.choice((0, 2))},
        "transit_time": {"micros_per_day": rng.randint(1, 9)},
        "capacity_balance": {"micros_at_full": rng.randint(1, 90), "from_permille": rng.choice((0, 300))},
        "stock_balance": {"micros_per_unit": rng.randint(1, 20), "target_units": rng.randint(1, 20)},
        "weeks_of_supply": {"micros_per_unit": rng.randint(1, 20), "target_weeks": rng.randint(1, 6)},
        "markdown_avoidance": {"micros_per_unit": rng.randint(1, 20), "sell_within_weeks": rng.randint(1, 6)},
        "node_priority": {"micros_per_step": rng.randint(1, 9), "micros_per_step_unit": rng.choice((0, 3))},
        "carbon": {
            "micros_per_kg": 1000,
            "mg_per_km": rng.randint(1, 4000),
            "mg_per_km_by_service": {rng.choice(names.service): 9000},
        },
        "opportunity_cost": {"cap_micros_per_unit": rng.choice((5, 2**40))},
    }
    chosen = {name: settings for name, settings in every.items() if rng.random() < chance} | {"shipping": {}}
    return {name: {"weight": rng.choice((1, 1, 0.5, 3))} | settings for name, settings in chosen.items()}


def some_document(rng: random.Random, names: Names, chance: float) -> dict[str, Any]:
    """Return a random policy document."""
    constraints = some_constraints(rng, names, chance)
    objectives = some_objectives(rng, names, chance)
    relaxable = [name for name in constraints if constraints[name].get("enforced", True)]
    document: dict[str, Any] = {
        "format": 1,
        "name": "random",
        "currency": "INR",
        "relax": rng.sample(relaxable, rng.randint(0, min(3, len(relaxable)))),
        "constraints": constraints,
        "objectives": objectives,
    }
    if rng.random() < 0.5:
        levels: list[list[str]] = [[] for _ in range(rng.randint(1, min(4, len(objectives))))]
        for i, name in enumerate(rng.sample(list(objectives), len(objectives))):
            levels[i if i < len(levels) else rng.randrange(len(levels))].append(name)
        document |= {"combination": "lexicographic", "order": levels}
    return document


def some_policy(rng: random.Random, names: Names, chance: float) -> Policy:
    """Return a random policy; documents that contradict themselves are drawn again."""
    while True:
        try:
            return read_policy(json.dumps(some_document(rng, names, chance)).encode(), "random.json")
        except PolicyInvalid:
            continue


def compiled(policy: Policy, net: Any, names: Names) -> CompiledPolicy:
    """Return the policy over the arrays of a network."""
    kinds = (CapacityKind.NONE, CapacityKind.SHIPMENTS, CapacityKind.UNITS)
    nodes = [
        SimpleNamespace(
            id=name, type=dict(TYPES)[names.node_type[i]], groups=names.groups[i], priority=names.priority[i],
            capacity_kind=kinds[int(net.capacity_kind[i])], capacity_limit=int(net.capacity_limit[i]),
        )
        for i, name in enumerate(names.node)
        if net.node_present[i]
    ]  # fmt: skip
    document: Any = SimpleNamespace(
        nodes=nodes,
        services=[SimpleNamespace(id=one) for one in names.service],
        zones=[SimpleNamespace(id=one) for one in names.zone],
    )
    index = {name: i for i, name in enumerate(names.node)}
    return compile_policy(policy, 7, document, index, {name: i for i, name in enumerate(names.service)})


def policy_case(seed: int) -> Case:
    """Return a random world that decides by a random policy, with demand and prices of some positions."""
    rng = random.Random(seed + 1)
    case = some_case(seed)
    case.world.net.capacity_limit = case.world.net.capacity_limit + 1
    names = some_names(rng, case)
    policy = some_policy(rng, names, rng.choice((0.15, 0.3, 0.6, 1.0)))
    case.desk.network(NetworkTables(case.world.net, 1, policies=(compiled(policy, case.world.net, names),)))
    known = [at for at in case.world.stock if rng.random() < 0.7]
    weekly = {at: rng.choice((0, 500, 3000, 20_000)) for at in known}
    prices = {at: rng.randint(0, 30) for at in known}
    case.desk.quantities(weekly, prices)
    case.world = replace(case.world, policy=policy, names=names, weekly=weekly, prices=prices)
    return case


def with_needs(rng: random.Random, order: twin.Order) -> twin.Order:
    """Return the order with capabilities that some lines ask for, and a value now and then."""
    lines = tuple(replace(line, needs=tuple(one for one in NEEDS if rng.random() < 0.1)) for line in order.lines)
    return replace(order, lines=lines, value_micros=rng.choice((0, 100)))
