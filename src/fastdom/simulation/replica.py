"""An engine in memory with a copy of the network and of the stock, that decides by one policy.

It has no journal: what it would journal is let go. Nothing it does reaches a data folder or a server.
"""

from collections.abc import Iterable

from fastdom._native.network import NetworkTables
from fastdom.engine import networks
from fastdom.engine.face import Face
from fastdom.engine.limits import MINUTE_US, Limits
from fastdom.network import NetworkDocument
from fastdom.network.document import Stock
from fastdom.simulation.decision import Decision
from fastdom.simulation.errors import SimulationRefused
from fastdom.simulation.limits import BUFFER_BYTES, DRAIN_EVERY, REFRESH_SHARE
from fastdom.simulation.moment import Moment, capacity_need
from fastdom.simulation.orders import SimulatedOrder
from fastdom.simulation.policies import SimulatedPolicy, request_of, tables_with
from fastdom.simulation.stock import set_stock
from fastdom.types import (
    GetAvailabilityRequest,
    NodeStatus,
    Optimality,
    ReserveMode,
    ReserveOutcome,
    ReserveRequest,
    ReserveResult,
    RouteOutcome,
    SetNodeStatusRequest,
    Shipment,
    ShipmentLine,
    UnassignedLine,
)

ROOM = 1 << 62
DAY_US = 86_400_000_000
OUTCOMES = {
    ReserveOutcome.GRANTED: RouteOutcome.COMPLETE,
    ReserveOutcome.PARTIAL: RouteOutcome.PARTIAL,
    ReserveOutcome.REFUSED: RouteOutcome.REFUSED,
}


