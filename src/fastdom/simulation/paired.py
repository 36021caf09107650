"""Differences of the same orders under two policies: their mean, and how sure it is."""

from dataclasses import dataclass
from math import sqrt

NORMAL_95 = 1.959964
"""Of a mean of many differences, which is nearly normal."""

ORDERS_MIN = 30
"""Fewer differences give no interval."""


@dataclass(slots=True)
class Paired:
    """Sums over orders, exact.

    Attributes
    ----------
    orders : int
    sum_micros, squares : int
        Sum of the differences and of their squares.
    base_micros : int
        Sum of what they are differences from.
    """

    orders: int = 0
    sum_micros: int = 0
    squares: int = 0
    base_micros: int = 0

    def add(self, difference_micros: int, base_micros: int) -> None:
        """Count an order."""
        self.orders += 1
        self.sum_micros += difference_micros
        self.squares += difference_micros * difference_micros
        self.base_micros += base_micros

    @property
    def mean_micros(self) -> int | None:
        """Mean difference of an order, the nearest; None of no order."""
        return round(self.sum_micros / self.orders) if self.orders else None

    @property
    def half_width_micros(self) -> int | None:
        """Half of the 95 % interval around the mean; None of fewer than ORDERS_MIN orders.

        1.96 standard errors of the mean of paired differences: the same orders, so that what makes one order dearer
        than another does not count. Orders share stock, so they are not quite independent.
        """
        if self.orders < ORDERS_MIN:
            return None
        spread = self.orders * self.squares - self.sum_micros * self.sum_micros
        variance = spread / (self.orders * (self.orders - 1))
        return round(NORMAL_95 * sqrt(variance / self.orders))
