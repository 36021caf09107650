"""The checks of what comes from the disk: plans, answers, records, and each kind of journal entry."""

from libc.stdint cimport INT32_MAX, uint8_t, uint32_t, uint64_t

from fastdom._native.arena cimport arena_fits
from fastdom._native.capacity cimport capacity_taken
from fastdom._native.command cimport (
    AllocationOut, ExclusionOut, ID_MAX, IMPORT_ROWS_MAX, KIND_ADJUST, KIND_ADVANCE, KIND_COMMIT, KIND_FULFILL, KIND_GET, KIND_IMPORT,
    KIND_INTERN, KIND_NETWORK, KIND_NODE_STATUS, KIND_POLICY, KIND_PROMISE, KIND_RAISE, KIND_REFUSED, KIND_REROUTE, KIND_RESERVE,
    KIND_RESOLVE, KIND_ROUTE, KIND_SET, LINES_MAX, LINE_REASON_LAST, MODE_FIRM, NODE_LIST_MAX, OPTIONS_MAX,
    OPT_HEURISTIC, OUTCOME_REFUSED, OptionOut, REROUTE_OVER_CAPACITY, R_INTERNAL, SHIPMENTS_MAX, STRANDED_ATTEMPTS_EXHAUSTED,
    ShipmentOut, TOKEN_PRICE,
)
from fastdom._native.entry cimport Context, ContextLine, POLICY_EVENT_MAX, answer_unpack, context_unpack
from fastdom._native.faults cimport FAULT_LATE_SUPPLY, FAULT_SHORTFALL, NOTE_MAX
from fastdom._native.positions cimport P_COMMITTED, P_HELD, position_cell, position_find
from fastdom._native.requests cimport request_find
from fastdom._native.reservations cimport (
    STATE_EXPIRED, STATE_HELD, open_units, record_allocations, record_context, record_exclusions, record_shipments,
    record_size, record_stranded, reservation_find, reservation_fits,
)
from fastdom._native.resolved cimport LEVEL_PICKUP, QUANTITY_MAX, WEIGHT_G_MAX
from fastdom._native.stock_row cimport StockRow, stock_row_unpack
from fastdom._native.tally cimport tally_at, tally_clear
from fastdom._native.text cimport is_text
from fastdom._native.varint cimport Reader, get_count
from fastdom._native.state cimport (
    NODE_OFFLINE, NODE_ONLINE, TABLE_CHANNELS, TABLE_NODES, TABLE_SERVICES, TABLE_SKUS, TABLE_TENANTS, due_lift, due_unlift,
)


cdef enum:
    FIELD_MAX = 127              # Field
    KIND_LAST = 31               # Kind, with room for those to come
    HASH_BYTES = 32              # of a network version's content
    INDEX_MAX = NODE_LIST_MAX    # what a refusal may point at: a line, a row of a chunk, or a node of a list
    KEEP_AT_LEAST_US = 60000000  # a full ring of request ids forgets none that is younger

cdef int64_t TIME_MAX_US = 253402300800000000     # year 10000


cdef struct Plan:                # what a reservation takes
    const ShipmentOut* shipments
    const AllocationOut* allocations
    int32_t n_shipments
    int32_t n_allocations


# --- plans ---------------------------------------------------------------------------------------------------------

cdef inline bint is_flag(int32_t value) noexcept nogil:
    return value == 0 or value == 1


cdef bint shipment_fits(const State* s, const ShipmentOut* x) noexcept nogil:
    return (
        is_known(&s.nodes, x.node_i) and (x.service_i == -1 or is_known(&s.services, x.service_i))
        and 0 <= x.units <= STOCK_MAX and 0 <= x.capacity_taken <= (x.units if x.units > 1 else 1)
        and (x.capacity_taken == 0 or x.ship_day >= 0)
    )


cdef bint allocation_fits(const State* s, const AllocationOut* a) noexcept nogil:
    return (
        is_known(&s.skus, a.sku_i) and is_known(&s.nodes, a.node_i)
        and 0 <= a.granted <= QUANTITY_MAX and a.fulfilled >= 0 and a.released >= 0 and a.expired >= 0
        and <int64_t>a.fulfilled + a.released + a.expired <= a.granted
    )


