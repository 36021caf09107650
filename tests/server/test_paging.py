"""Pages and their tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastdom.reasons import EngineError, Field, Reason
from fastdom_server.services.paging import page_size, read_token, write_token

KEYS = st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1), min_size=1)


@given(KEYS, st.text(st.characters(exclude_categories=["Cs"])))
def test_a_token_gives_its_key_back(key: list[str], filtered: str) -> None:
    """A token read in the list and filters it was written for gives its key."""
    token = write_token(tuple(key), "lanes", filtered)
    assert read_token(token, "lanes", filtered) == tuple(key)


def test_no_token_is_the_first_page() -> None:
    """The empty token stands for the first page."""
    assert read_token("", "nodes") is None


@pytest.mark.parametrize(
    "token",
    ["x", "!!!!", write_token(("a",), "skus"), write_token(("a",), "nodes", "2"), write_token(("a",), "nodes")[:-4]],
)
def test_another_token_is_refused(token: str) -> None:
    """A damaged token, or one of another list or filter, is refused by name."""
    with pytest.raises(EngineError) as refusal:
        read_token(token, "nodes", "1")
    assert (refusal.value.reason, refusal.value.path) == (Reason.INVALID_FIELD, "page_token")


@pytest.mark.parametrize(("asked", "size"), [(0, 100), (1, 1), (1_000, 1_000)])
def test_page_size(asked: int, size: int) -> None:
    """0 is the default size, everything up to the limit is taken as asked."""
    assert page_size(asked) == size


@pytest.mark.parametrize("asked", [-1, 1_001])
def test_page_size_out_of_range(asked: int) -> None:
    """A negative size or one over the limit is refused by name."""
    with pytest.raises(EngineError) as refusal:
        page_size(asked)
    assert refusal.value.field is Field.PAGE_SIZE
