"""Routing policies: documents that operations edit, their versions, and the catalogue of what they can say.

`load_policy` and `read_policy` turn a TOML or JSON document into a checked immutable `Policy`; `Registry` keeps the
versions and their states. Every objective and every constraint is one file, listed once, with a slow readable
reference function that the native code is tested against. Nothing here does I/O but reading a file. The format is
described in docs/policies.md.
"""

from fastdom.policy.canonical import canonical_bytes, content_hash, json_text, toml_text
from fastdom.policy.compile import compile_policy
from fastdom.policy.compiled import CompiledPolicy, Pricing, Stage
from fastdom.policy.constraint import Constraint, Standing
from fastdom.policy.constraints import CONSTRAINT_BY_NAME, CONSTRAINTS
from fastdom.policy.diff import Change, diff
from fastdom.policy.document import Combination, Fallback, Policy, Reroute
from fastdom.policy.events import (
    Activated,
    Archived,
    DefaultChanged,
    DraftCreated,
    DraftUpdated,
    Event,
    decode_event,
    encode_event,
)
from fastdom.policy.network_check import NetworkNames, NodeNames, check_network
from fastdom.policy.network_policy import policy_of_network
from fastdom.policy.objective import Objective, capped, weigh
from fastdom.policy.objectives import OBJECTIVE_BY_NAME, OBJECTIVES
from fastdom.policy.problems import PolicyInvalid, Problem
from fastdom.policy.reading import load_policy, read_policy, restore_policy
from fastdom.policy.registry import Entry, Refusal, Registry, State, TransitionRefused, apply, replay
from fastdom.policy.scope import Fact, Of, Scope
from fastdom.policy.settings import Settings

__all__ = [
    "CONSTRAINTS",
    "CONSTRAINT_BY_NAME",
    "OBJECTIVES",
    "OBJECTIVE_BY_NAME",
    "Activated",
    "Archived",
    "Change",
    "Combination",
    "CompiledPolicy",
    "Constraint",
    "DefaultChanged",
    "DraftCreated",
    "DraftUpdated",
    "Entry",
    "Event",
    "Fact",
    "Fallback",
    "NetworkNames",
    "NodeNames",
    "Objective",
    "Of",
    "Policy",
    "PolicyInvalid",
    "Pricing",
    "Problem",
    "Refusal",
    "Registry",
    "Reroute",
    "Scope",
    "Settings",
    "Stage",
    "Standing",
    "State",
    "TransitionRefused",
    "apply",
    "canonical_bytes",
    "capped",
    "check_network",
    "compile_policy",
    "content_hash",
    "decode_event",
    "diff",
    "encode_event",
    "json_text",
    "load_policy",
    "policy_of_network",
    "read_policy",
    "replay",
    "restore_policy",
    "toml_text",
    "weigh",
]
