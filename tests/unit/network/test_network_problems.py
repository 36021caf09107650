"""Bad files: each problem names file, line, field and what is allowed."""

import pytest
from tests.unit.network.small_network import FILES, files

from fastdom.network import NetworkInvalid, load_files
from fastdom.network.limits import PROBLEMS_MAX

LONG = "x" * 65

CELLS = [
    # file, old, new, problem: line, field, what is allowed, what was found
    ("nodes.csv", "500,900000", "-3,900000", '2: capacity_limit: must be >= 0, got "-3"'),
    ("nodes.csv", "500,900000", "5e2,900000", '2: capacity_limit: must be a whole number 0..1000000000, got "5e2"'),
    ("nodes.csv", "500,900000", "٣,900000", '2: capacity_limit: must be a whole number 0..1000000000, got "٣"'),
    ("nodes.csv", "UNITS,500", "UNITS,", "2: capacity_limit: is missing for this capacity_kind"),
    ("nodes.csv", "NONE,,", "NONE,7,", '3: capacity_limit: must be empty or 0 where capacity_kind is NONE, got "7"'),
    ("nodes.csv", "UNITS", "PALLETS", '2: capacity_kind: must be one of , NONE, SHIPMENTS, UNITS, got "PALLETS"'),
    ("nodes.csv", "dc,DC", "dc,HUB", '2: type: must be one of DC, STORE, 3PL, DARK_STORE, DROP_SHIP, got "HUB"'),
    ("nodes.csv", "10115,dc", "10116,dc", '2: postal_code: must be a postal code of this network, got "10116"'),
    ("nodes.csv", "10115,dc", "10115,hub", '2: calendar: must be a calendar of this network, got "hub"'),
    ("nodes.csv", "16:00", "19:00", '2: cutoff: must be within the hours 08:00..18:00 of calendar dc, got "19:00"'),
    ("nodes.csv", "16:00", "4pm", '2: cutoff: must be a time HH:MM from 00:00 to 24:00, got "4pm"'),
    ("nodes.csv", "shop,STORE", "dc,STORE", "3: node_id: this node is already given in line 2"),
    ("nodes.csv", "shop,STORE", f"{LONG},STORE", f'3: node_id: must have at most 64 bytes, got "{LONG}"'),
    (
        "nodes.csv",
        "shop,STORE",
        " shop,STORE",
        '3: node_id: must be printable text without blanks at its ends, got " shop"',
    ),
    ("nodes.csv", "shop,STORE", ",STORE", '3: node_id: must have 1..64 bytes, got ""'),
    ("nodes.csv", "900000", str(2**50), f'2: handling_shipment_micros: must be 0..{2**50 - 1}, got "{2**50}"'),
    (
        "zones.csv",
        "America/New_York",
        "Mars/Olympus",
        '3: time_zone: must be a time zone of the IANA database, such as Asia/Kolkata, got "Mars/Olympus"',
    ),
    ("zones.csv", "west,West", "north,West", "3: zone: this zone is already given in line 2"),
    ("postal_codes.csv", "10117,north", "10117,south", '3: zone: must be a zone of this network, got "south"'),
    ("postal_codes.csv", "10117", "10115", "3: postal_code: this postal code is already given in line 2"),
    ("postal_codes.csv", "52.53", "95", '2: lat: must be decimal degrees, -90..90, got "95"'),
    ("postal_codes.csv", "52.53", "", '2: lat: must be decimal degrees, -90..90, got ""'),
    (
        "postal_codes.csv",
        "10119,north,,,Mitte,Berlin",
        "77777,north,,,Ulm,Hessen",
        "4: suspect: no good postal code shares its first 3 or 2 characters or its district",
    ),
    ("skus.csv", "red,200", "red,-1", '2: weight_g: must be >= 0, got "-1"'),
    ("skus.csv", "blue", "red", "3: sku: this SKU is already given in line 2"),
    ("stock.csv", "red,dc", "green,dc", '2: sku: must be a SKU of this network, got "green"'),
    ("stock.csv", "blue,shop", "red,dc", "3: sku: stock of this SKU at this node is already given in line 2"),
    ("stock.csv", "100,5", "1000000001,5", '2: on_hand: must be 0..1000000000, got "1000000001"'),
    (
        "pickups.csv",
        ",all,ground",
        ",none,ground",
        '2: node_group: must be a group that some node belongs to, got "none"',
    ),
    ("pickups.csv", ",all,ground", "dc,all,ground", "2: node_id: give either node_id or node_group"),
    ("pickups.csv", "shop,,", "shed,,", '3: node_id: must be a node of this network, got "shed"'),
    ("pickups.csv", "17:00", "24:00", '2: pickup_times: must be a time HH:MM from 00:00 to 23:59, got "24:00"'),
    (
        "pickups.csv",
        "17:00",
        "",
        "2: pickup_times: must have at least one time HH:MM (only PICKUP services may leave it empty)",
    ),
    (
        "pickups.csv",
        "MON-FRI",
        "MON-FRY",
        '2: weekdays: must be weekdays such as MON-SAT or MON WED FRI, got "MON-FRY"',
    ),
    ("lanes.csv", "north,west", "north,east", '3: destination_zone: must be a zone of this network, got "east"'),
    ("lanes.csv", "far,3", "away,3", '3: rate_zone: must be a rate zone of ground in tariffs.csv, got "away"'),
    ("lanes.csv", "1,2", "3,2", '2: transit_days_max: must be >= transit_days_min 3, got "2"'),
    ("lanes.csv", "3,6", "3,61", '3: transit_days_max: must be 0..60, got "61"'),
    (
        "lanes.csv",
        "north,west,ground,far",
        "north,north,ground,near",
        "3: carrier_service: lane of this service is already given in line 2",
    ),
    ("tariffs.csv", "near,1000", "near,5000", "3: up_to_g: this tier is already given in line 2"),
    ("tariffs.csv", "far,,500,", "far,2500,500,", "6: up_to_g: give either up_to_g or step_g, at least 1"),
    ("tariffs.csv", "3000000,", "3000000,GBP", '2: currency: must be EUR or one of [rates], got "GBP"'),
    ("tariffs.csv", "3000000", str(2**50), f'2: cost_micros: must be 0..{2**50 - 1}, got "{2**50}"'),
    (
        "tariffs.csv",
        "near,30000",
        "near,20000",
        "7: up_to_g: last tier 20000 g is below 30000 g, the max_weight_g of collect, and there is no step row",
    ),
    ("tariffs.csv", "1000,500000", f"1000,{2**49}", f"4: cost_micros: cost of 30000 g must be at most {2**50 - 1}"),
    ("tariffs.csv", "near,1000,", "near,,7", "4: step_g: this tariff's step is already given in line 2"),
    (
        "network.toml",
        "[promise]",
        "colour = 1\n[promise]",
        "8: colour: unknown key; known are calendars, carrier_services, carriers, channels, country, currency, "
        "default_policy, format, name, policies, promise, rates, time_zone",
    ),
    ("network.toml", '"EUR"', '"EURO"', '4: currency: must be an active ISO 4217 code, got "EURO"'),
    (
        "network.toml",
        "USD =",
        "EUR =",
        "12: rates.EUR: is the network's own currency; its rate is 1 and must not be given",
    ),
    ("network.toml", '"0.92"', "0.92", '12: rates.USD: must be a string, got "0.92"'),
    (
        "network.toml",
        '"0.92"',
        '"-1"',
        '12: rates.USD: must be a positive decimal number with at most 6 places, such as 83.10, got "-1"',
    ),
    (
        "network.toml",
        "Europe/Berlin",
        "Europe/Bonn",
        '5: time_zone: must be a time zone of the IANA database, such as Asia/Kolkata, got "Europe/Bonn"',
    ),
    (
        "network.toml",
        'default_policy = "cheapest"',
        'default_policy = "best"',
        '6: default_policy: must be a policy of this network, got "best"',
    ),
    (
        "network.toml",
        "quote_ttl_s = 600",
        "quote_ttl_s = 0",
        '9: promise.quote_ttl_s: must be a whole number 1..2592000, got "0"',
    ),
    (
        "network.toml",
        '"STANDARD"',
        '"FAST"',
        '23: carrier_services[0].service_level: must be one of STANDARD, EXPRESS, SAME_DAY, PICKUP, got "FAST"',
    ),
    (
        "network.toml",
        'carrier = "post"',
        'carrier = "pigeon"',
        '22: carrier_services[0].carrier: must be a carrier of this network, got "pigeon"',
    ),
    ("network.toml", 'id = "ground"', 'id = "collect"', '31: carrier_services[1].id: is already given, got "collect"'),
    (
        "network.toml",
        'delivery_to = "18:00"',
        'delivery_to = "09:00"',
        '26: carrier_services[0].delivery_to: must be later than delivery_from, got "09:00"',
    ),
    (
        "network.toml",
        'weekdays = "MON-FRI"\n',
        'weekdays = ""\n',
        "38: calendars.dc.weekdays: calendar has no working day: name weekdays or open dates",
    ),
    (
        "network.toml",
        'pick_to = "18:00"',
        'pick_to = "07:00"',
        '40: calendars.dc.pick_to: must be later than pick_from, got "07:00"',
    ),
    (
        "network.toml",
        '"BE"',
        '"XX"',
        "41: calendars.dc.holidays[0].subdivisions: must be a country and subdivision of the holidays package, "
        'got "DE XX"',
    ),
    ("network.toml", '"12-26"', '"12-32"', '50: calendars.carrier.closed_yearly: must be dates MM-DD, got "12-32"'),
    (
        "network.toml",
        "closed = [2026-05-01]",
        'closed = ["May 1"]',
        '51: calendars.carrier.closed: must be dates YYYY-MM-DD, got "May 1"',
    ),
    (
        "network.toml",
        "shipping = 1024",
        "shipping = 1048577",
        '58: policies[0].weights.shipping: must be a whole number 0..1048576, got "1048577"',
    ),
    ("network.toml", "format = 1", "format = 2", '1: format: must be a whole number 1..1, got "2"'),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), CELLS, ids=[f"{case[0]}:{case[3][:40]}" for case in CELLS])
