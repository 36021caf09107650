"""An orders file becomes orders in the order of time; what is wrong with a row is told, and the rest goes on."""

import gzip
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import grove
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.native.engines import POSTAL

from fastdom.simulation import Catalogue, OrderBook, SimulationRefused, read_orders
from fastdom.types import PaymentMethod, ServiceLevel

HEADER = "order_id,placed_at,channel,postal_code,sku,quantity,service_level,payment,required_by,pickup_node_id\n"
GOOD = "A-1,2026-09-14T09:00:00Z,web,10001,ink,2,express,COLLECT_ON_DELIVERY,2026-09-20T00:00:00+05:30,\n"
EIGHT_US = 1_789_372_800_000_000


def read(path: Path, text: str, *, start_us: int = 0) -> OrderBook:
    """Read a text as a file against the small network."""
    path.write_text(text)
    return read_orders(path, Catalogue.of(grove.network(), start_us))


def test_a_row_is_a_line(tmp_path: Path) -> None:
    """Rows of one order_id make one order with their lines in the file's order; every field is read."""
    late = "B,2026-09-14T08:00:00Z,web,10001,jar,1,,,,\n"
    found = read(tmp_path / "o.csv", HEADER + GOOD + late + "A-1,,,,kit,1,,,,\n")
    assert [(one.order.order_id, one.row) for one in found.orders] == [("B", 3), ("A-1", 2)]
    first, second = found.orders
    assert first.at_us == EIGHT_US
    assert second.at_us == second.order.placed_at_us == EIGHT_US + 3_600_000_000
    assert [(line.line_id, line.sku, line.quantity) for line in second.order.lines] == [
        ("1", "ink", 2),
        ("2", "kit", 1),
    ]
    assert second.order.service_level is ServiceLevel.EXPRESS
    assert second.order.payment is PaymentMethod.COLLECT_ON_DELIVERY
    assert second.order.required_by_us == 1_789_842_600_000_000
    assert (found.rows, found.left_out, found.problems.count) == (3, 0, 0)


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("A-2,2026-09-14T09:00:00Z,web,10001,pen,1,,,,", "sku", 'the network does not have it, got "pen"'),
        ("A-2,2026-09-14T09:00:00Z,web,99999,ink,1,,,,", "postal_code", 'the network does not have it, got "99999"'),
        ("A-2,2026-09-14T09:00:00Z,shop,10001,ink,1,,,,", "channel", 'the network does not have it, got "shop"'),
        ("A-2,2026-09-14T09:00:00Z,,10001,ink,1,,,,", "channel", "is missing"),
        ("A-2,2026-09-14T09:00:00Z,web,,ink,1,,,,", "postal_code", "is missing"),
        ("A-2,2026-09-14T09:00:00Z,web,,ink,1,,,,oak", "pickup_node_id", 'the network does not have it, got "oak"'),
        ("A-2,2026-09-14T09:00:00Z,web,10001,ink,1,,,,near", "pickup_node_id", "not both"),
        ("A-2,2026-09-14T09:00:00Z,web,10001,ink,0,,,,", "quantity", 'must be a whole number 1 .. 1,000,000, got "0"'),
        ("A-2,2026-09-14T09:00:00Z,web,10001,ink,1.5,,,,", "quantity", 'got "1.5"'),
        ("A-2,2026-09-14T09:00:00Z,web,10001,ink,-1,,,,", "quantity", 'got "-1"'),
        ("A-2,2026-09-14T09:00:00,web,10001,ink,1,,,,", "placed_at", "must end with a zone"),
        ("A-2,yesterday,web,10001,ink,1,,,,", "placed_at", "must be a time such as"),
        ("A-2,1969-09-14T09:00:00Z,web,10001,ink,1,,,,", "placed_at", "must be in the years 2000 .. 2099"),
        ("A-2,9998-09-14T09:00:00Z,web,10001,ink,1,,,,", "placed_at", "must be in the years 2000 .. 2099"),
        ("A-2,,web,10001,ink,1,,,,", "placed_at", "is missing; give it, or the moment of all such orders with --start"),
        ("A-2,2026-09-14T09:00:00Z,web,10001,ink,1,slow,,,", "service_level", "must be one of STANDARD, EXPRESS"),
        ("A-2,2026-09-14T09:00:00Z,web,10001,ink,1,,cash,,", "payment", "must be one of PREPAID"),
        (",2026-09-14T09:00:00Z,web,10001,ink,1,,,,", "order_id", "is missing"),
        ("A-2,2026-09-14T09:00:00Z,web,10001,ink,1", "", "must have 10 cells as the header has, got 6"),
        ("A-1,,web,10001,ink,1,STANDARD,,,", "service_level", "is not the same as in row 2, where the order begins"),
        ("é" * 33 + ",2026-09-14T09:00:00Z,web,10001,ink,1,,,,", "order_id", "must be 1 .. 64 bytes"),
    ],
)
def test_a_bad_row_is_told(tmp_path: Path, row: str, field: str, reason: str) -> None:
    """A bad row is told with its number, field and reason; the order after it is read."""
    after = "A-9,2026-09-14T10:00:00Z,web,10001,ink,1,,,,\n"
    found = read(tmp_path / "o.csv", HEADER + GOOD + row + "\n" + after)
    (problem,) = found.problems.kept
    assert (problem.row, problem.field) == (3, field)
    assert reason in problem.reason
    assert found.orders[-1].order.order_id == "A-9"
    assert len(found.orders) + found.left_out == (2 if row.startswith(("A-1", ",")) else 3)


