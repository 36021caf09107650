"""InventoryService: requests to dataclasses and back, results to messages."""

from collections.abc import Callable

from google.rpc.status_pb2 import Status

from fastdom.reasons import Field, Kind, Reason
from fastdom.types import (
    AdjustInventoryRequest,
    AdjustReason,
    AvailabilityResult,
    GetAvailabilityRequest,
    ImportError,
    ImportInventoryRequest,
    ImportInventoryResult,
    InventoryRow,
    Position,
    PositionResult,
    SetInventoryRequest,
)
from fastdom_api.v1 import inventory_service_pb2 as pb2
from fastdom_server.codec.moments import number, timestamp, timestamp_us, word


def decode_adjust_inventory(message: pb2.AdjustInventoryRequest) -> AdjustInventoryRequest:
    return AdjustInventoryRequest(
        request_id=message.request_id,
        sku=message.sku,
        node_id=message.node_id,
        delta=message.delta,
        reason=word(AdjustReason, message.reason, Reason.INVALID_FIELD, Field.REASON, Kind.ADJUST),
        first_sent_at_us=timestamp_us(message, "first_sent_at", Field.FIRST_SENT_AT, Kind.ADJUST),
    )


def encode_adjust_inventory_request(request: AdjustInventoryRequest) -> pb2.AdjustInventoryRequest:
    return pb2.AdjustInventoryRequest(
        request_id=request.request_id,
        sku=request.sku,
        node_id=request.node_id,
        delta=request.delta,
        reason=number(request.reason),
        first_sent_at=timestamp(request.first_sent_at_us),
    )


def encode_adjust_inventory(result: PositionResult) -> pb2.AdjustInventoryResponse:
    return pb2.AdjustInventoryResponse(
        position=encode_position(result.position), inventory_seq=result.inventory_seq, decision_us=result.decision_us
    )


def decode_set_inventory(message: pb2.SetInventoryRequest) -> SetInventoryRequest:
    return SetInventoryRequest(
        request_id=message.request_id,
        sku=message.sku,
        node_id=message.node_id,
        on_hand=message.on_hand,
        safety_stock=message.safety_stock if message.HasField("safety_stock") else None,
        routing_reserve=message.routing_reserve if message.HasField("routing_reserve") else None,
        as_of_us=timestamp_us(message, "as_of", Field.AS_OF, Kind.SET),
        includes_fulfilments_up_to=message.includes_fulfilments_up_to,
        expected_on_hand=message.expected_on_hand if message.HasField("expected_on_hand") else None,
        expected_version=message.expected_version if message.HasField("expected_version") else None,
        first_sent_at_us=timestamp_us(message, "first_sent_at", Field.FIRST_SENT_AT, Kind.SET),
    )


def encode_set_inventory_request(request: SetInventoryRequest) -> pb2.SetInventoryRequest:
    return pb2.SetInventoryRequest(
        request_id=request.request_id,
        sku=request.sku,
        node_id=request.node_id,
        on_hand=request.on_hand,
        safety_stock=request.safety_stock,
        routing_reserve=request.routing_reserve,
        as_of=timestamp(request.as_of_us),
        includes_fulfilments_up_to=request.includes_fulfilments_up_to,
        expected_on_hand=request.expected_on_hand,
        expected_version=request.expected_version,
        first_sent_at=timestamp(request.first_sent_at_us),
    )


def encode_set_inventory(result: PositionResult) -> pb2.SetInventoryResponse:
    return pb2.SetInventoryResponse(
        position=encode_position(result.position), inventory_seq=result.inventory_seq, decision_us=result.decision_us
    )


def decode_import_inventory(message: pb2.ImportInventoryRequest) -> ImportInventoryRequest:
    return ImportInventoryRequest(
        request_id=message.request_id,
        rows=tuple(_decode_row(row) for row in message.rows),
        as_of_us=timestamp_us(message, "as_of", Field.AS_OF, Kind.IMPORT),
        includes_fulfilments_up_to=message.includes_fulfilments_up_to,
        first_sent_at_us=timestamp_us(message, "first_sent_at", Field.FIRST_SENT_AT, Kind.IMPORT),
    )


def encode_import_inventory_request(request: ImportInventoryRequest) -> pb2.ImportInventoryRequest:
    return pb2.ImportInventoryRequest(
        request_id=request.request_id,
        rows=[_encode_row(row) for row in request.rows],
        as_of=timestamp(request.as_of_us),
        includes_fulfilments_up_to=request.includes_fulfilments_up_to,
        first_sent_at=timestamp(request.first_sent_at_us),
    )


def encode_import_inventory(
    result: ImportInventoryResult, status_of: Callable[[ImportError], Status]
) -> pb2.ImportInventoryResponse:
    """Message of a whole import; `status_of` maps a refusal to its google.rpc.Status (the one place that does)."""
    return pb2.ImportInventoryResponse(
        chunks=result.chunks,
        chunks_repeated=result.chunks_repeated,
        rows_applied=result.rows_applied,
        rows_refused=result.rows_refused,
        errors=[
            pb2.ImportError(request_id=error.request_id, row_i=error.row_i, error=status_of(error))
            for error in result.errors
        ],
        inventory_seq=result.inventory_seq,
    )


def decode_get_availability(message: pb2.GetAvailabilityRequest) -> GetAvailabilityRequest:
    return GetAvailabilityRequest(skus=tuple(message.skus), node_ids=tuple(message.node_ids), channel=message.channel)


def encode_get_availability_request(request: GetAvailabilityRequest) -> pb2.GetAvailabilityRequest:
    return pb2.GetAvailabilityRequest(skus=request.skus, node_ids=request.node_ids, channel=request.channel)


def encode_get_availability(result: AvailabilityResult) -> pb2.GetAvailabilityResponse:
    return pb2.GetAvailabilityResponse(
        positions=[encode_position(position) for position in result.positions], inventory_seq=result.inventory_seq
    )


def encode_position(position: Position) -> pb2.Position:
    return pb2.Position(
        sku=position.sku,
        node_id=position.node_id,
        on_hand=position.on_hand,
        held=position.held,
        committed=position.committed,
        safety_stock=position.safety_stock,
        routing_reserve=position.routing_reserve,
        available=position.available,
        shortfall=position.shortfall,
        on_hand_version=position.on_hand_version,
    )


def _decode_row(row: pb2.InventoryRow) -> InventoryRow:
    return InventoryRow(
        sku=row.sku,
        node_id=row.node_id,
        on_hand=row.on_hand,
        safety_stock=row.safety_stock if row.HasField("safety_stock") else None,
        routing_reserve=row.routing_reserve if row.HasField("routing_reserve") else None,
    )


def _encode_row(row: InventoryRow) -> pb2.InventoryRow:
    return pb2.InventoryRow(
        sku=row.sku,
        node_id=row.node_id,
        on_hand=row.on_hand,
        safety_stock=row.safety_stock,
        routing_reserve=row.routing_reserve,
    )