class Replica:
    """One policy's own world.

    Parameters
    ----------
    network : NetworkDocument
    stock : Stock
        Rows by the network's own numbers.
    policy : SimulatedPolicy
    orders : int
        How many will be decided.
    now_us : int
        When it begins: not after the first order.
    closed : iterable of (str, NodeStatus)
        Nodes that are not ONLINE.

    Raises
    ------
    SimulationRefused
    fastdom.engine.errors.NetworkRefused
    """

    def __init__(
        self,
        network: NetworkDocument,
        stock: Stock,
        policy: SimulatedPolicy,
        *,
        orders: int,
        now_us: int,
        closed: Iterable[tuple[str, NodeStatus]] = (),
    ) -> None:
        self.policy = policy
        self._network = network
        self._face = Face(_limits(network, stock, orders).as_dict(), bytes(16), buffer_bytes=BUFFER_BYTES)
        self._face.start(ROOM)
        self._activate(now_us)
        for _ in set_stock(self._face, network, stock, now_us):
            self._drain()
        for node_id, status in closed:
            self._face.set_node_status(SetNodeStatusRequest(f"status-{node_id}"[:36], node_id, status), now_us)
        self._refresh_us = max(DAY_US, network.promise.horizon_days * DAY_US // REFRESH_SHARE)
        self._refreshed_us = now_us
        self._decided = 0

    def decide(self, order: SimulatedOrder) -> Decision:
        """Decide an order and take its units. Orders come in the order of time.

        Raises
        ------
        fastdom.reasons.EngineError
            The order as such cannot be decided; nothing changed.
        """
        self._decided += 1
        if self._decided % DRAIN_EVERY == 0:
            self._drain()
        if order.at_us >= self._refreshed_us + self._refresh_us:
            self._face.attach_network(self._tables(self._face.network_version, order.at_us))
            self._refreshed_us = order.at_us
        if order.pinned:
            return self._reserve(order)
        result = self._face.route(request_of(order, self._decided), order.at_us)
        plan = result.plan
        if plan is None:
            raise SimulationRefused(f"order {order.order.order_id}: the engine gave no plan")
        return Decision(
            outcome=result.outcome,
            shipments=plan.shipments,
            short=plan.unassigned_lines,
            cost_micros=plan.total_cost_micros,
            optimality=result.optimality,
            decision_us=result.decision_us,
        )

    def moment(self, order: SimulatedOrder, own: Decision, other: Decision) -> Moment:
        """Return what was there for two plans before its own decision, which is the last one it made."""
        nodes = {node.id: node for node in self._network.nodes}
        ids = tuple(sorted({one.node_id for plan in (own, other) for one in plan.shipments}))
        skus = tuple(sorted({line.sku for line in order.order.lines}))
        asked = GetAvailabilityRequest(skus, ids, order.order.channel)
        found = self._face.get_availability(asked, order.at_us).positions if ids else ()
        available = {(one.sku, one.node_id): one.available for one in found}
        taken = {
            (one.node_id, one.ship_day): self._face.node_load(one.node_id, one.ship_day, order.at_us).capacity_taken
            for plan in (own, other)
            for one in plan.shipments
        }
        sku_of = {line.line_id: line.sku for line in order.order.lines}
        for shipment in own.shipments:
            taken[shipment.node_id, shipment.ship_day] -= capacity_need(nodes[shipment.node_id], shipment)
            for line in shipment.lines:
                available[sku_of[line.line_id], shipment.node_id] += line.quantity
        return Moment(available, {(one.sku, one.node_id): one.routing_reserve for one in found}, taken)

    def _reserve(self, order: SimulatedOrder) -> Decision:
        """Take units at the nodes that the order names; its other lines are routed."""
        request = ReserveRequest(
            str(self._decided), order.order, mode=ReserveMode.FIRM, allow_partial=order.allow_partial
        )
        result = self._face.reserve(request, order.at_us)
        plan = result.plan
        return Decision(
            outcome=OUTCOMES[result.outcome],
            shipments=plan.shipments if plan is not None else _pinned_shipments(result),
            short=tuple(
                UnassignedLine(line.line_id, line.shortfall, line.reason)
                for line in result.line_results
                if line.shortfall
            ),
            cost_micros=plan.total_cost_micros if plan is not None else 0,
            optimality=Optimality.UNSPECIFIED,
            decision_us=result.decision_us,
            routed=False,
        )

    def _activate(self, now_us: int) -> None:
        """Make the network the active one, as an engine does, but keep its files nowhere."""
        face, network = self._face, self._network
        for table, names in (
            (networks.CHANNELS, [channel.id for channel in network.channels]),
            (networks.SERVICES, [service.id for service in network.services]),
            (networks.NODES, [node.id for node in network.nodes]),
            (networks.SKUS, network.skus.ids),
        ):
            for at in range(0, len(names), networks.NAMES_AT_ONCE):
                face.intern(table, [name.encode() for name in names[at : at + networks.NAMES_AT_ONCE]], now_us)
                self._drain()
        tables = self._tables(1, now_us)
        face.activate_network(tables, 1, bytes.fromhex(network.content_hash), now_us)
        networks.set_channels(face, network)
        self._drain()

    def _tables(self, version: int, now_us: int) -> NetworkTables:
        return tables_with(networks.prepare(self._face, self._network, now_us), self.policy, version)

    def _drain(self) -> None:
        """Let go what a flush thread would bring to disk."""
        if self._face.take_batch(0) is not None:
            self._face.batch_durable(ROOM)


def _pinned_shipments(result: ReserveResult) -> tuple[Shipment, ...]:
    """One shipment a node, without carrier service, dates and costs, which no one decided."""
    lines: dict[str, list[ShipmentLine]] = {}
    for one in result.reservation.allocations if result.reservation else ():
        lines.setdefault(one.node_id, []).append(ShipmentLine(one.line_id, one.granted))
    return tuple(Shipment(node_id, "", tuple(lines[node_id]), (), 0, 0, 0, 0, 0, 0, 0, 0) for node_id in sorted(lines))


def _limits(network: NetworkDocument, stock: Stock, orders: int) -> Limits:
    """Tables that fit: every order stays committed, and its request id is forgotten as soon as may be."""
    many = orders + len(stock.on_hand) + 1024
    return Limits(
        skus_max=len(network.skus.ids) + 1,
        nodes_max=len(network.nodes),
        channels_max=len(network.channels) + 1,
        tenants_max=8,
        positions_max=len(stock.on_hand) + 1024,
        reservations_max=many,
        request_ids_max=many,
        exceptions_max=1024,
        fulfilment_log_max=1024,
        request_window_us=MINUTE_US,
    )
