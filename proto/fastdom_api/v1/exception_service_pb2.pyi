import datetime

from fastdom_api.v1 import types_pb2 as _types_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ExceptionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXCEPTION_KIND_UNSPECIFIED: _ClassVar[ExceptionKind]
    EXCEPTION_KIND_SHORTFALL: _ClassVar[ExceptionKind]
    EXCEPTION_KIND_STRANDED: _ClassVar[ExceptionKind]
    EXCEPTION_KIND_COUNT_MISMATCH: _ClassVar[ExceptionKind]
    EXCEPTION_KIND_CAPACITY_OVERRUN: _ClassVar[ExceptionKind]
    EXCEPTION_KIND_LATE_SUPPLY: _ClassVar[ExceptionKind]
EXCEPTION_KIND_UNSPECIFIED: ExceptionKind
EXCEPTION_KIND_SHORTFALL: ExceptionKind
EXCEPTION_KIND_STRANDED: ExceptionKind
EXCEPTION_KIND_COUNT_MISMATCH: ExceptionKind
EXCEPTION_KIND_CAPACITY_OVERRUN: ExceptionKind
EXCEPTION_KIND_LATE_SUPPLY: ExceptionKind

class ExceptionRecord(_message.Message):
    __slots__ = ("exception_id", "kind", "node_id", "sku", "reservation_id", "line_id", "quantity", "ship_day", "raised_at", "raised_seq", "resolved_at", "note", "reason")
    EXCEPTION_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    SHIP_DAY_FIELD_NUMBER: _ClassVar[int]
    RAISED_AT_FIELD_NUMBER: _ClassVar[int]
    RAISED_SEQ_FIELD_NUMBER: _ClassVar[int]
    RESOLVED_AT_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    exception_id: int
    kind: ExceptionKind
    node_id: str
    sku: str
    reservation_id: str
    line_id: str
    quantity: int
    ship_day: int
    raised_at: _timestamp_pb2.Timestamp
    raised_seq: int
    resolved_at: _timestamp_pb2.Timestamp
    note: str
    reason: _types_pb2.StrandedReason
    def __init__(self, exception_id: _Optional[int] = ..., kind: _Optional[_Union[ExceptionKind, str]] = ..., node_id: _Optional[str] = ..., sku: _Optional[str] = ..., reservation_id: _Optional[str] = ..., line_id: _Optional[str] = ..., quantity: _Optional[int] = ..., ship_day: _Optional[int] = ..., raised_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., raised_seq: _Optional[int] = ..., resolved_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., note: _Optional[str] = ..., reason: _Optional[_Union[_types_pb2.StrandedReason, str]] = ...) -> None: ...

class ListExceptionsRequest(_message.Message):
    __slots__ = ("kinds", "node_id", "include_resolved", "after_exception_id", "page_size")
    KINDS_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_RESOLVED_FIELD_NUMBER: _ClassVar[int]
    AFTER_EXCEPTION_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    kinds: _containers.RepeatedScalarFieldContainer[ExceptionKind]
    node_id: str
    include_resolved: bool
    after_exception_id: int
    page_size: int
    def __init__(self, kinds: _Optional[_Iterable[_Union[ExceptionKind, str]]] = ..., node_id: _Optional[str] = ..., include_resolved: _Optional[bool] = ..., after_exception_id: _Optional[int] = ..., page_size: _Optional[int] = ...) -> None: ...

class ListExceptionsResponse(_message.Message):
    __slots__ = ("exceptions", "last_exception_id", "has_more", "inventory_seq")
    EXCEPTIONS_FIELD_NUMBER: _ClassVar[int]
    LAST_EXCEPTION_ID_FIELD_NUMBER: _ClassVar[int]
    HAS_MORE_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    exceptions: _containers.RepeatedCompositeFieldContainer[ExceptionRecord]
    last_exception_id: int
    has_more: bool
    inventory_seq: int
    def __init__(self, exceptions: _Optional[_Iterable[_Union[ExceptionRecord, _Mapping]]] = ..., last_exception_id: _Optional[int] = ..., has_more: _Optional[bool] = ..., inventory_seq: _Optional[int] = ...) -> None: ...

class ResolveExceptionRequest(_message.Message):
    __slots__ = ("request_id", "exception_id", "note", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    EXCEPTION_ID_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    exception_id: int
    note: str
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., exception_id: _Optional[int] = ..., note: _Optional[str] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ResolveExceptionResponse(_message.Message):
    __slots__ = ("exception", "inventory_seq")
    EXCEPTION_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    exception: ExceptionRecord
    inventory_seq: int
    def __init__(self, exception: _Optional[_Union[ExceptionRecord, _Mapping]] = ..., inventory_seq: _Optional[int] = ...) -> None: ...
