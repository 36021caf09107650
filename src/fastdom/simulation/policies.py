"""The policies of a simulation: found by name, version or file, and made into what an engine decides by.

A policy is a whole document, however it is named: all its objectives, constraints and levels decide, natively, as they
do in a server. What it does with units for which there is no plan (`fallback`) and with a later move of the order
(`reroute`) comes after a decision, and is not simulated.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from fastdom._native.network import NetworkTables
from fastdom.engine.networks import PreparedNetwork
from fastdom.engine.policies import undecidable
from fastdom.network import NetworkDocument
from fastdom.policy import (
    Activated,
    Entry,
    Event,
    Policy,
    PolicyInvalid,
    Registry,
    check_network,
    compile_policy,
    load_policy,
    policy_of_network,
)
from fastdom.simulation.errors import PolicyUnsupported, SimulationRefused
from fastdom.simulation.limits import POLICIES_MAX
from fastdom.simulation.orders import SimulatedOrder
from fastdom.types import RouteMode, RouteRequest

ENDINGS = (".toml", ".json")
ACTIVE: Final = "ACTIVE"
AFTERWARDS: Final = ("fallback", "reroute")
"""Settings that act after a decision: they change nothing that is simulated."""


@dataclass(frozen=True, slots=True)
class SimulatedPolicy:
    """One policy to decide with.

    Attributes
    ----------
    label : str
        What it is called in the answer: name or ``name@version``, told apart by a number where two are the same.
    source : str
        "network", "registry", or the name of its file.
    document : fastdom.policy.Policy
    version : int
        In the registry; 1 where it is not from there.
    """

    label: str
    source: str
    document: Policy
    version: int = 1

    @property
    def steps(self) -> tuple[tuple[str, int], ...]:
        """Weight in 1/1024 of each objective that has one."""
        return tuple((one.name, one.weight_steps) for one in self.document.objectives if one.weight_steps)

    @property
    def levels(self) -> tuple[tuple[str, ...], ...]:
        """Names of the objectives by level of the comparison, the most important first."""
        return tuple(tuple(one.name for one in level) for level in self.document.levels())


def load_policies(
    given: Sequence[str], network: NetworkDocument, registry: Registry | None = None
) -> tuple[SimulatedPolicy, ...]:
    """Find the policies that were named.

    Parameters
    ----------
    given : sequence of str
        Each a document file (.toml or .json); with a registry ``NAME`` or ``NAME@ACTIVE`` (the active version),
        ``NAME@VERSION`` (any version, drafts too) or ``ACTIVE`` (of the default policy); without one the name of a
        policy of the network.
    network : NetworkDocument
    registry : Registry or None
        That of a data folder.

    Raises
    ------
    SimulationRefused
        Too many, or one that there is not.
    PolicyUnsupported
        The engine cannot decide with it.
    PolicyInvalid
        A document is wrong, or does not fit the network; with every problem.
    OSError
    """
    if not 1 <= len(given) <= POLICIES_MAX:
        raise SimulationRefused(f"--policy: give 1 .. {POLICIES_MAX} policies, got {len(given)}")
    found = []
    seen: dict[str, int] = {}
    for text in given:
        policy = _load(text, network, registry)
        refuse_undecidable(policy)
        seen[policy.label] = seen.get(policy.label, 0) + 1
        if seen[policy.label] > 1:
            policy = replace(policy, label=f"{policy.label} ({seen[policy.label]})")
        found.append(policy)
    return tuple(found)


def _load(text: str, network: NetworkDocument, registry: Registry | None) -> SimulatedPolicy:
    known = _of_network(text, network) if registry is None else _of_registry(text, network, registry)
    if known is not None:
        return known
    path = Path(text)
    if text.endswith(ENDINGS):
        document = load_policy(path, network)
        return SimulatedPolicy(document.name, path.name, document)
    if registry is None:
        names = ", ".join(one.name for one in network.policies)
        hint = f"the network has {names}; versions (NAME@VERSION, ACTIVE) are those of a data folder, --data DIR"
    else:
        hint = f"the data folder has {known_versions(registry)}"
    raise SimulationRefused(f"--policy {text}: no such policy, and not a file that ends with .toml or .json; {hint}")


def _of_network(text: str, network: NetworkDocument) -> SimulatedPolicy | None:
    one = next((one for one in network.policies if one.name == text), None)
    if one is None:
        return None
    try:
        return SimulatedPolicy(one.name, "network", policy_of_network(one, network.currency))
    except PolicyInvalid as invalid:
        raise SimulationRefused(f"policy {one.name} of the network: {invalid}") from invalid


def _of_registry(text: str, network: NetworkDocument, registry: Registry) -> SimulatedPolicy | None:
    entry = _entry(text, registry)
    return None if entry is None else of_entry(entry, network)


def _entry(text: str, registry: Registry) -> Entry | None:
    """The version that a text names; a policy may have @ in its name."""
    if registry.versions(text):
        return registry.active(text)
    if text == ACTIVE:
        return registry.active(registry.default)
    name, at, version = text.rpartition("@")
    if not at or not registry.versions(name):
        return None
    if version == ACTIVE:
        return registry.active(name)
    return next((one for one in registry.versions(name) if str(one.version) == version), None)


def of_entry(entry: Entry, network: NetworkDocument) -> SimulatedPolicy:
    """Return a version of a registry to decide with. Raises PolicyInvalid where it does not fit the network."""
    problems = check_network(entry.policy, network)
    if problems:
        label = f"policy {entry.policy.name}@{entry.version}"
        raise PolicyInvalid(tuple(replace(one, file=label) for one in problems), len(problems))
    return SimulatedPolicy(f"{entry.policy.name}@{entry.version}", "registry", entry.policy, entry.version)


def known_versions(registry: Registry) -> str:
    """Every version of a registry with its state, as one line."""
    return (
        ", ".join(
            f"{name}@{one.version} ({one.state.value})"
            for name in sorted(registry.policies)
            for one in registry.versions(name)
        )
        or "none"
    )


def refuse_undecidable(policy: SimulatedPolicy) -> None:
    """Raise PolicyUnsupported when the engine could not decide by the document as it is meant."""
    names = [one.field for one in undecidable(policy.document) if one.field.split(".")[0] not in AFTERWARDS]
    if names:
        raise PolicyUnsupported(policy.label, names)


def compared_by_default(registry: Registry, history: Sequence[Event]) -> tuple[str, ...]:
    """Name the active version of the default policy, and the version that was active before it (if any did).

    The one before is the first of the two: changes are told from it to the one that decides now.
    """
    now = registry.active(registry.default)
    if now is None:
        return ()
    name = registry.default
    versions = [one.version for one in history if isinstance(one, Activated) and one.name == name]
    return tuple(f"{name}@{version}" for version in versions[-2:])


# --- how an engine is told


def tables_with(prepared: PreparedNetwork, policy: SimulatedPolicy, version: int) -> NetworkTables:
    """Return the tables of a network that decide by the policy alone, so that every order is decided with it."""
    policies: tuple[Any, ...] = (
        compile_policy(policy.document, policy.version, prepared.document, prepared.node_index, prepared.service_index),
    )
    return NetworkTables(dataclasses.replace(prepared.compiled, policies=policies), version)


def request_of(order: SimulatedOrder, number: int) -> RouteRequest:
    """Return the order as a request that commits at once; what the policy says is in the tables."""
    return RouteRequest(
        request_id=str(number),
        order=order.order,
        mode=RouteMode.FIRM,
        include_node_ids=order.include_node_ids,
        exclude_node_ids=order.exclude_node_ids,
        allow_partial=order.allow_partial,
        max_shipments=order.max_shipments,
    )
