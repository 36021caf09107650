"""capability: goods that need special care leave only from nodes that can give it."""

from fastdom.policy.constraint import Constraint, Standing
from fastdom.policy.fields import NameOf, Names, Whole
from fastdom.policy.scope import Fact, Of, Scope

CAPABILITIES = ("hazmat", "cold_chain", "oversize", "gift_wrap")


def allows(
    *,
    hazmat: tuple[str, ...],
    cold_chain: tuple[str, ...],
    oversize: tuple[str, ...],
    gift_wrap: tuple[str, ...],
    oversize_from_g: int,
    needs: tuple[str, ...],
    unit_weight_g: int,
    groups: tuple[str, ...],
) -> bool:
    """A line that needs a capability leaves from a node in one of the groups listed for it; unlisted ones are free.

    ``needed = needs + (oversize if 0 < oversize_from_g <= unit_weight_g)``;
    ``all(groups & listed(c) for c in needed if listed(c))``
    """
    listed = dict(zip(CAPABILITIES, (hazmat, cold_chain, oversize, gift_wrap), strict=True))
    needed = {*needs}
    if 0 < oversize_from_g <= unit_weight_g:
        needed.add("oversize")
    return all(not listed[one] or not set(groups).isdisjoint(listed[one]) for one in needed)


def tells(
    *,
    hazmat: tuple[str, ...],
    cold_chain: tuple[str, ...],
    oversize: tuple[str, ...],
    gift_wrap: tuple[str, ...],
    oversize_from_g: int,
    needs: tuple[str, ...],
    unit_weight_g: int,
    groups: tuple[str, ...],
) -> tuple[str, str]:
    """What it wants, and what there is."""
    listed = dict(zip(CAPABILITIES, (hazmat, cold_chain, oversize, gift_wrap), strict=True))
    needed = {*needs, *(("oversize",) if 0 < oversize_from_g <= unit_weight_g else ())}
    wanted = [f"{one}: one of {', '.join(listed[one])}" for one in CAPABILITIES if one in needed and listed[one]]
    return "; ".join(wanted) or "nothing special", ", ".join(groups) or "no group"


CONSTRAINT = Constraint(
    name="capability",
    scope=Scope.BLOCK_AND_NODE,
    standing=Standing.WHEN_SET,
    allows=allows,
    tells=tells,
    fields=(
        Names("hazmat", 'Groups that ship lines with the attribute hazmat = "true".', NameOf.GROUP),
        Names("cold_chain", 'Groups that ship lines with cold_chain = "true".', NameOf.GROUP),
        Names("oversize", 'Groups that ship lines with oversize = "true".', NameOf.GROUP),
        Names("gift_wrap", 'Groups that ship lines with gift_wrap = "true".', NameOf.GROUP),
        Whole("oversize_from_g", "Weight of a unit that makes it oversize; 0 = none.", "g", 0, 10_000_000, 0),
    ),
    facts=(
        Fact("needs", Of.LINE, 'capabilities whose attribute of the line is "true"'),
        Fact("unit_weight_g", Of.LINE, "grams of one unit; 0 = not known"),
        Fact("groups", Of.NODE, "its groups in `nodes.csv`"),
    ),
)
