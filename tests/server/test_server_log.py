"""What the server's log leaves out of gRPC's own lines."""

import logging

import pytest

from fastdom_server.__main__ import worth_telling


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ExecuteBatchError raised in core by servicer method [/fastdom.v1.RoutingService/Route]", False),
        ("Unexpected [ValueError] raised by servicer method [/fastdom.v1.RoutingService/Route]", True),
    ],
)
def test_callers_that_went_away_leave_no_traceback(said: str, told: bool) -> None:
    """gRPC's traceback of a reply that nobody waits for is left out; other errors of its core are told."""
    record = logging.LogRecord("grpc._cython.cygrpc", logging.ERROR, "server.pyx.pxi", 1, said, (), None)
    assert worth_telling(record) is told
