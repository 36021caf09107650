"""What each constraint is told about a node, and what it says to that."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fastdom.explain.bench import Bench
from fastdom.explain.record import Decision
from fastdom.policy.constraint import Constraint
from fastdom.policy.constraints import CONSTRAINTS
from fastdom.policy.constraints.capability import CAPABILITIES
from fastdom.policy.scope import Scope
from fastdom.types import ConstraintStatus, ConstraintVerdict, LineAvailability, NodeStatus, Plan, ServiceLevel

DAY_US = 86_400_000_000
UNSET: dict[str, dict[str, Any]] = {
    "status": {},
    "service_area": {"areas": ()},
    "carrier_available": {"include": (), "exclude": ()},
    "capacity_left": {"keep_permille": 0},
    "routing_reserve": {"enforced": False, "extra_units": 0},
}
"""Settings under which only what holds without the policy is left of a constraint."""


@dataclass(frozen=True, slots=True)
class Place:
    """One node for one decision.

    Attributes
    ----------
    node_id : str
    node_i : int
        Dense id.
    alone : Plan or None
        What it would ship by itself, None = nothing.
    arrive_by_us : int
        End of its arrival window, of the plan it would make if it were not too late; 0 = not known.
    """

    node_id: str
    node_i: int
    alone: Plan | None
    arrive_by_us: int


class Judge:
    """The constraints of a policy, asked about the nodes of one decision.

    Parameters
    ----------
    bench : Bench
    decision : Decision
    given_up : frozenset of str
        Constraints that were relaxed for the plan.
    """

    def __init__(self, bench: Bench, decision: Decision, given_up: frozenset[str]) -> None:
        self._bench = bench
        self._decision = decision
        self._given_up = given_up
        self._nodes = {node.id: node for node in bench.network.document.nodes}
        compiled = bench.network.compiled
        code = decision.fields["order"]["postal_code"]
        self._postal_i = compiled.postal_text.index(code) if code in compiled.postal_text else -1
        self._zone_i = int(compiled.zone_of_postal[self._postal_i]) if self._postal_i >= 0 else -1

    def verdicts(self, place: Place) -> tuple[ConstraintVerdict, ...]:
        """Return what every constraint that judges nodes or their shipments says, those of whole plans left out."""
        found = []
        for constraint in CONSTRAINTS:
            settings = self._bench.policy.constraint(constraint.name)
            if constraint.scope is Scope.PLAN or (settings is None and constraint.name not in UNSET):
                continue
            values = settings.arguments() if settings is not None else UNSET[constraint.name]
            found.append(self._verdict(constraint, values, place))
        return tuple(found)

    def availability(self, place: Place) -> tuple[LineAvailability, ...]:
        """Return the units of every line at the node."""
        stock = self._decision.fields["stock"]
        return tuple(
            LineAvailability(
                line["line_id"],
                self._decision.names.skus[line["sku_i"]],
                line["quantity"],
                *stock.get((line["sku_i"], place.node_i), (0, 0)),
            )
            for line in self._decision.fields["order"]["lines"]
        )

    def distance_m(self, node_i: int) -> int:
        """Return metres to the destination, -1 = not known."""
        return int(self._bench.network.compiled.distance_m[self._postal_i, node_i]) if self._postal_i >= 0 else -1

    def _verdict(self, constraint: Constraint, values: dict[str, Any], place: Place) -> ConstraintVerdict:
        """Judge every case of it that there is at the node; the first that fails is told, else the first."""
        told: tuple[str, str] | None = None
        fine = True
        needs_one = constraint.scope is Scope.SERVICE
        cases = list(self._cases(constraint, place))
        for facts in cases:
            met = constraint.allows(**values, **facts)
            if told is None or (met is needs_one and fine is not needs_one):
                told = constraint.tells(**values, **facts)
                fine = met
        if told is None:
            return ConstraintVerdict(constraint.name, ConstraintStatus.NOT_JUDGED, "", "no shipment to judge")
        if not fine and constraint.name in self._given_up:
            return ConstraintVerdict(constraint.name, ConstraintStatus.RELAXED, *told)
        status = ConstraintStatus.MET if fine else ConstraintStatus.VIOLATED
        return ConstraintVerdict(constraint.name, status, *told)

    def _cases(self, constraint: Constraint, place: Place) -> Iterable[dict[str, Any]]:
        """Return the facts of a constraint: once, or for every line or carrier service."""
        cases = {
            "node_type": self._of_node,
            "node_group": self._of_node,
            "status": self._of_node,
            "excluded_nodes": self._of_node,
            "distance_cap": self._of_node,
            "service_area": self._area,
            "carrier_available": self._carriers,
            "capability": self._capability,
            "routing_reserve": self._stock,
            "must_arrive_by": self._arrival,
            "capacity_left": self._capacity,
            "minimum_shipment": self._shipment,
        }[constraint.name]
        wanted = {fact.name for fact in constraint.facts}
        return [{name: value for name, value in facts.items() if name in wanted} for facts in cases(place)]

    def _of_node(self, place: Place) -> Iterator[dict[str, Any]]:
        node = self._nodes[place.node_id]
        yield {
            "node_type": node.type.name,
            "groups": node.groups,
            "status": NodeStatus(self._decision.fields["status"][place.node_i]).name,
            "node": place.node_id,
            "now_us": self._decision.now_us,
            "distance_m": self.distance_m(place.node_i),
        }

    def _area(self, place: Place) -> Iterator[dict[str, Any]]:
        zone = self._bench.network.compiled.zone_ids[self._zone_i] if self._zone_i >= 0 else ""
        lane = bool(self._services(place)) or self._pickup(place)
        yield {"groups": self._nodes[place.node_id].groups, "zone": zone, "lane": lane}

    def _carriers(self, place: Place) -> Iterator[dict[str, Any]]:
        for service_i in self._services(place):
            service = self._bench.network.compiled.service_ids[service_i]
            yield {"service": service, "hand_over": self._hand_over(place, service_i)}

    def _capability(self, place: Place) -> Iterator[dict[str, Any]]:
        for line in self._decision.fields["order"]["lines"]:
            needs = tuple(key for key, value in line["attributes"] if key in CAPABILITIES and value == "true")
            groups = self._nodes[place.node_id].groups
            yield {"needs": needs, "unit_weight_g": max(0, line["weight_g"]), "groups": groups}

    def _stock(self, place: Place) -> Iterator[dict[str, Any]]:
        for line in self._decision.fields["order"]["lines"]:
            free, reserve = self._decision.fields["stock"].get((line["sku_i"], place.node_i), (0, 0))
            yield {"available": free, "routing_reserve": reserve, "units": line["quantity"]}

    def _arrival(self, place: Place) -> Iterator[dict[str, Any]]:
        order = self._decision.fields["order"]
        if place.arrive_by_us:
            yield {
                "arrive_by_us": place.arrive_by_us,
                "required_by_us": order["required_by_us"],
                "placed_at_us": order["placed_at_us"] or self._decision.now_us,
            }

    def _shipment(self, place: Place) -> Iterator[dict[str, Any]]:
        order = self._decision.fields["order"]
        if place.alone is not None:
            yield {
                "shipments": 1,
                "units": sum(line.quantity for line in place.alone.shipments[0].lines),
                "order_units": sum(line["quantity"] for line in order["lines"]),
                "order_value_micros": order["order_value_micros"],
            }

    def _capacity(self, place: Place) -> Iterator[dict[str, Any]]:
        compiled = self._bench.network.compiled
        fields = self._decision.fields
        limit = int(compiled.capacity_limit[place.node_i]) if compiled.capacity_kind[place.node_i] else 0
        units = sum(line["quantity"] for line in fields["order"]["lines"])
        if place.alone is not None:
            units = sum(line.quantity for line in place.alone.shipments[0].lines)
        day = place.alone.shipments[0].ship_day if place.alone is not None else 0
        if not day:
            first = (self._first_day(place, service_i) for service_i in self._services(place))
            day = min((one for one in first if one), default=self._decision.now_us // DAY_US)
        yield {
            "capacity_limit": limit,
            "capacity_taken": fields["capacity"].get((place.node_i, day), 0),
            "need": units if compiled.capacity_kind[place.node_i] == 2 else 1,
        }

    def _services(self, place: Place) -> list[int]:
        """Return the carrier services of the level on the lane to the destination."""
        level = self._decision.fields["service_level"]
        if self._pickup(place):
            service_i = int(self._bench.tables.arrays["pickup_service"][place.node_i])
            return [service_i] if service_i >= 0 else []
        if self._zone_i < 0 or level == ServiceLevel.PICKUP:
            return []
        arrays = self._bench.tables.arrays
        row = arrays["sets"][arrays["lane_set"][self._zone_i, level - 1, place.node_i]]
        return [int(service_i) for service_i in row[1 : 1 + int(row[0])]]

    def _pickup(self, place: Place) -> bool:
        return bool(self._decision.fields["order"]["pickup_node_id"] == place.node_id)

    def _hand_over(self, place: Place, service_i: int) -> bool:
        return self._slot(place, service_i) >= 0

    def _first_day(self, place: Place, service_i: int) -> int:
        slot = self._slot(place, service_i)
        return int(self._bench.network.compiled.slot_day[slot]) if slot >= 0 else 0

    def _slot(self, place: Place, service_i: int) -> int:
        at_us = max(self._decision.now_us, self._decision.fields["order"]["placed_at_us"])
        return self._bench.tables.next_slot(place.node_i, service_i, at_us)
