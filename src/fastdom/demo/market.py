"""What the sale and its audit know of a network, read from its files and never from the server."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastdom.network import NetworkDocument, NodeType, load

HOT_CATEGORY = "flash-sale"

Position = tuple[str, str]
"""(SKU, node), external ids."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Initial stock of a position: units counted, and those of them that are kept back from selling."""

    on_hand: int
    safety_stock: int

    @property
    def sellable(self) -> int:
        """Units that may be sold."""
        return max(0, self.on_hand - self.safety_stock)


@dataclass(frozen=True, slots=True)
class Market:
    """Who sells what from where to whom.

    Attributes
    ----------
    channels : tuple of str
        Where orders come from.
    hot : tuple of (str, int)
        (SKU, sellable units in the whole network) of the flash sale, scarcest first.
    skus : tuple of str
        All others, most units first: what sells is what is stocked.
    metros : tuple of tuple of str
        Per store the PIN codes of its zone: a city with three stores is there three times, and draws as many orders.
    pins : tuple of str
        Every PIN code of the country.
    shelves : mapping of (SKU, node) to Shelf
        Initial stock.
    """

    channels: tuple[str, ...]
    hot: tuple[tuple[str, int], ...]
    skus: tuple[str, ...]
    metros: tuple[tuple[str, ...], ...]
    pins: tuple[str, ...]
    shelves: Mapping[Position, Shelf]


def read_market(folder: Path) -> Market:
    """Read the market of a network folder. Raises NetworkInvalid."""
    return market_of(load(folder))


def market_of(document: NetworkDocument) -> Market:
    """Return the market of a checked network."""
    shelves = _shelves(document)
    units = dict.fromkeys(document.skus.ids, 0)
    for (sku, _), shelf in shelves.items():
        units[sku] += shelf.sellable
    hot = [sku for sku, of in zip(document.skus.ids, document.skus.category, strict=True) if of == HOT_CATEGORY]
    others = sorted(units.keys() - set(hot), key=lambda sku: (-units[sku], sku))
    return Market(
        channels=tuple(channel.id for channel in document.channels),
        hot=tuple(sorted(((sku, units[sku]) for sku in hot), key=lambda item: (item[1], item[0]))),
        skus=tuple(others),
        metros=_metros(document),
        pins=document.postal_codes.codes,
        shelves=shelves,
    )


def _shelves(document: NetworkDocument) -> dict[Position, Shelf]:
    stock, skus, nodes = document.stock, document.skus.ids, document.nodes
    columns = (stock.sku_i, stock.node_i, stock.on_hand, stock.safety_stock)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return {(skus[sku_i], nodes[node_i].id): Shelf(on_hand, safety) for sku_i, node_i, on_hand, safety in rows}


def _metros(document: NetworkDocument) -> tuple[tuple[str, ...], ...]:
    codes = document.postal_codes
    of_zone: dict[int, list[str]] = {}
    for code, zone_i in zip(codes.codes, codes.zone_i.tolist(), strict=True):
        of_zone.setdefault(zone_i, []).append(code)
    stores = [node for node in document.nodes if node.type is NodeType.STORE]
    return tuple(tuple(of_zone[int(codes.zone_i[store.postal_i])]) for store in stores)
