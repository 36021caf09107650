"""The RPCs both clients have, as one list. A new RPC is a builder in `calls/` and a line here.

An entry is a descriptor: on a `Client` it is a method that returns the answer, on an `AsyncClient` one that returns an
awaitable of it, with the arguments of its builder or the request message itself.
"""

import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, overload

from google.protobuf.message import Message

from fastdom_client.aio_transport import AsyncTransport
from fastdom_client.call import Call, Pages, call
from fastdom_client.calls import admin, exceptions, inventory, network, policies, promises, reservations, routing
from fastdom_client.calls import health as readiness
from fastdom_client.method import Method
from fastdom_client.transport import Transport

P = ParamSpec("P")
ItemT = TypeVar("ItemT")
RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT", bound=Message)
RequestT_contra = TypeVar("RequestT_contra", bound=Message, contravariant=True)
ResponseT_co = TypeVar("ResponseT_co", bound=Message, covariant=True)


class SyncSide(Protocol):
    """What sends for a `Client`."""

    transport: Transport


class AsyncSide(Protocol):
    """What sends for an `AsyncClient`."""

    transport: AsyncTransport


class SyncRpc(Protocol[P, RequestT_contra, ResponseT_co]):
    """An RPC of a `Client`: by the builder's arguments, or by its request message."""

    @overload
    def __call__(self, request: RequestT_contra, /, *, timeout_s: float | None = None) -> ResponseT_co: ...
    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> ResponseT_co: ...


class AsyncRpc(Protocol[P, RequestT_contra, ResponseT_co]):
    """An RPC of an `AsyncClient`: by the builder's arguments, or by its request message."""

    @overload
    def __call__(
        self, request: RequestT_contra, /, *, timeout_s: float | None = None
    ) -> Coroutine[Any, Any, ResponseT_co]: ...
    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, ResponseT_co]: ...


class Rpc(Generic[P, RequestT, ResponseT]):
    """One unary RPC as a method of both clients."""

    def __init__(self, method: Method[RequestT, ResponseT], build: Callable[P, Call[RequestT, ResponseT]]) -> None:
        self.method = method
        self.build = build
        self.__doc__ = build.__doc__
        self.__wrapped__ = build  # what inspect.signature and help() follow

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, client: None, owner: type) -> "Rpc[P, RequestT, ResponseT]": ...
    @overload
    def __get__(self, client: SyncSide, owner: type) -> SyncRpc[P, RequestT, ResponseT]: ...
    @overload
    def __get__(self, client: AsyncSide, owner: type) -> AsyncRpc[P, RequestT, ResponseT]: ...
    def __get__(self, client: Any, owner: type) -> Any:
        if client is None:
            return self
        send = client.transport.send

        @functools.wraps(self.build)
        def method(*args: Any, **kwargs: Any) -> Any:
            return send(self.call(*args, **kwargs))

        client.__dict__[self._name] = method
        return method

    def call(self, *args: Any, **kwargs: Any) -> Call[RequestT, ResponseT]:
        """Return the call of the builder's arguments, or of a request message as it is."""
        if args and isinstance(args[0], self.method.request_type):
            return call(self.method, *args, **kwargs)
        return self.build(*args, **kwargs)


class PagedRpc(Generic[P, ResponseT, ItemT]):
    """One list RPC as a method of both clients: yields items and fetches pages as they are reached."""

    def __init__(self, build: Callable[P, Pages[ResponseT, ItemT]]) -> None:
        self.build = build
        self.__doc__ = build.__doc__
        self.__wrapped__ = build  # what inspect.signature and help() follow

    @overload
    def __get__(self, client: None, owner: type) -> "PagedRpc[P, ResponseT, ItemT]": ...
    @overload
    def __get__(self, client: SyncSide, owner: type) -> Callable[P, Iterator[ItemT]]: ...
    @overload
    def __get__(self, client: AsyncSide, owner: type) -> Callable[P, AsyncIterator[ItemT]]: ...
    def __get__(self, client: Any, owner: type) -> Any:
        if client is None:
            return self
        pages = client.transport.pages

        @functools.wraps(self.build)
        def method(*args: P.args, **kwargs: P.kwargs) -> Any:
            return pages(self.build(*args, **kwargs))

        return method


class Rpcs:
    """Every RPC of fastdom.v1 but ImportInventory, which is a stream and has a method of its own in each client."""

    promise = Rpc(promises.PROMISE, promises.promise)
    batch_promise = Rpc(promises.BATCH_PROMISE, promises.batch_promise)
    route = Rpc(routing.ROUTE, routing.route)
    batch_route = Rpc(routing.BATCH_ROUTE, routing.batch_route)
    reroute = Rpc(routing.REROUTE, routing.reroute)
    explain = Rpc(routing.EXPLAIN, routing.explain)
    reroute_node = Rpc(routing.REROUTE_NODE, routing.reroute_node)
    reserve = Rpc(reservations.RESERVE, reservations.reserve)
    batch_reserve = Rpc(reservations.BATCH_RESERVE, reservations.batch_reserve)
    extend = Rpc(reservations.EXTEND, reservations.extend)
    commit = Rpc(reservations.COMMIT, reservations.commit)
    release = Rpc(reservations.RELEASE, reservations.release)
    fulfill = Rpc(reservations.FULFILL, reservations.fulfill)
    get_reservation = Rpc(reservations.GET_RESERVATION, reservations.get_reservation)
    list_reservations = PagedRpc(reservations.list_reservations)
    adjust_inventory = Rpc(inventory.ADJUST_INVENTORY, inventory.adjust_inventory)
    set_inventory = Rpc(inventory.SET_INVENTORY, inventory.set_inventory)
    get_availability = Rpc(inventory.GET_AVAILABILITY, inventory.get_availability)
    load_network = Rpc(network.LOAD_NETWORK, network.load_network)
    get_network = Rpc(network.GET_NETWORK, network.get_network)
    list_nodes = PagedRpc(network.list_nodes)
    get_node = Rpc(network.GET_NODE, network.get_node)
    list_skus = PagedRpc(network.list_skus)
    get_sku = Rpc(network.GET_SKU, network.get_sku)
    list_carrier_services = PagedRpc(network.list_carrier_services)
    list_lanes = PagedRpc(network.list_lanes)
    resolve_postal_code = Rpc(network.RESOLVE_POSTAL_CODE, network.resolve_postal_code)
    set_node_status = Rpc(network.SET_NODE_STATUS, network.set_node_status)
    list_policies = PagedRpc(policies.list_policies)
    get_policy = Rpc(policies.GET_POLICY, policies.get_policy)
    check_policy = Rpc(policies.CHECK_POLICY, policies.check_policy)
    create_policy = Rpc(policies.CREATE_POLICY, policies.create_policy)
    update_policy = Rpc(policies.UPDATE_POLICY, policies.update_policy)
    activate_policy = Rpc(policies.ACTIVATE_POLICY, policies.activate_policy)
    archive_policy = Rpc(policies.ARCHIVE_POLICY, policies.archive_policy)
    set_default_policy = Rpc(policies.SET_DEFAULT_POLICY, policies.set_default_policy)
    list_exceptions = PagedRpc(exceptions.list_exceptions)
    resolve_exception = Rpc(exceptions.RESOLVE_EXCEPTION, exceptions.resolve_exception)
    checkpoint = Rpc(admin.CHECKPOINT, admin.checkpoint)
    digest = Rpc(admin.DIGEST, admin.digest)
    build_info = Rpc(admin.GET_BUILD_INFO, admin.build_info)
    health = Rpc(readiness.HEALTH, readiness.health)
