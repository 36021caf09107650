"""`fastdom policy ...`: what each command sends, prints and exits with."""

import json
from pathlib import Path

import grpc
import pytest
from cli_run import Run
from fake_server import FakeServer, failure
from google.protobuf.timestamp_pb2 import Timestamp
from test_cli_local import demo_network

from fastdom_api.v1 import network_service_pb2 as pb2
from fastdom_api.v1 import policy_pb2

NOON = Timestamp(seconds=1_764_331_200)
VERSION = policy_pb2.PolicyVersion(
    name="weekend",
    version=2,
    state=policy_pb2.POLICY_STATE_DRAFT,
    etag="e" * 32,
    description="Stores rest.",
    content_hash="c" * 64,
    created_at=NOON,
    changed_at=NOON,
)
GOOD = """format = 1
name = "weekend"
[objectives]
shipping = { weight = 1 }
"""
WRONG = GOOD.replace("weight = 1 }", "weight = -1 }") + "latenes = { weight = 1 }\n"


def written(folder: Path, text: str, name: str = "weekend.toml") -> str:
    """A file with this text."""
    (folder / name).write_text(text)
    return str(folder / name)


def test_list(fake: FakeServer, run: Run) -> None:
    """list prints a row for each version, as JSON the messages themselves."""
    fake.script["ListPolicies"] = [pb2.ListPoliciesResponse(policies=[VERSION])]
    ran = run("policy", "list", "--name", "weekend", "--state", "draft")
    assert ran.code == 0, ran.err
    for word in ("weekend", "DRAFT", "2025-11-28T12:00Z", "Stores rest."):
        assert word in ran.out
    (sent,) = fake.seen["ListPolicies"]
    assert (sent.name, sent.state) == ("weekend", policy_pb2.POLICY_STATE_DRAFT)
    assert json.loads(run("policy", "list", "--json").out)[0]["etag"] == "e" * 32


def test_show(fake: FakeServer, run: Run) -> None:
    """show prints facts and document; with --toml the document alone, with --json both as JSON."""
    fake.script["GetPolicy"] = [
        lambda request: pb2.GetPolicyResponse(
            policy=VERSION,
            document=b'{"format": 1}' if request.format == policy_pb2.POLICY_FORMAT_JSON else GOOD.encode(),
        )
    ]
    ran = run("policy", "show", "weekend", "--version", "2")
    assert ran.code == 0, ran.err
    assert "Stores rest." in ran.out
    assert GOOD in ran.out
    (sent,) = fake.seen["GetPolicy"]
    assert (sent.name, sent.version) == ("weekend", 2)
    assert run("policy", "show", "--toml").out == GOOD
    shown = json.loads(run("policy", "show", "weekend", "--json").out)
    assert (shown["policy"]["version"], shown["document"]) == (2, {"format": 1})


def test_create(fake: FakeServer, run: Run, tmp_path: Path) -> None:
    """create sends the file with its name and form, under a request id, and prints the draft with its etag."""
    fake.script["CreatePolicy"] = [pb2.CreatePolicyResponse(policy=VERSION, inventory_seq=9)]
    ran = run("policy", "create", written(tmp_path, GOOD))
    assert ran.code == 0, ran.err
    assert "e" * 32 in ran.out
    run("policy", "create", written(tmp_path, "{}", "weekend.json"), "--request-id", "mine")
    first, second = fake.seen["CreatePolicy"]
    assert (first.document, first.file, first.format) == (GOOD.encode(), "weekend.toml", policy_pb2.POLICY_FORMAT_TOML)
    assert first.request_id
    assert (second.file, second.format, second.request_id) == (
        "weekend.json",
        policy_pb2.POLICY_FORMAT_JSON,
        "mine",
    )


