"""ExceptionService: requests to dataclasses and back, results to messages."""

from fastdom.reasons import Field, Kind, Reason
from fastdom.types import (
    ExceptionKind,
    ExceptionPage,
    ExceptionRecord,
    ExceptionResult,
    ListExceptionsRequest,
    ResolveExceptionRequest,
)
from fastdom_api.v1 import exception_service_pb2 as pb2
from fastdom_server.codec.moments import number, timestamp, timestamp_us, word


def decode_list_exceptions(message: pb2.ListExceptionsRequest) -> ListExceptionsRequest:
    return ListExceptionsRequest(
        kinds=tuple(
            word(ExceptionKind, kind, Reason.INVALID_FIELD, Field.KINDS, Kind.NONE, line_i=i)
            for i, kind in enumerate(message.kinds)
        ),
        node_id=message.node_id,
        include_resolved=message.include_resolved,
        after_exception_id=message.after_exception_id,
        page_size=message.page_size,
    )


def encode_list_exceptions_request(request: ListExceptionsRequest) -> pb2.ListExceptionsRequest:
    return pb2.ListExceptionsRequest(
        kinds=[number(kind) for kind in request.kinds],
        node_id=request.node_id,
        include_resolved=request.include_resolved,
        after_exception_id=request.after_exception_id,
        page_size=request.page_size,
    )


def encode_list_exceptions(page: ExceptionPage) -> pb2.ListExceptionsResponse:
    return pb2.ListExceptionsResponse(
        exceptions=[encode_exception(record) for record in page.exceptions],
        last_exception_id=page.last_exception_id,
        has_more=page.has_more,
        inventory_seq=page.inventory_seq,
    )


def decode_resolve_exception(message: pb2.ResolveExceptionRequest) -> ResolveExceptionRequest:
    return ResolveExceptionRequest(
        request_id=message.request_id,
        exception_id=message.exception_id,
        note=message.note,
        first_sent_at_us=timestamp_us(message, "first_sent_at", Field.FIRST_SENT_AT, Kind.RESOLVE),
    )


def encode_resolve_exception_request(request: ResolveExceptionRequest) -> pb2.ResolveExceptionRequest:
    return pb2.ResolveExceptionRequest(
        request_id=request.request_id,
        exception_id=request.exception_id,
        note=request.note,
        first_sent_at=timestamp(request.first_sent_at_us),
    )


def encode_resolve_exception(result: ExceptionResult) -> pb2.ResolveExceptionResponse:
    return pb2.ResolveExceptionResponse(
        exception=encode_exception(result.exception), inventory_seq=result.inventory_seq
    )


def encode_exception(record: ExceptionRecord) -> pb2.ExceptionRecord:
    return pb2.ExceptionRecord(
        exception_id=record.exception_id,
        kind=number(record.kind),
        node_id=record.node_id,
        sku=record.sku,
        reservation_id=record.reservation_id,
        line_id=record.line_id,
        quantity=record.quantity,
        ship_day=record.ship_day,
        raised_at=timestamp(record.raised_at_us),
        raised_seq=record.raised_seq,
        resolved_at=timestamp(record.resolved_at_us),
        note=record.note,
        reason=number(record.reason),
    )