cdef bint plan_fits(const State* s, const Plan* plan, int32_t n_lines) noexcept nogil:
    """Names, quantities, and that each allocation is of one of the lines and in one of the shipments."""
    cdef const AllocationOut* a
    cdef int32_t i
    for i in range(plan.n_shipments):
        if not shipment_fits(s, &plan.shipments[i]):
            return False
    for i in range(plan.n_allocations):
        a = &plan.allocations[i]
        if not (allocation_fits(s, a) and 0 <= a.line_i < n_lines and 0 <= a.shipment_i < plan.n_shipments):
            return False
    return True


cdef Plan whole_plan(const Result* x) noexcept nogil:
    cdef Plan plan
    plan.shipments = x.shipments
    plan.allocations = x.allocations
    plan.n_shipments = x.n_shipments
    plan.n_allocations = x.n_allocations
    return plan


cdef Plan option_plan(const Result* x, const OptionOut* option) noexcept nogil:
    cdef Plan plan
    plan.shipments = x.shipments + option.first_shipment
    plan.allocations = x.allocations + option.first_allocation
    plan.n_shipments = option.n_shipments
    plan.n_allocations = option.n_allocations
    return plan


cdef const OptionOut* held_option(const Result* x) noexcept nogil:
    """The option a Promise took, as the state finds it; NULL = none."""
    cdef int32_t i
    for i in range(x.n_options):
        if x.options[i].service_level == x.held_option:
            return &x.options[i]
    return NULL


cdef bint option_fits(const State* s, const Result* x, const OptionOut* option, int32_t n_lines) noexcept nogil:
    cdef Plan plan
    if not (
        0 < option.service_level <= LEVEL_PICKUP and 0 <= option.optimality <= OPT_HEURISTIC
        and 0 <= option.first_shipment <= x.n_shipments - option.n_shipments
        and 0 <= option.first_allocation <= x.n_allocations - option.n_allocations
    ):
        return False
    plan = option_plan(x, option)
    return plan_fits(s, &plan, n_lines)


# --- answers -------------------------------------------------------------------------------------------------------

cdef bint choices_fit(const State* s, const Result* x) noexcept nogil:
    """Whatever is looked up in a list of names when the answer is given again."""
    cdef int32_t i
    for i in range(x.n_lines):
        if not 0 <= x.lines[i].reason <= LINE_REASON_LAST:
            return False
    if not (
        0 <= x.outcome <= OUTCOME_REFUSED and 0 <= x.optimality <= OPT_HEURISTIC
        and 0 <= x.token_difference <= TOKEN_PRICE and 0 <= x.held_option <= LEVEL_PICKUP
        and x.network_version >= 0 and x.policy_version >= 0
    ):
        return False
    if not x.has_reservation:
        return True
    return (
        x.has_reservation == 1 and STATE_HELD <= x.state <= STATE_EXPIRED and 0 <= x.service_level <= LEVEL_PICKUP
        and (x.channel_i == -1 or is_known(&s.channels, x.channel_i))
        and is_flag(x.committed) and is_flag(x.needs_attention) and is_flag(x.dated) and is_flag(x.reacquired)
    )


cdef bint exclusions_fit(const State* s, const ExclusionOut* exclusions, int32_t n) noexcept nogil:
    cdef int32_t i
    for i in range(n):
        if not (
            is_known(&s.nodes, exclusions[i].node_i) and 0 <= exclusions[i].reason <= REROUTE_OVER_CAPACITY
            and 0 <= exclusions[i].until_us <= TIME_MAX_US
        ):
            return False
    return n < NODE_LIST_MAX


