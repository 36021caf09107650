"""Policies for tests: one that says everything, random ones, and a small network of names."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from fastdom.network import CapacityKind, NodeType
from fastdom.policy import CONSTRAINTS, OBJECTIVES, NetworkNames, Policy, Standing, read_policy
from fastdom.policy.fields import ByName, Choice, Entries, Field, Flag, Moment, Name, NameOf, Names, Weight, Whole

EVERYTHING = """\
format = 1
name = "everything"
description = "All that can be said."
currency = "EUR"
combination = "lexicographic"
order = [
  "lateness",
  ["shipping", "handling", "split_penalty", "distance", "transit_time", "capacity_balance"],
  ["stock_balance", "weeks_of_supply", "markdown_avoidance", "opportunity_cost"],
  ["node_priority", "carbon"]
]
relax = ["must_arrive_by", "distance_cap", "max_shipments", "routing_reserve"]
fallback = "queue"
effort = 20_000
split_quantities = true

[reroute]
attempts_max = 5
exclude_minutes = 90

[constraints]
node_type = { exclude = ["DROP_SHIP"] }
node_group = { include = ["west", "east"], exclude = ["closing"] }
capability = { hazmat=["west"], cold_chain = ["cold"], gift_wrap = ["west"], oversize = ["cold"], oversize_from_g = 9 }
distance_cap = { limit_km = 900, limit_km_by_type = { STORE = 60 } }
carrier_available = { exclude = ["bike"] }
capacity_left = { keep_permille = 100 }
routing_reserve = { extra_units = 2 }
max_shipments = { limit = 3 }
ship_complete = { whole = "line" }
minimum_shipment = { min_value_micros = 5_000_000, min_units = 2 }
must_arrive_by = { grace_hours = 24, within_hours = 240 }

[[constraints.service_area.areas]]
group = "west"
zones = ["north", "south"]

[[constraints.excluded_nodes.nodes]]
node = "shop"
until = 2027-01-31T18:00:00+01:00

[objectives]
shipping = { weight = 1 }
handling = { weight = 1 }
split_penalty = { weight = 1, per_shipment_micros = 2_000_000 }
distance = { weight = 0.125, micros_per_km_unit = 1000 }
lateness = { weight = 1.5, micros_per_day = 3_000_000, micros_per_day_unit = 100_000 }
transit_time = { weight = 1, micros_per_day = 200_000 }
capacity_balance = { weight = 1, micros_at_full = 4_000_000, from_permille = 600 }
stock_balance = { weight = 1, micros_per_unit = 500_000, target_units = 10 }
weeks_of_supply = { weight = 1, micros_per_unit = 500_000, target_weeks = 4 }
markdown_avoidance = { weight = 1, micros_per_unit = 900_000, sell_within_weeks = 8 }
node_priority = { weight = 1, micros_per_step = 100_000, micros_per_step_unit = 10_000 }
carbon = { weight = 1, micros_per_kg = 100_000, mg_per_km = 900, mg_per_km_by_service = { air = 5000 } }
opportunity_cost = { weight = 1, cap_micros_per_unit = 9_000_000 }
"""

PLAIN = """\
format = 1
name = "plain"

