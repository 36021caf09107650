"""NetworkService, the part about routing policies: versions go from draft to active to archived."""

from collections.abc import Callable, Mapping

import grpc
from google.rpc import status_pb2

from fastdom.engine.errors import PolicyUnfit
from fastdom.engine.policy_desk import PolicyChange
from fastdom.policy import PolicyInvalid, Refusal, Registry, TransitionRefused
from fastdom.reasons import Reason
from fastdom_api.v1 import network_service_pb2 as pb2
from fastdom_api.v1 import policy_pb2
from fastdom_server import errors
from fastdom_server.codec import policies as codec
from fastdom_server.interceptors import Answer, Call, Handler, Refused
from fastdom_server.services.loading import invalid_status, unfit_status
from fastdom_server.services.paging import page_size, read_token, write_token
from fastdom_server.services.service import Served, in_thread, to_its_end

Naming = pb2.UpdatePolicyRequest | pb2.ActivatePolicyRequest | pb2.ArchivePolicyRequest | pb2.SetDefaultPolicyRequest


class Policies:
    """The methods about policies. Changes are made one at a time, in a thread."""

    def __init__(self, served: Served) -> None:
        self._face = served.engine.face
        self._desk = served.engine.policies
        self._unary = served.door.unary
        self._executor = served.executor
        self._turn = served.network_turn

    def methods(self) -> Mapping[str, Handler]:
        """Return the handler of every method by its name."""
        unary = self._unary
        return {
            "ListPolicies": unary(pb2.ListPoliciesRequest, self.list_policies),
            "GetPolicy": unary(pb2.GetPolicyRequest, self.get_policy),
            "CheckPolicy": unary(pb2.CheckPolicyRequest, self.check_policy),
            "CreatePolicy": unary(pb2.CreatePolicyRequest, self.create_policy),
            "UpdatePolicy": unary(pb2.UpdatePolicyRequest, self.update_policy),
            "ActivatePolicy": unary(pb2.ActivatePolicyRequest, self.activate_policy),
            "ArchivePolicy": unary(pb2.ArchivePolicyRequest, self.archive_policy),
            "SetDefaultPolicy": unary(pb2.SetDefaultPolicyRequest, self.set_default_policy),
        }

    # -- reading

    async def list_policies(self, request: pb2.ListPoliciesRequest, _call: Call) -> Answer:
        """Read a page of versions, by name and version."""
        return Answer(list_versions(self._desk.registry, request), self._face.seq)

    async def get_policy(self, request: pb2.GetPolicyRequest, _call: Call) -> Answer:
        """Read one version with its document."""
        as_json = codec.decode_format(request.format)
        registry = self._desk.registry
        try:
            entry = registry.get(request.name, request.version)
        except TransitionRefused as refused:
            raise Refused(refused_status(refused, registry, request.name, request.version), self._face.seq) from refused
        document = codec.encode_document(entry.policy, as_json=as_json)
        policy = codec.encode_of(registry, entry)
        return Answer(pb2.GetPolicyResponse(policy=policy, document=document), self._face.seq)

    async def check_policy(self, request: pb2.CheckPolicyRequest, call: Call) -> Answer:
        """Say what creating and activating a document would find."""
        source = codec.decode_source(request)
        check = await in_thread(self._executor, call, lambda: self._desk.check(source))
        return Answer(codec.encode_check(check), 0)

    # -- changing

    async def create_policy(self, request: pb2.CreatePolicyRequest, call: Call) -> Answer:
        """Make a document the next version of its policy."""
        source, asked = codec.decode_source(request), codec.decode_asked(request)
        policy, seq = await self._change(call, lambda: self._desk.create(source, asked))
        return Answer(pb2.CreatePolicyResponse(policy=policy, inventory_seq=seq), seq)

    async def update_policy(self, request: pb2.UpdatePolicyRequest, call: Call) -> Answer:
        """Replace the document of a draft."""
        source, asked = codec.decode_source(request), codec.decode_asked(request)
        policy, seq = await self._change(
            call, lambda: self._desk.update(request.name, request.version, source, request.etag, asked), request
        )
        return Answer(pb2.UpdatePolicyResponse(policy=policy, inventory_seq=seq), seq)

    async def activate_policy(self, request: pb2.ActivatePolicyRequest, call: Call) -> Answer:
        """Decide by a draft from now on."""
        asked = codec.decode_asked(request)
        policy, seq = await self._change(
            call, lambda: self._desk.activate(request.name, request.version, request.etag, asked), request
        )
        return Answer(pb2.ActivatePolicyResponse(policy=policy, inventory_seq=seq), seq)

    async def archive_policy(self, request: pb2.ArchivePolicyRequest, call: Call) -> Answer:
        """Give up a draft, or retire an active version."""
        asked = codec.decode_asked(request)
        policy, seq = await self._change(
            call, lambda: self._desk.archive(request.name, request.version, request.etag, asked), request
        )
        return Answer(pb2.ArchivePolicyResponse(policy=policy, inventory_seq=seq), seq)

    async def set_default_policy(self, request: pb2.SetDefaultPolicyRequest, call: Call) -> Answer:
        """Make another policy the default."""
        asked = codec.decode_asked(request)
        policy, seq = await self._change(call, lambda: self._desk.set_default(request.name, asked), request)
        return Answer(pb2.SetDefaultPolicyResponse(policy=policy, inventory_seq=seq), seq)

    async def _change(
        self,
        call: Call,
        change: Callable[[], PolicyChange],
        request: Naming | None = None,
    ) -> tuple[policy_pb2.PolicyVersion, int]:
        """Make a change to its end though the caller has gone; the version after it and its sequence."""
        return await to_its_end(self._changed(call, change, request))

    async def _changed(
        self, call: Call, change: Callable[[], PolicyChange], request: Naming | None
    ) -> tuple[policy_pb2.PolicyVersion, int]:
        async with self._turn:
            try:
                changed = await in_thread(self._executor, call, change)
            except PolicyInvalid as invalid:
                raise Refused(invalid_status(invalid.problems, invalid.count, Reason.POLICY_INVALID)) from invalid
            except PolicyUnfit as unfit:
                raise Refused(unfit_status(unfit), self._face.seq) from unfit
            except TransitionRefused as refused:
                name, version, etag = named(request)
                status = refused_status(refused, self._desk.registry, name, version, etag)
                raise Refused(status, self._face.seq) from refused
        return codec.encode_change(changed), changed.seq


