"""[[policies]] of network.toml."""

from fastdom.network import limits
from fastdom.network.document import Policy
from fastdom.network.problems import got
from fastdom.network.section import Section


def read_policies(root: Section) -> tuple[Policy, ...]:
    """Return the policies, at least one, ascending by name."""
    policies: dict[str, Policy] = {}
    for section in root.tables("policies"):
        policy = _policy(section)
        section.finish()
        if policy.name in policies:
            section.bad("name", f"is already given, {got(policy.name)}")
        policies[policy.name] = policy
    if len(policies) > limits.POLICIES_MAX:
        root.bad("policies", f"must be at most {limits.POLICIES_MAX}, got {len(policies)}")
    if not policies:
        root.bad("policies", "needs at least one [[policies]]")
    return tuple(policies[name] for name in sorted(policies))


def _policy(section: Section) -> Policy:
    weights = section.table("weights")
    policy = Policy(
        name=section.identifier("name"),
        version=section.integer("version", 1, limits.QUANTITY_MAX, 1),
        shipping=weights.integer("shipping", 0, limits.WEIGHT_MAX, 1024),
        handling=weights.integer("handling", 0, limits.WEIGHT_MAX, 1024),
        split_penalty=weights.integer("split_penalty", 0, limits.WEIGHT_MAX, 1024),
        distance=weights.integer("distance", 0, limits.WEIGHT_MAX, 1024),
        split_penalty_micros=section.integer("split_penalty_micros", 0, limits.MONEY_MICROS_MAX, 0),
        distance_micros_per_km_unit=section.integer("distance_micros_per_km_unit", 0, limits.MONEY_MICROS_MAX, 0),
    )
    weights.finish()
    return policy
