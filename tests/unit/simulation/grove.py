"""A network of two nodes and two policies that disagree about them, orders for it, and what a simulation reads."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from tests.native.engines import NETWORK, POSTAL, T0, network_files

from fastdom.network import NetworkDocument, load_files
from fastdom.simulation import OrderBook, SimulatedOrder, Simulation, World, load_policies, simulate
from fastdom.simulation.orders import RowProblems, in_time
from fastdom.types import Destination, Order, OrderLine, PostalAddress

SECOND_US = 1_000_000
STOCK = "sku,node_id,on_hand\nink,near,4\nink,far,10\njar,near,5\njar,far,5\nkit,far,3\n"
NODES = (
    "node_id,type,postal_code,calendar,cutoff,lat,lng,handling_shipment_micros\n"
    f"near,STORE,{POSTAL},daily,18:00,52.5,13.1,9000000\n"
    f"far,DC,{POSTAL},daily,18:00,52.5,16.0,1000000\n"
)
POLICIES = """
[[policies]]
name = "nearest"
distance_micros_per_km_unit = 1000000
split_penalty_micros = 5000000
"""


def files(stock: str = STOCK) -> dict[str, bytes]:
    """The files: `far` is 200 km away and handles cheaply, `near` is 7 km away and does not."""
    texts = {"network.toml": NETWORK + POLICIES, "nodes.csv": NODES, "stock.csv": stock}
    return {**network_files(nodes=("near", "far")), **{name: text.encode() for name, text in texts.items()}}


def folder(path: Path, stock: str = STOCK) -> Path:
    """The network as a folder."""
    path.mkdir()
    for name, data in files(stock).items():
        (path / name).write_bytes(data)
    return path


@cache
def network(stock: str = STOCK) -> NetworkDocument:
    """The loaded network."""
    return load_files(files(stock))


def order(number: int, *lines: tuple[str, int], **facts: object) -> SimulatedOrder:
    """Order `number`, placed that many seconds after T0."""
    given = tuple(OrderLine(str(i + 1), sku, quantity) for i, (sku, quantity) in enumerate(lines))
    made = Order(f"A-{number}", "web", given, Destination(PostalAddress(POSTAL)))
    return SimulatedOrder(number, T0 + number * SECOND_US, replace(made, **facts))  # type: ignore[arg-type]


def book(orders: Sequence[SimulatedOrder]) -> OrderBook:
    """Orders without a bad row."""
    return OrderBook(in_time(orders), len(orders), 0, RowProblems())


def run(
    orders: Sequence[SimulatedOrder],
    policies: Sequence[str] = ("cheapest", "nearest"),
    stock: str = STOCK,
    **options: Any,
) -> Simulation:
    """Simulate orders on the network."""
    document = network(stock)
    return simulate(World(document, document.stock), book(orders), load_policies(policies, document), **options)
