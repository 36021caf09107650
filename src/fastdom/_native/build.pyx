"""A Result into the dataclasses of fastdom.types (see build.pxd)."""

import dataclasses

from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdint cimport int32_t, int64_t
from libc.string cimport memset

from fastdom._native.command cimport (
    AllocationOut, CostOut, ExclusionOut, KIND_GET, KIND_REROUTE, KIND_ROUTE, LineOut, OPT_BOUND, OPT_HEURISTIC, OUTCOME_REFUSED, OptionOut,
    Result, ShipmentOut, Slice,
)
from fastdom._native.reservations cimport STATE_PARTIALLY_FULFILLED, open_units
from fastdom._native.table cimport interned

from fastdom import types

cdef extern from "Python.h":
    ctypedef struct PyMemberDef:
        Py_ssize_t offset
    ctypedef struct PyMemberDescrObject:
        PyMemberDef* d_member
    object PyType_GenericAlloc(PyTypeObject* cls, Py_ssize_t n_items)

cdef enum:
    FIELDS_MAX = 16              # of one dataclass
    ALL_OBJECTIVES = 13
    KIND_PROMISE_LAST = 3        # RESERVE, ROUTE and PROMISE carry their own lines


# --- slots

cdef class Layout:
    def __cinit__(self, type cls):
        fields = dataclasses.fields(cls)
        if len(fields) > FIELDS_MAX:
            raise TypeError(f"{cls.__name__} has more than {FIELDS_MAX} fields")
        self.cls = cls
        for i, field in enumerate(fields):
            slot = cls.__dict__[field.name]
            if type(slot).__name__ != "member_descriptor":
                raise TypeError(f"{cls.__name__}.{field.name} is not a slot")
            self.at[i] = (<PyMemberDescrObject*>slot).d_member.offset


cdef inline object fresh(Layout layout):
    return PyType_GenericAlloc(<PyTypeObject*>layout.cls, 0)


cdef inline void put(object instance, Py_ssize_t offset, object value) noexcept:
    """Fill a slot that is still empty."""
    Py_INCREF(value)
    (<PyObject**>(<char*><PyObject*>instance + offset))[0] = <PyObject*>value


cdef inline void put_item(tuple items, Py_ssize_t i, object value) noexcept:
    """Fill an item that is still empty."""
    Py_INCREF(value)
    PyTuple_SET_ITEM(items, i, value)


cdef Layout ALLOCATION = Layout(types.Allocation)
cdef Layout LINE_RESULT = Layout(types.LineResult)
cdef Layout OBJECTIVE_COST = Layout(types.ObjectiveCost)
cdef Layout OPTION = Layout(types.PromiseOption)
cdef Layout PLAN = Layout(types.Plan)
cdef Layout POSITION = Layout(types.Position)
cdef Layout PROMISE_RESULT = Layout(types.PromiseResult)
cdef Layout RESERVATION = Layout(types.Reservation)
cdef Layout RESERVATION_RESULT = Layout(types.ReservationResult)
cdef Layout RESERVE_RESULT = Layout(types.ReserveResult)
cdef Layout ROUTE_RESULT = Layout(types.RouteResult)
cdef Layout SHIPMENT = Layout(types.Shipment)
cdef Layout SHIPMENT_LINE = Layout(types.ShipmentLine)
cdef Layout UNASSIGNED = Layout(types.UnassignedLine)
cdef Layout UNPROMISED = Layout(types.UnpromisedLine)


def members(enum):
    """Members of an enum whose numbers are 0, 1, 2, ... by number; its own look-up takes 20 times as long."""
    return tuple(enum(i) for i in range(len(enum)))


cdef tuple LEVELS = members(types.ServiceLevel)
cdef tuple OBJECTIVES = members(types.Objective)
cdef tuple OPTIMALITIES = members(types.Optimality)
cdef tuple REASONS = members(types.UnassignedReason)
cdef tuple RESERVE_OUTCOMES = members(types.ReserveOutcome)
cdef tuple ROUTE_OUTCOMES = members(types.RouteOutcome)
cdef tuple REROUTE_REASONS = members(types.RerouteReason)
cdef tuple STATES = members(types.ReservationState)
cdef tuple STRANDED_REASONS = members(types.StrandedReason)
cdef tuple TOKEN_DIFFERENCES = members(types.TokenDifference)


# --- names

cdef class Labels:
    def __init__(self, version, services, currency, policy):
        self.version = version
        self.services = services
        self.currency = currency
        self.policy = policy


