"""Explaining decisions from their records: rank, constraints, costs, alternatives, counterfactuals."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace

from fastdom.engine import networks
from fastdom.engine.engine import Engine
from fastdom.engine.networks import PreparedNetwork
from fastdom.explain.bench import TABLES, Bench
from fastdom.explain.costs import missing_units
from fastdom.explain.differences import difference
from fastdom.explain.facts import Judge, Place
from fastdom.explain.record import Decision, Names
from fastdom.explain.what_if import WhatIf
from fastdom.policy import Policy
from fastdom.reasons import EngineError, Field, Reason
from fastdom.routing.alternatives import alternatives
from fastdom.routing.candidates import Alone, alone, ranked
from fastdom.types import (
    DecisionKind,
    ExplainedAlternative,
    ExplainedNode,
    ExplainRequest,
    ExplainResult,
    Explanation,
    NodeStatus,
    Optimality,
    Plan,
    RouteMode,
    RouteOutcome,
    RouteRequest,
    RouteResult,
    ServiceLevel,
    UnassignedReason,
)

ALTERNATIVES_MAX = 8
DECISIONS_MAX = 32
"""Decisions explained by one call: an order that is moved more often is told of the latest."""

DAY_US = 86_400_000_000


class Explainer:
    """Explains the decisions of one engine; one at a time, from any thread. It changes nothing.

    Parameters
    ----------
    engine : Engine
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self._bench: tuple[tuple[object, ...], Bench] | None = None

    def explain(self, request: ExplainRequest) -> ExplainResult:
        """Explain the latest decision about an order, a reservation or a request, or all that are kept.

        Raises
        ------
        EngineError
            INVALID_FIELD: not exactly one id, or too many alternatives; DECISION_NOT_FOUND: no record is kept.
        """
        ids = [one for one in (request.order_id, request.reservation_id, request.request_id) if one]
        field = (
            Field.RESERVATION_ID
            if request.reservation_id
            else Field.REQUEST_ID
            if request.request_id
            else Field.ORDER_ID
        )
        if len(ids) != 1:
            raise EngineError(Reason.INVALID_FIELD, field, message="exactly one of the ids must be given")
        if request.reservation_id and not _is_id(request.reservation_id):
            raise EngineError(Reason.INVALID_FIELD, field, message="a reservation id is 32 hexadecimal digits")
        if not 0 <= request.alternatives <= ALTERNATIVES_MAX:
            raise EngineError(Reason.INVALID_FIELD, Field.ALTERNATIVES)
        found = self._engine.decisions.find(
            order_id=request.order_id, request_id=request.request_id, reservation_id=request.reservation_id
        )
        if not found:
            raise EngineError(Reason.DECISION_NOT_FOUND, field)
        wanted = found[-DECISIONS_MAX:] if request.all_decisions else found[-1:]
        with self._turn:
            return ExplainResult(tuple(self._explain(data, request.alternatives) for data in wanted), len(found))

    def _explain(self, data: bytes, wanted: int) -> Explanation:
        names = {table: self._engine.face.names(table) for table in TABLES}
        decision = Decision.read(data, _names(names, ()))
        bench = self._bench_of(decision, names)
        decision = Decision(data, decision.fields, _names(names, bench.network.compiled.service_ids))
        bench.load(decision)
        return _Explaining(bench, decision, wanted).explanation()

    def _bench_of(self, decision: Decision, names: Mapping[int, Sequence[bytes]]) -> Bench:
        """Return a bench of the record's network and policy, the last one where it fits."""
        fields = decision.fields
        order = fields["order"]
        day = decision.now_us // DAY_US
        key = (fields["network_hash"], order["policy_name"], order["policy_version"], *map(len, names.values()))
        if self._bench is not None and self._bench[0] == key and _reaches(self._bench[1].network, day):
            return self._bench[1]
        network = self._network(fields["network_hash"], decision.now_us, day)
        entry = self._engine.policies.registry.get(order["policy_name"], order["policy_version"])
        bench = Bench(names, network, fields["network_version"], entry.policy, order["policy_version"])
        self._bench = (key, bench)
        return bench

    def _network(self, content_hash: str, now_us: int, day: int) -> PreparedNetwork:
        """Return the network version, compiled for the time of the decision."""
        active = self._engine.policies.network
        if active is not None and active.document.content_hash == content_hash and _reaches(active, day):
            return active
        document = networks.stored_document(self._engine.journal, content_hash)
        return networks.prepare(self._engine.face, document, now_us)


