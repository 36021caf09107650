"""Errors of a simulation. Each has a message that a person can act on.

ValueError
└── SimulationRefused      the simulation cannot be run as asked; nothing was decided
    └── PolicyUnsupported  a policy asks for what the engine cannot do
"""

from collections.abc import Sequence


class SimulationRefused(ValueError):
    """The simulation cannot be run as asked; the message is readable lines."""


class PolicyUnsupported(SimulationRefused):
    """A policy asks for what the engine cannot do.

    Attributes
    ----------
    names : tuple of str
        The settings, such as ``split_quantities``.
    """

    def __init__(self, policy: str, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"policy {policy}: this version of the engine cannot decide by {', '.join(names)}")