cdef Labels NO_LABELS = Labels(0, (), "", "")


cdef class NameBook:
    def __cinit__(self):
        self.skus = []
        self.nodes = []
        self.channels = []
        self.versions = {}
        self.active = NO_LABELS

    def learn(self, int version, source):
        """Take the texts of a network version (a CompiledNetwork) that decides from now on."""
        policies = source.policies
        self.active = Labels(
            version, tuple(source.service_ids), source.currency, policies[0].name if policies else ""
        )
        self.versions[version] = self.active
        self.source = source

    def present_nodes(self):
        """External ids of the nodes of the active network, whose names have all been read by name_of."""
        if self.source is None:
            return []
        return [self.nodes[i] for i in range(len(self.nodes)) if i < self.source.n_nodes and self.source.node_present[i]]

    def metres_to(self, order):
        """Function from a node's external id to metres from it to the order's address, 0 = not known."""
        address = order.destination.address if order.destination is not None else None
        if self.source is None or address is None or address.postal_code not in self.source.postal_text:
            return lambda node_id: 0
        row = self.source.distance_m[self.source.postal_text.index(address.postal_code)]
        return lambda node_id: max(0, int(row[self.nodes.index(node_id)]))

    cdef Labels labels(self, int32_t version):
        """Texts of a version, of the active one when it is no longer known."""
        if version == self.active.version:
            return self.active
        return self.versions.get(version, self.active)


cdef str text_of(Slice text):
    return PyUnicode_DecodeUTF8(text.data, text.size, NULL) if text.size > 0 else ""


cdef str name_of(list known, const Interner* names, int32_t i):
    if i < 0:
        return ""
    while len(known) <= i:
        known.append(text_of(interned(names, <int32_t>len(known))))
    return <str>known[i]


cdef inline object line_id_of(Scratch s, int32_t line_i):
    """From the request's own lines for Reserve, Route and Promise, from the reservation's order for the verbs."""
    if s.command.kind <= KIND_PROMISE_LAST:
        return <object>s.line_ids[line_i]
    return text_of(s.result.line_ids[line_i]) if line_i < s.result.n_line_ids else ""


# --- plans

cdef struct Span:                # shipments and allocations of one plan in the result
    int32_t first_shipment
    int32_t n_shipments
    int32_t first_allocation
    int32_t n_allocations


cdef inline str service_of(Labels labels, int32_t service_i):
    return <str>labels.services[service_i] if 0 <= service_i < len(labels.services) else ""


cdef tuple costs_of(const CostOut* costed):
    cdef int32_t n = 0
    cdef int32_t i
    for i in range(ALL_OBJECTIVES):
        if costed.raw_micros[i] != 0 or costed.cost_micros[i] != 0:
            n += 1
    costs = PyTuple_New(n)
    n = 0
    for i in range(ALL_OBJECTIVES):
        if costed.raw_micros[i] != 0 or costed.cost_micros[i] != 0:
            cost = fresh(OBJECTIVE_COST)
            put(cost, OBJECTIVE_COST.at[0], OBJECTIVES[i + 1])
            put(cost, OBJECTIVE_COST.at[1], costed.raw_micros[i])
            put(cost, OBJECTIVE_COST.at[2], costed.cost_micros[i])
            put_item(costs, n, cost)
            n += 1
    return costs


cdef object shipment_of(
    NameBook book, const State* state, Labels labels, const ShipmentOut* out, const CostOut* costs, tuple lines
):
    shipment = fresh(SHIPMENT)
    put(shipment, SHIPMENT.at[0], name_of(book.nodes, &state.nodes, out.node_i))
    put(shipment, SHIPMENT.at[1], service_of(labels, out.service_i))
    put(shipment, SHIPMENT.at[2], lines)
    put(shipment, SHIPMENT.at[3], costs_of(costs) if costs != NULL else ())
    put(shipment, SHIPMENT.at[4], out.cost_micros)
    put(shipment, SHIPMENT.at[5], out.weight_g)
    put(shipment, SHIPMENT.at[6], out.distance_m if out.distance_m > 0 else 0)
    put(shipment, SHIPMENT.at[7], out.ship_day if out.capacity_taken > 0 else 0)
    put(shipment, SHIPMENT.at[8], out.order_by_us)
    put(shipment, SHIPMENT.at[9], out.ship_at_us)
    put(shipment, SHIPMENT.at[10], out.arrive_from_us)
    put(shipment, SHIPMENT.at[11], out.arrive_by_us)
    return shipment


