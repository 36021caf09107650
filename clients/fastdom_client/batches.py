"""Results of a batch as plain values."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from google.rpc.status_pb2 import Status

from fastdom_client.errors import FastdomError, from_status

ResponseT_co = TypeVar("ResponseT_co", covariant=True)
ResponseT = TypeVar("ResponseT")


class BatchResult(Protocol[ResponseT_co]):
    """An item of a batch reply: a response or an error."""

    @property
    def response(self) -> ResponseT_co: ...
    @property
    def error(self) -> Status: ...
    def HasField(self, field_name: str) -> bool: ...


class BatchResponse(Protocol[ResponseT_co]):
    """A batch reply."""

    @property
    def results(self) -> Iterable[BatchResult[ResponseT_co]]: ...


def outcomes(reply: BatchResponse[ResponseT]) -> list[ResponseT | FastdomError]:
    """Return per item of a batch its response, or the error it would have raised by itself; in the order sent."""
    return [from_status(item.error) if item.HasField("error") else item.response for item in reply.results]
