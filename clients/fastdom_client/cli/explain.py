"""`fastdom explain`: why an order was routed as it was."""

from typing import Annotated

import typer

from fastdom_api.v1.routing_service_pb2 import (
    ConstraintStatus,
    DecisionKind,
    ExplainedNode,
    ExplainResponse,
    Explanation,
    Optimality,
    RouteOutcome,
)
from fastdom_client.cli import exits, output, tables, words
from fastdom_client.cli.session import Session, online

BROKEN = (ConstraintStatus.CONSTRAINT_STATUS_VIOLATED, ConstraintStatus.CONSTRAINT_STATUS_RELAXED)


@online
def explain(
    session: Session,
    *,
    order_id: Annotated[str, typer.Argument(metavar="ORDER", help="Order id.")] = "",
    reservation: Annotated[str, typer.Option("--reservation", metavar="ID", help="By reservation instead.")] = "",
    request: Annotated[str, typer.Option("--request", metavar="ID", help="By request id instead.")] = "",
    alternatives: Annotated[
        int, typer.Option("--alternatives", min=0, max=8, metavar="N", help="Next best plans shown.")
    ] = 3,
    every: Annotated[bool, typer.Option("--all", help="Every decision that is kept, not only the latest.")] = False,
    node: Annotated[
        list[str] | None, typer.Option("--node", metavar="NODE", help="Show all of this node, repeatable.")
    ] = None,
) -> int:
    """Tell why an order was routed as it was: costs, constraints, next best plans, what would have changed it.

    From the record of the decision, which the server keeps for a while; today's stock plays no part.
    """
    reply = session.client.explain(
        order_id,
        reservation_id=reservation,
        decision_request_id=request,
        alternatives=alternatives,
        all_decisions=every,
    )
    session.show(reply, lambda session, reply: _show(session, reply, tuple(node or ())))
    return exits.OK


def _show(session: Session, reply: ExplainResponse, nodes: tuple[str, ...]) -> None:
    for one in reply.explanations:
        _decision(session, one)
        _candidates(one)
        _alternatives(one)
        for node in one.nodes:
            if node.node_id in nodes:
                _node(one, node)
    hidden = reply.decisions_kept - len(reply.explanations)
    if hidden:
        output.note(f"{hidden} earlier decision{'s' if hidden > 1 else ''} of it: see --all")


def _decision(session: Session, one: Explanation) -> None:
    outcome = words.name(RouteOutcome, "ROUTE_OUTCOME_", one.outcome)
    optimality = words.name(Optimality, "OPTIMALITY_", one.optimality)
    kind = words.name(DecisionKind, "DECISION_KIND_", one.kind)
    output.facts(
        [
            ("order", words.or_none(one.order_id)),
            ("decided", f"{session.time(one.decided_at)} by {kind}, sequence {one.decision_seq}"),
            ("reservation", words.or_none(one.reservation_id)),
            ("policy", f"{one.policy_name}@{one.policy_version} on network version {one.network_version}"),
            ("outcome", f"{outcome}, {optimality}"),
            *([("relaxed", ", ".join(one.relaxed_constraints))] if one.relaxed_constraints else []),
            *([("option", "its plan was chosen when the option was promised")] if one.from_token else []),
            ("planned again", "the same plan" if one.reproduced else "another plan"),
        ]
    )
    tables.plan(session, one.plan)


def _candidates(one: Explanation) -> None:
    currency = one.plan.currency_code
    output.table(
        ("rank", "node", "used", "lines", "alone", "distance", "against it", "to win"),
        (
            (
                words.or_none(node.rank),
                node.node_id,
                "yes" if node.used else "",
                node.lines_covered,
                words.money(node.cost_micros, currency) if node.lines_covered else words.NONE,
                words.distance(node.distance_m),
                _against(node),
                node.counterfactual.text.removeprefix("wins ") if node.HasField("counterfactual") else "",
            )
            for node in one.nodes
        ),
        "candidates",
    )


def _against(node: ExplainedNode) -> str:
    """Return what rules the node out, or the reason why it can ship nothing."""
    broken = [f"{item.constraint}: {item.actual}" for item in node.constraints if item.status in BROKEN]
    return "; ".join(broken) or (tables.reason(node.reason) if not node.lines_covered else "")


def _alternatives(one: Explanation) -> None:
    if one.regret_micros >= 0:
        output.say(f"the next best plan costs {words.money(one.regret_micros, one.plan.currency_code)} more")
    if one.alternatives:
        output.table(
            ("nodes", "costs more", "how it differs"),
            (
                (
                    ", ".join(shipment.node_id for shipment in other.plan.shipments),
                    words.money(other.regret_micros, one.plan.currency_code),
                    other.difference,
                )
                for other in one.alternatives
            ),
            "alternatives",
        )


def _node(one: Explanation, node: ExplainedNode) -> None:
    output.table(
        ("constraint", "says", "expected", "actual"),
        (
            (
                item.constraint,
                words.name(ConstraintStatus, "CONSTRAINT_STATUS_", item.status),
                words.or_none(item.expected),
                words.or_none(item.actual),
            )
            for item in node.constraints
        ),
        f"{node.node_id}: constraints",
    )
    output.table(
        ("line", "sku", "wanted", "available", "routing reserve"),
        ((item.line_id, item.sku, item.wanted, item.available, item.routing_reserve) for item in node.lines),
        f"{node.node_id}: stock at the decision",
    )
    if node.costs:
        output.table(
            ("objective", "raw", "weighted"),
            (
                (
                    tables.objective(cost.objective),
                    words.money(cost.raw_micros, one.plan.currency_code),
                    words.money(cost.cost_micros, one.plan.currency_code),
                )
                for cost in node.costs
            ),
            f"{node.node_id}: costs of shipping alone",
        )