cdef bint moves_fit(const State* s, const Result* x) noexcept nogil:
    """What a re-route remembers: one node at the least, and no more stranded units than are open."""
    cdef int32_t i
    for i in range(x.n_allocations):
        if not 0 <= x.stranded_units[i] <= open_units(&x.allocations[i]):
            return False
    return (
        is_known(&s.nodes, x.node_i) and x.first_moved <= x.n_shipments and x.exception_id >= 0
        and 0 <= x.stranded_reason <= STRANDED_ATTEMPTS_EXHAUSTED
        and x.n_exclusions > 0 and exclusions_fit(s, x.exclusions, x.n_exclusions)
    )


cdef bint reservation_answer_fits(const State* s, int32_t kind, const Result* x) noexcept nogil:
    cdef Plan plan
    cdef int32_t n_lines = x.n_lines if x.n_lines > 0 else LINES_MAX      # the verbs' answers have no lines
    cdef int32_t i
    if not choices_fit(s, x):
        return False
    if kind != KIND_PROMISE or x.n_options == 0:
        plan = whole_plan(x)
        return plan_fits(s, &plan, n_lines) and (not x.has_moves or moves_fit(s, x))
    for i in range(x.n_options):
        if not option_fits(s, x, &x.options[i], n_lines):
            return False
    return not x.has_reservation or held_option(x) != NULL


cdef bint stock_answer_fits(const State* s, const Result* x) noexcept nogil:
    return (
        is_known(&s.skus, x.sku_i) and is_known(&s.nodes, x.node_i)
        and 0 <= x.on_hand <= STOCK_MAX and 0 <= x.safety_stock <= STOCK_MAX and 0 <= x.routing_reserve <= STOCK_MAX
    )


cdef bint refused_rows_fit(const Result* x) noexcept nogil:
    """Rows of a chunk, in their order, each with a reason."""
    cdef Reader r
    cdef int64_t before = -1
    cdef int64_t row_i
    r.at = x.refused_rows.data
    r.end = r.at + x.refused_rows.size
    r.bad = 0
    while r.at < r.end:
        row_i = get_count(&r, IMPORT_ROWS_MAX - 1)
        if row_i <= before or not 0 < get_count(&r, R_INTERNAL):
            return False
        get_count(&r, FIELD_MAX)
        before = row_i
    return not r.bad


cdef bint answer_fits(const State* s, int32_t kind, const Result* x) noexcept nogil:
    """The unpacked answer of a command: a refusal, or what its kind decides."""
    if x.status.reason:
        return 0 < x.status.reason <= R_INTERNAL and 0 <= x.status.field <= FIELD_MAX and -1 <= x.status.line_i < INDEX_MAX
    if KIND_RESERVE <= kind <= KIND_FULFILL or kind == KIND_REROUTE:
        return reservation_answer_fits(s, kind, x)
    if kind == KIND_ADJUST or kind == KIND_SET:
        return stock_answer_fits(s, x)
    if kind == KIND_NODE_STATUS:
        return is_known(&s.nodes, x.node_i)
    if kind == KIND_RESOLVE:
        return 0 < x.exception_id < s.faults.next_id
    if kind == KIND_NETWORK:
        return x.network_version > 0 and is_flag(x.activated)
    if kind == KIND_POLICY:
        return x.policy_version > 0
    if kind == KIND_IMPORT:
        return refused_rows_fit(x)
    return True


cdef bint remembered_fits(const State* s, Slice answer, Result* scratch) noexcept nogil:
    """The table does not say of which kind. No answer reads as another's, but those of a node and an exception, and of a
    network and a chunk; a policy's may read as a node's, too."""
    cdef int32_t kind
    for kind in range(KIND_RESERVE, KIND_LAST + 1):
        if kind == KIND_ROUTE or KIND_COMMIT <= kind <= KIND_GET:
            continue                                  # as Reserve's
        if answer_unpack(kind, answer, scratch) == 0 and answer_fits(s, kind, scratch):
            return True
    return False


