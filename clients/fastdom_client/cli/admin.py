"""`fastdom digest`, `checkpoint`, `info`: for those who run the server."""

from grpc_health.v1.health_pb2 import HealthCheckResponse

from fastdom_api.v1.admin_service_pb2 import (
    CheckpointResponse,
    DigestResponse,
    DurabilityMode,
    GetBuildInfoResponse,
)
from fastdom_client.cli import exits, output, words
from fastdom_client.cli.session import Session, online


@online
def digest(session: Session) -> int:
    """Compute the digest of the state, to compare with a replay or a copy."""
    session.show(session.client.digest(), _show_digest)
    return exits.OK


@online
def checkpoint(session: Session) -> int:
    """Write a checkpoint, so that recovery starts from it."""
    session.show(session.client.checkpoint(), _show_checkpoint)
    return exits.OK


@online
def info(session: Session) -> int:
    """Show which build runs, with which settings and limits, and whether it serves."""
    reply = session.client.build_info()
    session.show(reply, _show_info)
    if not session.as_json:
        output.say(HealthCheckResponse.ServingStatus.Name(session.client.health().status))
    return exits.OK


def _show_digest(session: Session, reply: DigestResponse) -> None:
    output.facts(
        [("digest", reply.digest), ("sequence", reply.digest_seq), ("journal time", session.time(reply.journal_time))]
    )


def _show_checkpoint(_session: Session, reply: CheckpointResponse) -> None:
    output.facts(
        [
            ("sequence", reply.checkpoint_seq),
            ("size", f"{reply.size_bytes:,} bytes"),
            ("took", words.seconds(reply.elapsed)),
        ]
    )


def _show_info(session: Session, reply: GetBuildInfoResponse) -> None:
    limits = reply.limits
    output.facts(
        [
            ("server", session.server),
            ("version", reply.version + (" (debug build)" if reply.debug_build else "")),
            ("journal format", reply.journal_format),
            ("Python", reply.python_version),
            ("durability", words.name(DurabilityMode, "DURABILITY_MODE_", reply.durability)),
            ("started", session.time(reply.started_at)),
            ("recovery", f"{words.seconds(reply.recovery)}, {reply.operations_replayed:,} operations replayed"),
            ("lines of an order, most", f"{limits.lines_max:,}"),
            ("items of a batch, most", f"{limits.batch_items_max:,}"),
            ("hold, default and longest", f"{words.seconds(limits.ttl_default)}, {words.seconds(limits.ttl_max)}"),
            ("quote valid for", words.seconds(limits.quote_ttl)),
            (
                "request ids remembered",
                f"{limits.request_ids_max:,}, at most {words.seconds(limits.request_id_window)}",
            ),
        ]
    )
