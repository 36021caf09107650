"""A market of two nodes and a record over it, small enough to check by hand."""

from fastdom.demo.audit import Counted, Listed
from fastdom.demo.market import Market, Shelf
from fastdom.demo.record import Claim, Record, Told

EAST, WEST = "east", "west"
HOT, BOOK = "HOT-1", "BOOK-1"

SHELVES = {(HOT, EAST): Shelf(2, 0), (HOT, WEST): Shelf(3, 1), (BOOK, EAST): Shelf(10, 5), (BOOK, WEST): Shelf(10, 5)}

MARKET = Market(
    channels=("own-site", "store-pos"),
    hot=((HOT, 4),),
    skus=(BOOK,),
    metros=(("560001", "560002"),),
    pins=("110001", "560001", "560002"),
    shelves=SHELVES,
)


def claim(number: int, units: dict[tuple[str, str], int], told: Told = Told.COMMITTED, sku: str = HOT) -> Claim:
    """Return a claim of order `number`; every line is of one SKU."""
    return Claim(f"r{number}", f"o{number}", dict.fromkeys((line for line, _ in units), sku), units, 0, told)


def record_of(*claims: Claim) -> Record:
    """Return a record of these claims, each granted to a request of its own."""
    record = Record()
    for item in claims:
        record.granted(f"{item.order_id}-reserve", item)
    return record


def listed(item: Claim, state: str = "COMMITTED", units: dict[tuple[str, str], int] | None = None) -> Listed:
    """Return a claim as a server lists it; with units, as it stands after a move."""
    granted = item.units if units is None else units
    opened = granted if state in ("COMMITTED", "HELD") else {}
    skus = {**item.skus, **{line: item.skus.get(line, HOT) for line, _ in granted}}
    return Listed(item.reservation_id, item.order_id, state, skus, granted, opened)


def counted(*items: Listed) -> dict[tuple[str, str], Counted]:
    """Return the positions of a server that holds these and nothing else."""
    allocated = dict.fromkeys(SHELVES, 0)
    for item in items:
        for (line, node), units in item.open.items():
            allocated[item.skus[line], node] += units
    return {at: Counted(shelf.on_hand, shelf.safety_stock, allocated[at]) for at, shelf in SHELVES.items()}
