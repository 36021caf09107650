"""How a client connects: address, credentials, connection settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import grpc

# Where `fastdom serve` listens and a client connects when nothing else is said.
DEFAULT_SERVER = "127.0.0.1:7443"

# Replies are bounded by their RPC (at most 65,536 positions, 1,024 batch items); the server bounds requests.
MESSAGE_BYTES_MAX = 64 * 1024 * 1024


def user_agent() -> str:
    """Return the name the client gives itself."""
    try:
        return f"fastdom-client-python/{version('fastdom')}"
    except PackageNotFoundError:
        return "fastdom-client-python"


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """Settings of the connection.

    Attributes
    ----------
    credentials : grpc.ChannelCredentials or None
        TLS or mutual TLS as made by `grpc.ssl_channel_credentials`; None = no encryption.
    local_subchannel_pool : bool
        True = connections of its own, not shared with other clients of the process. Load generators want this: with it
        every client is one connection, without it all clients of one address share one.
    keepalive_time_s : float
        Ping a quiet connection that has calls under way after this time, in seconds.
    keepalive_timeout_s : float
        Count the connection as dead when the ping has no answer by then, in seconds.
    reconnect_min_s, reconnect_max_s : float
        Wait between attempts to connect, growing from the first to the second, in seconds.
    connect_timeout_s : float
        Give up one attempt to connect after this time, in seconds.
    use_http_proxy : bool
        Whether the environment's http_proxy applies. Off: the server is nearly always inside the network.
    user_agent : str
        Put before gRPC's own.
    arguments : sequence of (str, int or str)
        Further gRPC channel arguments; they win over those above.
    """

    credentials: grpc.ChannelCredentials | None = None
    local_subchannel_pool: bool = False
    keepalive_time_s: float = 60.0
    keepalive_timeout_s: float = 10.0
    reconnect_min_s: float = 0.1
    reconnect_max_s: float = 1.0
    connect_timeout_s: float = 5.0
    use_http_proxy: bool = False
    user_agent: str = ""
    arguments: Sequence[tuple[str, int | str]] = ()

    def channel_arguments(self) -> list[tuple[str, int | str]]:
        """Return the gRPC channel arguments, one per name.

        gRPC's own retries are off: it does not know which error says when to come back, and attempts would multiply.
        """
        arguments: dict[str, int | str] = {
            "grpc.primary_user_agent": self.user_agent or user_agent(),
            "grpc.enable_retries": 0,
            "grpc.enable_http_proxy": int(self.use_http_proxy),
            "grpc.use_local_subchannel_pool": int(self.local_subchannel_pool),
            "grpc.keepalive_time_ms": round(self.keepalive_time_s * 1000),
            "grpc.keepalive_timeout_ms": round(self.keepalive_timeout_s * 1000),
            "grpc.keepalive_permit_without_calls": 0,
            "grpc.initial_reconnect_backoff_ms": round(self.reconnect_min_s * 1000),
            "grpc.min_reconnect_backoff_ms": round(self.connect_timeout_s * 1000),
            "grpc.max_reconnect_backoff_ms": round(self.reconnect_max_s * 1000),
            "grpc.max_receive_message_length": MESSAGE_BYTES_MAX,
            "grpc.max_send_message_length": MESSAGE_BYTES_MAX,
        }
        arguments.update(self.arguments)
        return list(arguments.items())


DEFAULT_OPTIONS = ConnectionOptions()
