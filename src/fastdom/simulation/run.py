"""`fastdom simulate`: read, simulate, write."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from fastdom.engine.errors import CannotStart, NetworkRefused
from fastdom.journal import JournalError
from fastdom.network import NetworkInvalid, load, read_folder
from fastdom.policy import PolicyInvalid
from fastdom.reasons import EngineError
from fastdom.simulation.chart import svg_of
from fastdom.simulation.decision import Decision
from fastdom.simulation.decisions_csv import DecisionsFile
from fastdom.simulation.errors import SimulationRefused
from fastdom.simulation.order_fields import Catalogue
from fastdom.simulation.order_file import read_orders
from fastdom.simulation.orders import OrderBook, SimulatedOrder
from fastdom.simulation.policies import SimulatedPolicy, compared_by_default, load_policies
from fastdom.simulation.progress import bar
from fastdom.simulation.recorded import Recorded, Window, read_recorded
from fastdom.simulation.report import report_of
from fastdom.simulation.settings import STDOUT, SimulationSettings
from fastdom.simulation.simulate import Simulation, Watch, World, simulate
from fastdom.simulation.stock import load_with_stock
from fastdom.simulation.table import PIPE_WIDTH, print_simulation, printable

DONE, NOTHING_DECIDED, CANNOT_RUN = 0, 1, 2
"""Exit codes."""

PLAIN: Final[dict[str, Any]] = {"markup": False, "highlight": False, "emoji": False}
"""Texts of files are shown as they are."""

PROBLEMS_TOLD: Final = 20
"""Bad rows told on stderr; the JSON has more."""


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What a run decides, with what, from where."""

    world: World
    book: OrderBook
    policies: tuple[SimulatedPolicy, ...]


def main(settings: SimulationSettings) -> int:
    """Run a simulation as told, print its tables and write its files.

    Returns
    -------
    int
        0 = done, also where some rows were bad; 1 = there was no order to decide; 2 = it could not be run.
    """
    aside = Console(stderr=True, **PLAIN)
    try:
        simulation = run(settings, aside)
    except NetworkInvalid as invalid:
        return _failed(f"the network or its stock has {_count(invalid.count, 'problem')}\n{invalid}")
    except PolicyInvalid as invalid:
        return _failed(f"a policy has {_count(invalid.count, 'problem')}\n{invalid}")
    except (SimulationRefused, CannotStart, NetworkRefused, JournalError, EngineError, OSError) as error:
        return _failed(str(error))
    _tell_problems(simulation)
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    print_simulation(simulation, aside if STDOUT in (settings.json, settings.csv) else Console(width=width, **PLAIN))
    return DONE if simulation.decided else NOTHING_DECIDED


def run(settings: SimulationSettings, console: Console | None = None) -> Simulation:
    """Run a simulation and write its files; bars, if any, go to the console.

    Raises
    ------
    NetworkInvalid, PolicyInvalid, SimulationRefused, CannotStart, NetworkRefused, JournalError, EngineError, OSError
    """
    console = console or Console(quiet=True)
    inputs = _inputs(settings, console)
    with ExitStack() as stack:
        decisions = None
        if settings.csv is not None:
            stream = sys.stdout if settings.csv == STDOUT else stack.enter_context(settings.csv.open("w", newline=""))
            decisions = DecisionsFile(stream, inputs.policies)
        watch = stack.enter_context(_watching(inputs.book, decisions, console))
        simulation = simulate(inputs.world, inputs.book, inputs.policies, limit=settings.limit, watch=watch)
    _write(simulation, settings)
    return simulation


def _inputs(settings: SimulationSettings, console: Console) -> _Inputs:
    if settings.data is not None:
        with bar("reading", console) as step:
            window = Window(settings.since_us, settings.until_us, settings.orders_max)
            return _of_data(settings, read_recorded(settings.data, holds=settings.holds, window=window, progress=step))
    assert settings.network is not None, "settings have one of the two"
    plain = settings.stock is None
    network = load(settings.network) if plain else load_with_stock(read_folder(settings.network), settings.stock)
    policies = load_policies(settings.policies, network)
    return _Inputs(World(network, network.stock), _book(settings, World(network, network.stock)), policies)


def _of_data(settings: SimulationSettings, found: Recorded) -> _Inputs:
    """The folder's recorded orders on the stock they shared, or other orders on what is free at its end."""
    named = settings.policies
    if not named and found.registry is not None:
        named = compared_by_default(found.registry, found.history)
    policies = load_policies(named, found.network, found.registry)
    own = settings.orders is None
    stock = found.shared if own else found.free
    if settings.stock is not None:
        stock = load_with_stock(found.files, settings.stock).stock
    if stock is None:
        raise SimulationRefused(
            f"{settings.data}: the folder no longer tells every fulfilment since its first order, so the stock of then "
            "is not known; give it with --stock, or begin later with --since"
        )
    world = World(found.network, stock, () if own else found.closed)
    return _Inputs(world, found.book if own else _book(settings, world), policies)


def _book(settings: SimulationSettings, world: World) -> OrderBook:
    assert settings.orders is not None, "settings without orders are refused"
    return read_orders(settings.orders, Catalogue.of(world.network, settings.start_us, settings.partial))


@contextmanager
def _watching(book: OrderBook, decisions: DecisionsFile | None, console: Console) -> Iterator[Watch]:
    total, done = len(book.orders), 0
    with bar("simulating", console) as step:

        def watch(order: SimulatedOrder, decided: Sequence[Decision]) -> None:
            nonlocal done
            done += 1
            step(done, total)
            if decisions is not None:
                decisions.write(order, decided)

        yield watch


def _write(simulation: Simulation, settings: SimulationSettings) -> None:
    report = report_of(simulation) if settings.json is not None or settings.plot is not None else {}
    if settings.json is not None:
        _write_text(settings.json, json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    if settings.plot is not None:
        _write_text(settings.plot, svg_of(report))


def _write_text(path: Path, text: str) -> None:
    if path == STDOUT:
        print(text, end="")
    else:
        path.write_text(text, encoding="utf-8")


def _tell_problems(simulation: Simulation) -> None:
    book = simulation.book
    if book.ignored_fields:
        print(f"not known and ignored: {', '.join(map(printable, book.ignored_fields))}", file=sys.stderr)
    for problem in book.problems.kept[:PROBLEMS_TOLD]:
        print(printable(str(problem)), file=sys.stderr)
    if book.problems.count > PROBLEMS_TOLD:
        print(f"and {book.problems.count - PROBLEMS_TOLD:,} more bad rows", file=sys.stderr)


def _failed(text: str) -> int:
    print("error: " + "\n".join(printable(line) for line in text.splitlines()), file=sys.stderr)
    return CANNOT_RUN


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"
