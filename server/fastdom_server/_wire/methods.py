"""The methods that the native seam serves, by their number (Method of tags.pxd)."""

from typing import Final

PACKAGE: Final = "fastdom.v1"

_NAMES: Final = (
    (1, "ReservationService", "Reserve"),
    (2, "RoutingService", "Route"),
    (3, "PromiseService", "Promise"),
    (4, "ReservationService", "Commit"),
    (5, "ReservationService", "Extend"),
    (6, "ReservationService", "Release"),
    (7, "ReservationService", "Fulfill"),
    (8, "ReservationService", "GetReservation"),
    (65, "ReservationService", "BatchReserve"),
    (66, "RoutingService", "BatchRoute"),
    (67, "PromiseService", "BatchPromise"),
)

METHODS: Final = {f"/{PACKAGE}.{service}/{name}": number for number, service, name in _NAMES}
"""Number of a method by its gRPC path."""

REQUESTS: Final = {number: f"{PACKAGE}.{name}Request" for number, _, name in _NAMES}
"""Full name of a method's request message by the method's number."""
