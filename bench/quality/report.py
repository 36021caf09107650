"""Every quality benchmark of routing in one table, one JSON file and, with matplotlib, one plot.

    python -m bench.quality.report [--quick] [--out FOLDER]

Writes quality.json, quality.txt and quality.png into bench/results/local (or FOLDER). A benchmark whose data is not
there is named with the reason and left out.
"""

import argparse
import datetime
import json
import math
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.quality import greedy, papers
from bench.quality.papers_instances import missing as papers_missing

RESULTS = Path(__file__).parents[1] / "results" / "local"


def plot(tables: Sequence[papers.Table], comparisons: Sequence[greedy.Comparison], path: Path) -> bool:
    """Draw what was measured; False without matplotlib."""
    try:
        import matplotlib as mpl
    except ImportError:
        return False
    mpl.use("Agg")
    from matplotlib import pyplot

    panels = len(tables) + len(comparisons)
    figure, axes = pyplot.subplots(panels, 1, figsize=(8, 2.6 * panels), squeeze=False, layout="constrained")
    for axis, table in zip(axes[:, 0], tables, strict=False):
        rows = table.rows[::-1]
        bars = [0.0 if math.isnan(row.half_width) else row.half_width for row in rows]
        axis.barh([row.rule for row in rows], [row.score - 1 for row in rows], xerr=bars, left=1.0)
        axis.set_title(f"{table.setting}: mean cost / {table.baseline}, {table.instances} instances", fontsize=9)
    for axis, one in zip(axes[len(tables) :, 0], comparisons, strict=True):
        rows_of_all = one.groups[-1].rows[::-1]
        axis.barh([row.rule for row in rows_of_all], [row.cost_ratio for row in rows_of_all], color="tab:orange")
        axis.set_title(f"{one.world}: cost per order / fastdom, {one.groups[-1].compared} baskets", fontsize=9)
    for axis in axes[:, 0]:
        axis.tick_params(labelsize=8)
        axis.grid(axis="x", alpha=0.3)
    figure.savefig(path, dpi=110)
    return True


def report(quick: bool, folder: Path) -> str:
    """Run everything, write the files, return the text."""
    skipped = [why for why in (papers_missing(), greedy.missing()) if why]
    tables = [] if papers_missing() else papers.run(quick)
    comparisons = [] if greedy.missing() else greedy.run(quick)
    made = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    out = "\n".join(
        [
            f"Quality of routing, {made}, {machine}{', quick' if quick else ''}",
            *(f"skipped: {why}" for why in skipped),
            "",
            papers.text(tables),
            greedy.text(comparisons),
        ]
    )
    content: dict[str, Any] = {
        "made": made,
        "machine": machine,
        "quick": quick,
        "skipped": skipped,
        "papers": papers.as_json(tables),
        "greedy": greedy.as_json(comparisons),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "quality.json").write_text(json.dumps(_plain(content), indent=1) + "\n", encoding="utf-8")
    (folder / "quality.txt").write_text(out, encoding="utf-8")
    if tables or comparisons:
        drawn = plot(tables, comparisons, folder / "quality.png")
        out += "" if drawn else "\nno plot: matplotlib is not installed\n"
    return out


def _plain(value: Any) -> Any:
    """NaN becomes null: JSON has no word for it."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the text."""
    parser = argparse.ArgumentParser(description="Every quality benchmark of routing in one table.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args(arguments)
    print(report(chosen.quick, chosen.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
