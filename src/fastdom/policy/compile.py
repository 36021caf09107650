"""Compile a policy for one network: a pure function of its arguments, asked for when either of them changes."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from fastdom.network.document import NetworkDocument
from fastdom.policy.compiled import LOAD_STEPS, NOT_WEIGHED, CompiledPolicy, Pricing
from fastdom.policy.document import Policy
from fastdom.policy.objectives import OBJECTIVE_BY_NAME, OBJECTIVES, capacity_balance
from fastdom.policy.objectives.carbon import rate_micros_per_km
from fastdom.policy.stages import Places, stage_of

MINUTE_US = 60_000_000


def compile_policy(
    policy: Policy,
    version: int,
    document: NetworkDocument,
    node_index: Mapping[str, int],
    service_index: Mapping[str, int],
) -> CompiledPolicy:
    """Return a policy as arrays over a network that it fits (`check_network`).

    Parameters
    ----------
    policy : Policy
    version : int
        Its version in the registry.
    document : NetworkDocument
    node_index, service_index : mapping of str to int
        The engine's dense ids, which may have gaps and ids unknown to this document.

    Raises
    ------
    KeyError
        When a node or carrier service of the document has no dense id.
    """
    places = Places(document, node_index, service_index)
    steps = range(len(policy.relax) + 1)
    return CompiledPolicy(
        name=policy.name,
        version=version,
        stages=tuple(stage_of(policy.relaxed(n), policy.relax[n - 1] if n else "", places) for n in steps),
        pricing=_pricing(policy, places),
        fallback=policy.fallback.value,
        effort=policy.effort,
        split_quantities=policy.split_quantities,
        reroute_attempts_max=policy.reroute.attempts_max,
        reroute_exclude_us=-1 if policy.reroute.exclude_minutes < 0 else policy.reroute.exclude_minutes * MINUTE_US,
    )


def _pricing(policy: Policy, places: Places) -> Pricing:
    levels = policy.levels()
    level = {one.name: i for i, settings in enumerate(levels) for one in settings}
    weighed = {one.name: one for settings in levels for one in settings}
    pricing = Pricing(
        weights=np.array([weighed[one.name].weight_steps if one.name in weighed else 0 for one in OBJECTIVES]),
        level=np.array([level.get(one.name, NOT_WEIGHED) for one in OBJECTIVES], dtype=np.int32),
        n_levels=len(levels),
        split_penalty_micros=_amount(weighed, "split_penalty", "per_shipment_micros"),
        distance_micros_per_km_unit=_amount(weighed, "distance", "micros_per_km_unit"),
        lateness_micros_per_day=_amount(weighed, "lateness", "micros_per_day"),
        lateness_micros_per_day_unit=_amount(weighed, "lateness", "micros_per_day_unit"),
        transit_micros_per_day=_amount(weighed, "transit_time", "micros_per_day"),
        load_micros=np.array([_load(weighed, load) for load in range(LOAD_STEPS)]),
        stock_micros_per_unit=_amount(weighed, "stock_balance", "micros_per_unit"),
        stock_target_units=_amount(weighed, "stock_balance", "target_units"),
        weeks_micros_per_unit=_amount(weighed, "weeks_of_supply", "micros_per_unit"),
        weeks_target=_amount(weighed, "weeks_of_supply", "target_weeks"),
        markdown_micros_per_unit=_amount(weighed, "markdown_avoidance", "micros_per_unit"),
        markdown_within_weeks=_amount(weighed, "markdown_avoidance", "sell_within_weeks"),
        priority_shipment_micros=_priorities(weighed, places, 0),
        priority_unit_micros=_priorities(weighed, places, 1),
        carbon_micros_per_km=_carbon(weighed, places),
        opportunity_cap_micros=_amount(weighed, "opportunity_cost", "cap_micros_per_unit"),
    )
    for name in ("weights", "level", "load_micros", "priority_shipment_micros", "priority_unit_micros"):
        getattr(pricing, name).setflags(write=False)
    pricing.carbon_micros_per_km.setflags(write=False)
    return pricing


def _amount(weighed: Mapping[str, Any], name: str, field: str) -> int:
    return int(weighed[name][field]) if name in weighed else 0


def _load(weighed: Mapping[str, Any], load_permille: int) -> int:
    settings = weighed.get("capacity_balance")
    if settings is None:
        return 0
    return capacity_balance.raw_micros(**settings.arguments(), capacity_limit=1000, capacity_taken=load_permille)


def _priorities(weighed: Mapping[str, Any], places: Places, units: int) -> Any:
    """Return the part per shipment (units 0) or per unit (units 1) of each node's priority."""
    values = np.zeros(places.n_nodes, dtype=np.int64)
    settings = weighed.get("node_priority")
    if settings is None:
        return values
    raw_micros = OBJECTIVE_BY_NAME["node_priority"].raw_micros
    for node_i, node in places.nodes:
        field = "micros_per_step" if units else "micros_per_step_unit"  # the part that is left out
        arguments = {**settings.arguments(), field: 0}
        values[node_i] = raw_micros(**arguments, priority=node.priority, units=1)
    return values


def _carbon(weighed: Mapping[str, Any], places: Places) -> Any:
    values = np.zeros(places.n_services, dtype=np.int64)
    settings = weighed.get("carbon")
    if settings is not None:
        for service_i, service in places.services:
            values[service_i] = rate_micros_per_km(**settings.arguments(), service=service)
    return values
