"""The server's address: bound once, never shared, told with its real port."""

import grpc.aio


class AddressInUse(Exception):
    """The address cannot be bound; the message is one readable line."""

    def __init__(self, address: str) -> None:
        super().__init__(f"cannot listen on {address}: the address is in use, or not one of this machine")


def bind(server: grpc.aio.Server, address: str) -> str:
    """Bind and return the address with its real port.

    Raises
    ------
    AddressInUse
    """
    try:
        port = server.add_insecure_port(address)
    except RuntimeError:
        raise AddressInUse(address) from None
    if address.startswith("unix:"):
        return address
    return f"{address.rpartition(':')[0]}:{port}"
