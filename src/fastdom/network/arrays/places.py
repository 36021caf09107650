"""Postal codes, zones, and the distance from every postal code to every node."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fastdom.network.arrays.spread import NodeIds, Parts
from fastdom.network.distance import distances_m
from fastdom.network.document import NetworkDocument

ROWS_AT_ONCE = 2_048  # postal codes computed before they are spread: a few MB beside a result of up to 400


def part(document: NetworkDocument, ids: NodeIds, tz_names: Sequence[str]) -> Parts:
    """Return the postal, zone and distance arrays."""
    return {
        "n_postal": len(document.postal_codes.codes),
        "n_zones": len(document.zones),
        "postal_text": list(document.postal_codes.codes),
        "zone_of_postal": document.postal_codes.zone_i.copy(),
        "distance_m": _distances(document, ids),
        "zone_ids": [zone.id for zone in document.zones],
        "zone_tz": np.array([tz_names.index(zone.time_zone) for zone in document.zones], dtype=np.int32),
    }


def _distances(document: NetworkDocument, ids: NodeIds) -> npt.NDArray[np.int32]:
    """Return int32[n_postal, n_nodes]; nodes at one point are computed once."""
    codes = document.postal_codes
    column_of: dict[tuple[int, int], int] = {}
    columns = [column_of.setdefault((node.lat_e7, node.lng_e7), len(column_of)) for node in document.nodes]
    points = np.array(list(column_of), dtype=np.int64)
    nodes = (points[:, 0].copy(), points[:, 1].copy())
    distance = np.full((len(codes.codes), ids.n_nodes), -1, dtype=np.int32)
    for first in range(0, len(codes.codes), ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        metres = distances_m((codes.lat_e7[rows].astype(np.int64), codes.lng_e7[rows].astype(np.int64)), nodes)
        distance[rows, ids.dense] = metres[:, columns]
    return distance
