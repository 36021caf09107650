"""Quotes, slow and readable: the twin of the native quote modules, by trying every assignment of blocks to nodes.

Reads the same compiled arrays (any object with the attributes of `CompiledNetwork`), shares no code with what it
checks. Times are microseconds UTC, money micros, weights grams. Good for up to about five blocks.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from tests.reference.quote_policy import Names, Terms, added, of_blocks, of_document, of_four

from fastdom.policy import OBJECTIVES, Policy

STANDARD, EXPRESS, SAME_DAY, PICKUP = 1, 2, 3, 4
ONLINE = 1
GRANTED, PARTIAL, REFUSED = 1, 2, 3
(OUT_OF_STOCK, NO_ELIGIBLE_NODE, NO_LANE, PAYMENT, OVERWEIGHT, NO_CAPACITY, TOO_LATE, GROUP_APART, TOO_MANY_SHIPMENTS,
 NODE_UNAVAILABLE, ORDER_INCOMPLETE, BELOW_MINIMUM) = range(1, 13)  # fmt: skip
SERVABLE = 100


@dataclass(frozen=True)
class Line:
    """One line, names resolved; node None = to be routed."""

    sku: int
    quantity: int
    weight_g: int
    group: str = ""
    node: int | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Order:
    """An order, names resolved; no postal code and no pickup node = no destination."""

    lines: tuple[Line, ...]
    postal: int | None = None
    pickup_node: int | None = None
    level: int = STANDARD
    cod: bool = False
    placed_at: int = 0
    required_by: int = 0
    allowed: frozenset[int] | None = None
    max_shipments: int = 0
    allow_partial: bool = False
    value_micros: int = 0


@dataclass
class World:
    """A network and what the state knows: stock by (sku, node), node status, capacity taken by (node, day)."""

    net: Any
    stock: dict[tuple[int, int], tuple[int, int, int]]
    status: dict[int, int] = field(default_factory=dict)
    taken: Counter[tuple[int, int]] = field(default_factory=Counter)
    policy: Policy | None = None
    names: Names | None = None
    weekly: dict[tuple[int, int], int] = field(default_factory=dict)
    prices: dict[tuple[int, int], int] = field(default_factory=dict)

    def terms(self, stage: int = 0) -> Terms:
        """What the policy says after so many constraints are given up."""
        if self.policy is None:
            return of_four(self.net.policies[0])
        assert self.names is not None
        return of_document(self.policy, stage, self.names)

    def stages(self) -> int:
        """How many of them there are."""
        return 1 if self.policy is None else len(self.policy.relax) + 1

    def free(self, sku: int, node: int) -> int:
        """Units a pinned line may take: on hand less safety stock."""
        on_hand, safety, _ = self.stock.get((sku, node), (0, 0, 0))
        return on_hand - safety

    def routable(self, sku: int, node: int) -> int:
        """Units routing may take: routing_reserve is kept back too."""
        return self.free(sku, node) - self.stock.get((sku, node), (0, 0, 0))[2]


@dataclass(frozen=True)
class Ask:
    """An order put to a world at a time; `gone` is what pinned lines take first, by (sku, node)."""

    world: World
    order: Order
    at: int
    now: int
    terms: Terms
    gone: Mapping[tuple[int, int], int] = field(default_factory=dict)
    used: int = 0
    whole_units: int = 0

    @property
    def partial(self) -> bool:
        """Whether a plan may leave lines out."""
        return self.order.allow_partial and self.terms.constraints.get("ship_complete", {}).get("whole") != "order"

    @property
    def most(self) -> int | None:
        """Shipments that a plan may have; None = any number."""
        bounds = [self.order.max_shipments, self.terms.constraints.get("max_shipments", {}).get("limit", 0)]
        return min((one - self.used for one in bounds if one), default=None)

    @property
    def bound_in_time(self) -> bool:
        """Whether some arrivals are too late."""
        late = self.terms.constraints["must_arrive_by"]
        return bool(late["enforced"] and (self.order.required_by or late["within_hours"]))

    def in_time(self, arrive_by: int) -> bool:
        """Whether the end of an arrival window is early enough."""
        facts = {
            "arrive_by_us": arrive_by,
            "required_by_us": self.order.required_by,
            "placed_at_us": self.order.placed_at or self.now,
        }
        return self.terms.allows("must_arrive_by", facts)


@dataclass(frozen=True)
class Offer:
    """One carrier service of a node with its hand-over; service None = pickup at the node, or no lane."""

    service: int | None
    slot: int | None
    tariff: int = -1
    transit: tuple[int, int] = (0, 0)


# --- dates and prices ------------------------------------------------------------------------------------------------


def weigh(raw: int, weight: int) -> int:
    """Weight a raw objective: floor of 1/1024ths."""
    return raw * weight // 1024


def slots(net: Any, node: int, service: int) -> range:
    """Return the hand-overs of a node and service."""
    first = int(net.slot_first[node, service])
    return range(first, first + int(net.slot_count[node, service]))


def need(net: Any, node: int, units: int) -> int:
    """Return what a shipment takes of the node's day."""
    return (0, 1, units)[int(net.capacity_kind[node])]