@pytest.mark.parametrize("command", [("create",), ("update", "weekend", "2")], ids=["create", "update"])
def test_a_wrong_document_is_told_in_full(fake: FakeServer, run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    """Every problem the server knows is a line, also those that did not fit the error; exit code 2."""
    refused = failure(grpc.StatusCode.INVALID_ARGUMENT, "POLICY_INVALID", metadata={"count": "2"})
    fake.script["CreatePolicy"] = fake.script["UpdatePolicy"] = [refused]
    fake.script["CheckPolicy"] = [
        pb2.CheckPolicyResponse(
            problems=[
                policy_pb2.PolicyProblem(
                    file="weekend.toml", line=4, field="objectives.shipping.weight", message="bad"
                ),
                policy_pb2.PolicyProblem(file="weekend.toml", message="cannot be read"),
            ],
            problem_count=2,
        )
    ]
    file = written(tmp_path, WRONG)
    ran = run("policy", *command, file)
    assert ran.code == 2
    assert ran.out == "weekend.toml:4: objectives.shipping.weight: bad\nweekend.toml: cannot be read\n"
    assert ran.err == f"error: {file} has 2 problems\n"


@pytest.mark.parametrize(
    ("command", "method"), [("activate", "ActivatePolicy"), ("archive", "ArchivePolicy")], ids=["activate", "archive"]
)
def test_changes_of_a_version_use_its_etag(fake: FakeServer, run: Run, command: str, method: str) -> None:
    """The etag of now is read unless it is given; a repeat by request id needs that of its attempt."""
    fake.script["GetPolicy"] = [pb2.GetPolicyResponse(policy=VERSION)]
    assert run("policy", command, "weekend", "2").code == 0
    assert run("policy", command, "weekend", "2", "--etag", "mine", "--request-id", "again").code == 0
    first, second = fake.seen[method]
    assert (first.name, first.version, first.etag) == ("weekend", 2, "e" * 32)
    assert (second.etag, second.request_id) == ("mine", "again")
    assert len(fake.seen["GetPolicy"]) == 1
    refused = run("policy", command, "weekend", "2", "--request-id", "again")
    assert refused.code == 2
    assert "--request-id needs the --etag of that attempt" in refused.err


def test_update(fake: FakeServer, run: Run, tmp_path: Path) -> None:
    """update sends name, version, etag and the file."""
    fake.script["GetPolicy"] = [pb2.GetPolicyResponse(policy=VERSION)]
    assert run("policy", "update", "weekend", "2", written(tmp_path, GOOD)).code == 0
    (sent,) = fake.seen["UpdatePolicy"]
    assert (sent.name, sent.version, sent.etag, sent.document) == ("weekend", 2, "e" * 32, GOOD.encode())


def test_default(fake: FakeServer, run: Run) -> None:
    """default names the policy under a request id."""
    fake.script["SetDefaultPolicy"] = [pb2.SetDefaultPolicyResponse(policy=VERSION)]
    assert run("policy", "default", "weekend").code == 0
    (sent,) = fake.seen["SetDefaultPolicy"]
    assert (sent.name, bool(sent.request_id)) == ("weekend", True)


def test_a_stale_etag_is_exit_code_3(fake: FakeServer, run: Run) -> None:
    """A refusal of the server is one line with its reason."""
    fake.script["ActivatePolicy"] = [failure(grpc.StatusCode.ABORTED, "ETAG_MISMATCH", "read it again")]
    ran = run("policy", "activate", "weekend", "2", "--etag", "old")
    assert (ran.code, ran.err) == (3, "error: ETAG_MISMATCH: read it again\n")


def test_check_works_without_a_server(run: Run, fake: FakeServer, tmp_path: Path) -> None:
    """check prints each problem with file, line and field and exits with 2; a good document with 0; nothing is sent."""
    good = written(tmp_path, GOOD)
    assert run("policy", "check", good).out == f"{good}: policy weekend, no problems\n"
    wrong = written(tmp_path, WRONG, "wrong.toml")
    ran = run("policy", "check", wrong)
    assert ran.code == 2
    first, second = ran.out.splitlines()
    assert first.startswith("wrong.toml:4: objectives.shipping.weight: ")
    assert second.startswith("wrong.toml:5: objectives.latenes: ")
    assert ran.err == f"error: {wrong} has 2 problems\n"
    assert run("policy", "check", str(tmp_path / "none.toml")).code == 2
    assert not fake.seen


def test_check_against_a_network(run: Run, tmp_path: Path) -> None:
    """With --network names are those of its files; a network with problems is told as such."""
    network = demo_network(tmp_path)
    text = GOOD + '[constraints]\nnode_group = { include = ["moon"] }\n'
    ran = run("policy", "check", written(tmp_path, text), "--network", str(network))
    assert (ran.code, "constraints.node_group.include" in ran.out) == (2, True)
    (network / "zones.csv").write_text("colour\n")
    ran = run("policy", "check", written(tmp_path, GOOD), "--network", str(network))
    assert (ran.code, "has problems itself" in ran.err) == (2, True)


def test_diff(run: Run, fake: FakeServer, tmp_path: Path) -> None:
    """diff of two files asks no server; a name is read from it, at its version when given."""
    old, new = written(tmp_path, GOOD), written(tmp_path, GOOD.replace("= 1 }", "= 2 }"), "new.toml")
    assert run("policy", "diff", old, new).out == "objectives.shipping.weight: 1 -> 2\n"
    assert run("policy", "diff", old, old).out == "no difference\n"
    assert not fake.seen
    document = b'{"format": 1, "name": "weekend", "objectives": {"shipping": {"weight": 3}}}'
    fake.script["GetPolicy"] = [pb2.GetPolicyResponse(policy=VERSION, document=document)]
    told = json.loads(run("policy", "diff", "weekend@2", new, "--json").out)
    assert told == [{"path": "objectives.shipping.weight", "old": 3, "new": 2}]
    (sent,) = fake.seen["GetPolicy"]
    assert (sent.name, sent.version) == ("weekend", 2)
    assert run("policy", "diff", "weekend@two", new).code == 2
    assert run("policy", "diff", written(tmp_path, WRONG, "wrong.toml"), new).code == 2
