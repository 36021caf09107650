"""`fastdom policy ...`: versions of routing policies, from a file to the one that decides."""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from fastdom_api.v1.network_service_pb2 import (
    ActivatePolicyResponse,
    ArchivePolicyResponse,
    CreatePolicyResponse,
    GetPolicyResponse,
    SetDefaultPolicyResponse,
    UpdatePolicyResponse,
)
from fastdom_api.v1.policy_pb2 import PolicyState, PolicyVersion
from fastdom_client.cli import exits, options, output, words
from fastdom_client.cli.arguments import PolicyStage
from fastdom_client.cli.exits import CommandError
from fastdom_client.cli.session import Session, online
from fastdom_client.errors import InvalidRequestError

NAME = Annotated[str, typer.Argument(metavar="NAME", help="Name of the policy.")]
VERSION = Annotated[int, typer.Argument(metavar="VERSION", min=1, help="Version of it.")]
FILE = Annotated[Path, typer.Argument(metavar="FILE", help="Policy document, .toml or .json.")]
ETAG = Annotated[
    str, typer.Option("--etag", metavar="ETAG", help="Only if it is unchanged since then. (default: as it is now)")
]
ENDINGS = (".toml", ".json")

Changed = (
    CreatePolicyResponse
    | UpdatePolicyResponse
    | ActivatePolicyResponse
    | ArchivePolicyResponse
    | SetDefaultPolicyResponse
)


@online
def list_(
    session: Session,
    *,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Only versions of this policy.")] = "",
    state: Annotated[PolicyStage | None, typer.Option("--state", help="Only in this state.")] = None,
    limit: options.LIMIT = 1000,
) -> int:
    """List the versions of all policies."""
    headings = ("policy", "version", "state", "default", "changed", "description")

    def row(given: PolicyVersion) -> tuple[object, ...]:
        default = "yes" if given.is_default else ""
        return given.name, given.version, _state(given), default, session.time(given.changed_at), given.description

    session.show_list(session.client.list_policies(name=name, state=state), limit, headings, row)
    return exits.OK


@online
def show(
    session: Session,
    *,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the policy. (default: the default one)")] = "",
    version: Annotated[int, typer.Option("--version", min=0, metavar="N", help="Version; 0 is the active one.")] = 0,
    toml: Annotated[bool, typer.Option("--toml", help="Print the document alone, to be kept in a file.")] = False,
) -> int:
    """Show a version of a policy and its document."""
    reply = session.client.get_policy(name, version, as_json=session.as_json)
    if session.as_json:
        facts = output.plain(reply.policy)
        print(json.dumps({"policy": facts, "document": json.loads(reply.document)}, indent=2, ensure_ascii=False))
    elif toml:
        sys.stdout.write(reply.document.decode())
    else:
        _facts(session, reply.policy)
        output.say()
        _lines(reply)
    return exits.OK


@online
def diff(
    session: Session,
    *,
    old: Annotated[str, typer.Argument(metavar="A", help="A file, or NAME[@VERSION] as the server has it.")],
    new: Annotated[str, typer.Argument(metavar="B", help="The same.")],
) -> int:
    """Show what changes from policy A to policy B; between two files without a server."""
    read = [_policy(session, given) for given in (old, new)]
    if any(policy is None for policy in read):
        return exits.USAGE
    changes = import_module("fastdom.policy").diff(*read)
    if session.as_json:
        told = [{"path": change.path, "old": change.old, "new": change.new} for change in changes]
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return exits.OK
    for change in changes:
        output.say(str(change))
    if not changes:
        output.say("no difference")
    return exits.OK


@online
def create(session: Session, *, file: FILE, request_id: options.REQUEST_ID = "") -> int:
    """Upload a document as the next version of its policy: a draft, which decides nothing yet."""
    try:
        reply = session.client.create_policy(file, request_id=request_id)
    except InvalidRequestError as error:
        return _invalid(session, file, error)
    session.show(reply, _show_changed)
    return exits.OK


@online
def update(
    session: Session,
    *,
    name: NAME,
    version: VERSION,
    file: FILE,
    etag: ETAG = "",
    request_id: options.REQUEST_ID = "",
) -> int:
    """Replace the document of a draft."""
    try:
        reply = session.client.update_policy(
            name, version, file, etag=_etag(session, name, version, etag, request_id), request_id=request_id
        )
    except InvalidRequestError as error:
        return _invalid(session, file, error)
    session.show(reply, _show_changed)
    return exits.OK


