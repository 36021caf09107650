import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import status_pb2 as _status_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AdjustReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ADJUST_REASON_UNSPECIFIED: _ClassVar[AdjustReason]
    ADJUST_REASON_SALE: _ClassVar[AdjustReason]
    ADJUST_REASON_RECEIPT: _ClassVar[AdjustReason]
    ADJUST_REASON_RETURN: _ClassVar[AdjustReason]
    ADJUST_REASON_COUNT: _ClassVar[AdjustReason]
    ADJUST_REASON_DAMAGE: _ClassVar[AdjustReason]
    ADJUST_REASON_TRANSFER: _ClassVar[AdjustReason]
ADJUST_REASON_UNSPECIFIED: AdjustReason
ADJUST_REASON_SALE: AdjustReason
ADJUST_REASON_RECEIPT: AdjustReason
ADJUST_REASON_RETURN: AdjustReason
ADJUST_REASON_COUNT: AdjustReason
ADJUST_REASON_DAMAGE: AdjustReason
ADJUST_REASON_TRANSFER: AdjustReason

class Position(_message.Message):
    __slots__ = ("sku", "node_id", "on_hand", "held", "committed", "safety_stock", "routing_reserve", "available", "shortfall", "on_hand_version")
    SKU_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ON_HAND_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    COMMITTED_FIELD_NUMBER: _ClassVar[int]
    SAFETY_STOCK_FIELD_NUMBER: _ClassVar[int]
    ROUTING_RESERVE_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    SHORTFALL_FIELD_NUMBER: _ClassVar[int]
    ON_HAND_VERSION_FIELD_NUMBER: _ClassVar[int]
    sku: str
    node_id: str
    on_hand: int
    held: int
    committed: int
    safety_stock: int
    routing_reserve: int
    available: int
    shortfall: int
    on_hand_version: int
    def __init__(self, sku: _Optional[str] = ..., node_id: _Optional[str] = ..., on_hand: _Optional[int] = ..., held: _Optional[int] = ..., committed: _Optional[int] = ..., safety_stock: _Optional[int] = ..., routing_reserve: _Optional[int] = ..., available: _Optional[int] = ..., shortfall: _Optional[int] = ..., on_hand_version: _Optional[int] = ...) -> None: ...

