"""The deterministic linear program of Jasin and Sinha (2015), solved by HiGHS: the baseline, not part of the product.

    min  sum count * (fixed * y[type, node] + unit * x[line, node])
    s.t. sum over nodes of x[line, node] = 1,   x[line, node] <= y[type, node],   use of each position <= stock

Money inside is dollars, flow is expected orders.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from fastdom.prices.forecast import Costs, Forecast

TYPES_AT_ONCE = 300
"""Order types of one small program of `priced_bound`: larger ones take longer in all."""


@dataclass(frozen=True)
class Solution:
    """Value in micros, share[L, K + 1] of each line by node (K: unfilled), and the dual value of stock [I, K]."""

    value: float
    share: NDArray[np.float64]
    price: NDArray[np.float64]


@dataclass(frozen=True)
class _Program:
    """Costs and rows over the variables x, one for each usable (line, node), then y, one for each (type, node)."""

    line: NDArray[np.int64]
    node: NDArray[np.int64]
    flow: NDArray[np.float64]
    cost: NDArray[np.float64]
    opened: sparse.csr_matrix
    served: sparse.csr_matrix


def solve(forecast: Forecast, costs: Costs, stock: NDArray[np.int64]) -> Solution:
    """Solve the program."""
    items, centres = stock.shape
    usable = np.hstack([stock[forecast.sku_i] > 0, np.ones((forecast.sku_i.size, 1), bool)])
    program = _program(forecast, costs, usable, np.zeros(stock.shape))
    real = np.flatnonzero(program.node < centres)
    position = forecast.sku_i[program.line[real]] * centres + program.node[real]
    use = sparse.csr_matrix((program.flow[real], (position, real)), (items * centres, program.cost.size))
    done = optimize.linprog(
        program.cost,
        A_ub=sparse.vstack([program.opened, use]),
        b_ub=np.concatenate([np.zeros(program.line.size), stock.ravel()]),
        A_eq=program.served,
        b_eq=np.ones(forecast.sku_i.size),
    )
    if done.status != 0:
        raise RuntimeError(f"HiGHS did not solve the program: {done.message}")
    share = np.zeros(usable.shape)
    share[program.line, program.node] = np.maximum(done.x[: program.line.size], 0)
    price = -done.ineqlin.marginals[program.line.size :].reshape(items, centres) * 1e6
    return Solution(float(done.fun) * 1e6, share / share.sum(axis=1, keepdims=True), np.maximum(price, 0))


def priced_bound(forecast: Forecast, costs: Costs, stock: NDArray[np.int64], price: NDArray[np.int64]) -> float:
    """Lower bound on the value of the program in micros: its stock rows are replaced by prices (Lagrange).

    The rest falls apart by order type, so programs far too large for `solve` take seconds.
    """
    usable = np.hstack([stock[forecast.sku_i] > 0, np.ones((forecast.sku_i.size, 1), bool)])
    total = -float((price * stock).sum())
    for first in range(0, forecast.count.size, TYPES_AT_ONCE):
        start = forecast.line_start[first : first + TYPES_AT_ONCE + 1]
        types = slice(first, first + start.size - 1)
        lines = slice(start[0], start[-1])
        part = Forecast(
            start - start[0],
            forecast.sku_i[lines],
            forecast.quantity[lines],
            forecast.place_i[types],
            forecast.count[types],
        )
        program = _program(part, costs, usable[lines], price.astype(np.float64))
        done = optimize.linprog(
            program.cost,
            A_ub=program.opened,
            b_ub=np.zeros(program.line.size),
            A_eq=program.served,
            b_eq=np.ones(part.sku_i.size),
        )
        if done.status != 0:
            raise RuntimeError(f"HiGHS did not solve the program: {done.message}")
        total += float(done.fun) * 1e6
    return total


def _program(forecast: Forecast, costs: Costs, usable: NDArray[np.bool_], price: NDArray[np.float64]) -> _Program:
    centres = usable.shape[1] - 1
    lines = np.diff(forecast.line_start)
    type_of = np.repeat(np.arange(lines.size), lines)
    fixed = np.hstack([costs.fixed, costs.unserved_order[:, None]])[forecast.place_i] / 1e6
    priced = costs.unit[forecast.place_i[type_of]] + price[forecast.sku_i]
    unit = np.hstack([priced, costs.unserved_unit[forecast.place_i[type_of], None]]) / 1e6
    line, node = np.nonzero(usable)
    opens, open_at = np.unique(type_of[line] * (centres + 1) + node, return_inverse=True)
    n_x, n_y = line.size, opens.size
    flow = (forecast.count[type_of] * forecast.quantity)[line]
    opening = forecast.count[opens // (centres + 1)] * fixed[opens // (centres + 1), opens % (centres + 1)]
    every = np.arange(n_x)
    return _Program(
        line=line,
        node=node,
        flow=flow,
        cost=np.concatenate([flow * unit[line, node], opening]),
        opened=sparse.csr_matrix(
            (np.repeat([1.0, -1.0], n_x), (np.tile(every, 2), np.concatenate([every, n_x + open_at]))),
            (n_x, n_x + n_y),
        ),
        served=sparse.csr_matrix((np.ones(n_x), (line, every)), (type_of.size, n_x + n_y)),
    )
