"""Is the server ready."""

from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from fastdom_client.call import Call
from fastdom_client.fields import message
from fastdom_client.method import Method, TimeLimits

# Never repeated: a probe wants the answer of now.
HEALTH = Method(
    "/grpc.health.v1.Health/Check",
    HealthCheckRequest,
    HealthCheckResponse,
    TimeLimits(2.0, 2.0),
    retried=False,
)


def health(service: str = "", *, timeout_s: float | None = None) -> Call[HealthCheckRequest, HealthCheckResponse]:
    """Ask whether the server, or one of its services, is serving. NOT_SERVING is an answer, not an error."""
    return Call(HEALTH, message(HealthCheckRequest, service=service), timeout_s)
