"""carbon: what the carrier service emits on the way."""

from fastdom.policy.fields import ByName, Money, NameOf, Whole
from fastdom.policy.limits import CARBON_MG_PER_KM_MAX
from fastdom.policy.objective import Objective, capped
from fastdom.policy.scope import Fact, Of, Scope


def rate_micros_per_km(
    micros_per_kg: int, mg_per_km: int, mg_per_km_by_service: tuple[tuple[str, int], ...], service: str
) -> int:
    """Return the price of a shipment's kilometre with a carrier service: ``micros_per_kg * mg // 1000000``."""
    return capped(micros_per_kg * dict(mg_per_km_by_service).get(service, mg_per_km) // 1_000_000)


def raw_micros(
    *,
    micros_per_kg: int,
    mg_per_km: int,
    mg_per_km_by_service: tuple[tuple[str, int], ...],
    distance_m: int,
    service: str,
) -> int:
    """CO2 of one shipment over the way, by a factor per kilometre of its carrier service.

    ``rate = micros_per_kg * mg_per_km(service) // 1000000``; ``distance_m * rate // 1000``
    """
    if distance_m <= 0 or service == "":
        return 0
    return capped(distance_m * rate_micros_per_km(micros_per_kg, mg_per_km, mg_per_km_by_service, service) // 1000)


OBJECTIVE = Objective(
    name="carbon",
    scope=Scope.SHIPMENT,
    raw_micros=raw_micros,
    parameters=(
        Money("micros_per_kg", "Price of a kilogram of CO2.", low=1),
        Whole("mg_per_km", "What a shipment emits, unless its service is listed.", "mg/km", 0, CARBON_MG_PER_KM_MAX, 0),
        ByName(
            "mg_per_km_by_service",
            "What a shipment emits with one carrier service.",
            NameOf.SERVICE,
            "mg/km",
            0,
            CARBON_MG_PER_KM_MAX,
        ),
    ),
    facts=(
        Fact("distance_m", Of.LANE, "metres from node to destination; -1 = not known, costs nothing"),
        Fact("service", Of.OFFER, "carrier service; empty for a pickup, which costs nothing"),
    ),
    one_of=("mg_per_km", "mg_per_km_by_service"),
)
