"""The two networks that real baskets are routed over: the demo network, and stores with distribution centres."""

import csv
import gzip
import io
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
from bench.quality.baskets import DATA
from numpy.typing import NDArray

from fastdom import network
from fastdom._native.network import NetworkTables
from fastdom._native.quote_desk import QuoteDesk
from fastdom.network.compile import compile_network
from fastdom.network.document import NetworkDocument

NOW_US = 1_764_000_000_000_000  # Monday 2025-11-24 16:00 UTC
STORES = DATA / "us" / "walmart_stores_and_dcs.csv.gz"
ZONES = DATA / "us" / "usps_zone_matrix_zip3_2018.parquet"
ZIPS = DATA / "us" / "geonames_us.csv.gz"
STORES_KEPT = 300
SKUS = 4_000
SEED = 20_260_102

Rows = Iterable[Sequence[object]]


@dataclass(frozen=True)
class World:
    """A network with stock, ready to quote: D destinations, K nodes, S SKUs.

    Attributes
    ----------
    desk
        The real quote path over the stock.
    skus, nodes, postal_codes
        External ids by dense index; skus[rank] is the SKU that stands for a basket's SKU of that rank.
    available
        int64 [S, K] units that routing may use.
    distance_m
        int64 [D, K].
    priority
        int64 [K] lower is walked first.
    split_penalty_micros
        Of the default policy.
    added
        What is not in the data and was made up.
    """

    name: str
    desk: QuoteDesk
    skus: tuple[str, ...]
    nodes: tuple[str, ...]
    postal_codes: tuple[str, ...]
    country: str
    channel: str
    available: NDArray[np.int64]
    distance_m: NDArray[np.int64]
    priority: NDArray[np.int64]
    split_penalty_micros: int
    added: str


def demo_world() -> World:
    """The demo network with its stock; the SKUs most often bought are those it holds most of."""
    with resources.as_file(resources.files("fastdom.demo") / "network") as folder:
        document = network.load(folder)
    stock = document.stock
    held = np.bincount(stock.sku_i, stock.on_hand, len(document.skus.ids))
    hot = np.array([sku.startswith("HOT-") for sku in document.skus.ids])
    ranked = [int(sku) for sku in np.argsort(-held, kind="stable") if not hot[sku]]
    columns = (stock.sku_i, stock.node_i, stock.on_hand, stock.safety_stock, stock.routing_reserve)
    rows: list[tuple[int, ...]] = [tuple(row) for row in zip(*(column.tolist() for column in columns), strict=True)]
    added = "destinations (uniform over postal codes), SKU weights, stock, tariffs: those of the demo network"
    return _world("demo network", document, "own-site", ranked, rows, added)


def store_world_missing() -> str:
    """Why there is no store network here; empty when there is."""
    absent = [str(path) for path in (STORES, ZONES, ZIPS) if not path.is_file()]
    return f"stores, zones or ZIP codes are not here: {', '.join(absent)}" if absent else ""


def store_world() -> World:
    """78 distribution centres and 300 stores at their real places, USPS zones between three-digit ZIP areas."""
    rng = random.Random(SEED)
    files, weights = _store_files(rng)
    document = network.load_files(files)
    centre = [node.id.startswith("dc-") for node in document.nodes]
    rows: list[tuple[int, ...]] = []
    for sku in range(len(weights)):
        for node, is_centre in enumerate(centre):
            if rng.random() < (0.7 if is_centre else 0.25):
                rows.append((sku, node, rng.randrange(20, 400) if is_centre else rng.randrange(1, 12), 0, 0))
    added = (
        f"destinations (uniform over ZIP codes), SKU weights, stock (a SKU at 70 % of the centres and 25 % of the "
        f"stores), parcel prices by USPS zone; {STORES_KEPT} stores drawn of all"
    )
    return _world("stores and distribution centres", document, "web", list(range(len(weights))), rows, added)


def _world(
    name: str,
    document: NetworkDocument,
    channel: str,
    ranked: list[int],
    rows: list[tuple[int, ...]],
    added: str,
) -> World:
    nodes = tuple(node.id for node in document.nodes)
    skus = tuple(document.skus.ids)
    node_of = {node: i for i, node in enumerate(nodes)}
    compiled = compile_network(document, node_of, {sku: i for i, sku in enumerate(skus)}, NOW_US)
    desk = QuoteDesk(NetworkTables(compiled, 1), skus, nodes, [channel])
    available = np.zeros((len(skus), len(nodes)), np.int64)
    for sku, node, on_hand, safety, reserve in rows:
        desk.stock(sku, node, on_hand, safety, reserve)
        available[sku, node] = max(0, on_hand - safety - reserve)
    default = document.policies[document.default_policy_i]
    return World(
        name=name,
        desk=desk,
        skus=tuple(skus[sku] for sku in ranked),
        nodes=nodes,
        postal_codes=tuple(compiled.postal_text),
        country=document.country,
        channel=channel,
        available=available[ranked],
        distance_m=np.asarray(compiled.distance_m, np.int64),
        priority=np.array([node.priority for node in document.nodes], np.int64),
        split_penalty_micros=default.split_penalty_micros * default.split_penalty // 1024,
        added=added,
    )


