"""What a call can fail with.

    FastdomError
    ├── InvalidRequestError     INVALID_ARGUMENT, OUT_OF_RANGE: `field` names what to mend
    ├── NotFoundError           NOT_FOUND
    ├── RequestIdReusedError    ALREADY_EXISTS: the request_id was used before with another body
    ├── PreconditionError       FAILED_PRECONDITION: expired, released, stale, ...
    ├── ConflictError           ABORTED: compare-and-set found another value
    ├── OverloadedError         RESOURCE_EXHAUSTED
    ├── UnavailableError        UNAVAILABLE: not reachable, or it stops
    ├── DeadlineError           DEADLINE_EXCEEDED
    ├── UnsupportedError        UNIMPLEMENTED
    ├── AccessError             UNAUTHENTICATED, PERMISSION_DENIED
    ├── CancelledCallError      CANCELLED
    └── ServerError             every other code, INTERNAL first of all

After UnavailableError or DeadlineError of a mutation its effect is unknown: send it again with `request_id`.
"""

from collections.abc import Mapping, Sequence

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

DETAILS_KEY = "grpc-status-details-bin"
DOMAIN = "fastdom"


class FastdomError(Exception):
    """A call, or an item of a batch, failed.

    Attributes
    ----------
    code : grpc.StatusCode
        Status of the call.
    message : str
        One sentence of the server, or of the transport when the server gave no answer.
    reason : str
        Name of the ErrorReason without its prefix, such as "UNKNOWN_SKU". Empty = the server gave no answer of its own.
    field : str
        Path of the field in the request, such as "order.lines[0].sku"; in a batch counted from the item. May be empty.
    metadata : mapping of str to str
        Facts of the reason, as `error_reason.proto` lists them.
    violations : sequence of (str, str)
        Every field with its finding, when the server names more than one.
    retry_after_s : float or None
        How long to wait before trying again helps, in seconds; None = the server did not say.
    request_id : str
        The request_id the call was sent with; repeat with it when the effect is unknown. Empty for reads.
    """

    def __init__(
        self,
        code: grpc.StatusCode,
        message: str,
        *,
        reason: str = "",
        metadata: Mapping[str, str] | None = None,
        violations: Sequence[tuple[str, str]] = (),
        retry_after_s: float | None = None,
    ) -> None:
        self.code = code
        self.message = message
        self.reason = reason
        self.metadata: Mapping[str, str] = dict(metadata or {})
        self.violations = tuple(violations)
        self.field = self.metadata.get("field", "") or (self.violations[0][0] if self.violations else "")
        self.retry_after_s = retry_after_s
        self.request_id = ""
        super().__init__(code, message)

    def __str__(self) -> str:
        what = self.reason or self.code.name
        at = f" at {self.field}" if self.field else ""
        bounds = f"; {self.bounds}" if self.bounds else ""
        return f"{what}{at}: {self.message}{bounds}"

    @property
    def bounds(self) -> str:
        """Which values the field takes, as the server says it: "allowed: 1 .. 1000000"; empty when it does not."""
        if allowed := self.metadata.get("allowed", ""):
            return f"allowed: {allowed}"
        limit = self.metadata.get("limit", "")
        return f"at most {limit}" if limit and isinstance(self, InvalidRequestError) else ""

    @property
    def answered(self) -> bool:
        """Whether a server of fastdom gave this answer, rather than the transport giving up."""
        return bool(self.reason)


class InvalidRequestError(FastdomError):
    """The request is wrong; sending the same again fails again. Nothing was changed."""


class NotFoundError(FastdomError):
    """What the request names does not exist."""


class RequestIdReusedError(FastdomError):
    """The request_id was used before with a different body or method. Nothing was changed."""


class PreconditionError(FastdomError):
    """The state does not allow it: expired, released, stale, and so on. Nothing was changed."""


class ConflictError(FastdomError):
    """A compare-and-set found another value than expected. Nothing was changed."""


class OverloadedError(FastdomError):
    """The server has too much to do, or no room left. Nothing was changed."""


class UnavailableError(FastdomError):
    """The server cannot be reached or is stopping. The effect of a mutation is unknown."""


class DeadlineError(FastdomError):
    """No answer in time. The effect of a mutation is unknown."""


class UnsupportedError(FastdomError):
    """The server does not offer what was asked for."""


class AccessError(FastdomError):
    """The caller is not known or may not do this."""


class CancelledCallError(FastdomError):
    """The call was cancelled. The effect of a mutation is unknown."""


class ServerError(FastdomError):
    """A defect of the server; `metadata["incident"]` is what its log calls it."""


BY_CODE: dict[grpc.StatusCode, type[FastdomError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: InvalidRequestError,
    grpc.StatusCode.OUT_OF_RANGE: InvalidRequestError,
    grpc.StatusCode.NOT_FOUND: NotFoundError,
    grpc.StatusCode.ALREADY_EXISTS: RequestIdReusedError,
    grpc.StatusCode.FAILED_PRECONDITION: PreconditionError,
    grpc.StatusCode.ABORTED: ConflictError,
    grpc.StatusCode.RESOURCE_EXHAUSTED: OverloadedError,
    grpc.StatusCode.UNAVAILABLE: UnavailableError,
    grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineError,
    grpc.StatusCode.UNIMPLEMENTED: UnsupportedError,
    grpc.StatusCode.UNAUTHENTICATED: AccessError,
    grpc.StatusCode.PERMISSION_DENIED: AccessError,
    grpc.StatusCode.CANCELLED: CancelledCallError,
}

BY_NUMBER: dict[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}


def from_status(status: status_pb2.Status) -> FastdomError:
    """Return the error a google.rpc.Status stands for, as in a batch result or an import error."""
    code = BY_NUMBER.get(status.code, grpc.StatusCode.UNKNOWN)
    reason = ""
    metadata: dict[str, str] = {}
    violations: list[tuple[str, str]] = []
    retry_after_s: float | None = None
    info, bad, retry = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
    for detail in status.details:
        if detail.Unpack(info) and info.domain == DOMAIN:
            reason, metadata = info.reason, dict(info.metadata)
        elif detail.Unpack(bad):
            violations += [(violation.field, violation.description) for violation in bad.field_violations]
        elif detail.Unpack(retry):
            retry_after_s = max(0.0, retry.retry_delay.ToTimedelta().total_seconds())
    return BY_CODE.get(code, ServerError)(
        code, status.message, reason=reason, metadata=metadata, violations=violations, retry_after_s=retry_after_s
    )


def from_call(code: grpc.StatusCode, details: str | None, trailers: Sequence[tuple[str, str | bytes]]) -> FastdomError:
    """Return the error of a failed call from its code, details text and trailing metadata."""
    for key, value in trailers:
        if key == DETAILS_KEY:
            try:
                status = status_pb2.Status.FromString(value if isinstance(value, bytes) else value.encode("latin-1"))
            except DecodeError:
                break
            if status.code == code.value[0]:
                return from_status(status)
    return BY_CODE.get(code, ServerError)(code, details or code.name)
