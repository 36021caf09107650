"""The engine against its slow twin over random histories, and against itself after a replay and a checkpoint."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.native.engines import loaded
from tests.property.histories import COMMANDS, Command, History, perform, renamed, some_command
from tests.property.profiles import HISTORIES, HISTORY_MAX, HISTORY_MIN, SEEDS

from fastdom._native import inspect, snapshot


def some_history(seed: int) -> list[Command]:
    """A long history of a busy day."""
    rng = random.Random(seed)
    return [some_command(rng) for _ in range(3 * HISTORY_MAX)]


HISTORY = st.one_of(
    st.lists(COMMANDS, min_size=HISTORY_MIN, max_size=HISTORY_MAX),
    SEEDS.map(some_history),
    SEEDS.map(some_history),
)


@settings(max_examples=HISTORIES, deadline=None)
@given(HISTORY)
def test_engine_equals_the_twin(history: list[Command]) -> None:
    """After every command every position, reservation, exception and answer is the twin's."""
    both = History()
    for command in history:
        both.step(command)
        both.compare()
    assert both.desk.replayed().digest() == both.desk.face.digest()


@settings(max_examples=HISTORIES, deadline=None)
@given(HISTORY, HISTORY)
def test_replayed_and_loaded_engines_go_on_alike(before: list[Command], after: list[Command]) -> None:
    """An engine from the journal, and one from a checkpoint, have the digest and give the same answers from then on."""
    both = History()
    for command in before:
        both.step(command)
    others = [both.desk.goes_on(both.desk.replayed()), both.desk.goes_on(both.desk.loaded())]
    assert {desk.face.digest() for desk in others} == {both.desk.face.digest()}
    names: list[dict[str, str]] = [{}, {}]
    for command in after:
        n = len(both.sent)
        both.step(command)
        for desk, known in zip(others, names, strict=True):
            desk.now_us = both.desk.now_us
            for request, answer, made in both.sent[n:]:
                found, its_own = perform(desk, renamed(request, known))
                assert found == answer, request
                if made is not None and its_own is not None:
                    known[made] = its_own
    for desk in others:
        now_us = both.desk.now_us
        assert inspect.positions(desk.face, now_us) == inspect.positions(both.desk.face, now_us)
        assert desk.face.recount() == []
        assert desk.replayed().digest() == desk.loaded().digest() == desk.face.digest()


@settings(max_examples=HISTORIES, deadline=None)
@given(HISTORY, HISTORY)
def test_checkpoint_and_the_batches_after_it_give_the_digest(before: list[Command], after: list[Command]) -> None:
    """A checkpoint in the middle and the batches after it give the state that the whole journal gives."""
    both = History()
    for command in before:
        both.step(command)
    both.desk.flush()
    chunks, n = list(snapshot.dump(both.desk.face)), len(both.desk.batches)
    for command in after:
        both.step(command)
    both.desk.flush()
    middle = loaded(chunks, both.desk.limits)
    for batch in both.desk.batches[n:]:
        middle.replay(*batch)
    assert middle.digest() == both.desk.face.digest() == both.desk.replayed().digest()
    assert middle.recount() == []
