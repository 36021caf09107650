"""service_area: where a node may ship to."""

from fastdom.policy.constraint import Constraint, Standing
from fastdom.policy.fields import Entries, Name, NameOf, Names
from fastdom.policy.limits import RULES_MAX
from fastdom.policy.scope import Fact, Of, Scope


def allows(*, areas: tuple[tuple[str, tuple[str, ...]], ...], groups: tuple[str, ...], zone: str, lane: bool) -> bool:
    """A node needs a lane to the destination; one in a group with areas ships only to the zones of all of them.

    ``lane and all(zone in zones for group, zones in areas if group in groups)``
    """
    return lane and all(zone in zones for group, zones in areas if group in groups)


def tells(
    *, areas: tuple[tuple[str, tuple[str, ...]], ...], groups: tuple[str, ...], zone: str, lane: bool
) -> tuple[str, str]:
    """What it wants, and what there is."""
    bound = [f"zone in the area of {group}" for group, _ in areas if group in groups]
    return ", ".join(("a lane", *bound)), f"{'a lane' if lane else 'no lane'}, zone {zone or 'not known'}"


CONSTRAINT = Constraint(
    name="service_area",
    scope=Scope.NODE,
    standing=Standing.WHEN_SET,
    allows=allows,
    tells=tells,
    fields=(
        Entries(
            "areas",
            "Destinations of the nodes of a group.",
            (
                Name("group", "The group.", NameOf.GROUP),
                Names("zones", "Zones its nodes may ship to.", NameOf.ZONE, required=True),
            ),
            RULES_MAX,
        ),
    ),
    facts=(
        Fact("groups", Of.NODE, "its groups in `nodes.csv`"),
        Fact("zone", Of.ORDER, "zone of the destination"),
        Fact("lane", Of.LANE, "whether a lane of the service level leads there"),
    ),
    remains="a node needs a lane to the destination",
)
