"""Deciding the same orders under several policies, each in its own world.

Life of a simulation: read the network, the stock and the orders -> one replica a policy -> every order, in the order
of time, decided by each -> totals, and what was routed differently -> the report.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter_ns

from fastdom.network import NetworkDocument
from fastdom.network.document import Stock
from fastdom.reasons import EngineError, Reason
from fastdom.simulation.decision import Decision
from fastdom.simulation.difference import Comparison, Difference
from fastdom.simulation.moment import Ground, Told
from fastdom.simulation.orders import OrderBook, RowProblem, SimulatedOrder
from fastdom.simulation.paired import Paired
from fastdom.simulation.policies import SimulatedPolicy
from fastdom.simulation.replica import Replica
from fastdom.simulation.tally import Tally, spend_micros
from fastdom.types import NodeStatus, RouteOutcome

OWN_FAULT = frozenset((Reason.MAP_FULL, Reason.LIMIT_EXCEEDED, Reason.OVERLOADED, Reason.INTERNAL, Reason.NOT_DURABLE))
"""Refusals that are not about the order: they end the simulation."""

Watch = Callable[[SimulatedOrder, Sequence[Decision]], None]


@dataclass(frozen=True, slots=True)
class World:
    """What all policies begin with.

    Attributes
    ----------
    network : NetworkDocument
    stock : Stock
    closed : tuple of (str, NodeStatus)
        Nodes that are not ONLINE.
    """

    network: NetworkDocument
    stock: Stock
    closed: tuple[tuple[str, NodeStatus], ...] = ()


@dataclass(slots=True)
class Pair:
    """The first policy and another one.

    Attributes
    ----------
    comparison : Comparison
    causes : dict of str to int
        Differing orders by cause; an objective as "objective: NAME".
    count : int
        All differing orders.
    listed : list of Difference
        The first of them.
    spend : Paired
        Shipping and handling of the other policy less that of the first, over orders that both ship in full.
    """

    comparison: Comparison
    causes: dict[str, int] = field(default_factory=dict)
    count: int = 0
    listed: list[Difference] = field(default_factory=list)
    spend: Paired = field(default_factory=Paired)

    def add(
        self, order: SimulatedOrder, first: Decision, other: Decision, limit: int, worlds: tuple[Told, Told]
    ) -> None:
        """Compare two decisions; keep the difference while fewer than `limit` are (0 = always)."""
        if first.outcome is other.outcome is RouteOutcome.COMPLETE:
            self.spend.add(spend_micros(other) - spend_micros(first), spend_micros(first))
        found = self.comparison.difference(order, first, other, worlds)
        if found is None:
            return
        self.count += 1
        cause = f"{found.cause}: {found.objective}" if found.objective else found.cause
        self.causes[cause] = self.causes.get(cause, 0) + 1
        if not limit or len(self.listed) < limit:
            self.listed.append(found)


@dataclass(slots=True)
class Simulation:
    """What came out.

    Attributes
    ----------
    world : World
    book : OrderBook
    policies : tuple of SimulatedPolicy
    tallies : tuple of Tally
        By policy.
    pairs : tuple of Pair
        The first policy with each other one.
    undecidable : int
        Orders that no policy could judge; noted among the problems of the book.
    elapsed_us : int
    """

    world: World
    book: OrderBook
    policies: tuple[SimulatedPolicy, ...]
    tallies: tuple[Tally, ...]
    pairs: tuple[Pair, ...]
    undecidable: int = 0
    elapsed_us: int = 0

    @property
    def decided(self) -> int:
        """Orders that every policy decided."""
        return len(self.book.orders) - self.undecidable


def simulate(
    world: World,
    book: OrderBook,
    policies: tuple[SimulatedPolicy, ...],
    *,
    limit: int = 0,
    watch: Watch | None = None,
) -> Simulation:
    """Decide every order of a book under every policy.

    Parameters
    ----------
    limit : int
        Differing orders kept for each pair; 0 = all.
    watch : callable, optional
        Called after each order with its decisions, by policy; with none of them for an order that cannot be decided.

    Raises
    ------
    SimulationRefused, fastdom.engine.errors.NetworkRefused
    EngineError
        An engine cannot go on.
    """
    ground = Ground.of(world.network)
    pairs = tuple(Pair(Comparison(policies[0], other, ground)) for other in policies[1:])
    simulation = Simulation(world, book, policies, tuple(Tally() for _ in policies), pairs)
    if not book.orders:
        return simulation
    begun_ns = perf_counter_ns()
    replicas = tuple(_replicas(world, book, policies))
    for order in book.orders:
        decisions = _decide(simulation, replicas, order)
        if decisions:
            _count(simulation, order, decisions, limit, replicas)
        if watch is not None:
            watch(order, decisions)
    simulation.elapsed_us = (perf_counter_ns() - begun_ns) // 1000
    return simulation


def _replicas(world: World, book: OrderBook, policies: Sequence[SimulatedPolicy]) -> Iterator[Replica]:
    for policy in policies:
        yield Replica(
            world.network,
            world.stock,
            policy,
            orders=len(book.orders),
            now_us=book.orders[0].at_us,
            closed=world.closed,
        )


def _decide(simulation: Simulation, replicas: Sequence[Replica], order: SimulatedOrder) -> list[Decision]:
    """Return the decisions by policy; none when the order as such cannot be decided, which is noted."""
    decisions: list[Decision] = []
    for replica in replicas:
        try:
            decisions.append(replica.decide(order))
        except EngineError as error:
            if error.reason in OWN_FAULT or decisions:
                raise
            simulation.undecidable += 1
            problem = RowProblem(order.row, order.order.order_id, error.path.removeprefix("order."), error.message)
            simulation.book.problems.add(problem)
            return []
    return decisions


def _count(
    simulation: Simulation,
    order: SimulatedOrder,
    decisions: Sequence[Decision],
    limit: int,
    worlds: Sequence[Told],
) -> None:
    for tally, decision in zip(simulation.tallies, decisions, strict=True):
        tally.add(order, decision)
    if all(decision.outcome is RouteOutcome.COMPLETE for decision in decisions):
        for tally, decision in zip(simulation.tallies, decisions, strict=True):
            tally.add_common(decision)
    for i, pair in enumerate(simulation.pairs, start=1):
        pair.add(order, decisions[0], decisions[i], limit, (worlds[0], worlds[i]))
