"""Field numbers of the hot messages as protobuf tags (number << 3 | wire type), one enum a message.

Named MESSAGE_FIELD after proto/fastdom_api/v1. Messages with equal numbering share an enum and say so.
"""

from libc.stdint cimport int32_t


cdef enum Wire:
    WIRE_VARINT = 0
    WIRE_64 = 1
    WIRE_BYTES = 2
    WIRE_GROUP = 3
    WIRE_GROUP_END = 4
    WIRE_32 = 5


cdef enum Method:                # of the seam; a unary method's number is its Kind in command.pxd
    METHOD_RESERVE = 1
    METHOD_ROUTE = 2
    METHOD_PROMISE = 3
    METHOD_COMMIT = 4
    METHOD_EXTEND = 5
    METHOD_RELEASE = 6
    METHOD_FULFILL = 7
    METHOD_GET_RESERVATION = 8
    METHOD_BATCH_RESERVE = 65    # METHOD_BATCH + the method of its items
    METHOD_BATCH_ROUTE = 66
    METHOD_BATCH_PROMISE = 67

cdef enum:
    METHOD_BATCH = 64
    METHODS_MAX = 128
    BATCH_ITEMS_MAX = 1024       # items of one batch


cdef enum WireField:             # fields that the wire alone knows, beside Field of command.pxd
    F_REQUESTS = 201
    F_LATITUDE_E7 = 202
    F_LONGITUDE_E7 = 203

cdef enum:
    FIELDS_MAX = 256             # every Field and WireField is below


cdef inline bint is_batch(int32_t method) noexcept nogil:
    return method >= METHOD_BATCH


# --- requests


cdef enum Instant:               # google.protobuf.Timestamp and Duration
    INSTANT_SECONDS = 1 << 3 | WIRE_VARINT
    INSTANT_NANOS = 2 << 3 | WIRE_VARINT

cdef enum MapEntry:
    ENTRY_KEY = 1 << 3 | WIRE_BYTES
    ENTRY_VALUE = 2 << 3 | WIRE_BYTES

cdef enum AddressTag:
    ADDRESS_COUNTRY_CODE = 1 << 3 | WIRE_BYTES
    ADDRESS_POSTAL_CODE = 2 << 3 | WIRE_BYTES
    ADDRESS_LATITUDE_E7 = 3 << 3 | WIRE_32
    ADDRESS_LONGITUDE_E7 = 4 << 3 | WIRE_32

cdef enum DestinationTag:
    DESTINATION_ADDRESS = 1 << 3 | WIRE_BYTES
    DESTINATION_PICKUP_NODE_ID = 2 << 3 | WIRE_BYTES

cdef enum PolicyTag:
    POLICY_NAME = 1 << 3 | WIRE_BYTES
    POLICY_VERSION = 2 << 3 | WIRE_VARINT

cdef enum OrderLineTag:
    LINE_LINE_ID = 1 << 3 | WIRE_BYTES
    LINE_SKU = 2 << 3 | WIRE_BYTES
    LINE_QUANTITY = 3 << 3 | WIRE_VARINT
    LINE_WEIGHT_G = 4 << 3 | WIRE_VARINT
    LINE_GROUP_ID = 5 << 3 | WIRE_BYTES
    LINE_NODE_ID = 6 << 3 | WIRE_BYTES
    LINE_ATTRIBUTES = 7 << 3 | WIRE_BYTES

cdef enum OrderTag:
    ORDER_ORDER_ID = 1 << 3 | WIRE_BYTES
    ORDER_CHANNEL = 2 << 3 | WIRE_BYTES
    ORDER_LINES = 3 << 3 | WIRE_BYTES
    ORDER_DESTINATION = 4 << 3 | WIRE_BYTES
    ORDER_SERVICE_LEVEL = 5 << 3 | WIRE_VARINT
    ORDER_PAYMENT = 6 << 3 | WIRE_VARINT
    ORDER_PLACED_AT = 7 << 3 | WIRE_BYTES
    ORDER_REQUIRED_BY = 8 << 3 | WIRE_BYTES
    ORDER_ORDER_VALUE_MICROS = 9 << 3 | WIRE_VARINT
    ORDER_CURRENCY_CODE = 10 << 3 | WIRE_BYTES

