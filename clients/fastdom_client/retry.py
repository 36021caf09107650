"""When a failed attempt is tried again, and how long to wait before. Pure: no clock, no sleep, no network."""

from collections.abc import Callable
from dataclasses import dataclass

import grpc

from fastdom_client.errors import FastdomError

# Less time than this is not worth an attempt.
ATTEMPT_MIN_S = 0.001

# Doublings of the backoff that are counted; beyond them it has long reached its ceiling.
DOUBLINGS_MAX = 30

AGAIN = frozenset((grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED))


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how fast a failed attempt is repeated. The time limit of the call bounds it as well.

    Attributes
    ----------
    attempts_max : int
        Most attempts of one call, 1 = never repeat.
    backoff_base_s : float
        Ceiling of the wait before the second attempt, in seconds; it doubles with each further one.
    backoff_max_s : float
        Ceiling of every wait, in seconds. The wait itself is drawn evenly from 0 to its ceiling (full jitter).
    """

    attempts_max: int = 32
    backoff_base_s: float = 0.05
    backoff_max_s: float = 1.0

    def __post_init__(self) -> None:
        if self.attempts_max < 1:
            raise ValueError(f"attempts_max must be at least 1, got {self.attempts_max}")
        if self.backoff_base_s < 0 or self.backoff_max_s < 0:
            raise ValueError("backoff_base_s and backoff_max_s must not be negative")


DEFAULT_RETRY = RetryPolicy()


class Attempts:
    """The attempts of one call, as a state machine that is told the time.

    Parameters
    ----------
    policy : RetryPolicy
        How often and how fast.
    retried : bool
        Whether the method may be repeated at all.
    timeout_s, attempt_timeout_s : float
        Time limit of the call and of one attempt, in seconds.
    now_s : float
        Monotonic time at the start of the call, in seconds.
    uniform : callable
        Draws evenly from [low, high]; `random.uniform` outside tests.
    """

    def __init__(
        self,
        policy: RetryPolicy,
        *,
        retried: bool,
        timeout_s: float,
        attempt_timeout_s: float,
        now_s: float,
        uniform: Callable[[float, float], float],
    ) -> None:
        self._policy = policy
        self._left = policy.attempts_max if retried else 1
        self._attempt_timeout_s = attempt_timeout_s if self._left > 1 else timeout_s
        self._end_s = now_s + timeout_s
        self._uniform = uniform
        self._failed = 0

    def timeout_s(self, now_s: float) -> float:
        """Return the time limit of the attempt that starts now, in seconds, never below 0."""
        return max(0.0, min(self._attempt_timeout_s, self._end_s - now_s))

    def wait_s(self, error: FastdomError, now_s: float) -> float | None:
        """Return how long to wait before the next attempt, in seconds; None = give up and raise the error."""
        self._failed += 1
        self._left -= 1
        if self._left <= 0 or not may_succeed(error):
            return None
        doublings = min(self._failed - 1, DOUBLINGS_MAX)
        ceiling_s = min(self._policy.backoff_max_s, self._policy.backoff_base_s * 2**doublings)
        wait_s = (error.retry_after_s or 0.0) + self._uniform(0.0, ceiling_s)
        return wait_s if now_s + wait_s + ATTEMPT_MIN_S <= self._end_s else None


def may_succeed(error: FastdomError) -> bool:
    """Return whether the same request may succeed a little later."""
    if error.code is grpc.StatusCode.RESOURCE_EXHAUSTED:
        return error.retry_after_s is not None
    return error.code in AGAIN
