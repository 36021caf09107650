"""Gathering: one pass over stock for all levels, one over the nodes it found for each level.

Rules
-----
- The policy's constraints of the stage hold: see policy.pxd.
- A node covers a block when it has the units of every SKU of the block, less what is kept back, and is capable of it.
- A carrier service is offered at a node when it serves the lane at the level, collects on delivery where that is
  asked, has a hand-over with room, and arrives by required_by.
- Room: a shipment counts 1 or its units. Where units count, the hand-over must have room for all blocks the node
  covers; if no service has one, for the smallest of them, and the shipment is limited to what is left.
"""

from libc.stdint cimport INT32_MAX, INT64_MAX, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcmp, memset

from fastdom._native.command cimport LINE_NO_CAPACITY, LINE_NO_LANE, LINE_PAYMENT_NOT_SERVED, LINE_TOO_LATE, Slice
from fastdom._native.heavy_prices cimport heavy_prices
from fastdom._native.network cimport LaneSet, arrival_days
from fastdom._native.objectives cimport offer_costs, stock_prices
from fastdom._native.place cimport CAPACITY_UNITS, distance_raw, routable_units
from fastdom._native.plan cimport COST_MAX, Candidate, NO_TARIFF, Problem, ROW_NONE
from fastdom._native.plan_cost cimport capped, weigh
from fastdom._native.policy cimport CAPABILITIES, CAPABILITY_OVERSIZE, DISTANCE, Policy, SHIPPING, SPLIT_PENALTY
from fastdom._native.positions cimport P_FREE, P_NODE, P_RESERVE, Positions, Run, position_cell, run_begin, run_next
from fastdom._native.quote_scratch cimport PLACES, ROW_TABLE_SIZE, RowEntry, breathe, partial_allowed
from fastdom._native.resolved cimport Demand, LEVEL_PICKUP, LEVELS, Resolved, ResolvedLine
from fastdom._native.shared_stock cimport shared_skus
from fastdom._native.taken cimport taken_of
from fastdom._native.varint cimport Reader, get, get_bytes


cdef extern from *:
    """
    static inline int fd_lowest64(uint64_t bits) { return __builtin_ctzll(bits); }
    static inline void fd_fetch(const void *place) { __builtin_prefetch(place); }
    static inline int64_t fd_ratio_up(int64_t a, int64_t b, int64_t c) {
        __int128 up = ((__int128)a * b + c - 1) / c;
        return up > INT64_MAX ? INT64_MAX : (int64_t)up;
    }
    """
    int fd_lowest64(uint64_t bits) noexcept nogil
    int64_t fd_ratio_up(int64_t a, int64_t b, int64_t c) noexcept nogil  # ceil(a * b / c), at most INT64_MAX
    void fd_fetch(const void* place) noexcept nogil


cdef enum:
    FETCH_MAX = 32               # cache lines asked for ahead: more would push each other out


# --- stock -----------------------------------------------------------------------------------------------------------
# No branch depends on whether a node has the units: it would be guessed wrong every third time.

cdef inline int64_t has_units(
    const Place* p, const Quote* q, int32_t free, int32_t reserve, int32_t position, int32_t quantity
) noexcept nogil:
    """1 when the position has the quantity for routing, else 0."""
    cdef int64_t units = routable_units(p, free, reserve)
    if q.n_taken:
        units -= taken_of(q, position)
    return units >= quantity


cdef inline void demand_pass(
    const Place* p, Quote* q, const Demand* demand, uint64_t* counts, int32_t stride, int32_t shift
) noexcept nogil:
    """Add 1 << shift to counts[rank * stride] of every node with the units of the demand."""
    cdef const Positions* positions = &p.state.positions
    cdef const int32_t* rank_of_node = p.net.rank_of_node
    cdef int32_t n_nodes = p.net.n_nodes
    cdef const int32_t* nodes
    cdef const int32_t* free
    cdef const int32_t* reserve
    cdef int32_t rank
    cdef int32_t i
    cdef Run run
    if not run_begin(positions, demand.sku_i, &run):
        return
    while True:
        nodes = position_cell(positions, run.first, P_NODE)
        free = position_cell(positions, run.first, P_FREE)
        reserve = position_cell(positions, run.first, P_RESERVE)
        for i in range(run.length):
            if nodes[i] < n_nodes:
                rank = rank_of_node[nodes[i]]
                if rank < RANKS_MAX:
                    counts[rank * stride] += <uint64_t>has_units(
                        p, q, free[i], reserve[i], run.first + i, demand.quantity
                    ) << shift
        if not run_next(positions, &run):
            return