cdef enum ReserveTag:
    RESERVE_REQUEST_ID = 1 << 3 | WIRE_BYTES
    RESERVE_ORDER = 2 << 3 | WIRE_BYTES
    RESERVE_OPTION_TOKEN = 3 << 3 | WIRE_BYTES
    RESERVE_MODE = 4 << 3 | WIRE_VARINT
    RESERVE_TTL = 5 << 3 | WIRE_BYTES
    RESERVE_ALLOW_PARTIAL = 6 << 3 | WIRE_VARINT
    RESERVE_FIRST_SENT_AT = 7 << 3 | WIRE_BYTES

cdef enum RouteTag:
    ROUTE_REQUEST_ID = 1 << 3 | WIRE_BYTES
    ROUTE_ORDER = 2 << 3 | WIRE_BYTES
    ROUTE_POLICY = 3 << 3 | WIRE_BYTES
    ROUTE_MODE = 4 << 3 | WIRE_VARINT
    ROUTE_TTL = 5 << 3 | WIRE_BYTES
    ROUTE_INCLUDE_NODE_IDS = 6 << 3 | WIRE_BYTES
    ROUTE_EXCLUDE_NODE_IDS = 7 << 3 | WIRE_BYTES
    ROUTE_ALLOW_PARTIAL = 8 << 3 | WIRE_VARINT
    ROUTE_MAX_SHIPMENTS = 9 << 3 | WIRE_VARINT
    ROUTE_EFFORT = 10 << 3 | WIRE_VARINT
    ROUTE_ALTERNATIVES = 11 << 3 | WIRE_VARINT
    ROUTE_EXPLAIN = 12 << 3 | WIRE_VARINT
    ROUTE_FIRST_SENT_AT = 13 << 3 | WIRE_BYTES

cdef enum PromiseTag:
    PROMISE_REQUEST_ID = 1 << 3 | WIRE_BYTES
    PROMISE_ORDER = 2 << 3 | WIRE_BYTES
    PROMISE_SERVICE_LEVEL = 3 << 3 | WIRE_VARINT         # unpacked
    PROMISE_SERVICE_LEVELS = 3 << 3 | WIRE_BYTES         # packed
    PROMISE_HOLD = 4 << 3 | WIRE_VARINT
    PROMISE_OPTION = 5 << 3 | WIRE_VARINT
    PROMISE_TTL = 6 << 3 | WIRE_BYTES
    PROMISE_POLICY = 7 << 3 | WIRE_BYTES
    PROMISE_FIRST_SENT_AT = 8 << 3 | WIRE_BYTES

cdef enum VerbTag:               # ExtendRequest, CommitRequest, ReleaseRequest, FulfillRequest
    VERB_REQUEST_ID = 1 << 3 | WIRE_BYTES
    VERB_RESERVATION_ID = 2 << 3 | WIRE_BYTES
    VERB_TTL = 3 << 3 | WIRE_BYTES                       # Extend
    VERB_REACQUIRE = 3 << 3 | WIRE_VARINT                # Commit
    VERB_LINES = 3 << 3 | WIRE_BYTES                     # Release, Fulfill
    VERB_FIRST_SENT_AT = 4 << 3 | WIRE_BYTES

cdef enum LineQuantityTag:
    QUANTITY_LINE_ID = 1 << 3 | WIRE_BYTES
    QUANTITY_QUANTITY = 2 << 3 | WIRE_VARINT
    QUANTITY_NODE_ID = 3 << 3 | WIRE_BYTES

cdef enum GetReservationTag:
    GET_RESERVATION_ID = 1 << 3 | WIRE_BYTES

cdef enum BatchTag:              # BatchReserveRequest, BatchRouteRequest, BatchPromiseRequest
    BATCH_REQUESTS = 1 << 3 | WIRE_BYTES
