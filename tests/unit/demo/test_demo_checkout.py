"""One checkout against a client that answers as told."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import grpc
import pytest

from fastdom.demo.checkout import QUOTES_MAX, Checkouts
from fastdom.demo.measures import Measures
from fastdom.demo.record import Record, Told
from fastdom.demo.workload import Cart, Ending
from fastdom_api.v1.promise_service_pb2 import PromiseOption, PromiseRequest, PromiseResponse, UnpromisedLine
from fastdom_api.v1.reservation_pb2 import Allocation, Reservation
from fastdom_api.v1.reservation_service_pb2 import (
    RESERVE_OUTCOME_GRANTED,
    RESERVE_OUTCOME_REFUSED,
    CommitRequest,
    CommitResponse,
    ReleaseRequest,
    ReleaseResponse,
    ReserveRequest,
    ReserveResponse,
)
from fastdom_client import DeadlineError, FastdomError, PreconditionError, ServerError

CART = Cart(7, "own-site", "560001", (("BOOK-1", 2),), True, False, Ending.COMMIT, False)
QUOTED = PromiseResponse(
    options=[
        PromiseOption(service_level=2, cost_micros=9, option_token=b"dear"),
        PromiseOption(service_level=1, cost_micros=5, option_token=b"cheap"),
    ],
    decision_us=3,
)
QUOTED.options[0].arrive_by.seconds, QUOTED.options[1].arrive_by.seconds = 1, 2
REFUSED = ReserveResponse(outcome=RESERVE_OUTCOME_REFUSED)
LOST = DeadlineError(grpc.StatusCode.DEADLINE_EXCEEDED, "no reply")
EXPIRED = PreconditionError(grpc.StatusCode.FAILED_PRECONDITION, "too late", reason="RESERVATION_EXPIRED")
BOOM = ServerError(grpc.StatusCode.INTERNAL, "boom\nwith details", reason="INTERNAL")

Answer = Any
KINDS = {PromiseRequest: "promise", ReserveRequest: "reserve", CommitRequest: "commit", ReleaseRequest: "release"}


class FakeClient:
    """Gives the answers in the order told, one per call of each kind, the last one for ever; keeps what was sent."""

    def __init__(self, **answers: Iterable[Answer]) -> None:
        self._answers = {name: list(given) for name, given in answers.items()}
        self.sent: list[Any] = []

    async def send(self, call: Any) -> Answer:
        """Answer one call."""
        self.sent.append(call.request)
        kinds = {
            PromiseRequest: "promise",
            ReserveRequest: "reserve",
            CommitRequest: "commit",
            ReleaseRequest: "release",
        }
        left = self._answers[kinds[type(call.request)]]
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, FastdomError):
            raise answer
        return granted(call.request) if answer == "granted" else answer

    def of(self, kind: type) -> list[Any]:
        """Return the requests of one kind."""
        return [request for request in self.sent if isinstance(request, kind)]


def granted(request: ReserveRequest) -> ReserveResponse:
    """Grant a reservation named after its request."""
    taken = [Allocation(line_id="1", sku="BOOK-1", node_id="east", granted=2, held=2)]
    made = Reservation(reservation_id=f"R-{request.request_id}", order_id=request.order.order_id, allocations=taken)
    return ReserveResponse(outcome=RESERVE_OUTCOME_GRANTED, reservation=made, decision_us=4)


def checkout(cart: Cart = CART, **answers: Iterable[Answer]) -> tuple[FakeClient, Record, Measures]:
    """Run one checkout; answers not told are good ones."""
    good: dict[str, Iterable[Answer]] = {
        "promise": [QUOTED],
        "reserve": ["granted"],
        "commit": [CommitResponse()],
        "release": [ReleaseResponse()],
    }
    client, record, measures = FakeClient(**{**good, **answers}), Record(), Measures()
    asyncio.run(Checkouts(client, record, measures).checkout(cart))  # type: ignore[arg-type]
    return client, record, measures


def only(record: Record) -> Any:
    """Return the one claim."""
    (claim,) = record.claims.values()
    return claim


def test_a_checkout_reserves_the_option_it_chose_and_commits() -> None:
    """The cheapest option's token and level go into Reserve, and the claim is committed."""
    client, record, measures = checkout()
    (reserve,) = client.of(ReserveRequest)
    assert (reserve.option_token, reserve.order.service_level) == (b"cheap", 1)
    assert client.of(CommitRequest)[0].reservation_id == only(record).reservation_id
    assert (record.reserved, record.refused, record.failed, only(record).told) == (1, 0, 0, Told.COMMITTED)
    assert (measures.decision_us, len(measures.promise_us), len(measures.commit_us)) == ([3, 4], 1, 1)


def test_a_shopper_in_a_hurry_takes_the_earliest_option() -> None:
    """Arrival before cost."""
    client, _, _ = checkout(replace(CART, fastest=True))
    assert client.of(ReserveRequest)[0].option_token == b"dear"


