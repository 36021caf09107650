"""`fastdom serve`, `verify`, `demo`, `network check`: commands that work on this machine, without a server to ask.

Each imports what it needs when it runs, by name: asking a server must not cost the start of an engine, and the client
depends on the contract alone.
"""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from fastdom_client.cli import exits, output, words
from fastdom_client.cli.arguments import Durability

# Everything after the command's name goes to the program behind it, --help included.
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def serve(context: typer.Context) -> NoReturn:
    """Serve a data folder over gRPC: fastdom serve --data DIR [--network FOLDER] [--listen ADDR]."""
    import_module("fastdom_server.settings").parse(context.args, "fastdom serve")
    # The server takes the place of this process: gRPC has been imported here, and would no longer read what the server
    # sets for it before its own import. -P: a folder of the server's name where it is started is not the server.
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-P", "-m", "fastdom_server", *context.args])


def demo(
    *,
    orders: Annotated[int, typer.Option("--orders", metavar="N", help="Orders of the sale.")] = 10_000,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Same seed, same carts.")] = 1,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Also write the report as JSON; - is stdout.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Data folder to use and keep (default: temporary)."),
    ] = None,
    durability: Annotated[Durability, typer.Option("--durability", help="When an answer counts.")] = Durability.STRICT,
    concurrency: Annotated[int, typer.Option("--concurrency", metavar="N", help="Checkouts under way at once.")] = 32,
) -> int:
    """Run a flash sale against a server of its own, crash it midway, and audit what it acknowledged.

    Exit code 1 when anything was oversold, lost or done twice, or when a replay gives another state.
    """
    try:
        settings = import_module("fastdom.demo.settings").DemoSettings(
            orders=orders, seed=seed, json=json, data=data, durability=str(durability), concurrency=concurrency
        )
    except ValueError as error:
        return _failed(error)
    return _code(import_module("fastdom.demo.run").main(settings))


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Data folder; a running server does not mind.")],
) -> int:
    """Read every byte of a data folder, replay it, and say what is wrong.

    Exit code 1 when something is, 2 when there is nothing to read.
    """
    cannot_start = import_module("fastdom.engine.errors").CannotStart
    journal_error = import_module("fastdom.journal.errors").JournalError
    try:
        report = import_module("fastdom.engine.verify").verify(folder)
    except (cannot_start, journal_error, OSError) as error:
        return _failed(error)
    for line in report.lines():
        output.say(line)
    return exits.OK if report.ok else exits.REFUSED


def check(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder with network.toml and its tables.")],
) -> int:
    """Check a network folder without a server: every problem with its file, line and field.

    Exit code 2 when there are any.
    """
    network = import_module("fastdom.network")
    try:
        document = network.load(folder)
    except network.NetworkInvalid as invalid:
        for problem in invalid.problems:
            output.say(str(problem))
        print(f"error: {folder} has {invalid.count} problem{'s' if invalid.count > 1 else ''}", file=sys.stderr)
        return exits.USAGE
    except OSError as error:
        return _failed(error)
    output.say(f"{folder}: {len(document.nodes)} nodes, {len(document.skus.ids)} SKUs, no problems")
    return exits.OK


def _code(result: object) -> int:
    return result if isinstance(result, int) else exits.OK


def _failed(error: Exception) -> int:
    print(f"error: {words.printable(str(error))}", file=sys.stderr)
    return exits.USAGE
