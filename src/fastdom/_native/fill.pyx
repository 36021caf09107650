"""Requests of fastdom.types into a Command (see fill.pxd)."""

from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_AsUTF8AndSize
from libc.stdint cimport INT32_MAX, INT32_MIN, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memset

from fastdom._native.attributes cimport (
    ATTRIBUTE_BYTES_MAX, ATTRIBUTES_MAX, ATTRIBUTES_ORDER_BYTES, attributes_pack,
)
from fastdom._native.command cimport (
    Command, F_ATTRIBUTES, F_AS_OF, F_CHANNEL, F_COUNTRY_CODE, F_CURRENCY_CODE, F_DELTA, F_EFFORT, F_EXCEPTION_ID,
    F_EXCLUDE_NODE_IDS, F_EXPECTED_ON_HAND, F_EXPECTED_VERSION, F_FIRST_SENT_AT, F_GROUP_ID,
    F_INCLUDES_FULFILMENTS_UP_TO, F_INCLUDE_NODE_IDS, F_LINES, F_LINE_ID, F_ALTERNATIVES, F_MAX_SHIPMENTS, F_MODE,
    F_NODE_ID, F_ON_HAND, F_OPTION, F_OPTION_TOKEN, F_ORDER_ID, F_ORDER_VALUE, F_PAYMENT, F_PICKUP_NODE_ID,
    F_PLACED_AT, F_POLICY, F_POSTAL_CODE, F_QUANTITY, F_REASON, F_REQUEST_ID, F_REQUIRED_BY, F_RESERVATION_ID,
    F_ROUTING_RESERVE, F_SAFETY_STOCK, F_SERVICE_LEVEL, F_SERVICE_LEVELS, F_SKU, F_STATUS, F_TTL, F_WEIGHT,
    KIND_ADJUST, KIND_COMMIT, KIND_EXTEND, KIND_FULFILL, KIND_GET, KIND_NODE_STATUS, KIND_PROMISE, KIND_RELEASE,
    KIND_REROUTE, KIND_RESERVE, KIND_RESOLVE, KIND_ROUTE, KIND_SET, LINES_MAX, LineIn, MODE_FIRM, NODE_LIST_MAX, REROUTE_OVER_CAPACITY, R_INVALID_FIELD, R_INVALID_QUANTITY, R_TOO_MANY_ITEMS,
    R_TOO_MANY_LINES, R_UNKNOWN_SERVICE_LEVEL, Slice,
)
from fastdom._native.fingerprint cimport (
    FACT_LATITUDE_E7, FACT_LONGITUDE_E7, FACT_NOTE, command_fingerprint, fold_attribute, fold_number, fold_text,
)
from fastdom._native.scratch cimport IMPORT_ROWS_MAX, SetRow, scratch_begin

from fastdom.reasons import EngineError, Field, Reason
from fastdom.types import (
    AdjustInventoryRequest, CommitRequest, Destination, ExtendRequest, FulfillRequest, GetReservationRequest,
    ImportInventoryRequest, InventoryRow, LineQuantity, Order, OrderLine, PolicyRef, PostalAddress, PromiseRequest,
    ReleaseRequest, RerouteLine, RerouteNodeRequest, RerouteRequest, ReserveRequest, ResolveExceptionRequest, RouteRequest,
    SetInventoryRequest, SetNodeStatusRequest,
)

cdef extern from "Python.h":
    long long PyLong_AsLongLongAndOverflow(object number, int* overflow) except? -1

cdef enum:
    LATITUDE_MAX = 900000000     # 1e-7 degrees
    LONGITUDE_MAX = 1800000000
    LEVEL_MAX = 4                # ServiceLevel, highest
    HEX_DIGITS = 32              # of a reservation id
    NOTE_MAX = 1024
    F_LATITUDE_E7 = 202          # fields of messages alone (fastdom.reasons.Field)
    F_LONGITUDE_E7 = 203
    F_ROWS = 210
    F_NOTE = 211


cdef int refuse(Scratch s, int32_t reason, int32_t field, int32_t line_i) except -1:
    raise EngineError(Reason(reason), Field(field), line_i, kind=s.command.kind)


# --- values

cdef inline int expect(object given, object cls) except -1:
    """Exactly this class: its slots then keep alive every str that the Command borrows."""
    if type(given) is not cls:
        raise TypeError(f"expected {cls.__name__}, not {type(given).__name__}")
    return 0


