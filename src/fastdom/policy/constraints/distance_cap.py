"""distance_cap: how far a node may ship."""

from fastdom.policy.constraint import Constraint, Standing
from fastdom.policy.fields import ByName, NameOf, Whole
from fastdom.policy.limits import DISTANCE_KM_MAX
from fastdom.policy.scope import Fact, Of, Scope


def allows(*, limit_km: int, limit_km_by_type: tuple[tuple[str, int], ...], node_type: str, distance_m: int) -> bool:
    """The destination is at most so far from the node; a type with a limit of its own has only that.

    ``distance_m <= 1000 * limit(node_type)``
    """
    return distance_m <= 1000 * dict(limit_km_by_type).get(node_type, limit_km)


def tells(
    *, limit_km: int, limit_km_by_type: tuple[tuple[str, int], ...], node_type: str, distance_m: int
) -> tuple[str, str]:
    """What it wants, and what there is."""
    limit = dict(limit_km_by_type).get(node_type, limit_km)
    return f"at most {limit} km", f"{distance_m / 1000:.1f} km" if distance_m >= 0 else "not known"


CONSTRAINT = Constraint(
    name="distance_cap",
    scope=Scope.NODE,
    standing=Standing.WHEN_SET,
    allows=allows,
    tells=tells,
    fields=(
        Whole("limit_km", "Great-circle distance for all other types.", "km", 1, DISTANCE_KM_MAX, DISTANCE_KM_MAX),
        ByName("limit_km_by_type", "Distance for one type of node.", NameOf.NODE_TYPE, "km", 1, DISTANCE_KM_MAX),
    ),
    facts=(
        Fact("node_type", Of.NODE, "its type in `nodes.csv`"),
        Fact("distance_m", Of.LANE, "metres from node to destination; -1 = not known, allowed"),
    ),
)