TOML = """
format = 1
name = "store-dc"
country = "US"
currency = "USD"
time_zone = "America/Chicago"
default_policy = "cheapest"

[promise]
quote_ttl_s = 900
horizon_days = 14
pickup_slot_minutes = 60

[[channels]]
id = "web"
default_ttl_s = 900

[[carriers]]
id = "parcel"

[[carrier_services]]
id = "ground"
carrier = "parcel"
service_level = "STANDARD"
calendar = "daily"
delivery_from = "09:00"
delivery_to = "20:00"
max_weight_g = 30000
cod = false

[calendars.daily]
weekdays = "MON-SUN"
pick_from = "06:00"
pick_to = "22:00"

[[policies]]
name = "cheapest"
version = 1
split_penalty_micros = 500000
distance_micros_per_km_unit = 100
weights = { shipping = 1024, handling = 1024, split_penalty = 1024, distance = 1024 }
"""


def _store_files(rng: random.Random) -> tuple[dict[str, bytes], list[int]]:
    """Files of the network, and the grams of each SKU."""
    from pyarrow import parquet

    matrix = parquet.read_table(ZONES).to_pydict()
    origins = [f"{int(zip3):03d}" for zip3 in matrix["origin_zip3"]]
    known = set(origins) & set(matrix)
    every = [row for row in _csv_rows(ZIPS) if row["postal_code"][:3] in known]
    place = np.array([[float(row["lat"]), float(row["lng"])] for row in every])
    sites = _csv_rows(STORES)
    centres = [row for row in sites if row["type"] == "DistributionCenter"]
    stores = rng.sample([row for row in sites if row["type"] != "DistributionCenter"], STORES_KEPT)
    nodes: list[Sequence[object]] = []
    for prefix, group in (("dc", centres), ("store", stores)):
        for i, site in enumerate(group):
            away = place - [float(site["lat"]), float(site["long"])]
            zip_code = every[int((away**2).sum(axis=1).argmin())]["postal_code"]
            per_parcel, per_unit, priority = (600_000, 150_000, 1) if prefix == "dc" else (1_200_000, 400_000, 2)
            kind = prefix.upper()
            nodes.append((
                f"{prefix}-{i:04d}", site["city"], kind, zip_code, prefix, "daily", "18:00", 120, "SHIPMENTS",
                1_000_000, per_parcel, per_unit, priority,
            ))  # fmt: skip
    at_node = {str(node[3]) for node in nodes}
    kept = [row for i, row in enumerate(every) if i % 8 == 0 or row["postal_code"] in at_node]
    zones = sorted({row["postal_code"][:3] for row in kept})
    weights = [rng.randrange(50, 900) for _ in range(SKUS)]
    lanes = [
        (origins[i], zone, "ground", matrix[zone][i], 1 + matrix[zone][i] // 3, 2 + matrix[zone][i] // 2)
        for i in (origins.index(zip3) for zip3 in sorted({zip_code[:3] for zip_code in at_node}))
        for zone in zones
        if 1 <= matrix[zone][i] <= 9
    ]
    tables: dict[str, Rows] = {
        "nodes": [NODE_COLUMNS, *nodes],
        "zones": [("zone", "name"), *((zone, zone) for zone in zones)],
        "postal_codes": [
            ("postal_code", "zone", "lat", "lng", "district", "state", "suspect"),
            *((r["postal_code"], r["postal_code"][:3], r["lat"], r["lng"], "", r["admin1_code"], 0) for r in kept),
        ],
        "pickups": [
            PICKUP_COLUMNS,
            ("", "dc", "ground", "20:00", "MON-SUN", 60),
            ("", "store", "ground", "18:00", "MON-SUN", 60),
        ],
        "tariffs": [("carrier_service", "rate_zone", "up_to_g", "step_g", "cost_micros"), *_prices()],
        "lanes": [LANE_COLUMNS, *lanes],
        "skus": [("sku", "weight_g", "category"), *((f"S{i:04d}", grams, "all") for i, grams in enumerate(weights))],
    }  # fmt: skip
    return {"network.toml": TOML.encode(), **{f"{name}.csv": _csv(rows) for name, rows in tables.items()}}, weights


NODE_COLUMNS = (
    "node_id", "name", "type", "postal_code", "groups", "calendar", "cutoff", "pick_lead_minutes",
    "capacity_kind", "capacity_limit", "handling_shipment_micros", "handling_unit_micros", "priority",
)  # fmt: skip
PICKUP_COLUMNS = ("node_id", "node_group", "carrier_service", "pickup_times", "weekdays", "cutoff_minutes")
LANE_COLUMNS = (
    "origin_zone", "destination_zone", "carrier_service", "rate_zone", "transit_days_min", "transit_days_max",
)  # fmt: skip


def _prices() -> Rows:
    """Parcel prices by USPS zone 1 .. 9: dearer with distance and weight, less so for each further kilogram."""
    for zone in range(1, 10):
        for kilos, base in ((0.5, 5.2), (1, 6.4), (2, 8.1), (5, 12.5), (10, 19.0), (20, 31.0)):
            yield "ground", zone, int(kilos * 1_000), "", round((base * (1 + 0.11 * (zone - 1))) * 1e6)
        yield "ground", zone, "", 1_000, round(1.3 * (1 + 0.11 * (zone - 1)) * 1e6)


def _csv(rows: Rows) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _csv_rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
