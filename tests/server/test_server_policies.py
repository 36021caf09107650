"""Routing policies over a channel: uploaded as drafts, activated, switched, told apart from wrong ones."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from orders import order, refusal_of, request_id
from server_process import ServerProcess, Stubs

from fastdom_api.v1 import network_service_pb2 as pb2
from fastdom_api.v1 import policy_pb2, routing_service_pb2, types_pb2
from fastdom_client.cli import main

DRAFT, ACTIVE, ARCHIVED = 1, 2, 3
JSON = policy_pb2.POLICY_FORMAT_JSON
WRONG = b"""format = 1
name = "wrong"
[objectives]
shipping = { weight = 2000 }
latenes = { weight = 1 }
"""


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory, network_folder: Path) -> Iterator[Stubs]:
    """A server whose policies these tests change; each uses names of its own."""
    folder = tmp_path_factory.mktemp("policies") / "data"
    with ServerProcess(folder, "--network", str(network_folder), "--durability", "process") as process:
        yield process.stubs


def document(name: str, weight: float = 1, **more: Any) -> bytes:
    """A policy that weighs shipping alone, as JSON."""
    return json.dumps({"format": 1, "name": name, "objectives": {"shipping": {"weight": weight}}, **more}).encode()


def creation(data: bytes, **more: Any) -> pb2.CreatePolicyRequest:
    return pb2.CreatePolicyRequest(**{"request_id": request_id(), "document": data, "format": JSON, **more})


def create(call: Stubs, data: bytes) -> policy_pb2.PolicyVersion:
    """A new draft."""
    return call.network.CreatePolicy(creation(data)).policy


def naming(kind: type[Any], policy: policy_pb2.PolicyVersion, **more: Any) -> Any:
    """A request about a version, with its etag."""
    fields = {"request_id": request_id(), "name": policy.name, "version": policy.version, "etag": policy.etag}
    return kind(**{**fields, **more})


def activate(call: Stubs, data: bytes) -> policy_pb2.PolicyVersion:
    """A new version that decides."""
    return call.network.ActivatePolicy(naming(pb2.ActivatePolicyRequest, create(call, data))).policy


def route(call: Stubs, name: str = "", version: int = 0) -> routing_service_pb2.RouteResponse:
    """A plan by the default policy or a named one."""
    policy = types_pb2.PolicyRef(name=name, version=version) if name else None
    return call.routing.Route(routing_service_pb2.RouteRequest(order=order(("APP-0001", 1)), policy=policy))


def test_a_version_goes_from_draft_to_active_to_archived(call: Stubs) -> None:
    """Each step is answered with the version after it; the one before is archived when its successor is activated."""
    first = create(call, document("life", description="First."))
    assert (first.name, first.version, first.state, first.is_default) == ("life", 1, DRAFT, False)
    assert (first.description, first.created_at, len(first.etag)) == ("First.", first.changed_at, 32)
    request = naming(pb2.UpdatePolicyRequest, first, document=document("life", 2), format=JSON)
    updated = call.network.UpdatePolicy(request).policy
    assert (updated.version, updated.state, updated.content_hash != first.content_hash) == (1, DRAFT, True)
    reply = call.network.ActivatePolicy(naming(pb2.ActivatePolicyRequest, updated))
    assert (reply.policy.state, reply.inventory_seq > 0) == (ACTIVE, True)
    second = activate(call, document("life", 3))
    listed = call.network.ListPolicies(pb2.ListPoliciesRequest(name="life")).policies
    assert [(one.version, one.state) for one in listed] == [(1, ARCHIVED), (2, ACTIVE)]
    retired = call.network.ArchivePolicy(naming(pb2.ArchivePolicyRequest, second)).policy
    assert (retired.version, retired.state) == (2, ARCHIVED)


def test_an_activation_decides_the_next_route(call: Stubs) -> None:
    """A draft is refused by name; with the reply of the activation it decides, and the version before it no more."""
    draft = create(call, document("next"))
    assert refusal_of(call.routing.Route, routed("next")).reason == "UNKNOWN_POLICY"
    call.network.ActivatePolicy(naming(pb2.ActivatePolicyRequest, draft))
    before = route(call, "next")
    assert (before.policy_name, before.policy_version) == ("next", 1)
    activate(call, document("next", 3))
    after = route(call, "next")
    assert after.policy_version == 2
    assert after.plan.total_cost_micros == 3 * before.plan.total_cost_micros
    refusal = refusal_of(call.routing.Route, routed("next", 1))
    assert (refusal.reason, refusal.metadata["version"]) == ("UNKNOWN_POLICY", "1")


def routed(name: str, version: int = 0) -> routing_service_pb2.RouteRequest:
    policy = types_pb2.PolicyRef(name=name, version=version)
    return routing_service_pb2.RouteRequest(order=order(("APP-0001", 1)), policy=policy)


def test_the_default_can_be_switched(call: Stubs) -> None:
    """Orders without a policy go by the new default with the reply; it can be replaced, not archived."""
    old = call.network.GetPolicy(pb2.GetPolicyRequest()).policy
    assert (old.is_default, route(call).policy_name) == (True, old.name)
    activate(call, document("chosen"))
    request = pb2.SetDefaultPolicyRequest(request_id=request_id(), name="chosen")
    chosen = call.network.SetDefaultPolicy(request).policy
    assert (chosen.name, chosen.is_default, route(call).policy_name) == ("chosen", True, "chosen")
    summary = call.network.GetNetwork(pb2.GetNetworkRequest()).network
    assert summary.policies[0] == types_pb2.PolicyRef(name="chosen", version=1)
    refusal = refusal_of(call.network.ArchivePolicy, naming(pb2.ArchivePolicyRequest, chosen))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "POLICY_STATE")
    call.network.SetDefaultPolicy(pb2.SetDefaultPolicyRequest(request_id=request_id(), name=old.name))
    assert route(call).policy_name == old.name
    draft = create(call, document("draft-only"))
    request = pb2.SetDefaultPolicyRequest(request_id=request_id(), name=draft.name)
    assert refusal_of(call.network.SetDefaultPolicy, request).metadata["field"] == "name"


def test_a_repeat_gets_the_first_reply(call: Stubs) -> None:
    """Every change answers a repeat of its request id as first, though the state has moved on since."""
    creating = creation(document("again"))
    created = call.network.CreatePolicy(creating)
    updating = naming(pb2.UpdatePolicyRequest, created.policy, document=document("again", 2), format=JSON)
    updated = call.network.UpdatePolicy(updating)
    activating = naming(pb2.ActivatePolicyRequest, updated.policy)
    activated = call.network.ActivatePolicy(activating)
    archiving = naming(pb2.ArchivePolicyRequest, activated.policy)
    archived = call.network.ArchivePolicy(archiving)
    assert call.network.CreatePolicy(creating) == created
    assert call.network.UpdatePolicy(updating) == updated
    assert call.network.ActivatePolicy(activating) == activated
    assert call.network.ArchivePolicy(archiving) == archived
    assert len(call.network.ListPolicies(pb2.ListPoliciesRequest(name="again")).policies) == 1
    creating.document = document("again", 5)
    refusal = refusal_of(call.network.CreatePolicy, creating)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")


def test_a_stale_etag_is_refused_with_the_facts(call: Stubs) -> None:
    """Who read an older state is told the state and etag of now, and nothing is changed."""
    first = create(call, document("stale"))
    request = naming(pb2.UpdatePolicyRequest, first, document=document("stale", 2), format=JSON)
    now = call.network.UpdatePolicy(request).policy
    for refused in (
        refusal_of(call.network.ActivatePolicy, naming(pb2.ActivatePolicyRequest, first)),
        refusal_of(call.network.ArchivePolicy, naming(pb2.ArchivePolicyRequest, first)),
        refusal_of(call.network.UpdatePolicy, naming(pb2.UpdatePolicyRequest, first, document=b"", etag="")),
    ):
        if refused.reason == "POLICY_INVALID":
            continue
        assert (refused.code, refused.reason) == (grpc.StatusCode.ABORTED, "ETAG_MISMATCH")
        facts = {"field": "etag", "value": first.etag, "etag": now.etag, "state": "DRAFT"}
        assert refused.metadata == facts
    assert call.network.GetPolicy(pb2.GetPolicyRequest(name="stale", version=1)).policy == now


def test_what_is_archived_does_not_come_back(call: Stubs) -> None:
    """Only drafts are updated and activated; the state of now is in the facts."""
    done = call.network.ArchivePolicy(naming(pb2.ArchivePolicyRequest, create(call, document("gone")))).policy
    refusal = refusal_of(call.network.ActivatePolicy, naming(pb2.ActivatePolicyRequest, done))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "POLICY_STATE")
    assert refusal.metadata == {"field": "version", "value": "1", "state": "ARCHIVED", "etag": done.etag}


def test_a_wrong_document_is_told_with_every_problem(call: Stubs) -> None:
    """Both problems are violations with file, line and field; CheckPolicy tells the same as data."""
    refusal = refusal_of(
        call.network.CreatePolicy, creation(WRONG, format=policy_pb2.POLICY_FORMAT_TOML, file="wrong.toml")
    )
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "POLICY_INVALID")
    assert refusal.fields == ["wrong.toml:4:objectives.shipping.weight", "wrong.toml:5:objectives.latenes"]
    assert refusal.metadata == {
        "file": "wrong.toml",
        "line": "4",
        "field": "objectives.shipping.weight",
        "count": "2",
    }
    found = call.network.CheckPolicy(pb2.CheckPolicyRequest(document=WRONG, file="wrong.toml"))
    assert [(one.file, one.line, one.field) for one in found.problems] == [
        ("wrong.toml", 4, "objectives.shipping.weight"),
        ("wrong.toml", 5, "objectives.latenes"),
    ]
    assert (found.problem_count, found.HasField("policy")) == (2, False)
    assert not call.network.ListPolicies(pb2.ListPoliciesRequest(name="wrong")).policies


def test_names_are_those_of_the_network(call: Stubs) -> None:
    """A node group that the network lacks is a problem of the document."""
    data = document("nowhere", constraints={"node_group": {"include": ["moon"]}})
    refusal = refusal_of(call.network.CreatePolicy, creation(data))
    assert (refusal.reason, refusal.metadata["field"]) == ("POLICY_INVALID", "constraints.node_group.include")


def test_what_the_engine_cannot_decide_by_is_not_activated(call: Stubs) -> None:
    """The draft is kept, the activation refused with the first field; a check tells it beforehand."""
    data = document("later", fallback="queue")
    draft = create(call, data)
    refusal = refusal_of(call.network.ActivatePolicy, naming(pb2.ActivatePolicyRequest, draft))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "POLICY_UNFIT")
    assert refusal.metadata == {"value": "later", "version": "1", "field": "fallback", "count": "1"}
    found = call.network.CheckPolicy(pb2.CheckPolicyRequest(document=data, format=JSON))
    assert [one.field for one in found.problems] == ["fallback"]
    assert call.network.GetPolicy(pb2.GetPolicyRequest(name="later", version=1)).policy.state == DRAFT


def test_a_check_tells_what_would_change(call: Stubs) -> None:
    """A good document comes with the version it would become and its changes; nothing is made of it."""
    activate(call, document("checked"))
    found = call.network.CheckPolicy(pb2.CheckPolicyRequest(document=document("checked", 2), format=JSON))
    assert (found.policy.version, found.policy.state, list(found.problems)) == (2, DRAFT, [])
    assert list(found.changes) == ["objectives.shipping.weight: 1 -> 2"]
    assert len(call.network.ListPolicies(pb2.ListPoliciesRequest(name="checked")).policies) == 1


@pytest.mark.parametrize("form", [policy_pb2.POLICY_FORMAT_TOML, JSON])
def test_a_document_comes_back_as_it_went_in(call: Stubs, form: Any) -> None:
    """What GetPolicy writes is accepted again and decides alike."""
    name = f"round-{form}"
    made = create(call, document(name, 2))
    read = call.network.GetPolicy(pb2.GetPolicyRequest(name=name, version=1, format=form))
    again = call.network.CreatePolicy(creation(read.document, format=form)).policy
    assert (read.policy, again.version, again.content_hash) == (made, 2, made.content_hash)


def test_policies_are_listed_by_name_and_version(call: Stubs) -> None:
    """Pages go on where the one before ended; filters leave the rest out."""
    for name in ("list-b", "list-a", "list-a"):
        create(call, document(name))
    seen: list[tuple[str, int]] = []
    token = ""
    while True:
        page = call.network.ListPolicies(pb2.ListPoliciesRequest(page_size=2, page_token=token))
        assert len(page.policies) <= 2
        seen += [(one.name, one.version) for one in page.policies]
        token = page.next_page_token
        if not token:
            break
    assert seen == sorted(seen)
    assert {("list-a", 1), ("list-a", 2), ("list-b", 1)} <= set(seen)
    drafts = call.network.ListPolicies(pb2.ListPoliciesRequest(name="list-a", state=policy_pb2.POLICY_STATE_DRAFT))
    assert [one.version for one in drafts.policies] == [1, 2]
    active = pb2.ListPoliciesRequest(name="list-a", state=policy_pb2.POLICY_STATE_ACTIVE)
    assert not call.network.ListPolicies(active).policies


@pytest.mark.parametrize(
    ("method", "request_", "reason", "field"),
    [
        ("GetPolicy", pb2.GetPolicyRequest(name="ghost"), "UNKNOWN_POLICY", "name"),
        ("GetPolicy", pb2.GetPolicyRequest(version=-1), "UNKNOWN_POLICY", "name"),
        ("GetPolicy", pb2.GetPolicyRequest(format=9), "INVALID_FIELD", "format"),
        ("ListPolicies", pb2.ListPoliciesRequest(state=9), "INVALID_FIELD", "state"),
        ("ListPolicies", pb2.ListPoliciesRequest(page_size=-1), "INVALID_FIELD", "page_size"),
        ("ListPolicies", pb2.ListPoliciesRequest(page_token="x"), "INVALID_FIELD", "page_token"),
        ("CheckPolicy", pb2.CheckPolicyRequest(file="x" * 256), "INVALID_FIELD", "file"),
        ("CreatePolicy", creation(document("x"), request_id=""), "REQUEST_ID_REQUIRED", "request_id"),
        ("CreatePolicy", creation(document("x"), request_id="x" * 37), "ID_TOO_LONG", "request_id"),
        ("CreatePolicy", creation(b"\xff"), "POLICY_INVALID", ""),
        ("CreatePolicy", creation(b""), "POLICY_INVALID", ""),
        (
            "ActivatePolicy",
            pb2.ActivatePolicyRequest(request_id="a", name="ghost", version=1),
            "UNKNOWN_POLICY",
            "name",
        ),
        ("ArchivePolicy", pb2.ArchivePolicyRequest(request_id="b", name="ghost", version=1), "UNKNOWN_POLICY", "name"),
        ("SetDefaultPolicy", pb2.SetDefaultPolicyRequest(request_id="c", name="ghost"), "UNKNOWN_POLICY", "name"),
    ],
)
def test_bad_requests(call: Stubs, method: str, request_: Any, reason: str, field: str) -> None:
    """Each is refused with its reason and the field it is about."""
    refusal = refusal_of(getattr(call.network, method), request_)
    assert refusal.code is (
        grpc.StatusCode.NOT_FOUND if reason == "UNKNOWN_POLICY" else grpc.StatusCode.INVALID_ARGUMENT
    )
    assert refusal.reason == reason
    assert refusal.metadata.get("field", "") == field


def test_another_name_is_no_update(call: Stubs) -> None:
    """A version keeps the name of its policy."""
    first = create(call, document("kept"))
    request = naming(pb2.UpdatePolicyRequest, first, document=document("lost"), format=JSON)
    refusal = refusal_of(call.network.UpdatePolicy, request)
    assert (refusal.reason, refusal.metadata["field"]) == ("INVALID_FIELD", "document")


def test_policies_survive_a_kill(tmp_path: Path, network_folder: Path) -> None:
    """What was answered is there after kill -9: the active version decides, the draft can be changed by its etag."""
    options = ("--network", str(network_folder), "--durability", "process")
    with ServerProcess(tmp_path / "data", *options) as process:
        active = activate(process.stubs, document("kept", 2))
        draft = create(process.stubs, document("kept", 3))
        cost = route(process.stubs, "kept").plan.total_cost_micros
        process.stop(9)
    with ServerProcess(tmp_path / "data", *options) as process:
        listed = process.stubs.network.ListPolicies(pb2.ListPoliciesRequest(name="kept")).policies
        assert list(listed) == [active, draft]
        assert route(process.stubs, "kept", 1).plan.total_cost_micros == cost
        process.stubs.network.ActivatePolicy(naming(pb2.ActivatePolicyRequest, draft))
        assert route(process.stubs, "kept").policy_version == 2


def test_a_network_that_breaks_an_active_policy_is_refused(tmp_path: Path, network_folder: Path) -> None:
    """The refusal names policy and field, for a load as for its rehearsal; the network stays as it was."""
    files = [
        pb2.NetworkFile(name=path.name, content=path.read_bytes())
        for path in network_folder.iterdir()
        if path.suffix in {".csv", ".gz", ".toml"}
    ]
    for file in files:
        if file.name == "network.toml":
            file.content = file.content.replace(b'currency = "INR"', b'currency = "USD"')
    with ServerProcess(tmp_path / "data", "--network", str(network_folder), "--durability", "process") as process:
        call = process.stubs
        activate(call, document("rupees", currency="INR"))
        for validate_only in (True, False):
            request = pb2.LoadNetworkRequest(request_id=request_id(), files=files, validate_only=validate_only)
            refusal = refusal_of(call.network.LoadNetwork, request)
            assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "POLICY_UNFIT")
            assert refusal.metadata == {"value": "rupees", "version": "1", "field": "currency", "count": "1"}
        assert call.network.GetNetwork(pb2.GetNetworkRequest()).network.network_version == 1


def test_the_command_line_takes_a_policy_from_a_file_to_the_one_that_decides(
    server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong files are told in full; a good one is created, compared, activated, shown again and archived."""

    def run(*arguments: str) -> tuple[int, str]:
        code = main(["policy", *arguments, "--server", server.address])
        return code, capsys.readouterr().out

    wrong, good = tmp_path / "wrong.toml", tmp_path / "typed.toml"
    wrong.write_bytes(WRONG)
    code, told = run("create", str(wrong))
    assert (code, [line.split(": ")[0] for line in told.splitlines()]) == (2, ["wrong.toml:4", "wrong.toml:5"])
    good.write_text('format = 1\nname = "typed"\n[objectives]\nshipping = { weight = 2 }\n')
    assert "DRAFT" in run("create", str(good))[1]
    assert "ACTIVE" in run("activate", "typed", "1")[1]
    assert run("diff", "typed", str(good)) == (0, "no difference\n")
    code, shown = run("show", "typed", "--toml")
    good.write_text(shown.replace("shipping = { weight = 2 }", "shipping = { weight = 3 }"))
    assert run("diff", "typed", str(good)) == (0, "objectives.shipping.weight: 2 -> 3\n")
    assert "DRAFT" in run("create", str(good))[1]
    assert "DRAFT" in run("update", "typed", "2", str(good))[1]
    assert "ARCHIVED" in run("archive", "typed", "2")[1]
    listed = json.loads(run("list", "--name", "typed", "--json")[1])
    assert [one["state"] for one in listed] == ["POLICY_STATE_ACTIVE", "POLICY_STATE_ARCHIVED"]
    code, _ = run("archive", "typed", "1", "--etag", "old")
    assert code == 3
