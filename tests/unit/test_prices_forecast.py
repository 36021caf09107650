"""Forecast and costs: built from orders and rates, refused when they contradict themselves."""

from typing import Any

import numpy as np
import pytest

from fastdom.prices import Costs, Forecast


def forecast(**changed: Any) -> Forecast:
    """Two types: one line of SKU 0 to place 0, two lines to place 1."""
    fields = {
        "line_start": np.array([0, 1, 3], np.int32),
        "sku_i": np.array([0, 0, 1], np.int32),
        "quantity": np.array([1, 2, 1], np.int32),
        "place_i": np.array([0, 1], np.int32),
        "count": np.array([2.5, 1.0]),
    }
    return Forecast(**{**fields, **changed})


def costs(**changed: Any) -> Costs:
    """Two places, three nodes, two SKUs."""
    fields = {
        "fixed": np.full((2, 3), 40),
        "unit": np.full((2, 3), 5),
        "unserved_order": np.full(2, 100),
        "unserved_unit": np.full(2, 50),
        "unserved_sku": np.zeros(2, np.int64),
    }
    return Costs(**{**fields, **changed})


def test_orders_of_one_kind_become_one_type() -> None:
    """The same lines in another order to the same place add up."""
    made = Forecast.of_orders([(1, [(0, 2), (1, 1)], 3.0), (1, [(1, 1), (0, 2)], 0.5), (0, [(0, 1)], 2.5)])
    assert made.count.tolist() == [3.5, 2.5]
    assert made.line_start.tolist() == [0, 2, 3]
    assert made.sku_i.tolist() == [0, 1, 0]
    assert made.quantity.tolist() == [2, 1, 1]
    assert made.place_i.tolist() == [1, 0]


def test_no_orders_make_an_empty_forecast() -> None:
    """Nothing expected is a forecast of no types."""
    made = Forecast.of_orders([])
    assert made.count.size == made.sku_i.size == 0


def test_rates_become_single_units() -> None:
    """Every rate above zero is one type of one unit."""
    made = Forecast.of_rates(np.array([[0.0, 1.5], [2.0, 0.0]]))
    assert made.sku_i.tolist() == [0, 1]
    assert made.place_i.tolist() == [1, 0]
    assert made.count.tolist() == [1.5, 2.0]
    assert made.quantity.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("line_start", np.array([0, 2, 1], np.int32)),
        ("line_start", np.array([0, 1], np.int32)),
        ("line_start", np.array([1, 1, 3], np.int32)),
        ("sku_i", np.array([0, -1, 1], np.int32)),
        ("quantity", np.array([1, 0, 1], np.int32)),
        ("quantity", np.array([1, 1], np.int32)),
        ("place_i", np.array([0, -1], np.int32)),
        ("count", np.array([1.0, -0.5])),
        ("count", np.array([1.0, np.nan])),
        ("count", np.array([1.0])),
        ("sku_i", np.array([0, 0, 1])),
    ],
)
def test_a_bad_forecast_is_refused_by_field(field: str, value: np.ndarray[Any, Any]) -> None:
    """The message begins with the name of the field."""
    with pytest.raises(ValueError, match=f"^{field}:"):
        forecast(**{field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("fixed", np.full((2, 2), 40)),
        ("fixed", np.full((2, 3), -2)),
        ("fixed", np.full((2, 3), -1)),
        ("unit", np.full((2, 3), (1 << 50) + 1)),
        ("unserved_order", np.zeros(3, np.int64)),
        ("unserved_unit", np.full(2, -1)),
        ("unserved_sku", np.zeros(2)),
        ("kilogram", np.zeros((2, 3), np.int64)),
        ("weight_g", np.zeros(2, np.int64)),
    ],
)
def test_bad_costs_are_refused_by_field(field: str, value: np.ndarray[Any, Any]) -> None:
    """The message names the field."""
    with pytest.raises(ValueError, match=field):
        costs(**{field: value})