def test_an_order_with_a_bad_row_is_left_out_whole(tmp_path: Path) -> None:
    """A bad line takes the good lines of its order with it, wherever they stand."""
    found = read(tmp_path / "o.csv", HEADER + GOOD + "A-1,,,,pen,1,,,,\n" + GOOD.replace("A-1", "A-2"))
    assert [one.order.order_id for one in found.orders] == ["A-2"]
    assert (found.left_out, found.problems.count) == (1, 1)
    cut = read(tmp_path / "o.csv", HEADER + "A-1,short\n" + GOOD + GOOD.replace("A-1", "A-2"))
    assert [one.order.order_id for one in cut.orders] == ["A-2"]
    assert (cut.left_out, cut.problems.kept[0].order_id) == (1, "A-1")


def test_orders_without_a_time_take_the_start(tmp_path: Path) -> None:
    """With a start, orders that do not say when they were placed are decided then, in the file's order."""
    rows = "B,,web,10001,ink,1,,,,\nA,,web,10001,ink,1,,,,\n"
    found = read(tmp_path / "o.csv", HEADER + rows, start_us=5)
    assert [(one.order.order_id, one.at_us, one.order.placed_at_us) for one in found.orders] == [
        ("B", 5, 0),
        ("A", 5, 0),
    ]


def test_json_lines(tmp_path: Path) -> None:
    """A JSON object is an order; numbers may be numbers; a bad one is told by its row."""
    good = {
        "order_id": 7,
        "placed_at": "2026-09-14T09:00:00Z",
        "channel": "web",
        "postal_code": "10001",
        "note": "gift",
        "lines": [{"sku": "ink", "quantity": 2, "line_id": "x", "group_id": "g", "weight_g": 30, "colour": "red"}],
    }
    bad = [
        ("[]", "", "must be a JSON object"),
        ("{", "", "is no JSON"),
        (json.dumps({**good, "order_id": 8, "lines": {}}), "lines", "must be a list of objects"),
        (json.dumps({**good, "order_id": 8, "lines": []}), "lines", "must be 1 .. 1,000 lines, got 0"),
        (json.dumps({**good, "order_id": 8, "channel": True}), "channel", "must be a text or a whole number, got bool"),
        (json.dumps(good), "order_id", "is the same as in row 1"),
        (json.dumps({**good, "order_id": "\ud800"}), "order_id", "is no text that UTF-8 can hold"),
    ]
    found = read(tmp_path / "o.jsonl", "\n".join([json.dumps(good), *(text for text, _, _ in bad)]))
    (one,) = found.orders
    (line,) = one.order.lines
    assert (one.order.order_id, line.line_id, line.group_id, line.weight_g) == ("7", "x", "g", 30)
    assert sorted((kept.row, kept.field) for kept in found.problems.kept) == [
        (row, field) for row, (_, field, _) in enumerate(bad, start=2)
    ]
    told = {kept.row: kept.reason for kept in found.problems.kept}
    assert all(reason in told[row] for row, (_, _, reason) in enumerate(bad, start=2))
    assert found.ignored_fields == ("note", "lines.colour")
    assert {kept.order_id for kept in found.problems.kept} == {"", "7", "8", "\\ud800"}
    assert found.left_out == len(bad)


