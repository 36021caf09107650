"""The deterministic linear program of Jasin and Sinha (2015), solved by HiGHS: the baseline, not part of the product.

min  sum count * (fixed * y[type, node] + unit * x[line, node])
s.t. sum over nodes of x[line, node] = 1,   x[line, node] <= y[type, node],   use of each position <= stock
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from fastdom.prices.forecast import Costs, Forecast


@dataclass(frozen=True)
class Solution:
    """Value in micros, share[L, K + 1] of each line by node (K: unfilled), and the dual value of stock [I, K]."""

    value: float
    share: NDArray[np.float64]
    price: NDArray[np.float64]


def solve(forecast: Forecast, costs: Costs, stock: NDArray[np.int64], method: str = "highs") -> Solution:
    """Solve the program; the unit of money inside is a dollar, of flow one expected order."""
    items, centres = stock.shape
    lines = np.diff(forecast.line_start)
    type_of = np.repeat(np.arange(lines.size), lines)
    city_of = forecast.place_i[type_of]
    fixed = np.hstack([costs.fixed, costs.unserved_order[:, None]])[forecast.place_i] / 1e6
    unit = np.hstack([costs.unit, costs.unserved_unit[:, None]])[city_of] / 1e6
    usable = np.hstack([stock[forecast.sku_i] > 0, np.ones((forecast.sku_i.size, 1), bool)])
    line, node = np.nonzero(usable)  # one x for each
    opens, open_at = np.unique(type_of[line] * (centres + 1) + node, return_inverse=True)  # one y for each
    n_x, n_y = line.size, opens.size
    count = forecast.count
    cost = np.concatenate(
        [
            count[type_of[line]] * unit[line, node] * forecast.quantity[line],
            count[opens // (centres + 1)] * fixed[opens // (centres + 1), opens % (centres + 1)],
        ]
    )
    every = np.arange(n_x)
    served = sparse.csr_matrix((np.ones(n_x), (line, every)), (type_of.size, n_x + n_y))
    opened = sparse.csr_matrix(
        (np.concatenate([np.ones(n_x), -np.ones(n_x)]), (np.tile(every, 2), np.concatenate([every, n_x + open_at]))),
        (n_x, n_x + n_y),
    )
    real = np.flatnonzero(node < centres)
    position = forecast.sku_i[line[real]] * centres + node[real]
    use = sparse.csr_matrix(
        ((count[type_of] * forecast.quantity)[line[real]], (position, real)), (items * centres, n_x + n_y)
    )
    done = optimize.linprog(
        cost,
        A_ub=sparse.vstack([opened, use]),
        b_ub=np.concatenate([np.zeros(n_x), stock.ravel()]),
        A_eq=served,
        b_eq=np.ones(type_of.size),
        bounds=(0, None),
        method=method,
    )
    if done.status != 0:
        raise RuntimeError(f"HiGHS did not solve the program: {done.message}")
    share = np.zeros(usable.shape)
    share[line, node] = np.maximum(done.x[:n_x], 0)
    price = -done.ineqlin.marginals[n_x:].reshape(items, centres) * 1e6
    return Solution(float(done.fun) * 1e6, share / share.sum(axis=1, keepdims=True), np.maximum(price, 0))