cdef bint request_id_fits(const State* s, const Entry* e) noexcept nogil:
    """The id is new, and the ring and the answers have room for it once the entry has forgotten what is old."""
    cdef int64_t oldest_us
    if e.answer.size <= 0 or request_find(&s.requests, e.key) != NULL or not arena_fits(&s.requests.answers, e.answer.size):
        return False
    if s.requests.next - s.requests.oldest < s.requests.slots_max:
        return True
    oldest_us = s.requests.ring[s.requests.oldest % s.requests.slots_max].at_us
    return oldest_us + KEEP_AT_LEAST_US <= e.now_us or oldest_us + s.limits.request_window_us <= e.now_us


# --- order contexts ------------------------------------------------------------------------------------------------

cdef bint nodes_fit(const State* s, const int32_t* nodes, int32_t n) noexcept nogil:
    cdef int32_t i
    for i in range(n):
        if not is_known(&s.nodes, nodes[i]):
            return False
    return True


cdef inline bint text_fits(Slice text, int32_t size_max) noexcept nogil:
    return text.size <= size_max and is_text(<const uint8_t*>text.data, text.size)


cdef bint line_fits(const State* s, const ContextLine* line) noexcept nogil:
    return (
        text_fits(line.line_id, ID_MAX) and text_fits(line.group_id, ID_MAX) and is_known(&s.skus, line.sku_i)
        and (line.node_i == -1 or is_known(&s.nodes, line.node_i))
        and 0 < line.quantity <= QUANTITY_MAX and -1 <= line.weight_g <= WEIGHT_G_MAX
    )


cdef bint context_fits(const State* s, const Context* context, int32_t n_lines) noexcept nogil:
    """Every text is one, and has room where it is copied to; every SKU and node is known."""
    cdef int32_t i
    if not (
        context.n_lines == n_lines and text_fits(context.order_id, ID_MAX) and text_fits(context.country_code, ID_MAX)
        and text_fits(context.postal_code, ID_MAX) and text_fits(context.pickup_node, ID_MAX)
        and text_fits(context.currency_code, ID_MAX) and text_fits(context.policy_name, ID_MAX)
        and 0 <= context.service_level <= LEVEL_PICKUP and 0 <= context.payment <= 2 and 0 <= context.mode <= MODE_FIRM
        and context.zone_i >= -1 and context.max_shipments >= 0 and context.effort >= 0
        and nodes_fit(s, context.include_nodes, context.n_include)
        and nodes_fit(s, context.exclude_nodes, context.n_exclude)
    ):
        return False
    for i in range(n_lines):
        if not line_fits(s, &context.lines[i]):
            return False
    return True


# --- quantities ----------------------------------------------------------------------------------------------------

cdef inline int32_t more_open(const AllocationOut* a, const AllocationOut* before, bint known) noexcept nogil:
    return open_units(a) - (open_units(before) if known else 0)


cdef bint units_fit(
    State* s, const AllocationOut* a, int32_t n, const AllocationOut* before, int32_t n_before
) noexcept nogil:
    """Every position is there and takes the units that become open; they are counted one after the other and put back."""
    cdef int32_t* held
    cdef int32_t done = 0
    cdef int32_t units
    cdef int32_t p
    cdef bint fits = True
    while done < n:
        p = position_find(&s.positions, a[done].sku_i, a[done].node_i)
        if p < 0:
            fits = False
            break
        held = position_cell(&s.positions, p, P_HELD)
        units = more_open(&a[done], &before[done], done < n_before)
        if units > 0 and <int64_t>held[0] + position_cell(&s.positions, p, P_COMMITTED)[0] + units > STOCK_MAX:
            fits = False
            break
        held[0] += units
        done += 1
    while done > 0:
        done -= 1
        p = position_find(&s.positions, a[done].sku_i, a[done].node_i)
        position_cell(&s.positions, p, P_HELD)[0] -= more_open(&a[done], &before[done], done < n_before)
    return fits


cdef bint buckets_fit(const State* s, const ShipmentOut* shipments, int32_t first, int32_t n) noexcept nogil:
    """What the shipments from `first` on take goes into their buckets, bucket by bucket summed."""
    cdef const ShipmentOut* shipment
    cdef int64_t* taken
    cdef int32_t i
    tally_clear(s.tally)
    for i in range(first, n):
        shipment = &shipments[i]
        taken = tally_at(s.tally, <uint64_t><uint32_t>shipment.node_i << 32 | <uint32_t>shipment.ship_day)
        taken[0] += shipment.capacity_taken
        if capacity_taken(&s.capacity, shipment.node_i, shipment.ship_day) + taken[0] > INT32_MAX:
            return False
    return True


