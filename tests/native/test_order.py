"""Orders: every bad input is refused by name, good ones come out as blocks and demands."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.native.plain_network import NODES, SKUS, plain_network, plain_policy

from fastdom._native.network import NetworkTables
from fastdom._native.quote_desk import Order, QuoteDesk
from fastdom.reasons import Field, Reason

FINE = (0, 0, -1)
LINE: dict[str, Any] = {"line_id": "a", "sku": "shirt", "quantity": 1}
YEAR_10000_US = 253_402_300_800_000_000


def lines(n: int = 1, **changes: Any) -> list[dict[str, Any]]:
    """Return n lines of one SKU, the last one changed."""
    some = [{"line_id": f"l{i}", "sku": "shirt", "quantity": 1} for i in range(n)]
    some[-1] |= changes
    return some


def check(kind: str = "route", some: list[dict[str, Any]] | None = None, **facts: Any) -> tuple[int, int, int]:
    """Return what is wrong with an order to an address."""
    status = Order(kind, lines() if some is None else some, **{"postal_code": "110001", **facts}).check()
    return (int(status[0]), int(status[1]), int(status[2]))


@pytest.mark.parametrize(
    ("some", "expected"),
    [
        ([], (Reason.EMPTY_ORDER, Field.LINES, -1)),
        (lines(1001), (Reason.TOO_MANY_LINES, Field.LINES, -1)),
        (lines(1000), FINE),
        (lines(3, quantity=0), (Reason.INVALID_QUANTITY, Field.QUANTITY, 2)),
        (lines(2, quantity=-5), (Reason.INVALID_QUANTITY, Field.QUANTITY, 1)),
        (lines(2, quantity=1_000_001), (Reason.INVALID_QUANTITY, Field.QUANTITY, 1)),
        (lines(2, quantity=1_000_000), FINE),
        (lines(2, line_id=""), (Reason.INVALID_FIELD, Field.LINE_ID, 1)),
        (lines(2, line_id="x" * 65), (Reason.ID_TOO_LONG, Field.LINE_ID, 1)),
        (lines(2, line_id="x" * 64), FINE),
        (lines(2, sku="x" * 65), (Reason.ID_TOO_LONG, Field.SKU, 1)),
        (lines(2, group_id="x" * 65), (Reason.ID_TOO_LONG, Field.GROUP_ID, 1)),
        (lines(2, node="x" * 65), (Reason.ID_TOO_LONG, Field.NODE_ID, 1)),
        (lines(2, weight_g=-2), (Reason.INVALID_FIELD, Field.WEIGHT, 1)),
        (lines(2, weight_g=10_000_001), (Reason.INVALID_FIELD, Field.WEIGHT, 1)),
        (lines(2, weight_g=0), FINE),
        (lines(2, line_id="l0"), (Reason.DUPLICATE_LINE_ID, Field.LINE_ID, 1)),
        (lines(9, line_id="l3"), (Reason.DUPLICATE_LINE_ID, Field.LINE_ID, 8)),
        (lines(1000, line_id="l998"), (Reason.DUPLICATE_LINE_ID, Field.LINE_ID, 999)),
    ],
)
def test_bad_lines_are_named(some: list[dict[str, Any]], expected: tuple[int, int, int]) -> None:
    """Each bad line is refused with reason, field and its index; the limits themselves are allowed."""
    assert check(some=some) == expected


@pytest.mark.parametrize(
    ("facts", "reason", "field"),
    [
        ({"request_id": "x" * 37}, Reason.ID_TOO_LONG, Field.REQUEST_ID),
        ({"first_sent_at_us": -1}, Reason.INVALID_FIELD, Field.FIRST_SENT_AT),
        ({"order_id": "x" * 65}, Reason.ID_TOO_LONG, Field.ORDER_ID),
        ({"channel": "x" * 65}, Reason.ID_TOO_LONG, Field.CHANNEL),
        ({"postal_code": "1" * 65}, Reason.ID_TOO_LONG, Field.POSTAL_CODE),
        ({"postal_code": None, "pickup_node": "x" * 65}, Reason.ID_TOO_LONG, Field.PICKUP_NODE_ID),
        ({"policy_name": "x" * 65}, Reason.ID_TOO_LONG, Field.POLICY),
        ({"postal_code": None}, Reason.INVALID_FIELD, Field.DESTINATION),
        ({"pickup_node": "east"}, Reason.INVALID_FIELD, Field.DESTINATION),
        ({"service_level": 5}, Reason.UNKNOWN_SERVICE_LEVEL, Field.SERVICE_LEVEL),
        ({"service_level": -1}, Reason.UNKNOWN_SERVICE_LEVEL, Field.SERVICE_LEVEL),
        ({"service_level": 4}, Reason.INVALID_FIELD, Field.SERVICE_LEVEL),
        ({"postal_code": None, "pickup_node": "east", "service_level": 1}, Reason.INVALID_FIELD, Field.SERVICE_LEVEL),
        ({"payment": 3}, Reason.INVALID_FIELD, Field.PAYMENT),
        ({"placed_at_us": -1}, Reason.INVALID_FIELD, Field.PLACED_AT),
        ({"placed_at_us": YEAR_10000_US + 1}, Reason.INVALID_FIELD, Field.PLACED_AT),
        ({"required_by_us": -1}, Reason.INVALID_FIELD, Field.REQUIRED_BY),
        ({"placed_at_us": 10, "required_by_us": 9}, Reason.INVALID_FIELD, Field.REQUIRED_BY),
        ({"order_value_micros": -1}, Reason.INVALID_FIELD, Field.ORDER_VALUE),
        ({"order_value_micros": 2**50 + 1}, Reason.INVALID_FIELD, Field.ORDER_VALUE),
        ({"mode": 4}, Reason.INVALID_FIELD, Field.MODE),
        ({"ttl_us": -1}, Reason.INVALID_FIELD, Field.TTL),
        ({"max_shipments": -1}, Reason.INVALID_FIELD, Field.MAX_SHIPMENTS),
        ({"max_shipments": 2049}, Reason.INVALID_FIELD, Field.MAX_SHIPMENTS),
        ({"effort": -1}, Reason.INVALID_FIELD, Field.EFFORT),
        ({"alternatives": 9}, Reason.INVALID_FIELD, Field.ALTERNATIVES),
        ({"policy_version": -1}, Reason.INVALID_FIELD, Field.POLICY),
        ({"n_include": 4097}, Reason.INVALID_FIELD, Field.INCLUDE_NODE_IDS),
        ({"n_exclude": -1}, Reason.INVALID_FIELD, Field.EXCLUDE_NODE_IDS),
    ],
)
def test_bad_facts_are_named(facts: dict[str, Any], reason: int, field: int) -> None:
    """Each bad field of a Route is refused with reason and field."""
    assert check(**facts) == (reason, field, -1)


@pytest.mark.parametrize(
    ("kind", "facts", "expected"),
    [
        ("reserve", {"request_id": ""}, (Reason.REQUEST_ID_REQUIRED, Field.REQUEST_ID, -1)),
        ("route", {"request_id": "", "mode": 2}, (Reason.REQUEST_ID_REQUIRED, Field.REQUEST_ID, -1)),
        ("route", {"request_id": "", "mode": 3}, (Reason.REQUEST_ID_REQUIRED, Field.REQUEST_ID, -1)),
        ("promise", {"request_id": "", "hold": 1}, (Reason.REQUEST_ID_REQUIRED, Field.REQUEST_ID, -1)),
        ("route", {"request_id": "", "mode": 1}, FINE),
        ("promise", {"request_id": ""}, FINE),
        ("reserve", {"mode": 1}, (Reason.INVALID_FIELD, Field.MODE, -1)),
        ("reserve", {"option_token": b"x" * 513}, (Reason.TOKEN_INVALID, Field.OPTION_TOKEN, -1)),
        ("reserve", {"option_token": b"x", "allow_partial": 1}, (Reason.INVALID_FIELD, Field.OPTION_TOKEN, -1)),
        ("reserve", {"option_token": b"x", "postal_code": None}, (Reason.INVALID_FIELD, Field.DESTINATION, -1)),
        ("promise", {"service_levels": 1}, (Reason.UNKNOWN_SERVICE_LEVEL, Field.SERVICE_LEVELS, -1)),
        ("promise", {"service_levels": 32}, (Reason.UNKNOWN_SERVICE_LEVEL, Field.SERVICE_LEVELS, -1)),
        ("promise", {"hold_level": 5}, (Reason.UNKNOWN_SERVICE_LEVEL, Field.OPTION, -1)),
        ("promise", {"hold_level": 2, "service_levels": 2}, (Reason.INVALID_FIELD, Field.OPTION, -1)),
        ("promise", {"service_level": 9}, FINE),
    ],
)
def test_what_one_verb_alone_asks(kind: str, facts: dict[str, Any], expected: tuple[int, int, int]) -> None:
    """Mutations need a request id; tokens, modes and levels are checked where they count, and nowhere else."""
    assert check(kind, **facts) == expected


def test_only_wholly_pinned_reserves_go_without_a_destination() -> None:
    """A Reserve with every line pinned needs no destination; one unpinned line makes it needed."""
    assert check("reserve", lines(node="east"), postal_code=None) == FINE
    assert check("reserve", [*lines(node="east"), {**LINE}], postal_code=None)[:2] == (
        Reason.INVALID_FIELD,
        Field.DESTINATION,
    )


# --- names ----------------------------------------------------------------------------------------------------------


def desk(**changes: Any) -> QuoteDesk:
    """Return a desk whose state knows one SKU and one node more than its network."""
    net = plain_network(**{"sku_weight_g": np.array([200, 900, 30_000, -1], dtype=np.int32), **changes})
    return QuoteDesk(NetworkTables(net, 1), [*SKUS, "retired", "newer"], [*NODES, "new-node"])


def resolve(kind: str = "route", some: list[dict[str, Any]] | None = None, **facts: Any) -> Any:
    """Return (status, resolved) of an order to an address."""
    return desk().resolve(Order(kind, some or lines(), **{"postal_code": "110001", **facts}))


@pytest.mark.parametrize(
    ("facts", "reason", "field", "line"),
    [
        ({"channel": "fax"}, Reason.UNKNOWN_CHANNEL, Field.CHANNEL, -1),
        ({"channel": ""}, Reason.UNKNOWN_CHANNEL, Field.CHANNEL, -1),
        ({"country_code": "DE"}, Reason.UNKNOWN_COUNTRY, Field.COUNTRY_CODE, -1),
        ({"country_code": "I"}, Reason.UNKNOWN_COUNTRY, Field.COUNTRY_CODE, -1),
        ({"country_code": "IN", "postal_code": ""}, Reason.UNKNOWN_POSTAL_CODE, Field.POSTAL_CODE, -1),
        ({"postal_code": "999999"}, Reason.UNKNOWN_POSTAL_CODE, Field.POSTAL_CODE, -1),
        ({"postal_code": None, "pickup_node": "moon"}, Reason.UNKNOWN_NODE, Field.PICKUP_NODE_ID, -1),
        ({"postal_code": None, "pickup_node": "new-node"}, Reason.UNKNOWN_NODE, Field.PICKUP_NODE_ID, -1),
        ({"currency_code": "EUR"}, Reason.CURRENCY_MISMATCH, Field.CURRENCY_CODE, -1),
        ({"currency_code": "IN"}, Reason.CURRENCY_MISMATCH, Field.CURRENCY_CODE, -1),
        ({"policy_name": "dearest"}, Reason.UNKNOWN_POLICY, Field.POLICY, -1),
        ({"policy_version": 2}, Reason.UNKNOWN_POLICY, Field.POLICY, -1),
        ({"include_nodes": ["east", "moon"]}, Reason.UNKNOWN_NODE, Field.INCLUDE_NODE_IDS, 1),
        ({"exclude_nodes": ["moon"]}, Reason.UNKNOWN_NODE, Field.EXCLUDE_NODE_IDS, 0),
        ({"some": lines(3, sku="cloak")}, Reason.UNKNOWN_SKU, Field.SKU, 2),
        ({"some": lines(3, sku="")}, Reason.UNKNOWN_SKU, Field.SKU, 2),
        ({"some": lines(2, sku="retired")}, Reason.UNKNOWN_SKU, Field.SKU, 1),
        ({"some": lines(2, sku="newer")}, Reason.UNKNOWN_SKU, Field.SKU, 1),
        ({"kind": "reserve", "some": lines(2, node="moon")}, Reason.UNKNOWN_NODE, Field.NODE_ID, 1),
        ({"kind": "reserve", "some": lines(2, node="new-node")}, Reason.UNKNOWN_NODE, Field.NODE_ID, 1),
    ],
)
def test_unknown_names_are_named(facts: dict[str, Any], reason: int, field: int, line: int) -> None:
    """A name the network version does not know is refused with its field, and its line or place in the list."""
    assert resolve(**facts) == ((reason, field, line), None)


def test_two_pins_in_one_group_contradict() -> None:
    """Lines of one group pinned to two nodes are refused at the second pin; one pin holds for the whole group."""
    group: dict[str, Any] = {"group_id": "set"}
    two: list[dict[str, Any]] = [{**LINE, **group, "node": "east"}, {**LINE, **group, "line_id": "b", "node": "west"}]
    assert resolve("reserve", two)[0] == (Reason.INVALID_FIELD, Field.GROUP_ID, 1)
    one: list[dict[str, Any]] = [{**LINE, **group}, {**LINE, **group, "line_id": "b", "node": "west"}]
    status, found = resolve("reserve", one)
    assert (status, found["nodes"], found["n_pinned"]) == (FINE, [2, 2], 2)


@pytest.mark.parametrize(("kind", "token"), [("route", b""), ("promise", b""), ("reserve", b"t")])
def test_pins_count_in_reserve_alone(kind: str, token: bytes) -> None:
    """Route, Promise and a Reserve by token ignore pins, unknown ones too."""
    status, found = resolve(kind, lines(node="moon"), option_token=token)
    assert (status, found["nodes"], found["n_pinned"]) == (FINE, [-1], 0)


def test_levels_follow_the_destination() -> None:
    """Without a level an address means STANDARD and a pickup node PICKUP."""
    assert resolve()[1]["service_level"] == 1
    assert resolve(service_level=2)[1]["service_level"] == 2
    found = resolve(postal_code=None, pickup_node="north")[1]
    assert (found["service_level"], found["pickup_node_i"], found["postal_i"], found["zone_i"]) == (4, 1, -1, -1)


def test_weights_come_from_the_line_or_the_catalogue() -> None:
    """A line's own weight wins, also for a SKU that this version no longer lists; 0 means the catalogue's."""
    some = [
        {**LINE, "weight_g": 0},
        {**LINE, "line_id": "b", "weight_g": 70},
        {**LINE, "line_id": "c", "sku": "retired", "weight_g": 5},
    ]
    assert resolve(some=some)[1]["weights_g"] == [200, 70, 5]


def test_filters_are_included_less_excluded() -> None:
    """Excluded nodes win over included ones; an exclude list alone leaves all others."""
    assert resolve()[1]["allowed"] is None
    both = resolve(include_nodes=["east", "west"], exclude_nodes=["east"])[1]["allowed"]
    assert both == [2]
    rest = resolve(exclude_nodes=["east"])[1]["allowed"]
    assert rest[:2] == [1, 2]
    assert 0 not in rest


def test_policies_are_found_by_name_and_version() -> None:
    """No name is the default policy, the first; a version must be the one that is loaded."""
    some = desk(policies=(plain_policy(), plain_policy(name="nearest", version=7)))
    for facts, expected in (
        ({}, 0),
        ({"policy_name": "nearest"}, 1),
        ({"policy_name": "nearest", "policy_version": 7}, 1),
    ):
        order = Order("route", lines(), postal_code="110001", **facts)
        _, found = some.resolve(order)
        assert found is not None
        assert found["policy_i"] == expected
    wrong = Order("route", lines(), postal_code="110001", policy_name="nearest", policy_version=1)
    assert some.resolve(wrong)[0] == (Reason.UNKNOWN_POLICY, Field.POLICY, -1)


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 9), st.sampled_from(["", "", "a", "b", "c"])),
        min_size=1,
        max_size=40,
    )
)
def test_blocks_hold_their_groups_and_demands_sum(wanted: list[tuple[int, int, str]]) -> None:
    """Every line is in one block with its whole group, blocks by first line; demands sum quantity by SKU."""
    some = [
        {"line_id": f"{i}", "sku": SKUS[sku], "quantity": units, "group_id": group}
        for i, (sku, units, group) in enumerate(wanted)
    ]
    found = resolve(some=some)[1]
    expected: dict[object, list[int]] = {}
    for i, (_, _, group) in enumerate(wanted):
        expected.setdefault(group or i, []).append(i)
    assert [block["lines"] for block in found["blocks"]] == list(expected.values())
    assert found["n_skus"] == len({sku for sku, _, _ in wanted})
    grams = (200, 900, 30_000)
    for block in found["blocks"]:
        some_lines = [wanted[i] for i in block["lines"]]
        demands: Counter[int] = Counter()
        for sku, units, _ in some_lines:
            demands[sku] += units
        assert block["demands"] == demands
        assert block["units"] == sum(demands.values())
        assert block["weight_g"] == sum(units * grams[sku] for sku, units in demands.items())


def test_beyond_any_carrier_weights_are_capped() -> None:
    """A block heavier than 2^40 grams counts as 2^40: no sum overflows and nobody carries it."""
    found = resolve(some=lines(quantity=1_000_000, weight_g=10_000_000))[1]
    assert found["blocks"][0]["weight_g"] == 2**40
