"""One RPC as the transport needs to know it: path, types, time limits, whether a repeat is safe."""

from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from google.protobuf.message import Message

RequestT_co = TypeVar("RequestT_co", bound=Message, covariant=True)
ResponseT_co = TypeVar("ResponseT_co", bound=Message, covariant=True)


class TimeLimits(NamedTuple):
    """Default time limits of a method, in seconds.

    Attributes
    ----------
    call_s : float
        Of the whole call, all attempts and the waits between them included.
    attempt_s : float
        Of one attempt: a lost answer costs no more than this before the call is tried again.
    """

    call_s: float
    attempt_s: float


# Decided in microseconds: what a checkout can wait for.
HOT = TimeLimits(5.0, 1.5)

# Changes that must not be given up lightly: long enough to outlast a restart of the server.
CHANGE = TimeLimits(15.0, 3.0)

# Up to 1,024 items, or a page of a list.
BULK = TimeLimits(30.0, 10.0)

# Work over the whole state: an attempt that takes long is not lost.
WHOLE = TimeLimits(300.0, 300.0)


@dataclass(frozen=True, slots=True)
class Method(Generic[RequestT_co, ResponseT_co]):
    """One RPC.

    Attributes
    ----------
    path : str
        As on the wire, such as "/fastdom.v1.RoutingService/Route".
    request_type, response_type : type of Message
        What goes in and comes out.
    limits : TimeLimits
        Defaults; a client and a call may set their own.
    retried : bool
        Whether a failed attempt may be repeated. All RPCs of fastdom.v1 are reads or idempotent by request_id.
    """

    path: str
    request_type: type[RequestT_co]
    response_type: type[ResponseT_co]
    limits: TimeLimits
    retried: bool = True