@online
def activate(
    session: Session, *, name: NAME, version: VERSION, etag: ETAG = "", request_id: options.REQUEST_ID = ""
) -> int:
    """Decide by a draft from now on; the version before it is archived."""
    known = _etag(session, name, version, etag, request_id)
    session.show(session.client.activate_policy(name, version, etag=known, request_id=request_id), _show_changed)
    return exits.OK


@online
def archive(
    session: Session, *, name: NAME, version: VERSION, etag: ETAG = "", request_id: options.REQUEST_ID = ""
) -> int:
    """Give up a draft, or retire the active version of a policy that is not the default."""
    known = _etag(session, name, version, etag, request_id)
    session.show(session.client.archive_policy(name, version, etag=known, request_id=request_id), _show_changed)
    return exits.OK


@online
def default(session: Session, *, name: NAME, request_id: options.REQUEST_ID = "") -> int:
    """Make another policy the one that orders go by when they name none."""
    session.show(session.client.set_default_policy(name, request_id=request_id), _show_changed)
    return exits.OK


def check(
    file: FILE,
    network: Annotated[
        Path | None, typer.Option("--network", metavar="DIR", help="Also check its names against this network folder.")
    ] = None,
) -> int:
    """Check a policy document without a server: every problem with its line and field.

    Exit code 2 when there are any.
    """
    try:
        policy = read_policy(file, network)
    except CommandError as error:
        print(f"error: {words.printable(str(error))}", file=sys.stderr)
        return error.code
    if policy is None:
        return exits.USAGE
    output.say(f"{file}: policy {policy.name}, no problems")
    return exits.OK


def read_policy(file: Path, network: Path | None = None) -> Any:
    """Return the fastdom.policy.Policy of a file; None when it has problems, which are printed.

    Raises
    ------
    CommandError
        The file or the network cannot be read.
    """
    # By name: the client depends on the contract alone, and asking a server must not cost the start of an engine.
    policies, networks = import_module("fastdom.policy"), import_module("fastdom.network")
    try:
        return policies.load_policy(file, networks.load(network) if network is not None else None)
    except policies.PolicyInvalid as invalid:
        _problems(file, [str(problem) for problem in invalid.problems], invalid.count)
        return None
    except networks.NetworkInvalid as invalid:
        raise CommandError(f"network {network} has problems itself: {invalid.problems[0]}") from None
    except OSError as error:
        raise CommandError(str(error)) from None


def _policy(session: Session, given: str) -> Any:
    """Return the policy of a file, or as the server has it; None when it has problems, which are printed."""
    if given.endswith(ENDINGS) or "/" in given:
        return read_policy(Path(given))
    name, _, version = given.partition("@")
    if version and not version.isdecimal():
        raise CommandError(f"{given!r} must be a file, or NAME[@VERSION]")
    reply = session.client.get_policy(name, int(version or 0), as_json=True)
    return import_module("fastdom.policy").read_policy(reply.document, f"{given}.json")


def _etag(session: Session, name: str, version: int, etag: str, request_id: str) -> str:
    """Return the etag given, else that of now: of an earlier attempt it is another by now."""
    if request_id and not etag:
        raise CommandError(
            "--request-id needs the --etag of that attempt; 'fastdom policy list' shows what became of it"
        )
    return etag or session.client.get_policy(name, version).policy.etag


def _invalid(session: Session, file: Path, error: InvalidRequestError) -> int:
    """Print everything that is wrong with a document; the error itself holds what fits into trailers."""
    if error.reason != "POLICY_INVALID" or session.as_json:
        raise error
    reply = session.client.check_policy(file)
    problems = [
        ": ".join(part for part in (f"{one.file}:{one.line}" if one.line else one.file, one.field, one.message) if part)
        for one in reply.problems
    ]
    _problems(file, problems, reply.problem_count)
    return exits.USAGE


def _problems(file: Path, problems: list[str], count: int) -> None:
    for problem in problems:
        output.say(problem)
    print(f"error: {words.printable(str(file))} has {count} problem{'s' if count != 1 else ''}", file=sys.stderr)


def _show_changed(session: Session, reply: Changed) -> None:
    _facts(session, reply.policy)


def _facts(session: Session, given: PolicyVersion) -> None:
    output.facts(
        [
            ("policy", given.name),
            ("version", given.version),
            ("state", _state(given)),
            ("default", "yes" if given.is_default else "no"),
            ("description", words.or_none(given.description)),
            ("created", session.time(given.created_at)),
            ("changed", session.time(given.changed_at)),
            ("content", given.content_hash),
            ("etag", given.etag),
        ]
    )


def _lines(reply: GetPolicyResponse) -> None:
    for line in reply.document.decode().splitlines():
        output.say(line)


def _state(given: PolicyVersion) -> str:
    return words.name(PolicyState, "POLICY_STATE_", given.state)
