"""What a document must not say at the same time; each rule is a function, listed once."""

from collections.abc import Callable, Iterator

from fastdom.network.toml_lines import Path
from fastdom.policy.constraint import Standing
from fastdom.policy.constraints import CONSTRAINT_BY_NAME
from fastdom.policy.constraints.capability import CAPABILITIES
from fastdom.policy.document import Combination, Policy
from fastdom.policy.fields import NODE_TYPES, Field, Money
from fastdom.policy.objectives import OBJECTIVE_BY_NAME
from fastdom.policy.report import Report
from fastdom.policy.settings import Settings

Rule = Callable[[Policy], Iterator[tuple[Path, str]]]


def note_rules(policy: Policy, report: Report) -> None:
    """Note every contradiction inside the document."""
    for rule in RULES:
        for path, message in rule(policy):
            report.bad(path, message)


def _names(settings: Settings | None, field: str) -> tuple[str, ...]:
    value = settings[field] if settings else ()
    assert isinstance(value, tuple)
    return tuple(str(one) for one in value)


def include_and_exclude(policy: Policy) -> Iterator[tuple[Path, str]]:
    """A name is included or excluded, not both; an include list must keep a name."""
    for name in ("node_type", "node_group", "carrier_available"):
        settings = policy.constraint(name)
        both = sorted({*_names(settings, "include")} & {*_names(settings, "exclude")})
        if both:
            yield ("constraints", name), f"includes and excludes the same: {', '.join(both)}"


def some_node_type(policy: Policy) -> Iterator[tuple[Path, str]]:
    """At least one type of node is left."""
    settings = policy.constraint("node_type")
    include, exclude = _names(settings, "include"), _names(settings, "exclude")
    if not {*(include or NODE_TYPES)} - {*exclude}:
        yield ("constraints", "node_type"), f"leaves no type of node; one of {', '.join(NODE_TYPES)} must remain"


def something_set(policy: Policy) -> Iterator[tuple[Path, str]]:
    """A constraint whose fields are all optional sets at least one of them."""
    wanted = {
        "node_type": ("include", "exclude"),
        "node_group": ("include", "exclude"),
        "carrier_available": ("include", "exclude"),
        "capability": (*CAPABILITIES,),
        "minimum_shipment": ("min_value_micros", "min_units"),
    }
    for name, fields in wanted.items():
        settings = policy.constraint(name)
        if settings and not any(settings[field] for field in fields):
            yield ("constraints", name), f"sets nothing; give at least one of {', '.join(fields)}"
    cap = policy.constraint("distance_cap")
    if cap and not cap["limit_km_by_type"] and cap == _default_cap(cap):
        yield ("constraints", "distance_cap"), "sets nothing; give limit_km or limit_km_by_type"


def _default_cap(cap: Settings) -> Settings:
    (limit, _) = CONSTRAINT_BY_NAME["distance_cap"].fields
    return cap.replaced("limit_km", getattr(limit, "default", 0))


def caps_of_left_types(policy: Policy) -> Iterator[tuple[Path, str]]:
    """A distance cap is for a type of node that may ship."""
    settings = policy.constraint("node_type")
    include, exclude = _names(settings, "include"), _names(settings, "exclude")
    cap = policy.constraint("distance_cap")
    pairs = cap["limit_km_by_type"] if cap else ()
    assert isinstance(pairs, tuple)
    for pair in pairs:
        assert isinstance(pair, tuple)
        if pair[0] in exclude or (include and pair[0] not in include):
            path = ("constraints", "distance_cap", "limit_km_by_type", str(pair[0]))
            yield path, "limits a type of node that constraints.node_type leaves out"


def capable_groups_left(policy: Policy) -> Iterator[tuple[Path, str]]:
    """A capability is listed for a group that may ship."""
    exclude = {*_names(policy.constraint("node_group"), "exclude")}
    capability = policy.constraint("capability")
    for field in CAPABILITIES:
        groups = _names(capability, field)
        if groups and exclude.issuperset(groups):
            path = ("constraints", "capability", field)
            yield path, "lists only groups that constraints.node_group excludes; no node could ship such lines"
    if capability and capability.whole("oversize_from_g") and not capability["oversize"]:
        path = ("constraints", "capability", "oversize_from_g")
        yield path, "needs the groups that ship oversize; give oversize"


