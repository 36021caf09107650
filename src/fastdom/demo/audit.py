"""The audit: what the client was told against what the server has. Pure functions over plain facts.

It starts from the client's record of acknowledgements and the initial stock of the network files; the server is asked
only for its reservations and positions, never for counters.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fastdom.demo.market import Position, Shelf
from fastdom.demo.record import Claim, Place, Record, Told

SHOWN_MAX = 20
"""Findings told in words; all are counted."""

FINAL_STATES = {
    Told.HELD: {"EXPIRED"},
    Told.COMMITTED: {"COMMITTED"},
    Told.RELEASED: {"RELEASED"},
    Told.UNSURE: {"HELD", "COMMITTED", "RELEASED", "EXPIRED"},
}
"""States a reservation may be in at the end, once every abandoned hold has run out."""

SOLD = (Told.COMMITTED, Told.UNSURE)


@dataclass(frozen=True, slots=True)
class Listed:
    """A reservation as the server lists it: units granted and units still open, by (line_id, node)."""

    reservation_id: str
    order_id: str
    state: str
    skus: Mapping[str, str]
    granted: Mapping[Place, int]
    open: Mapping[Place, int]


@dataclass(frozen=True, slots=True)
class Counted:
    """A position as the server shows it; allocated = held + committed."""

    on_hand: int
    safety_stock: int
    allocated: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What the audit found.

    Attributes
    ----------
    oversold_units : int
        Units sold beyond what a position could sell, summed over positions.
    lost_acks : int
        Acknowledged reservations that are missing, hold other units, or are in a state the acknowledgements forbid.
    duplicate_effects : int
        Reservations that no acknowledged request accounts for, and answers that contradict an earlier one.
    stock_differences : int
        Positions whose stock is not conserved.
    rerouted, rerouted_units : int
        Acknowledged reservations with units that left the failed node, and these units.
    stranded, stranded_units : int
        Acknowledged reservations with open units at the failed node still, and these units.
    texts : tuple of str
        The first findings in words.
    """

    oversold_units: int
    lost_acks: int
    duplicate_effects: int
    stock_differences: int
    texts: tuple[str, ...] = ()
    rerouted: int = 0
    rerouted_units: int = 0
    stranded: int = 0
    stranded_units: int = 0

    @property
    def clean(self) -> bool:
        """Whether there is nothing to answer for."""
        return not (self.oversold_units or self.lost_acks or self.duplicate_effects or self.stock_differences)


def audit(
    record: Record,
    listed: Sequence[Listed],
    counted: Mapping[Position, Counted],
    shelves: Mapping[Position, Shelf],
    failed_node: str = "",
) -> Findings:
    """Compare the client's record with the server's state.

    Parameters
    ----------
    record : Record
        What the client was told.
    listed : sequence of Listed
        Every reservation of the server.
    counted : mapping of (SKU, node) to Counted
        Every position of the server.
    shelves : mapping of (SKU, node) to Shelf
        Initial stock of the network files; nothing was received or shipped since.
    failed_node : str
        Node that was taken offline; only its units may have moved. "" = none.
    """
    by_id = {item.reservation_id: item for item in listed}
    lost = [text for claim in record.claims.values() if (text := lost_ack(claim, by_id, failed_node))]
    duplicates = [f"{reservation}: no request accounts for it" for reservation in duplicate_effects(record, listed)]
    oversold = oversold_units(record.claims.values(), by_id, shelves, failed_node)
    differences = stock_differences(listed, counted, shelves)
    texts = [f"{sku} at {node}: {units} units oversold" for (sku, node), units in oversold.items()]
    rerouted, stranded = _moves(record, by_id, failed_node)
    return Findings(
        oversold_units=sum(oversold.values()),
        lost_acks=len(lost),
        duplicate_effects=len(duplicates),
        stock_differences=len(differences),
        texts=tuple([*texts, *lost, *duplicates, *differences][:SHOWN_MAX]),
        rerouted=len(rerouted),
        rerouted_units=sum(rerouted),
        stranded=len(stranded),
        stranded_units=sum(stranded),
    )


def lost_ack(claim: Claim, by_id: Mapping[str, Listed], failed_node: str) -> str:
    """Return what is wrong with an acknowledged reservation, "" when it is as acknowledged."""
    listed = by_id.get(claim.reservation_id)
    name = f"{claim.reservation_id} of order {claim.order_id}"
    if listed is None:
        return f"{name}: acknowledged, but the server does not have it"
    if (listed.order_id, listed.skus) != (claim.order_id, claim.skus):
        return f"{name}: is for another order or other SKUs now"
    if not same_units(claim.units, listed.granted, failed_node):
        return f"{name}: acknowledged {_units(claim.units)}, the server has {_units(listed.granted)}"
    if listed.state not in FINAL_STATES[claim.told]:
        return f"{name}: acknowledged as {claim.told.name}, the server says {listed.state}"
    return ""


