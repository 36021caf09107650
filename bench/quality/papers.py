"""The papers' instances: what looking ahead is worth, as mean cost over the deterministic linear program.

    python -m bench.quality.papers [--quick] [--setting NAME] [--instances N] [--sequences N] [--program]

Instances are those of the seeds 1 .. N. On the large settings the program takes HiGHS many minutes, so cost is told
over a lower bound on it (the program with its stock rows priced), which makes scores too high rather than too low, and
rules that round the program's shares are left out; `--program` solves it after all. "plan bound": what the prices
prove about whole plans, over the same baseline; no rule can score less on average than about that.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from bench.quality.papers_instances import SETTINGS, Setting, instance, missing
from bench.quality.papers_rules import RULES, Case, prepare
from scipy import stats

INSTANCES = 30
SEQUENCES = 3
LARGE = 1_000
"""Pairs of order type and city from which on the program is solved only on demand."""


@dataclass(frozen=True)
class Row:
    """One rule on one setting; score and half_width are over instances, each the mean of its sequences."""

    rule: str
    score: float
    half_width: float
    unfilled_percent: float
    parcels_per_order: float


@dataclass(frozen=True)
class Table:
    """All rules on one setting; baseline: what the score divides by."""

    setting: str
    baseline: str
    instances: int
    sequences: int
    rows: tuple[Row, ...]
    refresh_ms: float
    refresh_ms_max: float
    plan_bound: float


def table(setting: Setting, instances: int, sequences: int, program: bool | None = None) -> Table:
    """Run every rule on the instances of seeds 1 .. `instances`."""
    met: dict[str, list[list[float]]] = {}
    refreshes: list[float] = []
    ratios = []
    small = setting.cities * setting.types * setting.size_max < LARGE
    with_program = small if program is None else program
    for seed in range(1, instances + 1):
        case = prepare(instance(setting, seed), with_program)
        baseline = case.program.value if case.program else case.relaxed_bound()
        ratios.append(case.prices.bound_micros / baseline)
        for name, scores in _scores(case, sequences, baseline):
            met.setdefault(name, []).append(scores)
        refreshes += case.price_seconds
    return Table(
        setting.name,
        "deterministic LP" if with_program else "a lower bound on the deterministic LP",
        instances,
        sequences,
        tuple(_row(name, np.array(scores)) for name, scores in met.items()),
        refresh_ms=float(np.median(refreshes)) * 1e3,
        refresh_ms_max=max(refreshes) * 1e3,
        plan_bound=float(np.mean(ratios)),
    )


def _scores(case: Case, sequences: int, baseline: float) -> Iterable[tuple[str, list[float]]]:
    """Mean score, unfilled share and parcels an order of each rule on one instance."""
    lines = np.diff(case.instance.forecast.line_start)
    streams = [case.instance.arrivals(sequence) for sequence in range(sequences)]
    for rule in RULES:
        if rule.program and case.program is None:
            continue
        found = []
        for sequence, arrivals in enumerate(streams):
            served = rule.serve(case, arrivals, sequence)
            came = arrivals[arrivals >= 0]
            found.append((served.cost / baseline, served.unfilled / lines[came].sum(), served.parcels / came.size))
        yield rule.name, np.mean(found, axis=0).tolist()


def _row(name: str, scores: np.ndarray[Any, Any]) -> Row:
    count = len(scores)
    spread = scores[:, 0].std(ddof=1) / np.sqrt(count) if count > 1 else float("nan")
    half = float(stats.t.ppf(0.975, count - 1) * spread) if count > 1 else float("nan")
    return Row(name, float(scores[:, 0].mean()), half, 100 * float(scores[:, 1].mean()), float(scores[:, 2].mean()))


def text(tables: Sequence[Table]) -> str:
    """Return the tables as text."""
    out = []
    for one in tables:
        out.append(
            f"{one.setting}: mean cost / {one.baseline}, {one.instances} instances x {one.sequences} streams; "
            f"a refresh of the prices takes {one.refresh_ms:.1f} ms of a core (at most {one.refresh_ms_max:.1f})"
        )
        out.append(f"  {'rule':26} {'score':>7} {'95 %':>8} {'unfilled':>9} {'parcels/order':>14}")
        out.append(f"  {'plan bound':26} {one.plan_bound:7.4f}")
        out += [
            f"  {row.rule:26} {row.score:7.4f} ±{row.half_width:7.4f} {row.unfilled_percent:8.2f}% "
            f"{row.parcels_per_order:14.3f}"
            for row in one.rows
        ]
        out.append("")
    return "\n".join(out)


def run(quick: bool, settings: Sequence[Setting] = SETTINGS, instances: int = 0, sequences: int = 0) -> list[Table]:
    """All settings; quick: few instances, one stream."""
    tables = []
    for setting in settings:
        large = setting.cities * setting.types * setting.size_max >= LARGE
        default = (1 if large else 4) if quick else (5 if large else INSTANCES)
        tables.append(table(setting, instances or default, sequences or (1 if quick or large else SEQUENCES)))
    return tables


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="The papers' instances: what looking ahead is worth.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--setting", choices=[setting.name for setting in SETTINGS])
    parser.add_argument("--instances", type=int, default=0)
    parser.add_argument("--sequences", type=int, default=0)
    parser.add_argument("--program", action="store_true", help="solve the linear program of large settings too")
    chosen = parser.parse_args(arguments)
    if missing():
        print(f"skipped: {missing()}")
        return 0
    settings = [setting for setting in SETTINGS if chosen.setting in (None, setting.name)]
    if chosen.program:
        tables = [table(setting, chosen.instances or 1, chosen.sequences or 1, program=True) for setting in settings]
    else:
        tables = run(chosen.quick, settings, chosen.instances, chosen.sequences)
    print(text(tables))
    return 0


def as_json(tables: Sequence[Table]) -> list[dict[str, Any]]:
    """Return the tables as plain values."""
    return [asdict(one) for one in tables]


if __name__ == "__main__":
    sys.exit(main())
