"""A Face on the demo network with stock, and orders for it."""

from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from fastdom._native.network import NetworkTables
from fastdom.engine.face import Face
from fastdom.network import CompiledNetwork, NetworkDocument, compile_network, load
from fastdom.types import Destination, InventoryRow, Order, OrderLine, PostalAddress

NOW_US = 1_764_000_000_000_000
SECOND_US = 1_000_000
SKUS, NODES, CHANNELS, TENANTS = 0, 1, 2, 3
STOCK = 40

LIMITS = {
    "skus_max": 4_096,
    "nodes_max": 64,
    "channels_max": 16,
    "tenants_max": 4,
    "positions_max": 100_000,
    "reservations_max": 100_000,
    "reservation_bytes_max": 1 << 28,
    "request_ids_max": 200_000,
    "answer_bytes_max": 1 << 28,
    "exceptions_max": 64,
    "fulfilment_log_max": 1_024,
    "request_window_us": 24 * 3_600 * SECOND_US,
    "reroute_attempts_max": 3,
    "reroute_exclusion_us": 24 * 3_600 * SECOND_US,
}


@cache
def demo() -> tuple[NetworkDocument, CompiledNetwork]:
    """The demo network, read and compiled once."""
    document = load(Path(str(files("fastdom.demo"))) / "network")
    node_index = {node.id: i for i, node in enumerate(document.nodes)}
    sku_index = {sku: i for i, sku in enumerate(document.skus.ids)}
    return document, compile_network(document, node_index, sku_index, NOW_US)


def new_face(stock: int = STOCK, buffer_bytes: int = 1 << 24) -> Face:
    """An engine in memory with `stock` units of the first 40 SKUs at every node, open for commands."""
    document, compiled = demo()
    face = Face(LIMITS, bytes(range(16)), buffer_bytes=buffer_bytes)
    face.start(1 << 40)
    face.intern(TENANTS, [b"brand"], NOW_US)
    face.intern(NODES, [node.id.encode() for node in document.nodes], NOW_US)
    face.intern(SKUS, [sku.encode() for sku in document.skus.ids], NOW_US)
    face.intern(CHANNELS, [channel.id.encode() for channel in document.channels], NOW_US)
    tables = NetworkTables(compiled, 1)
    face.activate_network(tables, 1, bytes.fromhex(document.content_hash), NOW_US)
    if stock:
        n = len(document.nodes)
        sku_i, node_i = np.repeat(np.arange(40), n), np.tile(np.arange(n), 40)
        reasons, _ = face.set_many(sku_i, node_i, np.full(40 * n, stock), request_id="stock", now_us=NOW_US)
        assert not reasons.any()
    return face


def flush(face: Face) -> None:
    """Bring everything decided to the disk that is not there: it counts as durable."""
    face.kick()
    if face.take_batch(0.0) is not None:
        face.batch_durable(1 << 40)


def sku(i: int) -> str:
    return demo()[0].skus.ids[i]


def node(i: int) -> str:
    return demo()[0].nodes[i].id


def channel(i: int = 0) -> str:
    return demo()[0].channels[i].id


def order(
    *quantities: int, first_sku: int = 0, order_id: str = "order-1", pins: tuple[str, ...] = (), to: str = "560001"
) -> Order:
    """An order of SKUs in a row, delivered to a postal code, its first lines pinned to the nodes given."""
    lines = tuple(
        OrderLine(f"L{i + 1}", sku(first_sku + i), quantity, node_id=pins[i] if i < len(pins) else "")
        for i, quantity in enumerate(quantities)
    )
    return Order(order_id, channel(), lines, Destination(PostalAddress(to, "IN")))


def row(i: int, on_hand: int, node_i: int = 0, safety_stock: int | None = None) -> InventoryRow:
    return InventoryRow(sku(i), node(node_i), on_hand, safety_stock)
