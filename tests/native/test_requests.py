"""The ring of remembered request ids."""

from hypothesis import given
from hypothesis import strategies as st

from fastdom._native.inspect import RequestsDesk


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 1), st.integers(0, 40), st.binary(max_size=40)), max_size=150))
def test_ring_equals_a_queue(moves: list[tuple[bool, int, int, bytes]]) -> None:
    """Ids are forgotten oldest first and found with their answers until then, each tenant's apart."""
    table, model = RequestsDesk(16, 1 << 12), dict[tuple[int, bytes], tuple[int, bytes]]()
    for at_us, (forget, tenant, number, answer) in enumerate(moves, 1):
        key = tenant, b"id-%d" % number
        assert table.fits(40) == (len(model) < 16)
        if model and (forget or len(model) == 16):
            del model[next(iter(model))]
            table.forget()
        elif key not in model:
            table.add(*key, at_us, answer)
            model[key] = at_us, answer
    assert len(table) == len(model)
    for tenant in (0, 1):
        for number in range(41):
            key = tenant, b"id-%d" % number
            assert table.find(*key) == model.get(key)


def test_pruned_at_is_the_time_of_the_newest_forgotten_id() -> None:
    """It is 0 while nothing was forgotten, then the time of the last one forgotten."""
    table = RequestsDesk(4, 1 << 12)
    for at_us in (10, 20, 30):
        table.add(0, b"%d" % at_us, at_us, b"answer")
    seen = [table.pruned_at_us]
    for _ in range(2):
        table.forget()
        seen.append(table.pruned_at_us)
    assert seen == [0, 10, 20]


def test_answers_give_their_memory_back() -> None:
    """A thousand answers pass through memory for four of them."""
    table = RequestsDesk(4, 4 * 1024)
    for n in range(1000):
        if n >= 3:
            table.forget()
        assert table.fits(900)
        table.add(0, b"%d" % n, n, b"%03d" % n * 300)
    assert table.find(0, b"999") == (999, b"999" * 300)
