"""Policies of an engine: brought by a network, changed by requests, decided by at once, there again after a stop."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from folders import files, open_engine, set_stock
from tests.native.engines import line, order

from fastdom.engine import networks, policies
from fastdom.engine.engine import Engine
from fastdom.engine.errors import NetworkRefused, PolicyUnfit, ReplayFailed
from fastdom.engine.policy_desk import LOG_BYTES_MAX, Asked, PolicyChange, Source
from fastdom.engine.verify import verify
from fastdom.policy import PolicyInvalid, Refusal, State, TransitionRefused
from fastdom.reasons import EngineError, Reason
from fastdom.types import PolicyRef, RouteMode, RouteRequest, RouteResult

CHEAPEST = b"""
[[policies]]
name = "cheapest"
distance_micros_per_km_unit = 1000
split_penalty_micros = 5000000
"""


def document(name: str = "cheapest", weight: float = 1, **more: Any) -> Source:
    """A policy that weighs shipping alone."""
    body = {"format": 1, "name": name, "objectives": {"shipping": {"weight": weight}}, **more}
    return Source(json.dumps(body).encode(), is_json=True)


def network(policies: bytes = CHEAPEST, default: bytes = b"", **facts: Any) -> dict[str, bytes]:
    """Files of the small network with other policies."""
    given = files(**facts)
    text = given["network.toml"]
    head = text[: text.index(b"[[policies]]")]
    if default:
        head = head.replace(b'default_policy = "cheapest"', b'default_policy = "' + default + b'"')
    return {**given, "network.toml": head + policies}


def load(engine: Engine, given: dict[str, bytes]) -> int:
    """Make these files the active network."""
    return engine.activate_network(*networks.read_network(given))


def create(engine: Engine, rid: str, source: Source) -> tuple[int, str]:
    """Version and etag of a new draft."""
    made = engine.policies.create(source, Asked(rid)).entry
    return made.version, made.etag


def activate(engine: Engine, rid: str, source: Source) -> int:
    """A new version that is active and durable; its number."""
    version, etag = create(engine, f"{rid}-draft", source)
    done = engine.policies.activate(source_name(source), version, etag, Asked(rid))
    engine.wait_durable(done.seq)
    return version


def source_name(source: Source) -> str:
    """Name of the policy in a document."""
    return str(json.loads(source.data)["name"])


def route(engine: Engine, name: str = "", version: int = 0) -> RouteResult:
    """A plan by the default policy or a named one."""
    policy = PolicyRef(name, version) if name or version else None
    return engine.route(RouteRequest("", order([line(1, "ink", 1)]), policy=policy, mode=RouteMode.PLAN))


def decided(engine: Engine) -> list[tuple[str, int]]:
    """Name and version of what the engine decides by, the default first."""
    return [(entry.policy.name, entry.version) for entry in policies.deciding(engine.policies.registry)]


def states(engine: Engine, name: str = "cheapest") -> list[State]:
    """States of the versions of a policy."""
    return [entry.state for entry in engine.policies.registry.versions(name)]


# --- a network brings its own


def test_the_first_network_brings_its_policies(tmp_path: Path) -> None:
    """Each policy of the files is active as version 1, that of `default_policy` is the default; a restart agrees."""
    two = CHEAPEST + b'[[policies]]\nname = "nearest"\nweights = { shipping = 0 }\ndistance_micros_per_km_unit = 7\n'
    with open_engine(tmp_path / "data", network=network(two, b"nearest")) as engine:
        assert decided(engine) == [("nearest", 1), ("cheapest", 1)]
        assert (route(engine).policy_name, route(engine).policy_version) == ("nearest", 1)
        assert route(engine, "cheapest", 1).policy_version == 1
        seq = engine.face.seq
    with open_engine(tmp_path / "data", network=None) as engine:
        assert (decided(engine), engine.face.seq) == ([("nearest", 1), ("cheapest", 1)], seq)
        assert route(engine).policy_name == "nearest"


def test_what_the_files_say_anew_is_a_new_version(tmp_path: Path) -> None:
    """A load whose files say something else about a policy activates that; what was changed since stays otherwise."""
    with open_engine(tmp_path / "data") as engine:
        assert activate(engine, "mine", document(weight=2)) == 2
        load(engine, network(capacity={"alder": ("UNITS", 5)}))
        assert decided(engine) == [("cheapest", 2)]
        load(engine, network(CHEAPEST.replace(b"1000", b"3000")))
        assert decided(engine) == [("cheapest", 3)]
        assert states(engine) == [State.ARCHIVED, State.ARCHIVED, State.ACTIVE]
        load(engine, network(CHEAPEST.replace(b"1000", b"3000"), capacity={"alder": ("UNITS", 6)}))
        assert decided(engine) == [("cheapest", 3)]


def test_policies_made_by_requests_stay(tmp_path: Path) -> None:
    """A policy that the files do not know stays active and the default over a load."""
    with open_engine(tmp_path / "data") as engine:
        activate(engine, "other", document("other"))
        engine.policies.set_default("other", Asked("default"))
        load(engine, network(capacity={"alder": ("UNITS", 5)}))
        assert decided(engine) == [("other", 1), ("cheapest", 1)]
        assert route(engine).policy_name == "other"


def test_another_default_of_the_files_is_taken(tmp_path: Path) -> None:
    """When the files name another default than before, it becomes the default."""
    two = CHEAPEST + b'[[policies]]\nname = "dearest"\n'
    with open_engine(tmp_path / "data", network=network(two)) as engine:
        load(engine, network(two, b"dearest"))
        assert decided(engine) == [("dearest", 1), ("cheapest", 1)]


def test_a_network_without_room_for_an_active_policy_is_refused(tmp_path: Path) -> None:
    """A load under which an active policy would be impossible is refused with its name; nothing is journalled."""
    with open_engine(tmp_path / "data") as engine:
        activate(engine, "euro", document("euro", currency="EUR"))
        seq = engine.face.seq
        given = network()
        given["network.toml"] = given["network.toml"].replace(b'currency = "EUR"', b'currency = "USD"')
        with pytest.raises(PolicyUnfit, match="policy euro, version 1: currency: must be USD") as caught:
            load(engine, given)
        assert (caught.value.name, caught.value.version) == ("euro", 1)
        assert (engine.network_version, engine.face.seq) == (1, seq)
        read, _ = networks.read_network(given)
        with pytest.raises(NetworkRefused, match="euro"):
            engine.policies_after(read)


def test_a_folder_from_before_policies_takes_those_of_its_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network whose policies were never journalled gets them at the next start, once."""
    with monkeypatch.context() as patch:
        patch.setattr(policies, "brought", lambda registry, *_: (registry, []))
        patch.setattr(policies, "tables_of", lambda network, version, _: networks.own_policies(network, version))
        with open_engine(tmp_path / "data", network=network()) as engine:
            assert decided(engine) == []
            seq = engine.face.seq
    with open_engine(tmp_path / "data", network=None) as engine:
        assert decided(engine) == [("cheapest", 1)]
        assert engine.face.seq == seq + 2
        assert route(engine).policy_name == "cheapest"
    with open_engine(tmp_path / "data", network=None) as engine:
        assert engine.face.seq == seq + 2