cdef int take_text(Scratch s, object text, Slice* into, int32_t field, int32_t line_i) except -1:
    cdef Py_ssize_t size = 0
    try:
        into.data = PyUnicode_AsUTF8AndSize(text, &size)
    except UnicodeEncodeError:
        refuse(s, R_INVALID_FIELD, field, line_i)
    if size > INT32_MAX:
        refuse(s, R_INVALID_FIELD, field, line_i)
    into.size = <int32_t>size
    return 0


cdef int64_t take_int64(Scratch s, object number, int32_t field) except? -1:
    cdef int overflow = 0
    cdef int64_t value = PyLong_AsLongLongAndOverflow(number, &overflow)
    if overflow:
        refuse(s, R_INVALID_FIELD, field, -1)
    return value


cdef int32_t take_int32(Scratch s, object number, int32_t reason, int32_t field, int32_t line_i) except? -1:
    cdef int overflow = 0
    cdef int64_t value = PyLong_AsLongLongAndOverflow(number, &overflow)
    if overflow or value > INT32_MAX or value < INT32_MIN:
        refuse(s, reason, field, line_i)
    return <int32_t>value


cdef inline int32_t hex_value(uint8_t digit) noexcept nogil:
    if c'0' <= digit <= c'9':
        return digit - c'0'
    digit |= 0x20
    if c'a' <= digit <= c'f':
        return digit - c'a' + 10
    return -1


cdef int take_reservation_id(Scratch s, object text) except -1:
    cdef uint64_t* halves = s.command.reservation_id
    cdef Slice digits
    cdef int32_t value
    cdef int32_t i
    take_text(s, text, &digits, F_RESERVATION_ID, -1)
    if digits.size != HEX_DIGITS:
        refuse(s, R_INVALID_FIELD, F_RESERVATION_ID, -1)
    for i in range(HEX_DIGITS):
        value = hex_value(<uint8_t>digits.data[i])
        if value < 0:
            refuse(s, R_INVALID_FIELD, F_RESERVATION_ID, -1)
        halves[i >> 4] = (halves[i >> 4] << 4) | <uint64_t>value
    return 0


cdef int take_head(Scratch s, object request) except -1:
    """What every mutation carries."""
    take_text(s, request.request_id, &s.command.request_id, F_REQUEST_ID, -1)
    s.command.first_sent_at_us = take_int64(s, request.first_sent_at_us, F_FIRST_SENT_AT)
    if s.command.first_sent_at_us < 0:
        refuse(s, R_INVALID_FIELD, F_FIRST_SENT_AT, -1)
    return 0


# --- the order

cdef int take_attributes(Scratch s, object attributes, int32_t line_i) except -1:
    """Checked, packed and added to the fingerprint."""
    cdef LineIn* line = &s.lines[line_i]
    cdef char* at = s.attributes + s.attributes_size
    cdef Slice keys[16]
    cdef Slice values[16]
    cdef int32_t n = 0
    entries = dict(attributes)
    if len(entries) > ATTRIBUTES_MAX:
        refuse(s, R_INVALID_FIELD, F_ATTRIBUTES, line_i)
    for name, text in entries.items():
        take_text(s, name, &keys[n], F_ATTRIBUTES, line_i)
        take_text(s, text, &values[n], F_ATTRIBUTES, line_i)
        if keys[n].size > ATTRIBUTE_BYTES_MAX or values[n].size > ATTRIBUTE_BYTES_MAX:
            refuse(s, R_INVALID_FIELD, F_ATTRIBUTES, line_i)
        fold_attribute(&s.command, line_i, keys[n], values[n])
        n += 1
    if n == 0:
        return 0
    line.attributes.data = at
    line.attributes.size = <int32_t>(attributes_pack(at, keys, values, n) - at)
    s.attributes_size += line.attributes.size
    if s.attributes_size > ATTRIBUTES_ORDER_BYTES:
        refuse(s, R_INVALID_FIELD, F_ATTRIBUTES, line_i)
    return 0


