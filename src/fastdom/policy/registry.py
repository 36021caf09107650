"""The versions of all policies and their states: an immutable value, folded from events.

A version goes DRAFT -> ACTIVE -> ARCHIVED, or from DRAFT straight to ARCHIVED; only a DRAFT can be changed, and nothing
comes back from ARCHIVED (an old version is brought back as a new draft). A name has at most one ACTIVE version; the
default policy always has one. Each transition checks, and returns the new registry with the event that leads to it:
``replay(events)`` gives an equal registry.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType

from fastdom.policy import events, limits
from fastdom.policy.canonical import content_hash
from fastdom.policy.document import Policy
from fastdom.policy.events import Event


class State(Enum):
    """Where a version is in its life."""

    DRAFT = "DRAFT"  # can be changed, decides nothing
    ACTIVE = "ACTIVE"  # decides
    ARCHIVED = "ARCHIVED"  # kept for explanations


class Refusal(Enum):
    """Why a transition is refused."""

    UNKNOWN = "there is no such policy or version"
    ETAG_MISMATCH = "it was changed by someone else since it was read"
    WRONG_STATE = "its state does not allow it"
    DEFAULT = "it is the default policy"
    OTHER_NAME = "a version keeps the name of its policy"
    LIMIT = "there are too many"


class TransitionRefused(ValueError):
    """A transition is refused; the registry is unchanged.

    Attributes
    ----------
    refusal : Refusal
    """

    def __init__(self, refusal: Refusal, message: str) -> None:
        super().__init__(message)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of a policy.

    Attributes
    ----------
    version : int
        1 upwards within the name, never used again.
    policy : Policy
    state : State
    created_us, changed_us : int
        When it was created, and when its content or state last changed; microseconds UTC of the journal.
    """

    version: int
    policy: Policy
    state: State
    created_us: int
    changed_us: int

    @property
    def etag(self) -> str:
        """32 hexadecimal digits that differ whenever content or state does."""
        text = f"{self.policy.name}\n{self.version}\n{self.state.value}\n{content_hash(self.policy)}"
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Registry:
    """All versions of all policies.

    Attributes
    ----------
    policies : mapping of str to tuple of Entry
        By name: its versions, ascending from 1.
    default : str
        Name of the default policy; empty until a policy is active, from then on it has an ACTIVE version.
    """

    policies: Mapping[str, tuple[Entry, ...]] = field(default_factory=lambda: MappingProxyType({}))
    default: str = ""

    # --- reading ---

    def get(self, name: str, version: int = 0) -> Entry:
        """Return a version; version 0 = the ACTIVE one, empty name = the default policy.

        Raises
        ------
        TransitionRefused
            UNKNOWN when there is none.
        """
        name = name or self.default
        entry = self._find(name, version) if version else self.active(name)
        if entry is None:
            raise self._unknown(
                f"version {version} of {name}" if version else f"active version of {name or 'any policy'}"
            )
        return entry

    def active(self, name: str) -> Entry | None:
        """Return the ACTIVE version of a name."""
        return next((entry for entry in reversed(self.versions(name)) if entry.state is State.ACTIVE), None)

    def versions(self, name: str) -> tuple[Entry, ...]:
        """Return all versions of a name, ascending."""
        return self.policies.get(name, ())

    def _find(self, name: str, version: int) -> Entry | None:
        versions = self.versions(name)
        return versions[version - 1] if 1 <= version <= len(versions) else None

    # --- transitions: check, then the event ---

    def create_draft(self, policy: Policy, at_us: int) -> tuple["Registry", Event]:
        """Add the next version of the policy's name as a DRAFT."""
        versions = self.versions(policy.name)
        if not versions and len(self.policies) >= limits.POLICIES_MAX:
            raise TransitionRefused(Refusal.LIMIT, f"there are {limits.POLICIES_MAX} policies already")
        if sum(map(len, self.policies.values())) >= limits.VERSIONS_MAX:
            raise TransitionRefused(Refusal.LIMIT, f"there are {limits.VERSIONS_MAX} versions already")
        return self._after(events.DraftCreated(len(versions) + 1, policy, at_us))

    def update_draft(self, name: str, version: int, policy: Policy, etag: str, at_us: int) -> tuple["Registry", Event]:
        """Exchange the content of a DRAFT; its name stays."""
        self._checked(self._version(name, version), etag, "updated", (State.DRAFT,))
        if policy.name != name:
            raise TransitionRefused(
                Refusal.OTHER_NAME, f"version {version} is one of policy {name}; it cannot become one of {policy.name}"
            )
        return self._after(events.DraftUpdated(version, policy, at_us))

    def activate(self, name: str, version: int, etag: str, at_us: int) -> tuple["Registry", Event]:
        """Make a DRAFT the ACTIVE version; the one before it becomes ARCHIVED in the same step.

        Whether the policy fits the network is for the caller to check first (`check_network`).
        """
        self._checked(self._version(name, version), etag, "activated", (State.DRAFT,))
        return self._after(events.Activated(name, version, at_us))

    def archive(self, name: str, version: int, etag: str, at_us: int) -> tuple["Registry", Event]:
        """Give up a DRAFT, or retire the ACTIVE version of a policy that is not the default."""
        entry = self._checked(self._version(name, version), etag, "archived", (State.DRAFT, State.ACTIVE))
        if entry.state is State.ACTIVE and name == self.default:
            raise TransitionRefused(
                Refusal.DEFAULT,
                f"version {version} of {name} is the active version of the default policy; "
                "activate another version, or make another policy the default first",
            )
        return self._after(events.Archived(name, version, at_us))

    def set_default(self, name: str, at_us: int) -> tuple["Registry", Event]:
        """Make another policy the default; it must have an ACTIVE version."""
        if not self.versions(name):
            raise self._unknown(f"policy {name}")
        if self.active(name) is None:
            raise TransitionRefused(
                Refusal.WRONG_STATE, f"policy {name} has no active version; activate one before it becomes the default"
            )
        return self._after(events.DefaultChanged(name, at_us))

    def _version(self, name: str, version: int) -> Entry:
        entry = self._find(name, version)
        if entry is None:
            raise self._unknown(f"version {version} of {name or 'a policy without a name'}")
        return entry

    def _unknown(self, what: str) -> TransitionRefused:
        known = sorted(self.policies)
        return TransitionRefused(Refusal.UNKNOWN, f"there is no {what}; policies are {', '.join(known) or 'none'}")

    def _checked(self, entry: Entry, etag: str, verb: str, states: tuple[State, ...]) -> Entry:
        what = f"version {entry.version} of {entry.policy.name}"
        if entry.state not in states:
            allowed = " or ".join(state.value for state in states)
            hint = "" if verb == "archived" else "; its content can be the next draft"
            raise TransitionRefused(
                Refusal.WRONG_STATE, f"{what} is {entry.state.value}; only {allowed} can be {verb}{hint}"
            )
        if etag != entry.etag:
            raise TransitionRefused(
                Refusal.ETAG_MISMATCH, f"{what} has etag {entry.etag}, not {etag or '(empty)'}; read it again"
            )
        return entry

    def _after(self, event: Event) -> tuple["Registry", Event]:
        return apply(self, event), event


