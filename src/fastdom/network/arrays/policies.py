"""Policies: weights of the objectives and the parameters that are policy, not tariff."""

import numpy as np

from fastdom.network.arrays.spread import Parts
from fastdom.network.compiled import CompiledPolicy
from fastdom.network.document import NetworkDocument, Policy


def part(document: NetworkDocument) -> Parts:
    """Return all policies, the default first, and the fields of the default."""
    default = document.policies[document.default_policy_i]
    others = [policy for policy in document.policies if policy is not default]
    policies = tuple(_compiled(policy) for policy in (default, *others))
    return {
        "weights": policies[0].weights,
        "split_penalty_micros": default.split_penalty_micros,
        "distance_micros_per_km_unit": default.distance_micros_per_km_unit,
        "policies": policies,
    }


def _compiled(policy: Policy) -> CompiledPolicy:
    weights = np.array([policy.shipping, policy.handling, policy.split_penalty, policy.distance], dtype=np.int64)
    weights.setflags(write=False)
    return CompiledPolicy(
        policy.name, policy.version, weights, policy.split_penalty_micros, policy.distance_micros_per_km_unit
    )
