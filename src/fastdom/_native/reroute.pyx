"""Moving a reservation's units off a node that failed it, in one journalled step."""

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memcmp, memset

from fastdom._native.command cimport (
    AllocationOut, Command, ExclusionOut, F_LINE_ID, F_NODE_ID, F_NONE, F_QUANTITY, F_REASON, F_RESERVATION_ID, KIND_REROUTE,
    LINES_MAX, LineIn, OPTIONS_MAX, REROUTE_NODE_OFFLINE, REROUTE_OTHER, REROUTE_OVER_CAPACITY, REROUTE_SHORT_PICK, REROUTE_UNSPECIFIED, R_INTERNAL,
    R_INVALID_FIELD, R_INVALID_QUANTITY, R_LIMIT_EXCEEDED, R_NOTHING_OPEN_AT_NODE, R_QUANTITY_EXCEEDS_OPEN, R_RESERVATION_EXPIRED,
    R_RESERVATION_FULFILLED, R_RESERVATION_NOT_FOUND, R_RESERVATION_RELEASED, R_UNKNOWN_LINE, R_UNKNOWN_NODE, Result, SHIPMENTS_MAX,
    ShipmentOut, STRANDED_ATTEMPTS_EXHAUSTED, STRANDED_NO_OTHER_NODE, Slice,
)
from fastdom._native.capacity cimport Bucket, CAPACITY_DAYS, capacity_bucket, capacity_taken
from fastdom._native.core cimport Engine
from fastdom._native.entry cimport Context, Entry, context_unpack, entry_bound, result_clear
from fastdom._native.entry_check cimport ITEM_MAX
from fastdom._native.faults cimport FAULT_STRANDED, Fault, fault_open_of
from fastdom._native.gather cimport CAPACITY_NONE
from fastdom._native.journaling cimport entry_clear, journal, room_for
from fastdom._native.policy cimport Policy
from fastdom._native.quote cimport quote_reroute, reroute_policy
from fastdom._native.remembering cimport (
    refuse, refuse_clean, remember, remember_refusal, request_named, seen_before,
)
from fastdom._native.requests cimport request_key
from fastdom._native.reservations cimport (
    Record, STATE_EXPIRED, STATE_FULFILLED, STATE_PARTIALLY_FULFILLED, STATE_RELEASED, open_units, record_allocations,
    record_context, record_exclusions, record_shipments, record_size, record_stranded, reservation_find, reservation_fits,
)
from fastdom._native.run_change cimport describe_reservation, in_network
from fastdom._native.state cimport NODE_OFFLINE, State, due_lift, due_unlift
from fastdom._native.table cimport fd_hash64, intern_find
from fastdom._native.tally cimport tally_at, tally_clear
from fastdom._native.varint cimport put
from fastdom._native.verbs cimport view_record


cdef int64_t DAY_US = 86400000000


cdef inline void refuse_line(Result* out, int32_t reason, int32_t field, int32_t line_i) noexcept nogil:
    out.status.reason = reason
    out.status.field = field
    out.status.line_i = line_i


cdef bint unpack_order(Engine* g, const Record* record) noexcept nogil:
    """The order context into g.context."""
    cdef Slice packed
    packed.data = record_context(record)
    packed.size = record.context_size
    return context_unpack(packed, &g.context) == 0


# --- by what terms -------------------------------------------------------------------------------------------------

cdef const Policy* policy_of_order(const Engine* g) noexcept nogil:
    """The policy of the order in g.context; NULL when there is no network to decide by."""
    if g.net == NULL or g.net.version == 0:
        return NULL
    return &g.net.policies[reroute_policy(g.net, &g.context)]


cdef int64_t attempts_max(const Engine* g) noexcept nogil:
    """Moves by request that the order may have: its policy's number, else the limit."""
    cdef const Policy* policy = policy_of_order(g)
    if policy != NULL and policy.reroute_attempts_max >= 0:
        return policy.reroute_attempts_max
    return g.state.limits.reroute_attempts_max


cdef int64_t exclusion_us(const Engine* g) noexcept nogil:
    """How long a node that failed the order stays out: its policy's time, else the limit."""
    cdef const Policy* policy = policy_of_order(g)
    if policy != NULL and policy.reroute_exclude_us >= 0:
        return policy.reroute_exclude_us
    return g.state.limits.reroute_exclusion_us


