"""What a run of the demo is told to do."""

from dataclasses import dataclass
from pathlib import Path

NETWORK = Path(__file__).parent / "network"

DURABILITY_MODES = ("strict", "relaxed", "process")

ORDERS_MAX = 10_000_000
"""The client's record keeps every answer: about 2 kB an order."""

CONCURRENCY_MAX = 1_000
"""Checkouts at once share one connection, and a server takes 1,000 concurrent calls of one."""

STDOUT = Path("-")


@dataclass(frozen=True, slots=True)
class DemoSettings:
    """Settings of a run.

    Attributes
    ----------
    orders : int
        Orders of the sale, 1 .. 10,000,000.
    seed : int
        Same seed, same carts: what is bought, where it goes, who walks away, which requests are sent twice.
    json : Path or None
        Where to write the report as JSON; ``-`` is stdout, and the table then goes to stderr.
    data : Path or None
        The server's data folder, kept; new or empty. None = a temporary folder, removed at the end.
    durability : str
        ``strict``, ``relaxed`` or ``process``: when the server counts an answer as durable.
    concurrency : int
        Checkouts under way at once, 1 .. 1,000.

    Raises
    ------
    ValueError
        Out of range; the message names the option.
    """

    orders: int = 10_000
    seed: int = 1
    json: Path | None = None
    data: Path | None = None
    durability: str = "strict"
    concurrency: int = 32

    def __post_init__(self) -> None:
        for option, value, most in (
            ("orders", self.orders, ORDERS_MAX),
            ("concurrency", self.concurrency, CONCURRENCY_MAX),
        ):
            if not 1 <= value <= most:
                raise ValueError(f"--{option} must be 1 .. {most}, got {value}")
        if self.durability not in DURABILITY_MODES:
            raise ValueError(f"--durability must be one of {', '.join(DURABILITY_MODES)}, got {self.durability!r}")
        if self.data is not None and self.data.exists() and (not self.data.is_dir() or any(self.data.iterdir())):
            raise ValueError(f"--data {self.data} must be a new or empty folder: the audit counts from the first order")
        if self.json is not None and self.json != STDOUT and not self.json.absolute().parent.is_dir():
            raise ValueError(f"--json {self.json}: there is no folder {self.json.absolute().parent}")