# --- requests change them


def test_an_activation_decides_the_next_call(tmp_path: Path) -> None:
    """A draft decides nothing; once active it prices the next plan, and the version before it is refused by name."""
    with open_engine(tmp_path / "data") as engine:
        before = route(engine)
        version, etag = create(engine, "draft", document(weight=2))
        assert route(engine).plan.total_cost_micros == before.plan.total_cost_micros
        done = engine.policies.activate("cheapest", version, etag, Asked("go"))
        assert (done.entry.state, done.is_default, done.entry.version) == (State.ACTIVE, True, 2)
        after = route(engine)
        assert after.policy_version == 2
        assert after.plan.total_cost_micros != before.plan.total_cost_micros
        assert route(engine, "cheapest", 2).policy_version == 2
        with pytest.raises(EngineError) as refused:
            route(engine, "cheapest", 1)
        assert refused.value.reason is Reason.UNKNOWN_POLICY


def test_a_changed_default_decides_orders_that_name_none(tmp_path: Path) -> None:
    """After a switch orders without a policy go by the new default, those that name the old one by that."""
    with open_engine(tmp_path / "data") as engine:
        activate(engine, "other", document("other", 3))
        assert route(engine).policy_name == "cheapest"
        assert engine.policies.set_default("other", Asked("switch")).is_default
        assert (route(engine).policy_name, route(engine, "cheapest").policy_name) == ("other", "cheapest")


def test_an_archived_policy_decides_no_more(tmp_path: Path) -> None:
    """A retired version is refused by name; that of the default policy cannot be retired."""
    with open_engine(tmp_path / "data") as engine:
        activate(engine, "other", document("other"))
        entry = engine.policies.registry.get("other")
        assert engine.policies.archive("other", 1, entry.etag, Asked("away")).entry.state is State.ARCHIVED
        with pytest.raises(EngineError) as refused:
            route(engine, "other")
        assert refused.value.reason is Reason.UNKNOWN_POLICY
        default = engine.policies.registry.get("")
        with pytest.raises(TransitionRefused, match="the default policy"):
            engine.policies.archive("cheapest", 1, default.etag, Asked("default"))


