"""Constraints as arrays: each asks the reference function of its constraint once per node, service or zone."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from fastdom.network.document import CapacityKind, NetworkDocument, Node
from fastdom.policy.compiled import NEVER_AGAIN_US, NO_CAP_M, Bytes, Int32s, Int64s, Stage
from fastdom.policy.constraints import CONSTRAINT_BY_NAME
from fastdom.policy.constraints.capability import CAPABILITIES
from fastdom.policy.constraints.must_arrive_by import HOUR_US
from fastdom.policy.document import Policy
from fastdom.policy.network_check import TYPE_WORDS
from fastdom.policy.settings import Settings


class Places:
    """Where the nodes and carrier services of a network go.

    Parameters
    ----------
    document : NetworkDocument
    node_index, service_index : mapping of str to int
        The engine's dense ids, which may have gaps and ids unknown to this document.
    """

    def __init__(
        self, document: NetworkDocument, node_index: Mapping[str, int], service_index: Mapping[str, int]
    ) -> None:
        self.nodes = [(node_index[node.id], node) for node in document.nodes]
        self.services = [(service_index[service.id], service.id) for service in document.services]
        self.zones = [zone.id for zone in document.zones]
        self.n_nodes = max(node_index.values(), default=-1) + 1
        self.n_services = max(service_index.values(), default=-1) + 1


def stage_of(policy: Policy, relaxed: str, places: Places) -> Stage:
    """Return the constraints of a policy as arrays."""
    reserve, arrival = _whole(policy, "routing_reserve"), _whole(policy, "must_arrive_by")
    minimum, complete = _whole(policy, "minimum_shipment"), policy.constraint("ship_complete")
    stage = Stage(
        relaxed=relaxed,
        node_allowed=_nodes_allowed(policy, places),
        excluded_until_us=_excluded(policy, places),
        capable=_capable(policy, places),
        oversize_from_g=_whole(policy, "capability").get("oversize_from_g", 0),
        zone_allowed=_zones(policy, places),
        distance_cap_m=_caps(policy, places),
        service_allowed=_services(policy, places),
        capacity_open=_open(policy, places),
        reserve_kept=bool(reserve["enforced"]),
        reserve_extra_units=reserve["extra_units"] if reserve["enforced"] else 0,
        max_shipments=_whole(policy, "max_shipments").get("limit", 0),
        whole=str(complete["whole"]) if complete else "",
        min_units=minimum.get("min_units", 0),
        min_value_micros=minimum.get("min_value_micros", 0),
        min_only_when_split=bool(minimum.get("only_when_split", False)),
        arrival_kept=bool(arrival["enforced"]),
        grace_us=arrival["grace_hours"] * HOUR_US if arrival["enforced"] else 0,
        within_us=arrival["within_hours"] * HOUR_US if arrival["enforced"] else 0,
    )
    for name in ("node_allowed", "excluded_until_us", "capable", "distance_cap_m", "service_allowed", "capacity_open"):
        getattr(stage, name).setflags(write=False)
    if stage.zone_allowed is not None:
        stage.zone_allowed.setflags(write=False)
    return stage


def _whole(policy: Policy, name: str) -> dict[str, int]:
    """Return the numbers and flags of a constraint; empty where it is not set."""
    settings = policy.constraint(name)
    return {field: value for field, value in settings.values if isinstance(value, int)} if settings else {}


def _allows(settings: Settings | None, **facts: Any) -> bool:
    if settings is None:
        return True
    return CONSTRAINT_BY_NAME[settings.name].allows(**settings.arguments(), **facts)


def _nodes_allowed(policy: Policy, places: Places) -> Bytes:
    types, groups = policy.constraint("node_type"), policy.constraint("node_group")
    allowed = np.zeros(places.n_nodes, dtype=np.uint8)
    for node_i, node in places.nodes:
        allowed[node_i] = _allows(types, node_type=TYPE_WORDS[node.type]) and _allows(groups, groups=node.groups)
    return allowed


def _excluded(policy: Policy, places: Places) -> Int64s:
    settings = policy.constraint("excluded_nodes")
    entries: Any = settings["nodes"] if settings else ()
    until_us = {node: until or NEVER_AGAIN_US for node, until in entries}
    excluded = np.zeros(places.n_nodes, dtype=np.int64)
    for node_i, node in places.nodes:
        excluded[node_i] = until_us.get(node.id, 0)
    return excluded


def _capable(policy: Policy, places: Places) -> Bytes:
    settings = policy.constraint("capability")
    capable = np.zeros(places.n_nodes, dtype=np.uint8)
    for node_i, node in places.nodes:
        for bit, need in enumerate(CAPABILITIES):
            capable[node_i] |= _allows(settings, needs=(need,), unit_weight_g=0, groups=node.groups) << bit
    return capable


def _zones(policy: Policy, places: Places) -> Bytes | None:
    settings = policy.constraint("service_area")
    if settings is None:
        return None
    allowed = np.zeros((len(places.zones), places.n_nodes), dtype=np.uint8)
    by_groups: dict[tuple[str, ...], list[bool]] = {}
    for node_i, node in places.nodes:
        if node.groups not in by_groups:
            by_groups[node.groups] = [
                _allows(settings, groups=node.groups, zone=zone, lane=True) for zone in places.zones
            ]
        allowed[:, node_i] = by_groups[node.groups]
    return allowed


def _caps(policy: Policy, places: Places) -> Int32s:
    settings = policy.constraint("distance_cap")
    caps = np.full(places.n_nodes, NO_CAP_M, dtype=np.int32)
    if settings:
        by_type: Any = settings["limit_km_by_type"]
        for node_i, node in places.nodes:
            caps[node_i] = 1000 * dict(by_type).get(TYPE_WORDS[node.type], settings.whole("limit_km"))
    return caps


def _services(policy: Policy, places: Places) -> Bytes:
    settings = policy.constraint("carrier_available")
    allowed = np.zeros(places.n_services, dtype=np.uint8)
    for service_i, service in places.services:
        allowed[service_i] = _allows(settings, service=service, hand_over=True)
    return allowed


def _open(policy: Policy, places: Places) -> Int32s:
    keep_permille = _whole(policy, "capacity_left").get("keep_permille", 0)
    opened = np.zeros(places.n_nodes, dtype=np.int32)
    for node_i, node in places.nodes:
        opened[node_i] = _open_of(node, keep_permille)
    return opened


def _open_of(node: Node, keep_permille: int) -> int:
    if node.capacity_kind is CapacityKind.NONE:
        return 0
    return node.capacity_limit + (-node.capacity_limit * keep_permille // 1000)
