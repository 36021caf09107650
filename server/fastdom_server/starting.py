"""Why a server could not start, in words: what a person can mend is told in lines, everything else is a defect."""

from fastdom.engine.errors import CannotStart, NetworkRefused
from fastdom.engine.limits import Limits
from fastdom.journal import JournalError
from fastdom.network import NetworkInvalid
from fastdom_server.listening import AddressInUse, AddressInvalid
from fastdom_server.settings import Settings

CANNOT_START = 2
"""Exit code."""


class LimitsInvalid(Exception):
    """A limit has an unknown name or is out of its range; the message is one readable line."""


def limits_of(settings: Settings) -> Limits | None:
    """Return the engine's limits as the settings override them; None keeps those of the folder.

    Raises
    ------
    LimitsInvalid
    """
    if unknown := settings.limits.keys() - Limits.__dataclass_fields__.keys():
        known = ", ".join(Limits.__dataclass_fields__)
        raise LimitsInvalid(f"--limit {min(unknown)}: no such limit; known are {known}")
    try:
        return Limits(**settings.limits) if settings.limits else None
    except ValueError as error:
        raise LimitsInvalid(f"--limit {error}") from None


def describe(error: BaseException, settings: Settings) -> str | None:
    """Return the line (for a network: one line per problem) that says why, or None for a defect."""
    if isinstance(error, NetworkInvalid):
        return f"network {settings.network} cannot be used, {error.count} to mend:\n{error}"
    if isinstance(error, NetworkRefused):
        return f"network {settings.network} cannot be activated: {error}"
    if isinstance(error, JournalError | CannotStart | AddressInUse | AddressInvalid | LimitsInvalid):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or settings.data}: {error.strerror or error}"
    return None