cdef int take_line(Scratch s, object given, int32_t i) except -1:
    cdef LineIn* line = &s.lines[i]
    cdef int32_t weight_g
    expect(given, OrderLine)
    line_id = given.line_id
    take_text(s, line_id, &line.line_id, F_LINE_ID, i)
    s.line_ids[i] = <PyObject*>line_id
    take_text(s, given.sku, &line.sku, F_SKU, i)
    take_text(s, given.node_id, &line.node, F_NODE_ID, i)
    take_text(s, given.group_id, &line.group_id, F_GROUP_ID, i)
    line.quantity = take_int32(s, given.quantity, R_INVALID_QUANTITY, F_QUANTITY, i)
    weight_g = take_int32(s, given.weight_g, R_INVALID_FIELD, F_WEIGHT, i)
    if weight_g < 0:
        refuse(s, R_INVALID_FIELD, F_WEIGHT, i)
    line.weight_g = weight_g if weight_g > 0 else -1
    memset(&line.attributes, 0, sizeof(Slice))
    attributes = given.attributes
    if attributes:
        take_attributes(s, attributes, i)
    return 0


cdef int take_coordinates(Scratch s, object latitude, object longitude) except -1:
    """Both of an address's coordinates, within their range."""
    cdef int32_t latitude_e7
    cdef int32_t longitude_e7
    if latitude is None:
        refuse(s, R_INVALID_FIELD, F_LATITUDE_E7, -1)
    latitude_e7 = take_int32(s, latitude, R_INVALID_FIELD, F_LATITUDE_E7, -1)
    if not -LATITUDE_MAX <= latitude_e7 <= LATITUDE_MAX:
        refuse(s, R_INVALID_FIELD, F_LATITUDE_E7, -1)
    if longitude is None:
        refuse(s, R_INVALID_FIELD, F_LONGITUDE_E7, -1)
    longitude_e7 = take_int32(s, longitude, R_INVALID_FIELD, F_LONGITUDE_E7, -1)
    if not -LONGITUDE_MAX <= longitude_e7 <= LONGITUDE_MAX:
        refuse(s, R_INVALID_FIELD, F_LONGITUDE_E7, -1)
    s.command.latitude_e7 = latitude_e7
    s.command.longitude_e7 = longitude_e7
    fold_number(&s.command, FACT_LATITUDE_E7, latitude_e7)
    fold_number(&s.command, FACT_LONGITUDE_E7, longitude_e7)
    return 0


cdef int take_destination(Scratch s, object destination) except -1:
    cdef Command* c = &s.command
    expect(destination, Destination)
    address = destination.address
    if address is None:
        return take_text(s, destination.pickup_node_id, &c.pickup_node, F_PICKUP_NODE_ID, -1)
    if destination.pickup_node_id:
        refuse(s, R_INVALID_FIELD, F_PICKUP_NODE_ID, -1)
    expect(address, PostalAddress)
    take_text(s, address.postal_code, &c.postal_code, F_POSTAL_CODE, -1)
    take_text(s, address.country_code, &c.country_code, F_COUNTRY_CODE, -1)
    latitude = address.latitude_e7
    longitude = address.longitude_e7
    if latitude is not None or longitude is not None:
        take_coordinates(s, latitude, longitude)
    return 0


cdef int take_order(Scratch s, object order) except -1:
    cdef Command* c = &s.command
    cdef Py_ssize_t n
    cdef int32_t i
    expect(order, Order)
    take_text(s, order.order_id, &c.order_id, F_ORDER_ID, -1)
    take_text(s, order.channel, &c.channel, F_CHANNEL, -1)
    lines = order.lines
    expect(lines, tuple)
    n = len(<tuple>lines)
    if n > LINES_MAX:
        refuse(s, R_TOO_MANY_LINES, F_LINES, -1)
    c.n_lines = <int32_t>n
    for i in range(c.n_lines):
        take_line(s, (<tuple>lines)[i], i)
    destination = order.destination
    if destination is not None:
        take_destination(s, destination)
    c.service_level = take_int32(s, order.service_level, R_UNKNOWN_SERVICE_LEVEL, F_SERVICE_LEVEL, -1)
    c.payment = take_int32(s, order.payment, R_INVALID_FIELD, F_PAYMENT, -1)
    c.placed_at_us = take_int64(s, order.placed_at_us, F_PLACED_AT)
    if c.placed_at_us < 0:
        refuse(s, R_INVALID_FIELD, F_PLACED_AT, -1)
    c.required_by_us = take_int64(s, order.required_by_us, F_REQUIRED_BY)
    if c.required_by_us < 0:
        refuse(s, R_INVALID_FIELD, F_REQUIRED_BY, -1)
    c.order_value_micros = take_int64(s, order.order_value_micros, F_ORDER_VALUE)
    return take_text(s, order.currency_code, &c.currency_code, F_CURRENCY_CODE, -1)


