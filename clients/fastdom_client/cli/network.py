"""`fastdom nodes`, `node`, `skus` and `fastdom network ...`: the network as the server has it."""

from pathlib import Path
from typing import Annotated

import typer

from fastdom_api.v1.network_pb2 import CapacityKind, CarrierService, Lane, Node, NodeStatus, NodeType, Sku
from fastdom_api.v1.network_service_pb2 import (
    GetNetworkResponse,
    GetNodeResponse,
    LoadNetworkResponse,
    NetworkSummary,
    PointSource,
    ResolvePostalCodeResponse,
    SetNodeStatusResponse,
)
from fastdom_client.cli import exits, options, output, words
from fastdom_client.cli.arguments import Status
from fastdom_client.cli.exits import CommandError
from fastdom_client.cli.session import Session, online
from fastdom_client.cli.tables import level


@online
def nodes(
    session: Session,
    *,
    status: Annotated[Status | None, typer.Option("--status", help="Only in this status.")] = None,
    group: Annotated[str, typer.Option("--group", metavar="NAME", help="Only of this node group.")] = "",
    limit: options.LIMIT = 1000,
) -> int:
    """List the nodes of the network."""
    headings = ("node", "name", "type", "status", "postal code", "time zone", "capacity a day", "pick lead", "groups")
    session.show_list(session.client.list_nodes(status=status, group=group), limit, headings, _node_row)
    return exits.OK


@online
def node(
    session: Session,
    *,
    node: Annotated[str, typer.Argument(metavar="NODE", help="Node id.")],
    status: Annotated[
        Status | None, typer.Argument(help="New status; offline moves what the node held to others.")
    ] = None,
    request_id: options.REQUEST_ID = "",
) -> int:
    """Show a node, or with a status switch it."""
    if status is None:
        session.show(session.client.get_node(node), _show_node)
    else:
        session.show(session.client.set_node_status(node, status, request_id=request_id), _show_switched)
    return exits.OK


@online
def skus(session: Session, *, limit: options.LIMIT = 100) -> int:
    """List the SKUs of the catalogue."""
    session.show_list(session.client.list_skus(), limit, ("sku", "name", "weight", "needs"), _sku_row)
    return exits.OK


@online
def show(session: Session) -> int:
    """Show which network version is active and what it contains."""
    session.show(session.client.get_network(), _show_network)
    return exits.OK


@online
def load(
    session: Session,
    *,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder with network.toml and its tables.")],
    validate_only: Annotated[
        bool, typer.Option("--validate-only", help="Let the server check it, change nothing.")
    ] = False,
    expected_version: Annotated[
        int, typer.Option("--expected-version", min=0, metavar="N", help="Load only if this version is active.")
    ] = 0,
    request_id: options.REQUEST_ID = "",
) -> int:
    """Replace the server's network by the one in a folder."""
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder")
    reply = session.client.load_network(
        folder, validate_only=validate_only, expected_version=expected_version, request_id=request_id
    )
    session.show(reply, _show_loaded)
    return exits.OK


@online
def carriers(session: Session, *, limit: options.LIMIT = 1000) -> int:
    """List the carrier services."""
    headings = ("carrier service", "carrier", "name", "level", "collects on delivery", "lanes")
    session.show_list(session.client.list_carrier_services(), limit, headings, _carrier_row)
    return exits.OK


@online
def lanes(
    session: Session,
    *,
    carrier_service: Annotated[str, typer.Option("--carrier-service", metavar="ID", help="Only of this one.")] = "",
    origin: Annotated[str, typer.Option("--from", metavar="ZONE", help="Only from this zone.")] = "",
    destination: Annotated[str, typer.Option("--to", metavar="ZONE", help="Only to this zone.")] = "",
    limit: options.LIMIT = 100,
) -> int:
    """List lanes with their transit days and tariffs."""
    found = session.client.list_lanes(
        carrier_service_id=carrier_service, origin_zone=origin, destination_zone=destination
    )
    headings = ("carrier service", "from", "to", "transit days", "collects on delivery", "tariff")
    session.show_list(found, limit, headings, _lane_row)
    return exits.OK


@online
def pin(
    session: Session,
    *,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Postal code.")],
    country: options.COUNTRY = "",
) -> int:
    """Resolve a postal code to its zone and point, as routing does."""
    session.show(session.client.resolve_postal_code(code, country=country), _show_place)
    return exits.OK


def _node_row(given: Node) -> tuple[object, ...]:
    return (
        given.node_id,
        given.name,
        words.name(NodeType, "NODE_TYPE_", given.type),
        _status(given),
        given.address.postal_code,
        given.time_zone,
        _capacity(given),
        words.seconds(given.pick_lead),
        ", ".join(given.groups),
    )


