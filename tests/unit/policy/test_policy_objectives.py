"""Objectives: each has a reference function over its fields and facts, and prices what it says."""

import inspect
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastdom.policy import OBJECTIVES, Objective, Of, Scope, weigh
from fastdom.policy.fields import Money, Whole, steps_of
from fastdom.policy.limits import RAW_MICROS_MAX, WEIGHT_MILLI_MAX

DAY_US = 86_400_000_000
BY_NAME = {objective.name: objective for objective in OBJECTIVES}

CASES: list[tuple[str, dict[str, Any], int]] = [
    ("shipping", {"tariff_micros": 45}, 45),
    ("shipping", {"tariff_micros": 2**51}, 2**50),
    ("handling", {"handling_shipment_micros": 9, "handling_unit_micros": 2, "units": 3}, 15),
    ("split_penalty", {"per_shipment_micros": 15, "shipment_i": 0}, 0),
    ("split_penalty", {"per_shipment_micros": 15, "shipment_i": 2}, 15),
    ("distance", {"micros_per_km_unit": 2000, "distance_m": 1999, "units": 3}, 3 * 3998),
    ("distance", {"micros_per_km_unit": 1, "distance_m": 1999, "units": 3}, 3),
    ("distance", {"micros_per_km_unit": 2000, "distance_m": -1, "units": 3}, 0),
    (
        "lateness",
        {"micros_per_day": 5, "micros_per_day_unit": 1, "arrive_by_us": DAY_US + 1, "required_by_us": 1, "units": 4},
        9,
    ),
    (
        "lateness",
        {"micros_per_day": 5, "micros_per_day_unit": 1, "arrive_by_us": DAY_US + 2, "required_by_us": 1, "units": 4},
        18,
    ),
    (
        "lateness",
        {"micros_per_day": 5, "micros_per_day_unit": 1, "arrive_by_us": 1, "required_by_us": 1, "units": 4},
        0,
    ),
    (
        "lateness",
        {"micros_per_day": 5, "micros_per_day_unit": 1, "arrive_by_us": 9, "required_by_us": 0, "units": 4},
        0,
    ),
    ("transit_time", {"micros_per_day": 5, "ship_day": 20000, "arrive_day": 20003}, 15),
    ("transit_time", {"micros_per_day": 5, "ship_day": 20000, "arrive_day": 20000}, 0),
    ("capacity_balance", {"micros_at_full": 100, "from_permille": 0, "capacity_limit": 10, "capacity_taken": 5}, 25),
    ("capacity_balance", {"micros_at_full": 100, "from_permille": 500, "capacity_limit": 10, "capacity_taken": 5}, 0),
    (
        "capacity_balance",
        {"micros_at_full": 100, "from_permille": 500, "capacity_limit": 10, "capacity_taken": 15},
        100,
    ),
    ("capacity_balance", {"micros_at_full": 100, "from_permille": 0, "capacity_limit": 0, "capacity_taken": 5}, 0),
    ("stock_balance", {"micros_per_unit": 100, "target_units": 10, "available": 8, "units": 3}, 150),
    ("stock_balance", {"micros_per_unit": 100, "target_units": 10, "available": 13, "units": 3}, 0),
    ("stock_balance", {"micros_per_unit": 100, "target_units": 10, "available": 2, "units": 3}, 300),
    (
        "weeks_of_supply",
        {"micros_per_unit": 100, "target_weeks": 4, "available": 5, "weekly_demand_milli": 2000, "units": 1},
        50,
    ),
    (
        "weeks_of_supply",
        {"micros_per_unit": 100, "target_weeks": 4, "available": 5, "weekly_demand_milli": -1, "units": 1},
        0,
    ),
    (
        "markdown_avoidance",
        {"micros_per_unit": 100, "sell_within_weeks": 3, "available": 10, "weekly_demand_milli": 2500, "units": 4},
        200,
    ),
    (
        "markdown_avoidance",
        {"micros_per_unit": 100, "sell_within_weeks": 3, "available": 10, "weekly_demand_milli": 0, "units": 4},
        0,
    ),
    (
        "markdown_avoidance",
        {"micros_per_unit": 100, "sell_within_weeks": 3, "available": 10, "weekly_demand_milli": -1, "units": 4},
        400,
    ),
    ("node_priority", {"micros_per_step": 10, "micros_per_step_unit": 1, "priority": 3, "units": 2}, 36),
    (
        "carbon",
        {
            "micros_per_kg": 100_000,
            "mg_per_km": 900,
            "mg_per_km_by_service": (("air", 5000),),
            "distance_m": 2500,
            "service": "ground",
        },
        225,
    ),
    (
        "carbon",
        {
            "micros_per_kg": 100_000,
            "mg_per_km": 900,
            "mg_per_km_by_service": (("air", 5000),),
            "distance_m": 2500,
            "service": "air",
        },
        1250,
    ),
    ("opportunity_cost", {"cap_micros_per_unit": 10, "price_micros": 7, "units": 3}, 21),
    ("opportunity_cost", {"cap_micros_per_unit": 5, "price_micros": 7, "units": 3}, 15),
]


