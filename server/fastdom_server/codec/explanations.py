"""Explain: request to dataclass, explanations to messages."""

from fastdom.types import Counterfactual, ExplainedNode, ExplainRequest, ExplainResult, Explanation
from fastdom_api.v1 import routing_service_pb2 as pb2
from fastdom_server.codec.moments import number, timestamp
from fastdom_server.codec.plans import encode_cost, encode_plan


def decode_explain(message: pb2.ExplainRequest) -> ExplainRequest:
    return ExplainRequest(
        order_id=message.order_id,
        reservation_id=message.reservation_id,
        request_id=message.decision_request_id,
        alternatives=message.alternatives,
        all_decisions=message.all_decisions,
    )


def encode_explain(result: ExplainResult) -> pb2.ExplainResponse:
    return pb2.ExplainResponse(
        explanations=[_encode_explanation(one) for one in result.explanations], decisions_kept=result.decisions_kept
    )


def _encode_explanation(one: Explanation) -> pb2.Explanation:
    return pb2.Explanation(
        order_id=one.order_id,
        reservation_id=one.reservation_id,
        request_id=one.request_id,
        kind=number(one.kind),
        decided_at=timestamp(one.decided_at_us),
        decision_seq=one.decision_seq,
        policy_name=one.policy_name,
        policy_version=one.policy_version,
        network_version=one.network_version,
        service_level=number(one.service_level),
        outcome=number(one.outcome),
        optimality=number(one.optimality),
        gap_micros=one.gap_micros,
        from_token=one.from_token,
        plan=encode_plan(one.plan),
        relaxed_constraints=one.relaxed,
        reproduced=one.reproduced,
        regret_micros=one.regret_micros,
        alternatives=[
            pb2.ExplainedAlternative(
                plan=encode_plan(other.plan), regret_micros=other.regret_micros, difference=other.difference
            )
            for other in one.alternatives
        ],
        nodes=[_encode_node(node) for node in one.nodes],
    )


def _encode_node(node: ExplainedNode) -> pb2.ExplainedNode:
    return pb2.ExplainedNode(
        node_id=node.node_id,
        rank=node.rank,
        used=node.used,
        lines_covered=node.lines_covered,
        cost_micros=node.cost_micros,
        costs=[encode_cost(cost) for cost in node.costs],
        distance_m=node.distance_m,
        reason=number(node.reason),
        constraints=[
            pb2.ConstraintVerdict(
                constraint=one.constraint, status=number(one.status), expected=one.expected, actual=one.actual
            )
            for one in node.constraints
        ],
        lines=[
            pb2.LineAvailability(
                line_id=one.line_id,
                sku=one.sku,
                wanted=one.wanted,
                available=one.available,
                routing_reserve=one.routing_reserve,
            )
            for one in node.availability
        ],
        counterfactual=_encode_counterfactual(node.counterfactual) if node.counterfactual is not None else None,
    )


def _encode_counterfactual(one: Counterfactual) -> pb2.Counterfactual:
    return pb2.Counterfactual(
        kind=number(one.kind),
        cheaper_by_micros=one.cheaper_by_micros,
        missing_units=[pb2.MissingUnits(sku=units.sku, units=units.units) for units in one.missing],
        constraints=one.constraints,
        exact=one.exact,
        text=one.text,
    )
