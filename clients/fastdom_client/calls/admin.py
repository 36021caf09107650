"""Calls of AdminService."""

from fastdom_api.v1.admin_service_pb2 import (
    CheckpointRequest,
    CheckpointResponse,
    DigestRequest,
    DigestResponse,
    GetBuildInfoRequest,
    GetBuildInfoResponse,
)
from fastdom_client.call import Call, call
from fastdom_client.method import HOT, WHOLE, Method

SERVICE = "/fastdom.v1.AdminService"
CHECKPOINT = Method(f"{SERVICE}/Checkpoint", CheckpointRequest, CheckpointResponse, WHOLE)
DIGEST = Method(f"{SERVICE}/Digest", DigestRequest, DigestResponse, WHOLE)
GET_BUILD_INFO = Method(f"{SERVICE}/GetBuildInfo", GetBuildInfoRequest, GetBuildInfoResponse, HOT)


def checkpoint(*, timeout_s: float | None = None) -> Call[CheckpointRequest, CheckpointResponse]:
    """Write a checkpoint, so that recovery starts from it."""
    return call(CHECKPOINT, CheckpointRequest(), timeout_s)


def digest(*, timeout_s: float | None = None) -> Call[DigestRequest, DigestResponse]:
    """Compute the digest of the state, to compare a replay or a copy with the live server."""
    return call(DIGEST, DigestRequest(), timeout_s)


def build_info(*, timeout_s: float | None = None) -> Call[GetBuildInfoRequest, GetBuildInfoResponse]:
    """Tell which build runs, with which settings and limits."""
    return call(GET_BUILD_INFO, GetBuildInfoRequest(), timeout_s)
