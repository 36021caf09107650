"""Quotes, slow and readable: the twin of the native quote modules, by trying every assignment of blocks to nodes.

Reads the same compiled arrays (any object with the attributes of `CompiledNetwork`), shares no code with what it
checks. Times are microseconds UTC, money micros, weights grams. Good for up to about five blocks.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

STANDARD, EXPRESS, SAME_DAY, PICKUP = 1, 2, 3, 4
ONLINE = 1
GRANTED, PARTIAL, REFUSED = 1, 2, 3
(OUT_OF_STOCK, NO_ELIGIBLE_NODE, NO_LANE, PAYMENT, OVERWEIGHT, NO_CAPACITY, TOO_LATE, GROUP_APART, TOO_MANY_SHIPMENTS,
 NODE_UNAVAILABLE, ORDER_INCOMPLETE) = range(1, 12)  # fmt: skip
SERVABLE = 100


@dataclass(frozen=True)
class Line:
    """One line, names resolved; node None = to be routed."""

    sku: int
    quantity: int
    weight_g: int
    group: str = ""
    node: int | None = None


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


@dataclass
class World:
    """A network and what the state knows: stock by (sku, node), node status, capacity taken by (node, day)."""

    net: Any
    stock: dict[tuple[int, int], tuple[int, int, int]]
    status: dict[int, int] = field(default_factory=dict)
    taken: Counter[tuple[int, int]] = field(default_factory=Counter)

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
    gone: Mapping[tuple[int, int], int] = field(default_factory=dict)


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


def slot_with_room(world: World, node: int, service: int, at: int, units: int) -> int | None:
    """Return the first hand-over an order released at `at` makes whose day has room."""
    net = world.net
    wanted = need(net, node, units)
    for slot in slots(net, node, service):
        day = int(net.slot_day[slot])
        room = int(net.capacity_limit[node]) - world.taken[node, day]
        if int(net.slot_order_by[slot]) >= at and (wanted == 0 or room >= wanted):
            return slot
    return None


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


def is_open(world: World, order: Order, node: int) -> bool:
    """Return whether the node takes new work of this order."""
    if not world.net.node_present[node] or world.status.get(node, ONLINE) != ONLINE:
        return False
    return order.allowed is None or node in order.allowed


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
    if order.cod and not world.net.service_cod[offer.service]:
        return PAYMENT
    slot = slot_with_room(world, node, offer.service, at, units)
    if slot is None:
        return NO_CAPACITY if has_slot(world, node, offer.service, at) else NO_LANE
    if order.required_by:
        window = arrival(world.net, offer.service, tz_of(world.net, order), slot, offer.transit[1])
        if window is None or window[1] > order.required_by:
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
    if service is None:
        return NO_LANE
    if order.cod and not world.net.service_cod[service]:
        return PAYMENT
    slot = slot_with_room(world, node, service, at, units)
    if slot is None:
        return NO_CAPACITY if has_slot(world, node, service, at) else NO_LANE
    if order.required_by and int(world.net.slot_handover[slot]) > order.required_by:
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
        if not is_open(world, order, node):
            continue
        cover = frozenset(b for b, lines in enumerate(blocks) if covers(ask, lines, node))
        if not cover:
            continue
        offers, units_left = node_offers(ask, node, [units_of(order, blocks[b]) for b in cover])
        if offers:
            found.append(Candidate(node, cover, offers, units_left))
    return found


def covers(ask: Ask, lines: Sequence[int], node: int) -> bool:
    """Return whether the node has what the lines want together."""
    wanted = demand(ask.order, lines)
    left = {sku: ask.world.routable(sku, node) - ask.gone.get((sku, node), 0) for sku in wanted}
    return all(left[sku] >= units for sku, units in wanted.items())


def node_offers(ask: Ask, node: int, units: list[int]) -> tuple[tuple[Offer, ...], int | None]:
    """Return the offers for all covered units; failing that, for the smallest block, with the units left that day."""
    world = ask.world
    offers = offers_for(ask, node, sum(units))
    if offers or int(world.net.capacity_kind[node]) != 2 or min(units) == sum(units):
        return offers, None
    offers = offers_for(ask, node, min(units))
    days = [int(world.net.slot_day[offer.slot]) for offer in offers]
    left = [int(world.net.capacity_limit[node]) - world.taken[node, day] for day in days]
    return offers, min(left, default=None)


def offers_for(ask: Ask, node: int, units: int) -> tuple[Offer, ...]:
    """Return the offers of a node that can ship so many units."""
    order = ask.order
    if order.level == PICKUP:
        tried = [try_counter(ask, node, units)] if node == order.pickup_node else []
    else:
        tried = [try_offer(ask, node, offer, units) for offer in lane_services(ask.world.net, order, node)]
    return tuple(one for one in tried if isinstance(one, Offer))


def cheapest(net: Any, offers: Sequence[Offer], weight_g: int) -> tuple[Offer, int] | None:
    """Return the cheapest offer and its raw tariff, the first of equals; None when none carries the weight."""
    best: tuple[Offer, int] | None = None
    for offer in offers:
        raw = 0 if offer.service is None else price(net, offer.tariff, offer.service, weight_g)
        if raw is not None and (best is None or raw < best[1]):
            best = (offer, raw)
    return best


# --- plans -----------------------------------------------------------------------------------------------------------


def shipment(ask: Ask, node: int, chosen: tuple[Offer, int], units: int, weight_g: int) -> dict[str, Any]:
    """Return one shipment as the native side writes it, without split penalty and number of allocations."""
    net, order = ask.world.net, ask.order
    offer, raw = chosen
    policy = net.policies[0]
    metres = -1
    if order.postal is not None:
        metres = int(net.distance_m[order.postal, node])
    elif node == order.pickup_node:
        metres = 0
    per_unit = max(0, metres) * policy.distance_micros_per_km_unit // 1000 if order.postal is not None else 0
    fixed, unit = int(net.handling_shipment[node]), int(net.handling_unit[node])
    weights = [int(one) for one in policy.weights]
    starts, ends = window_of(net, order, node, offer)
    return {
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
        "raw_micros": [raw, fixed + unit * units, 0, per_unit * units, *[0] * 9],
        "cost_micros": [
            weigh(raw, weights[0]),
            weigh(fixed, weights[1]) + weigh(unit, weights[1]) * units,
            0,
            weigh(per_unit, weights[3]) * units,
            *[0] * 9,
        ],
    }


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


def with_penalties(net: Any, shipments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the shipments with the split penalty on every one after the first."""
    policy = net.policies[0]
    for one in shipments[1:]:
        one["raw_micros"][2] = policy.split_penalty_micros
        one["cost_micros"][2] = weigh(policy.split_penalty_micros, int(policy.weights[2]))
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
    """Return the shipments of an assignment; None when a node lacks the stock, the room or a carrier."""
    net, order = ask.world.net, ask.order
    written = []
    for c in sorted({one for one in assigned if one is not None}):
        candidate = found[c]
        lines = [i for b, one in enumerate(assigned) if one == c for i in blocks[b]]
        units, weight_g = units_of(order, lines), weight_of(order, lines)
        if not covers(ask, lines, candidate.node):
            return None
        if candidate.units_left is not None and units > candidate.units_left:
            return None
        chosen = cheapest(net, candidate.offers, weight_g)
        if chosen is None:
            return None
        written.append(shipment(ask, candidate.node, chosen, units, weight_g))
    return with_penalties(net, written)