class _Explaining:
    """One decision on its bench."""

    def __init__(self, bench: Bench, decision: Decision, wanted: int) -> None:
        fields = decision.fields
        self._bench = bench
        self._decision = decision
        self._wanted = wanted
        self._relaxed = bench.policy.relax[: fields["relaxed"]]
        self._at_stage: Policy = replace(bench.policy.relaxed(fields["relaxed"]), relax=())
        self._request = decision.request()
        self._plan = decision.plan(bench.network.document.currency)

    def explanation(self) -> Explanation:
        """Return all of it."""
        fields = self._decision.fields
        again = self._route(self._request).plan
        reproduced = again is not None and _same(again, self._plan)
        with self._bench.under(self._at_stage):
            others = self._alternatives()
            nodes = self._nodes()
        return Explanation(
            order_id=fields["order_id"],
            reservation_id=fields["reservation_id"],
            request_id=fields["request_id"],
            kind=DecisionKind(fields["kind"]),
            decided_at_us=fields["now_us"],
            decision_seq=fields["seq"],
            policy_name=fields["order"]["policy_name"],
            policy_version=fields["order"]["policy_version"],
            network_version=fields["network_version"],
            service_level=ServiceLevel(fields["service_level"]),
            outcome=RouteOutcome(fields["outcome"]) if fields["outcome"] else RouteOutcome.REFUSED,
            optimality=Optimality(fields["optimality"]),
            gap_micros=fields["gap_micros"],
            from_token=fields["token"],
            plan=replace(
                self._plan,
                unassigned_lines=again.unassigned_lines if reproduced and again else self._plan.unassigned_lines,
            ),
            relaxed=self._relaxed,
            reproduced=reproduced,
            regret_micros=others[0].regret_micros if others else -1,
            alternatives=others[: self._wanted],
            nodes=nodes,
        )

    def _route(self, request: RouteRequest) -> RouteResult:
        return self._bench.route(request, self._decision.now_us)

    def _alternatives(self) -> tuple[ExplainedAlternative, ...]:
        """The next best plans, one at the least: the regret is what it costs more."""
        if not self._plan.shipments:
            return ()
        wanted = replace(self._request, alternatives=max(1, self._wanted))
        return tuple(
            ExplainedAlternative(
                plan, plan.total_cost_micros - self._plan.total_cost_micros, difference(plan, self._plan)
            )
            for plan in alternatives(self._route, wanted, self._plan)
            if missing_units(plan) <= missing_units(self._plan)
        )

    def _nodes(self) -> tuple[ExplainedNode, ...]:
        statuses = self._decision.fields["status"]
        index = self._bench.network.node_index
        document = self._bench.network.document
        seen = [
            alone(self._route, self._request, node.id, NodeStatus(statuses[index[node.id]])) for node in document.nodes
        ]
        able = ranked(seen)
        rank = {one.node_id: i for i, one in enumerate(able, start=1)}
        judge = Judge(self._bench, self._decision, frozenset(self._relaxed))
        what_if = WhatIf(self._bench, self._decision, self._at_stage, self._plan)
        used = {shipment.node_id for shipment in self._plan.shipments}
        rest = sorted((one for one in seen if not one.lines), key=lambda one: one.node_id)
        return tuple(self._node(one, rank.get(one.node_id, 0), used, judge, what_if) for one in (*able, *rest))

    def _node(self, one: Alone, rank: int, used: set[str], judge: Judge, what_if: WhatIf) -> ExplainedNode:
        node_i = self._bench.network.node_index[one.node_id]
        place = Place(one.node_id, node_i, one.plan, self._arrival(one))
        verdicts = judge.verdicts(place)
        lost = one.node_id not in used
        return ExplainedNode(
            node_id=one.node_id,
            rank=rank,
            used=not lost,
            lines_covered=one.lines,
            cost_micros=one.cost_micros,
            costs=one.plan.shipments[0].costs if one.plan is not None else (),
            distance_m=max(0, judge.distance_m(node_i)),
            reason=one.reason,
            constraints=verdicts,
            availability=judge.availability(place),
            counterfactual=what_if.counterfactual(one.node_id, node_i, verdicts) if lost else None,
        )

    def _arrival(self, one: Alone) -> int:
        """End of the node's arrival window; where it would be too late, that of the shipment it would make anyway."""
        if one.plan is not None:
            return one.plan.shipments[0].arrive_by_us
        if one.reason is not UnassignedReason.TOO_LATE:
            return 0
        order = replace(self._request.order, required_by_us=0)
        only = replace(
            self._request,
            order=order,
            mode=RouteMode.PLAN,
            include_node_ids=(one.node_id,),
            exclude_node_ids=(),
            allow_partial=True,
        )
        plan = self._route(only).plan
        return plan.shipments[0].arrive_by_us if plan is not None and plan.shipments else 0


def _same(a: Plan, b: Plan) -> bool:
    """Whether two plans ship the same from the same nodes at the same cost and time.

    Costs by objective are not compared where one of them has none, as in a plan of an earlier version.
    """
    return a.total_cost_micros == b.total_cost_micros and a.shipments == b.shipments


def _names(names: Mapping[int, Sequence[bytes]], services: Sequence[str]) -> Names:
    def texts(table: int) -> list[str]:
        return [name.decode() for name in names[table]]

    return Names(texts(networks.SKUS), texts(networks.NODES), texts(networks.CHANNELS), services)


def _reaches(network: PreparedNetwork, day: int) -> bool:
    """Whether its tables hold the hand-overs of a day and of those after it."""
    return int(network.compiled.day0) + 2 <= day < int(network.compiled.day0) + network.compiled.horizon_days - 7


def _is_id(text: str) -> bool:
    return len(text) == 32 and all(digit in "0123456789abcdef" for digit in text)
