import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DurabilityMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DURABILITY_MODE_UNSPECIFIED: _ClassVar[DurabilityMode]
    DURABILITY_MODE_STRICT: _ClassVar[DurabilityMode]
    DURABILITY_MODE_RELAXED: _ClassVar[DurabilityMode]
    DURABILITY_MODE_PROCESS: _ClassVar[DurabilityMode]
DURABILITY_MODE_UNSPECIFIED: DurabilityMode
DURABILITY_MODE_STRICT: DurabilityMode
DURABILITY_MODE_RELAXED: DurabilityMode
DURABILITY_MODE_PROCESS: DurabilityMode

class CheckpointRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CheckpointResponse(_message.Message):
    __slots__ = ("checkpoint_seq", "size_bytes", "elapsed")
    CHECKPOINT_SEQ_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_FIELD_NUMBER: _ClassVar[int]
    checkpoint_seq: int
    size_bytes: int
    elapsed: _duration_pb2.Duration
    def __init__(self, checkpoint_seq: _Optional[int] = ..., size_bytes: _Optional[int] = ..., elapsed: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class DigestRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DigestResponse(_message.Message):
    __slots__ = ("digest", "digest_seq", "journal_time")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    DIGEST_SEQ_FIELD_NUMBER: _ClassVar[int]
    JOURNAL_TIME_FIELD_NUMBER: _ClassVar[int]
    digest: str
    digest_seq: int
    journal_time: _timestamp_pb2.Timestamp
    def __init__(self, digest: _Optional[str] = ..., digest_seq: _Optional[int] = ..., journal_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetBuildInfoRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Limits(_message.Message):
    __slots__ = ("lines_max", "batch_items_max", "id_bytes_max", "request_id_bytes_max", "message_bytes_max", "ttl_default", "ttl_max", "quote_ttl", "request_id_window", "request_ids_max")
    LINES_MAX_FIELD_NUMBER: _ClassVar[int]
    BATCH_ITEMS_MAX_FIELD_NUMBER: _ClassVar[int]
    ID_BYTES_MAX_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_BYTES_MAX_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_BYTES_MAX_FIELD_NUMBER: _ClassVar[int]
    TTL_DEFAULT_FIELD_NUMBER: _ClassVar[int]
    TTL_MAX_FIELD_NUMBER: _ClassVar[int]
    QUOTE_TTL_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_WINDOW_FIELD_NUMBER: _ClassVar[int]
    REQUEST_IDS_MAX_FIELD_NUMBER: _ClassVar[int]
    lines_max: int
    batch_items_max: int
    id_bytes_max: int
    request_id_bytes_max: int
    message_bytes_max: int
    ttl_default: _duration_pb2.Duration
    ttl_max: _duration_pb2.Duration
    quote_ttl: _duration_pb2.Duration
    request_id_window: _duration_pb2.Duration
    request_ids_max: int
    def __init__(self, lines_max: _Optional[int] = ..., batch_items_max: _Optional[int] = ..., id_bytes_max: _Optional[int] = ..., request_id_bytes_max: _Optional[int] = ..., message_bytes_max: _Optional[int] = ..., ttl_default: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., ttl_max: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., quote_ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., request_id_window: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., request_ids_max: _Optional[int] = ...) -> None: ...

class GetBuildInfoResponse(_message.Message):
    __slots__ = ("version", "journal_format", "python_version", "debug_build", "durability", "started_at", "recovery", "operations_replayed", "limits")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    JOURNAL_FORMAT_FIELD_NUMBER: _ClassVar[int]
    PYTHON_VERSION_FIELD_NUMBER: _ClassVar[int]
    DEBUG_BUILD_FIELD_NUMBER: _ClassVar[int]
    DURABILITY_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    RECOVERY_FIELD_NUMBER: _ClassVar[int]
    OPERATIONS_REPLAYED_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    version: str
    journal_format: int
    python_version: str
    debug_build: bool
    durability: DurabilityMode
    started_at: _timestamp_pb2.Timestamp
    recovery: _duration_pb2.Duration
    operations_replayed: int
    limits: Limits
    def __init__(self, version: _Optional[str] = ..., journal_format: _Optional[int] = ..., python_version: _Optional[str] = ..., debug_build: _Optional[bool] = ..., durability: _Optional[_Union[DurabilityMode, str]] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., recovery: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., operations_replayed: _Optional[int] = ..., limits: _Optional[_Union[Limits, _Mapping]] = ...) -> None: ...
