"""Errors: one class per kind of status, with every fact of the answer."""

import grpc
import pytest
from fake_server import failure
from google.rpc.error_details_pb2 import ErrorInfo

from fastdom_client import errors
from fastdom_client.errors import FastdomError, from_call, from_status


@pytest.mark.parametrize("code", [code for code in grpc.StatusCode if code is not grpc.StatusCode.OK])
def test_every_status_code_has_its_class(code: grpc.StatusCode) -> None:
    """A status becomes the class of its code, and a ServerError when it has none."""
    error = from_status(failure(code, "SOME_REASON"))
    assert type(error) is errors.BY_CODE.get(code, errors.ServerError)
    assert error.code is code
    assert error.reason == "SOME_REASON"
    assert error.answered


def test_facts_are_read() -> None:
    """Reason, field, metadata, violations and RetryInfo of a status are attributes of the error."""
    error = from_status(
        failure(
            grpc.StatusCode.INVALID_ARGUMENT,
            "INVALID_QUANTITY",
            "quantity must be positive",
            metadata={"field": "order.lines[2].quantity", "value": "0"},
            violations=[("order.lines[2].quantity", "0 is not in 1 .. 1000000"), ("order.channel", "empty")],
            retry_after_s=1.5,
        )
    )
    assert isinstance(error, errors.InvalidRequestError)
    assert error.field == "order.lines[2].quantity"
    assert error.metadata["value"] == "0"
    assert error.violations[1] == ("order.channel", "empty")
    assert error.retry_after_s == 1.5
    assert str(error) == "INVALID_QUANTITY at order.lines[2].quantity: quantity must be positive"


def test_field_comes_from_the_violation_when_metadata_names_none() -> None:
    """BadRequest alone is enough to name the field."""
    error = from_status(failure(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", violations=[("ttl", "too long")]))
    assert error.field == "ttl"


def test_foreign_error_info_is_not_an_answer() -> None:
    """ErrorInfo of another domain, as from a proxy, does not count as an answer of fastdom."""
    status = failure(grpc.StatusCode.UNAVAILABLE, "PROXY_DOWN")
    info = ErrorInfo(reason="PROXY_DOWN", domain="proxy.example")
    status.details[0].Pack(info)
    error = from_status(status)
    assert error.reason == ""
    assert not error.answered


def test_trailers_carry_the_status() -> None:
    """The details of a failed call are found in its trailing metadata, whether bytes or text."""
    status = failure(grpc.StatusCode.NOT_FOUND, "RESERVATION_NOT_FOUND", "no such reservation")
    error = from_call(
        grpc.StatusCode.NOT_FOUND, "no such reservation", [("x", "y"), (errors.DETAILS_KEY, status.SerializeToString())]
    )
    assert (type(error), error.reason) == (errors.NotFoundError, "RESERVATION_NOT_FOUND")


@pytest.mark.parametrize(
    "trailer",
    [b"\xff\xff\xff", failure(grpc.StatusCode.NOT_FOUND, "RESERVATION_NOT_FOUND").SerializeToString()],
    ids=["malformed", "of another code"],
)
def test_unusable_details_are_left_aside(trailer: bytes) -> None:
    """Details that are broken or contradict the call's code leave an error of code and text."""
    error = from_call(grpc.StatusCode.INTERNAL, "text", [(errors.DETAILS_KEY, trailer)])
    assert (type(error), error.message, error.reason) == (errors.ServerError, "text", "")


def test_missing_text_falls_back_to_the_code() -> None:
    """An error without text says its code."""
    error = from_call(grpc.StatusCode.UNAVAILABLE, None, ())
    assert str(error) == "UNAVAILABLE: UNAVAILABLE"
    assert isinstance(error, FastdomError)
