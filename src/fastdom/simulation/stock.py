"""The stock that a simulation starts from, as rows of the network's own stock table."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from fastdom.engine import networks
from fastdom.engine.face import Face
from fastdom.network import NetworkDocument, load_files
from fastdom.network.document import Stock
from fastdom.reasons import MESSAGES, Reason
from fastdom.simulation.errors import SimulationRefused

SLICE = 4096
"""Positions set by one call."""


def with_stock(files: Mapping[str, bytes], stock: Path | None) -> dict[str, bytes]:
    """Return the files of a network with the rows of another stock file (as stock.csv) in place of its own.

    Raises
    ------
    OSError
    """
    if stock is None:
        return dict(files)
    kept = {name: data for name, data in files.items() if name.split(".")[0] != "stock"}
    return {**kept, "stock.csv.gz" if stock.name.endswith(".gz") else "stock.csv": stock.read_bytes()}


def load_with_stock(files: Mapping[str, bytes], stock: Path | None) -> NetworkDocument:
    """Load a network with the rows of another stock file, None = its own. Raises NetworkInvalid, OSError."""
    return load_files(with_stock(files, stock))


def set_stock(face: Face, network: NetworkDocument, stock: Stock, now_us: int) -> Iterator[None]:
    """Bring the rows into an engine, a slice at a time; yields after each, so that the caller can let go its journal.

    Raises
    ------
    SimulationRefused
        A row that the engine refuses.
    """
    nodes, skus = networks.index_of(face, networks.NODES), networks.index_of(face, networks.SKUS)
    node_of = np.array([nodes[node.id] for node in network.nodes], dtype=np.int32)
    sku_of = np.array([skus[sku] for sku in network.skus.ids], dtype=np.int32)
    for at in range(0, len(stock.on_hand), SLICE):
        part = slice(at, at + SLICE)
        reasons, _ = face.set_many(
            sku_of[stock.sku_i[part]],
            node_of[stock.node_i[part]],
            stock.on_hand[part],
            stock.safety_stock[part],
            stock.routing_reserve[part],
            request_id=f"stock-{at // SLICE}",
            now_us=now_us,
        )
        if reasons.any():
            row = int(reasons.argmax())
            raise SimulationRefused(f"stock, row {at + row + 1}: {MESSAGES[Reason(int(reasons[row]))]}")
        yield
