"""RoutingService: requests to dataclasses and back, results to messages."""

from collections.abc import Sequence

from google.rpc.status_pb2 import Status

from fastdom.reasons import Field, Kind, Reason
from fastdom.types import (
    NodeConsidered,
    NodeExclusion,
    RerouteLine,
    RerouteNodeRequest,
    RerouteNodeResult,
    RerouteReason,
    RerouteRequest,
    RerouteResult,
    RouteMode,
    RouteRequest,
    RouteResult,
)
from fastdom_api.v1 import routing_service_pb2 as pb2
from fastdom_server.codec.moments import duration, duration_us, number, timestamp, timestamp_us, word
from fastdom_server.codec.orders import decode_order, decode_policy, encode_order, encode_policy
from fastdom_server.codec.plans import encode_plan
from fastdom_server.codec.reservations import encode_reservation


def decode_route(message: pb2.RouteRequest) -> RouteRequest:
    return RouteRequest(
        request_id=message.request_id,
        order=decode_order(message.order, Kind.ROUTE),
        policy=decode_policy(message.policy) if message.HasField("policy") else None,
        mode=word(RouteMode, message.mode, Reason.INVALID_FIELD, Field.MODE, Kind.ROUTE),
        ttl_us=duration_us(message, "ttl", Field.TTL, Kind.ROUTE),
        include_node_ids=tuple(message.include_node_ids),
        exclude_node_ids=tuple(message.exclude_node_ids),
        allow_partial=message.allow_partial,
        max_shipments=message.max_shipments,
        effort=message.effort,
        alternatives=message.alternatives,
        explain=message.explain,
        first_sent_at_us=timestamp_us(message, "first_sent_at", Field.FIRST_SENT_AT, Kind.ROUTE),
    )


def encode_route_request(request: RouteRequest) -> pb2.RouteRequest:
    return pb2.RouteRequest(
        request_id=request.request_id,
        order=encode_order(request.order),
        policy=encode_policy(request.policy),
        mode=number(request.mode),
        ttl=duration(request.ttl_us),
        include_node_ids=request.include_node_ids,
        exclude_node_ids=request.exclude_node_ids,
        allow_partial=request.allow_partial,
        max_shipments=request.max_shipments,
        effort=request.effort,
        alternatives=request.alternatives,
        explain=request.explain,
        first_sent_at=timestamp(request.first_sent_at_us),
    )


def encode_route(result: RouteResult) -> pb2.RouteResponse:
    return pb2.RouteResponse(
        plan=encode_plan(result.plan) if result.plan else None,
        optimality=number(result.optimality),
        gap_micros=result.gap_micros,
        outcome=number(result.outcome),
        reservation=encode_reservation(result.reservation) if result.reservation else None,
        nodes_considered=result.nodes_considered,
        subsets_evaluated=result.subsets_evaluated,
        policy_name=result.policy_name,
        policy_version=result.policy_version,
        network_version=result.network_version,
        inventory_seq=result.inventory_seq,
        decision_us=result.decision_us,
        alternatives=[encode_plan(plan) for plan in result.alternatives],
        candidates=[_encode_candidate(node) for node in result.candidates],
    )


def encode_batch_route(results: Sequence[RouteResult | Status]) -> pb2.BatchRouteResponse:
    """One item per request; a Status stands where the item was refused as a call."""
    return pb2.BatchRouteResponse(
        results=[
            pb2.BatchRouteResult(error=item)
            if isinstance(item, Status)
            else pb2.BatchRouteResult(response=encode_route(item))
            for item in results
        ]
    )


def decode_reroute(message: pb2.RerouteRequest) -> RerouteRequest:
    return RerouteRequest(
        request_id=message.request_id,
        reservation_id=message.reservation_id,
        node_id=message.node_id,
        lines=tuple(RerouteLine(line.line_id, line.quantity) for line in message.lines),
        reason=word(RerouteReason, message.reason, Reason.INVALID_FIELD, Field.REASON, Kind.REROUTE),
        first_sent_at_us=timestamp_us(message, "first_sent_at", Field.FIRST_SENT_AT, Kind.REROUTE),
    )


def encode_reroute_request(request: RerouteRequest) -> pb2.RerouteRequest:
    return pb2.RerouteRequest(
        request_id=request.request_id,
        reservation_id=request.reservation_id,
        node_id=request.node_id,
        lines=[pb2.RerouteLine(line_id=line.line_id, quantity=line.quantity) for line in request.lines],
        reason=number(request.reason),
        first_sent_at=timestamp(request.first_sent_at_us),
    )


def encode_reroute(result: RerouteResult) -> pb2.RerouteResponse:
    return pb2.RerouteResponse(
        reservation=encode_reservation(result.reservation),
        plan=encode_plan(result.plan) if result.plan else None,
        units_moved=result.units_moved,
        units_stranded=result.units_stranded,
        stranded_reason=number(result.stranded_reason),
        exception_id=result.exception_id,
        attempts=result.attempts,
        exclusions=[_encode_exclusion(exclusion) for exclusion in result.exclusions],
        inventory_seq=result.inventory_seq,
        decision_us=result.decision_us,
    )


def decode_reroute_node(message: pb2.RerouteNodeRequest) -> RerouteNodeRequest:
    return RerouteNodeRequest(
        request_id=message.request_id,
        node_id=message.node_id,
        first_sent_at_us=timestamp_us(message, "first_sent_at", Field.FIRST_SENT_AT, Kind.NODE_STATUS),
    )


def encode_reroute_node_request(request: RerouteNodeRequest) -> pb2.RerouteNodeRequest:
    return pb2.RerouteNodeRequest(
        request_id=request.request_id,
        node_id=request.node_id,
        first_sent_at=timestamp(request.first_sent_at_us),
    )


def encode_reroute_node(result: RerouteNodeResult) -> pb2.RerouteNodeResponse:
    return pb2.RerouteNodeResponse(
        reservations_rerouted=result.reservations_rerouted,
        units_rerouted=result.units_rerouted,
        reservations_left=result.reservations_left,
        units_left=result.units_left,
        inventory_seq=result.inventory_seq,
    )


def _encode_exclusion(exclusion: NodeExclusion) -> pb2.NodeExclusion:
    return pb2.NodeExclusion(
        node_id=exclusion.node_id, reason=number(exclusion.reason), until=timestamp(exclusion.until_us)
    )


def _encode_candidate(node: NodeConsidered) -> pb2.NodeConsidered:
    return pb2.NodeConsidered(
        node_id=node.node_id,
        rank=node.rank,
        used=node.used,
        lines_covered=node.lines_covered,
        cost_micros=node.cost_micros,
        distance_m=node.distance_m,
        reason=number(node.reason),
    )
