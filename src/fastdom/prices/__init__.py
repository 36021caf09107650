"""Look-ahead prices: what a unit of stock is worth to the orders still to come, computed beside the writer.

Public: `solve_prices`, its input `Forecast` and `Costs` (`network_costs` makes them), its result `Prices`,
`warm`.
"""

from fastdom.prices.forecast import COST_MAX, NOT_SERVED, Costs, Forecast
from fastdom.prices.network_costs import network_costs
from fastdom.prices.solver import Prices, solve_prices, warm

__all__ = ["COST_MAX", "NOT_SERVED", "Costs", "Forecast", "Prices", "network_costs", "solve_prices", "warm"]
