"""The life of versions: DRAFT, ACTIVE, ARCHIVED; a registry is the fold of its events."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.policy.documents import EVERYTHING, PLAIN, toml

from fastdom.policy import (
    Activated,
    Event,
    Refusal,
    Registry,
    State,
    TransitionRefused,
    apply,
    decode_event,
    encode_event,
    limits,
    replay,
)

PLAIN_POLICY = toml(PLAIN)
OTHER = replace(PLAIN_POLICY, effort=7)
SECOND = replace(PLAIN_POLICY, name="second")


def started() -> Registry:
    """A registry whose policy `plain` has an ACTIVE version 1."""
    registry, _ = Registry().create_draft(PLAIN_POLICY, 10)
    registry, _ = registry.activate("plain", 1, registry.get("plain", 1).etag, 20)
    return registry


def states(registry: Registry, name: str) -> list[State]:
    """States of all versions of a name."""
    return [entry.state for entry in registry.versions(name)]


def test_first_active_policy_is_the_default() -> None:
    """A new registry has no default; the first policy that is activated becomes it."""
    registry, _ = Registry().create_draft(PLAIN_POLICY, 10)
    assert registry.default == ""
    with pytest.raises(TransitionRefused, match="there is no active version of any policy; policies are plain"):
        registry.get("")
    registry = started()
    assert registry.default == "plain"
    assert registry.get("").policy == registry.get("plain").policy == PLAIN_POLICY
    assert (registry.get("").created_us, registry.get("").changed_us) == (10, 20)


def test_activation_archives_the_version_before() -> None:
    """Activating a draft archives the active version in the same step."""
    registry, event = started().create_draft(OTHER, 30)
    assert states(registry, "plain") == [State.ACTIVE, State.DRAFT]
    assert registry.get("plain").policy == PLAIN_POLICY
    registry, event = registry.activate("plain", 2, registry.get("plain", 2).etag, 40)
    assert event == Activated("plain", 2, 40)
    assert states(registry, "plain") == [State.ARCHIVED, State.ACTIVE]
    assert registry.get("plain").policy == OTHER
    assert registry.get("plain", 1).changed_us == 40


def test_transitions_leave_the_old_registry_alone() -> None:
    """A transition makes a new registry; the one before says what it said."""
    before = started()
    after, _ = before.create_draft(OTHER, 30)
    assert states(before, "plain") == [State.ACTIVE]
    assert before == started() != after
    with pytest.raises(TypeError):
        before.policies["x"] = ()  # type: ignore[index]


def test_only_drafts_change() -> None:
    """The content of a DRAFT can be exchanged; that of ACTIVE and ARCHIVED versions never changes."""
    registry, _ = started().create_draft(OTHER, 30)
    old = registry.get("plain", 2).etag
    registry, _ = registry.update_draft("plain", 2, PLAIN_POLICY, old, 31)
    entry = registry.get("plain", 2)
    assert (entry.policy, entry.created_us, entry.changed_us) == (PLAIN_POLICY, 30, 31)
    assert entry.etag != old
    with pytest.raises(TransitionRefused, match=r"version 1 of plain is ACTIVE; only DRAFT can be updated") as refused:
        registry.update_draft("plain", 1, OTHER, registry.get("plain", 1).etag, 32)
    assert refused.value.refusal is Refusal.WRONG_STATE


def test_stale_etag_is_refused() -> None:
    """Changing, activating and archiving with an etag that is not the current one is refused and changes nothing."""
    registry, _ = started().create_draft(OTHER, 30)
    acts: list[Callable[[], object]] = [
        lambda: registry.update_draft("plain", 2, PLAIN_POLICY, "old", 31),
        lambda: registry.activate("plain", 2, registry.get("plain", 1).etag, 31),
        lambda: registry.archive("plain", 2, "", 31),
    ]
    for act in acts:
        with pytest.raises(TransitionRefused, match=r"version 2 of plain has etag [0-9a-f]{32}, not") as refused:
            act()
        assert refused.value.refusal is Refusal.ETAG_MISMATCH


def test_etag_follows_the_state() -> None:
    """A version's etag changes with its state, so that what was read as DRAFT cannot act on it as ACTIVE."""
    draft, _ = Registry().create_draft(PLAIN_POLICY, 10)
    active, _ = draft.activate("plain", 1, draft.get("plain", 1).etag, 20)
    assert draft.get("plain", 1).etag != active.get("plain", 1).etag


def test_nothing_comes_back_from_archived() -> None:
    """An ARCHIVED version is neither activated nor archived again; its content can be the next draft."""
    registry, _ = started().create_draft(OTHER, 30)
    registry, _ = registry.activate("plain", 2, registry.get("plain", 2).etag, 40)
    old = registry.get("plain", 1)
    with pytest.raises(
        TransitionRefused, match="is ARCHIVED; only DRAFT can be activated; its content can be the next"
    ):
        registry.activate("plain", 1, old.etag, 50)
    with pytest.raises(TransitionRefused, match=r"is ARCHIVED; only DRAFT or ACTIVE can be archived$"):
        registry.archive("plain", 1, old.etag, 50)
    registry, _ = registry.create_draft(old.policy, 60)
    assert registry.get("plain", 3).policy == old.policy