def test_a_bad_value_is_named_with_file_line_and_field(file: str, old: str, new: str, expected: str) -> None:
    """The message says where the value is, what is allowed and what was found."""
    with pytest.raises(NetworkInvalid) as caught:
        load_files(files({file: (old, new)}))
    assert f"{file}:{expected}" in str(caught.value).splitlines()


def test_all_problems_are_named_at_once() -> None:
    """One run names the problems of every file, by file and line."""
    given = files({"nodes.csv": ("500,", "-1,"), "skus.csv": ("200", "x"), "lanes.csv": ("1,2", "2,1")})
    with pytest.raises(NetworkInvalid) as caught:
        load_files(given)
    places = [(problem.file, problem.line) for problem in caught.value.problems]
    assert places == [("lanes.csv", 2), ("nodes.csv", 2), ("skus.csv", 2)]
    assert caught.value.count == 3


def test_very_many_problems_are_counted_but_not_kept() -> None:
    """Problems beyond the limit are counted, and the message shows the first fifty."""
    rows = "".join(f"sku-{row},x\n" for row in range(PROBLEMS_MAX + 500))
    with pytest.raises(NetworkInvalid) as caught:
        load_files(files(skus=f"sku,weight_g\n{rows}", stock="sku,node_id,on_hand\n"))
    assert caught.value.count == PROBLEMS_MAX + 500
    assert len(caught.value.problems) == PROBLEMS_MAX
    assert str(caught.value).splitlines()[-1] == f"and {PROBLEMS_MAX + 450} more problems"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "skus.csv:1: sku: column is missing"),
        ("sku,weight_g,size\na,1,2\n", "skus.csv:1: size: unknown column; known are sku, weight_g, category, name"),
        ("sku,weight_g,sku\na,1,a\n", "skus.csv:1: sku: column is given twice"),
        ("sku,weight_g\na,1\nb\nc,3\n", "skus.csv:3: must have 2 cells, got 1"),
        ("sku,weight_g\na,1\nb,2,3\n", "skus.csv:3: must have 2 cells, got 3"),
        ('sku,weight_g\n"a,1\n', "skus.csv:2: not CSV (unexpected end of data)"),
        ('sku,weight_g,category\na,1,"two\nlines"\nb,x,\n', "skus.csv:4: weight_g: must be a whole number 0..10000000"),
        ("sku,weight_g\n", "skus.csv: needs at least one SKU"),
    ],
)
def test_a_malformed_table_is_named(text: str, expected: str) -> None:
    """Headers, ragged rows and broken quotes are named with their line; lines count as in an editor."""
    with pytest.raises(NetworkInvalid) as caught:
        load_files(files(skus=text, stock="sku,node_id,on_hand\n"))
    assert any(line.startswith(expected) for line in str(caught.value).splitlines())


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"name = ", "network.toml: not TOML"),
        (b"\nname 1\n", "network.toml:2: not TOML"),
        (b'name = "\xff"', "network.toml: must be UTF-8 text"),
        (b"name = " + b"[" * 3000 + b"]" * 3000, "network.toml: not TOML (nested too deeply)"),
        (b"name = " + b"1" * 5000, "network.toml: not TOML (Exceeds the limit"),
        (b"", "network.toml:1: currency: is missing"),
    ],
    ids=["no value", "no sign", "no text", "deep", "long number", "empty"],
)
def test_a_malformed_structure_is_named(data: bytes, expected: str) -> None:
    """network.toml that is no TOML, no text, empty, or beyond what the parser takes is named as such."""
    with pytest.raises(NetworkInvalid) as caught:
        load_files({**files(), "network.toml": data})
    assert any(line.startswith(expected) for line in str(caught.value).splitlines())


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".csv")])
def test_text_that_is_not_utf8_is_named(name: str) -> None:
    """A table in another encoding is named with the line of its first bad byte."""
    given = files()
    given[name] = given[name].replace(b"\n", b"\n\xe9", 1)
    with pytest.raises(NetworkInvalid) as caught:
        load_files(given)
    assert f"{name}:2: must be UTF-8 text" in str(caught.value).splitlines()


