"""Compile a network document to the arrays of `CompiledNetwork`; a pure function of its arguments.

Besides them it reads the `holidays` package and the time-zone database: the tables serve promises, which are
estimates of the future, and a replay never computes them again.
"""

import zoneinfo
from collections.abc import Mapping

import numpy as np

from fastdom.network.arrays import deliveries, lanes, nodes, places, policies, services, skus, slots
from fastdom.network.arrays.spread import NodeIds, Parts
from fastdom.network.calendars import working_days
from fastdom.network.compiled import CompiledNetwork
from fastdom.network.document import NetworkDocument
from fastdom.network.limits import HORIZON_DAYS_MAX, TRANSIT_DAYS_MAX
from fastdom.network.wall_clock import US_PER_SECOND, WallClock, local_day

PAST_DAYS = 1  # the tables start yesterday, so that today is inside in every time zone of the network
DELIVERY_DAYS = 3 * TRANSIT_DAYS_MAX  # deliveries reach further than hand-overs: the longest transit over holidays


def compile_network(
    document: NetworkDocument,
    node_index: Mapping[str, int],
    sku_index: Mapping[str, int],
    now_us: int,
    horizon_days: int | None = None,
    service_index: Mapping[str, int] | None = None,
) -> CompiledNetwork:
    """Compile a document for the engine.

    Parameters
    ----------
    node_index, sku_index : mapping of str to int
        The engine's dense ids, which may have gaps and ids unknown to this document.
    now_us : int
        UTC microseconds; the day tables start the day before.
    horizon_days : int, optional
        Days of hand-overs; the document's own number when not given.
    service_index : mapping of str to int, optional
        The engine's dense ids of carrier services; without it they are numbered as in the document.

    Raises
    ------
    KeyError
        When a node or SKU of the document has no dense id.
    ValueError
        When horizon_days is out of range.
    """
    horizon = document.promise.horizon_days if horizon_days is None else horizon_days
    if not 1 <= horizon <= HORIZON_DAYS_MAX:
        raise ValueError(f"horizon_days must be 1..{HORIZON_DAYS_MAX}, got {horizon}")
    ids = NodeIds(document.nodes, node_index)
    tz_names = sorted({node.time_zone for node in document.nodes} | {zone.time_zone for zone in document.zones})
    day0 = min(local_day(zoneinfo.ZoneInfo(name), now_us) for name in tz_names) - PAST_DAYS
    n_days = PAST_DAYS + horizon + DELIVERY_DAYS
    clocks = {name: WallClock(name, day0, n_days) for name in tz_names}
    calendars = [working_days(calendar, day0, n_days) for calendar in document.calendars]
    parts: Parts = {
        "content_hash": document.content_hash,
        "currency": document.currency,
        "country": document.country,
        "quote_ttl_us": document.promise.quote_ttl_s * US_PER_SECOND,
        "n_tz": len(tz_names),
        "tz_names": tz_names,
        "n_days": n_days,
        "day0": day0,
        "horizon_days": horizon,
        **nodes.part(document, ids, tz_names),
        **skus.part(document, sku_index),
        **places.part(document, ids, tz_names),
        **lanes.part(document, ids),
        **slots.part(document, ids, calendars, clocks, PAST_DAYS + horizon),
        **deliveries.part(document, calendars, list(clocks.values())),
        **policies.part(document),
    }
    if service_index is not None:
        parts = services.spread(parts, service_index)
    _freeze(parts)
    return CompiledNetwork(**parts)


def _freeze(parts: Parts) -> None:
    for name, value in parts.items():
        if isinstance(value, np.ndarray):
            assert value.flags.c_contiguous, name  # the native side reads rows
            value.setflags(write=False)
