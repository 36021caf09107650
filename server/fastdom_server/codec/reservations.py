"""ReservationService: requests to dataclasses and back, results to messages."""

from collections.abc import Sequence

from google.rpc.status_pb2 import Status

from fastdom.reasons import Field, Kind, Reason
from fastdom.types import (
    Allocation,
    CommitRequest,
    ExtendRequest,
    FulfillRequest,
    GetReservationRequest,
    LineQuantity,
    LineResult,
    ListReservationsRequest,
    ReleaseRequest,
    Reservation,
    ReservationPage,
    ReservationResult,
    ReservationState,
    ReserveMode,
    ReserveRequest,
    ReserveResult,
)
from fastdom_api.v1 import reservation_pb2
from fastdom_api.v1 import reservation_service_pb2 as pb2
from fastdom_server.codec.moments import duration, duration_us, number, timestamp, timestamp_us, word
from fastdom_server.codec.orders import decode_order, encode_order
from fastdom_server.codec.plans import encode_plan, encode_shipment

# --- Reserve


def decode_reserve(message: pb2.ReserveRequest) -> ReserveRequest:
    return ReserveRequest(
        request_id=message.request_id,
        order=decode_order(message.order, Kind.RESERVE),
        option_token=message.option_token,
        mode=word(ReserveMode, message.mode, Reason.INVALID_FIELD, Field.MODE, Kind.RESERVE),
        ttl_us=duration_us(message, "ttl", Field.TTL, Kind.RESERVE),
        allow_partial=message.allow_partial,
        first_sent_at_us=timestamp_us(message, "first_sent_at", Field.FIRST_SENT_AT, Kind.RESERVE),
    )


def encode_reserve_request(request: ReserveRequest) -> pb2.ReserveRequest:
    return pb2.ReserveRequest(
        request_id=request.request_id,
        order=encode_order(request.order),
        option_token=request.option_token,
        mode=number(request.mode),
        ttl=duration(request.ttl_us),
        allow_partial=request.allow_partial,
        first_sent_at=timestamp(request.first_sent_at_us),
    )


def encode_reserve(result: ReserveResult) -> pb2.ReserveResponse:
    return pb2.ReserveResponse(
        outcome=number(result.outcome),
        reservation=encode_reservation(result.reservation) if result.reservation else None,
        line_results=[_encode_line_result(line) for line in result.line_results],
        plan=encode_plan(result.plan) if result.plan else None,
        token_difference=number(result.token_difference),
        inventory_seq=result.inventory_seq,
        decision_us=result.decision_us,
    )


def encode_batch_reserve(results: Sequence[ReserveResult | Status]) -> pb2.BatchReserveResponse:
    """One item per request; a Status stands where the item was refused as a call."""
    return pb2.BatchReserveResponse(
        results=[
            pb2.BatchReserveResult(error=item)
            if isinstance(item, Status)
            else pb2.BatchReserveResult(response=encode_reserve(item))
            for item in results
        ]
    )


# --- the verbs


def decode_extend(message: pb2.ExtendRequest) -> ExtendRequest:
    return ExtendRequest(
        request_id=message.request_id,
        reservation_id=message.reservation_id,
        ttl_us=duration_us(message, "ttl", Field.TTL, Kind.EXTEND),
        first_sent_at_us=timestamp_us(message, "first_sent_at", Field.FIRST_SENT_AT, Kind.EXTEND),
    )


def encode_extend_request(request: ExtendRequest) -> pb2.ExtendRequest:
    return pb2.ExtendRequest(
        request_id=request.request_id,
        reservation_id=request.reservation_id,
        ttl=duration(request.ttl_us),
        first_sent_at=timestamp(request.first_sent_at_us),
    )


def encode_extend(result: ReservationResult) -> pb2.ExtendResponse:
    return pb2.ExtendResponse(
        reservation=encode_reservation(result.reservation),
        inventory_seq=result.inventory_seq,
        decision_us=result.decision_us,
    )


def decode_commit(message: pb2.CommitRequest) -> CommitRequest:
    return CommitRequest(
        request_id=message.request_id,
        reservation_id=message.reservation_id,
        reacquire=message.reacquire,
        first_sent_at_us=timestamp_us(message, "first_sent_at", Field.FIRST_SENT_AT, Kind.COMMIT),
    )


def encode_commit_request(request: CommitRequest) -> pb2.CommitRequest:
    return pb2.CommitRequest(
        request_id=request.request_id,
        reservation_id=request.reservation_id,
        reacquire=request.reacquire,
        first_sent_at=timestamp(request.first_sent_at_us),
    )


def encode_commit(result: ReservationResult) -> pb2.CommitResponse:
    return pb2.CommitResponse(
        reservation=encode_reservation(result.reservation),
        inventory_seq=result.inventory_seq,
        decision_us=result.decision_us,
        reacquired=result.reacquired,
    )


def decode_release(message: pb2.ReleaseRequest) -> ReleaseRequest:
    return ReleaseRequest(
        request_id=message.request_id,
        reservation_id=message.reservation_id,
        lines=tuple(_decode_line_quantity(line) for line in message.lines),
        first_sent_at_us=timestamp_us(message, "first_sent_at", Field.FIRST_SENT_AT, Kind.RELEASE),
    )


