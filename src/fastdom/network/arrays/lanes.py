"""Carrier services, lanes by destination zone and node, and the price lists."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from fastdom.network.arrays.spread import NodeIds, Parts
from fastdom.network.document import NetworkDocument
from fastdom.network.tiers import cost_rows, weight_grid
from fastdom.types import ServiceLevel

Number = TypeVar("Number", bound=np.generic)


def part(document: NetworkDocument, ids: NodeIds) -> Parts:
    """Return the service_*, lane_*, tier_* and tariff_* arrays."""
    services = document.services
    grid = weight_grid(document.tariffs)
    cost, step_g, step_cost = cost_rows(document.tariffs, grid)
    rows = _LaneRows(document, ids)
    return {
        "n_services": len(services),
        "n_levels": len(ServiceLevel),
        "service_ids": [service.id for service in services],
        "service_level": np.array([int(service.service_level) for service in services], dtype=np.int32),
        "service_max_weight_g": np.array([service.max_weight_g for service in services], dtype=np.int64),
        "service_cod": np.array([service.cod for service in services], dtype=np.uint8),
        "n_lanes": document.lanes.origin_i.size,
        "lane_tariff": rows.table(document.lanes.tariff_i, -1),
        "lane_transit_min": rows.table(document.lanes.transit_min, 0),
        "lane_transit_max": rows.table(document.lanes.transit_max, 0),
        "n_tiers": len(grid),
        "n_tariffs": len(document.tariffs.tiers),
        "tier_up_to_g": np.array(grid, dtype=np.int64),
        "tariff_cost": cost,
        "tariff_step_g": step_g,
        "tariff_step_cost": step_cost,
    }


class _LaneRows:
    """Lanes by (destination zone, node, service): those of a node's origin zone, copied to the node."""

    def __init__(self, document: NetworkDocument, ids: NodeIds) -> None:
        lanes = document.lanes
        zone_i = document.postal_codes.zone_i
        node_zone = zone_i[np.array([node.postal_i for node in document.nodes], dtype=np.int64)]
        origins, which = np.unique(node_zone, return_inverse=True)
        row_of_zone = np.full(len(document.zones), -1, dtype=np.int64)
        row_of_zone[origins] = np.arange(origins.size)
        self._used = row_of_zone[lanes.origin_i] >= 0
        self._place = (
            lanes.destination_i[self._used],
            row_of_zone[lanes.origin_i[self._used]],
            lanes.service_i[self._used],
        )
        self._by_origin = (len(document.zones), origins.size, len(document.services))
        self._origin_of_node = which.reshape(-1)
        self._ids = ids

    def table(self, values: npt.NDArray[Number], absent: int) -> npt.NDArray[Number]:
        """Return [n_zones, n_nodes, n_services] of one lane column, `absent` where there is no lane."""
        by_origin = np.full(self._by_origin, absent, dtype=values.dtype)
        by_origin[self._place] = values[self._used]
        n_zones, _, n_services = self._by_origin
        by_node = np.full((n_zones, self._ids.n_nodes, n_services), absent, dtype=values.dtype)
        by_node[:, self._ids.dense, :] = by_origin[:, self._origin_of_node, :]
        return by_node
