"""Errors: native bytes equal to fastdom_server.errors, and that file equal to the contract's words."""

import re
from importlib import resources
from typing import Any

import pytest
from google.rpc import error_details_pb2, status_pb2
from hypothesis import given
from hypothesis import strategies as st
from tests.native.wire.results import TABLES

from fastdom.reasons import EngineError, Field, Kind, Reason
from fastdom_api.v1 import error_reason_pb2
from fastdom_api.v1.reservation_service_pb2 import CommitRequest, ReserveRequest
from fastdom_api.v1.routing_service_pb2 import RouteRequest
from fastdom_server import errors
from fastdom_server._wire.inspect import error_from_dict

REFUSALS = [reason for reason in Reason if reason]
RESERVE, ROUTE, COMMIT = 1, 2, 4
RESERVATION_ID = "0123456789abcdef" * 2


def reserve() -> bytes:
    message = ReserveRequest(request_id="r-1")
    for i in range(3):
        message.order.lines.add(line_id=f"L{i}", sku=f"SKU-{i}", quantity=-5, weight_g=7, group_id="g", node_id="N")
    message.order.order_id, message.order.channel, message.order.currency_code = "O-1", "fax", "USD"
    message.order.destination.address.country_code, message.order.destination.address.postal_code = "IN", "999999"
    message.order.service_level, message.order.payment, message.order.order_value_micros = 9, 8, -7  # type: ignore[assignment]
    return message.SerializeToString()


def native(method: int, request: bytes, reason: int, field: int, line_i: int, **more: Any) -> bytes:
    decided = more.pop("decided", True)
    number = more.pop("number", 0)
    result = {"reason": reason, "field": field, "line_i": line_i, **more}
    return bytes(error_from_dict(method, request, result, TABLES, decided, number))


def facts_of(status: status_pb2.Status) -> dict[str, str]:
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    return dict(info.metadata)


def agreed(method: int, request: bytes, reason: int, field: int, line_i: int, **more: Any) -> dict[str, str]:
    """Facts of the native status, which is what errors.refusal builds of these facts, byte by byte."""
    data = native(method, request, reason, field, line_i, **more)
    facts = facts_of(status_pb2.Status.FromString(data))
    rebuilt = errors.refusal(method, reason, field, line_i, facts)
    assert data == rebuilt.SerializeToString(deterministic=True)
    fixed = errors.fixed_facts(reason, field)
    assert fixed.items() <= facts.items()
    return facts


@given(
    reason=st.sampled_from(REFUSALS), field=st.sampled_from(Field), line_i=st.integers(-1, 3), decided=st.booleans(),
    number=st.integers(-(2**63), 2**63 - 1),
)  # fmt: skip
def test_bytes_are_equal(reason: Reason, field: Field, line_i: int, decided: bool, number: int) -> None:
    """Any reason about any field gives the bytes that the generated classes make."""
    agreed(RESERVE, reserve(), reason, field, line_i, decided=decided, number=number)
    commit = CommitRequest(reservation_id=RESERVATION_ID).SerializeToString()
    agreed(COMMIT, commit, reason, field, line_i, decided=decided, number=number)


@pytest.mark.parametrize(
    ("reason", "field", "line_i", "facts"),
    [
        (Reason.UNKNOWN_SKU, Field.SKU, 2, {"field": "order.lines[2].sku", "value": "SKU-2"}),
        (
            Reason.INVALID_QUANTITY, Field.QUANTITY, 1,
            {"field": "order.lines[1].quantity", "value": "-5", "allowed": "1 .. 1000000"},
        ),
        (
            Reason.CURRENCY_MISMATCH, Field.CURRENCY_CODE, -1,
            {"field": "order.currency_code", "value": "USD", "expected": "INR"},
        ),
        (Reason.UNKNOWN_CHANNEL, Field.CHANNEL, -1, {"field": "order.channel", "value": "fax"}),
        (
            Reason.UNKNOWN_POSTAL_CODE, Field.POSTAL_CODE, -1,
            {"field": "order.destination.address.postal_code", "value": "999999", "country": "IN"},
        ),
        (Reason.UNKNOWN_SERVICE_LEVEL, Field.SERVICE_LEVEL, -1, {"field": "order.service_level", "value": "9"}),
        (Reason.ID_TOO_LONG, Field.REQUEST_ID, -1, {"field": "request_id", "value": "3", "limit": "36"}),
        (Reason.OVERLOADED, Field.NONE, -1, {}),
        (Reason.EMPTY_ORDER, Field.LINES, -1, {"field": "order.lines"}),
    ],
)  # fmt: skip
def test_facts_of_the_request(reason: Reason, field: Field, line_i: int, facts: dict[str, str]) -> None:
    """The field's path, the offending value and the limit are told."""
    assert agreed(RESERVE, reserve(), reason, field, line_i) == facts