def named(request: Naming | None) -> tuple[str, int, str]:
    """Name, version and etag that a request names."""
    if request is None:
        return "", 0, ""
    if isinstance(request, pb2.SetDefaultPolicyRequest):
        return request.name, 0, ""
    return request.name, request.version, request.etag


def list_versions(registry: Registry, request: pb2.ListPoliciesRequest) -> pb2.ListPoliciesResponse:
    """Versions by name and number, of one policy or state when asked. Raises EngineError: INVALID_FIELD."""
    state = codec.decode_state(request.state)
    scope = ("policies", request.name, str(request.state))
    after = read_token(request.page_token, *scope)
    start = (after[0], int(after[1])) if after else ("", 0)
    size = page_size(request.page_size)
    names = [request.name] if request.name else sorted(registry.policies)
    wanted = [
        entry
        for name in names
        for entry in registry.versions(name)
        if state in (None, entry.state) and (name, entry.version) > start
    ]
    page = wanted[:size]
    last = (page[-1].policy.name, str(page[-1].version)) if len(wanted) > size else ()
    return pb2.ListPoliciesResponse(
        policies=[codec.encode_of(registry, entry) for entry in page],
        next_page_token=write_token(last, *scope) if last else "",
    )


def refused_status(
    refused: TransitionRefused, registry: Registry, name: str, version: int, etag: str = ""
) -> status_pb2.Status:
    """Build the status of a change that the state of the policies does not allow, with the facts of it."""
    versions = registry.versions(name)
    facts = {}
    if 0 < version <= len(versions):
        entry = versions[version - 1]
        facts = {"etag": entry.etag, "state": entry.state.value}
    message = str(refused)
    match refused.refusal:
        case Refusal.UNKNOWN:
            status = errors.status(
                Reason.UNKNOWN_POLICY, "name", {"value": name, "version": str(version)}, message=message
            )
            status.code = grpc.StatusCode.NOT_FOUND.value[0]
            return status
        case Refusal.ETAG_MISMATCH:
            return errors.status(Reason.ETAG_MISMATCH, "etag", {"value": etag, **facts}, message=message)
        case Refusal.WRONG_STATE | Refusal.DEFAULT:
            path = "version" if version else "name"
            facts = {"value": str(version) if version else name, **facts}
            return errors.status(Reason.POLICY_STATE, path, facts, message=message)
        case Refusal.OTHER_NAME:
            return errors.status(Reason.INVALID_FIELD, "document", {"value": name}, message=message)
    return errors.status(Reason.LIMIT_EXCEEDED, message=message)
