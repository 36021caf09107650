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
        The objectives, constraints and settings, such as ``objectives.lateness``.
    """

    def __init__(self, policy: str, names: Sequence[str], known: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            f"policy {policy}: the engine cannot decide with {', '.join(names)}; it can with {', '.join(known)}"
        )
