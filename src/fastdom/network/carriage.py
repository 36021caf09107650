"""pickups.csv, tariffs.csv and lanes.csv: who carries, when it is fetched, where to, at what price."""

from collections.abc import Mapping, Sequence

import numpy as np

from fastdom.network import clock, limits
from fastdom.network.columns import identifiers, index_of, integers, no_twins, parsed, references
from fastdom.network.currency import convert
from fastdom.network.document import CarrierService, Int32s, Int64s, Lanes, Node, Pickup, Tariffs, Zone
from fastdom.network.table import Table
from fastdom.types import ServiceLevel

PICKUP_COLUMNS = (
    ("carrier_service", "pickup_times"),
    ("node_id", "node_group", "weekdays", "cutoff_minutes"),
)
TARIFF_COLUMNS = (("carrier_service", "rate_zone", "up_to_g", "cost_micros"), ("step_g", "currency"))
LANE_COLUMNS = (
    ("origin_zone", "destination_zone", "carrier_service", "rate_zone", "transit_days_min", "transit_days_max"),
    (),
)
ALL_DAY = -1


def read_pickups(table: Table, nodes: Sequence[Node], services: Sequence[CarrierService]) -> tuple[Pickup, ...]:
    """Return the hand-overs of each (node, service) that has any, ascending; all matching rows count together."""
    node_index = index_of([node.id for node in nodes])
    members: dict[str, list[int]] = {}
    for position, node in enumerate(nodes):
        for group in node.groups:
            members.setdefault(group, []).append(position)
    service_i = references(table, "carrier_service", index_of([service.id for service in services]), "carrier service")
    masks = parsed(table, "weekdays", clock.weekdays, clock.ALL_WEEK)
    cutoffs = integers(table, "cutoff_minutes", 0, limits.CUTOFF_MINUTES_MAX, 0).tolist()
    times: dict[tuple[int, int], set[tuple[int, int, int]]] = {}
    for row, service in enumerate(service_i.tolist()):
        minutes = _pickup_minutes(table, row, services[service] if service >= 0 else None)
        for node_i in _pickup_nodes(table, row, node_index, members):
            if service >= 0:
                entry = times.setdefault((node_i, service), set())
                entry.update((minute, masks[row], cutoffs[row]) for minute in minutes)
                if len(entry) > limits.PICKUPS_PER_DAY_MAX:
                    table.bad(row, "pickup_times", f"more than {limits.PICKUPS_PER_DAY_MAX} pickups for one node")
    return tuple(Pickup(*key, tuple(sorted(times[key]))) for key in sorted(times) if times[key])


def _pickup_nodes(table: Table, row: int, nodes: Mapping[str, int], members: Mapping[str, list[int]]) -> list[int]:
    node, group = table.columns["node_id"][row], table.columns["node_group"][row]
    if (node == "") == (group == ""):
        table.bad(row, "node_id", "give either node_id or node_group")
    elif node and node not in nodes:
        table.bad_cell(row, "node_id", "must be a node of this network")
    elif group and group not in members:
        table.bad_cell(row, "node_group", "must be a group that some node belongs to")
    else:
        return [nodes[node]] if node else members[group]
    return []


def _pickup_minutes(table: Table, row: int, service: CarrierService | None) -> list[int]:
    cell = table.columns["pickup_times"][row]
    if not cell.split():
        if service is not None and service.service_level == ServiceLevel.PICKUP:
            return [ALL_DAY]
        table.bad(row, "pickup_times", "must have at least one time HH:MM (only PICKUP services may leave it empty)")
        return []
    minutes = []
    for text in cell.split():
        try:
            minutes.append(clock.minutes(text))
        except ValueError as error:
            table.bad_cell(row, "pickup_times", str(error))
    return minutes


def read_tariffs(
    table: Table, services: Sequence[CarrierService], rates: Mapping[str, int], accounting: str
) -> Tariffs:
    """Return the tariffs, ascending by (service, rate zone), in the accounting currency.

    A row with `up_to_g` is a tier; the one row of a tariff with `step_g` instead prices what lies beyond.
    """
    service_i = references(table, "carrier_service", index_of([service.id for service in services]), "carrier service")
    zones = identifiers(table, "rate_zone")
    cost = _accounting_costs(table, rates, accounting)
    up_to = integers(table, "up_to_g", 0, limits.SHIPMENT_WEIGHT_G_MAX, 0).tolist()
    step = integers(table, "step_g", 0, limits.SHIPMENT_WEIGHT_G_MAX, 0).tolist()
    rows: dict[tuple[int, str], list[int]] = {}
    for row, service in enumerate(service_i.tolist()):
        if (up_to[row] == 0) == (step[row] == 0):
            table.bad(row, "up_to_g", "give either up_to_g or step_g, at least 1")
        elif service >= 0:
            rows.setdefault((service, zones[row]), []).append(row)
    keys = sorted(rows)
    tiers = []
    steps = []
    for key in keys:
        tiers.append(_tiers(table, [row for row in rows[key] if up_to[row]], up_to, cost))
        beyond = [row for row in rows[key] if step[row]]
        steps.append((step[beyond[0]], cost[beyond[0]]) if beyond else (0, 0))
        for row in beyond[1:]:
            table.bad(row, "step_g", f"this tariff's step is already given in line {table.lines[beyond[0]]}")
        _check_reach(table, rows[key][-1], services[key[0]], tiers[-1], steps[-1])
    return Tariffs(
        service_i=np.array([key[0] for key in keys], dtype=np.int32),
        rate_zone=tuple(key[1] for key in keys),
        tiers=tuple(tiers),
        step_g=np.array([one[0] for one in steps], dtype=np.int64),
        step_micros=np.array([one[1] for one in steps], dtype=np.int64),
        max_g=np.array([services[key[0]].max_weight_g for key in keys], dtype=np.int64),
    )


