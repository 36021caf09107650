"""`fastdom demo`: a flash sale over gRPC, a failing node and a crash in the middle, and the audit of every promise.

Life of a run: read the market from the network files -> start the server -> sell, while a node fails and the server is
killed and restarted -> wait until abandoned holds have run out -> compare the client's record with the server ->
stop the server -> replay its journal from zero and compare digests.
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from fastdom.demo.market import read_market
from fastdom.demo.progress import watch
from fastdom.demo.replay import replay_from_zero
from fastdom.demo.report import CANNOT_START, DemoReport
from fastdom.demo.sale import BeforeSale, Sale
from fastdom.demo.server_process import ServerProcess, StartError
from fastdom.demo.settings import NETWORK, STDOUT, DemoSettings
from fastdom.journal import JournalError
from fastdom_client import FastdomError

__all__ = ["DemoReport", "DemoSettings", "main", "run"]


def main(settings: DemoSettings, *, before_sale: BeforeSale | None = None) -> int:
    """Run the demo, print its table and write its JSON.

    Parameters
    ----------
    settings : DemoSettings
        What to run.
    before_sale : callable, optional
        Awaited with a client of the server and the market, before the first order. The seam by which tests prove that
        the audit finds what it must: they make the server's stock another than the network files say.

    Returns
    -------
    int
        0 = clean; 1 = oversold, lost, duplicated, not conserved, digest differs, or an order failed; 2 = could not
        start, or not again; 130 = stopped early.
    """
    console = Console(stderr=settings.json == STDOUT)
    try:
        report = run(settings, console=console, before_sale=before_sale)
    except (StartError, JournalError, FastdomError, OSError) as error:
        print(f"fastdom demo: {error}", file=sys.stderr)
        return CANNOT_START
    console.print(report.table())
    if settings.json is not None:
        write_json(report, settings.json)
    return report.exit_code


def run(settings: DemoSettings, *, console: Console | None = None, before_sale: BeforeSale | None = None) -> DemoReport:
    """Run the demo; the report says what was found, `interrupted` when Ctrl-C or SIGTERM ended it early.

    Raises
    ------
    StartError
        The server did not start, or not again.
    FastdomError
        It gave no answer where the run cannot go on without one.
    JournalError
        Its data folder cannot be read.
    """
    console = console or Console(quiet=True)
    report = DemoReport(settings)
    market = read_market(NETWORK)
    with tempfile.TemporaryDirectory(prefix="fastdom-demo-") as beside:
        data = settings.data or Path(beside) / "data"
        server = ServerProcess(data, Path(beside), NETWORK, settings.durability)
        try:
            with watch(console, settings.orders) as watcher:
                asyncio.run(Sale(market, server, watcher, report, before_sale).run())
                replayed = replay_from_zero(data)
                report.replay_digest = f"{replayed.digest}@{replayed.seq}"
        except (KeyboardInterrupt, asyncio.CancelledError):
            report.interrupted = True
        finally:
            server.close()
    return report


def write_json(report: DemoReport, file: Path) -> None:
    """Write the report as JSON to a file, or to stdout for ``-``."""
    text = json.dumps(report.as_json(), indent=2)
    if file == STDOUT:
        print(text)
    else:
        file.write_text(text + "\n")
