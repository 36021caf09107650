"""Tables: on a wide screen, in a pipe, and on a screen too narrow for them."""

import pytest

from fastdom_client.cli import output

ROWS = [("BLR-1", 12, "a name that is rather long"), ("DEL-22", 3, "short")]
HEADINGS = ("node", "units", "name")


def test_a_pipe_gets_one_line_per_row(capsys: pytest.CaptureFixture[str]) -> None:
    """Outside a terminal every row is one line, whole, however long it is."""
    output.table(HEADINGS, [("BLR-1", 1, "x" * 500)], "title")
    lines = [line for line in capsys.readouterr().out.splitlines() if "BLR-1" in line]
    assert len(lines) == 1
    assert "x" * 500 in lines[0]


def test_numbers_stand_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    """A column of numbers is aligned by its end."""
    output.table(HEADINGS, ROWS)
    first, second = (line for line in capsys.readouterr().out.splitlines() if "-" in line)
    assert first.index("12") + 1 == second.index("3")


def test_a_narrow_terminal_gets_blocks(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the table does not fit, each row is a block of names and values, and nothing is cut."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "30")
    output.table(HEADINGS, ROWS, "nodes")
    assert capsys.readouterr().out.splitlines() == [
        "nodes",
        "node   BLR-1",
        "units  12",
        "name   a name that is rather long",
        "",
        "node   DEL-22",
        "units  3",
        "name   short",
        "",
    ]


def test_an_empty_table_is_its_heading(capsys: pytest.CaptureFixture[str]) -> None:
    """Without rows the headings still say what was looked for."""
    output.table(HEADINGS, [])
    assert "node" in capsys.readouterr().out
