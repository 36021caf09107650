"""Positions, and the commands that count them. Quantities are int32 units; times microseconds UTC, 0 = not given."""

from dataclasses import dataclass

from fastdom.reasons import Field, Reason
from fastdom.types.words import AdjustReason


@dataclass(frozen=True, slots=True)
class Position:
    """One SKU at one node as it stands.

    Attributes
    ----------
    sku, node_id : str
    on_hand : int
        Physical units, those allocated but not yet shipped included.
    held, committed : int
        Units under live holds, units firmly allocated.
    safety_stock : int
        Kept back from selling.
    routing_reserve : int
        Kept back from routing to this node.
    available : int
        What the channel asked for may still take, never below 0.
    shortfall : int
        max(0, held + committed + safety_stock - on_hand).
    on_hand_version : int
        Grows by 1 with each change of on_hand, and only then.
    """

    sku: str
    node_id: str
    on_hand: int
    held: int
    committed: int
    safety_stock: int
    routing_reserve: int
    available: int
    shortfall: int
    on_hand_version: int


@dataclass(frozen=True, slots=True)
class AdjustInventoryRequest:
    """Add a signed number of units, not 0 and of the sign the reason asks for, to on_hand of one position."""

    request_id: str
    sku: str
    node_id: str
    delta: int
    reason: AdjustReason
    first_sent_at_us: int = 0


@dataclass(frozen=True, slots=True)
class SetInventoryRequest:
    """Set on_hand of one position to a count.

    Attributes
    ----------
    on_hand : int
        Physical units counted.
    safety_stock, routing_reserve : int or None
        None = unchanged.
    as_of_us : int
        When the source counted; 0 = now.
    includes_fulfilments_up_to : int
        Sequence of the last Fulfill the source has counted; later ones are subtracted again. 0 = take the count as is.
    expected_on_hand, expected_version : int or None
        Apply only if on_hand, or on_hand_version, is this now; None = not checked.
    """

    request_id: str
    sku: str
    node_id: str
    on_hand: int
    safety_stock: int | None = None
    routing_reserve: int | None = None
    as_of_us: int = 0
    includes_fulfilments_up_to: int = 0
    expected_on_hand: int | None = None
    expected_version: int | None = None
    first_sent_at_us: int = 0


@dataclass(frozen=True, slots=True)
class PositionResult:
    """Answer of AdjustInventory and SetInventory: the position after it, available without a channel."""

    position: Position
    inventory_seq: int
    decision_us: int
    seq: int


@dataclass(frozen=True, slots=True)
class InventoryRow:
    """One position to set; None = unchanged."""

    sku: str
    node_id: str
    on_hand: int
    safety_stock: int | None = None
    routing_reserve: int | None = None


@dataclass(frozen=True, slots=True)
class ImportInventoryRequest:
    """One chunk of an import: 1 .. 1,024 rows under one request id; the other fields as in SetInventoryRequest."""

    request_id: str
    rows: tuple[InventoryRow, ...]
    as_of_us: int = 0
    includes_fulfilments_up_to: int = 0
    first_sent_at_us: int = 0


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """A row of a chunk that was not applied: its index (-1 = the whole chunk), why, and which field."""

    row_i: int
    reason: Reason
    field: Field


@dataclass(frozen=True, slots=True)
class ImportChunkResult:
    """What became of one chunk, which is one step.

    Attributes
    ----------
    repeated : bool
        The request id had been taken up before; the rest is as it was answered then.
    rows_applied, rows_refused : int
    refusals : tuple of RowRefusal
        In the order of the rows.
    inventory_seq : int
        Journal sequence of the chunk.
    seq : int
        Sequence that must be durable before the answer is given away.
    """

    repeated: bool
    rows_applied: int
    rows_refused: int
    refusals: tuple[RowRefusal, ...]
    inventory_seq: int
    seq: int


@dataclass(frozen=True, slots=True)
class ImportError:
    """A row, or a whole chunk (row_i -1), of a stream that was not applied."""

    request_id: str
    row_i: int
    reason: Reason
    field: Field


@dataclass(frozen=True, slots=True)
class ImportInventoryResult:
    """Answer of a whole ImportInventory stream: sums over its chunks and the first 1,000 errors."""

    chunks: int
    chunks_repeated: int
    rows_applied: int
    rows_refused: int
    errors: tuple[ImportError, ...]
    inventory_seq: int
    seq: int


@dataclass(frozen=True, slots=True)
class GetAvailabilityRequest:
    """Stock of many SKUs (1 .. 1,024) at many nodes (empty = all), as the channel may take it (empty = none)."""

    skus: tuple[str, ...]
    node_ids: tuple[str, ...] = ()
    channel: str = ""


@dataclass(frozen=True, slots=True)
class AvailabilityResult:
    """The positions that exist: SKUs in the order asked, then nodes in the order asked or by external id."""

    positions: tuple[Position, ...]
    inventory_seq: int
    seq: int
