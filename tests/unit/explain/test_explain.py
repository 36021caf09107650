"""Explanations: from the record alone, equal to what planning again comes to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.explain.worlds import explained, network_files, opened, order, route

from fastdom.engine.decisions import KeepDecisions
from fastdom.engine.engine import Engine
from fastdom.explain import Explainer
from fastdom.reasons import EngineError, Reason
from fastdom.types import (
    AdjustInventoryRequest,
    AdjustReason,
    ConstraintStatus,
    CounterfactualKind,
    DecisionKind,
    ExplainedNode,
    ExplainRequest,
    NodeStatus,
    PromiseRequest,
    ReserveRequest,
    RouteMode,
    RouteOutcome,
    RouteRequest,
    ServiceLevel,
    SetInventoryRequest,
    SetNodeStatusRequest,
)

CART = ((0, 2), (5, 1), (9, 1))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with opened(tmp_path / "data") as one:
        yield one


def nodes(engine: Engine) -> dict[str, ExplainedNode]:
    return {node.node_id: node for node in explained(engine).nodes}


def test_the_plan_is_that_of_the_answer_and_found_again(engine: Engine) -> None:
    """The explained plan is the answered one to the micro, and planning on the record gives it again."""
    answer = route(engine, order(engine, *CART), "h1")
    told = explained(engine)
    assert told.plan == answer.plan
    assert told.reproduced
    assert answer.reservation is not None
    assert told.reservation_id == answer.reservation.reservation_id
    assert (told.kind, told.outcome, told.request_id) == (DecisionKind.ROUTE, RouteOutcome.COMPLETE, "h1")


def test_later_stock_plays_no_part(engine: Engine) -> None:
    """What happens to the stock after the decision changes nothing of its explanation."""
    wanted = order(engine, *CART)
    answer = route(engine, wanted, "h1")
    before = explained(engine)
    assert answer.plan is not None
    for i, line in enumerate(wanted.lines):
        engine.face.set_inventory(
            SetInventoryRequest(f"s{i}", line.sku, answer.plan.shipments[0].node_id, 0), engine.now_us()
        )
    assert explained(engine) == before


def test_alternatives_and_regret_are_those_of_a_dry_run(engine: Engine) -> None:
    """The next best plans and the regret are what Route finds on the same stock."""
    wanted = order(engine, *CART)
    dry = engine.route(RouteRequest("", wanted, alternatives=3))
    route(engine, wanted, "h1")
    told = explained(engine)
    assert dry.plan is not None
    assert [(one.plan.total_cost_micros, len(one.plan.shipments)) for one in told.alternatives] == [
        (plan.total_cost_micros, len(plan.shipments)) for plan in dry.alternatives
    ]
    assert told.regret_micros == dry.alternatives[0].total_cost_micros - dry.plan.total_cost_micros
    assert all(one.difference for one in told.alternatives)


def cheaper_handling(files: dict[str, bytes], node_id: str, micros: int) -> dict[str, bytes]:
    """The network with a node whose shipments cost so much less."""
    head, *rows = files["nodes.csv"].decode().splitlines()
    at = head.split(",").index("handling_shipment_micros")
    changed = []
    for row in rows:
        cells = row.split(",")
        cells[at] = str(int(cells[at]) + (1_000_000_000 if cells[0] != node_id else 1_000_000_000 - micros))
        changed.append(",".join(cells))
    return {**files, "nodes.csv": "\n".join([head, *changed, ""]).encode()}


def stock_all(engine: Engine) -> None:
    """Every node has units of the cart's SKUs, so that each could ship it alone."""
    for node in engine.network.nodes if engine.network is not None else ():
        for line in order(engine, *CART).lines:
            request = SetInventoryRequest(f"{line.line_id}-{node.id}", line.sku, node.id, 50)
            engine.face.set_inventory(request, engine.now_us())


