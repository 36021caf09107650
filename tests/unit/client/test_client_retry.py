"""Attempts: what is repeated, how long is waited, when it is given up."""

import grpc
import pytest
from fake_server import failure
from hypothesis import given
from hypothesis import strategies as st

from fastdom_client.errors import FastdomError, from_status
from fastdom_client.retry import Attempts, RetryPolicy

UNAVAILABLE = from_status(failure(grpc.StatusCode.UNAVAILABLE))


def attempts(policy: RetryPolicy | None = None, *, retried: bool = True, timeout_s: float = 10.0) -> Attempts:
    return Attempts(
        policy or RetryPolicy(),
        retried=retried,
        timeout_s=timeout_s,
        attempt_timeout_s=2.0,
        now_s=100.0,
        uniform=max,
    )


def error(code: grpc.StatusCode, retry_after_s: float | None = None) -> FastdomError:
    return from_status(failure(code, "REASON", retry_after_s=retry_after_s))


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED])
def test_lost_answers_are_repeated(code: grpc.StatusCode) -> None:
    """UNAVAILABLE and DEADLINE_EXCEEDED are tried again."""
    assert attempts().wait_s(error(code), 100.0) is not None


@pytest.mark.parametrize(
    "code",
    [
        code
        for code in grpc.StatusCode
        if code not in (grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
    ],
)
def test_answers_are_not_repeated(code: grpc.StatusCode) -> None:
    """Every other status is final when it does not say to come back."""
    assert attempts().wait_s(error(code), 100.0) is None


def test_overload_is_repeated_when_told_to() -> None:
    """RESOURCE_EXHAUSTED with RetryInfo waits at least as long as told."""
    wait_s = attempts().wait_s(error(grpc.StatusCode.RESOURCE_EXHAUSTED, 0.7), 100.0)
    assert wait_s == pytest.approx(0.7 + 0.05)


def test_retry_info_does_not_make_a_refusal_repeatable() -> None:
    """RetryInfo on an error that would fail again is not followed."""
    assert attempts().wait_s(error(grpc.StatusCode.INVALID_ARGUMENT, 0.1), 100.0) is None


def test_waits_double_up_to_the_ceiling() -> None:
    """The ceiling of the wait doubles with each failure and stops at backoff_max_s."""
    tried = attempts(RetryPolicy(backoff_base_s=0.1, backoff_max_s=0.5), timeout_s=1000.0)
    assert [tried.wait_s(UNAVAILABLE, 100.0) for _ in range(5)] == [0.1, 0.2, 0.4, 0.5, 0.5]


def test_attempts_are_counted() -> None:
    """attempts_max attempts are made, no more."""
    tried = attempts(RetryPolicy(attempts_max=3))
    waits = [tried.wait_s(UNAVAILABLE, 100.0) for _ in range(3)]
    assert [wait is None for wait in waits] == [False, False, True]


def test_a_method_that_is_not_retried_has_one_attempt_of_full_length() -> None:
    """Without repeats an attempt may take the whole time and its failure is final."""
    once = attempts(retried=False)
    assert once.timeout_s(100.0) == 10.0
    assert once.wait_s(UNAVAILABLE, 100.0) is None


def test_an_attempt_never_outlasts_the_call() -> None:
    """The time limit of an attempt is its own or what is left of the call's, whichever is less, never negative."""
    tried = attempts()
    assert [tried.timeout_s(now_s) for now_s in (100.0, 109.0, 111.0)] == [2.0, 1.0, 0.0]


def test_a_wait_beyond_the_time_limit_is_not_begun() -> None:
    """When the wait would end after the time limit the error is raised at once."""
    assert attempts().wait_s(error(grpc.StatusCode.RESOURCE_EXHAUSTED, 60.0), 100.0) is None


@given(
    retry_after_ms=st.none() | st.integers(0, 5000),
    elapsed_s=st.lists(st.floats(0, 3), max_size=40),
    share=st.floats(0, 1),
)
def test_time_limit_holds(retry_after_ms: int | None, elapsed_s: list[float], share: float) -> None:
    """However attempts fail, none starts after the time limit and each wait is within its bounds."""
    policy = RetryPolicy(backoff_base_s=0.1, backoff_max_s=1.0)
    tried = Attempts(
        policy,
        retried=True,
        timeout_s=10.0,
        attempt_timeout_s=2.0,
        now_s=0.0,
        uniform=lambda low, high: low + share * (high - low),
    )
    failed = error(grpc.StatusCode.UNAVAILABLE, None if retry_after_ms is None else retry_after_ms / 1000)
    told_s = failed.retry_after_s or 0.0
    now_s = 0.0
    for took_s in elapsed_s:
        now_s += took_s
        wait_s = tried.wait_s(failed, now_s)
        if wait_s is None:
            break
        assert told_s <= wait_s <= told_s + policy.backoff_max_s
        now_s += wait_s
        assert 0.0 < tried.timeout_s(now_s) <= 2.0
        assert now_s < 10.0


@pytest.mark.parametrize("wrong", [{"attempts_max": 0}, {"backoff_base_s": -1.0}, {"backoff_max_s": -0.1}])
def test_impossible_policies_are_refused(wrong: dict[str, float]) -> None:
    """A policy without attempts or with negative waits is a ValueError."""
    with pytest.raises(ValueError, match="must"):
        RetryPolicy(**wrong)  # type: ignore[arg-type]