cdef int take_policy(Scratch s, object policy) except -1:
    if policy is not None:
        expect(policy, PolicyRef)
        take_text(s, policy.name, &s.command.policy_name, F_POLICY, -1)
        s.command.policy_version = take_int32(s, policy.version, R_INVALID_FIELD, F_POLICY, -1)
    return 0


# --- Reserve, Route, Promise

cdef int fill_reserve(Scratch s, object request) except -1:
    cdef Command* c = &s.command
    expect(request, ReserveRequest)
    take_head(s, request)
    take_order(s, request.order)
    token = request.option_token
    if not isinstance(token, bytes):
        raise TypeError(f"option_token must be bytes, not {type(token).__name__}")
    if len(<bytes>token) > INT32_MAX:
        refuse(s, R_INVALID_FIELD, F_OPTION_TOKEN, -1)
    c.option_token.data = <const char*><bytes>token
    c.option_token.size = <int32_t>len(<bytes>token)
    c.mode = take_int32(s, request.mode, R_INVALID_FIELD, F_MODE, -1)
    if c.mode < 0 or c.mode >= MODE_FIRM:            # ReserveMode counts HOLD 1, FIRM 2; Mode has PLAN before them
        refuse(s, R_INVALID_FIELD, F_MODE, -1)
    elif c.mode > 0:
        c.mode += 1
    c.ttl_us = take_int64(s, request.ttl_us, F_TTL)
    c.allow_partial = 1 if request.allow_partial else 0
    command_fingerprint(c)
    return 0


cdef int take_nodes(Scratch s, object nodes, Slice* into, int32_t* n, int32_t field) except -1:
    cdef Py_ssize_t count
    cdef int32_t i
    expect(nodes, tuple)
    count = len(<tuple>nodes)
    if count > NODE_LIST_MAX:
        refuse(s, R_TOO_MANY_ITEMS, field, -1)
    n[0] = <int32_t>count
    for i in range(n[0]):
        take_text(s, (<tuple>nodes)[i], &into[i], field, i)
    return 0


cdef int fill_route(Scratch s, object request) except -1:
    cdef Command* c = &s.command
    expect(request, RouteRequest)
    take_head(s, request)
    take_order(s, request.order)
    take_policy(s, request.policy)
    c.mode = take_int32(s, request.mode, R_INVALID_FIELD, F_MODE, -1)
    c.ttl_us = take_int64(s, request.ttl_us, F_TTL)
    take_nodes(s, request.include_node_ids, s.include_nodes, &c.n_include, F_INCLUDE_NODE_IDS)
    take_nodes(s, request.exclude_node_ids, s.exclude_nodes, &c.n_exclude, F_EXCLUDE_NODE_IDS)
    c.allow_partial = 1 if request.allow_partial else 0
    c.max_shipments = take_int32(s, request.max_shipments, R_INVALID_FIELD, F_MAX_SHIPMENTS, -1)
    c.effort = take_int32(s, request.effort, R_INVALID_FIELD, F_EFFORT, -1)
    c.alternatives = take_int32(s, request.alternatives, R_INVALID_FIELD, F_ALTERNATIVES, -1)
    command_fingerprint(c)
    return 0


cdef int take_levels(Scratch s, object levels) except -1:
    cdef uint32_t bit
    cdef int32_t level
    cdef int32_t i = 0
    for given in levels:
        level = take_int32(s, given, R_UNKNOWN_SERVICE_LEVEL, F_SERVICE_LEVELS, i)
        if level < 1 or level > LEVEL_MAX:
            refuse(s, R_UNKNOWN_SERVICE_LEVEL, F_SERVICE_LEVELS, i)
        bit = <uint32_t>1 << level
        if s.command.service_levels & bit:
            refuse(s, R_INVALID_FIELD, F_SERVICE_LEVELS, i)
        s.command.service_levels |= bit
        i += 1
    return 0