cdef void group_pass(const Place* p, Quote* q, int32_t b, int32_t n_ranks) noexcept nogil:
    """A block of several SKUs: a node covers it when it meets every demand."""
    cdef int32_t words = q.problem.cover_words
    cdef uint64_t wanted = <uint64_t>(p.order.demand_start[b + 1] - p.order.demand_start[b])
    cdef int32_t d
    cdef int32_t rank
    memset(q.met, 0, n_ranks * sizeof(uint64_t))
    for d in range(p.order.demand_start[b], p.order.demand_start[b + 1]):
        demand_pass(p, q, &p.order.demands[d], q.met, 1, 0)
    for rank in range(n_ranks):
        q.cover[rank * words + (b >> 6)] |= <uint64_t>(q.met[rank] == wanted) << (b & 63)


cdef inline void positions_fetch(const Place* p) noexcept nogil:
    """Ask for the first positions of every SKU at once, instead of waiting for them one after the other."""
    cdef const Positions* positions = &p.state.positions
    cdef uint32_t head
    cdef int32_t d
    for d in range(p.order.n_demands if p.order.n_demands < FETCH_MAX else FETCH_MAX):
        head = positions.sku_first[p.order.demands[d].sku_i]
        if head:
            fd_fetch(position_cell(positions, <int32_t>(head >> 1) - 1, P_NODE))
            fd_fetch(position_cell(positions, <int32_t>(head >> 1) - 1, P_RESERVE))


cdef void only_cover(const Place* p, Quote* q, int32_t b, int32_t n_ranks) noexcept nogil:
    """Nobody but the one node covers the block (what-if plans of explanations)."""
    cdef int32_t words = q.problem.cover_words
    cdef int32_t rank
    for rank in range(n_ranks):
        if p.net.node_by_rank[rank] != q.only_node - 1:
            q.cover[rank * words + (b >> 6)] &= ~(<uint64_t>1 << (b & 63))


cdef void stock_pass(const Place* p, Quote* q) noexcept nogil:
    cdef const Resolved* r = p.order
    cdef int32_t n_ranks = ranks_of(p.net)
    cdef int32_t words = (r.n_blocks + 63) >> 6
    cdef int32_t b
    q.problem.n_blocks = r.n_blocks
    q.problem.cover_words = words
    q.cover_mask = p.stage.reserve_mask
    q.cover_extra = p.stage.reserve_extra
    positions_fetch(p)
    memset(q.cover, 0, n_ranks * words * sizeof(uint64_t))
    for b in range(r.n_blocks):
        if r.demand_start[b + 1] - r.demand_start[b] > 1:
            group_pass(p, q, b, n_ranks)
        else:
            demand_pass(p, q, &r.demands[r.demand_start[b]], &q.cover[b >> 6], words, b & 63)
        breathe(q, n_ranks)
    if q.only_line > 0 and q.only_line <= r.n_lines:
        only_cover(p, q, r.lines[q.only_line - 1].block_i, n_ranks)


# --- who carries it --------------------------------------------------------------------------------------------------

