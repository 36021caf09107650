"""Option tokens: signed, bound to their order, and honest about what changed."""

from typing import Any

import numpy as np
import pytest
from tests.native.plain_network import NODES, NOON_US, SKUS, plain_desk, plain_network, plain_policy
from tests.native.worlds import DAY0, HOUR_US

from fastdom._native.network import NetworkTables
from fastdom._native.quote_desk import Order, QuoteDesk
from fastdom._native.token import sip_hash_24
from fastdom.reasons import Field, Reason

GRANTED, REFUSED = 1, 3
STOCK, CAPACITY, CUTOFF_PASSED, NETWORK_CHANGED, PRICE = 1, 2, 3, 4, 5
OUT_OF_STOCK, NO_CAPACITY, ORDER_INCOMPLETE = 1, 6, 11
TWO = [{"line_id": "a", "sku": "shirt", "quantity": 2}, {"line_id": "b", "sku": "shoe", "quantity": 1}]
KEY = (0x0706050403020100, 0x0F0E0D0C0B0A0908)


def promise(desk: QuoteDesk, lines: list[dict[str, Any]] | None = None, **facts: Any) -> dict[str, Any]:
    """Return the STANDARD option of an order to the first postal code."""
    order = Order("promise", lines or TWO, **{"postal_code": "110001", "service_levels": 2, **facts})
    (option,) = desk.quote(order, NOON_US)["options"]
    return dict(option)


def redeem(
    desk: QuoteDesk, token: bytes, now_us: int = NOON_US, lines: list[dict[str, Any]] | None = None, **facts: Any
) -> dict[str, Any]:
    """Reserve with a token."""
    order = Order("reserve", lines or TWO, **{"postal_code": "110001", "option_token": token, **facts})
    return dict(desk.quote(order, now_us))


def test_siphash_gives_the_published_vectors() -> None:
    """SipHash-2-4 of 0, 1, 8, 15 and 63 counting bytes under the counting key is as its authors publish it."""
    expected = {
        0: 0x726FDB47DD0E0E31,
        1: 0x74F839C593DC67FD,
        8: 0x93F5F5799A932462,
        15: 0xA129CA6149BE45E5,
        63: 0x958A324CEB064572,
    }
    assert {n: sip_hash_24(bytes(range(n)), KEY) for n in expected} == expected


def test_every_changed_byte_is_noticed() -> None:
    """A token with any single bit flipped is TOKEN_INVALID."""
    desk = plain_desk()
    token = promise(desk)["token"]
    for at in range(len(token)):
        bad = token[:at] + bytes([token[at] ^ 1 << at % 8]) + token[at + 1 :]
        assert redeem(desk, bad)["status"] == (Reason.TOKEN_INVALID, Field.OPTION_TOKEN, -1)


@pytest.mark.parametrize("token", [b"", b"\x01", b"\x01" * 8, b"\x02" * 60, b"\x01" * 512])
def test_what_is_no_token_is_invalid(token: bytes) -> None:
    """Short, foreign and unsigned bytes are TOKEN_INVALID; no bytes at all mean a Reserve without a token."""
    status = redeem(plain_desk(), token)["status"]
    assert status == ((Reason.TOKEN_INVALID, Field.OPTION_TOKEN, -1) if token else (0, 0, -1))


def test_a_token_of_another_key_is_invalid() -> None:
    """A server with another key refuses the token."""
    other = QuoteDesk(NetworkTables(plain_network(), 1), SKUS, NODES, token_key=(3, 4))
    assert redeem(other, promise(plain_desk())["token"])["status"][0] == Reason.TOKEN_INVALID