# --- reservations --------------------------------------------------------------------------------------------------

cdef bint size_fits(int32_t n_shipments, int32_t n_allocations, int32_t n_exclusions, int64_t context_size) noexcept nogil:
    return (
        n_shipments <= SHIPMENTS_MAX and n_allocations <= LINES_MAX * OPTIONS_MAX
        and record_size(n_shipments, n_allocations, n_exclusions, context_size) <= ITEM_MAX
    )


cdef bint grant_fits(State* s, const Entry* e, const Context* context) noexcept nogil:
    """RESERVE, ROUTE and PROMISE: a new reservation, or nothing."""
    cdef const Result* x = e.result
    cdef Plan plan = whole_plan(x)
    cdef bint fits
    if not x.has_reservation:
        return True
    if e.kind == KIND_PROMISE:
        if held_option(x) == NULL:
            return False
        plan = option_plan(x, held_option(x))
    if (
        reservation_find(&s.reservations, x.reservation_id) != NULL
        or not size_fits(plan.n_shipments, plan.n_allocations, 0, e.context.size)
        or not reservation_fits(&s.reservations, record_size(plan.n_shipments, plan.n_allocations, 0, e.context.size))
        or x.n_lines <= 0 or e.context.size == 0 or not context_fits(s, context, x.n_lines)
        or not buckets_fit(s, plan.shipments, 0, plan.n_shipments)
    ):
        return False
    due_lift(s, e.now_us)
    fits = units_fit(s, plan.allocations, plan.n_allocations, plan.allocations, 0)
    due_unlift(s, e.now_us)
    return fits


cdef bint same_subjects(const Record* record, const Result* x) noexcept nogil:
    """A change keeps what each allocation is of, and takes back nothing that was fulfilled."""
    cdef const AllocationOut* before = record_allocations(record)
    cdef const AllocationOut* a = x.allocations
    cdef int32_t i
    for i in range(x.n_allocations):
        if a[i].line_i >= record.n_lines:
            return False
        if i < record.n_allocations and (
            a[i].line_i != before[i].line_i or a[i].sku_i != before[i].sku_i or a[i].node_i != before[i].node_i
            or a[i].shipment_i != before[i].shipment_i or a[i].fulfilled < before[i].fulfilled
        ):
            return False
    return True


cdef bint short_picks_fit(const State* s, const Result* x) noexcept nogil:
    """Positions of the node that failed, each with units that were not there."""
    cdef Reader r
    r.at = x.short_picks.data
    r.end = r.at + x.short_picks.size
    r.bad = 0
    while r.at < r.end:
        if position_find(&s.positions, <int32_t>get_count(&r, INT32_MAX), x.node_i) < 0 or get_count(&r, STOCK_MAX) < 1:
            return False
    return not r.bad


cdef bint reroute_fits(const State* s, const Entry* e) noexcept nogil:
    if not (is_known(&s.nodes, <int32_t>e.args[0]) and e.args[0] <= INT32_MAX and 0 <= e.args[1] <= INT32_MAX):
        return False
    return not e.result.has_moves or (e.result.node_i == e.args[0] and short_picks_fit(s, e.result))


