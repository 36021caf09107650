"""The contract is tidy: linted, explained, generated code in step, and safe to retry."""

import json
import re
import subprocess
import sys
from pathlib import Path

import grpc
import pytest
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FileDescriptor, MethodDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions

from fastdom_api.v1 import (
    admin_service_pb2,
    error_reason_pb2,
    exception_service_pb2,
    inventory_service_pb2,
    network_pb2,
    network_service_pb2,
    order_pb2,
    plan_pb2,
    policy_pb2,
    promise_service_pb2,
    reservation_pb2,
    reservation_service_pb2,
    routing_service_pb2,
    types_pb2,
)

ROOT = Path(__file__).resolve().parents[2]
PROTOS = sorted((ROOT / "proto").rglob("*.proto"))
FILES: tuple[FileDescriptor, ...] = tuple(
    module.DESCRIPTOR
    for module in (
        admin_service_pb2,
        error_reason_pb2,
        exception_service_pb2,
        inventory_service_pb2,
        network_pb2,
        network_service_pb2,
        order_pb2,
        plan_pb2,
        policy_pb2,
        promise_service_pb2,
        reservation_pb2,
        reservation_service_pb2,
        routing_service_pb2,
        types_pb2,
    )
)
MESSAGES: tuple[Descriptor, ...] = tuple(m for file in FILES for m in file.message_types_by_name.values())
ENUMS: tuple[EnumDescriptor, ...] = tuple(e for file in FILES for e in file.enum_types_by_name.values())
METHODS: tuple[MethodDescriptor, ...] = tuple(
    method for file in FILES for service in file.services_by_name.values() for method in service.methods
)
MUTATIONS = tuple(m for m in METHODS if m.GetOptions().idempotency_level == MethodOptions.IDEMPOTENT)

# Checkpoint writes a file and changes no state, so a repeat has no second effect to suppress.
WITHOUT_REQUEST_ID = {"Checkpoint"}

# One declaration that must have a comment above it: a field, an enum value, an rpc, or the opening of a block.
DECLARATION = re.compile(r"^(?!\s*//)\s*(?:(?:\S.* )?\w+ = \d+;|(?:message|enum|service|oneof|rpc) \w+)")

# The first letters of the facts each rpc comment must state.
FACTS = ("Atomicity:", "Idempotency:", "Ordering:", "Cost:")


def ids(values: tuple[Descriptor, ...] | tuple[EnumDescriptor, ...] | tuple[MethodDescriptor, ...]) -> list[str]:
    """Names of descriptors, for the test report."""
    return [value.name for value in values]


def comment_above(lines: list[str], line_i: int) -> list[str]:
    """Comment lines directly above a line, without their slashes, top first."""
    start = line_i
    while start and lines[start - 1].lstrip().startswith("//"):
        start -= 1
    return [line.strip().removeprefix("//").strip() for line in lines[start:line_i]]


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command in the repository's root."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_every_proto_is_looked_at() -> None:
    """The files these tests look at are exactly the .proto files of the tree."""
    assert sorted(file.name for file in FILES) == [path.relative_to(ROOT / "proto").as_posix() for path in PROTOS]


def test_lint() -> None:
    """protolint finds nothing in proto/."""
    result = run(Path(sys.executable).parent / "protolint", "lint", "proto")
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


def test_generated_code_is_in_step() -> None:
    """The committed generated code is what the generator writes from the .proto files."""
    result = run(sys.executable, "proto/generate.py", "--check")
    assert (result.returncode, result.stderr) == (0, "")


def test_drift_is_noticed(tmp_path: Path) -> None:
    """A changed field makes the drift check fail and name the generated file."""
    copy = tmp_path / "proto"
    for path in sorted((ROOT / "proto").rglob("*")):
        if path.is_file() and path.suffix in {".proto", ".py", ".pyi"}:
            target = copy / path.relative_to(ROOT / "proto")
            target.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text(encoding="utf-8")
            target.write_text(text.replace("string order_id = 1;", "string order_name = 1;"), encoding="utf-8")
    result = run(sys.executable, copy / "generate.py", "--check")
    assert result.returncode == 1
    assert "proto/fastdom_api/v1/order_pb2.py: differs" in result.stderr


def test_three_lines_in_ten_are_comments() -> None:
    """At least 30 % of the lines of each .proto file are comments."""
    shares = {}
    for path in PROTOS:
        lines = path.read_text(encoding="utf-8").splitlines()
        shares[path.name] = sum(line.lstrip().startswith("//") for line in lines) / len(lines)
    assert {name: share for name, share in shares.items() if share < 0.3} == {}


