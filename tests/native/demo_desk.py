"""The demo network with its initial stock, for quotes at the size the product runs at."""

import functools
import random
from importlib import resources
from typing import Any

from tests.reference.quote import World

from fastdom import network
from fastdom._native.network import NetworkTables
from fastdom._native.quote_desk import Order, QuoteDesk
from fastdom.network.compile import compile_network
from fastdom.network.compiled import CompiledNetwork
from fastdom.network.document import NetworkDocument

NOW_US = 1_764_000_000_000_000  # Monday 2025-11-24 16:00 UTC, 21:30 in India


@functools.cache
def demo_network() -> tuple[NetworkDocument, CompiledNetwork, NetworkTables]:
    """Return document, arrays and tables."""
    with resources.as_file(resources.files("fastdom.demo") / "network") as folder:
        document = network.load(folder)
    nodes = {node.id: i for i, node in enumerate(document.nodes)}
    skus = {sku: i for i, sku in enumerate(document.skus.ids)}
    compiled = compile_network(document, nodes, skus, NOW_US)
    return document, compiled, NetworkTables(compiled, 1)


def demo_desk() -> tuple[QuoteDesk, World]:
    """Return a fresh desk with the demo's stock, and the same as the twin's world."""
    document, compiled, tables = demo_network()
    desk = QuoteDesk(tables, document.skus.ids, [node.id for node in document.nodes], ["own-site"])
    world = World(compiled, {})
    stock = document.stock
    columns = (stock.sku_i, stock.node_i, stock.on_hand, stock.safety_stock, stock.routing_reserve)
    for sku, node, *units in zip(*(column.tolist() for column in columns), strict=True):
        desk.stock(sku, node, *units)
        world.stock[sku, node] = (units[0], units[1], units[2])
    return desk, world


def demo_order(rng: random.Random, kind: str, n_lines: int, **facts: Any) -> Order:
    """Return an order of random SKUs to a random postal code."""
    document, compiled, _ = demo_network()
    lines = [
        {"line_id": f"l{i}", "sku": rng.choice(document.skus.ids), "quantity": rng.randint(1, 2)}
        for i in range(n_lines)
    ]
    postal = facts.pop("postal_code", None) or rng.choice(compiled.postal_text)
    return Order(kind, lines, channel="own-site", country_code="IN", postal_code=postal, **facts)
