"""An uploaded network: its files read and checked, its findings told."""

from collections.abc import Iterable

from google.rpc import error_details_pb2, status_pb2

from fastdom.engine.errors import NetworkRefused, NetworkShrinks, PolicyUnfit
from fastdom.engine.networks import setting_of, unpack_files
from fastdom.journal import Journal
from fastdom.network import NetworkDocument, NetworkInvalid, Problem, load_files
from fastdom.reasons import Reason
from fastdom_api.v1 import network_service_pb2 as pb2
from fastdom_server import errors
from fastdom_server.interceptors import Refused

FILES_MAX = 256
FINDINGS_BYTES_MAX = 4_096
"""Findings told in the BadRequest. Trailers must fit the 8 KiB that clients take; `count` tells how many there are."""

SHOWN = 5
"""Findings told in the message."""


def files_of(request: pb2.LoadNetworkRequest) -> dict[str, bytes]:
    """Return name -> content of the uploaded files.

    Raises
    ------
    Refused
        None, too many, or a name given twice.
    """
    if not request.files:
        raise Refused(errors.status(Reason.INVALID_FIELD, "files", {"allowed": f"1 .. {FILES_MAX}"}))
    if len(request.files) > FILES_MAX:
        facts = {"value": str(len(request.files)), "limit": str(FILES_MAX)}
        raise Refused(errors.status(Reason.TOO_MANY_ITEMS, "files", facts))
    files: dict[str, bytes] = {}
    for i, file in enumerate(request.files):
        if file.name in files:
            facts = {"value": file.name}
            raise Refused(errors.status(Reason.INVALID_FIELD, f"files[{i}].name", facts, message="given twice"))
        files[file.name] = file.content
    return files


def stored_files(journal: Journal, content_hash: str) -> dict[str, bytes]:
    """Return the files a version was loaded from, as the folder keeps them."""
    key = journal.get_setting(setting_of(content_hash))
    blob = journal.get_blob(bytes.fromhex(key)) if key else None
    return unpack_files(bytes(blob)) if blob is not None else {}


def document_of(files: dict[str, bytes]) -> NetworkDocument:
    """Read and check the files.

    Raises
    ------
    Refused
        NETWORK_INVALID, with every finding that fits.
    """
    try:
        return load_files(files)
    except NetworkInvalid as invalid:
        raise Refused(invalid_status(invalid.problems, invalid.count)) from invalid


def invalid_status(
    problems: Iterable[Problem], count: int, reason: Reason = Reason.NETWORK_INVALID
) -> status_pb2.Status:
    """Build the status of documents that cannot be used: the first findings as words, as many as fit one by one."""
    findings = list(problems)
    first = findings[0]
    told = [str(problem)[:200] for problem in findings[:SHOWN]]
    if count > len(told):
        told.append(f"and {count - len(told)} more")
    facts = {"file": first.file, "line": str(first.line), "field": first.field, "count": str(count)}
    status = errors.status(reason, facts=facts, message="; ".join(told))
    bad = error_details_pb2.BadRequest()
    for problem in findings:
        path = f"{problem.file}:{problem.line}" if problem.line else problem.file
        bad.field_violations.add(
            field=f"{path}:{problem.field}" if problem.field else path, description=problem.message
        )
        if bad.ByteSize() > FINDINGS_BYTES_MAX:
            del bad.field_violations[-1]
            break
    status.details.add().Pack(bad)
    return status


def refused_status(refused: NetworkRefused) -> status_pb2.Status:
    """Build the status of a network that is fine in itself but not here."""
    if isinstance(refused, NetworkShrinks):
        facts = {"value": refused.names[0] if refused.names else "", "count": str(len(refused.names))}
        return errors.status(Reason.NETWORK_SHRINKS, facts=facts, message=str(refused))
    if isinstance(refused, PolicyUnfit):
        return unfit_status(refused)
    return errors.status(Reason.LIMIT_EXCEEDED, message=str(refused))


def unfit_status(unfit: PolicyUnfit) -> status_pb2.Status:
    """Build the status of a policy and a network that do not fit."""
    facts = {
        "value": unfit.name,
        "version": str(unfit.version),
        "field": unfit.problems[0].field,
        "count": str(len(unfit.problems)),
    }
    return errors.status(Reason.POLICY_UNFIT, facts=facts, message=str(unfit))
