"""Every RPC, once, as it should go: over a real channel, on the demo network."""

import pytest
from orders import PIN, address, order, pinned, request_id, reserve
from server_process import ServerProcess, Stubs

from fastdom.network import NetworkDocument
from fastdom_api.v1 import (
    admin_service_pb2,
    exception_service_pb2,
    inventory_service_pb2,
    network_pb2,
    network_service_pb2,
    order_pb2,
    promise_service_pb2,
    reservation_pb2,
    reservation_service_pb2,
    routing_service_pb2,
    types_pb2,
)

NODE = "dc-bengaluru"


def stock(call: Stubs, sku: str, node_id: str, on_hand: int, **more: int) -> inventory_service_pb2.Position:
    """Set a position and return it."""
    request = inventory_service_pb2.SetInventoryRequest(
        request_id=request_id(), sku=sku, node_id=node_id, on_hand=on_hand, **more
    )
    return call.inventory.SetInventory(request).position


def position(call: Stubs, sku: str, node_id: str) -> inventory_service_pb2.Position:
    """Read a position."""
    request = inventory_service_pb2.GetAvailabilityRequest(skus=[sku], node_ids=[node_id])
    return call.inventory.GetAvailability(request).positions[0]


# -- routing


def test_route_plan(call: Stubs) -> None:
    """A plan names shipments, costs that add up, dates and how it was found, and takes nothing."""
    before = position(call, "APP-0011", NODE)
    response = call.routing.Route(routing_service_pb2.RouteRequest(order=order(("APP-0011", 1), ("APP-0012", 2))))
    assert response.outcome == routing_service_pb2.ROUTE_OUTCOME_COMPLETE
    assert response.optimality == routing_service_pb2.OPTIMALITY_PROVEN
    plan = response.plan
    assert plan.total_cost_micros == sum(shipment.cost_micros for shipment in plan.shipments)
    assert sorted(line.line_id for shipment in plan.shipments for line in shipment.lines) == ["L1", "L2"]
    assert all(s.order_by.seconds < s.ship_at.seconds < s.arrive_by.seconds for s in plan.shipments)
    assert (plan.currency_code, response.policy_name, response.network_version) == ("INR", "cheapest", 1)
    assert not response.HasField("reservation")
    assert position(call, "APP-0011", NODE) == before


@pytest.mark.parametrize(
    ("mode", "state"),
    [
        (routing_service_pb2.ROUTE_MODE_HOLD, reservation_pb2.RESERVATION_STATE_HELD),
        (routing_service_pb2.ROUTE_MODE_FIRM, reservation_pb2.RESERVATION_STATE_COMMITTED),
    ],
)
def test_route_takes(call: Stubs, mode: int, state: int) -> None:
    """HOLD and FIRM take what the plan says in the same step."""
    request = routing_service_pb2.RouteRequest(request_id=request_id(), order=order(("APP-0013", 2)), mode=mode)
    response = call.routing.Route(request)
    assert response.reservation.state == state
    taken = [(a.node_id, a.granted) for a in response.reservation.allocations]
    assert taken == [(s.node_id, line.quantity) for s in response.plan.shipments for line in s.lines]


def test_route_of_a_large_order_has_alternatives_and_candidates(call: Stubs) -> None:
    """A message over 16 KiB, which a thread decides, is answered with all that a short one for the same SKUs is."""
    answers = []
    for note in ({}, {f"{i:064d}": "x" * 64 for i in range(16)}):
        lines = [
            order_pb2.OrderLine(line_id=f"L{i}", sku=f"APP-00{i}", quantity=1, attributes=note) for i in range(11, 21)
        ]
        request = routing_service_pb2.RouteRequest(order=order(*lines), alternatives=2, explain=True)
        response = call.routing.Route(request)
        answers.append((request.ByteSize() > 16 << 10, len(response.alternatives), len(response.candidates)))
    (_, alternatives, candidates) = answers[0]
    assert (alternatives, candidates > 0) == (2, True)
    assert answers == [(False, alternatives, candidates), (True, alternatives, candidates)]


def test_route_alternatives_and_candidates(call: Stubs, document: NetworkDocument) -> None:
    """In PLAN the next best plans and every node as the search saw it are given on request."""
    request = routing_service_pb2.RouteRequest(order=order(("APP-0011", 1)), alternatives=3, explain=True)
    response = call.routing.Route(request)
    costs = [response.plan.total_cost_micros, *(plan.total_cost_micros for plan in response.alternatives)]
    assert costs == sorted(costs)
    assert len(response.alternatives) == 3
    assert {node.node_id for node in response.candidates} == {node.id for node in document.nodes}
    assert {node.node_id for node in response.candidates if node.used} == {response.plan.shipments[0].node_id}