cdef int fill_promise(Scratch s, object request) except -1:
    cdef Command* c = &s.command
    expect(request, PromiseRequest)
    take_head(s, request)
    take_order(s, request.order)
    take_levels(s, request.service_levels)
    c.hold = 1 if request.hold else 0
    c.hold_level = take_int32(s, request.option, R_INVALID_FIELD, F_OPTION, -1)
    c.ttl_us = take_int64(s, request.ttl_us, F_TTL)
    take_policy(s, request.policy)
    command_fingerprint(c)
    return 0


# --- the verbs

cdef int fill_commit(Scratch s, object request) except -1:
    expect(request, CommitRequest)
    take_head(s, request)
    take_reservation_id(s, request.reservation_id)
    s.command.reacquire = 1 if request.reacquire else 0
    command_fingerprint(&s.command)
    return 0


cdef int fill_extend(Scratch s, object request) except -1:
    expect(request, ExtendRequest)
    take_head(s, request)
    take_reservation_id(s, request.reservation_id)
    s.command.ttl_us = take_int64(s, request.ttl_us, F_TTL)
    command_fingerprint(&s.command)
    return 0


cdef int fill_units(Scratch s, object request) except -1:
    cdef Command* c = &s.command
    cdef LineIn* line
    cdef Py_ssize_t n
    cdef int32_t i
    expect(request, ReleaseRequest if c.kind == KIND_RELEASE else FulfillRequest)
    take_head(s, request)
    take_reservation_id(s, request.reservation_id)
    lines = request.lines
    expect(lines, tuple)
    n = len(<tuple>lines)
    if n > LINES_MAX:
        refuse(s, R_TOO_MANY_LINES, F_LINES, -1)
    c.n_lines = <int32_t>n
    for i in range(c.n_lines):
        given = (<tuple>lines)[i]
        expect(given, LineQuantity)
        line = &s.lines[i]
        memset(line, 0, sizeof(LineIn))
        line.weight_g = -1
        take_text(s, given.line_id, &line.line_id, F_LINE_ID, i)
        take_text(s, given.node_id, &line.node, F_NODE_ID, i)
        line.quantity = take_int32(s, given.quantity, R_INVALID_QUANTITY, F_QUANTITY, i)
    command_fingerprint(c)
    return 0


cdef int fill_get(Scratch s, object request) except -1:
    expect(request, GetReservationRequest)
    take_reservation_id(s, request.reservation_id)
    command_fingerprint(&s.command)
    return 0


# --- stock, nodes, exceptions

cdef int take_position(Scratch s, object request) except -1:
    take_head(s, request)
    take_text(s, request.sku, &s.command.sku, F_SKU, -1)
    return take_text(s, request.node_id, &s.command.node, F_NODE_ID, -1)


cdef int fill_adjust(Scratch s, object request) except -1:
    cdef Command* c = &s.command
    expect(request, AdjustInventoryRequest)
    take_position(s, request)
    c.delta = take_int32(s, request.delta, R_INVALID_QUANTITY, F_DELTA, -1)
    c.adjust_reason = take_int32(s, request.reason, R_INVALID_FIELD, F_REASON, -1)
    command_fingerprint(c)
    return 0


cdef int32_t take_optional(Scratch s, object units, int32_t field, int32_t line_i) except? -1:
    """Units that may be left out (-1); a negative number is refused, so that it cannot pass for that."""
    cdef int32_t value
    if units is None:
        return -1
    value = take_int32(s, units, R_INVALID_QUANTITY, field, line_i)
    if value < 0:
        refuse(s, R_INVALID_QUANTITY, field, line_i)
    return value


cdef int take_count(Scratch s, object request) except -1:
    """What SetInventory and a chunk of an import say about a count."""
    s.command.as_of_us = take_int64(s, request.as_of_us, F_AS_OF)
    s.command.includes_fulfilments_up_to = take_int64(
        s, request.includes_fulfilments_up_to, F_INCLUDES_FULFILMENTS_UP_TO
    )
    return 0


cdef int fill_set(Scratch s, object request) except -1:
    cdef Command* c = &s.command
    expect(request, SetInventoryRequest)
    take_position(s, request)
    take_count(s, request)
    c.on_hand = take_int32(s, request.on_hand, R_INVALID_QUANTITY, F_ON_HAND, -1)
    c.safety_stock = take_optional(s, request.safety_stock, F_SAFETY_STOCK, -1)
    c.routing_reserve = take_optional(s, request.routing_reserve, F_ROUTING_RESERVE, -1)
    c.expected_on_hand = take_optional(s, request.expected_on_hand, F_EXPECTED_ON_HAND, -1)
    version = request.expected_version
    c.expected_version = -1 if version is None else take_int64(s, version, F_EXPECTED_VERSION)
    if version is not None and c.expected_version < 0:
        refuse(s, R_INVALID_FIELD, F_EXPECTED_VERSION, -1)
    command_fingerprint(c)
    return 0