cdef bint offer_live(
    const Place* p, int32_t node_i, int32_t set_i, int32_t j, int64_t need, int32_t* slot, int32_t* reason
) noexcept nogil:
    cdef const LaneSet* lane = &p.net.sets[set_i]
    cdef int32_t service_i = lane.service_i[j]
    cdef int64_t from_us
    cdef int64_t by_us
    reason[0] = LINE_NO_LANE
    if not service_open(p, service_i):
        return False
    reason[0] = LINE_PAYMENT_NOT_SERVED
    if p.order.cod and not p.net.service_cod[service_i]:
        return False
    slot[0] = slot_with_room(p, node_i, service_i, need)
    if slot[0] < 0:
        reason[0] = LINE_NO_CAPACITY if slot_next(p.net, node_i, service_i, p.at_us) >= 0 else LINE_NO_LANE
        return False
    if p.arrive_max_us == INT64_MAX:
        return True
    reason[0] = LINE_TOO_LATE
    return arrival_days(
        p.net, service_i, p.order.tz_i, p.net.slot_day[slot[0]], lane.transit_max[j], p.net.slot_handover[slot[0]],
        &from_us, &by_us
    ) and by_us <= p.arrive_max_us


cdef inline int32_t live_places(
    const Place* p, int32_t node_i, int32_t set_i, int64_t need, int32_t* slots
) noexcept nogil:
    """Bit set of the places of a lane set that are offered, with their hand-overs."""
    cdef const LaneSet* lane = &p.net.sets[set_i]
    cdef bint plain = not p.order.cod and p.arrive_max_us == INT64_MAX and p.stage.service_allowed == NULL
    cdef int32_t live = 0
    cdef int32_t reason
    cdef int32_t j
    for j in range(lane.n):
        if plain:
            slots[j] = slot_with_room(p, node_i, lane.service_i[j], need)
            live |= (slots[j] >= 0) << j
        elif offer_live(p, node_i, set_i, j, need, &slots[j], &reason):
            live |= 1 << j
    return live


cdef void covered_units(
    const Place* p, const uint64_t* cover, int32_t words, int64_t* total, int64_t* least
) noexcept nogil:
    """Units of all the blocks, and of the smallest one."""
    cdef int32_t word
    cdef uint64_t bits
    cdef int64_t units
    total[0] = 0
    least[0] = INT64_MAX
    for word in range(words):
        bits = cover[word]
        while bits:
            units = p.order.block_units[(word << 6) + fd_lowest64(bits)]
            total[0] += units
            if units < least[0]:
                least[0] = units
            bits &= bits - 1


cdef int32_t least_left(const Place* p, int32_t node_i, int32_t live, const int32_t* slots) noexcept nogil:
    """Units that every offered hand-over has left."""
    cdef int32_t left = INT32_MAX
    cdef int32_t units
    cdef int32_t j
    for j in range(PLACES):
        if live >> j & 1:
            units = capacity_left(p, node_i, p.net.slot_day[slots[j]])
            left = units if units < left else left
    return left


cdef inline int32_t lane_offer(
    const Place* p, int32_t node_i, int32_t set_i, const uint64_t* cover, int32_t words, int32_t* slots,
    int32_t* units_left
) noexcept nogil:
    """Places of the lane set that are offered for what the node covers."""
    cdef int64_t total
    cdef int64_t least
    cdef int32_t live
    units_left[0] = INT32_MAX
    if p.net.capacity_kind[node_i] != CAPACITY_UNITS:
        return live_places(p, node_i, set_i, 1, slots)
    covered_units(p, cover, words, &total, &least)
    live = live_places(p, node_i, set_i, total, slots)
    if live == 0 and least < total:
        live = live_places(p, node_i, set_i, least, slots)
        units_left[0] = least_left(p, node_i, live, slots)
    return live


cdef int32_t pickup_offer(
    const Place* p, int32_t node_i, const uint64_t* cover, int32_t words, int32_t* slots, int32_t* units_left
) noexcept nogil:
    """1 when the goods can be ready at the counter in time, as place 0."""
    cdef int32_t service_i = p.net.pickup_service[node_i]
    cdef int64_t total
    cdef int64_t least
    units_left[0] = INT32_MAX
    if service_i < 0 or not service_open(p, service_i) or (p.order.cod and not p.net.service_cod[service_i]):
        return 0
    covered_units(p, cover, words, &total, &least)
    slots[0] = slot_with_room(p, node_i, service_i, total)
    if slots[0] < 0 and least < total:
        slots[0] = slot_with_room(p, node_i, service_i, least)
        if slots[0] >= 0:
            units_left[0] = least_left(p, node_i, 1, slots)
    if slots[0] < 0:
        return 0
    return p.net.slot_handover[slots[0]] <= p.arrive_max_us


