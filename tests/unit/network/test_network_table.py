"""Tables: the fast way of splitting columns is the csv module, only faster."""

from hypothesis import example, given
from hypothesis import strategies as st

from fastdom.network import columns, table
from fastdom.network.problems import Problems

CELL = st.text(st.sampled_from('ab1, "\n\r\té'), max_size=4)


def written(rows: list[list[str]], end: str) -> str:
    """Return rows as CSV text, quoting only the cells that need it."""
    lines = []
    for row in rows:
        cells = ['"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\r\n') else cell for cell in row]
        lines.append(",".join(cells) + end)
    return "".join(lines)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8), st.sampled_from(["\n", "\r\n"]), st.integers(1, 40))
@example([("a", "b", "c")] * 8, "\n", 1)
def test_columns_are_those_of_the_csv_module(rows: list[tuple[str, str, str]], end: str, chunk: int) -> None:
    """Any written table, quoted cells and line ends included, reads back cell by cell, in chunks of any size."""
    text = written([["x", "y", "z"], *map(list, rows)], end)
    problems = Problems()
    kept, table.CHUNK_CHARS = table.CHUNK_CHARS, chunk
    try:
        read = table.read_table("t.csv", text.encode(), ("x", "y"), ("z", "w"), problems)
    finally:
        table.CHUNK_CHARS = kept
    assert problems.count == 0
    assert list(zip(read.columns["x"], read.columns["y"], read.columns["z"], strict=True)) == rows
    assert list(read.columns["w"]) == [""] * len(rows)


@given(st.text(st.sampled_from('a1,"\n\r'), max_size=60))
def test_any_text_is_read_or_refused(body: str) -> None:
    """No text makes the reader fail, and every row it keeps is whole."""
    problems = Problems()
    read = table.read_table("t.csv", f"x,y\n{body}".encode(), ("x", "y"), (), problems)
    assert len(read.columns["x"]) == len(read.columns["y"]) == len(read.lines)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=6))
def test_line_numbers_are_those_of_an_editor(heights: list[int]) -> None:
    """A row is named by the line it starts on, also after cells that span lines."""
    rows = [["\n" * (height - 1), "v"] for height in heights]
    read = table.read_table("t.csv", written([["x", "y"], *rows], "\n").encode(), ("x", "y"), (), Problems())
    assert list(read.lines) == [2 + sum(heights[:row]) for row in range(len(heights))]


@given(st.lists(st.integers(-(10**17), 10**17), max_size=20))
def test_integers_are_exact(values: list[int]) -> None:
    """Whole numbers within the bounds come back exactly, without a problem."""
    problems = Problems()
    text = "x\n" + "".join(f"{value}\n" for value in values)
    read = table.read_table("t.csv", text.encode(), ("x",), (), problems)
    assert columns.integers(read, "x", -(10**17), 10**17).tolist() == values
    assert problems.count == 0


@given(st.lists(CELL, max_size=6))
def test_a_line_break_never_hides_in_an_id(cells: list[str]) -> None:
    """Exactly the cells that are not proper ids are named."""
    problems = Problems()
    text = written([["x", "y"], *([cell, "0"] for cell in cells)], "\n")
    read = table.read_table("t.csv", text.encode(), ("x", "y"), (), problems)
    columns.identifiers(read, "x")
    assert problems.count == sum(columns.id_fault(cell) != "" for cell in cells)
