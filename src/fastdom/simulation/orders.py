"""An order as a simulation replays it, and what was wrong with those it leaves out."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from fastdom.simulation.limits import PROBLEMS_SHOWN_MAX
from fastdom.types import Order


@dataclass(frozen=True, slots=True)
class SimulatedOrder:
    """One order to decide.

    Attributes
    ----------
    row : int
        Row of the orders file it begins in; its number from 1 among the orders of a data folder.
    at_us : int
        When it is decided, microseconds UTC.
    order : fastdom.types.Order
    allow_partial : bool
        Whether a part of it is better than nothing.
    include_node_ids, exclude_node_ids : tuple of str
        Only these nodes (empty = all), never those.
    max_shipments : int
        0 = the policy's limit; else the lower of the two counts.
    """

    row: int
    at_us: int
    order: Order
    allow_partial: bool = False
    include_node_ids: tuple[str, ...] = ()
    exclude_node_ids: tuple[str, ...] = ()
    max_shipments: int = 0

    @property
    def units(self) -> int:
        """Units ordered."""
        return sum(line.quantity for line in self.order.lines)

    @property
    def pinned(self) -> bool:
        """Whether a line names the node it leaves from: no policy decides that."""
        return any(line.node_id for line in self.order.lines)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row, and with it its order, is left out.

    Attributes
    ----------
    row : int
        Row of the file, from 1, the header counted.
    order_id : str
        Empty where the row has none.
    field : str
        Column; empty = the row as a whole.
    reason : str
        What is allowed and what was found.
    """

    row: int
    order_id: str
    field: str
    reason: str

    def __str__(self) -> str:
        parts = [f"row {self.row}", f"order {self.order_id}" if self.order_id else "", self.field, self.reason]
        return ": ".join(part for part in parts if part)


@dataclass(slots=True)
class RowProblems:
    """What was wrong with rows: the first of them kept, all counted.

    Attributes
    ----------
    kept : list of RowProblem
    count : int
    """

    kept: list[RowProblem] = field(default_factory=list)
    count: int = 0

    def add(self, problem: RowProblem) -> None:
        """Note one."""
        self.count += 1
        if len(self.kept) < PROBLEMS_SHOWN_MAX:
            self.kept.append(problem)


@dataclass(frozen=True, slots=True)
class OrderBook:
    """The orders of one source, in the order of time.

    Attributes
    ----------
    orders : tuple of SimulatedOrder
        By the moment of the decision, then by row.
    rows : int
        Rows read, bad ones too; orders read, of a data folder.
    left_out : int
        Orders left out because of a bad row, or of what the source says about them.
    problems : RowProblems
    ignored_fields : tuple of str
        Columns or keys that the simulation does not know.
    """

    orders: tuple[SimulatedOrder, ...]
    rows: int
    left_out: int
    problems: RowProblems
    ignored_fields: tuple[str, ...] = ()


def in_time(orders: Iterable[SimulatedOrder]) -> tuple[SimulatedOrder, ...]:
    """Return orders by the moment of the decision, then by row."""
    return tuple(sorted(orders, key=lambda order: (order.at_us, order.row)))