def nodes_once(policy: Policy) -> Iterator[tuple[Path, str]]:
    """An excluded node, and the group of a service area, is listed once."""
    for name, field in (("excluded_nodes", "nodes"), ("service_area", "areas")):
        settings = policy.constraint(name)
        entries = settings[field] if settings else ()
        assert isinstance(entries, tuple)
        seen = set()
        for entry in entries:
            assert isinstance(entry, tuple)
            if entry[0] in seen:
                yield ("constraints", name, field), f"lists {entry[0]} twice"
            seen.add(entry[0])


def splits_possible(policy: Policy) -> Iterator[tuple[Path, str]]:
    """What is said about split orders needs plans of two shipments."""
    limit = policy.constraint("max_shipments")
    if limit is None or limit.whole("limit") > 1 or "max_shipments" in policy.relax:
        return
    if policy.split_quantities:
        yield ("split_quantities",), "cannot be true with constraints.max_shipments.limit 1 that is never relaxed"
    minimum = policy.constraint("minimum_shipment")
    if minimum and minimum.whole("only_when_split"):
        path = ("constraints", "minimum_shipment", "only_when_split")
        yield path, "exempts every shipment, since constraints.max_shipments.limit is 1; set it to false"


def enforced_or_not(policy: Policy) -> Iterator[tuple[Path, str]]:
    """A constraint that is not enforced has no further settings, and cannot be relaxed."""
    for settings in policy.constraints:
        if CONSTRAINT_BY_NAME[settings.name].standing is Standing.BY_DEFAULT and not settings["enforced"]:
            for field, value in settings.values:
                if value:
                    yield ("constraints", settings.name, field), "has no effect while enforced is false"
            if settings.name in policy.relax:
                yield ("relax",), f"names {settings.name}, which is not enforced"


def relax_what_is_set(policy: Policy) -> Iterator[tuple[Path, str]]:
    """Only what holds can be given up."""
    holding = [settings.name for settings in policy.constraints]
    for name in policy.relax:
        if name not in holding:
            yield ("relax",), f"names {name}, which constraints does not set; set are {', '.join(holding)}"


def some_objective(policy: Policy) -> Iterator[tuple[Path, str]]:
    """Plans are compared by something."""
    if not any(settings.weight_steps for settings in policy.objectives):
        yield ("objectives",), f"needs at least one with a weight above 0, of {', '.join(OBJECTIVE_BY_NAME)}"


def weights_have_effect(policy: Policy) -> Iterator[tuple[Path, str]]:
    """An objective with a weight has a price."""
    for settings in policy.objectives:
        one_of = OBJECTIVE_BY_NAME[settings.name].one_of
        if settings.weight_steps and one_of and not any(settings[field] for field in one_of):
            yield ("objectives", settings.name), f"has a weight but no price; give {' or '.join(one_of)}"


def order_fits(policy: Policy) -> Iterator[tuple[Path, str]]:
    """A lexicographic order names every objective with a weight, and no other."""
    if policy.combination is Combination.WEIGHTED:
        if policy.order:
            yield ("order",), 'is for combination = "lexicographic"; a weighted sum has no order'
        return
    ordered = [name for level in policy.order for name in level]
    weighed = [settings.name for settings in policy.objectives if settings.weight_steps]
    if not ordered:
        yield ("order",), "is missing: list the objectives, the most important first"
        return
    for name in ordered:
        if policy.objective(name) is None:
            yield ("order",), f"names {name}, which objectives does not give"
        elif name not in weighed:
            yield ("order",), f"names {name}, whose weight is 0"
    for name in weighed:
        if name not in ordered:
            yield ("objectives", name, "weight"), "is above 0 but order does not name it; name it or set it to 0"


def amounts_have_currency(policy: Policy) -> Iterator[tuple[Path, str]]:
    """Amounts are in a stated currency."""
    tables: list[tuple[str, Settings, tuple[Field, ...]]] = [
        *(("constraints", one, CONSTRAINT_BY_NAME[one.name].fields) for one in policy.constraints),
        *(("objectives", one, OBJECTIVE_BY_NAME[one.name].fields) for one in policy.objectives),
    ]
    for table, settings, fields in tables:
        for field in fields:
            if isinstance(field, Money) and settings[field.name] != (field.default or 0) and not policy.currency:
                yield ("currency",), f"is missing: {table}.{settings.name}.{field.name} is an amount"
                return


RULES: tuple[Rule, ...] = (
    include_and_exclude,
    some_node_type,
    something_set,
    caps_of_left_types,
    capable_groups_left,
    nodes_once,
    splits_possible,
    enforced_or_not,
    relax_what_is_set,
    some_objective,
    weights_have_effect,
    order_fits,
    amounts_have_currency,
)
