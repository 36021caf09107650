"""Counterfactuals: the least that would have to differ for a node to be in the plan, found by planning again."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from fastdom.explain.bench import Bench
from fastdom.explain.costs import goodness, lead, missing_units
from fastdom.explain.record import Decision
from fastdom.policy import Policy
from fastdom.policy.constraint import Standing
from fastdom.policy.constraints import CONSTRAINT_BY_NAME
from fastdom.types import (
    ConstraintStatus,
    ConstraintVerdict,
    Counterfactual,
    CounterfactualKind,
    MissingUnits,
    NodeStatus,
    Plan,
    RouteRequest,
)

SEARCHES_MAX = 4_096
"""Routing searches spent on the counterfactuals of one decision."""

LINES_FORCED_MAX = 32
"""Lines of an order that are tried one by one at a node; of a larger order the cheaper figure is an upper bound."""

STATUS = "status"
EXCLUDED = "exclude_node_ids"
INCLUDED = "include_node_ids"


class WhatIf:
    """Plans one decision again under changed conditions.

    Parameters
    ----------
    bench : Bench
        Set up for the decision.
    decision : Decision
    policy : Policy
        At the stage the plan was found at: nothing more is given up.
    chosen : Plan or None
        The plan that was taken; None = the order was refused.
    """

    def __init__(self, bench: Bench, decision: Decision, policy: Policy, chosen: Plan | None) -> None:
        self._bench = bench
        self._decision = decision
        self._policy = policy
        self._chosen = chosen if chosen is not None and chosen.shipments else None
        self._request = decision.request()
        self._lines = decision.fields["order"]["lines"]
        self._left = SEARCHES_MAX

    def counterfactual(self, node_id: str, node_i: int, verdicts: Sequence[ConstraintVerdict]) -> Counterfactual:
        """Return what would put the node into the plan."""
        missing = self._units_wanted(node_id, node_i, self._request)
        forced = self._forced(node_id, node_i, self._request)
        if forced is not None and self._chosen is not None:
            cheaper, level = lead(forced, self._chosen, self._policy)
            return self._told(CounterfactualKind.CHEAPER, cheaper, level, missing, ())
        if missing:
            return self._told(CounterfactualKind.MORE_UNITS, 0, 0, missing, ())
        both = self._units_and_cost(node_id, node_i)
        if both is not None:
            return both
        broken = self._broken(node_id, verdicts)
        return self._without(node_id, node_i, broken)

    def _without(self, node_id: str, node_i: int, broken: tuple[str, ...]) -> Counterfactual:
        """Return what giving up the constraints it breaks would come to."""
        if not broken:
            return Counterfactual(CounterfactualKind.NONE, text="nothing that was tried brings it into the plan")
        policy = _dropped(self._policy, broken)
        request = self._request
        if EXCLUDED in broken:
            kept = tuple(one for one in request.exclude_node_ids if one != node_id)
            request = replace(request, exclude_node_ids=kept)
        if INCLUDED in broken:
            request = replace(request, include_node_ids=(*request.include_node_ids, node_id))
        with ExitStack() as changed:
            changed.enter_context(self._bench.under(policy))
            if STATUS in broken:
                changed.enter_context(self._bench.status(node_i, NodeStatus.ONLINE))
            if self._ships(node_id, request):
                return self._told(CounterfactualKind.RELAXED, 0, 0, (), broken)
            missing = self._units_wanted(node_id, node_i, request)
            forced = self._forced(node_id, node_i, request)
            if forced is not None and self._chosen is not None:
                cheaper, level = lead(forced, self._chosen, self._policy)
                return self._told(CounterfactualKind.RELAXED, cheaper, level, missing, broken)
            if missing:
                return self._told(CounterfactualKind.RELAXED, 0, 0, missing, broken)
        return Counterfactual(
            CounterfactualKind.NONE, constraints=broken, text=f"would not win even without {', '.join(broken)}"
        )

    def _broken(self, node_id: str, verdicts: Sequence[ConstraintVerdict]) -> tuple[str, ...]:
        broken = [one.constraint for one in verdicts if one.status is ConstraintStatus.VIOLATED]
        if node_id in self._request.exclude_node_ids:
            broken.append(EXCLUDED)
        if self._request.include_node_ids and node_id not in self._request.include_node_ids:
            broken.append(INCLUDED)
        return tuple(broken)

    def _plan(self, request: RouteRequest) -> Plan | None:
        if self._left <= 0:
            return None
        self._left -= 1
        plan = self._bench.route(request, self._decision.now_us).plan
        return plan if plan is not None and plan.shipments else None

    def _ships(self, node_id: str, request: RouteRequest) -> bool:
        """Whether the plan that wins ships from the node and serves as much as the chosen one."""
        plan = self._plan(request)
        return plan is not None and any(shipment.node_id == node_id for shipment in plan.shipments)

    def _forced(self, node_id: str, node_i: int, request: RouteRequest) -> Plan | None:
        """The best plan that ships from the node; None = there is none that serves as many units."""
        best: Plan | None = None
        seen: set[str] = set()
        wanted = missing_units(self._chosen) if self._chosen is not None else 0
        for i, line in enumerate(self._lines[:LINES_FORCED_MAX]):
            if line["group_id"] and line["group_id"] in seen:
                continue
            seen.add(line["group_id"])
            with self._bench.only(i, node_i):
                plan = self._plan(request)
            if plan is None or missing_units(plan) > wanted:
                continue
            if all(shipment.node_id != node_id for shipment in plan.shipments):
                continue
            if best is None or goodness(plan, self._policy) < goodness(best, self._policy):
                best = plan
        return best

    def _units_wanted(self, node_id: str, node_i: int, request: RouteRequest) -> tuple[MissingUnits, ...]:
        """The units without which the node would not win; empty = it lacks none, or would not win with any."""
        lacking = self._lacking(node_i)
        if not lacking or not self._ships_with(node_id, node_i, lacking, request):
            return ()
        for sku_i in sorted(lacking, key=lambda one: -lacking[one]):
            fewer = {one: units for one, units in lacking.items() if one != sku_i}
            if fewer and self._ships_with(node_id, node_i, fewer, request):
                lacking = fewer
        for sku_i in list(lacking):
            lacking = self._fewest(node_id, node_i, lacking, sku_i, request)
        return tuple(MissingUnits(self._decision.names.skus[sku_i], units) for sku_i, units in lacking.items())

    def _lacking(self, node_i: int) -> dict[int, int]:
        """Units that the node lacks for the whole order, by SKU."""
        settings = self._policy.constraint("routing_reserve")
        kept = settings is not None and bool(settings.whole("enforced"))
        extra = settings.whole("extra_units") if settings is not None and kept else 0
        demand: dict[int, int] = {}
        for line in self._lines:
            demand[line["sku_i"]] = demand.get(line["sku_i"], 0) + line["quantity"]
        lacking = {}
        for sku_i, units in demand.items():
            free, reserve = self._decision.fields["stock"].get((sku_i, node_i), (0, 0))
            short = units + (reserve + extra if kept else 0) - free
            if short > 0:
                lacking[sku_i] = short
        return lacking

    def _units_and_cost(self, node_id: str, node_i: int) -> Counterfactual | None:
        """What it would take where more units alone do not do; None = the units make no difference."""
        lacking = self._lacking(node_i)
        if not lacking or self._chosen is None:
            return None
        stock = self._decision.fields["stock"]
        back = [(sku_i, node_i, *stock.get((sku_i, node_i), (0, 0))) for sku_i in lacking]
        free = [(sku_i, node_i, free + lacking[sku_i], reserve) for sku_i, node_i, free, reserve in back]
        with self._bench.stock(free, back):
            forced = self._forced(node_id, node_i, self._request)
        if forced is None:
            return None
        shipped = {line.line_id for one in forced.shipments if one.node_id == node_id for line in one.lines}
        needed = {line["sku_i"] for line in self._lines if line["line_id"] in shipped}
        missing = tuple(
            MissingUnits(self._decision.names.skus[sku_i], units) for sku_i, units in lacking.items() if sku_i in needed
        )
        cheaper, level = lead(forced, self._chosen, self._policy)
        return self._told(CounterfactualKind.MORE_UNITS, cheaper, level, missing, (), both=True)

    def _fewest(
        self, node_id: str, node_i: int, lacking: dict[int, int], sku_i: int, request: RouteRequest
    ) -> dict[int, int]:
        """The same with as few units of one SKU as do: a SKU of several lines may be enough for one of them."""
        shares = sorted({line["quantity"] for line in self._lines if line["sku_i"] == sku_i})
        if len([line for line in self._lines if line["sku_i"] == sku_i]) < 2:
            return lacking
        low, high = 0, lacking[sku_i]
        for share in shares:
            units = max(1, lacking[sku_i] - sum(shares) + share)
            if low < units < high and self._ships_with(node_id, node_i, {**lacking, sku_i: units}, request):
                high = units
        return {**lacking, sku_i: high}

    def _ships_with(self, node_id: str, node_i: int, more: dict[int, int], request: RouteRequest) -> bool:
        stock = self._decision.fields["stock"]
        back = [(sku_i, node_i, *stock.get((sku_i, node_i), (0, 0))) for sku_i in more]
        free = [(sku_i, node_i, free + more[sku_i], reserve) for sku_i, node_i, free, reserve in back]
        with self._bench.stock(free, back):
            return self._ships(node_id, request)

    def _told(
        self,
        kind: CounterfactualKind,
        cheaper: int,
        level: int,
        missing: tuple[MissingUnits, ...],
        constraints: tuple[str, ...],
        both: bool = False,
    ) -> Counterfactual:
        """A counterfactual and its sentence; `both` = units and cost together, else each of them is a way by itself."""
        exact = self._left > 0 and len(self._lines) <= LINES_FORCED_MAX
        ways = []
        if cheaper:
            levels = self._policy.levels()
            on = f" in {' + '.join(one.name for one in levels[level])}" if len(levels) > 1 else ""
            ways.append(f"if its shipment cost {money(cheaper)} less{on}")
        if missing:
            units = ", ".join(f"{one.units} of {one.sku}" for one in missing)
            ways.append(f"with more units: {units}")
        text = "wins " + (" and " if both else " or ").join(reversed(ways) if both else ways) if ways else "wins"
        if constraints:
            text = f"without {', '.join(constraints)} {text}"
        return Counterfactual(kind, cheaper, missing, constraints, exact, text if exact else f"{text} (at most)")


def money(micros: int) -> str:
    """Return an amount in currency units, to the micro where it has that many digits."""
    text = f"{micros // 1_000_000}.{micros % 1_000_000:06d}".rstrip("0")
    whole, _, digits = text.partition(".")
    return f"{whole}.{digits.ljust(2, '0')}"


def _dropped(policy: Policy, names: Sequence[str]) -> Policy:
    """Return the policy without some of its constraints."""
    kept = []
    for one in policy.constraints:
        if one.name not in names:
            kept.append(one)
        elif CONSTRAINT_BY_NAME[one.name].standing is Standing.BY_DEFAULT:
            kept.append(one.replaced("enforced", False))
    return replace(policy, constraints=tuple(kept))
