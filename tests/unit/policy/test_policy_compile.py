"""Compiled policies: the arrays say for every node, service and zone what the reference functions say."""

import dataclasses
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from tests.unit.policy.documents import documents, names_of, plain_with, toml

from fastdom.network import CapacityKind, load
from fastdom.network.sites import TYPES
from fastdom.policy import (
    CONSTRAINT_BY_NAME,
    OBJECTIVE_BY_NAME,
    OBJECTIVES,
    CompiledPolicy,
    Policy,
    Pricing,
    Settings,
    Stage,
    compile_policy,
    read_policy,
)
from fastdom.policy.compiled import NEVER_AGAIN_US, NO_CAP_M, NOT_WEIGHED
from fastdom.policy.constraints.capability import CAPABILITIES
from fastdom.policy.limits import RAW_MICROS_MAX

DEMO = load(str(files("fastdom.demo") / "network"))
WORD_OF = {number: word for word, number in TYPES.items()}
# dense ids in another order than the document's, with a gap before each
NODE_I = {node.id: 2 * position + 1 for position, node in enumerate(reversed(DEMO.nodes))}
SERVICE_I = {service.id: 2 * position for position, service in enumerate(reversed(DEMO.services))}
SLOW = settings(suppress_health_check=[HealthCheck.too_slow], max_examples=25, deadline=None)


def compiled(policy: Policy) -> CompiledPolicy:
    """The policy over the demo network, version 3."""
    return compile_policy(policy, 3, DEMO, NODE_I, SERVICE_I)


def policy_of(document: dict[str, Any]) -> Policy:
    """The policy of a document of plain values."""
    return read_policy(json.dumps(document).encode(), "p.json")


def allows(policy: Policy, name: str, **facts: Any) -> bool:
    """What the reference function of a constraint says; True where it is not set."""
    found = policy.constraint(name)
    return found is None or CONSTRAINT_BY_NAME[name].allows(**found.arguments(), **facts)


def check_nodes(policy: Policy, stage: Stage) -> None:
    """Compare a stage with the reference functions, node by node."""
    for node in DEMO.nodes:
        node_i = NODE_I[node.id]
        kind = WORD_OF[node.type]
        static = allows(policy, "node_type", node_type=kind) and allows(policy, "node_group", groups=node.groups)
        assert stage.node_allowed[node_i] == static
        until = int(stage.excluded_until_us[node_i])
        for now_us in {1, max(until - 1, 0), min(until, NEVER_AGAIN_US - 1)}:
            assert (now_us >= until) == allows(policy, "excluded_nodes", node=node.id, now_us=now_us)
        for bit, need in enumerate(CAPABILITIES):
            told = allows(policy, "capability", needs=(need,), unit_weight_g=0, groups=node.groups)
            assert stage.capable[node_i] >> bit & 1 == told
        cap = int(stage.distance_cap_m[node_i])
        for distance_m in (-1, cap, min(cap + 1, NO_CAP_M)):
            assert (distance_m <= cap) == allows(policy, "distance_cap", node_type=kind, distance_m=distance_m)
        for zone_i, zone in enumerate(DEMO.zones):
            told = allows(policy, "service_area", groups=node.groups, zone=zone.id, lane=True)
            assert (stage.zone_allowed is None or stage.zone_allowed[zone_i, node_i] == 1) == told
        if node.capacity_kind is not CapacityKind.NONE:
            taken = {"capacity_limit": node.capacity_limit, "need": 1}
            last = int(stage.capacity_open[node_i]) - 1
            assert last < 0 or allows(policy, "capacity_left", **taken, capacity_taken=last)
            keep = policy.constraint("capacity_left")
            assert keep is None or not allows(policy, "capacity_left", **taken, capacity_taken=last + 1)


@SLOW
@given(documents(names_of(DEMO)))
def test_stages_say_what_the_constraints_say(document: dict[str, Any]) -> None:
    """Every stage equals the reference functions of the policy with so many constraints relaxed."""
    policy = policy_of(document)
    stages = compiled(policy).stages
    assert [stage.relaxed for stage in stages] == ["", *policy.relax]
    for count, stage in enumerate(stages):
        relaxed = policy.relaxed(count)
        check_nodes(relaxed, stage)
        for service in DEMO.services:
            told = allows(relaxed, "carrier_available", service=service.id, hand_over=True)
            assert stage.service_allowed[SERVICE_I[service.id]] == told
        check_plans(relaxed, stage)


