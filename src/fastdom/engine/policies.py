"""Policies and the network together: what a load brings, what must fit, and what the engine decides by."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from fastdom._native.network import NetworkTables
from fastdom.engine.errors import NetworkRefused, PolicyUnfit, ReplayFailed
from fastdom.engine.networks import PreparedNetwork
from fastdom.network import NetworkDocument
from fastdom.network.document import Policy as NetworkPolicy
from fastdom.policy import (
    Entry,
    Event,
    Fallback,
    Policy,
    PolicyInvalid,
    Problem,
    Registry,
    TransitionRefused,
    check_network,
    compile_policy,
    content_hash,
    decode_event,
    policy_of_network,
    replay,
)

# --- the one place that turns policies into what the native engine decides by


def tables_of(network: PreparedNetwork, version: int, registry: Registry) -> NetworkTables:
    """Return the tables of a network version that decide by the ACTIVE policies, the default first.

    Parameters
    ----------
    network : PreparedNetwork
        Its own policies are left out.
    version : int
        Of the network.
    registry : Registry
        With a default; every ACTIVE policy fits the network and is decidable.
    """
    policies: tuple[Any, ...] = tuple(
        compile_policy(entry.policy, entry.version, network.document, network.node_index, network.service_index)
        for entry in deciding(registry)
    )
    return NetworkTables(dataclasses.replace(network.compiled, policies=policies), version)


def undecidable(policy: Policy, file: str = "") -> tuple[Problem, ...]:
    """Return what a policy asks for that the engine does not decide by; empty = nothing. Lines are 0."""
    asked = (
        ("fallback", policy.fallback is Fallback.QUEUE),
        ("split_quantities", policy.split_quantities),
    )
    told = "this version of the engine cannot decide by it; the policy can stay a draft"
    return tuple(Problem(file or f"policy {policy.name}", 0, field, told) for field, is_asked in asked if is_asked)


# --- the registry


def registry_of(log: Iterable[tuple[int, bytes]]) -> tuple[Registry, list[tuple[int, Event]]]:
    """Return the registry that journalled events lead to, and the events with their sequences.

    Raises
    ------
    ReplayFailed
        One of them is none, or does not fit those before it.
    """
    history: list[tuple[int, Event]] = []
    seq = 0
    try:
        for seq, data in log:
            history.append((seq, decode_event(data)))
        return replay(event for _, event in history), history
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ReplayFailed(f"journal entry {seq} is no event of a policy, or does not fit those before it") from error


def deciding(registry: Registry) -> list[Entry]:
    """Return the ACTIVE versions, that of the default policy first, the others by name."""
    names = sorted(registry.policies, key=lambda name: (name != registry.default, name))
    return [entry for entry in map(registry.active, names) if entry is not None]


def brought(
    registry: Registry, document: NetworkDocument, before: NetworkDocument | None, at_us: int
) -> tuple[Registry, list[Event]]:
    """Return the registry after a network is loaded, and the events that lead to it.

    A policy of the documents becomes a new active version where the documents say something else about it than those
    of the version before: what was changed by a request since then stays as long as they say the same.

    Parameters
    ----------
    before : NetworkDocument or None
        The version active until now; None = there is none, or its policies were never journalled.

    Raises
    ------
    NetworkRefused
        There are too many versions, or one of the policies weighs nothing.
    """
    events: list[Event] = []
    try:
        for one in document.policies:
            wanted = policy_of_network(one, document.currency)
            said = _said(before, one.name)
            active = registry.active(one.name)
            if before is not None and said is not None and policy_of_network(said, before.currency) == wanted:
                continue
            if active is not None and content_hash(active.policy) == content_hash(wanted):
                continue
            registry, created = registry.create_draft(wanted, at_us)
            version = len(registry.versions(one.name))
            etag = registry.get(one.name, version).etag
            registry, activated = registry.activate(one.name, version, etag, at_us)
            events += [created, activated]
    except (TransitionRefused, PolicyInvalid) as error:
        raise NetworkRefused(f"policies of the network: {error}") from error
    default = document.policies[document.default_policy_i].name
    if registry.default != default and _default_of(before) != default and registry.active(default) is not None:
        registry, event = registry.set_default(default, at_us)
        events.append(event)
    return registry, events


def _said(before: NetworkDocument | None, name: str) -> NetworkPolicy | None:
    return next((policy for policy in before.policies if policy.name == name), None) if before is not None else None


def _default_of(before: NetworkDocument | None) -> str:
    return before.policies[before.default_policy_i].name if before is not None else ""


# --- what must fit


def refuse_unfit(entries: Iterable[Entry], document: NetworkDocument) -> None:
    """Raise PolicyUnfit for the first of these versions that could not decide on the network."""
    for entry in entries:
        problems = check_network(entry.policy, document) + undecidable(entry.policy)
        if problems:
            raise PolicyUnfit(entry.policy.name, entry.version, problems)
