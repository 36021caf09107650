import datetime

from fastdom_api.v1 import order_pb2 as _order_pb2
from fastdom_api.v1 import plan_pb2 as _plan_pb2
from fastdom_api.v1 import reservation_pb2 as _reservation_pb2
from fastdom_api.v1 import types_pb2 as _types_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import status_pb2 as _status_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PromiseRequest(_message.Message):
    __slots__ = ("request_id", "order", "service_levels", "hold", "option", "ttl", "policy", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    SERVICE_LEVELS_FIELD_NUMBER: _ClassVar[int]
    HOLD_FIELD_NUMBER: _ClassVar[int]
    OPTION_FIELD_NUMBER: _ClassVar[int]
    TTL_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    order: _order_pb2.Order
    service_levels: _containers.RepeatedScalarFieldContainer[_types_pb2.ServiceLevel]
    hold: bool
    option: _types_pb2.ServiceLevel
    ttl: _duration_pb2.Duration
    policy: _types_pb2.PolicyRef
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., order: _Optional[_Union[_order_pb2.Order, _Mapping]] = ..., service_levels: _Optional[_Iterable[_Union[_types_pb2.ServiceLevel, str]]] = ..., hold: _Optional[bool] = ..., option: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., policy: _Optional[_Union[_types_pb2.PolicyRef, _Mapping]] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class OptionDifference(_message.Message):
    __slots__ = ("cost_micros", "arrive_by", "shipments")
    COST_MICROS_FIELD_NUMBER: _ClassVar[int]
    ARRIVE_BY_FIELD_NUMBER: _ClassVar[int]
    SHIPMENTS_FIELD_NUMBER: _ClassVar[int]
    cost_micros: int
    arrive_by: _duration_pb2.Duration
    shipments: int
    def __init__(self, cost_micros: _Optional[int] = ..., arrive_by: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., shipments: _Optional[int] = ...) -> None: ...

class PromiseOption(_message.Message):
    __slots__ = ("service_level", "ship_from", "ship_by", "arrive_from", "arrive_by", "order_by", "confidence_permille", "shipments", "cost_micros", "option_token", "valid_until", "difference")
    SERVICE_LEVEL_FIELD_NUMBER: _ClassVar[int]
    SHIP_FROM_FIELD_NUMBER: _ClassVar[int]
    SHIP_BY_FIELD_NUMBER: _ClassVar[int]
    ARRIVE_FROM_FIELD_NUMBER: _ClassVar[int]
    ARRIVE_BY_FIELD_NUMBER: _ClassVar[int]
    ORDER_BY_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    SHIPMENTS_FIELD_NUMBER: _ClassVar[int]
    COST_MICROS_FIELD_NUMBER: _ClassVar[int]
    OPTION_TOKEN_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCE_FIELD_NUMBER: _ClassVar[int]
    service_level: _types_pb2.ServiceLevel
    ship_from: _timestamp_pb2.Timestamp
    ship_by: _timestamp_pb2.Timestamp
    arrive_from: _timestamp_pb2.Timestamp
    arrive_by: _timestamp_pb2.Timestamp
    order_by: _timestamp_pb2.Timestamp
    confidence_permille: int
    shipments: _containers.RepeatedCompositeFieldContainer[_plan_pb2.Shipment]
    cost_micros: int
    option_token: bytes
    valid_until: _timestamp_pb2.Timestamp
    difference: OptionDifference
    def __init__(self, service_level: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., ship_from: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ship_by: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., arrive_from: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., arrive_by: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., order_by: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., confidence_permille: _Optional[int] = ..., shipments: _Optional[_Iterable[_Union[_plan_pb2.Shipment, _Mapping]]] = ..., cost_micros: _Optional[int] = ..., option_token: _Optional[bytes] = ..., valid_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., difference: _Optional[_Union[OptionDifference, _Mapping]] = ...) -> None: ...

class UnpromisedLine(_message.Message):
    __slots__ = ("line_id", "quantity", "reason", "available_from")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FROM_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    quantity: int
    reason: _types_pb2.UnassignedReason
    available_from: _timestamp_pb2.Timestamp
    def __init__(self, line_id: _Optional[str] = ..., quantity: _Optional[int] = ..., reason: _Optional[_Union[_types_pb2.UnassignedReason, str]] = ..., available_from: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PromiseResponse(_message.Message):
    __slots__ = ("options", "unpromised_lines", "currency_code", "inventory_seq", "network_version", "decision_us", "reservation", "held_option")
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    UNPROMISED_LINES_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    NETWORK_VERSION_FIELD_NUMBER: _ClassVar[int]
    DECISION_US_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_FIELD_NUMBER: _ClassVar[int]
    HELD_OPTION_FIELD_NUMBER: _ClassVar[int]
    options: _containers.RepeatedCompositeFieldContainer[PromiseOption]
    unpromised_lines: _containers.RepeatedCompositeFieldContainer[UnpromisedLine]
    currency_code: str
    inventory_seq: int
    network_version: int
    decision_us: int
    reservation: _reservation_pb2.Reservation
    held_option: _types_pb2.ServiceLevel
    def __init__(self, options: _Optional[_Iterable[_Union[PromiseOption, _Mapping]]] = ..., unpromised_lines: _Optional[_Iterable[_Union[UnpromisedLine, _Mapping]]] = ..., currency_code: _Optional[str] = ..., inventory_seq: _Optional[int] = ..., network_version: _Optional[int] = ..., decision_us: _Optional[int] = ..., reservation: _Optional[_Union[_reservation_pb2.Reservation, _Mapping]] = ..., held_option: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ...) -> None: ...

class BatchPromiseRequest(_message.Message):
    __slots__ = ("requests",)
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    requests: _containers.RepeatedCompositeFieldContainer[PromiseRequest]
    def __init__(self, requests: _Optional[_Iterable[_Union[PromiseRequest, _Mapping]]] = ...) -> None: ...

class BatchPromiseResult(_message.Message):
    __slots__ = ("response", "error")
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    response: PromiseResponse
    error: _status_pb2.Status
    def __init__(self, response: _Optional[_Union[PromiseResponse, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class BatchPromiseResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[BatchPromiseResult]
    def __init__(self, results: _Optional[_Iterable[_Union[BatchPromiseResult, _Mapping]]] = ...) -> None: ...
