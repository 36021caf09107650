"""Quotes on the demo network, called from native code: `python -m pytest bench/micro/test_quote.py`, or as a script.

`python -m bench.micro.test_quote [orders]` cycles through different orders, so caches and branch predictors see what a
server would. Each call is timed on its own, the clock's own cost is taken off, and an order counts with the median of
its calls, so that what else runs on the machine stays out. "quote" starts from a resolved order: candidate gathering,
routing, dates, costs, tokens. "whole" adds checking it and resolving its names. At the end the same orders by a policy
with every constraint and objective, weighted and in four levels, and as a multiple of the plain one (median of orders).
"""

import random
import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from bench.micro.whole_policy import whole_desk
from tests.native.demo_desk import NOW_US, demo_desk, demo_network, demo_order

from fastdom._native.quote_desk import Order, QuoteDesk

CASES = (
    ("route", 1),
    ("route", 2),
    ("route", 3),
    ("route", 4),
    ("route", 8),
    ("route", 30),
    ("promise", 1),
    ("promise", 2),
    ("promise", 4),
    ("pinned", 3),
    ("token", 2),
)
ROUNDS = 11
WITH_POLICY = (("route", 1), ("route", 3), ("route", 4), ("route", 8), ("promise", 2))


def pinned_order(rng: random.Random, n_lines: int) -> Order:
    """Return a Reserve of stocked positions, each line pinned."""
    document, compiled, _ = demo_network()
    stock = document.stock
    lines = []
    for i in range(n_lines):
        row = rng.randrange(len(stock.sku_i))
        sku, node = document.skus.ids[stock.sku_i[row]], document.nodes[stock.node_i[row]].id
        lines.append({"line_id": f"l{i}", "sku": sku, "quantity": 1, "node": node})
    return Order("reserve", lines, channel="own-site", postal_code=rng.choice(compiled.postal_text))


def token_order(rng: random.Random, desk: QuoteDesk, n_lines: int) -> Order:
    """Return a Reserve of the first option of a promise."""
    _, compiled, _ = demo_network()
    while True:
        seed, postal = rng.random(), rng.choice(compiled.postal_text)
        promised = desk.quote(demo_order(random.Random(seed), "promise", n_lines, postal_code=postal), NOW_US)
        if promised["options"]:
            token = promised["options"][0]["token"]
            return demo_order(random.Random(seed), "reserve", n_lines, postal_code=postal, option_token=token)


def orders_of(kind: str, n_lines: int, count: int, desk: QuoteDesk) -> list[Order]:
    """Return different orders of one kind."""
    rng = random.Random(7)
    if kind == "pinned":
        return [pinned_order(rng, n_lines) for _ in range(count)]
    if kind == "token":
        return [token_order(rng, desk, n_lines) for _ in range(count)]
    return [demo_order(rng, kind, n_lines) for _ in range(count)]


@pytest.mark.parametrize("whole", [False, True], ids=["quote", "whole"])
@pytest.mark.parametrize(("kind", "n_lines"), CASES)
def test_quote(benchmark: Any, kind: str, n_lines: int, whole: bool) -> None:
    """Time of 100 different orders."""
    desk, _ = demo_desk()
    orders = orders_of(kind, n_lines, 100, desk)
    benchmark(desk.time, orders, NOW_US, 1, whole)


def clock_ns() -> float:
    """Return what reading the clock costs."""
    taken = []
    for _ in range(10_000):
        before = time.perf_counter_ns()
        taken.append(time.perf_counter_ns() - before)
    return float(np.median(taken)) / 2


def measure(desk: QuoteDesk, orders: Sequence[Order], whole: bool) -> np.ndarray[Any, Any]:
    """Return nanoseconds of each order, the median of its calls."""
    taken = np.array(desk.time(orders, NOW_US, ROUNDS, whole)).reshape(ROUNDS, len(orders))
    return np.asarray(np.median(taken[1:], axis=0)) - clock_ns()


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    desk, _ = demo_desk()
    print(f"{'order':>16} {'quote mean us':>14} {'p50':>7} {'p99':>7} {'whole mean us':>14} {'p99':>7}")
    for kind, n_lines in CASES:
        orders = orders_of(kind, n_lines, count, desk)
        alone, whole = (measure(desk, orders, flag) / 1e3 for flag in (False, True))
        print(
            f"{kind + f', {n_lines} lines':>16} {alone.mean():14.2f} {np.percentile(alone, 50):7.2f} "
            f"{np.percentile(alone, 99):7.2f} {whole.mean():14.2f} {np.percentile(whole, 99):7.2f}"
        )
    compare(desk, count)


def compare(plain: QuoteDesk, count: int) -> None:
    """Print whole policies beside the plain one."""
    desks = {"weighted": whole_desk(False), "four levels": whole_desk(True)}
    print(f"\n{'every constraint and objective':>34} {'plain us':>9}" + "".join(f"{name:>34}" for name in desks))
    for kind, n_lines in WITH_POLICY:
        orders = orders_of(kind, n_lines, count, plain)
        before = measure(plain, orders, False) / 1e3
        row = f"{kind + f', {n_lines} lines':>34} {before.mean():9.2f}"
        for desk in desks.values():
            after = measure(desk, orders, False) / 1e3
            row += f"{after.mean():11.2f} us x {np.median(after / before):5.2f}, p99 {np.percentile(after, 99):6.2f}"
        print(row)


if __name__ == "__main__":
    main()