cdef int32_t row_new(const Place* p, Quote* q, int32_t set_i, int32_t live) noexcept nogil:
    cdef int32_t row_i = q.problem.n_rows
    cdef uint16_t* row = &q.row_tariffs[<Py_ssize_t>row_i * PLACES]
    cdef int32_t n = 0
    cdef int32_t j
    for j in range(PLACES):
        if live >> j & 1:
            row[n] = <uint16_t>p.net.sets[set_i].price_i[j]
            n += 1
    for j in range(n, PLACES):
        row[j] = <uint16_t>NO_TARIFF
    if p.policy.by_offer:
        memset(&q.place_fixed[<Py_ssize_t>row_i * PLACES * p.policy.n_cost], 0, PLACES * p.policy.n_cost * sizeof(int64_t))
        memset(&q.place_unit[<Py_ssize_t>row_i * PLACES * p.policy.n_cost], 0, PLACES * p.policy.n_cost * sizeof(int64_t))
    q.problem.n_rows += 1
    return row_i


cdef inline int32_t row_of(const Place* p, Quote* q, int32_t set_i, int32_t live) noexcept nogil:
    """The tariff row of a lane set with these places; candidates on equal lanes share it."""
    cdef int32_t key = set_i * 16 + live
    cdef uint32_t at = (<uint32_t>key * <uint32_t>0x9E3779B1) >> 19
    cdef RowEntry* entry = &q.rows[at]
    while entry.epoch == q.row_epoch and entry.key != key:
        at = (at + 1) & (ROW_TABLE_SIZE - 1)
        entry = &q.rows[at]
    if entry.epoch != q.row_epoch:
        entry.epoch = q.row_epoch
        entry.key = key
        entry.row_i = row_new(p, q, set_i, live)
    return entry.row_i


cdef inline void candidate_costs(const Place* p, Candidate* candidate, int32_t node_i) noexcept nogil:
    """What the node and the distance cost, whoever carries."""
    cdef const Policy* policy = p.policy
    cdef const int64_t* fixed = &policy.node_fixed_cost[<Py_ssize_t>node_i * policy.n_cost]
    cdef const int64_t* unit = &policy.node_unit_cost[<Py_ssize_t>node_i * policy.n_cost]
    cdef int64_t distance_m
    cdef int64_t cost
    cdef int32_t level = policy.level[DISTANCE]
    cdef int32_t component
    candidate.fixed[0] = fixed[0]
    candidate.unit_cost[0] = unit[0]
    for component in range(1, policy.n_cost):
        candidate.fixed[component] = fixed[component]
        candidate.unit_cost[component] = unit[component]
    if p.order.postal_i >= 0 and level >= 0 and policy.distance_micros_per_km_unit:
        distance_m = p.net.distance_m[<Py_ssize_t>p.order.postal_i * p.net.n_nodes + node_i]
        cost = weigh(distance_raw(distance_m, policy.distance_micros_per_km_unit), policy.weights[DISTANCE])
        candidate.unit_cost[level] = capped(candidate.unit_cost[level] + cost)