# --- which units leave ---------------------------------------------------------------------------------------------
# g.leaving holds, by allocation of the reservation, how many units have to leave the node; moving takes from it, so
# that what is left there stays.

cdef inline bint same(Slice a, Slice b) noexcept nogil:
    return a.size == b.size and (a.size == 0 or memcmp(a.data, b.data, a.size) == 0)


cdef inline uint64_t text_key(Slice text) noexcept nogil:
    return fd_hash64(text.data, text.size, 5)


cdef int64_t all_leave(Engine* g, const Result* view, int32_t node_i) noexcept nogil:
    """Every open unit at the node; how many there are."""
    cdef const AllocationOut* a = view.allocations
    cdef int64_t units = 0
    cdef int32_t i
    for i in range(view.n_allocations):
        g.leaving[i] = open_units(&a[i]) if a[i].node_i == node_i else 0
        units += g.leaving[i]
    return units


cdef void list_at_node(Engine* g, const Result* view, int32_t node_i) noexcept nogil:
    """Chain the node's allocations of every line in their order; the tally holds index + 1 of each chain's first."""
    cdef int64_t* head
    cdef int32_t i
    tally_clear(g.state.tally)
    for i in range(view.n_allocations - 1, -1, -1):
        if view.allocations[i].node_i == node_i:
            head = tally_at(g.state.tally, text_key(g.context.lines[view.allocations[i].line_i].line_id))
            g.state.tally.next[i] = <int32_t>head[0]
            head[0] = i + 1


cdef void line_leaves(Engine* g, const LineIn* line, int32_t line_i, Result* view) noexcept nogil:
    """Units of one line named by a Reroute, or the refusal."""
    cdef const AllocationOut* a = view.allocations
    cdef int32_t next = <int32_t>tally_at(g.state.tally, text_key(line.line_id))[0]
    cdef int32_t left = line.quantity
    cdef int32_t units
    cdef int32_t i
    cdef bint known = False
    if line.quantity <= 0:
        refuse_line(view, R_INVALID_QUANTITY, F_QUANTITY, line_i)
        return
    while next:
        i = next - 1
        next = g.state.tally.next[i]
        if not same(g.context.lines[a[i].line_i].line_id, line.line_id):
            continue             # another id of the same hash
        known = True
        units = open_units(&a[i]) - g.leaving[i]
        units = left if left < units else units
        g.leaving[i] += units
        left -= units
    if not known:
        refuse_line(view, R_UNKNOWN_LINE, F_LINE_ID, line_i)
    elif left > 0:
        refuse_line(view, R_QUANTITY_EXCEEDS_OPEN, F_QUANTITY, line_i)


cdef void name_units(Engine* g, const Command* c, int32_t node_i, Result* view) noexcept nogil:
    """The units a Reroute names, or the refusal."""
    cdef int32_t i
    if all_leave(g, view, node_i) == 0:
        refuse_line(view, R_NOTHING_OPEN_AT_NODE, F_NODE_ID, -1)
        return
    if c.n_lines == 0:
        return
    memset(g.leaving, 0, view.n_allocations * sizeof(int32_t))
    list_at_node(g, view, node_i)
    for i in range(c.n_lines):
        line_leaves(g, &c.lines[i], i, view)
        if view.status.reason:
            return


cdef void whole_groups(Engine* g, const Result* view, int32_t node_i) noexcept nogil:
    """Lines of a group leave from one node: when units of one have to go, all that the group has open there go."""
    cdef const AllocationOut* a = view.allocations
    cdef Slice group
    cdef int32_t i
    tally_clear(g.state.tally)
    for i in range(view.n_allocations):
        group = g.context.lines[a[i].line_i].group_id
        if g.leaving[i] and group.size:
            tally_at(g.state.tally, text_key(group))[0] = 1
    for i in range(view.n_allocations):
        group = g.context.lines[a[i].line_i].group_id
        if a[i].node_i == node_i and group.size and tally_at(g.state.tally, text_key(group))[0]:
            g.leaving[i] = open_units(&a[i])


