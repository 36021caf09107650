import datetime

from fastdom_api.v1 import types_pb2 as _types_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class NodeType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NODE_TYPE_UNSPECIFIED: _ClassVar[NodeType]
    NODE_TYPE_DISTRIBUTION_CENTRE: _ClassVar[NodeType]
    NODE_TYPE_STORE: _ClassVar[NodeType]
    NODE_TYPE_THIRD_PARTY: _ClassVar[NodeType]
    NODE_TYPE_DARK_STORE: _ClassVar[NodeType]
    NODE_TYPE_DROP_SHIP: _ClassVar[NodeType]

class NodeStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NODE_STATUS_UNSPECIFIED: _ClassVar[NodeStatus]
    NODE_STATUS_ONLINE: _ClassVar[NodeStatus]
    NODE_STATUS_PAUSED: _ClassVar[NodeStatus]
    NODE_STATUS_OFFLINE: _ClassVar[NodeStatus]

class CapacityKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CAPACITY_KIND_UNSPECIFIED: _ClassVar[CapacityKind]
    CAPACITY_KIND_SHIPMENTS: _ClassVar[CapacityKind]
    CAPACITY_KIND_UNITS: _ClassVar[CapacityKind]
NODE_TYPE_UNSPECIFIED: NodeType
NODE_TYPE_DISTRIBUTION_CENTRE: NodeType
NODE_TYPE_STORE: NodeType
NODE_TYPE_THIRD_PARTY: NodeType
NODE_TYPE_DARK_STORE: NodeType
NODE_TYPE_DROP_SHIP: NodeType
NODE_STATUS_UNSPECIFIED: NodeStatus
NODE_STATUS_ONLINE: NodeStatus
NODE_STATUS_PAUSED: NodeStatus
NODE_STATUS_OFFLINE: NodeStatus
CAPACITY_KIND_UNSPECIFIED: CapacityKind
CAPACITY_KIND_SHIPMENTS: CapacityKind
CAPACITY_KIND_UNITS: CapacityKind

class Node(_message.Message):
    __slots__ = ("node_id", "name", "type", "status", "address", "time_zone", "groups", "capabilities", "capacity_kind", "capacity_per_day", "pick_lead", "handling_per_shipment", "handling_per_unit", "carrier_service_ids", "offers_pickup")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_KIND_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_PER_DAY_FIELD_NUMBER: _ClassVar[int]
    PICK_LEAD_FIELD_NUMBER: _ClassVar[int]
    HANDLING_PER_SHIPMENT_FIELD_NUMBER: _ClassVar[int]
    HANDLING_PER_UNIT_FIELD_NUMBER: _ClassVar[int]
    CARRIER_SERVICE_IDS_FIELD_NUMBER: _ClassVar[int]
    OFFERS_PICKUP_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    name: str
    type: NodeType
    status: NodeStatus
    address: _types_pb2.PostalAddress
    time_zone: str
    groups: _containers.RepeatedScalarFieldContainer[str]
    capabilities: _containers.RepeatedScalarFieldContainer[str]
    capacity_kind: CapacityKind
    capacity_per_day: int
    pick_lead: _duration_pb2.Duration
    handling_per_shipment: _types_pb2.Money
    handling_per_unit: _types_pb2.Money
    carrier_service_ids: _containers.RepeatedScalarFieldContainer[str]
    offers_pickup: bool
    def __init__(self, node_id: _Optional[str] = ..., name: _Optional[str] = ..., type: _Optional[_Union[NodeType, str]] = ..., status: _Optional[_Union[NodeStatus, str]] = ..., address: _Optional[_Union[_types_pb2.PostalAddress, _Mapping]] = ..., time_zone: _Optional[str] = ..., groups: _Optional[_Iterable[str]] = ..., capabilities: _Optional[_Iterable[str]] = ..., capacity_kind: _Optional[_Union[CapacityKind, str]] = ..., capacity_per_day: _Optional[int] = ..., pick_lead: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., handling_per_shipment: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., handling_per_unit: _Optional[_Union[_types_pb2.Money, _Mapping]] = ..., carrier_service_ids: _Optional[_Iterable[str]] = ..., offers_pickup: _Optional[bool] = ...) -> None: ...

class Sku(_message.Message):
    __slots__ = ("sku", "name", "weight_g", "required_capabilities")
    SKU_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_G_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    sku: str
    name: str
    weight_g: int
    required_capabilities: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, sku: _Optional[str] = ..., name: _Optional[str] = ..., weight_g: _Optional[int] = ..., required_capabilities: _Optional[_Iterable[str]] = ...) -> None: ...

class CarrierService(_message.Message):
    __slots__ = ("carrier_service_id", "carrier", "name", "service_level", "collects_on_delivery", "lane_count")
    CARRIER_SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SERVICE_LEVEL_FIELD_NUMBER: _ClassVar[int]
    COLLECTS_ON_DELIVERY_FIELD_NUMBER: _ClassVar[int]
    LANE_COUNT_FIELD_NUMBER: _ClassVar[int]
    carrier_service_id: str
    carrier: str
    name: str
    service_level: _types_pb2.ServiceLevel
    collects_on_delivery: bool
    lane_count: int
    def __init__(self, carrier_service_id: _Optional[str] = ..., carrier: _Optional[str] = ..., name: _Optional[str] = ..., service_level: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., collects_on_delivery: _Optional[bool] = ..., lane_count: _Optional[int] = ...) -> None: ...

class TariffStep(_message.Message):
    __slots__ = ("weight_max_g", "price")
    WEIGHT_MAX_G_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    weight_max_g: int
    price: _types_pb2.Money
    def __init__(self, weight_max_g: _Optional[int] = ..., price: _Optional[_Union[_types_pb2.Money, _Mapping]] = ...) -> None: ...

class Lane(_message.Message):
    __slots__ = ("carrier_service_id", "origin_zone", "destination_zone", "transit_days_min", "transit_days_max", "collects_on_delivery", "tariff_steps")
    CARRIER_SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_ZONE_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_ZONE_FIELD_NUMBER: _ClassVar[int]
    TRANSIT_DAYS_MIN_FIELD_NUMBER: _ClassVar[int]
    TRANSIT_DAYS_MAX_FIELD_NUMBER: _ClassVar[int]
    COLLECTS_ON_DELIVERY_FIELD_NUMBER: _ClassVar[int]
    TARIFF_STEPS_FIELD_NUMBER: _ClassVar[int]
    carrier_service_id: str
    origin_zone: str
    destination_zone: str
    transit_days_min: int
    transit_days_max: int
    collects_on_delivery: bool
    tariff_steps: _containers.RepeatedCompositeFieldContainer[TariffStep]
    def __init__(self, carrier_service_id: _Optional[str] = ..., origin_zone: _Optional[str] = ..., destination_zone: _Optional[str] = ..., transit_days_min: _Optional[int] = ..., transit_days_max: _Optional[int] = ..., collects_on_delivery: _Optional[bool] = ..., tariff_steps: _Optional[_Iterable[_Union[TariffStep, _Mapping]]] = ...) -> None: ...
