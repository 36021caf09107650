"""What a plan must know of each node."""

from collections.abc import Sequence

import numpy as np

from fastdom.network.arrays.spread import NodeIds, Parts
from fastdom.network.document import NetworkDocument


def part(document: NetworkDocument, ids: NodeIds, tz_names: Sequence[str]) -> Parts:
    """Return the node_*, handling_* and capacity_* arrays."""
    nodes = document.nodes
    zone_i = document.postal_codes.zone_i
    return {
        "n_nodes": ids.n_nodes,
        "node_present": ids.spread_i32([1] * len(nodes)).astype(np.uint8),
        "node_rank": ids.spread_i32(range(len(nodes)), absent=ids.n_nodes),
        "node_type": ids.spread_i32([int(node.type) for node in nodes]),
        "node_postal": ids.spread_i32([node.postal_i for node in nodes], absent=-1),
        "node_zone": ids.spread_i32([int(zone_i[node.postal_i]) for node in nodes], absent=-1),
        "node_tz": ids.spread_i32([tz_names.index(node.time_zone) for node in nodes]),
        "node_priority": ids.spread_i32([node.priority for node in nodes]),
        "handling_shipment": ids.spread_i64([node.handling_shipment_micros for node in nodes]),
        "handling_unit": ids.spread_i64([node.handling_unit_micros for node in nodes]),
        "capacity_kind": ids.spread_i32([int(node.capacity_kind) for node in nodes]),
        "capacity_limit": ids.spread_i32([node.capacity_limit for node in nodes]),
    }
