"""`fastdom simulate`: the same orders under several policies, side by side; works on this machine, without a server."""

import sys
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from fastdom_client.cli import arguments, exits, words

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def simulate(
    *,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            metavar="POLICY",
            help="A document (.toml, .json), a policy of the network, or with --data NAME, NAME@VERSION or ACTIVE; "
            "again for each further one. With --data alone: the active version, and the one before it.",
        ),
    ] = None,
    network: Annotated[
        Path | None, typer.Option("--network", metavar="FOLDER", help="Network folder; with --orders.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Data folder, only read: its network, stock and recorded orders."),
    ] = None,
    orders: Annotated[
        Path | None, typer.Option("--orders", metavar="FILE", help="Orders as CSV or JSON lines (.jsonl), or gzipped.")
    ] = None,
    stock: Annotated[
        Path | None, typer.Option("--stock", metavar="FILE", help="Stock to begin with, in the form of stock.csv.")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--start", metavar="TIME", help="When orders are decided that have no placed_at."),
    ] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Ship what can be shipped of an order.")] = False,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="With --data: orders decided then or later.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="With --data: orders decided before then.")
    ] = None,
    first: Annotated[
        int, typer.Option("--first", metavar="N", help="With --data: at most so many orders, the first; 0 = all.")
    ] = 0,
    holds: Annotated[bool, typer.Option("--holds", help="With --data: also holds that nobody committed.")] = False,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the report as JSON; - is stdout.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write every decision as CSV; - is stdout.")
    ] = None,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="FILE.svg", help="Write a chart as SVG.")] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", help="Differing orders listed, in tables and JSON; 0 = all.")
    ] = 100,
) -> int:
    """Replay orders under several policies on copies of the stock, and compare what they would have done.

    Give --network and --orders, or --data. Exit code 1 when there was no order to decide, 2 when it could not be run.

    Example: fastdom simulate --data ./data --since 2026-09-14T00:00:00Z --policy ACTIVE --policy weekend.toml
    """
    try:
        begin, lower, upper = (_micros(text) for text in (start, since, until))
        settings = import_module("fastdom.simulation.settings").SimulationSettings(
            policies=tuple(policy or ()),
            network=network,
            data=data,
            orders=orders,
            stock=stock,
            start_us=begin,
            since_us=lower,
            until_us=upper,
            orders_max=first,
            partial=partial,
            holds=holds,
            json=json,
            csv=csv,
            plot=plot,
            limit=limit,
        )
    except (ValueError, exits.CommandError) as error:
        print(f"error: {words.printable(str(error))}", file=sys.stderr)
        return exits.USAGE
    code = import_module("fastdom.simulation.run").main(settings)
    return code if isinstance(code, int) else exits.OK


def _micros(text: str | None) -> int:
    """Microseconds UTC of a moment; 0 = not given."""
    moment = arguments.moment(text)
    return (moment - EPOCH) // timedelta(microseconds=1) if moment is not None else 0
