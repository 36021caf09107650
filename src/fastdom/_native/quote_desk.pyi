from collections.abc import Mapping, Sequence
from typing import Any, Self

from fastdom._native.network import NetworkTables

KINDS: dict[str, int]
WIDE_NODES: int

class Order:
    """A Command with the memory its slices point to.

    Parameters
    ----------
    kind : {"reserve", "route", "promise"}
    lines : sequence of mapping
        Keys line_id, sku, quantity; optional node, group_id, weight_g.
    **facts
        Other fields of Command by name; texts as str or bytes, lists of node ids as `include_nodes`, `exclude_nodes`.
    """

    def __new__(cls, kind: str, lines: Sequence[Mapping[str, Any]], **facts: Any) -> Self: ...
    def check(self) -> tuple[int, int, int]:
        """(reason, field, line_i) of what is wrong whatever the state; (0, 0, -1) = nothing."""

class QuoteDesk:
    """Stock, node status and day capacity over one network version.

    Parameters
    ----------
    tables : NetworkTables
    skus, nodes, channels : sequence of str
        Their positions are the dense ids the tables were compiled with.
    token_key : (int, int)
        128 bits that option tokens are signed with.
    """

    def __new__(
        cls,
        tables: NetworkTables,
        skus: Sequence[str],
        nodes: Sequence[str],
        channels: Sequence[str] = ("web",),
        token_key: tuple[int, int] = (1, 2),
    ) -> Self: ...
    def network(self, tables: NetworkTables) -> None:
        """Another network version over the same state."""

    def stock(self, sku_i: int, node_i: int, on_hand: int, safety_stock: int = 0, routing_reserve: int = 0) -> None:
        """Set a position, nothing of it allocated."""

    def node_status(self, node_i: int, status: int) -> None:
        """1 ONLINE, 2 PAUSED, 3 OFFLINE."""

    def quantities(
        self, weekly_demand_milli: Mapping[tuple[int, int], int], unit_price: Mapping[tuple[int, int], int]
    ) -> None:
        """What is known of (sku_i, node_i): demand in 1/1000 unit a week, look-ahead price of a unit in micros.

        Parameters
        ----------
        weekly_demand_milli, unit_price : mapping of (int, int) to int
            Positions that are not named are not known: -1 and 0.
        """
    def take(self, node_i: int, day: int, amount: int) -> None:
        """Take capacity of a node's local day (days since 1970-01-01)."""

    def quote(self, order: Order, now_us: int) -> dict[str, Any]:
        """The whole Result as a dict; arrays as lists of dicts."""

    def reroute(
        self,
        order: Order,
        allocations: Sequence[tuple[int, int, int, int]],
        failed_node_i: int,
        now_us: int = 0,
        committed: bool = True,
        expires_at_us: int = 0,
    ) -> tuple[int, dict[str, Any]]:
        """Move what a reservation of the order has open at a node: (units, result).

        Parameters
        ----------
        allocations : sequence of (line_i, node_i, open, fulfilled)
            Units of the reservation; those of one node are one shipment.
        """

    def resolve(self, order: Order) -> tuple[tuple[int, int, int], dict[str, Any] | None]:
        """(status, resolved): names as dense ids, lines in blocks, demands of blocks."""

    def time(self, orders: Sequence[Order], now_us: int, rounds: int = 1, whole: bool = False) -> list[int]:
        """Nanoseconds of each quote over `rounds` passes, as a list; `whole` includes checking and resolving.

        The clock's own cost, about 20 ns, is in each.
        """
