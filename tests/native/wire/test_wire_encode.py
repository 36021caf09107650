"""The native encoder writes exactly the bytes that the generated classes serialize."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.native.wire import results, twin_encode
from tests.native.wire.messages import REPLIES

from fastdom_api.v1.reservation_service_pb2 import GetReservationRequest, ReserveRequest, ReserveResponse
from fastdom_server._wire.inspect import encode_from_dict

METHODS = pytest.mark.parametrize("method", REPLIES, ids=[cls.DESCRIPTOR.name for cls in REPLIES.values()])
SEEDS = st.integers(0, 2**64 - 1)
RESERVE, GET = 1, 8


def case(method: int, seed: int) -> tuple[bytes, dict[str, Any], bytes]:
    """A request, a result and the reply's bytes."""
    rng = random.Random(seed)
    request, n_lines = results.request(method, rng)
    result = results.result(method, n_lines, rng)
    expected = twin_encode.encode(method, request, result, results.TABLES, 17)
    return request.SerializeToString(), result, expected


@METHODS
@given(seed=SEEDS)
@settings(max_examples=200, deadline=None)
def test_bytes_are_equal(method: int, seed: int) -> None:
    """Any Result becomes the bytes that the generated classes make of the same content."""
    request, result, expected = case(method, seed)
    got = encode_from_dict(method, request, result, results.TABLES, 17)
    if got != expected:
        assert REPLIES[method].FromString(got) == REPLIES[method].FromString(expected)
    assert got == expected


@METHODS
@given(seed=SEEDS, missing=st.integers(0, 4_000))
@settings(max_examples=100, deadline=None)
def test_a_small_buffer(method: int, seed: int, missing: int) -> None:
    """A buffer that is too small is never written past its front: the reply is whole or there is none."""
    request, result, expected = case(method, seed)
    got = encode_from_dict(method, request, result, results.TABLES, 17, out_max=max(0, len(expected) + 2_000 - missing))
    assert got in (None, expected)


def test_the_slack_is_enough() -> None:
    """A buffer of the reply's size and the writer's slack takes the reply."""
    request, result, expected = case(RESERVE, 3)
    assert encode_from_dict(RESERVE, request, result, results.TABLES, 17, out_max=len(expected) + 1_100) == expected


def test_a_repeated_answer_has_no_diagnostics() -> None:
    """The plan and decision_us of a repeated answer are left out."""
    request = ReserveRequest(request_id="r")
    request.order.lines.add(line_id="L", sku="S", quantity=1)
    result = {"outcome": 1, "shipments": [{}], "allocations": [{"granted": 1}], "has_reservation": 1, "total_micros": 5}
    for repeated in (0, 1):
        data = encode_from_dict(
            RESERVE, request.SerializeToString(), {**result, "repeated": repeated}, results.TABLES, 9
        )
        reply = ReserveResponse.FromString(data)
        assert reply.HasField("plan") == (not repeated)
        assert reply.decision_us == (0 if repeated else 9)


@pytest.mark.parametrize("service_i", [-1, 3, 4_000])
def test_an_unknown_carrier_service_has_no_name(service_i: int) -> None:
    """A carrier service that the network version does not have leaves the field empty."""
    shipments, allocations = [{"service_i": service_i}], [{"granted": 1}]
    result = {"has_reservation": 1, "shipments": shipments, "allocations": allocations, "state": 1}
    request = GetReservationRequest(reservation_id="0" * 32).SerializeToString()
    data = encode_from_dict(GET, request, result, results.TABLES)
    assert data is not None
    assert b"delhivery" not in data


def test_the_largest_reply() -> None:
    """A reply of 1,000 lines, each its own shipment with the longest names, fits what reply_max says."""
    request = ReserveRequest(request_id="r")
    request.order.order_id = "o" * 64
    for i in range(1_000):
        request.order.lines.add(line_id=f"{i:064d}", sku="S", quantity=1)
    big = 2**31 - 1
    result = {
        "outcome": 1, "has_reservation": 1, "channel_i": 0, "state": 1, "seq": 2**62, "total_micros": 2**61,
        "shipments": [
            {
                "node_i": 3, "service_i": 2, "ship_day": big, "capacity_taken": 1, "distance_m": big, "weight_g": 2**53,
                "order_by_us": 2**57, "ship_at_us": 2**57, "arrive_from_us": 2**57, "arrive_by_us": 2**57,
                "raw_micros": [2**50] * 13, "cost_micros": [2**50] * 13,
            }
        ] * 1_000,
        "allocations": [
            {"line_i": i, "sku_i": 8, "node_i": 3, "shipment_i": i, "granted": big, "fulfilled": 5}
            for i in range(1_000)
        ],
        "lines": [{"granted": big, "shortfall": big, "available_after": big, "reason": 11}] * 1_000,
    }  # fmt: skip
    out_max = 8_192 + 1_000 * 1_536
    data = encode_from_dict(RESERVE, request.SerializeToString(), result, results.TABLES, 17, out_max=out_max)
    assert data == twin_encode.encode(RESERVE, request, result, results.TABLES, 17)
