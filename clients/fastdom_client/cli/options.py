"""Options several commands share."""

from typing import Annotated

import typer

from fastdom_client.cli.arguments import Level, Payment

RESERVATION = Annotated[str, typer.Argument(metavar="RESERVATION", help="Reservation id, 32 hexadecimal digits.")]
LINES = Annotated[
    list[str],
    typer.Argument(metavar="SKU:QTY", help="Lines, each SKU:QTY or SKU:QTY@NODE to pin it to a node."),
]
CHANNEL = Annotated[
    str, typer.Option("--channel", "-c", metavar="NAME", envvar="FASTDOM_CHANNEL", help="Channel the order is from.")
]
PIN = Annotated[str, typer.Option("--pin", metavar="CODE", help="Postal code it goes to.")]
COUNTRY = Annotated[str, typer.Option("--country", metavar="CC", help="Country of --pin, if not the home country.")]
PICKUP = Annotated[str, typer.Option("--pickup", metavar="NODE", help="Node where the shopper collects it.")]
ORDER_ID = Annotated[str, typer.Option("--order", metavar="ID", help="Your id of the order.")]
LEVEL = Annotated[Level | None, typer.Option("--level", help="Service level bought.")]
LEVELS = Annotated[list[Level] | None, typer.Option("--level", help="Level to quote, repeatable. (default: all)")]
PAYMENT = Annotated[Payment | None, typer.Option("--payment", help="How it is paid.")]
REQUIRED_BY = Annotated[
    str | None, typer.Option("--required-by", metavar="TIME", help="Latest arrival, ISO 8601 with a zone.")
]
POLICY = Annotated[
    str | None, typer.Option("--policy", metavar="NAME[@VERSION]", help="Routing policy. (default: the network's)")
]
TTL = Annotated[
    str | None, typer.Option("--ttl", metavar="SPAN", help="How long to hold: 90s, 15m, 2h. (default: the server's)")
]
PARTIAL = Annotated[bool, typer.Option("--partial", help="Take what there is instead of all or nothing.")]
REQUEST_ID = Annotated[
    str, typer.Option("--request-id", metavar="ID", help="Repeat an earlier attempt of yours with its id.")
]
PARTS = Annotated[
    list[str] | None,
    typer.Argument(metavar="LINE:QTY", help="Parts, each LINE:QTY or LINE:QTY@NODE. Without any: everything."),
]
NODE = Annotated[str, typer.Option("--node", "-n", metavar="NODE", help="Only at this node.")]
LIMIT = Annotated[
    int, typer.Option("--limit", min=0, max=1_000_000_000, metavar="N", help="Most rows to show; 0 = all.")
]
