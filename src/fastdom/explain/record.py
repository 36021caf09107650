"""A decision record with names in place of dense ids, as a request that can be planned again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastdom._native import decided
from fastdom.types import (
    Destination,
    Objective,
    ObjectiveCost,
    Order,
    OrderLine,
    PaymentMethod,
    Plan,
    PostalAddress,
    RouteMode,
    RouteRequest,
    ServiceLevel,
    Shipment,
    ShipmentLine,
    UnassignedLine,
    UnassignedReason,
)

KIND_PROMISE = 3
NO_POINT = -(1 << 31)


@dataclass(frozen=True, slots=True)
class Names:
    """External ids by dense id."""

    skus: Sequence[str]
    nodes: Sequence[str]
    channels: Sequence[str]
    services: Sequence[str]


@dataclass(frozen=True, slots=True)
class Decision:
    """One record.

    Attributes
    ----------
    data : bytes
        The record.
    fields : mapping
        As `fastdom._native.decided.read` gives them.
    names : Names
    """

    data: bytes
    fields: Mapping[str, Any]
    names: Names

    @classmethod
    def read(cls, data: bytes, names: Names) -> "Decision":
        """Read a record. Raises ValueError."""
        return cls(data, decided.read(data), names)

    @property
    def now_us(self) -> int:
        """Time it was judged at."""
        return int(self.fields["now_us"])

    def request(self) -> RouteRequest:
        """Return the order as a plan asked for."""
        order = self.fields["order"]
        nodes = self.names.nodes
        promise = self.fields["kind"] == KIND_PROMISE
        return RouteRequest(
            "",
            self.order(),
            mode=RouteMode.PLAN,
            include_node_ids=tuple(nodes[i] for i in order["include_nodes"]),
            exclude_node_ids=tuple(nodes[i] for i in order["exclude_nodes"]),
            allow_partial=order["allow_partial"] and not promise,
            max_shipments=0 if promise else order["max_shipments"],
            effort=order["effort"],
        )

    def order(self) -> Order:
        """Return the order; one of a promise is judged a microsecond later, as the promise was."""
        order = self.fields["order"]
        placed_at_us = order["placed_at_us"]
        if self.fields["kind"] == KIND_PROMISE:
            placed_at_us = max(placed_at_us, self.now_us + 1)
        point = order["latitude_e7"] != NO_POINT
        address = PostalAddress(
            order["postal_code"],
            order["country_code"],
            order["latitude_e7"] if point else None,
            order["longitude_e7"] if point else None,
        )
        pickup = order["pickup_node_id"]
        return Order(
            order["order_id"],
            self.names.channels[self.fields["channel_i"]],
            tuple(
                OrderLine(
                    line["line_id"],
                    self.names.skus[line["sku_i"]],
                    line["quantity"],
                    weight_g=line["weight_g"],
                    group_id=line["group_id"],
                    attributes=line["attributes"],
                )
                for line in order["lines"]
            ),
            Destination(None, pickup) if pickup else Destination(address),
            ServiceLevel(self.fields["service_level"]),
            PaymentMethod(order["payment"]),
            placed_at_us,
            order["required_by_us"],
            order["order_value_micros"],
        )

    def plan(self, currency: str) -> Plan:
        """Return the plan that was taken."""
        nodes, services = self.names.nodes, self.names.services
        lines = self.fields["order"]["lines"]
        shipped: dict[int, list[ShipmentLine]] = {}
        missing = {line["line_id"]: line["quantity"] for line in lines}
        for line_i, node_i, units in self.fields["allocations"]:
            shipped.setdefault(node_i, []).append(ShipmentLine(lines[line_i]["line_id"], units))
            missing[lines[line_i]["line_id"]] -= units
        shipments = tuple(
            Shipment(
                nodes[one["node_i"]],
                services[one["service_i"]] if one["service_i"] >= 0 else "",
                tuple(shipped.get(one["node_i"], ())),
                tuple(
                    ObjectiveCost(Objective(i), raw, cost)
                    for i, (raw, cost) in enumerate(one["costs"], start=1)
                    if raw or cost
                ),
                one["cost_micros"],
                one["weight_g"],
                max(0, one["distance_m"]),
                one["ship_day"] if one["capacity_taken"] else 0,
                one["order_by_us"],
                one["ship_at_us"],
                one["arrive_from_us"],
                one["arrive_by_us"],
            )
            for one in self.fields["shipments"]
        )
        return Plan(
            shipments,
            sum(one.cost_micros for one in shipments),
            currency,
            max(0, len(shipments) - 1),
            tuple(UnassignedLine(line_id, units, UnassignedReason(0)) for line_id, units in missing.items() if units),
        )
