from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ServiceLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SERVICE_LEVEL_UNSPECIFIED: _ClassVar[ServiceLevel]
    SERVICE_LEVEL_STANDARD: _ClassVar[ServiceLevel]
    SERVICE_LEVEL_EXPRESS: _ClassVar[ServiceLevel]
    SERVICE_LEVEL_SAME_DAY: _ClassVar[ServiceLevel]
    SERVICE_LEVEL_PICKUP: _ClassVar[ServiceLevel]

class PaymentMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAYMENT_METHOD_UNSPECIFIED: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_PREPAID: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_COLLECT_ON_DELIVERY: _ClassVar[PaymentMethod]

class UnassignedReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    UNASSIGNED_REASON_UNSPECIFIED: _ClassVar[UnassignedReason]
    UNASSIGNED_REASON_OUT_OF_STOCK: _ClassVar[UnassignedReason]
    UNASSIGNED_REASON_NO_ELIGIBLE_NODE: _ClassVar[UnassignedReason]
    UNASSIGNED_REASON_NO_LANE: _ClassVar[UnassignedReason]
    UNASSIGNED_REASON_PAYMENT_NOT_SERVED: _ClassVar[UnassignedReason]
    UNASSIGNED_REASON_OVERWEIGHT: _ClassVar[UnassignedReason]
    UNASSIGNED_REASON_NO_CAPACITY: _ClassVar[UnassignedReason]
    UNASSIGNED_REASON_TOO_LATE: _ClassVar[UnassignedReason]
    UNASSIGNED_REASON_GROUP_NOT_TOGETHER: _ClassVar[UnassignedReason]
    UNASSIGNED_REASON_TOO_MANY_SHIPMENTS: _ClassVar[UnassignedReason]
    UNASSIGNED_REASON_NODE_UNAVAILABLE: _ClassVar[UnassignedReason]
    UNASSIGNED_REASON_ORDER_INCOMPLETE: _ClassVar[UnassignedReason]
    UNASSIGNED_REASON_BELOW_MINIMUM: _ClassVar[UnassignedReason]
    UNASSIGNED_REASON_ORDER_CANCELLED: _ClassVar[UnassignedReason]

class StrandedReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STRANDED_REASON_UNSPECIFIED: _ClassVar[StrandedReason]
    STRANDED_REASON_NO_OTHER_NODE: _ClassVar[StrandedReason]
    STRANDED_REASON_ATTEMPTS_EXHAUSTED: _ClassVar[StrandedReason]
SERVICE_LEVEL_UNSPECIFIED: ServiceLevel
SERVICE_LEVEL_STANDARD: ServiceLevel
SERVICE_LEVEL_EXPRESS: ServiceLevel
SERVICE_LEVEL_SAME_DAY: ServiceLevel
SERVICE_LEVEL_PICKUP: ServiceLevel
PAYMENT_METHOD_UNSPECIFIED: PaymentMethod
PAYMENT_METHOD_PREPAID: PaymentMethod
PAYMENT_METHOD_COLLECT_ON_DELIVERY: PaymentMethod
UNASSIGNED_REASON_UNSPECIFIED: UnassignedReason
UNASSIGNED_REASON_OUT_OF_STOCK: UnassignedReason
UNASSIGNED_REASON_NO_ELIGIBLE_NODE: UnassignedReason
UNASSIGNED_REASON_NO_LANE: UnassignedReason
UNASSIGNED_REASON_PAYMENT_NOT_SERVED: UnassignedReason
UNASSIGNED_REASON_OVERWEIGHT: UnassignedReason
UNASSIGNED_REASON_NO_CAPACITY: UnassignedReason
UNASSIGNED_REASON_TOO_LATE: UnassignedReason
UNASSIGNED_REASON_GROUP_NOT_TOGETHER: UnassignedReason
UNASSIGNED_REASON_TOO_MANY_SHIPMENTS: UnassignedReason
UNASSIGNED_REASON_NODE_UNAVAILABLE: UnassignedReason
UNASSIGNED_REASON_ORDER_INCOMPLETE: UnassignedReason
UNASSIGNED_REASON_BELOW_MINIMUM: UnassignedReason
UNASSIGNED_REASON_ORDER_CANCELLED: UnassignedReason
STRANDED_REASON_UNSPECIFIED: StrandedReason
STRANDED_REASON_NO_OTHER_NODE: StrandedReason
STRANDED_REASON_ATTEMPTS_EXHAUSTED: StrandedReason

class Money(_message.Message):
    __slots__ = ("micros", "currency_code")
    MICROS_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    micros: int
    currency_code: str
    def __init__(self, micros: _Optional[int] = ..., currency_code: _Optional[str] = ...) -> None: ...

class PostalAddress(_message.Message):
    __slots__ = ("country_code", "postal_code", "latitude_e7", "longitude_e7")
    COUNTRY_CODE_FIELD_NUMBER: _ClassVar[int]
    POSTAL_CODE_FIELD_NUMBER: _ClassVar[int]
    LATITUDE_E7_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_E7_FIELD_NUMBER: _ClassVar[int]
    country_code: str
    postal_code: str
    latitude_e7: int
    longitude_e7: int
    def __init__(self, country_code: _Optional[str] = ..., postal_code: _Optional[str] = ..., latitude_e7: _Optional[int] = ..., longitude_e7: _Optional[int] = ...) -> None: ...

class Destination(_message.Message):
    __slots__ = ("address", "pickup_node_id")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    PICKUP_NODE_ID_FIELD_NUMBER: _ClassVar[int]
    address: PostalAddress
    pickup_node_id: str
    def __init__(self, address: _Optional[_Union[PostalAddress, _Mapping]] = ..., pickup_node_id: _Optional[str] = ...) -> None: ...

class PolicyRef(_message.Message):
    __slots__ = ("name", "version")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: int
    def __init__(self, name: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...
