"""Replies about orders as tables: plans, promises, reservations."""

from collections.abc import Iterable

from fastdom_api.v1.plan_pb2 import Objective, Plan, Shipment, UnassignedLine
from fastdom_api.v1.promise_service_pb2 import PromiseOption, PromiseResponse, UnpromisedLine
from fastdom_api.v1.reservation_pb2 import Reservation, ReservationState
from fastdom_api.v1.reservation_service_pb2 import ReserveOutcome, ReserveResponse, TokenDifference
from fastdom_api.v1.routing_service_pb2 import (
    Optimality,
    RerouteNodeResponse,
    RerouteReason,
    RerouteResponse,
    RouteOutcome,
    RouteResponse,
)
from fastdom_api.v1.types_pb2 import ServiceLevel, StrandedReason, UnassignedReason
from fastdom_client.cli import output, words
from fastdom_client.cli.session import Session


def promise(session: Session, reply: PromiseResponse) -> None:
    """Print the options of a promise, what cannot be promised, and what was reserved."""
    if reply.options:
        headings = ("option", "ships", "arrives", "order by", "from", "cost", "confidence", "quote valid until")
        output.table(headings, (_option(session, option, reply.currency_code) for option in reply.options))
    if reply.unpromised_lines:
        unassigned(session, reply.unpromised_lines, "not promised")
    if reply.HasField("reservation"):
        output.say(f"held: {level(reply.held_option)}")
        reservation(session, reply.reservation)


def tokens(reply: PromiseResponse) -> None:
    """Print the option tokens, to be given to `reserve --token`."""
    for option in reply.options:
        encoded = output.plain(option)["option_token"]
        output.say(f"token {level(option.service_level)}: {encoded or 'none, reserve pinned lines or route'}")


def route(session: Session, reply: RouteResponse, pickup: str = "") -> None:
    """Print a plan with how good it is known to be, its alternatives, and what was reserved.

    `pickup` is the node where the shopper collects it: the distance of other nodes is then not known.
    """
    outcome = words.name(RouteOutcome, "ROUTE_OUTCOME_", reply.outcome)
    optimality = words.name(Optimality, "OPTIMALITY_", reply.optimality)
    if reply.HasField("plan"):
        plan(session, reply.plan)
    gap = f" within {words.money(reply.gap_micros, reply.plan.currency_code)}" if reply.gap_micros > 0 else ""
    output.say(
        f"{outcome}, {optimality}{gap}; policy {reply.policy_name}@{reply.policy_version}, "
        f"network {reply.network_version}, {reply.nodes_considered} nodes, {reply.decision_us} µs"
    )
    for number, other in enumerate(reply.alternatives, start=2):
        plan(session, other, f"{number}. best")
    if reply.candidates:
        candidates(reply, pickup)
    if reply.HasField("reservation"):
        reservation(session, reply.reservation)


def plan(session: Session, given: Plan, title: str = "") -> None:
    """Print the shipments of a plan, its total, and the lines left out."""
    if given.shipments:
        shipments(session, given.shipments, given.currency_code, title)
        count = len(given.shipments)
        total = words.money(given.total_cost_micros, given.currency_code)
        output.say(f"{count} shipment{'s' if count > 1 else ''}, {total}{_by_objective(given)}")
    if given.unassigned_lines:
        unassigned(session, given.unassigned_lines, "without a node")


def _by_objective(given: Plan) -> str:
    """Return what each objective adds to a plan, such as ": shipping 57.00, handling 15.00"."""
    sums: dict[int, int] = {}
    for shipment in given.shipments:
        for cost in shipment.costs:
            sums[cost.objective] = sums.get(cost.objective, 0) + cost.cost_micros
    parts = [f"{objective(number)} {words.money(micros, '')}" for number, micros in sorted(sums.items())]
    return f": {', '.join(parts)}" if parts else ""


def objective(number: int) -> str:
    """Return the name of an objective as it is written."""
    return words.name(Objective, "OBJECTIVE_", number).lower().replace("_", " ")


def shipments(session: Session, given: Iterable[Shipment], currency: str, title: str = "") -> None:
    """Print shipments, one a row."""
    output.table(
        ("node", "carrier service", "lines", "weight", "distance", "cost", "order by", "ships", "arrives"),
        (
            (
                shipment.node_id,
                words.or_none(shipment.carrier_service_id),
                ", ".join(f"{line.line_id}:{line.quantity}" for line in shipment.lines),
                words.weight(shipment.weight_g),
                words.distance(_distance_m(shipment)),
                words.money(shipment.cost_micros, currency),
                session.time(shipment.order_by),
                session.time(shipment.ship_at),
                session.window(shipment.arrive_from, shipment.arrive_by),
            )
            for shipment in given
        ),
        title,
    )


def unassigned(session: Session, lines: Iterable[UnassignedLine | UnpromisedLine], title: str) -> None:
    """Print the lines nobody can serve, and why."""
    output.table(
        ("line", "units", "reason", "available from"),
        ((line.line_id, line.quantity, reason(line.reason), session.time(line.available_from)) for line in lines),
        title,
    )