def slot_with_room(ask: Ask, node: int, service: int, units: int) -> int | None:
    """Return the first hand-over the order makes whose day has room."""
    net, at = ask.world.net, ask.at
    wanted = need(net, node, units)
    for slot in slots(net, node, service):
        day = int(net.slot_day[slot])
        if int(net.slot_order_by[slot]) >= at and (wanted == 0 or has_room(ask, node, day, wanted)):
            return slot
    return None


def has_room(ask: Ask, node: int, day: int, wanted: int) -> bool:
    """Return whether the node's day has room, for the policy too where it chooses the node."""
    limit, taken = int(ask.world.net.capacity_limit[node]), ask.world.taken[node, day]
    facts = {"capacity_limit": limit, "capacity_taken": taken, "need": wanted}
    return limit - taken >= wanted and (ask.terms.given or ask.terms.allows("capacity_left", facts))


def has_slot(world: World, node: int, service: int, at: int) -> bool:
    """Return whether any hand-over is left in the tables, full or not."""
    return any(int(world.net.slot_order_by[slot]) >= at for slot in slots(world.net, node, service))


def arrival(net: Any, service: int, tz: int, slot: int, transit: int) -> tuple[int, int] | None:
    """Return the delivery slot on the transit-th delivery day from the hand-over day on, past slots skipped."""
    handed_over = int(net.slot_handover[slot])
    calendar = int(net.service_cal[service])
    row = int(net.service_window[service, tz])
    working = [int(day) for day in net.delivery_day[calendar] if day >= 0]
    coming = [day for day in working if day >= int(net.slot_day[slot]) - net.day0][transit:]
    for day in coming:
        starts, ends = int(net.arrive_from[row, day]), int(net.arrive_by[row, day])
        if ends > handed_over:
            return max(starts, handed_over), ends
    return None


