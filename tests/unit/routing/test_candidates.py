"""Candidates: every node once, ranked by cost per unit, or with the reason why it is out."""

from itertools import pairwise

import pytest
from tests.native.faces import NOW_US, demo, new_face, node, order, sku

from fastdom.engine.face import Face
from fastdom.types import (
    NodeConsidered,
    NodeStatus,
    RouteRequest,
    SetInventoryRequest,
    SetNodeStatusRequest,
    UnassignedReason,
)


@pytest.fixture
def face() -> Face:
    return new_face()


def explained(face: Face, request: RouteRequest) -> dict[str, NodeConsidered]:
    """Candidates by node."""
    return {candidate.node_id: candidate for candidate in face.route(request, NOW_US).candidates}


def test_every_node_is_told_once_by_rank(face: Face) -> None:
    """All nodes of the network are there; able ones by growing cost per unit, the others last without a rank."""
    result = face.route(RouteRequest("", order(1, 2), explain=True), NOW_US)
    assert sorted(c.node_id for c in result.candidates) == sorted(n.id for n in demo()[0].nodes)
    able = [c for c in result.candidates if c.rank]
    assert [c.rank for c in result.candidates] == [
        *range(1, len(able) + 1),
        *[0] * (len(result.candidates) - len(able)),
    ]
    assert all(a.cost_micros <= b.cost_micros for a, b in pairwise(able))
    assert all(c.lines_covered == 2 and c.reason is UnassignedReason.UNSPECIFIED for c in able)
    assert all(
        c.lines_covered == 0 and c.reason is not UnassignedReason.UNSPECIFIED for c in result.candidates[len(able) :]
    )


def test_used_nodes_are_those_of_the_plan(face: Face) -> None:
    """The nodes marked as used ship the plan; a plan from one node costs what its candidate says."""
    result = face.route(RouteRequest("", order(1, 2), explain=True), NOW_US)
    assert result.plan is not None
    used = [c for c in result.candidates if c.used]
    assert [c.node_id for c in used] == [s.node_id for s in result.plan.shipments]
    assert [c.cost_micros for c in used] == [s.cost_micros for s in result.plan.shipments]
    assert [c.distance_m for c in used] == [s.distance_m for s in result.plan.shipments]


def test_node_that_covers_a_part_is_priced_for_that_part(face: Face) -> None:
    """A node with stock for one of two lines covers one line, at the price of shipping that line alone."""
    best = face.route(RouteRequest("", order(1, 2)), NOW_US).plan
    assert best is not None
    node_id = best.shipments[0].node_id
    face.set_inventory(SetInventoryRequest("s1", sku(1), node_id, 1), NOW_US)
    seen = explained(face, RouteRequest("", order(1, 2), explain=True))[node_id]
    alone = face.route(RouteRequest("", order(1), include_node_ids=(node_id,)), NOW_US).plan
    assert alone is not None
    assert (seen.lines_covered, seen.cost_micros) == (1, alone.total_cost_micros)


def test_nodes_that_are_out_say_why(face: Face) -> None:
    """An excluded node, a paused one and an empty one have rank 0 and their reason."""
    face.set_node_status(SetNodeStatusRequest("n1", node(1), NodeStatus.PAUSED), NOW_US)
    face.set_inventory(SetInventoryRequest("s1", sku(0), node(2), 0), NOW_US)
    seen = explained(face, RouteRequest("", order(1), exclude_node_ids=(node(0),), explain=True))
    assert [seen[node(i)].rank for i in range(3)] == [0, 0, 0]
    assert [seen[node(i)].reason for i in range(3)] == [
        UnassignedReason.NO_ELIGIBLE_NODE,
        UnassignedReason.NO_ELIGIBLE_NODE,
        UnassignedReason.OUT_OF_STOCK,
    ]