def assignments(blocks: list[list[int]], found: list[Candidate], partial: bool) -> Iterator[tuple[int | None, ...]]:
    """Yield every assignment of blocks to candidates that cover them."""
    choices: list[list[int | None]] = [[c for c, one in enumerate(found) if b in one.cover] for b in range(len(blocks))]
    return product(*[[*some, None] if partial else some for some in choices])


def best_plan(ask: Ask) -> tuple[Plan | None, list[list[int]], list[Candidate]]:
    """Return the best in the order of plans of plan.pxd: blocks served, cost, shipments, first blocks and nodes."""
    order = ask.order
    blocks = blocks_of(order.lines)
    found = candidates_of(ask, blocks)
    best: tuple[Any, Plan] | None = None
    for assigned in assignments(blocks, found, order.allow_partial):
        served = [one is not None for one in assigned]
        parts = {one for one in assigned if one is not None}
        if not parts or (order.max_shipments and len(parts) > order.max_shipments):
            continue
        shipments = write(ask, blocks, found, assigned)
        if shipments is None:
            continue
        key = (
            -sum(served), total(shipments), len(parts), [not one for one in served],
            [len(found) if one is None else one for one in assigned],
        )  # fmt: skip
        if best is None or key < best[0]:
            best = (key, Plan(assigned, shipments))
    return (best[1] if best else None), blocks, found