@pytest.mark.parametrize(
    "facts",
    [
        {"lines": [TWO[0]]},
        {"lines": [TWO[0], {**TWO[1], "quantity": 2}]},
        {"lines": [TWO[0], {**TWO[1], "sku": "sofa"}]},
        {"lines": [TWO[0], {**TWO[1], "line_id": "c"}]},
        {"lines": [TWO[1], TWO[0]]},
        {"lines": [{**TWO[0], "weight_g": 200}, TWO[1]]},
        {"lines": [{**one, "group_id": "together"} for one in TWO]},
        {"required_by_us": NOON_US + 10 * HOUR_US},
        {"channel": "shop"},
        {"postal_code": "560001"},
        {"postal_code": None, "pickup_node": "east"},
        {"payment": 2},
        {"tenant_i": 1},
    ],
)
def test_another_order_does_not_match(facts: dict[str, Any]) -> None:
    """Another order than was promised is TOKEN_MISMATCH: lines with their weights and groups, channel, destination,
    payment, required_by, tenant."""
    desk = QuoteDesk(NetworkTables(plain_network(), 1), SKUS, NODES, channels=("web", "shop"))
    for sku in range(3):
        desk.stock(sku, 0, 10)
    token = promise(desk)["token"]
    assert redeem(desk, token, **facts)["status"] == (Reason.TOKEN_MISMATCH, Field.OPTION_TOKEN, -1)


def test_a_token_is_valid_before_valid_until() -> None:
    """valid_until is min(order_by, now + quote ttl); from that microsecond on the token is TOKEN_EXPIRED."""
    desk = plain_desk()
    option = promise(desk)
    assert option["valid_until_us"] == option["order_by_us"] == NOON_US + 4 * HOUR_US
    assert redeem(desk, option["token"], option["valid_until_us"] - 1)["outcome"] == GRANTED
    late = redeem(desk, option["token"], option["valid_until_us"])
    assert late["status"] == (Reason.TOKEN_EXPIRED, Field.OPTION_TOKEN, -1)
    short = promise(plain_desk(quote_ttl_us=HOUR_US))
    assert short["valid_until_us"] == NOON_US + HOUR_US


def test_stock_gone_is_named_with_its_line() -> None:
    """When one position lacks the units the difference is STOCK, that line OUT_OF_STOCK, the others incomplete."""
    desk = plain_desk()
    token = promise(desk)["token"]
    desk.stock(1, 0, 0)
    found = redeem(desk, token)
    assert (found["outcome"], found["token_difference"], found["shipments"]) == (REFUSED, STOCK, [])
    assert [line[3] for line in found["lines"]] == [ORDER_INCOMPLETE, OUT_OF_STOCK]


def test_two_lines_of_one_sku_are_summed() -> None:
    """Units left for either line alone but not for both are STOCK."""
    desk = plain_desk()
    lines = [{"line_id": str(i), "sku": "shirt", "quantity": 3} for i in range(2)]
    token = promise(desk, lines)["token"]
    desk.stock(0, 0, 5)
    assert redeem(desk, token, lines=lines)["token_difference"] == STOCK


def test_routing_reserve_does_not_break_a_quote() -> None:
    """Units kept back from routing after the quote are still the channel's: the token is granted."""
    desk = plain_desk()
    token = promise(desk)["token"]
    desk.stock(0, 0, 2, 0, 2)
    assert redeem(desk, token)["outcome"] == GRANTED


def test_a_full_day_is_capacity() -> None:
    """When the bucket of the quoted ship day is full the difference is CAPACITY."""
    desk = plain_desk()
    token = promise(desk)["token"]
    desk.take(0, DAY0 + 1, 5)
    found = redeem(desk, token)
    assert found["token_difference"] == CAPACITY
    assert {line[3] for line in found["lines"]} == {NO_CAPACITY}


def test_stock_is_named_before_capacity() -> None:
    """With stock and capacity both gone the first difference is STOCK."""
    desk = plain_desk()
    token = promise(desk)["token"]
    desk.stock(0, 0, 0)
    desk.take(0, DAY0 + 1, 5)
    assert redeem(desk, token)["token_difference"] == STOCK


def changed(**changes: Any) -> int:
    """Return the difference that a token meets under a changed network version 2."""
    desk = plain_desk()
    token = promise(desk)["token"]
    desk.network(NetworkTables(plain_network(**changes), 2))
    return int(redeem(desk, token, NOON_US + HOUR_US)["token_difference"])


def test_an_equal_network_version_still_grants() -> None:
    """A new version that leaves the quote as it was, with services in another order, grants it."""
    order = [1, 0, 2]
    base = plain_network()
    assert changed() == 0
    assert (
        changed(
            service_ids=[base.service_ids[i] for i in order],
            **{name: getattr(base, name)[order] for name in ("service_level", "service_max_weight_g", "service_cod")},
            **{
                name: np.ascontiguousarray(getattr(base, name)[..., order])
                for name in ("lane_tariff", "lane_transit_min", "lane_transit_max", "slot_first", "slot_count")
            },
        )
        == 0
    )


