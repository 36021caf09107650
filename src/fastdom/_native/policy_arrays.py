"""Policies as the arrays that native code checks: whole documents, and the four objectives of network.toml."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

OBJECTIVES = 13
LOAD_STEPS = 1001
LEVELS_MAX = 4
NO_CAP_M = 2**31 - 1
MONEY_END = 2**50 + 1  # plan.pxd: COST_MAX
WEIGHT_MAX = 2**20  # of an objective, in 1/1024
AMOUNTS = (
    "split_penalty_micros",
    "distance_micros_per_km_unit",
    "lateness_micros_per_day",
    "lateness_micros_per_day_unit",
    "transit_micros_per_day",
    "stock_micros_per_unit",
    "weeks_micros_per_unit",
    "markdown_micros_per_unit",
    "opportunity_cap_micros",
)
STAGE_ARRAYS = (
    ("node_allowed", np.uint8, "n_nodes"),
    ("excluded_until_us", np.int64, "n_nodes"),
    ("capable", np.uint8, "n_nodes"),
    ("distance_cap_m", np.int32, "n_nodes"),
    ("capacity_open", np.int32, "n_nodes"),
    ("service_allowed", np.uint8, "n_services"),
)
PRICING_ARRAYS = (
    ("priority_shipment_micros", "n_nodes"),
    ("priority_unit_micros", "n_nodes"),
    ("carbon_micros_per_km", "n_services"),
)


@dataclass(frozen=True, slots=True, eq=False)
class NetworkFacts:
    """What policies are combined with.

    Attributes
    ----------
    n_services, n_zones : int
    node_present : uint8[n_nodes]
    handling_shipment, handling_unit : int64[n_nodes]
        Micros.
    capacity_kind, capacity_limit : int32[n_nodes]
    """

    n_services: int
    n_zones: int
    node_present: npt.NDArray[np.uint8]
    handling_shipment: npt.NDArray[np.int64]
    handling_unit: npt.NDArray[np.int64]
    capacity_kind: npt.NDArray[np.int32]
    capacity_limit: npt.NDArray[np.int32]

    @property
    def n_nodes(self) -> int:
        """Dense node ids."""
        return len(self.node_present)


def of_four(one: Any, network: NetworkFacts) -> Any:
    """Return a policy of shipping, handling, split penalty and distance as a whole one that constrains nothing."""
    bounded(f"weights of {one.name}", one.weights, WEIGHT_MAX + 1)
    bounded(f"split_penalty_micros of {one.name}", one.split_penalty_micros, MONEY_END)
    bounded(f"distance_micros_per_km_unit of {one.name}", one.distance_micros_per_km_unit, MONEY_END)
    weights, level = np.zeros(OBJECTIVES, dtype=np.int64), np.full(OBJECTIVES, -1, dtype=np.int32)
    weights[:4], level[:4] = one.weights, 0
    pricing: dict[str, Any] = dict.fromkeys(AMOUNTS, 0)
    pricing |= {name: np.zeros(getattr(network, size), dtype=np.int64) for name, size in PRICING_ARRAYS}
    return SimpleNamespace(
        name=one.name,
        version=one.version,
        stages=(open_stage(network),),
        pricing=SimpleNamespace(
            **pricing
            | {
                "weights": weights,
                "level": level,
                "n_levels": 1,
                "split_penalty_micros": one.split_penalty_micros,
                "distance_micros_per_km_unit": one.distance_micros_per_km_unit,
                "load_micros": np.zeros(LOAD_STEPS, dtype=np.int64),
                "stock_target_units": 0,
                "weeks_target": 0,
                "markdown_within_weeks": 0,
            }
        ),
        fallback="backorder",
        effort=0,
        split_quantities=False,
        reroute_attempts_max=-1,
        reroute_exclude_us=-1,
    )


def open_stage(network: NetworkFacts) -> Any:
    """Return constraints that leave nothing out but what always holds, and required_by."""
    n = network.n_nodes
    return SimpleNamespace(
        node_allowed=np.ones(n, dtype=np.uint8),
        excluded_until_us=np.zeros(n, dtype=np.int64),
        capable=np.full(n, 15, dtype=np.uint8),
        oversize_from_g=0,
        zone_allowed=None,
        distance_cap_m=np.full(n, NO_CAP_M, dtype=np.int32),
        service_allowed=np.ones(network.n_services, dtype=np.uint8),
        capacity_open=np.where(network.capacity_kind > 0, network.capacity_limit, 0).astype(np.int32),
        reserve_kept=True,
        reserve_extra_units=0,
        max_shipments=0,
        whole="",
        min_units=0,
        min_value_micros=0,
        min_only_when_split=False,
        arrival_kept=True,
        grace_us=0,
        within_us=0,
    )


def check(one: Any, network: NetworkFacts) -> None:
    """Raise ValueError when an array of a whole policy has another type or shape, or a number is out of range."""
    pricing, of = one.pricing, f" of {one.name}"
    shaped("weights" + of, pricing.weights, np.int64, (OBJECTIVES,))
    shaped("level" + of, pricing.level, np.int32, (OBJECTIVES,))
    shaped("load_micros" + of, pricing.load_micros, np.int64, (LOAD_STEPS,))
    bounded("weights" + of, pricing.weights, WEIGHT_MAX + 1)
    bounded("load_micros" + of, pricing.load_micros, MONEY_END)
    bounded("n_levels" + of, pricing.n_levels - 1, LEVELS_MAX)
    bounded("level" + of, pricing.level + 1, pricing.n_levels + 1)
    for name in AMOUNTS:
        bounded(name + of, getattr(pricing, name), MONEY_END)
    for name, size in PRICING_ARRAYS:
        shaped(name + of, getattr(pricing, name), np.int64, (getattr(network, size),))
        bounded(name + of, getattr(pricing, name), MONEY_END)
    if not one.stages:
        raise ValueError(f"stages{of} must not be empty")
    for i, stage in enumerate(one.stages):
        for name, dtype, size in STAGE_ARRAYS:
            shaped(f"stages[{i}].{name}{of}", getattr(stage, name), dtype, (getattr(network, size),))
        if stage.zone_allowed is not None:
            shape = (network.n_zones, network.n_nodes)
            shaped(f"stages[{i}].zone_allowed{of}", stage.zone_allowed, np.uint8, shape)


def shaped(name: str, array: Any, dtype: Any, shape: tuple[int, ...]) -> None:
    """Raise ValueError unless the array has this type and shape."""
    if array.dtype != dtype or array.shape != shape:
        wanted = f"{np.dtype(dtype)}{list(shape)}"
        raise ValueError(f"{name} must be {wanted}, got {array.dtype}{list(array.shape)}")


def bounded(name: str, value: Any, end: int) -> None:
    """Raise ValueError when a number lies outside [0, end)."""
    found = np.asarray(value)
    if found.size and not 0 <= int(found.min()) <= int(found.max()) < end:
        raise ValueError(f"{name} must be within 0 .. {end - 1}, got {found.min()} .. {found.max()}")
