"""What the look-ahead prices are computed from: expected orders, what serving them costs, and what nobody serves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

COST_MAX = 1 << 50
"""Most micros that a shipment or a unit may cost, as in the routing kernel."""

NOT_SERVED = -1
"""Cost of a lane that does not exist."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What shipments cost: P places (zones of destination), K nodes, S SKUs. All int64; money is micros.

    Attributes
    ----------
    fixed, unit
        [P, K] per shipment and per unit, 0 .. COST_MAX; NOT_SERVED in both: the node does not serve the place. A
        tariff with weight tiers enters as the line through its usual weights (`network_costs`).
    unserved_order, unserved_unit
        [P] what an order with an unserved line costs once, and what each unserved unit costs.
    unserved_sku
        [S] further cost of each unserved unit, for example its margin.
    kilogram, weight_g
        [P, K] micros per kilogram and [S] grams of a unit; both None: weight costs nothing.

    Raises
    ------
    ValueError
        When shapes disagree or a cost is out of range; the message names the field.
    """

    fixed: NDArray[np.int64]
    unit: NDArray[np.int64]
    unserved_order: NDArray[np.int64]
    unserved_unit: NDArray[np.int64]
    unserved_sku: NDArray[np.int64]
    kilogram: NDArray[np.int64] | None = None
    weight_g: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        if (self.kilogram is None) != (self.weight_g is None):
            raise ValueError("kilogram, weight_g: one needs the other")
        if self.kilogram is not None and self.kilogram.shape != self.fixed.shape:
            raise ValueError(f"kilogram: expected shape {self.fixed.shape}, got {self.kilogram.shape}")
        if self.weight_g is not None and self.weight_g.shape != self.unserved_sku.shape:
            raise ValueError(f"weight_g: expected shape {self.unserved_sku.shape}, got {self.weight_g.shape}")
        if self.fixed.ndim != 2 or self.fixed.shape != self.unit.shape:
            raise ValueError(
                f"fixed, unit: expected one shape [places, nodes], got {self.fixed.shape}, {self.unit.shape}"
            )
        for name in ("unserved_order", "unserved_unit"):
            if getattr(self, name).shape != self.fixed.shape[:1]:
                raise ValueError(f"{name}: expected shape {self.fixed.shape[:1]}, got {getattr(self, name).shape}")
        for field in fields(self):
            if getattr(self, field.name) is None:
                continue
            _check(field.name, getattr(self, field.name), np.int64)
            lowest = NOT_SERVED if field.name in ("fixed", "unit") else 0
            _check_range(field.name, getattr(self, field.name), lowest, COST_MAX)
        if ((self.fixed == NOT_SERVED) != (self.unit == NOT_SERVED)).any():
            raise ValueError("fixed, unit: a lane that does not exist must be -1 in both")


@dataclass(frozen=True, slots=True)
class Forecast:
    """Orders expected until the horizon, by type: Q types, L lines in all.

    Attributes
    ----------
    line_start
        int32 [Q + 1] first line of each type; line_start[Q] = L.
    sku_i, quantity
        int32 [L] SKU and units (at least 1) of each line. A line travels whole.
    place_i
        int32 [Q] destination.
    count
        float64 [Q] orders of the type expected, at least 0; fractions are meant.

    Raises
    ------
    ValueError
        When lengths disagree or a value is out of range; the message names the field.
    """

    line_start: NDArray[np.int32]
    sku_i: NDArray[np.int32]
    quantity: NDArray[np.int32]
    place_i: NDArray[np.int32]
    count: NDArray[np.float64]

    def __post_init__(self) -> None:
        for field in fields(self):
            _check(field.name, getattr(self, field.name), np.float64 if field.name == "count" else np.int32)
        start, types = self.line_start, self.place_i.size
        if start.size != types + 1 or start[0] != 0 or (np.diff(start) < 0).any() or start[-1] != self.sku_i.size:
            raise ValueError(f"line_start: expected {types + 1} rising offsets from 0 to {self.sku_i.size}")
        if self.quantity.size != self.sku_i.size:
            raise ValueError(f"quantity: expected {self.sku_i.size} values, got {self.quantity.size}")
        if self.count.size != types:
            raise ValueError(f"count: expected {types} values, got {self.count.size}")
        _check_range("sku_i", self.sku_i, 0, 2**31 - 1)
        _check_range("place_i", self.place_i, 0, 2**31 - 1)
        _check_range("quantity", self.quantity, 1, 2**31 - 1)
        _check_range("count", self.count, 0, 1e15)

    @classmethod
    def of_orders(cls, orders: Iterable[tuple[int, Sequence[tuple[int, int]], float]]) -> Self:
        """Return the forecast of (place_i, [(sku_i, quantity), ...], count) triples, for example of recent orders.

        Orders of the same place and lines become one type.
        """
        counts: dict[tuple[int, tuple[tuple[int, int], ...]], float] = {}
        for place_i, lines, count in orders:
            key = (place_i, tuple(sorted(lines)))
            counts[key] = counts.get(key, 0.0) + count
        lines_of = [lines for _, lines in counts]
        flat = np.array([line for lines in lines_of for line in lines], np.int32).reshape(-1, 2)
        return cls(
            line_start=np.cumsum([0, *(len(lines) for lines in lines_of)]).astype(np.int32),
            sku_i=np.ascontiguousarray(flat[:, 0]),
            quantity=np.ascontiguousarray(flat[:, 1]),
            place_i=np.array([place for place, _ in counts], np.int32),
            count=np.array(list(counts.values()), np.float64),
        )

    @classmethod
    def of_rates(cls, rate: NDArray[np.float64]) -> Self:
        """Return the forecast of single units: rate[S, P] units of each SKU expected from each place."""
        if rate.ndim != 2:
            raise ValueError(f"rate: expected shape [skus, places], got {rate.shape}")
        sku_i, place_i = np.nonzero(rate)
        return cls(
            line_start=np.arange(sku_i.size + 1, dtype=np.int32),
            sku_i=sku_i.astype(np.int32),
            quantity=np.ones(sku_i.size, np.int32),
            place_i=place_i.astype(np.int32),
            count=np.ascontiguousarray(rate[sku_i, place_i], np.float64),
        )


def _check(name: str, values: NDArray[Any], dtype: type) -> None:
    if values.dtype != dtype:
        raise ValueError(f"{name}: expected {np.dtype(dtype)}, got {values.dtype}")


def _check_range(name: str, values: NDArray[Any], lowest: float, highest: float) -> None:
    outside = ~((values >= lowest) & (values <= highest))  # also catches NaN
    if outside.any():
        raise ValueError(f"{name}: {values[outside][0]} is outside {lowest} .. {highest}")
