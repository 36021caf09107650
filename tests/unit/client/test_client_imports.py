"""ImportInventory: chunks, their ids, and what a broken stream costs."""

from collections.abc import Iterator

import grpc
import pytest
from fake_server import FakeServer, failure
from hypothesis import given
from hypothesis import strategies as st

from fastdom_api.v1.inventory_service_pb2 import ImportError as RowError
from fastdom_api.v1.inventory_service_pb2 import ImportInventoryRequest, ImportInventoryResponse, InventoryRow
from fastdom_client import Client, RetryPolicy, UnavailableError
from fastdom_client.calls import imports


def rows(count: int) -> Iterator[tuple[str, str, int]]:
    return ((f"SKU-{number}", "BLR-1", number) for number in range(count))


def counted(requests: list[ImportInventoryRequest]) -> ImportInventoryResponse:
    """What a server answers that applies every row."""
    return ImportInventoryResponse(
        chunks=len(requests), rows_applied=sum(len(chunk.rows) for chunk in requests), inventory_seq=4
    )


@given(count=st.integers(0, 3000), chunk_rows=st.integers(1, 700), stream_chunks=st.integers(1, 5))
def test_every_row_is_in_one_chunk(count: int, chunk_rows: int, stream_chunks: int) -> None:
    """However rows fall into chunks and streams, each is sent once, in order, within the limits, under its own ids."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(imports, "CHUNK_ROWS_MAX", chunk_rows)
        patched.setattr(imports, "STREAM_CHUNKS_MAX", stream_chunks)
        sent = list(imports.streams(rows(count)))
    chunks = [chunk for stream in sent for chunk in stream.requests]
    assert [row.on_hand for chunk in chunks for row in chunk.rows] == list(range(count))
    assert all(1 <= len(chunk.rows) <= chunk_rows for chunk in chunks)
    assert all(1 <= len(stream.requests) <= stream_chunks for stream in sent)
    assert len({chunk.request_id for chunk in chunks}) == len(chunks)
    assert all(len(chunk.request_id) <= 36 and chunk.HasField("first_sent_at") for chunk in chunks)


def test_an_import_reads_rows_as_they_are_needed() -> None:
    """Only one stream's rows are read ahead."""
    taken = 0

    def endless() -> Iterator[InventoryRow]:
        nonlocal taken
        while True:
            taken += 1
            yield InventoryRow(sku="A", node_id="B", on_hand=1)

    next(imports.streams(endless()))
    assert taken == imports.CHUNK_ROWS_MAX * imports.STREAM_CHUNKS_MAX


def test_streams_are_added_up(fake: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reply of an import of several streams is their sum."""
    monkeypatch.setattr(imports, "CHUNK_ROWS_MAX", 10)
    monkeypatch.setattr(imports, "STREAM_CHUNKS_MAX", 2)
    fake.script["ImportInventory"] = [counted]
    with Client(fake.address) as client:
        reply = client.import_inventory(rows(45))
    assert (reply.chunks, reply.rows_applied, reply.inventory_seq) == (5, 45, 4)
    assert [len(stream) for stream in fake.seen["ImportInventory"]] == [2, 2, 1]


def test_a_broken_stream_is_sent_again_with_the_same_ids(fake: FakeServer) -> None:
    """After UNAVAILABLE the same chunks with the same request ids are sent."""
    fake.script["ImportInventory"] = [failure(grpc.StatusCode.UNAVAILABLE), counted]
    with Client(fake.address) as client:
        assert client.import_inventory(rows(3000)).rows_applied == 3000
    first, second = fake.seen["ImportInventory"]
    assert first == second
    assert len(first) == 3


def test_an_import_can_be_repeated_by_its_id(fake: FakeServer) -> None:
    """The same import_id and rows give the same chunks; the error of a failed import names the id."""
    fake.script["ImportInventory"] = [failure(grpc.StatusCode.UNAVAILABLE)]
    with Client(fake.address, retry=RetryPolicy(attempts_max=1)) as client, pytest.raises(UnavailableError) as caught:
        client.import_inventory(rows(5))
    first = next(imports.streams(rows(5), import_id=caught.value.request_id))
    again = next(imports.streams(rows(5), import_id=caught.value.request_id))
    assert first.requests == again.requests
    assert first.requests[0].request_id == fake.seen["ImportInventory"][0][0].request_id


def test_an_import_id_leaves_room_for_the_chunk() -> None:
    """An import_id over 26 bytes is a ValueError."""
    with pytest.raises(ValueError, match="27 bytes"):
        next(imports.streams(rows(1), import_id="x" * 27))


def test_errors_are_kept_up_to_their_limit() -> None:
    """Of all streams' row errors the first 1,000 are kept."""
    part = ImportInventoryResponse(rows_refused=600, errors=[RowError(row_i=number) for number in range(600)])
    total = ImportInventoryResponse()
    imports.add(total, part)
    imports.add(total, part)
    assert (total.rows_refused, len(total.errors), total.errors[-1].row_i) == (1200, 1000, 399)