@pytest.mark.parametrize(("name", "arguments", "raw"), CASES)
def test_objective_prices_what_it_says(name: str, arguments: dict[str, Any], raw: int) -> None:
    """The raw cost of a hand-made case is as computed by hand."""
    assert BY_NAME[name].raw_micros(**arguments) == raw


def test_every_objective_has_a_case() -> None:
    """No objective is without a hand-made case, and names are unique."""
    assert {name for name, _, _ in CASES} == set(BY_NAME)
    assert len(BY_NAME) == len(OBJECTIVES) == 13


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda one: one.name)
def test_arguments_are_fields_and_facts(objective: Objective) -> None:
    """A reference function takes exactly the parameters and facts of its objective, by name."""
    parameters = inspect.signature(objective.raw_micros).parameters.values()
    declared = [field.name for field in objective.parameters] + [fact.name for fact in objective.facts]
    assert sorted(one.name for one in parameters) == sorted(declared)
    assert all(one.kind is one.KEYWORD_ONLY for one in parameters)


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda one: one.name)
def test_objectives_are_explained(objective: Objective) -> None:
    """A reference function tells its meaning and its formula; the file has the objective's name."""
    meaning, formula = (inspect.getdoc(objective.raw_micros) or "").split("\n\n")
    assert meaning.endswith(".")
    assert "``" in formula
    assert objective.raw_micros.__module__ == f"fastdom.policy.objectives.{objective.name}"
    assert {*objective.one_of} <= {field.name for field in objective.parameters}


def _arguments(objective: Objective) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments as large as the format lets them be."""
    values: dict[str, st.SearchStrategy[Any]] = {}
    for field in objective.parameters:
        if isinstance(field, Whole):
            high = 2**50 - 1 if isinstance(field, Money) else field.high
            values[field.name] = st.integers(field.low, high)
        else:
            values[field.name] = st.just((("air", 10_000_000),))
    for fact in objective.facts:
        big = 2**62 if fact.name.endswith("_us") else 2**50 if fact.name.endswith("_micros") else 2**31 - 1
        values[fact.name] = st.sampled_from(["", "air", "ground"]) if fact.name == "service" else st.integers(0, big)
    return st.fixed_dictionaries(values)


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda one: one.name)
@settings(max_examples=40)
@given(data=st.data(), milli=st.integers(0, WEIGHT_MILLI_MAX))
def test_costs_stay_within_their_bounds(objective: Objective, data: st.DataObject, milli: int) -> None:
    """Raw and weighted costs are whole numbers in 0 .. 2**50; a weight of 0 costs nothing."""
    arguments = data.draw(_arguments(objective))
    raw = objective.raw_micros(**arguments)
    weighted = objective.weighted_micros(steps_of(milli), arguments)
    assert type(raw) is type(weighted) is int
    assert 0 <= raw <= RAW_MICROS_MAX
    assert 0 <= weighted <= RAW_MICROS_MAX
    assert objective.weighted_micros(0, arguments) == 0


@pytest.mark.parametrize("objective", [one for one in OBJECTIVES if one.scope is Scope.UNIT], ids=lambda one: one.name)
@settings(max_examples=40)
@given(data=st.data())
def test_unit_costs_are_linear(objective: Objective, data: st.DataObject) -> None:
    """What is priced per unit is a part per shipment plus units times a part per unit, up to the bound."""
    arguments = data.draw(_arguments(objective))
    shipment = objective.raw_micros(**{**arguments, "units": 0})
    unit = objective.raw_micros(**{**arguments, "units": 1}) - shipment
    raw = objective.raw_micros(**arguments)
    assert raw == min(shipment + arguments["units"] * unit, RAW_MICROS_MAX) or raw == RAW_MICROS_MAX


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda one: one.name)
@settings(max_examples=40)
@given(data=st.data())
def test_weight_one_is_the_raw_cost(objective: Objective, data: st.DataObject) -> None:
    """With a weight of 1 the weighted cost is the raw cost."""
    arguments = data.draw(_arguments(objective))
    weighted = objective.weighted_micros(1024, arguments)
    assert weighted == objective.raw_micros(**arguments) or weighted == RAW_MICROS_MAX


def test_weighing_rounds_down() -> None:
    """A weighted cost is floor(raw * steps / 1024), at most 2**50."""
    assert weigh(3, 512) == 1
    assert weigh(2**50, 2**20) == 2**50
    assert weigh(1023, 1) == 0


def test_service_dependent_objectives() -> None:
    """Carriage, dates and emissions depend on the carrier service, so choosing one must weigh them."""
    dependent = {one.name for one in OBJECTIVES if one.by_service}
    assert dependent == {"shipping", "lateness", "transit_time", "capacity_balance", "carbon"}
    assert all(fact.of in Of for one in OBJECTIVES for fact in one.facts)
