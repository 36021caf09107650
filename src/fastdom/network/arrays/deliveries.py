"""Delivery calendars and the instants of delivery slots, one row for each distinct calendar and slot."""

from collections.abc import Sequence

import numpy as np

from fastdom.network.arrays.spread import Parts
from fastdom.network.calendars import WorkingDays
from fastdom.network.delivery import delivery_days
from fastdom.network.document import NetworkDocument
from fastdom.network.wall_clock import WallClock


def part(document: NetworkDocument, calendars: Sequence[WorkingDays], clocks: Sequence[WallClock]) -> Parts:
    """Return the delivery_*, arrive_*, service_cal and service_window arrays."""
    services = document.services
    used = sorted({service.calendar_i for service in services})
    days = [delivery_days(calendars[position].working) for position in used]
    windows: dict[tuple[int, int, int], int] = {}
    service_window = np.zeros((len(services), len(clocks)), dtype=np.int32)
    for position, service in enumerate(services):
        for tz in range(len(clocks)):
            key = (tz, service.delivery_from, service.delivery_to)
            service_window[position, tz] = windows.setdefault(key, len(windows))
    return {
        "service_cal": np.array([used.index(service.calendar_i) for service in services], dtype=np.int32),
        "delivery_cum": np.stack([one.cum for one in days]),
        "delivery_day": np.stack([one.day for one in days]),
        "service_window": service_window,
        "arrive_from": np.stack([clocks[tz].at(start) for tz, start, _ in windows]),
        "arrive_by": np.stack([clocks[tz].at(end) for tz, _, end in windows]),
    }