def test_a_node_wins_at_its_figure_and_not_one_micro_before(tmp_path: Path) -> None:
    """With its shipment cheaper by the figure the node is in the plan, with one micro less it is not."""
    files = cheaper_handling(network_files(), "", 0)
    with opened(tmp_path / "a", network=files) as engine:
        stock_all(engine)
        route(engine, order(engine, *CART), "h1")
        found = explained(engine)
    losers = [
        node
        for node in found.nodes
        if node.counterfactual is not None
        and node.counterfactual.kind is CounterfactualKind.CHEAPER
        and node.counterfactual.cheaper_by_micros
    ]
    assert len(losers) > 3
    for i, node in enumerate(losers[:2]):
        assert node.counterfactual is not None
        for less, wins in ((0, True), (1, False)):
            changed = cheaper_handling(network_files(), node.node_id, node.counterfactual.cheaper_by_micros - less)
            with opened(tmp_path / f"b{i}{less}", network=changed) as engine:
                stock_all(engine)
                plan = route(engine, order(engine, *CART), "h1").plan
                assert plan is not None
                assert (node.node_id in {shipment.node_id for shipment in plan.shipments}) is wins


def test_a_node_wins_with_the_missing_units_and_not_with_one_less(tmp_path: Path) -> None:
    """With the units it lacks the node is in the plan, with one unit less of any SKU it is not."""
    with opened(tmp_path / "a") as engine:
        route(engine, order(engine, *CART), "h1")
        lacking = [
            node
            for node in explained(engine).nodes
            if node.counterfactual is not None
            and node.counterfactual.missing
            and (node.counterfactual.kind is CounterfactualKind.CHEAPER or not node.counterfactual.cheaper_by_micros)
        ]
    assert len(lacking) > 2
    for i, node in enumerate(lacking[:2]):
        assert node.counterfactual is not None
        missing = {one.sku: one.units for one in node.counterfactual.missing}
        cases = [(missing, True)] + [({**missing, sku: units - 1}, False) for sku, units in missing.items()]
        for j, (units, wins) in enumerate(cases):
            with opened(tmp_path / f"b{i}-{j}") as engine:
                for k, (sku, more) in enumerate(units.items()):
                    if more:
                        engine.face.adjust_inventory(
                            AdjustInventoryRequest(f"a{k}", sku, node.node_id, more, AdjustReason.RECEIPT),
                            engine.now_us(),
                        )
                plan = route(engine, order(engine, *CART), "h1").plan
                assert plan is not None
                assert (node.node_id in {shipment.node_id for shipment in plan.shipments}) is wins


def test_a_paused_node_says_so_and_what_it_would_take(engine: Engine) -> None:
    """A node that was PAUSED breaks `status`, and without that it ships again."""
    wanted = order(engine, *CART)
    dry = engine.route(RouteRequest("", wanted)).plan
    assert dry is not None
    closed = dry.shipments[0].node_id
    engine.face.set_node_status(SetNodeStatusRequest("p1", closed, NodeStatus.PAUSED), engine.now_us())
    route(engine, wanted, "h1")
    node = nodes(engine)[closed]
    status = next(one for one in node.constraints if one.constraint == "status")
    assert (status.status, status.expected, status.actual) == (ConstraintStatus.VIOLATED, "ONLINE", "PAUSED")
    assert node.counterfactual is not None
    assert (node.counterfactual.kind, node.counterfactual.constraints) == (CounterfactualKind.RELAXED, ("status",))


def test_an_excluded_node_would_win_without_the_exclusion(engine: Engine) -> None:
    """A node left out by the request names the request's own list."""
    wanted = order(engine, *CART)
    dry = engine.route(RouteRequest("", wanted)).plan
    assert dry is not None
    left_out = dry.shipments[0].node_id
    engine.route(RouteRequest("h1", wanted, mode=RouteMode.HOLD, exclude_node_ids=(left_out,)))
    counterfactual = nodes(engine)[left_out].counterfactual
    assert counterfactual is not None
    assert counterfactual.constraints == ("exclude_node_ids",)


def test_a_refused_order_is_explained_by_what_every_node_lacks(engine: Engine) -> None:
    """An order nobody can serve has a record too: no plan, and the units that each node would need."""
    assert route(engine, order(engine, (0, 100_000)), "h1").outcome is RouteOutcome.REFUSED
    told = explained(engine)
    assert (told.outcome, told.reservation_id, told.plan.shipments) == (RouteOutcome.REFUSED, "", ())
    stock = {node.node_id: node.availability[0].available for node in told.nodes}
    for node in told.nodes:
        assert node.counterfactual is not None
        if node.counterfactual.kind is CounterfactualKind.MORE_UNITS:
            assert node.counterfactual.missing[0].units == 100_000 - stock[node.node_id]