cdef bint change_fits(State* s, const Entry* e) noexcept nogil:
    """COMMIT, EXTEND, RELEASE, FULFILL and REROUTE: what a known reservation becomes."""
    cdef const Result* x = e.result
    cdef const Record* record = reservation_find(&s.reservations, x.reservation_id)
    cdef bint due
    cdef bint fits
    if (
        record == NULL or not x.has_reservation
        or x.n_allocations < record.n_allocations or x.n_shipments < record.n_shipments
        or not size_fits(
            x.n_shipments, x.n_allocations, x.n_exclusions if x.has_moves else record.n_exclusions, record.context_size
        )
        or not same_subjects(record, x)
        or not buckets_fit(s, x.shipments, 0 if x.reacquired else record.n_shipments, x.n_shipments)
    ):
        return False
    if e.kind == KIND_REROUTE and not reroute_fits(s, e):
        return False
    due = not record.committed and 0 < record.expires_at_us <= e.now_us      # then nothing of it is open any more
    due_lift(s, e.now_us)
    fits = units_fit(s, x.allocations, x.n_allocations, record_allocations(record), 0 if due else record.n_allocations)
    due_unlift(s, e.now_us)
    return fits


cdef bint totals_fit(const Record* record) noexcept nogil:
    cdef const AllocationOut* a = record_allocations(record)
    cdef int64_t still_open = 0
    cdef int64_t fulfilled = 0
    cdef int64_t released = 0
    cdef int64_t expired = 0
    cdef int32_t i
    for i in range(record.n_allocations):
        still_open += open_units(&a[i])
        fulfilled += a[i].fulfilled
        released += a[i].released
        expired += a[i].expired
    return (
        still_open == record.open_units and fulfilled == record.fulfilled_units
        and released == record.released_units and expired == record.expired_units
    )


cdef bint failures_fit(const State* s, const Record* record) noexcept nogil:
    """Nodes that failed it, and stranded units that were granted."""
    cdef int32_t i
    for i in range(record.n_allocations if record.n_exclusions else 0):
        if not 0 <= record_stranded(record)[i] <= record_allocations(record)[i].granted:
            return False
    return record.attempts >= 0 and exclusions_fit(s, record_exclusions(record), record.n_exclusions)


cdef bint record_fits(State* s, const Record* record, Context* scratch) noexcept nogil:
    cdef Plan plan
    cdef Slice packed
    plan.shipments = record_shipments(record)
    plan.allocations = record_allocations(record)
    plan.n_shipments = record.n_shipments
    plan.n_allocations = record.n_allocations
    packed.data = record_context(record)
    packed.size = record.context_size
    return (
        0 < record.n_lines <= LINES_MAX and record.tenant_i >= 0
        and (record.channel_i == -1 or is_known(&s.channels, record.channel_i))
        and is_flag(record.committed) and is_flag(record.needs_attention) and is_flag(record.dated)
        and record.network_version >= 0 and record.policy_version >= 0
        and 0 < record.created_seq <= s.seq and record.created_seq <= record.version <= s.seq
        and plan_fits(s, &plan, record.n_lines) and totals_fit(record) and failures_fit(s, record)
        and packed.size > 0 and context_unpack(packed, scratch) == 0 and context_fits(s, scratch, record.n_lines)
        and units_fit(s, plan.allocations, plan.n_allocations, plan.allocations, 0)
    )


# --- one entry -----------------------------------------------------------------------------------------------------

cdef bint names_fit(const State* s, const Entry* e) noexcept nogil:
    """INTERN: so many names of 1 to ID_MAX bytes of UTF-8, and room for them."""
    cdef const Interner* names
    cdef int64_t left = e.text.size
    cdef int64_t n = 0
    cdef const char* at = e.text.data
    cdef int32_t size
    if e.args[0] == TABLE_SKUS:
        names = &s.skus
    elif e.args[0] == TABLE_NODES:
        names = &s.nodes
    elif e.args[0] == TABLE_CHANNELS:
        names = &s.channels
    elif e.args[0] == TABLE_TENANTS:
        names = &s.tenants
    elif e.args[0] == TABLE_SERVICES:
        names = &s.services
    else:
        return False
    while left > 0:
        size = <uint8_t>at[0]
        if size < 1 or size > ID_MAX or size + 1 > left or not is_text(<const uint8_t*>at + 1, size):
            return False
        at += 1 + size
        left -= 1 + size
        n += 1
    return (
        n == e.args[1] and names.index.count + n <= names.index.slots_max
        and names.text_used + e.text.size <= names.text_max
    )