cdef inline int32_t row_units(object units) except? -1:
    """Units of a row; what the engine has to refuse as out of range comes out below -1."""
    cdef int overflow = 0
    cdef int64_t value
    if units is None:
        return -1
    value = PyLong_AsLongLongAndOverflow(units, &overflow)
    return <int32_t>value if overflow == 0 and 0 <= value <= INT32_MAX else -2


cdef int take_row(Scratch s, object given, int32_t i) except -1:
    cdef SetRow* row = &s.rows[i]
    expect(given, InventoryRow)
    memset(row, 0, sizeof(SetRow))
    take_text(s, given.sku, &row.sku, F_SKU, i)
    take_text(s, given.node_id, &row.node, F_NODE_ID, i)
    row.on_hand = row_units(given.on_hand)
    row.safety_stock = row_units(given.safety_stock)
    row.routing_reserve = row_units(given.routing_reserve)
    return 0


cdef int fill_rows(Scratch s, object request) except -1:
    cdef Py_ssize_t n
    cdef int32_t i
    expect(request, ImportInventoryRequest)
    take_head(s, request)
    take_count(s, request)
    s.command.expected_on_hand = -1
    s.command.expected_version = -1
    rows = request.rows
    expect(rows, tuple)
    n = len(<tuple>rows)
    if n == 0:
        refuse(s, R_INVALID_FIELD, F_ROWS, -1)
    if n > IMPORT_ROWS_MAX:
        refuse(s, R_TOO_MANY_ITEMS, F_ROWS, -1)
    for i in range(<int32_t>n):
        take_row(s, (<tuple>rows)[i], i)
    s.command.n_rows = <int32_t>n
    return 0


cdef int fill_node_status(Scratch s, object request) except -1:
    expect(request, SetNodeStatusRequest)
    take_head(s, request)
    take_text(s, request.node_id, &s.command.node, F_NODE_ID, -1)
    s.command.node_status = take_int32(s, request.status, R_INVALID_FIELD, F_STATUS, -1)
    command_fingerprint(&s.command)
    return 0


cdef int fill_relieve(Scratch s, object request) except -1:
    expect(request, RerouteNodeRequest)
    take_head(s, request)
    take_text(s, request.node_id, &s.command.node, F_NODE_ID, -1)
    s.command.reroute_reason = REROUTE_OVER_CAPACITY
    command_fingerprint(&s.command)
    return 0


cdef int fill_reroute(Scratch s, object request) except -1:
    cdef Command* c = &s.command
    cdef LineIn* line
    cdef Py_ssize_t n
    cdef int32_t i
    expect(request, RerouteRequest)
    take_head(s, request)
    take_reservation_id(s, request.reservation_id)
    take_text(s, request.node_id, &c.node, F_NODE_ID, -1)
    c.reroute_reason = take_int32(s, request.reason, R_INVALID_FIELD, F_REASON, -1)
    lines = request.lines
    expect(lines, tuple)
    n = len(<tuple>lines)
    if n > LINES_MAX:
        refuse(s, R_TOO_MANY_LINES, F_LINES, -1)
    c.n_lines = <int32_t>n
    for i in range(c.n_lines):
        given = (<tuple>lines)[i]
        expect(given, RerouteLine)
        line = &s.lines[i]
        memset(line, 0, sizeof(LineIn))
        line.weight_g = -1
        take_text(s, given.line_id, &line.line_id, F_LINE_ID, i)
        line.quantity = take_int32(s, given.quantity, R_INVALID_QUANTITY, F_QUANTITY, i)
    command_fingerprint(c)
    return 0


cdef int fill_resolve(Scratch s, object request) except -1:
    expect(request, ResolveExceptionRequest)
    take_head(s, request)
    s.command.exception_id = take_int64(s, request.exception_id, F_EXCEPTION_ID)
    take_text(s, request.note, &s.command.note, F_NOTE, -1)
    if s.command.note.size > NOTE_MAX:
        refuse(s, R_INVALID_FIELD, F_NOTE, -1)
    if s.command.note.size:
        fold_text(&s.command, FACT_NOTE, s.command.note)
    command_fingerprint(&s.command)
    return 0


