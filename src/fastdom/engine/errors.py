"""Errors of opening and running an engine.

    Exception
    ├── CannotStart            the engine cannot open its folder or network; one readable line, exit code 2
    │   └── ClockBehind        the wall clock is far behind the journal
    ├── NetworkRefused         a network version cannot be activated; nothing changed
    │   ├── NetworkShrinks     a node or SKU that still has stock or holds would vanish
    │   └── PolicyUnfit        an active policy could not decide on it, or a policy is to be activated that could not
    ├── EngineFailed           the journal failed: nothing is answered any more
    └── ReplayFailed           the journal does not fit the state it should rebuild

Refusals of a single command are `fastdom.reasons.EngineError`; storage errors are `fastdom.journal.errors`.
"""

from fastdom.network import Problem

PROBLEMS_SHOWN = 5


class CannotStart(Exception):
    """The engine cannot start; the message is one readable line."""


class ClockBehind(CannotStart):
    """The wall clock is further behind the journal than a small jump.

    Attributes
    ----------
    behind_us : int
        By how much, microseconds.
    """

    def __init__(self, behind_us: int) -> None:
        self.behind_us = behind_us
        super().__init__(
            f"the clock is {behind_us / 1e6:.0f} s behind the last journalled time; "
            "set the clock, or start with --accept-clock to go on from the journalled time"
        )


class NetworkRefused(Exception):
    """A network version cannot be activated; nothing was changed."""


class NetworkShrinks(NetworkRefused):
    """Nodes or SKUs with stock or holds are missing from the new version.

    Attributes
    ----------
    names : list of str
        The missing ones, at most twenty of them.
    """

    def __init__(self, kind: str, names: list[str], total: int) -> None:
        self.names = names
        more = f" and {total - len(names)} more" if total > len(names) else ""
        super().__init__(f"{kind} with stock or holds would vanish: {', '.join(names)}{more}")


class PolicyUnfit(NetworkRefused):
    """A policy and the network do not fit: neither the one nor the other is activated.

    Attributes
    ----------
    name : str
        Of the policy.
    version : int
    problems : tuple of Problem
        What is in the way; lines are 0.
    """

    def __init__(self, name: str, version: int, problems: tuple[Problem, ...]) -> None:
        self.name = name
        self.version = version
        self.problems = problems
        told = [f"{problem.field}: {problem.message}" for problem in problems[:PROBLEMS_SHOWN]]
        if len(problems) > len(told):
            told.append(f"and {len(problems) - len(told)} more")
        super().__init__(f"policy {name}, version {version}: {'; '.join(told)}")


class EngineFailed(Exception):
    """The journal failed; the engine answers nothing any more and the process should exit."""


class ReplayFailed(CannotStart):
    """The journal does not fit the state it should rebuild; `fastdom verify` tells more."""
