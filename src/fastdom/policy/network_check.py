"""A policy against a network: every name exists, and some node can pass."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

from fastdom.network.document import CapacityKind, NodeType
from fastdom.network.sites import TYPES
from fastdom.network.toml_lines import Path
from fastdom.policy.constraints import CONSTRAINT_BY_NAME
from fastdom.policy.document import Policy
from fastdom.policy.fields import Field, NameOf, nearest
from fastdom.policy.objectives import OBJECTIVE_BY_NAME
from fastdom.policy.problems import Problem, got
from fastdom.policy.report import Report
from fastdom.policy.settings import Settings

TYPE_WORDS = {number: word for word, number in TYPES.items()}


class Named(Protocol):
    """Anything with an external id."""

    @property
    def id(self) -> str: ...


class NodeNames(Named, Protocol):
    """What a policy can say about a node; `fastdom.network.document.Node` is one."""

    @property
    def type(self) -> NodeType: ...
    @property
    def groups(self) -> tuple[str, ...]: ...
    @property
    def capacity_kind(self) -> CapacityKind: ...
    @property
    def capacity_limit(self) -> int: ...


class NetworkNames(Protocol):
    """The names of a network; `fastdom.network.NetworkDocument` is one."""

    @property
    def currency(self) -> str: ...
    @property
    def nodes(self) -> Sequence[NodeNames]: ...
    @property
    def groups(self) -> Sequence[str]: ...
    @property
    def services(self) -> Sequence[Named]: ...
    @property
    def zones(self) -> Sequence[Named]: ...


def check_network(policy: Policy, network: NetworkNames, file: str = "") -> tuple[Problem, ...]:
    """Return what keeps the policy from working on the network; empty = nothing. Lines are 0."""
    report = Report(file or f"policy {policy.name}")
    note_network(policy, network, report)
    return tuple(report.problems.kept)


def note_network(policy: Policy, network: NetworkNames, report: Report) -> None:
    """Note unknown names, another currency, and that no node or carrier service can ever pass."""
    before = report.problems.count
    if policy.currency and policy.currency != network.currency:
        report.bad(("currency",), f"must be {network.currency}, the network's currency, {got(policy.currency)}")
    _note_names(policy, network, report)
    if report.problems.count == before:
        _note_services(policy, network, report)
        _note_nodes(policy, network, report)


def _note_names(policy: Policy, network: NetworkNames, report: Report) -> None:
    known = {
        NameOf.NODE_TYPE: tuple(TYPES),
        NameOf.GROUP: tuple(network.groups),
        NameOf.NODE: tuple(node.id for node in network.nodes),
        NameOf.SERVICE: tuple(service.id for service in network.services),
        NameOf.ZONE: tuple(zone.id for zone in network.zones),
    }
    known_sets = {of: frozenset(names) for of, names in known.items()}
    for settings in policy.constraints:
        _note_settings(("constraints",), settings, CONSTRAINT_BY_NAME[settings.name].fields, known, known_sets, report)
    for settings in policy.objectives:
        _note_settings(("objectives",), settings, OBJECTIVE_BY_NAME[settings.name].fields, known, known_sets, report)


def _note_settings(
    path: Path,
    settings: Settings,
    fields: tuple[Field, ...],
    known: dict[NameOf, tuple[str, ...]],
    known_sets: dict[NameOf, frozenset[str]],
    report: Report,
) -> None:
    for field in fields:
        for one in field.references(settings[field.name]):
            if one.name not in known_sets[one.of]:
                close = nearest(one.name, known[one.of], report.problems)
                where = (*path, settings.name, *(part for part in one.path if isinstance(part, str)))
                report.bad(where, f"must be a {one.of.value} of the network, {got(one.name)}{close}")


def _note_services(policy: Policy, network: NetworkNames, report: Report) -> None:
    settings = policy.relaxed(len(policy.relax)).constraint("carrier_available")
    allows = CONSTRAINT_BY_NAME["carrier_available"].allows
    known = ", ".join(service.id for service in network.services)
    if settings and not any(
        allows(**settings.arguments(), service=service.id, hand_over=True) for service in network.services
    ):
        report.bad(("constraints", "carrier_available"), f"leaves no carrier service; one of {known} must remain")


def _note_nodes(policy: Policy, network: NetworkNames, report: Report) -> None:
    last = policy.relaxed(len(policy.relax))
    stopped: Counter[str] = Counter()
    for node in network.nodes:
        reason = never_passes(last, node)
        if reason == "":
            return
        stopped[reason] += 1
    told = ", ".join(f"{name} stops {count} of {len(network.nodes)}" for name, count in stopped.items())
    after = f", even after relaxing {', '.join(policy.relax)}" if policy.relax else ""
    field = (
        ("constraints", *stopped) if len(stopped) == 1 and last.constraint(next(iter(stopped))) else ("constraints",)
    )
    allowed = "".join(f"; {_allowed(name, network)}" for name in stopped)
    report.bad(field, f"no node of the network can ever pass{after}: {told or 'it has no nodes'}{allowed}")


def _allowed(name: str, network: NetworkNames) -> str:
    """Return what a constraint that stops nodes would have to leave for one of them to pass."""
    if name == "node_type":
        types = sorted({TYPE_WORDS.get(node.type, "") for node in network.nodes})
        return f"node_type must leave one of {', '.join(types)}"
    if name == "node_group":
        groups = sorted({group for node in network.nodes for group in node.groups})
        return f"node_group must leave nodes, which are in {', '.join(groups) or 'no group'}"
    if name == "minimum_shipment":
        limits = [node.capacity_limit for node in network.nodes if node.capacity_kind is CapacityKind.UNITS]
        return f"minimum_shipment.min_units must be at most {max(limits)}, the most units that a node takes a day"
    return _ALLOWED[name]


_ALLOWED = {
    "excluded_nodes": "excluded_nodes must not list every node without an until",
    "service_area": "service_area must have a zone that all groups of a node share",
    "capacity_left": "a node's capacity less capacity_left.keep_permille of it must hold the smallest shipment",
}
"""What would be allowed where it is the same for every network."""


def never_passes(policy: Policy, node: NodeNames) -> str:
    """Return the constraint that keeps a node out of every plan, whatever the order; empty when none does."""
    facts: dict[str, dict[str, Any]] = {
        "node_type": {"node_type": TYPE_WORDS.get(node.type, "")},
        "node_group": {"groups": node.groups},
        "excluded_nodes": {"node": node.id, "now_us": 2**62},
    }
    for name, fact in facts.items():
        settings = policy.constraint(name)
        if settings and not CONSTRAINT_BY_NAME[name].allows(**settings.arguments(), **fact):
            return name
    if not _ships_somewhere(policy, node):
        return "service_area"
    return _never_has_room(policy, node)


def _ships_somewhere(policy: Policy, node: NodeNames) -> bool:
    """Whether the areas of the node's groups share a zone."""
    settings = policy.constraint("service_area")
    areas = settings["areas"] if settings else ()
    assert isinstance(areas, tuple)
    shared: set[object] | None = None
    for area in areas:
        assert isinstance(area, tuple)
        assert isinstance(area[1], tuple)
        if area[0] in node.groups:
            shared = set(area[1]) if shared is None else shared & set(area[1])
    return shared is None or bool(shared)


def _never_has_room(policy: Policy, node: NodeNames) -> str:
    """Return the constraint that an empty day of the node cannot meet; empty when one shipment fits."""
    if node.capacity_kind is CapacityKind.NONE:
        return ""
    minimum = policy.constraint("minimum_shipment")
    need = 1
    if minimum and not minimum["only_when_split"] and node.capacity_kind is CapacityKind.UNITS:
        need = max(1, minimum.whole("min_units"))
    kept = policy.constraint("capacity_left")
    keep_permille = kept.whole("keep_permille") if kept else 0
    allows = CONSTRAINT_BY_NAME["capacity_left"].allows
    if node.capacity_limit < 1:
        return "capacity_left"
    if allows(keep_permille=keep_permille, capacity_limit=node.capacity_limit, capacity_taken=0, need=need):
        return ""
    return "minimum_shipment" if need > node.capacity_limit else "capacity_left"
