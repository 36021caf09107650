"""What happened to policies: the events that a registry is folded from, and their bytes for a journal."""

import json
from dataclasses import dataclass
from typing import Any, TypeAlias

from fastdom.policy.canonical import canonical_bytes
from fastdom.policy.document import Policy
from fastdom.policy.reading import restore_policy

EVENT_FORMAT = 1


@dataclass(frozen=True, slots=True)
class DraftCreated:
    """A new version exists, as DRAFT; the policy carries its name."""

    version: int
    policy: Policy
    at_us: int


@dataclass(frozen=True, slots=True)
class DraftUpdated:
    """A DRAFT says something else."""

    version: int
    policy: Policy
    at_us: int


@dataclass(frozen=True, slots=True)
class Activated:
    """A DRAFT is ACTIVE, the version that was is ARCHIVED; the first active policy becomes the default."""

    name: str
    version: int
    at_us: int


@dataclass(frozen=True, slots=True)
class Archived:
    """A DRAFT was given up, or an ACTIVE version retired."""

    name: str
    version: int
    at_us: int


@dataclass(frozen=True, slots=True)
class DefaultChanged:
    """Another policy is the default."""

    name: str
    at_us: int


Event: TypeAlias = DraftCreated | DraftUpdated | Activated | Archived | DefaultChanged
_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (DraftCreated, DraftUpdated, Activated, Archived, DefaultChanged)
}


def encode_event(event: Event) -> bytes:
    """Return an event as bytes: JSON with the canonical form of its policy."""
    body: dict[str, Any] = {"format": EVENT_FORMAT, "kind": type(event).__name__}
    for field in type(event).__dataclass_fields__:
        value = getattr(event, field)
        body[field] = json.loads(canonical_bytes(value)) if isinstance(value, Policy) else value
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def decode_event(data: bytes) -> Event:
    """Return the event of the bytes.

    Raises
    ------
    ValueError
        When they are not those of an event of a known format; PolicyInvalid when its policy is none.
    """
    body = json.loads(data)
    if not isinstance(body, dict) or body.pop("format", None) != EVENT_FORMAT or body.get("kind") not in _KINDS:
        raise ValueError("not an event of policies in a known format")
    kind = _KINDS[body.pop("kind")]
    if "policy" in body:
        body["policy"] = restore_policy(json.dumps(body["policy"], ensure_ascii=False).encode())
    if body.keys() != kind.__dataclass_fields__.keys():
        raise ValueError(f"not a whole event {kind.__name__}")
    event: Event = kind(**body)
    return event