cdef int32_t row_priced(
    const Place* p, Quote* q, Candidate* candidate, int32_t node_i, int32_t set_i, int32_t live, const int32_t* slots
) noexcept nogil:
    """The tariff row of a candidate whose carrier services cost more than their tariff.

    What all of them cost goes to the candidate; where nothing is left, the row is shared with others as ever.
    """
    cdef int64_t fixed[4][4]
    cdef int64_t unit[4][4]
    cdef int64_t least
    cdef int32_t n_cost = p.policy.n_cost
    cdef int32_t component
    cdef int32_t row_i
    cdef int32_t at
    cdef int32_t j
    cdef bint differ = False
    for j in range(PLACES):
        if live >> j & 1:
            offer_costs(p, node_i, set_i, j, slots[j], fixed[j], unit[j])
    for component in range(n_cost):
        least = COST_MAX
        for j in range(PLACES):
            if live >> j & 1 and fixed[j][component] < least:
                least = fixed[j][component]
        candidate.fixed[component] = capped(candidate.fixed[component] + least)
        for j in range(PLACES):
            if live >> j & 1:
                fixed[j][component] -= least
                differ |= fixed[j][component] != 0
        least = COST_MAX
        for j in range(PLACES):
            if live >> j & 1 and unit[j][component] < least:
                least = unit[j][component]
        candidate.unit_cost[component] = capped(candidate.unit_cost[component] + least)
        for j in range(PLACES):
            if live >> j & 1:
                unit[j][component] -= least
                differ |= unit[j][component] != 0
    if set_i < 0:
        return <int32_t>ROW_NONE
    if not differ:
        return row_of(p, q, set_i, live)
    q.places_differ = True
    row_i = row_new(p, q, set_i, live)
    at = 0
    for j in range(PLACES):
        if live >> j & 1:
            for component in range(n_cost):
                q.place_fixed[(<Py_ssize_t>row_i * PLACES + at) * n_cost + component] = fixed[j][component]
                q.place_unit[(<Py_ssize_t>row_i * PLACES + at) * n_cost + component] = unit[j][component]
            at += 1
    return row_i


cdef inline bint covers_any(const uint64_t* cover, int32_t words) noexcept nogil:
    cdef uint64_t some = cover[0]
    cdef int32_t word
    for word in range(1, words):
        some |= cover[word]
    return some != 0


cdef inline const uint64_t* capable_cover(const Place* p, Quote* q, const uint64_t* cover, int32_t node_i) noexcept nogil:
    """Of the blocks those that the node is capable of."""
    cdef int32_t words = q.problem.cover_words
    cdef int32_t need
    cdef int32_t word
    for word in range(words):
        q.masked[word] = cover[word]
    for need in range(CAPABILITIES):
        if not p.stage.capable[node_i] >> need & 1:
            for word in range(words):
                q.masked[word] &= ~q.need_cover[need * words + word]
    return q.masked


cdef inline void candidate_add(const Place* p, Quote* q, int32_t rank, const int32_t* lane_sets) noexcept nogil:
    """The node as a candidate, when it may ship and someone carries."""
    cdef int32_t node_i = p.net.node_by_rank[rank]
    cdef int32_t words = q.problem.cover_words
    cdef const uint64_t* cover
    cdef int32_t n = q.problem.n_candidates
    cdef int32_t* slots = &q.candidate_slot[n * PLACES]
    cdef int32_t set_i = -1
    cdef int32_t units_left
    cdef int32_t live
    cdef int32_t word
    if not node_open(p, node_i) or (q.reach_bound and not node_reaches(p, node_i)):
        return
    cover = &q.cover[<Py_ssize_t>rank * words]
    if q.need_bound:
        cover = capable_cover(p, q, cover, node_i)
        if not covers_any(cover, words):
            return
    if lane_sets != NULL:
        set_i = lane_sets[node_i]
        live = lane_offer(p, node_i, set_i, cover, words, slots, &units_left) if set_i else 0
    else:
        live = pickup_offer(p, node_i, cover, words, slots, &units_left) if node_i == p.order.pickup_node_i else 0
    if live == 0:
        return
    candidate_costs(p, &q.candidates[n], node_i)
    if p.policy.by_offer:
        q.candidates[n].row_i = row_priced(p, q, &q.candidates[n], node_i, set_i, live, slots)
    else:
        q.candidates[n].row_i = row_of(p, q, set_i, live) if set_i >= 0 else <int32_t>ROW_NONE
    q.candidates[n].units_left = units_left
    q.candidate_node[n] = node_i
    q.candidate_set[n] = set_i
    q.candidate_live[n] = live
    q.candidate_part[n] = -1
    if p.policy.by_block:
        q.rank_candidate[rank] = n
    for word in range(words):
        q.candidate_cover[n * words + word] = cover[word]
    q.problem.n_candidates = n + 1