cdef tuple shipments_of(NameBook book, const State* state, Labels labels, Scratch s, const Span* span):
    """Shipments of a plan with their lines; costs by objective are Route's alone."""
    cdef const AllocationOut* a = s.result.allocations
    cdef bint with_costs = s.command.kind == KIND_ROUTE or s.command.kind == KIND_REROUTE
    cdef int32_t last = span.first_allocation + span.n_allocations
    cdef int32_t i
    memset(s.cursors, 0, span.n_shipments * sizeof(int32_t))
    for i in range(span.first_allocation, last):
        if 0 <= a[i].shipment_i < span.n_shipments:
            s.cursors[a[i].shipment_i] += 1
    shipments = PyTuple_New(span.n_shipments)
    contents = []
    for i in range(span.n_shipments):
        lines = PyTuple_New(s.cursors[i])
        s.cursors[i] = 0
        contents.append(lines)
        put_item(
            shipments, i,
            shipment_of(
                book, state, labels, &s.result.shipments[span.first_shipment + i],
                &s.result.costs[span.first_shipment + i] if with_costs else NULL, lines,
            ),
        )
    for i in range(span.first_allocation, last):
        if 0 <= a[i].shipment_i < span.n_shipments:
            line = fresh(SHIPMENT_LINE)
            put(line, SHIPMENT_LINE.at[0], line_id_of(s, a[i].line_i))
            put(line, SHIPMENT_LINE.at[1], a[i].granted)
            put_item(<tuple>contents[a[i].shipment_i], s.cursors[a[i].shipment_i], line)
            s.cursors[a[i].shipment_i] += 1
    return shipments


cdef tuple unassigned_of(Scratch s, Layout layout):
    """UnassignedLine or UnpromisedLine of every line that did not get its whole quantity."""
    cdef const LineOut* lines = s.result.lines
    cdef int32_t i
    found = []
    for i in range(s.result.n_lines):
        if lines[i].shortfall > 0:
            line = fresh(layout)
            put(line, layout.at[0], line_id_of(s, i))
            put(line, layout.at[1], lines[i].shortfall)
            put(line, layout.at[2], REASONS[lines[i].reason])
            put(line, layout.at[3], 0)
            found.append(line)
    return tuple(found) if found else ()


cdef object plan_of(NameBook book, const State* state, Labels labels, Scratch s):
    cdef Span span
    span.first_shipment = 0
    span.n_shipments = s.result.n_shipments
    span.first_allocation = 0
    span.n_allocations = s.result.n_allocations
    plan = fresh(PLAN)
    put(plan, PLAN.at[0], shipments_of(book, state, labels, s, &span))
    put(plan, PLAN.at[1], s.result.total_micros)
    put(plan, PLAN.at[2], labels.currency)
    put(plan, PLAN.at[3], s.result.split_count)
    put(plan, PLAN.at[4], unassigned_of(s, UNASSIGNED))
    return plan


# --- the reservation

cdef Span reserved_span(const Result* r) noexcept nogil:
    """What of the result the reservation took: the held option of a Promise, else everything."""
    cdef Span span
    cdef int32_t i
    span.first_shipment = 0
    span.n_shipments = r.n_shipments
    span.first_allocation = 0
    span.n_allocations = r.n_allocations
    for i in range(r.n_options):
        if r.options[i].service_level == r.held_option:
            span.first_shipment = r.options[i].first_shipment
            span.n_shipments = r.options[i].n_shipments
            span.first_allocation = r.options[i].first_allocation
            span.n_allocations = r.options[i].n_allocations
    return span


cdef object allocation_of(
    NameBook book, const State* state, Labels labels, Scratch s, const AllocationOut* a, const Span* span
):
    cdef int32_t units = open_units(a)
    cdef bint committed = s.result.committed != 0
    cdef int32_t service_i = -1
    if 0 <= a.shipment_i < span.n_shipments:
        service_i = s.result.shipments[span.first_shipment + a.shipment_i].service_i
    allocation = fresh(ALLOCATION)
    put(allocation, ALLOCATION.at[0], line_id_of(s, a.line_i))
    put(allocation, ALLOCATION.at[1], name_of(book.skus, &state.skus, a.sku_i))
    put(allocation, ALLOCATION.at[2], name_of(book.nodes, &state.nodes, a.node_i))
    put(allocation, ALLOCATION.at[3], a.granted)
    put(allocation, ALLOCATION.at[4], 0 if committed else units)
    put(allocation, ALLOCATION.at[5], units if committed else 0)
    put(allocation, ALLOCATION.at[6], a.fulfilled)
    put(allocation, ALLOCATION.at[7], a.released)
    put(allocation, ALLOCATION.at[8], a.expired)
    put(allocation, ALLOCATION.at[9], a.shipment_i)
    put(allocation, ALLOCATION.at[10], service_of(labels, service_i))
    return allocation