def apply(registry: Registry, event: Event) -> Registry:
    """Return the registry after an event that a transition made: no checks, the same result at every replay."""
    default = registry.default
    match event:
        case events.DraftCreated(version, policy, at_us):
            name = policy.name
            versions = [*registry.versions(name), Entry(version, policy, State.DRAFT, at_us, at_us)]
        case events.DraftUpdated(version, policy, at_us):
            name = policy.name
            versions = list(registry.versions(name))
            versions[version - 1] = replace(versions[version - 1], policy=policy, changed_us=at_us)
        case events.Activated(name, version, at_us):
            versions = list(registry.versions(name))
            before = registry.active(name)
            if before:
                versions[before.version - 1] = replace(before, state=State.ARCHIVED, changed_us=at_us)
            versions[version - 1] = replace(versions[version - 1], state=State.ACTIVE, changed_us=at_us)
            default = default or name
        case events.Archived(name, version, at_us):
            versions = list(registry.versions(name))
            versions[version - 1] = replace(versions[version - 1], state=State.ARCHIVED, changed_us=at_us)
        case events.DefaultChanged(name, _):
            return replace(registry, default=name)
    return Registry(MappingProxyType({**registry.policies, name: tuple(versions)}), default)


def replay(history: Iterable[Event]) -> Registry:
    """Return the registry that a sequence of events leads to."""
    registry = Registry()
    for event in history:
        registry = apply(registry, event)
    return registry
