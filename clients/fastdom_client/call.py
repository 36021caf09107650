"""A call as a value: what to send where, with the id it keeps on every attempt. Sending is the transport's work."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

from fastdom_client.fields import seconds
from fastdom_client.identity import copied, identified
from fastdom_client.method import Method

RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT", bound=Message)
RequestT_co = TypeVar("RequestT_co", bound=Message, covariant=True)
ResponseT_co = TypeVar("ResponseT_co", bound=Message, covariant=True)
ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Call(Generic[RequestT_co, ResponseT_co]):
    """One logical call; sending it again is a repeat of the same call, never a second one.

    Attributes
    ----------
    method : Method
        The RPC.
    request : Message
        The message, with its request_id where the RPC is remembered.
    timeout_s : float or None
        Time limit over all attempts in seconds; None = the client's or the method's default.
    """

    method: Method[RequestT_co, ResponseT_co]
    request: RequestT_co
    timeout_s: float | None = None

    def __post_init__(self) -> None:
        seconds("timeout_s", self.timeout_s)

    @property
    def request_id(self) -> str:
        """The request_id it is sent with; empty for reads and batches."""
        return str(getattr(self.request, "request_id", ""))


@dataclass(frozen=True, slots=True)
class StreamCall(Generic[RequestT_co, ResponseT_co]):
    """One logical call that sends several messages and gets one answer; repeated as a whole."""

    method: Method[RequestT_co, ResponseT_co]
    requests: Sequence[RequestT_co]
    timeout_s: float | None = None
    request_id: str = ""

    def __post_init__(self) -> None:
        seconds("timeout_s", self.timeout_s)


@dataclass(frozen=True, slots=True)
class Pages(Generic[ResponseT, ItemT]):
    """A list read page by page: the first call, the items of a page, and the call for the page after it."""

    first: Call[Any, ResponseT]
    items: Callable[[ResponseT], Iterable[ItemT]]
    after: Callable[[Call[Any, ResponseT], ResponseT], Call[Any, ResponseT] | None]


def call(
    method: Method[RequestT, ResponseT], request: RequestT, timeout_s: float | None = None
) -> Call[RequestT, ResponseT]:
    """Return the call of a method with this message; ids the message lacks are given to it here, once."""
    return Call(method, identified(request), timeout_s)


def after_token(sent: Call[Any, ResponseT], page: ResponseT) -> Call[Any, ResponseT] | None:
    """Return the call for the page that `next_page_token` names, None after the last one."""
    reply: Any = page
    if not reply.next_page_token:
        return None
    request = copied(sent.request)
    request.page_token = reply.next_page_token
    return Call(sent.method, request, sent.timeout_s)
