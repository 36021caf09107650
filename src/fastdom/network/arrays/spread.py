"""From the order of the document to the engine's dense node ids."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fastdom.network.document import Node

Parts = dict[str, Any]


class NodeIds:
    """Where each node of the document goes.

    Attributes
    ----------
    dense : int64[len(nodes)]
        Dense id of each node of the document.
    n_nodes : int
        Largest dense id of the engine plus one; ids outside the document are absent nodes.
    """

    def __init__(self, nodes: Sequence[Node], node_index: Mapping[str, int]) -> None:
        self.dense: npt.NDArray[np.int64] = np.array([node_index[node.id] for node in nodes], dtype=np.int64)
        self.n_nodes = max(node_index.values(), default=-1) + 1

    def spread_i32(self, values: Sequence[int], absent: int = 0) -> npt.NDArray[np.int32]:
        """Return int32[n_nodes] with `absent` where the document has no node."""
        column = np.full(self.n_nodes, absent, dtype=np.int32)
        column[self.dense] = values
        return column

    def spread_i64(self, values: Sequence[int]) -> npt.NDArray[np.int64]:
        """Return int64[n_nodes] with 0 where the document has no node."""
        column = np.zeros(self.n_nodes, dtype=np.int64)
        column[self.dense] = values
        return column
