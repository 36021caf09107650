from collections.abc import Sequence
from typing import Any, Self

from fastdom._native.policy_arrays import NetworkFacts

BY_BLOCK: tuple[int, ...]
BY_OFFER: tuple[int, ...]
FALLBACKS: dict[str, int]
WHOLES: dict[str, int]

class PolicyTables:
    """The policies that one network version decides with.

    Parameters
    ----------
    policies : sequence of fastdom.policy.compiled.CompiledPolicy
        The default first; `fastdom.network.compiled.CompiledPolicy` of four objectives are taken too.
    network : policy_arrays.NetworkFacts
        The arrays of the network that they are combined with.

    Raises
    ------
    ValueError
        There is none, an array has another type or shape than stated, or a number is out of range.
    """

    def __new__(cls, policies: Sequence[Any], network: NetworkFacts) -> Self: ...
