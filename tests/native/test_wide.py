"""Large orders: planned beside the engine's lock, reserved only as far as the plan still stands."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from tests.native import faces
from tests.native.faces import NOW_US, demo, flush, new_face

from fastdom._native.network import NetworkTables
from fastdom.engine.face import Face
from fastdom.reasons import EngineError, Reason
from fastdom.types import (
    GetAvailabilityRequest,
    Order,
    OrderLine,
    PromiseRequest,
    ReserveOutcome,
    ReserveRequest,
    RouteMode,
    RouteRequest,
)

LINES = 120
EFFORT = 400_000
ROUNDS = 60


def large(name: str, lines: int = LINES, units: int = 1, skus: int = 40) -> Order:
    """An order of many lines over few SKUs, without pins."""
    wanted = tuple(OrderLine(f"L{i + 1}", faces.sku(i % skus), units) for i in range(lines))
    return Order(name, faces.channel(), wanted, faces.order(1).destination)


def allocated(face: Face) -> Counter[tuple[str, str]]:
    """Units held and committed of every position in use."""
    skus = tuple(faces.sku(i) for i in range(40))
    seen = face.get_availability(GetAvailabilityRequest(skus=skus), NOW_US)
    return Counter({(row.sku, row.node_id): row.held + row.committed for row in seen.positions})


def beside(work: Callable[[], None]) -> Callable[[], None]:
    """Run `work` over and over in a thread of its own; what it returns ends that and raises what went wrong."""
    over, errors = threading.Event(), list[BaseException]()

    def run() -> None:
        try:
            while not over.is_set():
                work()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()

    def end() -> None:
        over.set()
        thread.join()
        if errors:
            raise errors[0]

    return end


@pytest.fixture
def face() -> Face:
    """An engine with plenty of stock."""
    return new_face(stock=1_000_000)


def test_only_large_orders_are_planned_beside_the_lock(face: Face) -> None:
    """24 lines of a Route and 10 of a Promise are planned under the lock, more are not; so is a large effort not."""
    for lines, expected in ((24, 0), (25, 1)):
        before = face.large_orders()[0]
        face.route(RouteRequest("", large("o", lines)), NOW_US)
        assert face.large_orders()[0] - before == expected
    for lines, expected in ((10, 0), (11, 1)):
        before = face.large_orders()[0]
        face.promise(PromiseRequest("", large("o", lines)), NOW_US)
        assert face.large_orders()[0] - before == expected
    before = face.large_orders()[0]
    face.route(RouteRequest("", large("o", 4), effort=500_000), NOW_US)
    assert face.large_orders()[0] - before == 1


def test_a_hold_is_what_the_plan_said(face: Face) -> None:
    """Undisturbed, a large Route in HOLD reserves exactly the plan that PLAN shows, in one try."""
    shown = face.route(RouteRequest("", large("o")), NOW_US)
    held = face.route(RouteRequest("r", large("o"), mode=RouteMode.HOLD), NOW_US)
    assert held.plan == shown.plan
    assert held.reservation is not None
    assert face.large_orders()[:2] == (2, 0)
    assert sum(allocated(face).values()) == LINES


def test_the_lock_is_given_up_while_large_orders_are_planned(face: Face) -> None:
    """During the plan of a large order another thread decides: its sequence rises in the midst of it."""
    count = Counter[str]()
    stop = beside(lambda: take(face, count))
    try:
        for i in range(ROUNDS):
            before = face.seq
            result = face.route(RouteRequest("", large(f"o{i}"), effort=EFFORT), NOW_US)
            assert before <= result.inventory_seq <= face.seq
            if face.seq > result.inventory_seq:
                break
        else:
            pytest.fail("nothing was decided while large orders were planned")
    finally:
        stop()


def take(face: Face, count: Counter[str]) -> None:
    """Hold one unit of every SKU at the node that has most, by small orders."""
    for i in range(40):
        number = count["calls"] = count["calls"] + 1
        result = face.reserve(ReserveRequest(f"t{number}", large(f"t{number}", 1, 1, i + 1)), NOW_US)
        count["taken"] += result.outcome == ReserveOutcome.GRANTED
        flush(face)


def test_nothing_is_sold_twice_while_plans_are_made() -> None:
    """Small orders take the last units while large ones are planned: no position goes below zero, plans that no longer
    stand are made anew, and every grant is whole."""
    again = 0
    for i in range(ROUNDS):
        face = new_face(stock=2)
        count = Counter[str]()
        stop = beside(lambda face=face, count=count: take(face, count))  # type: ignore[misc]
        granted = 0
        try:
            for n in range(3):
                request = RouteRequest(f"r{n}", large(f"o{n}", 80), mode=RouteMode.HOLD, effort=EFFORT)
                answer = face.route(request, NOW_US)
                if answer.reservation is not None:
                    granted += sum(a.granted for a in answer.reservation.allocations)
                    assert len(answer.reservation.allocations) == 80
        finally:
            stop()
        after = allocated(face)
        assert max(after.values()) <= 2
        assert sum(after.values()) == granted + count["taken"]
        again += face.large_orders()[1]
        if again and i >= 5:
            break
    assert again


def test_two_threads_with_one_request_id_make_one_reservation(face: Face) -> None:
    """The same large Reserve sent twice at once is decided once; both callers hear of the same reservation."""
    for i in range(20):
        heard: list[str] = []
        barrier = threading.Barrier(2)

        def send(i: int = i, heard: list[str] = heard, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            answer = face.route(RouteRequest(f"r{i}", large(f"o{i}"), mode=RouteMode.HOLD, effort=EFFORT), NOW_US)
            assert answer.reservation is not None
            heard.append(answer.reservation.reservation_id)

        threads = [threading.Thread(target=send) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(heard) == 2
        assert len(set(heard)) == 1
        flush(face)
    assert sum(allocated(face).values()) == 20 * LINES


def test_a_request_id_used_meanwhile_is_refused(face: Face) -> None:
    """A small order takes the request id of a large one while that is planned: one of the two is REQUEST_ID_REUSED."""
    for i in range(20):
        refused: list[Reason] = []

        def small(i: int = i, refused: list[Reason] = refused) -> None:
            try:
                face.reserve(ReserveRequest(f"r{i}", large(f"s{i}", 1)), NOW_US)
            except EngineError as error:
                refused.append(error.reason)

        thread = threading.Thread(target=small)
        thread.start()
        try:
            face.reserve(ReserveRequest(f"r{i}", large(f"o{i}")), NOW_US)
        except EngineError as error:
            refused.append(error.reason)
        thread.join()
        assert refused == [Reason.REQUEST_ID_REUSED]
        flush(face)


def test_tables_are_swapped_between_large_orders(face: Face) -> None:
    """Network tables and quantities of positions are replaced again and again while large orders are planned: every
    plan is whole, and none reads what was given back."""
    compiled = demo()[1]

    def swap() -> None:
        face.attach_network(NetworkTables(compiled, 1))
        face.set_quantities([0], [0], [5], [7])

    stop = beside(swap)
    try:
        for i in range(ROUNDS):
            plan = face.route(RouteRequest("", large(f"o{i}"), effort=EFFORT), NOW_US).plan
            assert sum(a.quantity for s in plan.shipments for a in s.lines) == LINES
    finally:
        stop()


def test_an_engine_that_fails_meanwhile_answers_nothing(face: Face) -> None:
    """A large hold that is planned when the journal fails is NOT_DURABLE, or was decided before it."""
    heard: list[Reason] = []

    def send() -> None:
        for i in range(1_000):
            try:
                face.route(RouteRequest(f"r{i}", large(f"o{i}"), mode=RouteMode.HOLD, effort=EFFORT), NOW_US)
            except EngineError as error:
                heard.append(error.reason)
                return

    thread = threading.Thread(target=send)
    thread.start()
    face.fail()
    thread.join()
    assert heard == [Reason.NOT_DURABLE]
