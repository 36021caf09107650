"""Next best plans: different, in order of cost, within the request's own constraints."""

from itertools import pairwise

import pytest
from tests.native.faces import NOW_US, new_face, node, order

from fastdom.engine.face import Face
from fastdom.types import Plan, RouteMode, RouteRequest


@pytest.fixture(scope="module")
def face() -> Face:
    return new_face()


def plans(face: Face, request: RouteRequest) -> list[Plan]:
    """The best plan and its alternatives."""
    result = face.route(request, NOW_US)
    assert result.plan is not None
    return [result.plan, *result.alternatives]


def test_alternatives_cost_more_and_differ(face: Face) -> None:
    """Eight alternatives come cheapest first, none cheaper than the best, each shipping differently."""
    found = plans(face, RouteRequest("", order(1, 2, 3), alternatives=8))
    assert len(found) == 9
    assert all(a.total_cost_micros <= b.total_cost_micros for a, b in pairwise(found))
    assert len({tuple((s.node_id, s.lines) for s in plan.shipments) for plan in found}) == 9


def test_first_alternative_is_the_best_without_a_node(face: Face) -> None:
    """The next best plan of a one-node plan is the best plan without that node."""
    best, second = plans(face, RouteRequest("", order(1), alternatives=1))
    without = RouteRequest("", order(1), exclude_node_ids=(best.shipments[0].node_id,))
    assert plans(face, without) == [second]


def test_alternatives_keep_to_the_lists(face: Face) -> None:
    """No alternative ships from a node outside include_node_ids or inside exclude_node_ids; there may be fewer."""
    allowed = (node(0), node(1), node(2))
    request = RouteRequest("", order(1), include_node_ids=allowed, exclude_node_ids=(node(2),), alternatives=8)
    found = plans(face, request)
    assert 1 <= len(found) <= 2
    assert {s.node_id for plan in found for s in plan.shipments} <= set(allowed[:2])


def test_search_for_alternatives_changes_nothing(face: Face) -> None:
    """Looking for alternatives journals nothing, and HOLD answers the taken plan alone."""
    before = face.digest()
    plans(face, RouteRequest("", order(2, 2), alternatives=4, explain=True))
    assert face.digest() == before
    held = face.route(RouteRequest("h1", order(1), mode=RouteMode.HOLD, alternatives=4, explain=True), NOW_US)
    assert (held.alternatives, held.candidates) == ((), ())
