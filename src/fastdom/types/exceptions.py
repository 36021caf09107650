"""Exceptions: business records of what the operation must look at, never errors of a call."""

from dataclasses import dataclass

from fastdom.types.words import ExceptionKind, StrandedReason


@dataclass(frozen=True, slots=True)
class ExceptionRecord:
    """One exception.

    Attributes
    ----------
    exception_id : int
        Dense number in the order raised, 1 upwards.
    kind : ExceptionKind
    node_id, sku, reservation_id, line_id : str
        What it is about; empty for kinds without one.
    quantity : int
        Units, or shipments for CAPACITY_OVERRUN.
    ship_day : int
        Capacity bucket: node's local date, days since 1970-01-01; 0 for other kinds.
    raised_at_us : int
        Microseconds UTC, journalled time.
    raised_seq : int
        Journal sequence that raised it.
    resolved_at_us : int
        0 = still open.
    note : str
        Note of the resolution.
    reason : StrandedReason
        Of STRANDED.
    """

    exception_id: int
    kind: ExceptionKind
    node_id: str
    sku: str
    reservation_id: str
    line_id: str
    quantity: int
    ship_day: int
    raised_at_us: int
    raised_seq: int
    resolved_at_us: int
    note: str
    reason: StrandedReason = StrandedReason.UNSPECIFIED


@dataclass(frozen=True, slots=True)
class ListExceptionsRequest:
    """Exceptions after a cursor, by id; page_size 0 = 100, at most 1,000."""

    kinds: tuple[ExceptionKind, ...] = ()
    node_id: str = ""
    include_resolved: bool = False
    after_exception_id: int = 0
    page_size: int = 0


@dataclass(frozen=True, slots=True)
class ExceptionPage:
    """A page of exceptions; last_exception_id is the cursor for the next one."""

    exceptions: tuple[ExceptionRecord, ...]
    last_exception_id: int
    has_more: bool
    inventory_seq: int
    seq: int


@dataclass(frozen=True, slots=True)
class ResolveExceptionRequest:
    """Mark an exception as resolved, with a note of at most 1,024 bytes."""

    request_id: str
    exception_id: int
    note: str = ""
    first_sent_at_us: int = 0


@dataclass(frozen=True, slots=True)
class ExceptionResult:
    """Answer of ResolveException: the exception after it."""

    exception: ExceptionRecord
    inventory_seq: int
    seq: int