def test_a_repeat_is_answered_as_first(tmp_path: Path) -> None:
    """A request id gives the version as it was, also after later changes and a restart, and changes nothing again."""
    with open_engine(tmp_path / "data") as engine:
        created = engine.policies.create(document(weight=2), Asked("create"))
        updated = engine.policies.update("cheapest", 2, document(weight=3), created.entry.etag, Asked("update"))
        activated = engine.policies.activate("cheapest", 2, updated.entry.etag, Asked("activate"))
        default = engine.policies.set_default("cheapest", Asked("default"))
        engine.wait_durable(default.seq)
        seq = engine.face.seq
    with open_engine(tmp_path / "data", network=None) as engine:
        desk = engine.policies
        assert desk.create(document(weight=2), Asked("create")) == created
        assert desk.update("cheapest", 2, document(weight=3), created.entry.etag, Asked("update")) == updated
        assert desk.activate("cheapest", 2, updated.entry.etag, Asked("activate")) == activated
        assert desk.set_default("cheapest", Asked("default")) == default
        assert [change.entry.state for change in (created, updated, activated)] == [
            State.DRAFT,
            State.DRAFT,
            State.ACTIVE,
        ]
        assert engine.face.seq == seq


@pytest.mark.parametrize("other", ["body", "method"])
def test_a_used_request_id_with_another_body_is_refused(tmp_path: Path, other: str) -> None:
    """The same id for another document or another method changes nothing."""
    with open_engine(tmp_path / "data") as engine:
        made = engine.policies.create(document(weight=2), Asked("once"))
        changes: dict[str, Callable[[], PolicyChange]] = {
            "body": lambda: engine.policies.create(document(weight=3), Asked("once")),
            "method": lambda: engine.policies.archive("cheapest", 2, made.entry.etag, Asked("once")),
        }
        with pytest.raises(EngineError) as refused:
            changes[other]()
        assert refused.value.reason is Reason.REQUEST_ID_REUSED
        assert engine.face.seq == made.seq


def test_a_request_without_an_id_is_refused(tmp_path: Path) -> None:
    """Changes need a request id, and one of at most 36 bytes."""
    with open_engine(tmp_path / "data") as engine:
        for request_id, reason in (("", Reason.REQUEST_ID_REQUIRED), ("x" * 37, Reason.ID_TOO_LONG)):
            with pytest.raises(EngineError) as refused:
                engine.policies.create(document(), Asked(request_id))
            assert refused.value.reason is reason
        assert len(engine.policies.registry.versions("cheapest")) == 1


def test_a_stale_etag_changes_nothing(tmp_path: Path) -> None:
    """What somebody else changed since it was read is not overwritten, and the request id stays unused."""
    with open_engine(tmp_path / "data") as engine:
        version, etag = create(engine, "draft", document(weight=2))
        engine.policies.update("cheapest", version, document(weight=3), etag, Asked("first"))
        seq = engine.face.seq
        with pytest.raises(TransitionRefused) as refused:
            engine.policies.activate("cheapest", version, etag, Asked("second"))
        assert refused.value.refusal is Refusal.ETAG_MISMATCH
        assert engine.face.seq == seq
        now = engine.policies.registry.get("cheapest", version).etag
        assert engine.policies.activate("cheapest", version, now, Asked("second")).entry.version == version


def test_a_wrong_document_is_refused_with_every_problem(tmp_path: Path) -> None:
    """Names are those of the active network; all problems are told with their lines."""
    text = b"""format = 1
name = "wrong"
[objectives]
shipping = { weight = -1 }
[constraints]
node_group = { include = ["nowhere"] }
max_shipments = { limit = 0 }
"""
    with open_engine(tmp_path / "data") as engine:
        with pytest.raises(PolicyInvalid) as refused:
            engine.policies.create(Source(text, file="wrong.toml"), Asked("wrong"))
        assert [(one.file, one.line) for one in refused.value.problems] == [
            ("wrong.toml", 4),
            ("wrong.toml", 6),
            ("wrong.toml", 7),
        ]
        check = engine.policies.check(Source(text, file="wrong.toml"))
        assert (check.entry, check.count, check.problems) == (None, 3, refused.value.problems)


def test_what_the_engine_cannot_decide_by_stays_a_draft(tmp_path: Path) -> None:
    """A draft may ask for more than the engine decides by; activating it is refused with all of it."""
    more = document("more", fallback="queue", split_quantities=True)
    with open_engine(tmp_path / "data") as engine:
        version, etag = create(engine, "draft", more)
        with pytest.raises(PolicyUnfit) as refused:
            engine.policies.activate("more", version, etag, Asked("go"))
        fields = [problem.field for problem in refused.value.problems]
        assert fields == ["fallback", "split_quantities"]
        assert [problem.field for problem in engine.policies.check(more).problems] == fields
        assert decided(engine) == [("cheapest", 1)]