def candidates(reply: RouteResponse, pickup: str) -> None:
    """Print every node as the search saw it."""
    output.table(
        ("rank", "node", "used", "lines", "cost", "distance", "why not"),
        (
            (
                words.or_none(node.rank),
                node.node_id,
                "yes" if node.used else "",
                node.lines_covered,
                words.money(node.cost_micros, reply.plan.currency_code) if node.lines_covered else words.NONE,
                words.distance(None if pickup and node.node_id != pickup else node.distance_m),
                reason(node.reason),
            )
            for node in reply.candidates
        ),
        "candidates",
    )


def reserve(session: Session, reply: ReserveResponse) -> None:
    """Print what a Reserve took, or why it took nothing."""
    if reply.HasField("plan"):
        plan(session, reply.plan)
    if reply.HasField("reservation"):
        reservation(session, reply.reservation)
    if any(result.shortfall for result in reply.line_results):
        output.table(
            ("line", "granted", "short", "available after", "reason"),
            (
                (result.line_id, result.granted, result.shortfall, result.available_after, reason(result.reason))
                for result in reply.line_results
            ),
        )
    outcome = words.name(ReserveOutcome, "RESERVE_OUTCOME_", reply.outcome)
    difference = words.name(TokenDifference, "TOKEN_DIFFERENCE_", reply.token_difference)
    changed = f"; the quote no longer holds: {difference}" if difference not in (words.NONE, "NONE") else ""
    output.say(f"{outcome}{changed}")


def reroute(session: Session, reply: RerouteResponse) -> None:
    """Print what a Reroute moved, what stays, and which nodes get none of its units."""
    reservation(session, reply.reservation)
    if reply.HasField("plan"):
        plan(session, reply.plan)
    output.table(
        ("excluded node", "reason", "until"),
        (
            (item.node_id, words.name(RerouteReason, "REROUTE_REASON_", item.reason), session.time(item.until))
            for item in reply.exclusions
        ),
    )
    output.say(f"moved: {reply.units_moved} units; re-routed {reply.attempts} times so far")
    if reply.units_stranded:
        why = words.name(StrandedReason, "STRANDED_REASON_", reply.stranded_reason)
        output.say(f"stranded: {reply.units_stranded} units, {why}; see exception {reply.exception_id}")


def rerouted_node(_session: Session, reply: RerouteNodeResponse) -> None:
    """Print what left a node that had too much."""
    output.say(f"moved: {reply.units_rerouted} units of {reply.reservations_rerouted} reservations")
    if reply.units_left:
        output.say(f"left: {reply.units_left} units of {reply.reservations_left} reservations fit nowhere else")


def reservation(session: Session, given: Reservation) -> None:
    """Print a reservation with its allocations, and its shipments where they are known."""
    output.facts(
        [
            ("reservation", given.reservation_id),
            ("state", state(given) + (", needs attention" if given.needs_attention else "")),
            ("order", f"{words.or_none(given.order_id)} from {words.or_none(given.channel)}"),
            *([("held until", session.time(given.expires_at))] if given.HasField("expires_at") else []),
            ("made", session.time(given.created_at)),
        ]
    )
    output.table(
        ("line", "sku", "node", "carrier service", "granted", "held", "committed", "fulfilled", "released", "expired"),
        (
            (
                item.line_id,
                item.sku,
                item.node_id,
                words.or_none(item.carrier_service_id),
                item.granted,
                item.held,
                item.committed,
                item.fulfilled,
                item.released,
                item.expired,
            )
            for item in given.allocations
        ),
    )
    if given.shipments:
        shipments(session, given.shipments, given.currency_code)


def level(number: int) -> str:
    """Return the name of a service level."""
    return words.name(ServiceLevel, "SERVICE_LEVEL_", number)


def reason(number: int) -> str:
    """Return the name of an UnassignedReason."""
    return words.name(UnassignedReason, "UNASSIGNED_REASON_", number)


def state(given: Reservation) -> str:
    """Return the name of a reservation's state."""
    return words.name(ReservationState, "RESERVATION_STATE_", given.state)


def _distance_m(shipment: Shipment) -> int | None:
    """Return the metres to the destination; without one there is no arrival either, and None stands for the 0."""
    return shipment.distance_m if shipment.distance_m or shipment.HasField("arrive_by") else None


def _option(session: Session, option: PromiseOption, currency: str) -> tuple[object, ...]:
    return (
        level(option.service_level),
        session.window(option.ship_from, option.ship_by),
        session.window(option.arrive_from, option.arrive_by),
        session.time(option.order_by),
        ", ".join(
            f"{shipment.node_id} ({words.or_none(shipment.carrier_service_id)})" for shipment in option.shipments
        ),
        words.money(option.cost_micros, currency),
        f"{option.confidence_permille / 10:g} %" if option.confidence_permille else words.NONE,
        session.time(option.valid_until),
    )
