"""One shopper's checkout: Promise, choose, Reserve with the option's token, then Commit, Release or walk away."""

import asyncio
import time
from enum import Enum, auto
from typing import Any, TypeVar

from google.protobuf.message import Message

from fastdom.demo.answers import claim_of
from fastdom.demo.measures import Measures
from fastdom.demo.record import Claim, Record, Told
from fastdom.demo.workload import Cart, Ending
from fastdom_api.v1.order_pb2 import Order
from fastdom_api.v1.promise_service_pb2 import PromiseOption, PromiseResponse
from fastdom_api.v1.reservation_service_pb2 import RESERVE_OUTCOME_GRANTED
from fastdom_api.v1.types_pb2 import UnassignedReason
from fastdom_client import AsyncClient, Call, CancelledCallError, DeadlineError, FastdomError, UnavailableError, calls
from fastdom_client import order as make_order

ResponseT = TypeVar("ResponseT", bound=Message)

REASON = "UNASSIGNED_REASON_"

QUOTES_MAX = 5
"""Times a shopper asks for a new promise when the quoted units were just taken, before giving up."""

ABANDONED_TTL_S = 2.0
"""Life of a hold whose shopper walks away without a word; the audit waits for the last of them."""

UNKNOWN_EFFECT = (UnavailableError, DeadlineError, CancelledCallError)

QUOTE_AGAIN = frozenset(("TOKEN_EXPIRED", "RESERVATION_EXPIRED"))
"""Errors that are no fault of anyone: a quote or a hold ran out, as at a cutoff."""


TAKEN = "TAKEN_MEANWHILE"
"""Refusal of a shopper whose quoted units were taken by others each time."""


class Outcome(Enum):
    """What a shopper does next."""

    DONE = auto()
    AGAIN = auto()


class Checkouts:
    """Runs carts against a server, and notes what it is told.

    Parameters
    ----------
    client : AsyncClient
        Connected to the server.
    record : Record
        Gets every acknowledgement.
    measures : Measures
        Gets every time.
    """

    def __init__(self, client: AsyncClient, record: Record, measures: Measures) -> None:
        self._client, self._record, self._measures = client, record, measures

    async def checkout(self, cart: Cart) -> None:
        """Run one cart to its end; an error of a call ends it, and is noted."""
        granted, refusal = False, TAKEN
        try:
            for attempt in range(QUOTES_MAX):
                # One request, one order_id: a reservation tells by itself which request made it.
                order_id = f"flash-{cart.number}-{attempt}"
                option = await self._quote(cart, order_id)
                if isinstance(option, str):
                    refusal = option
                    break
                claim = await self._reserve(cart, order_id, option)
                granted |= claim is not None
                if claim is not None and await self._end(cart, claim) is Outcome.DONE:
                    break
        except FastdomError as error:
            self._record.error(f"{error.reason or error.code.name}: {error.message.splitlines()[0]}")
            return
        if granted:
            self._record.reserved += 1
        else:
            self._record.refuse(refusal)

    async def _quote(self, cart: Cart, order_id: str) -> PromiseOption | str:
        """Return the option the shopper takes, or why there is none for the whole cart."""
        reply = await self._timed(calls.promises.promise(order_of(cart, order_id)), self._measures.promise_us)
        self._measures.decision_us.append(reply.decision_us)
        if not reply.options:
            return refusal_of(reply)
        chosen: PromiseOption = min(reply.options, key=earliest if cart.fastest else cheapest)
        return chosen

    async def _reserve(self, cart: Cart, order_id: str, option: PromiseOption) -> Claim | None:
        """Return what was granted; None when the option no longer holds and a new quote is due."""
        order = order_of(cart, order_id)
        order.service_level = option.service_level
        call = calls.reservations.reserve(
            order,
            option_token=option.option_token,
            ttl=ABANDONED_TTL_S if cart.ending is Ending.EXPIRE else None,
            request_id=f"{order_id}-reserve",
        )
        try:
            replies = await self._mutate(cart, call, self._measures.reserve_us)
        except FastdomError as error:
            if error.reason in QUOTE_AGAIN:
                return None
            self._record.unanswered.add(order_id)
            raise
        # A repeated answer tells 0.
        self._measures.decision_us.append(max(reply.decision_us for reply in replies))
        claim = None
        # A refusal is judged afresh when it is repeated, so one answer may grant what the other refused.
        for reply in replies:
            if reply.outcome == RESERVE_OUTCOME_GRANTED:
                claim = self._record.granted(call.request_id, claim_of(reply.reservation))
        if claim is None and len(replies) < 1 + cart.repeated:
            self._record.unanswered.add(order_id)
        return claim

    async def _end(self, cart: Cart, claim: Claim) -> Outcome:
        """End a hold as the cart says."""
        if cart.ending is Ending.EXPIRE:
            return Outcome.DONE
        commits = cart.ending is Ending.COMMIT
        verb: Any = calls.reservations.commit if commits else calls.reservations.release
        call = verb(claim.reservation_id, request_id=f"{claim.order_id}-{'commit' if commits else 'release'}")
        try:
            await self._mutate(cart, call, self._measures.commit_us if commits else [])
        except FastdomError as error:
            if error.reason in QUOTE_AGAIN:
                return Outcome.AGAIN
            claim.told = Told.UNSURE
            raise
        claim.told = Told.COMMITTED if commits else Told.RELEASED
        return Outcome.DONE

    async def _mutate(self, cart: Cart, call: Call[Any, ResponseT], times_us: list[int]) -> list[ResponseT]:
        """Send a mutation, or send it twice at once; the answers, that of the first send first."""
        if not cart.repeated:
            return [await self._timed(call, times_us)]
        self._measures.repeats += 1
        answers = await asyncio.gather(self._timed(call, times_us), self._timed(call, times_us), return_exceptions=True)
        replies = [answer for answer in answers if not isinstance(answer, BaseException)]
        errors = [answer for answer in answers if isinstance(answer, BaseException)]
        if errors and not (replies and isinstance(errors[0], UNKNOWN_EFFECT)):
            raise errors[0]
        return replies

    async def _timed(self, call: Call[Any, ResponseT], times_us: list[int]) -> ResponseT:
        begun_ns = time.perf_counter_ns()
        reply = await self._client.send(call)
        times_us.append((time.perf_counter_ns() - begun_ns) // 1_000)
        return reply


def refusal_of(reply: PromiseResponse) -> str:
    """Return why a cart cannot be promised: the reason of the first line that stands in the way itself."""
    reasons = [UnassignedReason.Name(line.reason).removeprefix(REASON) for line in reply.unpromised_lines]
    return next((reason for reason in reasons if reason != "ORDER_INCOMPLETE"), "NO_OPTION")


def earliest(option: PromiseOption) -> tuple[int, int]:
    """Return the key of a shopper in a hurry."""
    return option.arrive_by.ToMicroseconds(), option.cost_micros


def cheapest(option: PromiseOption) -> tuple[int, int]:
    """Return the key of every other shopper."""
    return option.cost_micros, option.arrive_by.ToMicroseconds()


def order_of(cart: Cart, order_id: str) -> Order:
    """Return the order a cart stands for."""
    return make_order(
        cart.channel,
        cart.lines,
        order_id=order_id,
        pin=cart.pin,
        payment="COLLECT_ON_DELIVERY" if cart.collect else "PREPAID",
    )
