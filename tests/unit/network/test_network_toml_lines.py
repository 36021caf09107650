"""Lines of TOML keys."""

import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastdom.network.toml_lines import key_lines

TEXT = """\
# a comment = 1
name = "x"
[promise]
ttl = 1
[calendars.dc]
days = [
    "a",
    "b",
]
hours.from = 2
[[policies]]
name = "p"
[policies.weights]
shipping = 1
[[policies]]
"quoted key" = 1
"""


def test_every_key_and_header_has_its_line() -> None:
    """Tables, arrays of tables, sub-tables of their latest element, dotted and quoted keys are found."""
    assert key_lines(TEXT) == {
        ("name",): 2,
        ("promise",): 3,
        ("promise", "ttl"): 4,
        ("calendars", "dc"): 5,
        ("calendars", "dc", "days"): 6,
        ("calendars", "dc", "hours", "from"): 10,
        ("policies", 0): 11,
        ("policies", 0, "name"): 12,
        ("policies", 0, "weights"): 13,
        ("policies", 0, "weights", "shipping"): 14,
        ("policies", 1): 15,
        ("policies", 1, "quoted key"): 16,
    }


INNER = """\
days = [
    ["a", "b"],
    [["c"]], # [no]
    "]",
]
note = '''
[no]
no = 1 ''''
quoted = \"\"\"two quotes at the end\"\"\"\"\"
again = \"\"\"
[no]
\"\"\"
more = {hour = 1}
[yes]
key = 1
"""


def test_lines_inside_values_hold_no_key() -> None:
    """A list within a list is no table header, a line of text no key, and brackets in texts and comments count not."""
    assert key_lines(INNER) == {
        ("days",): 1,
        ("note",): 6,
        ("quoted",): 9,
        ("again",): 10,
        ("more",): 13,
        ("yes",): 14,
        ("yes", "key"): 15,
    }


@given(st.dictionaries(st.text(max_size=8), st.dictionaries(st.text(max_size=8), st.text(), max_size=3), max_size=4))
def test_lines_are_those_of_the_parsed_keys(tables: dict[str, dict[str, str]]) -> None:
    """Whatever names and texts there are, every key that the parser finds has the line it was written in."""
    lines, written = [], {}
    for table, keys in tables.items():
        lines.append(f"[ {json.dumps(table, ensure_ascii=False)} ] # {table!a}")
        written[table,] = len(lines)
        for key, text in keys.items():
            lines.append(f" {json.dumps(key, ensure_ascii=False)} = {json.dumps(text, ensure_ascii=False)}")
            written[table, key] = len(lines)
    text = "\n".join(lines).replace("\x7f", "\\u007f")
    assert tomllib.loads(text) == tables
    assert key_lines(text) == written


@pytest.mark.parametrize("line", ["[" + " " * 200_000, "[a" + " " * 200_000 + "b", "a" * 200_000, "a ." * 100_000])
def test_a_long_line_is_read_once(line: str) -> None:
    """A line that is nearly a header or a key is passed over without trying each of its parts again and again."""
    assert key_lines(f"{line}\nkey = 1") == {("key",): 2}