def test_route_include_and_exclude(call: Stubs) -> None:
    """Included nodes alone may ship, excluded ones may not."""
    plan = call.routing.Route(
        routing_service_pb2.RouteRequest(order=order(("APP-0011", 1)), include_node_ids=["dc-delhi"])
    ).plan
    assert [shipment.node_id for shipment in plan.shipments] == ["dc-delhi"]
    plan = call.routing.Route(
        routing_service_pb2.RouteRequest(order=order(("APP-0011", 1)), exclude_node_ids=["dc-delhi", "dc-mumbai"])
    ).plan
    assert not {shipment.node_id for shipment in plan.shipments} & {"dc-delhi", "dc-mumbai"}


def test_route_refused_is_an_answer(call: Stubs) -> None:
    """An order no stock can fill is answered with the reason per line, not with an error."""
    response = call.routing.Route(routing_service_pb2.RouteRequest(order=order(("APP-0011", 999_999))))
    assert response.outcome == routing_service_pb2.ROUTE_OUTCOME_REFUSED
    (line,) = response.plan.unassigned_lines
    assert (line.line_id, line.quantity) == ("L1", 999_999)
    assert line.reason == types_pb2.UNASSIGNED_REASON_OUT_OF_STOCK


# -- promise


def promise(call: Stubs, cart: order_pb2.Order, **more: object) -> promise_service_pb2.PromiseResponse:
    return call.promise.Promise(promise_service_pb2.PromiseRequest(order=cart, **more))


def test_promise_options(call: Stubs) -> None:
    """Options come soonest first, one per level, each with dates in order, a price and a token."""
    response = promise(call, order(("APP-0014", 1)))
    assert len({option.service_level for option in response.options}) == len(response.options) > 1
    arrivals = [option.arrive_by.seconds for option in response.options]
    assert arrivals == sorted(arrivals)
    for option in response.options:
        assert option.order_by.seconds < option.ship_by.seconds <= option.arrive_from.seconds < option.arrive_by.seconds
        assert option.valid_until.seconds <= option.order_by.seconds
        assert 1 <= len(option.option_token) <= 512
        assert option.cost_micros > 0


def test_promise_pickup(call: Stubs) -> None:
    """A cart collected at a store has the one option PICKUP, from that store."""
    cart = order(("APP-0014", 1), destination=types_pb2.Destination(pickup_node_id="store-bengaluru-1"))
    stock(call, "APP-0014", "store-bengaluru-1", 20)
    response = promise(call, cart)
    assert [option.service_level for option in response.options] == [types_pb2.SERVICE_LEVEL_PICKUP]
    assert [shipment.node_id for shipment in response.options[0].shipments] == ["store-bengaluru-1"]


def test_promise_hold(call: Stubs) -> None:
    """With hold the chosen option is reserved in the same step."""
    response = promise(
        call,
        order(("APP-0014", 1)),
        request_id=request_id(),
        hold=True,
        option=types_pb2.SERVICE_LEVEL_STANDARD,
    )
    assert response.held_option == types_pb2.SERVICE_LEVEL_STANDARD
    assert response.reservation.state == reservation_pb2.RESERVATION_STATE_HELD


def test_promise_impossible_is_an_answer(call: Stubs) -> None:
    """A cart that cannot be promised has no option and says which line stands in the way."""
    response = promise(call, order(("APP-0014", 999_999)))
    assert not response.options
    assert [(line.line_id, line.quantity > 0) for line in response.unpromised_lines] == [("L1", True)]


# -- reservations


def test_reserve_a_quoted_option(call: Stubs) -> None:
    """Reserving with a token grants exactly what was quoted."""
    cart = order(("APP-0015", 2))
    option = promise(call, cart).options[0]
    request = reservation_service_pb2.ReserveRequest(
        request_id=request_id(), order=cart, option_token=option.option_token
    )
    response = call.reservation.Reserve(request)
    assert response.outcome == reservation_service_pb2.RESERVE_OUTCOME_GRANTED
    assert response.token_difference == reservation_service_pb2.TOKEN_DIFFERENCE_NONE
    quoted = [(s.node_id, line.line_id, line.quantity) for s in option.shipments for line in s.lines]
    assert [(a.node_id, a.line_id, a.granted) for a in response.reservation.allocations] == quoted