def _show_node(_session: Session, reply: GetNodeResponse) -> None:
    _node_facts(reply.node)


def _node_facts(given: Node) -> None:
    shipment, unit = given.handling_per_shipment, given.handling_per_unit
    output.facts(
        [
            ("node", given.node_id),
            ("name", words.or_none(given.name)),
            ("type", words.name(NodeType, "NODE_TYPE_", given.type)),
            ("status", _status(given)),
            ("postal code", f"{given.address.postal_code} {given.address.country_code}"),
            ("time zone", given.time_zone),
            ("groups", ", ".join(given.groups) or words.NONE),
            ("capabilities", ", ".join(given.capabilities) or words.NONE),
            ("capacity a day", _capacity(given)),
            ("pick lead", words.seconds(given.pick_lead)),
            (
                "handling",
                f"{words.money(shipment.micros, shipment.currency_code)} a shipment, "
                f"{words.money(unit.micros, unit.currency_code)} a unit",
            ),
            ("carrier services", ", ".join(given.carrier_service_ids) or words.NONE),
            ("pickup", "yes" if given.offers_pickup else "no"),
        ]
    )


def _show_switched(_session: Session, reply: SetNodeStatusResponse) -> None:
    output.say(f"{reply.node.node_id} is {_status(reply.node)}")
    output.say(f"moved: {reply.units_rerouted} units of {reply.reservations_rerouted} reservations")
    if reply.units_stranded:
        output.say(
            f"stranded: {reply.units_stranded} units of {reply.reservations_stranded} reservations; "
            "see 'fastdom reservations --needs-attention'"
        )


def _sku_row(given: Sku) -> tuple[object, ...]:
    return given.sku, given.name, words.weight(given.weight_g), ", ".join(given.required_capabilities) or words.NONE


def _carrier_row(given: CarrierService) -> tuple[object, ...]:
    collects = "yes" if given.collects_on_delivery else "no"
    return (given.carrier_service_id, given.carrier, given.name, level(given.service_level), collects, given.lane_count)


def _lane_row(given: Lane) -> tuple[object, ...]:
    days = (given.transit_days_min, given.transit_days_max)
    return (
        given.carrier_service_id,
        given.origin_zone,
        given.destination_zone,
        str(days[0]) if days[0] == days[1] else f"{days[0]} to {days[1]}",
        "yes" if given.collects_on_delivery else "no",
        ", ".join(
            f"to {words.weight(step.weight_max_g)} {words.money(step.price.micros, step.price.currency_code)}"
            for step in given.tariff_steps
        ),
    )


def _show_network(session: Session, reply: GetNetworkResponse) -> None:
    _summary(session, reply.network)


def _show_loaded(session: Session, reply: LoadNetworkResponse) -> None:
    _summary(session, reply.network)
    for warning in reply.warnings:
        output.note(f"warning: {warning}")
    output.say("activated" if reply.activated else "nothing changed")


def _summary(session: Session, given: NetworkSummary) -> None:
    output.facts(
        [
            ("version", given.network_version),
            ("name", words.or_none(given.name)),
            ("content", given.content_hash),
            ("country, currency", f"{given.country_code}, {given.currency_code}"),
            ("active since", session.time(given.activated_at)),
            ("channels", ", ".join(given.channels)),
            ("policies", ", ".join(f"{policy.name}@{policy.version}" for policy in given.policies)),
            ("service levels", ", ".join(level(number) for number in given.service_levels)),
            ("nodes", given.node_count),
            ("SKUs", given.sku_count),
            ("carrier services", given.carrier_service_count),
            ("lanes", given.lane_count),
            ("postal codes", given.postal_code_count),
        ]
    )


def _show_place(_session: Session, reply: ResolvePostalCodeResponse) -> None:
    output.facts(
        [
            ("zone", reply.zone),
            ("latitude", f"{reply.latitude_e7 / 1e7:.7f}"),
            ("longitude", f"{reply.longitude_e7 / 1e7:.7f}"),
            ("point from", words.name(PointSource, "POINT_SOURCE_", reply.point_source)),
            ("district", words.or_none(reply.district)),
            ("state", words.or_none(reply.state)),
        ]
    )


def _status(given: Node) -> str:
    return words.name(NodeStatus, "NODE_STATUS_", given.status)


def _capacity(given: Node) -> str:
    kind = words.name(CapacityKind, "CAPACITY_KIND_", given.capacity_kind)
    return "no limit" if kind == words.NONE else f"{given.capacity_per_day:,} {kind.lower()}"
