"""A policy as arrays over one network: what native code reads instead of a document.

Constraints differ from stage to stage: stage 0 has all of them, each further stage has given up one more of `relax`.
Objectives are the same in every stage. Nodes and carrier services are the engine's dense ids, zones those of the
network document; arrays are read-only.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

NO_CAP_M = 2**31 - 1
NEVER_AGAIN_US = 2**63 - 1
LOAD_STEPS = 1001  # loads of a node's day, 0 .. 1000 per mille
NOT_WEIGHED = -1


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """The constraints after so many are relaxed.

    Attributes
    ----------
    relaxed : str
        The constraint given up last; empty in stage 0.
    node_allowed : uint8[n_nodes]
        1 = its type and groups may ship; 0 too where the network has no such node.
    excluded_until_us : int64[n_nodes]
        The node ships from this moment on; 0 = at once, `NEVER_AGAIN_US` = never.
    capable : uint8[n_nodes]
        Bit c: the node may ship blocks that need capability c, in the order of `CAPABILITIES`.
    oversize_from_g : int
        Grams of a unit that make it oversize; 0 = none.
    zone_allowed : uint8[n_zones, n_nodes] or None
        1 = the node may ship to the zone; None = every node to every zone it has a lane to.
    distance_cap_m : int32[n_nodes]
        Farthest destination, metres; `NO_CAP_M` = any.
    service_allowed : uint8[n_services]
        1 = the carrier service may carry.
    capacity_open : int32[n_nodes]
        Shipments or units of a day that the policy may take in all; 0 where the node has no capacity limit.
    reserve_kept : bool
        Whether routing_reserve is kept back.
    reserve_extra_units : int
    max_shipments : int
        0 = no bound.
    whole : str
        "order", "line" or "" (no demand): what is served in full or not at all.
    min_units, min_value_micros : int
        Of a shipment; 0 = none.
    min_only_when_split : bool
    arrival_kept : bool
        Whether required_by refuses later arrivals.
    grace_us, within_us : int
        Microseconds; within_us 0 = any.
    """

    relaxed: str
    node_allowed: Bytes
    excluded_until_us: Int64s
    capable: Bytes
    oversize_from_g: int
    zone_allowed: Bytes | None
    distance_cap_m: Int32s
    service_allowed: Bytes
    capacity_open: Int32s
    reserve_kept: bool
    reserve_extra_units: int
    max_shipments: int
    whole: str
    min_units: int
    min_value_micros: int
    min_only_when_split: bool
    arrival_kept: bool
    grace_us: int
    within_us: int


@dataclass(frozen=True, slots=True, eq=False)
class Pricing:
    """The objectives, raw; amounts of an objective without a weight are 0.

    Attributes
    ----------
    weights : int64[13]
        1/1024, in the order of `OBJECTIVES`.
    level : int32[13]
        Component of the cost vector, from 0; `NOT_WEIGHED` = left out.
    n_levels : int
        1 .. 4.
    split_penalty_micros, distance_micros_per_km_unit, lateness_micros_per_day, lateness_micros_per_day_unit : int
    transit_micros_per_day : int
    load_micros : int64[LOAD_STEPS]
        Capacity balance: raw cost of a shipment by the load of its bucket in per mille.
    stock_micros_per_unit, stock_target_units : int
    weeks_micros_per_unit, weeks_target : int
    markdown_micros_per_unit, markdown_within_weeks : int
    priority_shipment_micros, priority_unit_micros : int64[n_nodes]
        Node priority, already multiplied.
    carbon_micros_per_km : int64[n_services]
        Of a shipment.
    opportunity_cap_micros : int
    """

    weights: Int64s
    level: Int32s
    n_levels: int
    split_penalty_micros: int
    distance_micros_per_km_unit: int
    lateness_micros_per_day: int
    lateness_micros_per_day_unit: int
    transit_micros_per_day: int
    load_micros: Int64s
    stock_micros_per_unit: int
    stock_target_units: int
    weeks_micros_per_unit: int
    weeks_target: int
    markdown_micros_per_unit: int
    markdown_within_weeks: int
    priority_shipment_micros: Int64s
    priority_unit_micros: Int64s
    carbon_micros_per_km: Int64s
    opportunity_cap_micros: int


@dataclass(frozen=True, slots=True, eq=False)
class CompiledPolicy:
    """One version of a policy over one network.

    Attributes
    ----------
    name : str
    version : int
    stages : tuple of Stage
        1 + the number of constraints in `relax`.
    pricing : Pricing
    fallback : str
        "backorder", "queue" or "cancel".
    effort : int
        Evaluations; 0 = the engine's default.
    split_quantities : bool
    reroute_attempts_max, reroute_exclude_us : int
        -1 = as the limits of the server say.
    """

    name: str
    version: int
    stages: tuple[Stage, ...]
    pricing: Pricing
    fallback: str
    effort: int
    split_quantities: bool
    reroute_attempts_max: int
    reroute_exclude_us: int
