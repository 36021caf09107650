"""Readers that turn a column of text into checked values.

Each tries the whole column at once (one regular expression over its distinct values, one map) and walks it row by row
only to name the bad rows.
"""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from fastdom.network.limits import ID_BYTES_MAX, NAME_BYTES_MAX
from fastdom.network.table import Table

_INT = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,20})?", re.ASCII)
DEGREE_E7 = 10_000_000


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


def index_of(ids: Sequence[str]) -> dict[str, int]:
    """Return id -> position."""
    return {one: position for position, one in enumerate(ids)}
