"""ImportInventory: rows in, streams of chunks out, each chunk with its own request_id.

A stream carries at most `STREAM_CHUNKS_MAX` chunks and is repeated as a whole when it breaks; chunks that were taken up
before have no second effect. So an import of any size keeps one stream's rows in memory, no more.
"""

import uuid
from collections.abc import Iterable, Iterator
from itertools import count, islice

from fastdom_api.v1.inventory_service_pb2 import ImportInventoryRequest, ImportInventoryResponse, InventoryRow
from fastdom_client.call import StreamCall
from fastdom_client.fields import each, inside, message, parts, text
from fastdom_client.identity import now
from fastdom_client.method import WHOLE, Method
from fastdom_client.values import When, timestamp

IMPORT_INVENTORY = Method(
    "/fastdom.v1.InventoryService/ImportInventory", ImportInventoryRequest, ImportInventoryResponse, WHOLE
)

CHUNK_ROWS_MAX = 1024
STREAM_CHUNKS_MAX = 64
ERRORS_MAX = 1000

# A chunk's request_id is import_id, "-" and the chunk's number, together at most 36 bytes.
IMPORT_ID_BYTES_MAX = 26

# (sku, node_id, on_hand) or the message.
Row = tuple[str, str, int] | InventoryRow


def streams(
    rows: Iterable[Row],
    *,
    as_of: When | None = None,
    includes_fulfilments_up_to: int = 0,
    import_id: str = "",
    timeout_s: float | None = None,
) -> Iterator[StreamCall[ImportInventoryRequest, ImportInventoryResponse]]:
    """Yield the streams of an import, reading the rows as they are needed.

    Parameters
    ----------
    rows : iterable
        (sku, node_id, on_hand) or InventoryRow.
    as_of : datetime or Timestamp
        When the rows were counted; None = when each chunk is applied.
    includes_fulfilments_up_to : int
        As in SetInventory, for every row.
    import_id : str
        Of an earlier attempt of yours, at most 26 bytes: with the same rows in the same order every chunk gets the
        request_id it had then. Made here when left out.
    timeout_s : float
        Time limit of each stream over all its attempts, in seconds.

    Raises
    ------
    TypeError, ValueError
        With the name of the argument, and the place of a row: it has the wrong type, or import_id is too long.
    """
    if len(text("import_id", import_id).encode()) > IMPORT_ID_BYTES_MAX:
        raise ValueError(f"import_id has {len(import_id.encode())} bytes, at most {IMPORT_ID_BYTES_MAX} are allowed")
    prefix = import_id or uuid.uuid4().hex[:IMPORT_ID_BYTES_MAX]
    counted_at = timestamp("as_of", as_of)
    chunks = (
        message(
            ImportInventoryRequest,
            request_id=f"{prefix}-{number}",
            rows=chunk,
            as_of=counted_at,
            includes_fulfilments_up_to=includes_fulfilments_up_to,
            first_sent_at=None if import_id else now(),
        )
        for number, chunk in zip(count(), _chunks(rows))
    )
    while requests := tuple(islice(chunks, STREAM_CHUNKS_MAX)):
        yield StreamCall(IMPORT_INVENTORY, requests, timeout_s, prefix)


def add(total: ImportInventoryResponse, part: ImportInventoryResponse) -> None:
    """Add the summary of one stream to that of the import; the first 1,000 errors are kept."""
    total.chunks += part.chunks
    total.chunks_repeated += part.chunks_repeated
    total.rows_applied += part.rows_applied
    total.rows_refused += part.rows_refused
    total.errors.extend(part.errors[: ERRORS_MAX - len(total.errors)])
    total.inventory_seq = max(total.inventory_seq, part.inventory_seq)


def _chunks(rows: Iterable[Row]) -> Iterator[list[InventoryRow]]:
    left = (_row(item, i) for i, item in enumerate(each("rows", rows)))
    while chunk := list(islice(left, CHUNK_ROWS_MAX)):
        yield chunk


def _row(item: Row, i: int) -> InventoryRow:
    if isinstance(item, InventoryRow):
        return item
    try:
        sku, node_id, on_hand = parts(item, "(sku, node_id, on_hand) or InventoryRow", 3, 3)
        return message(InventoryRow, sku=sku, node_id=node_id, on_hand=on_hand)
    except (TypeError, ValueError) as error:
        raise inside(f"rows[{i}]", error) from None
