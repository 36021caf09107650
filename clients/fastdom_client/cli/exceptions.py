"""`fastdom exceptions`, `resolve`: what the operation must look at."""

from typing import Annotated

import typer

from fastdom_api.v1.exception_service_pb2 import ExceptionKind, ExceptionRecord, ResolveExceptionResponse
from fastdom_api.v1.types_pb2 import StrandedReason
from fastdom_client.cli import exits, options, output, words
from fastdom_client.cli.arguments import Kind
from fastdom_client.cli.session import Session, online

HEADINGS = ("#", "kind", "reason", "node", "sku", "units", "reservation", "line", "raised", "resolved", "note")


@online
def exceptions(
    session: Session,
    *,
    kind: Annotated[list[Kind] | None, typer.Option("--kind", help="Only of this kind, repeatable.")] = None,
    node: options.NODE = "",
    include_resolved: Annotated[bool, typer.Option("--all", help="Also those already resolved.")] = False,
    after: Annotated[int, typer.Option("--after", min=0, metavar="N", help="Only those raised after this one.")] = 0,
    limit: options.LIMIT = 100,
) -> int:
    """List what needs a look: shortfalls, stranded units, count mismatches, overruns, late supply."""
    found = session.client.list_exceptions(
        kinds=kind or (), node_id=node, include_resolved=include_resolved, after_exception_id=after
    )
    session.show_list(found, limit, HEADINGS, lambda record: _row(session, record))
    return exits.OK


@online
def resolve(
    session: Session,
    *,
    exception: Annotated[int, typer.Argument(metavar="#", min=1, help="Number of the exception.")],
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="What was done about it.")] = "",
    request_id: options.REQUEST_ID = "",
) -> int:
    """Mark an exception as resolved."""
    session.show(session.client.resolve_exception(exception, note, request_id=request_id), _resolved)
    return exits.OK


def _resolved(session: Session, reply: ResolveExceptionResponse) -> None:
    output.table(HEADINGS, [_row(session, reply.exception)])


def _row(session: Session, record: ExceptionRecord) -> tuple[object, ...]:
    return (
        record.exception_id,
        words.name(ExceptionKind, "EXCEPTION_KIND_", record.kind),
        words.name(StrandedReason, "STRANDED_REASON_", record.reason),
        record.node_id,
        words.or_none(record.sku),
        record.quantity,
        words.or_none(record.reservation_id),
        words.or_none(record.line_id),
        session.time(record.raised_at),
        session.time(record.resolved_at),
        words.or_none(record.note),
    )
