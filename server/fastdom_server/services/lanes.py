"""The lanes of a network in the order they are listed: by carrier service, origin and destination."""

from bisect import bisect_right
from collections.abc import Iterator

import numpy as np

from fastdom.network import NetworkDocument

LaneKey = tuple[str, str, str]
"""Carrier service, origin zone and destination zone by external id."""


class LaneIndex:
    """Order of one document's lanes; made once per version, in the time of a sort."""

    def __init__(self, document: NetworkDocument) -> None:
        self._lanes = lanes = document.lanes
        self._services = [service.id for service in document.services]
        self._zones = [zone.id for zone in document.zones]
        # The document's tables are ascending by external id, so the order by index is the order by id.
        self._order = np.lexsort((lanes.destination_i, lanes.origin_i, lanes.service_i))
        self.count_of: list[int] = np.bincount(lanes.service_i, minlength=len(self._services)).tolist()

    def key(self, lane_i: int) -> LaneKey:
        """Return the key of a lane by its index in the document."""
        lanes = self._lanes
        return (
            self._services[lanes.service_i[lane_i]],
            self._zones[lanes.origin_i[lane_i]],
            self._zones[lanes.destination_i[lane_i]],
        )

    def after(self, key: LaneKey | None) -> Iterator[int]:
        """Yield the indices of the lanes after a key, which need not exist; None = from the first."""
        order = self._order
        start = 0 if key is None else bisect_right(range(len(order)), key, key=lambda i: self.key(int(order[i])))
        return (int(lane_i) for lane_i in order[start:])