cdef object build_reservation(NameBook book, const State* state, Scratch s, bint with_level, bint with_shipments):
    cdef const Result* r = s.result
    cdef Span span = reserved_span(r)
    cdef Labels labels = book.labels(r.network_version)
    cdef int32_t i
    allocations = PyTuple_New(span.n_allocations)
    for i in range(span.n_allocations):
        put_item(
            allocations, i,
            allocation_of(book, state, labels, s, &r.allocations[span.first_allocation + i], &span),
        )
    reservation = fresh(RESERVATION)
    put(reservation, RESERVATION.at[0], f"{r.reservation_id[0]:016x}{r.reservation_id[1]:016x}")
    put(
        reservation, RESERVATION.at[1],
        text_of(s.command.order_id if s.command.kind <= KIND_PROMISE_LAST else r.order_id),
    )
    put(reservation, RESERVATION.at[2], name_of(book.channels, &state.channels, r.channel_i))
    put(reservation, RESERVATION.at[3], STATES[r.state])
    put(reservation, RESERVATION.at[4], allocations)
    put(reservation, RESERVATION.at[5], r.expires_at_us)
    put(reservation, RESERVATION.at[6], r.created_at_us)
    put(reservation, RESERVATION.at[7], r.needs_attention != 0)
    put(reservation, RESERVATION.at[8], r.version)
    put(reservation, RESERVATION.at[9], LEVELS[r.service_level if with_level else 0])
    with_shipments = with_shipments and r.state <= STATE_PARTIALLY_FULFILLED
    put(reservation, RESERVATION.at[10], shipments_of(book, state, labels, s, &span) if with_shipments else ())
    put(reservation, RESERVATION.at[11], r.total_micros if with_shipments else 0)
    put(reservation, RESERVATION.at[12], labels.currency if with_shipments else "")
    return reservation


cdef inline object maybe_reservation(NameBook book, const State* state, Scratch s):
    return build_reservation(book, state, s, False, False) if s.result.has_reservation else None


# --- the answers

cdef object build_route(NameBook book, const State* state, Scratch s, object request):
    cdef const Result* r = s.result
    cdef Labels labels = book.labels(r.network_version)
    cdef int64_t gap = r.gap_micros if r.optimality == OPT_BOUND else 0
    policy = ""
    if r.policy_version > 0:
        policy = text_of(s.command.policy_name) if s.command.policy_name.size else labels.policy
    result = fresh(ROUTE_RESULT)
    put(result, ROUTE_RESULT.at[0], None if r.repeated else plan_of(book, state, labels, s))
    put(result, ROUTE_RESULT.at[1], OPTIMALITIES[r.optimality])
    put(result, ROUTE_RESULT.at[2], -1 if r.optimality == OPT_HEURISTIC else gap)
    put(result, ROUTE_RESULT.at[3], ROUTE_OUTCOMES[r.outcome])
    put(result, ROUTE_RESULT.at[4], maybe_reservation(book, state, s))
    put(result, ROUTE_RESULT.at[5], r.nodes_considered)
    put(result, ROUTE_RESULT.at[6], r.evaluations)
    put(result, ROUTE_RESULT.at[7], policy)
    put(result, ROUTE_RESULT.at[8], r.policy_version)
    put(result, ROUTE_RESULT.at[9], r.network_version)
    put(result, ROUTE_RESULT.at[10], r.seq)
    put(result, ROUTE_RESULT.at[11], 0 if r.repeated else s.decision_us)
    put(result, ROUTE_RESULT.at[12], ())
    put(result, ROUTE_RESULT.at[13], ())
    put(result, ROUTE_RESULT.at[14], r.wait_seq)
    return result


cdef object difference_of(const OptionOut* option, const OptionOut* first):
    return types.OptionDifference(
        option.cost_micros - first.cost_micros,
        option.arrive_by_us - first.arrive_by_us,
        option.n_shipments - first.n_shipments,
    )