class AdjustInventoryRequest(_message.Message):
    __slots__ = ("request_id", "sku", "node_id", "delta", "reason", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    DELTA_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    sku: str
    node_id: str
    delta: int
    reason: AdjustReason
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., sku: _Optional[str] = ..., node_id: _Optional[str] = ..., delta: _Optional[int] = ..., reason: _Optional[_Union[AdjustReason, str]] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AdjustInventoryResponse(_message.Message):
    __slots__ = ("position", "inventory_seq", "decision_us")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    DECISION_US_FIELD_NUMBER: _ClassVar[int]
    position: Position
    inventory_seq: int
    decision_us: int
    def __init__(self, position: _Optional[_Union[Position, _Mapping]] = ..., inventory_seq: _Optional[int] = ..., decision_us: _Optional[int] = ...) -> None: ...

class SetInventoryRequest(_message.Message):
    __slots__ = ("request_id", "sku", "node_id", "on_hand", "safety_stock", "routing_reserve", "as_of", "includes_fulfilments_up_to", "expected_on_hand", "expected_version", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ON_HAND_FIELD_NUMBER: _ClassVar[int]
    SAFETY_STOCK_FIELD_NUMBER: _ClassVar[int]
    ROUTING_RESERVE_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    INCLUDES_FULFILMENTS_UP_TO_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_ON_HAND_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    sku: str
    node_id: str
    on_hand: int
    safety_stock: int
    routing_reserve: int
    as_of: _timestamp_pb2.Timestamp
    includes_fulfilments_up_to: int
    expected_on_hand: int
    expected_version: int
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., sku: _Optional[str] = ..., node_id: _Optional[str] = ..., on_hand: _Optional[int] = ..., safety_stock: _Optional[int] = ..., routing_reserve: _Optional[int] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., includes_fulfilments_up_to: _Optional[int] = ..., expected_on_hand: _Optional[int] = ..., expected_version: _Optional[int] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SetInventoryResponse(_message.Message):
    __slots__ = ("position", "inventory_seq", "decision_us")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    DECISION_US_FIELD_NUMBER: _ClassVar[int]
    position: Position
    inventory_seq: int
    decision_us: int
    def __init__(self, position: _Optional[_Union[Position, _Mapping]] = ..., inventory_seq: _Optional[int] = ..., decision_us: _Optional[int] = ...) -> None: ...

class InventoryRow(_message.Message):
    __slots__ = ("sku", "node_id", "on_hand", "safety_stock", "routing_reserve")
    SKU_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ON_HAND_FIELD_NUMBER: _ClassVar[int]
    SAFETY_STOCK_FIELD_NUMBER: _ClassVar[int]
    ROUTING_RESERVE_FIELD_NUMBER: _ClassVar[int]
    sku: str
    node_id: str
    on_hand: int
    safety_stock: int
    routing_reserve: int
    def __init__(self, sku: _Optional[str] = ..., node_id: _Optional[str] = ..., on_hand: _Optional[int] = ..., safety_stock: _Optional[int] = ..., routing_reserve: _Optional[int] = ...) -> None: ...

class ImportInventoryRequest(_message.Message):
    __slots__ = ("request_id", "rows", "as_of", "includes_fulfilments_up_to", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    INCLUDES_FULFILMENTS_UP_TO_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    rows: _containers.RepeatedCompositeFieldContainer[InventoryRow]
    as_of: _timestamp_pb2.Timestamp
    includes_fulfilments_up_to: int
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., rows: _Optional[_Iterable[_Union[InventoryRow, _Mapping]]] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., includes_fulfilments_up_to: _Optional[int] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ImportError(_message.Message):
    __slots__ = ("request_id", "row_i", "error")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ROW_I_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    row_i: int
    error: _status_pb2.Status
    def __init__(self, request_id: _Optional[str] = ..., row_i: _Optional[int] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class ImportInventoryResponse(_message.Message):
    __slots__ = ("chunks", "chunks_repeated", "rows_applied", "rows_refused", "errors", "inventory_seq")
    CHUNKS_FIELD_NUMBER: _ClassVar[int]
    CHUNKS_REPEATED_FIELD_NUMBER: _ClassVar[int]
    ROWS_APPLIED_FIELD_NUMBER: _ClassVar[int]
    ROWS_REFUSED_FIELD_NUMBER: _ClassVar[int]
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    chunks: int
    chunks_repeated: int
    rows_applied: int
    rows_refused: int
    errors: _containers.RepeatedCompositeFieldContainer[ImportError]
    inventory_seq: int
    def __init__(self, chunks: _Optional[int] = ..., chunks_repeated: _Optional[int] = ..., rows_applied: _Optional[int] = ..., rows_refused: _Optional[int] = ..., errors: _Optional[_Iterable[_Union[ImportError, _Mapping]]] = ..., inventory_seq: _Optional[int] = ...) -> None: ...

class GetAvailabilityRequest(_message.Message):
    __slots__ = ("skus", "node_ids", "channel")
    SKUS_FIELD_NUMBER: _ClassVar[int]
    NODE_IDS_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    skus: _containers.RepeatedScalarFieldContainer[str]
    node_ids: _containers.RepeatedScalarFieldContainer[str]
    channel: str
    def __init__(self, skus: _Optional[_Iterable[str]] = ..., node_ids: _Optional[_Iterable[str]] = ..., channel: _Optional[str] = ...) -> None: ...

class GetAvailabilityResponse(_message.Message):
    __slots__ = ("positions", "inventory_seq")
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    positions: _containers.RepeatedCompositeFieldContainer[Position]
    inventory_seq: int
    def __init__(self, positions: _Optional[_Iterable[_Union[Position, _Mapping]]] = ..., inventory_seq: _Optional[int] = ...) -> None: ...
