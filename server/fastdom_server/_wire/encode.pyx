"""Results of the hot requests to protobuf bytes (see encode.pxd for the rules); plans are in encode_plan.pxd."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy

from fastdom._native.command cimport (
    OPT_BOUND, OPT_HEURISTIC, OPTIONS_MAX, OUTCOME_REFUSED, AllocationOut, Command, LineOut, OptionOut, Result, Slice,
)
from fastdom._native.reservations cimport STATE_PARTIALLY_FULFILLED, open_units
from fastdom_server._wire.encode_plan cimport (
    Encoder, Span, line_id, put_plan, put_service, put_shipments, put_unassigned,
)
from fastdom_server._wire.tags cimport *
from fastdom_server._wire.write cimport (
    Writer, close_message, put_bytes, put_duration, put_name, put_number, put_signed, put_text, put_timestamp, room,
)

cdef uint16_t HEX_PAIRS[256]


cdef void fill_hex_pairs():
    cdef bytes digits = b"0123456789abcdef"
    cdef uint8_t pair[2]
    cdef int i
    for i in range(256):
        pair[0] = digits[i >> 4]
        pair[1] = digits[i & 15]
        memcpy(&HEX_PAIRS[i], pair, 2)


fill_hex_pairs()


cdef void put_hex(Writer* w, uint32_t tag, const uint64_t* id) noexcept nogil:
    """128 bits as 32 lower-case hexadecimal digits, the high half first."""
    cdef uint16_t pairs[16]
    cdef int32_t i
    for i in range(16):
        pairs[i] = HEX_PAIRS[(id[i >> 3] >> (56 - 8 * (i & 7))) & 0xFF]
    put_bytes(w, tag, <const char*>pairs, 32)


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


cdef void put_allocations(Encoder* e, const Span* span) noexcept nogil:
    cdef Writer* w = &e.w
    cdef const Result* r = e.result
    cdef const AllocationOut* a
    cdef const uint8_t* end
    cdef int32_t units
    cdef int32_t i
    for i in range(span.first_allocation + span.n_allocations - 1, span.first_allocation - 1, -1):
        if not room(w, 0):
            return
        a = &r.allocations[i]
        units = open_units(a)
        end = w.at
        if 0 <= a.shipment_i < span.n_shipments:
            put_service(e, ALLOCATION_CARRIER_SERVICE_ID, r.shipments[span.first_shipment + a.shipment_i].service_i)
        put_number(w, ALLOCATION_SHIPMENT_I, a.shipment_i)
        put_number(w, ALLOCATION_EXPIRED, a.expired)
        put_number(w, ALLOCATION_RELEASED, a.released)
        put_number(w, ALLOCATION_FULFILLED, a.fulfilled)
        put_number(w, ALLOCATION_COMMITTED, units if r.committed else 0)
        put_number(w, ALLOCATION_HELD, 0 if r.committed else units)
        put_number(w, ALLOCATION_GRANTED, a.granted)
        put_name(w, ALLOCATION_NODE_ID, e.tables.nodes, a.node_i)
        put_name(w, ALLOCATION_SKU, e.tables.skus, a.sku_i)
        put_text(w, ALLOCATION_LINE_ID, line_id(e, a.line_i))
        close_message(w, RESERVATION_ALLOCATIONS, end)


cdef void put_context(Encoder* e, const Span* span) noexcept nogil:
    """What GetReservation tells besides: the level, and until the reservation is final the shipments as quoted."""
    if e.result.state <= STATE_PARTIALLY_FULFILLED:
        put_text(&e.w, RESERVATION_CURRENCY_CODE, e.texts.currency)
        put_number(&e.w, RESERVATION_COST_MICROS, e.result.total_micros)
        put_shipments(e, RESERVATION_SHIPMENTS, span)
    put_number(&e.w, RESERVATION_SERVICE_LEVEL, e.result.service_level)


cdef void put_reservation(Encoder* e, uint32_t tag) noexcept nogil:
    cdef Writer* w = &e.w
    cdef const Result* r = e.result
    cdef const uint8_t* end = w.at
    cdef Span span = reserved_span(r)
    if not r.has_reservation or not room(w, 0):
        return
    if e.command.kind == METHOD_GET_RESERVATION:
        put_context(e, &span)
    put_number(w, RESERVATION_UPDATED_SEQ, r.version)
    put_number(w, RESERVATION_NEEDS_ATTENTION, r.needs_attention != 0)
    put_timestamp(w, RESERVATION_CREATED_AT, r.created_at_us)
    put_timestamp(w, RESERVATION_EXPIRES_AT, r.expires_at_us)
    put_allocations(e, &span)
    put_number(w, RESERVATION_STATE, r.state)
    put_name(w, RESERVATION_CHANNEL, e.tables.channels, r.channel_i)
    put_text(w, RESERVATION_ORDER_ID, r.order_id if e.line_ids != NULL else e.command.order_id)
    put_hex(w, RESERVATION_RESERVATION_ID, r.reservation_id)
    close_message(w, tag, end)


# --- the replies


cdef bint has_plan(const Command* c, const Result* r) noexcept nogil:
    """Whether a Reserve answers shipments: granted now, and by token or with a line that was not pinned."""
    cdef int32_t i
    if r.repeated or r.outcome == OUTCOME_REFUSED:
        return False
    if c.option_token.size > 0:
        return True
    for i in range(c.n_lines):
        if c.lines[i].node.size == 0:
            return True
    return False


cdef void put_line_results(Encoder* e) noexcept nogil:
    cdef Writer* w = &e.w
    cdef const LineOut* line
    cdef const uint8_t* end
    cdef int32_t i
    for i in range(e.result.n_lines - 1, -1, -1):
        if not room(w, 0):
            return
        line = &e.result.lines[i]
        end = w.at
        put_number(w, RESULT_REASON, line.reason)
        put_number(w, RESULT_AVAILABLE_AFTER, line.available_after)
        put_number(w, RESULT_SHORTFALL, line.shortfall)
        put_number(w, RESULT_GRANTED, line.granted)
        put_text(w, RESULT_LINE_ID, line_id(e, i))
        close_message(w, RESERVED_LINE_RESULTS, end)


cdef void put_reserved(Encoder* e) noexcept nogil:
    """ReserveResponse."""
    cdef const Result* r = e.result
    put_number(&e.w, RESERVED_DECISION_US, e.decision_us)
    put_number(&e.w, RESERVED_INVENTORY_SEQ, r.seq)
    if e.command.option_token.size > 0:
        put_number(&e.w, RESERVED_TOKEN_DIFFERENCE, r.token_difference + 1)
    if has_plan(e.command, r):
        put_plan(e, RESERVED_PLAN)
    put_line_results(e)
    put_reservation(e, RESERVED_RESERVATION)
    put_number(&e.w, RESERVED_OUTCOME, r.outcome)


cdef void put_routed(Encoder* e) noexcept nogil:
    """RouteResponse, without alternatives and candidates: they are a second, cold call."""
    cdef Writer* w = &e.w
    cdef const Result* r = e.result
    cdef int64_t gap_micros = r.gap_micros if r.optimality == OPT_BOUND else 0
    put_number(w, ROUTED_DECISION_US, e.decision_us)
    put_number(w, ROUTED_INVENTORY_SEQ, r.seq)
    put_number(w, ROUTED_NETWORK_VERSION, r.network_version)
    put_number(w, ROUTED_POLICY_VERSION, r.policy_version)
    if r.policy_version > 0:
        put_text(w, ROUTED_POLICY_NAME, e.command.policy_name if e.command.policy_name.size else e.texts.policy_name)
    put_number(w, ROUTED_SUBSETS_EVALUATED, r.evaluations)
    put_number(w, ROUTED_NODES_CONSIDERED, r.nodes_considered)
    put_reservation(e, ROUTED_RESERVATION)
    put_number(w, ROUTED_OUTCOME, r.outcome)
    put_signed(w, ROUTED_GAP_MICROS, -1 if r.optimality == OPT_HEURISTIC else gap_micros)
    put_number(w, ROUTED_OPTIMALITY, r.optimality)
    if not r.repeated:
        put_plan(e, ROUTED_PLAN)


cdef void put_difference(Writer* w, const OptionOut* option, const OptionOut* first) noexcept nogil:
    cdef const uint8_t* end = w.at
    put_signed(w, DIFFERENCE_SHIPMENTS, option.n_shipments - first.n_shipments)
    put_duration(w, DIFFERENCE_ARRIVE_BY, option.arrive_by_us - first.arrive_by_us)
    put_signed(w, DIFFERENCE_COST_MICROS, option.cost_micros - first.cost_micros)
    close_message(w, OPTION_DIFFERENCE, end)


cdef void put_options(Encoder* e) noexcept nogil:
    cdef Writer* w = &e.w
    cdef const Result* r = e.result
    cdef const OptionOut* option
    cdef const uint8_t* end
    cdef Span span
    cdef int32_t i
    for i in range(r.n_options - 1, -1, -1):
        if not room(w, 0):
            return
        option = &r.options[i]
        span.first_shipment = option.first_shipment
        span.n_shipments = option.n_shipments
        span.first_allocation = option.first_allocation
        span.n_allocations = option.n_allocations
        end = w.at
        if i > 0:
            put_difference(w, option, r.options)
        put_timestamp(w, OPTION_VALID_UNTIL, option.valid_until_us)
        if not r.has_reservation or option.service_level != r.held_option:
            put_bytes(w, OPTION_OPTION_TOKEN, <const char*>option.token, option.token_size)
        put_number(w, OPTION_COST_MICROS, option.cost_micros)
        put_shipments(e, OPTION_SHIPMENTS, &span)
        put_number(w, OPTION_CONFIDENCE_PERMILLE, option.confidence_permille)
        put_timestamp(w, OPTION_ORDER_BY, option.order_by_us)
        put_timestamp(w, OPTION_ARRIVE_BY, option.arrive_by_us)
        put_timestamp(w, OPTION_ARRIVE_FROM, option.arrive_from_us)
        put_timestamp(w, OPTION_SHIP_BY, option.ship_by_us)
        put_timestamp(w, OPTION_SHIP_FROM, option.ship_from_us)
        put_number(w, OPTION_SERVICE_LEVEL, option.service_level)
        close_message(w, PROMISED_OPTIONS, end)


cdef void put_promised(Encoder* e) noexcept nogil:
    """PromiseResponse."""
    cdef const Result* r = e.result
    put_number(&e.w, PROMISED_HELD_OPTION, r.held_option if r.has_reservation else 0)
    put_reservation(e, PROMISED_RESERVATION)
    put_number(&e.w, PROMISED_DECISION_US, e.decision_us)
    put_number(&e.w, PROMISED_NETWORK_VERSION, r.network_version)
    put_number(&e.w, PROMISED_INVENTORY_SEQ, r.seq)
    put_text(&e.w, PROMISED_CURRENCY_CODE, e.texts.currency)
    if r.n_options == 0:
        put_unassigned(e, PROMISED_UNPROMISED_LINES)
    put_options(e)


cdef void put_done(Encoder* e) noexcept nogil:
    """ExtendResponse, CommitResponse, ReleaseResponse, FulfillResponse and GetReservationResponse."""
    cdef const Result* r = e.result
    if e.command.kind == METHOD_COMMIT:
        put_number(&e.w, DONE_REACQUIRED, r.reacquired != 0)
    elif e.command.kind == METHOD_FULFILL:
        put_number(&e.w, DONE_COUNT_MISMATCH, r.count_mismatch)
    if e.command.kind != METHOD_GET_RESERVATION:
        put_number(&e.w, DONE_DECISION_US, e.decision_us)
    put_number(&e.w, DONE_INVENTORY_SEQ, r.seq)
    put_reservation(e, DONE_RESERVATION)


cdef const VersionTexts* texts_of(const EncodeTables* tables, int32_t version) noexcept nogil:
    cdef int32_t i
    if tables.active.version != version:
        for i in range(tables.n_versions):
            if tables.versions[i].version == version:
                return &tables.versions[i]
    return tables.active


cdef int64_t reply_max(int32_t method, int32_t n_lines) noexcept nogil:
    if method < METHOD_RESERVE or method > METHOD_GET_RESERVATION:
        return 0
    if method == METHOD_PROMISE:
        return REPLY_FIXED_MAX + <int64_t>n_lines * REPLY_LINE_MAX * OPTIONS_MAX
    return REPLY_FIXED_MAX + <int64_t>n_lines * REPLY_LINE_MAX


cdef int64_t encode_result(
    int32_t method, const Command* command, const Result* result, const EncodeTables* tables, EncodeScratch* scratch,
    int64_t decision_us, char* out, int64_t out_max
) noexcept nogil:
    cdef Encoder e
    e.w.at = <uint8_t*>out + out_max
    e.w.floor = <uint8_t*>out
    e.w.full = False
    e.command = command
    e.result = result
    e.tables = tables
    e.texts = texts_of(tables, result.network_version)
    e.scratch = scratch
    e.line_ids = result.line_ids if method >= METHOD_COMMIT else NULL
    e.n_line_ids = result.n_line_ids
    e.decision_us = 0 if result.repeated else decision_us
    if not room(&e.w, 0):
        return -1
    if method == METHOD_RESERVE:
        put_reserved(&e)
    elif method == METHOD_ROUTE:
        put_routed(&e)
    elif method == METHOD_PROMISE:
        put_promised(&e)
    else:
        put_done(&e)
    return -1 if e.w.full else <uint8_t*>out + out_max - e.w.at


cdef Slice slice_of(bytes text):
    """Borrowed: valid while `text` is."""
    cdef Slice made
    made.data = text
    made.size = <int32_t>len(text)
    return made


cdef class Texts:
    """Texts of one network version that replies need beside interned names.

    Parameters
    ----------
    version : int
        Of the network, 0 = none.
    services : list of bytes
        External ids of the carrier services by index, each at most 64 bytes.
    currency : bytes
        Accounting currency, three letters.
    policy_name : bytes
        Name of the default policy, at most 64 bytes.

    Raises
    ------
    ValueError
        A text is longer than its limit.
    """

    def __cinit__(self, int32_t version, list services, bytes currency, bytes policy_name):
        cdef int i
        for text in (*services, policy_name):
            if len(text) > TABLE_NAME_MAX:
                raise ValueError(f"{text!r} is longer than {TABLE_NAME_MAX} bytes")
        if len(currency) > CURRENCY_MAX:
            raise ValueError(f"{currency!r} is not an ISO 4217 code")
        self.kept = [*services, currency, policy_name]
        self.slices = <Slice*>calloc(max(1, len(services)), sizeof(Slice))
        if self.slices == NULL:
            raise MemoryError("carrier service ids")
        for i in range(len(services)):
            self.slices[i] = slice_of(services[i])
        self.texts.version = version
        self.texts.services = self.slices
        self.texts.n_services = <int32_t>len(services)
        self.texts.currency = slice_of(currency)
        self.texts.policy_name = slice_of(policy_name)

    def __dealloc__(self):
        free(self.slices)