# --- for tests and diagnoses

FILLED = {
    ReserveRequest: KIND_RESERVE, RouteRequest: KIND_ROUTE, PromiseRequest: KIND_PROMISE, CommitRequest: KIND_COMMIT,
    ExtendRequest: KIND_EXTEND, ReleaseRequest: KIND_RELEASE, FulfillRequest: KIND_FULFILL,
    GetReservationRequest: KIND_GET, AdjustInventoryRequest: KIND_ADJUST, SetInventoryRequest: KIND_SET,
    SetNodeStatusRequest: KIND_NODE_STATUS, RerouteRequest: KIND_REROUTE, ResolveExceptionRequest: KIND_RESOLVE,
}


cdef int fill(Scratch s, object request) except -1:
    cdef int32_t kind = FILLED[type(request)]
    scratch_begin(s, kind, 0, 0, 0)
    if kind == KIND_RESERVE:
        return fill_reserve(s, request)
    if kind == KIND_ROUTE:
        return fill_route(s, request)
    if kind == KIND_PROMISE:
        return fill_promise(s, request)
    if kind == KIND_COMMIT:
        return fill_commit(s, request)
    if kind == KIND_EXTEND:
        return fill_extend(s, request)
    if kind == KIND_RELEASE or kind == KIND_FULFILL:
        return fill_units(s, request)
    if kind == KIND_GET:
        return fill_get(s, request)
    if kind == KIND_ADJUST:
        return fill_adjust(s, request)
    if kind == KIND_SET:
        return fill_set(s, request)
    if kind == KIND_REROUTE:
        return fill_reroute(s, request)
    return fill_node_status(s, request) if kind == KIND_NODE_STATUS else fill_resolve(s, request)


cdef bytes bytes_of(Slice text):
    return text.data[:text.size] if text.size else b""


def command_of(request):
    """The Command a request becomes, as a dict of its fields; texts as bytes. Raises EngineError as a call would."""
    cdef Scratch s = Scratch()
    cdef Command* c = &s.command
    cdef int32_t i
    fill(s, request)
    return {
        "kind": c.kind, "request_id": bytes_of(c.request_id), "first_sent_at_us": c.first_sent_at_us,
        "fingerprint": (c.fingerprint[0], c.fingerprint[1]),
        "order_id": bytes_of(c.order_id), "channel": bytes_of(c.channel), "country_code": bytes_of(c.country_code),
        "postal_code": bytes_of(c.postal_code), "pickup_node": bytes_of(c.pickup_node),
        "latitude_e7": c.latitude_e7, "longitude_e7": c.longitude_e7,
        "currency_code": bytes_of(c.currency_code), "order_value_micros": c.order_value_micros,
        "placed_at_us": c.placed_at_us, "required_by_us": c.required_by_us,
        "service_level": c.service_level, "payment": c.payment,
        "lines": [
            {
                "line_id": bytes_of(c.lines[i].line_id), "sku": bytes_of(c.lines[i].sku),
                "node": bytes_of(c.lines[i].node), "group_id": bytes_of(c.lines[i].group_id),
                "quantity": c.lines[i].quantity, "weight_g": c.lines[i].weight_g,
                "attributes": bytes_of(c.lines[i].attributes),
            }
            for i in range(c.n_lines)
        ],
        "mode": c.mode, "ttl_us": c.ttl_us, "allow_partial": bool(c.allow_partial),
        "max_shipments": c.max_shipments, "effort": c.effort,
        "policy_name": bytes_of(c.policy_name), "policy_version": c.policy_version,
        "include_nodes": [bytes_of(c.include_nodes[i]) for i in range(c.n_include)],
        "exclude_nodes": [bytes_of(c.exclude_nodes[i]) for i in range(c.n_exclude)],
        "alternatives": c.alternatives, "explain": bool(getattr(request, "explain", False)),
        "service_levels": c.service_levels, "hold": bool(c.hold), "hold_level": c.hold_level,
        "option_token": bytes_of(c.option_token),
        "reservation_id": f"{c.reservation_id[0]:016x}{c.reservation_id[1]:016x}",
        "reacquire": bool(c.reacquire),
    }
