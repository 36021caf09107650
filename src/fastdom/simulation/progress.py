"""How far a long run is: a bar on a terminal, nothing anywhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

REFRESH = 64
"""Steps between two updates: an update costs more than a decision."""


class Step(Protocol):
    """Tells the bar how far it is."""

    def __call__(self, done: int, total: int) -> None:
        """So many of so many are done."""


def _silent(done: int, total: int) -> None:
    """Show nothing."""


@contextmanager
def bar(label: str, console: Console) -> Iterator[Step]:
    """Show a bar while the block runs, when the console is a terminal."""
    if not console.is_terminal:
        yield _silent
        return
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)

        def step(done: int, total: int) -> None:
            if done % REFRESH == 0 or done == total:
                progress.update(task, completed=done, total=total)

        yield step
