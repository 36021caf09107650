"""The desk where policies change: each change is judged, journalled with its request id, and decided by at once."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass

from fastdom._native.network import NetworkTables
from fastdom.engine.face import Face
from fastdom.engine.networks import PreparedNetwork
from fastdom.engine.policies import deciding, refuse_unfit, registry_of, tables_of, undecidable
from fastdom.network import NetworkDocument
from fastdom.policy import (
    Activated,
    Archived,
    DraftCreated,
    DraftUpdated,
    Entry,
    Event,
    Policy,
    PolicyInvalid,
    Problem,
    Refusal,
    Registry,
    State,
    TransitionRefused,
    diff,
    encode_event,
    read_policy,
    replay,
)
from fastdom.reasons import EngineError, Reason

LOG_BYTES_MAX = 64 << 20
"""Events of policies are kept for ever, so that old decisions can be explained: 40,000 changes of common size."""

Transition = Callable[[Registry, int], tuple[Registry, Event]]
"""Registry and time -> the registry after it, and the event that leads there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to change a policy.

    Attributes
    ----------
    request_id : str
        A repeat of it is answered as first.
    first_sent_at_us : int
        0 = not checked.
    """

    request_id: str
    first_sent_at_us: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """A policy document as it was given.

    Attributes
    ----------
    data : bytes
    is_json : bool
        Else it is TOML.
    file : str
        Name for messages.
    """

    data: bytes
    is_json: bool = False
    file: str = ""

    @property
    def name(self) -> str:
        """Name for messages, with an ending that says the form."""
        ending = ".json" if self.is_json else ".toml"
        file = self.file or f"policy{ending}"
        return file if file.endswith(".json") == self.is_json else file + ending

    def read(self, network: NetworkDocument | None) -> Policy:
        """Return the policy. Raises PolicyInvalid with every problem."""
        return read_policy(self.data, self.name, network)


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """What a change came to: the version after it, whether it is the default policy's active one, its sequence."""

    entry: Entry
    is_default: bool
    seq: int


@dataclass(frozen=True, slots=True)
class PolicyCheck:
    """What was found in a document.

    Attributes
    ----------
    entry : Entry or None
        The draft it would become, its times 0; None when it cannot be read as a policy.
    problems : tuple of Problem
        What keeps it from being created or activated, by line and field.
    count : int
        All problems, including those not kept.
    changes : tuple of str
        What differs from the active version of its name.
    """

    entry: Entry | None
    problems: tuple[Problem, ...]
    count: int
    changes: tuple[str, ...]


