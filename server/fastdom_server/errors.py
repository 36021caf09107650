"""Errors as google.rpc.Status: the one place that gives a reason its gRPC code, its words and its details.

Every error carries one ErrorInfo (the reason's name, domain "fastdom", facts as text), bad input a BadRequest with the
field's path, an error worth a retry a RetryInfo. The native codec builds the same bytes from the tables below, which it
copies at import (`_wire/error.pyx`); a test compares the two byte by byte.

    reason, path, facts  ->  status()   ->  google.rpc.Status
    EngineError          ->  of_error() ->  google.rpc.Status
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from fastdom.reasons import MESSAGES, EngineError, Field, Kind, Reason, field_path
from fastdom.types import (
    AdjustReason,
    ExceptionKind,
    NodeStatus,
    PaymentMethod,
    RerouteReason,
    ReservationState,
    ReserveMode,
    RouteMode,
    ServiceLevel,
)

DOMAIN: Final = "fastdom"
TYPE_PREFIX: Final = "type.googleapis.com/"
DETAILS_TRAILER: Final = "grpc-status-details-bin"

_Code = grpc.StatusCode

CODES: Final[Mapping[Reason, grpc.StatusCode]] = {
    Reason.OK: _Code.OK,
    Reason.INVALID_FIELD: _Code.INVALID_ARGUMENT,
    Reason.EMPTY_ORDER: _Code.INVALID_ARGUMENT,
    Reason.INVALID_QUANTITY: _Code.INVALID_ARGUMENT,
    Reason.DUPLICATE_LINE_ID: _Code.INVALID_ARGUMENT,
    Reason.TOO_MANY_LINES: _Code.INVALID_ARGUMENT,
    Reason.TOO_MANY_ITEMS: _Code.INVALID_ARGUMENT,
    Reason.ID_TOO_LONG: _Code.INVALID_ARGUMENT,
    Reason.REQUEST_ID_REQUIRED: _Code.INVALID_ARGUMENT,
    Reason.CURRENCY_MISMATCH: _Code.INVALID_ARGUMENT,
    Reason.UNKNOWN_SKU: _Code.INVALID_ARGUMENT,
    Reason.UNKNOWN_NODE: _Code.INVALID_ARGUMENT,
    Reason.UNKNOWN_CHANNEL: _Code.INVALID_ARGUMENT,
    Reason.UNKNOWN_POSTAL_CODE: _Code.INVALID_ARGUMENT,
    Reason.UNKNOWN_POLICY: _Code.INVALID_ARGUMENT,
    Reason.UNKNOWN_SERVICE_LEVEL: _Code.INVALID_ARGUMENT,
    Reason.UNKNOWN_CARRIER_SERVICE: _Code.INVALID_ARGUMENT,
    Reason.MALFORMED: _Code.INVALID_ARGUMENT,
    Reason.UNKNOWN_COUNTRY: _Code.INVALID_ARGUMENT,
    Reason.REQUEST_ID_REUSED: _Code.ALREADY_EXISTS,
    Reason.REQUEST_ID_EXPIRED: _Code.FAILED_PRECONDITION,
    Reason.DEADLINE_PASSED: _Code.DEADLINE_EXCEEDED,
    Reason.RESERVATION_NOT_FOUND: _Code.NOT_FOUND,
    Reason.DECISION_NOT_FOUND: _Code.NOT_FOUND,
    Reason.RESERVATION_EXPIRED: _Code.FAILED_PRECONDITION,
    Reason.RESERVATION_RELEASED: _Code.FAILED_PRECONDITION,
    Reason.RESERVATION_COMMITTED: _Code.FAILED_PRECONDITION,
    Reason.RESERVATION_NOT_COMMITTED: _Code.FAILED_PRECONDITION,
    Reason.UNKNOWN_LINE: _Code.INVALID_ARGUMENT,
    Reason.QUANTITY_EXCEEDS_OPEN: _Code.FAILED_PRECONDITION,
    Reason.RESERVATION_FULFILLED: _Code.FAILED_PRECONDITION,
    Reason.NOTHING_OPEN_AT_NODE: _Code.FAILED_PRECONDITION,
    Reason.TOKEN_INVALID: _Code.INVALID_ARGUMENT,
    Reason.TOKEN_EXPIRED: _Code.FAILED_PRECONDITION,
    Reason.TOKEN_MISMATCH: _Code.INVALID_ARGUMENT,
    Reason.STALE: _Code.FAILED_PRECONDITION,
    Reason.VERSION_MISMATCH: _Code.ABORTED,
    Reason.ON_HAND_BELOW_ZERO: _Code.FAILED_PRECONDITION,
    Reason.FULFILMENTS_FORGOTTEN: _Code.FAILED_PRECONDITION,
    Reason.ETAG_MISMATCH: _Code.ABORTED,
    Reason.NETWORK_MISSING: _Code.FAILED_PRECONDITION,
    Reason.NETWORK_INVALID: _Code.INVALID_ARGUMENT,
    Reason.NETWORK_SHRINKS: _Code.FAILED_PRECONDITION,
    Reason.NODE_OFFLINE: _Code.FAILED_PRECONDITION,
    Reason.EXCEPTION_NOT_FOUND: _Code.NOT_FOUND,
    Reason.POLICY_INVALID: _Code.INVALID_ARGUMENT,
    Reason.POLICY_STATE: _Code.FAILED_PRECONDITION,
    Reason.POLICY_UNFIT: _Code.FAILED_PRECONDITION,
    Reason.OVERLOADED: _Code.RESOURCE_EXHAUSTED,
    Reason.MAP_FULL: _Code.RESOURCE_EXHAUSTED,
    Reason.LIMIT_EXCEEDED: _Code.RESOURCE_EXHAUSTED,
    Reason.NOT_DURABLE: _Code.UNAVAILABLE,
    Reason.SHUTTING_DOWN: _Code.UNAVAILABLE,
    Reason.UNSUPPORTED: _Code.UNIMPLEMENTED,
    Reason.INTERNAL: _Code.INTERNAL,
}

RETRY_MS: Final[Mapping[Reason, int]] = {
    Reason.OVERLOADED: 50,
    Reason.NOT_DURABLE: 1_000,
    Reason.SHUTTING_DOWN: 1_000,
}
"""Errors worth a retry, and how long to wait before it."""


def _names(words: type[IntEnum]) -> str:
    """Names of an enum's values, UNSPECIFIED left out."""
    return ", ".join(word.name for word in words if word)


