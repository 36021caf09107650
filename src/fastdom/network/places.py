"""Zones and postal codes: where a destination lies, and how a suspect code gets its point."""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fastdom.network import clock, limits
from fastdom.network.columns import choices, degrees, identifiers, index_of, names, no_twins, references
from fastdom.network.document import Int64s, PostalCodes, Zone
from fastdom.network.table import Table

ZONE_COLUMNS = (("zone",), ("name", "time_zone"))
POSTAL_COLUMNS = (("postal_code", "zone"), ("lat", "lng", "district", "state", "suspect"))
YES_NO = {"": 0, "0": 0, "1": 1, "false": 0, "true": 1}
HALF_TURN_E7 = 180 * 10_000_000


def read_zones(table: Table, default_time_zone: str) -> tuple[Zone, ...]:
    """Return the zones, ascending by id."""
    ids = identifiers(table, "zone")
    labels = names(table, "name")
    no_twins(table, ids, "zone", "this zone")
    if not len(table):
        table.problems.add(table.file, 0, "", "needs at least one zone")
    if len(table) > limits.ZONES_MAX:
        table.problems.add(table.file, 0, "", f"must have at most {limits.ZONES_MAX} zones, got {len(table)}")
    time_zones = read_time_zones(table, default_time_zone)
    rows = sorted(range(len(table)), key=ids.__getitem__)
    return tuple(Zone(ids[row], labels[row], time_zones[row]) for row in rows)


def read_time_zones(table: Table, default: str) -> list[str]:
    """Return the time zone of each row; an empty cell means the network's."""
    known: dict[str, str | None] = {"": default}
    for row, cell in enumerate(table.columns["time_zone"]):
        if cell not in known:
            try:
                known[cell] = clock.time_zone(cell)
            except ValueError:
                known[cell] = None
        if known[cell] is None:
            table.bad_cell(row, "time_zone", "must be a time zone of the IANA database, such as Asia/Kolkata")
    return [known[cell] or default for cell in table.columns["time_zone"]]


def read_postal_codes(table: Table, zones: Sequence[Zone]) -> PostalCodes:
    """Return the postal codes, ascending, each resolved to a point."""
    codes = identifiers(table, "postal_code", bytes_max=limits.POSTAL_CODE_BYTES_MAX)
    no_twins(table, codes, "postal_code", "this postal code")
    if not len(table):
        table.problems.add(table.file, 0, "", "needs at least one postal code")
    if len(table) > limits.POSTAL_CODES_MAX:
        table.problems.add(table.file, 0, "", f"must have at most {limits.POSTAL_CODES_MAX} rows, got {len(table)}")
    zone_i = references(table, "zone", index_of([zone.id for zone in zones]), "zone")
    districts, states = names(table, "district"), names(table, "state")
    suspect = choices(table, "suspect", YES_NO).astype(np.uint8)
    lat = degrees(table, "lat", 90, suspect == 1)
    lng = degrees(table, "lng", 180, suspect == 1)
    _resolve_suspects(table, codes, districts, states, suspect == 1, lat, lng)
    order = np.array(sorted(range(len(table)), key=codes.__getitem__), dtype=np.int64)
    return PostalCodes(
        codes=tuple(codes[row] for row in order),
        zone_i=zone_i[order],
        lat_e7=lat[order].astype(np.int32),
        lng_e7=lng[order].astype(np.int32),
        district=tuple(districts[row] for row in order),
        state=tuple(states[row] for row in order),
        suspect=suspect[order],
    )


def _resolve_suspects(
    table: Table,
    codes: Sequence[str],
    districts: Sequence[str],
    states: Sequence[str],
    suspect: npt.NDArray[np.bool_],
    lat: Int64s,
    lng: Int64s,
) -> None:
    """Give each suspect code, in place, the centre of good points: same 3 digits, else 2 digits, else district."""
    good = np.flatnonzero(~suspect).tolist()
    plain = {name: _plain(name) for name in {*states, *districts}}
    place = [(plain[state], plain[district]) for state, district in zip(states, districts, strict=True)]
    groups: dict[object, list[int]] = {}
    for row in good:
        keys: list[object] = [codes[row][:3], codes[row][:2]]
        if districts[row]:
            keys.append(place[row])
        for key in keys:
            groups.setdefault(key, []).append(row)
    centres: dict[object, tuple[int, int]] = {}
    points = {}
    for row in np.flatnonzero(suspect).tolist():
        key = next((one for one in (codes[row][:3], codes[row][:2], place[row]) if one in groups), None)
        if key is None:
            table.bad(row, "suspect", "no good postal code shares its first 3 or 2 characters or its district")
            continue
        if key not in centres:
            centres[key] = centre(lat[groups[key]], lng[groups[key]])
        points[row] = centres[key]
    for row, point in points.items():
        lat[row], lng[row] = point


def centre(lat_e7: Int64s, lng_e7: Int64s) -> tuple[int, int]:
    """Return the mean point in 1e-7 degrees, rounded half up; longitudes are averaged around the first one.

    Parameters
    ----------
    lat_e7, lng_e7 : int64[n]
        At least one point.
    """
    count = lat_e7.size
    first = int(lng_e7[0])
    turn = 2 * HALF_TURN_E7
    east = (lng_e7 - first + HALF_TURN_E7) % turn - HALF_TURN_E7
    mean_lng = first + (2 * int(east.sum()) + count) // (2 * count)
    return (2 * int(lat_e7.sum()) + count) // (2 * count), (mean_lng + HALF_TURN_E7) % turn - HALF_TURN_E7


def _plain(name: str) -> str:
    """Return a name for comparing: lower case, letters and digits only ("Kushi nagar" = "Kushinagar")."""
    return re.sub(r"[\W_]+", "", name.casefold())
