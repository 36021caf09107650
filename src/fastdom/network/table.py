"""A CSV table as columns, and readers that turn a column of text into checked values.

Each reader tries the whole column at once (one regular expression, one map) and walks it row by row only to name
the bad rows: half a million lanes parse in under a second.
"""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fastdom.network.limits import ID_BYTES_MAX, NAME_BYTES_MAX, ROWS_MAX
from fastdom.network.problems import Problems, got

_INT = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,20})?", re.ASCII)
DEGREE_E7 = 10_000_000
CHUNK_CHARS = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns of one CSV file.

    Attributes
    ----------
    file : str
        File name, for messages.
    columns : dict of str to sequence of str
        All known columns; an optional one that is absent has empty cells.
    lines : sequence of int
        Line number of each row.
    """

    file: str
    columns: dict[str, Sequence[str]]
    lines: Sequence[int]
    problems: Problems

    def __len__(self) -> int:
        return len(self.lines)

    def bad(self, row: int, field: str, message: str) -> None:
        """Note a problem of one row."""
        self.problems.add(self.file, self.lines[row], field, message)

    def bad_cell(self, row: int, field: str, allowed: str) -> None:
        """Note that a cell is not what is allowed."""
        self.bad(row, field, f"{allowed}, {got(self.columns[field][row])}")


def read_table(file: str, data: bytes, required: Sequence[str], optional: Sequence[str], problems: Problems) -> Table:
    """Parse a CSV file with a header line; the order of columns and rows is free.

    Rows of the wrong length are named and left out; so are unknown, doubled and missing columns.
    """
    empty = Table(file, {name: () for name in (*required, *optional)}, (), problems)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.add(file, line, "", "must be UTF-8 text")
        return empty
    end = text.find("\n")
    header = (text if end < 0 else text[:end]).rstrip("\r").split(",")
    fits = sorted(header) == sorted({*header} & {*required, *optional}) and {*required} <= {*header}
    plain = _plain_columns(text, len(header)) if fits else None
    columns: Sequence[Sequence[str]]
    lines: Sequence[int]
    if plain is not None:
        columns, lines = plain, range(2, 2 + len(plain[0]))
    else:
        header, columns, lines = _quoted_columns(file, text, required, optional, problems)
    if len(lines) > ROWS_MAX:
        problems.add(file, 0, "", f"more than {ROWS_MAX} rows")
        return empty
    named: dict[str, Sequence[str]] = dict(zip(header, columns, strict=True))
    for name in (*required, *optional):
        named.setdefault(name, ("",) * len(lines))
    return Table(file, named, lines, problems)


def _plain_columns(text: str, width: int) -> list[list[str]] | None:
    """Return the columns of a table without quotes, blank lines or ragged rows; None for any other.

    All cells of a few megabytes are split at once, with each line end as a cell of its own that must come up at every
    width-th place: three times as fast as the csv module. Equal cells share one string, which keeps a million lanes
    at a hundredth of their text.
    """
    text = text.replace("\r\n", "\n")
    if '"' in text or "\r" in text or "\n\n" in text:
        return None
    columns: list[list[str]] = [[] for _ in range(width)]
    shared: dict[str, str] = {}
    stop = len(text) - text.endswith("\n")
    start = text.find("\n") + 1 or stop
    while start < stop:
        end = text.find("\n", min(start + CHUNK_CHARS, stop), stop)
        end = stop if end < 0 else end
        cells = text[start:end].replace("\n", ",\n,").split(",")
        ends = cells[width :: width + 1]
        if (len(cells) + 1) % (width + 1) or cells.count("\n") != len(ends) or ends.count("\n") != len(ends):
            return None
        for position, column in enumerate(columns):
            own = cells[position :: width + 1]
            column.extend(map(shared.setdefault, own, own))
        start = end + 1
    return columns


def _quoted_columns(
    file: str, text: str, required: Sequence[str], optional: Sequence[str], problems: Problems
) -> tuple[list[str], Sequence[Sequence[str]], Sequence[int]]:
    """Return (header, columns, line numbers) of any CSV text, naming what is wrong with it."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    header: list[str] = []
    try:
        header = next(reader, [])
        start = reader.line_num + 1
        for row in reader:
            if len(row) == len(header):
                rows.append(row)
                lines.append(start)
            elif row:
                problems.add(file, start, "", f"must have {len(header)} cells, got {len(row)}")
            start = reader.line_num + 1
    except csv.Error as error:
        problems.add(file, reader.line_num, "", f"not CSV ({error})")
        return [], (), ()
    if not _header_fits(file, header, required, optional, problems):
        return [], (), ()
    return header, list(zip(*rows, strict=True)) if rows else [()] * len(header), lines


def _header_fits(
    file: str, header: list[str], required: Sequence[str], optional: Sequence[str], problems: Problems
) -> bool:
    known = (*required, *optional)
    before = problems.count
    for name in sorted(set(header)):
        if name not in known:
            problems.add(file, 1, name, f"unknown column; known are {', '.join(known)}")
        if header.count(name) > 1:
            problems.add(file, 1, name, "column is given twice")
    for name in required:
        if name not in header:
            problems.add(file, 1, name, "column is missing")
    return problems.count == before


