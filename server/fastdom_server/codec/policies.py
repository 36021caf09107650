"""NetworkService: versions of policies, their documents and what is wrong with them, to messages and back."""

from fastdom.engine.policy_desk import Asked, PolicyChange, PolicyCheck, Source, is_default
from fastdom.policy import Entry, Policy, Registry, State, content_hash, json_text, toml_text
from fastdom.reasons import EngineError, Field, Kind, Reason
from fastdom_api.v1 import network_service_pb2 as pb2
from fastdom_api.v1 import policy_pb2
from fastdom_server.codec.moments import timestamp, timestamp_us

STATES = {
    State.DRAFT: policy_pb2.POLICY_STATE_DRAFT,
    State.ACTIVE: policy_pb2.POLICY_STATE_ACTIVE,
    State.ARCHIVED: policy_pb2.POLICY_STATE_ARCHIVED,
}
FILE_BYTES_MAX = 255
CHECKED_MAX = 1_000
"""Problems told by CheckPolicy."""

Given = pb2.CreatePolicyRequest | pb2.UpdatePolicyRequest | pb2.CheckPolicyRequest
Asking = (
    pb2.CreatePolicyRequest
    | pb2.UpdatePolicyRequest
    | pb2.ActivatePolicyRequest
    | pb2.ArchivePolicyRequest
    | pb2.SetDefaultPolicyRequest
)


def decode_asked(message: Asking) -> Asked:
    """Who asks for a change. Raises EngineError: INVALID_FIELD."""
    return Asked(message.request_id, timestamp_us(message, "first_sent_at", Field.FIRST_SENT_AT, Kind.POLICY))


def decode_source(message: Given) -> Source:
    """The document of a request.

    Raises
    ------
    EngineError
        INVALID_FIELD: the format, or the name of the file.
    """
    if len(message.file.encode()) > FILE_BYTES_MAX:
        raise EngineError(Reason.INVALID_FIELD, Field.FILE)
    return Source(message.document, decode_format(message.format), message.file)


def decode_format(number: int) -> bool:
    """Whether a document is JSON; else it is TOML. Raises EngineError: INVALID_FIELD."""
    if number not in policy_pb2.PolicyFormat.values():
        raise EngineError(Reason.INVALID_FIELD, Field.FORMAT)
    return number == policy_pb2.POLICY_FORMAT_JSON


def decode_state(number: int) -> State | None:
    """State of a filter, None = any. Raises EngineError: INVALID_FIELD."""
    if number not in policy_pb2.PolicyState.values():
        raise EngineError(Reason.INVALID_FIELD, Field.STATE)
    return next((state for state, known in STATES.items() if known == number), None)


def encode_entry(entry: Entry, *, is_default: bool) -> policy_pb2.PolicyVersion:
    """A version without its document."""
    return policy_pb2.PolicyVersion(
        name=entry.policy.name,
        version=entry.version,
        state=STATES[entry.state],
        is_default=is_default,
        etag=entry.etag,
        description=entry.policy.description,
        content_hash=content_hash(entry.policy),
        created_at=timestamp(entry.created_us),
        changed_at=timestamp(entry.changed_us),
    )


def encode_of(registry: Registry, entry: Entry) -> policy_pb2.PolicyVersion:
    """A version of a registry."""
    return encode_entry(entry, is_default=is_default(registry, entry))


def encode_change(change: PolicyChange) -> policy_pb2.PolicyVersion:
    """The version after a change."""
    return encode_entry(change.entry, is_default=change.is_default)


def encode_document(policy: Policy, *, as_json: bool) -> bytes:
    """The document of a policy."""
    return (json_text(policy) if as_json else toml_text(policy)).encode()


def encode_check(check: PolicyCheck) -> pb2.CheckPolicyResponse:
    """What was found in a document."""
    return pb2.CheckPolicyResponse(
        problems=[
            policy_pb2.PolicyProblem(file=one.file, line=one.line, field=one.field, message=one.message)
            for one in check.problems[:CHECKED_MAX]
        ],
        problem_count=check.count,
        policy=encode_entry(check.entry, is_default=False) if check.entry is not None else None,
        changes=check.changes,
    )