@pytest.mark.parametrize(
    ("reasons", "refusal"),
    [([], "NO_OPTION"), ([11], "NO_OPTION"), ([11, 1], "OUT_OF_STOCK"), ([3, 1], "NO_LANE")],
)
def test_no_option_is_a_refusal(reasons: list[int], refusal: str) -> None:
    """A cart that cannot be promised ends at once, for the first reason that is a line's own."""
    lines = [UnpromisedLine(reason=reason) for reason in reasons]  # type: ignore[arg-type]
    client, record, _ = checkout(promise=[PromiseResponse(unpromised_lines=lines)])
    assert (record.reserved, record.refusals, len(client.sent)) == (0, {refusal: 1}, 1)


def test_a_refused_reserve_is_quoted_again_under_a_new_id() -> None:
    """The quoted units were taken meanwhile: a new order_id and request_id, so that each tells its own request."""
    client, record, _ = checkout(reserve=[REFUSED, "granted"])
    first, second = client.of(ReserveRequest)
    assert first.request_id != second.request_id
    assert first.order.order_id != second.order.order_id
    assert (record.reserved, record.refused) == (1, 0)


def test_a_shopper_gives_up_after_some_quotes() -> None:
    """Quotes are bounded, and the order counts as refused."""
    client, record, _ = checkout(reserve=[REFUSED])
    assert len(client.of(ReserveRequest)) == QUOTES_MAX
    assert (record.reserved, record.refused, record.claims) == (0, 1, {})


def test_abandoned_carts_are_released_or_left() -> None:
    """Release is acknowledged; a hold left alone has a short life and stays HELD in the record."""
    client, record, _ = checkout(replace(CART, ending=Ending.RELEASE))
    assert (only(record).told, len(client.of(ReleaseRequest)), client.of(CommitRequest)) == (Told.RELEASED, 1, [])
    client, record, _ = checkout(replace(CART, ending=Ending.EXPIRE))
    assert (only(record).told, client.of(ReserveRequest)[0].ttl.seconds, len(client.sent)) == (Told.HELD, 2, 2)


def test_repeated_requests_carry_one_id_and_give_one_claim() -> None:
    """Each mutation is sent twice, byte by byte the same."""
    client, record, measures = checkout(replace(CART, repeated=True))
    first, second = client.of(ReserveRequest)
    assert first == second
    assert len(client.of(CommitRequest)) == 2
    assert (len(record.claims), record.contradicted, measures.repeats) == (1, set(), 2)


def test_a_second_answer_that_differs_is_noted() -> None:
    """Two reservations for one request are a contradiction."""
    other = ReserveResponse(outcome=RESERVE_OUTCOME_GRANTED, reservation=Reservation(reservation_id="other"))
    _, record, _ = checkout(replace(CART, repeated=True), reserve=["granted", other])
    assert record.contradicted == {"other"}


@pytest.mark.parametrize("answers", [[REFUSED, "granted"], ["granted", REFUSED], ["granted", LOST], [LOST, "granted"]])
def test_one_grant_of_two_sends_is_a_grant(answers: list[Answer]) -> None:
    """A refusal is judged afresh and an answer may get lost; what was granted counts."""
    _, record, _ = checkout(replace(CART, repeated=True), reserve=answers)
    assert (record.reserved, len(record.claims), record.failed) == (1, 1, 0)


@pytest.mark.parametrize("answers", [[REFUSED, LOST], [LOST, REFUSED]])
def test_a_refusal_beside_a_lost_answer_leaves_the_order_open(answers: list[Answer]) -> None:
    """The lost one may have been granted, so one reservation of that order needs no other account."""
    _, record, _ = checkout(replace(CART, repeated=True), reserve=[*answers, "granted"])
    assert record.unanswered == {"flash-7-0"}


def test_a_reserve_without_an_answer_fails_the_order() -> None:
    """The order is unanswered, and its cause is told in one line."""
    _, record, _ = checkout(reserve=[LOST])
    assert (record.failed, record.unanswered, record.claims) == (1, {"flash-7-0"}, {})
    assert list(record.errors) == ["DEADLINE_EXCEEDED: no reply"]


def test_a_commit_without_an_answer_is_unsure() -> None:
    """The claim stays, and the audit takes either state."""
    _, record, _ = checkout(commit=[BOOM])
    assert (only(record).told, record.failed, list(record.errors)) == (Told.UNSURE, 1, ["INTERNAL: boom"])


def test_a_hold_that_ran_out_before_commit_is_quoted_again() -> None:
    """As at a cutoff: the first claim is left to be found expired, the second is committed."""
    _, record, _ = checkout(commit=[EXPIRED, CommitResponse()])
    assert [claim.told for claim in record.claims.values()] == [Told.HELD, Told.COMMITTED]
    assert (record.reserved, record.failed) == (1, 0)