def test_tariffs_that_need_too_fine_a_grid_are_refused() -> None:
    """Steps so small that the common weight grid would not fit are refused with advice."""
    with pytest.raises(NetworkInvalid, match=r"tariffs\.csv: up_to_g: the tiers and steps of all tariffs together"):
        load_files(files({"tariffs.csv": ("far,,500", "far,,1")}))


def test_too_many_services_on_one_lane_are_refused() -> None:
    """At most four services of one level may compete on a lane; the lane that is one too many is named."""
    block = FILES["network.toml"].split("[[carrier_services]]")[1]
    more = "".join(f"[[carrier_services]]{block}".replace('"ground"', f'"ground-{k}"') for k in range(4))
    lanes = FILES["lanes.csv"] + "".join(f"north,north,ground-{k},near,1,2\n" for k in range(4))
    tariffs = FILES["tariffs.csv"] + "".join(f"ground-{k},near,30000,,1,\n" for k in range(4))
    given = files(lanes=lanes, tariffs=tariffs) | {"network.toml": (FILES["network.toml"] + more).encode()}
    with pytest.raises(NetworkInvalid) as caught:
        load_files(given)
    assert str(caught.value) == "lanes.csv:8: carrier_service: more than 4 STANDARD services on one lane"


def test_long_names_are_refused() -> None:
    """Ids of calendars and names for people are bounded too."""
    long_id = files(
        {"network.toml": ("[calendars.dc]", f"[calendars.{LONG}]")}, pickups="carrier_service,pickup_times\n"
    )
    with pytest.raises(NetworkInvalid, match=rf"calendars\.{LONG}: calendar name must have at most 64 bytes"):
        load_files(long_id)
    label = "x" * 201
    with pytest.raises(
        NetworkInvalid, match=r"network\.toml:16: channels\[0\]\.name: must be printable text of at most 200"
    ):
        load_files(files({"network.toml": ('id = "web"', f'id = "web"\nname = "{label}"')}))
