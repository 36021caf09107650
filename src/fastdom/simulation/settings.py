"""What a simulation is told to do."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fastdom.simulation.errors import SimulationRefused
from fastdom.simulation.limits import FIRST_YEAR, LAST_YEAR, LISTED_DEFAULT, POLICIES_MAX

YEARS = FIRST_YEAR, LAST_YEAR + 1
STDOUT = Path("-")

PLOT_ENDING = ".svg"

START_FIRST_US, START_LAST_US = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000 for year in YEARS)


@dataclass(frozen=True, slots=True)
class SimulationSettings:
    """Settings of a simulation: exactly one of `network` and `data`.

    Attributes
    ----------
    policies : tuple of str
        1 .. 8 names, versions or document files; the first is what the others are compared with. None, with `data` =
        the default policy's version before the active one, and the active one.
    network : Path or None
        Folder of a network; needs `orders`.
    data : Path or None
        A data folder: its network, its stock, and its recorded orders unless `orders` is given.
    orders : Path or None
        File of orders.
    stock : Path or None
        Stock to start from in place of the network's or the folder's, as stock.csv.
    start_us : int
        When orders are decided that do not say when they were placed; 0 = they must say.
    partial : bool
        Whether orders of a file may be shipped in part.
    since_us, until_us : int
        Recorded orders decided from then on, and before then; 0 = no end.
    orders_max : int
        Recorded orders taken, the first; 0 = all.
    holds : bool
        Also recorded orders that never became firm.
    json, csv, plot : Path or None
        Where to write the report (``-`` is stdout), the decisions, and the chart.
    limit : int
        Differing orders listed; 0 = all.

    Raises
    ------
    SimulationRefused
        Settings that do not go together; the message names the option.
    """

    policies: tuple[str, ...]
    network: Path | None = None
    data: Path | None = None
    orders: Path | None = None
    stock: Path | None = None
    start_us: int = 0
    partial: bool = False
    holds: bool = False
    since_us: int = 0
    until_us: int = 0
    orders_max: int = 0
    json: Path | None = None
    csv: Path | None = None
    plot: Path | None = None
    limit: int = LISTED_DEFAULT

    def __post_init__(self) -> None:
        if (self.network is None) == (self.data is None):
            raise SimulationRefused("give either --network FOLDER with --orders FILE, or --data DIR")
        if self.network is not None and self.orders is None:
            raise SimulationRefused("--orders FILE is missing: a network folder has no orders")
        if self.holds and (self.data is None or self.orders is not None):
            raise SimulationRefused("--holds is about the orders of --data DIR")
        self._check_window()
        if not (0 if self.data is not None else 1) <= len(self.policies) <= POLICIES_MAX:
            raise SimulationRefused(f"--policy: give 1 .. {POLICIES_MAX} policies, got {len(self.policies)}")
        if self.start_us and not START_FIRST_US <= self.start_us <= START_LAST_US:
            raise SimulationRefused(f"--start must be in the years {FIRST_YEAR} .. {LAST_YEAR}")
        if self.limit < 0:
            raise SimulationRefused(f"--limit must be 0 or more, got {self.limit}")
        if self.plot is not None and self.plot.suffix.lower() != PLOT_ENDING:
            raise SimulationRefused(f"--plot {self.plot}: must end with {PLOT_ENDING}: the chart is an SVG")
        if self.json == self.csv == STDOUT:
            raise SimulationRefused("--json and --csv cannot both be stdout")
        for option, path in (("json", self.json), ("csv", self.csv), ("plot", self.plot)):
            if path is not None and path != STDOUT and not path.absolute().parent.is_dir():
                raise SimulationRefused(f"--{option} {path}: there is no folder {path.absolute().parent}")

    def _check_window(self) -> None:
        if (self.since_us or self.until_us or self.orders_max) and (self.data is None or self.orders is not None):
            raise SimulationRefused("--since, --until and --first are about the recorded orders of --data DIR")
        if self.until_us and self.until_us <= self.since_us:
            raise SimulationRefused("--until must be after --since")
        if self.orders_max < 0:
            raise SimulationRefused(f"--first must be 0 or more, got {self.orders_max}")