def encode_release_request(request: ReleaseRequest) -> pb2.ReleaseRequest:
    return pb2.ReleaseRequest(
        request_id=request.request_id,
        reservation_id=request.reservation_id,
        lines=[_encode_line_quantity(line) for line in request.lines],
        first_sent_at=timestamp(request.first_sent_at_us),
    )


def encode_release(result: ReservationResult) -> pb2.ReleaseResponse:
    return pb2.ReleaseResponse(
        reservation=encode_reservation(result.reservation),
        inventory_seq=result.inventory_seq,
        decision_us=result.decision_us,
    )


def decode_fulfill(message: pb2.FulfillRequest) -> FulfillRequest:
    return FulfillRequest(
        request_id=message.request_id,
        reservation_id=message.reservation_id,
        lines=tuple(_decode_line_quantity(line) for line in message.lines),
        first_sent_at_us=timestamp_us(message, "first_sent_at", Field.FIRST_SENT_AT, Kind.FULFILL),
    )


def encode_fulfill_request(request: FulfillRequest) -> pb2.FulfillRequest:
    return pb2.FulfillRequest(
        request_id=request.request_id,
        reservation_id=request.reservation_id,
        lines=[_encode_line_quantity(line) for line in request.lines],
        first_sent_at=timestamp(request.first_sent_at_us),
    )


def encode_fulfill(result: ReservationResult) -> pb2.FulfillResponse:
    return pb2.FulfillResponse(
        reservation=encode_reservation(result.reservation),
        inventory_seq=result.inventory_seq,
        decision_us=result.decision_us,
        count_mismatch=result.count_mismatch,
    )


# --- reads


def decode_get_reservation(message: pb2.GetReservationRequest) -> GetReservationRequest:
    return GetReservationRequest(reservation_id=message.reservation_id)


def encode_get_reservation_request(request: GetReservationRequest) -> pb2.GetReservationRequest:
    return pb2.GetReservationRequest(reservation_id=request.reservation_id)


def encode_get_reservation(result: ReservationResult) -> pb2.GetReservationResponse:
    return pb2.GetReservationResponse(
        reservation=encode_reservation(result.reservation), inventory_seq=result.inventory_seq
    )


def decode_list_reservations(message: pb2.ListReservationsRequest) -> ListReservationsRequest:
    return ListReservationsRequest(
        order_id=message.order_id,
        states=tuple(
            word(ReservationState, state, Reason.INVALID_FIELD, Field.STATES, Kind.NONE, line_i=i)
            for i, state in enumerate(message.states)
        ),
        node_id=message.node_id,
        needs_attention=message.needs_attention,
        page_size=message.page_size,
        page_token=message.page_token,
    )


def encode_list_reservations_request(request: ListReservationsRequest) -> pb2.ListReservationsRequest:
    return pb2.ListReservationsRequest(
        order_id=request.order_id,
        states=[number(state) for state in request.states],
        node_id=request.node_id,
        needs_attention=request.needs_attention,
        page_size=request.page_size,
        page_token=request.page_token,
    )


def encode_list_reservations(page: ReservationPage) -> pb2.ListReservationsResponse:
    return pb2.ListReservationsResponse(
        reservations=[encode_reservation(reservation) for reservation in page.reservations],
        next_page_token=page.next_page_token,
        inventory_seq=page.inventory_seq,
    )


# --- parts


def encode_reservation(reservation: Reservation) -> reservation_pb2.Reservation:
    return reservation_pb2.Reservation(
        reservation_id=reservation.reservation_id,
        order_id=reservation.order_id,
        channel=reservation.channel,
        state=number(reservation.state),
        allocations=[_encode_allocation(allocation) for allocation in reservation.allocations],
        expires_at=timestamp(reservation.expires_at_us),
        created_at=timestamp(reservation.created_at_us),
        needs_attention=reservation.needs_attention,
        updated_seq=reservation.updated_seq,
        service_level=number(reservation.service_level),
        shipments=[encode_shipment(shipment) for shipment in reservation.shipments],
        cost_micros=reservation.cost_micros,
        currency_code=reservation.currency_code,
    )


def _encode_allocation(allocation: Allocation) -> reservation_pb2.Allocation:
    return reservation_pb2.Allocation(
        line_id=allocation.line_id,
        sku=allocation.sku,
        node_id=allocation.node_id,
        granted=allocation.granted,
        held=allocation.held,
        committed=allocation.committed,
        fulfilled=allocation.fulfilled,
        released=allocation.released,
        expired=allocation.expired,
        shipment_i=allocation.shipment_i,
        carrier_service_id=allocation.carrier_service_id,
    )


def _encode_line_result(line: LineResult) -> pb2.LineResult:
    return pb2.LineResult(
        line_id=line.line_id,
        granted=line.granted,
        shortfall=line.shortfall,
        available_after=line.available_after,
        reason=number(line.reason),
    )


def _decode_line_quantity(line: pb2.LineQuantity) -> LineQuantity:
    return LineQuantity(line_id=line.line_id, quantity=line.quantity, node_id=line.node_id)


def _encode_line_quantity(line: LineQuantity) -> pb2.LineQuantity:
    return pb2.LineQuantity(line_id=line.line_id, quantity=line.quantity, node_id=line.node_id)