def same_units(acked: Mapping[Place, int], now: Mapping[Place, int], failed_node: str) -> bool:
    """Return whether the units are where they were granted, but for those that left the failed node.

    Per line the sum is the same; at the failed node there may be fewer, at every other node not fewer than granted,
    and the same where nothing left.
    """
    if not has_moved(acked, now, failed_node):
        return dict(acked) == dict(now)
    if _per_line(acked) != _per_line(now):
        return False
    at_failed = all(units <= acked.get(place, 0) for place, units in now.items() if place[1] == failed_node)
    return at_failed and all(now.get(place, 0) >= units for place, units in acked.items() if place[1] != failed_node)


def has_moved(acked: Mapping[Place, int], now: Mapping[Place, int], failed_node: str) -> bool:
    """Return whether units left the failed node."""
    return any(now.get(place, 0) < units for place, units in acked.items() if place[1] == failed_node)


def units_at(units: Mapping[Place, int], node: str) -> int:
    """Return the units at a node."""
    return sum(quantity for place, quantity in units.items() if place[1] == node)


def duplicate_effects(record: Record, listed: Iterable[Listed]) -> list[str]:
    """Return the ids of reservations beyond what the client's requests account for.

    Each order_id was used by one request. An acknowledged request accounts for the reservation it was answered with;
    one without an answer for at most one.
    """
    found = dict.fromkeys(sorted(record.contradicted))
    times = Counter(item.reservation_id for item in listed)
    unasked = Counter(item.order_id for item in listed if item.reservation_id not in record.claims)
    for item in listed:
        claimed = item.reservation_id in record.claims
        explained = claimed or (item.order_id in record.unanswered and unasked[item.order_id] == 1)
        if times[item.reservation_id] > 1 or not explained:
            found[item.reservation_id] = None
    return list(found)


def oversold_units(
    claims: Iterable[Claim], by_id: Mapping[str, Listed], shelves: Mapping[Position, Shelf], failed_node: str
) -> dict[Position, int]:
    """Return the units sold beyond what there was to sell, by position.

    A claim counts where it was granted; where it was moved to, when the listing shows a move the failed node explains.
    """
    sold: Counter[Position] = Counter()
    for claim in claims:
        if claim.told not in SOLD:
            continue
        listed = by_id.get(claim.reservation_id)
        places = claim.units
        if listed is not None and same_units(claim.units, listed.granted, failed_node):
            places = listed.granted if claim.told is Told.COMMITTED else listed.open
        for (line, node), units in places.items():
            sold[claim.skus[line], node] += units
    nothing = Shelf(0, 0)
    over = {position: units - shelves.get(position, nothing).sellable for position, units in sold.items()}
    return {position: units for position, units in sorted(over.items()) if units > 0}


def stock_differences(
    listed: Iterable[Listed], counted: Mapping[Position, Counted], shelves: Mapping[Position, Shelf]
) -> list[str]:
    """Return what is wrong with positions: another on_hand or safety stock, or allocated is not the open units."""
    opened: Counter[Position] = Counter()
    for item in listed:
        for (line, node), units in item.open.items():
            opened[item.skus[line], node] += units
    found = []
    for position in sorted(shelves.keys() | counted.keys() | opened.keys()):
        shelf = shelves.get(position, Shelf(0, 0))
        expected = Counted(shelf.on_hand, shelf.safety_stock, opened[position])
        actual = counted.get(position, Counted(0, 0, 0))
        if actual != expected:
            found.append(f"{position[0]} at {position[1]}: expected {expected}, the server shows {actual}")
    return found


def _moves(record: Record, by_id: Mapping[str, Listed], failed_node: str) -> tuple[list[int], list[int]]:
    """Return, of claims the failed node concerns, the units that left it and the open ones still there."""
    pairs = [(claim, by_id[name]) for name, claim in record.claims.items() if name in by_id and failed_node]
    left = (units_at(claim.units, failed_node) - units_at(item.granted, failed_node) for claim, item in pairs)
    open_units = (units_at(item.open, failed_node) for _, item in pairs)
    return [units for units in left if units > 0], [units for units in open_units if units > 0]


def _per_line(units: Mapping[Place, int]) -> Counter[str]:
    lines: Counter[str] = Counter()
    for (line, _), quantity in units.items():
        lines[line] += quantity
    return lines


def _units(units: Mapping[Place, int]) -> str:
    return ", ".join(f"{quantity} of line {line} at {node}" for (line, node), quantity in sorted(units.items()))