cdef bint position_fits(const State* s, const Entry* e) noexcept nogil:
    """ADJUST and SET."""
    cdef const Result* x = e.result
    return (
        x.on_hand_version <= <int64_t>INT32_MAX + 1 and -x.on_hand_version <= <int64_t>INT32_MAX + 1
        and (e.kind == KIND_ADJUST or e.args[0] >= 0)
    )


cdef bint chunk_fits(const State* s, const Entry* e) noexcept nogil:
    """IMPORT: known names, quantities, and room for the positions that are new."""
    cdef StockRow row
    cdef Reader r
    cdef int64_t n = 0
    cdef int64_t fresh = 0
    r.at = e.text.data
    r.end = r.at + e.text.size
    r.bad = 0
    while r.at < r.end:
        stock_row_unpack(&r, &row)
        if r.bad or not (
            is_known(&s.skus, row.sku_i) and is_known(&s.nodes, row.node_i) and 0 <= row.on_hand <= STOCK_MAX
            and 0 <= row.safety_stock <= STOCK_MAX and 0 <= row.routing_reserve <= STOCK_MAX
        ):
            return False
        n += 1
        fresh += position_find(&s.positions, row.sku_i, row.node_i) < 0
    return n <= IMPORT_ROWS_MAX and e.args[0] >= 0 and s.positions.count + fresh <= s.limits.positions_max


cdef bint raise_fits(const State* s, const Entry* e) noexcept nogil:
    return (
        FAULT_SHORTFALL <= e.args[0] <= FAULT_LATE_SUPPLY and 0 <= e.args[1] < <int64_t>s.nodes.index.count
        and 0 <= e.args[2] <= INT32_MAX and 0 <= e.args[3] <= INT32_MAX
    )


cdef bint decides(int32_t kind) noexcept nogil:
    """Kinds whose entry means nothing without an answer."""
    return (
        KIND_RESERVE <= kind <= KIND_FULFILL or kind == KIND_REROUTE or kind == KIND_ADJUST or kind == KIND_SET
        or kind == KIND_IMPORT or kind == KIND_NODE_STATUS or kind == KIND_RESOLVE or kind == KIND_REFUSED
    )


cdef bint entry_fits(State* s, const Entry* e, const Context* context) noexcept nogil:
    if e.now_us < s.now_us or e.now_us > TIME_MAX_US or e.tenant_i < 0 or e.answer.size > ITEM_MAX:
        return False
    if decides(e.kind) and (
        e.answer.size == 0 or e.result.now_us != e.now_us or (e.result.status.reason != 0) != (e.kind == KIND_REFUSED)
    ):
        return False
    if e.answer.size and not answer_fits(s, e.kind, e.result):
        return False
    if e.has_request and not request_id_fits(s, e):
        return False
    if e.kind == KIND_RESERVE or e.kind == KIND_ROUTE or e.kind == KIND_PROMISE:
        return grant_fits(s, e, context)
    if KIND_COMMIT <= e.kind <= KIND_FULFILL or e.kind == KIND_REROUTE:
        return change_fits(s, e)
    if e.kind == KIND_ADJUST or e.kind == KIND_SET:
        return position_fits(s, e)
    if e.kind == KIND_IMPORT:
        return chunk_fits(s, e)
    if e.kind == KIND_NODE_STATUS:
        return NODE_ONLINE <= e.args[0] <= NODE_OFFLINE
    if e.kind == KIND_RESOLVE:
        return text_fits(e.text, NOTE_MAX)
    if e.kind == KIND_INTERN:
        return names_fit(s, e)
    if e.kind == KIND_NETWORK:
        return e.text.size == HASH_BYTES and 0 < e.args[0] <= INT32_MAX
    if e.kind == KIND_POLICY:
        return 0 < e.text.size <= POLICY_EVENT_MAX
    if e.kind == KIND_ADVANCE:
        return e.args[0] >= 0
    if e.kind == KIND_RAISE:
        return raise_fits(s, e)
    return True                  # REFUSED; a kind that is not known is refused by the state
