"""The policies of a simulation, and the one place that makes an engine decide with one of them.

What an engine can decide with is stated here and nowhere else in the package: `refuse_unsupported` says what it cannot,
`network_with` gives it the policy, `request_of` the rest of what the document says. Everything else of a simulation
works for any objective and any constraint.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fastdom.network import NetworkDocument
from fastdom.network.document import Policy as NetworkPolicy
from fastdom.policy import (
    Combination,
    Policy,
    PolicyInvalid,
    load_policy,
    policy_of_network,
    read_policy,
)
from fastdom.simulation.errors import PolicyUnsupported, SimulationRefused
from fastdom.simulation.limits import POLICIES_MAX
from fastdom.simulation.orders import SimulatedOrder
from fastdom.types import RouteMode, RouteRequest

ENDINGS = (".toml", ".json")

DECIDES_WITH = ("shipping", "handling", "split_penalty", "distance")
"""Objectives of the engine."""

CAN = (*(f"objectives.{name}" for name in DECIDES_WITH), "constraints.max_shipments", "effort")
"""What a document may use."""

PLAIN = b'format = 1\nname = "plain"\n[objectives.shipping]\nweight = 1\n'
"""A document whose constraints are those that hold by themselves, as the engine has them."""


@dataclass(frozen=True, slots=True)
class SimulatedPolicy:
    """One policy to decide with.

    Attributes
    ----------
    label : str
        What it is called in the answer: the name it was given by, told apart by a number where two are the same.
    source : str
        "network", or the name of its file.
    document : fastdom.policy.Policy
    steps : tuple of (str, int)
        Weight in 1/1024 of each objective with one, exact also where the document rounds the network's.
    network_policy : fastdom.network.document.Policy
        The same as the engine takes it.
    """

    label: str
    source: str
    document: Policy
    steps: tuple[tuple[str, int], ...]
    network_policy: NetworkPolicy

    @property
    def levels(self) -> tuple[tuple[str, ...], ...]:
        """Names of the objectives by level of the comparison, the most important first."""
        weighed = tuple(name for name, _ in self.steps)
        if self.document.combination is Combination.WEIGHTED:
            return (weighed,)
        return tuple(tuple(name for name in level if name in weighed) for level in self.document.order)


def load_policies(given: Sequence[str], network: NetworkDocument) -> tuple[SimulatedPolicy, ...]:
    """Find the policies: each the name of one of the network's, or a document file (.toml or .json).

    Raises
    ------
    SimulationRefused
        Too many, or one that is neither.
    PolicyUnsupported
        The engine cannot decide with it.
    PolicyInvalid
        A document is wrong; with every problem.
    OSError
    """
    if not 1 <= len(given) <= POLICIES_MAX:
        raise SimulationRefused(f"--policy: give 1 .. {POLICIES_MAX} policies, got {len(given)}")
    found = []
    seen: dict[str, int] = {}
    for text in given:
        policy = _load(text, network)
        seen[policy.label] = seen.get(policy.label, 0) + 1
        if seen[policy.label] > 1:
            policy = replace(policy, label=f"{policy.label} ({seen[policy.label]})")
        found.append(policy)
    return tuple(found)


def _load(text: str, network: NetworkDocument) -> SimulatedPolicy:
    for one in network.policies:
        if one.name == text:
            return _of_network(one, network.currency)
    path = Path(text)
    if not text.endswith(ENDINGS):
        names = ", ".join(one.name for one in network.policies)
        raise SimulationRefused(f"--policy {text}: the network has no such policy, and no file ends so; it has {names}")
    document = load_policy(path, network)
    refuse_unsupported(document)
    steps = tuple((one.name, one.weight_steps) for one in document.objectives if one.weight_steps)
    return SimulatedPolicy(document.name, path.name, document, steps, _as_network_policy(document))


def _of_network(one: NetworkPolicy, currency: str) -> SimulatedPolicy:
    try:
        document = policy_of_network(one, currency)
    except PolicyInvalid as invalid:
        raise SimulationRefused(f"policy {one.name} of the network: {invalid}") from invalid
    given = {settings.name for settings in document.objectives}
    steps = tuple((name, getattr(one, name)) for name in DECIDES_WITH if getattr(one, name) and name in given)
    return SimulatedPolicy(one.name, "network", document, steps, one)


# --- what the engine can do, and how it is told


def refuse_unsupported(policy: Policy) -> None:
    """Raise PolicyUnsupported when a document asks for what the engine cannot decide with; all of it is named."""
    names = [f"objectives.{one.name}" for one in policy.objectives if one.weight_steps and one.name not in DECIDES_WITH]
    plain = read_policy(PLAIN).constraints
    names += [
        f"constraints.{one.name}" for one in policy.constraints if one not in plain and one.name != "max_shipments"
    ]
    if policy.combination is not Combination.WEIGHTED:
        names.append("combination")
    if policy.relax:
        names.append("relax")
    if policy.split_quantities:
        names.append("split_quantities")
    if names:
        raise PolicyUnsupported(policy.name, names, CAN)


def _as_network_policy(policy: Policy) -> NetworkPolicy:
    weights = {one.name: one.weight_steps for one in policy.objectives}
    split, distance = policy.objective("split_penalty"), policy.objective("distance")
    return NetworkPolicy(
        name=policy.name,
        version=1,
        shipping=weights.get("shipping", 0),
        handling=weights.get("handling", 0),
        split_penalty=weights.get("split_penalty", 0),
        distance=weights.get("distance", 0),
        split_penalty_micros=split.whole("per_shipment_micros") if split else 0,
        distance_micros_per_km_unit=distance.whole("micros_per_km_unit") if distance else 0,
    )


def network_with(network: NetworkDocument, policy: SimulatedPolicy) -> NetworkDocument:
    """Return the network with the policy as its only one, so that every order is decided with it."""
    return replace(network, policies=(policy.network_policy,), default_policy_i=0)


def request_of(policy: SimulatedPolicy, order: SimulatedOrder, number: int) -> RouteRequest:
    """Return the order as a request that commits at once, with what the document says beside its weights."""
    settings = policy.document.constraint("max_shipments")
    limits = [limit for limit in (settings.whole("limit") if settings else 0, order.max_shipments) if limit]
    return RouteRequest(
        request_id=str(number),
        order=order.order,
        mode=RouteMode.FIRM,
        include_node_ids=order.include_node_ids,
        exclude_node_ids=order.exclude_node_ids,
        allow_partial=order.allow_partial,
        max_shipments=min(limits, default=0),
        effort=policy.document.effort,
    )
