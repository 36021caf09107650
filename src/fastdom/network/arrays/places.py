"""Postal codes, zones, and the distance from every postal code to every node."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fastdom.network.arrays.spread import NodeIds, Parts
from fastdom.network.distance import distances_m
from fastdom.network.document import NetworkDocument


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
    metres = distances_m(
        (codes.lat_e7.astype(np.int64), codes.lng_e7.astype(np.int64)), (points[:, 0].copy(), points[:, 1].copy())
    )
    if ids.n_nodes == len(columns) and np.array_equal(ids.dense, columns):
        return metres  # each node its own point, in the order of the dense ids: spare a copy of up to 400 MB
    spread = np.full((len(codes.codes), ids.n_nodes), -1, dtype=np.int32)
    spread[:, ids.dense] = metres[:, columns]
    return spread
