"""What running a command line gives a test."""

from collections.abc import Callable
from typing import NamedTuple


class Ran(NamedTuple):
    """What a command printed and exited with."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]
