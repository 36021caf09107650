import datetime

from fastdom_api.v1 import order_pb2 as _order_pb2
from fastdom_api.v1 import plan_pb2 as _plan_pb2
from fastdom_api.v1 import reservation_pb2 as _reservation_pb2
from fastdom_api.v1 import types_pb2 as _types_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import status_pb2 as _status_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ReserveMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESERVE_MODE_UNSPECIFIED: _ClassVar[ReserveMode]
    RESERVE_MODE_HOLD: _ClassVar[ReserveMode]
    RESERVE_MODE_FIRM: _ClassVar[ReserveMode]

class ReserveOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESERVE_OUTCOME_UNSPECIFIED: _ClassVar[ReserveOutcome]
    RESERVE_OUTCOME_GRANTED: _ClassVar[ReserveOutcome]
    RESERVE_OUTCOME_PARTIAL: _ClassVar[ReserveOutcome]
    RESERVE_OUTCOME_REFUSED: _ClassVar[ReserveOutcome]

class TokenDifference(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TOKEN_DIFFERENCE_UNSPECIFIED: _ClassVar[TokenDifference]
    TOKEN_DIFFERENCE_NONE: _ClassVar[TokenDifference]
    TOKEN_DIFFERENCE_STOCK: _ClassVar[TokenDifference]
    TOKEN_DIFFERENCE_CAPACITY: _ClassVar[TokenDifference]
    TOKEN_DIFFERENCE_CUTOFF_PASSED: _ClassVar[TokenDifference]
    TOKEN_DIFFERENCE_NETWORK_CHANGED: _ClassVar[TokenDifference]
    TOKEN_DIFFERENCE_PRICE: _ClassVar[TokenDifference]
RESERVE_MODE_UNSPECIFIED: ReserveMode
RESERVE_MODE_HOLD: ReserveMode
RESERVE_MODE_FIRM: ReserveMode
RESERVE_OUTCOME_UNSPECIFIED: ReserveOutcome
RESERVE_OUTCOME_GRANTED: ReserveOutcome
RESERVE_OUTCOME_PARTIAL: ReserveOutcome
RESERVE_OUTCOME_REFUSED: ReserveOutcome
TOKEN_DIFFERENCE_UNSPECIFIED: TokenDifference
TOKEN_DIFFERENCE_NONE: TokenDifference
TOKEN_DIFFERENCE_STOCK: TokenDifference
TOKEN_DIFFERENCE_CAPACITY: TokenDifference
TOKEN_DIFFERENCE_CUTOFF_PASSED: TokenDifference
TOKEN_DIFFERENCE_NETWORK_CHANGED: TokenDifference
TOKEN_DIFFERENCE_PRICE: TokenDifference

class ReserveRequest(_message.Message):
    __slots__ = ("request_id", "order", "option_token", "mode", "ttl", "allow_partial", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    OPTION_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    TTL_FIELD_NUMBER: _ClassVar[int]
    ALLOW_PARTIAL_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    order: _order_pb2.Order
    option_token: bytes
    mode: ReserveMode
    ttl: _duration_pb2.Duration
    allow_partial: bool
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., order: _Optional[_Union[_order_pb2.Order, _Mapping]] = ..., option_token: _Optional[bytes] = ..., mode: _Optional[_Union[ReserveMode, str]] = ..., ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., allow_partial: _Optional[bool] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class LineResult(_message.Message):
    __slots__ = ("line_id", "granted", "shortfall", "available_after", "reason")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    GRANTED_FIELD_NUMBER: _ClassVar[int]
    SHORTFALL_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_AFTER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    granted: int
    shortfall: int
    available_after: int
    reason: _types_pb2.UnassignedReason
    def __init__(self, line_id: _Optional[str] = ..., granted: _Optional[int] = ..., shortfall: _Optional[int] = ..., available_after: _Optional[int] = ..., reason: _Optional[_Union[_types_pb2.UnassignedReason, str]] = ...) -> None: ...

class ReserveResponse(_message.Message):
    __slots__ = ("outcome", "reservation", "line_results", "plan", "token_difference", "inventory_seq", "decision_us")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_FIELD_NUMBER: _ClassVar[int]
    LINE_RESULTS_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    TOKEN_DIFFERENCE_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    DECISION_US_FIELD_NUMBER: _ClassVar[int]
    outcome: ReserveOutcome
    reservation: _reservation_pb2.Reservation
    line_results: _containers.RepeatedCompositeFieldContainer[LineResult]
    plan: _plan_pb2.Plan
    token_difference: TokenDifference
    inventory_seq: int
    decision_us: int
    def __init__(self, outcome: _Optional[_Union[ReserveOutcome, str]] = ..., reservation: _Optional[_Union[_reservation_pb2.Reservation, _Mapping]] = ..., line_results: _Optional[_Iterable[_Union[LineResult, _Mapping]]] = ..., plan: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ..., token_difference: _Optional[_Union[TokenDifference, str]] = ..., inventory_seq: _Optional[int] = ..., decision_us: _Optional[int] = ...) -> None: ...

class BatchReserveRequest(_message.Message):
    __slots__ = ("requests",)
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    requests: _containers.RepeatedCompositeFieldContainer[ReserveRequest]
    def __init__(self, requests: _Optional[_Iterable[_Union[ReserveRequest, _Mapping]]] = ...) -> None: ...

class BatchReserveResult(_message.Message):
    __slots__ = ("response", "error")
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    response: ReserveResponse
    error: _status_pb2.Status
    def __init__(self, response: _Optional[_Union[ReserveResponse, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class BatchReserveResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[BatchReserveResult]
    def __init__(self, results: _Optional[_Iterable[_Union[BatchReserveResult, _Mapping]]] = ...) -> None: ...

class ExtendRequest(_message.Message):
    __slots__ = ("request_id", "reservation_id", "ttl", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    TTL_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    reservation_id: str
    ttl: _duration_pb2.Duration
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., reservation_id: _Optional[str] = ..., ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ExtendResponse(_message.Message):
    __slots__ = ("reservation", "inventory_seq", "decision_us")
    RESERVATION_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    DECISION_US_FIELD_NUMBER: _ClassVar[int]
    reservation: _reservation_pb2.Reservation
    inventory_seq: int
    decision_us: int
    def __init__(self, reservation: _Optional[_Union[_reservation_pb2.Reservation, _Mapping]] = ..., inventory_seq: _Optional[int] = ..., decision_us: _Optional[int] = ...) -> None: ...

class CommitRequest(_message.Message):
    __slots__ = ("request_id", "reservation_id", "reacquire", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    REACQUIRE_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    reservation_id: str
    reacquire: bool
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., reservation_id: _Optional[str] = ..., reacquire: _Optional[bool] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CommitResponse(_message.Message):
    __slots__ = ("reservation", "inventory_seq", "decision_us", "reacquired")
    RESERVATION_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    DECISION_US_FIELD_NUMBER: _ClassVar[int]
    REACQUIRED_FIELD_NUMBER: _ClassVar[int]
    reservation: _reservation_pb2.Reservation
    inventory_seq: int
    decision_us: int
    reacquired: bool
    def __init__(self, reservation: _Optional[_Union[_reservation_pb2.Reservation, _Mapping]] = ..., inventory_seq: _Optional[int] = ..., decision_us: _Optional[int] = ..., reacquired: _Optional[bool] = ...) -> None: ...

class LineQuantity(_message.Message):
    __slots__ = ("line_id", "quantity", "node_id")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    quantity: int
    node_id: str
    def __init__(self, line_id: _Optional[str] = ..., quantity: _Optional[int] = ..., node_id: _Optional[str] = ...) -> None: ...

class ReleaseRequest(_message.Message):
    __slots__ = ("request_id", "reservation_id", "lines", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    reservation_id: str
    lines: _containers.RepeatedCompositeFieldContainer[LineQuantity]
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., reservation_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[LineQuantity, _Mapping]]] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ReleaseResponse(_message.Message):
    __slots__ = ("reservation", "inventory_seq", "decision_us")
    RESERVATION_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    DECISION_US_FIELD_NUMBER: _ClassVar[int]
    reservation: _reservation_pb2.Reservation
    inventory_seq: int
    decision_us: int
    def __init__(self, reservation: _Optional[_Union[_reservation_pb2.Reservation, _Mapping]] = ..., inventory_seq: _Optional[int] = ..., decision_us: _Optional[int] = ...) -> None: ...

class FulfillRequest(_message.Message):
    __slots__ = ("request_id", "reservation_id", "lines", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    reservation_id: str
    lines: _containers.RepeatedCompositeFieldContainer[LineQuantity]
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., reservation_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[LineQuantity, _Mapping]]] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class FulfillResponse(_message.Message):
    __slots__ = ("reservation", "inventory_seq", "decision_us", "count_mismatch")
    RESERVATION_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    DECISION_US_FIELD_NUMBER: _ClassVar[int]
    COUNT_MISMATCH_FIELD_NUMBER: _ClassVar[int]
    reservation: _reservation_pb2.Reservation
    inventory_seq: int
    decision_us: int
    count_mismatch: int
    def __init__(self, reservation: _Optional[_Union[_reservation_pb2.Reservation, _Mapping]] = ..., inventory_seq: _Optional[int] = ..., decision_us: _Optional[int] = ..., count_mismatch: _Optional[int] = ...) -> None: ...

class GetReservationRequest(_message.Message):
    __slots__ = ("reservation_id",)
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    def __init__(self, reservation_id: _Optional[str] = ...) -> None: ...

class GetReservationResponse(_message.Message):
    __slots__ = ("reservation", "inventory_seq")
    RESERVATION_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    reservation: _reservation_pb2.Reservation
    inventory_seq: int
    def __init__(self, reservation: _Optional[_Union[_reservation_pb2.Reservation, _Mapping]] = ..., inventory_seq: _Optional[int] = ...) -> None: ...

class ListReservationsRequest(_message.Message):
    __slots__ = ("order_id", "states", "node_id", "needs_attention", "page_size", "page_token")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    NEEDS_ATTENTION_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    states: _containers.RepeatedScalarFieldContainer[_reservation_pb2.ReservationState]
    node_id: str
    needs_attention: bool
    page_size: int
    page_token: str
    def __init__(self, order_id: _Optional[str] = ..., states: _Optional[_Iterable[_Union[_reservation_pb2.ReservationState, str]]] = ..., node_id: _Optional[str] = ..., needs_attention: _Optional[bool] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListReservationsResponse(_message.Message):
    __slots__ = ("reservations", "next_page_token", "inventory_seq")
    RESERVATIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    reservations: _containers.RepeatedCompositeFieldContainer[_reservation_pb2.Reservation]
    next_page_token: str
    inventory_seq: int
    def __init__(self, reservations: _Optional[_Iterable[_Union[_reservation_pb2.Reservation, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., inventory_seq: _Optional[int] = ...) -> None: ...
