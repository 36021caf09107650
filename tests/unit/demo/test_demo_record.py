"""The client's record of a demo run."""

from dataclasses import replace

from small_market import EAST, WEST, claim, record_of

from fastdom.demo.record import Record, Told


def test_the_same_answer_again_is_no_contradiction() -> None:
    """A repeated answer leaves one claim, and the first one is returned."""
    first = claim(1, {("1", EAST): 1})
    record = record_of(first)
    assert record.granted("o1-reserve", replace(first)) is first
    assert (len(record.claims), record.contradicted) == (1, set())


def test_other_units_under_the_same_id_are_a_contradiction() -> None:
    """The first answer must be given again as it was."""
    first = claim(1, {("1", EAST): 1})
    record = record_of(first)
    record.granted("o1-reserve", replace(first, units={("1", WEST): 1}))
    assert record.contradicted == {"r1"}


def test_the_busiest_node_holds_most_open_units() -> None:
    """Released units do not count, and the lower id wins among equals."""
    assert Record().busiest_node() == ""
    released = claim(3, {("1", WEST): 9}, Told.RELEASED)
    assert record_of(claim(1, {("1", EAST): 2}), claim(2, {("1", WEST): 2}), released).busiest_node() == EAST


def test_only_holds_left_alone_are_waited_for() -> None:
    """The last expiry is that of claims the client never ended."""
    held = replace(claim(1, {("1", EAST): 1}, Told.HELD), expires_at_us=7)
    committed = replace(claim(2, {("1", EAST): 1}), expires_at_us=9)
    assert record_of(held, committed).last_expiry_us() == 7
    assert record_of(committed).last_expiry_us() == 0


def test_a_claim_at_two_nodes_is_split() -> None:
    """Two lines from one node are no split."""
    assert (
        record_of(claim(1, {("1", EAST): 1, ("2", EAST): 1}), claim(2, {("1", EAST): 1, ("1", WEST): 1})).split() == 1
    )


def test_errors_are_counted_by_text() -> None:
    """Each failed order counts once, under its cause."""
    record = Record()
    for text in ("INTERNAL: x", "INTERNAL: x", "UNKNOWN_SKU: y"):
        record.error(text)
    assert (record.failed, record.errors) == (3, {"INTERNAL: x": 2, "UNKNOWN_SKU: y": 1})