def test_whole_documents_decide(tmp_path: Path) -> None:
    """Constraints leave nodes out and are relaxed in their order, a lexicographic order puts distance before money."""
    out = {"excluded_nodes": {"nodes": [{"node": "alder"}]}}
    far = {"shipping": {"weight": 1}, "distance": {"weight": 1, "micros_per_km_unit": 1}}
    with open_engine(tmp_path / "data") as engine:
        set_stock(engine, "more", "ink", "birch", 9)
        assert nodes_of(route(engine)) == ["alder"]
        activate(engine, "closed", document("closed", constraints=out))
        assert nodes_of(route(engine, "closed")) == ["birch"]
        set_stock(engine, "none", "ink", "birch", 0)
        assert nodes_of(route(engine, "closed")) == []
        activate(engine, "open", document("closed", constraints=out, relax=["excluded_nodes"]))
        assert nodes_of(route(engine, "closed")) == ["alder"]
        terms: dict[str, Any] = {"currency": "EUR", "combination": "lexicographic", "order": ["distance", "shipping"]}
        ordered = document("ordered", objectives=far, **terms)
        activate(engine, "ordered", ordered)
        assert nodes_of(route(engine, "ordered")) == ["alder"]
    with open_engine(tmp_path / "data", network=None) as engine:
        assert nodes_of(route(engine, "closed")) == ["alder"]


def nodes_of(result: RouteResult) -> list[str]:
    """Nodes of the plan's shipments."""
    return [shipment.node_id for shipment in result.plan.shipments] if result.plan is not None else []


def test_check_tells_the_draft_and_its_changes(tmp_path: Path) -> None:
    """A check gives the next version and what differs from the active one, and changes nothing."""
    with open_engine(tmp_path / "data") as engine:
        seq = engine.face.seq
        found = engine.policies.check(document(weight=2))
        assert found.entry is not None
        assert (found.entry.version, found.entry.state, found.problems) == (2, State.DRAFT, ())
        assert "objectives.shipping.weight: 1 -> 2" in found.changes
        assert engine.face.seq == seq


def test_without_a_network_drafts_are_kept(tmp_path: Path) -> None:
    """Before the first network there are drafts alone; its own policies come beside them."""
    with open_engine(tmp_path / "data", network=None) as engine:
        version, etag = create(engine, "early", document("early"))
        with pytest.raises(EngineError) as refused:
            engine.policies.activate("early", version, etag, Asked("go"))
        assert refused.value.reason is Reason.NETWORK_MISSING
        load(engine, network())
        assert decided(engine) == [("cheapest", 1)]
        assert states(engine, "early") == [State.DRAFT]


def test_the_history_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events are kept for ever; when there are too many bytes of them a change is refused, and nothing journalled."""
    assert LOG_BYTES_MAX >= 64 << 20
    monkeypatch.setattr("fastdom.engine.policy_desk.LOG_BYTES_MAX", 1000)
    with open_engine(tmp_path / "data") as engine:
        seq = engine.face.seq
        with pytest.raises(TransitionRefused) as refused:
            create(engine, "one", document(description="x" * 900))
        assert refused.value.refusal is Refusal.LIMIT
        assert engine.face.seq == seq


# --- recovery


def test_policies_come_back_from_a_checkpoint(tmp_path: Path) -> None:
    """From a checkpoint and the journal after it the registry, its etags and the digest are the same."""
    with open_engine(tmp_path / "data") as engine:
        activate(engine, "two", document(weight=2))
        engine.checkpoint()
        activate(engine, "three", document(weight=3))
        registry, (digest, *_) = engine.policies.registry, engine.digest()
        engine.wait_durable(engine.face.seq)
    assert verify(tmp_path / "data").ok
    with open_engine(tmp_path / "data", network=None) as engine:
        assert engine.recovery.checkpoint_seq > 0
        assert engine.policies.registry == registry
        assert engine.digest()[0] == digest
        assert route(engine).policy_version == 3


def test_a_refresh_keeps_the_policies(tmp_path: Path) -> None:
    """Compiling the network again decides by the same versions."""
    with open_engine(tmp_path / "data") as engine:
        activate(engine, "two", document(weight=2))
        engine.refresh_network()
        assert route(engine).policy_version == 2


@pytest.mark.parametrize(
    "event",
    [
        b"no event",
        b'{"format":1,"kind":"Activated","name":"ghost","version":3,"at_us":1}',
        b'{"format":9,"kind":"Activated","name":"cheapest","version":1,"at_us":1}',
    ],
)
def test_a_history_that_does_not_fit_is_told(event: bytes) -> None:
    """Events that are none, of a later format, or of a version that is not there stop the start with their sequence."""
    with pytest.raises(ReplayFailed, match="journal entry 7 "):
        policies.registry_of([(7, event)])
