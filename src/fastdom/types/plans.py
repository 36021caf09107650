"""The plan: which node ships which lines, with which carrier service, at what cost and when."""

from dataclasses import dataclass

from fastdom.types.words import Objective, UnassignedReason


@dataclass(frozen=True, slots=True)
class ObjectiveCost:
    """What one objective adds to one shipment, in micros: raw, and after the policy's weight."""

    objective: Objective
    raw_micros: int
    cost_micros: int


@dataclass(frozen=True, slots=True)
class ShipmentLine:
    """A line, or a part of it, in a shipment; quantity in units."""

    line_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Shipment:
    """One node, one carrier service, one day.

    Attributes
    ----------
    node_id : str
    carrier_service_id : str
        Empty for pickup and for lines pinned without a lane.
    lines : tuple of ShipmentLine
        In the order of the request.
    costs : tuple of ObjectiveCost
        Objectives that cost something, by number; filled by Route alone.
    cost_micros : int
        Weighted cost, the sum over the objectives.
    weight_g : int
        Grams.
    distance_m : int
        Metres; 0 = not known.
    ship_day : int
        Node's local date of the capacity bucket it takes, days since 1970-01-01; 0 = none.
    order_by_us, ship_at_us, arrive_from_us, arrive_by_us : int
        Cutoff, hand-over to the carrier, arrival window; microseconds UTC, 0 = not known.
    """

    node_id: str
    carrier_service_id: str
    lines: tuple[ShipmentLine, ...]
    costs: tuple[ObjectiveCost, ...]
    cost_micros: int
    weight_g: int
    distance_m: int
    ship_day: int
    order_by_us: int
    ship_at_us: int
    arrive_from_us: int
    arrive_by_us: int


@dataclass(frozen=True, slots=True)
class UnassignedLine:
    """Units of a line that no shipment carries, and why; available_from_us 0 = not known."""

    line_id: str
    quantity: int
    reason: UnassignedReason
    available_from_us: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """An answer to "which nodes ship this order".

    Attributes
    ----------
    shipments : tuple of Shipment
        By external node id.
    total_cost_micros : int
        Weighted, in micros of currency_code.
    currency_code : str
        ISO 4217.
    split_count : int
        Shipments beyond the first.
    unassigned_lines : tuple of UnassignedLine
        Empty = the plan is complete.
    """

    shipments: tuple[Shipment, ...]
    total_cost_micros: int
    currency_code: str
    split_count: int
    unassigned_lines: tuple[UnassignedLine, ...]