cdef object option_of(NameBook book, const State* state, Labels labels, Scratch s, int32_t i):
    cdef const Result* r = s.result
    cdef const OptionOut* out = &r.options[i]
    cdef bint taken = r.has_reservation and out.service_level == r.held_option
    cdef Span span
    span.first_shipment = out.first_shipment
    span.n_shipments = out.n_shipments
    span.first_allocation = out.first_allocation
    span.n_allocations = out.n_allocations
    option = fresh(OPTION)
    put(option, OPTION.at[0], LEVELS[out.service_level])
    put(option, OPTION.at[1], out.ship_from_us)
    put(option, OPTION.at[2], out.ship_by_us)
    put(option, OPTION.at[3], out.arrive_from_us)
    put(option, OPTION.at[4], out.arrive_by_us)
    put(option, OPTION.at[5], out.order_by_us)
    put(option, OPTION.at[6], out.confidence_permille)
    put(option, OPTION.at[7], shipments_of(book, state, labels, s, &span))
    put(option, OPTION.at[8], out.cost_micros)
    put(option, OPTION.at[9], b"" if taken else (<const char*>out.token)[:out.token_size])
    put(option, OPTION.at[10], out.valid_until_us)
    put(option, OPTION.at[11], difference_of(out, r.options) if i > 0 else None)
    return option


cdef object build_promise(NameBook book, const State* state, Scratch s):
    cdef const Result* r = s.result
    cdef Labels labels = book.labels(r.network_version)
    cdef int32_t i
    options = PyTuple_New(r.n_options)
    for i in range(r.n_options):
        put_item(options, i, option_of(book, state, labels, s, i))
    result = fresh(PROMISE_RESULT)
    put(result, PROMISE_RESULT.at[0], options)
    put(result, PROMISE_RESULT.at[1], () if r.n_options else unassigned_of(s, UNPROMISED))
    put(result, PROMISE_RESULT.at[2], labels.currency)
    put(result, PROMISE_RESULT.at[3], r.seq)
    put(result, PROMISE_RESULT.at[4], r.network_version)
    put(result, PROMISE_RESULT.at[5], 0 if r.repeated else s.decision_us)
    put(result, PROMISE_RESULT.at[6], maybe_reservation(book, state, s))
    put(result, PROMISE_RESULT.at[7], LEVELS[r.held_option if r.has_reservation else 0])
    put(result, PROMISE_RESULT.at[8], r.wait_seq)
    return result


cdef bint answers_plan(Scratch s) noexcept nogil:
    """Whether a Reserve answers shipments: granted now, and by token or with a line that was not pinned."""
    cdef int32_t i
    if s.result.repeated or s.result.outcome == OUTCOME_REFUSED:
        return False
    if s.command.option_token.size > 0:
        return True
    for i in range(s.command.n_lines):
        if s.command.lines[i].node.size == 0:
            return True
    return False


cdef tuple line_results_of(Scratch s):
    cdef const LineOut* lines = s.result.lines
    cdef int32_t i
    results = PyTuple_New(s.result.n_lines)
    for i in range(s.result.n_lines):
        line = fresh(LINE_RESULT)
        put(line, LINE_RESULT.at[0], line_id_of(s, i))
        put(line, LINE_RESULT.at[1], lines[i].granted)
        put(line, LINE_RESULT.at[2], lines[i].shortfall)
        put(line, LINE_RESULT.at[3], lines[i].available_after)
        put(line, LINE_RESULT.at[4], REASONS[lines[i].reason])
        put_item(results, i, line)
    return results


cdef object build_reserve(NameBook book, const State* state, Scratch s):
    cdef const Result* r = s.result
    cdef Labels labels = book.labels(r.network_version)
    cdef int32_t difference = r.token_difference + 1 if s.command.option_token.size > 0 else 0
    result = fresh(RESERVE_RESULT)
    put(result, RESERVE_RESULT.at[0], RESERVE_OUTCOMES[r.outcome])
    put(result, RESERVE_RESULT.at[1], maybe_reservation(book, state, s))
    put(result, RESERVE_RESULT.at[2], line_results_of(s))
    put(result, RESERVE_RESULT.at[3], plan_of(book, state, labels, s) if answers_plan(s) else None)
    put(result, RESERVE_RESULT.at[4], TOKEN_DIFFERENCES[difference])
    put(result, RESERVE_RESULT.at[5], r.seq)
    put(result, RESERVE_RESULT.at[6], 0 if r.repeated else s.decision_us)
    put(result, RESERVE_RESULT.at[7], r.wait_seq)
    return result


