"""nodes.csv: the places that can fulfil."""

from collections.abc import Sequence

import numpy as np

from fastdom.network import clock, limits
from fastdom.network.columns import (
    choices,
    degrees,
    id_fault,
    identifiers,
    index_of,
    integers,
    names,
    no_twins,
    parsed,
    references,
)
from fastdom.network.document import Calendar, CapacityKind, Node, NodeType, PostalCodes
from fastdom.network.places import read_time_zones
from fastdom.network.table import Table

NODE_COLUMNS = (
    ("node_id", "type", "postal_code", "calendar", "cutoff"),
    (
        "name",
        "groups",
        "time_zone",
        "pick_lead_minutes",
        "capacity_kind",
        "capacity_limit",
        "handling_shipment_micros",
        "handling_unit_micros",
        "priority",
        "lat",
        "lng",
    ),
)
TYPES = {
    "DC": int(NodeType.DC),
    "STORE": int(NodeType.STORE),
    "3PL": int(NodeType.THIRD_PARTY),
    "DARK_STORE": int(NodeType.DARK_STORE),
    "DROP_SHIP": int(NodeType.DROP_SHIP),
}
CAPACITY_KINDS = {"": 0, **{kind.name: int(kind) for kind in CapacityKind}}


def read_nodes(
    table: Table, postal_codes: PostalCodes, calendars: Sequence[Calendar], default_time_zone: str
) -> tuple[Node, ...]:
    """Return the nodes, ascending by id."""
    ids = identifiers(table, "node_id")
    no_twins(table, ids, "node_id", "this node")
    if not len(table):
        table.problems.add(table.file, 0, "", "needs at least one node")
    if len(table) > limits.NODES_MAX:
        table.problems.add(table.file, 0, "", f"must have at most {limits.NODES_MAX} nodes, got {len(table)}")
    labels = names(table, "name")
    types = choices(table, "type", TYPES)
    postal_i = references(table, "postal_code", index_of(postal_codes.codes), "postal code")
    calendar_i = references(table, "calendar", index_of([calendar.id for calendar in calendars]), "calendar")
    time_zones = read_time_zones(table, default_time_zone)
    cutoff = parsed(table, "cutoff", lambda text: clock.minutes(text, end_of_day=True))
    _check_cutoffs(table, cutoff, calendar_i.tolist(), calendars)
    lead = integers(table, "pick_lead_minutes", 0, limits.PICK_LEAD_MINUTES_MAX, 0)
    kind, limit = _capacity(table)
    per_shipment = integers(table, "handling_shipment_micros", 0, limits.MONEY_MICROS_MAX, 0)
    per_unit = integers(table, "handling_unit_micros", 0, limits.MONEY_MICROS_MAX, 0)
    priority = integers(table, "priority", 0, limits.QUANTITY_MAX, 0)
    points = _points(table, postal_i.tolist(), postal_codes)
    groups = _groups(table)
    return tuple(
        Node(
            id=ids[row],
            name=labels[row],
            type=NodeType(types[row]),
            postal_i=int(postal_i[row]),
            lat_e7=points[row][0],
            lng_e7=points[row][1],
            groups=groups[row],
            time_zone=time_zones[row],
            calendar_i=int(calendar_i[row]),
            cutoff_minute=cutoff[row],
            pick_lead_minutes=int(lead[row]),
            capacity_kind=CapacityKind(kind[row]),
            capacity_limit=limit[row],
            handling_shipment_micros=int(per_shipment[row]),
            handling_unit_micros=int(per_unit[row]),
            priority=int(priority[row]),
        )
        for row in sorted(range(len(table)), key=ids.__getitem__)
    )


def _check_cutoffs(table: Table, cutoff: list[int], calendar_i: list[int], calendars: Sequence[Calendar]) -> None:
    for row, minute in enumerate(cutoff):
        if calendar_i[row] < 0 or not table.columns["cutoff"][row]:
            continue
        calendar = calendars[calendar_i[row]]
        if not calendar.open_minute <= minute <= calendar.close_minute:
            hours = f"{_hhmm(calendar.open_minute)}..{_hhmm(calendar.close_minute)}"
            table.bad_cell(row, "cutoff", f"must be within the hours {hours} of calendar {calendar.id}")


def _capacity(table: Table) -> tuple[list[int], list[int]]:
    kinds = choices(table, "capacity_kind", CAPACITY_KINDS).tolist()
    amounts = integers(table, "capacity_limit", 0, limits.STOCK_MAX, 0).tolist()
    for row, kind in enumerate(kinds):
        stated = table.columns["capacity_limit"][row] != ""
        if kind and not stated:
            table.bad(row, "capacity_limit", "is missing for this capacity_kind")
        elif not kind and amounts[row]:
            table.bad_cell(row, "capacity_limit", "must be empty or 0 where capacity_kind is NONE")
    return kinds, amounts


def _points(table: Table, postal_i: list[int], postal_codes: PostalCodes) -> list[tuple[int, int]]:
    """Return each node's own point, or that of its postal code."""
    anywhere = np.ones(len(table), dtype=np.bool_)
    lat, lng = degrees(table, "lat", 90, anywhere).tolist(), degrees(table, "lng", 180, anywhere).tolist()
    points = []
    for row, position in enumerate(postal_i):
        given = [table.columns[field][row] != "" for field in ("lat", "lng")]
        if given == [True, True] or position < 0:
            points.append((lat[row], lng[row]))
            continue
        if any(given):
            table.bad(row, "lng" if given[0] else "lat", "is missing: give both lat and lng, or neither")
        points.append((int(postal_codes.lat_e7[position]), int(postal_codes.lng_e7[position])))
    return points


def _groups(table: Table) -> list[tuple[str, ...]]:
    groups = []
    for row, cell in enumerate(table.columns["groups"]):
        members = cell.split()
        for member in members:
            if id_fault(member):
                table.bad_cell(row, "groups", f"each group id {id_fault(member)}")
        groups.append(tuple(sorted(set(members))))
    return groups


def _hhmm(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
