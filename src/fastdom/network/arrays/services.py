"""Carrier services moved from the order of the document to the engine's dense ids."""

from collections.abc import Mapping

import numpy as np

from fastdom.network.arrays.spread import Parts

AXES = {
    "service_level": 0,
    "service_max_weight_g": 0,
    "service_cod": 0,
    "service_cal": 0,
    "service_window": 0,
    "slot_first": 1,
    "slot_count": 1,
    "lane_tariff": 2,
    "lane_transit_min": 2,
    "lane_transit_max": 2,
}
"""Arrays with an axis of services, and which axis it is."""

ABSENT = {"lane_tariff": -1}
"""What stands for a service that is not in the document; 0 elsewhere: of no level, with no hand-over."""


def spread(parts: Parts, service_index: Mapping[str, int]) -> Parts:
    """Return the parts with every axis of services as long as the engine's table; absent services serve nothing.

    Raises
    ------
    KeyError
        When a service of the document has no dense id.
    """
    dense = np.array([service_index[name] for name in parts["service_ids"]], dtype=np.int64)
    n_services = max(service_index.values(), default=-1) + 1
    moved = dict(parts)
    for name, axis in AXES.items():
        old = parts[name]
        shape = (*old.shape[:axis], n_services, *old.shape[axis + 1 :])
        fresh = np.full(shape, ABSENT.get(name, 0), dtype=old.dtype)
        fresh[(slice(None),) * axis + (dense,)] = old
        moved[name] = fresh
    names = sorted(service_index, key=service_index.__getitem__)
    return moved | {"service_ids": names, "n_services": n_services}
