"""From the texts of a row to an order: every field's rule, in one place for CSV and JSON lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from fastdom.network.document import NetworkDocument
from fastdom.network.problems import got
from fastdom.simulation.limits import FIRST_YEAR, ID_BYTES_MAX, LAST_YEAR, LINES_MAX, QUANTITY_MAX, WEIGHT_G_MAX
from fastdom.simulation.orders import SimulatedOrder
from fastdom.types import Destination, Order, OrderLine, PaymentMethod, PostalAddress, ServiceLevel

ORDER_FIELDS = (
    "order_id",
    "placed_at",
    "channel",
    "postal_code",
    "country_code",
    "pickup_node_id",
    "service_level",
    "payment",
    "required_by",
)
LINE_FIELDS = ("sku", "quantity", "line_id", "group_id", "weight_g", "node_id")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LEVELS = {level.name: level for level in ServiceLevel if level}
PAYMENTS = {payment.name: payment for payment in PaymentMethod if payment}

Texts = Mapping[str, str]
T = TypeVar("T")


class FieldRefused(ValueError):
    """A field of a row is not what is allowed.

    Attributes
    ----------
    row : int
    field : str
    """

    def __init__(self, row: int, field: str, reason: str) -> None:
        super().__init__(reason)
        self.row, self.field = row, field


@dataclass(slots=True)
class RawOrder:
    """One order as the file has it: texts, each with its row.

    Attributes
    ----------
    row : int
        Where it begins.
    head : mapping of str to str
        Fields of the order; an absent one is empty.
    lines : list of (int, mapping of str to str)
    """

    row: int
    head: Texts
    lines: list[tuple[int, Texts]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What orders may name.

    Attributes
    ----------
    skus, channels, postal_codes, nodes : frozenset of str
    start_us : int
        When orders are decided that do not say when they were placed; 0 = they must say.
    allow_partial : bool
        Whether a part of an order is better than nothing.
    """

    skus: frozenset[str]
    channels: frozenset[str]
    postal_codes: frozenset[str]
    nodes: frozenset[str]
    start_us: int = 0
    allow_partial: bool = False

    @classmethod
    def of(cls, network: NetworkDocument, start_us: int = 0, allow_partial: bool = False) -> "Catalogue":
        """Return the catalogue of a network."""
        return cls(
            skus=frozenset(network.skus.ids),
            channels=frozenset(channel.id for channel in network.channels),
            postal_codes=frozenset(network.postal_codes.codes),
            nodes=frozenset(node.id for node in network.nodes),
            start_us=start_us,
            allow_partial=allow_partial,
        )

    def order(self, raw: RawOrder) -> SimulatedOrder:
        """Return the checked order. Raises FieldRefused with the first field that is wrong."""
        row, head = raw.row, raw.head
        order_id = _id(row, "order_id", head.get("order_id", ""))
        if not 1 <= len(raw.lines) <= LINES_MAX:
            raise FieldRefused(row, "lines", f"must be 1 .. {LINES_MAX:,} lines, got {len(raw.lines):,}")
        placed_us = _moment(row, "placed_at", head.get("placed_at", ""))
        if not (placed_us or self.start_us):
            raise FieldRefused(row, "placed_at", "is missing; give it, or the moment of all such orders with --start")
        order = Order(
            order_id=order_id,
            channel=_known(row, "channel", head.get("channel", ""), self.channels),
            lines=tuple(self._line(at, i, texts) for i, (at, texts) in enumerate(raw.lines)),
            destination=self._destination(row, head, all(texts.get("node_id") for _, texts in raw.lines)),
            service_level=_choice(row, "service_level", head.get("service_level", ""), LEVELS, ServiceLevel(0)),
            payment=_choice(row, "payment", head.get("payment", ""), PAYMENTS, PaymentMethod(0)),
            placed_at_us=placed_us,
            required_by_us=_moment(row, "required_by", head.get("required_by", "")),
        )
        return SimulatedOrder(row, placed_us or self.start_us, order, self.allow_partial)

    def _line(self, row: int, i: int, texts: Texts) -> OrderLine:
        return OrderLine(
            line_id=_id(row, "line_id", texts.get("line_id", "") or str(i + 1)),
            sku=_known(row, "sku", texts.get("sku", ""), self.skus),
            quantity=_whole(row, "quantity", texts.get("quantity", ""), 1, QUANTITY_MAX),
            weight_g=_whole(row, "weight_g", texts.get("weight_g", "") or "0", 0, WEIGHT_G_MAX),
            group_id=texts.get("group_id", ""),
            node_id=_known(row, "node_id", texts.get("node_id", ""), self.nodes) if texts.get("node_id") else "",
        )

    def _destination(self, row: int, head: Texts, pinned: bool) -> Destination | None:
        pickup, code = head.get("pickup_node_id", ""), head.get("postal_code", "")
        if pinned and not (pickup or code):
            return None
        if pickup and code:
            raise FieldRefused(row, "pickup_node_id", "an order goes to a postal_code or to a pickup_node_id, not both")
        if pickup:
            return Destination(pickup_node_id=_known(row, "pickup_node_id", pickup, self.nodes))
        known = _known(row, "postal_code", code, self.postal_codes)
        return Destination(PostalAddress(known, head.get("country_code", "")))


def _id(row: int, field: str, text: str) -> str:
    if not 1 <= len(text.encode()) <= ID_BYTES_MAX:
        raise FieldRefused(row, field, f"must be 1 .. {ID_BYTES_MAX} bytes, {got(text)}")
    return text


def _known(row: int, field: str, text: str, known: frozenset[str]) -> str:
    if text not in known:
        raise FieldRefused(row, field, f"the network does not have it, {got(text)}" if text else "is missing")
    return text


def _whole(row: int, field: str, text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and low <= int(text) <= high):
        raise FieldRefused(row, field, f"must be a whole number {low:,} .. {high:,}, {got(text)}")
    return int(text)


def _choice(row: int, field: str, text: str, known: Mapping[str, T], absent: T) -> T:
    if not text:
        return absent
    found = known.get(text.upper().replace("-", "_"))
    if found is None:
        raise FieldRefused(row, field, f"must be one of {', '.join(known)}, {got(text)}")
    return found


def moment_us(text: str) -> int:
    """Return an ISO 8601 time with a zone as microseconds UTC. Raises ValueError with what is wrong."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"must be a time such as 2025-11-28T12:00:00+05:30, {got(text)}") from None
    if at.tzinfo is None:
        raise ValueError(f"must end with a zone, Z or an offset such as +05:30, {got(text)}")
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"must be in the years {FIRST_YEAR} .. {LAST_YEAR}, {got(text)}")
    return (at - EPOCH) // MICROSECOND


def _moment(row: int, field: str, text: str) -> int:
    if not text:
        return 0
    try:
        return moment_us(text)
    except ValueError as error:
        raise FieldRefused(row, field, str(error)) from None
