"""The services, one file each; a new one is added to SERVICES."""

from fastdom_server.services.admin import AdminService
from fastdom_server.services.exception import ExceptionService
from fastdom_server.services.inventory import InventoryService
from fastdom_server.services.network import NetworkService
from fastdom_server.services.promise import PromiseService
from fastdom_server.services.reservation import ReservationService
from fastdom_server.services.routing import RoutingService
from fastdom_server.services.service import Served, Service

SERVICES: tuple[type[Service], ...] = (
    RoutingService,
    PromiseService,
    ReservationService,
    InventoryService,
    NetworkService,
    ExceptionService,
    AdminService,
)

__all__ = ["SERVICES", "Served", "Service"]
