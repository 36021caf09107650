"""Any damage to the files is refused with problems or loads: nothing else ever comes out."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.network.small_network import FILES, files

from fastdom.network import NetworkInvalid, load_files

PIECES = st.sampled_from(
    [
        "",
        "\n",
        ",",
        '"',
        "=",
        "[",
        "]",
        "0",
        "-1",
        "1e9",
        "99999999999999999999",
        "true",
        "{}",
        "[1]",
        '""',
        "\x00",
        "\r",
        "é",
        "24:00",
        "MON",
        "1970-01-01",
        "north",
        "dc",
        "ground",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_files_are_refused_or_load(data: st.DataObject) -> None:
    """A piece of any file replaced by something else gives problems of known files, or a network."""
    name = data.draw(st.sampled_from(sorted(FILES)))
    text = FILES[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    given_files = files()
    given_files[name] = (text[:start] + data.draw(PIECES) + text[end:]).encode()
    try:
        assert load_files(given_files).content_hash
    except NetworkInvalid as invalid:
        assert invalid.problems
        assert {problem.file for problem in invalid.problems} <= set(FILES)


VALUES = ["1", "-1", '"x"', '""', "true", "[]", "[1]", '["x"]', "{}", "{ a = 1 }", "1.5", "2026-01-01", "[{}]"]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_type_of_value_is_refused_or_taken(data: st.DataObject) -> None:
    """A value of another type under any key of network.toml is named, never a failure."""
    lines = FILES["network.toml"].splitlines()
    keyed = [row for row, line in enumerate(lines) if " = " in line]
    row = data.draw(st.sampled_from(keyed))
    lines[row] = f"{lines[row].split(' = ')[0]} = {data.draw(st.sampled_from(VALUES))}"
    given_files = files()
    given_files["network.toml"] = "\n".join(lines).encode()
    try:
        load_files(given_files)
    except NetworkInvalid as invalid:
        assert invalid.problems
        assert {problem.file for problem in invalid.problems} <= set(FILES)
