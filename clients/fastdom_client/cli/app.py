"""The command line as a list: every command, its panel in the help, and its examples."""

import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any, NamedTuple

import typer

from fastdom_client.cli import (
    admin,
    exceptions,
    exits,
    explain,
    local,
    network,
    orders,
    policies,
    reservations,
    simulate,
    stock,
    usage,
    words,
)

ORDERS, RESERVATIONS, STOCK, NETWORK, SERVER = "Orders", "Reservations", "Stock", "Network", "Server"


class Command(NamedTuple):
    """One command.

    Attributes
    ----------
    name : str
        What is typed.
    panel : str
        Heading it stands under in the help.
    run : callable
        Returns the exit code.
    examples : tuple of str
        Shown at the end of its help, without the program's name.
    """

    name: str
    panel: str
    run: Callable[..., int]
    examples: tuple[str, ...]


COMMANDS = (
    Command(
        "promise",
        ORDERS,
        orders.promise,
        (
            "promise TSHIRT-M:2 MUG:1 --channel web --pin 560001",
            "promise MUG:1 -c web --pin 560001 --hold --option express",
        ),
    ),
    Command(
        "route",
        ORDERS,
        orders.route,
        (
            "route TSHIRT-M:2 MUG:1 --channel web --pin 560001 --explain",
            "route MUG:1 -c web --pin 560001 --exclude BLR-1",
        ),
    ),
    Command(
        "reserve",
        ORDERS,
        orders.reserve,
        (
            "reserve TSHIRT-M:2 --channel web --pin 560001 --ttl 15m",
            "reserve TSHIRT-M:2@BLR-1 MUG:1@BLR-1 --channel pos",
        ),
    ),
    Command(
        "explain",
        ORDERS,
        explain.explain,
        ("explain A-1001", "explain A-1001 --all --node BLR-1", "explain --reservation 5f0c...e1 --json"),
    ),
    Command("commit", RESERVATIONS, reservations.commit, ("commit 5f0c...e1", "commit 5f0c...e1 --reacquire")),
    Command("extend", RESERVATIONS, reservations.extend, ("extend 5f0c...e1 --ttl 30m",)),
    Command("release", RESERVATIONS, reservations.release, ("release 5f0c...e1", "release 5f0c...e1 1:2 2:1@BLR-1")),
    Command("fulfill", RESERVATIONS, reservations.fulfill, ("fulfill 5f0c...e1", "fulfill 5f0c...e1 1:2")),
    Command(
        "reroute",
        RESERVATIONS,
        reservations.reroute,
        (
            "reroute 5f0c...e1 --node BLR-1 --reason rejected",
            "reroute 5f0c...e1 --node BLR-1 --line 1=2 --reason short-pick",
            "reroute --node BLR-1 --over-capacity",
        ),
    ),
    Command("reservation", RESERVATIONS, reservations.reservation, ("reservation 5f0c...e1 --tz Asia/Kolkata",)),
    Command(
        "reservations",
        RESERVATIONS,
        reservations.reservations,
        ("reservations --order A-1001", "reservations --state held --node BLR-1 --json"),
    ),
    Command("stock", STOCK, stock.stock, ("stock TSHIRT-M MUG", "stock MUG --node BLR-1 --channel web")),
    Command(
        "adjust",
        STOCK,
        stock.adjust,
        ("adjust MUG BLR-1 24 --reason receipt", "adjust MUG BLR-1 -2 --reason damage"),
    ),
    Command(
        "simulate",
        SERVER,
        simulate.simulate,
        (
            "simulate --network ./my-network --policy cheapest --policy nearest --orders orders.csv",
            "simulate --data ./data --policy cheapest --policy weekend.toml --json report.json --plot report.svg",
        ),
    ),
    Command("nodes", NETWORK, network.nodes, ("nodes", "nodes --status offline")),
    Command("node", NETWORK, network.node, ("node BLR-1", "node BLR-1 offline")),
    Command("skus", NETWORK, network.skus, ("skus --limit 0 --json",)),
    Command(
        "exceptions", RESERVATIONS, exceptions.exceptions, ("exceptions --kind stranded", "exceptions --after 120")
    ),
    Command("resolve", RESERVATIONS, exceptions.resolve, ('resolve 121 --note "counted again"',)),
    Command("info", SERVER, admin.info, ("info",)),
    Command("digest", SERVER, admin.digest, ("digest --json",)),
    Command("checkpoint", SERVER, admin.checkpoint, ("checkpoint",)),
    Command("verify", SERVER, local.verify, ("verify ./data",)),
    Command("demo", SERVER, local.demo, ("demo", "demo --orders 1000 --json report.json")),
)
NETWORK_COMMANDS = (
    Command("show", NETWORK, network.show, ("network show",)),
    Command("check", NETWORK, local.check, ("network check ./my-network",)),
    Command("load", NETWORK, network.load, ("network load ./my-network", "network load ./my-network --validate-only")),
    Command("carriers", NETWORK, network.carriers, ("network carriers",)),
    Command("lanes", NETWORK, network.lanes, ("network lanes --from south --to north",)),
    Command("pin", NETWORK, network.pin, ("network pin 560001",)),
)
POLICY_COMMANDS = (
    Command("list", NETWORK, policies.list_, ("policy list", "policy list --state active")),
    Command("show", NETWORK, policies.show, ("policy show weekend", "policy show weekend --version 2 --toml")),
    Command("check", NETWORK, policies.check, ("policy check weekend.toml --network ./my-network",)),
    Command("diff", NETWORK, policies.diff, ("policy diff weekend weekend.toml", "policy diff weekend@1 weekend@2")),
    Command("create", NETWORK, policies.create, ("policy create weekend.toml",)),
    Command("update", NETWORK, policies.update, ("policy update weekend 2 weekend.toml",)),
    Command("activate", NETWORK, policies.activate, ("policy activate weekend 2",)),
    Command("archive", NETWORK, policies.archive, ("policy archive weekend 3",)),
    Command("default", NETWORK, policies.default, ("policy default weekend",)),
)
# Everything after its name goes to the server's own command line.
PASSED_ON = (Command("serve", SERVER, local.serve, ()),)
EXIT_CODES = (
    "Exit codes: 0 done; 1 refused, such as not enough stock; 2 wrong usage or no server; 3 error answer of the server."
)


