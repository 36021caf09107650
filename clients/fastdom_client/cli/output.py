"""Where a command's answer goes: tables for people, JSON for programs."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fastdom_client.cli.exits import OK
from fastdom_client.cli.words import printable

# Into a pipe or file no terminal gives a width, and nothing is cut.
PIPE_WIDTH = 1000

# Between two columns: padding on both sides and the box's gap.
GAP = 3


def say(text: str = "") -> None:
    """Print a line of the answer."""
    print(printable(text))


def note(text: str) -> None:
    """Print a remark beside the answer, where it does not spoil a pipe."""
    print(printable(text), file=sys.stderr)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Print a table, numbers to the right; where the terminal is too narrow for it, one block of lines a row."""
    grid = [[printable(str(cell)) for cell in row] for row in rows]
    screen = Console(
        file=sys.stdout, width=None if sys.stdout.isatty() else PIPE_WIDTH, markup=False, highlight=False, emoji=False
    )
    widths = [max(map(cell_len, column)) for column in zip(headings, *grid, strict=True)]
    if sum(widths) + GAP * len(widths) <= screen.width:
        screen.print(_grid(headings, grid, title))
        return
    if title:
        print(title)
    for row in grid:
        facts(zip(headings, row, strict=True))
        print()


def _grid(headings: Sequence[str], grid: Sequence[Sequence[str]], title: str) -> Table:
    shown = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False, header_style="bold")
    for place, heading in enumerate(headings):
        numbers = bool(grid) and all(row[place].lstrip("-").replace(",", "").isdigit() for row in grid)
        shown.add_column(Text(heading), justify="right" if numbers else "left", no_wrap=True)
    for row in grid:
        shown.add_row(*(Text(cell) for cell in row))
    return shown


def facts(pairs: Iterable[tuple[str, object]]) -> None:
    """Print names and values, one pair a line."""
    known = [(label, printable(str(value))) for label, value in pairs]
    width = max((len(label) for label, _ in known), default=0)
    for label, value in known:
        print(f"{label.ljust(width)}  {value}")


def plain(message: Message) -> dict[str, Any]:
    """Return a message as JSON values: protobuf's mapping with the contract's field names, zeros and empties shown."""
    shown: dict[str, Any] = MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return shown


def print_json(value: Message | Iterable[Message]) -> None:
    """Print a message, or several as an array."""
    tree = plain(value) if isinstance(value, Message) else [plain(message) for message in value]
    print(json.dumps(tree, indent=2, ensure_ascii=False))


def reader_gone() -> int:
    """Let go of a stdout nobody reads any more, as after `| head`, so that the exit is quiet; return the exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OK
