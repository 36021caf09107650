"""Client of fastdom: `Client`, `AsyncClient`, and builders of what they send. See docs/client.md."""

from fastdom_client import calls
from fastdom_client.async_client import AsyncClient
from fastdom_client.batches import outcomes
from fastdom_client.call import Call
from fastdom_client.client import Client
from fastdom_client.errors import (
    AccessError,
    CancelledCallError,
    ConflictError,
    DeadlineError,
    FastdomError,
    InvalidRequestError,
    NotFoundError,
    OverloadedError,
    PreconditionError,
    RequestIdReusedError,
    ServerError,
    UnavailableError,
    UnsupportedError,
    from_status,
)
from fastdom_client.identity import new_request_id
from fastdom_client.options import DEFAULT_SERVER, ConnectionOptions
from fastdom_client.orders import line, order
from fastdom_client.retry import RetryPolicy

__all__ = [
    "DEFAULT_SERVER",
    "AccessError",
    "AsyncClient",
    "Call",
    "CancelledCallError",
    "Client",
    "ConflictError",
    "ConnectionOptions",
    "DeadlineError",
    "FastdomError",
    "InvalidRequestError",
    "NotFoundError",
    "OverloadedError",
    "PreconditionError",
    "RequestIdReusedError",
    "RetryPolicy",
    "ServerError",
    "UnavailableError",
    "UnsupportedError",
    "calls",
    "from_status",
    "line",
    "new_request_id",
    "order",
    "outcomes",
]
