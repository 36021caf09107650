"""Times of a run, as whole microseconds."""

from collections.abc import Sequence
from dataclasses import dataclass, field


def percentile(times_us: Sequence[int], permille: int) -> int | None:
    """Return the smallest time that `permille` of all times do not exceed (nearest rank); None without any."""
    if not times_us:
        return None
    rank = -(-len(times_us) * permille // 1000)
    return sorted(times_us)[max(1, rank) - 1]


def p50_p99(times_us: Sequence[int]) -> dict[str, int | None]:
    """Return the percentiles a report shows."""
    return {"p50": percentile(times_us, 500), "p99": percentile(times_us, 990)}


@dataclass(slots=True)
class Measures:
    """What the client measured.

    Attributes
    ----------
    promise_us, reserve_us, commit_us : list of int
        Per call, from sending to answer, repeats after a failure included.
    decision_us : list of int
        The server's own decision times in the answers of Promise and Reserve; answers to second sends are left out.
    repeats : int
        Requests sent a second time with the same request_id by the shopper; the client's own retries come on top.
    sale_us : int
        From the first cart to the last answer, the outage included.
    """

    promise_us: list[int] = field(default_factory=list)
    reserve_us: list[int] = field(default_factory=list)
    commit_us: list[int] = field(default_factory=list)
    decision_us: list[int] = field(default_factory=list)
    repeats: int = 0
    sale_us: int = 0