def price(net: Any, tariff: int, service: int, weight_g: int) -> int | None:
    """Return the raw tariff of one shipment, None above the service's heaviest."""
    if weight_g > int(net.service_max_weight_g[service]):
        return None
    for up_to_g, cost in zip(net.tier_up_to_g, net.tariff_cost[tariff], strict=True):
        if weight_g <= up_to_g:
            return int(cost)
    over = weight_g - int(net.tier_up_to_g[-1])
    steps = -(-over // int(net.tariff_step_g[tariff]))
    return int(net.tariff_cost[tariff][-1]) + steps * int(net.tariff_step_cost[tariff])


# --- orders ----------------------------------------------------------------------------------------------------------


def blocks_of(lines: Sequence[Line]) -> list[list[int]]:
    """Return the lines of each block, blocks in the order of their first line."""
    blocks: dict[object, list[int]] = {}
    for i, line in enumerate(lines):
        blocks.setdefault(line.group or i, []).append(i)
    return list(blocks.values())


def demand(order: Order, lines: Sequence[int]) -> Counter[int]:
    """Return units by SKU."""
    total: Counter[int] = Counter()
    for i in lines:
        total[order.lines[i].sku] += order.lines[i].quantity
    return total


def weight_of(order: Order, lines: Sequence[int]) -> int:
    """Return grams."""
    return sum(order.lines[i].quantity * order.lines[i].weight_g for i in lines)


def units_of(order: Order, lines: Sequence[int]) -> int:
    """Return units."""
    return sum(order.lines[i].quantity for i in lines)


def is_open(ask: Ask, node: int) -> bool:
    """Return whether the node takes new work of this order."""
    world, names = ask.world, ask.terms.names
    if not world.net.node_present[node]:
        return False
    facts: dict[str, Any] = {"status": "ONLINE" if world.status.get(node, ONLINE) == ONLINE else "OFFLINE"}
    asked = ["status"]
    if names is not None:
        facts |= {"node_type": names.node_type[node], "groups": names.groups[node]}
        facts |= {"node": names.node[node], "now_us": ask.now}
        asked += ["node_type", "node_group", "excluded_nodes"]
    if not all(ask.terms.allows(name, facts) for name in asked):
        return False
    return ask.order.allowed is None or node in ask.order.allowed


def reaches(ask: Ask, node: int) -> bool:
    """Return whether the destination is in the node's area and near enough; a lane is looked for elsewhere."""
    names, order, net = ask.terms.names, ask.order, ask.world.net
    if names is None or order.postal is None:
        return True
    facts = {
        "groups": names.groups[node],
        "zone": names.zone[int(net.zone_of_postal[order.postal])],
        "lane": True,
        "node_type": names.node_type[node],
        "distance_m": int(net.distance_m[order.postal, node]),
    }
    return ask.terms.allows("service_area", facts) and ask.terms.allows("distance_cap", facts)


def capable(ask: Ask, lines: Sequence[int], node: int) -> bool:
    """Return whether the node can give all the care that the lines need."""
    names = ask.terms.names
    if names is None:
        return True
    some = [ask.order.lines[i] for i in lines]
    return all(
        ask.terms.allows(
            "capability", {"needs": one.needs, "unit_weight_g": one.weight_g, "groups": names.groups[node]}
        )
        for one in some
    )


def may_carry(ask: Ask, service: int) -> bool:
    """Return whether the policy lets the carrier service carry."""
    names = ask.terms.names
    if names is None:
        return True
    return ask.terms.allows("carrier_available", {"service": names.service[service], "hand_over": True})


def nodes_by_id(net: Any) -> list[int]:
    """Return the present nodes in the order of their external ids."""
    return sorted((n for n in range(len(net.node_present)) if net.node_present[n]), key=lambda n: int(net.node_rank[n]))


def lane_services(net: Any, order: Order, node: int) -> list[Offer]:
    """Return the services of the order's level on the lane, by index, without hand-overs."""
    if order.postal is None or order.level == PICKUP:
        return []
    zone = int(net.zone_of_postal[order.postal])
    return [
        Offer(
            service,
            None,
            int(net.lane_tariff[zone, node, service]),
            (int(net.lane_transit_min[zone, node, service]), int(net.lane_transit_max[zone, node, service])),
        )
        for service in range(len(net.service_level))
        if int(net.service_level[service]) == order.level and net.lane_tariff[zone, node, service] >= 0
    ]


def tz_of(net: Any, order: Order) -> int:
    """Return the time zone of the destination."""
    return int(net.zone_tz[int(net.zone_of_postal[order.postal])])


def try_offer(ask: Ask, node: int, offer: Offer, units: int) -> Offer | int:
    """Return the offer with its hand-over, or the reason why it cannot ship that many units."""
    assert offer.service is not None
    world, order, at = ask.world, ask.order, ask.at
    if not may_carry(ask, offer.service):
        return NO_LANE
    if order.cod and not world.net.service_cod[offer.service]:
        return PAYMENT
    slot = slot_with_room(ask, node, offer.service, units)
    if slot is None:
        return NO_CAPACITY if has_slot(world, node, offer.service, at) else NO_LANE
    if ask.bound_in_time:
        window = arrival(world.net, offer.service, tz_of(world.net, order), slot, offer.transit[1])
        if window is None or not ask.in_time(window[1]):
            return TOO_LATE
    return replace(offer, slot=slot)


def counter_service(net: Any, node: int) -> int | None:
    """Return the node's first PICKUP service with ready times."""
    for service in range(len(net.service_level)):
        if int(net.service_level[service]) == PICKUP and net.slot_count[node, service] > 0:
            return service
    return None


def try_counter(ask: Ask, node: int, units: int) -> Offer | int:
    """Return the pickup offer of a node, or the reason why there is none."""
    world, order, at = ask.world, ask.order, ask.at
    service = counter_service(world.net, node)
    if service is None or (not ask.terms.given and not may_carry(ask, service)):
        return NO_LANE
    if order.cod and not world.net.service_cod[service]:
        return PAYMENT
    slot = slot_with_room(ask, node, service, units)
    if slot is None:
        return NO_CAPACITY if has_slot(world, node, service, at) else NO_LANE
    if not ask.in_time(int(world.net.slot_handover[slot])):
        return TOO_LATE
    return Offer(None, slot)


# --- candidates ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """A node that may ship some blocks."""

    node: int
    cover: frozenset[int]
    offers: tuple[Offer, ...]
    units_left: int | None


def candidates_of(ask: Ask, blocks: list[list[int]]) -> list[Candidate]:
    """Return the eligible nodes by external id."""
    world, order = ask.world, ask.order
    found = []
    for node in nodes_by_id(world.net):
        if not is_open(ask, node) or not reaches(ask, node):
            continue
        cover = frozenset(b for b, lines in enumerate(blocks) if covers(ask, lines, node) and capable(ask, lines, node))
        if not cover:
            continue
        offers, units_left = node_offers(ask, node, [units_of(order, blocks[b]) for b in cover])
        if offers:
            found.append(Candidate(node, cover, offers, units_left))
    return found


def covers(ask: Ask, lines: Sequence[int], node: int) -> bool:
    """Return whether the node has what the lines want together."""
    wanted = demand(ask.order, lines)
    return all(routable(ask, sku, node) - ask.gone.get((sku, node), 0) >= units for sku, units in wanted.items())


def routable(ask: Ask, sku: int, node: int) -> int:
    """Return the units that routing may take, as far as the policy keeps some back."""
    kept = ask.terms.constraints["routing_reserve"]
    free, reserve = ask.world.free(sku, node), ask.world.stock.get((sku, node), (0, 0, 0))[2]
    left = free - (reserve + kept["extra_units"] if kept["enforced"] else 0)
    facts = {"available": free, "routing_reserve": reserve}
    assert ask.terms.allows("routing_reserve", facts | {"units": left})
    assert not ask.terms.allows("routing_reserve", facts | {"units": left + 1})
    return left


def node_offers(ask: Ask, node: int, units: list[int]) -> tuple[tuple[Offer, ...], int | None]:
    """Return the offers for all covered units; failing that, for the smallest block, with the units left that day."""
    world = ask.world
    offers = offers_for(ask, node, sum(units))
    if offers or int(world.net.capacity_kind[node]) != 2 or min(units) == sum(units):
        return offers, None
    offers = offers_for(ask, node, min(units))
    days = [int(world.net.slot_day[offer.slot]) for offer in offers]
    left = [room_left(ask, node, day) for day in days]
    return offers, min(left, default=None)


def room_left(ask: Ask, node: int, day: int) -> int:
    """Return the most units that the node's day has room for."""
    return max(units for units in range(int(ask.world.net.capacity_limit[node]) + 1) if has_room(ask, node, day, units))


def offers_for(ask: Ask, node: int, units: int) -> tuple[Offer, ...]:
    """Return the offers of a node that can ship so many units."""
    order = ask.order
    if order.level == PICKUP:
        tried = [try_counter(ask, node, units)] if node == order.pickup_node else []
    else:
        tried = [try_offer(ask, node, offer, units) for offer in lane_services(ask.world.net, order, node)]
    return tuple(one for one in tried if isinstance(one, Offer))


def cheapest(ask: Ask, node: int, offers: Sequence[Offer], units: int, weight_g: int) -> tuple[Offer, int] | None:
    """Return the offer with the least costs and its raw tariff; of equals the one with the cheaper tariff, then the
    first. None when none carries the weight."""
    found: list[tuple[Any, int, tuple[Offer, int]]] = []
    for i, offer in enumerate(offers):
        raw = 0 if offer.service is None else price(ask.world.net, offer.tariff, offer.service, weight_g)
        if raw is not None:
            one = shipment(ask, node, (offer, raw), units, weight_g)
            found.append(((ask.terms.vector(one["cost_micros"]), raw), i, (offer, raw)))
    return min(found)[2] if found else None


# --- plans -----------------------------------------------------------------------------------------------------------


def shipment(ask: Ask, node: int, chosen: tuple[Offer, int], units: int, weight_g: int) -> dict[str, Any]:
    """Return one shipment as the native side writes it, without split penalty, stock and number of allocations."""
    net, order = ask.world.net, ask.order
    offer, raw = chosen
    metres = -1
    if order.postal is not None:
        metres = int(net.distance_m[order.postal, node])
    elif node == order.pickup_node:
        metres = 0
    starts, ends = window_of(net, order, node, offer)
    one = {
        "node_i": node,
        "service_i": -1 if offer.service is None else offer.service,
        "ship_day": 0 if offer.slot is None else int(net.slot_day[offer.slot]),
        "capacity_taken": 0 if offer.slot is None else need(net, node, units),
        "units": units,
        "distance_m": metres,
        "weight_g": weight_g,
        "order_by_us": 0 if offer.slot is None else int(net.slot_order_by[offer.slot]),
        "ship_at_us": -1 if offer.slot is None else int(net.slot_handover[offer.slot]),
        "arrive_from_us": starts,
        "arrive_by_us": ends,
    }
    facts = shipment_facts(ask, one, raw, offer)
    blocks = of_blocks()
    costs = [(0, 0) if each.name in blocks else ask.terms.cost(each.name, facts) for each in OBJECTIVES]
    return one | {"raw_micros": [cost[0] for cost in costs], "cost_micros": [cost[1] for cost in costs]}


def shipment_facts(ask: Ask, one: Mapping[str, Any], raw: int, offer: Offer) -> dict[str, Any]:
    """Return what the objectives of a shipment ask for."""
    net, node, names = ask.world.net, one["node_i"], ask.terms.names
    metres = one["distance_m"] if ask.order.postal is not None else -1
    limit = int(net.capacity_limit[node]) if net.capacity_kind[node] and offer.slot is not None else 0
    arrive_day = one["ship_day"]
    if one["arrive_by_us"] and offer.service is not None:
        arrive_day = arrival_day(net, offer, tz_of(net, ask.order))
    return {
        "tariff_micros": raw,
        "handling_shipment_micros": int(net.handling_shipment[node]),
        "handling_unit_micros": int(net.handling_unit[node]),
        "units": one["units"],
        "shipment_i": 0,
        "distance_m": metres,
        "arrive_by_us": one["arrive_by_us"],
        "required_by_us": ask.order.required_by,
        "ship_day": one["ship_day"],
        "arrive_day": arrive_day,
        "capacity_limit": limit,
        "capacity_taken": ask.world.taken[node, one["ship_day"]],
        "priority": names.priority[node] if names else 0,
        "service": names.service[offer.service] if names and offer.service is not None else "",
    }


def arrival_day(net: Any, offer: Offer, tz: int) -> int:
    """Return the local date of the delivery slot that ends when the shipment has arrived at the latest."""
    assert offer.service is not None
    assert offer.slot is not None
    window = arrival(net, offer.service, tz, offer.slot, offer.transit[1])
    row = int(net.service_window[offer.service, tz])
    ends = [int(end) for end in net.arrive_by[row]]
    assert window is not None
    return int(net.day0) + ends.index(window[1])


def with_stock(ask: Ask, one: dict[str, Any], blocks: Iterable[Mapping[int, int]]) -> dict[str, Any]:
    """Return a shipment with what its blocks' units cost at their positions, each block as units by SKU."""
    costs = list(zip(one["raw_micros"], one["cost_micros"], strict=True))
    names = of_blocks()
    for wanted in blocks:
        for sku, units in wanted.items():
            at = sku, one["node_i"]
            facts = {
                "available": routable(ask, *at),
                "units": units,
                "weekly_demand_milli": ask.world.weekly.get(at, -1) if at in ask.world.stock else -1,
                "price_micros": ask.world.prices.get(at, 0) if at in ask.world.stock else 0,
            }
            more = [ask.terms.cost(each.name, facts) if each.name in names else (0, 0) for each in OBJECTIVES]
            costs = added(costs, more)
    return one | {"raw_micros": [cost[0] for cost in costs], "cost_micros": [cost[1] for cost in costs]}


def window_of(net: Any, order: Order, node: int, offer: Offer) -> tuple[int, int]:
    """Return when a shipment arrives; (0, 0) = not known."""
    if offer.slot is None:
        return 0, 0
    if offer.service is None:
        ready = int(net.slot_handover[offer.slot]) if node == order.pickup_node else 0
        return ready, ready
    tz = tz_of(net, order)
    first = arrival(net, offer.service, tz, offer.slot, offer.transit[0])
    last = arrival(net, offer.service, tz, offer.slot, offer.transit[1])
    return (first[0] if first else 0), (last[1] if last else 0)


def with_penalties(terms: Terms, shipments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the shipments with the split penalty on every one after the first."""
    at = [one.name for one in OBJECTIVES].index("split_penalty")
    for i, one in enumerate(shipments):
        one["raw_micros"][at], one["cost_micros"][at] = terms.cost("split_penalty", {"shipment_i": i})
    return shipments


def total(shipments: Sequence[dict[str, Any]]) -> int:
    """Return the weighted cost of all."""
    return sum(sum(one["cost_micros"]) for one in shipments)


@dataclass(frozen=True)
class Plan:
    """The best assignment: block -> candidate index or None, and its shipments by external node id."""

    assigned: tuple[int | None, ...]
    shipments: list[dict[str, Any]]


def write(
    ask: Ask, blocks: list[list[int]], found: list[Candidate], assigned: Sequence[int | None]
) -> list[dict[str, Any]] | None:
    """Return the shipments of an assignment; None when a node lacks the stock, the room or a carrier, or the policy
    finds a shipment too small."""
    order, written = ask.order, []
    used = sorted({one for one in assigned if one is not None})
    for c in used:
        candidate = found[c]
        served = [b for b, one in enumerate(assigned) if one == c]
        lines = [i for b in served for i in blocks[b]]
        units, weight_g = units_of(order, lines), weight_of(order, lines)
        if not covers(ask, lines, candidate.node):
            return None
        if candidate.units_left is not None and units > candidate.units_left:
            return None
        small = {
            "shipments": len(used), "units": units, "order_units": ask.whole_units,
            "order_value_micros": order.value_micros,
        }  # fmt: skip
        if not ask.terms.allows("minimum_shipment", small):
            return None
        chosen = cheapest(ask, candidate.node, candidate.offers, units, weight_g)
        if chosen is None:
            return None
        one = shipment(ask, candidate.node, chosen, units, weight_g)
        written.append(with_stock(ask, one, [demand(order, blocks[b]) for b in served]))
    return with_penalties(ask.terms, written)


def assignments(blocks: list[list[int]], found: list[Candidate], partial: bool) -> Iterator[tuple[int | None, ...]]:
    """Yield every assignment of blocks to candidates that cover them."""
    choices: list[list[int | None]] = [[c for c, one in enumerate(found) if b in one.cover] for b in range(len(blocks))]
    return product(*[[*some, None] if partial else some for some in choices])


def plan_vector(terms: Terms, shipments: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
    """Return the cost vector of a plan."""
    vectors = [terms.vector(one["cost_micros"]) for one in shipments]
    return tuple(sum(column) for column in zip(*vectors, strict=True))


def plan_of(ask: Ask, most: int | None) -> tuple[Plan | None, list[list[int]], list[Candidate]]:
    """Return the best in the order of plans of plan.pxd: blocks served, cost, shipments, first blocks and nodes."""
    blocks = blocks_of(ask.order.lines)
    found = candidates_of(ask, blocks)
    best: tuple[Any, Plan] | None = None
    for assigned in assignments(blocks, found, ask.partial):
        served = [one is not None for one in assigned]
        parts = {one for one in assigned if one is not None}
        if not parts or (most is not None and len(parts) > most):
            continue
        shipments = write(ask, blocks, found, assigned)
        if shipments is None:
            continue
        key = (
            -sum(served), plan_vector(ask.terms, shipments), len(parts), [not one for one in served],
            [len(found) if one is None else one for one in assigned],
        )  # fmt: skip
        if best is None or key < best[0]:
            best = (key, Plan(assigned, shipments))
    return (best[1] if best else None), blocks, found


def best_plan(ask: Ask) -> tuple[Plan | None, list[list[int]], list[Candidate], Ask]:
    """Return the plan of the first stage that serves the whole order, else that of the last; the ask of that stage."""
    for stage in range(ask.world.stages()):
        now = replace(ask, terms=ask.world.terms(stage))
        plan, blocks, found = plan_of(now, now.most)
        if plan is not None and None not in plan.assigned:
            break
    return plan, blocks, found, now


# --- reasons ---------------------------------------------------------------------------------------------------------


def node_reason(ask: Ask, lines: Sequence[int], node: int) -> int:
    """Return how far the lines come at a node that has the stock."""
    world, order = ask.world, ask.order
    units, weight_g = units_of(order, lines), weight_of(order, lines)
    if not is_open(ask, node) or not capable(ask, lines, node):
        return NO_ELIGIBLE_NODE
    if order.level == PICKUP:
        if node != order.pickup_node:
            return OUT_OF_STOCK
        tried = try_counter(ask, node, units)
        return SERVABLE if isinstance(tried, Offer) else tried
    if not reaches(ask, node):
        return NO_LANE
    furthest = NO_LANE
    for offer in lane_services(world.net, order, node):
        assert offer.service is not None
        if price(world.net, offer.tariff, offer.service, weight_g) is None:
            furthest = max(furthest, OVERWEIGHT)
            continue
        one = try_offer(ask, node, offer, units)
        furthest = max(furthest, SERVABLE if isinstance(one, Offer) else one)
    return furthest


def block_reason(ask: Ask, lines: Sequence[int]) -> int:
    """Return the reason of the node at which the block came furthest."""
    world, order = ask.world, ask.order
    stocked = [node for node in range(len(world.net.node_present)) if covers(ask, lines, node)]
    if stocked:
        return max(node_reason(ask, lines, node) for node in stocked)
    wanted = demand(order, lines)
    if len(wanted) > 1 and all(best_routable(ask, sku) >= units for sku, units in wanted.items()):
        return GROUP_APART
    return OUT_OF_STOCK


def best_routable(ask: Ask, sku: int) -> int:
    """Return the most units of a SKU at one open node."""
    nodes = [node for node in range(len(ask.world.net.node_present)) if is_open(ask, node)]
    return max([0, *(routable(ask, sku, node) for node in nodes)])


def reasons(ask: Ask, plan: Plan | None, blocks: list[list[int]], found: list[Candidate]) -> dict[int, int]:
    """Return the reason of every line that the plan does not serve."""
    order = ask.order
    missing = [b for b in range(len(blocks)) if plan is None or plan.assigned[b] is None]
    alone = {b: block_reason(ask, blocks[b]) for b in missing}
    others = 0
    if not ask.partial and any(reason != SERVABLE for reason in alone.values()):
        others = ORDER_INCOMPLETE
    elif ask.most is not None and plan is not None:
        others = TOO_MANY_SHIPMENTS if len(plan.shipments) == ask.most else 0
    elif ask.most is not None and plan_of(ask, None)[0] is not None:
        others = TOO_MANY_SHIPMENTS
    free = None
    if others != ORDER_INCOMPLETE and "minimum_shipment" in ask.terms.constraints:
        open_terms = {name: one for name, one in ask.terms.constraints.items() if name != "minimum_shipment"}
        free = plan_of(replace(ask, terms=replace(ask.terms, constraints=open_terms)), ask.most)[0]
    wanted = Counter(sku for lines in blocks for sku in demand(order, lines))
    given = {}
    for b, reason in alone.items():
        told = reason if reason != SERVABLE else others or conflict(order, blocks[b], found, wanted)
        if reason == SERVABLE and free is not None and free.assigned[b] is not None:
            told = BELOW_MINIMUM
        given.update(dict.fromkeys(blocks[b], told))
    return given


def conflict(order: Order, lines: Sequence[int], found: list[Candidate], wanted: Mapping[int, int]) -> int:
    """Return why blocks that fit one by one do not fit together."""
    if any(wanted[sku] > 1 for sku in demand(order, lines)):
        return OUT_OF_STOCK
    return NO_CAPACITY if any(one.units_left is not None for one in found) else OVERWEIGHT


# --- the verbs -------------------------------------------------------------------------------------------------------


def earliest(order: Order, now: int) -> int:
    """Return when the order counts as placed."""
    return max(now, order.placed_at)


def asked(world: World, order: Order, now: int) -> Ask:
    """Return the order put to a world by the policy as it stands."""
    units = units_of(order, range(len(order.lines)))
    return Ask(world, order, earliest(order, now), now, world.terms(), whole_units=units)


def route(world: World, order: Order, now: int, used: int = 0, whole_units: int = 0) -> dict[str, Any]:
    """Return outcome, shipments, (line, node, quantity) and (granted, reason) of every line."""
    first = asked(world, order, now)
    first = replace(first, used=used, whole_units=whole_units or first.whole_units)
    plan, blocks, found, ask = best_plan(first)
    nodes: dict[int, int] = {}
    for b, c in enumerate(plan.assigned if plan else ()):
        nodes.update(dict.fromkeys(blocks[b], found[c].node) if c is not None else {})
    why = reasons(ask, plan, blocks, found)
    return {
        "outcome": REFUSED if not nodes else GRANTED if len(nodes) == len(order.lines) else PARTIAL,
        "most": ask.most,
        "shipments": plan.shipments if plan else [],
        "allocations": [(i, nodes[i], order.lines[i].quantity) for i in sorted(nodes)],
        "lines": [(order.lines[i].quantity if i in nodes else 0, why.get(i, 0)) for i in range(len(order.lines))],
    }


def reroute(
    world: World, order: Order, held: Sequence[tuple[int, int, int, int]], failed: int, now: int
) -> dict[str, Any]:
    """Move the open units of (line, node, open, fulfilled) off the failed node; the units of a node are one shipment.

    The order's own nodes hold, and its max_shipments for what the reservation is afterwards: shipments with open or
    fulfilled units. Returned as by `route`, with lines as the order counts them.
    """
    lines = [line for line, node, units, _ in held if node == failed and units]
    wanted = {line: units for line, node, units, _ in held if node == failed and units}
    nodes = frozenset(range(len(world.net.node_present))) if order.allowed is None else order.allowed
    part = replace(
        order,
        lines=tuple(replace(order.lines[i], quantity=wanted[i], node=None) for i in lines),
        allowed=nodes - {failed},
        allow_partial=True,
    )
    staying = {node for _, node, units, _ in held if node != failed and units} | {n for _, n, _, sent in held if sent}
    ordered = units_of(order, range(len(order.lines)))
    for kept in (len(staying), len(staying | {failed})):
        if not lines:
            continue
        found = route(world, part, now, kept, ordered)
        moved = [(lines[i], node, units) for i, node, units in found["allocations"]]
        still = staying if len(moved) == len(lines) else staying | {failed}
        most = found["most"]
        if most is None or len(still) + len(found["shipments"]) <= most + kept:
            return {"shipments": found["shipments"], "allocations": moved}
    return {"shipments": [], "allocations": []}


def promise(world: World, order: Order, now: int, levels: Sequence[int], quote_ttl: int) -> list[dict[str, Any]]:
    """Return the options, best first: arrive_by, then cost, then level. Each can be ordered for a microsecond yet."""
    at = max(now + 1, order.placed_at)
    options = []
    for level in levels:
        if (level == PICKUP) != (order.pickup_node is not None):
            continue
        ask = asked(world, replace(order, level=level, allow_partial=False), now)
        plan, _, _, _ = best_plan(replace(ask, at=at))
        if plan is None:
            continue
        some = plan.shipments
        order_by = min(one["order_by_us"] for one in some)
        options.append(
            {
                "service_level": level,
                "shipments": some,
                "order_by_us": order_by,
                "ship_from_us": min(one["ship_at_us"] for one in some),
                "ship_by_us": max(one["ship_at_us"] for one in some),
                "arrive_from_us": max(one["arrive_from_us"] for one in some),
                "arrive_by_us": max(one["arrive_by_us"] for one in some),
                "valid_until_us": min(order_by, now + quote_ttl),
                "cost_micros": total(some),
            }
        )
    return sorted(options, key=lambda one: (one["arrive_by_us"], one["cost_micros"], one["service_level"]))


def pinned_offer(ask: Ask, node: int, units: int, weight_g: int) -> tuple[Offer, int] | int:
    """Return offer and raw tariff of a pinned shipment, or the reason why it cannot leave."""
    world, order, at = ask.world, ask.order, ask.at
    if node == order.pickup_node and counter_service(world.net, node) is not None:
        tried = try_counter(replace(ask, order=replace(order, cod=False)), node, units)
        if tried != NO_LANE:
            return (tried, 0) if isinstance(tried, Offer) else tried
    furthest = 0
    live = []
    for offer in lane_services(world.net, order, node):
        one = try_offer(ask, node, offer, units)
        if isinstance(one, Offer):
            live.append(one)
            one = OVERWEIGHT
        furthest = max(furthest, one)
    chosen = cheapest(ask, node, live, units, weight_g)
    if chosen is not None:
        return chosen
    if furthest in (NO_CAPACITY, TOO_LATE):
        return furthest
    services = range(len(world.net.service_level))
    left = [slot for one in services if (slot := slot_with_room(ask, node, one, units)) is not None]
    if left:
        return Offer(None, min(left, key=lambda slot: int(world.net.slot_handover[slot]))), 0
    return NO_CAPACITY if any(has_slot(world, node, one, at) for one in services) else (Offer(None, None), 0)


def fixed(
    world: World, order: Order, now: int, nodes: Mapping[int, int], why: Mapping[int, int], terms: Terms
) -> dict[str, Any]:
    """Grant lines at given nodes; lines without one have their reason in `why`."""
    at = earliest(order, now)
    ask = replace(asked(world, order, now), terms=replace(terms, given=True))
    parts = ask.partial and "ship_complete" not in terms.constraints
    taken: Counter[tuple[int, int]] = Counter()
    granted, reason = dict.fromkeys(range(len(order.lines)), 0), dict(why)
    for i, node in sorted(nodes.items()):
        line = order.lines[i]
        if world.status.get(node, ONLINE) != ONLINE:
            reason[i] = NODE_UNAVAILABLE
            continue
        left = world.free(line.sku, node) - taken[line.sku, node]
        granted[i] = line.quantity if left >= line.quantity else max(0, left) if parts else 0
        if granted[i] < line.quantity:
            reason[i] = OUT_OF_STOCK
        taken[line.sku, node] += granted[i]
    shipments = []
    if ask.partial or not reason:
        for node in nodes_by_id(world.net):
            lines = [i for i, at_node in nodes.items() if at_node == node and granted[i]]
            if not lines:
                continue
            units = sum(granted[i] for i in lines)
            weight_g = sum(granted[i] * order.lines[i].weight_g for i in lines)
            offer = pinned_offer(ask, node, units, weight_g)
            if isinstance(offer, int):
                granted.update(dict.fromkeys(lines, 0))
                reason.update(dict.fromkeys(lines, offer))
                continue
            one = shipment(ask, node, offer, units, weight_g)
            one["ship_at_us"] = at if one["ship_at_us"] < 0 else one["ship_at_us"]
            wanted: list[Counter[int]] = []
            for block in blocks_of(order.lines):
                units_by_sku: Counter[int] = Counter()
                for i in block:
                    if i in lines:
                        units_by_sku[order.lines[i].sku] += granted[i]
                wanted.append(units_by_sku)
            shipments.append(with_stock(ask, one, wanted))
    if reason and not ask.partial:
        granted, shipments = dict.fromkeys(granted, 0), []
        reason = {i: reason.get(i, ORDER_INCOMPLETE) for i in granted}
    whole = all(granted[i] == line.quantity for i, line in enumerate(order.lines))
    return {
        "outcome": REFUSED if not shipments else GRANTED if whole else PARTIAL,
        "shipments": with_penalties(terms, shipments),
        "allocations": [(i, nodes[i], units) for i, units in sorted(granted.items()) if units],
        "lines": [(granted[i], reason.get(i, 0)) for i in range(len(order.lines))],
    }


def pinned(world: World, order: Order, now: int) -> dict[str, Any]:
    """Reserve with pins: pinned demand first, the rest routed with what is left, then all granted by node."""
    nodes = {i: line.node for i, line in enumerate(order.lines) if line.node is not None}
    gone: Counter[tuple[int, int]] = Counter()
    for i, node in nodes.items():
        gone[order.lines[i].sku, node] += order.lines[i].quantity
    rest = [i for i in range(len(order.lines)) if i not in nodes]
    if not rest:
        return fixed(world, order, now, nodes, {}, world.terms())
    part = replace(order, lines=tuple(order.lines[i] for i in rest))
    units = units_of(order, range(len(order.lines)))
    ask = replace(asked(world, part, now), gone=gone, whole_units=units)
    plan, blocks, found, ask = best_plan(ask)
    routed = {
        rest[i]: found[c].node for b, c in enumerate(plan.assigned if plan else ()) if c is not None for i in blocks[b]
    }
    why = {rest[i]: one for i, one in reasons(ask, plan, blocks, found).items()}
    if len(routed) < len(rest) and not ask.partial:
        return fixed(world, order, now, {}, {**dict.fromkeys(nodes, ORDER_INCOMPLETE), **why}, ask.terms)
    return fixed(world, order, now, {**nodes, **routed}, why, ask.terms)
