"""Reading documents: every problem at once, each with file, line, field and what is allowed."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.unit.policy.documents import EVERYTHING, PLAIN, plain_with, toml

from fastdom.policy import (
    CONSTRAINTS,
    OBJECTIVES,
    Combination,
    Fallback,
    PolicyInvalid,
    Reroute,
    Standing,
    load_policy,
    read_policy,
)
from fastdom.policy.fields import steps_of
from fastdom.policy.json_form import json_lines
from fastdom.policy.limits import DOCUMENT_BYTES_MAX, WEIGHT_MILLI_MAX
from fastdom.policy.toml_form import without_inner_lines


def problems(text: str | bytes, file: str = "p.toml") -> list[str]:
    """The problems of a document, as told."""
    with pytest.raises(PolicyInvalid) as invalid:
        read_policy(text if isinstance(text, bytes) else text.encode(), file)
    return str(invalid.value).split("\n")


def test_everything_can_be_said() -> None:
    """A document with every constraint that can be set and every objective is read."""
    policy = toml(EVERYTHING)
    assert [one.name for one in policy.objectives] == [one.name for one in OBJECTIVES]
    settable = [one.name for one in CONSTRAINTS if one.standing is not Standing.ALWAYS]
    assert [one.name for one in policy.constraints] == settable
    assert policy.combination is Combination.LEXICOGRAPHIC
    assert policy.fallback is Fallback.QUEUE
    assert policy.reroute == Reroute(5, 90)
    assert (policy.effort, policy.split_quantities) == (20_000, True)
    assert [len(level) for level in policy.levels()] == [1, 6, 4, 2]
    excluded = policy.constraint("excluded_nodes")
    assert excluded is not None
    assert excluded["nodes"] == (("shop", 1_801_414_800_000_000),)


def test_plain_document_has_the_defaults() -> None:
    """What is not said has its default: routing reserve and required_by hold, units of a line stay together."""
    policy = toml(PLAIN)
    assert [(one.name, one["enforced"]) for one in policy.constraints] == [
        ("routing_reserve", True),
        ("must_arrive_by", True),
    ]
    assert policy.combination is Combination.WEIGHTED
    assert [[one.name for one in level] for level in policy.levels()] == [["shipping", "handling"]]
    assert (policy.fallback, policy.relax, policy.effort) == (Fallback.BACKORDER, (), 0)
    assert policy.reroute == Reroute(-1, -1)
    assert policy.constraint("max_shipments") is policy.objective("carbon") is None


def test_files_are_read_by_their_ending(tmp_path: Path) -> None:
    """A .json file and a .toml file that say the same are equal policies; problems name the file."""
    (tmp_path / "a.toml").write_text(PLAIN)
    document = {"format": 1, "name": "plain", "objectives": {"shipping": {"weight": 1}, "handling": {"weight": 1.0}}}
    (tmp_path / "b.json").write_text(json.dumps(document))
    assert load_policy(tmp_path / "a.toml") == load_policy(tmp_path / "b.json")
    (tmp_path / "c.toml").write_text("format = 1\n")
    with pytest.raises(PolicyInvalid, match=r"^c\.toml:1: name: is missing\nc\.toml:1: objectives: needs at least one"):
        load_policy(tmp_path / "c.toml")


LINES = [
    (
        plain_with("combination = 'weigthed'"),
        'p.toml:1: combination: must be one of weighted, lexicographic, got "weigthed"; did',
    ),
    (plain_with("fallback = 3"), 'p.toml:1: fallback: must be one of backorder, queue, cancel, got "3"'),
    (plain_with("effort = -1"), 'p.toml:1: effort: must be a whole number 0..1000000, got "-1"'),
    (plain_with("split_quantities = 1"), 'p.toml:1: split_quantities: must be true or false, got "1"'),
    (plain_with("currency = 'EURO'"), 'p.toml:1: currency: must be an active ISO 4217 code, got "EURO"'),
    (
        plain_with("description = 'a\\tb'", "").replace("\\t", "\t"),
        "p.toml:1: description: must be printable text of at most",
    ),
    (
        plain_with("relax = ['status']"),
        "p.toml:1: relax[0]: must name a constraint that can be relaxed: node_type, node_group,",
    ),
    (
        plain_with("relax = ['routing_reserve', 'routing_reserve']"),
        "p.toml:1: relax[1]: names a constraint a second time, got",
    ),
    (
        plain_with("relaxed = []"),
        'p.toml:1: relaxed: unknown; did you mean "relax"?; known are combination, constraints,',
    ),
    (
        plain_with("[reroute]\nattempts_max = 101"),
        'p.toml:9: reroute.attempts_max: must be a whole number 0..100, got "101"',
    ),
    (
        plain_with("[constraints.status]"),
        "p.toml:8: constraints.status: always holds and has nothing to set; leave it out",
    ),
    (
        plain_with("[constraints]\nmax_shipments = 3"),
        'p.toml:9: constraints.max_shipments: must be a table with limit, got "3"',
    ),
    (
        plain_with("[constraints.max_shipment]"),
        'p.toml:8: constraints.max_shipment: unknown; did you mean "max_shipments"?; kn',
    ),
    (
        plain_with("[constraints.max_shipments]\nlimit = 0"),
        "p.toml:9: constraints.max_shipments.limit: must be a whole number",
    ),
    (plain_with("[constraints.max_shipments]"), "p.toml:8: constraints.max_shipments.limit: is missing"),
    (
        plain_with("[constraints.distance_cap]\nlimit_km = 0"),
        "p.toml:9: constraints.distance_cap.limit_km: must be a whole numb",
    ),
    (
        plain_with("[constraints.minimum_shipment]\nmin_units = 2147483648"),
        "p.toml:9: constraints.minimum_shipment.min_units: must be a whole number 0..2147483647, got",
    ),
    (
        plain_with("[constraints.distance_cap.limit_km_by_type]\nSHOP = 5"),
        "p.toml:9: constraints.distance_cap.limit_km_by_type.SHOP: must be one of DC, STORE, 3PL, DARK_STORE,",
    ),
    (
        plain_with("[constraints.node_type]\ninclude = [\n'DC',\n'SHOP']"),
        'p.toml:9: constraints.node_type.include[1]: must be one of DC, STORE, 3PL, DARK_STORE, DROP_SHIP, got "SHOP"',
    ),
    (
        plain_with("[constraints.node_type]\ninclude = ['DC', 'DC']"),
        'p.toml:9: constraints.node_type.include[1]: is given twice, got "DC"',
    ),
    (
        plain_with("[constraints.node_group]\nexclude = []"),
        "p.toml:9: constraints.node_group.exclude: must list at least one node group; leave the key out for none",
    ),
    (
        plain_with("[[constraints.excluded_nodes.nodes]]\nnode = 'a'\nuntil = 2027-01-31T18:00:00"),
        "p.toml:10: constraints.excluded_nodes.nodes[0].until: must be a date and time with its offset, such as",
    ),
    (
        plain_with("[[constraints.excluded_nodes.nodes]]\nnode = ' a'\nuntill = 3"),
        "p.toml:9: constraints.excluded_nodes.nodes[0].node: must be printable text without blanks at its ends",
    ),
    (
        plain_with("[constraints.excluded_nodes]"),
        "p.toml:8: constraints.excluded_nodes.nodes: needs at least one entry with",
    ),
    (
        plain_with("[constraints.service_area]\nareas = [{ group = 'a' }]"),
        "p.toml:9: constraints.service_area.areas[0].zones: is missing",
    ),
    (
        plain_with("[objectives.distanc]\nweight = 1"),
        'p.toml:8: objectives.distanc: unknown; did you mean "distance"?; known are capacity_balance, carbon, d',
    ),
    (plain_with("[objectives.carbon]"), "p.toml:8: objectives.carbon.micros_per_kg: is missing"),
    (
        plain_with("[objectives.transit_time]\nweight = 1025\nmicros_per_day = 1"),
        'p.toml:9: objectives.transit_time.weight: must be a number 0 .. 1024, at most three decimals, got "1025"',
    ),
    (
        plain_with("[objectives.transit_time]\nweight = 0.0005\nmicros_per_day = 1"),
        'p.toml:9: objectives.transit_time.weight: must be a number 0 .. 1024, at most three decimals, got "0.0005"',
    ),
    (
        plain_with("[objectives.transit_time]\nweight = nan\nmicros_per_day = 1"),
        "p.toml:9: objectives.transit_time.weight: must be a number 0 .. 1024, at most three decimals, got",
    ),
    (
        plain_with("[objectives.transit_time]\nweight = 1\nmicros_per_day = 1125899906842624"),
        "p.toml:10: objectives.transit_time.micros_per_day: must be a whole number 1..1125899906842623, got",
    ),
    ("format = 2\n" + PLAIN[11:], 'p.toml:1: format: must be a whole number 1..1, got "2"'),
    (
        "order = ['shiping']\ncombination = 'lexicographic'\n" + PLAIN,
        "p.toml:1: order[0]: must name an objective: shipping, handl",
    ),
    (
        "order = ['shipping', ['handling', 'shipping']]\ncombination = 'lexicographic'\n" + PLAIN,
        'p.toml:1: order[1]: names an objective a second time, got "shipping"',
    ),
    (
        "order = ['shipping', 'handling', 'carbon', 'distance', 'lateness']\ncombination = 'lexicographic'\n" + PLAIN,
        "p.toml:1: order: must have at most 4 levels, got 5",
    ),
    ("format 1", "p.toml:1: not TOML (Expected '=' after a key in a key/value pair"),
    ('a = "', "p.toml:1: not TOML (Unterminated string"),
    (f"a = {'[' * 40}{']' * 40}\n{PLAIN}", "p.toml: is nested deeper than 16 levels"),
    (f"effort = 0x{'f' * 9000}\n{PLAIN}", "p.toml: has a whole number beyond 64 bits"),
]


@pytest.mark.parametrize(("text", "told"), LINES)
def test_problem_names_file_line_and_field(text: str, told: str) -> None:
    """A mistake is told with its file, line, field and what is allowed."""
    assert any(line.startswith(told) for line in problems(text)), problems(text)


JSON = [
    ('{"format": 1,\n"name": 3}', 'p.json:2: name: must be a string, got "3"'),
    (
        '{"objectives":\n{"shipping":\n{"weight": "1"}}}',
        "p.json:3: objectives.shipping.weight: must be a number 0 .. 1024",
    ),
    (
        '{"constraints": {"node_type": {"include": ["DC",\n"HUB"]}}}',
        "p.json:2: constraints.node_type.include[1]: must be",
    ),
    ('{"name": "a",\n"name": "b"}', "p.json: name: is given twice in one object"),
    ('{"format": NaN}', "p.json: not JSON (NaN is not a number)"),
    ('{"format": 1,}', "p.json:1: not JSON ("),
    ("[1]", "p.json:1: must be an object { ... }"),
    ('{"name": "\\ud800"}', "p.json: has a text that is not Unicode"),
    ("[" * 100_000, "p.json: not JSON (nested too deeply)"),
    (f'{{"effort": {"9" * 5000}}}', "p.json: not JSON ("),
]


@pytest.mark.parametrize(("text", "told"), JSON)
def test_problem_of_json_names_file_line_and_field(text: str, told: str) -> None:
    """The JSON form tells its mistakes as the TOML form does."""
    assert any(line.startswith(told) for line in problems(text, "p.json")), problems(text, "p.json")


def test_all_problems_are_told_at_once() -> None:
    """A document with several mistakes tells each of them, by line."""
    text = plain_with("effort = -1", "[constraints.max_shipments]\nlimit = 0", "[objectives.carbn]\nweight = 1")
    assert [line.split(": ")[:2] for line in problems(text)] == [
        ["p.toml:1", "effort"],
        ["p.toml:10", "constraints.max_shipments.limit"],
        ["p.toml:11", "objectives.carbn"],
    ]


def test_bytes_must_be_a_short_text() -> None:
    """Bytes that are no UTF-8 are told with their line, too many of them with the limit; a byte order mark is fine."""
    assert problems(b"a = 1\nb = \xff") == ["p.toml:2: must be UTF-8 text"]
    assert problems(b" " * (DOCUMENT_BYTES_MAX + 1)) == [f"p.toml: must have at most {DOCUMENT_BYTES_MAX} bytes"]
    assert read_policy(b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode()) == toml(PLAIN)


@given(st.integers(0, WEIGHT_MILLI_MAX - 1))
def test_weights_stay_apart(milli: int) -> None:
    """Different weights of a document have different steps of 1/1024, and only 0 has none."""
    assert steps_of(milli) < steps_of(milli + 1)
    assert (steps_of(0), steps_of(1000), steps_of(WEIGHT_MILLI_MAX)) == (0, 1024, 2**20)


@given(st.binary(max_size=60) | st.text("[]{}\"'=.,:1a# \n\\t", max_size=60).map(str.encode))
@example(b"a = 1e999999999")
@example(b"[objectives]\nshipping = { weight = 1e-999999999 }")
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Bytes nobody meant are refused with their problems, in both forms, and with nothing else."""
    for file in ("p.toml", "p.json"):
        assert problems(data, file)


