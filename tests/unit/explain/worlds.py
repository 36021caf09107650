"""An open engine on the demo network that records its decisions, and orders for it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from fastdom.engine.decisions import KeepDecisions
from fastdom.engine.engine import Engine
from fastdom.explain import Explainer
from fastdom.network import read_folder
from fastdom.types import (
    Destination,
    ExplainRequest,
    Explanation,
    Order,
    OrderLine,
    PostalAddress,
    RouteMode,
    RouteRequest,
    RouteResult,
)

NETWORK = Path(str(files("fastdom.demo"))) / "network"


def network_files() -> dict[str, bytes]:
    """The demo network's files by name."""
    return read_folder(NETWORK)


@contextmanager
def opened(
    folder: Path, keep: KeepDecisions | None = None, network: Mapping[str, bytes] | None = None
) -> Iterator[Engine]:
    """An engine on the folder."""
    wanted = network_files() if network is None else network
    with Engine.open(
        folder, network=wanted, durability="process", keep_decisions=keep or KeepDecisions(buffer_bytes=1 << 22)
    ) as engine:
        yield engine


def order(engine: Engine, *lines: tuple[int, int], order_id: str = "A-1", to: str = "560001") -> Order:
    """An order of SKUs by their number in the catalogue, with quantities."""
    assert engine.network is not None
    skus = engine.network.skus.ids
    return Order(
        order_id,
        "own-site",
        tuple(OrderLine(str(i), skus[sku_i], units) for i, (sku_i, units) in enumerate(lines, start=1)),
        Destination(PostalAddress(to, "IN")),
    )


def route(engine: Engine, wanted: Order, request_id: str, mode: RouteMode = RouteMode.HOLD) -> RouteResult:
    """Route an order."""
    return engine.route(RouteRequest(request_id, wanted, mode=mode))


def explained(engine: Engine, order_id: str = "A-1", alternatives: int = 3) -> Explanation:
    """The latest decision about an order."""
    return Explainer(engine).explain(ExplainRequest(order_id=order_id, alternatives=alternatives)).explanations[0]
