from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from fastdom._native.policy import PolicyTables

ARRAYS: tuple[tuple[str, type[np.generic], tuple[str, ...]], ...]
BOUNDS: tuple[tuple[str, int, int | str], ...]
DAY_US: int
LANES: tuple[str, str, str]
MONEY_END: int
POSTAL_CODE_MAX: int
RANKS_MAX: int

def checked(
    name: str, array: NDArray[Any], dtype: type[np.generic], shape: tuple[str, ...], sizes: dict[str, int]
) -> NDArray[Any]: ...
def bounded(name: str, array: NDArray[Any], least: int, most: int) -> None: ...

class NetworkTables:
    """The tables of one network version.

    Parameters
    ----------
    compiled : fastdom.network.compiled.CompiledNetwork
        Or any object with the same attributes; `confidence_permille` is optional.
    version : int
        Journal-assigned number, 1 upwards.
    policies : sequence of fastdom.policy.compiled.CompiledPolicy, optional
        The default first; without them the policies that `compiled` brings along.

    Raises
    ------
    ValueError
        An array has another type or shape than stated, there are more than 4,095 nodes, or more than four services of
        one level serve a lane.
    """

    arrays: dict[str, NDArray[Any]]
    source: Any
    policies: PolicyTables

    def __new__(cls, compiled: Any, version: int = 1, policies: Sequence[Any] | None = None) -> Self: ...
    @property
    def version(self) -> int: ...
    @property
    def points_up_to_g(self) -> int:
        """Heaviest shipment that the price points are exact for; 2^63 - 1 = every one."""

    def next_slot(self, node_i: int, service_i: int, at_us: int) -> int:
        """Index of the first hand-over with order_by >= at_us, or -1."""

    def price(self, price_i: int, weight_g: int) -> int:
        """Raw micros of one shipment of weight_g >= 1 by a price; -1 = not carried."""

    def arrival(
        self, service_i: int, tz_i: int, ship_day: int, transit_days: int, not_before_us: int
    ) -> tuple[int, int] | None:
        """(arrive_from, arrive_by) of a hand-over on local date ship_day, or None beyond the tables."""
