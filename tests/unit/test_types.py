"""Requests, results, reasons: equal to the proto and to the native contract, immutable, with exact field paths."""

import dataclasses
import re
from enum import IntEnum
from pathlib import Path
from typing import Any

import pytest

from fastdom import types
from fastdom.reasons import MESSAGES, EngineError, Field, Kind, Reason, field_path
from fastdom_api.v1 import (
    error_reason_pb2,
    exception_service_pb2,
    inventory_service_pb2,
    network_pb2,
    plan_pb2,
    reservation_pb2,
    reservation_service_pb2,
    routing_service_pb2,
    types_pb2,
)

COMMAND = (Path(types.__file__).parents[1] / "_native" / "command.pxd").read_text()

WIRE_ENUMS: list[tuple[type[IntEnum], Any]] = [
    (types.ServiceLevel, types_pb2.ServiceLevel),
    (types.PaymentMethod, types_pb2.PaymentMethod),
    (types.UnassignedReason, types_pb2.UnassignedReason),
    (types.Objective, plan_pb2.Objective),
    (types.ReservationState, reservation_pb2.ReservationState),
    (types.RouteMode, routing_service_pb2.RouteMode),
    (types.RouteOutcome, routing_service_pb2.RouteOutcome),
    (types.Optimality, routing_service_pb2.Optimality),
    (types.ReserveMode, reservation_service_pb2.ReserveMode),
    (types.ReserveOutcome, reservation_service_pb2.ReserveOutcome),
    (types.TokenDifference, reservation_service_pb2.TokenDifference),
    (types.AdjustReason, inventory_service_pb2.AdjustReason),
    (types.NodeStatus, network_pb2.NodeStatus),
    (types.ExceptionKind, exception_service_pb2.ExceptionKind),
]

DATACLASSES = [getattr(types, name) for name in types.__all__ if dataclasses.is_dataclass(getattr(types, name))]


def native_enum(name: str) -> dict[str, int]:
    """The members of an enum of command.pxd."""
    body = re.search(rf"^cdef enum {name}:.*\n((?:    .*\n|\n)*)", COMMAND, re.MULTILINE)
    assert body is not None, name
    return {word: int(number) for word, number in re.findall(r"^    (\w+) = (\d+)", body[1], re.MULTILINE)}


@pytest.mark.parametrize(("mine", "wire"), WIRE_ENUMS, ids=lambda e: getattr(e, "__name__", ""))
def test_enum_equals_the_wire_enum(mine: type[IntEnum], wire: Any) -> None:
    """Every enum has the names and numbers of its wire enum."""
    prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", mine.__name__).upper() + "_"
    assert {member.name: member.value for member in mine} == {
        name.removeprefix(prefix): number for name, number in wire.items()
    }


def test_reasons_equal_the_wire_reasons() -> None:
    """Reason has every name and number of ErrorReason, with OK for 0."""
    wire = {name.removeprefix("ERROR_REASON_"): n for name, n in error_reason_pb2.ErrorReason.items() if n}
    assert {reason.name: reason.value for reason in Reason if reason} == wire


def test_reasons_cover_the_native_reasons() -> None:
    """Every native reason exists under the same name; NO_NETWORK is told as NETWORK_MISSING."""
    renamed = {"OK": "OK", "R_NO_NETWORK": "NETWORK_MISSING"}
    for name, number in native_enum("Reason").items():
        assert Reason(number).name == renamed.get(name, name.removeprefix("R_"))


def test_fields_equal_the_native_fields() -> None:
    """Field has every name and number of the native enum, and above 200 the fields of messages alone."""
    assert {f"F_{field.name}": field.value for field in Field if field <= 200} == native_enum("Field")


def test_kinds_equal_the_native_kinds() -> None:
    """Every Kind a caller can send has the number of the native enum."""
    native = native_enum("Kind")
    assert all(native[f"KIND_{kind.name}"] == kind for kind in Kind)


@pytest.mark.parametrize(
    ("mine", "native", "renamed"),
    [
        (types.RouteMode, "Mode", {}),
        (types.Optimality, "Optimality", {"OPT_NONE": "UNSPECIFIED"}),
        (types.ReserveOutcome, "Outcome", {"OUTCOME_NONE": "UNSPECIFIED"}),
        (types.UnassignedReason, "LineReason", {"LINE_GRANTED": "UNSPECIFIED"}),
    ],
)
def test_enum_equals_the_native_enum(mine: type[IntEnum], native: str, renamed: dict[str, str]) -> None:
    """Enums that the native result carries have its numbers."""
    members = {renamed.get(name, name.split("_", 1)[1]): number for name, number in native_enum(native).items()}
    assert members == {member.name: member.value for member in mine}


def test_every_reason_has_one_sentence() -> None:
    """No reason is told without a text, and no text is told twice."""
    assert set(MESSAGES) == set(Reason)
    assert len(set(MESSAGES.values())) == len(MESSAGES)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_field_has_a_path(kind: Kind) -> None:
    """Every field of every kind has a path of field names of fastdom.v1, with and without a line."""
    for field in Field:
        for line_i in (-1, 0, 999):
            path = field_path(kind, field, line_i)
            assert re.fullmatch(r"[a-z0-9_]+(\[\d+\])?(\.[a-z0-9_]+(\[\d+\])?)*", path) or field == Field.NONE


@pytest.mark.parametrize(
    ("kind", "field", "line_i", "path"),
    [
        (Kind.RESERVE, Field.QUANTITY, 2, "order.lines[2].quantity"),
        (Kind.ROUTE, Field.POSTAL_CODE, -1, "order.destination.address.postal_code"),
        (Kind.ROUTE, Field.EXCLUDE_NODE_IDS, 3, "exclude_node_ids[3]"),
        (Kind.PROMISE, Field.LINES, -1, "order.lines"),
        (Kind.FULFILL, Field.LINE_ID, 0, "lines[0].line_id"),
        (Kind.SET, Field.SKU, -1, "sku"),
        (Kind.IMPORT, Field.SKU, 7, "rows[7].sku"),
        (Kind.ADJUST, Field.NODE_ID, -1, "node_id"),
        (Kind.GET, Field.RESERVATION_ID, -1, "reservation_id"),
        (Kind.COMMIT, Field.NONE, -1, ""),
    ],
)
def test_field_path(kind: Kind, field: Field, line_i: int, path: str) -> None:
    """A path leads to the field in the request of the command it is about."""
    assert field_path(kind, field, line_i) == path


def test_error_tells_path_and_sentence() -> None:
    """An EngineError reads as path and sentence, and keeps its parts."""
    error = EngineError(Reason.INVALID_QUANTITY, Field.QUANTITY, 1, kind=Kind.RESERVE)
    assert str(error) == f"order.lines[1].quantity: {MESSAGES[Reason.INVALID_QUANTITY]}"
    assert (error.reason, error.field, error.line_i, error.seq) == (Reason.INVALID_QUANTITY, Field.QUANTITY, 1, 0)


@pytest.mark.parametrize("cls", DATACLASSES, ids=lambda cls: cls.__name__)
def test_dataclasses_are_frozen_with_slots(cls: Any) -> None:
    """A request or result cannot be changed and has no dictionary."""
    assert cls.__dataclass_params__.frozen
    assert "__dict__" not in dir(cls)
    assert cls.__doc__ is not None


def test_public_list_is_sorted_and_complete() -> None:
    """The public list names every class the package imports, in order."""
    classes = {name for name, value in vars(types).items() if isinstance(value, type)}
    assert set(types.__all__) == classes
    assert types.__all__ == sorted(types.__all__)
