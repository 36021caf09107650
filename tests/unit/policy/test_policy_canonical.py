"""The canonical form: every policy has one, reading it gives the policy back, and its hash tells policies apart."""

import json
import random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.policy.documents import EVERYTHING, PLAIN, documents, toml

from fastdom.policy import (
    Policy,
    canonical_bytes,
    content_hash,
    json_text,
    read_policy,
    restore_policy,
    toml_text,
)

SLOW = settings(suppress_health_check=[HealthCheck.too_slow], max_examples=30)


def policy_of(document: dict[str, Any]) -> Policy:
    """The policy of a document of plain values."""
    return read_policy(json.dumps(document, ensure_ascii=False).encode(), "p.json")


@SLOW
@given(documents())
def test_every_form_gives_the_policy_back(document: dict[str, Any]) -> None:
    """Reading the canonical, the JSON and the TOML form of a policy gives an equal one with the same bytes."""
    policy = policy_of(document)
    for data, file in (
        (canonical_bytes(policy), "p.json"),
        (json_text(policy).encode(), "p.json"),
        (toml_text(policy).encode(), "p.toml"),
    ):
        again = read_policy(data, file)
        assert again == policy
        assert canonical_bytes(again) == canonical_bytes(policy)
    assert restore_policy(canonical_bytes(policy)) == policy


@SLOW
@given(documents(), st.randoms(use_true_random=False))
def test_order_of_keys_and_names_does_not_matter(document: dict[str, Any], seeded: random.Random) -> None:
    """The same document with its tables, keys and sets in another order is the same policy."""

    def shuffled(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            keys = seeded.sample(sorted(value), len(value))
            return {one: shuffled(value[one], one) for one in keys}
        if isinstance(value, list) and key not in ("order", "relax"):
            return [shuffled(one) for one in seeded.sample(value, len(value))]
        return value

    assert canonical_bytes(policy_of(shuffled(document))) == canonical_bytes(policy_of(document))


@SLOW
@given(documents(), documents())
def test_hash_is_equal_when_the_policies_are(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Two policies have the same content hash exactly when they are equal."""
    assert (content_hash(policy_of(one)) == content_hash(policy_of(other))) == (policy_of(one) == policy_of(other))


def test_everything_has_a_stable_form() -> None:
    """The canonical bytes of a document never change: their hash is the one written here."""
    policy = toml(EVERYTHING)
    assert canonical_bytes(policy) == canonical_bytes(read_policy(json_text(policy).encode(), "p.json"))
    assert content_hash(policy) == "d1935974f53cf65bd595ef5b07d26af90716c1fa06a0c6fd61afb47beefd2771"
    assert content_hash(toml(PLAIN)) == "d4c083a611846726f764046d7298e8d16707c6222f3817543930884f277b0f9b"


def test_defaults_are_written_out() -> None:
    """The canonical form says what the document left to its defaults, but not what server's limits stand in for."""
    assert json.loads(canonical_bytes(toml(PLAIN))) == {
        "format": 1,
        "name": "plain",
        "combination": "weighted",
        "fallback": "backorder",
        "effort": 0,
        "split_quantities": False,
        "reroute": {},
        "constraints": {
            "routing_reserve": {"enforced": True, "extra_units": 0},
            "must_arrive_by": {"enforced": True, "grace_hours": 0, "within_hours": 0},
        },
        "objectives": {"shipping": {"weight": 1}, "handling": {"weight": 1}},
    }