def test_a_gzipped_file(tmp_path: Path) -> None:
    """A name that ends with .gz is decompressed; a damaged one is refused."""
    path = tmp_path / "o.csv.gz"
    path.write_bytes(gzip.compress((HEADER + GOOD).encode()))
    assert len(read_orders(path, Catalogue.of(grove.network())).orders) == 1
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(SimulationRefused, match="is no whole gzip file"):
        read_orders(path, Catalogue.of(grove.network()))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "has no column order_id"),
        ("order_id,channel,sku\n", "has no column quantity"),
        ("order_id,channel,sku,quantity,sku\n", "has the column sku twice"),
        (HEADER + 'A-1,"x\n', "is no CSV"),
    ],
)
def test_a_file_that_is_no_orders_file(tmp_path: Path, text: str, reason: str) -> None:
    """A file that cannot be read as a whole is refused."""
    with pytest.raises(SimulationRefused, match=reason):
        read(tmp_path / "o.csv", text)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are refused, and a file that is not there is an OSError."""
    path = tmp_path / "o.csv"
    path.write_bytes(HEADER.encode() + b"\xff\n")
    with pytest.raises(SimulationRefused, match="must be UTF-8 text"):
        read_orders(path, Catalogue.of(grove.network()))
    with pytest.raises(FileNotFoundError):
        read_orders(tmp_path / "none.csv", Catalogue.of(grove.network()))


def test_pinned_orders_need_no_destination(tmp_path: Path) -> None:
    """An order whose every line names its node may go without a postal code, no other may."""
    header = "order_id,placed_at,channel,sku,quantity,node_id\n"
    rows = "A,2026-09-14T09:00:00Z,web,ink,1,near\nB,2026-09-14T09:00:00Z,web,ink,1,near\nB,,,jar,1,\n"
    found = read(tmp_path / "o.csv", header + rows)
    (one,) = found.orders
    assert (one.order.order_id, one.order.destination, one.pinned) == ("A", None, True)
    assert [(problem.order_id, problem.field) for problem in found.problems.kept] == [("B", "postal_code")]


@given(st.lists(st.sampled_from(("good", "no sku", "none", "many", "no time", "short")), max_size=12))
def test_any_mix_of_good_and_bad_rows(kinds: list[str]) -> None:
    """Every good row is an order; every bad one is told with its own row, field and reason, and counted."""
    fields = {"no sku": "sku", "none": "quantity", "many": "quantity", "no time": "placed_at", "short": ""}
    rows = ["order_id,placed_at,channel,postal_code,sku,quantity"]
    for i, kind in enumerate(kinds):
        time = "noon" if kind == "no time" else "2026-09-14T09:00:00Z"
        sku = "nothing" if kind == "no sku" else "ink"
        quantity = {"none": "0", "many": "1000001"}.get(kind, "1")
        rows.append(f"A-{i},{time}" if kind == "short" else f"A-{i},{time},web,{POSTAL},{sku},{quantity}")
    with TemporaryDirectory() as folder:
        book = read(Path(folder) / "orders.csv", "\n".join(rows) + "\n")
    bad = [(i, kind) for i, kind in enumerate(kinds) if kind != "good"]
    assert [one.order.order_id for one in book.orders] == [f"A-{i}" for i, kind in enumerate(kinds) if kind == "good"]
    assert (book.rows, book.left_out) == (len(kinds), len(bad))
    assert {one.row for one in book.problems.kept} == {i + 2 for i, _ in bad}
    for one in book.problems.kept:
        kind = kinds[one.row - 2]
        assert one.reason
        assert kind == "short" or one.field == fields[kind]