# --- reasons ---------------------------------------------------------------------------------------------------------


def node_reason(ask: Ask, lines: Sequence[int], node: int) -> int:
    """Return how far the lines come at a node that has the stock."""
    world, order = ask.world, ask.order
    units, weight_g = units_of(order, lines), weight_of(order, lines)
    if not is_open(world, order, node):
        return NO_ELIGIBLE_NODE
    if order.level == PICKUP:
        if node != order.pickup_node:
            return OUT_OF_STOCK
        tried = try_counter(ask, node, units)
        return SERVABLE if isinstance(tried, Offer) else tried
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
    if len(wanted) > 1 and all(best_routable(world, order, sku) >= units for sku, units in wanted.items()):
        return GROUP_APART
    return OUT_OF_STOCK


def best_routable(world: World, order: Order, sku: int) -> int:
    """Return the most units of a SKU at one open node."""
    nodes = [node for node in range(len(world.net.node_present)) if is_open(world, order, node)]
    return max([0, *(world.routable(sku, node) for node in nodes)])


def reasons(ask: Ask, plan: Plan | None, blocks: list[list[int]], found: list[Candidate]) -> dict[int, int]:
    """Return the reason of every line that the plan does not serve."""
    order = ask.order
    missing = [b for b in range(len(blocks)) if plan is None or plan.assigned[b] is None]
    alone = {b: block_reason(ask, blocks[b]) for b in missing}
    others = 0
    if not order.allow_partial and any(reason != SERVABLE for reason in alone.values()):
        others = ORDER_INCOMPLETE
    elif order.max_shipments and plan is not None:
        others = TOO_MANY_SHIPMENTS if len(plan.shipments) == order.max_shipments else 0
    elif order.max_shipments and best_plan(replace(ask, order=replace(order, max_shipments=0)))[0] is not None:
        others = TOO_MANY_SHIPMENTS
    wanted = Counter(sku for lines in blocks for sku in demand(order, lines))
    given = {}
    for b, reason in alone.items():
        told = reason if reason != SERVABLE else others or conflict(order, blocks[b], found, wanted)
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


