"""A simulation as JSON values: the schema of docs/simulate.md.

The same inputs give the same values, byte for byte when written, but for what stands under "times".
"""

from datetime import UTC, datetime
from typing import Any, Final

from fastdom.simulation.decision import Decision
from fastdom.simulation.difference import Difference
from fastdom.simulation.paired import Paired
from fastdom.simulation.policies import SimulatedPolicy
from fastdom.simulation.simulate import Pair, Simulation
from fastdom.simulation.tally import DAY_US, NodeWork, Tally
from fastdom.types import Objective, RouteOutcome

FORMAT: Final = 1
DIGITS: Final = 4
"""Of shares and means: a hundredth of a percent."""

Values = dict[str, Any]


def report_of(simulation: Simulation) -> Values:
    """Return the report."""
    book, network = simulation.book, simulation.world.network
    decided = book.orders
    return {
        "format": FORMAT,
        "network": {"name": network.name, "content_hash": network.content_hash, "currency": network.currency},
        "orders": {
            "rows": book.rows,
            "bad_rows": book.problems.count,
            "left_out": book.left_out + simulation.undecidable,
            "decided": simulation.decided,
            "first_at": time_text(decided[0].at_us) if decided else None,
            "last_at": time_text(decided[-1].at_us) if decided else None,
            "common": simulation.tallies[0].common_orders,
        },
        "ignored_fields": list(book.ignored_fields),
        "bad_rows": [
            {"row": one.row, "order_id": one.order_id, "field": one.field, "reason": one.reason}
            for one in book.problems.kept
        ],
        "policies": [
            _policy(simulation, policy, tally)
            for policy, tally in zip(simulation.policies, simulation.tallies, strict=True)
        ],
        "differences": [_pair(simulation, pair) for pair in simulation.pairs],
        "times": {
            "elapsed_ms": simulation.elapsed_us // 1000,
            "policies": [
                {"policy": policy.label, **decision_times(tally)}
                for policy, tally in zip(simulation.policies, simulation.tallies, strict=True)
            ],
        },
    }


def _policy(simulation: Simulation, policy: SimulatedPolicy, tally: Tally) -> Values:
    promises = tally.promises
    orders = tally.outcomes.total()
    return {
        "policy": policy.label,
        "source": policy.source,
        "orders": {outcome.name.lower(): tally.outcomes[outcome] for outcome in RouteOutcome if outcome},
        "units": {"ordered": tally.units_ordered, "shipped": tally.units_shipped},
        "fill": {
            "orders": share(tally.outcomes[RouteOutcome.COMPLETE], orders),
            "units": share(tally.units_shipped, tally.units_ordered),
        },
        "shipments": tally.shipments,
        "split": {"orders": tally.split_orders, "rate": share(tally.split_orders, tally.shipped_orders)},
        "cost": _cost(tally),
        "refused": {
            "orders_by_reason": dict(sorted(tally.refused_orders.items())),
            "units_by_reason": dict(sorted(tally.short_units.items())),
        },
        "promises": {
            "dated_orders": promises.dated,
            "mean_days": mean(promises.days_us, promises.dated * DAY_US),
            "required_orders": promises.required,
            "late_orders": promises.late,
            "late_rate": share(promises.late, promises.required),
            "mean_days_late": mean(promises.late_us, promises.late * DAY_US),
        },
        "optimality": {one.name.lower(): count for one, count in sorted(tally.optimality.items())},
        "nodes": [
            _node(simulation, node.id, tally.nodes.get(node.id, NodeWork()), tally)
            for node in simulation.world.network.nodes
        ],
    }


def _cost(tally: Tally) -> Values:
    orders, common = tally.shipped_orders, tally.common_orders
    return {
        "weighted_micros": tally.cost_micros,
        "weighted_per_order_micros": per(tally.cost_micros, orders),
        "spend_micros": tally.spend_micros,
        "spend_per_order_micros": per(tally.spend_micros, orders),
        "common_weighted_per_order_micros": per(tally.common_cost_micros, common),
        "common_spend_per_order_micros": per(tally.common_spend_micros, common),
        "by_objective": {
            one.name.lower(): {
                "raw_micros": tally.raw[one],
                "weighted_micros": tally.weighted[one],
                "weighted_per_order_micros": per(tally.weighted[one], orders),
            }
            for one in Objective
            if one
        },
    }


def _node(simulation: Simulation, node_id: str, work: NodeWork, tally: Tally) -> Values:
    node = next(node for node in simulation.world.network.nodes if node.id == node_id)
    return {
        "node_id": node_id,
        "shipments": work.shipments,
        "units": work.units,
        "share": share(work.shipments, tally.shipments),
        "peak_day_shipments": work.peak_day_shipments,
        "capacity_kind": node.capacity_kind.name,
        "capacity_limit": node.capacity_limit,
    }


def _pair(simulation: Simulation, pair: Pair) -> Values:
    first, other = pair.comparison.baseline.label, pair.comparison.other.label
    return {
        "baseline": first,
        "policy": other,
        "orders": pair.count,
        "rate": share(pair.count, simulation.decided),
        "spend": _paired(pair.spend),
        "by_cause": dict(sorted(pair.causes.items())),
        "listed": [_difference(one) for one in pair.listed],
    }


def _paired(spend: Paired) -> Values:
    mean, half = spend.mean_micros, spend.half_width_micros
    known = mean is not None and half is not None
    return {
        "orders": spend.orders,
        "mean_micros": mean,
        "share": share(spend.sum_micros, spend.base_micros),
        "low_micros": (mean or 0) - (half or 0) if known else None,
        "high_micros": (mean or 0) + (half or 0) if known else None,
    }


def _difference(one: Difference) -> Values:
    return {
        "order_id": one.order.order.order_id,
        "row": one.order.row,
        "at": time_text(one.order.at_us),
        "cause": one.cause,
        "objective": one.objective,
        "gain_micros": one.gain,
        "why": one.why,
        "baseline": _plan(one.baseline),
        "policy": _plan(one.other),
    }


def _plan(decision: Decision) -> Values:
    return {
        "outcome": decision.outcome.name,
        "reason": decision.reason.name if decision.short else "",
        "cost_micros": decision.cost_micros,
        "shipments": [
            {"node_id": node_id, "carrier_service_id": service_id, "lines": dict(lines)}
            for node_id, service_id, lines in decision.parcels
        ],
    }


# --- numbers


def share(part: int, whole: int) -> float | None:
    """Return a share, rounded; None of nothing."""
    return round(part / whole, DIGITS) if whole else None


mean = share


def per(total: int, count: int) -> int | None:
    """Return the mean of whole micros, rounded half up; None of nothing."""
    return (2 * total + count) // (2 * count) if count else None


def time_text(at_us: int) -> str:
    """Return microseconds UTC as ISO 8601."""
    at = datetime.fromtimestamp(at_us // 1_000_000, tz=UTC).replace(microsecond=at_us % 1_000_000)
    return at.isoformat().replace("+00:00", "Z")


def decision_times(tally: Tally) -> Values:
    """Return mean, median, 99th percentile and maximum of the microseconds a decision took in the engine."""
    taken = sorted(tally.decision_us)
    count = len(taken)
    if not count:
        return {"mean_us": None, "p50_us": None, "p99_us": None, "max_us": None}
    return {
        "mean_us": round(sum(taken) / count, 1),
        "p50_us": taken[count // 2],
        "p99_us": taken[min(count - 1, count * 99 // 100)],
        "max_us": taken[-1],
    }
