"""Simulation: the same orders decided under several policies, on copies of the stock, and told side by side.

`run` reads what `SimulationSettings` name and writes the files they ask for; `simulate` decides orders that are in
memory already; `report_of` gives the result as JSON values. Every policy has an engine in memory of its own; nothing
reaches a data folder or a server. The formats are described in docs/simulate.md.
"""

from fastdom.simulation.errors import PolicyUnsupported, SimulationRefused
from fastdom.simulation.order_fields import Catalogue
from fastdom.simulation.order_file import read_orders
from fastdom.simulation.orders import OrderBook, RowProblem, SimulatedOrder
from fastdom.simulation.policies import SimulatedPolicy, load_policies
from fastdom.simulation.recorded import Recorded, read_recorded
from fastdom.simulation.report import report_of
from fastdom.simulation.run import main, run
from fastdom.simulation.settings import SimulationSettings
from fastdom.simulation.simulate import Simulation, World, simulate

__all__ = [
    "Catalogue",
    "OrderBook",
    "PolicyUnsupported",
    "Recorded",
    "RowProblem",
    "SimulatedOrder",
    "SimulatedPolicy",
    "Simulation",
    "SimulationRefused",
    "SimulationSettings",
    "World",
    "load_policies",
    "main",
    "read_orders",
    "read_recorded",
    "report_of",
    "run",
    "simulate",
]