cdef Slice pack_short_picks(Engine* g, const Result* view) noexcept nogil:
    """Units that leave, by SKU: what a short pick says is not there."""
    cdef const AllocationOut* a = view.allocations
    cdef char* at = g.context_bytes
    cdef int64_t* units
    cdef Slice packed
    cdef int32_t i
    tally_clear(g.state.tally)
    for i in range(view.n_allocations):
        if g.leaving[i]:
            tally_at(g.state.tally, <uint64_t>a[i].sku_i)[0] += g.leaving[i]
    for i in range(view.n_allocations):
        units = tally_at(g.state.tally, <uint64_t>a[i].sku_i)
        if g.leaving[i] and units[0]:
            at = put(at, <uint64_t>a[i].sku_i)
            at = put(at, <uint64_t>units[0])
            units[0] = 0
    packed.data = g.context_bytes
    packed.size = <int32_t>(at - g.context_bytes)
    return packed


# --- where they go -------------------------------------------------------------------------------------------------

cdef bint record_fits(const Engine* g, const Record* record, int64_t n_shipments, int64_t n_allocations, int64_t n_exclusions) noexcept nogil:
    cdef int64_t size = record_size(n_shipments, n_allocations, n_exclusions, record.context_size)
    return size <= ITEM_MAX and reservation_fits(&g.state.reservations, size)


cdef bint grows_too_far(const Engine* g, const Record* record, const Result* fresh) noexcept nogil:
    """A record keeps the places its units have left: after very many moves, or in a full table, they stay where they are."""
    cdef int64_t n_shipments = <int64_t>record.n_shipments + fresh.n_shipments
    cdef int64_t n_allocations = <int64_t>record.n_allocations + fresh.n_allocations
    return (
        n_shipments > SHIPMENTS_MAX or n_allocations > LINES_MAX * OPTIONS_MAX
        or not record_fits(g, record, n_shipments, n_allocations, record.n_exclusions + 1)
    )


cdef void take_leaving(Engine* g, const Result* fresh, Result* out) noexcept nogil:
    """What was placed elsewhere leaves the failed node's allocations, line by line."""
    cdef int64_t* head
    cdef int32_t left
    cdef int32_t units
    cdef int32_t i
    cdef int32_t j
    tally_clear(g.state.tally)
    for i in range(out.n_allocations - 1, -1, -1):
        if g.leaving[i]:
            head = tally_at(g.state.tally, <uint64_t>out.allocations[i].line_i)
            g.state.tally.next[i] = <int32_t>head[0]
            head[0] = i + 1
    for j in range(fresh.n_allocations):
        left = fresh.allocations[j].granted
        head = tally_at(g.state.tally, <uint64_t>fresh.allocations[j].line_i)
        while left and head[0]:
            i = <int32_t>head[0] - 1
            units = left if left < g.leaving[i] else g.leaving[i]
            out.allocations[i].granted -= units
            g.leaving[i] -= units
            left -= units
            if g.leaving[i] == 0:
                head[0] = g.state.tally.next[i]


cdef int32_t move_units(Engine* g, const Record* record, int32_t node_i, Result* out) noexcept nogil:
    """The view of the reservation becomes that after the move; units that found another node. Due holds are lifted."""
    cdef Result* fresh = &g.work
    cdef int32_t units = 0
    cdef int32_t j
    result_clear(fresh)
    fresh.now_us = out.now_us
    if g.net != NULL and g.net.version:
        units = quote_reroute(
            &g.state, g.net, record, &g.context, node_i, g.leaving, out.now_us, g.quote, g.order, fresh
        )
    if units == 0 or grows_too_far(g, record, fresh):
        return 0
    take_leaving(g, fresh, out)
    for j in range(fresh.n_allocations):
        out.allocations[record.n_allocations + j] = fresh.allocations[j]
        out.allocations[record.n_allocations + j].shipment_i += record.n_shipments
    for j in range(fresh.n_shipments):
        out.shipments[record.n_shipments + j] = fresh.shipments[j]
        out.costs[record.n_shipments + j] = fresh.costs[j]
        # a hold for a dated option ends no later than any order_by it now stands for
        if out.dated and not out.committed and 0 < fresh.shipments[j].order_by_us < out.expires_at_us:
            out.expires_at_us = fresh.shipments[j].order_by_us
    out.n_allocations = record.n_allocations + fresh.n_allocations
    out.n_shipments = record.n_shipments + fresh.n_shipments
    return units


# --- what is remembered --------------------------------------------------------------------------------------------