def test_an_earlier_cutoff_is_cutoff_passed() -> None:
    """A hand-over that now closes before the reserve is CUTOFF_PASSED."""
    assert changed(slot_order_by=plain_network().slot_order_by - 4 * HOUR_US) == CUTOFF_PASSED


@pytest.mark.parametrize(
    "changes",
    [
        {"lane_transit_max": np.array([[[4, 1, 0]] * 3], dtype=np.uint8)},
        {"slot_handover": plain_network().slot_handover + HOUR_US},
        {"service_ids": ["road", "air", "counter"]},
        {"lane_tariff": np.full((1, 3, 3), -1, dtype=np.int32)},
        {"node_present": np.array([0, 1, 1], dtype=np.uint8)},
        {"service_max_weight_g": np.array([500, 10_000, 30_000], dtype=np.int64)},
    ],
)
def test_a_changed_network_is_named(changes: dict[str, Any]) -> None:
    """Other transit, hand-over, carrier service, lane, node or weight limit is NETWORK_CHANGED."""
    assert changed(**changes) == NETWORK_CHANGED


def test_a_paused_node_is_network_changed() -> None:
    """A node paused since the quote takes no new work: NETWORK_CHANGED."""
    desk = plain_desk()
    token = promise(desk)["token"]
    desk.node_status(0, 2)
    assert redeem(desk, token)["token_difference"] == NETWORK_CHANGED


def test_another_cost_is_price() -> None:
    """The same shipments at another tariff, or under another version of the policy, are PRICE."""
    assert changed(tariff_cost=np.array([[10, 21], [20, 40]], dtype=np.int64)) == PRICE
    assert changed(policies=(plain_policy(version=2, distance_micros_per_km_unit=2),)) == PRICE


def test_a_token_keeps_the_policy_it_was_quoted_with() -> None:
    """An option quoted by a named policy is redeemed by that policy, wherever it stands in the new version."""
    policies = (plain_policy(), plain_policy(name="nearest", distance_micros_per_km_unit=1000))
    desk = plain_desk(policies=policies)
    token = promise(desk, policy_name="nearest")["token"]
    desk.network(NetworkTables(plain_network(policies=policies[::-1]), 2))
    assert redeem(desk, token)["outcome"] == GRANTED


def test_one_shipment_of_a_thousand_lines_fits() -> None:
    """Lines cost no bytes while there is one shipment."""
    desk = plain_desk(sku_weight_g=np.array([1, 900, 30_000], dtype=np.int32))
    desk.stock(0, 0, 1000)
    lines = [{"line_id": f"{i}", "sku": "shirt", "quantity": 1} for i in range(1000)]
    token = promise(desk, lines)["token"]
    assert 0 < len(token) < 100
    assert redeem(desk, token, lines=lines)["outcome"] == GRANTED


@pytest.mark.parametrize(
    ("n_nodes", "n_lines", "fits"), [(3, 1000, True), (20, 500, True), (20, 1000, False), (33, 33, False)]
)
def test_a_plan_too_large_for_a_token_has_none(n_nodes: int, n_lines: int, fits: bool) -> None:
    """Where lines or shipments do not fit 512 bytes the option is quoted with an empty token."""
    skus = [f"k{i}" for i in range(n_lines)]
    net = plain_network(n_nodes, sku_weight_g=np.ones(n_lines, dtype=np.int32))
    desk = QuoteDesk(NetworkTables(net, 1), skus, [f"n{i}" for i in range(n_nodes)])
    for i in range(n_lines):
        desk.stock(i, i % n_nodes, 1)
    lines = [{"line_id": sku, "sku": sku, "quantity": 1} for sku in skus]
    option = promise(desk, lines)
    assert option["n_shipments"] == n_nodes
    assert (0 < len(option["token"]) <= 512) == fits
    if fits:
        assert redeem(desk, option["token"], lines=lines)["outcome"] == GRANTED