def test_reserve_pinned_moves_stock(call: Stubs) -> None:
    """A pinned Reserve takes its units at its node and nowhere else."""
    before = stock(call, "APP-0016", NODE, 10)
    response = call.reservation.Reserve(reserve(pinned("APP-0016", 3, NODE)))
    assert [line.granted for line in response.line_results] == [3]
    after = position(call, "APP-0016", NODE)
    assert (after.on_hand, after.held, after.available) == (10, before.held + 3, before.available - 3)


def test_reserve_all_or_nothing_and_partial(call: Stubs) -> None:
    """Without allow_partial too little stock refuses the whole order; with it what there is is granted."""
    stock(call, "APP-0017", NODE, 2, safety_stock=0)
    response = call.reservation.Reserve(reserve(pinned("APP-0017", 5, NODE)))
    assert response.outcome == reservation_service_pb2.RESERVE_OUTCOME_REFUSED
    assert not response.HasField("reservation")
    response = call.reservation.Reserve(reserve(pinned("APP-0017", 5, NODE), allow_partial=True))
    assert response.outcome == reservation_service_pb2.RESERVE_OUTCOME_PARTIAL
    assert [(line.granted, line.shortfall) for line in response.line_results] == [(2, 3)]


def test_two_lines_of_one_sku_never_oversell(call: Stubs) -> None:
    """Demand of two lines on one position is summed before it is checked."""
    stock(call, "APP-0018", NODE, 5, safety_stock=0)
    lines = pinned("APP-0018", 3, NODE), pinned("APP-0018", 3, NODE, "L2")
    response = call.reservation.Reserve(reserve(*lines))
    assert response.outcome == reservation_service_pb2.RESERVE_OUTCOME_REFUSED
    assert position(call, "APP-0018", NODE).held == 0


def test_life_of_a_reservation(call: Stubs) -> None:
    """HELD, extended, COMMITTED, PARTIALLY_FULFILLED, FULFILLED, as its units move; on_hand goes down with them."""
    stock(call, "APP-0019", NODE, 10)
    held = call.reservation.Reserve(reserve(pinned("APP-0019", 4, NODE))).reservation
    name = {"reservation_id": held.reservation_id}
    extended = call.reservation.Extend(
        reservation_service_pb2.ExtendRequest(request_id=request_id(), ttl={"seconds": 7_200}, **name)
    ).reservation
    assert extended.expires_at.seconds > held.expires_at.seconds
    committed = call.reservation.Commit(reservation_service_pb2.CommitRequest(request_id=request_id(), **name))
    assert committed.reservation.state == reservation_pb2.RESERVATION_STATE_COMMITTED
    assert not committed.reservation.HasField("expires_at")
    part = [reservation_service_pb2.LineQuantity(line_id="L1", quantity=1)]
    partly = call.reservation.Fulfill(
        reservation_service_pb2.FulfillRequest(request_id=request_id(), lines=part, **name)
    )
    assert partly.reservation.state == reservation_pb2.RESERVATION_STATE_PARTIALLY_FULFILLED
    call.reservation.Fulfill(reservation_service_pb2.FulfillRequest(request_id=request_id(), **name))
    seen = call.reservation.GetReservation(reservation_service_pb2.GetReservationRequest(**name)).reservation
    assert seen.state == reservation_pb2.RESERVATION_STATE_FULFILLED
    assert [(a.granted, a.fulfilled) for a in seen.allocations] == [(4, 4)]
    after = position(call, "APP-0019", NODE)
    assert (after.on_hand, after.held, after.committed) == (6, 0, 0)


def test_release_gives_back(call: Stubs) -> None:
    """Released units are available to the next command; a release of part leaves the rest."""
    stock(call, "APP-0020", NODE, 10)
    held = call.reservation.Reserve(reserve(pinned("APP-0020", 4, NODE))).reservation
    name = {"reservation_id": held.reservation_id}
    part = [reservation_service_pb2.LineQuantity(line_id="L1", quantity=3)]
    call.reservation.Release(reservation_service_pb2.ReleaseRequest(request_id=request_id(), lines=part, **name))
    assert position(call, "APP-0020", NODE).held == 1
    released = call.reservation.Release(reservation_service_pb2.ReleaseRequest(request_id=request_id(), **name))
    assert released.reservation.state == reservation_pb2.RESERVATION_STATE_RELEASED
    assert position(call, "APP-0020", NODE).held == 0


