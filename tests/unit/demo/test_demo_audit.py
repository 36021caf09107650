"""The audit of a demo run."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_market import BOOK, EAST, HOT, SHELVES, WEST, claim, counted, listed, record_of

from fastdom.demo.audit import audit, same_units
from fastdom.demo.record import Told

FIRST = claim(1, {("1", EAST): 2})
SECOND = claim(2, {("1", WEST): 1, ("2", WEST): 1})


def test_a_server_that_has_what_was_acknowledged_is_clean() -> None:
    """Committed, released and expired reservations as acknowledged give no finding."""
    released, expired = claim(3, {("1", WEST): 1}, Told.RELEASED), claim(4, {("1", WEST): 1}, Told.HELD)
    server = [listed(FIRST), listed(SECOND), listed(released, "RELEASED"), listed(expired, "EXPIRED")]
    found = audit(record_of(FIRST, SECOND, released, expired), server, counted(*server), SHELVES)
    assert found.clean
    assert (found.rerouted, found.stranded, found.texts) == (0, 0, ())


def test_units_sold_beyond_the_shelf_are_oversold() -> None:
    """Two acknowledged claims that together exceed what a position can sell are counted by the excess."""
    other = claim(5, {("1", EAST): 1})
    server = [listed(FIRST), listed(other)]
    found = audit(record_of(FIRST, other), server, counted(*server), SHELVES)
    assert (found.oversold_units, found.lost_acks, found.duplicate_effects) == (1, 0, 0)
    assert not found.clean


def test_safety_stock_is_not_sold() -> None:
    """The third unit at a node that keeps one of three back is oversold."""
    three = claim(6, {("1", WEST): 3})
    assert audit(record_of(three), [listed(three)], counted(listed(three)), SHELVES).oversold_units == 1


def test_an_acknowledgement_the_server_forgot_is_lost_and_still_sold() -> None:
    """A claim without a reservation is a lost ack, and its units count where they were acknowledged."""
    other = claim(5, {("1", EAST): 1})
    found = audit(record_of(FIRST, other), [listed(FIRST)], counted(listed(FIRST)), SHELVES)
    assert (found.lost_acks, found.oversold_units) == (1, 1)


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (Told.COMMITTED, "HELD"),
        (Told.COMMITTED, "EXPIRED"),
        (Told.COMMITTED, "RELEASED"),
        (Told.RELEASED, "HELD"),
        (Told.RELEASED, "COMMITTED"),
        (Told.HELD, "HELD"),
        (Told.HELD, "COMMITTED"),
    ],
)
def test_a_state_the_acknowledgements_forbid_is_a_lost_ack(told: Told, state: str) -> None:
    """A reservation in another final state than acknowledged is a lost ack."""
    item = claim(7, {("1", WEST): 1}, told)
    server = [listed(item, state)]
    assert audit(record_of(item), server, counted(*server), SHELVES).lost_acks == 1


@pytest.mark.parametrize("state", ["HELD", "COMMITTED", "EXPIRED", "RELEASED"])
def test_a_commit_without_an_answer_may_have_happened_or_not(state: str) -> None:
    """An unsure claim is fine in any state."""
    item = claim(8, {("1", WEST): 1}, Told.UNSURE)
    server = [listed(item, state)]
    assert audit(record_of(item), server, counted(*server), SHELVES).clean


@pytest.mark.parametrize(
    "now",
    [{("1", EAST): 1}, {("1", WEST): 2}, {("2", EAST): 2}, {("1", EAST): 2, ("1", WEST): 1}, {}],
)
def test_units_elsewhere_than_acknowledged_are_a_lost_ack(now: dict[tuple[str, str], int]) -> None:
    """Without a failed node every unit stays where it was granted."""
    server = [listed(FIRST, units=now)]
    assert audit(record_of(FIRST), server, {}, SHELVES).lost_acks == 1


def test_another_order_or_sku_is_a_lost_ack() -> None:
    """A reservation of the same id for another order or SKU is not the acknowledged one."""
    for wrong in (replace(listed(FIRST), order_id="o9"), replace(listed(FIRST), skus={"1": BOOK})):
        assert audit(record_of(FIRST), [wrong], {}, SHELVES).lost_acks == 1


def test_a_reservation_nobody_was_told_of_is_a_duplicate_effect() -> None:
    """A second reservation of an acknowledged order has no request that accounts for it."""
    ghost = replace(listed(FIRST), reservation_id="r99")
    found = audit(record_of(FIRST), [listed(FIRST), ghost], counted(listed(FIRST), ghost), SHELVES)
    assert (found.duplicate_effects, found.lost_acks, found.stock_differences) == (1, 0, 0)


def test_a_reservation_listed_twice_is_a_duplicate_effect() -> None:
    """The same reservation id twice counts once."""
    server = [listed(FIRST), listed(FIRST)]
    assert audit(record_of(FIRST), server, counted(*server), SHELVES).duplicate_effects == 1


def test_a_request_without_an_answer_accounts_for_one_reservation() -> None:
    """One unexplained reservation of an unanswered order is fine, two are two duplicate effects."""
    record = record_of()
    record.unanswered.add("o1")
    one = listed(FIRST)
    two = replace(one, reservation_id="r99")
    assert audit(record, [one], counted(one), SHELVES).clean
    assert audit(record, [one, two], counted(one, two), SHELVES).duplicate_effects == 2


def test_two_different_answers_to_one_request_are_a_duplicate_effect() -> None:
    """A contradiction is found even when the server has only the first reservation."""
    record = record_of(FIRST)
    record.granted("o1-reserve", replace(FIRST, reservation_id="r99"))
    assert audit(record, [listed(FIRST)], counted(listed(FIRST)), SHELVES).duplicate_effects == 1


def test_units_of_the_failed_node_may_move() -> None:
    """Units that left the failed node are as acknowledged, and those still there are stranded."""
    item = claim(9, {("1", EAST): 2, ("2", WEST): 1})
    now = listed(item, units={("1", EAST): 1, ("1", WEST): 1, ("2", WEST): 1})
    found = audit(record_of(item), [now], counted(now), SHELVES, EAST)
    assert found.clean
    assert (found.rerouted, found.rerouted_units, found.stranded, found.stranded_units) == (1, 1, 1, 1)
    assert audit(record_of(item), [now], counted(now), SHELVES, WEST).lost_acks == 1


def test_a_move_that_oversells_its_target_is_found() -> None:
    """Moved units count at their new node."""
    item, there = claim(9, {("1", EAST): 1}), claim(10, {("1", WEST): 2})
    now = listed(item, units={("1", WEST): 1})
    server = [now, listed(there)]
    found = audit(record_of(item, there), server, counted(*server), SHELVES, EAST)
    assert (found.oversold_units, found.lost_acks) == (1, 0)


@given(
    acked=st.dictionaries(st.tuples(st.sampled_from("12"), st.sampled_from("abc")), st.integers(1, 4), min_size=1),
    gains=st.dictionaries(st.tuples(st.sampled_from("12"), st.sampled_from("bc")), st.integers(1, 4)),
    left=st.integers(0, 4),
)
def test_moved_units_are_the_same_exactly_when_each_line_keeps_its_sum(
    acked: dict[tuple[str, str], int], gains: dict[tuple[str, str], int], left: int
) -> None:
    """With node a failed: units only leave a, and what a line loses there it gains elsewhere."""
    now = {place: min(units, left) if place[1] == "a" else units for place, units in acked.items()}
    now = {place: units for place, units in now.items() if units}
    for place, units in gains.items():
        now[place] = now.get(place, 0) + units
    lost = {line: sum(n for at, n in acked.items() if at[0] == line and at[1] == "a") for line in "12"}
    lost = {
        line: units - sum(n for at, n in now.items() if at[0] == line and at[1] == "a") for line, units in lost.items()
    }
    gained = {line: sum(n for at, n in gains.items() if at[0] == line) for line in "12"}
    assert same_units(acked, now, "a") == (lost == gained)


@pytest.mark.parametrize("field", ["on_hand", "safety_stock", "allocated"])
def test_stock_that_is_not_conserved_is_found(field: str) -> None:
    """A position whose on_hand, safety stock or allocation is off by one is a difference."""
    positions = counted(listed(FIRST))
    at = (HOT, EAST)
    positions[at] = replace(positions[at], **{field: getattr(positions[at], field) + 1})
    found = audit(record_of(FIRST), [listed(FIRST)], positions, SHELVES)
    assert (found.stock_differences, found.clean) == (1, False)


def test_missing_and_unknown_positions_are_differences() -> None:
    """A position the server lost and one it made up are both found."""
    positions = counted()
    positions["GHOST", EAST] = positions.pop((BOOK, WEST))
    assert audit(record_of(), [], positions, SHELVES).stock_differences == 2
