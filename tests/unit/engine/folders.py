"""Engines over data folders, for tests: a network with stock, small limits, and calls that wait for the disk."""

from pathlib import Path
from typing import Any

from tests.native.engines import network_files, small_limits

from fastdom.engine.engine import Engine
from fastdom.types import (
    CommitRequest,
    FulfillRequest,
    Order,
    OrderLine,
    ReserveMode,
    ReserveRequest,
    SetInventoryRequest,
)

STOCK = "sku,node_id,on_hand,safety_stock\nink,alder,50,2\njar,birch,7,0\n"


def files(stock: str = STOCK, **network: Any) -> dict[str, bytes]:
    """Files of the small network with stock."""
    return {**network_files(**network), "stock.csv": stock.encode()}


def open_engine(folder: Path, **facts: Any) -> Engine:
    """An engine on the small network in mode process, unless told otherwise."""
    given: dict[str, Any] = {"network": files(), "durability": "process"}
    if not folder.exists():
        given["limits"] = small_limits()
    return Engine.open(folder, **{**given, **facts})


def hold(engine: Engine, rid: str, units: int = 1, *, firm: bool = False, sku: str = "ink", node: str = "alder") -> str:
    """A granted reservation that is durable; its id."""
    order = Order("order", "web", (OrderLine("L1", sku, units, node_id=node),))
    request = ReserveRequest(rid, order, mode=ReserveMode.FIRM if firm else ReserveMode.HOLD, ttl_us=3_600_000_000)
    result = engine.face.reserve(request, engine.now_us())
    engine.wait_durable(result.seq)
    assert result.reservation is not None
    return result.reservation.reservation_id


def commit(engine: Engine, rid: str, reservation: str) -> None:
    """A commit that is durable."""
    engine.wait_durable(engine.face.commit(CommitRequest(rid, reservation), engine.now_us()).seq)


def fulfill(engine: Engine, rid: str, reservation: str) -> None:
    """A fulfilment that is durable."""
    engine.wait_durable(engine.face.fulfill(FulfillRequest(rid, reservation), engine.now_us()).seq)


def set_stock(engine: Engine, rid: str, sku: str, node: str, units: int) -> None:
    """A count that is durable."""
    request = SetInventoryRequest(rid, sku, node, units)
    engine.wait_durable(engine.face.set_inventory(request, engine.now_us()).seq)