cdef void exclude(const Engine* g, const Record* record, int32_t node_i, int32_t reason, Result* out) noexcept nogil:
    """The nodes that still are excluded, then this one, from now on for as long as policy or limits say."""
    cdef const ExclusionOut* known = record_exclusions(record)
    cdef ExclusionOut* failed
    cdef int64_t until_us = out.now_us + exclusion_us(g)
    cdef int32_t i
    out.n_exclusions = 0
    for i in range(record.n_exclusions):
        if known[i].node_i == node_i:
            until_us = known[i].until_us if known[i].until_us > until_us else until_us
        elif out.now_us < known[i].until_us:
            out.exclusions[out.n_exclusions] = known[i]
            out.n_exclusions += 1
    failed = &out.exclusions[out.n_exclusions]
    failed.node_i = node_i
    failed.reason = reason
    failed.until_us = until_us
    out.n_exclusions += 1


cdef inline bint wanted_elsewhere(const State* s, const Record* record, int32_t node_i) noexcept nogil:
    """Units stranded at another node still want to leave it: it is OFFLINE, or nobody has closed the exception."""
    return (
        s.node_status[node_i] == NODE_OFFLINE
        or fault_open_of(&s.faults, FAULT_STRANDED, -1, node_i, record.id) != NULL
    )


cdef int64_t mark_stranded(const Engine* g, const Record* record, int32_t node_i, Result* out) noexcept nogil:
    """Units by allocation that should have left; how many at this node, those of earlier re-routes too.

    Units of one line at one node are alike: those that were stranded there before leave first.
    """
    cdef const AllocationOut* before = record_allocations(record)
    cdef const AllocationOut* a = out.allocations
    cdef int64_t here = 0
    cdef int32_t units
    cdef int32_t i
    memset(out.stranded_units, 0, out.n_allocations * sizeof(int32_t))
    for i in range(record.n_allocations):
        units = record_stranded(record)[i] if record.n_exclusions else 0
        if units > open_units(&before[i]):
            units = open_units(&before[i])
        if a[i].node_i == node_i:
            units -= before[i].granted - a[i].granted
            units = g.leaving[i] if units < g.leaving[i] else units
            here += units
        elif units and not wanted_elsewhere(&g.state, record, a[i].node_i):
            units = 0
        out.stranded_units[i] = units
        if units:
            out.needs_attention = 1
    return here


cdef bint stranded_elsewhere(const State* s, const Record* record, int32_t node_i) noexcept nogil:
    """Open units at another node that is OFFLINE: they need attention whatever becomes of those at this one."""
    cdef const AllocationOut* a = record_allocations(record)
    cdef int32_t i
    for i in range(record.n_allocations):
        if a[i].node_i != node_i and s.node_status[a[i].node_i] == NODE_OFFLINE and open_units(&a[i]):
            return True
    return False


cdef void conclude(
    Engine* g, const Record* record, int32_t node_i, int32_t reason, int32_t stranded_reason, Entry* e, Result* out
) noexcept nogil:
    """What the reservation remembers of the move in out, and the entry of it."""
    cdef const Fault* known = fault_open_of(&g.state.faults, FAULT_STRANDED, -1, node_i, record.id)
    cdef int64_t here
    cdef int32_t i
    out.node_i = node_i
    out.first_moved = record.n_shipments
    out.attempts = record.attempts
    if out.rerouted and reason < REROUTE_NODE_OFFLINE:
        out.attempts += 1
    for i in range(record.n_allocations):
        out.stranded += g.leaving[i]
    out.has_moves = 1
    exclude(g, record, node_i, reason, out)
    out.needs_attention = 1 if record.needs_attention and stranded_elsewhere(&g.state, record, node_i) else 0
    here = mark_stranded(g, record, node_i, out)
    if out.stranded:
        out.stranded_reason = stranded_reason
    if here:
        out.exception_id = known.id if known != NULL else g.state.faults.next_id
    entry_clear(e, KIND_REROUTE, NULL, out)
    e.tenant_i = record.tenant_i
    e.args[0] = node_i
    e.args[1] = here


# --- by request ----------------------------------------------------------------------------------------------------

cdef int32_t final_reason(int32_t state) noexcept nogil:
    """Why a reservation of this state has nothing to move; 0 = it has."""
    if state == STATE_FULFILLED:
        return R_RESERVATION_FULFILLED
    if state == STATE_RELEASED:
        return R_RESERVATION_RELEASED
    return R_RESERVATION_EXPIRED if state == STATE_EXPIRED else 0