def test_facts_of_the_decoder() -> None:
    """A number that the decoder refused is told, though no Command holds it."""
    facts = agreed(RESERVE, b"", Reason.TOO_MANY_LINES, Field.LINES, -1, decided=False, number=1_001)
    assert facts == {"field": "order.lines", "value": "1001", "limit": "1000"}
    facts = agreed(RESERVE, b"", Reason.INVALID_FIELD, Field.WEIGHT, 0, decided=False, number=-4)
    assert facts == {"field": "order.lines[0].weight_g", "value": "-4", "allowed": "0 .. 10000000"}
    assert agreed(RESERVE, b"\x0a", Reason.MALFORMED, Field.NONE, -1, decided=False) == {
        "message": "fastdom.v1.ReserveRequest"
    }


def test_facts_of_a_reservation() -> None:
    """Errors about a reservation name it, and when its hold ran out."""
    commit = CommitRequest(reservation_id=RESERVATION_ID).SerializeToString()
    expired = agreed(COMMIT, commit, Reason.RESERVATION_EXPIRED, Field.NONE, -1, expires_at_us=77)
    assert expired == {"reservation_id": RESERVATION_ID, "expired_at_us": "77"}
    missing = agreed(COMMIT, commit, Reason.RESERVATION_NOT_FOUND, Field.RESERVATION_ID, -1)
    assert missing == {"field": "reservation_id", "value": RESERVATION_ID}


def test_facts_of_a_policy() -> None:
    """An unknown policy is told with its version."""
    route = RouteRequest()
    route.policy.name, route.policy.version = "greenest", 3
    facts = agreed(ROUTE, route.SerializeToString(), Reason.UNKNOWN_POLICY, Field.POLICY, -1)
    assert (facts["value"], facts["version"]) == ("greenest", "3")


@pytest.mark.parametrize("text", ["x" * 64, "x" * 65, "क" * 40, "x" + "🧵" * 40, "x" * 100_000])
def test_long_values_are_cut(text: str) -> None:
    """A value is told back up to 64 bytes, whole characters only."""
    message = ReserveRequest()
    message.order.channel = text
    facts = agreed(RESERVE, message.SerializeToString(), Reason.UNKNOWN_CHANNEL, Field.CHANNEL, -1)
    assert text.startswith(facts["value"])
    assert 60 < len(facts["value"].encode()) <= 64


def test_an_unknown_reason_is_internal() -> None:
    """A number that is no reason is told as INTERNAL."""
    data = native(RESERVE, b"", 99, 0, -1)
    assert data == errors.status(Reason.INTERNAL).SerializeToString(deterministic=True)


# --- errors.py and the contract


def documented_codes() -> dict[str, str]:
    """First gRPC code in the comment of each reason of error_reason.proto."""
    text = resources.files("fastdom_api.v1").joinpath("error_reason.proto").read_text()
    pattern = r"// Code: (\w+)[^;]*?ERROR_REASON_(\w+) ="
    return {name: code for code, name in re.findall(pattern, text)}


def test_codes_are_the_documented_ones() -> None:
    """Every reason of the contract has the gRPC code that its comment states."""
    documented = documented_codes()
    assert len(documented) == len(error_reason_pb2.ErrorReason.values()) - 1
    assert {reason.name: errors.CODES[reason].name for reason in REFUSALS} == documented


@pytest.mark.parametrize("reason", REFUSALS)
def test_every_error_has_one_error_info(reason: Reason) -> None:
    """The details are one ErrorInfo of the domain, a BadRequest only for bad input, a RetryInfo only where it helps."""
    status = errors.refusal(Kind.RESERVE, reason, Field.CHANNEL)
    kinds = [detail.type_url.rpartition(".")[2] for detail in status.details]
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert (info.reason, info.domain) == (reason.name, "fastdom")
    assert kinds[1:] == ["BadRequest"] * errors.is_bad_input(reason) + ["RetryInfo"] * (reason in errors.RETRY_MS)


def test_of_error() -> None:
    """An EngineError becomes the status of its numbers."""
    error = EngineError(Reason.INVALID_QUANTITY, Field.QUANTITY, 2, kind=Kind.ROUTE)
    assert errors.of_error(error) == errors.refusal(Kind.ROUTE, Reason.INVALID_QUANTITY, Field.QUANTITY, 2)
    assert errors.of_error(error).message.startswith("order.lines[2].quantity: ")


def test_own_words_and_delay() -> None:
    """A caller may give its own sentence, facts and delay."""
    status = errors.status(Reason.OVERLOADED, facts={"what": "calls"}, message="busy", retry_ms=1_250)
    retry = error_details_pb2.RetryInfo()
    assert status.message == "busy"
    assert status.details[1].Unpack(retry)
    assert retry.retry_delay.ToMilliseconds() == 1_250
    assert errors.trailers(b"x") == (("grpc-status-details-bin", b"x"),)
    assert errors.message_of(status.SerializeToString()) == "busy"
