"""Hand-overs of every (node, service); nodes with the same hours and schedule share one range."""

from collections.abc import Mapping, Sequence

import numpy as np

from fastdom.network.arrays.spread import NodeIds, Parts
from fastdom.network.calendars import WorkingDays
from fastdom.network.document import CarrierService, NetworkDocument, Node, Pickup
from fastdom.network.handover import HandOvers, hand_overs, working_hours
from fastdom.network.wall_clock import MINUTES_PER_DAY, US_PER_MINUTE, WallClock


def part(
    document: NetworkDocument,
    ids: NodeIds,
    calendars: Sequence[WorkingDays],
    clocks: Mapping[str, WallClock],
    horizon_days: int,
) -> Parts:
    """Return the slot_* arrays."""
    first = np.zeros((ids.n_nodes, len(document.services)), dtype=np.int32)
    count = np.zeros((ids.n_nodes, len(document.services)), dtype=np.int32)
    ranges: dict[object, tuple[int, int]] = {}
    slots = [HandOvers(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int32))]
    total = 0
    for pickup in document.pickups:
        node, service = document.nodes[pickup.node_i], document.services[pickup.service_i]
        key = _schedule(node, service, pickup)
        if key not in ranges:
            found = _hand_overs(document, pickup, calendars, clocks[node.time_zone], horizon_days)
            slots.append(found)
            ranges[key] = (total, found.order_by.size)
            total += found.order_by.size
        place = (ids.dense[pickup.node_i], pickup.service_i)
        first[place], count[place] = ranges[key]
    return {
        "slot_first": first,
        "slot_count": count,
        "slot_order_by": np.concatenate([one.order_by for one in slots]),
        "slot_handover": np.concatenate([one.handover for one in slots]),
        "slot_day": np.concatenate([one.day for one in slots]),
    }


def _schedule(node: Node, service: CarrierService, pickup: Pickup) -> tuple[object, ...]:
    """Return all that the hand-overs depend on."""
    hours = (node.time_zone, node.calendar_i, node.cutoff_minute, node.pick_lead_minutes)
    return (*hours, service.calendar_i, pickup.times)


def _hand_overs(
    document: NetworkDocument, pickup: Pickup, calendars: Sequence[WorkingDays], clock: WallClock, horizon_days: int
) -> HandOvers:
    node, service = document.nodes[pickup.node_i], document.services[pickup.service_i]
    calendar, days = document.calendars[node.calendar_i], calendars[node.calendar_i]
    hours = working_hours(days.working, clock, calendar.open_minute, calendar.close_minute, node.cutoff_minute)
    allowed = days.working & ~calendars[service.calendar_i].holiday
    allowed[horizon_days:] = False
    last_minute = min(calendar.close_minute, MINUTES_PER_DAY - 1)
    every_slot = range(calendar.open_minute, last_minute + 1, document.promise.pickup_slot_minutes)
    times = [
        (minute, mask, cutoff)
        for listed, mask, cutoff in pickup.times
        for minute in ((listed,) if listed >= 0 else every_slot)
    ]
    return hand_overs(hours, clock, allowed, times, node.pick_lead_minutes * US_PER_MINUTE)
