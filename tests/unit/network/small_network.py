"""A small network as files, for tests to change one thing at a time."""

from fastdom.network import NetworkDocument, load_files

TOML = """\
format = 1
name = "small"
country = "DE"
currency = "EUR"
time_zone = "Europe/Berlin"
default_policy = "cheapest"

[promise]
quote_ttl_s = 600

[rates]
USD = "0.92"

[[channels]]
id = "web"

[[carriers]]
id = "post"

[[carrier_services]]
id = "ground"
carrier = "post"
service_level = "STANDARD"
calendar = "carrier"
delivery_from = "09:00"
delivery_to = "18:00"
max_weight_g = 30000
cod = true

[[carrier_services]]
id = "collect"
carrier = "post"
service_level = "PICKUP"
calendar = "shop"
max_weight_g = 30000

[calendars.dc]
weekdays = "MON-FRI"
pick_from = "08:00"
pick_to = "18:00"
holidays = [{ country = "DE", subdivisions = ["BE"] }]

[calendars.shop]
weekdays = "MON-SAT"
pick_from = "10:00"
pick_to = "20:00"

[calendars.carrier]
weekdays = "MON-SAT"
closed_yearly = ["12-26"]
closed = [2026-05-01]
open = [2026-05-03]

[[policies]]
name = "cheapest"
split_penalty_micros = 1000000
distance_micros_per_km_unit = 100
weights = { shipping = 1024, distance = 512 }
"""

FILES = {
    "network.toml": TOML,
    "zones.csv": "zone,name,time_zone\nnorth,North,\nwest,West,America/New_York\n",
    "postal_codes.csv": (
        "postal_code,zone,lat,lng,district,state,suspect\n"
        "10115,north,52.53,13.38,Mitte,Berlin,0\n"
        "10117,north,52.52,13.39,Mitte,Berlin,0\n"
        "10119,north,,,Mitte,Berlin,1\n"
        "99999,west,40.71,-74.00,Manhattan,New York,0\n"
    ),
    "nodes.csv": (
        "node_id,type,postal_code,calendar,cutoff,pick_lead_minutes,groups,capacity_kind,capacity_limit,"
        "handling_shipment_micros\n"
        "dc,DC,10115,dc,16:00,120,all,UNITS,500,900000\n"
        "shop,STORE,10117,shop,19:00,30,all stores,NONE,,1500000\n"
    ),
    "pickups.csv": (
        "node_id,node_group,carrier_service,pickup_times,weekdays,cutoff_minutes\n"
        ",all,ground,17:00,MON-FRI,30\n"
        "shop,,collect,,,\n"
    ),
    "lanes.csv": (
        "origin_zone,destination_zone,carrier_service,rate_zone,transit_days_min,transit_days_max\n"
        "north,north,ground,near,1,2\n"
        "north,west,ground,far,3,6\n"
        "north,north,collect,near,0,0\n"
    ),
    "tariffs.csv": (
        "carrier_service,rate_zone,up_to_g,step_g,cost_micros,currency\n"
        "ground,near,1000,,3000000,\n"
        "ground,near,5000,,5000000,\n"
        "ground,near,,1000,500000,\n"
        "ground,far,2000,,10000000,USD\n"
        "ground,far,,500,1000000,USD\n"
        "collect,near,30000,,0,\n"
    ),
    "skus.csv": "sku,weight_g,category\nred,200,shirts\nblue,300,shirts\n",
    "stock.csv": "sku,node_id,on_hand,safety_stock,routing_reserve\nred,dc,100,5,0\nblue,shop,3,,1\n",
}


def files(changes: dict[str, tuple[str, str]] | None = None, **whole: str) -> dict[str, bytes]:
    """Return the files, with (old, new) replaced in those named, or whole files replaced by table name."""
    texts = dict(FILES)
    for name, (old, new) in (changes or {}).items():
        assert old in texts[name], f"{old!r} is not in {name}"
        texts[name] = texts[name].replace(old, new, 1)
    for table, text in whole.items():
        texts[f"{table}.csv"] = text
    return {name: text.encode() for name, text in texts.items()}


def document(changes: dict[str, tuple[str, str]] | None = None, **whole: str) -> NetworkDocument:
    """Return the loaded network of `files`."""
    return load_files(files(changes, **whole))