def test_list_reservations_of_an_order(call: Stubs) -> None:
    """The reservations of an order are listed by creation, page by page, each once."""
    stock(call, "APP-0021", NODE, 10)
    made = [
        call.reservation.Reserve(reserve(pinned("APP-0021", 1, NODE), order_id="O-listed")).reservation.reservation_id
        for _ in range(3)
    ]
    seen, token = [], None
    while token != "":
        page = call.reservation.ListReservations(
            reservation_service_pb2.ListReservationsRequest(order_id="O-listed", page_size=2, page_token=token or "")
        )
        seen += [reservation.reservation_id for reservation in page.reservations]
        token = page.next_page_token
    assert seen == made


# -- inventory


def test_adjust_and_set(call: Stubs) -> None:
    """A delta moves on_hand, a count sets it, and each change counts the version up by one."""
    first = stock(call, "APP-0022", NODE, 10, safety_stock=2)
    adjusted = call.inventory.AdjustInventory(
        inventory_service_pb2.AdjustInventoryRequest(
            request_id=request_id(),
            sku="APP-0022",
            node_id=NODE,
            delta=5,
            reason=inventory_service_pb2.ADJUST_REASON_RECEIPT,
        )
    ).position
    assert (adjusted.on_hand, adjusted.available) == (15, 13)
    assert adjusted.on_hand_version == first.on_hand_version + 1


def test_availability_order(call: Stubs) -> None:
    """Rows come by SKU as asked, then by node as asked."""
    request = inventory_service_pb2.GetAvailabilityRequest(
        skus=["APP-0002", "APP-0001"], node_ids=["dc-mumbai", "dc-delhi"], channel="own-site"
    )
    rows = call.inventory.GetAvailability(request).positions
    assert [(row.sku, row.node_id) for row in rows] == [
        ("APP-0002", "dc-mumbai"),
        ("APP-0002", "dc-delhi"),
        ("APP-0001", "dc-mumbai"),
        ("APP-0001", "dc-delhi"),
    ]


def test_import(call: Stubs) -> None:
    """A stream of chunks sets positions; a bad row is told by chunk and index and leaves the others; a chunk sent again
    has no second effect."""
    rows = [inventory_service_pb2.InventoryRow(sku=f"APP-{i:04}", node_id=NODE, on_hand=500 + i) for i in range(30, 40)]
    rows.insert(3, inventory_service_pb2.InventoryRow(sku="NOPE", node_id=NODE, on_hand=1))
    first = inventory_service_pb2.ImportInventoryRequest(request_id=request_id(), rows=rows[:6])
    second = inventory_service_pb2.ImportInventoryRequest(request_id=request_id(), rows=rows[6:])
    summary = call.inventory.ImportInventory(iter([first, second, first]))
    assert (summary.chunks, summary.chunks_repeated) == (3, 1)
    assert [(error.request_id, error.row_i) for error in summary.errors] == [(first.request_id, 3)] * 2
    assert summary.errors[0].error.code == 3
    assert position(call, "APP-0033", NODE).on_hand == 533
    assert position(call, "APP-0039", NODE).on_hand == 539


# -- network


def test_get_network(call: Stubs, document: NetworkDocument) -> None:
    """The active version is told in numbers, and with its files when asked."""
    response = call.network.GetNetwork(network_service_pb2.GetNetworkRequest(include_files=True))
    summary = response.network
    assert (summary.name, summary.network_version, summary.content_hash) == ("demo", 1, document.content_hash)
    assert (summary.node_count, summary.sku_count) == (23, 2_000)
    assert {"network.toml", "nodes.csv"} <= {file.name for file in response.files}


def test_nodes(call: Stubs) -> None:
    """Nodes are listed and read with their place and status."""
    page = call.network.ListNodes(network_service_pb2.ListNodesRequest(group="dc"))
    assert [node.node_id for node in page.nodes] == ["dc-bengaluru", "dc-delhi", "dc-mumbai"]
    node = call.network.GetNode(network_service_pb2.GetNodeRequest(node_id=NODE)).node
    assert (node.status, node.time_zone, node.address.postal_code) == (
        network_pb2.NODE_STATUS_ONLINE,
        "Asia/Kolkata",
        "562114",
    )