def test_reserves_and_promises_are_explained_too(engine: Engine) -> None:
    """A Reserve without pins and a Promise with hold leave a record that is found again."""
    engine.reserve(ReserveRequest("r1", order(engine, *CART, order_id="R")))
    engine.promise(PromiseRequest("p1", order(engine, *CART, order_id="P"), hold=True))
    for order_id, kind in (("R", DecisionKind.RESERVE), ("P", DecisionKind.PROMISE)):
        told = explained(engine, order_id)
        assert told.kind is kind
        assert told.reproduced
        assert told.service_level is not ServiceLevel.UNSPECIFIED


def test_explanations_survive_a_restart(tmp_path: Path) -> None:
    """What was explained before a restart is explained alike after it, by each of its ids."""
    with opened(tmp_path / "data") as engine:
        answer = route(engine, order(engine, *CART), "h1")
        before = explained(engine)
    assert answer.reservation is not None
    with opened(tmp_path / "data") as engine:
        explainer = Explainer(engine)
        for request in (
            ExplainRequest(order_id="A-1"),
            ExplainRequest(reservation_id=answer.reservation.reservation_id),
            ExplainRequest(request_id="h1"),
        ):
            assert explainer.explain(request).explanations == (before,)


def test_all_decisions_of_an_order_come_oldest_first(engine: Engine) -> None:
    """An order decided twice has two records; the latest is the default."""
    route(engine, order(engine, *CART), "h1")
    route(engine, order(engine, *CART), "h2")
    explainer = Explainer(engine)
    every = explainer.explain(ExplainRequest(order_id="A-1", all_decisions=True))
    assert [one.request_id for one in every.explanations] == ["h1", "h2"]
    latest = explainer.explain(ExplainRequest(order_id="A-1"))
    assert ([one.request_id for one in latest.explanations], latest.decisions_kept) == (["h2"], 2)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (ExplainRequest(order_id="nobody"), Reason.DECISION_NOT_FOUND),
        (ExplainRequest(reservation_id="0" * 32), Reason.DECISION_NOT_FOUND),
        (ExplainRequest(reservation_id="xyz"), Reason.INVALID_FIELD),
        (ExplainRequest(), Reason.INVALID_FIELD),
        (ExplainRequest(order_id="a", request_id="b"), Reason.INVALID_FIELD),
        (ExplainRequest(order_id="a", alternatives=9), Reason.INVALID_FIELD),
    ],
)
def test_bad_requests_are_refused(engine: Engine, request_: ExplainRequest, reason: Reason) -> None:
    """Unknown ids, none, or several are refused by name."""
    route(engine, order(engine, *CART), "h1")
    with pytest.raises(EngineError) as refused:
        Explainer(engine).explain(request_)
    assert refused.value.reason is reason


def test_explaining_and_dry_runs_change_nothing(engine: Engine) -> None:
    """Digest, sequence and records are the same after explanations, plans and promises as before."""
    wanted = order(engine, *CART)
    route(engine, wanted, "h1")
    engine.decisions.drain()
    before = engine.digest(), engine.face.seq, engine.decisions.counts()
    explained(engine)
    engine.route(RouteRequest("", wanted, alternatives=2, explain=True))
    engine.promise(PromiseRequest("", wanted))
    assert (engine.digest(), engine.face.seq, engine.decisions.counts()) == before


def test_nothing_is_recorded_unless_asked_for(tmp_path: Path) -> None:
    """With a time of 0 there are no records and no files."""
    with opened(tmp_path / "data", KeepDecisions(keep_s=0)) as engine:
        route(engine, order(engine, *CART), "h1")
        assert engine.decisions.counts().recorded == 0
        with pytest.raises(EngineError):
            explained(engine)
    assert not (tmp_path / "data" / "decisions").exists()