cdef void decide(Engine* g, const Command* c, Entry* e, Result* out) noexcept nogil:
    """out becomes the reservation after the move and e its entry, or out is a refusal. Changes nothing."""
    cdef Record* record = reservation_find(&g.state.reservations, c.reservation_id)
    cdef int32_t node_i = out.node_i
    cdef int32_t reason = c.reroute_reason
    cdef bint may_move
    if record == NULL or record.tenant_i != c.tenant_i:
        refuse_line(out, R_RESERVATION_NOT_FOUND, F_RESERVATION_ID, -1)
        return
    if not unpack_order(g, record):
        refuse_line(out, R_INTERNAL, F_RESERVATION_ID, -1)
        return
    if not record_fits(g, record, record.n_shipments, record.n_allocations, record.n_exclusions + 1):
        refuse_line(out, R_LIMIT_EXCEEDED, 0, -1)
        return
    view_record(record, out.now_us, out)
    out.service_level = g.context.service_level
    if final_reason(out.state):
        refuse_line(out, final_reason(out.state), F_RESERVATION_ID, -1)
        return
    name_units(g, c, node_i, out)
    if out.status.reason:
        return
    if reason == REROUTE_UNSPECIFIED:
        reason = REROUTE_OTHER
    if reason == REROUTE_SHORT_PICK:
        out.short_picks = pack_short_picks(g, out)
    whole_groups(g, out, node_i)
    may_move = record.attempts < attempts_max(g)
    if may_move:
        due_lift(&g.state, out.now_us)
        out.rerouted = move_units(g, record, node_i, out)
        due_unlift(&g.state, out.now_us)
    conclude(
        g, record, node_i, reason, STRANDED_NO_OTHER_NODE if may_move else STRANDED_ATTEMPTS_EXHAUSTED, e, out
    )


cdef int run_reroute(Engine* g, Command* c, Result* r) noexcept nogil:
    cdef uint64_t key[2]
    cdef Entry e
    if not request_named(c, r):
        return 0
    request_key(c.tenant_i, c.request_id, key)
    if seen_before(g, c, key, r):
        describe_reservation(g, r)
        return 0
    if c.n_lines > LINES_MAX:
        return refuse(r, R_INVALID_FIELD, F_NONE)
    if c.reroute_reason < REROUTE_UNSPECIFIED or c.reroute_reason > REROUTE_OTHER:
        return refuse(r, R_INVALID_FIELD, F_REASON)
    r.node_i = intern_find(&g.state.nodes, c.node)
    if in_network(g, r.node_i):
        decide(g, c, &e, r)
    else:
        refuse(r, R_UNKNOWN_NODE, F_NODE_ID)
    r.seq = g.state.seq
    r.wait_seq = g.state.seq
    if r.status.reason == R_LIMIT_EXCEEDED:
        return refuse_clean(c, r, R_LIMIT_EXCEEDED)
    if r.status.reason:
        return remember_refusal(g, c, key, r)
    remember(g, &e, c, key, r)
    if r.status.reason == 0:
        describe_reservation(g, r)
    return 0


# --- because the node is OFFLINE -----------------------------------------------------------------------------------

cdef bint is_out(const Record* record, int32_t node_i, int64_t now_us) noexcept nogil:
    """The node is remembered as one that failed the reservation lately."""
    cdef const ExclusionOut* known = record_exclusions(record)
    cdef int32_t i
    for i in range(record.n_exclusions):
        if known[i].node_i == node_i:
            return now_us < known[i].until_us
    return False


cdef bint stranded_before(const State* s, const Record* record, const Entry* e) noexcept nogil:
    """The same units are on record as stranded there already."""
    cdef const Fault* fault = fault_open_of(&s.faults, FAULT_STRANDED, -1, <int32_t>e.args[0], record.id)
    return record.needs_attention and fault != NULL and fault.quantity == e.args[1]


