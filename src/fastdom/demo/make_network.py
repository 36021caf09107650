"""Make the tables of the demo network from its own list of Indian PIN codes; the same seed gives the same files.

    python -m fastdom.demo.make_network [--pins FILE] [--out FOLDER]

`--pins` takes a newer list (CSV or CSV.gz with pincode, district, state, lat, lng, suspect); without it the points of
the shipped `postal_codes.csv.gz` are used. PIN codes are real (Department of Posts, Government of India, see NOTICE);
the brand, its nodes, SKUs, stock, carriers and prices are invented. `network.toml` is written by hand.
"""

import argparse
import csv
import gzip
import io
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fastdom.network.distance import distances_m

SEED = 20_260_101
FOLDER = Path(__file__).parent / "network"
COMPRESSED = ("postal_codes", "lanes", "stock")
SKU_COUNT = 2_000
HOT_COUNT = 12  # far less stock than a flash sale wants; category "flash-sale"
RUPEE = 1_000_000

# node_id, name, PIN, groups, calendar, cutoff, pick lead minutes, shipments a day, rupees a shipment and a unit
NODES = (
    ("dc-mumbai", "Bhiwandi", "421302", "west mumbai", "dc-maharashtra", "18:00", 120, 9000, 9, 2),
    ("dc-delhi", "Gurugram", "122503", "north delhi", "dc-haryana", "18:00", 120, 8000, 9, 2),
    ("dc-bengaluru", "Hoskote", "562114", "south bengaluru", "dc-karnataka", "17:00", 90, 8000, 8, 2),
    ("store-mumbai-1", "Bandra", "400050", "west mumbai", "store", "19:00", 60, 160, 16, 5),
    ("store-mumbai-2", "Powai", "400076", "west mumbai", "store", "19:00", 60, 140, 16, 5),
    ("store-mumbai-3", "Thane", "400601", "west mumbai", "store", "19:00", 60, 140, 15, 5),
    ("store-delhi-1", "Connaught Place", "110001", "north delhi", "store", "19:00", 60, 180, 17, 5),
    ("store-delhi-2", "Saket", "110017", "north delhi", "store", "19:00", 60, 150, 16, 5),
    ("store-delhi-3", "Cyber City", "122002", "north delhi", "store", "19:00", 60, 150, 15, 5),
    ("store-delhi-4", "Rohini", "110085", "north delhi", "store", "19:00", 60, 120, 15, 5),
    ("store-bengaluru-1", "Residency Road", "560001", "south bengaluru", "store", "19:00", 60, 160, 16, 5),
    ("store-bengaluru-2", "Koramangala", "560034", "south bengaluru", "store", "19:00", 60, 150, 15, 5),
    ("store-bengaluru-3", "Bellandur", "560103", "south bengaluru", "store", "19:00", 60, 130, 15, 5),
    ("store-chennai-1", "T Nagar", "600017", "south chennai", "store", "19:00", 60, 150, 15, 5),
    ("store-chennai-2", "Adyar", "600020", "south chennai", "store", "19:00", 60, 120, 15, 5),
    ("store-hyderabad-1", "Banjara Hills", "500034", "south hyderabad", "store", "19:00", 60, 150, 14, 5),
    ("store-hyderabad-2", "Madhapur", "500081", "south hyderabad", "store", "19:00", 60, 140, 14, 5),
    ("store-kolkata-1", "Park Street", "700016", "east kolkata", "store", "19:00", 60, 140, 13, 4),
    ("store-kolkata-2", "Ballygunge", "700019", "east kolkata", "store", "19:00", 60, 110, 13, 4),
    ("store-pune-1", "Camp", "411001", "west pune", "store", "19:00", 60, 120, 14, 5),
    ("store-ahmedabad-1", "Satellite", "380015", "west ahmedabad", "store", "19:00", 60, 110, 13, 4),
    ("store-jaipur-1", "MI Road", "302001", "north jaipur", "store", "18:00", 90, 80, 12, 4),
    ("store-kochi-1", "MG Road", "682016", "south kochi", "store", "18:00", 90, 80, 12, 4),
)
# Cities with same-day delivery: the three-digit zones each covers.
CITIES = {
    "mumbai": ("400", "401", "421"),
    "delhi": ("110", "121", "122", "201"),
    "bengaluru": ("560", "562"),
    "chennai": ("600",),
    "hyderabad": ("500",),
    "kolkata": ("700",),
    "pune": ("411", "412"),
    "ahmedabad": ("380", "382"),
}
REMOTE_STATES = {
    "arunachal pradesh", "assam", "manipur", "meghalaya", "mizoram", "nagaland", "sikkim", "tripura",
    "jammu and kashmir", "ladakh", "andaman and nicobar islands", "lakshadweep",
}  # fmt: skip
NO_EXPRESS = ("194", "744")  # Ladakh and the Andaman islands: surface mail only
PICKUPS = (
    # node_id, node_group, carrier_service, pickup_times, weekdays, cutoff_minutes
    ("", "dc", "airlink-express", "17:30 21:30", "MON-SAT", 45),
    ("", "dc", "airlink-saver", "21:30", "MON-SAT", 45),
    ("", "dc", "surfaceline-standard", "16:00 20:30", "MON-SAT", 60),
    ("", "dc", "cityhop-same-day", "11:00 15:00", "MON-SUN", 15),
    ("", "store", "airlink-express", "18:30", "MON-SAT", 30),
    ("", "store", "surfaceline-standard", "17:00", "MON-SAT", 30),
    *(("", city, "cityhop-same-day", "13:00 17:00", "MON-SUN", 15) for city in CITIES),
    ("", "store", "store-pickup", "", "MON-SUN", 0),
)
RATE_ZONES = "abcde"  # a: same city, b: same state or within 300 km, c: between metros, d: rest of India, e: remote
# carrier service -> tiers (up to grams, rupees for zones a-e), then (step grams, rupees a step for zones a-e)
TARIFFS: dict[str, tuple[tuple[tuple[int, tuple[float, ...]], ...], tuple[int, tuple[float, ...]]]] = {
    "airlink-express": (
        (
            (500, (38, 46, 58, 66, 92)),
            (1000, (52, 66, 88, 101, 142)),
            (1500, (66, 86, 118, 136, 192)),
            (2000, (79, 105, 147, 170, 241)),
            (3000, (104, 142, 204, 237, 338)),
            (5000, (152, 214, 316, 369, 530)),
        ),
        (500, (11.5, 17.5, 27.5, 32.5, 47.5)),
    ),
    "airlink-saver": (
        (
            (500, (33, 40, 49, 56, 80)),
            (1000, (45, 57, 74, 85, 122)),
            (2000, (68, 90, 123, 142, 205)),
            (5000, (133, 184, 264, 308, 450)),
        ),
        (1000, (21, 31, 46, 55, 81)),
    ),
    "surfaceline-standard": (
        (
            (500, (29, 34, 41, 45, 67)),
            (1000, (38, 46, 57, 64, 97)),
            (2000, (52, 66, 84, 96, 148)),
            (5000, (86, 114, 150, 175, 282)),
            (10000, (138, 188, 254, 300, 494)),
        ),
        (1000, (9.5, 13.5, 19, 23, 39)),
    ),
    "cityhop-same-day": (((2000, (59,)), (5000, (84,)), (10000, (129,))), (1000, (12,))),
    "store-pickup": (((30000, (0,)),), (0, ())),
}
CATEGORIES = (
    # category, SKU prefix, share of the catalogue, lightest and heaviest grams
    ("apparel", "APP", 0.34, 120, 900),
    ("footwear", "FTW", 0.12, 450, 1600),
    ("beauty", "BTY", 0.14, 60, 700),
    ("electronics", "ELC", 0.12, 90, 3500),
    ("home", "HOM", 0.14, 300, 9000),
    ("grocery", "GRC", 0.09, 200, 5000),
    ("toys", "TOY", 0.05, 150, 2500),
)