def integers(table: Table, field: str, low: int, high: int | None, default: int | None = None) -> npt.NDArray[np.int64]:
    """Return a column of whole numbers within [low, high]; an empty cell gives `default` where there is one."""
    column = table.columns[field]
    if default is not None:
        text = str(default)
        column = [cell or text for cell in column]
    distinct = list({*column})
    if _all_match(r"(?:-?[0-9]{1,18}\n)*", distinct):
        number = dict(zip(distinct, map(int, distinct), strict=True))
        values = np.array([number[cell] for cell in column], dtype=np.int64)
        top = np.iinfo(np.int64).max if high is None else high
        wrong = np.flatnonzero((values < low) | (values > top))
        if wrong.size == 0:
            return values
    allowed = f"must be >= {low}" if high is None else f"must be {low}..{high}"
    kept = np.full(len(column), low, dtype=np.int64)
    for row, cell in enumerate(column):
        if _INT.fullmatch(cell) is None:
            table.bad_cell(row, field, f"must be a whole number {allowed[8:]}")
        elif int(cell) < low or (high is not None and int(cell) > high):
            table.bad_cell(row, field, allowed if int(cell) >= low else f"must be >= {low}")
        else:
            kept[row] = int(cell)
    return kept


def _all_match(rows: str, column: Sequence[str]) -> bool:
    """Return whether a pattern of lines matches the whole column, one cell a line."""
    text = "".join([f"{cell}\n" for cell in column])
    return text.count("\n") == len(column) and re.fullmatch(rows, text, re.ASCII) is not None


def identifiers(table: Table, field: str, *, empty: bool = False, bytes_max: int = ID_BYTES_MAX) -> Sequence[str]:
    """Return a column of ids: 1..`bytes_max` bytes of printable text without outer blanks; `empty` allows blanks."""
    column = table.columns[field]
    item = rf"[!-~](?:[ -~]{{0,{bytes_max - 2}}}[!-~])?"
    if _all_match(rf"(?:(?:{item})?\n)*" if empty else rf"(?:{item}\n)*", column):
        return column
    for row, cell in enumerate(column):
        if not (empty and cell == ""):
            message = id_fault(cell, bytes_max)
            if message:
                table.bad_cell(row, field, message)
    return column


def id_fault(text: str, bytes_max: int = ID_BYTES_MAX) -> str:
    """Return what is wrong with an id, or an empty string."""
    if text == "":
        return f"must have 1..{bytes_max} bytes"
    if len(text.encode("utf-8", "surrogatepass")) > bytes_max:
        return f"must have at most {bytes_max} bytes"
    if text.strip() != text or not text.isprintable():
        return "must be printable text without blanks at its ends"
    return ""


def names(table: Table, field: str) -> Sequence[str]:
    """Return a column of free, possibly empty, printable names."""
    column = table.columns[field]
    joined = "".join(column)
    if joined.isprintable() and (not column or max(map(len, column)) * 4 <= NAME_BYTES_MAX):
        return column
    for row, cell in enumerate(column):
        if not cell.isprintable() or len(cell.encode("utf-8", "surrogatepass")) > NAME_BYTES_MAX:
            table.bad_cell(row, field, f"must be printable text of at most {NAME_BYTES_MAX} bytes")
    return column


def references(table: Table, field: str, index: Mapping[str, int], what: str) -> npt.NDArray[np.int32]:
    """Return the index of each cell's id; an unknown one is named and gives -1."""
    column = table.columns[field]
    found = list(map(index.get, column))
    if None in found:
        for row, position in enumerate(found):
            if position is None:
                table.bad_cell(row, field, f"must be a {what} of this network")
    return np.array([-1 if position is None else position for position in found], dtype=np.int32)


def choices(table: Table, field: str, allowed: Mapping[str, int]) -> npt.NDArray[np.int32]:
    """Return the number of each cell's word."""
    found = list(map(allowed.get, table.columns[field]))
    for row, value in enumerate(found):
        if value is None:
            table.bad_cell(row, field, f"must be one of {', '.join(allowed)}")
    return np.array([0 if value is None else value for value in found], dtype=np.int32)


def parsed(table: Table, field: str, parse: Callable[[str], int], default: int | None = None) -> list[int]:
    """Return each cell through `parse`, whose ValueError says what is allowed; an empty cell gives `default`."""
    values = []
    for row, cell in enumerate(table.columns[field]):
        if cell == "" and default is not None:
            values.append(default)
            continue
        try:
            values.append(parse(cell))
        except ValueError as error:
            table.bad_cell(row, field, str(error))
            values.append(0)
    return values


def degrees(table: Table, field: str, limit: int, optional: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return a column of decimal degrees in 1e-7, rounded; an empty cell, allowed where `optional`, gives 0."""
    values = np.zeros(len(table), dtype=np.int64)
    for row, cell in enumerate(table.columns[field]):
        if cell == "" and optional[row]:
            continue
        if _DEGREES.fullmatch(cell) is None or abs(float(cell)) > limit:
            table.bad_cell(row, field, f"must be decimal degrees, -{limit}..{limit}")
            continue
        values[row] = round(float(cell) * DEGREE_E7)
    return values


def no_twins(table: Table, keys: Sequence[object] | npt.NDArray[np.int64], field: str, what: str) -> None:
    """Name every row whose key was already used by an earlier row."""
    if isinstance(keys, np.ndarray):
        ordered = np.sort(keys)
        if not (ordered[1:] == ordered[:-1]).any():
            return
        keys = keys.tolist()
    elif len(set(keys)) == len(keys):
        return
    first: dict[object, int] = {}
    for row, key in enumerate(keys):
        earlier = first.setdefault(key, row)
        if earlier != row:
            table.bad(row, field, f"{what} is already given in line {table.lines[earlier]}")