_REROUTE_REASONS: Final = ", ".join(word.name for word in RerouteReason if 0 < word < RerouteReason.NODE_OFFLINE)
_TIMES: Final = "1970-01-01T00:00:00.000001Z .. 9999-12-31T23:59:59.999999Z"
_UNITS: Final = "0 .. 1000000000"
ALLOWED: Final[Mapping[int, str]] = {
    Field.QUANTITY: "1 .. 1000000",
    Field.DELTA: (
        "below 0 for SALE and DAMAGE, above 0 for RECEIPT and RETURN, else either but not 0; at most 1000000000 units, "
        "and as many on hand afterwards"
    ),
    Field.ON_HAND: _UNITS,
    Field.SAFETY_STOCK: _UNITS,
    Field.ROUTING_RESERVE: _UNITS,
    Field.REASON: f"{_names(AdjustReason)} for AdjustInventory, {_REROUTE_REASONS} for Reroute",
    Field.STATUS: _names(NodeStatus),
    Field.STATES: _names(ReservationState),
    Field.KINDS: _names(ExceptionKind),
    Field.PAYMENT: _names(PaymentMethod),
    Field.MODE: f"{_names(RouteMode)} for Route, {_names(ReserveMode)} for Reserve",
    Field.SERVICE_LEVEL: "PICKUP with a pickup node, another level with an address",
    Field.OPTION: f"one of service_levels, or without them {_names(ServiceLevel)}",
    Field.DESTINATION: "an address or a pickup node; none only for a Reserve whose lines are all pinned",
    Field.LINE_ID: "1 .. 64 bytes",
    Field.WEIGHT: "0 .. 10000000",
    Field.PLACED_AT: _TIMES,
    Field.REQUIRED_BY: f"{_TIMES}, not before placed_at",
    Field.FIRST_SENT_AT: _TIMES,
    Field.AS_OF: _TIMES,
    Field.ORDER_VALUE: "0 .. 2^50",
    Field.TTL: "1 s .. ttl_max",
    Field.MAX_SHIPMENTS: "0 .. 1000",
    Field.EFFORT: "0 .. 2147483647",
    Field.ALTERNATIVES: "0 .. 8",
    Field.ATTRIBUTES: "16 entries, keys and values of 0 .. 64 bytes, 256 KiB an order",
    Field.RESERVATION_ID: "32 hexadecimal digits",
    Field.SERVICE_LEVELS: "each level once",
    Field.REQUESTS: "1 .. 1024",
    Field.PAGE_SIZE: "0 .. 1000",
    Field.STATE: "DRAFT, ACTIVE, ARCHIVED",
    Field.FORMAT: "TOML, JSON",
    Field.FILE: "at most 255 bytes",
    Field.LATITUDE_E7: "-900000000 .. 900000000, with longitude_e7",
    Field.LONGITUDE_E7: "-1800000000 .. 1800000000, with latitude_e7",
}
"""Fact "allowed" of INVALID_FIELD and INVALID_QUANTITY, by field."""

LIMITS: Final[Mapping[tuple[Reason, int], str]] = {
    (Reason.TOO_MANY_LINES, Field.LINES): "1000",
    (Reason.TOO_MANY_ITEMS, Field.INCLUDE_NODE_IDS): "4096",
    (Reason.TOO_MANY_ITEMS, Field.EXCLUDE_NODE_IDS): "4096",
    (Reason.TOO_MANY_ITEMS, Field.REQUESTS): "1024",
    (Reason.TOO_MANY_ITEMS, Field.NODE_IDS): "1024",
    (Reason.TOO_MANY_ITEMS, Field.ROWS): "1024",
    (Reason.ID_TOO_LONG, Field.REQUEST_ID): "36",
    (Reason.ID_TOO_LONG, Field.POSTAL_CODE): "16",
    (Reason.ID_TOO_LONG, Field.OPTION_TOKEN): "512",
}
ID_LIMIT: Final = "64"
"""Fact "limit" of ID_TOO_LONG where LIMITS has no other."""