@dataclass(frozen=True, slots=True)
class Pin:
    """One PIN code; lat and lng are texts, empty where suspect."""

    code: str
    district: str
    state: str
    lat: str
    lng: str
    suspect: bool


def read_pins(file: Path) -> list[Pin]:
    """Return the PIN codes of a list, ascending."""
    opened = gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else open(file, encoding="utf-8")  # noqa: SIM115
    with opened as lines:
        rows = list(csv.DictReader(lines))
    pins = []
    for row in rows:
        suspect = row["suspect"].lower() in ("1", "true")
        lat, lng = ("", "") if suspect else (_short(row["lat"]), _short(row["lng"]))
        code = row.get("postal_code") or row["pincode"]
        pins.append(Pin(code, row["district"].strip(), _title(row["state"]), lat, lng, suspect))
    return sorted(pins, key=lambda pin: pin.code)


def _short(degrees: str) -> str:
    """Return degrees with at most seven places (a centimetre)."""
    return f"{float(degrees):.7f}".rstrip("0").rstrip(".")


def _title(state: str) -> str:
    return " ".join(word.capitalize() for word in state.split())


def make_tables(pins: Sequence[Pin]) -> dict[str, bytes]:
    """Return file name -> plain CSV bytes of every table."""
    chance = random.Random(SEED)
    zones = _zones(pins)
    skus = _skus(chance)
    tables: dict[str, Iterable[Sequence[object]]] = {
        "zones": [("zone", "name"), *((zone, name) for zone, name, *_ in zones)],
        "postal_codes": _postal_codes(pins),
        "nodes": _nodes(),
        "pickups": [
            ("node_id", "node_group", "carrier_service", "pickup_times", "weekdays", "cutoff_minutes"),
            *PICKUPS,
        ],
        "tariffs": _tariffs(),
        "lanes": _lanes(zones),
        "skus": [("sku", "weight_g", "category"), *skus],
        "stock": _stock(skus, chance),
    }
    return {f"{name}.csv": _csv(rows) for name, rows in tables.items()}