def route(world: World, order: Order, now: int) -> dict[str, Any]:
    """Return outcome, shipments, (line, node, quantity) and (granted, reason) of every line."""
    ask = Ask(world, order, earliest(order, now))
    plan, blocks, found = best_plan(ask)
    nodes: dict[int, int] = {}
    for b, c in enumerate(plan.assigned if plan else ()):
        nodes.update(dict.fromkeys(blocks[b], found[c].node) if c is not None else {})
    why = reasons(ask, plan, blocks, found)
    return {
        "outcome": REFUSED if not nodes else GRANTED if len(nodes) == len(order.lines) else PARTIAL,
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
    for kept in (len(staying), len(staying | {failed})):
        room = order.max_shipments - kept
        if not lines or (order.max_shipments and room <= 0):
            continue
        found = route(world, replace(part, max_shipments=room if order.max_shipments else 0), now)
        moved = [(lines[i], node, units) for i, node, units in found["allocations"]]
        still = staying if len(moved) == len(lines) else staying | {failed}
        if not order.max_shipments or len(still) + len(found["shipments"]) <= order.max_shipments:
            return {"shipments": found["shipments"], "allocations": moved}
    return {"shipments": [], "allocations": []}


def promise(world: World, order: Order, now: int, levels: Sequence[int], quote_ttl: int) -> list[dict[str, Any]]:
    """Return the options, best first: arrive_by, then cost, then level. Each can be ordered for a microsecond yet."""
    at = max(now + 1, order.placed_at)
    options = []
    for level in levels:
        if (level == PICKUP) != (order.pickup_node is not None):
            continue
        plan, _, _ = best_plan(Ask(world, replace(order, level=level, allow_partial=False), at))
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
    chosen = cheapest(world.net, live, weight_g)
    if chosen is not None:
        return chosen
    if furthest in (NO_CAPACITY, TOO_LATE):
        return furthest
    services = range(len(world.net.service_level))
    left = [slot for one in services if (slot := slot_with_room(world, node, one, at, units)) is not None]
    if left:
        return Offer(None, min(left, key=lambda slot: int(world.net.slot_handover[slot]))), 0
    return NO_CAPACITY if any(has_slot(world, node, one, at) for one in services) else (Offer(None, None), 0)


def fixed(world: World, order: Order, now: int, nodes: Mapping[int, int], why: Mapping[int, int]) -> dict[str, Any]:
    """Grant lines at given nodes; lines without one have their reason in `why`."""
    at = earliest(order, now)
    taken: Counter[tuple[int, int]] = Counter()
    granted, reason = dict.fromkeys(range(len(order.lines)), 0), dict(why)
    for i, node in sorted(nodes.items()):
        line = order.lines[i]
        if world.status.get(node, ONLINE) != ONLINE:
            reason[i] = NODE_UNAVAILABLE
            continue
        left = world.free(line.sku, node) - taken[line.sku, node]
        granted[i] = line.quantity if left >= line.quantity else max(0, left) if order.allow_partial else 0
        if granted[i] < line.quantity:
            reason[i] = OUT_OF_STOCK
        taken[line.sku, node] += granted[i]
    shipments = []
    if order.allow_partial or not reason:
        for node in nodes_by_id(world.net):
            lines = [i for i, at_node in nodes.items() if at_node == node and granted[i]]
            if not lines:
                continue
            units = sum(granted[i] for i in lines)
            weight_g = sum(granted[i] * order.lines[i].weight_g for i in lines)
            offer = pinned_offer(Ask(world, order, at), node, units, weight_g)
            if isinstance(offer, int):
                granted.update(dict.fromkeys(lines, 0))
                reason.update(dict.fromkeys(lines, offer))
                continue
            one = shipment(Ask(world, order, at), node, offer, units, weight_g)
            one["ship_at_us"] = at if one["ship_at_us"] < 0 else one["ship_at_us"]
            shipments.append(one)
    if reason and not order.allow_partial:
        granted, shipments = dict.fromkeys(granted, 0), []
        reason = {i: reason.get(i, ORDER_INCOMPLETE) for i in granted}
    whole = all(granted[i] == line.quantity for i, line in enumerate(order.lines))
    return {
        "outcome": REFUSED if not shipments else GRANTED if whole else PARTIAL,
        "shipments": with_penalties(world.net, shipments),
        "allocations": [(i, nodes[i], units) for i, units in sorted(granted.items()) if units],
        "lines": [(granted[i], reason.get(i, 0)) for i in range(len(order.lines))],
    }


def pinned(world: World, order: Order, now: int) -> dict[str, Any]:
    """Reserve with pins: pinned demand first, the rest routed with what is left, then all granted by node."""
    at = earliest(order, now)
    nodes = {i: line.node for i, line in enumerate(order.lines) if line.node is not None}
    gone: Counter[tuple[int, int]] = Counter()
    for i, node in nodes.items():
        gone[order.lines[i].sku, node] += order.lines[i].quantity
    rest = [i for i in range(len(order.lines)) if i not in nodes]
    if not rest:
        return fixed(world, order, now, nodes, {})
    part = replace(order, lines=tuple(order.lines[i] for i in rest))
    ask = Ask(world, part, at, gone)
    plan, blocks, found = best_plan(ask)
    routed = {
        rest[i]: found[c].node for b, c in enumerate(plan.assigned if plan else ()) if c is not None for i in blocks[b]
    }
    why = {rest[i]: one for i, one in reasons(ask, plan, blocks, found).items()}
    if len(routed) < len(rest) and not order.allow_partial:
        return fixed(world, order, now, {}, {**dict.fromkeys(nodes, ORDER_INCOMPLETE), **why})
    return fixed(world, order, now, {**nodes, **routed}, why)
