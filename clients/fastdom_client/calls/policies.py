"""Calls of NetworkService about routing policies."""

from pathlib import Path

from fastdom_api.v1.network_service_pb2 import (
    ActivatePolicyRequest,
    ActivatePolicyResponse,
    ArchivePolicyRequest,
    ArchivePolicyResponse,
    CheckPolicyRequest,
    CheckPolicyResponse,
    CreatePolicyRequest,
    CreatePolicyResponse,
    GetPolicyRequest,
    GetPolicyResponse,
    ListPoliciesRequest,
    ListPoliciesResponse,
    SetDefaultPolicyRequest,
    SetDefaultPolicyResponse,
    UpdatePolicyRequest,
    UpdatePolicyResponse,
)
from fastdom_api.v1.policy_pb2 import POLICY_FORMAT_JSON, POLICY_FORMAT_TOML, PolicyFormat, PolicyState, PolicyVersion
from fastdom_client.call import Call, Pages, after_token, call
from fastdom_client.fields import kind_of, message
from fastdom_client.method import BULK, WHOLE, Method
from fastdom_client.values import Name, When, enum_value, timestamp

SERVICE = "/fastdom.v1.NetworkService"
LIST_POLICIES = Method(f"{SERVICE}/ListPolicies", ListPoliciesRequest, ListPoliciesResponse, BULK)
GET_POLICY = Method(f"{SERVICE}/GetPolicy", GetPolicyRequest, GetPolicyResponse, BULK)
CHECK_POLICY = Method(f"{SERVICE}/CheckPolicy", CheckPolicyRequest, CheckPolicyResponse, WHOLE)
CREATE_POLICY = Method(f"{SERVICE}/CreatePolicy", CreatePolicyRequest, CreatePolicyResponse, WHOLE)
UPDATE_POLICY = Method(f"{SERVICE}/UpdatePolicy", UpdatePolicyRequest, UpdatePolicyResponse, WHOLE)
ACTIVATE_POLICY = Method(f"{SERVICE}/ActivatePolicy", ActivatePolicyRequest, ActivatePolicyResponse, WHOLE)
ARCHIVE_POLICY = Method(f"{SERVICE}/ArchivePolicy", ArchivePolicyRequest, ArchivePolicyResponse, WHOLE)
SET_DEFAULT_POLICY = Method(f"{SERVICE}/SetDefaultPolicy", SetDefaultPolicyRequest, SetDefaultPolicyResponse, WHOLE)

# The server takes no larger document; reading on would send a file that was named by mistake.
DOCUMENT_BYTES_MAX = 256 * 1024


def list_policies(
    *, name: str = "", state: Name | None = None, page_size: int = 0, timeout_s: float | None = None
) -> Pages[ListPoliciesResponse, PolicyVersion]:
    """List versions of policies by name and version, of one policy or state when given."""
    request = message(
        ListPoliciesRequest,
        name=name,
        state=enum_value("state", PolicyState, "POLICY_STATE_", state),
        page_size=page_size,
    )
    return Pages(call(LIST_POLICIES, request, timeout_s), lambda page: page.policies, after_token)


def get_policy(
    name: str = "", version: int = 0, *, as_json: bool = False, timeout_s: float | None = None
) -> Call[GetPolicyRequest, GetPolicyResponse]:
    """Read a version of a policy with its document; without a version the active one, without a name the default."""
    request = message(GetPolicyRequest, name=name, version=version, format=_format(as_json))
    return call(GET_POLICY, request, timeout_s)


def check_policy(
    document: str | Path | bytes, *, as_json: bool = False, timeout_s: float | None = None
) -> Call[CheckPolicyRequest, CheckPolicyResponse]:
    """Say what creating and activating a document would find; nothing is changed. Arguments as `create_policy`."""
    file, content, is_json = _document(document, as_json)
    request = message(CheckPolicyRequest, document=content, format=_format(is_json), file=file)
    return call(CHECK_POLICY, request, timeout_s)


def create_policy(
    document: str | Path | bytes,
    *,
    as_json: bool = False,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[CreatePolicyRequest, CreatePolicyResponse]:
    """Make a document the next version of its policy, as a draft that decides nothing yet.

    Parameters
    ----------
    document : str, Path or bytes
        A file, whose ending says whether it is JSON; or the document itself as bytes.
    as_json : bool
        Bytes are JSON; else they are TOML.
    request_id, first_sent_at
        Of an earlier attempt of yours, to repeat it; made here when left out.
    timeout_s : float
        Time limit over all attempts in seconds.

    Raises
    ------
    OSError
        When the file cannot be read.
    """
    file, content, is_json = _document(document, as_json)
    request = message(
        CreatePolicyRequest,
        request_id=request_id,
        document=content,
        format=_format(is_json),
        file=file,
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(CREATE_POLICY, request, timeout_s)


def update_policy(
    name: str,
    version: int,
    document: str | Path | bytes,
    *,
    etag: str,
    as_json: bool = False,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[UpdatePolicyRequest, UpdatePolicyResponse]:
    """Replace the document of a draft, if nobody changed it since `etag` was read. Documents as `create_policy`."""
    file, content, is_json = _document(document, as_json)
    request = message(
        UpdatePolicyRequest,
        request_id=request_id,
        name=name,
        version=version,
        etag=etag,
        document=content,
        format=_format(is_json),
        file=file,
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(UPDATE_POLICY, request, timeout_s)


def activate_policy(
    name: str,
    version: int,
    *,
    etag: str,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[ActivatePolicyRequest, ActivatePolicyResponse]:
    """Decide by a draft from now on, if nobody changed it since `etag` was read."""
    request = message(
        ActivatePolicyRequest,
        request_id=request_id,
        name=name,
        version=version,
        etag=etag,
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(ACTIVATE_POLICY, request, timeout_s)


def archive_policy(
    name: str,
    version: int,
    *,
    etag: str,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[ArchivePolicyRequest, ArchivePolicyResponse]:
    """Give up a draft, or retire the active version of a policy that is not the default."""
    request = message(
        ArchivePolicyRequest,
        request_id=request_id,
        name=name,
        version=version,
        etag=etag,
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(ARCHIVE_POLICY, request, timeout_s)


def set_default_policy(
    name: str, *, request_id: str = "", first_sent_at: When | None = None, timeout_s: float | None = None
) -> Call[SetDefaultPolicyRequest, SetDefaultPolicyResponse]:
    """Make another policy with an active version the one that orders go by when they name none."""
    request = message(
        SetDefaultPolicyRequest,
        request_id=request_id,
        name=name,
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(SET_DEFAULT_POLICY, request, timeout_s)


def _document(document: str | Path | bytes, as_json: bool) -> tuple[str, bytes, bool]:
    """Return the name for messages, the content, and whether it is JSON."""
    if isinstance(document, bytes):
        return "", document, as_json
    if not isinstance(document, str | Path):
        raise TypeError(f"document must be a file, or its content as bytes, not {kind_of(document)}")
    path = Path(document)
    with path.open("rb") as stream:
        return path.name, stream.read(DOCUMENT_BYTES_MAX + 1), path.name.endswith(".json")


def _format(as_json: bool) -> PolicyFormat:
    return POLICY_FORMAT_JSON if as_json else POLICY_FORMAT_TOML
