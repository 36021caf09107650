"""A simulation as people read it: the policies side by side, then what was routed differently."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fastdom.simulation.report import Values, decision_times, report_of
from fastdom.simulation.simulate import Simulation

NONE = "-"
CAUSES_SHOWN = 12
"""Rows of causes; the JSON has all."""

OWN_WEIGHTS = "cost by its own weights"
"""Such costs compare plans of one policy; their difference between policies says nothing."""

COMPARED_MAX = 2
"""Columns of differences from the first policy that a terminal still shows."""

PIPE_WIDTH = 1000
"""Into a pipe or file no terminal gives a width, and nothing is cut."""

Row = tuple[str, Callable[[Values], Any], Callable[[Any], str]]


def print_simulation(simulation: Simulation, console: Console) -> None:
    """Print the tables of a simulation on a console without markup."""
    report = report_of(simulation)
    orders, currency = report["orders"], report["network"]["currency"]
    console.print(
        f"{orders['decided']:,} orders decided, {orders['first_at'] or NONE} .. {orders['last_at'] or NONE}; "
        f"{orders['left_out']:,} left out; costs in {currency}",
        soft_wrap=True,
    )
    if not orders["decided"]:
        return
    console.print(_side_by_side(simulation, report))
    console.print(_nodes(report))
    for pair in report["differences"]:
        for part in _difference_tables(pair):
            console.print(part, soft_wrap=isinstance(part, str))
        if pair["spend"]["orders"]:
            console.print(_spend_text(pair, currency), soft_wrap=True)


def _side_by_side(simulation: Simulation, report: Values) -> Table:
    first, *others = (policy["policy"] for policy in report["policies"])
    compared = [f"{name} less {first}" for name in others] if len(others) <= COMPARED_MAX else []
    table = _table("", ("", first, *others, *compared), first_left=1)
    for label, value, shown in _rows(report):
        values = [value(policy) for policy in report["policies"]]
        alike = not label.strip().startswith(OWN_WEIGHTS)
        gaps = (_gap(values[0], one, shown) if alike else NONE for one in values[1 : 1 + len(compared)])
        table.add_row(label, *map(shown, values), *gaps)
    for name in sorted({name for policy in report["policies"] for name in policy["refused"]["orders_by_reason"]}):
        counts = [policy["refused"]["orders_by_reason"].get(name, 0) for policy in report["policies"]]
        gaps = (_gap(counts[0], count, _whole) for count in counts[1 : 1 + len(compared)])
        table.add_row(f"refused: {_words(name)}", *map(_whole, counts), *gaps)
    times = [decision_times(tally) for tally in simulation.tallies]
    table.add_row("µs a decision, p50 / p99", *(f"{one['p50_us']} / {one['p99_us']}" for one in times))
    return table


def _gap(first: Any, other: Any, shown: Callable[[Any], str]) -> str:
    """The second value less the first, with its sign, and in percent of the first; rates in points."""
    if first is None or other is None:
        return NONE
    gap = other - first
    if not gap:
        return "="
    if shown is _percent:
        return f"{gap * 100:+.2f} points"
    text = ("+" if gap > 0 else "-") + shown(abs(gap))
    return f"{text} ({gap / first:+.1%})" if first else text


def _spend_text(pair: Values, currency: str) -> str:
    """One line: what an order costs more or less, over the same orders, and how sure that is."""
    spend = pair["spend"]
    mean, low, high = (_signed(spend[key]) for key in ("mean_micros", "low_micros", "high_micros"))
    percent = f" ({spend['share']:+.2%})" if spend["share"] is not None else ""
    sure = f"95 % interval {low} .. {high}" if spend["low_micros"] is not None else "too few orders for an interval"
    return (
        f"shipping + handling of the {spend['orders']:,} orders that both ship in full, {pair['policy']} less "
        f"{pair['baseline']}: {mean} {currency} an order{percent}, {sure} (paired)"
    )


def _rows(report: Values) -> Iterator[Row]:
    yield "orders in full", lambda one: one["orders"]["complete"], _whole
    yield "orders in part", lambda one: one["orders"]["partial"], _whole
    yield "orders refused", lambda one: one["orders"]["refused"], _whole
    yield "fill rate, orders", lambda one: one["fill"]["orders"], _percent
    yield "fill rate, units", lambda one: one["fill"]["units"], _percent
    yield "shipments", lambda one: one["shipments"], _whole
    yield "split rate", lambda one: one["split"]["rate"], _percent
    yield "shipping + handling an order", lambda one: one["cost"]["spend_per_order_micros"], _money
    common = f"{report['orders']['common']:,} shipped by all"
    yield f"  of the {common}", lambda one: one["cost"]["common_spend_per_order_micros"], _money
    yield f"{OWN_WEIGHTS}, an order", lambda one: one["cost"]["weighted_per_order_micros"], _money
    yield f"  {OWN_WEIGHTS}, {common}", lambda one: one["cost"]["common_weighted_per_order_micros"], _money
    for name in _objectives(report):
        yield f"  of it {_words(name)}", _of_objective(name), _money
    yield "orders with a known arrival", lambda one: one["promises"]["dated_orders"], _whole
    yield "  days to arrive, mean", lambda one: one["promises"]["mean_days"], _number
    yield "orders with a required date", lambda one: one["promises"]["required_orders"], _whole
    yield "  late", lambda one: one["promises"]["late_orders"], _whole


def _objectives(report: Values) -> list[str]:
    """Names of the objectives that cost anything under any policy."""
    costs = [policy["cost"]["by_objective"] for policy in report["policies"]]
    return [name for name in costs[0] if any(cost[name]["weighted_micros"] for cost in costs)]


def _of_objective(name: str) -> Callable[[Values], Any]:
    return lambda one: one["cost"]["by_objective"][name]["weighted_per_order_micros"]


def _nodes(report: Values) -> Table:
    labels = [policy["policy"] for policy in report["policies"]]
    table = _table("load by node: shipments / units / fullest day", ("node", *labels), first_left=1)
    for rows in zip(*(policy["nodes"] for policy in report["policies"]), strict=True):
        if any(row["shipments"] for row in rows):
            loads = (
                " / ".join(f"{row[key]:,}" for key in ("shipments", "units", "peak_day_shipments")) for row in rows
            )
            table.add_row(rows[0]["node_id"], *loads)
    return table


def _difference_tables(pair: Values) -> Iterator[Table | str]:
    many = f"{pair['orders']:,} orders ({_percent(pair['rate'])})"
    yield f"{many} routed differently by {pair['policy']} than by {pair['baseline']}"
    if not pair["orders"]:
        return
    causes = _table("", ("why", "orders"), first_left=1)
    for cause, count in sorted(pair["by_cause"].items(), key=lambda item: (-item[1], item[0]))[:CAUSES_SHOWN]:
        causes.add_row(_words(cause), f"{count:,}")
    yield causes
    listed = _table("", ("order", pair["baseline"], pair["policy"], "why"), first_left=4)
    for one in pair["listed"]:
        listed.add_row(printable(one["order_id"]), _plan(one["baseline"]), _plan(one["policy"]), Text(one["why"]))
    yield listed
    if pair["orders"] > len(pair["listed"]):
        yield f"{pair['orders'] - len(pair['listed']):,} more; --limit 0 lists all"


def _plan(plan: Values) -> str:
    if not plan["shipments"]:
        return f"{plan['outcome'].lower()}: {_words(plan['reason'])}"
    return " + ".join(
        f"{one['node_id']} ({', '.join(f'{line}:{units}' for line, units in one['lines'].items())})"
        for one in plan["shipments"]
    )


def _table(title: str, headings: Sequence[str], *, first_left: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False, header_style="bold")
    for place, heading in enumerate(headings):
        left = place < first_left
        table.add_column(Text(heading), justify="left" if left else "right", no_wrap=not left or place == 0)
    return table


# --- values


def printable(text: str) -> str:
    """Return text of a file without what could steer a terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def _words(name: str) -> str:
    return name.lower().replace("_", " ")


def _whole(value: int) -> str:
    return f"{value:,}"


def _percent(value: float | None) -> str:
    return NONE if value is None else f"{value:.2%}"


def _number(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}"


def _signed(micros: int | None) -> str:
    return NONE if micros is None else f"{micros / 1e6:+,.2f}"


def _money(micros: int | None) -> str:
    return NONE if micros is None else f"{micros / 1e6:,.2f}"
