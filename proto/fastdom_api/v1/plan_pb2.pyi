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

class Objective(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OBJECTIVE_UNSPECIFIED: _ClassVar[Objective]
    OBJECTIVE_SHIPPING: _ClassVar[Objective]
    OBJECTIVE_HANDLING: _ClassVar[Objective]
    OBJECTIVE_SPLIT_PENALTY: _ClassVar[Objective]
    OBJECTIVE_DISTANCE: _ClassVar[Objective]
    OBJECTIVE_LATENESS: _ClassVar[Objective]
    OBJECTIVE_TRANSIT_TIME: _ClassVar[Objective]
    OBJECTIVE_CAPACITY_BALANCE: _ClassVar[Objective]
    OBJECTIVE_STOCK_BALANCE: _ClassVar[Objective]
    OBJECTIVE_WEEKS_OF_SUPPLY: _ClassVar[Objective]
    OBJECTIVE_MARKDOWN_AVOIDANCE: _ClassVar[Objective]
    OBJECTIVE_NODE_PRIORITY: _ClassVar[Objective]
    OBJECTIVE_CARBON: _ClassVar[Objective]
    OBJECTIVE_OPPORTUNITY_COST: _ClassVar[Objective]
OBJECTIVE_UNSPECIFIED: Objective
OBJECTIVE_SHIPPING: Objective
OBJECTIVE_HANDLING: Objective
OBJECTIVE_SPLIT_PENALTY: Objective
OBJECTIVE_DISTANCE: Objective
OBJECTIVE_LATENESS: Objective
OBJECTIVE_TRANSIT_TIME: Objective
OBJECTIVE_CAPACITY_BALANCE: Objective
OBJECTIVE_STOCK_BALANCE: Objective
OBJECTIVE_WEEKS_OF_SUPPLY: Objective
OBJECTIVE_MARKDOWN_AVOIDANCE: Objective
OBJECTIVE_NODE_PRIORITY: Objective
OBJECTIVE_CARBON: Objective
OBJECTIVE_OPPORTUNITY_COST: Objective

class ObjectiveCost(_message.Message):
    __slots__ = ("objective", "raw_micros", "cost_micros")
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    RAW_MICROS_FIELD_NUMBER: _ClassVar[int]
    COST_MICROS_FIELD_NUMBER: _ClassVar[int]
    objective: Objective
    raw_micros: int
    cost_micros: int
    def __init__(self, objective: _Optional[_Union[Objective, str]] = ..., raw_micros: _Optional[int] = ..., cost_micros: _Optional[int] = ...) -> None: ...

class ShipmentLine(_message.Message):
    __slots__ = ("line_id", "quantity")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    quantity: int
    def __init__(self, line_id: _Optional[str] = ..., quantity: _Optional[int] = ...) -> None: ...

class Shipment(_message.Message):
    __slots__ = ("node_id", "carrier_service_id", "lines", "costs", "cost_micros", "weight_g", "distance_m", "ship_day", "order_by", "ship_at", "arrive_from", "arrive_by")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    CARRIER_SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    COSTS_FIELD_NUMBER: _ClassVar[int]
    COST_MICROS_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_G_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_M_FIELD_NUMBER: _ClassVar[int]
    SHIP_DAY_FIELD_NUMBER: _ClassVar[int]
    ORDER_BY_FIELD_NUMBER: _ClassVar[int]
    SHIP_AT_FIELD_NUMBER: _ClassVar[int]
    ARRIVE_FROM_FIELD_NUMBER: _ClassVar[int]
    ARRIVE_BY_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    carrier_service_id: str
    lines: _containers.RepeatedCompositeFieldContainer[ShipmentLine]
    costs: _containers.RepeatedCompositeFieldContainer[ObjectiveCost]
    cost_micros: int
    weight_g: int
    distance_m: int
    ship_day: int
    order_by: _timestamp_pb2.Timestamp
    ship_at: _timestamp_pb2.Timestamp
    arrive_from: _timestamp_pb2.Timestamp
    arrive_by: _timestamp_pb2.Timestamp
    def __init__(self, node_id: _Optional[str] = ..., carrier_service_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[ShipmentLine, _Mapping]]] = ..., costs: _Optional[_Iterable[_Union[ObjectiveCost, _Mapping]]] = ..., cost_micros: _Optional[int] = ..., weight_g: _Optional[int] = ..., distance_m: _Optional[int] = ..., ship_day: _Optional[int] = ..., order_by: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ship_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., arrive_from: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., arrive_by: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class UnassignedLine(_message.Message):
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

class Plan(_message.Message):
    __slots__ = ("shipments", "total_cost_micros", "currency_code", "split_count", "unassigned_lines")
    SHIPMENTS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_COST_MICROS_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    SPLIT_COUNT_FIELD_NUMBER: _ClassVar[int]
    UNASSIGNED_LINES_FIELD_NUMBER: _ClassVar[int]
    shipments: _containers.RepeatedCompositeFieldContainer[Shipment]
    total_cost_micros: int
    currency_code: str
    split_count: int
    unassigned_lines: _containers.RepeatedCompositeFieldContainer[UnassignedLine]
    def __init__(self, shipments: _Optional[_Iterable[_Union[Shipment, _Mapping]]] = ..., total_cost_micros: _Optional[int] = ..., currency_code: _Optional[str] = ..., split_count: _Optional[int] = ..., unassigned_lines: _Optional[_Iterable[_Union[UnassignedLine, _Mapping]]] = ...) -> None: ...
