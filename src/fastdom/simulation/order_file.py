"""Reading orders from a file: CSV with a row a line, or JSON lines with an order each; either may be gzipped.

An order with a bad row is left out whole: without one of its lines it would be another order. The rest goes on.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from fastdom.simulation.errors import SimulationRefused
from fastdom.simulation.limits import IGNORED_SHOWN_MAX, ORDERS_MAX, TEXT_SHOWN_MAX
from fastdom.simulation.order_fields import LINE_FIELDS, ORDER_FIELDS, Catalogue, FieldRefused, RawOrder, Texts
from fastdom.simulation.orders import OrderBook, RowProblem, RowProblems, SimulatedOrder, in_time

JSON_ENDINGS = (".jsonl", ".ndjson", ".json")


def read_orders(path: Path, catalogue: Catalogue) -> OrderBook:
    """Read the orders of a file; the ending of its name says its form: .jsonl, .ndjson or .json, anything else is CSV.

    Raises
    ------
    SimulationRefused
        The file as a whole cannot be used: no header, no UTF-8, too many orders.
    OSError
    """
    reading = _Reading(path)
    plain = path.name.removesuffix(".gz")
    opener = gzip.open if plain != path.name else open
    try:
        with opener(path, "rb") as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
            raws = reading.json_lines(text) if plain.endswith(JSON_ENDINGS) else reading.csv_rows(text)
            return reading.book(raws, catalogue)
    except UnicodeDecodeError as error:
        raise SimulationRefused(f"{path}: must be UTF-8 text") from error
    except (EOFError, gzip.BadGzipFile) as error:
        raise SimulationRefused(f"{path}: is no whole gzip file ({error})") from error


class _Reading:
    """One pass over one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self.left_out = 0
        self.problems = RowProblems()
        self.ignored: dict[str, None] = {}

    def book(self, raws: Iterator[RawOrder | None], catalogue: Catalogue) -> OrderBook:
        """Check what was read; None stands for an order that is already known to be bad."""
        orders: list[SimulatedOrder] = []
        for raw in raws:
            if raw is None:
                self.left_out += 1
                continue
            try:
                orders.append(catalogue.order(raw))
            except FieldRefused as refused:
                self.left_out += 1
                self.bad(refused.row, raw.head.get("order_id", ""), refused.field, str(refused))
            if len(orders) > ORDERS_MAX:
                raise SimulationRefused(f"{self.path}: must have at most {ORDERS_MAX:,} orders")
        return OrderBook(in_time(orders), self.rows, self.left_out, self.problems, tuple(self.ignored))

    def bad(self, row: int, order_id: str, field: str, reason: str) -> None:
        """Note a bad row."""
        self.problems.add(RowProblem(row, _shown(order_id), field, reason))

    def ignore(self, names: Iterable[str]) -> None:
        """Note columns or keys that are not known."""
        for name in names:
            if len(self.ignored) < IGNORED_SHOWN_MAX:
                self.ignored[_shown(name)] = None

    # --- CSV

    def csv_rows(self, text: io.TextIOWrapper) -> Iterator[RawOrder | None]:
        """Yield the orders of a CSV file: rows with the same order_id, wherever they stand."""
        reader = csv.reader(text, strict=True)
        header = self._header(next(reader, []))
        found: dict[str, RawOrder | None] = {}
        try:
            for cells in reader:
                row = reader.line_num
                if not cells:
                    continue
                self.rows += 1
                values = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}
                if not (order_id := values.get("order_id", "")):
                    self.bad(row, "", "order_id", "is missing")
                elif len(cells) != len(header):
                    self.bad(row, order_id, "", f"must have {len(header)} cells as the header has, got {len(cells)}")
                    found[order_id] = None
                else:
                    found[order_id] = self._joined(found, order_id, row, values)
        except csv.Error as error:
            raise SimulationRefused(f"{self.path}:{reader.line_num}: is no CSV: {error}") from error
        yield from found.values()

    def _header(self, cells: list[str]) -> list[str]:
        """Return the known columns by place, empty where one is not known."""
        names = [cell.strip() for cell in cells]
        for needed in ("order_id", "channel", "sku", "quantity"):
            if needed not in names:
                raise SimulationRefused(f"{self.path}: the header has no column {needed}")
        if twice := {name for name in names if name and names.count(name) > 1}:
            raise SimulationRefused(f"{self.path}: the header has the column {min(twice)} twice")
        known = {*ORDER_FIELDS, *LINE_FIELDS}
        self.ignore(name for name in names if name not in known)
        return [name if name in known else "" for name in names]

    def _joined(
        self, found: dict[str, RawOrder | None], order_id: str, row: int, values: dict[str, str]
    ) -> RawOrder | None:
        """Return the order with one more row; None once a row contradicts its first."""
        if order_id not in found:
            return RawOrder(row, values, [(row, values)])
        raw = found[order_id]
        if raw is None:
            return None
        for field in ORDER_FIELDS:
            if (value := values.get(field, "")) and value != raw.head.get(field, ""):
                self.bad(row, order_id, field, f"is not the same as in row {raw.row}, where the order begins")
                return None
        raw.lines.append((row, values))
        return raw

    # --- JSON lines

    def json_lines(self, text: io.TextIOWrapper) -> Iterator[RawOrder | None]:
        """Yield the orders of a file with one JSON object a line."""
        seen: dict[str, int] = {}
        for row, line in enumerate(text, start=1):
            if not line.strip():
                continue
            self.rows += 1
            order_id = ""
            try:
                tree = _parsed(row, line)
                order_id = str(tree.get("order_id", ""))
                raw = self._raw(row, tree)
                if first := seen.get(order_id):
                    raise FieldRefused(row, "order_id", f"is the same as in row {first}")
            except FieldRefused as refused:
                self.bad(row, order_id, refused.field, str(refused))
                yield None
                continue
            seen[order_id] = row
            yield raw

    def _raw(self, row: int, tree: dict[str, Any]) -> RawOrder:
        lines = tree.get("lines")
        if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
            raise FieldRefused(row, "lines", "must be a list of objects")
        self.ignore(key for key in tree if key not in (*ORDER_FIELDS, "lines"))
        self.ignore(f"lines.{key}" for line in lines for key in line if key not in LINE_FIELDS)
        head = {key: _text(row, key, tree[key]) for key in ORDER_FIELDS if key in tree}
        parts: list[tuple[int, Texts]] = [
            (row, {key: _text(row, f"lines[{i}].{key}", line[key]) for key in LINE_FIELDS if key in line})
            for i, line in enumerate(lines)
        ]
        return RawOrder(row, head, parts)


def _shown(text: str) -> str:
    """Return a text of the file for a report: short, and nothing that UTF-8 cannot hold."""
    return text[:TEXT_SHOWN_MAX].encode("utf-8", "backslashreplace").decode()


def _parsed(row: int, line: str) -> dict[str, Any]:
    try:
        tree = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise FieldRefused(row, "", f"is no JSON: {error}") from None
    if not isinstance(tree, dict):
        raise FieldRefused(row, "", "must be a JSON object")
    return tree


def _text(row: int, field: str, value: object) -> str:
    """Return a text or whole number as text, null as the empty one."""
    if value is None:
        return ""
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            raise FieldRefused(row, field, "is no text that UTF-8 can hold")
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise FieldRefused(row, field, f"must be a text or a whole number, got {type(value).__name__}")