# --- capabilities ----------------------------------------------------------------------------------------------------

cdef inline int32_t capability_of(Slice key) noexcept nogil:
    """Bit of the capability of that name; 0 = none."""
    if key.size == 6 and memcmp(key.data, b"hazmat", 6) == 0:
        return 1
    if key.size == 10 and memcmp(key.data, b"cold_chain", 10) == 0:
        return 2
    if key.size == 8 and memcmp(key.data, b"oversize", 8) == 0:
        return 4
    return 8 if key.size == 9 and memcmp(key.data, b"gift_wrap", 9) == 0 else 0


cdef int32_t attribute_needs(Slice packed) noexcept nogil:
    """Capabilities whose attribute is "true"."""
    cdef Reader r
    cdef Slice key
    cdef Slice value
    cdef int32_t needs = 0
    cdef uint64_t n
    if packed.size == 0:
        return 0
    r.at = packed.data
    r.end = packed.data + packed.size
    r.bad = 0
    n = get(&r)
    while n and not r.bad:
        key = get_bytes(&r)
        value = get_bytes(&r)
        if value.size == 4 and memcmp(value.data, b"true", 4) == 0:
            needs |= capability_of(key)
        n -= 1
    return needs


cdef void needs_begin(const Place* p, Quote* q) noexcept nogil:
    cdef bint asked = False
    cdef int32_t line_i
    cdef int32_t i
    q.any_needs = False
    for i in range(p.policy.n_stages):
        asked |= p.policy.stages[i].capable != NULL
        q.any_needs |= p.policy.stages[i].capable != NULL and p.policy.stages[i].oversize_from_g > 0
    if not asked:
        return
    for i in range(p.order.n_lines):
        line_i = p.order.lines[i].line_i
        q.line_needs[i] = 0
        if p.lines_in != NULL:
            q.line_needs[i] = <uint8_t>attribute_needs(p.lines_in[line_i].attributes)
        elif p.lines_kept != NULL:
            q.line_needs[i] = <uint8_t>attribute_needs(p.lines_kept[line_i].attributes)
        q.any_needs |= q.line_needs[i] != 0


cdef inline int32_t line_needs(const Place* p, const Quote* q, const ResolvedLine* line, int32_t i) noexcept nogil:
    """Capabilities that a line needs at this stage."""
    cdef int32_t needs = q.line_needs[i]
    if 0 < p.stage.oversize_from_g <= line.weight_g:
        needs |= 1 << CAPABILITY_OVERSIZE
    return needs


cdef void needs_cover(const Place* p, Quote* q) noexcept nogil:
    """Blocks by the capability they need."""
    cdef int32_t words = q.problem.cover_words
    cdef const ResolvedLine* line
    cdef int32_t needs
    cdef int32_t need
    cdef int32_t i
    memset(q.need_cover, 0, CAPABILITIES * words * sizeof(uint64_t))
    for i in range(p.order.n_lines):
        line = &p.order.lines[i]
        needs = line_needs(p, q, line, i)
        for need in range(CAPABILITIES):
            q.need_cover[need * words + (line.block_i >> 6)] |= <uint64_t>(needs >> need & 1) << (line.block_i & 63)


cdef bint node_capable(const Place* p, const Quote* q, int32_t node_i, int32_t block_i) noexcept nogil:
    cdef int32_t words = q.problem.cover_words
    cdef int32_t need
    if not q.need_bound:
        return True
    for need in range(CAPABILITIES):
        if (
            not p.stage.capable[node_i] >> need & 1
            and q.need_cover[need * words + (block_i >> 6)] >> (block_i & 63) & 1
        ):
            return False
    return True


# --- bounds of the policy --------------------------------------------------------------------------------------------