def test_default_keeps_an_active_version() -> None:
    """The active version of the default policy is not archived; with another default it is."""
    registry = started()
    with pytest.raises(TransitionRefused, match="is the active version of the default policy") as refused:
        registry.archive("plain", 1, registry.get("plain", 1).etag, 30)
    assert refused.value.refusal is Refusal.DEFAULT
    registry, _ = registry.create_draft(SECOND, 30)
    with pytest.raises(TransitionRefused, match="policy second has no active version; activate one before"):
        registry.set_default("second", 31)
    registry, _ = registry.activate("second", 1, registry.get("second", 1).etag, 32)
    assert registry.default == "plain"
    registry, _ = registry.set_default("second", 33)
    registry, _ = registry.archive("plain", 1, registry.get("plain", 1).etag, 34)
    assert (registry.default, states(registry, "plain")) == ("second", [State.ARCHIVED])
    with pytest.raises(TransitionRefused, match="there is no active version of plain"):
        registry.get("plain")


def test_unknown_names_and_versions_are_refused() -> None:
    """A policy or version that does not exist is refused with the policies that do."""
    registry = started()
    for act in (
        lambda: registry.get("other"),
        lambda: registry.get("plain", 2),
        lambda: registry.activate("plain", 2, "", 30),
        lambda: registry.activate("", 1, "", 30),
        lambda: registry.archive("other", 1, "", 30),
        lambda: registry.update_draft("other", 1, SECOND, "", 30),
        lambda: registry.set_default("other", 30),
    ):
        with pytest.raises(TransitionRefused, match="policies are plain") as refused:
            act()
        assert refused.value.refusal is Refusal.UNKNOWN


def test_versions_keep_their_name() -> None:
    """A draft cannot take the content of a policy with another name."""
    registry, _ = started().create_draft(OTHER, 30)
    with pytest.raises(TransitionRefused, match="version 2 is one of policy plain; it cannot become one of second"):
        registry.update_draft("plain", 2, SECOND, registry.get("plain", 2).etag, 31)


def test_counts_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names and versions beyond their limits are refused; another version of a known name is not a new name."""
    monkeypatch.setattr(limits, "POLICIES_MAX", 1)
    registry, _ = started().create_draft(OTHER, 30)
    with pytest.raises(TransitionRefused, match="there are 1 policies already"):
        registry.create_draft(SECOND, 31)
    monkeypatch.setattr(limits, "VERSIONS_MAX", 2)
    with pytest.raises(TransitionRefused, match="there are 2 versions already") as refused:
        registry.create_draft(OTHER, 31)
    assert refused.value.refusal is Refusal.LIMIT


# --- histories ---

STEP = st.tuples(
    st.sampled_from(["create", "update", "activate", "archive", "default"]),
    st.sampled_from(["plain", "second", "third"]),
    st.integers(1, 4),
    st.integers(0, 2),
    st.booleans(),
)


def taken(registry: Registry, step: tuple[Any, ...], at_us: int) -> tuple[Registry, Event] | None:
    """What a step leads to; None when it is refused."""
    what, name, version, effort, fresh = step
    policy = replace(PLAIN_POLICY, name=name, effort=effort)
    versions = registry.versions(name)
    entry = versions[version - 1] if version <= len(versions) else None
    etag = entry.etag if entry and fresh else "old"
    try:
        match what:
            case "create":
                return registry.create_draft(policy, at_us)
            case "update":
                return registry.update_draft(name, version, policy, etag, at_us)
            case "activate":
                return registry.activate(name, version, etag, at_us)
            case "archive":
                return registry.archive(name, version, etag, at_us)
            case _:
                return registry.set_default(name, at_us)
    except TransitionRefused:
        return None


@settings(max_examples=60)
@given(st.lists(STEP, max_size=25))
def test_replay_gives_the_registry(steps: list[tuple[Any, ...]]) -> None:
    """Whatever happens, replaying the events, also from their bytes, gives an equal registry, and its rules hold."""
    registry = Registry()
    history: list[Event] = []
    for at_us, step in enumerate(steps, start=1):
        result = taken(registry, step, at_us)
        if result:
            before = registry
            registry, event = result
            history.append(event)
            assert apply(before, event) == registry
        for name in registry.policies:
            assert states(registry, name).count(State.ACTIVE) <= 1
            assert [entry.version for entry in registry.versions(name)] == list(
                range(1, len(registry.versions(name)) + 1)
            )
        assert (registry.default == "") == (not any(isinstance(event, Activated) for event in history))
        assert registry.default == "" or registry.active(registry.default) is not None
    assert replay(history) == registry
    assert replay(map(decode_event, map(encode_event, history))) == registry


def test_events_carry_whole_policies() -> None:
    """The event of a draft holds its policy, and comes back from its bytes as it was."""
    _, event = Registry().create_draft(toml(EVERYTHING), 10)
    assert decode_event(encode_event(event)) == event


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"format": 2, "kind": "Archived", "name": "a", "version": 1, "at_us": 1}',
        b'{"format": 1, "kind": "Entry"}',
        b'{"format": 1, "kind": "Archived", "name": "a"}',
        json.dumps({"format": 1, "kind": "DraftCreated", "version": 1, "at_us": 1, "policy": {"name": "a"}}).encode(),
    ],
)
def test_other_bytes_are_no_events(data: bytes) -> None:
    """Bytes that are no event of a known format are refused."""
    with pytest.raises(ValueError, match=r"."):
        decode_event(data)