def fixed_facts(reason: int, field: int) -> dict[str, str]:
    """Facts that follow from reason and field alone: what is allowed, or the limit."""
    if reason in (Reason.INVALID_FIELD, Reason.INVALID_QUANTITY) and field in ALLOWED:
        return {"allowed": ALLOWED[field]}
    limit = LIMITS.get((Reason(reason), field), ID_LIMIT if reason == Reason.ID_TOO_LONG else "")
    return {"limit": limit} if limit else {}


def is_bad_input(reason: int) -> bool:
    """Whether the request itself is wrong: the error then has a BadRequest with the field's path."""
    return CODES[Reason(reason)] is _Code.INVALID_ARGUMENT


def _packed(message: Message) -> Any:
    return Any(type_url=TYPE_PREFIX + message.DESCRIPTOR.full_name, value=message.SerializeToString(deterministic=True))


def status(
    reason: int, path: str = "", facts: Mapping[str, str] | None = None, *, message: str = "", retry_ms: int = 0
) -> status_pb2.Status:
    """Build the status of one error.

    Parameters
    ----------
    reason : int
        `Reason`, not OK.
    path : str
        Path of the field in the request, "" for none. Becomes the fact "field".
    facts : mapping of str to str, optional
        Metadata of the ErrorInfo, as the comments of ErrorReason show them.
    message : str
        One sentence for people; "" = the reason's.
    retry_ms : int
        Milliseconds to wait before a retry; 0 = as RETRY_MS says.
    """
    known = Reason(reason)
    text = message or MESSAGES[known]
    info = error_details_pb2.ErrorInfo(reason=known.name, domain=DOMAIN, metadata=facts or {})
    details: list[Message] = [info]
    if path:
        info.metadata["field"] = path
        if is_bad_input(known):
            violation = error_details_pb2.BadRequest.FieldViolation(field=path, description=text)
            details.append(error_details_pb2.BadRequest(field_violations=[violation]))
    delay_ms = retry_ms or RETRY_MS.get(known, 0)
    if delay_ms:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromMilliseconds(delay_ms)
        details.append(retry)
    code: int = CODES[known].value[0]
    return status_pb2.Status(
        code=code, message=f"{path}: {text}" if path else text, details=[_packed(detail) for detail in details]
    )


def refusal(
    kind: int, reason: int, field: int = Field.NONE, line_i: int = -1, facts: Mapping[str, str] | None = None
) -> status_pb2.Status:
    """Build the status of a refusal that the engine gave by numbers; its fixed facts are added."""
    return status(reason, field_path(kind, field, line_i), {**fixed_facts(reason, field), **(facts or {})})


def of_error(error: EngineError, facts: Mapping[str, str] | None = None) -> status_pb2.Status:
    """Build the status of a refusal that came as an exception; its fixed facts are added."""
    facts = {**fixed_facts(error.reason, error.field), **(facts or {})}
    return status(error.reason, error.path, facts, message=error.message)


def code_of(reason: int) -> grpc.StatusCode:
    """gRPC code of a reason."""
    return CODES[Reason(reason)]


def trailers(details: bytes) -> tuple[tuple[str, bytes], ...]:
    """Trailing metadata that carries a serialized Status."""
    return ((DETAILS_TRAILER, details),)


def message_of(details: bytes) -> str:
    """Message of a serialized Status."""
    return str(status_pb2.Status.FromString(details).message)


def reason_rows() -> list[tuple[int, int, bytes, bytes, int, bool]]:
    """Table for the native codec: number, gRPC code, name, words, retry in ms, bad input."""
    return [
        (r.value, CODES[r].value[0], r.name.encode(), MESSAGES[r].encode(), RETRY_MS.get(r, 0), is_bad_input(r))
        for r in Reason
    ]


def field_rows() -> list[tuple[int, bool, bytes, bytes]]:
    """Table for the native codec: number, whether of an order, path of the whole, path of element 0 ("" = the same)."""
    rows: list[tuple[int, bool, bytes, bytes]] = []
    for kind in (Kind.RESERVE, Kind.RELEASE):
        for field in Field:
            whole, first = field_path(kind, field, -1), field_path(kind, field, 0)
            rows.append((int(field), kind is Kind.RESERVE, whole.encode(), b"" if first == whole else first.encode()))
    return rows


def limit_rows() -> list[tuple[int, int, bool, bytes]]:
    """Table for the native codec: reason, field, whether "allowed" (else "limit"), text."""
    rows: list[tuple[int, int, bool, bytes]] = []
    for reason in (
        Reason.INVALID_FIELD,
        Reason.INVALID_QUANTITY,
        Reason.TOO_MANY_LINES,
        Reason.TOO_MANY_ITEMS,
        Reason.ID_TOO_LONG,
    ):
        for field in Field:
            for name, text in fixed_facts(reason, field).items():
                rows.append((int(reason), int(field), name == "allowed", text.encode()))
    return rows
