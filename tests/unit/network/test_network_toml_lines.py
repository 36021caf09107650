"""Lines of TOML keys."""

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
