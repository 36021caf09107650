"""How far the sale is: a bar on a terminal, plain lines anywhere else."""

from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

PLAIN_LINES = 10
"""Lines of progress without a terminal."""


class Watcher(Protocol):
    """What is told of a run while it goes on."""

    def advance(self) -> None:
        """One more order has ended."""

    def note(self, text: str) -> None:
        """Something happened."""


class Bar:
    """A bar with the notes above it. A context manager."""

    def __init__(self, console: Console, orders: int) -> None:
        self._progress = Progress(
            TextColumn("flash sale"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
        )
        self._task = self._progress.add_task("", total=orders)

    def advance(self) -> None:
        """One more order has ended."""
        self._progress.advance(self._task)

    def note(self, text: str) -> None:
        """Print a line above the bar."""
        self._progress.console.print(text, highlight=False, markup=False)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()


class Lines:
    """A line for every tenth of the orders. A context manager."""

    def __init__(self, console: Console, orders: int) -> None:
        self._console, self._orders, self._done = console, orders, 0

    def advance(self) -> None:
        """One more order has ended."""
        before = self._done * PLAIN_LINES // self._orders
        self._done += 1
        if self._done * PLAIN_LINES // self._orders > before:
            self.note(f"{self._done:,} of {self._orders:,} orders")

    def note(self, text: str) -> None:
        """Print a line."""
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        pass


def watch(console: Console, orders: int) -> Bar | Lines:
    """Return the watcher that suits where the console writes to."""
    return Bar(console, orders) if console.is_terminal else Lines(console, orders)