HOSTILE = [
    ("p.toml", '["' + " " * 200_000 + '"]\n'),
    ("p.toml", "a = [" + "[],\n" * 60_000 + "]\n"),
    ("p.toml", "".join(f"shippin{n} = 1\n" for n in range(14_000))),
    ("p.toml", "relax = [" + '"shipping",' * 20_000 + "]\n"),
    ("p.json", '{"a": ' + "[" * 400 + "1," * 100_000 + "1" + "]" * 400 + "}"),
    ("p.json", "{" + ",".join(f'"a{n % 20_000}": 1' for n in range(22_000)) + "}"),
]


@pytest.mark.parametrize(("file", "text"), HOSTILE, ids=range(len(HOSTILE)))
def test_long_documents_are_refused_like_others(file: str, text: str) -> None:
    """A document up to the limit that is made to be slow is told its first problems, and how many more there are."""
    told = problems(text, file)
    assert 1 <= len(told) <= 51


def test_lines_inside_values_hold_no_keys() -> None:
    """A line within a list or a long string is not taken for a table or a key."""
    text = 'a = [\n["b"]\n]\nc = """\nd = 1\n"""\n[e]\nf = "[" # [\n'
    assert without_inner_lines(text) == 'a = [\n\n\nc = """\n\n\n[e]\nf = "[" # [\n'


def test_lines_of_json_are_those_of_its_keys() -> None:
    """Every key and list element of a JSON text has its line, whatever strings contain."""
    text = '{"a": [1,\n{"b,": "}"}],\n"c": {}, "d": [\n[2]]}'
    assert json_lines(text) == {
        ("a",): 1,
        ("a", 0): 1,
        ("a", 1): 2,
        ("a", 1, "b,"): 2,
        ("c",): 3,
        ("d",): 3,
        ("d", 0): 4,
        ("d", 0, 0): 4,
    }