[objectives]
shipping = { weight = 1 }
handling = { weight = 1 }
"""


def toml(text: str) -> Policy:
    """The policy of a TOML text."""
    return read_policy(text.encode())


def plain_with(*lines: str) -> str:
    """The plain document with lines added to its head, or tables to its end."""
    tables = [line for line in lines if line.startswith("[")]
    return "\n".join([*(line for line in lines if line not in tables), PLAIN, *tables])


# --- a network ---


@dataclass(frozen=True)
class Thing:
    """Anything with an id."""

    id: str


@dataclass(frozen=True)
class Place:
    """A node by its names."""

    id: str
    type: NodeType = NodeType.DC
    groups: tuple[str, ...] = ()
    capacity_kind: CapacityKind = CapacityKind.NONE
    capacity_limit: int = 0


@dataclass(frozen=True)
class SmallNetwork:
    """A network by its names."""

    nodes: tuple[Place, ...] = (
        Place("hub", NodeType.DC, ("cold", "east"), CapacityKind.SHIPMENTS, 100),
        Place("shop", NodeType.STORE, ("west",), CapacityKind.UNITS, 40),
    )
    groups: tuple[str, ...] = ("closing", "cold", "east", "west")
    services: tuple[Thing, ...] = field(default=(Thing("air"), Thing("bike"), Thing("ground")))
    zones: tuple[Thing, ...] = (Thing("north"), Thing("south"))
    currency: str = "EUR"


# --- random documents ---

WORDS = st.text("abcü-_ .9\"'\\", min_size=1, max_size=6).map(str.strip).filter(bool)


NameStrategies = dict[NameOf, st.SearchStrategy[str]]
ANY_NAMES: NameStrategies = dict.fromkeys(NameOf, WORDS) | {NameOf.NODE_TYPE: st.sampled_from(["DC", "STORE", "3PL"])}


def names_of(network: NetworkNames) -> NameStrategies:
    """Names that a network has."""
    return {
        NameOf.NODE_TYPE: st.sampled_from(["DC", "STORE", "3PL"]),
        NameOf.GROUP: st.sampled_from(list(network.groups)),
        NameOf.NODE: st.sampled_from([node.id for node in network.nodes]),
        NameOf.SERVICE: st.sampled_from([service.id for service in network.services]),
        NameOf.ZONE: st.sampled_from([zone.id for zone in network.zones]),
    }


def _values(one: Field, names: NameStrategies) -> st.SearchStrategy[Any]:  # noqa: PLR0911
    """What may be written for a field."""
    if isinstance(one, Weight):
        return st.integers(0, 1_024_000).map(lambda milli: milli // 1000 if milli % 1000 == 0 else milli / 1000)
    if isinstance(one, Whole):
        return st.integers(one.low, one.high)
    if isinstance(one, Flag):
        return st.booleans()
    if isinstance(one, Choice):
        return st.sampled_from(one.choices)
    if isinstance(one, Moment):
        return st.datetimes().map(lambda at: at.replace(year=2000 + at.year % 100).isoformat() + "+05:30")
    if isinstance(one, Name):
        return names[one.of]
    if isinstance(one, Names):
        return st.lists(names[one.of], min_size=1, max_size=4, unique=True)
    if isinstance(one, ByName):
        return st.dictionaries(names[one.of], st.integers(one.low, one.high), min_size=1, max_size=3)
    assert isinstance(one, Entries)
    key = one.fields[0].name
    return st.lists(_table(one.fields, names), min_size=1, max_size=3, unique_by=lambda entry: entry[key])


def _table(fields: tuple[Field, ...], names: NameStrategies) -> st.SearchStrategy[dict[str, Any]]:
    """A table with a value for each field; what may be left out sometimes is."""
    required = {one.name: _values(one, names) for one in fields if one.default_text == "required"}
    optional = {one.name: _values(one, names) for one in fields if one.default_text != "required"}
    return st.fixed_dictionaries(required, optional=optional)


def _tables(catalogue: Any, names: NameStrategies) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={one.name: _table(one.fields, names) for one in catalogue})


@st.composite
def documents(draw: st.DrawFn, names: NameStrategies = ANY_NAMES) -> dict[str, Any]:
    """A document that says nothing twice: contradictions are taken out of what was drawn."""
    constraints = draw(_tables([one for one in CONSTRAINTS if one.standing is not Standing.ALWAYS], names))
    objectives = draw(_tables(OBJECTIVES, names))
    _mend(constraints, objectives, draw(names[NameOf.GROUP]))
    relaxable = [one for one in constraints if constraints[one].get("enforced", True)]
    return {
        "format": 1,
        "name": "random",
        "description": draw(st.text('aü\n"\\', max_size=5)),
        "currency": "EUR",
        "relax": draw(st.permutations(relaxable))[: draw(st.integers(0, 3))],
        "fallback": draw(st.sampled_from(["backorder", "queue", "cancel"])),
        "effort": draw(st.integers(0, 1_000_000)),
        "reroute": {"attempts_max": draw(st.integers(0, 100)), "exclude_minutes": draw(st.integers(1, 43_200))},
        "constraints": constraints,
        "objectives": objectives,
    }


def _mend(constraints: dict[str, Any], objectives: dict[str, Any], group: str) -> None:
    """Take contradictions out of what was drawn."""
    objectives["shipping"] = {"weight": 1.25}
    for name in ("node_type", "node_group", "carrier_available"):
        if constraints.get(name) == {}:
            del constraints[name]
        elif name in constraints and "include" in constraints[name]:
            constraints[name].pop("exclude", None)
    constraints.get("capability", {}).update(oversize=[group])
    minimum = constraints.get("minimum_shipment", {})
    minimum["min_units"] = minimum.get("min_units") or 1
    if constraints.get("max_shipments") == {"limit": 1}:
        minimum["only_when_split"] = False
    for name in ("node_group", "node_type"):
        if name in constraints and ({"capability", "distance_cap"} & constraints.keys()):
            del constraints[name]
    if "distance_cap" in constraints:  # the largest distance of all would set nothing
        constraints["distance_cap"]["limit_km"] = min(constraints["distance_cap"].get("limit_km", 5), 20_039)
    for name in ("routing_reserve", "must_arrive_by"):
        if not constraints.get(name, {}).get("enforced", True):
            constraints[name] = {"enforced": False}
    for name, price in (("lateness", "micros_per_day"), ("node_priority", "micros_per_step"), ("carbon", "mg_per_km")):
        objectives.get(name, {}).update({price: 7} if name in objectives else {})
