"""An uploaded network: what is wrong with it is told in full."""

import pytest
from google.rpc import error_details_pb2, status_pb2

from fastdom.engine.errors import NetworkRefused, NetworkShrinks
from fastdom.network import Problem
from fastdom_api.v1 import network_service_pb2 as pb2
from fastdom_server.interceptors import Refused
from fastdom_server.services.loading import document_of, files_of, invalid_status, refused_status


def details(status: status_pb2.Status) -> tuple[error_details_pb2.ErrorInfo, error_details_pb2.BadRequest]:
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    assert sum(detail.Unpack(info) for detail in status.details) == 1
    for detail in status.details:
        detail.Unpack(bad)
    return info, bad


def upload(*names: str) -> pb2.LoadNetworkRequest:
    return pb2.LoadNetworkRequest(files=[pb2.NetworkFile(name=name, content=b"") for name in names])


@pytest.mark.parametrize(
    ("request_", "reason", "field"),
    [
        (upload(), "INVALID_FIELD", "files"),
        (upload("a", "b", "a"), "INVALID_FIELD", "files[2].name"),
        (upload(*map(str, range(257))), "TOO_MANY_ITEMS", "files"),
    ],
)
def test_files(request_: pb2.LoadNetworkRequest, reason: str, field: str) -> None:
    """No files, too many, or a name given twice is refused by name."""
    with pytest.raises(Refused) as refusal:
        files_of(request_)
    info, bad = details(refusal.value.status)
    assert (info.reason, bad.field_violations[0].field) == (reason, field)


def test_findings_are_told_with_file_line_and_field() -> None:
    """Each finding is a violation, the first one's place is in the facts."""
    with pytest.raises(Refused) as refusal:
        document_of({"network.toml": b"format = 1\n", "zones.csv": b"zone,colour\n1,red\n"})
    info, bad = details(refusal.value.status)
    assert info.reason == "NETWORK_INVALID"
    assert int(info.metadata["count"]) == len(bad.field_violations)
    assert "zones.csv:1" in {
        violation.field.rpartition(":")[0] or violation.field for violation in bad.field_violations
    }
    assert refusal.value.status.message


def test_findings_fit_the_trailers() -> None:
    """However many findings there are, the status stays under what clients take in trailers; `count` tells all."""
    problems = [
        Problem("skus.csv", line, "weight_g", "must be 1 .. 10000000, got " + "x" * 80) for line in range(1, 1_001)
    ]
    status = invalid_status(problems, 5_000)
    info, bad = details(status)
    assert status.ByteSize() < 6_500
    assert 10 < len(bad.field_violations) < 1_000
    assert info.metadata["count"] == "5000"


def test_a_network_that_shrinks() -> None:
    """What would vanish is named."""
    info, _ = details(refused_status(NetworkShrinks("nodes", ["BLR-1", "BLR-2"], 2)))
    assert (info.reason, info.metadata["value"]) == ("NETWORK_SHRINKS", "BLR-1")
    info, _ = details(refused_status(NetworkRefused("4,096 nodes, limit 4,095")))
    assert info.reason == "LIMIT_EXCEEDED"