@pytest.mark.parametrize("path", PROTOS, ids=lambda path: path.name)
def test_every_declaration_is_explained(path: Path) -> None:
    """Every message, field, enum value, service and rpc has a comment of its own right above it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    declarations = [line_i for line_i, line in enumerate(lines) if DECLARATION.match(line)]
    assert declarations
    assert [f"{path.name}:{line_i + 1}" for line_i in declarations if not comment_above(lines, line_i)] == []


def test_every_rpc_states_what_a_caller_may_rely_on() -> None:
    """Every rpc comment states atomicity, idempotency, ordering and cost."""
    missing = []
    rpc_count = 0
    for path in PROTOS:
        lines = path.read_text(encoding="utf-8").splitlines()
        for line_i, line in enumerate(lines):
            if line.startswith("  rpc "):
                rpc_count += 1
                text = "\n".join(comment_above(lines, line_i))
                missing += [f"{path.name}:{line_i + 1} {fact}" for fact in FACTS if fact not in text]
    assert missing == []
    assert rpc_count == len(METHODS)


@pytest.mark.parametrize("enum", ENUMS, ids=ids(ENUMS))
def test_enum_values_are_prefixed(enum: EnumDescriptor) -> None:
    """Every enum starts with PREFIX_UNSPECIFIED = 0 and all its values carry the prefix."""
    prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", enum.name).upper() + "_"
    assert enum.values_by_number[0].name == f"{prefix}UNSPECIFIED"
    assert [value.name for value in enum.values if not value.name.startswith(prefix)] == []


@pytest.mark.parametrize("method", METHODS, ids=ids(METHODS))
def test_rpc_has_messages_of_its_own(method: MethodDescriptor) -> None:
    """Rpc X takes XRequest and gives XResponse, and says whether it has effects."""
    assert (method.input_type.name, method.output_type.name) == (f"{method.name}Request", f"{method.name}Response")
    assert method.GetOptions().idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN


def test_one_service_per_file() -> None:
    """A service XService is declared alone in x_service.proto, and other files declare none."""
    declared = {file.name: [service.name for service in file.services_by_name.values()] for file in FILES}
    for name, services in declared.items():
        stem = Path(name).stem
        expected = ["".join(word.title() for word in stem.split("_"))] if stem.endswith("_service") else []
        assert services == expected


@pytest.mark.parametrize("method", MUTATIONS, ids=ids(MUTATIONS))
def test_mutations_can_be_retried(method: MethodDescriptor) -> None:
    """Every mutating request, or every item of a batch, has request_id as field 1 and first_sent_at."""
    if method.name in WITHOUT_REQUEST_ID:
        assert not method.input_type.fields
        return
    fields = method.input_type.fields_by_name
    item = fields["requests"].message_type if method.name.startswith("Batch") else method.input_type
    assert item.fields_by_name["request_id"].number == 1
    assert item.fields_by_name["first_sent_at"].message_type.full_name == "google.protobuf.Timestamp"


def test_reads_have_no_request_id() -> None:
    """A request without effects has no request_id, so that none is ever used up by a read."""
    reads = [m for m in METHODS if m not in MUTATIONS]
    assert reads
    assert [m.name for m in reads if "request_id" in m.input_type.fields_by_name] == []


@pytest.mark.parametrize("name", ["Route", "Promise", "Reserve"])
def test_batch_items_are_the_unary_messages(name: str) -> None:
    """A batch takes the unary requests and answers each with the unary response or a status, as fields 1 and 2."""
    methods = {method.name: method for method in METHODS}
    batch, unary = methods[f"Batch{name}"], methods[name]
    assert batch.input_type.fields_by_name["requests"].message_type is unary.input_type
    result = batch.output_type.fields_by_name["results"].message_type
    assert [field.name for field in result.oneofs_by_name["result"].fields] == ["response", "error"]
    assert result.fields_by_number[1].message_type is unary.output_type
    assert result.fields_by_number[2].message_type.full_name == "google.rpc.Status"


def test_money_names_its_currency() -> None:
    """Every message with a *_micros field has currency_code, or is only ever sent inside a message that has it."""
    inside = {"ObjectiveCost", "Shipment", "PromiseOption", "OptionDifference", "NodeConsidered"}
    inside |= {"RouteResponse"}  # its plan, always sent with amounts, names the currency
    inside |= {"Counterfactual", "ExplainedNode", "ExplainedAlternative", "Explanation"}  # and so does an explanation's
    money = [m for m in MESSAGES if any(f.name.endswith("_micros") for f in m.fields)]
    assert {m.name for m in money if "currency_code" not in m.fields_by_name} == inside


def test_times_are_well_known_types() -> None:
    """Every field named for a moment is a Timestamp, and every field named for a time to live is a Duration."""
    moment = re.compile(r"(_at|_from|^order_by|^arrive_by|^ship_by|^required_by|_until|^as_of|_time)$")
    for message in MESSAGES:
        for field in message.fields:
            where = f"{message.name}.{field.name}"
            kind = field.message_type.full_name if field.message_type else None
            if message.name == "OptionDifference":
                continue  # differences of moments are durations
            if moment.search(field.name):
                assert kind == "google.protobuf.Timestamp", where
            if field.name.startswith("ttl") or field.name.endswith("_ttl"):
                assert kind == "google.protobuf.Duration", where


def test_no_float_crosses_the_wire() -> None:
    """No field is a float or a double: decisions are made of integers."""
    assert [f.full_name for m in MESSAGES for f in m.fields if f.type in {f.TYPE_FLOAT, f.TYPE_DOUBLE}] == []


def test_error_reasons_show_code_and_metadata() -> None:
    """Every error reason names the gRPC codes it comes with and shows example metadata as a JSON object of texts."""
    path = next(path for path in PROTOS if path.name == "error_reason.proto")
    lines = path.read_text(encoding="utf-8").splitlines()
    codes = {code.name for code in grpc.StatusCode}
    seen = []
    for line_i, line in enumerate(lines):
        value = re.match(r"  ERROR_REASON_(\w+) = (\d+);", line)
        if not value or value[2] == "0":
            continue
        seen.append(value[1])
        comment = comment_above(lines, line_i)
        facts = {key: text for key, _, text in (part.partition(": ") for part in comment[-2:])}
        assert set(re.findall(r"[A-Z]+(?:_[A-Z]+)+|INTERNAL|ABORTED|UNAVAILABLE|UNIMPLEMENTED", facts["Code"])) <= codes
        metadata = json.loads(facts["Metadata"])
        assert all(isinstance(text, str) for text in metadata.values())
    assert len(seen) == len(error_reason_pb2.ErrorReason.DESCRIPTOR.values) - 1
