"""Replies built with the generated classes from the fields of a Result: the slow twin of _wire/encode.pyx.

Results and tables are the dicts that fastdom_server._wire.inspect takes.
"""

from typing import Any

from google.protobuf.message import Message
from tests.native.wire.messages import REPLIES

from fastdom_api.v1 import plan_pb2, promise_service_pb2, reservation_pb2, reservation_service_pb2, routing_service_pb2

Fields = dict[str, Any]
ROUTE, PROMISE, COMMIT, FULFILL, GET = 2, 3, 4, 7, 8
OPTIMALITY_BOUND, OPTIMALITY_HEURISTIC = 2, 3
OUTCOME_REFUSED = 3
STATE_PARTIALLY_FULFILLED = 3


def set_time(moment: Any, us: int) -> None:
    """Present, whatever it says; both parts carry the sign."""
    moment.SetInParent()
    sign = -1 if us < 0 else 1
    moment.seconds, moment.nanos = sign * (abs(us) // 1_000_000), sign * (abs(us) % 1_000_000 * 1_000)


def set_times(message: Any, given: Fields, *names: str) -> None:
    for name in names:
        if given.get(f"{name}_us", 0) > 0:
            set_time(getattr(message, name), given[f"{name}_us"])


class Writer:
    """One reply in the making."""

    def __init__(self, method: int, request: Any, result: Fields, tables: Fields) -> None:
        self.method, self.request, self.result, self.tables = method, request, result, tables

    def name(self, table: str, i: int) -> str:
        names = self.tables.get(table, [])
        return names[i].decode() if 0 <= i < len(names) else ""

    def line_id(self, i: int) -> str:
        if self.method <= PROMISE:
            return str(self.request.order.lines[i].line_id)
        line_ids = self.result.get("line_ids", [])
        return line_ids[i].decode() if i < len(line_ids) else ""

    def all_of(self) -> tuple[list[Fields], list[Fields]]:
        return self.result.get("shipments", []), self.result.get("allocations", [])

    def of_option(self, option: Fields) -> tuple[list[Fields], list[Fields]]:
        shipments, allocations = self.all_of()
        first, n = option.get("first_shipment", 0), option.get("n_shipments", 0)
        first_a, n_a = option.get("first_allocation", 0), option.get("n_allocations", 0)
        return shipments[first : first + n], allocations[first_a : first_a + n_a]

    def shipment(self, given: Fields, lines: list[Fields]) -> plan_pb2.Shipment:
        raw, cost = given.get("raw_micros", (0,) * 13), given.get("cost_micros", (0,) * 13)
        message = plan_pb2.Shipment(
            node_id=self.name("nodes", given.get("node_i", 0)),
            carrier_service_id=self.name("services", given.get("service_i", -1)),
            cost_micros=sum(cost),
            weight_g=given.get("weight_g", 0),
            distance_m=max(0, given.get("distance_m", -1)),
            ship_day=given.get("ship_day", 0) if given.get("capacity_taken", 0) > 0 else 0,
        )
        for line in lines:
            message.lines.add(line_id=self.line_id(line["line_i"]), quantity=line["granted"])
        for i in range(13):
            if self.method == ROUTE and (raw[i] or cost[i]):
                message.costs.add(objective=i + 1, raw_micros=raw[i], cost_micros=cost[i])  # type: ignore[arg-type]
        set_times(message, given, "order_by", "ship_at", "arrive_from", "arrive_by")
        return message

    def shipments(self, shipments: list[Fields], allocations: list[Fields]) -> list[plan_pb2.Shipment]:
        return [
            self.shipment(given, [a for a in allocations if a.get("shipment_i", 0) == i])
            for i, given in enumerate(shipments)
        ]

    def short_lines(self, into: Any) -> None:
        for i, line in enumerate(self.result.get("lines", [])):
            if line.get("shortfall", 0) > 0:
                into.add(line_id=self.line_id(i), quantity=line["shortfall"], reason=line.get("reason", 0))

    def plan(self) -> plan_pb2.Plan:
        message = plan_pb2.Plan(
            total_cost_micros=self.result.get("total_micros", 0),
            currency_code=self.tables.get("currency", b"").decode(),
            split_count=self.result.get("split_count", 0),
            shipments=self.shipments(*self.all_of()),
        )
        self.short_lines(message.unassigned_lines)
        return message

    def taken(self) -> tuple[list[Fields], list[Fields]]:
        for option in self.result.get("options", []):
            if option.get("service_level", 0) == self.result.get("held_option", 0):
                return self.of_option(option)
        return self.all_of()

    def allocation(self, given: Fields, shipments: list[Fields]) -> reservation_pb2.Allocation:
        gone = {name: given.get(name, 0) for name in ("fulfilled", "released", "expired")}
        open_units = given.get("granted", 0) - sum(gone.values())
        committed = bool(self.result.get("committed", 0))
        i = given.get("shipment_i", 0)
        return reservation_pb2.Allocation(
            line_id=self.line_id(given.get("line_i", 0)),
            sku=self.name("skus", given.get("sku_i", 0)),
            node_id=self.name("nodes", given.get("node_i", 0)),
            granted=given.get("granted", 0),
            held=0 if committed else open_units,
            committed=open_units if committed else 0,
            shipment_i=i,
            carrier_service_id=self.name("services", shipments[i].get("service_i", -1)) if i < len(shipments) else "",
            **gone,
        )

    def reservation(self) -> reservation_pb2.Reservation | None:
        result = self.result
        if not result.get("has_reservation", 0):
            return None
        shipments, allocations = self.taken()
        high, low = result.get("reservation_id", (0, 0))
        order_id = self.request.order.order_id if self.method <= PROMISE else result.get("order_id", b"").decode()
        message = reservation_pb2.Reservation(
            reservation_id=f"{high:016x}{low:016x}",
            order_id=order_id,
            channel=self.name("channels", result.get("channel_i", -1)),
            state=result.get("state", 0),
            allocations=[self.allocation(given, shipments) for given in allocations],
            needs_attention=bool(result.get("needs_attention", 0)),
            updated_seq=result.get("version", 0),
        )
        set_times(message, result, "expires_at", "created_at")
        if self.method == GET:
            message.service_level = result.get("service_level", 0)
            if message.state <= STATE_PARTIALLY_FULFILLED:
                message.shipments.extend(self.shipments(shipments, allocations))
                message.cost_micros = result.get("total_micros", 0)
                message.currency_code = self.tables.get("currency", b"").decode()
        return message

    def reserved(self, decision_us: int) -> Message:
        result, request = self.result, self.request
        message = reservation_service_pb2.ReserveResponse(
            outcome=result.get("outcome", 0),
            reservation=self.reservation(),
            token_difference=result.get("token_difference", 0) + 1 if request.option_token else 0,  # type: ignore[arg-type]
            inventory_seq=result.get("seq", 0),
            decision_us=decision_us,
        )
        for i, line in enumerate(result.get("lines", [])):
            message.line_results.add(line_id=self.line_id(i), **line)
        pinned = all(line.node_id for line in request.order.lines)
        answered = not result.get("repeated", 0) and result.get("outcome", 0) != OUTCOME_REFUSED
        if answered and (request.option_token or not pinned):
            message.plan.CopyFrom(self.plan())
        return message

    def routed(self, decision_us: int) -> Message:
        result = self.result
        optimality = result.get("optimality", 0)
        gap = {OPTIMALITY_HEURISTIC: -1, OPTIMALITY_BOUND: result.get("gap_micros", 0)}
        policy = self.request.policy.name or self.tables.get("policy_name", b"").decode()
        return routing_service_pb2.RouteResponse(
            plan=None if result.get("repeated", 0) else self.plan(),
            optimality=optimality,
            gap_micros=gap.get(optimality, 0),
            outcome=result.get("outcome", 0),
            reservation=self.reservation(),
            nodes_considered=result.get("nodes_considered", 0),
            subsets_evaluated=result.get("evaluations", 0),
            policy_name=policy if result.get("policy_version", 0) > 0 else "",
            policy_version=result.get("policy_version", 0),
            network_version=result.get("network_version", 0),
            inventory_seq=result.get("seq", 0),
            decision_us=decision_us,
        )

    def option(self, given: Fields, first: Fields) -> promise_service_pb2.PromiseOption:
        held_option = self.result.get("held_option", 0) if self.result.get("has_reservation", 0) else -1
        held = given.get("service_level", 0) == held_option
        message = promise_service_pb2.PromiseOption(
            service_level=given.get("service_level", 0),
            confidence_permille=given.get("confidence_permille", 0),
            shipments=self.shipments(*self.of_option(given)),
            cost_micros=given.get("cost_micros", 0),
            option_token=b"" if held else given.get("token", b""),
        )
        set_times(message, given, "ship_from", "ship_by", "arrive_from", "arrive_by", "order_by", "valid_until")
        if given is not first:
            message.difference.cost_micros = given.get("cost_micros", 0) - first.get("cost_micros", 0)
            message.difference.shipments = given.get("n_shipments", 0) - first.get("n_shipments", 0)
            set_time(message.difference.arrive_by, given.get("arrive_by_us", 0) - first.get("arrive_by_us", 0))
        return message

    def promised(self, decision_us: int) -> Message:
        result = self.result
        options = result.get("options", [])
        message = promise_service_pb2.PromiseResponse(
            options=[self.option(given, options[0]) for given in options],
            currency_code=self.tables.get("currency", b"").decode(),
            inventory_seq=result.get("seq", 0),
            network_version=result.get("network_version", 0),
            decision_us=decision_us,
            reservation=self.reservation(),
            held_option=result.get("held_option", 0) if result.get("has_reservation", 0) else 0,  # type: ignore[arg-type]
        )
        if not options:
            self.short_lines(message.unpromised_lines)
        return message

    def done(self, reply: Any, decision_us: int) -> Message:
        message = reply(reservation=self.reservation(), inventory_seq=self.result.get("seq", 0))
        if self.method != GET:
            message.decision_us = decision_us
        if self.method == COMMIT:
            message.reacquired = bool(self.result.get("reacquired", 0))
        if self.method == FULFILL:
            message.count_mismatch = self.result.get("count_mismatch", 0)
        return message  # type: ignore[no-any-return]


def encode(method: int, request: Message, result: Fields, tables: Fields, decision_us: int) -> bytes:
    """The reply's bytes."""
    writer = Writer(method, request, result, tables)
    decision_us = 0 if result.get("repeated", 0) else decision_us
    if method == 1:
        message = writer.reserved(decision_us)
    elif method == ROUTE:
        message = writer.routed(decision_us)
    elif method == PROMISE:
        message = writer.promised(decision_us)
    else:
        message = writer.done(REPLIES[method], decision_us)
    return message.SerializeToString(deterministic=True)