def test_catalogue_carriers_lanes_and_places(call: Stubs) -> None:
    """SKUs, carrier services, lanes and postal codes are read back as the files say."""
    assert call.network.GetSku(network_service_pb2.GetSkuRequest(sku="APP-0002")).sku.weight_g == 640
    assert len(call.network.ListSkus(network_service_pb2.ListSkusRequest(page_size=7)).skus) == 7
    services = call.network.ListCarrierServices(network_service_pb2.ListCarrierServicesRequest()).carrier_services
    assert "airlink-express" in {service.carrier_service_id for service in services}
    lanes = call.network.ListLanes(network_service_pb2.ListLanesRequest(carrier_service_id="airlink-express")).lanes
    assert {lane.carrier_service_id for lane in lanes} == {"airlink-express"}
    place = call.network.ResolvePostalCode(network_service_pb2.ResolvePostalCodeRequest(postal_code=PIN))
    assert place.zone
    assert place.point_source != network_service_pb2.POINT_SOURCE_UNSPECIFIED
    assert address(PIN).address.postal_code == PIN


# -- exceptions and administration


def test_shortfall_is_an_exception_and_can_be_resolved(call: Stubs) -> None:
    """A count below what is allocated raises SHORTFALL, which is listed after its cursor and resolved with a note."""
    stock(call, "APP-0023", NODE, 5, safety_stock=0)
    call.reservation.Reserve(reserve(pinned("APP-0023", 5, NODE)))
    assert stock(call, "APP-0023", NODE, 2).shortfall == 3
    listed = call.exception.ListExceptions(exception_service_pb2.ListExceptionsRequest(node_id=NODE)).exceptions
    (found,) = [record for record in listed if record.sku == "APP-0023"]
    assert (found.kind, found.quantity) == (exception_service_pb2.EXCEPTION_KIND_SHORTFALL, 3)
    resolved = call.exception.ResolveException(
        exception_service_pb2.ResolveExceptionRequest(
            request_id=request_id(), exception_id=found.exception_id, note="counted again"
        )
    ).exception
    assert (resolved.note, resolved.HasField("resolved_at")) == ("counted again", True)
    after = exception_service_pb2.ListExceptionsRequest(after_exception_id=found.exception_id - 1)
    assert found.exception_id not in {r.exception_id for r in call.exception.ListExceptions(after).exceptions}


def test_checkpoint_covers_what_was_answered(call: Stubs) -> None:
    """A checkpoint shows at least the last answer given before it."""
    seq = call.inventory.SetInventory(
        inventory_service_pb2.SetInventoryRequest(request_id=request_id(), sku="APP-0024", node_id=NODE, on_hand=1)
    ).inventory_seq
    made = call.admin.Checkpoint(admin_service_pb2.CheckpointRequest())
    assert made.checkpoint_seq >= seq
    assert made.size_bytes > 0


def test_digest_is_of_the_state(call: Stubs) -> None:
    """The digest is the same as long as nothing changes, and another after a change."""
    first = call.admin.Digest(admin_service_pb2.DigestRequest())
    assert call.admin.Digest(admin_service_pb2.DigestRequest()).digest == first.digest
    stock(call, "APP-0025", NODE, 77)
    second = call.admin.Digest(admin_service_pb2.DigestRequest())
    assert second.digest != first.digest
    assert second.digest_seq > first.digest_seq


def test_build_info(call: Stubs) -> None:
    """Build, mode and limits are told."""
    info = call.admin.GetBuildInfo(admin_service_pb2.GetBuildInfoRequest())
    assert info.durability == admin_service_pb2.DURABILITY_MODE_PROCESS
    assert (info.limits.lines_max, info.limits.batch_items_max) == (1_000, 1_024)
    assert (info.limits.id_bytes_max, info.limits.request_id_bytes_max) == (64, 36)
    assert (info.limits.ttl_default.seconds, info.limits.ttl_max.seconds) == (900, 30 * 86_400)
    assert info.limits.message_bytes_max == 1 << 20
    assert info.version
    assert info.HasField("started_at")


def test_reflection_names_the_services(server: ServerProcess) -> None:
    """With --reflection a client can list the services."""
    from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

    services = ProtoReflectionDescriptorDatabase(server.channel).get_services()
    assert {"fastdom.v1.RoutingService", "fastdom.v1.AdminService"} <= set(services)
