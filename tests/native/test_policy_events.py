"""Events of policies in the native engine: journalled whole, remembered, part of the digest, kept in their order."""

import pytest
from tests.native.engines import SECOND_US, Desk

from fastdom.reasons import EngineError, Reason

BODY, OTHER = b"b" * 16, b"o" * 16


def change(desk: Desk, event: bytes, rid: bytes = b"one", body: bytes = BODY) -> int:
    """An event under a request id; its sequence."""
    return desk.face.change_policy(event, 1, None, desk.now_us, rid, body)


def test_a_change_is_remembered() -> None:
    """Its request id leads to its sequence, before and after a replay; with another body it is refused."""
    desk = Desk()
    assert desk.face.recall_policy(b"one", BODY, 0, desk.now_us) is None
    seq = change(desk, b"event")
    assert desk.face.policy_log == [(seq, b"event")]
    for face in (desk.face, desk.replayed(), desk.loaded()):
        assert face.policy_log == [(seq, b"event")]
        assert face.digest() == desk.face.digest()
        assert face.recall_policy(b"one", BODY, 0, desk.now_us) == seq
        with pytest.raises(EngineError) as refused:
            face.recall_policy(b"one", OTHER, 0, desk.now_us)
        assert refused.value.reason is Reason.REQUEST_ID_REUSED
    with pytest.raises(EngineError) as again:
        change(desk, b"event")
    assert again.value.reason is Reason.REQUEST_ID_REUSED
    assert desk.face.policy_log == [(seq, b"event")]


def test_an_id_too_old_to_judge_is_refused() -> None:
    """A change first sent before the oldest id that is remembered is not made."""
    desk = Desk()
    change(desk, b"event")
    desk.now_us += 2 * 86_400 * SECOND_US
    desk.adjust("ink", "alder", 1)
    with pytest.raises(EngineError) as refused:
        desk.face.recall_policy(b"other", BODY, 1, desk.now_us)
    assert refused.value.reason is Reason.REQUEST_ID_EXPIRED


def test_the_digest_knows_events_and_their_order() -> None:
    """Other events, or the same in another order, are another state."""
    digests = set()
    for events in ((b"a", b"b"), (b"b", b"a"), (b"a", b"c")):
        desk = Desk()
        desk.face.note_policies(events, desk.tables(), desk.now_us)
        digests.add(desk.face.digest())
    assert len(digests) == 3


@pytest.mark.parametrize("event", [b"", b"x" * 786_433])
def test_an_event_has_a_size(event: bytes) -> None:
    """An empty event, and one that would not fit an entry, are refused before anything."""
    desk = Desk()
    seq = desk.face.seq
    for call in (
        lambda: change(desk, event),
        lambda: desk.face.note_policies([b"fine", event], desk.tables(), desk.now_us),
    ):
        with pytest.raises(ValueError, match=r"1 \.\. 786432 bytes"):
            call()
    assert (desk.face.seq, desk.face.policy_log) == (seq, [])


def test_the_largest_event_is_journalled() -> None:
    """An event of the greatest size replays."""
    desk = Desk()
    change(desk, b"x" * 786_432)
    assert desk.replayed().policy_log == desk.face.policy_log


def test_events_come_together_or_not_at_all() -> None:
    """Events that do not fit the open batch together are refused as a whole, with a network or without."""
    desk = Desk(buffer_bytes=2 << 20)
    desk.flush()
    seq, digest = desk.face.seq, desk.face.digest()
    events = [b"x" * 700_000] * 3
    for call in (
        lambda: desk.face.note_policies(events, desk.tables(), desk.now_us),
        lambda: desk.face.activate_network(desk.tables(2), 2, bytes(32), desk.now_us, events=events),
    ):
        with pytest.raises(EngineError) as refused:
            call()
        assert refused.value.reason is Reason.OVERLOADED
    assert (desk.face.seq, desk.face.digest(), desk.face.policy_log) == (seq, digest, [])
    assert desk.face.network_version == 1


def test_a_full_journal_takes_no_event() -> None:
    """Without room on the disk nothing is changed, and the request id stays unused."""
    desk = Desk()
    desk.flush()
    desk.face.set_room(100)
    for call in (
        lambda: change(desk, b"event"),
        lambda: desk.face.note_policies([b"event"], desk.tables(), desk.now_us),
    ):
        with pytest.raises(EngineError) as refused:
            call()
        assert refused.value.reason is Reason.MAP_FULL
    desk.face.set_room(1 << 40)
    assert desk.face.recall_policy(b"one", BODY, 0, desk.now_us) is None
    assert desk.face.policy_log == []


def test_a_network_and_its_events_are_one_batch() -> None:
    """What a network brings is journalled after it, in the same batch."""
    desk = Desk()
    desk.flush()
    before = len(desk.batches)
    desk.face.activate_network(desk.tables(2), 2, bytes(32), desk.now_us, b"load", BODY, events=[b"a", b"b"])
    seq = desk.face.seq
    desk.flush()
    assert [batch[:2] for batch in desk.batches[before:]] == [(seq - 2, seq)]
    assert desk.face.policy_log == [(seq - 1, b"a"), (seq, b"b")]
    assert desk.face.recall_network(b"load", BODY, 0, desk.now_us) == (2, True, seq - 2)
    assert desk.replayed().digest() == desk.face.digest()


def test_a_failed_engine_changes_no_policy() -> None:
    """After the journal failed neither a change nor a look at one is answered."""
    desk = Desk()
    desk.face.fail()
    for call in (
        lambda: change(desk, b"event"),
        lambda: desk.face.note_policies([b"event"], desk.tables(), desk.now_us),
        lambda: desk.face.recall_policy(b"one", BODY, 0, desk.now_us),
    ):
        with pytest.raises(EngineError) as refused:
            call()
        assert refused.value.reason is Reason.NOT_DURABLE
