"""Baskets of UCI Online Retail (dataset 352, CC BY 4.0): real lines and quantities, read where the file is present.

What the data does not have is added and named in every report: a destination, and packs instead of wholesale units.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

DATA = Path(__file__).parents[2].parent / "shared" / "data"
FILE = DATA / "baskets" / "uci_baskets_sales.parquet"
PACK_UNITS = 12
PACKS_MAX = 3
LINES_MAX = 1_000
"""Lines that one order may have, as in the contract."""


@dataclass(frozen=True)
class Basket:
    """Lines as (rank of the SKU by number of baskets, packs), each SKU once."""

    invoice: str
    lines: tuple[tuple[int, int], ...]


@dataclass
class Baskets:
    """What was read, and how many were left out for which reason."""

    baskets: list[Basket]
    skus: int
    left_out: Counter[str] = field(default_factory=Counter)


def missing() -> str:
    """Why there are no baskets here; empty when there are."""
    return "" if FILE.is_file() else f"the baskets are not here: {FILE}"


def read() -> Baskets:
    """All baskets in the file's order; units become packs of a dozen, rounded up, at most PACKS_MAX a line."""
    from pyarrow import parquet

    table = parquet.read_table(FILE, columns=["invoice", "sku", "qty"]).to_pydict()
    seen = Counter(sku for skus in table["sku"] for sku in set(skus))
    rank = {sku: i for i, sku in enumerate(sorted(seen, key=lambda sku: (-seen[sku], sku)))}
    found = Baskets([], len(rank))
    for invoice, skus, units in zip(table["invoice"], table["sku"], table["qty"], strict=True):
        packs: dict[int, int] = {}
        for sku, quantity in zip(skus, units, strict=True):
            if quantity > 0:
                packs[rank[sku]] = min(PACKS_MAX, packs.get(rank[sku], 0) + -(-quantity // PACK_UNITS))
        if not packs:
            found.left_out["no line with a quantity above 0"] += 1
        elif len(packs) > LINES_MAX:
            found.left_out[f"more than {LINES_MAX} lines"] += 1
        else:
            found.baskets.append(Basket(invoice, tuple(packs.items())))
    return found
