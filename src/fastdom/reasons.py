"""Why a call is refused: reasons, fields with their paths, and the one exception that carries them.

The numbers are those of `Reason` and `Field` in _native/command.pxd (fields above 200 are known to messages alone); the
names of `Reason` are those of fastdom.v1.ErrorReason, so that they can be told to callers as they are. Too little stock
is an answer, not a refusal.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final


class Kind(IntEnum):
    """Commands that callers send; the numbers are those of the native enum."""

    NONE = 0
    RESERVE = 1
    ROUTE = 2
    PROMISE = 3
    COMMIT = 4
    EXTEND = 5
    RELEASE = 6
    FULFILL = 7
    GET = 8
    ADJUST = 9
    SET = 10
    AVAILABILITY = 11
    NODE_STATUS = 12
    REROUTE = 13
    RESOLVE = 14
    IMPORT = 23
    POLICY = 24


class Reason(IntEnum):
    """Why a call, or an item of a batch, is refused."""

    OK = 0
    INVALID_FIELD = 1
    EMPTY_ORDER = 2
    INVALID_QUANTITY = 3
    DUPLICATE_LINE_ID = 4
    TOO_MANY_LINES = 5
    TOO_MANY_ITEMS = 6
    ID_TOO_LONG = 7
    REQUEST_ID_REQUIRED = 8
    CURRENCY_MISMATCH = 9
    UNKNOWN_SKU = 10
    UNKNOWN_NODE = 11
    UNKNOWN_CHANNEL = 12
    UNKNOWN_POSTAL_CODE = 13
    UNKNOWN_POLICY = 14
    UNKNOWN_SERVICE_LEVEL = 15
    UNKNOWN_CARRIER_SERVICE = 16
    MALFORMED = 17
    UNKNOWN_COUNTRY = 18
    REQUEST_ID_REUSED = 21
    REQUEST_ID_EXPIRED = 22
    DEADLINE_PASSED = 23
    RESERVATION_NOT_FOUND = 41
    RESERVATION_EXPIRED = 42
    RESERVATION_RELEASED = 43
    RESERVATION_COMMITTED = 44
    RESERVATION_NOT_COMMITTED = 45
    UNKNOWN_LINE = 46
    QUANTITY_EXCEEDS_OPEN = 47
    RESERVATION_FULFILLED = 48
    NOTHING_OPEN_AT_NODE = 49
    DECISION_NOT_FOUND = 50
    TOKEN_INVALID = 61
    TOKEN_EXPIRED = 62
    TOKEN_MISMATCH = 63
    STALE = 81
    VERSION_MISMATCH = 82
    ON_HAND_BELOW_ZERO = 83
    FULFILMENTS_FORGOTTEN = 84
    ETAG_MISMATCH = 85
    NETWORK_MISSING = 101
    NETWORK_INVALID = 102
    NETWORK_SHRINKS = 103
    NODE_OFFLINE = 104
    EXCEPTION_NOT_FOUND = 105
    POLICY_INVALID = 106
    POLICY_STATE = 107
    POLICY_UNFIT = 108
    OVERLOADED = 121
    MAP_FULL = 122
    LIMIT_EXCEEDED = 123
    NOT_DURABLE = 124
    SHUTTING_DOWN = 125
    UNSUPPORTED = 126
    INTERNAL = 127


class Field(IntEnum):
    """Which field of the request a refusal is about; `field_path` spells it."""

    NONE = 0
    REQUEST_ID = 1
    LINES = 2
    LINE_ID = 3
    SKU = 4
    QUANTITY = 5
    WEIGHT = 6
    GROUP_ID = 7
    NODE_ID = 8
    CHANNEL = 9
    DESTINATION = 10
    POSTAL_CODE = 11
    COUNTRY_CODE = 12
    PICKUP_NODE_ID = 13
    SERVICE_LEVEL = 14
    PAYMENT = 15
    PLACED_AT = 16
    REQUIRED_BY = 17
    ORDER_VALUE = 18
    CURRENCY_CODE = 19
    POLICY = 20
    MODE = 21
    TTL = 22
    INCLUDE_NODE_IDS = 23
    EXCLUDE_NODE_IDS = 24
    MAX_SHIPMENTS = 25
    EFFORT = 26
    OPTION_TOKEN = 27
    RESERVATION_ID = 28
    DELTA = 29
    REASON = 30
    ON_HAND = 31
    SAFETY_STOCK = 32
    ROUTING_RESERVE = 33
    AS_OF = 34
    INCLUDES_FULFILMENTS_UP_TO = 35
    EXPECTED_ON_HAND = 36
    EXPECTED_VERSION = 37
    STATUS = 38
    FIRST_SENT_AT = 39
    ORDER_ID = 40
    ALTERNATIVES = 41
    ATTRIBUTES = 42
    SERVICE_LEVELS = 43
    OPTION = 44
    EXCEPTION_ID = 45
    # of messages that no native command stands for
    REQUESTS = 201
    LATITUDE_E7 = 202
    LONGITUDE_E7 = 203
    STATES = 204
    KINDS = 205
    PAGE_SIZE = 206
    PAGE_TOKEN = 207
    SKUS = 208
    NODE_IDS = 209
    ROWS = 210
    NOTE = 211
    AFTER_EXCEPTION_ID = 212
    STATE = 213
    FORMAT = 214
    FILE = 215


MESSAGES: Final[Mapping[Reason, str]] = {
    Reason.OK: "fine",
    Reason.INVALID_FIELD: "the value is malformed, out of range, missing or not allowed here",
    Reason.EMPTY_ORDER: "the order has no lines",
    Reason.INVALID_QUANTITY: "the number of units is not allowed here",
    Reason.DUPLICATE_LINE_ID: "another line of the order has this line_id",
    Reason.TOO_MANY_LINES: "the order has more than 1,000 lines",
    Reason.TOO_MANY_ITEMS: "there are more items than the limit",
    Reason.ID_TOO_LONG: "the id is longer than the limit",
    Reason.REQUEST_ID_REQUIRED: "a command that changes something needs a request_id",
    Reason.CURRENCY_MISMATCH: "the currency is not the network's accounting currency",
    Reason.UNKNOWN_SKU: "the catalogue has no such SKU",
    Reason.UNKNOWN_NODE: "the network has no such node",
    Reason.UNKNOWN_CHANNEL: "the network has no such channel",
    Reason.UNKNOWN_POSTAL_CODE: "the network does not list the postal code",
    Reason.UNKNOWN_POLICY: "there is no such policy, or no active version of it, or not that version",
    Reason.UNKNOWN_SERVICE_LEVEL: "no carrier service of the network offers the service level",
    Reason.UNKNOWN_CARRIER_SERVICE: "the network has no such carrier service",
    Reason.MALFORMED: "the bytes are not a message of the method's request type",
    Reason.UNKNOWN_COUNTRY: "the network lists no postal codes of the country",
    Reason.REQUEST_ID_REUSED: "the request_id was used before with another body or method",
    Reason.REQUEST_ID_EXPIRED: "the request was first sent before the oldest request_id remembered; nothing was done",
    Reason.DEADLINE_PASSED: "the deadline had passed before the call was taken up; nothing was done",
    Reason.RESERVATION_NOT_FOUND: "there is no such reservation, or it is final and forgotten",
    Reason.RESERVATION_EXPIRED: "the hold has run out",
    Reason.RESERVATION_RELEASED: "the reservation was released",
    Reason.RESERVATION_COMMITTED: "the reservation is committed already",
    Reason.RESERVATION_NOT_COMMITTED: "the reservation is held and must be committed first",
    Reason.UNKNOWN_LINE: "the reservation has no such line, or not at that node",
    Reason.QUANTITY_EXCEEDS_OPEN: "the line has fewer open units",
    Reason.RESERVATION_FULFILLED: "every unit of the reservation has shipped",
    Reason.NOTHING_OPEN_AT_NODE: "the reservation has no open units at the node",
    Reason.DECISION_NOT_FOUND: "no decision about it is recorded: the id is not known, or the record is no longer kept",
    Reason.TOKEN_INVALID: "the option_token is damaged or not of this server's data",
    Reason.TOKEN_EXPIRED: "the option_token is past its valid_until; ask for a new promise",
    Reason.TOKEN_MISMATCH: "the order differs from the one the option_token was issued for",
    Reason.STALE: "a later count has been applied already",
    Reason.VERSION_MISMATCH: "the position is not as expected",
    Reason.ON_HAND_BELOW_ZERO: "on_hand would go below 0",
    Reason.FULFILMENTS_FORGOTTEN: "the fulfilments since then are no longer known one by one; count again",
    Reason.ETAG_MISMATCH: "the policy version was changed since it was read; read it again",
    Reason.NETWORK_MISSING: "no network has been loaded yet",
    Reason.NETWORK_INVALID: "a document of the network is wrong",
    Reason.NETWORK_SHRINKS: "the new network lacks a node or SKU that has stock or open reservations",
    Reason.NODE_OFFLINE: "the node is PAUSED or OFFLINE",
    Reason.EXCEPTION_NOT_FOUND: "there is no such exception",
    Reason.POLICY_INVALID: "the policy document is wrong",
    Reason.POLICY_STATE: "the state of the policy version does not allow it",
    Reason.POLICY_UNFIT: "a policy cannot work on the network, or the engine cannot decide by it",
    Reason.OVERLOADED: "too much waits to become durable; try again",
    Reason.MAP_FULL: "the journal's space is used up",
    Reason.LIMIT_EXCEEDED: "a table of the engine is full",
    Reason.NOT_DURABLE: "the journal failed; the effect is unknown until the server has restarted",
    Reason.SHUTTING_DOWN: "the server drains; nothing was done",
    Reason.UNSUPPORTED: "the server does not offer this",
    Reason.INTERNAL: "a defect of the server",
}

_LINE_FIELDS: Final[Mapping[Field, str]] = {
    Field.LINE_ID: "line_id",
    Field.SKU: "sku",
    Field.QUANTITY: "quantity",
    Field.WEIGHT: "weight_g",
    Field.GROUP_ID: "group_id",
    Field.NODE_ID: "node_id",
    Field.ATTRIBUTES: "attributes",
    Field.ON_HAND: "on_hand",
    Field.SAFETY_STOCK: "safety_stock",
    Field.ROUTING_RESERVE: "routing_reserve",
}
_ORDER_FIELDS: Final[Mapping[Field, str]] = {
    Field.LINES: "order.lines",
    Field.CHANNEL: "order.channel",
    Field.DESTINATION: "order.destination",
    Field.POSTAL_CODE: "order.destination.address.postal_code",
    Field.COUNTRY_CODE: "order.destination.address.country_code",
    Field.PICKUP_NODE_ID: "order.destination.pickup_node_id",
    Field.SERVICE_LEVEL: "order.service_level",
    Field.PAYMENT: "order.payment",
    Field.PLACED_AT: "order.placed_at",
    Field.REQUIRED_BY: "order.required_by",
    Field.ORDER_VALUE: "order.order_value_micros",
    Field.CURRENCY_CODE: "order.currency_code",
    Field.ORDER_ID: "order.order_id",
    Field.LATITUDE_E7: "order.destination.address.latitude_e7",
    Field.LONGITUDE_E7: "order.destination.address.longitude_e7",
}
_LIST_FIELDS: Final = frozenset(
    {
        Field.INCLUDE_NODE_IDS,
        Field.EXCLUDE_NODE_IDS,
        Field.SERVICE_LEVELS,
        Field.STATES,
        Field.KINDS,
        Field.SKUS,
        Field.NODE_IDS,
        Field.REQUESTS,
        Field.ROWS,
    }
)
_ORDER_KINDS: Final = frozenset({Kind.RESERVE, Kind.ROUTE, Kind.PROMISE})


def field_path(kind: int, field: int, line_i: int) -> str:
    """Path of a field in the request of a command, as BadRequest spells it.

    Parameters
    ----------
    kind : int
        `Kind` of the command: it says where the request keeps its lines.
    field : int
        `Field`.
    line_i : int
        Index of the line, row or list element it is about, -1 = the whole request.

    Returns
    -------
    str
        Such as ``order.lines[2].quantity``; empty for `Field.NONE`.
    """
    if field == Field.NONE:
        return ""
    name = Field(field)
    if line_i >= 0 and name in _LINE_FIELDS:
        lines = "order.lines" if kind in _ORDER_KINDS else "rows" if kind == Kind.IMPORT else "lines"
        return f"{lines}[{line_i}].{_LINE_FIELDS[name]}"
    if kind in _ORDER_KINDS and name in _ORDER_FIELDS:
        return _ORDER_FIELDS[name]
    if line_i >= 0 and name in _LIST_FIELDS:
        return f"{name.name.lower()}[{line_i}]"
    return _LINE_FIELDS.get(name, name.name.lower())


class EngineError(Exception):
    """A call was refused and nothing was changed (or, for NOT_DURABLE, nothing may be told).

    Attributes
    ----------
    reason : Reason
    field : Field
        NONE when it is about no field.
    line_i : int
        Index of the line, row or list element, -1 = the whole request.
    path : str
        Path of the field in the request, such as ``order.lines[2].quantity``.
    message : str
        One sentence for people.
    seq : int
        Sequence that must be durable before the refusal is told; 0 = wait for nothing.
    """

    def __init__(
        self,
        reason: Reason,
        field: Field = Field.NONE,
        line_i: int = -1,
        *,
        kind: int = Kind.NONE,
        message: str = "",
        seq: int = 0,
    ) -> None:
        self.reason = reason
        self.field = field
        self.line_i = line_i
        self.path = field_path(kind, field, line_i)
        self.message = message or MESSAGES[reason]
        self.seq = seq
        super().__init__(f"{self.path}: {self.message}" if self.path else self.message)
