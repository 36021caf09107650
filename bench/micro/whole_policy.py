"""A policy with every constraint and every objective on, over the demo network, so set that most nodes still pass."""

from collections.abc import Iterable
from typing import Any

from tests.native.demo_desk import demo_desk, demo_network

from fastdom._native.network import NetworkTables
from fastdom._native.quote_desk import QuoteDesk
from fastdom.policy import read_policy
from fastdom.policy.compile import compile_policy

WHOLE = """\
format = 1
name = "whole"
currency = "INR"
relax = ["must_arrive_by", "distance_cap"]

[constraints]
node_type = { exclude = ["3PL"] }
node_group = { exclude = ["kochi"] }
capability = { hazmat = ["dc"], oversize = ["store", "dc"], oversize_from_g = 20000 }
distance_cap = { limit_km = 4000, limit_km_by_type = { STORE = 2500 } }
carrier_available = { exclude = ["cityhop-same-day"] }
capacity_left = { keep_permille = 50 }
routing_reserve = { extra_units = 1 }
max_shipments = { limit = 4 }
ship_complete = { whole = "line" }
minimum_shipment = { min_units = 1, min_value_micros = 1 }
must_arrive_by = { grace_hours = 12, within_hours = 480 }

[[constraints.service_area.areas]]
group = "store"
zones = [{zones}]

[[constraints.excluded_nodes.nodes]]
node = "{node}"
until = 2020-01-01T00:00:00Z

[objectives]
shipping = { weight = 1 }
handling = { weight = 1 }
split_penalty = { weight = 1, per_shipment_micros = 15_000_000 }
distance = { weight = 1, micros_per_km_unit = 2_000 }
lateness = { weight = 1, micros_per_day = 50_000_000, micros_per_day_unit = 1_000_000 }
transit_time = { weight = 1, micros_per_day = 2_000_000 }
capacity_balance = { weight = 0.5, micros_at_full = 40_000_000 }
stock_balance = { weight = 0.5, micros_per_unit = 20_000_000, target_units = 30 }
weeks_of_supply = { weight = 0.5, micros_per_unit = 20_000_000, target_weeks = 4 }
markdown_avoidance = { weight = 0.25, micros_per_unit = 50_000_000, sell_within_weeks = 8 }
node_priority = { weight = 1, micros_per_step = 1_000_000 }
carbon = { weight = 1, micros_per_kg = 5_000_000, mg_per_km = 300 }
opportunity_cost = { weight = 1 }
"""
LEVELS = """\
combination = "lexicographic"
order = [
  "lateness",
  ["shipping", "handling", "split_penalty", "transit_time", "carbon"],
  ["stock_balance", "weeks_of_supply", "markdown_avoidance", "opportunity_cost"],
  ["distance", "capacity_balance", "node_priority"],
]
"""


def texts(values: Iterable[str]) -> str:
    """Return names as a TOML list's content."""
    return ", ".join(f'"{one}"' for one in values)


def whole_desk(levels: bool) -> QuoteDesk:
    """Return the demo desk under the policy, weighted or in four levels, with demand and prices of every position."""
    document, compiled, _ = demo_network()
    text = WHOLE.replace("{zones}", texts(zone.id for zone in document.zones)).replace("{node}", document.nodes[0].id)
    policy = read_policy((text if not levels else text.replace("[constraints]", LEVELS + "\n[constraints]")).encode())
    nodes = {node.id: i for i, node in enumerate(document.nodes)}
    services = {service: i for i, service in enumerate(compiled.service_ids)}
    tables = NetworkTables(compiled, 1, policies=(compile_policy(policy, 1, document, nodes, services),))
    desk, _ = demo_desk()
    desk.network(tables)
    known: Any = list(zip(document.stock.sku_i.tolist(), document.stock.node_i.tolist(), strict=True))
    desk.quantities(dict.fromkeys(known, 2_500), dict.fromkeys(known, 3_000_000))
    return desk
