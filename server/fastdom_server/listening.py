"""The server's address: bound once, never shared, told with its real port."""

import grpc.aio

PORT_MAX = 65_535
"""gRPC takes a larger port modulo 65,536 without a word."""


class AddressInvalid(Exception):
    """The address is not one that could be bound anywhere; the message is one readable line."""

    def __init__(self, address: str) -> None:
        super().__init__(f"cannot listen on {address!r}: give host:port with a port of 0 .. 65535, or unix:/path")


class AddressInUse(Exception):
    """The address cannot be bound; the message is one readable line."""

    def __init__(self, address: str) -> None:
        super().__init__(f"cannot listen on {address}: the address is in use, or not one of this machine")


def bind(server: grpc.aio.Server, address: str) -> str:
    """Bind and return the address with its real port.

    Raises
    ------
    AddressInvalid, AddressInUse
    """
    host, _, number = address.rpartition(":")
    if not address.startswith("unix:") and not (host and number.isdecimal() and int(number) <= PORT_MAX):
        raise AddressInvalid(address)
    try:
        port = server.add_insecure_port(address)
    except RuntimeError:
        raise AddressInUse(address) from None
    if address.startswith("unix:"):
        return address
    return f"{address.rpartition(':')[0]}:{port}"
