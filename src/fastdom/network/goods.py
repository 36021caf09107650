"""skus.csv and stock.csv: what is sold and, optionally, what lies where at the start."""

from collections.abc import Sequence

import numpy as np

from fastdom.network import limits
from fastdom.network.columns import identifiers, index_of, integers, names, no_twins, references
from fastdom.network.document import Node, Skus, Stock
from fastdom.network.table import Table

SKU_COLUMNS = (("sku", "weight_g"), ("category", "name"))
STOCK_COLUMNS = (("sku", "node_id", "on_hand"), ("safety_stock", "routing_reserve"))


def read_skus(table: Table) -> Skus:
    """Return the SKUs, ascending by id."""
    ids = identifiers(table, "sku")
    no_twins(table, ids, "sku", "this SKU")
    if not len(table):
        table.problems.add(table.file, 0, "", "needs at least one SKU")
    if len(table) > limits.SKUS_MAX:
        table.problems.add(table.file, 0, "", f"must have at most {limits.SKUS_MAX} SKUs, got {len(table)}")
    weight = integers(table, "weight_g", 0, limits.ITEM_WEIGHT_G_MAX)
    categories, labels = identifiers(table, "category", empty=True), names(table, "name")
    order = np.array(sorted(range(len(table)), key=ids.__getitem__), dtype=np.int64)
    return Skus(
        ids=tuple(ids[row] for row in order),
        weight_g=weight[order].astype(np.int32),
        category=tuple(categories[row] for row in order),
        name=tuple(labels[row] for row in order),
    )


def read_stock(table: Table, skus: Skus, nodes: Sequence[Node]) -> Stock:
    """Return the initial stock, ascending by (SKU, node)."""
    sku_i = references(table, "sku", index_of(skus.ids), "SKU")
    node_i = references(table, "node_id", index_of([node.id for node in nodes]), "node")
    key = sku_i.astype(np.int64) * (len(nodes) + 1) + node_i
    known = (sku_i >= 0) & (node_i >= 0)
    if known.all():
        no_twins(table, key, "sku", "stock of this SKU at this node")
    on_hand = integers(table, "on_hand", 0, limits.STOCK_MAX)
    safety = integers(table, "safety_stock", 0, limits.STOCK_MAX, 0)
    reserve = integers(table, "routing_reserve", 0, limits.STOCK_MAX, 0)
    order = np.argsort(key, kind="stable")
    return Stock(
        sku_i=sku_i[order],
        node_i=node_i[order],
        on_hand=on_hand[order].astype(np.int32),
        safety_stock=safety[order].astype(np.int32),
        routing_reserve=reserve[order].astype(np.int32),
    )
