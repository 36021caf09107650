"""What a plan must know of each SKU."""

from collections.abc import Mapping

import numpy as np

from fastdom.network.arrays.spread import Parts
from fastdom.network.document import NetworkDocument


def part(document: NetworkDocument, sku_index: Mapping[str, int]) -> Parts:
    """Return the weights by dense SKU id; -1 where the document has no such SKU."""
    n_skus = max(sku_index.values(), default=-1) + 1
    weight = np.full(n_skus, -1, dtype=np.int32)
    weight[np.array([sku_index[sku] for sku in document.skus.ids], dtype=np.int64)] = document.skus.weight_g
    return {"n_skus": n_skus, "sku_weight_g": weight}