def _csv(rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _postal_codes(pins: Sequence[Pin]) -> Iterable[Sequence[object]]:
    yield ("postal_code", "zone", "lat", "lng", "district", "state", "suspect")
    for pin in pins:
        yield (pin.code, pin.code[:3], pin.lat, pin.lng, pin.district, pin.state, int(pin.suspect))


def _zones(pins: Sequence[Pin]) -> list[tuple[str, str, str, int, int]]:
    """Return (zone, name, state, lat_e7, lng_e7) of each three-digit zone; one without points takes its neighbours'."""
    members: dict[str, list[Pin]] = {}
    points: dict[str, list[tuple[int, int]]] = {}
    for pin in pins:
        members.setdefault(pin.code[:3], []).append(pin)
        if not pin.suspect:
            for prefix in (pin.code[:3], pin.code[:2], ""):
                points.setdefault(prefix, []).append((round(float(pin.lat) * 10**7), round(float(pin.lng) * 10**7)))
    zones = []
    for zone, own in sorted(members.items()):
        district, state = Counter((pin.district, pin.state) for pin in own).most_common(1)[0][0]
        near = next(points[prefix] for prefix in (zone, zone[:2], "") if prefix in points)
        lat, lng = (sum(point[axis] for point in near) // len(near) for axis in (0, 1))
        zones.append((zone, f"{district}, {state}", state, lat, lng))
    return zones


def _nodes() -> Iterable[Sequence[object]]:
    yield (
        "node_id", "name", "type", "postal_code", "groups", "calendar", "cutoff", "pick_lead_minutes",
        "capacity_kind", "capacity_limit", "handling_shipment_micros", "handling_unit_micros", "priority",
    )  # fmt: skip
    for node_id, name, pin, groups, calendar, cutoff, lead, limit, per_shipment, per_unit in NODES:
        kind, group, priority = ("DC", "dc", 1) if node_id.startswith("dc-") else ("STORE", "store", 2)
        yield (
            node_id, name, kind, pin, f"{group} {groups}", calendar, cutoff, lead,
            "SHIPMENTS", limit, per_shipment * RUPEE, per_unit * RUPEE, priority,
        )  # fmt: skip


def _tariffs() -> Iterable[Sequence[object]]:
    yield ("carrier_service", "rate_zone", "up_to_g", "step_g", "cost_micros")
    for service, (tiers, (step_g, steps)) in TARIFFS.items():
        for position in range(len(tiers[0][1])):
            for up_to_g, prices in tiers:
                yield (service, RATE_ZONES[position], up_to_g, "", round(prices[position] * RUPEE))
            if steps:
                yield (service, RATE_ZONES[position], "", step_g, round(steps[position] * RUPEE))


def _lanes(zones: Sequence[tuple[str, str, str, int, int]]) -> Iterable[Sequence[object]]:
    yield ("origin_zone", "destination_zone", "carrier_service", "rate_zone", "transit_days_min", "transit_days_max")
    city_of = {zone: city for city, covered in CITIES.items() for zone in covered}
    lat = np.array([zone[3] for zone in zones], dtype=np.int64)
    lng = np.array([zone[4] for zone in zones], dtype=np.int64)
    metres = distances_m((lat, lng), (lat, lng))
    row_of = {zone[0]: row for row, zone in enumerate(zones)}
    store_zones = {node[2][:3] for node in NODES if node[0].startswith("store-")}
    for origin in sorted({node[2][:3] for node in NODES}):
        start = row_of[origin]
        for end, (zone, _, state, *_) in enumerate(zones):
            km = int(metres[start, end]) // 1000
            same_city = origin == zone or (origin in city_of and city_of.get(zone) == city_of[origin])
            rate_zone = _rate_zone(same_city, state, zones[start][2], km, origin in city_of and zone in city_of)
            extra = 2 if rate_zone == "e" else 0
            if zone not in NO_EXPRESS:
                fast = _days(km, (150, 1500))
                yield (origin, zone, "airlink-express", rate_zone, fast + extra, fast + extra + (km > 400))
                slow = 1 + _days(km, (150, 900))
                yield (origin, zone, "airlink-saver", rate_zone, slow + extra, slow + 1 + extra)
            ground = _days(km, (80, 350, 800, 1400, 2000))
            yield (origin, zone, "surfaceline-standard", rate_zone, ground + extra, ground + 1 + 2 * extra)
            if same_city and origin in city_of:
                yield (origin, zone, "cityhop-same-day", "a", 0, 0)
            if origin == zone and origin in store_zones:
                yield (origin, zone, "store-pickup", "a", 0, 0)


def _rate_zone(same_city: bool, state: str, origin_state: str, km: int, metros: bool) -> str:
    if same_city:
        return "a"
    if state.casefold() in REMOTE_STATES:
        return "e"
    if state == origin_state or km <= 300:
        return "b"
    return "c" if metros else "d"


def _days(km: int, bounds: Sequence[int]) -> int:
    """Return 1 within the first bound, one more beyond each."""
    return 1 + sum(km > bound for bound in bounds)


def _skus(chance: random.Random) -> list[tuple[str, int, str]]:
    """Return (sku, weight_g, category); the hot ones have the category flash-sale."""
    skus = []
    for position in range(HOT_COUNT):
        skus.append((f"HOT-{position + 1:04d}", 20 * (8 + int(chance.random() * 70)), "flash-sale"))
    rest = SKU_COUNT - HOT_COUNT
    for category, prefix, share, low, high in CATEGORIES:
        for position in range(round(rest * share)):
            weight = low + int((high - low) * chance.random() ** 2)
            skus.append((f"{prefix}-{position + 1:04d}", max(10, weight // 10 * 10), category))
    return sorted(skus[:SKU_COUNT])


def _stock(skus: Sequence[tuple[str, int, str]], chance: random.Random) -> Iterable[Sequence[object]]:
    """Deep and broad at the distribution centres, shallow and partial at the stores, next to nothing for hot SKUs."""
    yield ("sku", "node_id", "on_hand", "safety_stock", "routing_reserve")
    for sku, _, category in skus:
        hot = category == "flash-sale"
        demand = chance.random() ** 3  # a few SKUs are held in far larger numbers than most
        for node_id, *_ in NODES:
            at_dc = node_id.startswith("dc-")
            draw, depth = chance.random(), chance.random()
            if hot:
                carried = at_dc or draw < 0.25
                on_hand = 15 + int(45 * depth) if at_dc else 1 + int(3 * depth)
                spare = (0, 0)
            elif at_dc:
                carried = draw < 0.9
                on_hand = 25 + int(60 * depth + 700 * demand * depth)
                spare = (5, 0)
            else:
                carried = draw < 0.3 + 0.25 * demand
                on_hand = 1 + int(9 * depth + 20 * demand * depth)
                spare = (1, 1 if on_hand > 6 else 0)
            if carried:
                yield (sku, node_id, on_hand, *spare)


def write(tables: dict[str, bytes], folder: Path) -> None:
    """Write the tables, the long ones compressed; the bytes depend on nothing but the content."""
    for name, data in tables.items():
        if name.removesuffix(".csv") in COMPRESSED:
            (folder / f"{name}.gz").write_bytes(gzip.compress(data, 9, mtime=0))
        else:
            (folder / name).write_bytes(data)


def main() -> None:
    """Write the tables of the demo network."""
    parser = argparse.ArgumentParser(description="Make the tables of the demo network.")
    parser.add_argument("--pins", type=Path, default=FOLDER / "postal_codes.csv.gz", help="list of PIN codes")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    arguments = parser.parse_args()
    write(make_tables(read_pins(arguments.pins)), arguments.out)


if __name__ == "__main__":
    main()