def build() -> typer.Typer:
    """Return the command line."""
    settings: dict[str, Any] = {"no_args_is_help": True, "pretty_exceptions_enable": False, "rich_markup_mode": "rich"}
    app = typer.Typer(**settings)
    about = "Order routing, delivery promises and reservations."
    app.callback(help=about, epilog=EXIT_CODES, no_args_is_help=True)(_version_option)
    group = typer.Typer(help="The network: check, load, show.", **settings)
    policy = typer.Typer(help="Routing policies: check, upload, activate, compare.", **settings)
    for target, commands in ((app, COMMANDS), (group, NETWORK_COMMANDS), (policy, POLICY_COMMANDS)):
        for command in commands:
            target.command(command.name, rich_help_panel=command.panel, epilog=_examples(command))(command.run)
    for command in PASSED_ON:
        app.command(command.name, rich_help_panel=command.panel, context_settings=local.PASS_ON)(command.run)
    app.add_typer(group, name="network", rich_help_panel=NETWORK)
    app.add_typer(policy, name="policy", rich_help_panel=NETWORK)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; wrong usage is one line on stderr."""
    given = usage.negative_last(sys.argv[1:] if arguments is None else arguments)
    try:
        code = build()(given, prog_name="fastdom", standalone_mode=False)
    except typer.Abort:
        return exits.INTERRUPTED
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else exits.USAGE
    except Exception as error:
        if not usage.is_usage(error):
            return _defect(error)
        if text := usage.explain(error):
            print(f"error: {words.printable(text)}", file=sys.stderr)
        return exits.USAGE
    return code if isinstance(code, int) else exits.OK


def _print_version(asked: bool) -> None:
    if asked:
        try:
            typer.echo(version("fastdom"))
        except PackageNotFoundError:
            typer.echo("not installed")
        raise typer.Exit


def _version_option(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Take the options that stand before the command."""


def _examples(command: Command) -> str:
    lines = [f"fastdom {example}" for example in command.examples]
    return "Examples:\n\n" + "\n\n".join(lines) if lines else ""


def _defect(error: Exception) -> int:
    """Report what should not have happened: one line, with FASTDOM_DEBUG=1 the traceback."""
    if os.environ.get("FASTDOM_DEBUG") == "1":
        raise error
    print(f"error: a defect: {type(error).__name__}: {error} (FASTDOM_DEBUG=1 shows where)", file=sys.stderr)
    return exits.ERROR
