"""Calls of ExceptionService."""

from collections.abc import Iterable

from fastdom_api.v1.exception_service_pb2 import (
    ExceptionKind,
    ExceptionRecord,
    ListExceptionsRequest,
    ListExceptionsResponse,
    ResolveExceptionRequest,
    ResolveExceptionResponse,
)
from fastdom_client.call import Call, Pages, call
from fastdom_client.fields import message
from fastdom_client.identity import copied
from fastdom_client.method import BULK, CHANGE, Method
from fastdom_client.values import Name, When, enum_values, timestamp

SERVICE = "/fastdom.v1.ExceptionService"
LIST_EXCEPTIONS = Method(f"{SERVICE}/ListExceptions", ListExceptionsRequest, ListExceptionsResponse, BULK)
RESOLVE_EXCEPTION = Method(f"{SERVICE}/ResolveException", ResolveExceptionRequest, ResolveExceptionResponse, CHANGE)


def list_exceptions(
    *,
    kinds: Iterable[Name] = (),
    node_id: str = "",
    include_resolved: bool = False,
    after_exception_id: int = 0,
    page_size: int = 0,
    timeout_s: float | None = None,
) -> Pages[ListExceptionsResponse, ExceptionRecord]:
    """List exceptions in the order they were raised, up to those there are now.

    Parameters
    ----------
    kinds : iterable of int or str
        Such as ["STRANDED"]; empty = any.
    node_id : str
        Only at this node.
    include_resolved : bool
        Also those already resolved.
    after_exception_id : int
        Only those raised after this one; remember the last you saw.
    page_size : int
        Most on a page; 0 = the server's default.
    timeout_s : float
        Time limit of each page over all attempts in seconds.
    """
    request = message(
        ListExceptionsRequest,
        kinds=enum_values("kinds", ExceptionKind, "EXCEPTION_KIND_", kinds),
        node_id=node_id,
        include_resolved=include_resolved,
        after_exception_id=after_exception_id,
        page_size=page_size,
    )
    return Pages(call(LIST_EXCEPTIONS, request, timeout_s), lambda page: page.exceptions, _after_cursor)


def resolve_exception(
    exception_id: int,
    note: str = "",
    *,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[ResolveExceptionRequest, ResolveExceptionResponse]:
    """Mark an exception as resolved, with a note of what was done about it."""
    request = message(
        ResolveExceptionRequest,
        request_id=request_id,
        exception_id=exception_id,
        note=note,
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(RESOLVE_EXCEPTION, request, timeout_s)


def _after_cursor(
    sent: Call[ListExceptionsRequest, ListExceptionsResponse], page: ListExceptionsResponse
) -> Call[ListExceptionsRequest, ListExceptionsResponse] | None:
    """Return the call for what comes after the last exception the page looked at."""
    if not page.has_more:
        return None
    request = copied(sent.request)
    request.after_exception_id = page.last_exception_id
    return Call(sent.method, request, sent.timeout_s)