def _accounting_costs(table: Table, rates: Mapping[str, int], accounting: str) -> list[int]:
    costs: list[int] = integers(table, "cost_micros", 0, limits.MONEY_MICROS_MAX).tolist()
    for row, code in enumerate(table.columns["currency"]):
        if code in ("", accounting):
            continue
        if code not in rates:
            table.bad_cell(row, "currency", f"must be {accounting or 'the currency'} or one of [rates]")
            continue
        costs[row] = convert(costs[row], rates[code])
        if costs[row] > limits.MONEY_MICROS_MAX:
            table.bad_cell(row, "cost_micros", f"must be at most {limits.MONEY_MICROS_MAX} after conversion")
    return costs


def _tiers(table: Table, rows: list[int], up_to: list[int], cost: list[int]) -> tuple[tuple[int, int], ...]:
    seen: dict[int, int] = {}
    for row in rows:
        if up_to[row] in seen:
            table.bad(row, "up_to_g", f"this tier is already given in line {table.lines[seen[up_to[row]]]}")
        seen.setdefault(up_to[row], row)
    return tuple((weight, cost[seen[weight]]) for weight in sorted(seen))


def _check_reach(
    table: Table, row: int, service: CarrierService, tiers: Sequence[tuple[int, int]], step: tuple[int, int]
) -> None:
    """Every weight the service carries has a price, and the dearest fits the money limit."""
    if not tiers:
        table.bad(row, "up_to_g", "tariff has a step but no tier")
        return
    last_g, last_cost = tiers[-1]
    beyond = max(0, service.max_weight_g - last_g)
    if beyond and not step[0]:
        reach = f"{service.max_weight_g} g, the max_weight_g of {service.id}"
        table.bad(row, "up_to_g", f"last tier {last_g} g is below {reach}, and there is no step row")
    elif beyond and last_cost + -(-beyond // step[0]) * step[1] > limits.MONEY_MICROS_MAX:
        table.bad(row, "cost_micros", f"cost of {service.max_weight_g} g must be at most {limits.MONEY_MICROS_MAX}")


def read_lanes(table: Table, zones: Sequence[Zone], services: Sequence[CarrierService], tariffs: Tariffs) -> Lanes:
    """Return the lanes, ascending by (origin, destination, service); each has a tariff."""
    zone_index = index_of([zone.id for zone in zones])
    origin = references(table, "origin_zone", zone_index, "zone")
    destination = references(table, "destination_zone", zone_index, "zone")
    service = references(table, "carrier_service", index_of([one.id for one in services]), "carrier service")
    tariff = _lane_tariffs(table, service, services, tariffs)
    low = integers(table, "transit_days_min", 0, limits.TRANSIT_DAYS_MAX)
    high = integers(table, "transit_days_max", 0, limits.TRANSIT_DAYS_MAX)
    for row in np.flatnonzero(low > high).tolist():
        table.bad_cell(row, "transit_days_max", f"must be >= transit_days_min {low[row]}")
    key = (origin.astype(np.int64) * len(zones) + destination) * len(services) + service
    if not (np.minimum(np.minimum(origin, destination), service) < 0).any():
        no_twins(table, key, "carrier_service", "lane of this service")
    _check_competition(table, key // max(1, len(services)), service, services)
    if not len(table):
        table.problems.add(table.file, 0, "", "needs at least one lane")
    order = np.argsort(key, kind="stable")
    return Lanes(
        origin_i=origin[order],
        destination_i=destination[order],
        service_i=service[order],
        tariff_i=tariff[order],
        transit_min=low[order].astype(np.uint8),
        transit_max=high[order].astype(np.uint8),
    )


def _check_competition(table: Table, pair: Int64s, service: Int32s, services: Sequence[CarrierService]) -> None:
    """At most LANE_SERVICES_MAX services of one level serve a pair of zones; counted only where more exist."""
    levels = np.array([*(int(one.service_level) for one in services), 0], dtype=np.int64)
    for level in range(1, len(ServiceLevel)):
        if level == ServiceLevel.PICKUP or int((levels == level).sum()) <= limits.LANE_SERVICES_MAX:
            continue
        rows = np.flatnonzero(levels[service] == level)
        _, last, count = np.unique(pair[rows][::-1], return_index=True, return_counts=True)
        for row in rows[::-1][last[count > limits.LANE_SERVICES_MAX]].tolist():
            name = ServiceLevel(level).name
            table.bad(row, "carrier_service", f"more than {limits.LANE_SERVICES_MAX} {name} services on one lane")


def _lane_tariffs(table: Table, service: Int32s, services: Sequence[CarrierService], tariffs: Tariffs) -> Int32s:
    """Return the tariff of each lane; each pair of service and rate zone without one is named once."""
    rate_zones = index_of(sorted(set(tariffs.rate_zone)))
    dense = np.full((len(services) + 1, len(rate_zones) + 1), -1, dtype=np.int32)
    for position, (service_i, name) in enumerate(zip(tariffs.service_i.tolist(), tariffs.rate_zone, strict=True)):
        dense[service_i, rate_zones[name]] = position
    zones = np.array([rate_zones.get(cell, -1) for cell in table.columns["rate_zone"]], dtype=np.int32)
    found = dense[service, zones]
    named = set()
    for row in np.flatnonzero((found < 0) & (service >= 0)).tolist():
        pair = (table.columns["carrier_service"][row], table.columns["rate_zone"][row])
        if pair not in named:
            named.add(pair)
            table.bad_cell(row, "rate_zone", f"must be a rate zone of {pair[0]} in tariffs.csv")
    return found
