import datetime

from fastdom_api.v1 import network_pb2 as _network_pb2
from fastdom_api.v1 import policy_pb2 as _policy_pb2
from fastdom_api.v1 import types_pb2 as _types_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PointSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    POINT_SOURCE_UNSPECIFIED: _ClassVar[PointSource]
    POINT_SOURCE_LISTED: _ClassVar[PointSource]
    POINT_SOURCE_PREFIX_3: _ClassVar[PointSource]
    POINT_SOURCE_PREFIX_2: _ClassVar[PointSource]
    POINT_SOURCE_DISTRICT: _ClassVar[PointSource]
POINT_SOURCE_UNSPECIFIED: PointSource
POINT_SOURCE_LISTED: PointSource
POINT_SOURCE_PREFIX_3: PointSource
POINT_SOURCE_PREFIX_2: PointSource
POINT_SOURCE_DISTRICT: PointSource

class NetworkFile(_message.Message):
    __slots__ = ("name", "content")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    name: str
    content: bytes
    def __init__(self, name: _Optional[str] = ..., content: _Optional[bytes] = ...) -> None: ...

class LoadNetworkRequest(_message.Message):
    __slots__ = ("request_id", "files", "validate_only", "expected_version", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    files: _containers.RepeatedCompositeFieldContainer[NetworkFile]
    validate_only: bool
    expected_version: int
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., files: _Optional[_Iterable[_Union[NetworkFile, _Mapping]]] = ..., validate_only: _Optional[bool] = ..., expected_version: _Optional[int] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class NetworkSummary(_message.Message):
    __slots__ = ("network_version", "content_hash", "name", "currency_code", "country_code", "channels", "policies", "service_levels", "node_count", "sku_count", "carrier_service_count", "lane_count", "postal_code_count", "activated_at")
    NETWORK_VERSION_FIELD_NUMBER: _ClassVar[int]
    CONTENT_HASH_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_CODE_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    POLICIES_FIELD_NUMBER: _ClassVar[int]
    SERVICE_LEVELS_FIELD_NUMBER: _ClassVar[int]
    NODE_COUNT_FIELD_NUMBER: _ClassVar[int]
    SKU_COUNT_FIELD_NUMBER: _ClassVar[int]
    CARRIER_SERVICE_COUNT_FIELD_NUMBER: _ClassVar[int]
    LANE_COUNT_FIELD_NUMBER: _ClassVar[int]
    POSTAL_CODE_COUNT_FIELD_NUMBER: _ClassVar[int]
    ACTIVATED_AT_FIELD_NUMBER: _ClassVar[int]
    network_version: int
    content_hash: str
    name: str
    currency_code: str
    country_code: str
    channels: _containers.RepeatedScalarFieldContainer[str]
    policies: _containers.RepeatedCompositeFieldContainer[_types_pb2.PolicyRef]
    service_levels: _containers.RepeatedScalarFieldContainer[_types_pb2.ServiceLevel]
    node_count: int
    sku_count: int
    carrier_service_count: int
    lane_count: int
    postal_code_count: int
    activated_at: _timestamp_pb2.Timestamp
    def __init__(self, network_version: _Optional[int] = ..., content_hash: _Optional[str] = ..., name: _Optional[str] = ..., currency_code: _Optional[str] = ..., country_code: _Optional[str] = ..., channels: _Optional[_Iterable[str]] = ..., policies: _Optional[_Iterable[_Union[_types_pb2.PolicyRef, _Mapping]]] = ..., service_levels: _Optional[_Iterable[_Union[_types_pb2.ServiceLevel, str]]] = ..., node_count: _Optional[int] = ..., sku_count: _Optional[int] = ..., carrier_service_count: _Optional[int] = ..., lane_count: _Optional[int] = ..., postal_code_count: _Optional[int] = ..., activated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class LoadNetworkResponse(_message.Message):
    __slots__ = ("network", "activated", "warnings", "inventory_seq")
    NETWORK_FIELD_NUMBER: _ClassVar[int]
    ACTIVATED_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    network: NetworkSummary
    activated: bool
    warnings: _containers.RepeatedScalarFieldContainer[str]
    inventory_seq: int
    def __init__(self, network: _Optional[_Union[NetworkSummary, _Mapping]] = ..., activated: _Optional[bool] = ..., warnings: _Optional[_Iterable[str]] = ..., inventory_seq: _Optional[int] = ...) -> None: ...

class GetNetworkRequest(_message.Message):
    __slots__ = ("include_files",)
    INCLUDE_FILES_FIELD_NUMBER: _ClassVar[int]
    include_files: bool
    def __init__(self, include_files: _Optional[bool] = ...) -> None: ...

class GetNetworkResponse(_message.Message):
    __slots__ = ("network", "files")
    NETWORK_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    network: NetworkSummary
    files: _containers.RepeatedCompositeFieldContainer[NetworkFile]
    def __init__(self, network: _Optional[_Union[NetworkSummary, _Mapping]] = ..., files: _Optional[_Iterable[_Union[NetworkFile, _Mapping]]] = ...) -> None: ...

class ListNodesRequest(_message.Message):
    __slots__ = ("status", "group", "page_size", "page_token")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    status: _network_pb2.NodeStatus
    group: str
    page_size: int
    page_token: str
    def __init__(self, status: _Optional[_Union[_network_pb2.NodeStatus, str]] = ..., group: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListNodesResponse(_message.Message):
    __slots__ = ("nodes", "next_page_token")
    NODES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    nodes: _containers.RepeatedCompositeFieldContainer[_network_pb2.Node]
    next_page_token: str
    def __init__(self, nodes: _Optional[_Iterable[_Union[_network_pb2.Node, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetNodeRequest(_message.Message):
    __slots__ = ("node_id",)
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    def __init__(self, node_id: _Optional[str] = ...) -> None: ...

class GetNodeResponse(_message.Message):
    __slots__ = ("node",)
    NODE_FIELD_NUMBER: _ClassVar[int]
    node: _network_pb2.Node
    def __init__(self, node: _Optional[_Union[_network_pb2.Node, _Mapping]] = ...) -> None: ...

class ListSkusRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListSkusResponse(_message.Message):
    __slots__ = ("skus", "next_page_token")
    SKUS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    skus: _containers.RepeatedCompositeFieldContainer[_network_pb2.Sku]
    next_page_token: str
    def __init__(self, skus: _Optional[_Iterable[_Union[_network_pb2.Sku, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetSkuRequest(_message.Message):
    __slots__ = ("sku",)
    SKU_FIELD_NUMBER: _ClassVar[int]
    sku: str
    def __init__(self, sku: _Optional[str] = ...) -> None: ...

class GetSkuResponse(_message.Message):
    __slots__ = ("sku",)
    SKU_FIELD_NUMBER: _ClassVar[int]
    sku: _network_pb2.Sku
    def __init__(self, sku: _Optional[_Union[_network_pb2.Sku, _Mapping]] = ...) -> None: ...

class ListCarrierServicesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListCarrierServicesResponse(_message.Message):
    __slots__ = ("carrier_services", "next_page_token")
    CARRIER_SERVICES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    carrier_services: _containers.RepeatedCompositeFieldContainer[_network_pb2.CarrierService]
    next_page_token: str
    def __init__(self, carrier_services: _Optional[_Iterable[_Union[_network_pb2.CarrierService, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListLanesRequest(_message.Message):
    __slots__ = ("carrier_service_id", "origin_zone", "destination_zone", "page_size", "page_token")
    CARRIER_SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_ZONE_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_ZONE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    carrier_service_id: str
    origin_zone: str
    destination_zone: str
    page_size: int
    page_token: str
    def __init__(self, carrier_service_id: _Optional[str] = ..., origin_zone: _Optional[str] = ..., destination_zone: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListLanesResponse(_message.Message):
    __slots__ = ("lanes", "next_page_token")
    LANES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    lanes: _containers.RepeatedCompositeFieldContainer[_network_pb2.Lane]
    next_page_token: str
    def __init__(self, lanes: _Optional[_Iterable[_Union[_network_pb2.Lane, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ResolvePostalCodeRequest(_message.Message):
    __slots__ = ("country_code", "postal_code")
    COUNTRY_CODE_FIELD_NUMBER: _ClassVar[int]
    POSTAL_CODE_FIELD_NUMBER: _ClassVar[int]
    country_code: str
    postal_code: str
    def __init__(self, country_code: _Optional[str] = ..., postal_code: _Optional[str] = ...) -> None: ...

class ResolvePostalCodeResponse(_message.Message):
    __slots__ = ("zone", "latitude_e7", "longitude_e7", "point_source", "district", "state")
    ZONE_FIELD_NUMBER: _ClassVar[int]
    LATITUDE_E7_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_E7_FIELD_NUMBER: _ClassVar[int]
    POINT_SOURCE_FIELD_NUMBER: _ClassVar[int]
    DISTRICT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    zone: str
    latitude_e7: int
    longitude_e7: int
    point_source: PointSource
    district: str
    state: str
    def __init__(self, zone: _Optional[str] = ..., latitude_e7: _Optional[int] = ..., longitude_e7: _Optional[int] = ..., point_source: _Optional[_Union[PointSource, str]] = ..., district: _Optional[str] = ..., state: _Optional[str] = ...) -> None: ...

class SetNodeStatusRequest(_message.Message):
    __slots__ = ("request_id", "node_id", "status", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    node_id: str
    status: _network_pb2.NodeStatus
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., node_id: _Optional[str] = ..., status: _Optional[_Union[_network_pb2.NodeStatus, str]] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SetNodeStatusResponse(_message.Message):
    __slots__ = ("node", "reservations_rerouted", "units_rerouted", "reservations_stranded", "units_stranded", "inventory_seq")
    NODE_FIELD_NUMBER: _ClassVar[int]
    RESERVATIONS_REROUTED_FIELD_NUMBER: _ClassVar[int]
    UNITS_REROUTED_FIELD_NUMBER: _ClassVar[int]
    RESERVATIONS_STRANDED_FIELD_NUMBER: _ClassVar[int]
    UNITS_STRANDED_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    node: _network_pb2.Node
    reservations_rerouted: int
    units_rerouted: int
    reservations_stranded: int
    units_stranded: int
    inventory_seq: int
    def __init__(self, node: _Optional[_Union[_network_pb2.Node, _Mapping]] = ..., reservations_rerouted: _Optional[int] = ..., units_rerouted: _Optional[int] = ..., reservations_stranded: _Optional[int] = ..., units_stranded: _Optional[int] = ..., inventory_seq: _Optional[int] = ...) -> None: ...

class ListPoliciesRequest(_message.Message):
    __slots__ = ("name", "state", "page_size", "page_token")
    NAME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    name: str
    state: _policy_pb2.PolicyState
    page_size: int
    page_token: str
    def __init__(self, name: _Optional[str] = ..., state: _Optional[_Union[_policy_pb2.PolicyState, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListPoliciesResponse(_message.Message):
    __slots__ = ("policies", "next_page_token")
    POLICIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    policies: _containers.RepeatedCompositeFieldContainer[_policy_pb2.PolicyVersion]
    next_page_token: str
    def __init__(self, policies: _Optional[_Iterable[_Union[_policy_pb2.PolicyVersion, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetPolicyRequest(_message.Message):
    __slots__ = ("name", "version", "format")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: int
    format: _policy_pb2.PolicyFormat
    def __init__(self, name: _Optional[str] = ..., version: _Optional[int] = ..., format: _Optional[_Union[_policy_pb2.PolicyFormat, str]] = ...) -> None: ...

class GetPolicyResponse(_message.Message):
    __slots__ = ("policy", "document")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    policy: _policy_pb2.PolicyVersion
    document: bytes
    def __init__(self, policy: _Optional[_Union[_policy_pb2.PolicyVersion, _Mapping]] = ..., document: _Optional[bytes] = ...) -> None: ...

class CheckPolicyRequest(_message.Message):
    __slots__ = ("document", "format", "file")
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    document: bytes
    format: _policy_pb2.PolicyFormat
    file: str
    def __init__(self, document: _Optional[bytes] = ..., format: _Optional[_Union[_policy_pb2.PolicyFormat, str]] = ..., file: _Optional[str] = ...) -> None: ...

class CheckPolicyResponse(_message.Message):
    __slots__ = ("problems", "problem_count", "policy", "changes")
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_COUNT_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    problems: _containers.RepeatedCompositeFieldContainer[_policy_pb2.PolicyProblem]
    problem_count: int
    policy: _policy_pb2.PolicyVersion
    changes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, problems: _Optional[_Iterable[_Union[_policy_pb2.PolicyProblem, _Mapping]]] = ..., problem_count: _Optional[int] = ..., policy: _Optional[_Union[_policy_pb2.PolicyVersion, _Mapping]] = ..., changes: _Optional[_Iterable[str]] = ...) -> None: ...

class CreatePolicyRequest(_message.Message):
    __slots__ = ("request_id", "document", "format", "file", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    document: bytes
    format: _policy_pb2.PolicyFormat
    file: str
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., document: _Optional[bytes] = ..., format: _Optional[_Union[_policy_pb2.PolicyFormat, str]] = ..., file: _Optional[str] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CreatePolicyResponse(_message.Message):
    __slots__ = ("policy", "inventory_seq")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    policy: _policy_pb2.PolicyVersion
    inventory_seq: int
    def __init__(self, policy: _Optional[_Union[_policy_pb2.PolicyVersion, _Mapping]] = ..., inventory_seq: _Optional[int] = ...) -> None: ...

class UpdatePolicyRequest(_message.Message):
    __slots__ = ("request_id", "name", "version", "etag", "document", "format", "file", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    version: int
    etag: str
    document: bytes
    format: _policy_pb2.PolicyFormat
    file: str
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ..., version: _Optional[int] = ..., etag: _Optional[str] = ..., document: _Optional[bytes] = ..., format: _Optional[_Union[_policy_pb2.PolicyFormat, str]] = ..., file: _Optional[str] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class UpdatePolicyResponse(_message.Message):
    __slots__ = ("policy", "inventory_seq")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    policy: _policy_pb2.PolicyVersion
    inventory_seq: int
    def __init__(self, policy: _Optional[_Union[_policy_pb2.PolicyVersion, _Mapping]] = ..., inventory_seq: _Optional[int] = ...) -> None: ...

class ActivatePolicyRequest(_message.Message):
    __slots__ = ("request_id", "name", "version", "etag", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    version: int
    etag: str
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ..., version: _Optional[int] = ..., etag: _Optional[str] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ActivatePolicyResponse(_message.Message):
    __slots__ = ("policy", "inventory_seq")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    policy: _policy_pb2.PolicyVersion
    inventory_seq: int
    def __init__(self, policy: _Optional[_Union[_policy_pb2.PolicyVersion, _Mapping]] = ..., inventory_seq: _Optional[int] = ...) -> None: ...

class ArchivePolicyRequest(_message.Message):
    __slots__ = ("request_id", "name", "version", "etag", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    version: int
    etag: str
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ..., version: _Optional[int] = ..., etag: _Optional[str] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ArchivePolicyResponse(_message.Message):
    __slots__ = ("policy", "inventory_seq")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    policy: _policy_pb2.PolicyVersion
    inventory_seq: int
    def __init__(self, policy: _Optional[_Union[_policy_pb2.PolicyVersion, _Mapping]] = ..., inventory_seq: _Optional[int] = ...) -> None: ...

class SetDefaultPolicyRequest(_message.Message):
    __slots__ = ("request_id", "name", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    name: str
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., name: _Optional[str] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SetDefaultPolicyResponse(_message.Message):
    __slots__ = ("policy", "inventory_seq")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    policy: _policy_pb2.PolicyVersion
    inventory_seq: int
    def __init__(self, policy: _Optional[_Union[_policy_pb2.PolicyVersion, _Mapping]] = ..., inventory_seq: _Optional[int] = ...) -> None: ...