class PolicyDesk:
    """The registry of an open engine, and its changes, one at a time.

    A change is durable when the sequence of its answer is. A repeat of a request id is answered as first; refusals are
    judged afresh. Every method that changes something raises EngineError (REQUEST_ID_REUSED, REQUEST_ID_EXPIRED, no
    room) and TransitionRefused.

    Attributes
    ----------
    registry : Registry
        As of the last change; an immutable value.
    network : PreparedNetwork or None
        The active version.
    """

    def __init__(self, face: Face, now_us: Callable[[], int], turn: threading.Lock) -> None:
        self._face = face
        self._now_us = now_us
        self._turn = turn
        self.network: PreparedNetwork | None = None
        self.reread()

    def reread(self) -> None:
        """Fold what was journalled anew: after a recovery, and after a network brought policies of its own."""
        self.registry, self._history = registry_of(self._face.policy_log)

    @property
    def document(self) -> NetworkDocument | None:
        """The active network."""
        return self.network.document if self.network is not None else None

    # --- changes

    def create(self, source: Source, asked: Asked) -> PolicyChange:
        """Make a document the next version of its policy, as a DRAFT. Raises PolicyInvalid."""

        def create(registry: Registry, at_us: int) -> tuple[Registry, Event]:
            return registry.create_draft(source.read(self.document), at_us)

        return self._change(asked, create, "create", source)

    def update(self, name: str, version: int, source: Source, etag: str, asked: Asked) -> PolicyChange:
        """Replace the document of a DRAFT. Raises PolicyInvalid."""

        def update(registry: Registry, at_us: int) -> tuple[Registry, Event]:
            return registry.update_draft(name, version, source.read(self.document), etag, at_us)

        return self._change(asked, update, "update", name, version, source, etag)

    def activate(self, name: str, version: int, etag: str, asked: Asked) -> PolicyChange:
        """Make a DRAFT the ACTIVE version, by which the next call decides.

        Raises
        ------
        PolicyUnfit
            It does not fit the network, or the engine cannot decide by it.
        EngineError
            NETWORK_MISSING.
        """

        def activate(registry: Registry, at_us: int) -> tuple[Registry, Event]:
            after = registry.activate(name, version, etag, at_us)
            if self.document is None:
                raise EngineError(Reason.NETWORK_MISSING)
            refuse_unfit([registry.get(name, version)], self.document)
            return after

        return self._change(asked, activate, "activate", name, version, etag)

    def archive(self, name: str, version: int, etag: str, asked: Asked) -> PolicyChange:
        """Give up a DRAFT, or retire an ACTIVE version."""
        return self._change(
            asked,
            lambda registry, at_us: registry.archive(name, version, etag, at_us),
            "archive",
            name,
            version,
            etag,
        )

    def set_default(self, name: str, asked: Asked) -> PolicyChange:
        """Make another policy the default."""
        return self._change(asked, lambda registry, at_us: registry.set_default(name, at_us), "set_default", name)

    def _change(self, asked: Asked, transition: Transition, *body: object) -> PolicyChange:
        request_id, fingerprint = asked.request_id.encode(), fingerprint_of(body)
        with self._turn:
            now_us = self._now_us()
            seq = self._face.recall_policy(request_id, fingerprint, asked.first_sent_at_us, now_us)
            if seq is None:
                after, event = transition(self.registry, max(now_us, self._face.now_us))
                data = self._checked(encode_event(event))
                _, version = subject(event, after)
                tables = self._tables(after)
                seq = self._face.change_policy(data, version, tables, now_us, request_id, fingerprint)
                self._history.append((seq, event))
                self.registry = after
            return self._told(seq)

    def _checked(self, event: bytes) -> bytes:
        if sum(len(known) for _, known in self._face.policy_log) + len(event) > LOG_BYTES_MAX:
            raise TransitionRefused(Refusal.LIMIT, f"the history of policies has {LOG_BYTES_MAX >> 20} MiB already")
        return event

    def _tables(self, after: Registry) -> NetworkTables | None:
        """Tables to decide by, or None when the change concerns no decision."""
        if self.network is None or deciding(after) == deciding(self.registry):
            return None
        return tables_of(self.network, self._face.network_version, after)

    def _told(self, seq: int) -> PolicyChange:
        """What the change journalled as `seq` came to."""
        index = next(i for i, (one, _) in enumerate(self._history) if one == seq)
        last = index == len(self._history) - 1
        registry = self.registry if last else replay(event for _, event in self._history[: index + 1])
        name, version = subject(self._history[index][1], registry)
        return PolicyChange(registry.get(name, version), is_default(registry, registry.get(name, version)), seq)

    # --- questions

    def check(self, source: Source) -> PolicyCheck:
        """Say what `create` and `activate` would find in a document; nothing is changed."""
        try:
            policy = source.read(self.document)
        except PolicyInvalid as invalid:
            return PolicyCheck(None, invalid.problems, invalid.count, ())
        problems = undecidable(policy, source.name)
        active = self.registry.active(policy.name)
        changes = tuple(map(str, diff(active.policy, policy))) if active is not None else ()
        version = len(self.registry.versions(policy.name)) + 1
        return PolicyCheck(Entry(version, policy, State.DRAFT, 0, 0), problems, len(problems), changes)


def is_default(registry: Registry, entry: Entry) -> bool:
    """Whether a version is the active one of the default policy."""
    return registry.default == entry.policy.name and registry.active(entry.policy.name) == entry


def subject(event: Event, after: Registry) -> tuple[str, int]:
    """Name and version an event is about; `after` is the registry it led to."""
    match event:
        case DraftCreated(version, policy, _) | DraftUpdated(version, policy, _):
            return policy.name, version
        case Activated(name, version, _) | Archived(name, version, _):
            return name, version
    return event.name, after.get(event.name).version


def fingerprint_of(body: tuple[object, ...]) -> bytes:
    """128 bits of a request's method and fields: what a repeat of its id is compared by."""
    found = hashlib.blake2b(b"policy", digest_size=16)
    for field in body:
        if isinstance(field, Source):
            parts = [field.data, b"json" if field.is_json else b"toml"]
        else:
            parts = [str(field).encode()]
        for part in parts:
            found.update(len(part).to_bytes(8, "little"))
            found.update(part)
    return found.digest()
