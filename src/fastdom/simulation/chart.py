"""The policies as bars: a plain SVG that any browser shows, from the report alone."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from fastdom.simulation.report import Values

WIDTH, LEFT, TOP, BAR, GAP, GROUP_GAP = 960, 230, 56, 14, 3, 14
RIGHT = 130
"""Room for the numbers, pixels."""

COLOURS = ("#2f6f9f", "#d9822b", "#4d9a5b", "#a0517f", "#7a6fb0", "#8a6d3b", "#3f9c9c", "#8c8c8c")
"""As many as there may be policies."""

NODES_SHOWN = 30

Group = tuple[str, tuple[float, ...], tuple[str, ...]]
"""(label, value by policy, the same as text)."""


def svg_of(report: Values) -> str:
    """Return the chart: costs, splits, fill, days, then the shipments of the busiest nodes."""
    policies = report["policies"]
    labels = [policy["policy"] for policy in policies]
    sections = [
        (f"{report['network']['currency']} an order", _money_groups(policies)),
        ("rates", _rate_groups(policies)),
        ("days to arrive, mean", [_group("", [p["promises"]["mean_days"] for p in policies], "{:.2f}")]),
        ("shipments by node", _node_groups(policies)),
    ]
    parts, y = [], TOP
    for title, groups in sections:
        parts.append(f'<text x="12" y="{y + 12}" class="title">{escape(title)}</text>')
        y += 22
        section, y = _bars(groups, y)
        parts += section
        y += 12
    title = f"{report['orders']['decided']:,} orders of {escape(report['network']['name'])}"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}" '
        'font-family="sans-serif" font-size="12">'
        "<style>.title{font-weight:bold;font-size:13px}</style>"
        f'<rect width="{WIDTH}" height="{y}" fill="#ffffff"/>'
        f'<text x="12" y="20" class="title">{title}</text>'
    )
    return "\n".join((head, *_legend(labels), *parts, "</svg>")) + "\n"


def _legend(labels: Sequence[str]) -> Iterator[str]:
    step = (WIDTH - 24) // max(4, len(labels))
    for i, label in enumerate(labels):
        x = 12 + i * step
        yield f'<rect x="{x}" y="32" width="10" height="10" fill="{COLOURS[i]}"/>'
        yield f'<text x="{x + 15}" y="41">{escape(label)}</text>'


def _bars(groups: Sequence[Group], y: int) -> tuple[list[str], int]:
    """Return the bars of a section, all on one scale, and where it ends."""
    most = max((value for _, values, _ in groups for value in values), default=0) or 1
    room = WIDTH - LEFT - RIGHT
    parts = []
    for label, values, texts in groups:
        parts.append(f'<text x="{LEFT - 8}" y="{y + 11}" text-anchor="end">{escape(label)}</text>')
        for i, (value, text) in enumerate(zip(values, texts, strict=True)):
            width = round(value / most * room, 1)
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{width}" height="{BAR}" fill="{COLOURS[i]}"/>')
            parts.append(f'<text x="{LEFT + width + 5}" y="{y + 11}">{text}</text>')
            y += BAR + GAP
        y += GROUP_GAP - GAP
    return parts, y


def _group(label: str, values: Sequence[float | None], form: str) -> Group:
    texts = tuple("-" if value is None else form.format(value) for value in values)
    return label, tuple(value or 0 for value in values), texts


def _money_groups(policies: Sequence[Values]) -> list[Group]:
    groups = [
        (label, [(policy["cost"][key] or 0) / 1e6 for policy in policies])
        for label, key in (
            ("shipping + handling", "spend_per_order_micros"),
            ("the same, shipped by all", "common_spend_per_order_micros"),
            ("weighted", "weighted_per_order_micros"),
        )
    ]
    for name in policies[0]["cost"]["by_objective"]:
        values = [(p["cost"]["by_objective"][name]["weighted_per_order_micros"] or 0) / 1e6 for p in policies]
        if any(values):
            groups.append((name.replace("_", " "), values))
    return [_group(label, values, "{:,.2f}") for label, values in groups]


def _rate_groups(policies: Sequence[Values]) -> list[Group]:
    return [
        _group("fill rate, orders", [policy["fill"]["orders"] for policy in policies], "{:.2%}"),
        _group("fill rate, units", [policy["fill"]["units"] for policy in policies], "{:.2%}"),
        _group("split rate", [policy["split"]["rate"] for policy in policies], "{:.2%}"),
        _group("late, of those with a date", [policy["promises"]["late_rate"] for policy in policies], "{:.2%}"),
    ]


def _node_groups(policies: Sequence[Values]) -> list[Group]:
    rows = list(zip(*(policy["nodes"] for policy in policies), strict=True))
    rows.sort(key=lambda row: (-max(one["shipments"] for one in row), row[0]["node_id"]))
    return [
        _group(row[0]["node_id"], [one["shipments"] for one in row], "{:,.0f}")
        for row in rows[:NODES_SHOWN]
        if any(one["shipments"] for one in row)
    ]
