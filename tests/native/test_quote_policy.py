"""Whole policies: native quotes equal the twin, which asks the reference function of every constraint and objective."""

import random
from dataclasses import replace

from bench.micro.whole_policy import whole_desk
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.native.demo_desk import NOW_US as DEMO_NOW_US
from tests.native.demo_desk import demo_order
from tests.native.policies import policy_case, with_needs
from tests.native.test_quote import native, same, some_order, some_reservation, without_counts
from tests.native.worlds import NOW_US, QUOTE_TTL_US
from tests.reference import quote as twin

DAY_US = 86_400_000_000
SAME = ("lines", "outcome", "shipments", "allocations", "total_micros", "policy_version")
SEEDS = st.integers(0, 2**32)
MANY = settings(max_examples=400, deadline=None)
SOME = settings(max_examples=200, deadline=None)


@MANY
@given(SEEDS)
def test_route_by_a_policy_equals_the_twin(seed: int) -> None:
    """Constraints, objectives by level and stages decide as their reference functions say, with the same reasons."""
    rng = random.Random(seed)
    case = policy_case(seed)
    order = with_needs(rng, some_order(rng, case))
    found = case.desk.quote(native(case, order, "route"), NOW_US)
    same(found, twin.route(case.world, order, NOW_US))


def test_order_never_due_is_routed_as_one_due_late() -> None:
    """Leaving lateness out of what is compared, where nothing can be late, changes neither plan nor costs."""
    desk = whole_desk(True)
    for seed in range(250):
        never, late = (
            desk.quote(demo_order(random.Random(seed), "route", 1 + seed % 8, required_by_us=due), DEMO_NOW_US)
            for due in (0, DEMO_NOW_US + 1_000 * DAY_US)
        )
        assert [never[key] for key in SAME] == [late[key] for key in SAME]


@SOME
@given(SEEDS)
def test_pinned_by_a_policy_equals_the_twin(seed: int) -> None:
    """Pinned lines go where they are pinned; the rest is routed by the policy, and all are priced by it."""
    rng = random.Random(seed)
    case = policy_case(seed)
    order = with_needs(rng, some_order(rng, case, pinned=rng.choice((0.5, 1.0))))
    found = case.desk.quote(native(case, order, "reserve"), NOW_US)
    pinned = any(line.node is not None for line in order.lines)
    same(found, (twin.pinned if pinned else twin.route)(case.world, order, NOW_US))


@SOME
@given(SEEDS)
def test_promise_by_a_policy_equals_the_twin(seed: int) -> None:
    """Every level has its own stage, and every token grants its option, whatever stock and load cost by then."""
    rng = random.Random(seed)
    case = policy_case(seed)
    order = replace(with_needs(rng, some_order(rng, case)), max_shipments=0, allow_partial=False)
    found = case.desk.quote(native(case, order, "promise"), NOW_US)
    expected = twin.promise(case.world, order, NOW_US, [1, 2, 3, 4], QUOTE_TTL_US)
    assert [(one["service_level"], one["cost_micros"]) for one in found["options"]] == [
        (one["service_level"], one["cost_micros"]) for one in expected
    ]
    for option, wanted in zip(found["options"], expected, strict=True):
        first = option["first_shipment"]
        assert without_counts(found["shipments"][first : first + option["n_shipments"]]) == wanted["shipments"]
        again = case.desk.quote(native(case, order, "reserve", option_token=option["token"]), NOW_US)
        assert (again["outcome"], again["token_difference"]) == (twin.GRANTED, 0)


@SOME
@given(SEEDS)
def test_reroute_by_a_policy_equals_the_twin(seed: int) -> None:
    """Units that leave a node find their next one by the policy, its stages and its bound of shipments."""
    rng = random.Random(seed)
    case = policy_case(seed)
    present = [n for n in range(len(case.nodes)) if case.world.net.node_present[n]]
    if not present:
        return
    order = with_needs(rng, some_order(rng, case))
    order = replace(order, allow_partial=True, max_shipments=rng.choice((0, 1, 2, 3, 4)))
    failed = rng.choice(present)
    held = some_reservation(rng, order, present, failed)
    moved, found = case.desk.reroute(native(case, order, "route"), held, failed, NOW_US)
    expected = twin.reroute(case.world, order, held, failed, NOW_US)
    assert without_counts(found["shipments"]) == expected["shipments"]
    placed = [(line, node, units) for line, _, _, node, units in found["allocations"]]
    assert placed == expected["allocations"]
    assert moved == sum(units for _, _, units in placed)
