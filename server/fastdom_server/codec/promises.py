"""PromiseService: requests to dataclasses and back, results to messages."""

from collections.abc import Sequence

from google.rpc.status_pb2 import Status

from fastdom.reasons import Field, Kind, Reason
from fastdom.types import OptionDifference, PromiseOption, PromiseRequest, PromiseResult, ServiceLevel
from fastdom_api.v1 import promise_service_pb2 as pb2
from fastdom_server.codec.moments import (
    duration,
    duration_us,
    exact_duration,
    number,
    timestamp,
    timestamp_us,
    word,
)
from fastdom_server.codec.orders import decode_order, decode_policy, encode_order, encode_policy
from fastdom_server.codec.plans import encode_shipment
from fastdom_server.codec.reservations import encode_reservation


def decode_promise(message: pb2.PromiseRequest) -> PromiseRequest:
    return PromiseRequest(
        request_id=message.request_id,
        order=decode_order(message.order, Kind.PROMISE),
        service_levels=tuple(
            word(ServiceLevel, level, Reason.UNKNOWN_SERVICE_LEVEL, Field.SERVICE_LEVELS, Kind.PROMISE, line_i=i)
            for i, level in enumerate(message.service_levels)
        ),
        hold=message.hold,
        option=word(ServiceLevel, message.option, Reason.INVALID_FIELD, Field.OPTION, Kind.PROMISE),
        ttl_us=duration_us(message, "ttl", Field.TTL, Kind.PROMISE),
        policy=decode_policy(message.policy) if message.HasField("policy") else None,
        first_sent_at_us=timestamp_us(message, "first_sent_at", Field.FIRST_SENT_AT, Kind.PROMISE),
    )


def encode_promise_request(request: PromiseRequest) -> pb2.PromiseRequest:
    return pb2.PromiseRequest(
        request_id=request.request_id,
        order=encode_order(request.order),
        service_levels=[number(level) for level in request.service_levels],
        hold=request.hold,
        option=number(request.option),
        ttl=duration(request.ttl_us),
        policy=encode_policy(request.policy),
        first_sent_at=timestamp(request.first_sent_at_us),
    )


def encode_promise(result: PromiseResult) -> pb2.PromiseResponse:
    return pb2.PromiseResponse(
        options=[_encode_option(option) for option in result.options],
        unpromised_lines=[
            pb2.UnpromisedLine(
                line_id=line.line_id,
                quantity=line.quantity,
                reason=number(line.reason),
                available_from=timestamp(line.available_from_us),
            )
            for line in result.unpromised_lines
        ],
        currency_code=result.currency_code,
        inventory_seq=result.inventory_seq,
        network_version=result.network_version,
        decision_us=result.decision_us,
        reservation=encode_reservation(result.reservation) if result.reservation else None,
        held_option=number(result.held_option),
    )


def encode_batch_promise(results: Sequence[PromiseResult | Status]) -> pb2.BatchPromiseResponse:
    """One item per request; a Status stands where the item was refused as a call."""
    return pb2.BatchPromiseResponse(
        results=[
            pb2.BatchPromiseResult(error=item)
            if isinstance(item, Status)
            else pb2.BatchPromiseResult(response=encode_promise(item))
            for item in results
        ]
    )


def _encode_option(option: PromiseOption) -> pb2.PromiseOption:
    return pb2.PromiseOption(
        service_level=number(option.service_level),
        ship_from=timestamp(option.ship_from_us),
        ship_by=timestamp(option.ship_by_us),
        arrive_from=timestamp(option.arrive_from_us),
        arrive_by=timestamp(option.arrive_by_us),
        order_by=timestamp(option.order_by_us),
        confidence_permille=option.confidence_permille,
        shipments=[encode_shipment(shipment) for shipment in option.shipments],
        cost_micros=option.cost_micros,
        option_token=option.option_token,
        valid_until=timestamp(option.valid_until_us),
        difference=_encode_difference(option.difference) if option.difference else None,
    )


def _encode_difference(difference: OptionDifference) -> pb2.OptionDifference:
    return pb2.OptionDifference(
        cost_micros=difference.cost_micros,
        arrive_by=exact_duration(difference.arrive_by_us),
        shipments=difference.shipments,
    )
