"""The compiled network: dense arrays that the engine decides with, all C-contiguous and read-only."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledPolicy:
    """One policy of the network.

    Attributes
    ----------
    name : str
    version : int
    weights : int64[4]
        shipping, handling, split_penalty, distance in 1/1024.
    split_penalty_micros : int
        Raw cost of each shipment beyond the first.
    distance_micros_per_km_unit : int
        Raw cost of one unit over one kilometre.
    """

    name: str
    version: int
    weights: I64
    split_penalty_micros: int
    distance_micros_per_km_unit: int


@dataclass(frozen=True, slots=True, eq=False)
class CompiledNetwork:
    """One network version for one set of dense ids and one run of days.

    Money is micros of `currency`, times are UTC microseconds, a table day `d` is the local date `day0 + d` in days
    since 1970-01-01. Node and SKU indices are the engine's dense ids and may have gaps; the other indices (service,
    zone, postal code, tariff, time zone) live only inside this object.

    Attributes
    ----------
    content_hash : str
        Of the document this was compiled from.
    currency, country : str
        Accounting currency (ISO 4217) and country of the postal codes.
    quote_ttl_us : int
        Life of a quote when no cutoff ends it sooner.
    n_days, day0 : int
        Days in the day tables, and the first of them: the local date of now (the earliest of the time zones) less 1.
    horizon_days : int
        Days of hand-overs from the local date of now; deliveries reach further.

    node_present : uint8[n_nodes]
        1 = part of this version; every other array of an absent node holds the stated edge value.
    node_rank : int32[n_nodes]
        Order of the external ids among the present nodes, for ties; n_nodes for an absent one.
    node_type : int32[n_nodes]
        NodeType; 0 = absent.
    node_postal, node_zone : int32[n_nodes]
        Index of its postal code and of its origin zone; -1 = absent.
    node_tz : int32[n_nodes]
        Index into tz_names; 0 for an absent node.
    node_priority : int32[n_nodes]
        Lower is preferred; 0 for an absent node.
    handling_shipment, handling_unit : int64[n_nodes]
        Micros.
    capacity_kind, capacity_limit : int32[n_nodes]
        CapacityKind, and shipments or units a local day; 0 with kind 0.
    sku_weight_g : int32[n_skus]
        Grams; -1 = not in this version.

    postal_text : list of str
        Postal codes, ascending.
    zone_of_postal : int32[n_postal]
    distance_m : int32[n_postal, n_nodes]
        Metres from a postal code to a node; -1 = node absent.
    zone_ids : list of str
    zone_tz : int32[n_zones]
        Index into tz_names.
    tz_names : list of str

    service_ids : list of str
        Carrier services, ascending.
    service_level : int32[n_services]
        ServiceLevel.
    service_max_weight_g : int64[n_services]
    service_cod : uint8[n_services]
        1 = collects payment on delivery.
    lane_tariff : int32[n_zones, n_nodes, n_services]
        Row of tariff_cost; -1 = not served. The first axis is the destination zone.
    lane_transit_min, lane_transit_max : uint8[n_zones, n_nodes, n_services]
        Delivery days; 0 where not served.

    tier_up_to_g : int64[n_tiers]
        Grid of weights, ascending.
    tariff_cost : int64[n_tariffs, n_tiers]
        Micros for a shipment of at most tier_up_to_g grams (take the first tier that is not below the weight).
    tariff_step_g, tariff_step_cost : int64[n_tariffs]
        Beyond the last tier add ceil((weight - last tier) / step_g) x step_cost to the last cost. step_g >= 1.

    slot_first, slot_count : int32[n_nodes, n_services]
        Range of a (node, service) in the slot arrays; ranges with equal schedules are shared. Count 0 = none.
    slot_order_by : int64[n_slots]
        Last microsecond at which an order still makes the hand-over; never descending within a range.
    slot_handover : int64[n_slots]
        UTC microsecond of the hand-over (of being ready to collect, for PICKUP); ascending within a range.
    slot_day : int32[n_slots]
        Its local date at the node, days since 1970-01-01: the capacity bucket.

    service_cal : int32[n_services]
        Row of the delivery calendars.
    delivery_cum : int32[n_cal, n_days + 1]
        Delivery days among the table days [0, d).
    delivery_day : int32[n_cal, n_days]
        Table day of the j-th delivery day; -1 beyond the last one.
    service_window : int32[n_services, n_tz]
        Row of the arrival tables for a destination in that time zone.
    arrive_from, arrive_by : int64[n_windows, n_days]
        UTC microseconds at which the delivery slot of that local day starts and ends.

    weights, split_penalty_micros, distance_micros_per_km_unit
        Of the default policy, policies[0].
    policies : tuple of CompiledPolicy
        All, the default first.
    """

    content_hash: str
    currency: str
    country: str
    quote_ttl_us: int
    n_nodes: int
    n_skus: int
    n_services: int
    n_zones: int
    n_postal: int
    n_tiers: int
    n_lanes: int
    n_tariffs: int
    n_levels: int
    n_tz: int
    n_days: int
    day0: int
    horizon_days: int
    node_present: U8
    node_rank: I32
    node_type: I32
    node_postal: I32
    node_zone: I32
    node_tz: I32
    node_priority: I32
    handling_shipment: I64
    handling_unit: I64
    capacity_kind: I32
    capacity_limit: I32
    sku_weight_g: I32
    postal_text: list[str]
    zone_of_postal: I32
    distance_m: I32
    zone_ids: list[str]
    zone_tz: I32
    tz_names: list[str]
    service_ids: list[str]
    service_level: I32
    service_max_weight_g: I64
    service_cod: U8
    lane_tariff: I32
    lane_transit_min: U8
    lane_transit_max: U8
    tier_up_to_g: I64
    tariff_cost: I64
    tariff_step_g: I64
    tariff_step_cost: I64
    slot_first: I32
    slot_count: I32
    slot_order_by: I64
    slot_handover: I64
    slot_day: I32
    service_cal: I32
    delivery_cum: I32
    delivery_day: I32
    service_window: I32
    arrive_from: I64
    arrive_by: I64
    weights: I64
    split_penalty_micros: int
    distance_micros_per_km_unit: int
    policies: tuple[CompiledPolicy, ...]