def check_plans(policy: Policy, stage: Stage) -> None:
    """Compare what a stage says about stock, dates, shipments and plans."""
    reserve, arrival = policy.constraint("routing_reserve"), policy.constraint("must_arrive_by")
    assert reserve is not None
    assert arrival is not None
    kept = (2 if stage.reserve_kept else 0) + stage.reserve_extra_units
    facts = {"available": kept + 5, "routing_reserve": 2}
    assert allows(policy, "routing_reserve", **facts, units=5)
    assert not allows(policy, "routing_reserve", **facts, units=6)
    dates = {"required_by_us": 10**15, "placed_at_us": 10**15 - 10**9}
    latest = 10**15 + stage.grace_us
    if stage.within_us:
        latest = min(latest, 10**15 - 10**9 + stage.within_us)
    assert allows(policy, "must_arrive_by", **dates, arrive_by_us=latest)
    assert allows(policy, "must_arrive_by", **dates, arrive_by_us=latest + 1) is not stage.arrival_kept
    for shipments in (1, 2, 3, 1000):
        told = allows(policy, "max_shipments", shipments=shipments)
        assert (stage.max_shipments == 0 or shipments <= stage.max_shipments) == told
    complete = policy.constraint("ship_complete")
    assert stage.whole == (complete["whole"] if complete else "")
    minimum = policy.constraint("minimum_shipment")
    assert (stage.min_units, stage.min_value_micros, stage.min_only_when_split) == (
        (minimum["min_units"], minimum["min_value_micros"], minimum["only_when_split"]) if minimum else (0, 0, False)
    )


def raw(name: str, found: Settings, **facts: Any) -> int:
    """The reference cost of an objective."""
    return OBJECTIVE_BY_NAME[name].raw_micros(**found.arguments(), **facts)


@SLOW
@given(documents(names_of(DEMO)))
def test_pricing_says_what_the_objectives_say(document: dict[str, Any]) -> None:
    """Weights, levels and amounts give the raw costs of the reference functions; without a weight they are 0."""
    policy = policy_of(document)
    pricing = compiled(policy).pricing
    weighed: Mapping[str, Settings] = {one.name: one for one in policy.objectives if one.weight_steps}
    for position, objective in enumerate(OBJECTIVES):
        steps = weighed[objective.name].weight_steps if objective.name in weighed else 0
        assert pricing.weights[position] == steps
        assert pricing.level[position] == (0 if steps else NOT_WEIGHED)
    balance = weighed.get("capacity_balance")
    for taken in (0, 7, 350, 699, 700, 701):
        facts = {"capacity_limit": 700, "capacity_taken": taken}
        told = raw("capacity_balance", balance, **facts) if balance else 0
        assert pricing.load_micros[min(1000, taken * 1000 // 700)] == told
    priority, carbon = weighed.get("node_priority"), weighed.get("carbon")
    for node in DEMO.nodes:
        shipment, unit = (
            pricing.priority_shipment_micros[NODE_I[node.id]],
            pricing.priority_unit_micros[NODE_I[node.id]],
        )
        told = raw("node_priority", priority, priority=node.priority, units=3) if priority else 0
        assert min(int(shipment) + 3 * int(unit), RAW_MICROS_MAX) == told
    for service in DEMO.services:
        told = raw("carbon", carbon, distance_m=123_456, service=service.id) if carbon else 0
        rate = int(pricing.carbon_micros_per_km[SERVICE_I[service.id]])
        assert min(123_456 * rate // 1000, RAW_MICROS_MAX) == told
    split = weighed.get("split_penalty")
    assert pricing.split_penalty_micros == (raw("split_penalty", split, shipment_i=1) if split else 0)


def test_levels_are_components_of_the_cost() -> None:
    """Lexicographic levels number the components; the rest of the policy goes along as it is."""
    text = plain_with(
        "combination = 'lexicographic'",
        "order = ['handling', 'shipping']",
        "fallback = 'cancel'",
        "effort = 5",
        "split_quantities = true",
        "[reroute]\nattempts_max = 2\nexclude_minutes = 3",
    )
    policy = compiled(toml(text))
    assert list(policy.pricing.level[:3]) == [1, 0, NOT_WEIGHED]
    assert policy.pricing.n_levels == 2
    assert (policy.name, policy.version, policy.fallback, policy.effort) == ("plain", 3, "cancel", 5)
    assert (policy.split_quantities, policy.reroute_attempts_max, policy.reroute_exclude_us) == (True, 2, 180_000_000)


def test_arrays_cannot_be_written() -> None:
    """Every array of a compiled policy is read-only."""
    area = f"[constraints]\nservice_area = {{ areas = [{{ group = 'dc', zones = ['{DEMO.zones[0].id}'] }}] }}"
    policy = compiled(toml(plain_with(area)))
    parts: list[Stage | Pricing] = [*policy.stages, policy.pricing]
    arrays = [
        value
        for part in parts
        for value in (getattr(part, field.name) for field in dataclasses.fields(part))
        if isinstance(value, np.ndarray)
    ]
    assert len(arrays) == 7 + 6
    assert not any(array.flags.writeable for array in arrays)


def test_ids_without_a_place_are_refused() -> None:
    """A node or carrier service of the network that has no dense id is an error."""
    with pytest.raises(KeyError):
        compile_policy(toml(plain_with()), 1, DEMO, {}, SERVICE_I)
    with pytest.raises(KeyError):
        compile_policy(toml(plain_with()), 1, DEMO, NODE_I, {})
