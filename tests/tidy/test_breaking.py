"""What was released of the contract stays: fields, enum values and methods."""

import sys
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorSet

PROTO = Path(__file__).resolve().parents[2] / "proto"
sys.path.insert(0, str(PROTO))

import breaking  # noqa: E402


@pytest.fixture(scope="module")
def contract() -> FileDescriptorSet:
    """The contract as it is now."""
    return breaking.described()


def changed(contract: FileDescriptorSet) -> tuple[FileDescriptorSet, FieldDescriptorProto]:
    """A copy of the contract, and the first field of its message Order."""
    copy = FileDescriptorSet.FromString(contract.SerializeToString())
    return copy, next(m for file in copy.file for m in file.message_type if m.name == "Order").field[0]


def test_nothing_released_was_broken(contract: FileDescriptorSet) -> None:
    """Every line of released.txt holds of the protos."""
    assert breaking.broken(breaking.read(breaking.RELEASED.read_text()), breaking.facts(contract)) == []


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("name", "order_ident"), ("type", 5), ("label", 3), ("number", 999), ("proto3_optional", True)],
)
def test_a_field_that_changes_is_named(contract: FileDescriptorSet, attribute: str, value: object) -> None:
    """Name, type, label, number and presence of a field are what others rely on."""
    copy, field = changed(contract)
    number = field.number
    setattr(field, attribute, value)
    (problem,) = breaking.broken(breaking.facts(contract), breaking.facts(copy))
    assert problem.startswith(f"fastdom.v1.Order field {number}: was ")


def test_what_is_removed_is_named(contract: FileDescriptorSet) -> None:
    """A field, an enum value and a method that are gone are three problems; what was added is none."""
    copy, _ = changed(contract)
    order = next(m for file in copy.file for m in file.message_type if m.name == "Order")
    enum = next(e for file in copy.file for e in file.enum_type)
    service = next(s for file in copy.file for s in file.service)
    gone = {
        f"fastdom.v1.Order field {order.field[0].number}",
        f"fastdom.v1.{enum.name} value {enum.value[-1].number}",
        f"fastdom.v1.{service.name} method {service.method[-1].name}",
    }
    del order.field[0], enum.value[-1], service.method[-1]
    now = breaking.facts(copy)
    problems = breaking.broken(breaking.facts(contract), now)
    assert {problem.split(": was ")[0] for problem in problems} == gone
    assert all(problem.endswith("is gone") for problem in problems)
    assert breaking.broken(now, breaking.facts(contract)) == []


def test_lines_of_the_file_are_read_as_written(contract: FileDescriptorSet) -> None:
    """Writing and reading facts gives the same facts."""
    found = breaking.facts(contract)
    assert breaking.read(breaking.written(found)) == found