cdef int32_t shipments_max(const Place* p) noexcept nogil:
    """Shipments a plan may have: the fewer of order and policy, less those there are already; 0 = no bound."""
    cdef int32_t most = p.max_shipments
    if p.stage.max_shipments and (most == 0 or p.stage.max_shipments < most):
        most = p.stage.max_shipments
    if most == 0:
        return 0
    return most - p.shipments_used if most > p.shipments_used else SHIPMENTS_NONE


cdef int32_t units_min(const Place* p) noexcept nogil:
    """Units a shipment has at least, so that its share of the order value is enough, too."""
    cdef int64_t least = p.stage.min_units
    cdef int64_t worth
    if p.stage.min_value_micros and p.order_value_micros:
        worth = fd_ratio_up(p.stage.min_value_micros, p.order_units, p.order_value_micros)
        least = worth if worth > least else least
    return <int32_t>least if least < INT32_MAX else INT32_MAX


# --- the whole -------------------------------------------------------------------------------------------------------

cdef void gather_candidates(const Place* p, Quote* q) noexcept nogil:
    cdef Problem* problem = &q.problem
    cdef const Resolved* r = p.order
    cdef const int32_t* lane_sets = NULL
    cdef int32_t n_ranks = ranks_of(p.net)
    cdef int32_t words = problem.cover_words
    cdef int32_t rank
    problem.n_candidates = 0
    problem.n_rows = 0
    problem.n_groups = 0
    problem.max_shipments = shipments_max(p)
    q.coarse = False
    q.places_differ = False
    if p.policy.by_block:
        memset(q.rank_candidate, -1, n_ranks * sizeof(int32_t))
    q.reach_bound = p.stage.zone_allowed != NULL or p.stage.distance_cap_m != NULL
    q.need_bound = p.stage.capable != NULL and q.any_needs
    if q.need_bound:
        needs_cover(p, q)
    q.row_epoch += 1
    if q.row_epoch == 0:
        memset(q.rows, 0, sizeof(q.rows))
        q.row_epoch = 1
    if p.level != LEVEL_PICKUP:
        if r.zone_i < 0:
            return
        lane_sets = &p.net.lane_set[(<Py_ssize_t>r.zone_i * LEVELS + p.level - 1) * p.net.n_nodes]
    for rank in range(n_ranks):
        if covers_any(&q.cover[<Py_ssize_t>rank * words], words):
            candidate_add(p, q, rank, lane_sets)
            breathe(q, r.n_blocks)
    if r.n_skus < r.n_demands:
        shared_skus(p, q)
    problem.weight_g = r.block_weight_g
    problem.units = r.block_units
    problem.candidates = q.candidates
    problem.cover = q.candidate_cover
    problem.row_tariffs = q.row_tariffs
    problem.step_g = 0
    problem.n_tiers = p.net.n_points
    problem.breakpoints_g = p.net.point_g
    problem.tariff_cost = p.net.price_cost
    problem.tariff_step_cost = NULL
    if r.weight_g > p.net.points_up_to_g and problem.n_rows:
        heavy_prices(p, q)
    problem.n_cost = p.policy.n_cost
    problem.shipping_objective = p.policy.level[SHIPPING] if p.policy.level[SHIPPING] >= 0 else 0
    problem.shipping_weight = <int32_t>p.policy.weights[SHIPPING]
    memset(problem.split_penalty, 0, sizeof(problem.split_penalty))
    if p.policy.level[SPLIT_PENALTY] >= 0:
        problem.split_penalty[p.policy.level[SPLIT_PENALTY]] = p.policy.split_penalty_cost
    problem.allow_partial = partial_allowed(p)
    problem.block_cost = NULL
    if p.policy.by_block and problem.n_candidates:
        stock_prices(p, q)
    problem.place_fixed = q.place_fixed if q.places_differ else NULL
    problem.place_unit = q.place_unit if q.places_differ else NULL
    problem.min_units = units_min(p)
    problem.min_exempt_single = p.stage.min_only_when_split