cdef object build_verb(NameBook book, const State* state, Scratch s):
    cdef const Result* r = s.result
    cdef bint read = s.command.kind == KIND_GET
    result = fresh(RESERVATION_RESULT)
    put(result, RESERVATION_RESULT.at[0], build_reservation(book, state, s, read, read))
    put(result, RESERVATION_RESULT.at[1], r.seq)
    put(result, RESERVATION_RESULT.at[2], 0 if r.repeated or read else s.decision_us)
    put(result, RESERVATION_RESULT.at[3], r.reacquired != 0)
    put(result, RESERVATION_RESULT.at[4], r.count_mismatch)
    put(result, RESERVATION_RESULT.at[5], r.wait_seq)
    return result


# --- re-routes

cdef object moved_plan(NameBook book, const State* state, Labels labels, Scratch s):
    """The shipments that a re-route made; their allocations are the reservation's last, numbered from its first on."""
    cdef const Result* r = s.result
    cdef AllocationOut* a = r.allocations
    cdef int64_t total = 0
    cdef Span span
    cdef int32_t i
    if r.first_moved >= r.n_shipments:
        return None
    span.first_shipment = r.first_moved
    span.n_shipments = r.n_shipments - r.first_moved
    span.first_allocation = r.n_allocations
    while span.first_allocation > 0 and a[span.first_allocation - 1].shipment_i >= r.first_moved:
        span.first_allocation -= 1
    span.n_allocations = r.n_allocations - span.first_allocation
    for i in range(span.first_allocation, r.n_allocations):
        a[i].shipment_i -= r.first_moved
    for i in range(r.first_moved, r.n_shipments):
        total += r.shipments[i].cost_micros
    return types.Plan(shipments_of(book, state, labels, s, &span), total, labels.currency, span.n_shipments - 1, ())


cdef object exclusion_of(NameBook book, const State* state, const ExclusionOut* x):
    return types.NodeExclusion(
        name_of(book.nodes, &state.nodes, x.node_i), REROUTE_REASONS[x.reason], x.until_us
    )


cdef object build_reroute(NameBook book, const State* state, Scratch s):
    cdef const Result* r = s.result
    cdef Labels labels = book.active
    cdef int32_t i
    reservation = build_reservation(book, state, s, False, False)
    return types.RerouteResult(
        reservation,
        moved_plan(book, state, labels, s),
        r.rerouted,
        r.stranded,
        STRANDED_REASONS[r.stranded_reason],
        r.exception_id,
        r.attempts,
        tuple([exclusion_of(book, state, &r.exclusions[i]) for i in range(r.n_exclusions)]),
        r.seq,
        0 if r.repeated else s.decision_us,
        r.wait_seq,
    )


# --- stock

cdef object build_position(
    NameBook book, const State* state, int32_t sku_i, int32_t node_i, const int32_t* units, int64_t version
):
    cdef int32_t i
    position = fresh(POSITION)
    put(position, POSITION.at[0], name_of(book.skus, &state.skus, sku_i))
    put(position, POSITION.at[1], name_of(book.nodes, &state.nodes, node_i))
    for i in range(7):
        put(position, POSITION.at[2 + i], units[i])
    put(position, POSITION.at[9], version)
    return position


cdef object build_stock(NameBook book, const State* state, Scratch s):
    cdef const Result* r = s.result
    cdef int32_t units[7]
    units[0] = r.on_hand
    units[1] = r.held
    units[2] = r.committed_units
    units[3] = r.safety_stock
    units[4] = r.routing_reserve
    units[5] = r.available
    units[6] = r.shortfall
    return types.PositionResult(
        build_position(book, state, r.sku_i, r.node_i, units, r.on_hand_version),
        r.seq, 0 if r.repeated else s.decision_us, r.wait_seq,
    )


# --- exceptions

cdef tuple EXCEPTION_KINDS = members(types.ExceptionKind)


cdef object build_exception(NameBook book, const State* state, const Fault* fault):
    cdef bint reserved = fault.reservation_id[0] != 0 or fault.reservation_id[1] != 0
    return types.ExceptionRecord(
        fault.id,
        EXCEPTION_KINDS[fault.kind],
        name_of(book.nodes, &state.nodes, fault.node_i),
        name_of(book.skus, &state.skus, fault.sku_i),
        f"{fault.reservation_id[0]:016x}{fault.reservation_id[1]:016x}" if reserved else "",
        "",
        fault.quantity,
        fault.ship_day,
        fault.opened_at_us,
        fault.seq,
        fault.resolved_at_us,
        (<const char*>fault.note)[:fault.note_size].decode(),
        STRANDED_REASONS[fault.reason],
    )
