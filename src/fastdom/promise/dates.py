"""How dates are read from the compiled tables: the cold, readable path (explanations, tools, tests).

The kernel that quotes follows the same steps on the same arrays; docs/network-files.md states the rules.
"""

from bisect import bisect_left
from dataclasses import dataclass

from fastdom.network.compiled import CompiledNetwork


@dataclass(frozen=True, slots=True)
class HandOver:
    """A hand-over of a shipment to its carrier service.

    Attributes
    ----------
    order_by_us : int
        Last microsecond (UTC) at which an order still makes it.
    handover_us : int
        UTC microsecond of the hand-over; for PICKUP, of being ready to collect.
    day : int
        Its local date at the node, days since 1970-01-01: the capacity bucket.
    """

    order_by_us: int
    handover_us: int
    day: int


@dataclass(frozen=True, slots=True)
class Window:
    """When a shipment arrives, UTC microseconds."""

    from_us: int
    by_us: int


def next_hand_over(
    network: CompiledNetwork, node_i: int, service_i: int, placed_us: int, *, skip_days: frozenset[int] = frozenset()
) -> HandOver | None:
    """Return the first hand-over an order still makes; None when the tables hold none.

    Parameters
    ----------
    skip_days : frozenset of int
        Local dates whose capacity is taken.
    """
    first = int(network.slot_first[node_i, service_i])
    end = first + int(network.slot_count[node_i, service_i])
    for slot in range(bisect_left(network.slot_order_by, placed_us, first, end), end):
        day = int(network.slot_day[slot])
        if day not in skip_days:
            return HandOver(int(network.slot_order_by[slot]), int(network.slot_handover[slot]), day)
    return None


def arrival_slot(
    network: CompiledNetwork, service_i: int, zone_i: int, hand_over: HandOver, transit_days: int
) -> Window | None:
    """Return the delivery slot reached with a transit of so many delivery days; None beyond the tables.

    A slot that would end before the hand-over (same-day delivery after hours) gives way to the next delivery day, and
    one that has begun starts at the hand-over.
    """
    calendar = network.service_cal[service_i]
    window = network.service_window[service_i, network.zone_tz[zone_i]]
    number = int(network.delivery_cum[calendar, hand_over.day - network.day0]) + transit_days
    while number < network.n_days:
        day = network.delivery_day[calendar, number]
        if day < 0:
            return None
        by_us = int(network.arrive_by[window, day])
        if by_us > hand_over.handover_us:
            return Window(max(int(network.arrive_from[window, day]), hand_over.handover_us), by_us)
        number += 1
    return None


def arrival_window(
    network: CompiledNetwork, node_i: int, service_i: int, zone_i: int, hand_over: HandOver
) -> Window | None:
    """Return the window from the shortest to the longest transit of the lane; None without a lane or date."""
    if network.lane_tariff[zone_i, node_i, service_i] < 0:
        return None
    place = (zone_i, node_i, service_i)
    earliest = arrival_slot(network, service_i, zone_i, hand_over, int(network.lane_transit_min[place]))
    latest = arrival_slot(network, service_i, zone_i, hand_over, int(network.lane_transit_max[place]))
    return None if earliest is None or latest is None else Window(earliest.from_us, latest.by_us)