cdef int32_t reroute_one(Engine* g, Record* record, int32_t node_i, int64_t now_us, int64_t* moved) noexcept nogil:
    cdef Result* out = &g.work_after
    cdef Entry e
    moved[0] = 0
    result_clear(out)
    out.now_us = now_us
    if not unpack_order(g, record):
        return 0
    view_record(record, now_us, out)
    if out.state > STATE_PARTIALLY_FULFILLED:
        return 0
    all_leave(g, out, node_i)
    due_lift(&g.state, now_us)
    out.rerouted = move_units(g, record, node_i, out)
    due_unlift(&g.state, now_us)
    moved[0] = out.rerouted
    conclude(g, record, node_i, REROUTE_NODE_OFFLINE, STRANDED_NO_OTHER_NODE, &e, out)
    if out.rerouted == 0:
        # in a full table there is no room to remember the node by, but what stays is told
        out.has_moves = record_fits(g, record, record.n_shipments, record.n_allocations, record.n_exclusions + 1)
        if stranded_before(&g.state, record, &e) and (is_out(record, node_i, now_us) or not out.has_moves):
            return out.stranded
    if room_for(g, entry_bound(&e)) != 0:
        return -1
    out.version = g.state.seq + 1
    return out.stranded if journal(g, &e, now_us) == 0 else -1


# --- because it has more to ship than it may -----------------------------------------------------------------------

cdef bint node_over(const Engine* g, int32_t node_i, int64_t now_us) noexcept nogil:
    cdef const Bucket* bucket
    cdef int32_t today = <int32_t>(now_us // DAY_US) - 1     # yesterday's bucket may still be open somewhere
    cdef int32_t day
    if g.net == NULL or node_i >= g.net.n_nodes or g.net.capacity_kind[node_i] == CAPACITY_NONE:
        return False
    for day in range(CAPACITY_DAYS):
        bucket = capacity_bucket(&g.state.capacity, node_i, day)
        if bucket.day >= today and bucket.taken > g.net.capacity_limit[node_i]:
            return True
    return False


cdef int32_t shipment_over(const Engine* g, const Record* record, int32_t node_i, int64_t now_us) noexcept nogil:
    """The first shipment from the node that none has left of, in an open bucket with more than its limit; -1 = none."""
    cdef const ShipmentOut* shipments = record_shipments(record)
    cdef const AllocationOut* a = record_allocations(record)
    cdef int32_t limit
    cdef int32_t i
    if g.net == NULL or node_i >= g.net.n_nodes:
        return -1
    limit = g.net.capacity_limit[node_i]
    tally_clear(g.state.tally)
    for i in range(record.n_allocations):
        if a[i].fulfilled:
            tally_at(g.state.tally, <uint64_t>a[i].shipment_i)[0] = 1
    for i in range(record.n_shipments):
        if (
            shipments[i].node_i == node_i and shipments[i].capacity_taken > 0 and now_us < shipments[i].ship_at_us
            and capacity_taken(&g.state.capacity, node_i, shipments[i].ship_day) > limit
            and tally_at(g.state.tally, <uint64_t>i)[0] == 0
        ):
            return i
    return -1


cdef int32_t relieve_one(Engine* g, Record* record, int32_t node_i, int64_t now_us, int64_t* moved) noexcept nogil:
    cdef Result* out = &g.work_after
    cdef const AllocationOut* a = record_allocations(record)
    cdef Entry e
    cdef int32_t shipment_i = shipment_over(g, record, node_i, now_us)
    cdef int32_t units = 0
    cdef int32_t i
    moved[0] = 0
    result_clear(out)
    out.now_us = now_us
    if shipment_i < 0 or not unpack_order(g, record):
        return 0
    view_record(record, now_us, out)
    if out.state > STATE_PARTIALLY_FULFILLED:
        return 0
    for i in range(record.n_allocations):
        g.leaving[i] = open_units(&a[i]) if a[i].shipment_i == shipment_i else 0
        units += g.leaving[i]
    due_lift(&g.state, now_us)
    out.rerouted = move_units(g, record, node_i, out)
    due_unlift(&g.state, now_us)
    if out.rerouted < units:
        return units             # the bucket would be none the emptier for a part
    conclude(g, record, node_i, REROUTE_OVER_CAPACITY, STRANDED_NO_OTHER_NODE, &e, out)
    if room_for(g, entry_bound(&e)) != 0:
        return -1
    out.version = g.state.seq + 1
    if journal(g, &e, now_us) != 0:
        return -1
    moved[0] = units
    return 0


cdef bint touches_node(const Record* record, int32_t node_i) noexcept nogil:
    cdef int32_t i
    if record.open_units == 0:
        return False
    for i in range(record.n_allocations):
        if record_allocations(record)[i].node_i == node_i and open_units(&record_allocations(record)[i]):
            return True
    return False
